//! `overcoat.yaml` and `policies/`: raw (unknown keys are errors) → validated → one snapshot.
//!
//! Purpose: [`load`] reads everything that an operator writes; [`Live`] holds the snapshot in force.
//!
//! Guarantee: loading is all or nothing. Each complaint names file, line and column and says what to do. A bad file leaves
//! the old snapshot in force and turns readiness red.
//!
//! Exceptions: a settings change (addresses, keys, stores) needs a restart; only `policies/` is reloaded.

mod settings;

pub use settings::*;
