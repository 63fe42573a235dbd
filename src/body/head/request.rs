//! What of a request's head must not reach the CRM, so that its answer can be read and rewritten.

use http::header::{self, HeaderMap, HeaderName};

use crate::body::coding::DECODABLE;

/// Headers that ask for a part of the answer, for an answer without a body, or for digests of the original. A client cannot have a true
/// validator of what we sent, so each condition would compare with the original.
const CONDITIONS: [HeaderName; 3] = [header::IF_RANGE, header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE];
const OTHERS: [&str; 5] = ["te", "a-im", "want-digest", "want-content-digest", "want-repr-digest"];

/// The headers of a request to a masked route that are to be dropped. `Range` is one only if it counts bytes: other units
/// (`records=10-20`) are a way of paging.
pub fn request_headers_to_drop(headers: &HeaderMap) -> Vec<HeaderName> {
    let mut dropped: Vec<HeaderName> = CONDITIONS
        .into_iter()
        .chain(OTHERS.map(HeaderName::from_static))
        .collect();
    dropped.retain(|name| headers.contains_key(name));
    let ranges = headers.get_all(header::RANGE).into_iter();
    if ranges.map(|value| value.as_bytes()).any(counts_bytes) {
        dropped.push(header::RANGE);
    }
    dropped
}

fn counts_bytes(range: &[u8]) -> bool {
    match memchr::memchr(b'=', range) {
        Some(end) => {
            matches!(range[..end].trim_ascii(), unit if unit.is_empty() || unit.eq_ignore_ascii_case(b"bytes"))
        }
        None => true,
    }
}

/// The `Accept-Encoding` to send to the CRM: what of the client's we can decode, with its weights; `identity` if that is nothing.
pub fn accept_encoding(client: Option<&str>) -> String {
    let wanted = client.unwrap_or_default().split(',').filter_map(|offer| {
        let coding = offer.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let known = DECODABLE.contains(&coding.as_str()) || matches!(coding.as_str(), "identity" | "x-gzip");
        known.then(|| offer.trim().to_owned())
    });
    let offers: Vec<String> = wanted.collect();
    let starred = client.is_some_and(|client| client.trim_start().starts_with('*'));
    match (offers.is_empty(), starred) {
        (false, _) => offers.join(", "),
        (true, true) => DECODABLE.join(", "),
        (true, false) => "identity".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_ranges_of_bytes_are_dropped() {
        let dropped = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            !request_headers_to_drop(&headers).is_empty()
        };
        for (name, value) in [
            ("range", "bytes=0-1"),
            ("range", "Bytes = 0-"),
            ("range", "0-1"),
            ("if-range", "\"x\""),
            ("if-none-match", "*"),
            ("if-modified-since", "x"),
            ("te", "trailers"),
            ("want-repr-digest", "sha-256=1"),
        ] {
            assert!(dropped(name, value), "{name}: {value}");
        }
        for (name, value) in [
            ("range", "records=10-20"),
            ("accept", "*/*"),
            ("if-match", "*"),
            ("x-range", "bytes=1"),
        ] {
            assert!(!dropped(name, value), "{name}: {value}");
        }
    }

    #[test]
    fn accepted_codings_are_those_we_decode() {
        let cases = [
            (None, "identity"),
            (Some(""), "identity"),
            (Some("compress, dcb"), "identity"),
            (Some("gzip, deflate, br, zstd, dcz"), "gzip, deflate, br, zstd"),
            (Some("GZIP;q=0.5, foo, identity;q=0"), "GZIP;q=0.5, identity;q=0"),
            (Some("*"), "gzip, deflate, br, zstd"),
        ];
        for (client, sent) in cases {
            assert_eq!(accept_encoding(client), sent);
        }
    }
}
