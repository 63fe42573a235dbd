//! Evidence: the [`AuditRecord`], its canonical form and the hash chain that holds the records together.
//!
//! Purpose: afterwards anybody can tell who saw what in which rendering, who released what, and that the record is whole.
//!
//! Guarantee 1 of `docs/guarantees.md` holds here too: a record carries classes and counts, never values. Free text can only come in
//! as a [`Screened`] text, which the detectors went over. One changed byte, one missing or moved line breaks the chain at a record that
//! [`Verifier`] names.
//!
//! Exceptions: the room writes no file; `store::Journal` does. Somebody who can rewrite every file and knows the master key can make a
//! chain of his own: keep the head that `overcoat audit verify` prints in another place.

mod canonical;
mod chain;
mod kind;
mod record;
mod screened;

pub use chain::{ChainHead, Flaw, Link, Verifier};
pub use kind::Kind;
pub use record::{AuditRecord, ClassCount};
pub use screened::Screened;

#[cfg(test)]
mod tests;
