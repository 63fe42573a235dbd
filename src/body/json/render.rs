//! One scalar of a JSON text → what stands there afterwards.

use std::sync::Arc;

use crate::body::BodyLimits;
use crate::mask::detect::MAX_FINDING_BYTES;
use crate::mask::{ClassId, Counter, MaskPlan, Outcome};

use super::escape::Ruler;
use super::keys::Keys;
use super::shape::{Action, Place, Style};
use super::text::{Searched, TextSearch};
use super::{escape, number};

/// Shortest number that detectors see, in characters. What is shorter is an amount or a key of a table; no detector knows it.
pub(super) const MIN_NUMBER: usize = 7;

/// Renders scalars and counts them. After [`Outcome::Changed`], [`Renderer::value`] holds what is to be written.
pub(super) struct Renderer {
    plan: Arc<MaskPlan>,
    pub(super) search: TextSearch,
    pub(super) counter: Counter,
    pub(super) style: Style,
    /// Whether anything was changed since the beginning.
    pub(super) changed: bool,
    text: String,
    rendered: String,
    value: Vec<u8>,
}

/// A string's source between its quotes; valid UTF-8 and valid escapes.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) raw: &'a [u8],
    pub(super) escaped: bool,
}

impl Renderer {
    pub(super) fn new(plan: Arc<MaskPlan>, limits: &BodyLimits) -> Self {
        Self {
            search: TextSearch::new(plan.clone(), limits),
            counter: Counter::new(&plan),
            style: Style::default(),
            changed: false,
            text: String::new(),
            rendered: String::new(),
            value: Vec::new(),
            plan,
        }
    }

    pub(super) fn begin(&mut self) {
        self.counter.clear();
        self.style = Style::default();
        self.changed = false;
    }

    /// Room for unescaped text.
    pub(super) fn scratch(&mut self) -> &mut String {
        &mut self.text
    }

    /// What stands in place of the original: a number or literal whole, a string without its quotes.
    pub(super) fn value(&self) -> &[u8] {
        &self.value
    }

    /// A string in a place that wants more than passing it.
    #[inline]
    pub(super) fn string(&mut self, place: Place, source: Source<'_>, keys: &Keys) -> Outcome {
        let outcome = match place.action {
            Action::Pass => Outcome::Unchanged,
            Action::Count(class) => {
                if !source.raw.is_empty() {
                    self.counter.value(class);
                }
                Outcome::Unchanged
            }
            Action::Mask(class) => self.mask(class, source),
            Action::Search if !source.escaped && self.search.is_harmless(source.raw) => Outcome::Unchanged,
            Action::Guess(class) => self.guess(class, source, place, keys),
            Action::Search => self.searched(place, source, keys),
        };
        self.changed |= outcome == Outcome::Changed;
        outcome
    }

    /// A key that may be data.
    pub(super) fn key(&mut self, source: Source<'_>) -> Outcome {
        let Self { search, counter, .. } = self;
        self.text.clear();
        escape::unescape(text(source.raw), &mut self.text);
        search.detect(&self.text);
        for finding in search.found() {
            counter.detected(finding.class);
        }
        let outcome = self.splice(Span::whole(source, self.text.len())).outcome;
        self.changed |= outcome == Outcome::Changed;
        outcome
    }

    fn mask(&mut self, class: ClassId, source: Source<'_>) -> Outcome {
        if source.raw.is_empty() {
            return Outcome::Unchanged;
        }
        self.counter.value(class);
        let meaning = meaning(source, &mut self.text);
        self.rendered.clear();
        let outcome = self.plan.masker(class).text(meaning, &mut self.rendered);
        if outcome == Outcome::Changed {
            self.value.clear();
            escape::escape(&self.rendered, self.style.ascii(), &mut self.value);
        }
        outcome
    }

    fn guess(&mut self, class: ClassId, source: Source<'_>, place: Place, keys: &Keys) -> Outcome {
        let meaning = meaning(source, &mut self.text);
        match self.plan.masker(class).concerns(meaning) {
            true => self.mask(class, source),
            false => self.searched(place, source, keys),
        }
    }

    fn searched(&mut self, place: Place, source: Source<'_>, keys: &Keys) -> Outcome {
        let meaning = meaning(source, &mut self.text);
        let name = keys.name_of(place.name);
        match self.search.search(meaning, place, name, &mut self.counter) {
            Searched::Same => Outcome::Unchanged,
            Searched::Found => {
                if !source.escaped {
                    self.text.clear();
                    self.text.push_str(text(source.raw));
                }
                self.splice(Span::whole(source, self.text.len())).outcome
            }
            Searched::Whole => {
                self.value.clear();
                escape::escape(self.search.whole(), self.style.ascii(), &mut self.value);
                Outcome::Changed
            }
        }
    }

    /// Searches a span of a longer string; [`Renderer::value`] then holds what of it can be written.
    pub(super) fn span(&mut self, source: Source<'_>, context: &str, is_last: bool) -> Spliced {
        self.text.clear();
        self.text.push_str(context);
        let beyond = escape::unescape(text(source.raw), &mut self.text);
        self.style.add(Style {
            escaped: beyond,
            raw: !source.raw.is_ascii(),
        });
        self.search.detect(&self.text);
        let limit = match is_last {
            true => self.text.len(),
            false => boundary(&self.text, self.text.len().saturating_sub(MAX_FINDING_BYTES)),
        };
        let from = context.len();
        for finding in self.search.found() {
            if (from..limit).contains(&finding.range.start) {
                self.counter.detected(finding.class);
            }
        }
        let spliced = self.splice(Span { source, from, limit });
        self.changed |= spliced.outcome == Outcome::Changed;
        spliced
    }

