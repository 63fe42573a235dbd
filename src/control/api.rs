//! The API of the approval page under `/api/v1`, and the document that describes it.

mod approvals;
mod decide;
mod health;
mod lists;
mod request;
mod sample;
mod session;
mod view;
pub mod wire;

use std::sync::Arc;

use axum::Router;
use utoipa::openapi::info::{Info, License};
use utoipa::openapi::{OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use request::MAX_BODY_BYTES;

use super::Control;

/// Routes and document, made of the same annotations.
fn build() -> (Router<Arc<Control>>, OpenApi) {
    let mut license = License::new("Apache-2.0");
    license.identifier = Some("Apache-2.0".to_owned());
    let mut info = Info::new("Overcoat approvals", "1");
    info.description = Some("The API of the approval page.".to_owned());
    info.license = Some(license);
    OpenApiRouter::with_openapi(OpenApiBuilder::new().info(info).build())
        .routes(routes!(
            session::get_session,
            session::create_session,
            session::delete_session
        ))
        .routes(routes!(lists::list_approvals))
        .routes(routes!(approvals::get_approval))
        .routes(routes!(sample::get_sample))
        .routes(routes!(decide::submit_approval))
        .routes(routes!(decide::approve_approval))
        .routes(routes!(decide::reject_approval))
        .routes(routes!(decide::withdraw_approval))
        .routes(routes!(decide::revoke_approval))
        .split_for_parts()
}

/// The API's routes, with the document under `/api/v1/openapi.json` and the health checks.
pub(super) fn router() -> Router<Arc<Control>> {
    let (router, _) = build();
    router
        .route("/api/v1/openapi.json", axum::routing::get(health::get_document))
        .route("/healthz", axum::routing::get(health::get_alive))
        .route("/readyz", axum::routing::get(health::get_ready))
}

/// The OpenAPI document as JSON, pretty-printed: what `approval-ui/openapi.json` holds.
pub fn openapi_json() -> String {
    let (_, document) = build();
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
