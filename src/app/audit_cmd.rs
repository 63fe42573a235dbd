//! `overcoat audit verify`: whether the journal is whole, and if not, which record is the first that is broken.

use std::io::{self, Write};
use std::path::Path;

use super::account_cmd::JOURNAL_DIRECTORY as CLI_DIRECTORY;
use crate::store::MasterKey;
use crate::store::journal::{HeadCheck, verify};

/// Verifies the journal of a directory and says what came of it on `out`. `key` is the master key the journal was
/// written with; without it the head file is believed for accidents only.
///
/// The command line keeps a journal of its own below the server's ([`CLI_DIRECTORY`]), because one process writes one: who was disabled
/// or given a role stands there. It is verified too, if there is one.
///
/// Gives the exit code: 0 if all is whole, 1 if not.
pub fn run(directory: &Path, key: Option<&MasterKey>, out: &mut dyn Write) -> io::Result<u8> {
    let server = run_one(directory, key, out)?;
    let below = directory.join(CLI_DIRECTORY);
    if !below.exists() {
        return Ok(server);
    }
    writeln!(out, "\nthe command line's own journal, `{}`:", below.display())?;
    Ok(server.max(run_one(&below, key, out)?))
}

fn run_one(directory: &Path, key: Option<&MasterKey>, out: &mut dyn Write) -> io::Result<u8> {
    let report = match verify(directory, key) {
        Ok(report) => report,
        Err(broken) => {
            writeln!(out, "{broken}")?;
            return Ok(1);
        }
    };
    writeln!(out, "whole: {} records in {} files", report.records, report.files)?;
    writeln!(
        out,
        "head: {} (keep it elsewhere: a rewritten journal cannot show it again)",
        report.head
    )?;
    if report.check == HeadCheck::Unchecked {
        writeln!(
            out,
            "note: the head file is sealed, and without the master key it was not checked who wrote it"
        )?;
    }
    if report.unfinished_bytes > 0 {
        let bytes = report.unfinished_bytes;
        writeln!(
            out,
            "note: {bytes} bytes of an unfinished last line; the next start moves them aside"
        )?;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::audit::{AuditRecord, Kind};
    use crate::clock::{SystemClock, Timestamp};
    use crate::store::journal::{Journal, JournalOptions};

    fn key() -> MasterKey {
        MasterKey::from_bytes([3; 32])
    }

    fn write(directory: &Path) {
        std::fs::create_dir_all(directory).unwrap();
        let options = JournalOptions {
            key: Some(key()),
            ..JournalOptions::new(directory)
        };
        let journal = Journal::open(&options, Arc::new(SystemClock)).unwrap();
        for nth in 0..3 {
            let record = AuditRecord::new(Kind::Decided, Timestamp::from_millis(nth));
            journal.append_synced_blocking(&record).unwrap();
        }
    }

    fn said(directory: &Path) -> (u8, String) {
        let mut out = Vec::new();
        let code = run(directory, Some(&key()), &mut out).unwrap();
        (code, String::from_utf8(out).unwrap())
    }

    #[test]
    fn what_the_command_line_wrote_is_verified_too() {
        let directory = tempfile::tempdir().unwrap();
        let below = directory.path().join(CLI_DIRECTORY);
        write(directory.path());
        assert_eq!(said(directory.path()).0, 0);
        write(&below);
        assert_eq!(said(directory.path()).0, 0);
        let entries = std::fs::read_dir(&below).unwrap().map(|entry| entry.unwrap().path());
        let file = entries
            .into_iter()
            .find(|path| path.extension().is_some_and(|e| e == "jsonl"))
            .unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(
            &file,
            text.lines().take(2).map(|line| format!("{line}\n")).collect::<String>(),
        )
        .unwrap();
        let (code, said) = said(directory.path());
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("is broken"), "{said}");
    }
}
