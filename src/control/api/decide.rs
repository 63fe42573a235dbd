//! Decisions: submit, approve, reject, withdraw, revoke.
//!
//! Each goes the same way: load → pure transition → evidence on disk → compare-and-set → answer. A decision that lost a race leaves
//! evidence that says so, and changes nothing.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use sha2::{Digest, Sha256};

use super::approvals::Seen;
use super::request::{ApiJson, Named};
use super::view;
use super::wire::{ApprovalDetail, DecisionRequest, Problem, ReasonCode, SubmitRequest};
use crate::approval::{Approval, ApprovalId, Stamp, TransitionError};
use crate::audit::{AuditRecord, Kind};
use crate::control::rules::Viewer;
use crate::control::{Control, ControlError};
use crate::store::{StoreError, SwapOutcome};

/// Longest idempotency key that a client may bring, in bytes.
const MAX_KEY_BYTES: usize = 64;

macro_rules! decision {
    ($(#[$doc:meta])* $name:ident, $path:literal, $operation:literal, $body:ty, $action:expr) => {
        $(#[$doc])*
        #[utoipa::path(
            post, path = $path, operation_id = $operation, tag = "approvals",
            params(
                ("id" = String, Path, description = "Approval id."),
                ("X-Overcoat-Request" = String, Header, description = "`1`; a form of another site cannot send it."),
            ),
            request_body = $body,
            responses(
                (status = 200, description = "The request after it.", body = ApprovalDetail),
                (status = 400, description = "Bad input.", body = Problem, content_type = "application/problem+json"),
                (status = 401, description = "Not signed in.", body = Problem, content_type = "application/problem+json"),
                (status = 403, description = "Refused; `reason_code` says why.", body = Problem, content_type = "application/problem+json"),
                (status = 404, description = "Not there, or not yours to see.", body = Problem, content_type = "application/problem+json"),
                (status = 409, description = "Somebody was faster (`conflict`).", body = Problem, content_type = "application/problem+json"),
                (status = 503, description = "The store or the audit journal does not answer.", body = Problem, content_type = "application/problem+json"),
            )
        )]
        pub(super) async fn $name(
            State(control): State<Arc<Control>>,
            viewer: Viewer,
            Named(id): Named,
            ApiJson(body): ApiJson<$body>,
        ) -> Result<Json<ApprovalDetail>, ControlError> {
            let step = Step::from_body($action, body);
            step.take(&control, &viewer, id).await.map(Json)
        }
    };
}

decision!(
    /// Say what for; starts the chain.
    submit_approval, "/api/v1/approvals/{id}/submit", "submitApproval", SubmitRequest,
    Action::Submit
);
decision!(
    /// Vote yes.
    approve_approval, "/api/v1/approvals/{id}/approve", "approveApproval", DecisionRequest,
    Action::Approve
);
decision!(
    /// Vote no, with a reason.
    reject_approval, "/api/v1/approvals/{id}/reject", "rejectApproval", DecisionRequest,
    Action::Reject
);
decision!(
    /// Take one's own request back.
    withdraw_approval, "/api/v1/approvals/{id}/withdraw", "withdrawApproval", DecisionRequest,
    Action::Withdraw
);
decision!(
    /// Take an approval back before it is used, with a reason.
    revoke_approval, "/api/v1/approvals/{id}/revoke", "revokeApproval", DecisionRequest,
    Action::Revoke
);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Submit,
    Approve,
    Reject,
    Withdraw,
    Revoke,
}

impl Action {
    const fn word(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Withdraw => "withdraw",
            Self::Revoke => "revoke",
        }
    }

    const fn kind(self) -> Kind {
        match self {
            Self::Submit => Kind::Submitted,
            Self::Approve | Self::Reject => Kind::Voted,
            Self::Withdraw => Kind::Withdrawn,
            Self::Revoke => Kind::Revoked,
        }
    }
}

/// One decision of one person.
struct Step {
    action: Action,
    version: u64,
    text: Option<String>,
    key: Option<String>,
}

/// What a body brings to a step: the version that was seen, the text, and the idempotency key.
type Brought = (u64, Option<String>, Option<String>);

impl From<SubmitRequest> for Brought {
    fn from(body: SubmitRequest) -> Self {
        (body.version, Some(body.purpose), body.idempotency_key)
    }
}

impl From<DecisionRequest> for Brought {
    fn from(body: DecisionRequest) -> Self {
        (body.version, body.comment, body.idempotency_key)
    }
}

impl Step {
    fn from_body(action: Action, body: impl Into<Brought>) -> Self {
        let (version, text, key) = body.into();
        Self {
            action,
            version,
            text,
            key,
        }
    }

