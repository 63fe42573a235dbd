//! The transitions: each takes an approval by value and gives the next one, or says exactly why not.
//!
//! Every transition asks in the same order: where it stands, whether its time ran out, who asks, what was said.

use super::record::{Event, EventKind, State, Verdict, Vote};
use super::{Approval, Phase, Stamp};
use crate::clock::Timestamp;
use crate::subject::{ANONYMOUS, SubjectId};

/// The shortest purpose or reason, in characters: four Chinese characters can say something, less is a keystroke.
pub const MIN_REASON_CHARS: usize = 4;
/// The longest purpose, reason or comment, in characters: records stay small, whoever writes them.
pub const MAX_COMMENT_CHARS: usize = 2_000;

/// Why a transition was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// The requester has not said yet what for.
    #[error("the requester has not stated a purpose yet")]
    NotSubmitted,
    /// The purpose was stated before.
    #[error("it was submitted before")]
    AlreadySubmitted,
    /// Every level has said yes already.
    #[error("every level has decided already")]
    NotPending,
    /// Not every level has said yes.
    #[error("not every level has approved it yet")]
    NotApproved,
    /// It was released before.
    #[error("it was redeemed before")]
    AlreadyRedeemed,
    /// It is finished and cannot change.
    #[error("it is {}", .0.as_str())]
    Finished(Phase),
    /// Its time ran out.
    #[error("its time ran out")]
    Lapsed,
    /// Its time has not run out.
    #[error("its time has not run out")]
    NotLapsed,
    /// The requester may not decide on his own request.
    #[error("nobody decides on his own request")]
    OwnRequest,
    /// Only the requester may do this.
    #[error("only the requester may do this")]
    NotRequester,
    /// The person may not fill the level that is asked now.
    #[error("the level that is asked now is not yours to fill")]
    NotYourLevel,
    /// A person counts once over all levels.
    #[error("a person votes once, whatever the level")]
    AlreadyVoted,
    /// The vote was meant for a level that has decided.
    #[error("the level the vote was meant for has decided already")]
    LevelFinished,
    /// The vote was meant for a level that is not asked yet.
    #[error("the level the vote was meant for is not asked yet")]
    LevelNotReached,
    /// Neither an approver of it nor an auditor or administrator.
    #[error("only an approver of it, an auditor or an administrator may revoke it")]
    MayNotRevoke,
    /// A reason or purpose is missing or says nothing.
    #[error("it needs a reason of at least {MIN_REASON_CHARS} characters")]
    ReasonMissing,
    /// A comment is too long.
    #[error("a comment has at most {MAX_COMMENT_CHARS} characters")]
    CommentTooLong,
    /// The sealed answer belongs to another request.
    #[error("the sealed answer belongs to another request")]
    DigestDiffers,
    /// The sealed answer is not the one that was approved.
    #[error("the sealed answer is not the one that was approved")]
    ContentDiffers,
    /// The requester was disabled since.
    #[error("the requester's account is disabled")]
    RequesterDisabled,
    /// The requester may not export any more.
    #[error("the requester may no longer export this")]
    ExportNotAllowed,
    /// The policy shows less of a class than was approved.
    #[error("the policy now shows less of `{class}` than was approved")]
    PolicyStricter {
        /// The class.
        class: String,
    },
    /// The export would need more approval today.
    #[error("the export now needs a stricter chain than the one that approved it")]
    ChainStricter,
    /// Somebody whose vote is needed may not vote any more.
    #[error("the level `{level}` has lost its quorum: somebody who approved may no longer fill it")]
    VoterLost {
        /// The level.
        level: String,
    },
}

impl TransitionError {
    /// The word the API uses.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotSubmitted => "not_submitted",
            Self::AlreadySubmitted => "already_submitted",
            Self::NotPending => "not_pending",
            Self::NotApproved => "not_approved",
            Self::AlreadyRedeemed => "already_redeemed",
            Self::Finished(_) => "finished",
            Self::Lapsed => "lapsed",
            Self::NotLapsed => "not_lapsed",
            Self::OwnRequest => "own_request",
            Self::NotRequester => "not_requester",
            Self::NotYourLevel => "not_your_level",
            Self::AlreadyVoted => "already_voted",
            Self::LevelFinished => "level_finished",
            Self::LevelNotReached => "level_not_reached",
            Self::MayNotRevoke => "may_not_revoke",
            Self::ReasonMissing => "reason_missing",
            Self::CommentTooLong => "comment_too_long",
            Self::DigestDiffers => "digest_differs",
            Self::ContentDiffers => "content_differs",
            Self::RequesterDisabled => "requester_disabled",
            Self::ExportNotAllowed => "export_not_allowed",
            Self::PolicyStricter { .. } => "policy_stricter",
            Self::ChainStricter => "chain_stricter",
            Self::VoterLost { .. } => "voter_lost",
        }
    }
}

