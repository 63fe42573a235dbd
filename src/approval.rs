//! The approval of an export as a pure state machine: chain, votes, four eyes, grant, digest.
//!
//! Purpose: from a hold to one release. [`Approval`] holds who asks, what would leave, which [`Chain`] has to say yes and what
//! was said so far; [`Approval::submit`], [`Approval::approve`] and the other transitions take it by value and give the next one back.
//!
//! Guarantee 4 of `docs/guarantees.md`: an approval is redeemed only after every level of its chain, in order, reached its quorum
//! of distinct people who are not the requester, before it lapsed, and once. The state machine refuses everything else with a
//! [`TransitionError`]; the store makes "once" true between processes by comparing versions; a [`Grant`] exists only after that.
//!
//! Exceptions: the room does not know who may fill a level: `policy` says so at the moment of the vote, and the caller brings it as
//! an [`Approver`]. It knows no time and no randomness: both come in with a [`Stamp`] and an [`ApprovalId`].

mod chain;
mod chains;
mod chains_file;
mod digest;
mod form;
mod hold;
mod id;
mod record;
mod redeem;
mod rows;
mod staffing;
mod transition;

pub use chain::{Chain, Level, Limits, Title};
pub use chains::{Chains, ClassFact, ExportFacts, Mention, MentionKind, NoChain};
pub use chains_file::ChainsError;
pub use digest::{DigestBody, DigestParts, RequestDigest};
pub use form::FormError;
pub use hold::{HoldError, NewHold};
pub use id::{ApprovalId, ContentHash, IdError};
pub use record::{
    Approval, Event, EventKind, Exhibit, Filter, Phase, ReleasedClass, Requester, Stamp, State, Verdict, Vote,
};
pub use redeem::{Grant, RedeemChecks, Redemption};
pub use rows::RowRange;
pub use staffing::Shortfall;
pub use transition::{Approver, TransitionError};

#[cfg(test)]
mod tests;
