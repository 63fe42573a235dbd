//! A sequence of JSON texts: NDJSON (one for each line), concatenated JSON, and RFC 7464 (with a record separator before each).
//!
//! Purpose, guarantees and exceptions are those of [`super::json`]. For the plan, the texts are the elements of one array: a path
//! `$[*].phone` speaks of the field `phone` of each, and each is a record. Between texts stands white space or a record separator;
//! objects, arrays and strings may also follow one another without.

use std::sync::Arc;

use super::json::{self, JsonRewriter};
use super::{BodyError, BodyLimits, Rewriter};
use crate::mask::{MaskPlan, Tally};

/// Rewrites a sequence of JSON texts under a plan.
pub struct NdjsonRewriter(JsonRewriter);

impl NdjsonRewriter {
    /// A rewriter for one answer.
    pub fn new(plan: Arc<MaskPlan>, limits: &BodyLimits) -> Self {
        Self(json::sequence(plan, limits))
    }
}

impl Rewriter for NdjsonRewriter {
    fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), BodyError> {
        self.0.push(chunk, out)
    }

    fn finish(self: Box<Self>, out: &mut Vec<u8>) -> Result<Tally, BodyError> {
        Box::new(self.0).finish(out)
    }

    fn records_so_far(&self) -> u64 {
        self.0.records_so_far()
    }
}
