//! [`MaskPlan`]: for one subject on one route, each field with its rendering, compiled for the rewriters.
//!
//! Every format is seen as a tree of keys and indices: a CSV file is an array of rows, each an object by header name (and by
//! column index where a path says so). So a rule means the same in every format.
//!
//! Precedence for one place: a path of the route (the longest, then the most literal, then the strictest) > a bare name of the
//! route > the name index of the data classes > what an enclosing field says (its class, or that it is harmless, goes down to every
//! scalar inside) > detectors.

mod automaton;
mod path;
mod tally;
mod warm;

use std::collections::HashMap;
use std::sync::Arc;

use self::automaton::{Automaton, Rule, Says};
use self::path::{Kind, normalise};
use super::detect::Detectors;
use super::names::NameIndex;
use super::{ClassId, Masker, Rendering};

pub use self::path::{FieldPath, FieldPathError};
pub use self::tally::{Counter, Tally};
pub use self::warm::WarmPool;

/// What is to be done with the value at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Shown as it is; declared harmless by the route, or everything is clear.
    Plain,
    /// No rule speaks of it: text is searched by the detectors, containers are walked.
    Detect,
    /// It holds a value of this class: rendered by [`MaskPlan::masker`]; a container hands this down to what is inside.
    Field(ClassId),
}

impl Treatment {
    /// The treatment of a value about which its own place says `self` and the container around it says `outer`.
    #[must_use]
    pub fn within(self, outer: Self) -> Self {
        match self {
            Self::Detect => outer,
            own => own,
        }
    }
}

/// What a place is told, by a rule or by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// What is to be done. [`Treatment::Detect`]: nothing speaks of this place itself.
    pub treatment: Treatment,
    /// Only the name said so, no rule of the route: it is not handed down to keys that hold structure (`id`, `type`).
    pub by_name: bool,
}

impl Told {
    /// Told by a rule, or by none.
    pub fn by_rule(treatment: Treatment) -> Self {
        Self {
            treatment,
            by_name: false,
        }
    }
}

/// Why a plan was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The paths together need more states than [`MAX_PLAN_STATES`].
    #[error("the field paths of the route need more than {limit} states; use fewer wildcards after `..`")]
    TooManyStates {
        /// The limit.
        limit: usize,
    },
    /// More fields than [`MAX_PLAN_RULES`].
    #[error("the route has more than {limit} fields")]
    TooManyRules {
        /// The limit.
        limit: usize,
    },
}

/// Most states of a plan's path automaton: a route has some dozen fields, each path a few steps; more is an accident of wildcards.
pub const MAX_PLAN_STATES: usize = 4096;
/// Most fields of one route; the columns of the widest export are some hundred.
pub const MAX_PLAN_RULES: usize = 1000;

/// Where a walk through an answer stands in the plan's path automaton.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PathState(pub u32);

impl PathState {
    /// The whole answer.
    pub const ROOT: Self = Self(0);
}

/// A key as the plan knows it; found once for each distinct key and then remembered by the rewriter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeySymbol {
    column: u16,
    /// What the name alone says.
    says: Told,
    is_structural: bool,
}

impl KeySymbol {
    /// Whether the key holds structure rather than a value of the class that its container has by name ([`NameIndex::is_structural`]).
    pub fn is_structural(self) -> bool {
        self.is_structural
    }
}

/// Builds a [`MaskPlan`]; `policy` does, from a route and a decision.
#[derive(Debug)]
pub struct PlanBuilder {
    maskers: Arc<[Masker]>,
    names: Arc<NameIndex>,
    detectors: Arc<Detectors>,
    rules: Vec<Rule>,
    bare: HashMap<Box<str>, Treatment>,
    counts_at: bool,
    unlisted: Treatment,
}

impl PlanBuilder {
    /// Starts a plan. `maskers` is indexed by [`ClassId`]: one for each class of the snapshot, none left out.
    pub fn new(maskers: Arc<[Masker]>, names: Arc<NameIndex>, detectors: Arc<Detectors>) -> Self {
        Self {
            maskers,
            names,
            detectors,
            rules: Vec::new(),
            bare: HashMap::new(),
            counts_at: false,
            unlisted: Treatment::Detect,
        }
    }

