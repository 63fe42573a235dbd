//! Room `app`.

pub mod approvals_cmd;
pub mod audit_cmd;
