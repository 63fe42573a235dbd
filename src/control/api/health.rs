//! Health checks and the API's own document.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::control::Control;

/// What readiness depends on.
#[derive(Serialize)]
pub(super) struct Readiness {
    ready: bool,
    store: &'static str,
    policies: &'static str,
}

/// The document.
pub(super) async fn get_document() -> Response {
    let mut response = super::openapi_json().into_response();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The process runs.
pub(super) async fn get_alive() -> &'static str {
    "ok\n"
}

/// It can do its work: the store answers, and the policy files on disk are the ones that hold.
pub(super) async fn get_ready(State(control): State<Arc<Control>>) -> Response {
    let store = control.store.ping().await.is_ok();
    let policies = control.rules.is_current();
    let readiness = Readiness {
        ready: store && policies,
        store: if store { "ok" } else { "unavailable" },
        policies: if policies { "ok" } else { "refused" },
    };
    let status = if readiness.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(readiness)).into_response()
}
