//! JSON (RFC 8259), rewritten as it streams.
//!
//! Purpose: each value of a JSON text is rendered as the plan says, while the text goes through in chunks.
//!
//! Guarantees: what is no JSON by the letter of the RFC is an error; invalid UTF-8 too. Outside of the values that are rendered,
//! the output is the input byte for byte. No byte of a rendered value, or of a text that is searched, is written before it is whole
//! (texts beyond 64 KiB: before the window that holds it is searched). The output does not depend on where chunks end.
//! Memory: one frame for each level, one value, one window; never the text.
//!
//! Exceptions: an empty text, or one of white space alone, is let through although the RFC wants a value: servers send it as
//! `application/json`. Under a plan that is all clear nothing is refused: the text goes through, and [`Tally::unread`] says that it
//! could not be read to its end. JSON inside of a string (also in base64) is rewritten too; if it is nested too often or too large
//! in itself, the string is redacted.

mod escape;
mod kernel;
mod keys;
mod long;
mod number;
mod render;
mod scan;
mod shape;
mod skim;
mod strand;
mod stride;
mod text;
mod token;
mod utf8;
mod walk;

use std::sync::Arc;

pub use self::text::TextSearch;

use self::walk::{Texts, Walker};
use super::{BodyError, BodyLimits, Rewriter};
use crate::mask::{MaskPlan, Tally};

/// What went wrong in a text; where it stands goes beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Syntax(&'static str),
    Truncated,
    TooDeep,
    ValueTooLong,
    KeyTooLong,
}

/// Rewrites one JSON text under a plan.
pub struct JsonRewriter(Guarded);

impl JsonRewriter {
    /// A rewriter for one answer.
    pub fn new(plan: Arc<MaskPlan>, limits: &BodyLimits) -> Self {
        Self(Guarded::new("JSON", plan, limits, Texts::One))
    }
}

impl Rewriter for JsonRewriter {
    fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), BodyError> {
        self.0.push(chunk, out)
    }

    fn finish(self: Box<Self>, out: &mut Vec<u8>) -> Result<Tally, BodyError> {
        self.0.finish(out)
    }

    fn records_so_far(&self) -> u64 {
        self.0.records_so_far()
    }
}

/// A sequence of JSON texts; what [`super::NdjsonRewriter`] is made of.
pub(super) fn sequence(plan: Arc<MaskPlan>, limits: &BodyLimits) -> JsonRewriter {
    JsonRewriter(Guarded::new("NDJSON", plan, limits, Texts::Many))
}

/// A walker that is never asked again after an error, and that refuses nothing to those who may see everything.
struct Guarded {
    format: &'static str,
    limits: BodyLimits,
    /// All is clear: the bytes go through beside the walker, which only counts.
    is_clear: bool,
    walker: Walker,
    failed: bool,
    /// Where the walker writes when the bytes go through beside it.
    unused: Vec<u8>,
}

impl Guarded {
    fn new(format: &'static str, plan: Arc<MaskPlan>, limits: &BodyLimits, texts: Texts) -> Self {
        Self {
            format,
            limits: *limits,
            is_clear: plan.is_clear(),
            walker: Walker::new(plan, limits, texts),
            failed: false,
            unused: Vec::new(),
        }
    }

    fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), BodyError> {
        if self.is_clear {
            out.extend_from_slice(chunk);
            if !self.failed {
                self.unused.clear();
                self.failed = self.walker.push(chunk, &mut self.unused).is_err();
            }
            return Ok(());
        }
        if self.failed {
            return Err(BodyError::Spent);
        }
        self.walker.push(chunk, out).map_err(|error| {
            self.failed = true;
            self.error(error)
        })
    }

    fn finish(mut self, out: &mut Vec<u8>) -> Result<Tally, BodyError> {
        if !self.failed {
            let result = match self.is_clear {
                true => self.walker.finish(&mut self.unused),
                false => self.walker.finish(out),
            };
            match result {
                Ok(()) => return Ok(self.walker.retire().finish()),
                Err(error) if !self.is_clear => return Err(self.error(error)),
                Err(_) => self.failed = true,
            }
        }
        if !self.is_clear {
            return Err(BodyError::Spent);
        }
        let mut tally = self.walker.retire().finish();
        tally.unread = true;
        Ok(tally)
    }

    fn records_so_far(&self) -> u64 {
        self.walker.counter().so_far()
    }

    fn error(&self, (fault, at): (Fault, u64)) -> BodyError {
        let format = self.format;
        match fault {
            Fault::Syntax(reason) => BodyError::Syntax { format, reason, at },
            Fault::Truncated => BodyError::Truncated { format, at },
            Fault::TooDeep => BodyError::TooDeep {
                limit: self.limits.max_depth,
                at,
            },
            Fault::ValueTooLong => BodyError::ValueTooLong {
                limit: self.limits.max_value_bytes,
                at,
            },
            Fault::KeyTooLong => BodyError::KeyTooLong {
                limit: self.limits.max_key_bytes,
                at,
            },
        }
    }
}

#[cfg(test)]
mod tests;
