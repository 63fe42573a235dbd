//! The pages on the proxy's origin, under `/.overcoat/`: signing in to the CRM and out again.
//!
//! They are plain HTML with one style sheet and no script. The proxy hands them whole requests and sends their answers back; it
//! handles `/.overcoat/exports/` itself.

mod html;

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION,
    SET_COOKIE,
};
use http::{Method, Request, Response, StatusCode};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::ControlError;
use super::evidence::Evidence;
use super::form::{Fields, MAX_FORM_BYTES};
use super::language::Language;
use super::origin::{PublicOrigin, safe_next};
use super::security::{gate_policy, harden};
use super::sign_in::{Attempt, Door, SignIn};
use crate::clock::Clock;
use crate::identity::{Accounts, Identifier, IdentityError, Password, SessionToken, Sessions};
use html::{Notice, SignInPage};

/// What everything here stands under.
pub const PREFIX: &str = "/.overcoat/";

const SIGN_IN: &str = "/.overcoat/sign-in";
const SIGN_OUT: &str = "/.overcoat/sign-out";
const STYLE: &str = "/.overcoat/style.css";
const ICON: &str = "/.overcoat/icon.svg";
/// The icon of the approval page serves here too; without one, browsers would ask the CRM for its own.
const ICON_SVG: &[u8] = include_bytes!("../../approval-ui/public/overcoat.svg");

/// What of a path is written as it is in `Location`; the path was found safe before.
const LOCATION_SET: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

/// What the gate pages need of the rest of the house.
pub struct GateParts {
    /// Local accounts.
    pub accounts: Arc<Accounts>,
    /// Sessions.
    pub sessions: Arc<Sessions>,
    /// Who asks, with the cookie form of the proxy's origin.
    pub identifier: Arc<Identifier>,
    /// Where evidence goes.
    pub evidence: Evidence,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The proxy's public URL.
    pub proxy_url: String,
    /// The approval page's public URL.
    pub control_url: String,
}

/// Serves the gate pages.
pub struct GatePages {
    sign_in: SignIn,
    origin: PublicOrigin,
    policy: HeaderValue,
    tls: bool,
}

impl GatePages {
    /// The gate pages.
    pub fn new(parts: GateParts) -> Self {
        let origin = PublicOrigin::of(&parts.proxy_url);
        let policy = gate_policy(&PublicOrigin::of(&parts.control_url));
        Self {
            tls: origin.as_str().starts_with("https:"),
            origin,
            policy: HeaderValue::try_from(policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'")),
            sign_in: SignIn {
                accounts: parts.accounts,
                sessions: parts.sessions,
                identifier: parts.identifier,
                evidence: parts.evidence,
                clock: parts.clock,
                door: Door::Proxy,
            },
        }
    }

    /// Answers a request under [`PREFIX`]. Never fails: what goes wrong is a page.
    pub async fn serve(&self, request: Request<Bytes>, peer: IpAddr) -> Response<Bytes> {
        let visit = Visit::of(&request, peer);
        let read = matches!(*request.method(), Method::GET | Method::HEAD);
        let mut response = match (request.uri().path(), request.method()) {
            (SIGN_IN, _) if read => self.show_sign_in(&visit).await,
            (SIGN_IN, &Method::POST) => self.take_sign_in(&visit).await,
            (SIGN_OUT, _) if read => self.show_sign_out(&visit).await,
            (SIGN_OUT, &Method::POST) => self.take_sign_out(&visit).await,
            (STYLE, _) if read => file(html::STYLE.as_bytes(), "text/css; charset=utf-8"),
            (ICON, _) if read => file(ICON_SVG, "image/svg+xml"),
            (SIGN_IN | SIGN_OUT | STYLE | ICON, _) => not_allowed(&visit, request.uri().path()),
            _ => not_found(&visit),
        };
        let length = HeaderValue::from(response.body().len());
        let headers = response.headers_mut();
        headers.insert(CONTENT_LENGTH, length);
        headers
            .entry(CONTENT_SECURITY_POLICY)
            .or_insert_with(|| self.policy.clone());
        harden(headers, self.tls);
        if *request.method() == Method::HEAD {
            *response.body_mut() = Bytes::new();
        }
        response
    }

    async fn show_sign_in(&self, visit: &Visit<'_>) -> Response<Bytes> {
        let next = safe_next(visit.query.get("next"));
        self.sign_in_page(visit, StatusCode::OK, next, None, "").await
    }

    async fn take_sign_in(&self, visit: &Visit<'_>) -> Response<Bytes> {
        let form = visit.form();
        let next = safe_next(form.get("next"));
        let account = form.get("account").unwrap_or_default();
        if !self.is_own_form(visit, &form) {
            return self
                .sign_in_page(visit, StatusCode::FORBIDDEN, next, Some(Notice::FormExpired), account)
                .await;
        }
        let attempt = Attempt {
            account,
            password: Password::new(form.get("password").unwrap_or_default()),
            headers: visit.headers,
            peer: visit.peer,
        };
        match self.sign_in.open(attempt).await {
            Ok((cookie, _)) => see_other(next, cookie),
            Err(error) => {
                let (status, notice) = notice_of(&error);
                self.sign_in_page(visit, status, next, Some(notice), account).await
            }
        }
    }

    /// A form counts when the browser says it comes from here, and it carries what only the browser that got it can carry.
    fn is_own_form(&self, visit: &Visit<'_>, form: &Fields) -> bool {
        let token = self.sign_in.identifier.cookie().find_form(visit.headers);
        let sent = form.get("form").unwrap_or_default();
        self.origin.sent_or_same_host(visit.headers) && token.is_some_and(|t| t.fits_form_value(SIGN_IN, sent))
    }

    async fn sign_in_page(
        &self,
        visit: &Visit<'_>,
        status: StatusCode,
        next: &str,
        notice: Option<Notice>,
        account: &str,
    ) -> Response<Bytes> {
        let cookie = self.sign_in.identifier.cookie();
        let known = cookie.find_form(visit.headers);
        let fresh = if known.is_none() {
            SessionToken::random().ok()
        } else {
            None
        };
        let Some(token) = known.as_ref().or(fresh.as_ref()) else {
            return page(StatusCode::INTERNAL_SERVER_ERROR, Notice::fault_page(visit.language));
        };
        let whose = self.sign_in.identifier.identify(visit.headers, visit.peer).await.ok();
        let name = whose
            .filter(|w| !w.subject.is_anonymous())
            .map(|w| w.subject.display_name().to_owned());
        let form_token = token.form_value(SIGN_IN);
        let html = SignInPage {
            language: visit.language,
            next,
            form_token: &form_token,
            notice,
            signed_in: name.as_deref(),
            account,
        };
        let mut response = page(status, html.render());
        if let Some(token) = &fresh {
            response.headers_mut().append(SET_COOKIE, cookie.set_form(token));
        }
        response
    }

    async fn show_sign_out(&self, visit: &Visit<'_>) -> Response<Bytes> {
        match self.sign_in.identifier.identify(visit.headers, visit.peer).await {
            Ok(who) => match who.session {
                Some(token) => {
                    let value = token.form_value(SIGN_OUT);
                    page(
                        StatusCode::OK,
                        html::sign_out_page(visit.language, who.subject.display_name(), &value),
                    )
                }
                None => redirect(SIGN_IN),
            },
            Err(error) => self.unavailable(visit, &error.into()).await,
        }
    }

    async fn take_sign_out(&self, visit: &Visit<'_>) -> Response<Bytes> {
        let form = visit.form();
        let token = self.sign_in.identifier.cookie().find(visit.headers);
        let sent = form.get("form").unwrap_or_default();
        let own =
            self.origin.sent_or_same_host(visit.headers) && token.is_some_and(|t| t.fits_form_value(SIGN_OUT, sent));
        if !own {
            return self.show_sign_out(visit).await;
        }
        let (cookie, outcome) = self.sign_in.close(visit.headers, visit.peer).await;
        let mut response = match outcome {
            Ok(()) => redirect(SIGN_IN),
            Err(error) => self.unavailable(visit, &error).await,
        };
        response.headers_mut().append(SET_COOKIE, cookie);
        response
    }

    async fn unavailable(&self, visit: &Visit<'_>, error: &ControlError) -> Response<Bytes> {
        let (status, notice) = notice_of(error);
        page(status, notice.page(visit.language))
    }
}

/// What a request says, as far as the pages care.
struct Visit<'r> {
    headers: &'r HeaderMap,
    body: &'r Bytes,
    query: Fields,
    language: Language,
    peer: IpAddr,
}

