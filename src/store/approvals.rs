//! The trait that keeps approvals, and what both adapters share of it: which index a record stands in, and how pages are made.

use async_trait::async_trait;

use super::StoreError;
use crate::approval::{Approval, ApprovalId, Grant, Phase, Redemption, RequestDigest, Stamp};
use crate::clock::Timestamp;
use crate::subject::SubjectId;

/// The most approvals one page holds: bounds what one call reads.
pub const MAX_PAGE: usize = 200;
/// How often [`ApprovalStore::create`] tries again after it met a lapsed approval.
const CREATE_TRIES: usize = 8;
/// The idempotency key of a lapse that the store writes down: it is the same step whoever takes it.
const LAPSE_KEY: &str = "lapse";

/// What came of [`ApprovalStore::create`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum CreateOutcome {
    /// It was kept. If an earlier approval of the same request had run out of time without that being written down, it now is: this one,
    /// for the caller to put into the journal and to destroy its hold.
    Created {
        /// The earlier one, now lapsed.
        lapsed: Option<Box<Approval>>,
    },
    /// The same requester has an open approval of the same digest: this one. Nothing was kept.
    Existing(Box<Approval>),
}

/// What came of [`ApprovalStore::compare_and_set`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum SwapOutcome {
    /// It was written.
    Done,
    /// The record is at another version: this one. Nothing was written.
    Conflict(Box<Approval>),
    /// The record's time ran out before the write, by the store's clock. Nothing was written.
    Late,
    /// There is no such record. Nothing was written.
    Missing,
}

/// Which approvals to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApprovalQuery {
    /// Waiting for one of these levels, longest waiting first; without the requests of this person and without what he voted on.
    ToDecide {
        /// The levels he may fill.
        levels: Vec<String>,
        /// Who asks.
        person: SubjectId,
    },
    /// Of one requester, newest first.
    Of(SubjectId),
    /// Finished ones, newest first.
    Closed,
    /// Open ones, oldest first; for the sweeper that writes down what lapsed.
    Open,
    /// All, newest first.
    All,
}

/// One page of approvals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApprovalPage {
    /// The approvals.
    pub items: Vec<Approval>,
    /// Where the next page begins; `None` if this is the last.
    pub next: Option<String>,
}

/// Keeps approvals.
#[async_trait]
pub trait ApprovalStore: Send + Sync {
    /// The store's time: the only time that transitions are stamped with.
    async fn now(&self) -> Result<Timestamp, StoreError>;

    /// Keeps a new hold, or gives the approval that the same requester has for the same digest and that is written as open; in one step.
    #[doc(hidden)]
    async fn insert(&self, approval: &Approval) -> Result<Option<Approval>, StoreError>;

    /// Keeps a new hold, or gives the open approval that the same requester has for the same digest.
    async fn create(&self, approval: &Approval) -> Result<CreateOutcome, StoreError> {
        let mut lapsed = None;
        for _ in 0..CREATE_TRIES {
            let Some(existing) = self.insert(approval).await? else {
                return Ok(CreateOutcome::Created { lapsed });
            };
            // After a lost connection the record that is met may be this very one.
            if existing.id() == approval.id() {
                return Ok(CreateOutcome::Created { lapsed });
            }
            let stamp = Stamp::new(self.now().await?, LAPSE_KEY);
            let version = existing.version();
            let Ok(over) = existing.clone().lapse(stamp) else {
                return Ok(CreateOutcome::Existing(Box::new(existing)));
            };
            if let SwapOutcome::Done = self.compare_and_set(version, &over).await? {
                lapsed = Some(Box::new(over));
            }
        }
        Err(StoreError::Unavailable(
            "the approval of the same request keeps changing".to_owned(),
        ))
    }

    /// The approval of this id. `None` means nobody asked: held.
    async fn load(&self, id: ApprovalId) -> Result<Option<Approval>, StoreError>;

