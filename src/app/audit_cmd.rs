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
