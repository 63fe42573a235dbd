//! One header: kept, written anew, or dropped.

use http::header::{self, HeaderName, HeaderValue};

use super::search::{Search, readable};
use super::url::Origins;
use super::{cookie, file_name, link, url};

/// What becomes of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It stays byte for byte.
    Keep,
    /// It gets this value.
    Write(String),
    /// It is left out.
    Drop,
}

impl Fate {
    pub(super) fn changed(new: Option<String>) -> Self {
        new.map_or(Self::Keep, Self::Write)
    }
}

/// Headers whose grammar leaves no room for a person's data.
const HARMLESS: [&str; 14] = [
    "allow",
    "access-control-max-age",
    "content-language",
    "content-security-policy",
    "content-security-policy-report-only",
    "date",
    "permissions-policy",
    "retry-after",
    "server",
    "strict-transport-security",
    "vary",
    "x-content-type-options",
    "x-frame-options",
    "x-xss-protection",
];

/// Parts of a header's name that say it carries a text for people.
const MESSAGES: [&str; 10] = [
    "error",
    "message",
    "warning",
    "exception",
    "detail",
    "reason",
    "notice",
    "alert",
    "flash",
    "toast",
];

/// Decides over one header. What is of the connection, or of the original bytes, is already out.
pub(super) fn rewrite(name: &HeaderName, value: &HeaderValue, search: &Search<'_>, origins: &Origins) -> Fate {
    let text = readable(value.as_bytes());
    match *name {
        header::SET_COOKIE => cookie::rewrite(&text, search),
        header::LOCATION | header::CONTENT_LOCATION => Fate::changed(url::rewrite(&text, search, origins)),
        header::LINK => Fate::changed(link::rewrite_link(&text, search, origins)),
        header::REFRESH => Fate::changed(link::rewrite_refresh(&text, search, origins)),
        header::ACCESS_CONTROL_ALLOW_ORIGIN => Fate::changed(origins.mapped(&text)),
        header::VARY => vary(&text),
        _ if search.is_idle() => unsearched(&text, origins),
        header::CONTENT_DISPOSITION => Fate::changed(file_name::rewrite_disposition(value.as_bytes(), search)),
        header::CONTENT_TYPE => Fate::changed(file_name::rewrite_type(value.as_bytes(), search)),
        _ if HARMLESS.contains(&name.as_str()) => Fate::Keep,
        _ => unknown(name.as_str(), &text, search, origins),
    }
}

/// The answer is never coded, so it does not vary by that.
fn vary(text: &str) -> Fate {
    let left: Vec<&str> = text
        .split(',')
        .map(str::trim)
        .filter(|token| !token.eq_ignore_ascii_case("accept-encoding"))
        .collect();
    match left.as_slice() {
        [] => Fate::Drop,
        left if left.join(", ") == text => Fate::Keep,
        left => Fate::Write(left.join(", ")),
    }
}

fn is_url(text: &str) -> bool {
    text.starts_with('/') || text.starts_with("http://") || text.starts_with("https://")
}

/// Under a plan that is all clear only the CRM's own address is replaced (`HX-Redirect`, `X-Location` …).
fn unsearched(text: &str, origins: &Origins) -> Fate {
    Fate::changed(if is_url(text) { origins.mapped(text) } else { None })
}

/// A header we know nothing of. What its name says comes first, then what its value looks like.
fn unknown(name: &str, text: &str, search: &Search<'_>, origins: &Origins) -> Fate {
    let bare = name.strip_prefix("x-").unwrap_or(name);
    let is_code = text
        .bytes()
        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'.' | b' '));
    let is_message = MESSAGES.iter().any(|word| bare.contains(word));
    if search.masked_class(bare).is_some() || (is_message && !(is_code && search.masked(text).is_none())) {
        return Fate::Drop;
    }
    if is_url(text) {
        return Fate::changed(url::rewrite(text, search, origins));
    }
    if search.holds_words(text) {
        return Fate::Drop;
    }
    Fate::changed(search.masked(text).map(|masked| masked.replace('\u{2022}', "*")))
}
