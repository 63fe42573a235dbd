//! The hash chain: each record's hash covers the hash before it.
//!
//! A line is `{"hash":"<64 hexadecimal digits>",<members in canonical form>}`. The hash is SHA-256 over the 32 bytes of the hash
//! before, followed by the bytes of the line after the hash's comma, to the closing brace. Numbers (`seq`) are consecutive from 1.

use std::fmt;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::AuditRecord;
use super::canonical::write_members;

/// What the hash of the record before the first one is made of.
const GENESIS: &[u8] = b"overcoat audit chain v1";
const BEFORE_HASH: &[u8] = b"{\"hash\":\"";
const AFTER_HASH: &[u8] = b"\",";
const HASH_DIGITS: usize = 64;
/// Where the covered bytes of a line begin.
const COVERED_FROM: usize = BEFORE_HASH.len() + HASH_DIGITS + AFTER_HASH.len();

/// Where a chain stands: the number and hash of its last record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    /// The number of the last record; 0 before the first.
    pub seq: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

impl ChainHead {
    /// The head of a chain without records.
    pub fn genesis() -> Self {
        Self {
            seq: 0,
            hash: Sha256::digest(GENESIS).into(),
        }
    }

    /// Appends a record as a line, and gives the head after it.
    pub fn append(&self, record: &AuditRecord, out: &mut Vec<u8>) -> Self {
        let start = out.len();
        out.extend_from_slice(BEFORE_HASH);
        out.extend_from_slice(&[b'0'; HASH_DIGITS]);
        out.extend_from_slice(AFTER_HASH);
        write_members(record, self.seq + 1, out);
        out.push(b'}');
        let next = Self {
            seq: self.seq + 1,
            hash: self.cover(&out[start + COVERED_FROM..]),
        };
        write_digits(&next.hash, &mut out[start + BEFORE_HASH.len()..][..HASH_DIGITS]);
        out.push(b'\n');
        next
    }

    /// The hash as it is written.
    pub fn hash_text(&self) -> String {
        let mut digits = [0; HASH_DIGITS];
        write_digits(&self.hash, &mut digits);
        digits.iter().map(|&digit| char::from(digit)).collect()
    }

    fn cover(&self, covered: &[u8]) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(self.hash);
        hasher.update(covered);
        hasher.finalize().into()
    }
}

impl fmt::Debug for ChainHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for ChainHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash_text())
    }
}

fn write_digits(hash: &[u8; 32], digits: &mut [u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (pair, byte) in digits.chunks_exact_mut(2).zip(hash) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
}

fn read_digits(digits: &[u8]) -> Option<[u8; 32]> {
    let nibble = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = (nibble(pair[0])? << 4) | nibble(pair[1])?;
    }
    (digits.len() == HASH_DIGITS).then_some(hash)
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Not in the form of a record at all.
    #[error("it is no record")]
    NoRecord,
    /// Its number is not the one that follows.
    #[error("record {expected} should stand here, and {found} does: records are missing, moved or repeated")]
    Sequence {
        /// The number that follows.
        expected: u64,
        /// The number in the line.
        found: u64,
    },
    /// Its hash does not follow from its bytes and the hash before.
    #[error("its hash does not fit: the record, or the one before it, was changed")]
    Hash,
    /// A file says that it goes on from another record than the one before it.
    #[error("the file goes on from another record than the last one before it")]
    Carried,
}

/// What a line says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The head after it.
    pub head: ChainHead,
    /// Its kind.
    pub kind: String,
    /// For the first record of a file: the hash it goes on from.
    pub prev: Option<String>,
}

#[derive(Deserialize)]
struct Members {
    seq: u64,
    kind: String,
    prev: Option<String>,
}

impl Link {
    /// Reads what a line (without its line end) says of itself; believes it.
    pub fn read(line: &[u8]) -> Result<Self, Flaw> {
        let digits = line
            .strip_prefix(BEFORE_HASH)
            .and_then(|rest| rest.get(..HASH_DIGITS))
            .ok_or(Flaw::NoRecord)?;
        let hash = read_digits(digits).ok_or(Flaw::NoRecord)?;
        if line.get(BEFORE_HASH.len() + HASH_DIGITS..COVERED_FROM) != Some(AFTER_HASH) {
            return Err(Flaw::NoRecord);
        }
        let Members { seq, kind, prev } = serde_json::from_slice(line).map_err(|_| Flaw::NoRecord)?;
        Ok(Self {
            head: ChainHead { seq, hash },
            kind,
            prev,
        })
    }
}

/// Walks a chain line by line.
#[derive(Clone, Debug)]
pub struct Verifier {
    head: ChainHead,
}

impl Verifier {
    /// Starts after `head`.
    pub fn after(head: ChainHead) -> Self {
        Self { head }
    }

    /// Where the walk stands.
    pub fn head(&self) -> ChainHead {
        self.head
    }

    /// Checks the next line, given without its line end.
    pub fn line(&mut self, line: &[u8]) -> Result<Link, Flaw> {
        let link = Link::read(line)?;
        if link.head.seq != self.head.seq + 1 {
            return Err(Flaw::Sequence {
                expected: self.head.seq + 1,
                found: link.head.seq,
            });
        }
        if self.head.cover(&line[COVERED_FROM..]) != link.head.hash {
            return Err(Flaw::Hash);
        }
        if link.prev.as_ref().is_some_and(|prev| *prev != self.head.hash_text()) {
            return Err(Flaw::Carried);
        }
        self.head = link.head;
        Ok(link)
    }
}
