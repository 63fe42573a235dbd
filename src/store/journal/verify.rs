//! Whether the journal is whole: walks all files and compares the end with the head file.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::files::{self, HEAD_FILE};
use super::head::{HeadSeal, Vouched};
use crate::audit::{ChainHead, Flaw, Link, Verifier};
use crate::store::MasterKey;

/// The longest line that can be a record, in bytes: a damaged file without line ends must not fill the memory.
const MAX_LINE_BYTES: u64 = 1024 * 1024;

/// What the head file said of the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadCheck {
    /// The chain reaches at least as far as the head file vouches for.
    Confirmed,
    /// The same, but the head file is sealed with a key that was not given: it was not checked who wrote it.
    Unchecked,
}

/// A whole journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How many files.
    pub files: usize,
    /// How many records.
    pub records: u64,
    /// Where the chain ends. Keep it elsewhere: it is what a rewritten journal cannot show again.
    pub head: ChainHead,
    /// What the head file said.
    pub check: HeadCheck,
    /// Bytes of a last line that was not finished when the process ended or while this was read.
    pub unfinished_bytes: u64,
}

/// The first place at which the journal is not whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The file, by name.
    pub file: String,
    /// The line, from 1; 0 for the file as a whole.
    pub line: u64,
    /// The number of the record that should be there.
    pub seq: u64,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "record {} is broken: {}:{}: {}",
            self.seq, self.file, self.line, self.reason
        )
    }
}

impl std::error::Error for Broken {}

/// Verifies the journal of a directory; `key` as it was given when it was written. It may be in use meanwhile.
pub fn verify(directory: &Path, key: Option<&MasterKey>) -> Result<Report, Broken> {
    let seal = HeadSeal::new(key);
    // INVARIANT: the head is read before the files: they only grow, and so reach at least as far.
    let vouched = seal.read(directory).map_err(|error| unreadable(HEAD_FILE, 0, &error))?;
    let files = files::list(directory).map_err(|error| unreadable("", 0, &error))?;
    let (vouched, check) = match vouched {
        Vouched::Head(head) => (head, HeadCheck::Confirmed),
        Vouched::Unchecked(head) => (head, HeadCheck::Unchecked),
        Vouched::Missing => return Err(head_broken("the head file is missing: nothing vouches for the end")),
        Vouched::Unreadable => return Err(head_broken("the head file cannot be believed")),
    };
    let mut verifier = Verifier::after(ChainHead::genesis());
    let mut unfinished_bytes = 0;
    for (nth, (first, path)) in files.iter().enumerate() {
        let file = files::short(path);
        let seq = verifier.head().seq + 1;
        if *first != seq {
            let reason = format!(
                "records {seq} to {} are missing: a file was removed or renamed",
                first.saturating_sub(1)
            );
            return Err(Broken {
                file,
                line: 0,
                seq,
                reason,
            });
        }
        unfinished_bytes = check_file(path, &mut verifier, &vouched)?;
        if unfinished_bytes > 0 && nth + 1 < files.len() {
            let reason = "the file ends in an unfinished line, and another file follows".to_owned();
            return Err(Broken {
                file,
                line: 0,
                seq: verifier.head().seq + 1,
                reason,
            });
        }
    }
    check_end(&files, verifier.head(), &vouched)?;
    Ok(Report {
        files: files.len(),
        records: verifier.head().seq,
        head: verifier.head(),
        check,
        unfinished_bytes,
    })
}

fn check_end(files: &[(u64, std::path::PathBuf)], head: ChainHead, vouched: &ChainHead) -> Result<(), Broken> {
    if head.seq >= vouched.seq {
        return Ok(());
    }
    let file = files.last().map(|(_, path)| files::short(path)).unwrap_or_default();
    let reason = format!(
        "the end is cut: the head file vouches for records up to {}",
        vouched.seq
    );
    Err(Broken {
        file,
        line: 0,
        seq: head.seq + 1,
        reason,
    })
}

fn head_broken(reason: &str) -> Broken {
    Broken {
        file: HEAD_FILE.to_owned(),
        line: 0,
        seq: 0,
        reason: reason.to_owned(),
    }
}

