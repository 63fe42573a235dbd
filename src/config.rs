//! `overcoat.yaml` and `policies/`: raw (unknown keys are errors) → validated → one snapshot.
//!
//! Purpose: [`load`] reads everything that an operator writes; [`Live`] holds the snapshot in force.
//!
//! Guarantee: loading is all or nothing. Each complaint names file, line and column and says what to do. A bad file leaves
//! the old snapshot in force and turns readiness red.
//!
//! Exceptions: a settings change (addresses, keys, stores) needs a restart; only `policies/` is reloaded.

mod cases;
mod check;
mod diagnostic;
mod keys;
mod live;
mod locate;
pub mod preview;
mod raw;
mod settings;
mod snapshot;
mod validate;

use std::path::Path;
use std::sync::Arc;

pub use check::{Checked, check};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use keys::KeyError;
pub use live::{Live, LoadStatus, Reload};
pub use settings::*;
pub use snapshot::Snapshot;

/// Settings and a first snapshot.
#[derive(Debug)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// The snapshot of the policy files.
    pub snapshot: Arc<Snapshot>,
}

/// Reads `overcoat.yaml` and the policy files it points to, and runs the cases: all or nothing.
pub fn load(path: &Path) -> Result<Loaded, Diagnostics> {
    let settings = load_settings(path)?;
    let snapshot = snapshot::load(&settings)?;
    Ok(Loaded { settings, snapshot })
}

/// Reads `overcoat.yaml` alone.
pub fn load_settings(path: &Path) -> Result<Settings, Diagnostics> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        Diagnostic::error(path, format!("the file cannot be read: {}", e.kind()))
            .hint("name another with --config FILE")
    })?;
    validate::settings(path, &text)
}

/// Loads the policy files for settings that are known.
pub fn load_snapshot(settings: &Settings) -> Result<Arc<Snapshot>, Diagnostics> {
    snapshot::load(settings)
}

#[cfg(test)]
mod tests;
