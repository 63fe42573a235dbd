//! Bytes → masked bytes: one streaming rewriter for each format, content codings, charsets, limits.
//!
//! Purpose: an answer of the CRM goes in chunk by chunk, as the network cut it; what may be shown comes out chunk by chunk.
//! A [`Rewriter`] knows one format and follows one [`MaskPlan`](crate::mask::MaskPlan); it is pure computation.
//!
//! Guarantees (`docs/guarantees.md`, 1, 2, 3 and 6): no byte of a masked value is written before the value is whole and rendered;
//! what is not masked comes out byte for byte; what cannot be parsed, is too deep or too large is an error and never passed on; memory
//! is bounded by [`BodyLimits`], whatever the size of the answer. The output depends on the bytes alone and not on how they were cut.
//!
//! Exceptions: bytes *before* a broken place may already be out when it is found; the caller cuts the connection then, so that nobody
//! takes the part for the whole. After an error a rewriter is spent: each further call fails, and nothing more is written.

pub mod answer;
pub mod charset;
pub mod coding;
pub mod csv;
pub mod head;
pub mod json;
pub mod ndjson;
pub mod sniff;
#[cfg(test)]
mod testkit;

pub use answer::{Answer, AnswerHead, AnswerSummary, ExportSigns};
pub use csv::CsvRewriter;
pub use head::{Origins, accept_encoding, request_headers_to_drop, rewrite_head};
pub use json::JsonRewriter;
pub use ndjson::NdjsonRewriter;
pub use sniff::Format;

use crate::mask::Tally;

/// A streaming rewriter of one format under one plan.
pub trait Rewriter: Send {
    /// Takes the next bytes of the answer and appends to `out` what can be released by now.
    ///
    /// What was appended before an error is safe to send, but the answer must then be cut.
    fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), BodyError>;

    /// Ends the answer: appends what was kept back, or fails when the format is not complete.
    fn finish(self: Box<Self>, out: &mut Vec<u8>) -> Result<Tally, BodyError>;

    /// Records seen so far that held a classed value ([`Tally::records`]); for telling an export while it streams.
    fn records_so_far(&self) -> u64;
}

/// What one answer may cost. Each limit answers an attack or an accident; all are configurable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyLimits {
    /// Deepest nesting of objects and arrays, in levels.
    pub max_depth: usize,
    /// Longest value that has to be held whole before it can be rendered (a masked value, JSON inside a string), in bytes as sent.
    pub max_value_bytes: usize,
    /// Longest object key or column name, in bytes as sent.
    pub max_key_bytes: usize,
    /// Largest answer after its content coding is undone, in bytes.
    pub max_decoded_bytes: u64,
    /// How many bytes one coded byte may become.
    pub max_ratio: u64,
    /// How often JSON text may stand inside a string of JSON text, in levels.
    pub nested_depth: usize,
}

impl BodyLimits {
    /// 256 levels. Real CRMs stay under 40; the walk keeps one small frame for each level, so this bounds memory, not the stack.
    pub const MAX_DEPTH: usize = 256;
    /// 4 MiB. Long enough for a letter or a report in base64; what is held for one answer stays under a small multiple of it.
    pub const MAX_VALUE_BYTES: usize = 4 << 20;
    /// 64 KiB. A key is a name; group-by answers put values there, but no documents.
    pub const MAX_KEY_BYTES: usize = 64 << 10;
    /// 16 GiB. The rewriters stream, so this only stops an endless answer.
    pub const MAX_DECODED_BYTES: u64 = 16 << 30;
    /// 1000 to one. Deflate cannot exceed 1032, exported tables reach a few hundred; br and zstd bombs go far beyond.
    pub const MAX_RATIO: u64 = 1_000;
    /// 4 levels. Seen in the field: JSON in JSON in JSON (3); each level costs one parse of the text.
    pub const NESTED_DEPTH: usize = 4;
}

impl Default for BodyLimits {
    fn default() -> Self {
        Self {
            max_depth: Self::MAX_DEPTH,
            max_value_bytes: Self::MAX_VALUE_BYTES,
            max_key_bytes: Self::MAX_KEY_BYTES,
            max_decoded_bytes: Self::MAX_DECODED_BYTES,
            max_ratio: Self::MAX_RATIO,
            nested_depth: Self::NESTED_DEPTH,
        }
    }
}

/// Why an answer was refused or cut. No variant holds a byte of the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// The format's grammar is broken.
    #[error("no valid {format} at byte {at}: {reason}")]
    Syntax {
        /// Which format, such as `JSON`.
        format: &'static str,
        /// What is wrong there.
        reason: &'static str,
        /// Byte offset from 0 in the decoded answer.
        at: u64,
    },
    /// The answer ended inside a value.
    #[error("the {format} ends too early, after {at} bytes")]
    Truncated {
        /// Which format, such as `JSON`.
        format: &'static str,
        /// Length of the decoded answer in bytes.
        at: u64,
    },
    /// More levels than [`BodyLimits::max_depth`].
    #[error("nested deeper than {limit} levels at byte {at}")]
    TooDeep {
        /// The limit, in levels.
        limit: usize,
        /// Byte offset from 0 in the decoded answer.
        at: u64,
    },
    /// A value that must be held whole is longer than [`BodyLimits::max_value_bytes`].
    #[error("a value to be masked is longer than {limit} bytes, at byte {at}")]
    ValueTooLong {
        /// The limit, in bytes.
        limit: usize,
        /// Byte offset from 0 in the decoded answer.
        at: u64,
    },
    /// A key is longer than [`BodyLimits::max_key_bytes`].
    #[error("a key is longer than {limit} bytes, at byte {at}")]
    KeyTooLong {
        /// The limit, in bytes.
        limit: usize,
        /// Byte offset from 0 in the decoded answer.
        at: u64,
    },
    /// A content coding that we cannot undo, or too many of them.
    #[error("the content coding cannot be undone")]
    UnknownCoding,
    /// The coded stream is broken.
    #[error("no valid {coding} body: {reason}")]
    Coding {
        /// The coding's registered name.
        coding: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
    /// More bytes than [`BodyLimits::max_decoded_bytes`].
    #[error("the answer is longer than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// Coded bytes became more than [`BodyLimits::max_ratio`] times as many.
    #[error("the answer unpacks to more than {limit} times its size")]
    Ratio {
        /// The limit.
        limit: u64,
    },
    /// The charset is refused, or the bytes are not valid in it.
    #[error("the charset is refused: {reason}")]
    Charset {
        /// Why.
        reason: &'static str,
    },
    /// Neither JSON, NDJSON nor CSV, and something is to be masked. Raised before any byte leaves.
    #[error("the format of the answer is not known, and parts of it may not be shown")]
    UnknownFormat,
    /// A part of a whole (206, `multipart/byteranges`), which cannot be read without the rest. Raised before any byte leaves.
    #[error("the answer is a range of bytes, and cannot be read without the rest")]
    Partial,
    /// An earlier call failed; the rewriter is spent.
    #[error("the answer was already refused")]
    Spent,
}
