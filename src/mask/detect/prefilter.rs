//! Whether a text can hold anything at all: one pass over its bytes, eight at a time.
//!
//! Most strings of an answer are short and hold nothing. The first pass asks for seven digits, for one of `: = @` and their neighbours
//! in the code table, for an `M` (as in Mr) and for bytes beyond ASCII; what has none of them is done with. The second pass looks closer.

use super::words;

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

/// `false` means that no detector can match.
#[inline]
pub(super) fn may_match(bytes: &[u8]) -> bool {
    let mut glance = Glance::default();
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        glance.add(u64::from_le_bytes(*word), HIGHS);
    }
    if !rest.is_empty() {
        match bytes.last_chunk::<8>() {
            // The last eight bytes again, of which only the new ones count.
            Some(last) => glance.add(u64::from_le_bytes(*last), HIGHS << (8 * (8 - rest.len()))),
            None => {
                let mut word = [0; 8];
                word[..rest.len()].copy_from_slice(rest);
                glance.add(u64::from_le_bytes(word), HIGHS);
            }
        }
    }
    (glance.marks != 0 || glance.digits >= MIN_DIGITS) && look_closer(bytes, glance)
}

#[inline(never)]
fn look_closer(bytes: &[u8], glance: Glance) -> bool {
    (glance.marks != 0 && has_mark(bytes)) || (glance.digits >= MIN_DIGITS || glance.marks != 0) && has_number(bytes)
}

/// Whether the text holds a sign of an e-mail address, a word that announces something, or what addresses are made of.
fn has_mark(bytes: &[u8]) -> bool {
    let (mut place_words, mut digits) = (0_u32, false);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let found = match byte {
            b'@' => true,
            b':' | b'=' => words::ends_at(bytes, trimmed_end(bytes, at)).is_some(),
            b'M' => words::title_at(bytes, at).is_some(),
            b'0'..=b'9' => {
                digits = true;
                false
            }
            0xe4..=0xe9 => match han(bytes, at) {
                Some(Han::Announces | Han::Plate) => true,
                Some(Han::Place) => {
                    place_words += 1;
                    false
                }
                None => false,
            },
            // Full-width signs: the colon, the at sign and digits (EF BC 80 to BF).
            0xef => match bytes.get(at + 1..at + 3) {
                Some([0xbc, 0xa0]) => true,
                Some([0xbc, 0x9a | 0x9d]) => words::ends_at(bytes, trimmed_end(bytes, at)).is_some(),
                Some([0xbc, 0x90..=0x99]) => {
                    digits = true;
                    false
                }
                _ => false,
            },
            // No UTF-8: look at it properly.
            0x80..=0xc1 | 0xf5.. => true,
            // Letters beside Han (`微信abc`, `QQ12345`) need no colon.
            b'q' | b'Q' | b'x' | b'X' => words::ends_at(bytes, at + 1).is_some(),
            _ => false,
        };
        if found || (place_words >= 1 && digits) || place_words >= 2 {
            return true;
        }
        at += width(byte);
    }
    false
}

fn trimmed_end(bytes: &[u8], end: usize) -> usize {
    bytes[..end].trim_ascii_end().len()
}

const fn width(lead: u8) -> usize {
    match lead {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    }
}

enum Han {
    /// A word of [`words::HAN`] begins here.
    Announces,
    /// A plate may begin here.
    Plate,
    /// A character that addresses are made of.
    Place,
}

/// What a Han character begins, told by its three bytes.
fn han(bytes: &[u8], at: usize) -> Option<Han> {
    let &[a, b, c] = bytes.get(at..at + 3)? else {
        return None;
    };
    let code = u32::from(a & 0xf) << 12 | u32::from(b & 0x3f) << 6 | u32::from(c & 0x3f);
    let index = code.checked_sub(0x4e00)? as usize;
    match TABLE.get(index)? {
        0 => None,
        marks => {
            if marks & ANNOUNCES != 0 && words::han_at(bytes, at).is_some() {
                return Some(Han::Announces);
            }
            let letter = matches!(bytes.get(at + 3), Some(b'A'..=b'Z' | b'a'..=b'z' | 0xef));
            if marks & PLATE != 0 && letter {
                return Some(Han::Plate);
            }
            (marks & PLACE != 0).then_some(Han::Place)
        }
    }
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
        let kind = if byte.is_ascii_digit() {
            Piece::Digit
        } else if byte.is_ascii() {
            ascii_piece(byte)
        } else {
            wide_piece(&bytes[at..])
        };
        match kind {
            Piece::Digit => {
                if joiners > 0 {
                    before = group;
                    group = 0;
                    joiners = 0;
                }
                group += 1;
                all += 1;
                let pair = group >= 3 && before >= 3 && group + before >= MIN_DIGITS;
                if group >= MIN_DIGITS || pair || all >= MIN_JOINED_DIGITS {
                    return true;
                }
            }
            Piece::Joiner => joiners += 1,
            Piece::Invisible => {}
            Piece::Other => (group, before, all, joiners) = (0, 0, 0, 0),
        }
        at += width(byte);
    }
    false
}

enum Piece {
    Digit,
    Joiner,
    Invisible,
    Other,
}

fn ascii_piece(byte: u8) -> Piece {
    match byte {
        b' ' | b'-' | b'.' | b'(' | b')' => Piece::Joiner,
        _ => Piece::Other,
    }
}

fn wide_piece(bytes: &[u8]) -> Piece {
    use crate::fpe::{CharKind, char_kind};
    let end = width(bytes[0]).min(bytes.len());
    let c = std::str::from_utf8(&bytes[..end])
        .ok()
        .and_then(|text| text.chars().next());
    match c.map(char_kind) {
        Some(CharKind::Digit(_)) => Piece::Digit,
        Some(CharKind::Joiner) => Piece::Joiner,
        Some(CharKind::Invisible) => Piece::Invisible,
        _ => Piece::Other,
    }
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
