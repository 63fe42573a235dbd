//! What an approval is: who asks, what would leave, which chain, what was said, and where it stands.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{ApprovalId, Chain, ContentHash, Limits, RequestDigest, Title};
use crate::clock::Timestamp;
use crate::mask::Rendering;
use crate::subject::{Role, SubjectId};

/// Who asks, as he was when he asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requester {
    /// The account.
    pub id: SubjectId,
    /// The name to show.
    pub display_name: String,
    /// His roles at that time, for approvers to see.
    pub roles: Vec<Role>,
}

/// One filter of the CRM's list, as approvers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// The parameter.
    pub name: String,
    /// Its value after the detectors went over it: no sensitive original.
    pub shown: String,
}

/// One data class that would leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedClass {
    /// The name of the class.
    pub class: String,
    /// How its values would be shown.
    pub rendering: Rendering,
    /// How many values there are.
    pub count: u64,
}

/// What would leave: everything an approver is shown, and never a sensitive value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exhibit {
    /// The catalog's name of the route.
    pub route: String,
    /// What the route is called.
    pub title: Title,
    /// The method.
    pub method: String,
    /// The canonical path after the detectors went over it.
    pub path: String,
    /// The filters of the list.
    pub filters: Vec<Filter>,
    /// The format (`json`, `csv` …).
    pub format: String,
    /// Records, if they could be counted.
    pub records: Option<u64>,
    /// Bytes of the sealed answer.
    pub bytes: u64,
    /// The data classes in the sealed answer.
    pub classes: Vec<ReleasedClass>,
    /// The network address it was asked from.
    pub destination: Option<IpAddr>,
    /// SHA-256 of the sealed bytes.
    pub content: ContentHash,
    /// The policy snapshot under which it was held.
    pub snapshot: String,
}

/// Where an approval stands. Times are those of the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case", deny_unknown_fields)]
pub enum State {
    /// Sealed; the requester has not said yet what for.
    Held {
        /// It lapses at this time.
        until: Timestamp,
    },
    /// Waiting for the votes of one level.
    Pending {
        /// Index of the level in the chain.
        level: usize,
        /// It lapses at this time.
        until: Timestamp,
    },
    /// Every level said yes.
    Approved {
        /// It can be redeemed before this time.
        until: Timestamp,
    },
    /// Released, once.
    Redeemed {
        /// When.
        at: Timestamp,
    },
    /// A level said no.
    Rejected {
        /// When.
        at: Timestamp,
    },
    /// The requester took it back.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
    /// An approver, auditor or administrator took it back.
    Revoked {
        /// When.
        at: Timestamp,
    },
    /// Nobody decided, or nobody redeemed, in time.
    Lapsed {
        /// When it was noticed.
        at: Timestamp,
    },
}

/// A [`State`] without its particulars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// See [`State::Held`].
    Held,
    /// See [`State::Pending`].
    Pending,
    /// See [`State::Approved`].
    Approved,
    /// See [`State::Redeemed`].
    Redeemed,
    /// See [`State::Rejected`].
    Rejected,
    /// See [`State::Withdrawn`].
    Withdrawn,
    /// See [`State::Revoked`].
    Revoked,
    /// See [`State::Lapsed`].
    Lapsed,
}

impl Phase {
    /// All phases.
    pub const ALL: [Self; 8] = [
        Self::Held,
        Self::Pending,
        Self::Approved,
        Self::Redeemed,
        Self::Rejected,
        Self::Withdrawn,
        Self::Revoked,
        Self::Lapsed,
    ];

    /// The word used in records, logs and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Redeemed => "redeemed",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
            Self::Revoked => "revoked",
            Self::Lapsed => "lapsed",
        }
    }

    /// Whether something can still happen: held, pending or approved.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Held | Self::Pending | Self::Approved)
    }
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Yes.
    Approve,
    /// No.
    Reject,
}

/// What one person said on one level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// Index of the level in the chain.
    pub level: usize,
    /// Who.
    pub person: SubjectId,
    /// The name to show.
    pub display_name: String,
    /// What.
    pub verdict: Verdict,
    /// Why; always there for a no.
    pub comment: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The answer was sealed.
    Held,
    /// The requester said what for.
    Submitted,
    /// Somebody said yes.
    Approved,
    /// Somebody said no.
    Rejected,
    /// The requester took it back.
    Withdrawn,
    /// It was taken back by somebody else.
    Revoked,
    /// Its time ran out.
    Lapsed,
    /// It was released.
    Redeemed,
}

/// One step in the life of an approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
    /// Who; `None` if time did it.
    pub who: Option<SubjectId>,
    /// The name to show.
    pub display_name: Option<String>,
    /// On which level, for votes.
    pub level: Option<usize>,
    /// The comment, reason or purpose.
    pub comment: Option<String>,
    /// The idempotency key of the write: says after a lost connection whether the step was taken.
    pub key: String,
}

