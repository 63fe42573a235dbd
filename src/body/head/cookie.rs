//! `Set-Cookie` (RFC 6265 §4.1): the CRM's session must go on working, so values are touched only where something is found.

use super::field::Fate;
use super::search::{Search, percent, unpercent};

/// Letters and digits right beside a finding's own digits that make it a part of a random token.
const TOKEN_MARGIN: usize = 8;

/// The beginning of the names of our own cookies, without the prefixes that browsers enforce.
const OURS: &str = "overcoat";

/// The cookie with its domain left out (it would name the CRM's host) and its value searched; dropped if it has one of our names.
pub(super) fn rewrite(cookie: &str, search: &Search<'_>) -> Fate {
    let mut parts = cookie.split(';');
    let pair = parts.next().unwrap_or_default();
    let (name, value) = pair.split_once('=').unwrap_or(("", pair));
    if is_ours(name) {
        return Fate::Drop;
    }
    let new_value = masked_value(value, search);
    let name_is_sensitive = search.masked(name).is_some() || search.holds_words(name);
    if name_is_sensitive {
        return Fate::Drop;
    }
    let mut out = match &new_value {
        Some(value) => format!("{name}={value}"),
        None => pair.to_owned(),
    };
    for attribute in parts.filter(|attribute| keeps(attribute, search)) {
        out.push(';');
        out.push_str(attribute);
    }
    if out == cookie { Fate::Keep } else { Fate::Write(out) }
}

fn keeps(attribute: &str, search: &Search<'_>) -> bool {
    let name = attribute
        .split('=')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match name.as_str() {
        "domain" => false,
        "expires" | "max-age" | "secure" | "httponly" | "samesite" | "partitioned" | "priority" => true,
        _ => search.masked(attribute).is_none() && !search.holds_words(attribute),
    }
}

fn is_ours(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    let bare = name
        .strip_prefix("__host-")
        .or(name.strip_prefix("__secure-"))
        .unwrap_or(&name);
    bare.starts_with(OURS)
}

/// The value masked; words are looked for after percent decoding alone, as signed sessions carry Base64.
fn masked_value(value: &str, search: &Search<'_>) -> Option<String> {
    if search.is_idle() {
        return None;
    }
    let plain = unpercent(value);
    let by_chance = search
        .direct(&plain)
        .is_some_and(|masked| within_token(&plain, &masked));
    let found = if by_chance { None } else { search.masked(&plain) };
    let text = found.as_deref().unwrap_or(&plain);
    if text.chars().any(|c| !c.is_ascii() && c.is_alphabetic()) {
        return Some(percent(&words_hidden(text)));
    }
    found.map(|found| percent(&found))
}

fn words_hidden(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
        } else if !out.ends_with('*') {
            out.push_str("***");
        }
    }
    out
}

/// Whether what was masked stands inside a much longer run of letters and digits: chance, in a random token.
fn within_token(plain: &str, masked: &str) -> bool {
    let same = |(a, b): &(char, char)| a == b;
    let start: usize = plain
        .chars()
        .zip(masked.chars())
        .take_while(same)
        .map(|(a, _)| a.len_utf8())
        .sum();
    let tail: usize = plain[start..]
        .chars()
        .rev()
        .zip(masked.chars().rev())
        .take_while(same)
        .map(|(a, _)| a.len_utf8())
        .sum();
    let (before, changed, after) = (
        &plain[..start],
        &plain[start..plain.len() - tail],
        &plain[plain.len() - tail..],
    );
    let (before, after) = (
        before.trim_end_matches(|c: char| c.is_ascii_digit()),
        after.trim_start_matches(|c: char| c.is_ascii_digit()),
    );
    let left = before.bytes().rev().take_while(u8::is_ascii_alphanumeric).count();
    let right = after.bytes().take_while(u8::is_ascii_alphanumeric).count();
    changed.bytes().all(|b| b.is_ascii_alphanumeric()) && left + right >= TOKEN_MARGIN
}
