//! Values made of digits: mobile and landline numbers, resident ids, bank cards.
//!
//! Digits are read in groups, over spaces, dashes, brackets and invisible characters; a value is one group or some neighbours. `\b` of a
//! pattern language would not do: Han is a word character there, and `手机13812345678` has no boundary.

use std::ops::Range;

use super::guard::stands_alone;
use super::{Candidate, DetectorKind};
use crate::fpe::{CharKind, bank_card_check_digit, char_kind, is_mobile, resident_id_check};

/// Most groups of one value: a bank card in fours, behind a country code.
const MAX_GROUPS: usize = 5;

/// Most characters between two groups of one value.
const MAX_JOINERS: usize = 3;

/// Digits that stand together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    /// Bytes.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Place among all digits.
    first: usize,
    pub(super) count: usize,
    /// What stands between it and the group before.
    joint: Joint,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    /// Something that no number has in it.
    Apart,
    /// A decimal point, or one of a version or a network address.
    Point,
    Joined,
}

/// All digits of a text, in groups.
pub(super) struct Digits {
    pub(super) groups: Vec<Group>,
    digits: Vec<u8>,
}

impl Digits {
    pub(super) fn read(text: &str) -> Self {
        let mut all = Self {
            groups: Vec::new(),
            digits: Vec::new(),
        };
        let (mut joiners, mut point) = (usize::MAX, false);
        for (at, c) in text.char_indices() {
            match char_kind(c) {
                CharKind::Digit(digit) => {
                    all.push(digit, at..at + c.len_utf8(), joiners, point);
                    joiners = 0;
                }
                CharKind::Joiner => {
                    point = c == '.';
                    joiners = joiners.saturating_add(1);
                }
                CharKind::Invisible => {}
                CharKind::Plus | CharKind::Other => joiners = usize::MAX,
            }
        }
        all
    }

    fn push(&mut self, digit: u8, at: Range<usize>, joiners: usize, point: bool) {
        match self.groups.last_mut().filter(|_| joiners == 0) {
            Some(group) => {
                group.end = at.end;
                group.count += 1;
            }
            None => self.groups.push(Group {
                start: at.start,
                end: at.end,
                first: self.digits.len(),
                count: 1,
                joint: match joiners {
                    1 if point => Joint::Point,
                    1..=MAX_JOINERS => Joint::Joined,
                    _ => Joint::Apart,
                },
            }),
        }
        self.digits.push(digit);
    }

    fn of(&self, groups: &[Group]) -> &[u8] {
        match (groups.first(), groups.last()) {
            (Some(first), Some(last)) => &self.digits[first.first..last.first + last.count],
            _ => &[],
        }
    }

    /// Whether a decimal point joins some groups to digits beside them (`13812345678.50`), and is no grouping of their own.
    fn part_of_decimal(&self, from: usize, count: usize) -> bool {
        let before = self.groups[from].joint == Joint::Point;
        let after = self
            .groups
            .get(from + count)
            .is_some_and(|group| group.joint == Joint::Point && group.count <= 4);
        before || after
    }
}

/// Finds all of them.
pub(super) fn find(text: &str, all: &Digits, found: &mut Vec<Candidate>) {
    let mut from = 0;
    while from < all.groups.len() {
        let next = all.groups[from + 1..].iter().take(MAX_GROUPS - 1);
        let joined = 1 + next.take_while(|group| group.joint != Joint::Apart).count();
        let hit = (1..=joined)
            .rev()
            .find_map(|count| Some((count, classify(text, all, from, count)?)));
        match hit {
            Some((count, (kind, range))) => {
                found.push(Candidate { range, kind });
                from += count;
            }
            None => from += 1,
        }
    }
}

type Hit = (DetectorKind, Range<usize>);

/// Some neighbouring groups.
struct Run<'a> {
    text: &'a str,
    groups: &'a [Group],
    digits: &'a [u8],
    shape: &'a [usize],
    range: Range<usize>,
}

/// What some neighbouring groups are.
fn classify(text: &str, all: &Digits, from: usize, count: usize) -> Option<Hit> {
    let groups = &all.groups[from..from + count];
    let digits = all.of(groups);
    if !(7..=19).contains(&digits.len()) || all.part_of_decimal(from, count) {
        return None;
    }
    let shape: [usize; MAX_GROUPS] = std::array::from_fn(|i| groups.get(i).map_or(0, |group| group.count));
    let run = Run {
        text,
        groups,
        digits,
        shape: &shape[..count],
        range: groups[0].start..groups[count - 1].end,
    };
    let hit = run
        .resident_id()
        .or_else(|| run.bank_card())
        .or_else(|| run.mobile())
        .or_else(|| run.landline())?;
    stands_alone(text, &hit.1).then_some(hit)
}

