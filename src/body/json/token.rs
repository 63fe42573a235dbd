//! The tokens of a JSON text: scalars and keys, whole in a chunk or cut by its border.

use crate::mask::{Outcome, Treatment};

use super::long::{LongText, WINDOW};
use super::render::Source;
use super::shape::{Action, Hop};
use super::strand::Strand;
use super::text::looks_like_json;
use super::utf8::{self, Pieces};
use super::walk::{Cursor, Expect, Member, Walker};
use super::{Fault, escape, number};

/// A token that the chunk's end cut.
#[derive(Debug)]
pub(super) enum Token {
    /// None is.
    None,
    /// A string or a key; its bytes go where the second says.
    Text(Strand, Keep),
    /// A number; its bytes are held.
    Number,
    /// `true`, `false` or `null`; its bytes are held.
    Literal,
}

/// What becomes of a cut string's bytes.
#[derive(Debug)]
pub(super) enum Keep {
    /// They are held until it is whole.
    Hold,
    /// They go through as they come.
    Pass(Pieces),
    /// They are searched in windows.
    Search(LongText),
}

impl Walker {
    /// Reads the value at the cursor (no white space).
    #[inline]
    pub(super) fn value(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        match cursor.bytes[cursor.at] {
            b'"' => self.read_string(cursor),
            b'0'..=b'9' | b'-' => self.read_number(cursor),
            b'{' => self.open(cursor, true),
            b'[' => self.open(cursor, false),
            b't' | b'f' | b'n' => self.read_literal(cursor),
            _ => Err(Fault::Syntax("value expected")),
        }
    }

    // ── strings ─────────────────────────────────────────────────────────────────────────────────

    #[inline]
    fn read_string(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let start = cursor.at + 1;
        let mut strand = Strand::default();
        match advance(&mut strand, cursor, start)? {
            Some(end) => {
                let raw = &cursor.bytes[start..end];
                if raw.len() > WINDOW && self.is_long(raw)? {
                    cursor.flush(start);
                    self.search_long(LongText::default(), raw, cursor.out, true)?;
                    cursor.run = end;
                } else if self.whole_string(raw, strand)? == Outcome::Changed {
                    cursor.flush(start);
                    cursor.out.extend_from_slice(self.renderer.value());
                    cursor.run = end;
                }
                cursor.at = end + 1;
                self.end_scalar(cursor.at, true);
                Ok(())
            }
            None => self.cut_string(cursor, start, strand),
        }
    }

    /// A whole string in a value's place.
    #[inline]
    fn whole_string(&mut self, raw: &[u8], strand: Strand) -> Result<Outcome, Fault> {
        if strand.non_ascii && !utf8::is_valid(raw) {
            return Err(Fault::Syntax("no valid UTF-8"));
        }
        self.renderer.style.add(strand.style());
        if self.hop.place.record {
            self.renderer.counter.begin_record();
        }
        let source = Source {
            raw,
            escaped: strand.escaped,
        };
        Ok(self.renderer.string(self.hop.place, source, &self.learned.keys))
    }

    /// A string that goes on in the next chunk.
    #[cold]
    fn cut_string(&mut self, cursor: &mut Cursor<'_>, start: usize, strand: Strand) -> Result<(), Fault> {
        let keep = match self.hop.place.action {
            Action::Pass | Action::Count(_) => Keep::Pass(Pieces::default()),
            Action::Mask(_) | Action::Guess(_) | Action::Search => {
                // What is held is the inside; the quotes are written with it.
                cursor.flush(start - 1);
                self.held.clear();
                cursor.run = start;
                Keep::Hold
            }
        };
        self.token = Token::None;
        self.more_of_value(cursor, start, None, strand, keep)
    }

    /// Takes the part of a value's string that lies in this chunk from `from` on; `end` is its closing quote.
    fn more_of_value(
        &mut self,
        cursor: &mut Cursor<'_>,
        from: usize,
        end: Option<usize>,
        strand: Strand,
        keep: Keep,
    ) -> Result<(), Fault> {
        let to = end.unwrap_or(cursor.bytes.len());
        let piece = &cursor.bytes[from..to];
        cursor.at = to;
        let keep = match keep {
            Keep::Pass(pieces) => self.pass_more(pieces, piece, end.is_some(), strand)?,
            Keep::Search(long) => {
                cursor.run = to;
                self.search_long(long, piece, cursor.out, end.is_some())?
            }
            Keep::Hold => {
                cursor.run = to;
                self.held.extend_from_slice(piece);
                self.hold_more(cursor, end.is_some(), strand)?
            }
        };
        match end {
            None => self.token = Token::Text(strand, keep),
            Some(end) => {
                cursor.at = end + 1;
                self.end_scalar(cursor.at, true);
            }
        }
        Ok(())
    }

