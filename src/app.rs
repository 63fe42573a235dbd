//! The composition root: the only room that knows them all.
//!
//! Purpose: the command line ([`cli`]) and, for each command, the putting together of the rooms that do it.
//!
//! Guarantee: nothing is decided here; whatever a command shows has gone through the same rooms as in the proxy.
//!
//! Exceptions: commands print to the terminal; what they print of answers is what the asker named by `--as` would see.

pub mod account_cmd;
pub mod approvals_cmd;
mod asked;
mod asker;
pub mod audit_cmd;
mod check;
pub mod cli;
pub mod demo;
mod explain;
mod health;
mod live_rules;
mod logging;
mod look;
mod look_after;
mod mask;
pub mod running;
pub mod serve;
