//! What can be wrong with `model.conf` and `access.csv`.

use std::fmt;

/// Which of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyFile {
    /// `model.conf`.
    Model,
    /// `access.csv`.
    Access,
}

impl PolicyFile {
    /// The name of the file under `policies/`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Model => "model.conf",
            Self::Access => "access.csv",
        }
    }
}

/// A fault and where it stands. Line and column count from 1; column in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    /// The file.
    pub file: PolicyFile,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// What is wrong.
    pub fault: PolicyFault,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file.name(), self.line, self.column, self.fault)
    }
}

impl std::error::Error for PolicyError {}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// A first column other than `p`, `g`, `g2`.
    #[error("`{found}` is no kind of row: rules begin with `p`, role inheritance with `g`, class hierarchy with `g2`")]
    Kind {
        /// As the file spells it.
        found: String,
    },
    /// Too few or too many columns.
    #[error("a `{kind}` row has {expected} columns, this one has {found}: {shape}")]
    Columns {
        /// The kind of row.
        kind: &'static str,
        /// How many it has to have.
        expected: &'static str,
        /// How many it has.
        found: usize,
        /// How it is written.
        shape: &'static str,
    },
    /// A quote that does not end, or text behind one.
    #[error("a quoted column does not end")]
    Quote,
    /// An effect other than `allow` and `deny`, exactly so.
    #[error(
        "`{found}` is no effect: write `allow` or `deny`, in lower case, with nothing behind it (a comment stands on a line of its own)"
    )]
    Effect {
        /// As the file spells it.
        found: String,
    },
    /// A role that no `g` row declares.
    #[error("`{found}` is no role{}: a `g` row declares it, such as `g, {found}, staff`", meant(.suggestion))]
    Role {
        /// As the file spells it.
        found: String,
        /// What was meant, perhaps.
        suggestion: Option<String>,
    },
    /// A name with characters that names do not take.
    #[error("`{found}` is no name: letters, digits, `_` and `-`")]
    Name {
        /// As the file spells it.
        found: String,
    },
    /// A class or object that does not exist.
    #[error("`{found}` is no data class and none of exports, audit, accounts{}", meant(.suggestion))]
    Object {
        /// As the file spells it.
        found: String,
        /// What was meant, perhaps.
        suggestion: Option<String>,
    },
    /// An action that does not exist.
    #[error("`{found}` is no action{}", meant(.suggestion))]
    Action {
        /// As the file spells it.
        found: String,
        /// What was meant, perhaps.
        suggestion: Option<String>,
    },
    /// An action on an object that it does not go with.
    #[error("`{action}` goes with {expected}, not with `{object}`")]
    ActionObject {
        /// The action.
        action: String,
        /// What it goes with.
        expected: String,
        /// What it stands with.
        object: String,
    },
    /// A surrogate rule on a class that has none.
    #[error(
        "`{class}` can have no surrogates: its values can be shorter than six digits or are no digits (NIST SP 800-38G asks for \
         a million possible values); use `{instead}`"
    )]
    Surrogate {
        /// The class, which may be below the one in the rule.
        class: String,
        /// What can be used.
        instead: &'static str,
    },
    /// A condition.
    #[error("{0}")]
    Condition(#[from] ConditionFault),
    /// More conditions than the cache keys hold.
    #[error("there are more than {limit} different conditions")]
    TooManyConditions {
        /// The limit.
        limit: usize,
    },
    /// Roles or classes that belong to each other in a circle, or through too many levels.
    #[error("`{name}` belongs to itself, or through more than {limit} levels")]
    Hierarchy {
        /// Where it was noticed.
        name: String,
        /// The limit.
        limit: usize,
    },
    /// The same row again.
    #[error("this row stands on line {first} already")]
    Twice {
        /// The first.
        first: usize,
    },
    /// casbin does not take the model.
    #[error("casbin refuses the model: {reason}")]
    Model {
        /// What casbin says.
        reason: String,
    },
    /// The model does not keep what policies rely on.
    #[error("the model breaks a promise: {promise}")]
    Promise {
        /// Which.
        promise: &'static str,
    },
}

/// What is wrong with a condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConditionFault {
    /// A word that is no test.
    #[error("`{found}` is no condition{}: there are hours(…), weekdays(…), network(…), assurance(…), and, or, not", meant(.suggestion))]
    Unknown {
        /// As the file spells it.
        found: String,
        /// What was meant, perhaps.
        suggestion: Option<String>,
    },
    /// Something is missing.
    #[error("the condition needs {0} here")]
    Expected(&'static str),
    /// An argument.
    #[error("`{found}` is no {what}")]
    Argument {
        /// As the file spells it.
        found: String,
        /// What it should be.
        what: &'static str,
    },
    /// Nested too deep.
    #[error("the condition is nested too deep")]
    TooDeep,
}

fn meant(suggestion: &Option<String>) -> String {
    suggestion
        .as_ref()
        .map(|s| format!("; did you mean `{s}`?"))
        .unwrap_or_default()
}
