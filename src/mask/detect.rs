//! Detectors: finding sensitive values in text that no rule speaks of.
//!
//! Purpose: notes, titles and unknown fields hold people's data too; what has a checksum or a clear make is found there.
//!
//! Guarantee: a value with a checksum (resident id, bank card, credit code), a mobile number and an e-mail address are found beside Han,
//! with spaces, dashes, full-width digits and invisible characters in them; [`Detectors::may_match`] never denies what
//! [`Detectors::find`] would find. Time is linear in the text.
//!
//! Exceptions: names of people, accounts, passports and dates of birth are found by the words beside them alone, addresses by their
//! make: what has neither is not found. Fields that hold such values are named by rules, not left to detectors.

mod address;
mod codes;
mod context;
mod guard;
mod mail;
mod numbers;
mod person;
mod prefilter;
mod words;

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

/// The longest value any detector can match (254 bytes, an e-mail address) with the context that it looks at on both sides (64 each), in
/// bytes. Text may be searched in windows that overlap by this much.
pub const MAX_FINDING_BYTES: usize = 384;

/// What a detector looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DetectorKind {
    /// PRC mobile numbers.
    PrcMobile,
    /// PRC landlines with their area code, or beside a word that says so.
    Landline,
    /// E-mail addresses.
    Email,
    /// Resident ids (GB 11643): eighteen characters with the right check character, or fifteen digits with a date.
    ResidentId,
    /// Unified social credit codes (GB 32100) with the right check character.
    Uscc,
    /// Bank cards (ISO/IEC 7812): a known issuer, the length, and Luhn.
    BankCard,
    /// Dates of birth, beside a word that says so.
    BirthDate,
    /// Postal addresses in Chinese.
    Address,
    /// Licence plates (GA 36).
    Plate,
    /// Passports, beside a word that says so.
    Passport,
    /// WeChat and QQ ids, beside a word that says so.
    WechatQq,
    /// Names of people, beside a word that says so.
    PersonName,
}

impl DetectorKind {
    /// All kinds.
    pub const ALL: [Self; 12] = [
        Self::PrcMobile,
        Self::Landline,
        Self::Email,
        Self::ResidentId,
        Self::Uscc,
        Self::BankCard,
        Self::BirthDate,
        Self::Address,
        Self::Plate,
        Self::Passport,
        Self::WechatQq,
        Self::PersonName,
    ];

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

    /// How sure a finding is; of two that overlap the surer wins, then the longer.
    const fn sureness(self) -> u8 {
        match self {
            Self::ResidentId | Self::Email => 5,
            Self::BankCard | Self::Uscc => 4,
            Self::PrcMobile | Self::Passport | Self::BirthDate => 3,
            Self::Landline | Self::Plate | Self::WechatQq => 2,
            Self::Address | Self::PersonName => 1,
        }
    }
}

/// A value found, before it is known whether a class wants it.
#[derive(Clone, Debug)]
struct Candidate {
    range: Range<usize>,
    kind: DetectorKind,
}

/// All detectors of a snapshot, compiled once.
#[derive(Debug, Default)]
pub struct Detectors {
    classes: [Option<ClassId>; DetectorKind::ALL.len()],
    any: bool,
}

impl Detectors {
    /// Detectors, each for the class its findings are of.
    pub fn new(detectors: Vec<(DetectorKind, ClassId)>) -> Self {
        let mut all = Self::default();
        for (kind, class) in detectors {
            all.classes[kind as usize] = Some(class);
            all.any = true;
        }
        all
    }

    /// A cheap test over raw bytes of UTF-8 (of other codings: after they were decoded): `false` means no detector can match in there.
    #[inline]
    pub fn may_match(&self, bytes: &[u8]) -> bool {
        self.any && prefilter::may_match(bytes)
    }

    /// Finds values, left to right, without overlap; the surer and longer finding wins.
    pub fn find(&self, text: &str, found: &mut Vec<Finding>) {
        found.clear();
        if !self.may_match(text.as_bytes()) {
            return;
        }
        let mut candidates = Vec::new();
        let digits = numbers::Digits::read(text);
        numbers::find(text, &digits, &mut candidates);
        codes::credit_codes(text, &digits, &mut candidates);
        codes::plates(text, &mut candidates);
        mail::find(text, &mut candidates);
        context::find(text, &mut candidates);
        address::find(text, &mut candidates);
        candidates.retain(|candidate| self.classes[candidate.kind as usize].is_some());
        settle(&mut candidates);
        found.extend(candidates.into_iter().filter_map(|candidate| {
            Some(Finding {
                range: candidate.range,
                class: self.classes[candidate.kind as usize]?,
            })
        }));
    }
}

/// Sorts, and keeps of those that overlap the surest and longest.
fn settle(candidates: &mut Vec<Candidate>) {
    candidates.sort_by_key(|candidate| candidate.range.start);
    let weight = |candidate: &Candidate| (candidate.kind.sureness(), candidate.range.len());
    let mut kept: usize = 0;
    for next in 0..candidates.len() {
        let candidate = candidates[next].clone();
        match kept.checked_sub(1) {
            Some(last) if candidates[last].range.end > candidate.range.start => {
                if weight(&candidate) > weight(&candidates[last]) {
                    candidates[last] = candidate;
                }
            }
            _ => {
                candidates[kept] = candidate;
                kept += 1;
            }
        }
    }
    candidates.truncate(kept);
}

#[cfg(test)]
mod tests;
