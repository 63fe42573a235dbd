//! Local accounts, changed by an operator at a terminal.
//!
//! A password comes from the first line of standard input, and never from the command line: arguments are seen by everybody on the
//! machine and kept by shells.

use std::collections::BTreeMap;
use std::future::Future;
use std::io::{self, BufRead, IsTerminal as _, Write};

use zeroize::Zeroizing;

use crate::audit::{AuditRecord, Kind};
use crate::clock::Clock;
use crate::identity::{AccountInfo, Accounts, IdentityError, NewAccount, Password};
use crate::store::{Journal, JournalError};

/// Longest line that is taken for a password, in bytes: longer than any password may be.
const MAX_LINE_BYTES: u64 = 4096;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Make an account.
    Add {
        /// Its name.
        name: String,
        /// The name to show; the account's name without it.
        display_name: Option<String>,
        /// Its roles.
        roles: Vec<String>,
        /// Its attributes.
        attributes: BTreeMap<String, String>,
    },
    /// Print all accounts.
    List,
    /// Let nobody use an account any more, and end its sessions.
    Disable {
        /// Its name.
        name: String,
    },
    /// Let it be used again.
    Enable {
        /// Its name.
        name: String,
    },
    /// Give it other roles.
    SetRoles {
        /// Its name.
        name: String,
        /// All of its roles from now on.
        roles: Vec<String>,
    },
    /// Give it a new password, and end its sessions.
    SetPassword {
        /// Its name.
        name: String,
    },
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The account or its password cannot be so.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The evidence could not be written, so nothing was changed.
    #[error("nothing was changed: {0}")]
    Journal(#[from] JournalError),
    /// No password came.
    #[error("no password on standard input")]
    NoPassword,
    /// The two passwords differ.
    #[error("the two passwords are not the same")]
    Differs,
    /// Terminal or pipe failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Carries a command out and says on `out` what was done. Evidence is on disk before an account is changed.
///
/// # Errors
/// [`ChangeError`]; then nothing was changed.
pub async fn apply(
    change: Change,
    accounts: &Accounts,
    journal: &Journal,
    clock: &dyn Clock,
    input: &mut (dyn BufRead + Send),
    out: &mut (dyn Write + Send),
) -> Result<(), ChangeError> {
    let evidence = Evidence { journal, clock };
    match change {
        Change::List => return list(&accounts.list().await?, out),
        Change::Add {
            name,
            display_name,
            roles,
            attributes,
        } => {
            let password = read_password(input, out)?;
            password.check_rules(&name)?;
            let display_name = display_name.unwrap_or_default();
            let new = NewAccount {
                name: name.clone(),
                display_name,
                roles,
                attributes,
            };
            evidence.around(&name, "add", accounts.add(new, password)).await?;
            writeln!(out, "added `{name}`")?;
        }
        Change::SetPassword { name } => {
            let password = read_password(input, out)?;
            password.check_rules(&name)?;
            evidence
                .around(&name, "set_password", accounts.set_password(&name, password))
                .await?;
            writeln!(out, "`{name}` has a new password; its sessions are ended")?;
        }
        Change::Disable { name } => {
            evidence
                .around(&name, "disable", accounts.set_disabled(&name, true))
                .await?;
            writeln!(out, "disabled `{name}`; its sessions are ended")?;
        }
        Change::Enable { name } => {
            evidence
                .around(&name, "enable", accounts.set_disabled(&name, false))
                .await?;
            writeln!(out, "enabled `{name}`")?;
        }
        Change::SetRoles { name, roles } => {
            evidence
                .around(&name, "set_roles", accounts.set_roles(&name, &roles))
                .await?;
            writeln!(out, "`{name}` has the roles {}", roles.join(", "))?;
        }
    }
    Ok(())
}

struct Evidence<'a> {
    journal: &'a Journal,
    clock: &'a dyn Clock,
}

impl Evidence<'_> {
    /// Makes a change once its evidence is on disk; a change that fails leaves evidence that says so.
    async fn around<T>(
        &self,
        name: &str,
        what: &'static str,
        change: impl Future<Output = Result<T, IdentityError>>,
    ) -> Result<T, ChangeError> {
        let record = AuditRecord::new(Kind::AccountChanged, self.clock.now())
            .subject(name, [])
            .reason("command_line");
        let _ = self.journal.append_synced(&record.clone().outcome(what)).await?;
        let outcome = change.await;
        if outcome.is_err() {
            let _ = self.journal.append_synced(&record.outcome("not_taken")).await?;
        }
        Ok(outcome?)
    }
}

fn list(accounts: &[AccountInfo], out: &mut (dyn Write + Send)) -> Result<(), ChangeError> {
    for account in accounts {
        let roles: Vec<&str> = account.roles.iter().map(|r| r.as_str()).collect();
        let state = if account.disabled { "disabled" } else { "enabled" };
        let name = account.id.as_str();
        writeln!(
            out,
            "{name:<24}  {state:<8}  {:<24}  {}",
            account.display_name,
            roles.join(",")
        )?;
    }
    Ok(())
}

/// At a terminal it asks twice, without showing what is typed where the terminal can be told so; from a pipe it takes one line.
fn read_password(input: &mut (dyn BufRead + Send), out: &mut (dyn Write + Send)) -> Result<Password, ChangeError> {
    if !io::stdin().is_terminal() {
        return Ok(Password::new(read_line(input)?.as_str()));
    }
    let hidden = Hidden::begin();
    write!(out, "Password: ")?;
    out.flush()?;
    let first = read_line(input)?;
    write!(out, "\nAgain: ")?;
    out.flush()?;
    let second = read_line(input)?;
    writeln!(out)?;
    drop(hidden);
    if *first != *second {
        return Err(ChangeError::Differs);
    }
    Ok(Password::new(first.as_str()))
}

fn read_line(input: &mut (dyn BufRead + Send)) -> Result<Zeroizing<String>, ChangeError> {
    let mut line = Zeroizing::new(String::new());
    io::Read::take(input, MAX_LINE_BYTES).read_line(&mut line)?;
    let length = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(length);
    if line.is_empty() {
        Err(ChangeError::NoPassword)
    } else {
        Ok(line)
    }
}

/// Turns the terminal's echo off as long as it lives, by `stty`, which every system with a terminal has.
struct Hidden;

impl Hidden {
    fn begin() -> Self {
        stty("-echo");
        Self
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        stty("echo");
    }
}

fn stty(word: &str) {
    let _ = std::process::Command::new("stty").arg(word).status();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_the_password_without_its_end() {
        for (text, password) in [
            ("a b c\r\n", "a b c"),
            ("x\ny\n", "x"),
            ("no end", "no end"),
            (" sp \n", " sp "),
        ] {
            assert_eq!(read_line(&mut text.as_bytes()).unwrap().as_str(), password);
        }
        assert!(matches!(read_line(&mut "\n".as_bytes()), Err(ChangeError::NoPassword)));
    }
}
