//! `/api/v1/approvals/{id}`: one request, as the viewer may see it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::request::Named;
use super::view::{self, Lens};
use super::wire::{ApprovalDetail, Problem};
use crate::approval::{Approval, ApprovalId, Approver};
use crate::clock::Timestamp;
use crate::control::rules::Viewer;
use crate::control::{Control, ControlError};

/// A request.
#[utoipa::path(
    get, path = "/api/v1/approvals/{id}", operation_id = "getApproval", tag = "approvals",
    params(("id" = String, Path, description = "Approval id.")),
    responses(
        (status = 200, description = "The request.", body = ApprovalDetail),
        (status = 401, description = "Not signed in.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not yours to see.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store does not answer.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_approval(
    State(control): State<Arc<Control>>,
    viewer: Viewer,
    Named(id): Named,
) -> Result<Json<ApprovalDetail>, ControlError> {
    let seen = Seen::load(&control, &viewer, id).await?;
    Ok(Json(seen.detail(&control)))
}

/// An approval that the viewer may see, and what he may do.
pub(super) struct Seen {
    /// The approval.
    pub approval: Approval,
    /// The viewer.
    pub approver: Approver,
    /// The store's time.
    pub now: Timestamp,
}

impl Seen {
    /// Loads it, notes a lapse, and finds out whether the viewer may see it. What he may not see is not there.
    pub async fn load(control: &Control, viewer: &Viewer, id: ApprovalId) -> Result<Self, ControlError> {
        let now = control.store_time().await?;
        let found = control.store.load(id).await?.ok_or(ControlError::NotFound)?;
        let approver = control.rules.approver(viewer, &found, now);
        if !view::is_visible(&found, &approver) {
            return Err(ControlError::NotFound);
        }
        let approval = control.settle(found, now).await;
        Ok(Self {
            approval,
            approver,
            now,
        })
    }

    /// The page's data.
    pub fn detail(&self, control: &Control) -> ApprovalDetail {
        let lens = Lens {
            rules: &*control.rules,
            approver: &self.approver,
            now: self.now,
            proxy_url: &control.proxy_url,
        };
        view::detail(&self.approval, &lens)
    }
}