/// Somebody who wants to decide, and what he may do at that moment; `policy` says so, right before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approver {
    /// Who.
    pub id: SubjectId,
    /// The name to show.
    pub display_name: String,
    /// The names of the levels he may fill now.
    pub levels: Vec<String>,
    /// Whether he may revoke whatever is open: auditors and administrators.
    pub oversight: bool,
}

impl Approver {
    fn may_fill(&self, level: &str) -> bool {
        self.levels.iter().any(|mine| mine == level)
    }
}

impl Approval {
    /// The requester says what for; the first level is asked. The pending limit begins anew.
    pub fn submit(mut self, by: &SubjectId, purpose: &str, stamp: Stamp) -> Result<Self, TransitionError> {
        match self.phase() {
            Phase::Held => {}
            Phase::Pending | Phase::Approved => return Err(TransitionError::AlreadySubmitted),
            finished => return Err(TransitionError::Finished(finished)),
        }
        self.check_time(stamp.at)?;
        self.check_requester(by)?;
        let purpose = reason(Some(purpose))?;
        self.state = State::Pending {
            level: 0,
            until: stamp.at.plus(self.limits.pending()),
        };
        self.purpose = Some(purpose.clone());
        let name = self.requester.display_name.clone();
        Ok(self.step(EventKind::Submitted, Some((by, &name)), None, Some(purpose), stamp))
    }

    /// Somebody says yes on `level` (the index he was shown). The last yes of a quorum asks the next level, or approves.
    pub fn approve(
        mut self,
        approver: &Approver,
        level: usize,
        comment: Option<&str>,
        stamp: Stamp,
    ) -> Result<Self, TransitionError> {
        self.check_vote(approver, level, stamp.at)?;
        let comment = optional_comment(comment)?;
        self.cast(approver, level, Verdict::Approve, comment.clone(), stamp.at);
        if self.yes_on(level) >= usize::from(self.chain.levels[level].quorum) {
            self.state = self.after(level, stamp.at);
        }
        let who = Some((&approver.id, approver.display_name.as_str()));
        Ok(self.step(EventKind::Approved, who, Some(level), comment, stamp))
    }

    /// Somebody says no on `level` and why. One no ends it.
    pub fn reject(
        mut self,
        approver: &Approver,
        level: usize,
        why: &str,
        stamp: Stamp,
    ) -> Result<Self, TransitionError> {
        self.check_vote(approver, level, stamp.at)?;
        let why = reason(Some(why))?;
        self.cast(approver, level, Verdict::Reject, Some(why.clone()), stamp.at);
        self.state = State::Rejected { at: stamp.at };
        let who = Some((&approver.id, approver.display_name.as_str()));
        Ok(self.step(EventKind::Rejected, who, Some(level), Some(why), stamp))
    }

    /// The requester takes it back, at any time before it is redeemed.
    pub fn withdraw(mut self, by: &SubjectId, comment: Option<&str>, stamp: Stamp) -> Result<Self, TransitionError> {
        self.check_open(stamp.at)?;
        self.check_requester(by)?;
        let comment = optional_comment(comment)?;
        self.state = State::Withdrawn { at: stamp.at };
        let name = self.requester.display_name.clone();
        Ok(self.step(EventKind::Withdrawn, Some((by, &name)), None, comment, stamp))
    }

    /// Somebody else takes it back and says why: who voted on it, who may fill one of its levels, or who has oversight.
    pub fn revoke(mut self, approver: &Approver, why: &str, stamp: Stamp) -> Result<Self, TransitionError> {
        self.check_open(stamp.at)?;
        self.check_not_requester(approver)?;
        if !self.may_revoke(approver) {
            return Err(TransitionError::MayNotRevoke);
        }
        let why = reason(Some(why))?;
        self.state = State::Revoked { at: stamp.at };
        let who = Some((&approver.id, approver.display_name.as_str()));
        Ok(self.step(EventKind::Revoked, who, None, Some(why), stamp))
    }

    /// Time ran out. That it has lapsed is a rule of its deadline; this only writes it down.
    pub fn lapse(mut self, stamp: Stamp) -> Result<Self, TransitionError> {
        match self.check_open(stamp.at) {
            Err(TransitionError::Lapsed) => {}
            Err(finished) => return Err(finished),
            Ok(()) => return Err(TransitionError::NotLapsed),
        }
        self.state = State::Lapsed { at: stamp.at };
        Ok(self.step(EventKind::Lapsed, None, None, None, stamp))
    }

    /// Whether this person could say yes now; says why not. For buttons that explain themselves.
    pub fn may_vote(&self, approver: &Approver, now: Timestamp) -> Result<(), TransitionError> {
        let level = self.current_level().map_or(0, |(level, _)| level);
        self.check_vote(approver, level, now)
    }

    /// Whether the requester could take it back now.
    pub fn may_withdraw(&self, by: &SubjectId, now: Timestamp) -> Result<(), TransitionError> {
        self.check_open(now)?;
        self.check_requester(by)
    }

