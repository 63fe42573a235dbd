//! Errors of the API as RFC 9457 problems: one table from what went wrong to what is answered.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};

use super::ControlError;
use super::api::wire::{Problem, ProblemCode};
use crate::identity::IdentityError;

/// Seconds after which a client may try again when the store is away or too many sign-ins wait.
const RETRY_SECONDS: HeaderValue = HeaderValue::from_static("5");

impl ControlError {
    /// Status, code, title and detail. The detail never holds what the caller sent.
    fn table(&self) -> (StatusCode, ProblemCode, &'static str) {
        use ProblemCode as Code;
        match self {
            Self::BadRequest(_) => (
                StatusCode::BAD_REQUEST,
                Code::BadRequest,
                "the request is not understood",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                Code::BadRequest,
                "the request is too large",
            ),
            Self::NotJson => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                Code::BadRequest,
                "the body must be application/json",
            ),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                Code::BadRequest,
                "this method is not known here",
            ),
            Self::CrossSite => (
                StatusCode::FORBIDDEN,
                Code::CrossSite,
                "the request comes from another site",
            ),
            Self::NotSignedIn => (StatusCode::UNAUTHORIZED, Code::NotSignedIn, "nobody is signed in"),
            Self::Refused(_) => (StatusCode::FORBIDDEN, Code::Forbidden, "this may not be done now"),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                Code::NotFound,
                "there is no such thing, or it is not yours to see",
            ),
            Self::Conflict => (
                StatusCode::CONFLICT,
                Code::Conflict,
                "somebody was faster; load it again",
            ),
            Self::CommentRequired => (
                StatusCode::BAD_REQUEST,
                Code::CommentRequired,
                "say why, in at least 4 characters",
            ),
            Self::PurposeRequired => (
                StatusCode::BAD_REQUEST,
                Code::PurposeRequired,
                "say what for, in at least 4 characters",
            ),
            Self::Identity(e) => identity(e),
            Self::StoreUnavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                Code::StoreUnavailable,
                "the store does not answer; nothing was changed",
            ),
            Self::AuditUnavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                Code::AuditUnavailable,
                "the audit journal cannot be written; nothing was changed",
            ),
            Self::Internal(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                Code::Internal,
                "a fault of ours; it was logged",
            ),
        }
    }

    /// The body of the answer.
    pub fn problem(&self) -> Problem {
        let (status, code, title) = self.table();
        let word = serde_json::to_value(code).ok();
        let word = word.as_ref().and_then(|v| v.as_str()).unwrap_or("internal");
        Problem {
            kind: format!("urn:overcoat:problem:{word}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: match self {
                Self::BadRequest(what) => Some((*what).to_owned()),
                _ => None,
            },
            code,
            reason_code: match self {
                Self::Refused(reason) => Some(*reason),
                _ => None,
            },
        }
    }
}

fn identity(error: &IdentityError) -> (StatusCode, ProblemCode, &'static str) {
    use ProblemCode as Code;
    match error {
        IdentityError::WrongCredentials => (
            StatusCode::UNAUTHORIZED,
            Code::WrongCredentials,
            "account or password is wrong",
        ),
        IdentityError::Busy => (
            StatusCode::TOO_MANY_REQUESTS,
            Code::TooManyAttempts,
            "too many sign-ins at once; try again",
        ),
        IdentityError::StoreUnavailable => (
            StatusCode::SERVICE_UNAVAILABLE,
            Code::StoreUnavailable,
            "the store does not answer; nothing was changed",
        ),
        IdentityError::AmbiguousAssertion => (
            StatusCode::BAD_REQUEST,
            Code::BadRequest,
            "the front proxy does not name one person",
        ),
        IdentityError::Disabled => (StatusCode::UNAUTHORIZED, Code::NotSignedIn, "nobody is signed in"),
        _ => (
            StatusCode::INTERNAL_SERVER_ERROR,
            Code::Internal,
            "a fault of ours; it was logged",
        ),
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        let problem = self.problem();
        if problem.status >= 500 {
            tracing::warn!(error = %self, status = problem.status, "control: a request failed");
        }
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if matches!(problem.status, 429 | 503) {
            headers.insert(RETRY_AFTER, RETRY_SECONDS);
        }
        response
    }
}