    /// The open approval of a requester for a digest; one whose time ran out is not open.
    async fn find_open(&self, requester: &SubjectId, digest: &RequestDigest) -> Result<Option<Approval>, StoreError>;

    /// Writes the next state if the record stands at `expected` and its time has not run out; in one step with its indexes.
    /// After a lost connection the record is read again: a step that carries this step's idempotency key was taken.
    async fn compare_and_set(&self, expected: u64, next: &Approval) -> Result<SwapOutcome, StoreError>;

    /// One index, a stretch of it: entries after `after` (exclusive; `None` from the beginning) in the index's order.
    #[doc(hidden)]
    async fn scan(&self, index: &Index, after: Option<&str>, limit: usize) -> Result<Stretch, StoreError>;

    /// Removes finished approvals that began before a time; gives how many. Their evidence stays in the journal.
    async fn forget_closed(&self, before: Timestamp) -> Result<u64, StoreError>;

    /// Redeems: of any number of calls in any number of processes one gets the [`Grant`].
    ///
    /// INVARIANT: a grant is made here only, after the write took place.
    async fn redeem(&self, redemption: Redemption) -> Result<Result<Grant, SwapOutcome>, StoreError> {
        let next = redemption.next();
        match self.compare_and_set(next.version() - 1, next).await? {
            SwapOutcome::Done => Ok(Ok(redemption.confirmed())),
            other => Ok(Err(other)),
        }
    }

    /// Lists approvals. `cursor` is [`ApprovalPage::next`] of the page before.
    async fn list(
        &self,
        query: &ApprovalQuery,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<ApprovalPage, StoreError> {
        let limit = limit.clamp(1, MAX_PAGE);
        let mut after = cursor.map(str::to_owned);
        let mut items: Vec<(String, Approval)> = Vec::new();
        // Pages are filled up: what the query leaves out does not make them shorter.
        while items.len() <= limit {
            let wanted = limit + 1 - items.len();
            let stretch = self.stretch(query, after.as_deref(), wanted).await?;
            let exhausted = stretch.len() < wanted;
            if let Some((member, _)) = stretch.last() {
                after = Some(member.clone());
            }
            let read = stretch
                .into_iter()
                .filter_map(|(member, approval)| Some((member, approval?)));
            items.extend(read.filter(|(_, approval)| query.wants(approval)));
            if exhausted {
                break;
            }
        }
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|(member, _)| member.clone());
        Ok(ApprovalPage {
            items: items.into_iter().map(|(_, approval)| approval).collect(),
            next,
        })
    }

    /// A stretch over all indexes of a query, merged in order.
    #[doc(hidden)]
    async fn stretch(&self, query: &ApprovalQuery, after: Option<&str>, limit: usize) -> Result<Stretch, StoreError> {
        let mut merged = Vec::new();
        for index in query.indexes() {
            merged.extend(self.scan(&index, after, limit).await?);
        }
        merged.sort_by(|a, b| a.0.cmp(&b.0));
        if query.newest_first() {
            merged.reverse();
        }
        // A record that moved between two scans may have been met twice.
        merged.dedup_by(|a, b| a.0 == b.0);
        merged.truncate(limit);
        Ok(merged)
    }
}

/// An ordered set of approvals. Members are [`member`]s: they sort by the time of the hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Index {
    /// Held, pending or approved; oldest first.
    Open,
    /// Finished; newest first.
    Closed,
    /// Waiting for a level; oldest first.
    Level(String),
    /// Of a requester; newest first.
    Requester(SubjectId),
    /// All; newest first.
    All,
}

impl Index {
    /// Whether its newest entry comes first.
    pub fn newest_first(&self) -> bool {
        matches!(self, Self::Closed | Self::Requester(_) | Self::All)
    }

    /// The indexes an approval belongs to as it stands.
    pub fn of(approval: &Approval) -> Vec<Self> {
        let mut indexes = vec![Self::All, Self::Requester(approval.requester().id.clone())];
        indexes.push(if approval.phase().is_open() {
            Self::Open
        } else {
            Self::Closed
        });
        indexes.extend(
            approval
                .current_level()
                .map(|(_, level)| Self::Level(level.name.clone())),
        );
        indexes
    }

