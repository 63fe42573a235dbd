//! CSV (RFC 4180 and what is sent under its name), rewritten as it streams.
//!
//! Purpose: a table is an array of rows, each an object by header name; the plan says by header, or by column index, what a cell holds.
//!
//! Guarantee: cells that are not masked stay byte for byte, in the charset they came in, and so do delimiters, quotes and line ends. Cells
//! that we write are quoted where they must be, stay in the file's charset, and are never a formula. Only one cell is held at a time.
//! Where a row has more cells than the header, nothing says what they are: they are shown redacted if any column is masked.
//!
//! The first rows (4 KiB) tell charset, delimiter and `sep=`. A row among the first sixteen that holds names of known fields is the header,
//! also below a title line; in a file without one the column indices of the plan and the detectors decide. A cell of the first row that a
//! column index masks is shown only if it is a known name, so that the first record of a headerless file does not slip out.
//!
//! Exceptions: UTF-16 has to be brought to UTF-8 first ([`super::Answer`] does).

mod cell;
mod columns;
mod dialect;
mod pen;
mod rows;
mod scan;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::dialect::Dialect;
use self::rows::Rows;
use super::charset::Charset;
use super::{BodyError, BodyLimits, Rewriter};
use crate::mask::{MaskPlan, Tally};

/// Bytes looked at (4 KiB) before the first is written, to tell charset and delimiter. A whole header and some rows fit.
const WINDOW_BYTES: usize = 4 << 10;

/// Rewrites one CSV file under a plan.
pub struct CsvRewriter {
    phase: Phase,
    plan: Arc<MaskPlan>,
    limits: BodyLimits,
    label: Option<Charset>,
}

enum Phase {
    /// The window is being filled.
    Looking(Vec<u8>),
    Rows(Box<Rows>),
    Spent,
}

impl CsvRewriter {
    /// A rewriter for one file; `label` is the charset that its head claims, if any.
    pub fn new(plan: Arc<MaskPlan>, limits: &BodyLimits, label: Option<Charset>) -> Self {
        Self {
            phase: Phase::Looking(Vec::new()),
            plan,
            limits: *limits,
            label,
        }
    }

    /// The charset that the bytes bear out; `None` while too few were seen.
    pub fn charset(&self) -> Option<Charset> {
        match &self.phase {
            Phase::Rows(rows) => Some(rows.charset()),
            _ => None,
        }
    }

    fn begin(&mut self, window: &[u8], out: &mut Vec<u8>) -> Result<(), BodyError> {
        let dialect = Dialect::tell(window, self.label, &self.plan)?;
        out.extend_from_slice(&window[..dialect.preamble]);
        let mut rows = Rows::new(Arc::clone(&self.plan), &self.limits, dialect);
        rows.push(&window[dialect.preamble..], out)?;
        self.phase = Phase::Rows(Box::new(rows));
        Ok(())
    }
}

impl Rewriter for CsvRewriter {
    fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), BodyError> {
        match std::mem::replace(&mut self.phase, Phase::Spent) {
            Phase::Spent => Err(BodyError::Spent),
            Phase::Rows(mut rows) => {
                rows.push(chunk, out)?;
                self.phase = Phase::Rows(rows);
                Ok(())
            }
            // INVARIANT: the window ends at the same byte however the file was cut.
            Phase::Looking(mut window) => {
                let (now, rest) = chunk.split_at(chunk.len().min(WINDOW_BYTES - window.len()));
                window.extend_from_slice(now);
                if window.len() < WINDOW_BYTES {
                    self.phase = Phase::Looking(window);
                    return Ok(());
                }
                self.begin(&window, out)?;
                self.push(rest, out)
            }
        }
    }

    fn finish(mut self: Box<Self>, out: &mut Vec<u8>) -> Result<Tally, BodyError> {
        if let Phase::Looking(window) = &mut self.phase {
            let window = std::mem::take(window);
            self.begin(&window, out)?;
        }
        match self.phase {
            Phase::Rows(rows) => rows.finish(out),
            Phase::Looking(_) | Phase::Spent => Err(BodyError::Spent),
        }
    }

    fn records_so_far(&self) -> u64 {
        match &self.phase {
            Phase::Rows(rows) => rows.records_so_far(),
            _ => 0,
        }
    }
}