    /// The last bytes of the text searched last, up to where it was written: what the next span is searched with before it.
    pub(super) fn context(&self, spliced: &Spliced) -> &str {
        let from = spliced.text_done.saturating_sub(MAX_FINDING_BYTES);
        &self.text[boundary(&self.text, from)..spliced.text_done]
    }

    /// Writes the source with the findings in `self.text` rendered, all else byte for byte.
    fn splice(&mut self, span: Span<'_>) -> Spliced {
        let Source { raw, escaped } = span.source;
        let mut ruler = Ruler::new(raw);
        let mut raw_offset = |text_offset: usize| match escaped {
            true => ruler.raw_offset(text_offset - span.from),
            false => text_offset - span.from,
        };
        self.value.clear();
        let (mut done, mut text_done, mut outcome) = (0, span.limit, Outcome::Unchanged);
        for finding in self
            .search
            .found()
            .iter()
            .filter(|finding| finding.range.end > span.from)
        {
            if finding.range.start >= span.limit {
                break;
            }
            let range = finding.range.start.max(span.from)..finding.range.end;
            self.rendered.clear();
            let masker = self.plan.masker(finding.class);
            if masker.text(&self.text[range.clone()], &mut self.rendered) == Outcome::Unchanged {
                continue;
            }
            self.value.extend_from_slice(&raw[done..raw_offset(range.start)]);
            escape::escape(&self.rendered, self.style.ascii(), &mut self.value);
            done = raw_offset(range.end);
            text_done = text_done.max(range.end);
            outcome = Outcome::Changed;
        }
        let raw_done = raw_offset(text_done);
        self.value.extend_from_slice(&raw[done..raw_done]);
        Spliced {
            outcome,
            raw_done,
            text_done,
        }
    }

    /// A number, as it stands in the source.
    pub(super) fn number(&mut self, place: Place, token: &[u8]) -> Outcome {
        let outcome = match place.action {
            Action::Pass => Outcome::Unchanged,
            Action::Count(class) => {
                self.counter.value(class);
                Outcome::Unchanged
            }
            Action::Mask(class) => {
                self.counter.value(class);
                self.masked_number(class, text(token))
            }
            Action::Guess(class) => match self.masked_number(class, text(token)) {
                Outcome::Changed => {
                    self.counter.value(class);
                    Outcome::Changed
                }
                Outcome::Unchanged if token.len() < MIN_NUMBER => Outcome::Unchanged,
                Outcome::Unchanged => self.searched_number(text(token)),
            },
            Action::Search if token.len() < MIN_NUMBER => Outcome::Unchanged,
            Action::Search => self.searched_number(text(token)),
        };
        self.changed |= outcome == Outcome::Changed;
        outcome
    }

    fn searched_number(&mut self, token: &str) -> Outcome {
        self.search.detect(token);
        if self.search.found().is_empty()
            && let Some(written_out) = number::written_out(token)
        {
            self.search.detect(&written_out);
        }
        let Some(class) = self.search.found().first().map(|finding| finding.class) else {
            return Outcome::Unchanged;
        };
        self.counter.detected(class);
        self.masked_number(class, token)
    }

    fn masked_number(&mut self, class: ClassId, token: &str) -> Outcome {
        self.rendered.clear();
        let outcome = self.plan.masker(class).number(token, &mut self.rendered);
        if outcome == Outcome::Changed {
            self.value.clear();
            // INVARIANT: the answer stays JSON, whatever a rendering does.
            let is_number = number::is_valid(self.rendered.as_bytes());
            self.value
                .extend(if is_number { self.rendered.as_bytes() } else { b"0" });
        }
        outcome
    }

    /// `true`, `false` or `null`. The last says nothing and is no value.
    pub(super) fn literal(&mut self, place: Place, literal: &'static [u8]) -> Outcome {
        let (Action::Mask(class) | Action::Count(class)) = place.action else {
            return Outcome::Unchanged;
        };
        if literal == b"null" {
            return Outcome::Unchanged;
        }
        self.counter.value(class);
        if literal == b"false" || self.plan.masker(class).boolean(true) {
            return Outcome::Unchanged;
        }
        self.value.clear();
        self.value.extend(b"false");
        self.changed = true;
        Outcome::Changed
    }
}

/// A part of a string's source, whose meaning is at the end of the text that was searched.
struct Span<'a> {
    source: Source<'a>,
    /// Where in the text the meaning of the source begins.
    from: usize,
    /// Findings that begin from here on are left for later.
    limit: usize,
}

impl<'a> Span<'a> {
    fn whole(source: Source<'a>, limit: usize) -> Self {
        Self { source, from: 0, limit }
    }
}

/// How far a span was written.
pub(super) struct Spliced {
    outcome: Outcome,
    /// In bytes of the source.
    pub(super) raw_done: usize,
    /// In bytes of the text.
    text_done: usize,
}

/// The character boundary at an offset, or before it.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// What a source means; only if it holds escapes, that is written into `room`.
fn meaning<'a>(source: Source<'a>, room: &'a mut String) -> &'a str {
    if !source.escaped {
        return text(source.raw);
    }
    room.clear();
    escape::unescape(text(source.raw), room);
    room
}

/// Bytes whose UTF-8 was checked when they were scanned. Were it not so, they would be rendered as something that they are not.
fn text(raw: &[u8]) -> &str {
    std::str::from_utf8(raw).unwrap_or("\u{FFFD}")
}
