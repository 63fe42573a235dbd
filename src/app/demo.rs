//! `overcoat demo`: wired by its room's owner.

use std::process::ExitCode;

use super::cli::{DemoArgs, fail};

/// Runs the command.
pub fn run(_: DemoArgs) -> ExitCode {
    fail("this command is not part of this build")
}
