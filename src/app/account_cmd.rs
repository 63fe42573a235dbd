//! `overcoat account`: wired by its room's owner.

use std::process::ExitCode;

use super::cli::{AccountArgs, fail};

/// Runs the command.
pub fn run(_: AccountArgs) -> ExitCode {
    fail("this command is not part of this build")
}
