//! Postal addresses in Chinese: a place, what is in it, and a number.

use std::ops::Range;

use super::{Candidate, DetectorKind};
use crate::mask::lexicon::{self, is_han};

/// Characters that the parts of an address end with: what the prefilter counts.
pub(super) const PLACE_CHARS: &str = "省市区县旗镇乡村街路巷弄号栋幢楼室座厦道园层组";

/// Most characters of an address; a longer one is found in part.
const MAX_CHARS: usize = 60;

/// Characters before a street's name that are none of it.
const STOPS: &str = "在到往至从去给是的了请住于为址送寄";

/// Finds all of them.
pub(super) fn find(text: &str, found: &mut Vec<Candidate>) {
    let mut from = 0;
    while let Some(segment) = next_segment(text, from) {
        from = segment.end;
        if text[segment.clone()].contains(|c| PLACE_CHARS.contains(c)) {
            in_segment(text, segment, found);
        }
    }
}

/// Characters that stand in an address.
fn is_inside(c: char) -> bool {
    let sign = |c| {
        matches!(
            c,
            ' ' | '-' | '#' | '(' | ')' | '\u{ff08}' | '\u{ff09}' | '\u{b7}' | '\u{ff0d}' | '\u{3000}'
        )
    };
    is_han(c) || c.is_ascii_alphanumeric() || sign(c) || matches!(c, '\u{ff10}'..='\u{ff19}')
}

fn next_segment(text: &str, from: usize) -> Option<Range<usize>> {
    let start = from + text[from..].find(is_inside)?;
    let end = text[start..]
        .find(|c| !is_inside(c))
        .map_or(text.len(), |length| start + length);
    Some(start..end)
}

/// A part of an address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Province, city, district.
    Admin,
    /// Road, village, estate.
    Street,
    /// House, building, room: with a number before it.
    Number,
}

/// What part of an address a character ends, after `last`.
fn part(c: char, last: char) -> Option<Part> {
    let numeric = last.is_numeric() || last.is_ascii_alphabetic() || "一二三四五六七八九十甲乙丙丁".contains(last);
    match c {
        '省' | '市' | '区' | '县' | '旗' if is_han(last) && !"小超门地片城夜菜".contains(last) => {
            Some(Part::Admin)
        }
        '路' if is_han(last) && !"思线电网公铁马半后出道".contains(last) => Some(Part::Street),
        '街' | '巷' | '镇' | '乡' | '村' | '厦' if is_han(last) && !"农家老".contains(last) => {
            Some(Part::Street)
        }
        '道' if matches!(last, '大' | '街') => Some(Part::Street),
        '园' if "花业家区科庄公".contains(last) => Some(Part::Street),
        '号' | '栋' | '幢' | '弄' | '室' | '楼' | '座' | '层' | '组' if numeric => Some(Part::Number),
        _ => None,
    }
}

/// The addresses in a segment. Each start costs at most [`MAX_CHARS`] characters of looking.
fn in_segment(text: &str, segment: Range<usize>, found: &mut Vec<Candidate>) {
    let chars: Vec<(usize, char)> = text[segment.clone()]
        .char_indices()
        .map(|(at, c)| (segment.start + at, c))
        .collect();
    let mut from = 0;
    let mut at = 0;
    while at < chars.len() {
        let Some((start, placed)) = begin(text, &chars, from, at) else {
            at += 1;
            continue;
        };
        let to = (start + MAX_CHARS).min(chars.len());
        match end(&chars[start..to], placed) {
            Some(length) => {
                let stop = chars.get(start + length).map_or(segment.end, |(at, _)| *at);
                found.push(Candidate {
                    range: chars[start].0..stop,
                    kind: DetectorKind::Address,
                });
                from = start + length;
                at = from;
            }
            None => at += 1,
        }
    }
}

/// Where an address begins that shows at `at`: there, at a known place, or some characters before, at the first part's name.
fn begin(text: &str, chars: &[(usize, char)], from: usize, at: usize) -> Option<(usize, bool)> {
    let (byte, c) = chars[at];
    let rest = &text[byte..];
    if is_han(c) && (lexicon::province_prefix(rest).is_some() || lexicon::city_prefix(rest).is_some()) {
        return Some((at, true));
    }
    let last = chars[from..at].last()?.1;
    matches!(part(c, last), Some(Part::Admin | Part::Street)).then_some(())?;
    let own = |(_, c): &&(usize, char)| is_han(*c) && !STOPS.contains(*c);
    let name = chars[from..at].iter().rev().take(3).take_while(own).count();
    (name > 0).then_some((at - name, false))
}

/// Where an address that begins here ends, in characters; `None` where it is none.
fn end(chars: &[(usize, char)], placed: bool) -> Option<usize> {
    let (mut admin, mut street, mut number) = (usize::from(placed), 0, 0);
    let mut end = 0;
    for (i, pair) in chars.windows(2).enumerate() {
        match part(pair[1].1, pair[0].1) {
            Some(Part::Admin) => admin += 1,
            Some(Part::Street) => street += 1,
            Some(Part::Number) => number += 1,
            None => continue,
        }
        end = i + 2;
    }
    // The number of a house or room without a word: 3栋501, 红星路12-8.
    let tail = chars[end..]
        .iter()
        .take(8)
        .take_while(|(_, c)| c.is_ascii_alphanumeric() || *c == '-')
        .count();
    let digits = chars[end..end + tail].iter().any(|(_, c)| c.is_ascii_digit());
    let good = (street > 0 && (number > 0 || digits)) || (admin > 0 && street > 1) || (admin > 1 && number > 0);
    good.then_some(end + if digits { tail } else { 0 })
}
