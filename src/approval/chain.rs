//! One chain of approval: ordered levels, each with a quorum.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The most levels a chain may have: keeps a record small, and nobody can explain a longer one.
pub const MAX_LEVELS: usize = 9;
/// The largest quorum of one level, in people.
pub const MAX_QUORUM: u16 = 20;

/// A title in both languages of the product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// One level of a chain. Who may fill it says `policies/access.csv` with the action `approve:NAME`, at the moment of the vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// The name that `approve:NAME` speaks of.
    pub name: String,
    /// What people read.
    pub title: Title,
    /// How many distinct people have to say yes.
    pub quorum: u16,
    /// The roles that may fill it, to be shown to people; filled from `access.csv` by [`super::Chains::with_approvers`], never from
    /// `approvals.yaml`, and never asked when a vote is counted.
    #[serde(default)]
    pub approvers: Vec<String>,
}

/// How long an approval may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Milliseconds: how long a hold waits for its purpose, and a submitted approval for its last vote.
    pending_ms: u64,
    /// Milliseconds: how long after the last vote it can be redeemed.
    redeem_ms: u64,
}

impl Limits {
    /// Limits of that length.
    pub fn new(pending: Duration, redeem: Duration) -> Self {
        let millis = |limit: Duration| u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        Self {
            pending_ms: millis(pending),
            redeem_ms: millis(redeem),
        }
    }

    /// How long a hold waits for its purpose, and a submitted approval for its last vote.
    pub fn pending(&self) -> Duration {
        Duration::from_millis(self.pending_ms)
    }

    /// How long after the last vote it can be redeemed.
    pub fn redeem(&self) -> Duration {
        Duration::from_millis(self.redeem_ms)
    }

    /// The longest an approval can live; after that its sealed answer is destroyed whatever the store says.
    pub fn longest(&self) -> Duration {
        Duration::from_millis(self.pending_ms.saturating_mul(2).saturating_add(self.redeem_ms))
    }
}

/// A chain of approval, as an approval keeps it: a later change of `approvals.yaml` does not reach it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    /// The name in `approvals.yaml`.
    pub name: String,
    /// What people read.
    pub title: Title,
    /// The levels, in the order in which they have to say yes.
    pub levels: Vec<Level>,
    /// Overrides the configured pending limit; milliseconds.
    #[serde(default)]
    pub pending_ms: Option<u64>,
    /// Overrides the configured redeem limit; milliseconds.
    #[serde(default)]
    pub redeem_ms: Option<u64>,
}

impl Chain {
    /// What is wrong with it, if anything: the key it stands under, and the reason. Checked when a file is read and when a record is.
    pub(super) fn flaw(&self) -> Option<(String, String)> {
        if self.levels.is_empty() || self.levels.len() > MAX_LEVELS {
            return Some(("levels".to_owned(), format!("a chain has 1 to {MAX_LEVELS} levels")));
        }
        self.levels
            .iter()
            .enumerate()
            .find_map(|(index, level)| self.level_flaw(index, level))
    }

    fn level_flaw(&self, index: usize, level: &Level) -> Option<(String, String)> {
        if level.quorum == 0 || level.quorum > MAX_QUORUM {
            let reason = format!("a quorum is 1 to {MAX_QUORUM} people");
            return Some((format!("levels[{index}].quorum"), reason));
        }
        if level.name.is_empty() {
            return Some((format!("levels[{index}].level"), "a level needs a name".to_owned()));
        }
        if self.levels[..index].iter().any(|earlier| earlier.name == level.name) {
            let reason = format!("the level `{}` is in this chain twice", level.name);
            return Some((format!("levels[{index}].level"), reason));
        }
        None
    }

    /// The limits of an approval under this chain: its own, or else the configured ones.
    pub fn limits(&self, configured: Limits) -> Limits {
        Limits {
            pending_ms: self.pending_ms.unwrap_or(configured.pending_ms),
            redeem_ms: self.redeem_ms.unwrap_or(configured.redeem_ms),
        }
    }

    /// Whether what this chain asked for is at least what `other` asks for: each of its levels, with no smaller quorum, in order.
    pub fn is_as_strict_as(&self, other: &Self) -> bool {
        let mut mine = self.levels.iter();
        other
            .levels
            .iter()
            .all(|asked| mine.any(|level| level.name == asked.name && level.quorum >= asked.quorum))
    }
}
