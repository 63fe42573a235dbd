//! Conditions on the circumstances of a request: `hours(08:00-18:00) and network(10.0.0.0/8) and not weekdays(sat-sun)`.
//!
//! Each distinct condition of a policy is one bit, found once for each request; casbin only sees whether it holds.

mod parse;

use ipnet::IpNet;
use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use super::error::ConditionFault;
use crate::subject::{Assurance, Environment, Subject};

/// Most different conditions of a policy: one bit each in a decision's cache key.
pub(super) const MAX_CONDITIONS: usize = 127;

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Atom(Atom),
}

/// One test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Atom {
    /// Minutes of the day, from and until (not included); `22:00-06:00` goes over midnight.
    Hours(Vec<(u16, u16)>),
    Weekdays(Vec<Weekday>),
    Network(Vec<IpNet>),
    Assurance(Assurance),
}

/// What conditions look at, once for each request.
pub(super) struct Circumstances {
    minute: u16,
    weekday: Weekday,
    source: Option<std::net::IpAddr>,
    assurance: Assurance,
}

impl Circumstances {
    pub(super) fn new(subject: &Subject, environment: &Environment, zone: &TimeZone) -> Self {
        let now = Timestamp::from_millisecond(environment.now.as_millis()).unwrap_or(Timestamp::UNIX_EPOCH);
        let local = now.to_zoned_datetime(zone.clone());
        Self {
            minute: local.hour() as u16 * 60 + local.minute() as u16,
            weekday: local.weekday(),
            source: environment.source.map(|address| address.to_canonical()),
            assurance: subject.assurance(),
        }
    }
}

impl Condition {
    /// Reads a condition; an error says at which character (from 0).
    pub(super) fn parse(text: &str) -> Result<Self, (usize, ConditionFault)> {
        parse::parse(text)
    }

    pub(super) fn holds(&self, at: &Circumstances) -> bool {
        self.judge(&mut |atom| atom.holds(at))
    }

    /// Whether no circumstances at all fulfil it. Finds what contradicts itself in words (`hours(…) and not hours(…)`); `false` may be wrong.
    pub(super) fn never_holds(&self) -> bool {
        let mut atoms = Vec::new();
        self.collect(&mut atoms);
        const MOST_ATOMS: usize = 12;
        if atoms.len() > MOST_ATOMS {
            return false;
        }
        (0u32..1 << atoms.len()).all(|truth| {
            let mut value = |atom: &Atom| {
                atoms
                    .iter()
                    .position(|a| *a == atom)
                    .is_some_and(|i| truth >> i & 1 == 1)
            };
            !self.judge(&mut value)
        })
    }

    fn judge(&self, atom: &mut impl FnMut(&Atom) -> bool) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|p| p.judge(atom)),
            Self::Any(parts) => parts.iter().any(|p| p.judge(atom)),
            Self::Not(part) => !part.judge(atom),
            Self::Atom(a) => atom(a),
        }
    }

    fn collect<'a>(&'a self, atoms: &mut Vec<&'a Atom>) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|p| p.collect(atoms)),
            Self::Not(part) => part.collect(atoms),
            Self::Atom(a) if !atoms.contains(&a) => atoms.push(a),
            Self::Atom(_) => {}
        }
    }
}

impl Atom {
    fn holds(&self, at: &Circumstances) -> bool {
        match self {
            Self::Hours(ranges) => ranges.iter().any(|&(from, until)| match from <= until {
                true => (from..until).contains(&at.minute),
                false => at.minute >= from || at.minute < until,
            }),
            Self::Weekdays(days) => days.contains(&at.weekday),
            Self::Network(networks) => at.source.is_some_and(|a| networks.iter().any(|n| n.contains(&a))),
            Self::Assurance(least) => at.assurance >= *least,
        }
    }
}

#[cfg(test)]
mod tests;
