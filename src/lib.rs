//! Overcoat: a data-masking and approval reverse proxy for the CRM a company already has.
//!
//! # One request, through the rooms
//!
//! 1. [`proxy`] reads the head and makes the path canonical ([`catalog`] owns the one canonicaliser).
//! 2. [`identity`] turns a credential into a [`subject::Subject`], or refuses.
//! 3. [`catalog`] finds the route, the data classes at stake and whether it is an export.
//! 4. [`policy`] decides: `Deny(reason)` or `Permit(plan)`; the plan is a [`mask::MaskPlan`].
//! 5. [`audit`] writes "decided" before anything is forwarded.
//! 6. The gate in [`proxy`] holds an export without a grant ([`approval`], kept by [`store`]); with a grant it is released once.
//! 7. The CRM answers; [`body`] rewrites it chunk by chunk, [`mask`] renders the values, [`fpe`] makes the surrogates.
//! 8. [`audit`] writes "completed": classes, counts, bytes, outcome.
//!
//! Core rooms have no I/O, no `.await`, no ambient clock and no randomness; `tests/architecture.rs` checks the walls.

// ── core ────────────────────────────────────────────────────────────────────────────────────────
pub mod approval;
pub mod audit;
pub mod body;
pub mod catalog;
pub mod clock;
pub mod fpe;
pub mod mask;
pub mod policy;
pub mod subject;
// ── shell ───────────────────────────────────────────────────────────────────────────────────────
pub mod app;
pub mod config;
pub mod control;
pub mod demo;
pub mod identity;
pub mod proxy;
pub mod store;
