//! The names of the journal's files.

use std::io;
use std::path::{Path, PathBuf};

/// The lock that keeps a second process out.
pub(super) const LOCK_FILE: &str = "journal.lock";
/// The file that vouches for the end of the chain.
pub(super) const HEAD_FILE: &str = "chain.head";
const PREFIX: &str = "audit-";
const SUFFIX: &str = ".jsonl";

/// The name of the file whose first record has this number; names sort as numbers do.
pub(super) fn name(first: u64) -> String {
    format!("{PREFIX}{first:015}{SUFFIX}")
}

fn first_record(name: &str) -> Option<u64> {
    let digits = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    digits
        .bytes()
        .all(|digit| digit.is_ascii_digit())
        .then(|| digits.parse().ok())?
}

/// The journal's files in order, each with the number of its first record.
pub(super) fn list(directory: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if let Some(first) = entry.file_name().to_str().and_then(first_record) {
            files.push((first, entry.path()));
        }
    }
    files.sort();
    Ok(files)
}

/// The name of a path, for records and messages.
pub(super) fn short(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// A name beside a file that is not taken: `NAME.WHY-1`, `NAME.WHY-2` …
pub(super) fn aside(path: &Path, why: &str) -> PathBuf {
    let candidate = |nth: u32| path.with_file_name(format!("{}.{why}-{nth}", short(path)));
    (1..u32::MAX)
        .map(candidate)
        .find(|path| !path.exists())
        .unwrap_or_else(|| candidate(u32::MAX))
}
