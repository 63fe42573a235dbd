//! A string while it is read: where it ends, and what is known of it.

use super::Fault;
use super::escape::Escape;
use super::scan;
use super::shape::Style;

/// What is known of a string's bytes so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Strand {
    escape: Escape,
    /// It holds escapes.
    pub(super) escaped: bool,
    /// An escape means a character beyond ASCII.
    beyond: bool,
    /// It holds bytes beyond ASCII.
    pub(super) non_ascii: bool,
}

impl Strand {
    /// Reads on from `at`. `Some(end)` is where the closing quote stands; `None`: all bytes belong to it.
    #[inline(always)]
    pub(super) fn advance(&mut self, bytes: &[u8], at: usize) -> Result<Option<usize>, (Fault, usize)> {
        if self.escape == Escape::None {
            let run = scan::run(bytes, at);
            self.non_ascii |= run.non_ascii;
            match bytes.get(run.end) {
                Some(b'"') => return Ok(Some(run.end)),
                None => return Ok(None),
                Some(_) => return self.advance_slowly(bytes, run.end),
            }
        }
        self.advance_slowly(bytes, at)
    }

    #[inline(never)]
    fn advance_slowly(&mut self, bytes: &[u8], mut at: usize) -> Result<Option<usize>, (Fault, usize)> {
        loop {
            while self.escape != Escape::None {
                let Some(&byte) = bytes.get(at) else { return Ok(None) };
                let (next, beyond) = self.escape.take(byte).ok_or((Fault::Syntax("no valid escape"), at))?;
                self.beyond |= beyond;
                self.escape = next;
                at += 1;
            }
            let run = scan::run(bytes, at);
            self.non_ascii |= run.non_ascii;
            at = run.end;
            match bytes.get(at) {
                None => return Ok(None),
                Some(b'"') => return Ok(Some(at)),
                Some(b'\\') => {
                    self.escape = Escape::Begun;
                    self.escaped = true;
                    at += 1;
                }
                Some(_) => return Err((Fault::Syntax("control character in a string"), at)),
            }
        }
    }

    pub(super) fn style(&self) -> Style {
        Style {
            escaped: self.beyond,
            raw: self.non_ascii,
        }
    }
}
