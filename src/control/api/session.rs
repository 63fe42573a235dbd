//! `/api/v1/session`: who is signed in, signing in and out.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};

use super::request::{ApiJson, Caller};
use super::wire::{Abilities, Language, Problem, SessionInfo, SessionRequest, SubjectInfo};
use crate::control::rules::Viewer;
use crate::control::sign_in::Attempt;
use crate::control::{Control, ControlError};
use crate::identity::{IdentityError, Password};
use crate::subject::Assurance;

/// Who is signed in.
#[utoipa::path(
    get, path = "/api/v1/session", operation_id = "getSession", tag = "session",
    responses(
        (status = 200, description = "The session.", body = SessionInfo),
        (status = 401, description = "Not signed in.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store does not answer.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_session(
    State(control): State<Arc<Control>>,
    viewer: Viewer,
    headers: HeaderMap,
) -> Result<Json<SessionInfo>, ControlError> {
    Ok(Json(info(&control, &viewer, &headers)))
}

/// Sign in.
#[utoipa::path(
    post, path = "/api/v1/session", operation_id = "createSession", tag = "session",
    params(("X-Overcoat-Request" = String, Header, description = "`1`; a form of another site cannot send it.")),
    request_body = SessionRequest,
    responses(
        (status = 200, description = "The session; sets the cookie.", body = SessionInfo),
        (status = 400, description = "Bad input.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Wrong account or password.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "From another site.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many sign-ins at once.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store or the audit journal does not answer.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_session(
    State(control): State<Arc<Control>>,
    caller: Caller,
    ApiJson(request): ApiJson<SessionRequest>,
) -> Result<Response, ControlError> {
    let attempt = Attempt {
        account: &request.account,
        password: Password::new(request.password),
        headers: &caller.headers,
        peer: caller.peer,
    };
    let (cookie, token) = control.sign_in.open(attempt).await?;
    let live = control
        .sessions
        .find(&token)
        .await?
        .ok_or(ControlError::Identity(IdentityError::WrongCredentials))?;
    let viewer = Viewer {
        subject: live.subject,
        source: control.identifier.source(&caller.headers, caller.peer),
    };
    let mut response = Json(info(&control, &viewer, &caller.headers)).into_response();
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

/// Sign out.
#[utoipa::path(
    delete, path = "/api/v1/session", operation_id = "deleteSession", tag = "session",
    params(("X-Overcoat-Request" = String, Header, description = "`1`; a form of another site cannot send it.")),
    responses(
        (status = 204, description = "Signed out."),
        (status = 403, description = "From another site.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store or the audit journal does not answer.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn delete_session(State(control): State<Arc<Control>>, caller: Caller) -> Response {
    let (cookie, outcome) = control.sign_in.close(&caller.headers, caller.peer).await;
    let mut response = match outcome {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => error.into_response(),
    };
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}

fn info(control: &Control, viewer: &Viewer, headers: &HeaderMap) -> SessionInfo {
    let now = control.clock.now();
    let subject = &viewer.subject;
    SessionInfo {
        subject: SubjectInfo {
            id: subject.id().to_string(),
            display_name: subject.display_name().to_owned(),
            roles: subject.roles().iter().map(|r| r.as_str().to_owned()).collect(),
            assurance: assurance(subject.assurance()).to_owned(),
        },
        can: Abilities {
            approve_levels: control.rules.approve_levels(viewer, now),
            read_audit: control.rules.oversees(viewer, now),
        },
        language_default: Language::of(headers),
        proxy_url: control.proxy_url.clone(),
    }
}

const fn assurance(assurance: Assurance) -> &'static str {
    match assurance {
        Assurance::None => "none",
        Assurance::Asserted => "asserted",
        Assurance::Password => "password",
        Assurance::MultiFactor => "multi_factor",
    }
}
