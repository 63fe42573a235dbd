//! The shapes that almost all values have, told by their bytes alone: eleven digits, eighteen, three Han characters.
//!
//! What these functions render they render as the careful ones do (a test holds them to it); what they do not know goes on to those.

use crate::mask::lexicon;

const STARS: &str = "***************";

fn digits(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}

/// A mobile number in eleven ASCII digits.
#[inline]
pub(super) fn phone(value: &str, out: &mut String) -> Option<()> {
    let bytes = value.as_bytes();
    let mobile = matches!(bytes, [b'1', b'3'..=b'9', ..]) && bytes.len() == 11 && digits(bytes);
    mobile.then(|| cover(value, 3, 4, out))
}

/// A resident id in eighteen ASCII characters.
#[inline]
pub(super) fn resident_id(value: &str, out: &mut String) -> Option<()> {
    let (last, body) = value.as_bytes().split_last()?;
    let known = body.len() == 17 && digits(body) && matches!(last, b'0'..=b'9' | b'X' | b'x');
    known.then(|| cover(value, 6, 4, out))
}

/// A card in sixteen to nineteen ASCII digits.
#[inline]
pub(super) fn bank_card(value: &str, out: &mut String) -> Option<()> {
    let known = matches!(value.len(), 16..=19) && digits(value.as_bytes());
    known.then(|| cover(value, 4, 4, out))
}

/// An ASCII text with stars between its first and last characters.
fn cover(value: &str, first: usize, last: usize, out: &mut String) {
    let hidden = value.len() - first - last;
    out.push_str(&value[..first]);
    out.push_str(&STARS[..hidden]);
    out.push_str(&value[first + hidden..]);
}

/// Bytes of a Han character of the basic block.
const HAN: usize = 3;

/// A name of two to four Han characters of the basic block.
#[inline]
pub(super) fn person_name(value: &str, out: &mut String) -> Option<()> {
    let bytes = value.as_bytes();
    let han = |c: &[u8]| matches!(c, [0xe5..=0xe9, ..] | [0xe4, 0xb8..=0xbf, _]);
    let count = bytes.len() / HAN;
    (matches!(bytes.len(), 6 | 9 | 12) && bytes.chunks_exact(HAN).all(han)).then_some(())?;
    let kept = if count > 2 { lexicon::surname_chars(value) } else { 1 };
    out.push_str(&value[..kept * HAN]);
    out.push_str(&STARS[..count - kept]);
    Some(())
}

/// An address of ASCII letters, digits, dots, dashes and underscores.
#[inline]
pub(super) fn email(value: &str, out: &mut String) -> Option<()> {
    let bytes = value.as_bytes();
    let at = memchr::memchr(b'@', bytes)?;
    let word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let (mailbox, domain) = (&bytes[..at], &bytes[at + 1..]);
    let good_mailbox = (2..=64).contains(&mailbox.len())
        && mailbox[0].is_ascii_alphanumeric()
        && mailbox.iter().all(|b| word(b) || *b == b'.');
    // One dot or more, none of them at an end or beside another.
    let dots = domain.iter().filter(|b| **b == b'.').count();
    let good_domain = dots > 0
        && domain.len() <= 253
        && domain.first().is_some_and(word)
        && domain.last().is_some_and(word)
        && domain.windows(2).all(|pair| pair.iter().any(word))
        && domain.iter().all(|b| word(b) || *b == b'.');
    (good_mailbox && good_domain).then(|| {
        out.push_str(&value[..1]);
        out.push_str(super::STARS);
        out.push_str(&value[at..]);
    })
}
