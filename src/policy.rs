//! Who may see what, and how: casbin's answer turned into a [`Decision`] and a [`crate::mask::MaskPlan`]. The only room that names casbin.
//!
//! Purpose: the policy decision point (NIST SP 800-162). One immutable snapshot; a reload makes another.
//!
//! Guarantee: an error, a panic, an unknown role or an empty policy shows nothing. Rows are read and checked here, so that
//! no rule is lost silently. Roles of one subject add up, and a deny of any of them removes. casbin is asked once for each set of roles and
//! circumstances, never for each value.
//!
//! Exceptions: what a role may see is the operator's word in `access.csv`; this room cannot tell that it was wise.

mod access;
mod action;
mod cache;
mod condition;
mod decide;
mod decision;
mod engine;
mod error;
mod explain;
mod lint;
mod rendered;

pub use action::{ACCOUNTS, AUDIT, Action, EXPORTS, OBJECTS, SHOWN};
pub use decide::{Policy, PolicySources};
pub use decision::{Decision, DenyReason, Permit, Release, SnapshotId};
pub use error::{ConditionFault, PolicyError, PolicyFault, PolicyFile};
pub use explain::{ClassExplanation, Explanation, FieldExplanation, RuleRef};
pub use lint::PolicyLint;
