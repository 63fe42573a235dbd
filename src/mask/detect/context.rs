//! Values that only the words beside them tell: names, accounts, passports, dates of birth, local telephone numbers.

use std::ops::Range;

use super::numbers::is_date;
use super::words::{self, Announces};
use super::{Candidate, DetectorKind, person};

/// Most bytes between a word and what it announces.
const MAX_GAP_BYTES: usize = 40;

/// What may follow a word before its separator.
const TAILS: [&str; 14] = [
    "号码", "账号", "帐号", "日期", "年月", "姓名", "名称", "名", "号", "于", "No.", "no", "NO", "ID",
];

/// Finds all of them.
pub(super) fn find(text: &str, found: &mut Vec<Candidate>) {
    for (at, c) in text.char_indices() {
        let Some((end, announces)) = word_at(text, at, c) else {
            continue;
        };
        let hit = match announces {
            Announces::NameBefore => person::before(text, at).map(|range| (range, DetectorKind::PersonName)),
            Announces::Surname => person::surname(text, end).map(|range| (range, DetectorKind::PersonName)),
            Announces::Telephone => None,
            _ => announced(text, end, announces),
        };
        found.extend(hit.map(|(range, kind)| Candidate { range, kind }));
    }
}

/// The word that begins at a character (Han, a title) or ends at it (before a colon, and QQ and WX everywhere), and its end.
fn word_at(text: &str, at: usize, c: char) -> Option<(usize, Announces)> {
    let bytes = text.as_bytes();
    let ends_at = |end: usize| words::ends_at(bytes, end).map(|announces| (end, announces));
    match c {
        'M' => words::title_at(bytes, at).map(|end| (end, Announces::Surname)),
        ':' | '=' | '\u{ff1a}' | '\u{ff1d}' => ends_at(text[..at].trim_ascii_end().len()),
        'q' | 'Q' | 'x' | 'X' => ends_at(at + 1),
        _ if c.is_ascii() => None,
        _ => words::han_at(bytes, at),
    }
}

/// Whether a word that announces a telephone number stands before `start`.
pub(super) fn announced_telephone(text: &str, start: usize) -> bool {
    let before = text[..start].trim_end_matches(|c: char| is_gap(c) || matches!(c, '.' | '号' | '码'));
    let telephone =
        |(word, announces): &(&str, Announces)| *announces == Announces::Telephone && before.ends_with(word);
    words::HAN.iter().any(telephone) || words::ends_at(text.as_bytes(), before.len()) == Some(Announces::Telephone)
}

/// How a word is followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// Nothing between.
    None,
    /// White space alone.
    Space,
    /// A colon, an equals sign, a copula: what follows is meant.
    Sure,
}

/// What follows a word, behind `号码` and a separator.
fn announced(text: &str, end: usize, announces: Announces) -> Option<(Range<usize>, DetectorKind)> {
    let mut rest = &text[end..];
    while let Some(tail) = TAILS.iter().find(|tail| rest.starts_with(**tail)) {
        rest = &rest[tail.len()..];
    }
    let value = rest.trim_start_matches(is_gap);
    let between = &rest[..rest.len() - value.len()];
    if text.len() - value.len() - end > MAX_GAP_BYTES {
        return None;
    }
    let gap = match (between.is_empty(), between.trim().is_empty()) {
        (true, _) => Gap::None,
        (false, true) => Gap::Space,
        (false, false) => Gap::Sure,
    };
    let (length, kind) = match announces {
        Announces::Name => (person::after(value, gap != Gap::None)?, DetectorKind::PersonName),
        Announces::Wechat => (wechat(value, gap == Gap::Sure)?, DetectorKind::WechatQq),
        Announces::Qq => (qq(value)?, DetectorKind::WechatQq),
        Announces::Passport => (passport(value)?, DetectorKind::Passport),
        Announces::Birth => (birth_date(value)?, DetectorKind::BirthDate),
        Announces::NameBefore | Announces::Surname | Announces::Telephone => return None,
    };
    let start = text.len() - value.len();
    Some((start..start + length, kind))
}

const fn is_gap(c: char) -> bool {
    let space = matches!(c, ' ' | '\u{3000}' | '\u{a0}' | '\t');
    let sign = matches!(c, ':' | '\u{ff1a}' | '=' | '\u{ff1d}' | '#' | '"' | '\u{201c}');
    let bracket = matches!(c, '(' | '\u{ff08}' | '[' | '\u{3010}');
    space || sign || bracket || matches!(c, '为' | '是' | '叫')
}

/// The letters, digits, dashes and underscores at the start.
fn token(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')));
    &text[..end.unwrap_or(text.len())]
}

/// Six to twenty characters from a letter on, or digits; without a colon only what has a digit in it (`微信Android` is no id).
fn wechat(text: &str, sure: bool) -> Option<usize> {
    let id = token(text);
    let digits = id.bytes().filter(u8::is_ascii_digit).count();
    let good = match id.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => (6..=20).contains(&id.len()) && (sure || digits > 0),
        false => digits == id.len() && (6..=11).contains(&id.len()),
    };
    good.then_some(id.len())
}

fn qq(text: &str) -> Option<usize> {
    let id = token(text);
    let digits = id.bytes().all(|b| b.is_ascii_digit()) && (5..=11).contains(&id.len());
    (digits && !id.starts_with('0') && !text[id.len()..].starts_with('@')).then_some(id.len())
}

/// One to three letters and seven or eight digits, or nine digits.
fn passport(text: &str) -> Option<usize> {
    let id = token(text);
    let letters = id.bytes().take_while(u8::is_ascii_alphabetic).count();
    let digits = id[letters..].bytes().all(|b| b.is_ascii_digit());
    let length = if letters > 0 { 8..=10 } else { 9..=9 };
    (digits && letters <= 3 && length.contains(&id.len())).then_some(id.len())
}

/// Year, month and day, with separators or as eight digits.
fn birth_date(text: &str) -> Option<usize> {
    let mut numbers = [(0_u32, 0_usize); 3];
    let mut rest = text;
    for number in &mut numbers {
        let count = rest.bytes().take(9).take_while(u8::is_ascii_digit).count();
        *number = (rest[..count].parse().ok()?, count);
        if count == 8 && rest.len() == text.len() {
            let digits: Vec<u8> = text[..8].bytes().map(|b| b - b'0').collect();
            return is_date(&digits).then_some(8);
        }
        rest = &rest[count..];
        let separator = rest.chars().next().filter(|c| "-/.年月日".contains(*c));
        rest = &rest[separator.map_or(0, char::len_utf8)..];
    }
    let [(year, 4), (month, 1..=2), (day, 1..=2)] = numbers else {
        return None;
    };
    let good = (1900..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    good.then_some(text[..text.len() - rest.len()].trim_end_matches(['-', '/', '.']).len())
}