    fn pass_more(&mut self, mut pieces: Pieces, piece: &[u8], ends: bool, strand: Strand) -> Result<Keep, Fault> {
        if !pieces.take(piece) || (ends && !pieces.is_whole()) {
            return Err(Fault::Syntax("no valid UTF-8"));
        }
        if ends {
            self.renderer.style.add(strand.style());
            if self.hop.place.record {
                self.renderer.counter.begin_record();
            }
            if let Action::Count(class) = self.hop.place.action
                && !pieces.is_empty()
            {
                self.renderer.counter.value(class);
            }
        }
        Ok(Keep::Pass(pieces))
    }

    /// More of a string came into `self.held`.
    fn hold_more(&mut self, cursor: &mut Cursor<'_>, ends: bool, strand: Strand) -> Result<Keep, Fault> {
        let held = std::mem::take(&mut self.held);
        if held.len() > WINDOW && self.is_long(&held)? {
            cursor.out.push(b'"');
            return self.search_long(LongText::default(), &held, cursor.out, ends);
        }
        if ends {
            cursor.out.push(b'"');
            match self.whole_string(&held, strand)? {
                Outcome::Changed => cursor.out.extend_from_slice(self.renderer.value()),
                Outcome::Unchanged => cursor.out.extend_from_slice(&held),
            }
        }
        self.held = held;
        Ok(Keep::Hold)
    }

    /// Whether a string of more than a window is to be searched in windows. If not, it is held; an error if it is too long for that.
    ///
    /// INVARIANT: the answer for a string is the same whenever it is asked with more of it, so chunks make no difference.
    fn is_long(&mut self, so_far: &[u8]) -> Result<bool, Fault> {
        let limit = self.limits.max_value_bytes;
        match self.hop.place.action {
            Action::Pass | Action::Count(_) => Ok(false),
            Action::Mask(_) if so_far.len() > limit => Err(Fault::ValueTooLong),
            Action::Mask(_) => Ok(false),
            Action::Guess(_) | Action::Search => {
                let head = unescaped(&so_far[..WINDOW])?;
                if !looks_like_json(head.as_bytes()) && !head.trim_ascii().is_empty() {
                    return Ok(true);
                }
                if so_far.len() <= limit.max(WINDOW) {
                    return Ok(false);
                }
                let head = unescaped(&so_far[..limit.max(WINDOW)])?;
                match self.plan.is_clear() || self.renderer.search.is_surely_no_json(&head, self.hop.place) {
                    true => Ok(true),
                    false => Err(Fault::ValueTooLong),
                }
            }
        }
    }

    fn search_long(&mut self, mut long: LongText, piece: &[u8], out: &mut Vec<u8>, ends: bool) -> Result<Keep, Fault> {
        let broken = Fault::Syntax("no valid UTF-8");
        // A long text that is a record itself is one only when it is whole; its findings count for it all the same.
        if self.hop.place.record && !self.renderer.counter.in_record() {
            self.renderer.counter.begin_record();
        }
        long.take(piece, &mut self.renderer, out).ok_or(broken)?;
        if ends {
            long.end(&mut self.renderer, out).ok_or(broken)?;
            return Ok(Keep::Hold);
        }
        Ok(Keep::Search(long))
    }

    /// The scalar at hand ended before `at`.
    #[inline(always)]
    fn end_scalar(&mut self, at: usize, delimits_itself: bool) {
        if self.hop.place.record {
            self.renderer.counter.end_record();
        }
        self.after_value(at, delimits_itself);
    }

    // ── keys ────────────────────────────────────────────────────────────────────────────────────

    pub(super) fn read_key(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let start = cursor.at + 1;
        let mut strand = Strand::default();
        match advance(&mut strand, cursor, start)? {
            Some(end) => {
                if self.whole_key(&cursor.bytes[start..end], strand)? == Outcome::Changed {
                    cursor.flush(start);
                    cursor.out.extend_from_slice(self.renderer.value());
                    cursor.run = end;
                }
                cursor.at = end + 1;
                self.expect = Expect::Colon;
                Ok(())
            }
            None => {
                cursor.flush(start - 1);
                self.held.clear();
                self.more_of_key(cursor, start, None, strand)
            }
        }
    }

