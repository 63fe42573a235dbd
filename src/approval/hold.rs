//! How an approval begins: an export was stopped and sealed.

use super::record::{Event, EventKind, State, boundary};
use super::{Approval, ApprovalId, Chain, Exhibit, Limits, RequestDigest, Requester, Stamp};
use crate::subject::ANONYMOUS;

/// The most filters that are shown; a request with more is refused rather than shown in part.
pub const MAX_FILTERS: usize = 64;
/// The longest text an exhibit keeps of one thing (a path, a filter's value), in bytes; longer ones are cut at a character.
pub const MAX_EXHIBIT_TEXT_BYTES: usize = 2_048;

/// Why an export cannot be held.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoldError {
    /// Nobody could be told from the approvers.
    #[error("an export of a request that belongs to nobody cannot be approved")]
    Anonymous,
    /// The chain is broken.
    #[error("the chain `{chain}` cannot be used: {reason}")]
    Chain {
        /// Its name.
        chain: String,
        /// What is wrong.
        reason: String,
    },
    /// Approvers could not be shown everything.
    #[error("the request has more than {MAX_FILTERS} parameters")]
    TooManyFilters,
}

/// Everything that makes a hold.
#[derive(Clone, Debug)]
pub struct NewHold {
    /// A random id.
    pub id: ApprovalId,
    /// Who asks.
    pub requester: Requester,
    /// What it is bound to.
    pub digest: RequestDigest,
    /// What would leave.
    pub exhibit: Exhibit,
    /// Which chain has to say yes.
    pub chain: Chain,
    /// The configured limits; the chain may override them.
    pub limits: Limits,
}

impl Approval {
    /// An export was stopped and sealed.
    pub fn hold(new: NewHold, stamp: Stamp) -> Result<Self, HoldError> {
        if new.requester.id.as_str() == ANONYMOUS {
            return Err(HoldError::Anonymous);
        }
        if let Some((at, reason)) = new.chain.flaw() {
            let reason = format!("{at}: {reason}");
            return Err(HoldError::Chain {
                chain: new.chain.name,
                reason,
            });
        }
        let limits = new.chain.limits(new.limits);
        let held = Event {
            at: stamp.at,
            kind: EventKind::Held,
            who: Some(new.requester.id.clone()),
            display_name: Some(new.requester.display_name.clone()),
            level: None,
            comment: None,
            key: stamp.key,
        };
        Ok(Self {
            id: new.id,
            version: 1,
            requester: new.requester,
            digest: new.digest,
            exhibit: bounded(new.exhibit)?,
            purpose: None,
            chain: new.chain,
            limits,
            votes: Vec::new(),
            state: State::Held {
                until: stamp.at.plus(limits.pending()),
            },
            timeline: vec![held],
        })
    }
}

fn bounded(mut exhibit: Exhibit) -> Result<Exhibit, HoldError> {
    if exhibit.filters.len() > MAX_FILTERS {
        return Err(HoldError::TooManyFilters);
    }
    cut(&mut exhibit.path);
    for filter in &mut exhibit.filters {
        cut(&mut filter.name);
        cut(&mut filter.shown);
    }
    Ok(exhibit)
}

/// Cuts a text and says so with an ellipsis.
fn cut(text: &mut String) {
    if text.len() > MAX_EXHIBIT_TEXT_BYTES {
        text.truncate(boundary(text, MAX_EXHIBIT_TEXT_BYTES));
        text.push('…');
    }
}
