//! How each data class is shown partly.

use serde::{Deserialize, Serialize};

/// The partial form of a data class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartialForm {
    /// No partial form: shown redacted instead.
    None,
}