    /// Whether this person could revoke it now.
    pub fn may_be_revoked_by(&self, approver: &Approver, now: Timestamp) -> Result<(), TransitionError> {
        self.check_open(now)?;
        self.check_not_requester(approver)?;
        if self.may_revoke(approver) {
            Ok(())
        } else {
            Err(TransitionError::MayNotRevoke)
        }
    }

    /// Whether this person could state the purpose now.
    pub fn may_submit(&self, by: &SubjectId, now: Timestamp) -> Result<(), TransitionError> {
        match self.phase() {
            Phase::Held => {}
            Phase::Pending | Phase::Approved => return Err(TransitionError::AlreadySubmitted),
            finished => return Err(TransitionError::Finished(finished)),
        }
        self.check_time(now)?;
        self.check_requester(by)
    }

    fn may_revoke(&self, approver: &Approver) -> bool {
        approver.oversight
            || self.has_voted(&approver.id)
            || self.chain.levels.iter().any(|level| approver.may_fill(&level.name))
    }

    fn check_vote(&self, approver: &Approver, level: usize, now: Timestamp) -> Result<(), TransitionError> {
        let current = match self.state {
            State::Pending { level, .. } => level,
            State::Held { .. } => return Err(TransitionError::NotSubmitted),
            State::Approved { .. } => return Err(TransitionError::NotPending),
            _ => return Err(TransitionError::Finished(self.phase())),
        };
        self.check_time(now)?;
        self.check_not_requester(approver)?;
        // INVARIANT: a person counts once over all levels, so that two levels are always two people.
        if self.has_voted(&approver.id) {
            return Err(TransitionError::AlreadyVoted);
        }
        match level.cmp(&current) {
            std::cmp::Ordering::Less => return Err(TransitionError::LevelFinished),
            std::cmp::Ordering::Greater => return Err(TransitionError::LevelNotReached),
            std::cmp::Ordering::Equal => {}
        }
        if !approver.may_fill(&self.chain.levels[current].name) {
            return Err(TransitionError::NotYourLevel);
        }
        Ok(())
    }

    pub(super) fn check_open(&self, now: Timestamp) -> Result<(), TransitionError> {
        if !self.phase().is_open() {
            return Err(TransitionError::Finished(self.phase()));
        }
        self.check_time(now)
    }

    pub(super) fn check_time(&self, now: Timestamp) -> Result<(), TransitionError> {
        match self.deadline() {
            Some(until) if now >= until => Err(TransitionError::Lapsed),
            _ => Ok(()),
        }
    }

    pub(super) fn check_requester(&self, by: &SubjectId) -> Result<(), TransitionError> {
        if *by == self.requester.id {
            Ok(())
        } else {
            Err(TransitionError::NotRequester)
        }
    }

    /// INVARIANT: four eyes. Neither the requester nor somebody unknown ever decides.
    fn check_not_requester(&self, approver: &Approver) -> Result<(), TransitionError> {
        if approver.id == self.requester.id {
            return Err(TransitionError::OwnRequest);
        }
        if approver.id.as_str() == ANONYMOUS {
            return Err(TransitionError::NotYourLevel);
        }
        Ok(())
    }

    fn cast(&mut self, by: &Approver, level: usize, verdict: Verdict, comment: Option<String>, at: Timestamp) {
        self.votes.push(Vote {
            level,
            person: by.id.clone(),
            display_name: by.display_name.clone(),
            verdict,
            comment,
            at,
        });
    }

    /// How many people said yes on a level; [`Approval::has_voted`] keeps them distinct.
    fn yes_on(&self, level: usize) -> usize {
        let yes = |vote: &&Vote| vote.level == level && vote.verdict == Verdict::Approve;
        self.votes.iter().filter(yes).count()
    }

    fn after(&self, level: usize, now: Timestamp) -> State {
        match self.state {
            State::Pending { until, .. } if level + 1 < self.chain.levels.len() => State::Pending {
                level: level + 1,
                until,
            },
            _ => State::Approved {
                until: now.plus(self.limits.redeem()),
            },
        }
    }

    pub(super) fn step(
        mut self,
        kind: EventKind,
        who: Option<(&SubjectId, &str)>,
        level: Option<usize>,
        comment: Option<String>,
        stamp: Stamp,
    ) -> Self {
        self.version += 1;
        self.timeline.push(Event {
            at: stamp.at,
            kind,
            who: who.map(|(id, _)| id.clone()),
            display_name: who.map(|(_, name)| name.to_owned()),
            level,
            comment,
            key: stamp.key,
        });
        self
    }
}

/// A reason or purpose that has to be there.
fn reason(text: Option<&str>) -> Result<String, TransitionError> {
    match optional_comment(text)? {
        Some(text) if text.chars().count() >= MIN_REASON_CHARS => Ok(text),
        _ => Err(TransitionError::ReasonMissing),
    }
}

fn optional_comment(text: Option<&str>) -> Result<Option<String>, TransitionError> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > MAX_COMMENT_CHARS) {
        return Err(TransitionError::CommentTooLong);
    }
    Ok(text.map(str::to_owned))
}
