//! One value → one rendering: methods, detectors with checksums, and the plan that says which value gets which.
//!
//! Purpose: everything Overcoat knows of *values*. `body` finds the places, this room says what stands there afterwards.
//!
//! Guarantee 1 of `docs/guarantees.md` starts here: a [`Masker`] never writes an original of a value that it was told not to
//! show, whatever the value looks like; what it cannot render in the asked form it redacts.
//!
//! Exceptions: [`Rendering::Clear`] shows the value; that is policy's decision and not this room's.

pub mod detect;
mod lexicon;
pub mod masker;
pub mod names;
pub mod partial;
pub mod plan;
mod rendering;

/// Surrogates, for the rooms that know values and not FF1.
pub use crate::fpe::{FpeError, SurrogateCipher, SurrogateForm, SurrogateKey, SurrogateRule};
pub use masker::{Applies, ClassId, ClassSpec, Masker, Outcome};
pub use plan::{
    Counter, FieldPath, FieldPathError, MaskPlan, PlanBuilder, PlanError, Tally, Told, Treatment, WarmPool,
};
pub use rendering::Rendering;
