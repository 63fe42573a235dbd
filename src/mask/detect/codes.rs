//! Codes of letters and digits: unified social credit code, licence plate.

use super::guard::{bytes_after, bytes_before};
use super::numbers::Digits;
use super::{Candidate, DetectorKind};
use crate::mask::lexicon;

/// The alphabet of GB 32100, by value; I, O, S, V and Z are not in it.
const CREDIT_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Weights of GB 32100: powers of three modulo 31.
const CREDIT_WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Characters of a credit code.
const CREDIT_CHARS: usize = 18;

/// Fewest digits in a row in a credit code: kind and region.
const REGION_DIGITS: usize = 7;

/// Whether eighteen characters are a unified social credit code: registration office, kind, region, and the right check character.
pub(super) fn is_credit_code(code: &[u8]) -> bool {
    let value = |b: &u8| {
        CREDIT_ALPHABET
            .iter()
            .position(|known| *known == b.to_ascii_uppercase())
    };
    let office = code
        .first()
        .is_some_and(|b| b"123456789ANY".contains(&b.to_ascii_uppercase()));
    if code.len() != CREDIT_CHARS || !office || !code[1..8].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum = code[..17]
        .iter()
        .zip(CREDIT_WEIGHTS)
        .try_fold(0, |sum, (b, weight)| Some(sum + value(b)? * weight));
    sum.is_some_and(|sum| value(&code[17]) == Some((31 - sum % 31) % 31))
}

/// Credit codes: tokens of eighteen letters and digits around a group of digits.
pub(super) fn credit_codes(text: &str, all: &Digits, found: &mut Vec<Candidate>) {
    let bytes = text.as_bytes();
    let word = |b: u8| b.is_ascii_alphanumeric();
    let mut done = 0;
    for group in all
        .groups
        .iter()
        .filter(|group| (REGION_DIGITS..=CREDIT_CHARS).contains(&group.count))
    {
        if group.start < done {
            continue;
        }
        let range =
            group.start - bytes_before(bytes, group.start, word)..group.end + bytes_after(bytes, group.end, word);
        done = range.end;
        if is_credit_code(&bytes[range.clone()]) {
            found.push(Candidate {
                range,
                kind: DetectorKind::Uscc,
            });
        }
    }
}

/// Licence plates: a province, a letter, perhaps a dot, and five or six letters and digits of which two are digits.
pub(super) fn plates(text: &str, found: &mut Vec<Candidate>) {
    let mut done = 0;
    for (start, c) in text.char_indices() {
        if start < done || c.is_ascii() || !lexicon::is_plate_province(c) {
            continue;
        }
        let number = start + c.len_utf8();
        if let Some(length) = plate_length(&text[number..]) {
            done = number + length;
            found.push(Candidate {
                range: start..done,
                kind: DetectorKind::Plate,
            });
        }
    }
}

/// The bytes of a plate behind its province.
fn plate_length(text: &str) -> Option<usize> {
    let rest = text.strip_prefix(|c: char| c.is_ascii_alphabetic() && !"IOio".contains(c))?;
    let rest = rest.strip_prefix(['\u{b7}', '\u{2022}', ' ', '-', '.']).unwrap_or(rest);
    let count = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let last = rest[count..].chars().next().filter(|c| "挂学警港澳领".contains(*c));
    let digits = rest[..count].bytes().filter(u8::is_ascii_digit).count();
    let good = match (last, count) {
        (Some(_), 4) | (None, 5 | 6) => digits >= 2,
        _ => false,
    };
    good.then(|| text.len() - rest.len() + count + last.map_or(0, char::len_utf8))
}
