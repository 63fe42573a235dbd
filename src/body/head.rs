//! The head of an answer: what of it the client gets.
//!
//! Purpose: nothing in the head may say what the body may not, and nothing may be untrue of the body that is sent in its place.
//!
//! Guarantees: validators, lengths, digests and ranges of the original are gone (or made true: Content-Length); the answer is not stored
//! anywhere (`Cache-Control: private, no-store`); values are searched by the detectors through percent, Base64, `\u` and RFC 2047
//! encodings, any of them in any other; the query of a Location is masked by the names of its keys too. A file name that is more than
//! everyday words is replaced, for the detectors know no people's names; so are free texts of unknown headers.
//!
//! Exceptions: under a plan that is all clear no value is searched. Session cookies are searched, but not for words; a cookie's
//! random token that happens to contain eleven digits is left whole.

mod cookie;
mod field;
mod file_name;
mod link;
mod request;
mod search;
#[cfg(test)]
mod tests;
mod url;

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use self::field::Fate;
use self::search::Search;
use super::answer::AnswerHead;
use super::sniff::Format;
use crate::mask::MaskPlan;

pub use self::request::{accept_encoding, request_headers_to_drop};
pub use self::url::Origins;

/// Headers of one connection (RFC 9110 §7.6.1), beside those that `Connection` names.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What was true of the original bytes alone, what would let somebody fetch or keep them past us, and orders to servers in between.
const UNTRUE: [&str; 23] = [
    "accept-ranges",
    "age",
    "alt-svc",
    "cache-control",
    "cdn-cache-control",
    "content-digest",
    "content-encoding",
    "content-length",
    "content-md5",
    "digest",
    "etag",
    "expires",
    "last-modified",
    "pragma",
    "repr-digest",
    "signature",
    "signature-input",
    "sourcemap",
    "surrogate-control",
    "x-accel-redirect",
    "x-checksum",
    "x-sendfile",
    "x-sourcemap",
];

/// The headers the client gets in place of the CRM's.
///
/// `format` is what [`Answer::format`](super::Answer::format) told (`None` counts as unknown); `length` is the length of the body as it is
/// sent, in bytes, if it is known by now. Names come out in lower case, in the CRM's order.
pub fn rewrite_head(
    head: &AnswerHead<'_>,
    format: Option<Format>,
    length: Option<u64>,
    origins: &Origins,
    plan: &MaskPlan,
) -> HeaderMap {
    let nominated = nominated(head.headers);
    let search = Search::new(plan);
    let mut out = HeaderMap::with_capacity(head.headers.len() + 2);
    for (name, value) in head.headers {
        let dropped =
            HOP_BY_HOP.contains(&name.as_str()) || UNTRUE.contains(&name.as_str()) || nominated.contains(name);
        if dropped || is_byte_range(name, value) {
            continue;
        }
        match field::rewrite(name, value, &search, origins) {
            Fate::Keep => drop(out.append(name.clone(), value.clone())),
            Fate::Write(text) => append(&mut out, name, &text),
            Fate::Drop => {}
        }
    }
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    let length = if format == Some(Format::Empty) { Some(0) } else { length };
    if let (false, Some(length)) = (head.is_bodiless(), length) {
        out.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    out
}

/// What cannot be a header value any more is dropped.
fn append(out: &mut HeaderMap, name: &HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_bytes(text.as_bytes()) {
        out.append(name.clone(), value);
    }
}

/// The headers that `Connection` names.
fn nominated(headers: &HeaderMap) -> Vec<HeaderName> {
    let values = headers.get_all(header::CONNECTION).into_iter();
    let tokens = values.flat_map(|value| value.as_bytes().split(|&b| b == b','));
    tokens
        .filter_map(|token| HeaderName::from_bytes(token.trim_ascii()).ok())
        .collect()
}

/// `Content-Range` counts the original's bytes; in other units (`records 10-20/300`) it counts what is paged, and stays true.
fn is_byte_range(name: &HeaderName, value: &HeaderValue) -> bool {
    name == header::CONTENT_RANGE
        && value
            .as_bytes()
            .get(..5)
            .is_some_and(|unit| unit.eq_ignore_ascii_case(b"bytes"))
}