impl Run<'_> {
    fn resident_id(&self) -> Option<Hit> {
        let digits = self.digits;
        let mut end = self.range.end;
        let good_shape = match self.shape {
            [_] => true,
            [6, 8, 3 | 4] | [6, 4, 4, 3 | 4] | [6, 4, 2, 2, 3 | 4] | [3, 3, 8, 3 | 4] | [14, 3 | 4] => true,
            // The check digit apart from the others.
            [17, 1] | [6, 8, 3, 1] => true,
            _ => false,
        };
        let check = match digits.len() {
            18 => Some(digits[17]),
            17 => {
                let gap = self.text[end..].len()
                    - self.text[end..]
                        .trim_start_matches([' ', '-', '\u{200b}', '\u{feff}'])
                        .len();
                let x = self.text[end + gap.min(3)..]
                    .chars()
                    .next()
                    .filter(|c| "xX\u{ff38}\u{ff58}".contains(*c))?;
                end += gap + x.len_utf8();
                Some(10)
            }
            15 => None,
            _ => return None,
        };
        let good = match check {
            Some(check) => resident_id_check(&digits[..17]) == Some(check) && is_date(&digits[6..14]),
            None => self.shape.len() == 1 && is_date(&[&[1, 9], &digits[6..12]].concat()),
        };
        (good_shape && good && is_region(digits)).then_some((DetectorKind::ResidentId, self.range.start..end))
    }

    fn bank_card(&self) -> Option<Hit> {
        let good_shape = matches!(
            self.shape,
            [_] | [4, 4, 4, 1..=4] | [4, 4, 4, 4, 1..=3] | [4, 6, 5] | [6, 10..=13] | [4, 4, 8] | [4, 4, 4, 7]
        );
        let (check, body) = self.digits.split_last()?;
        let known = good_shape && is_issuer(self.digits) && bank_card_check_digit(body) == *check;
        known.then(|| (DetectorKind::BankCard, self.range.clone()))
    }

    fn mobile(&self) -> Option<Hit> {
        let country = match self.digits {
            [8, 6, rest @ ..] if is_mobile(rest) => 2,
            [0, 0, 8, 6, rest @ ..] if is_mobile(rest) => 4,
            [0, rest @ ..] if is_mobile(rest) && self.shape.len() == 1 => 1,
            digits if is_mobile(digits) => 0,
            _ => return None,
        };
        let good_shape = match self.shape {
            [first, rest @ ..] if *first == country => is_mobile_shape(rest),
            [first, rest @ ..] => {
                let mut whole = [0; MAX_GROUPS];
                whole[0] = first.checked_sub(country)?;
                whole[1..=rest.len()].copy_from_slice(rest);
                is_mobile_shape(&whole[..self.shape.len()])
            }
            [] => false,
        };
        // Groups joined by points are a telephone number only in the manner 138.1234.5678.
        let points = self.groups[1..]
            .iter()
            .filter(|group| group.joint == Joint::Point)
            .count();
        (good_shape && (points == 0 || points + 1 == self.groups.len())).then_some(())?;
        let before = &self.text[..self.range.start];
        let plus = before
            .chars()
            .next_back()
            .filter(|c| country == 2 && matches!(c, '+' | '\u{ff0b}'));
        Some((
            DetectorKind::PrcMobile,
            self.range.start - plus.map_or(0, char::len_utf8)..self.range.end,
        ))
    }

    fn landline(&self) -> Option<Hit> {
        let area = match self.digits {
            [0, 1, 0, ..] | [0, 2, 0..=5 | 7..=9, ..] => 3,
            [0, 3..=9, 1..=9, _, ..] | [0, 9, 0, _, ..] => 4,
            _ => 0,
        };
        let local = self.digits.len() - area;
        let good_local = matches!(self.digits.get(area), Some(2..=8)) && (local == 8 || (local == 7 && area != 3));
        let good_shape = match (area, self.shape) {
            (0, [7 | 8] | [4, 4] | [3, 4]) => super::context::announced_telephone(self.text, self.range.start),
            (0, _) => false,
            (_, [_]) => self.digits.len() >= 11,
            (_, [first, rest @ ..]) => *first == area && matches!(rest, [7 | 8] | [4, 4] | [3, 4]),
            _ => false,
        };
        (good_local && good_shape).then(|| (DetectorKind::Landline, self.range.clone()))
    }
}

/// The provinces of GB/T 2260.
fn is_region(digits: &[u8]) -> bool {
    matches!(
        digits[0] * 10 + digits[1],
        11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 91
    )
}

/// YYYYMMDD of the years 1900 to 2099.
pub(super) fn is_date(digits: &[u8]) -> bool {
    let number = |digits: &[u8]| digits.iter().fold(0_u32, |sum, &d| sum * 10 + u32::from(d));
    let (year, month, day) = (number(&digits[..4]), number(&digits[4..6]), number(&digits[6..8]));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1900..2100).contains(&year) && (1..=days).contains(&day)
}

/// Issuer and length (ISO/IEC 7812): UnionPay, Visa, Mastercard, American Express, JCB, Diners; old PRC debit cards.
fn is_issuer(digits: &[u8]) -> bool {
    let lead = digits.iter().take(4).fold(0_u32, |sum, &d| sum * 10 + u32::from(d));
    match digits.len() {
        16..=19 if matches!(lead / 100, 60 | 62) || matches!(lead / 10, 940 | 955) => true,
        13 | 16 | 19 if lead / 1000 == 4 => true,
        16 => matches!(lead, 5100..=5599 | 2221..=2720 | 3528..=3589),
        15 => matches!(lead / 100, 34 | 37),
        14 => matches!(lead / 100, 36 | 38),
        _ => false,
    }
}

/// How a mobile number is grouped.
fn is_mobile_shape(shape: &[usize]) -> bool {
    let one_or_two = matches!(shape, [11] | [3, 8] | [7, 4] | [4, 7] | [5, 6] | [6, 5]);
    let three = matches!(shape, [3, 4, 4] | [4, 4, 3] | [3, 3, 5] | [4, 3, 4] | [3, 5, 3]);
    let pairs = matches!(shape, [3, 2, 2, 2, 2] | [3, 2, 2, 4] | [3, 4, 2, 2] | [3, 3, 3, 2]);
    one_or_two || three || pairs
}
