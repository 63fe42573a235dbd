//! What is written in place of a cell, by what the plan says of its column.

use std::borrow::Cow;

use super::cell::{self, PLAIN_REDACTED};
use super::columns::CellRule;
use super::dialect::Dialect;
use crate::mask::detect::Finding;
use crate::mask::plan::Counter;
use crate::mask::{ClassId, MaskPlan, Outcome, Rendering, Treatment};

/// Renders cells and counts them; its room is used again for each.
pub(super) struct Pen {
    pub(super) dialect: Dialect,
    pub(super) counter: Counter,
    /// The cell last written, in the file's charset.
    pub(super) cell: Vec<u8>,
    text: String,
    findings: Vec<Finding>,
}

impl Pen {
    pub(super) fn new(plan: &MaskPlan, dialect: Dialect) -> Self {
        let mut counter = Counter::new(plan);
        counter.begin_record();
        Self {
            dialect,
            counter,
            cell: Vec::new(),
            text: String::new(),
            findings: Vec::new(),
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
                Treatment::Field(class) => self.field(raw, class, plan),
                Treatment::Detect => plan.detectors().may_match(raw) && self.search(raw, plan),
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

    fn field(&mut self, raw: &[u8], class: ClassId, plan: &MaskPlan) -> bool {
        let content = cell::content(raw);
        if content.is_empty() {
            return false;
        }
        self.counter.value(class);
        let masker = plan.masker(class);
        if masker.rendering() == Rendering::Clear {
            return false;
        }
        // What is not valid in the file's charset cannot be shown partly.
        let Some(text) = self.dialect.charset.decode(&content) else {
            return self.redact();
        };
        self.text.clear();
        masker.text(cell::unguarded(&text), &mut self.text) == Outcome::Changed
    }

    fn search(&mut self, raw: &[u8], plan: &MaskPlan) -> bool {
        let content = cell::content(raw);
        let charset = self.dialect.charset;
        let decoded = charset.decode(&content);
        let text = decoded
            .as_deref()
            .map_or_else(|| charset.lossy(&content), Cow::Borrowed);
        plan.detectors().find(&text, &mut self.findings);
        self.text.clear();
        let (mut copied, mut changed) = (0, false);
        for finding in &self.findings {
            self.counter.detected(finding.class);
            self.text.push_str(&text[copied..finding.range.start]);
            copied = finding.range.end;
            let value = &text[finding.range.clone()];
            match plan.masker(finding.class).text(value, &mut self.text) {
                Outcome::Changed => changed = true,
                Outcome::Unchanged => self.text.push_str(value),
            }
        }
        self.text.push_str(&text[copied..]);
        changed && (decoded.is_some() || self.redact())
    }
}
