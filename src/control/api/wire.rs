//! What the API says and hears: the shapes that `approval-ui/openapi.json` documents and the page's types are generated from.
//!
//! INVARIANT: nothing in here can hold an original of a sensitive value. Filters and sample rows are masked before they get here.

mod detail;
mod list;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::mask;

pub use detail::{
    ActionState, Actions, ApprovalDetail, DownloadState, Filter, LevelPosition, LevelStatus, ReleasedClass, Sample,
    SampleNote, TimelineEntry, TimelineKind, Verdict, VoteInfo, What,
};
pub use list::{ApprovalPage, ApprovalSummary, LevelRef, ListQuery, ListView, PersonRef};

/// The languages of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Simplified Chinese.
    Zh,
    /// English.
    En,
}

/// Who is signed in and what he may do here.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionInfo {
    /// The person.
    pub subject: SubjectInfo,
    /// What he may do beside asking.
    pub can: Abilities,
    /// Language that fits the browser's `Accept-Language`.
    pub language_default: Language,
    /// Origin of the proxy, where exports are downloaded.
    #[schema(format = "uri")]
    pub proxy_url: String,
}

/// The person who is signed in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SubjectInfo {
    /// Account id.
    pub id: String,
    /// Name shown to people.
    pub display_name: String,
    /// Role names, sorted.
    pub roles: Vec<String>,
    /// How sure we are: `none`, `asserted`, `password`, `multi_factor`.
    pub assurance: String,
}

/// What the person may do here.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Abilities {
    /// Levels of approval chains that this person may vote on.
    pub approve_levels: Vec<String>,
    /// May see everybody's requests.
    pub read_audit: bool,
}

/// Sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionRequest {
    /// Account name.
    pub account: String,
    /// Password; never logged.
    #[schema(format = Password)]
    pub password: String,
}

/// State of an approval. `held`: sealed, waits for its purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// Sealed; the requester has not yet said what for.
    Held,
    /// Waits for votes.
    Pending,
    /// Every level said yes; may be downloaded once.
    Approved,
    /// Downloaded.
    Redeemed,
    /// An approver said no.
    Rejected,
    /// The requester took it back.
    Withdrawn,
    /// The approval was taken back before it was used.
    Revoked,
    /// Its time was over.
    Lapsed,
}

/// How a value is shown, strictest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rendering {
    /// Nothing of it.
    Redacted,
    /// Coarser.
    Generalised,
    /// Some characters.
    Partial,
    /// A reversible value that stands in for it.
    Surrogate,
    /// The original.
    Clear,
}

impl From<mask::Rendering> for Rendering {
    fn from(rendering: mask::Rendering) -> Self {
        match rendering {
            mask::Rendering::Redacted => Self::Redacted,
            mask::Rendering::Generalised => Self::Generalised,
            mask::Rendering::Partial => Self::Partial,
            mask::Rendering::Surrogate => Self::Surrogate,
            mask::Rendering::Clear => Self::Clear,
        }
    }
}

/// Why an action may not be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// Nobody decides his own request.
    OwnRequest,
    /// The level that decides now is not the viewer's.
    NotYourLevel,
    /// The viewer has voted, on this level or another.
    AlreadyVoted,
    /// It does not wait for a vote.
    NotPending,
    /// The requester has still to say what for.
    PurposeNeeded,
    /// The requester has already said what for.
    PurposeGiven,
    /// Its time is over.
    Lapsed,
    /// Only the requester may.
    NotRequester,
    /// Not every level has said yes.
    NotApproved,
    /// There is no approval that could be taken back.
    NotRevocable,
    /// It has been downloaded.
    AlreadyRedeemed,
    /// The requester no longer holds the role.
    RoleLost,
    /// The policy has become stricter since.
    PolicyChanged,
    /// Time, network or assurance do not fit the policy now.
    ConditionsNotMet,
    /// The sealed file is gone.
    HoldMissing,
    /// The viewer's roles do not allow it.
    NotAllowed,
}

/// Kind of problem; the page translates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// The request is not what the API expects.
    BadRequest,
    /// Nobody is signed in.
    NotSignedIn,
    /// Account or password is wrong.
    WrongCredentials,
    /// Too many sign-ins at once.
    TooManyAttempts,
    /// The action is refused; `reason_code` says why.
    Forbidden,
    /// Not there, or not the viewer's to see.
    NotFound,
    /// Somebody was faster.
    Conflict,
    /// A rejection or revocation needs a comment.
    CommentRequired,
    /// The purpose is too short.
    PurposeRequired,
    /// The request comes from another site.
    CrossSite,
    /// The store does not answer.
    StoreUnavailable,
    /// The audit journal cannot be written.
    AuditUnavailable,
    /// A fault of ours.
    Internal,
}

/// RFC 9457 problem.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Kind of problem, a URI.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short text in English.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// More; never a value that the caller sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The kind as a word.
    pub code: ProblemCode,
    /// Why an action was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<ReasonCode>,
}

/// Say what for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitRequest {
    /// Version seen.
    pub version: u64,
    /// What for.
    #[schema(min_length = 1, max_length = 1000)]
    pub purpose: String,
    /// Same key, same outcome: letters, digits, `-` and `_`.
    #[schema(max_length = 64, nullable = false)]
    pub idempotency_key: Option<String>,
}

/// A decision.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionRequest {
    /// Version seen.
    pub version: u64,
    /// Comment; a rejection needs one.
    #[schema(max_length = 1000)]
    pub comment: Option<String>,
    /// Same key, same outcome: letters, digits, `-` and `_`.
    #[schema(max_length = 64, nullable = false)]
    pub idempotency_key: Option<String>,
}