    fn more_of_key(
        &mut self,
        cursor: &mut Cursor<'_>,
        from: usize,
        end: Option<usize>,
        strand: Strand,
    ) -> Result<(), Fault> {
        let to = end.unwrap_or(cursor.bytes.len());
        self.held.extend_from_slice(&cursor.bytes[from..to]);
        (cursor.at, cursor.run) = (to, to);
        if self.held.len() > self.limits.max_key_bytes {
            return Err(Fault::KeyTooLong);
        }
        let Some(end) = end else {
            self.token = Token::Text(strand, Keep::Hold);
            return Ok(());
        };
        let held = std::mem::take(&mut self.held);
        cursor.out.push(b'"');
        match self.whole_key(&held, strand)? {
            Outcome::Changed => cursor.out.extend_from_slice(self.renderer.value()),
            Outcome::Unchanged => cursor.out.extend_from_slice(&held),
        }
        self.held = held;
        cursor.at = end + 1;
        self.expect = Expect::Colon;
        Ok(())
    }

    /// A whole key: finds the place of its value.
    fn whole_key(&mut self, raw: &[u8], strand: Strand) -> Result<Outcome, Fault> {
        if raw.len() > self.limits.max_key_bytes {
            return Err(Fault::KeyTooLong);
        }
        let text = std::str::from_utf8(raw).map_err(|_| Fault::Syntax("no valid UTF-8"))?;
        let around = *self.container();
        let key = self
            .learned
            .keys
            .get(&self.plan, around.name, text, self.renderer.scratch());
        self.renderer.style.add(key.style);
        // A key can be data: group-by answers have the raw values as keys.
        let mut outcome = Outcome::Unchanged;
        if key.suspicious && around.told.treatment != Treatment::Plain {
            outcome = self.renderer.key(Source {
                raw,
                escaped: strand.escaped,
            });
        }
        let (state, own) = self.plan.child(around.state, key.symbol);
        self.hop = Hop {
            place: self.place(
                state,
                own,
                Member {
                    is_listed: key.numeric,
                    is_structural: key.symbol.is_structural(),
                    name: key.name,
                },
            ),
            counts: false,
            style: key.style,
        };
        self.is_memorable = !key.numeric && !key.suspicious;
        Ok(outcome)
    }

    // ── numbers and literals ────────────────────────────────────────────────────────────────────

    #[inline]
    fn read_number(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let start = cursor.at;
        let (end, is_plain) = number::token(cursor.bytes, start);
        if end == cursor.bytes.len() {
            return self.hold(cursor, Token::Number);
        }
        let token = &cursor.bytes[start..end];
        if self.whole_number(token, is_plain)? == Outcome::Changed {
            cursor.flush(start);
            cursor.out.extend_from_slice(self.renderer.value());
            cursor.run = end;
        }
        cursor.at = end;
        self.end_scalar(end, false);
        Ok(())
    }

    #[inline]
    fn whole_number(&mut self, token: &[u8], is_plain: bool) -> Result<Outcome, Fault> {
        if token.len() > self.limits.max_value_bytes {
            return Err(Fault::ValueTooLong);
        }
        if !is_plain && !number::is_valid(token) {
            return Err(Fault::Syntax("no valid number"));
        }
        if self.hop.place.record {
            self.renderer.counter.begin_record();
        }
        Ok(self.renderer.number(self.hop.place, token))
    }

    fn read_literal(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let start = cursor.at;
        let literal = literal(cursor.bytes[start]);
        let rest = &cursor.bytes[start..];
        if rest.len() < literal.len() && literal.starts_with(rest) {
            return self.hold(cursor, Token::Literal);
        }
        if !rest.starts_with(literal) {
            return Err(Fault::Syntax("value expected"));
        }
        if self.whole_literal(literal) == Outcome::Changed {
            cursor.flush(start);
            cursor.out.extend_from_slice(self.renderer.value());
            cursor.run = start + literal.len();
        }
        cursor.at = start + literal.len();
        self.end_scalar(cursor.at, false);
        Ok(())
    }