    /// Declares a field of the route. `None` declares it harmless: shown as it is, and not searched.
    ///
    /// # Panics
    /// When the class has no masker.
    pub fn field(&mut self, path: &FieldPath, class: Option<ClassId>) -> &mut Self {
        let treatment = class.map_or(Treatment::Plain, Treatment::Field);
        let openness = self.openness(treatment);
        match path.kind() {
            Kind::Steps(steps) => self.rules.push(Rule {
                steps: steps.clone(),
                says: Says::Treat { treatment, openness },
            }),
            Kind::Bare(name) => {
                let stricter = self.bare.get(name).is_none_or(|&other| openness < self.openness(other));
                if stricter {
                    self.bare.insert(name.clone(), treatment);
                }
            }
        }
        self
    }

    /// Declares where the records stand (`$.items[*]`), for counting. Without it, elements of the outermost arrays and rows count.
    ///
    /// A bare name means the elements of the arrays of that name.
    pub fn records(&mut self, path: &FieldPath) -> &mut Self {
        let steps = match path.kind() {
            Kind::Steps(steps) => steps.clone(),
            Kind::Bare(_) => path::elements_of(path.as_str()),
        };
        self.rules.push(Rule {
            steps,
            says: Says::Record,
        });
        self.counts_at = true;
        self
    }

    /// Turns off names and detectors for what the route does not list (`unlisted: plain`; on by default).
    pub fn unlisted_plain(&mut self) -> &mut Self {
        self.unlisted = Treatment::Plain;
        self
    }

    /// Compiles the plan. Fails when the paths of the route together need too large an automaton (never seen with real routes).
    pub fn build(self) -> Result<MaskPlan, PlanError> {
        if self.rules.len() + self.bare.len() > MAX_PLAN_RULES {
            return Err(PlanError::TooManyRules { limit: MAX_PLAN_RULES });
        }
        Ok(MaskPlan {
            automaton: Automaton::build(&self.rules)?,
            is_clear: self.maskers.iter().all(|m| m.rendering() == Rendering::Clear),
            maskers: self.maskers,
            names: self.names,
            detectors: self.detectors,
            bare: self.bare,
            counts_at: self.counts_at,
            unlisted: self.unlisted,
            warm: WarmPool::default(),
        })
    }

    /// How much a treatment shows, for choosing the stricter of two rules of equal rank.
    fn openness(&self, treatment: Treatment) -> u8 {
        match treatment {
            Treatment::Field(class) => self.maskers[usize::from(class.0)].rendering() as u8,
            Treatment::Plain | Treatment::Detect => u8::MAX,
        }
    }
}

/// For one subject on one route: each field with its rendering. Immutable, shared between requests, `Send + Sync`.
#[derive(Debug)]
pub struct MaskPlan {
    maskers: Arc<[Masker]>,
    names: Arc<NameIndex>,
    detectors: Arc<Detectors>,
    automaton: Automaton,
    bare: HashMap<Box<str>, Treatment>,
    counts_at: bool,
    unlisted: Treatment,
    is_clear: bool,
    warm: WarmPool,
}

impl MaskPlan {
    /// Whether every class is clear: nothing is rewritten, records are still counted.
    pub fn is_clear(&self) -> bool {
        self.is_clear
    }

    /// The masker of a class.
    pub fn masker(&self, class: ClassId) -> &Masker {
        &self.maskers[usize::from(class.0)]
    }

    /// All maskers, by class index.
    pub fn maskers(&self) -> &[Masker] {
        &self.maskers
    }

    /// The detectors.
    pub fn detectors(&self) -> &Detectors {
        &self.detectors
    }

    /// What is to be done where nothing speaks: [`Treatment::Detect`], or [`Treatment::Plain`] if the route says so.
    /// A walk starts with this as what the container around the whole answer says.
    pub fn unlisted(&self) -> Treatment {
        self.unlisted
    }

    /// What the paths say of the answer as a whole (`$`), or of the value at a state.
    pub fn at(&self, state: PathState) -> Treatment {
        self.told(state.0).unwrap_or(Treatment::Detect)
    }

