//! `overcoat check`.

use std::process::ExitCode;

use super::asker::people;
use super::cli::{CheckArgs, DONE, FAILED};
use crate::config::{self, Severity};

/// Checks and prints what was found, worst last.
pub fn run(args: CheckArgs) -> ExitCode {
    let people = match args.offline {
        true => None,
        false => config::load_settings(&args.config.config).ok().and_then(|s| people(&s)),
    };
    let mut checked = config::check(&args.config.config, people.as_deref());
    if people.is_none() && !checked.summary.is_empty() {
        checked.summary.push_str("; who could fill the chains was not asked");
    }
    checked.found.0.sort_by_key(|d| d.severity);
    for complaint in &checked.found.0 {
        eprintln!("{complaint}");
    }
    let count = |severity| checked.found.0.iter().filter(|d| d.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if !checked.summary.is_empty() {
        println!("{}", checked.summary);
    }
    println!("{errors} errors, {warnings} warnings");
    let bad = errors > 0 || (args.strict && warnings > 0);
    ExitCode::from(if bad { FAILED } else { DONE })
}
