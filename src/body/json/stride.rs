//! The inner loop: strides over what repeats. Nearly all time is spent here.
//!
//! INVARIANT: it only ever does what the grammar's full way ([`Walker::step`]) would do with the same bytes; in doubt it stops before
//! them and leaves them to that.

use crate::mask::Outcome;

use super::Fault;
use super::long::WINDOW;
use super::render::{MIN_NUMBER, Source};
use super::scan::{self, Run};
use super::shape::{Action, NodeId, Place, Step};
use super::token::literal;
use super::walk::{Cursor, Expect, Walker};
use super::{number, utf8};

impl Walker {
    /// Goes on as long as the answer repeats what was learned.
    pub(super) fn stride(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        if !self.at_glue(cursor) {
            return Ok(());
        }
        let bytes = cursor.bytes;
        let mut head = self.learned.shapes.head(self.edge);
        // The scalar that has just ended, if `self` does not know of it yet.
        let mut ended = NodeId::NONE;
        loop {
            let skimmed = self
                .skimmer
                .skim(&self.learned.shapes, &self.renderer.search, head, bytes, cursor.at);
            if skimmed.ended != NodeId::NONE {
                (cursor.at, head, ended) = (skimmed.at, skimmed.head, skimmed.ended);
            }
            self.renderer.style.raw |= skimmed.non_ascii;
            if self.close_all(cursor) {
                (head, ended) = (self.learned.shapes.after(self.node), NodeId::NONE);
                continue;
            }
            let Some(step) = self.learned.shapes.follow(head, &bytes[cursor.at..]) else {
                break;
            };
            let at = cursor.at + step.length;
            let Some(&first) = bytes.get(at) else { break };
            if let Some(end) = self.skip_scalar(cursor, first, at, step)? {
                cursor.at = end;
                (head, ended) = (step.after, step.node);
            } else if matches!(first, b' ' | b'\n' | b'\r' | b'\t' | b']') {
                break;
            } else {
                cursor.at = at;
                self.take(cursor, step.node)?;
                if cursor.at == bytes.len() {
                    return Ok(());
                }
                (head, ended) = (self.learned.shapes.head(self.edge), NodeId::NONE);
            }
        }
        if ended != NodeId::NONE {
            self.node = ended;
            self.after_value(cursor.at, true);
        }
        Ok(())
    }

    /// Whether no byte was read since the last value or the container's opening.
    fn at_glue(&self, cursor: &Cursor<'_>) -> bool {
        let fresh = matches!(self.expect, Expect::Next | Expect::FirstKey | Expect::FirstElement);
        fresh && self.glue_from == cursor.at && self.glue_before.is_empty()
    }

    /// Closes the containers that end at the cursor, if any does.
    ///
    /// INVARIANT: asked only where a value has ended or a container was opened, so the grammar allows the end here.
    #[inline]
    fn close_all(&mut self, cursor: &mut Cursor<'_>) -> bool {
        let from = cursor.at;
        while let Some(&byte @ (b'}' | b']')) = cursor.bytes.get(cursor.at)
            && let Some(frame) = self.frames.last()
            && frame.is_object == (byte == b'}')
        {
            self.close(cursor);
        }
        cursor.at > from
    }

    /// Reads a node's value the long way.
    #[inline(never)]
    fn take(&mut self, cursor: &mut Cursor<'_>, node: NodeId) -> Result<(), Fault> {
        self.note(node);
        self.node = node;
        self.hop = *self.learned.shapes.hop(node);
        self.expect = Expect::Value;
        self.value(cursor)
    }

    /// Notes what a value brings with it beside itself.
    #[inline(never)]
    fn note(&mut self, node: NodeId) {
        let hop = *self.learned.shapes.hop(node);
        self.renderer.style.add(hop.style);
        if hop.counts {
            self.container_mut().index += 1;
        }
    }

    /// Reads the scalar at `at` if it is a common one that lies whole in the chunk, and says where it ends; `None`: take the long way.
    #[inline(always)]
    fn skip_scalar(
        &mut self,
        cursor: &mut Cursor<'_>,
        first: u8,
        at: usize,
        step: Step,
    ) -> Result<Option<usize>, Fault> {
        let bytes = cursor.bytes;
        let end = if first == b'"' {
            let run = scan::run(bytes, at + 1);
            if bytes.get(run.end) != Some(&b'"') || run.end - at > WINDOW {
                return Ok(None);
            }
            if run.non_ascii || step.action != Action::Pass {
                let hop = *self.learned.shapes.hop(step.node);
                if hop.place.record {
                    return Ok(None);
                }
                // How the key is written comes before the value.
                self.renderer.style.add(hop.style);
                self.plain_string(cursor, at + 1, run, hop.place)?;
            }
            run.end + 1
        } else if first.is_ascii_digit() {
            let (end, is_plain) = number::token(bytes, at);
            if !is_plain || !is_quiet(step.action, end - at) {
                return Ok(None);
            }
            end
        } else if matches!(first, b't' | b'f' | b'n') && matches!(step.action, Action::Pass | Action::Search) {
            let literal = literal(first);
            if !bytes[at..].starts_with(literal) {
                return Ok(None);
            }
            at + literal.len()
        } else {
            return Ok(None);
        };
        if !step.is_simple {
            self.note(step.node);
        }
        Ok(Some(end))
    }

    /// A string without escapes that lies whole in the chunk.
    fn plain_string(&mut self, cursor: &mut Cursor<'_>, start: usize, run: Run, place: Place) -> Result<(), Fault> {
        let raw = &cursor.bytes[start..run.end];
        if run.non_ascii {
            if !utf8::is_valid(raw) {
                return Err(Fault::Syntax("no valid UTF-8"));
            }
            self.renderer.style.raw = true;
        }
        let source = Source { raw, escaped: false };
        if self.renderer.string(place, source, &self.learned.keys) == Outcome::Changed {
            cursor.flush(start);
            cursor.out.extend_from_slice(self.renderer.value());
            cursor.run = run.end;
        }
        Ok(())
    }
}

/// Whether a number of this length goes through without being looked at.
fn is_quiet(action: Action, length: usize) -> bool {
    match action {
        Action::Pass => true,
        Action::Search => length < MIN_NUMBER,
        Action::Count(_) | Action::Mask(_) | Action::Guess(_) => false,
    }
}
