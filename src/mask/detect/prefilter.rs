//! Whether a text can hold anything at all: one pass over its bytes, eight at a time.
//!
//! Most strings of an answer are short and hold nothing. The first pass asks for seven digits, for one of `: = @` and their neighbours
//! in the code table, for an `M` (as in Mr) and for bytes beyond ASCII; what has none of them is done with. The second pass looks closer.

use super::words;
use crate::fpe::{CharKind, char_kind};

/// Fewest digits of a value that is told by its digits alone (a landline without area code beside 电话).
pub const MIN_DIGITS: u32 = 7;

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGHS: u64 = ONES << 7;

/// What a word of eight bytes holds: how many digits, and whether there is something else to look at.
#[derive(Clone, Copy, Default)]
struct Glance {
    digits: u32,
    marks: u64,
}

impl Glance {
    /// Adds eight bytes. `valid` has the high bit of each byte that counts.
    #[inline(always)]
    fn add(&mut self, word: u64, valid: u64) {
        let low = word & !HIGHS;
        // The high bit of each byte of `at_least(c)` says whether that byte is at least `c`.
        let at_least = |c: u64| low + ONES * (0x80 - c);
        let colon_to_at = at_least(0x3a) & !at_least(0x41);
        let digits = at_least(0x30) & !at_least(0x3a) & !word & HIGHS & valid;
        let m = low ^ (ONES * u64::from(b'M'));
        let is_m = !(m + ONES * 0x7f);
        self.digits += digits.count_ones();
        self.marks |= ((colon_to_at | is_m) & !word | word) & HIGHS & valid;
    }
}

/// Fewest bytes of anything that is found (`a@b.cn`).
const MIN_BYTES: usize = 6;

/// `false` means that no detector can match.
#[inline]
pub(super) fn may_match(bytes: &[u8]) -> bool {
    if bytes.len() < MIN_BYTES {
        return false;
    }
    let mut glance = Glance::default();
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        glance.add(u64::from_le_bytes(*word), HIGHS);
    }
    if !rest.is_empty() {
        // The last eight (or four and four) bytes once more, of which only the new ones count.
        let (word, known) = match (
            bytes.last_chunk::<8>(),
            bytes.first_chunk::<4>(),
            bytes.last_chunk::<4>(),
        ) {
            (Some(last), ..) => (u64::from_le_bytes(*last), 0..8 - rest.len()),
            (None, Some(first), Some(last)) => {
                let high = u64::from(u32::from_le_bytes(*last)) << 32;
                (u64::from(u32::from_le_bytes(*first)) | high, 4..4 + 8 - rest.len())
            }
            _ => return true,
        };
        let before = (1_u64 << (8 * known.start)) - 1;
        glance.add(word, HIGHS & (!0 << (8 * known.end) | before));
    }
    (glance.marks != 0 || glance.digits >= MIN_DIGITS) && look_closer(bytes, glance)
}

#[inline(never)]
fn look_closer(bytes: &[u8], glance: Glance) -> bool {
    if is_date_and_time(bytes) {
        return false;
    }
    let digits = match glance.marks {
        0 => Some(glance.digits),
        _ => count_digits_or_find_mark(bytes),
    };
    digits.is_none_or(|digits| digits >= MIN_DIGITS && has_number(bytes))
}

/// Most bytes of a fraction of a second and a time zone: `.123456+08:00`.
const MAX_TIME_TAIL: usize = 13;

