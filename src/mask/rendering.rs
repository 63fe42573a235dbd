//! How a value is shown.

use serde::{Deserialize, Serialize};

/// How a value is shown, ordered from what shows least to what shows most, so that the stricter of two is their `min`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rendering {
    /// Nothing of the value; its JSON type stays what it was.
    Redacted,
    /// A coarser value (a month for a date, a district for an address).
    Generalised,
    /// Some characters of it, by class: `138****5678`.
    Partial,
    /// The reversible value that stands in for it (FF1, NIST SP 800-38G).
    Surrogate,
    /// The original.
    Clear,
}

impl Rendering {
    /// All, from strictest to most open.
    pub const ALL: [Self; 5] = [
        Self::Redacted,
        Self::Generalised,
        Self::Partial,
        Self::Surrogate,
        Self::Clear,
    ];

    /// The word used in files, logs and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Redacted => "redacted",
            Self::Generalised => "generalised",
            Self::Partial => "partial",
            Self::Surrogate => "surrogate",
            Self::Clear => "clear",
        }
    }
}
