//! Digits as people write them: ASCII or full-width, with spaces, dashes, brackets and invisible characters between.

use std::fmt::Write as _;

/// The longest value that is read as one number; longer than any phone number, identity number or card (attack: long values
/// cannot make a masker work for long).
pub const MAX_DIGITS: usize = 32;

/// What a character is to a written number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CharKind {
    /// A digit, ASCII or full-width.
    Digit(u8),
    /// Stands between groups of digits: space, dash, dot, bracket.
    Joiner,
    /// Cannot be seen: zero-width space or joiner, byte-order mark, soft hyphen.
    Invisible,
    /// The sign before a country code.
    Plus,
    /// Anything else.
    Other,
}

/// Says what a character is to a written number.
#[inline]
pub fn char_kind(c: char) -> CharKind {
    match c {
        '0'..='9' => CharKind::Digit(c as u8 - b'0'),
        '\u{ff10}'..='\u{ff19}' => CharKind::Digit((c as u32 - 0xff10) as u8),
        ' ' | '-' | '.' | '(' | ')' | '\u{a0}' | '\u{3000}' | '\u{2009}' | '\u{202f}' => CharKind::Joiner,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' | '\u{ff08}' | '\u{ff09}' | '\u{ff0e}' => CharKind::Joiner,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => CharKind::Invisible,
        '+' | '\u{ff0b}' => CharKind::Plus,
        _ => CharKind::Other,
    }
}

/// Up to [`MAX_DIGITS`] decimal digits, on the stack.
#[derive(Clone, Copy, Default)]
pub struct DigitString {
    len: u8,
    digits: [u8; MAX_DIGITS],
}

impl DigitString {
    /// Adds a digit (0 to 9); `false` when it is full.
    #[inline]
    #[must_use]
    pub fn push(&mut self, digit: u8) -> bool {
        let Some(slot) = self.digits.get_mut(usize::from(self.len)) else {
            return false;
        };
        *slot = digit;
        self.len += 1;
        true
    }

    /// The digits, each 0 to 9.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        &self.digits[..usize::from(self.len)]
    }

    /// The digits, to be changed in place.
    #[inline]
    pub(super) fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.digits[..usize::from(self.len)]
    }

    /// How many.
    #[inline]
    pub fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The digits of a text that holds nothing but digits, joiners and invisible characters (an apostrophe at the start, which
    /// spreadsheets write before text, is passed over); `None` otherwise.
    pub fn read(text: &str) -> Option<Self> {
        let mut digits = Self::default();
        for c in text.strip_prefix('\'').unwrap_or(text).chars() {
            match char_kind(c) {
                CharKind::Digit(digit) => digits.push(digit).then_some(())?,
                CharKind::Joiner | CharKind::Invisible => {}
                CharKind::Plus | CharKind::Other => return None,
            }
        }
        Some(digits)
    }
}

impl std::fmt::Debug for DigitString {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DigitString(len {})", self.len)
    }
}

impl PartialEq for DigitString {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for DigitString {}

/// Writes `digit` in the manner of `like`: full-width where that was full-width.
#[inline]
pub(super) fn push_like(out: &mut String, like: char, digit: u8) {
    if like.is_ascii() {
        out.push(char::from(b'0' + digit));
    } else {
        let _ = out.write_char(char::from_u32(0xff10 + u32::from(digit)).unwrap_or('\u{ff10}'));
    }
}

/// The integer that decimal digits stand for; at most 38 of them fit.
#[inline]
pub(super) fn value(digits: &[u8]) -> u128 {
    match digits.len() {
        0..=19 => u128::from(digits.iter().fold(0_u64, |sum, &d| sum * 10 + u64::from(d))),
        _ => digits.iter().fold(0, |sum, &d| sum * 10 + u128::from(d)),
    }
}

/// Writes an integer as decimal digits, filled with zeros from the left.
#[inline]
pub(super) fn write_value(value: u128, into: &mut [u8]) {
    let mut rest = value;
    for slot in into.iter_mut().rev() {
        match u64::try_from(rest) {
            Ok(small) => {
                *slot = (small % 10) as u8;
                rest = u128::from(small / 10);
            }
            Err(_) => {
                *slot = (rest % 10) as u8;
                rest /= 10;
            }
        }
    }
}
