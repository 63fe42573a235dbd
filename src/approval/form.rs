//! The written form of an approval: versioned JSON, unknown fields refused, and nothing believed that the state machine could not
//! have made.

use serde::{Deserialize, Serialize};

use super::record::{State, Verdict};
use super::{Approval, EventKind, Phase};

/// The version of the form that is written, and the only one that is read.
const FORM: u32 = 1;

/// Why a stored approval cannot be read. Held back: the record stays, and nothing is released.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// Not this JSON. The text names keys and positions, no values.
    #[error("not an approval record: line {line}, column {column}")]
    Syntax {
        /// Line from 1.
        line: usize,
        /// Column from 1.
        column: usize,
    },
    /// Written by another version of the program.
    #[error("the record has form {found}, and this program reads form {FORM}")]
    Version {
        /// What it says.
        found: u32,
    },
    /// No sequence of transitions leads there.
    #[error("the record contradicts itself: {0}")]
    Impossible(&'static str),
}

#[derive(Serialize)]
struct Written<'a> {
    form: u32,
    approval: &'a Approval,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    #[expect(dead_code, reason = "checked before, see `Version`")]
    form: u32,
    approval: Approval,
}

#[derive(Deserialize)]
struct Version {
    form: u32,
}

impl From<serde_json::Error> for FormError {
    fn from(error: serde_json::Error) -> Self {
        // The message of serde_json may quote a value.
        Self::Syntax {
            line: error.line(),
            column: error.column(),
        }
    }
}

impl Approval {
    /// The written form.
    pub fn to_json(&self) -> String {
        let written = Written {
            form: FORM,
            approval: self,
        };
        serde_json::to_string(&written).expect("an approval holds only what JSON can say")
    }

    /// Reads the written form and checks it.
    pub fn from_json(text: &str) -> Result<Self, FormError> {
        let Version { form } = serde_json::from_str(text)?;
        if form != FORM {
            return Err(FormError::Version { found: form });
        }
        let Read { approval, .. } = serde_json::from_str(text)?;
        approval.check_form().map_err(FormError::Impossible)?;
        Ok(approval)
    }

    fn check_form(&self) -> Result<(), &'static str> {
        if self.chain.flaw().is_some() {
            return Err("its chain cannot be used");
        }
        if usize::try_from(self.version) != Ok(self.timeline.len()) {
            return Err("its version is not the number of its events");
        }
        self.check_people()?;
        self.check_quorums()?;
        self.check_end()
    }

    fn check_people(&self) -> Result<(), &'static str> {
        for (index, vote) in self.votes.iter().enumerate() {
            if vote.person == self.requester.id {
                return Err("its requester voted");
            }
            if self.votes[..index].iter().any(|earlier| earlier.person == vote.person) {
                return Err("somebody voted twice");
            }
            if vote.level >= self.chain.levels.len() {
                return Err("somebody voted on a level that is not there");
            }
        }
        Ok(())
    }

    /// Every level before the one that is asked has its quorum, and after the last one all of them have.
    fn check_quorums(&self) -> Result<(), &'static str> {
        let complete = match self.state {
            State::Pending { level, .. } if level >= self.chain.levels.len() => {
                return Err("it waits for a level that is not there");
            }
            State::Pending { level, .. } => level,
            State::Approved { .. } | State::Redeemed { .. } => self.chain.levels.len(),
            _ => 0,
        };
        let yes = |index: usize| {
            let counted = |vote: &&super::Vote| vote.level == index && vote.verdict == Verdict::Approve;
            self.votes.iter().filter(counted).count()
        };
        let reached = |(index, level): (usize, &super::Level)| yes(index) >= usize::from(level.quorum);
        if self.chain.levels[..complete].iter().enumerate().all(reached) {
            Ok(())
        } else {
            Err("a level is passed over without its quorum")
        }
    }

    fn check_end(&self) -> Result<(), &'static str> {
        let last = self.timeline.last().map(|event| event.kind);
        let fits = match self.phase() {
            Phase::Held => last == Some(EventKind::Held),
            Phase::Pending => matches!(last, Some(EventKind::Submitted | EventKind::Approved)),
            Phase::Approved => last == Some(EventKind::Approved),
            Phase::Redeemed => last == Some(EventKind::Redeemed),
            Phase::Rejected => last == Some(EventKind::Rejected),
            Phase::Withdrawn => last == Some(EventKind::Withdrawn),
            Phase::Revoked => last == Some(EventKind::Revoked),
            Phase::Lapsed => last == Some(EventKind::Lapsed),
        };
        if fits {
            Ok(())
        } else {
            Err("its state is not what its last event led to")
        }
    }
}
