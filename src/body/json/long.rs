//! Strings too long to be searched at once: in windows that overlap.
//!
//! INVARIANT: where a window ends depends on the string's bytes alone and not on how they came, so the output does too.

use super::escape;
use super::render::{Renderer, Source};

/// Longest string searched at once, in bytes as sent. Longer ones cost no more memory than this, unless they may be JSON.
pub(super) const WINDOW: usize = 64 << 10;

/// The part of a long string that is not written yet.
#[derive(Debug, Default)]
pub(super) struct LongText {
    pending: Vec<u8>,
    /// The last of what was written, unescaped: a finding may lean on what stands before it.
    context: String,
}

impl LongText {
    /// Takes more of the string's source (valid escapes) and appends what can be written. `None`: no valid UTF-8.
    pub(super) fn take(&mut self, mut piece: &[u8], renderer: &mut Renderer, out: &mut Vec<u8>) -> Option<()> {
        while !piece.is_empty() {
            let (now, later) = piece.split_at(piece.len().min(WINDOW - self.pending.len()));
            self.pending.extend_from_slice(now);
            piece = later;
            if self.pending.len() == WINDOW {
                self.search(false, renderer, out)?;
            }
        }
        Some(())
    }

    /// Ends the string.
    pub(super) fn end(mut self, renderer: &mut Renderer, out: &mut Vec<u8>) -> Option<()> {
        self.search(true, renderer, out)
    }

    fn search(&mut self, is_last: bool, renderer: &mut Renderer, out: &mut Vec<u8>) -> Option<()> {
        let kept_back = if is_last { 0 } else { escape::unfinished(&self.pending) };
        let raw = &self.pending[..self.pending.len() - kept_back];
        std::str::from_utf8(raw).ok()?;
        let spliced = renderer.span(Source { raw, escaped: true }, &self.context, is_last);
        out.extend_from_slice(renderer.value());
        self.context.clear();
        self.context.push_str(renderer.context(&spliced));
        self.pending.drain(..spliced.raw_done);
        Some(())
    }
}
