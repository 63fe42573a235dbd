//! Detectors: finding sensitive values in text that no rule speaks of.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::ClassId;

/// A detected value: byte range in the text, and its class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Byte range in the searched text, on character boundaries.
    pub range: Range<usize>,
    /// What it is.
    pub class: ClassId,
}

/// The longest value any detector can match, in bytes, with the context that it looks at on both sides. Text may be searched in windows
/// that overlap by this much.
pub const MAX_FINDING_BYTES: usize = 384;

/// What a detector looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DetectorKind {
    /// PRC mobile numbers.
    PrcMobile,
    /// PRC landlines.
    Landline,
    /// E-mail addresses.
    Email,
    /// Resident ids (GB 11643).
    ResidentId,
    /// Unified social credit codes (GB 32100).
    Uscc,
    /// Bank cards (ISO/IEC 7812).
    BankCard,
    /// Dates of birth.
    BirthDate,
    /// Postal addresses.
    Address,
    /// Licence plates (GA 36).
    Plate,
    /// Passports.
    Passport,
    /// WeChat and QQ ids.
    WechatQq,
    /// Names of people.
    PersonName,
}

impl DetectorKind {
    /// The word used in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PrcMobile => "prc_mobile",
            Self::Landline => "landline",
            Self::Email => "email",
            Self::ResidentId => "resident_id",
            Self::Uscc => "uscc",
            Self::BankCard => "bank_card",
            Self::BirthDate => "birth_date",
            Self::Address => "address",
            Self::Plate => "plate",
            Self::Passport => "passport",
            Self::WechatQq => "wechat_qq",
            Self::PersonName => "person_name",
        }
    }
}

/// All detectors of a snapshot, compiled once.
#[derive(Debug, Default)]
pub struct Detectors {}

impl Detectors {
    /// Detectors, each for the class its findings are of.
    pub fn new(detectors: Vec<(DetectorKind, ClassId)>) -> Self {
        let _ = detectors;
        Self {}
    }
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