impl<'r> Visit<'r> {
    fn of(request: &'r Request<Bytes>, peer: IpAddr) -> Self {
        let query = Fields::parse(request.uri().query().unwrap_or_default().as_bytes());
        let chosen = query.get("lang").and_then(Language::from_tag);
        Self {
            headers: request.headers(),
            body: request.body(),
            language: chosen.unwrap_or_else(|| Language::of(request.headers())),
            query,
            peer,
        }
    }

    /// The form's fields; none if it is no form or larger than any of ours.
    fn form(&self) -> Fields {
        let kind = self
            .headers
            .get(CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default();
        let is_form = kind
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded");
        if !is_form || self.body.len() > MAX_FORM_BYTES {
            return Fields::default();
        }
        Fields::parse(self.body)
    }
}

fn notice_of(error: &ControlError) -> (StatusCode, Notice) {
    match error {
        ControlError::Identity(IdentityError::WrongCredentials) => (StatusCode::UNAUTHORIZED, Notice::WrongCredentials),
        ControlError::Identity(IdentityError::Busy) => (StatusCode::SERVICE_UNAVAILABLE, Notice::Busy),
        ControlError::Identity(IdentityError::StoreUnavailable)
        | ControlError::StoreUnavailable
        | ControlError::AuditUnavailable => (StatusCode::SERVICE_UNAVAILABLE, Notice::Unavailable),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, Notice::Fault),
    }
}

fn page(status: StatusCode, html: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(html));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

fn redirect(to: &str) -> Response<Bytes> {
    let to = utf8_percent_encode(to, LOCATION_SET).to_string();
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let to = HeaderValue::try_from(to).unwrap_or_else(|_| HeaderValue::from_static("/"));
    response.headers_mut().insert(LOCATION, to);
    response
}

fn see_other(next: &str, cookie: HeaderValue) -> Response<Bytes> {
    let mut response = redirect(next);
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}

/// A file that is the same for everybody.
fn file(bytes: &'static [u8], media_type: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}

fn not_allowed(visit: &Visit<'_>, path: &str) -> Response<Bytes> {
    let mut response = page(StatusCode::METHOD_NOT_ALLOWED, html::not_found_page(visit.language));
    let fixed = path == STYLE || path == ICON;
    let allow = if fixed { "GET, HEAD" } else { "GET, HEAD, POST" };
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    response
}

fn not_found(visit: &Visit<'_>) -> Response<Bytes> {
    page(StatusCode::NOT_FOUND, html::not_found_page(visit.language))
}
