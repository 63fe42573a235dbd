//! How an approval ends well: it is redeemed once, and the [`Grant`] is the proof.

use super::record::{EventKind, State, Verdict};
use super::{Approval, ApprovalId, Chain, ContentHash, Phase, ReleasedClass, RequestDigest, Stamp, TransitionError};
use crate::mask::Rendering;
use crate::subject::SubjectId;

/// What holds at the moment of release, under the policy and the accounts of now. Between the votes and the release a policy may have
/// grown stricter, a role may be lost, a person disabled: then nothing is released.
pub struct RedeemChecks<'a> {
    /// Who fetches it.
    pub by: &'a SubjectId,
    /// The digest the sealed answer was written under.
    pub sealed_digest: &'a RequestDigest,
    /// The hash of the sealed answer.
    pub sealed_content: &'a ContentHash,
    /// Whether the requester's account is enabled.
    pub requester_enabled: bool,
    /// Whether the policy of now lets the requester export from this route.
    pub may_export: bool,
    /// The most open rendering of a class that may now be released to the requester; `None` for none at all.
    pub rendering_now: &'a (dyn Fn(&str) -> Option<Rendering> + Send + Sync),
    /// Whether somebody who said yes is still enabled and may still fill that level.
    pub voter_stands: &'a (dyn Fn(&SubjectId, &str) -> bool + Send + Sync),
    /// The chain that `approvals.yaml` asks for now; `None` if it would refuse the export.
    pub chain_now: Option<&'a Chain>,
}

/// A redemption that the rules allow and the store has not confirmed yet. It releases nothing: see `store::ApprovalStore::redeem`.
#[derive(Debug)]
#[must_use = "nothing is redeemed until the store has confirmed it"]
pub struct Redemption {
    next: Approval,
}

/// The proof that an approval was redeemed: single use, bound to one digest, cannot be copied or made elsewhere.
#[derive(Debug)]
#[must_use = "a grant stands for a release that was used up"]
pub struct Grant {
    approval: ApprovalId,
    digest: RequestDigest,
    content: ContentHash,
    requester: SubjectId,
    classes: Vec<ReleasedClass>,
}

impl Grant {
    /// The approval that was redeemed.
    pub fn approval(&self) -> ApprovalId {
        self.approval
    }

    /// The request it is bound to.
    pub fn digest(&self) -> &RequestDigest {
        &self.digest
    }

    /// The sealed bytes it is bound to.
    pub fn content(&self) -> &ContentHash {
        &self.content
    }

    /// The one who may have it.
    pub fn requester(&self) -> &SubjectId {
        &self.requester
    }

    /// The renderings that were approved.
    pub fn classes(&self) -> &[ReleasedClass] {
        &self.classes
    }
}

impl Redemption {
    /// The record to be written, at version [`Approval::version`] minus one.
    pub fn next(&self) -> &Approval {
        &self.next
    }

    /// The grant.
    ///
    /// INVARIANT: called by `store` alone, after its compare-and-set took place; `tests/architecture.rs` looks for other callers.
    pub(crate) fn confirmed(self) -> Grant {
        Grant {
            approval: self.next.id,
            digest: self.next.digest,
            content: self.next.exhibit.content,
            requester: self.next.requester.id,
            classes: self.next.exhibit.classes,
        }
    }
}

impl Approval {
    /// The requester fetches what was approved. Refused unless everything still holds.
    pub fn redeem(mut self, checks: &RedeemChecks<'_>, stamp: Stamp) -> Result<Redemption, TransitionError> {
        self.may_redeem(checks.by, stamp.at)?;
        self.check_sealed(checks)?;
        self.check_policy(checks)?;
        self.check_chain(checks)?;
        self.state = State::Redeemed { at: stamp.at };
        let who = (self.requester.id.clone(), self.requester.display_name.clone());
        let next = self.step(EventKind::Redeemed, Some((&who.0, &who.1)), None, None, stamp);
        Ok(Redemption { next })
    }

    /// Whether this person could fetch it now, as far as the approval itself knows; [`Approval::redeem`] asks more.
    pub fn may_redeem(&self, by: &SubjectId, now: crate::clock::Timestamp) -> Result<(), TransitionError> {
        match self.phase() {
            Phase::Held | Phase::Pending => return Err(TransitionError::NotApproved),
            Phase::Approved => {}
            Phase::Redeemed => return Err(TransitionError::AlreadyRedeemed),
            finished => return Err(TransitionError::Finished(finished)),
        }
        self.check_time(now)?;
        self.check_requester(by)
    }

    fn check_sealed(&self, checks: &RedeemChecks<'_>) -> Result<(), TransitionError> {
        if *checks.sealed_digest != self.digest {
            return Err(TransitionError::DigestDiffers);
        }
        if *checks.sealed_content != self.exhibit.content {
            return Err(TransitionError::ContentDiffers);
        }
        Ok(())
    }

    fn check_policy(&self, checks: &RedeemChecks<'_>) -> Result<(), TransitionError> {
        if !checks.requester_enabled {
            return Err(TransitionError::RequesterDisabled);
        }
        if !checks.may_export {
            return Err(TransitionError::ExportNotAllowed);
        }
        let stricter = |released: &&ReleasedClass| match (checks.rendering_now)(&released.class) {
            Some(now) => now < released.rendering,
            // What is redacted anyway needs no right to be seen.
            None => released.rendering > Rendering::Redacted,
        };
        match self.exhibit.classes.iter().find(stricter) {
            Some(released) => Err(TransitionError::PolicyStricter {
                class: released.class.clone(),
            }),
            None => Ok(()),
        }
    }

    fn check_chain(&self, checks: &RedeemChecks<'_>) -> Result<(), TransitionError> {
        match checks.chain_now {
            Some(now) if self.chain.is_as_strict_as(now) => {}
            _ => return Err(TransitionError::ChainStricter),
        }
        for (index, level) in self.chain.levels.iter().enumerate() {
            let standing = self.votes.iter().filter(|vote| {
                vote.level == index
                    && vote.verdict == Verdict::Approve
                    && (checks.voter_stands)(&vote.person, &level.name)
            });
            if standing.count() < usize::from(level.quorum) {
                return Err(TransitionError::VoterLost {
                    level: level.name.clone(),
                });
            }
        }
        Ok(())
    }
}
