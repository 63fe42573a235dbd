//! `overcoat account`: the command line on one side, accounts, evidence and terminal on the other.

mod change;

use std::collections::BTreeMap;
use std::io;
use std::process::ExitCode;
use std::sync::Arc;

use super::asker::with_runtime;
use super::cli::{AccountArgs, AccountCommand, DONE, fail};
use crate::clock::SystemClock;
use crate::config::{self, Loaded};
use crate::identity::Accounts;
use crate::store::{self, Journal, JournalOptions, MasterKey};

pub use change::{Change, ChangeError, apply};

/// Where commands keep their own journal, inside the audit directory: one process writes one directory, and the server may be running.
pub(super) const JOURNAL_DIRECTORY: &str = "cli";

/// Runs the command.
pub fn run(args: AccountArgs) -> ExitCode {
    let (AccountCommand::Add { config, .. }
    | AccountCommand::List { config }
    | AccountCommand::Disable { config, .. }
    | AccountCommand::Enable { config, .. }
    | AccountCommand::SetRoles { config, .. }
    | AccountCommand::SetPassword { config, .. }) = &args.command;
    let loaded = match config::load(&config.config) {
        Ok(loaded) => loaded,
        Err(complaints) => return fail(complaints),
    };
    match with_runtime(carry_out(change_of(args.command), &loaded)) {
        Ok(Ok(())) => ExitCode::from(DONE),
        Ok(Err(reason)) => fail(reason),
        Err(error) => fail(error),
    }
}

fn change_of(command: AccountCommand) -> Change {
    match command {
        AccountCommand::Add {
            name,
            roles,
            display_name,
            ..
        } => Change::Add {
            name,
            display_name,
            roles,
            attributes: BTreeMap::new(),
        },
        AccountCommand::List { .. } => Change::List,
        AccountCommand::Disable { name, .. } => Change::Disable { name },
        AccountCommand::Enable { name, .. } => Change::Enable { name },
        AccountCommand::SetRoles { name, roles, .. } => Change::SetRoles { name, roles },
        AccountCommand::SetPassword { name, .. } => Change::SetPassword { name },
    }
}

async fn carry_out(change: Change, loaded: &Loaded) -> Result<(), String> {
    let settings = &loaded.settings;
    check_roles(&change, loaded)?;
    let opened = store::open(&settings.store.url, &settings.tenant)
        .await
        .map_err(|e| e.to_string())?;
    let accounts = Accounts::new(opened.store, Arc::new(SystemClock)).map_err(|e| e.to_string())?;
    let mut options = JournalOptions::new(&settings.audit.directory.join(JOURNAL_DIRECTORY));
    options.key = Some(MasterKey::from_bytes(*settings.master_key.expose()));
    let journal = Journal::open(&options, Arc::new(SystemClock)).map_err(|e| e.to_string())?;
    let input = &mut io::BufReader::new(io::stdin());
    let outcome = apply(change, &accounts, &journal, &SystemClock, input, &mut io::stdout()).await;
    outcome.map_err(|e| e.to_string())
}

/// A role that no policy knows would silently allow nothing.
fn check_roles(change: &Change, loaded: &Loaded) -> Result<(), String> {
    let (Change::Add { roles, .. } | Change::SetRoles { roles, .. }) = change else {
        return Ok(());
    };
    let known = loaded.snapshot.policy.roles();
    match roles.iter().find(|role| !known.contains(&role.as_str())) {
        Some(role) => Err(format!(
            "no policy knows the role `{role}`; known are {}",
            known.join(", ")
        )),
        None => Ok(()),
    }
}
