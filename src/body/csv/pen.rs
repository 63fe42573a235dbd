//! What is written in place of a cell, by what the plan says of its column.

use std::borrow::Cow;
use std::sync::Arc;

use super::cell::{self, PLAIN_REDACTED};
use super::columns::CellRule;
use super::dialect::Dialect;
use crate::body::BodyLimits;
use crate::body::charset::Charset;
use crate::body::json::TextSearch;
use crate::mask::plan::Counter;
use crate::mask::plan::PathState;
use crate::mask::{ClassId, MaskPlan, Outcome, Rendering, Treatment};

/// Shortest Base64 text that is looked into, in characters; as in JSON.
const MIN_BASE64: usize = 12;

/// Renders cells and counts them; its room is used again for each.
pub(super) struct Pen {
    pub(super) dialect: Dialect,
    pub(super) counter: Counter,
    /// The cell last written, in the file's charset.
    pub(super) cell: Vec<u8>,
    text: String,
    texts: TextSearch,
}

impl Pen {
    pub(super) fn new(plan: &Arc<MaskPlan>, limits: &BodyLimits, dialect: Dialect) -> Self {
        let mut counter = Counter::new(plan);
        counter.begin_record();
        Self {
            dialect,
            counter,
            cell: Vec::new(),
            text: String::new(),
            texts: TextSearch::new(Arc::clone(plan), limits),
        }
    }

    /// One row ends, and the next begins.
    pub(super) fn end_record(&mut self) {
        self.counter.end_record();
        self.counter.begin_record();
    }

    /// Whether the raw cell is to be written anew; then `self.cell` holds it, with `tail` behind it.
    #[inline]
    pub(super) fn write(&mut self, raw: &[u8], tail: &[u8], rule: CellRule, plan: &MaskPlan) -> bool {
        let changed = match rule {
            CellRule::Stray => self.stray(raw),
            CellRule::Column(column) => match column.treatment {
                Treatment::Plain => false,
                Treatment::Field(class) => self.field(raw, class, column.state, plan),
                Treatment::Detect => self.search(raw, column.state, plan),
            },
        };
        if changed {
            self.cell.clear();
            cell::write(
                &self.text,
                raw[0] == b'"',
                self.dialect.delimiter,
                self.dialect.charset,
                &mut self.cell,
            );
            self.cell.extend_from_slice(tail);
        }
        changed
    }

    fn redact(&mut self) -> bool {
        self.text.clear();
        self.text.push_str(PLAIN_REDACTED);
        true
    }

    fn stray(&mut self, raw: &[u8]) -> bool {
        !cell::content(raw).trim_ascii().is_empty() && self.redact()
    }

    fn field(&mut self, raw: &[u8], class: ClassId, state: PathState, plan: &MaskPlan) -> bool {
        let content = cell::content(raw);
        if content.is_empty() {
            return false;
        }
        let masker = plan.masker(class);
        if masker.rendering() == Rendering::Clear && !masker.is_guess() {
            self.counter.value(class);
            return false;
        }
        // What is not valid in the file's charset cannot be shown partly.
        let Some(text) = self.dialect.charset.decode(&content) else {
            self.counter.value(class);
            return masker.rendering() != Rendering::Clear && self.redact();
        };
        self.text.clear();
        let changed = masker.text(cell::unguarded(&text), &mut self.text) == Outcome::Changed;
        // A guessed class of which the value is none leaves it to the detectors.
        if masker.is_guess() && !changed {
            return self.search(raw, state, plan);
        }
        self.counter.value(class);
        changed
    }

    #[inline]
    fn search(&mut self, raw: &[u8], state: PathState, plan: &MaskPlan) -> bool {
        let may_be_json = may_be_json(raw.strip_prefix(b"\"").unwrap_or(raw));
        // The detectors' quick test knows UTF-8 alone.
        let unread = self.dialect.charset != Charset::Utf8 && !raw.is_ascii();
        (may_be_json || unread || plan.detectors().may_match(raw)) && self.search_text(raw, state)
    }

    fn search_text(&mut self, raw: &[u8], state: PathState) -> bool {
        let content = cell::content(raw);
        let charset = self.dialect.charset;
        let decoded = charset.decode(&content);
        let text = decoded
            .as_deref()
            .map_or_else(|| charset.lossy(&content), Cow::Borrowed);
        self.text.clear();
        let changed = self.texts.rewrite(&text, state, &mut self.counter, &mut self.text) == Outcome::Changed;
        changed && (decoded.is_some() || self.redact())
    }
}

/// Whether a text may be JSON, as it is or in Base64 (`{"` and `[…` begin with `e` and `W` there).
fn may_be_json(text: &[u8]) -> bool {
    match text {
        [b'{' | b'[' | b'"' | b' ' | b'\t' | b'\r' | b'\n', ..] => true,
        [b'e' | b'W', ..] => text.len() >= MIN_BASE64,
        _ => false,
    }
}
