//! Detectors: finding sensitive values in text that no rule speaks of.

use std::ops::Range;

use super::ClassId;

/// A detected value: byte range in the text, and its class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Byte range in the searched text, on character boundaries.
    pub range: Range<usize>,
    /// What it is.
    pub class: ClassId,
}

/// The longest value any detector can match, in bytes. Text may be searched in windows that overlap by this much.
pub const MAX_FINDING_BYTES: usize = 256;

/// All detectors of a snapshot, compiled once.
#[derive(Debug, Default)]
pub struct Detectors {}

impl Detectors {
    /// A cheap test over raw bytes (UTF-8 or a superset of ASCII): `false` means no detector can match in there.
    pub fn may_match(&self, bytes: &[u8]) -> bool {
        let _ = bytes;
        false
    }

    /// Finds values, left to right, without overlap; the surer and longer finding wins.
    pub fn find(&self, text: &str, found: &mut Vec<Finding>) {
        let _ = text;
        found.clear();
    }
}
