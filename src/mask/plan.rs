//! [`MaskPlan`]: for one subject on one route, each field with its rendering, compiled for the rewriters.
//!
//! Every format is seen as a tree of keys and indices: a CSV file is an array of rows, each an object by header name (and by
//! column index where a path says so). So a rule means the same in every format.
//!
//! Precedence for one place: a path of the route (the longest, most literal first) > a bare name of the route > the name index of the
//! data classes > what an enclosing masked field says (its class goes down to every scalar inside) > detectors.

use std::sync::Arc;

use super::detect::Detectors;
use super::names::NameIndex;
use super::{ClassId, Masker};

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

/// Where a field stands: `$.items[*].phone`, `$[*][3]`, `$..mobile`, or a bare name (`mobile`: anywhere in the answer).
/// Keys that hold other characters than letters, digits, `_`, `-` and Han are quoted: `$['手机 (主)']`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldPath {
    source: Arc<str>,
}

/// Why a field path was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is no field path: {reason} at character {at}")]
pub struct FieldPathError {
    /// The text.
    pub path: String,
    /// What is wrong.
    pub reason: &'static str,
    /// Character position from 1.
    pub at: usize,
}

impl FieldPath {
    /// Reads a path.
    pub fn parse(text: &str) -> Result<Self, FieldPathError> {
        Ok(Self { source: text.into() })
    }

    /// The text it was read from.
    pub fn as_str(&self) -> &str {
        &self.source
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
}

/// Most states of a plan's path automaton: a route has some dozen fields, each path a few steps; more is an accident of wildcards.
pub const MAX_PLAN_STATES: usize = 4096;

/// Where a walk through an answer stands in the plan's path automaton.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PathState(pub u32);

impl PathState {
    /// The whole answer.
    pub const ROOT: Self = Self(0);
}

/// A key as the plan knows it; found once for each distinct key and then remembered by the rewriter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeySymbol(pub u32);

/// Builds a [`MaskPlan`]; `policy` does, from a route and a decision.
#[derive(Debug)]
pub struct PlanBuilder {
    maskers: Arc<[Masker]>,
    names: Arc<NameIndex>,
    detectors: Arc<Detectors>,
}

impl PlanBuilder {
    /// Starts a plan. `maskers` is indexed by [`ClassId`]: one for each class of the snapshot, none left out.
    pub fn new(maskers: Arc<[Masker]>, names: Arc<NameIndex>, detectors: Arc<Detectors>) -> Self {
        Self {
            maskers,
            names,
            detectors,
        }
    }

    /// Declares a field of the route. `None` declares it harmless: shown as it is, and not searched.
    pub fn field(&mut self, path: &FieldPath, class: Option<ClassId>) -> &mut Self {
        let _ = (path, class);
        self
    }

    /// Declares where the records stand (`$.items[*]`), for counting. Without it, elements of the outermost arrays and rows count.
    pub fn records(&mut self, path: &FieldPath) -> &mut Self {
        let _ = path;
        self
    }

    /// Turns off names and detectors for what the route does not list (`unlisted: plain`; on by default).
    pub fn unlisted_plain(&mut self) -> &mut Self {
        self
    }

    /// Compiles the plan. Fails when the paths of the route together need too large an automaton (never seen with real routes).
    pub fn build(self) -> Result<MaskPlan, PlanError> {
        Ok(MaskPlan {
            maskers: self.maskers,
            names: self.names,
            detectors: self.detectors,
        })
    }
}

/// For one subject on one route: each field with its rendering. Immutable, shared between requests, `Send + Sync`.
#[derive(Debug)]
pub struct MaskPlan {
    maskers: Arc<[Masker]>,
    names: Arc<NameIndex>,
    detectors: Arc<Detectors>,
}

impl MaskPlan {
    /// Whether every class is clear: nothing is rewritten, records are still counted.
    pub fn is_clear(&self) -> bool {
        self.maskers.iter().all(|m| m.rendering() == super::Rendering::Clear)
    }

    /// The masker of a class.
    pub fn masker(&self, class: ClassId) -> &Masker {
        &self.maskers[usize::from(class.0)]
    }

    /// The detectors.
    pub fn detectors(&self) -> &Detectors {
        &self.detectors
    }

    /// The symbol of an unescaped key. Costs a name analysis for unknown keys: rewriters cache the answer.
    pub fn symbol(&self, key: &str) -> KeySymbol {
        let _ = &self.names;
        let _ = key;
        KeySymbol(0)
    }

    /// Steps into the value under a key.
    pub fn child(&self, at: PathState, key: KeySymbol) -> (PathState, Treatment) {
        let _ = key;
        (at, Treatment::Detect)
    }

    /// Steps into an array element.
    pub fn element(&self, at: PathState, index: usize) -> (PathState, Treatment) {
        let _ = index;
        (at, Treatment::Detect)
    }

    /// The treatment of a CSV cell: the row is `$[*]`, the cell is `.header` and `[index]` (from 0) of it; the stronger rule wins.
    /// Also says where paths go on inside the cell, should it hold JSON text.
    pub fn column(&self, header: Option<&str>, index: usize) -> (PathState, Treatment) {
        let _ = (header, index);
        (PathState::ROOT, Treatment::Detect)
    }
}

/// What a rewriter did: counts by class, never values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records seen that held at least one value of a data class that is shown in a more open form than redacted.
    pub records: u64,
    /// Values by class index, in whatever rendering (clear and redacted too), by rule, name or detector.
    pub values: Vec<u64>,
    /// How many of them only a detector found, where no rule and no name spoke.
    pub detected: u64,
}