    async fn take(self, control: &Control, viewer: &Viewer, id: ApprovalId) -> Result<ApprovalDetail, ControlError> {
        let key = self.stamp_key(viewer, id)?;
        let mut seen = Seen::load(control, viewer, id).await?;
        if seen.approval.version() != self.version {
            return self.late(control, &seen, &key);
        }
        let next = self.transition(&seen, Stamp::new(seen.now, &key))?;
        let record = self.record(control, viewer, &seen);
        control.evidence.synced(&record).await?;
        match control.store.compare_and_set(self.version, &next).await {
            Ok(SwapOutcome::Done) => {
                seen.approval = next;
                control.clear_away(&seen.approval).await;
                Ok(seen.detail(control))
            }
            Ok(SwapOutcome::Conflict(current)) => {
                seen.approval = *current;
                self.not_taken(control, record, "conflict").await;
                self.late(control, &seen, &key)
            }
            Ok(SwapOutcome::Late) => {
                self.not_taken(control, record, "lapsed").await;
                Err(ControlError::Refused(ReasonCode::Lapsed))
            }
            Ok(SwapOutcome::Missing) => {
                self.not_taken(control, record, "missing").await;
                Err(ControlError::NotFound)
            }
            Err(error) => {
                let outcome = if matches!(error, StoreError::UnknownOutcome(_)) {
                    "outcome_unknown"
                } else {
                    "store_unavailable"
                };
                self.not_taken(control, record, outcome).await;
                Err(error.into())
            }
        }
    }

    /// The version is stale: either this very call was made before and taken, or somebody was faster.
    fn late(&self, control: &Control, seen: &Seen, key: &str) -> Result<ApprovalDetail, ControlError> {
        let taken = self.key.is_some() && seen.approval.was_written_by(self.version.saturating_add(1), key);
        if taken {
            Ok(seen.detail(control))
        } else {
            Err(ControlError::Conflict)
        }
    }

    fn transition(&self, seen: &Seen, stamp: Stamp) -> Result<Approval, ControlError> {
        let approval = seen.approval.clone();
        let text = self.text.as_deref();
        let level = approval.current_level().map_or(0, |(level, _)| level);
        let who = &seen.approver;
        let next = match self.action {
            Action::Submit => approval.submit(&who.id, text.unwrap_or_default(), stamp),
            Action::Approve => approval.approve(who, level, text, stamp),
            Action::Reject => approval.reject(who, level, text.unwrap_or_default(), stamp),
            Action::Withdraw => approval.withdraw(&who.id, text, stamp),
            Action::Revoke => {
                if let Some(reason) = view::revoke_refusal(&approval, who, seen.now) {
                    return Err(ControlError::Refused(reason));
                }
                approval.revoke(who, text.unwrap_or_default(), stamp)
            }
        };
        next.map_err(|error| self.refusal(&error))
    }

    fn refusal(&self, error: &TransitionError) -> ControlError {
        match error {
            TransitionError::ReasonMissing if self.action == Action::Submit => ControlError::PurposeRequired,
            TransitionError::ReasonMissing => ControlError::CommentRequired,
            TransitionError::CommentTooLong => ControlError::BadRequest("the text is too long"),
            other => ControlError::Refused(view::reason_of(other)),
        }
    }

    fn record(&self, control: &Control, viewer: &Viewer, seen: &Seen) -> AuditRecord {
        let subject = &viewer.subject;
        let mut record = AuditRecord::new(self.action.kind(), seen.now)
            .subject(subject.id().as_str(), subject.roles().iter().map(|r| r.as_str()))
            .source(viewer.source)
            .approval(&seen.approval.id().to_string())
            .digest(&seen.approval.digest().to_string())
            .route(&seen.approval.exhibit().route)
            .snapshot(&control.rules.snapshot_id())
            .outcome(self.action.word());
        if let Some((_, level)) = seen.approval.current_level() {
            record = record.level(&level.name);
        }
        if let Some(text) = &self.text {
            record = record.note(control.evidence.screen(text));
        }
        record
    }

    /// Says in the evidence that the decision before it did not take place.
    async fn not_taken(&self, control: &Control, record: AuditRecord, why: &'static str) {
        let _ = control.evidence.synced(&record.outcome("not_taken").reason(why)).await;
    }

    /// The key of the write: a repeated call of the same person for the same action has the same one, and nobody else has.
    fn stamp_key(&self, viewer: &Viewer, id: ApprovalId) -> Result<String, ControlError> {
        let mut hash = Sha256::new();
        match &self.key {
            Some(key) if is_key(key) => {
                for part in [viewer.subject.id().as_str(), self.action.word(), &id.to_string(), key] {
                    hash.update(part.len().to_be_bytes());
                    hash.update(part.as_bytes());
                }
            }
            Some(_) => {
                return Err(ControlError::BadRequest(
                    "idempotency_key is 1 to 64 letters, digits, - and _",
                ));
            }
            None => {
                let mut random = [0; 32];
                getrandom::fill(&mut random).map_err(|_| ControlError::Internal("no random bytes"))?;
                hash.update(random);
            }
        }
        Ok(hash.finalize().iter().take(16).map(|b| format!("{b:02x}")).collect())
    }
}

fn is_key(key: &str) -> bool {
    let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (1..=MAX_KEY_BYTES).contains(&key.len()) && key.bytes().all(known)
}
