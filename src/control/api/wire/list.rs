//! Lists of approvals.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{ApprovalState, Rendering};

/// Which list of approvals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListView {
    /// What waits for the viewer, the longest waiting first.
    ToDecide,
    /// The viewer's own requests, newest first.
    Mine,
    /// What has ended and the viewer may see, newest first; for auditors everybody's.
    History,
}

/// Which list, and where in it.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// `to_decide`: what waits for the viewer, longest first.
    #[param(inline)]
    pub view: ListView,
    /// From the page before.
    #[param(nullable = false)]
    pub cursor: Option<String>,
    /// Items on a page.
    #[param(nullable = false, minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApprovalPage {
    /// The items.
    pub items: Vec<ApprovalSummary>,
    /// Pass it as `cursor` for the next page; null at the end.
    #[schema(required)]
    pub next_cursor: Option<String>,
    /// How many there are in this view.
    pub total: u64,
}

/// A person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonRef {
    /// Account id.
    pub id: String,
    /// Name shown to people.
    pub display_name: String,
    /// Role names at the time.
    pub roles: Vec<String>,
}

/// A level of a chain.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LevelRef {
    /// Level id.
    pub level: String,
    /// In Chinese.
    pub title_zh: String,
    /// In English.
    pub title_en: String,
}

/// One line of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApprovalSummary {
    /// Approval id.
    pub id: String,
    /// Version for compare-and-set.
    pub version: u64,
    /// State.
    pub state: ApprovalState,
    /// Who asks.
    pub requester: PersonRef,
    /// Purpose, when given.
    #[schema(required)]
    pub purpose: Option<String>,
    /// What is asked for: the route's title in Chinese.
    pub title_zh: String,
    /// The route's title in English.
    pub title_en: String,
    /// `csv`, `json`, `ndjson`, …
    pub format: String,
    /// Records in the hold, when they could be counted.
    #[schema(required)]
    pub records: Option<u64>,
    /// The most open rendering in which something would leave.
    pub most_open: Rendering,
    /// Data classes released.
    pub class_count: u64,
    /// The level that decides now.
    #[schema(required)]
    pub level: Option<LevelRef>,
    /// Levels that have said yes.
    pub levels_done: u64,
    /// Levels of the chain.
    pub levels_total: u64,
    /// When the hold was made.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When the purpose was given.
    #[schema(required, format = DateTime)]
    pub submitted_at: Option<String>,
    /// Since when the current level is waited for.
    #[schema(required, format = DateTime)]
    pub waiting_since: Option<String>,
    /// When it lapses, or when the download lapses once approved.
    #[schema(required, format = DateTime)]
    pub lapses_at: Option<String>,
    /// When it ended.
    #[schema(required, format = DateTime)]
    pub decided_at: Option<String>,
}
