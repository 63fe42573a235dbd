//! `/api/v1/approvals`: the lists.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::request::ApiQuery;
use super::view;
use super::wire::{ApprovalPage, ListQuery, ListView, Problem};
use crate::approval::Approval;
use crate::clock::Timestamp;
use crate::control::rules::Viewer;
use crate::control::{Control, ControlError};
use crate::store::ApprovalQuery;

/// Items on a page unless told.
const DEFAULT_LIMIT: u16 = 20;

/// Most items on a page.
const MAX_LIMIT: u16 = 100;

/// Longest cursor, in bytes.
const MAX_CURSOR_BYTES: usize = 256;

/// Approvals that one call reads at most, for the page and for the count: a long history must not become a slow call. A count that
/// stops here says "at least".
const MAX_READ: usize = 1_000;

/// Approvals that are read from the store at once.
const STRETCH: usize = 100;

/// A list of requests.
#[utoipa::path(
    get, path = "/api/v1/approvals", operation_id = "listApprovals", tag = "approvals",
    params(ListQuery),
    responses(
        (status = 200, description = "The page.", body = ApprovalPage),
        (status = 400, description = "Bad input.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store does not answer.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_approvals(
    State(control): State<Arc<Control>>,
    viewer: Viewer,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<Json<ApprovalPage>, ControlError> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(ControlError::BadRequest("limit is 1 to 100"));
    }
    if query.cursor.as_ref().is_some_and(|c| c.len() > MAX_CURSOR_BYTES) {
        return Err(ControlError::BadRequest("the cursor is not one of ours"));
    }
    let now = control.store_time().await?;
    let list = List {
        control: &control,
        viewer: &viewer,
        view: query.view,
        now,
        query: store_query(&control, &viewer, query.view, now),
    };
    let (mut items, next_cursor) = list.page(query.cursor, usize::from(limit)).await?;
    if query.view == ListView::ToDecide {
        items.sort_by_key(|a| view::waiting_since(a).map_or(i64::MAX, Timestamp::as_millis));
    }
    Ok(Json(ApprovalPage {
        items: items.iter().map(view::summary).collect(),
        next_cursor,
        total: u64::try_from(list.count().await?).unwrap_or(u64::MAX),
    }))
}

fn store_query(control: &Control, viewer: &Viewer, view: ListView, now: Timestamp) -> ApprovalQuery {
    match view {
        ListView::ToDecide => ApprovalQuery::ToDecide {
            levels: control.rules.approve_levels(viewer, now),
            person: viewer.subject.id().clone(),
        },
        ListView::Mine => ApprovalQuery::Of(viewer.subject.id().clone()),
        ListView::History => ApprovalQuery::All,
    }
}

struct List<'a> {
    control: &'a Control,
    viewer: &'a Viewer,
    view: ListView,
    now: Timestamp,
    query: ApprovalQuery,
}

impl List<'_> {
    async fn page(
        &self,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<(Vec<Approval>, Option<String>), ControlError> {
        let mut cursor = cursor;
        let mut items = Vec::new();
        let mut read = 0;
        loop {
            let want = (limit - items.len()).min(STRETCH);
            let stretch = self.control.store.list(&self.query, cursor.as_deref(), want).await?;
            read += stretch.items.len();
            items.extend(self.shown(stretch.items).await);
            cursor = stretch.next;
            if cursor.is_none() || items.len() >= limit || read >= MAX_READ {
                return Ok((items, cursor));
            }
        }
    }

    async fn count(&self) -> Result<usize, ControlError> {
        let (mut cursor, mut read, mut shown) = (None, 0, 0);
        loop {
            let stretch = self.control.store.list(&self.query, cursor.as_deref(), STRETCH).await?;
            read += stretch.items.len();
            shown += stretch.items.iter().filter(|a| self.belongs(a)).count();
            cursor = stretch.next;
            if cursor.is_none() || read >= MAX_READ {
                return Ok(shown);
            }
        }
    }

    /// What of a stretch belongs on the page, with lapses noted. What lapsed a moment ago no longer waits for anybody.
    async fn shown(&self, stretch: Vec<Approval>) -> Vec<Approval> {
        let mut shown = Vec::new();
        for approval in stretch {
            let approval = self.control.settle(approval, self.now).await;
            if self.belongs(&approval) {
                shown.push(approval);
            }
        }
        shown
    }

    fn belongs(&self, approval: &Approval) -> bool {
        let overdue = approval.deadline().is_some_and(|until| self.now >= until);
        match self.view {
            ListView::Mine => true,
            ListView::ToDecide => approval.phase().is_open() && !overdue,
            ListView::History => {
                let approver = self.control.rules.approver(self.viewer, approval, self.now);
                let open_to_all = approver.oversight || approval.has_voted(&approver.id);
                let closed = !approval.phase().is_open() || overdue;
                open_to_all || (closed && view::is_visible(approval, &approver))
            }
        }
    }
}
