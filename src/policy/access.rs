//! `access.csv`, read and checked here: casbin's own reader loses rows without a word.

mod check;
pub(super) use check::inherent_links;
mod lines;

use super::action::Action;
use super::condition::Condition;
use super::error::{PolicyError, PolicyFault, PolicyFile};
use crate::catalog::DataClasses;
use crate::subject::ANONYMOUS;

/// Most levels of role inheritance and of classes: casbin follows ten links, one of which ties a subject to its roles.
pub(super) const MAX_LEVELS: usize = 8;

/// The effect of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// A rule: `p, role, class, action, effect[, when]`.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub line: usize,
    /// As the file spells it, for explanations.
    pub text: String,
    pub role: String,
    pub object: String,
    pub action: Action,
    pub effect: Effect,
    /// Index into [`Access::conditions`], and the column where it stands.
    pub when: Option<usize>,
}

/// A `g` or `g2` row: `member` belongs to `group`.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub line: usize,
    pub member: String,
    pub group: String,
}

/// The rows of `access.csv`.
#[derive(Clone, Debug, Default)]
pub(super) struct Access {
    pub rules: Vec<Rule>,
    pub roles: Vec<Link>,
    pub classes: Vec<Link>,
    pub conditions: Vec<Condition>,
}

impl Access {
    /// Reads and checks the file; all faults at once.
    pub(super) fn parse(text: &str, classes: &DataClasses) -> Result<Self, Vec<PolicyError>> {
        let mut reading = lines::Reading::default();
        for (i, line) in text.lines().enumerate() {
            reading.line(i + 1, line.strip_prefix('\u{feff}').unwrap_or(line));
        }
        let lines::Reading {
            access,
            mut faults,
            places,
        } = reading;
        check::all(&access, &places, classes, &mut faults);
        if faults.is_empty() { Ok(access) } else { Err(faults) }
    }

    /// The roles that exist: those that a `g` row names, and `anonymous`.
    pub(super) fn role_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .roles
            .iter()
            .flat_map(|l| [l.member.as_str(), l.group.as_str()])
            .collect();
        names.push(ANONYMOUS);
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn fault(line: usize, column: usize, fault: PolicyFault) -> PolicyError {
    PolicyError {
        file: PolicyFile::Access,
        line,
        column,
        fault,
    }
}

#[cfg(test)]
mod tests;