/// Whether a text is a date (`2026-11-23`) or a date and time as JSON and SQL write them; the closer look finds nothing there, and so
/// need not be taken.
fn is_date_and_time(bytes: &[u8]) -> bool {
    let like = |text: &[u8], pattern: &[u8; 10]| {
        let fits = |(b, p): (&u8, &u8)| if *p == b'0' { b.is_ascii_digit() } else { b == p };
        text.iter().zip(pattern).all(fits)
    };
    let Some((date, time)) = bytes.split_first_chunk::<10>() else {
        return false;
    };
    if !like(date, b"0000-00-00") {
        return false;
    }
    match time {
        [] => true,
        [b'T' | b' ', clock @ ..] if clock.len() >= 8 => {
            let tail = &clock[8..];
            let zone = |b: &u8| b.is_ascii_digit() || matches!(b, b':' | b'+' | b'-' | b'Z');
            // At most six digits of a fraction: with the seconds they are fewer than a mobile number has.
            let fraction = tail
                .strip_prefix(b".")
                .map_or(0, |rest| rest.iter().take_while(|b| b.is_ascii_digit()).count());
            let rest = &tail[fraction + usize::from(tail.starts_with(b"."))..];
            let zone_digits = rest.iter().filter(|b| b.is_ascii_digit()).count();
            let short = tail.len() <= MAX_TIME_TAIL && fraction <= 6 && zone_digits <= 4;
            short && like(&clock[..8], b"00:00:00__") && rest.iter().all(zone)
        }
        _ => false,
    }
}

/// What a byte is to the closer look.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte {
    Nothing,
    Digit,
    At,
    /// A colon or an equals sign.
    Colon,
    M,
    /// The last letter of QQ and WX, which need no colon.
    LastLetter,
    /// The first of three bytes of a Han character of the basic block.
    Han,
    /// The first of the bytes of another character: so many.
    Wide(u8),
    /// No beginning of a character.
    Invalid,
}

static BYTES: [Byte; 256] = {
    let mut table = [Byte::Nothing; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'0'..=b'9' => Byte::Digit,
            b'@' => Byte::At,
            b':' | b'=' => Byte::Colon,
            b'M' => Byte::M,
            b'q' | b'Q' | b'x' | b'X' => Byte::LastLetter,
            0xe4..=0xe9 => Byte::Han,
            0xc2..=0xdf => Byte::Wide(2),
            0xe0..=0xef => Byte::Wide(3),
            0xf0..=0xf4 => Byte::Wide(4),
            0x80..=0xff => Byte::Invalid,
            _ => Byte::Nothing,
        };
        byte += 1;
    }
    table
};

/// `None` where there is a sign of an e-mail address, a word that announces something or what addresses are made of (or no UTF-8: then
/// it is looked at properly); else how many digits there are.
fn count_digits_or_find_mark(bytes: &[u8]) -> Option<u32> {
    let (mut place_words, mut digits) = (0_u32, 0_u32);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let mut width = 1;
        let found = match BYTES[usize::from(byte)] {
            Byte::Nothing => false,
            Byte::Digit => {
                digits += 1;
                false
            }
            Byte::At | Byte::Invalid => true,
            Byte::Colon => words::ends_at(bytes, bytes[..at].trim_ascii_end().len()).is_some(),
            Byte::M => words::title_at(bytes, at).is_some(),
            Byte::LastLetter => words::ends_at(bytes, at + 1).is_some(),
            Byte::Han => {
                width = 3;
                let marks = han(bytes, at);
                place_words += u32::from(marks & PLACE != 0);
                marks & (ANNOUNCES | PLATE) != 0
            }
            Byte::Wide(count) => {
                width = usize::from(count);
                match wide(bytes, at) {
                    Byte::Digit => {
                        digits += 1;
                        false
                    }
                    Byte::Colon => words::ends_at(bytes, bytes[..at].trim_ascii_end().len()).is_some(),
                    sign => sign == Byte::At,
                }
            }
        };
        if found || (place_words >= 1 && digits > 0) || place_words >= 2 {
            return None;
        }
        at += width;
    }
    Some(digits)
}

/// The full-width forms of digits and signs (U+FF00 to U+FF3F).
fn wide(bytes: &[u8], at: usize) -> Byte {
    match bytes.get(at..at + 3) {
        Some([0xef, 0xbc, 0x90..=0x99]) => Byte::Digit,
        Some([0xef, 0xbc, 0x9a | 0x9d]) => Byte::Colon,
        Some([0xef, 0xbc, 0xa0]) => Byte::At,
        _ => Byte::Nothing,
    }
}

