//! Every way a request can end without the CRM's answer, and the one table that says what the client is told.
//!
//! A [`Refusal`] carries no value of a request or an answer: what it shows is fixed text, an approval id that Overcoat made
//! itself, and the contact of the settings. So no page of ours can leak an original.

use http::StatusCode;

/// Why a request was not served. One variant for each thing the client can do something about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request is malformed or can be read in two ways; the text says which rule it broke and echoes nothing.
    #[error("malformed request: {0}")]
    Malformed(&'static str),
    /// More header bytes or fields than we read.
    #[error("request head too large")]
    HeadTooLarge,
    /// A body that must be read whole (to find the route) is larger than we hold.
    #[error("request body too large")]
    BodyTooLarge,
    /// The client took too long to send its request.
    #[error("request took too long to arrive")]
    RequestTimeout,
    /// A method that makes a tunnel.
    #[error("method not allowed")]
    Method,
    /// Nobody is signed in, and this is a navigation of a browser: it is sent to the sign-in page.
    #[error("sign-in needed")]
    SignIn,
    /// A credential was sent that does not hold.
    #[error("not signed in")]
    Unauthorised,
    /// Policy says no.
    #[error("denied by policy: {0}")]
    Denied(String),
    /// The catalog refuses this route for everybody.
    #[error("route refused")]
    RouteRefused,
    /// A protocol upgrade on a route whose answers are protected.
    #[error("upgrade on a protected route")]
    Upgrade,
    /// The answer is an export: sealed, and waiting for its approval.
    #[error("export held as `{id}`")]
    Held {
        /// The approval's id.
        id: String,
        /// Where the requester sees it.
        url: String,
    },
    /// The subject may not export from here at all.
    #[error("export denied: {0}")]
    ExportDenied(String),
    /// No approval chain fits, so nobody could ever say yes.
    #[error("no approval chain for this export")]
    NoChain,
    /// The answer is too large to be sealed, or there is no room for it.
    #[error("export cannot be sealed: {0}")]
    NotSealed(&'static str),
    /// A download that is not (or no longer) possible.
    #[error("export not released: {0}")]
    NotReleased(NotReleased),
    /// The answer's format cannot be masked, and the subject may not see everything in clear.
    #[error("answer format refused: {0}")]
    FormatRefused(&'static str),
    /// The answer is not what it says it is.
    #[error("answer cannot be masked: {0}")]
    Unmaskable(&'static str),
    /// The CRM cannot be reached.
    #[error("crm unreachable: {0}")]
    CrmUnreachable(&'static str),
    /// The CRM's answer breaks HTTP.
    #[error("crm answer broken: {0}")]
    CrmBroken(&'static str),
    /// The CRM took too long.
    #[error("crm timed out")]
    CrmTimeout,
    /// The shared state is gone for longer than the grace.
    #[error("store unreachable")]
    StoreGone,
    /// The audit journal cannot be written.
    #[error("audit not writable")]
    AuditGone,
    /// The service is stopping or full.
    #[error("service busy")]
    Busy,
    /// A bug of ours: this request is denied, the others go on.
    #[error("internal error")]
    Internal,
    /// No such page of ours.
    #[error("no such page")]
    NotFound,
}

/// Why a download was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReleased {
    /// No such export, or it is not the caller's: both look the same.
    #[error("not found")]
    Unknown,
    /// The chain is not through yet.
    #[error("not approved yet")]
    Waiting,
    /// It was downloaded already.
    #[error("already downloaded")]
    Redeemed,
    /// Rejected, withdrawn or revoked.
    #[error("refused")]
    Closed,
    /// Its time is over.
    #[error("lapsed")]
    Lapsed,
    /// The policy has grown stricter since the approval.
    #[error("policy has changed")]
    PolicyChanged,
}

/// What the client is told about a [`Refusal`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    /// The HTTP status.
    pub status: StatusCode,
    /// A stable word for programs.
    pub code: &'static str,
    /// English, Chinese.
    pub title: [&'static str; 2],
    /// English, Chinese: what it means and what to do.
    pub detail: [&'static str; 2],
    /// Whether the page names whom to ask.
    pub contact: bool,
    /// Seconds after which asking again makes sense (`Retry-After`, RFC 9110 §10.2.3).
    pub retry_after: Option<u32>,
}

const fn told(status: StatusCode, code: &'static str, title: [&'static str; 2], detail: [&'static str; 2]) -> Told {
    Told {
        status,
        code,
        title,
        detail,
        contact: false,
        retry_after: None,
    }
}

impl Told {
    const fn ask(mut self) -> Self {
        self.contact = true;
        self
    }

    const fn again(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

impl Refusal {
    /// The one table from errors to answers.
    pub(super) fn told(&self) -> Told {
        match self {
            Self::Malformed(_)
            | Self::HeadTooLarge
            | Self::BodyTooLarge
            | Self::RequestTimeout
            | Self::Method
            | Self::NotFound => self.told_of_the_request(),
            Self::SignIn | Self::Unauthorised | Self::Denied(_) | Self::RouteRefused | Self::Upgrade => {
                self.told_of_access()
            }
            Self::Held { .. } | Self::ExportDenied(_) | Self::NoChain | Self::NotSealed(_) => self.told_of_exports(),
            Self::NotReleased(why) => why.told(),
            Self::FormatRefused(_)
            | Self::Unmaskable(_)
            | Self::CrmUnreachable(_)
            | Self::CrmBroken(_)
            | Self::CrmTimeout => self.told_of_the_crm(),
            Self::StoreGone | Self::AuditGone | Self::Busy | Self::Internal => self.told_of_ourselves(),
        }
    }

    /// Whether what follows on the connection can no longer be told apart from what was refused.
    ///
    /// INVARIANT: after a head or a body that could be read in two ways, nothing more is read from that connection.
    pub(super) fn ends_the_connection(&self) -> bool {
        matches!(
            self,
            Self::Malformed(_)
                | Self::HeadTooLarge
                | Self::BodyTooLarge
                | Self::RequestTimeout
                | Self::Method
                | Self::Upgrade
        )
    }

    fn told_of_the_request(&self) -> Told {
        match self {
            Self::HeadTooLarge => told(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "head_too_large",
                ["Request headers too large", "请求头过大"],
                [
                    "The request carries more header data than is accepted.",
                    "请求头数据超过允许的上限。",
                ],
            ),
            Self::BodyTooLarge => told(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                ["Request too large", "请求过大"],
                [
                    "The request body has to be read whole on this route and is larger than is accepted.",
                    "此路径需要完整读取请求内容，而内容超过允许的上限。",
                ],
            ),
            Self::RequestTimeout => told(
                StatusCode::REQUEST_TIMEOUT,
                "request_timeout",
                ["Request timed out", "请求超时"],
                ["The request did not arrive in time.", "请求未能在规定时间内到达。"],
            ),
            Self::Method => told(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                ["Method not allowed", "不允许的方法"],
                ["This method is not forwarded.", "不转发此方法。"],
            ),
            Self::NotFound => told(
                StatusCode::NOT_FOUND,
                "not_found",
                ["No such page", "页面不存在"],
                ["There is nothing at this address.", "此地址没有内容。"],
            ),
            _ => told(
                StatusCode::BAD_REQUEST,
                "bad_request",
                ["Bad request", "请求有误"],
                [
                    "The request is malformed or can be read in more than one way, so it was not forwarded.",
                    "请求格式有误或存在歧义，因此没有转发。",
                ],
            ),
        }
    }

    fn told_of_access(&self) -> Told {
        match self {
            Self::SignIn | Self::Unauthorised => told(
                StatusCode::UNAUTHORIZED,
                "sign_in_needed",
                ["Please sign in", "请先登录"],
                [
                    "This page needs a sign-in to Overcoat.",
                    "访问此页面需要先登录 Overcoat。",
                ],
            ),
            Self::Upgrade => told(
                StatusCode::FORBIDDEN,
                "upgrade_refused",
                ["Connection upgrade refused", "拒绝升级连接"],
                [
                    "This address is protected; a connection that cannot be masked is not opened on it.",
                    "此地址受保护，不允许建立无法脱敏的连接。",
                ],
            )
            .ask(),
            _ => told(
                StatusCode::FORBIDDEN,
                "denied",
                ["Not permitted", "没有权限"],
                ["Your role does not permit this request.", "您的角色无权执行此请求。"],
            )
            .ask(),
        }
    }

    fn told_of_exports(&self) -> Told {
        match self {
            Self::Held { .. } => told(
                StatusCode::FORBIDDEN,
                "export_held",
                ["This export needs approval", "此导出需要审批"],
                [
                    "The data has been sealed. State the purpose on the approval page; once it is approved you can download it once.",
                    "数据已封存。请在审批页面填写用途；审批通过后可下载一次。",
                ],
            ),
            Self::NoChain => told(
                StatusCode::FORBIDDEN,
                "no_approval_chain",
                ["This export cannot be approved", "此导出无法审批"],
                [
                    "No approval chain covers this export, so it is refused.",
                    "没有适用于此导出的审批流程，因此被拒绝。",
                ],
            )
            .ask(),
            Self::NotSealed(_) => told(
                StatusCode::INSUFFICIENT_STORAGE,
                "export_not_sealed",
                ["This export could not be sealed", "此导出无法封存"],
                [
                    "The export is too large, or there is no room to seal it. Nothing was released.",
                    "导出数据过大或存储空间不足，无法封存。没有放行任何数据。",
                ],
            )
            .ask(),
            _ => told(
                StatusCode::FORBIDDEN,
                "export_denied",
                ["Export not permitted", "不允许导出"],
                ["Your role may not export this data.", "您的角色不允许导出此数据。"],
            )
            .ask(),
        }
    }

    fn told_of_the_crm(&self) -> Told {
        match self {
            Self::FormatRefused(_) => told(
                StatusCode::FORBIDDEN,
                "format_refused",
                ["This format cannot be masked", "此格式无法脱敏"],
                [
                    "The answer holds data that your role may not see, in a format that cannot be masked.",
                    "应答中含有您的角色无权查看的数据，且其格式无法脱敏。",
                ],
            )
            .ask(),
            Self::Unmaskable(_) => told(
                StatusCode::BAD_GATEWAY,
                "answer_unmaskable",
                ["The answer could not be masked", "应答无法脱敏"],
                [
                    "The CRM's answer is not what it claims to be and could not be masked. It was not passed on.",
                    "CRM 的应答与其声明不符，无法脱敏，因此没有转发。",
                ],
            )
            .ask(),
            Self::CrmTimeout => told(
                StatusCode::GATEWAY_TIMEOUT,
                "crm_timeout",
                ["The CRM did not answer in time", "CRM 响应超时"],
                ["The CRM took too long to answer.", "CRM 未能在规定时间内响应。"],
            )
            .ask(),
            Self::CrmBroken(_) => told(
                StatusCode::BAD_GATEWAY,
                "crm_broken",
                ["The CRM's answer was broken", "CRM 的应答不完整"],
                [
                    "The CRM gave an answer that breaks the protocol.",
                    "CRM 的应答不符合协议。",
                ],
            )
            .ask(),
            _ => told(
                StatusCode::BAD_GATEWAY,
                "crm_unreachable",
                ["The CRM cannot be reached", "无法连接 CRM"],
                [
                    "Overcoat is running, but the CRM behind it does not answer.",
                    "Overcoat 运行正常，但其后的 CRM 没有响应。",
                ],
            )
            .ask()
            .again(10),
        }
    }

    fn told_of_ourselves(&self) -> Told {
        match self {
            Self::StoreGone => told(
                StatusCode::SERVICE_UNAVAILABLE,
                "store_unreachable",
                ["Overcoat's store cannot be reached", "Overcoat 存储不可用"],
                [
                    "Sign-ins and approvals cannot be checked right now, so nothing is released. It resumes by itself.",
                    "暂时无法核实登录与审批，因此不放行任何数据。恢复后会自动继续。",
                ],
            )
            .ask()
            .again(10),
            Self::AuditGone => told(
                StatusCode::SERVICE_UNAVAILABLE,
                "audit_unwritable",
                ["The audit journal cannot be written", "审计日志无法写入"],
                [
                    "Requests are refused while they cannot be recorded. It resumes by itself.",
                    "无法记录审计时拒绝所有请求。恢复后会自动继续。",
                ],
            )
            .ask()
            .again(10),
            Self::Busy => told(
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                ["Overcoat is busy", "Overcoat 繁忙"],
                ["Please try again in a moment.", "请稍后重试。"],
            )
            .again(5),
            _ => told(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                ["Internal error", "内部错误"],
                [
                    "The request was refused because of an internal error.",
                    "由于内部错误，请求被拒绝。",
                ],
            )
            .ask(),
        }
    }
}

impl NotReleased {
    fn told(self) -> Told {
        match self {
            Self::Unknown => told(
                StatusCode::NOT_FOUND,
                "export_unknown",
                ["No such export", "导出不存在"],
                [
                    "There is no such export, or it is not yours.",
                    "此导出不存在，或不属于您。",
                ],
            ),
            Self::Waiting => told(
                StatusCode::FORBIDDEN,
                "export_not_approved",
                ["Not approved yet", "尚未批准"],
                [
                    "The approval chain of this export is not through yet.",
                    "此导出的审批流程尚未完成。",
                ],
            ),
            Self::Redeemed => told(
                StatusCode::GONE,
                "export_redeemed",
                ["Already downloaded", "已下载过"],
                [
                    "An approved export can be downloaded once; it has been.",
                    "已批准的导出只能下载一次，且已被下载。",
                ],
            ),
            Self::Closed => told(
                StatusCode::FORBIDDEN,
                "export_closed",
                ["This export was refused", "此导出已被拒绝"],
                [
                    "The request was rejected, withdrawn or revoked.",
                    "该申请已被驳回、撤回或撤销。",
                ],
            ),
            Self::Lapsed => told(
                StatusCode::GONE,
                "export_lapsed",
                ["This export has lapsed", "此导出已过期"],
                [
                    "Its time is over and the sealed data was destroyed.",
                    "已超过有效期，封存的数据已销毁。",
                ],
            ),
            Self::PolicyChanged => told(
                StatusCode::FORBIDDEN,
                "policy_changed",
                ["The policy has changed", "策略已变更"],
                [
                    "Since the approval the policy has grown stricter or your role has changed. Please ask again.",
                    "审批之后策略已收紧或您的角色已变更，请重新申请。",
                ],
            )
            .ask(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each, so that a new variant without a table entry of its own is noticed here.
    fn all() -> Vec<Refusal> {
        let released = [
            NotReleased::Unknown,
            NotReleased::Waiting,
            NotReleased::Redeemed,
            NotReleased::Closed,
            NotReleased::Lapsed,
            NotReleased::PolicyChanged,
        ];
        let mut all = vec![
            Refusal::Malformed("x"),
            Refusal::HeadTooLarge,
            Refusal::BodyTooLarge,
            Refusal::RequestTimeout,
            Refusal::Method,
            Refusal::SignIn,
            Refusal::Denied("x".into()),
            Refusal::Upgrade,
            Refusal::Held {
                id: "x".into(),
                url: "x".into(),
            },
            Refusal::ExportDenied("x".into()),
            Refusal::NoChain,
            Refusal::NotSealed("x"),
            Refusal::FormatRefused("x"),
            Refusal::Unmaskable("x"),
            Refusal::CrmUnreachable("x"),
            Refusal::CrmBroken("x"),
            Refusal::CrmTimeout,
            Refusal::StoreGone,
            Refusal::AuditGone,
            Refusal::Busy,
            Refusal::Internal,
            Refusal::NotFound,
        ];
        all.extend(released.map(Refusal::NotReleased));
        all
    }

    #[test]
    fn every_refusal_has_a_code_of_its_own_and_both_languages() {
        let told: Vec<Told> = all().iter().map(Refusal::told).collect();
        let mut codes: Vec<&str> = told.iter().map(|t| t.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), told.len(), "two refusals share a code");
        for t in told {
            assert!(t.status.is_client_error() || t.status.is_server_error(), "{}", t.code);
            assert!(
                t.title[1].chars().any(|c| c > '\u{2e7f}'),
                "{} has no Chinese title",
                t.code
            );
            assert!(
                t.detail[1].chars().any(|c| c > '\u{2e7f}'),
                "{} has no Chinese detail",
                t.code
            );
        }
    }

    #[test]
    fn what_fails_behind_us_is_no_client_error() {
        for (refusal, status) in [
            (Refusal::CrmUnreachable("x"), 502),
            (Refusal::CrmTimeout, 504),
            (Refusal::StoreGone, 503),
            (Refusal::AuditGone, 503),
        ] {
            assert_eq!(refusal.told().status.as_u16(), status);
        }
    }
}
