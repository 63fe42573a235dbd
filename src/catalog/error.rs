//! What can be wrong with a CRM file.

use super::origin::YamlPath;

/// Why a CRM file was refused.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// It is no YAML, or holds an unknown key or a value of the wrong kind; the error knows its line.
    #[error("{0}")]
    Syntax(#[from] serde_yaml::Error),
    /// A rule in it cannot be understood.
    #[error("{fault}")]
    Rule {
        /// Where.
        at: YamlPath,
        /// What is wrong.
        fault: RuleFault,
    },
}

impl CatalogError {
    pub(super) fn at(at: YamlPath, fault: impl Into<RuleFault>) -> Self {
        Self::Rule {
            at,
            fault: fault.into(),
        }
    }
}

/// What is wrong with one rule.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    /// A name that no data class has.
    #[error("`{name}` is no data class{}", meant(suggestion))]
    UnknownClass {
        /// As the file spells it.
        name: String,
        /// The nearest name that exists.
        suggestion: Option<String>,
    },
    /// A route id that stands twice.
    #[error("route `{id}` stands here twice")]
    DuplicateRoute {
        /// The id.
        id: String,
    },
    /// A route id that is reserved or has characters that files and addresses do not take.
    #[error("`{id}` is no route id: letters, digits, `.`, `_` and `-`, and not `unlisted`")]
    RouteId {
        /// The id.
        id: String,
    },
    /// A path pattern.
    #[error("`{pattern}` is no path pattern: {reason}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// A place in an answer.
    #[error("{0}")]
    FieldPath(#[from] crate::mask::plan::FieldPathError),
    /// A place in a request body.
    #[error("`{path}` is no place in a request body: {reason}")]
    ValuePath {
        /// The path.
        path: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// Settings that contradict each other.
    #[error("{0}")]
    Contradiction(&'static str),
}

fn meant(suggestion: &Option<String>) -> String {
    suggestion
        .as_ref()
        .map(|s| format!("; did you mean `{s}`?"))
        .unwrap_or_default()
}