    fn whole_literal(&mut self, literal: &'static [u8]) -> Outcome {
        if self.hop.place.record {
            self.renderer.counter.begin_record();
        }
        self.renderer.literal(self.hop.place, literal)
    }

    /// Keeps the token that begins at the cursor, for the next chunk to end it.
    fn hold(&mut self, cursor: &mut Cursor<'_>, token: Token) -> Result<(), Fault> {
        cursor.flush(cursor.at);
        self.held.clear();
        self.held.extend_from_slice(&cursor.bytes[cursor.at..]);
        cursor.at = cursor.bytes.len();
        cursor.run = cursor.at;
        self.token = token;
        match self.held.len() > self.limits.max_value_bytes {
            true => Err(Fault::ValueTooLong),
            false => Ok(()),
        }
    }

    // ── what a chunk's end cut ──────────────────────────────────────────────────────────────────

    /// Goes on with the token that the last chunk's end cut.
    pub(super) fn resume(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        match std::mem::replace(&mut self.token, Token::None) {
            Token::None => Ok(()),
            Token::Text(mut strand, keep) => {
                let end = advance(&mut strand, cursor, 0)?;
                match self.expect {
                    Expect::Key | Expect::FirstKey => self.more_of_key(cursor, 0, end, strand),
                    _ => self.more_of_value(cursor, 0, end, strand, keep),
                }
            }
            Token::Number => self.resume_number(cursor),
            Token::Literal => self.resume_literal(cursor),
        }
    }

    fn resume_number(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let end = number::end(cursor.bytes, 0);
        self.held.extend_from_slice(&cursor.bytes[..end]);
        (cursor.at, cursor.run) = (end, end);
        if self.held.len() > self.limits.max_value_bytes {
            return Err(Fault::ValueTooLong);
        }
        if end == cursor.bytes.len() {
            self.token = Token::Number;
            return Ok(());
        }
        self.end_number(cursor.out, end)
    }

    fn end_number(&mut self, out: &mut Vec<u8>, at: usize) -> Result<(), Fault> {
        let held = std::mem::take(&mut self.held);
        match self.whole_number(&held, false)? {
            Outcome::Changed => out.extend_from_slice(self.renderer.value()),
            Outcome::Unchanged => out.extend_from_slice(&held),
        }
        self.held = held;
        self.end_scalar(at, false);
        Ok(())
    }

    fn resume_literal(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let literal = literal(self.held[0]);
        let wanted = &literal[self.held.len()..];
        let piece = &cursor.bytes[..wanted.len().min(cursor.bytes.len())];
        if !wanted.starts_with(piece) {
            return Err(Fault::Syntax("value expected"));
        }
        (cursor.at, cursor.run) = (piece.len(), piece.len());
        if piece.len() < wanted.len() {
            self.held.extend_from_slice(piece);
            self.token = Token::Literal;
            return Ok(());
        }
        match self.whole_literal(literal) {
            Outcome::Changed => cursor.out.extend_from_slice(self.renderer.value()),
            Outcome::Unchanged => cursor.out.extend_from_slice(literal),
        }
        self.end_scalar(cursor.at, false);
        Ok(())
    }

    /// The text ends: only a number can be whole without a byte after it.
    pub(super) fn end_token(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        match std::mem::replace(&mut self.token, Token::None) {
            Token::None => Ok(()),
            Token::Number => self.end_number(out, 0),
            Token::Text(..) | Token::Literal => Err(Fault::Truncated),
        }
    }
}

/// Lets a string go on; an error is placed where it stands.
#[inline(always)]
fn advance(strand: &mut Strand, cursor: &mut Cursor<'_>, from: usize) -> Result<Option<usize>, Fault> {
    strand.advance(cursor.bytes, from).map_err(|(fault, at)| {
        cursor.at = at;
        fault
    })
}

/// The literal that begins with a byte.
pub(super) fn literal(first: u8) -> &'static [u8] {
    match first {
        b't' => b"true",
        b'f' => b"false",
        _ => b"null",
    }
}

/// What the beginning of a string's source means.
fn unescaped(head: &[u8]) -> Result<String, Fault> {
    let whole = &head[..head.len() - escape::unfinished(head)];
    let raw = std::str::from_utf8(whole).map_err(|_| Fault::Syntax("no valid UTF-8"))?;
    let mut text = String::new();
    escape::unescape(raw, &mut text);
    Ok(text)
}