    /// The indexes an approval may have belonged to before and does not belong to now.
    pub fn not_of(approval: &Approval) -> Vec<Self> {
        let now = Self::of(approval);
        let mut possible = vec![Self::Open, Self::Closed];
        possible.extend(
            approval
                .chain()
                .levels
                .iter()
                .map(|level| Self::Level(level.name.clone())),
        );
        possible.retain(|index| !now.contains(index));
        possible
    }
}

impl ApprovalQuery {
    fn indexes(&self) -> Vec<Index> {
        match self {
            Self::ToDecide { levels, .. } => levels.iter().cloned().map(Index::Level).collect(),
            Self::Of(requester) => vec![Index::Requester(requester.clone())],
            Self::Closed => vec![Index::Closed],
            Self::Open => vec![Index::Open],
            Self::All => vec![Index::All],
        }
    }

    fn newest_first(&self) -> bool {
        matches!(self, Self::Of(_) | Self::Closed | Self::All)
    }

    /// An index can lag behind the record by a moment; the record decides.
    fn wants(&self, approval: &Approval) -> bool {
        match self {
            Self::ToDecide { levels, person } => {
                let asked = approval
                    .current_level()
                    .is_some_and(|(_, level)| levels.contains(&level.name));
                asked && approval.requester().id != *person && !approval.has_voted(person)
            }
            Self::Of(requester) => approval.requester().id == *requester,
            Self::Closed => !approval.phase().is_open(),
            Self::Open => approval.phase().is_open(),
            Self::All => true,
        }
    }
}

/// The member of an approval in every index: milliseconds of the hold with leading zeros, a colon, the id.
pub fn member(approval: &Approval) -> String {
    format!("{:014}:{}", approval.created_at().as_millis().max(0), approval.id())
}

/// The id in a member.
pub(super) fn member_id(member: &str) -> Option<ApprovalId> {
    member.split_once(':').and_then(|(_, id)| id.parse().ok())
}

/// Reads a stored approval, and checks that it is the one that was asked for.
pub(super) fn read(id: ApprovalId, text: &str) -> Result<Approval, StoreError> {
    let corrupt = |reason: String| StoreError::Corrupt {
        key: id.to_string(),
        reason,
    };
    let approval = Approval::from_json(text).map_err(|error| corrupt(error.to_string()))?;
    if approval.id() != id {
        return Err(corrupt("it is another approval's record".to_owned()));
    }
    Ok(approval)
}

/// Entries of an index in its order; `None` for one that cannot be read: it must not hide the others.
pub type Stretch = Vec<(String, Option<Approval>)>;

/// Reads approvals for a list and says in the log what cannot be read.
pub(super) fn read_listed(rows: impl IntoIterator<Item = (String, Option<String>)>) -> Stretch {
    let read_row = |(member, text): (String, Option<String>)| {
        let approval = match (member_id(&member), text) {
            (Some(id), Some(text)) => read(id, &text).inspect_err(|error| {
                tracing::error!(%error, "an approval is left out of a list");
            }),
            _ => return (member, None),
        };
        (member, approval.ok())
    };
    rows.into_iter().map(read_row).collect()
}

/// Checks what a caller wants to write: one transition ahead, no more.
pub(super) fn check_swap(expected: u64, next: &Approval) -> Result<(), StoreError> {
    if next.version() != expected.wrapping_add(1) {
        return Err(StoreError::Misuse("an approval changes by one transition at a time"));
    }
    Ok(())
}

/// Whether a write is the one that records a lapse: it alone may come after the deadline.
pub(super) fn is_lapse(next: &Approval) -> bool {
    next.phase() == Phase::Lapsed
}

/// The idempotency key of the last step.
pub(super) fn last_key(next: &Approval) -> &str {
    next.timeline().last().map_or("", |event| event.key.as_str())
}