fn unreadable(file: &str, seq: u64, error: &std::io::Error) -> Broken {
    Broken {
        file: file.to_owned(),
        line: 0,
        seq,
        reason: format!("it cannot be read: {error}"),
    }
}

/// Checks one file; gives the bytes of an unfinished last line.
fn check_file(path: &Path, verifier: &mut Verifier, vouched: &ChainHead) -> Result<u64, Broken> {
    let name = files::short(path);
    let io = |seq: u64| {
        let name = name.clone();
        move |error: std::io::Error| unreadable(&name, seq, &error)
    };
    let seq = verifier.head().seq + 1;
    let mut lines = Lines::open(path).map_err(io(seq))?;
    let mut number = 0;
    while let Some(line) = lines.next().map_err(io(verifier.head().seq + 1))? {
        number += 1;
        let seq = verifier.head().seq + 1;
        let broken = |reason: String| Broken {
            file: name.clone(),
            line: number,
            seq,
            reason,
        };
        let bytes = match line {
            Line::Whole(bytes) => bytes,
            Line::Unfinished(_) if seq <= vouched.seq => return Err(broken("the line is cut".to_owned())),
            Line::Unfinished(bytes) => return Ok(bytes),
        };
        verifier.line(bytes).map_err(|flaw| broken(flaw.to_string()))?;
        if verifier.head().seq == vouched.seq && verifier.head() != *vouched {
            return Err(broken(
                "it is not the record that the head file vouches for: the chain was rewritten".to_owned(),
            ));
        }
    }
    Ok(0)
}

/// How far the chain in one file reaches, taken by itself.
pub(super) struct Walk {
    /// The head after the last whole record; `None` if there is none.
    pub head: Option<ChainHead>,
    /// Where that record ends, in bytes.
    pub good_bytes: u64,
}

/// Walks one file from the head that its own first line names.
pub(super) fn walk_file(path: &Path) -> std::io::Result<Walk> {
    let mut lines = Lines::open(path)?;
    let mut walk = Walk {
        head: None,
        good_bytes: 0,
    };
    let mut verifier: Option<Verifier> = None;
    while let Some(Line::Whole(line)) = lines.next()? {
        let checked = match &mut verifier {
            Some(verifier) => verifier.line(line),
            None => first_line(line).and_then(|start| verifier.insert(start).line(line)),
        };
        let Ok(link) = checked else { break };
        walk = Walk {
            head: Some(link.head),
            good_bytes: walk.good_bytes + line.len() as u64 + 1,
        };
    }
    Ok(walk)
}

/// A verifier that stands right before a file's first line, as the line itself tells.
fn first_line(line: &[u8]) -> Result<Verifier, Flaw> {
    let link = Link::read(line)?;
    let prev = link.prev.ok_or(Flaw::Carried)?;
    let hash = prev
        .parse::<crate::approval::ContentHash>()
        .map_err(|_| Flaw::Carried)?;
    let seq = link.head.seq.checked_sub(1).ok_or(Flaw::NoRecord)?;
    Ok(Verifier::after(ChainHead {
        seq,
        hash: *hash.as_bytes(),
    }))
}

enum Line<'a> {
    /// Without its line end.
    Whole(&'a [u8]),
    /// The file ends before the line does, or it is longer than any record; so many bytes.
    Unfinished(u64),
}

struct Lines {
    reader: BufReader<std::fs::File>,
    buffer: Vec<u8>,
}

impl Lines {
    fn open(path: &Path) -> std::io::Result<Self> {
        let reader = BufReader::with_capacity(256 * 1024, std::fs::File::open(path)?);
        Ok(Self {
            reader,
            buffer: Vec::new(),
        })
    }

    fn next(&mut self) -> std::io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        let count = (&mut self.reader)
            .take(MAX_LINE_BYTES)
            .read_until(b'\n', &mut self.buffer)?;
        if count == 0 {
            return Ok(None);
        }
        if self.buffer.pop_if(|last| *last == b'\n').is_none() {
            return Ok(Some(Line::Unfinished(count as u64)));
        }
        Ok(Some(Line::Whole(&self.buffer)))
    }
}
