//! Postal addresses: province and city are kept.

use super::STARS;
use crate::mask::lexicon::{self, is_han};

/// Words that end the name of a city or what ranks with one.
const CITY_ENDS: [&str; 4] = ["市", "自治州", "地区", "盟"];

/// Most characters of a city's name after a province.
const MAX_CITY_CHARS: usize = 8;

/// `广东省佛山市***`, `上海市***`, `***, China`.
pub(super) fn partial(value: &str, out: &mut String) -> Option<()> {
    let value = value.trim();
    han(value, out).or_else(|| latin(value, out))
}

fn han(value: &str, out: &mut String) -> Option<()> {
    let country = ["中华人民共和国", "中国"]
        .into_iter()
        .find(|country| value.starts_with(country))
        .map_or(0, str::len);
    let start = country + gap(&value[country..]);
    let province = lexicon::province_prefix(&value[start..]);
    let mut end = start + province.map_or(0, |(bytes, _)| bytes);
    if !province.is_some_and(|(_, municipality)| municipality) {
        let from = end + gap(&value[end..]);
        let city = lexicon::city_prefix(&value[from..]);
        let city = city.or_else(|| province.and_then(|_| named_city(&value[from..])));
        end = city.map_or(end, |bytes| from + bytes);
    }
    (end > start).then_some(())?;
    out.push_str(&value[..end]);
    out.push_str(STARS);
    Some(())
}

/// Bytes of what stands between the parts of an address.
fn gap(text: &str) -> usize {
    text.len()
        - text
            .trim_start_matches([' ', '\u{3000}', ',', '\u{ff0c}', '-', '/', '\u{b7}', '\u{3001}'])
            .len()
}

/// A city that is not in the list, told by how it ends.
fn named_city(text: &str) -> Option<usize> {
    let limit = text.char_indices().nth(MAX_CITY_CHARS).map_or(text.len(), |(at, _)| at);
    let (at, end) = CITY_ENDS
        .iter()
        .filter_map(|end| Some((text[..limit].find(end)?, end)))
        .min()?;
    let name = &text[..at];
    let plain = name.chars().count() >= 2 && name.chars().all(|c| is_han(c) && !"区县镇乡村路街道".contains(c));
    plain.then_some(at + end.len())
}

/// Of an address in letters only a country at its end.
fn latin(value: &str, out: &mut String) -> Option<()> {
    let (before, country) = value.rsplit_once(',')?;
    let country = country.trim();
    (!before.trim().is_empty() && lexicon::is_country(country)).then_some(())?;
    out.push_str(STARS);
    out.push_str(", ");
    out.push_str(country);
    Some(())
}