    /// The symbol of an unescaped key. `container` is the key that the object around it (or the array around that) stands under, or
    /// empty: `name` in `contact` is a contact's name. Costs a name analysis for unknown keys: rewriters cache the answer.
    pub fn symbol(&self, container: &str, key: &str) -> KeySymbol {
        KeySymbol {
            column: self.automaton.key(key),
            says: self.says(container, key),
            is_structural: self.unlisted == Treatment::Detect && self.names.is_structural(key),
        }
    }

    /// Steps into the value under a key.
    pub fn child(&self, at: PathState, key: KeySymbol) -> (PathState, Told) {
        let next = self.automaton.step(at.0, key.column);
        (PathState(next), self.told(next).map_or(key.says, Told::by_rule))
    }

    /// Steps into an array element (index from 0).
    pub fn element(&self, at: PathState, index: usize) -> (PathState, Told) {
        let next = self.automaton.step(at.0, self.automaton.index(index));
        let treatment = self.told(next).unwrap_or(Treatment::Detect);
        (PathState(next), Told::by_rule(treatment))
    }

    /// Whether a treatment is a guess by name, that each value has to confirm ([`Masker::is_guess`]).
    pub fn is_guess(&self, told: Told) -> bool {
        match told.treatment {
            Treatment::Field(class) => told.by_name && self.masker(class).is_guess(),
            Treatment::Plain | Treatment::Detect => false,
        }
    }

    /// From this index on, all elements of any array are treated alike.
    pub fn index_bound(&self) -> usize {
        self.automaton.index_bound()
    }

    /// Whether the route says where its records stand ([`PlanBuilder::records`]).
    pub fn names_records(&self) -> bool {
        self.counts_at
    }

    /// Whether a record stands at this state, by the route's `records` path.
    pub fn is_record(&self, at: PathState) -> bool {
        self.automaton.accept(at.0).record
    }

    /// The treatment of a table's cell: the row is `$[*]`, the cell is `.header` and `[index]` (from 0) of it; the weightier rule
    /// wins. [`MaskPlan::unlisted`] is already in it. The state says where paths go on inside the cell, should it hold JSON text.
    pub fn column(&self, header: Option<&str>, index: usize) -> (PathState, Treatment) {
        let (row, outer) = self.element(PathState::ROOT, usize::MAX);
        let outer = outer.treatment.within(self.at(PathState::ROOT)).within(self.unlisted);
        let by_index = self.automaton.step(row.0, self.automaton.index(index));
        let Some(header) = header else {
            let own = self.told(by_index).unwrap_or(Treatment::Detect);
            return (PathState(by_index), own.within(outer));
        };
        let symbol = self.symbol("", header);
        let by_name = self.automaton.step(row.0, symbol.column);
        let rank = |state| self.automaton.accept(state).treatment.map(|(rank, _)| rank);
        let state = if rank(by_index) > rank(by_name) {
            by_index
        } else {
            by_name
        };
        let own = self.told(state).unwrap_or(symbol.says.treatment);
        (PathState(state), own.within(outer))
    }

    /// What rewriters learned under this plan.
    pub fn warm(&self) -> &WarmPool {
        &self.warm
    }

    fn told(&self, state: u32) -> Option<Treatment> {
        self.automaton.accept(state).treatment.map(|(_, treatment)| treatment)
    }

    /// What a name alone says: the route's bare names first, then the names of the data classes.
    fn says(&self, container: &str, key: &str) -> Told {
        if !self.bare.is_empty()
            && let Some(&treatment) = self.bare.get(&normalise(key))
        {
            return Told::by_rule(treatment);
        }
        if self.unlisted == Treatment::Plain {
            return Told::by_rule(Treatment::Detect);
        }
        let class = match container {
            "" => self.names.class_of(key),
            _ => self.names.class_of_within(container, key),
        };
        Told {
            treatment: class.map_or(Treatment::Detect, Treatment::Field),
            by_name: class.is_some(),
        }
    }
}

#[cfg(test)]
mod tests;
