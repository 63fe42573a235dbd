//! `overcoat audit verify`: whether the journal is whole, and if not, which record is the first that is broken.

use std::io::{self, Write};
use std::path::Path;

use crate::store::MasterKey;
use crate::store::journal::{HeadCheck, verify};

/// Verifies the journal of a directory and says what came of it on `out`. `key` is the master key the journal was
/// written with; without it the head file is believed for accidents only.
///
/// Gives the exit code: 0 if it is whole, 1 if not.
pub fn run(directory: &Path, key: Option<&MasterKey>, out: &mut dyn Write) -> io::Result<u8> {
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
    use crate::clock::{Clock, SystemClock};
    use crate::store::{Journal, JournalOptions};

    #[test]
    fn a_whole_journal_is_0_and_a_broken_one_is_1_and_named() {
        let directory = tempfile::tempdir().unwrap();
        let key = MasterKey::from_bytes([1; 32]);
        let options = JournalOptions {
            key: Some(key.clone()),
            ..JournalOptions::new(directory.path())
        };
        let journal = Journal::open(&options, Arc::new(SystemClock)).unwrap();
        for _ in 0..3 {
            journal
                .append(&AuditRecord::new(Kind::Decided, SystemClock.now()).route("customers"))
                .unwrap();
        }
        drop(journal);
        let said = |key| {
            let mut out = Vec::new();
            let code = run(directory.path(), key, &mut out).unwrap();
            (code, String::from_utf8(out).unwrap())
        };
        let (code, text) = said(Some(&key));
        assert!(
            code == 0 && text.contains("whole: 4 records in 1 files") && !text.contains("note"),
            "{text}"
        );
        assert!(said(None).1.contains("without the master key"));
        let path = directory.path().join("audit-000000000000001.jsonl");
        let changed = std::fs::read_to_string(&path)
            .unwrap()
            .replacen("customers", "customerz", 1);
        std::fs::write(&path, changed).unwrap();
        let (code, text) = said(Some(&key));
        assert!(
            code == 1 && text.starts_with("record 2 is broken: audit-000000000000001.jsonl:2: "),
            "{text}"
        );
    }
}
