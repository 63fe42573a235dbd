//! The part behind the format: charset in, rewriter, charset out.

use std::sync::Arc;

use crate::body::charset::{Charset, Transcoder};
use crate::body::sniff::Format;
use crate::body::{BodyError, BodyLimits, CsvRewriter, JsonRewriter, NdjsonRewriter, Rewriter};
use crate::mask::{MaskPlan, Tally};

/// One answer being rewritten.
pub(super) struct Pipeline {
    format: Format,
    charset: Charset,
    transcoder: Option<Transcoder>,
    /// `None` once it failed while it was only counting.
    rewriter: Option<Box<dyn Rewriter>>,
    /// All is clear: bytes pass as they are, and what the rewriter makes of them is thrown away.
    only_counts: bool,
    inward: Vec<u8>,
    rewritten: Vec<u8>,
    unused: Vec<u8>,
}

impl Pipeline {
    /// `charset` is what the first bytes or the label say; `label` what the label alone says.
    pub(super) fn new(
        format: Format,
        charset: Charset,
        label: Option<Charset>,
        plan: &Arc<MaskPlan>,
        limits: &BodyLimits,
    ) -> Self {
        let table_as_it_is = format == Format::Csv && !charset.is_wide();
        let plan_of_its_own = Arc::clone(plan);
        let rewriter: Box<dyn Rewriter> = match format {
            // A table in a superset of ASCII is read as it is, and tells its charset itself.
            Format::Csv if table_as_it_is => Box::new(CsvRewriter::new(plan_of_its_own, limits, label)),
            Format::Csv => Box::new(CsvRewriter::new(plan_of_its_own, limits, Some(Charset::Utf8))),
            Format::Ndjson => Box::new(NdjsonRewriter::new(plan_of_its_own, limits)),
            Format::Json | Format::Empty | Format::Opaque => Box::new(JsonRewriter::new(plan_of_its_own, limits)),
        };
        Self {
            format,
            charset,
            transcoder: if table_as_it_is { None } else { Transcoder::new(charset) },
            rewriter: Some(rewriter),
            only_counts: plan.is_clear(),
            inward: Vec::new(),
            rewritten: Vec::new(),
            unused: Vec::new(),
        }
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    pub(super) fn records_so_far(&self) -> u64 {
        self.rewriter.as_ref().map_or(0, |rewriter| rewriter.records_so_far())
    }

    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), BodyError> {
        if !self.only_counts {
            return self.rewrite(bytes, out);
        }
        out.extend_from_slice(bytes);
        let mut unused = std::mem::take(&mut self.unused);
        if self.rewriter.is_some() && self.rewrite(bytes, &mut unused).is_err() {
            self.rewriter = None;
        }
        unused.clear();
        self.unused = unused;
        Ok(())
    }

    fn rewrite(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), BodyError> {
        let Some(rewriter) = &mut self.rewriter else {
            return Err(BodyError::Spent);
        };
        let Some(transcoder) = &mut self.transcoder else {
            return rewriter.push(bytes, out);
        };
        self.inward.clear();
        self.rewritten.clear();
        transcoder.inward(bytes, &mut self.inward)?;
        let pushed = rewriter.push(&self.inward, &mut self.rewritten);
        transcoder.outward(&self.rewritten, out)?;
        pushed
    }

    pub(super) fn finish(self, out: &mut Vec<u8>) -> Result<(Charset, Tally), BodyError> {
        if !self.only_counts {
            return self.finish_rewriting(out);
        }
        let unread = (
            self.charset,
            Tally {
                unread: true,
                ..Tally::default()
            },
        );
        Ok(self.finish_rewriting(&mut Vec::new()).unwrap_or(unread))
    }

    fn finish_rewriting(self, out: &mut Vec<u8>) -> Result<(Charset, Tally), BodyError> {
        let Some(mut rewriter) = self.rewriter else {
            return Err(BodyError::Spent);
        };
        let Some(mut transcoder) = self.transcoder else {
            return Ok((self.charset, rewriter.finish(out)?));
        };
        let (mut last, mut rewritten) = (Vec::new(), Vec::new());
        transcoder.inward_end(&mut last)?;
        rewriter.push(&last, &mut rewritten)?;
        let tally = rewriter.finish(&mut rewritten)?;
        transcoder.outward(&rewritten, out)?;
        Ok((transcoder.told(self.charset), tally))
    }
}
