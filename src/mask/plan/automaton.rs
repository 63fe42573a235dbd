//! The paths of a route as one deterministic automaton: a step into an answer is one table look-up, however many paths there are.
//!
//! Built by the subset construction over all paths at once. A column of the table is a key that some path names, an index that
//! some path names, or "any other".

use std::collections::HashMap;

use super::path::{Step, To};
use super::{MAX_PLAN_STATES, PlanError, Treatment};

/// A rule: where, and what is to be done there.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) steps: Box<[Step]>,
    pub(super) says: Says,
}

/// What a rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// Treat it so. `openness` orders rules of equal rank: the stricter wins.
    Treat { treatment: Treatment, openness: u8 },
    /// Here stands a record.
    Record,
}

/// How much a rule weighs: the longest, then the most literal, then the strictest.
type Rank = (usize, usize, std::cmp::Reverse<u8>);

/// What a state says of the value it stands for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Accept {
    pub(super) treatment: Option<(Rank, Treatment)>,
    pub(super) record: bool,
}

/// The compiled paths.
#[derive(Debug)]
pub(super) struct Automaton {
    keys: HashMap<Box<str>, u16>,
    /// Column of each index up to the largest that a path names.
    indices: Box<[u16]>,
    columns: usize,
    table: Box<[u16]>,
    accepts: Box<[Accept]>,
}

/// A place in a rule: (rule, steps done).
type Position = (u16, u16);

/// Column of all keys that no path names.
const OTHER_KEY: u16 = 0;
/// Column of all indices that no path names.
const OTHER_INDEX: u16 = 1;

impl Automaton {
    pub(super) fn build(rules: &[Rule]) -> Result<Self, PlanError> {
        let mut columns = Columns::of(rules);
        let count = columns.names.len();
        let start: Vec<Position> = (0..rules.len()).map(|rule| (as_u16(rule), 0)).collect();
        let mut states = vec![start.clone()];
        let mut ids = HashMap::from([(start, 0_u16)]);
        let mut table = Vec::new();
        let mut at = 0;
        while at < states.len() {
            for column in &columns.names {
                let next = advance(rules, &states[at], column);
                let id = match ids.get(&next) {
                    Some(&id) => id,
                    None if states.len() == MAX_PLAN_STATES => {
                        return Err(PlanError::TooManyStates { limit: MAX_PLAN_STATES });
                    }
                    None => {
                        let id = as_u16(states.len());
                        ids.insert(next.clone(), id);
                        states.push(next);
                        id
                    }
                };
                table.push(id);
            }
            at += 1;
        }
        Ok(Self {
            keys: std::mem::take(&mut columns.keys),
            indices: columns.indices.into(),
            columns: count,
            table: table.into(),
            accepts: states.iter().map(|state| accept(rules, state)).collect(),
        })
    }

    /// The column of a key.
    pub(super) fn key(&self, name: &str) -> u16 {
        self.keys.get(name).copied().unwrap_or(OTHER_KEY)
    }

    /// The column of an index.
    pub(super) fn index(&self, index: usize) -> u16 {
        self.indices.get(index).copied().unwrap_or(OTHER_INDEX)
    }

    /// From this index on, all elements are alike.
    pub(super) fn index_bound(&self) -> usize {
        self.indices.len()
    }

    /// The state after a step.
    pub(super) fn step(&self, state: u32, column: u16) -> u32 {
        u32::from(self.table[state as usize * self.columns + usize::from(column)])
    }

    pub(super) fn accept(&self, state: u32) -> &Accept {
        &self.accepts[state as usize]
    }
}

/// What stands at the head of a table column.
#[derive(Debug)]
enum Name {
    OtherKey,
    OtherIndex,
    Key(Box<str>),
    Index(usize),
}

struct Columns {
    names: Vec<Name>,
    keys: HashMap<Box<str>, u16>,
    indices: Vec<u16>,
}

impl Columns {
    fn of(rules: &[Rule]) -> Self {
        let mut columns = Self {
            names: vec![Name::OtherKey, Name::OtherIndex],
            keys: HashMap::new(),
            indices: Vec::new(),
        };
        for step in rules.iter().flat_map(|rule| &rule.steps) {
            columns.add(&step.to);
        }
        columns
    }

    fn add(&mut self, to: &To) {
        let next = as_u16(self.names.len());
        match to {
            To::Any => {}
            To::Key(name) if self.keys.contains_key(name) => {}
            To::Key(name) => {
                self.keys.insert(name.clone(), next);
                self.names.push(Name::Key(name.clone()));
            }
            To::Index(index) => {
                if self.indices.len() <= *index {
                    self.indices.resize(index + 1, OTHER_INDEX);
                }
                if self.indices[*index] == OTHER_INDEX {
                    self.indices[*index] = next;
                    self.names.push(Name::Index(*index));
                }
            }
        }
    }
}

fn advance(rules: &[Rule], state: &[Position], column: &Name) -> Vec<Position> {
    let mut next = Vec::new();
    for &(rule, done) in state {
        let Some(step) = rules[usize::from(rule)].steps.get(usize::from(done)) else {
            continue;
        };
        if step.deep {
            next.push((rule, done));
        }
        if leads(&step.to, column) {
            next.push((rule, done + 1));
        }
    }
    next.sort_unstable();
    next.dedup();
    next
}

fn leads(to: &To, column: &Name) -> bool {
    match (to, column) {
        (To::Any, _) => true,
        (To::Key(wanted), Name::Key(name)) => wanted == name,
        (To::Index(wanted), Name::Index(index)) => wanted == index,
        _ => false,
    }
}

fn accept(rules: &[Rule], state: &[Position]) -> Accept {
    let mut accept = Accept::default();
    for &(rule, done) in state {
        let rule = &rules[usize::from(rule)];
        if usize::from(done) < rule.steps.len() {
            continue;
        }
        match rule.says {
            Says::Record => accept.record = true,
            Says::Treat { treatment, openness } => {
                let literal = rule.steps.iter().filter(|step| step.to != To::Any).count();
                let rank = (rule.steps.len(), literal, std::cmp::Reverse(openness));
                if accept.treatment.is_none_or(|(best, _)| rank > best) {
                    accept.treatment = Some((rank, treatment));
                }
            }
        }
    }
    accept
}

/// Counts here are bounded: states by [`MAX_PLAN_STATES`], rules and columns by [`super::MAX_PLAN_RULES`].
fn as_u16(count: usize) -> u16 {
    u16::try_from(count).expect("bounded by the builder")
}
