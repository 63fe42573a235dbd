//! The renderings of one data class, ready to be applied to values.

use std::sync::Arc;

use super::Rendering;
use super::partial::{PartialForm, person};
use crate::fpe::SurrogateCipher;

/// Index of a data class in the snapshot's registry (`catalog::DataClasses`); dense from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub u16);

/// Whether a masker wrote something else than the value it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// The value may be shown as it is; nothing was written and the caller copies the original bytes.
    Unchanged,
    /// The rendering was appended to the output.
    Changed,
}

/// Which values of a field belong to its class at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Applies {
    /// Every value: the field's name is sure.
    #[default]
    Always,
    /// Values that may be the name of a person: the field's name (a bare `name`, `名称`) is a guess, and a product's name is not masked.
    PersonLike,
}

/// What a data class says of the look of its values: the input to [`Masker::new`]. Parsed from `data-classes.yaml` by `catalog`.
#[derive(Clone, Debug)]
pub struct ClassSpec {
    /// Name, such as `phone`.
    pub name: Arc<str>,
    /// How the class is shown partly.
    pub partial: PartialForm,
    /// FF1 domain and rule; `None` means a surrogate rule on this class is refused when the policy is loaded.
    pub surrogate: Option<crate::fpe::SurrogateForm>,
    /// Which values are rendered; others are [`Outcome::Unchanged`].
    pub applies: Applies,
}

impl ClassSpec {
    /// The look of a class whose every value is rendered.
    pub fn new(name: &str, partial: PartialForm, surrogate: Option<crate::fpe::SurrogateForm>) -> Self {
        Self {
            name: name.into(),
            partial,
            surrogate,
            applies: Applies::Always,
        }
    }
}

/// One data class in one rendering, with the key material that it needs.
#[derive(Clone, Debug)]
pub struct Masker {
    class: ClassId,
    rendering: Rendering,
    spec: Arc<ClassSpec>,
    cipher: Option<Arc<SurrogateCipher>>,
}

/// What a redacted text shows; chosen not to begin with a character that spreadsheets take for a formula.
pub const REDACTED_TEXT: &str = "\u{2022}\u{2022}\u{2022}";

/// What a redacted or unrenderable number shows.
pub const REDACTED_NUMBER: &str = "0";

/// A number under a guessed name is a sequence or a count, unless it is as long as a mobile number.
const MIN_GUESSED_NUMBER: usize = 11;

/// Between several values in one field: `13812345678/0757-81234567`, `a@example.com; b@example.com`.
const LIST_SEPARATORS: [char; 9] = ['/', ';', '\u{ff1b}', '\u{3001}', ',', '\u{ff0c}', '|', '\n', '\r'];

impl Masker {
    /// A masker for one class. `cipher` is needed for [`Rendering::Surrogate`] alone; without it such a masker redacts.
    pub fn new(
        class: ClassId,
        rendering: Rendering,
        spec: Arc<ClassSpec>,
        cipher: Option<Arc<SurrogateCipher>>,
    ) -> Self {
        Self {
            class,
            rendering,
            spec,
            cipher,
        }
    }

    /// The class.
    pub fn class(&self) -> ClassId {
        self.class
    }

    /// The rendering.
    pub fn rendering(&self) -> Rendering {
        self.rendering
    }

    /// Whether the class is only guessed by the field's name (`applies: person_like`). Where such a masker leaves a text unchanged, no rule
    /// has spoken: the caller searches it with the detectors; and the class is not handed down into containers.
    pub fn is_guess(&self) -> bool {
        self.spec.applies == Applies::PersonLike
    }

