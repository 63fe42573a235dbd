//! One approval, as one person may see it.

use serde::Serialize;
use utoipa::ToSchema;

use super::{ApprovalState, PersonRef, ReasonCode, Rendering};

/// A request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApprovalDetail {
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
    /// The requester has still to say what for.
    pub purpose_needed: bool,
    /// What would leave.
    pub what: What,
    /// The chain, in order.
    pub chain: Vec<LevelStatus>,
    /// When the hold was made.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When the purpose was given.
    #[schema(required, format = DateTime)]
    pub submitted_at: Option<String>,
    /// Since when the current level is waited for.
    #[schema(required, format = DateTime)]
    pub waiting_since: Option<String>,
    /// When it lapses if undecided.
    #[schema(required, format = DateTime)]
    pub lapses_at: Option<String>,
    /// Until when it may be downloaded.
    #[schema(required, format = DateTime)]
    pub redeem_until: Option<String>,
    /// When it ended.
    #[schema(required, format = DateTime)]
    pub decided_at: Option<String>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// What the viewer may do.
    pub actions: Actions,
}

/// What would leave.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct What {
    /// Route of the catalog; `unlisted` if none.
    pub route_id: String,
    /// The route's title in Chinese.
    pub title_zh: String,
    /// The route's title in English.
    pub title_en: String,
    /// Method of the request.
    pub method: String,
    /// Canonical path, masked.
    pub path: String,
    /// Filters of the request.
    pub filters: Vec<Filter>,
    /// `csv`, `json`, `ndjson`, …
    pub format: String,
    /// Records.
    #[schema(required)]
    pub records: Option<u64>,
    /// Size of the sealed answer in bytes.
    #[schema(required)]
    pub bytes: Option<u64>,
    /// Data classes, most open first.
    pub classes: Vec<ReleasedClass>,
}

/// A filter of the request to the CRM.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Filter {
    /// Parameter name.
    pub name: String,
    /// Its value, with everything sensitive masked.
    pub value_shown: String,
}

/// A data class and how it would leave.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReleasedClass {
    /// Data class.
    pub class: String,
    /// In Chinese.
    pub title_zh: String,
    /// In English.
    pub title_en: String,
    /// Level of sensitivity.
    pub level: String,
    /// How it would leave.
    pub rendering: Rendering,
    /// How many values of it.
    #[schema(required)]
    pub count: Option<u64>,
}

/// A level and where it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LevelStatus {
    /// Level id.
    pub level: String,
    /// In Chinese.
    pub title_zh: String,
    /// In English.
    pub title_en: String,
    /// How many people have to say yes.
    pub quorum: u64,
    /// Roles that may vote.
    pub approvers: Vec<String>,
    /// Where it stands.
    pub status: LevelPosition,
    /// Who decided what.
    pub votes: Vec<VoteInfo>,
}

/// Where a level stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LevelPosition {
    /// Not its turn yet.
    Waiting,
    /// Its turn.
    Current,
    /// Said yes.
    Done,
    /// Said no.
    Rejected,
    /// Will not be asked any more.
    Skipped,
}

/// A vote.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VoteInfo {
    /// Account id.
    pub person: String,
    /// Name shown to people.
    pub display_name: String,
    /// Yes or no.
    pub verdict: Verdict,
    /// Comment.
    #[schema(required)]
    pub comment: Option<String>,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Yes.
    Approve,
    /// No.
    Reject,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimelineKind {
    /// The export was stopped and sealed.
    Held,
    /// The requester said what for.
    Submitted,
    /// An approver said yes.
    Approved,
    /// An approver said no.
    Rejected,
    /// A level has all its votes.
    LevelCompleted,
    /// A level was not asked.
    LevelSkipped,
    /// The last level said yes.
    Granted,
    /// The requester took it back.
    Withdrawn,
    /// The approval was taken back.
    Revoked,
    /// Its time was over.
    Lapsed,
    /// It was downloaded.
    Redeemed,
}

/// Something that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// What.
    pub kind: TimelineKind,
    /// Display name; null for Overcoat itself.
    #[schema(required)]
    pub who: Option<String>,
    /// Level id.
    #[schema(required)]
    pub level: Option<String>,
    /// Comment, reason or purpose.
    #[schema(required)]
    pub comment: Option<String>,
}

/// Whether a button may be pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActionState {
    /// May be done by the viewer now.
    pub allowed: bool,
    /// Why not.
    #[schema(required)]
    pub reason_code: Option<ReasonCode>,
}

/// Whether the export may be downloaded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DownloadState {
    /// May be downloaded by the viewer now.
    pub allowed: bool,
    /// Why not.
    #[schema(required)]
    pub reason_code: Option<ReasonCode>,
    /// Address on the proxy's origin to POST to.
    #[schema(required, format = "uri")]
    pub url: Option<String>,
}

/// What the viewer may do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Actions {
    /// Say what for.
    pub submit: ActionState,
    /// Say yes.
    pub approve: ActionState,
    /// Say no.
    pub reject: ActionState,
    /// Take one's own request back.
    pub withdraw: ActionState,
    /// Take the approval back before it is used.
    pub revoke: ActionState,
    /// Download it, once.
    pub download: DownloadState,
}

/// What there is to say about the sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SampleNote {
    /// Masked as the viewer would see the same records in the CRM.
    MaskedForYou,
    /// The viewer may not see this list in any form, or it cannot be read.
    NotAvailable,
    /// The sealed file is gone.
    HoldDestroyed,
    /// The answer has no rows.
    NotTabular,
}

/// The first rows, masked as the viewer may see them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Sample {
    /// Column names.
    pub columns: Vec<String>,
    /// Rows; null where a record has no such column.
    pub rows: Vec<Vec<Option<String>>>,
    /// What there is to say about them.
    #[schema(required)]
    pub note_code: Option<SampleNote>,
}