/// The longest idempotency key, in bytes; a client brings it, and every step keeps one.
pub const MAX_KEY_BYTES: usize = 64;

/// The end of the longest beginning of a text that has at most so many bytes and whole characters.
pub(super) fn boundary(text: &str, most: usize) -> usize {
    (0..=most.min(text.len()))
        .rev()
        .find(|&end| text.is_char_boundary(end))
        .unwrap_or(0)
}

/// When something is done, by the store's time, and under which idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The time.
    pub at: Timestamp,
    /// The key: the client's own or a random one; at most 64 bytes, longer ones are cut.
    pub key: String,
}

impl Stamp {
    /// A stamp.
    pub fn new(at: Timestamp, key: &str) -> Self {
        let end = boundary(key, MAX_KEY_BYTES);
        Self {
            at,
            key: key[..end].to_owned(),
        }
    }
}

/// A request for clearance of one hold, and where it stands. Made by [`Approval::hold`], changed only by its transitions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    pub(super) id: ApprovalId,
    /// INVARIANT: grows by one with every transition; equals the number of events.
    pub(super) version: u64,
    pub(super) requester: Requester,
    pub(super) digest: RequestDigest,
    pub(super) exhibit: Exhibit,
    pub(super) purpose: Option<String>,
    pub(super) chain: Chain,
    pub(super) limits: Limits,
    pub(super) votes: Vec<Vote>,
    pub(super) state: State,
    pub(super) timeline: Vec<Event>,
}

impl Approval {
    /// Its name.
    pub fn id(&self) -> ApprovalId {
        self.id
    }

    /// Starts at 1 and grows by one with every transition.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Who asks.
    pub fn requester(&self) -> &Requester {
        &self.requester
    }

    /// What it is bound to.
    pub fn digest(&self) -> &RequestDigest {
        &self.digest
    }

    /// What would leave.
    pub fn exhibit(&self) -> &Exhibit {
        &self.exhibit
    }

    /// What for, once the requester has said so.
    pub fn purpose(&self) -> Option<&str> {
        self.purpose.as_deref()
    }

    /// The chain.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Its limits.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// All votes, in the order in which they were cast.
    pub fn votes(&self) -> &[Vote] {
        &self.votes
    }

    /// Where it stands.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Everything that happened, in order.
    pub fn timeline(&self) -> &[Event] {
        &self.timeline
    }

    /// Where it stands, without particulars.
    pub fn phase(&self) -> Phase {
        match self.state {
            State::Held { .. } => Phase::Held,
            State::Pending { .. } => Phase::Pending,
            State::Approved { .. } => Phase::Approved,
            State::Redeemed { .. } => Phase::Redeemed,
            State::Rejected { .. } => Phase::Rejected,
            State::Withdrawn { .. } => Phase::Withdrawn,
            State::Revoked { .. } => Phase::Revoked,
            State::Lapsed { .. } => Phase::Lapsed,
        }
    }

    /// When it lapses, as long as it is open.
    pub fn deadline(&self) -> Option<Timestamp> {
        match self.state {
            State::Held { until } | State::Pending { until, .. } | State::Approved { until } => Some(until),
            _ => None,
        }
    }

    /// The index of the level that is asked now, and the level.
    pub fn current_level(&self) -> Option<(usize, &super::Level)> {
        match self.state {
            State::Pending { level, .. } => self.chain.levels.get(level).map(|asked| (level, asked)),
            _ => None,
        }
    }

    /// When it was held.
    pub fn created_at(&self) -> Timestamp {
        self.timeline
            .first()
            .map_or(Timestamp::from_millis(0), |event| event.at)
    }

    /// When the requester said what for.
    pub fn submitted_at(&self) -> Option<Timestamp> {
        self.last_of(EventKind::Submitted)
    }

    /// When it was decided: by the last vote, by a no, or by being taken back.
    pub fn decided_at(&self) -> Option<Timestamp> {
        match self.state {
            State::Held { .. } | State::Pending { .. } => None,
            State::Approved { .. } | State::Redeemed { .. } => self.last_of(EventKind::Approved),
            State::Rejected { at } | State::Withdrawn { at } | State::Revoked { at } | State::Lapsed { at } => Some(at),
        }
    }

    /// Whether this person has voted, on whatever level.
    pub fn has_voted(&self, person: &SubjectId) -> bool {
        self.votes.iter().any(|vote| vote.person == *person)
    }

    /// Whether the step that led to `version` was written under this idempotency key.
    pub fn was_written_by(&self, version: u64, key: &str) -> bool {
        let index = usize::try_from(version).ok().and_then(|version| version.checked_sub(1));
        index
            .and_then(|index| self.timeline.get(index))
            .is_some_and(|event| event.key == key)
    }

    fn last_of(&self, kind: EventKind) -> Option<Timestamp> {
        self.timeline
            .iter()
            .rev()
            .find(|event| event.kind == kind)
            .map(|event| event.at)
    }
}