/// What a Han character begins, told by its three bytes: marks of the table that hold here.
#[inline]
fn han(bytes: &[u8], at: usize) -> u8 {
    let Some(&[a, b, c]) = bytes.get(at..at + 3) else {
        return 0;
    };
    let code = usize::from(a & 0xf) << 12 | usize::from(b & 0x3f) << 6 | usize::from(c & 0x3f);
    match code.checked_sub(0x4e00).and_then(|index| TABLE.get(index)) {
        None | Some(0) => 0,
        Some(marks) => confirm(bytes, at, *marks),
    }
}

#[inline(never)]
fn confirm(bytes: &[u8], at: usize, marks: u8) -> u8 {
    let announces = marks & ANNOUNCES != 0 && words::han_at(bytes, at).is_some();
    let letter = matches!(bytes.get(at + 3), Some(b'A'..=b'Z' | b'a'..=b'z'));
    let plate = marks & PLATE != 0 && letter;
    (u8::from(announces) * ANNOUNCES) | (u8::from(plate) * PLATE) | (marks & PLACE)
}

const ANNOUNCES: u8 = 1;
const PLATE: u8 = 2;
const PLACE: u8 = 4;

/// First characters of [`words::HAN`].
const ANNOUNCERS: &str = "联收寄发负经接申付持姓户法业销客先女小太师老微扣护生出电座固传";

/// What each Han character of the basic block may begin. INVARIANT: it holds the first character of each word of [`words::HAN`].
static TABLE: [u8; 0x5200] = {
    let mut table = [0; 0x5200];
    mark(&mut table, ANNOUNCERS, ANNOUNCES);
    mark(&mut table, crate::mask::lexicon::PLATE_PROVINCES, PLATE);
    mark(&mut table, super::address::PLACE_CHARS, PLACE);
    table
};

const fn mark(table: &mut [u8; 0x5200], chars: &str, bit: u8) {
    let bytes = chars.as_bytes();
    let mut at = 0;
    while at + 2 < bytes.len() {
        let code =
            (bytes[at] as usize & 0xf) << 12 | (bytes[at + 1] as usize & 0x3f) << 6 | bytes[at + 2] as usize & 0x3f;
        table[code - 0x4e00] |= bit;
        at += 3;
    }
}

/// Digits in any groups that are worth a look: those of a mobile number. A date with an hour has ten.
const MIN_JOINED_DIGITS: u32 = 11;

/// Whether digits stand together as in a number that a detector knows: seven in a row, seven in two groups of at least three, or
/// [`MIN_JOINED_DIGITS`] in any groups. Dates and times (`2026-11-23`, `14:33:08`) do not.
fn has_number(bytes: &[u8]) -> bool {
    let (mut group, mut before, mut all, mut joiners) = (0_u32, 0_u32, 0_u32, 0_u32);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let (piece, width) = match BYTES[usize::from(byte)] {
            Byte::Digit => (CharKind::Digit(0), 1),
            Byte::Han => (CharKind::Other, 3),
            Byte::Wide(width) => (wide_kind(&bytes[at..], usize::from(width)), usize::from(width)),
            _ if matches!(byte, b' ' | b'-' | b'.' | b'(' | b')') => (CharKind::Joiner, 1),
            _ => (CharKind::Other, 1),
        };
        match piece {
            CharKind::Digit(_) => {
                if joiners > 0 {
                    (before, group, joiners) = (group, 0, 0);
                }
                group += 1;
                all += 1;
                let pair = group >= 3 && before >= 3 && group + before >= MIN_DIGITS;
                if group >= MIN_DIGITS || pair || all >= MIN_JOINED_DIGITS {
                    return true;
                }
            }
            CharKind::Joiner => joiners += 1,
            CharKind::Invisible => {}
            CharKind::Plus | CharKind::Other => (group, before, all, joiners) = (0, 0, 0, 0),
        }
        at += width;
    }
    false
}

fn wide_kind(bytes: &[u8], width: usize) -> CharKind {
    let first = bytes.get(..width).and_then(|bytes| std::str::from_utf8(bytes).ok());
    first
        .and_then(|text| text.chars().next())
        .map_or(CharKind::Other, char_kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_knows_the_first_character_of_each_word() {
        for (word, _) in words::HAN {
            assert!(ANNOUNCERS.contains(word.chars().next().unwrap()), "{word}");
        }
    }
}