    /// Renders a text (decoded: no JSON escapes, no CSV quotes, UTF-8) and appends the rendering to `out`.
    ///
    /// A text of nothing but white space is reported as unchanged: that nothing stands there is no secret. What is appended never begins
    /// with a character that a spreadsheet takes for a formula.
    pub fn text(&self, value: &str, out: &mut String) -> Outcome {
        if self.rendering == Rendering::Clear || value.trim_start().is_empty() || !self.concerns(value) {
            return Outcome::Unchanged;
        }
        let start = out.len();
        let shown = self.one(value, out) || self.list(value, out);
        // INVARIANT: what is not shown in the asked form is redacted; nothing of it stays in `out`.
        if !shown || starts_formula(&out[start..]) {
            out.truncate(start);
            out.push_str(REDACTED_TEXT);
        }
        Outcome::Changed
    }

    /// Whether a value belongs to the class at all; only a guess ([`Masker::is_guess`]) can say no.
    pub fn concerns(&self, value: &str) -> bool {
        match self.spec.applies {
            Applies::Always => true,
            Applies::PersonLike => person::may_be_person(value),
        }
    }

    /// Renders one value; `false` with nothing written where it has no such rendering.
    fn one(&self, value: &str, out: &mut String) -> bool {
        match self.rendering {
            Rendering::Partial => self.spec.partial.text(value, out),
            Rendering::Surrogate => self.cipher.as_ref().is_some_and(|cipher| cipher.encrypt(value, out)),
            // No coarser form is defined yet for any class: `generalised` shows nothing, which is stricter.
            Rendering::Generalised | Rendering::Redacted | Rendering::Clear => false,
        }
    }

    /// Renders several values with separators between them, all or none.
    fn list(&self, value: &str, out: &mut String) -> bool {
        if !matches!(self.rendering, Rendering::Partial | Rendering::Surrogate) || !value.contains(LIST_SEPARATORS) {
            return false;
        }
        let start = out.len();
        for part in value.split_inclusive(LIST_SEPARATORS) {
            let item = part.trim_end_matches(LIST_SEPARATORS);
            if !item.trim().is_empty() && !self.one(item, out) {
                out.truncate(start);
                return false;
            }
            out.push_str(&part[item.len()..]);
        }
        true
    }

    /// Renders a JSON number given as its source characters; what is appended is again a JSON number.
    pub fn number(&self, raw: &str, out: &mut String) -> Outcome {
        if self.rendering == Rendering::Clear || (self.is_guess() && raw.len() < MIN_GUESSED_NUMBER) {
            return Outcome::Unchanged;
        }
        let start = out.len();
        let shown = match self.rendering {
            Rendering::Partial => self.spec.partial.number(raw, out),
            Rendering::Surrogate => self.surrogate_number(raw, out),
            _ => false,
        };
        if !shown {
            out.truncate(start);
            out.push_str(REDACTED_NUMBER);
        }
        Outcome::Changed
    }

    /// The surrogate of an integer, if it is an integer too: digits alone, and no leading zero.
    fn surrogate_number(&self, raw: &str, out: &mut String) -> bool {
        let start = out.len();
        let integer = |text: &str| !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
        integer(raw) && self.cipher.as_ref().is_some_and(|cipher| cipher.encrypt(raw, out)) && integer(&out[start..])
    }

    /// Renders a boolean: `false` unless it may be shown. `null` is never rendered: it says nothing.
    pub fn boolean(&self, value: bool) -> bool {
        value && (self.rendering == Rendering::Clear || self.is_guess())
    }
}

/// Whether a spreadsheet could take a cell with this text for a formula (OWASP, CSV injection), ASCII or full-width.
fn starts_formula(text: &str) -> bool {
    // Digits, letters, stars and Han begin almost all renderings.
    if matches!(
        text.as_bytes().first(),
        Some(b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'*' | 0xe4..=0xe9)
    ) {
        return false;
    }
    let first = text
        .trim_start_matches([' ', '\u{a0}', '\u{3000}', '\u{feff}', '\u{200b}'])
        .chars()
        .next();
    let first = if text.starts_with(['\t', '\r', '\n']) {
        text.chars().next()
    } else {
        first
    };
    matches!(
        first,
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}')
    )
}

#[cfg(test)]
mod tests;
