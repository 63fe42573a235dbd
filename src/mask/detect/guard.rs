//! Whether a number stands for itself, or is part of a hash, a UUID, an order number, a price.

use std::ops::Range;

/// Words in capitals that may stand before a number without a space; other capitals are those of an order or a part.
const PREFIXES: [&str; 18] = [
    "TEL", "T", "PHONE", "MOBILE", "MOB", "CELL", "M", "P", "HP", "FAX", "WX", "QQ", "ID", "NO", "SFZ", "SFZH", "CARD",
    "IDCARD",
];

/// Most bytes beside a number that are looked at.
const GUARD_BYTES: usize = 40;

/// Bytes of a UUID in hexadecimal digits without dashes, and so of the shortest token that is taken for one.
const UUID_BYTES: usize = 32;

pub(super) fn bytes_before(bytes: &[u8], end: usize, wanted: impl Fn(u8) -> bool) -> usize {
    bytes[..end]
        .iter()
        .rev()
        .take(GUARD_BYTES)
        .take_while(|b| wanted(**b))
        .count()
}

pub(super) fn bytes_after(bytes: &[u8], start: usize, wanted: impl Fn(u8) -> bool) -> usize {
    bytes[start..]
        .iter()
        .take(GUARD_BYTES)
        .take_while(|b| wanted(**b))
        .count()
}

/// Whether a number is no part of something longer.
pub(super) fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let bytes = text.as_bytes();
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let before = &text[range.start - bytes_before(bytes, range.start, word)..range.start];
    let after = &text[range.end..range.end + bytes_after(bytes, range.end, word)];
    let currency = text[..range.start].ends_with(['\u{a5}', '\u{ffe5}', '$', '\u{20ac}', '\u{a3}']);
    good_before(before) && good_after(after, before) && !currency && !in_uuid(bytes, range)
}

fn good_before(word: &str) -> bool {
    let plain = word.bytes().all(|b| !b.is_ascii_digit());
    let personal = word.bytes().any(|b| b.is_ascii_lowercase() || b == b'_');
    plain && word.len() < GUARD_BYTES && (word.is_empty() || personal || PREFIXES.contains(&word))
}

/// Most letters that may follow a number without a space: a word, and no hash.
const MAX_LETTERS_AFTER: usize = 12;

fn good_after(word: &str, before: &str) -> bool {
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    let extension = ["x", "ext"]
        .iter()
        .any(|mark| word[..letters].eq_ignore_ascii_case(mark));
    let only_letters = letters == word.len() && letters <= MAX_LETTERS_AFTER && before.is_empty();
    word.is_empty() || extension || word.starts_with('_') || only_letters
}

/// Whether the number is in a token of hexadecimal digits and dashes that is as long as a UUID, with a letter in it.
fn in_uuid(bytes: &[u8], range: &Range<usize>) -> bool {
    let part = |b: u8| b.is_ascii_hexdigit() || b == b'-';
    let start = range.start - bytes_before(bytes, range.start, part);
    let end = range.end + bytes_after(bytes, range.end, part);
    end - start >= UUID_BYTES && bytes[start..end].iter().any(u8::is_ascii_alphabetic)
}
