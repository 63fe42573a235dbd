//! `overcoat serve`: wired by its room's owner.

use std::process::ExitCode;

use super::cli::{ServeArgs, fail};

/// Runs the command.
pub fn run(_: ServeArgs) -> ExitCode {
    fail("this command is not part of this build")
}
