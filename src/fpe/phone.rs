//! Telephone numbers as people write them, taken apart.

use super::digits::{CharKind, DigitString, char_kind};

/// What kind of number it is, as far as its digits say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhoneKind {
    /// A PRC mobile number: eleven digits from 13 to 19, after a country code or none.
    Mobile,
    /// A number with trunk prefix 0: a PRC landline with its area code, perhaps with an extension.
    Trunk,
    /// A number with a plus sign and another country code, or +86 and no mobile number.
    International,
    /// Seven digits or more that say no more: a landline without area code, a 400 number, a foreign number without its sign.
    Local,
}

/// A telephone number taken apart. No part of it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phone {
    /// The kind.
    pub kind: PhoneKind,
    /// All digits in order, country code and extension included.
    pub digits: DigitString,
    /// How many of them are a country code of China (`86`, `0086`): 0, 2 or 4.
    pub country_digits: usize,
    /// Whether a plus sign stands before the first digit.
    pub plus: bool,
    /// How many digits stand before an extension mark (`转`, `ext`, `x`, `#`); all without one.
    pub main_digits: usize,
}

/// Most digits of an international number (ITU-T E.164, section 6).
const E164_DIGITS: usize = 15;

/// Most digits of a trunk number with its extension.
const TRUNK_DIGITS: usize = 17;

/// Whether eleven digits are a PRC mobile number.
#[inline]
pub fn is_mobile(digits: &[u8]) -> bool {
    matches!(digits, [1, 3..=9, ..]) && digits.len() == 11
}

/// Whether a character, or the letters it begins, marks an extension; answers the bytes it takes.
fn extension_mark(rest: &str) -> Option<usize> {
    [
        "转", "轉", "分机", "ext.", "ext", "Ext.", "Ext", "EXT", "x", "X", "#", "*",
    ]
    .into_iter()
    .find(|mark| rest.starts_with(mark))
    .map(str::len)
}

impl Phone {
    /// Reads a number; `None` where other characters stand in it, or fewer than seven digits.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut rest = text.strip_prefix('\'').unwrap_or(text);
        let (mut digits, mut plus, mut main) = (DigitString::default(), false, None);
        while let Some(c) = rest.chars().next() {
            let mut taken = c.len_utf8();
            match char_kind(c) {
                CharKind::Digit(digit) => digits.push(digit).then_some(())?,
                CharKind::Joiner | CharKind::Invisible => {}
                CharKind::Plus if digits.is_empty() && !plus => plus = true,
                CharKind::Other if !digits.is_empty() && main.is_none() => {
                    taken = extension_mark(rest)?;
                    main = Some(digits.len());
                }
                CharKind::Plus | CharKind::Other => return None,
            }
            rest = rest.get(taken..)?;
        }
        let main_digits = main.unwrap_or(digits.len());
        let (kind, country_digits) = classify(&digits.as_slice()[..main_digits], digits.len(), plus)?;
        Some(Self {
            kind,
            digits,
            country_digits,
            plus,
            main_digits,
        })
    }
}

/// Kind and length of China's country code; `None` where it can be no telephone number.
fn classify(main: &[u8], all: usize, plus: bool) -> Option<(PhoneKind, usize)> {
    if let Some(country) = [0, 2, 4]
        .into_iter()
        .find(|&n| is_china(main, n) && is_mobile(&main[n..]))
    {
        // "+138…" has a sign and no country code: it is no Chinese mobile number.
        if country == 2 || !plus {
            return Some((PhoneKind::Mobile, country));
        }
    }
    match (plus, main) {
        (true, [1..=9, ..]) if (8..=E164_DIGITS).contains(&all) => Some((PhoneKind::International, 0)),
        (true, _) => None,
        (false, [0, ..]) if main.len() >= 10 && all <= TRUNK_DIGITS => Some((PhoneKind::Trunk, 0)),
        (false, _) if main.len() >= 7 && all <= TRUNK_DIGITS => Some((PhoneKind::Local, 0)),
        _ => None,
    }
}

fn is_china(digits: &[u8], country_digits: usize) -> bool {
    match country_digits {
        2 => digits.starts_with(&[8, 6]),
        4 => digits.starts_with(&[0, 0, 8, 6]),
        _ => true,
    }
}
