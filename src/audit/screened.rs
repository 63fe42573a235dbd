//! Free text that may stand in a record.

use percent_encoding::percent_decode_str;

use crate::mask::detect::{Detectors, Finding};

/// The longest screened text, in bytes: a record stays small whatever a client sends.
pub const MAX_SCREENED_BYTES: usize = 512;
/// What stands in the place of a detected value.
const HIDDEN: &str = "\u{2022}\u{2022}\u{2022}";

/// Text from outside (a path, a parameter's name, a reason) in which the detectors found nothing any more.
///
/// INVARIANT: the only ways to make one are to run the detectors, or to write it down in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screened(String);

impl Screened {
    /// Hides what the detectors find, and cuts what is too long. Segments of a path that are ids of records stay: they are how evidence
    /// is found again; a path whose segments are values of data classes is hidden by their detectors, or by the caller, who knows the route.
    pub fn by(detectors: &Detectors, text: &str) -> Self {
        let mut found: Vec<Finding> = Vec::new();
        if detectors.may_match(text.as_bytes()) {
            detectors.find(text, &mut found);
        }
        let mut shown = String::with_capacity(text.len().min(MAX_SCREENED_BYTES));
        let mut rest = 0;
        for finding in &found {
            shown.push_str(text.get(rest..finding.range.start).unwrap_or_default());
            shown.push_str(HIDDEN);
            rest = finding.range.end;
        }
        shown.push_str(text.get(rest..).unwrap_or_default());
        Self(cut(shown))
    }

    /// A path (RFC 3986 §3.3): each segment is searched with its escapes undone, and one with words beyond ASCII is hidden whole, for such a
    /// word may be a person's name, and no detector knows that.
    pub fn path(detectors: &Detectors, path: &str) -> Self {
        let shown: Vec<String> = path
            .split('/')
            .map(|segment| {
                let plain = percent_decode_str(segment).decode_utf8_lossy();
                match Self::name(detectors, &plain).0 {
                    same if same == *plain => segment.to_owned(),
                    hidden => hidden,
                }
            })
            .collect();
        Self(cut(shown.join("/")))
    }

    /// A name that the client chose, such as a parameter's: hidden whole if it holds words beyond ASCII.
    pub fn name(detectors: &Detectors, name: &str) -> Self {
        if name.chars().any(|c| !c.is_ascii() && c.is_alphabetic()) {
            Self::literal(HIDDEN)
        } else {
            Self::by(detectors, name)
        }
    }

    /// A text of the program's own.
    pub fn literal(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn cut(mut text: String) -> String {
    if text.len() > MAX_SCREENED_BYTES {
        let whole = (0..=MAX_SCREENED_BYTES).rev().find(|&end| text.is_char_boundary(end));
        text.truncate(whole.unwrap_or(0));
        text.push('…');
    }
    text
}
