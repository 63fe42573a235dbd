//! The renderings of one data class, ready to be applied to values.

use std::sync::Arc;

use super::Rendering;
use super::partial::PartialForm;

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

/// What a data class says of the look of its values: the input to [`Masker::new`]. Parsed from `data-classes.yaml` by `catalog`.
#[derive(Clone, Debug)]
pub struct ClassSpec {
    /// Name, such as `phone`.
    pub name: Arc<str>,
    /// How the class is shown partly.
    pub partial: PartialForm,
    /// FF1 domain and rule; `None` means a surrogate rule on this class is refused when the policy is loaded.
    pub surrogate: Option<crate::fpe::SurrogateForm>,
}

/// One data class in one rendering, with the key material that it needs.
#[derive(Clone, Debug)]
pub struct Masker {
    class: ClassId,
    rendering: Rendering,
    spec: Arc<ClassSpec>,
    cipher: Option<Arc<crate::fpe::SurrogateCipher>>,
}

/// What a redacted text shows; chosen not to begin with a character that spreadsheets take for a formula.
pub const REDACTED_TEXT: &str = "\u{2022}\u{2022}\u{2022}";

impl Masker {
    /// A masker for one class. `cipher` is needed for [`Rendering::Surrogate`] alone; without it such a masker redacts.
    pub fn new(
        class: ClassId,
        rendering: Rendering,
        spec: Arc<ClassSpec>,
        cipher: Option<Arc<crate::fpe::SurrogateCipher>>,
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

    /// Renders a text (decoded: no JSON escapes, no CSV quotes, UTF-8) and appends the rendering to `out`.
    ///
    /// An empty text stays empty and is reported as unchanged: that nothing stands there is no secret.
    pub fn text(&self, value: &str, out: &mut String) -> Outcome {
        let _ = (&self.spec, &self.cipher);
        if self.rendering == Rendering::Clear || value.is_empty() {
            return Outcome::Unchanged;
        }
        out.push_str(REDACTED_TEXT);
        Outcome::Changed
    }

    /// Renders a JSON number given as its source characters; what is appended is again a JSON number.
    pub fn number(&self, raw: &str, out: &mut String) -> Outcome {
        let _ = raw;
        if self.rendering == Rendering::Clear {
            return Outcome::Unchanged;
        }
        out.push('0');
        Outcome::Changed
    }

    /// Renders a boolean: `false` unless it may be shown. `null` is never rendered: it says nothing.
    pub fn boolean(&self, value: bool) -> bool {
        value && self.rendering == Rendering::Clear
    }
}
