//! Which format an answer has: by what its head says *and* what its first bytes are, for each may lie.
//!
//! The head gives a [`Hint`]; the bytes decide. JSON under any text label is JSON; a sign-in page under `text/csv` is not CSV; a file name in
//! Content-Disposition counts where the type says nothing. What is none of these is [`Format::Opaque`].

use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::charset::{parameter, split_parameters};

/// Bytes (16 KiB) in which a second line of JSON is looked for, under a label that does not say JSON.
const LINES_WINDOW_BYTES: usize = 16 << 10;

/// The format of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// One JSON text (RFC 8259).
    Json,
    /// JSON texts, one for each line.
    Ndjson,
    /// Rows of cells (RFC 4180).
    Csv,
    /// No byte at all.
    Empty,
    /// Anything else.
    Opaque,
}

impl Format {
    /// The word used in logs and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Empty => "empty",
            Self::Opaque => "opaque",
        }
    }
}

/// What the head makes expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Labelled JSON: scalars count too.
    Json,
    /// Labelled as a sequence of JSON texts.
    Ndjson,
    /// Labelled, or named, CSV.
    Csv,
    /// Text, HTML, a stream of octets, or nothing: JSON objects and arrays are recognised.
    Unsaid,
    /// A type that is none of ours and never holds ours (pictures, archives, documents): bytes are not asked.
    Other,
}

/// Reads the hint from the head.
pub fn hint(headers: &HeaderMap) -> Hint {
    let value = headers.get(CONTENT_TYPE).map_or(&b""[..], |value| value.as_bytes());
    let essence = split_parameters(value)
        .next()
        .unwrap_or_default()
        .trim_ascii()
        .to_ascii_lowercase();
    let essence = std::str::from_utf8(&essence).unwrap_or_default();
    match essence {
        "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/x-jsonlines"
        | "application/json-seq"
        | "application/jsonlines"
        | "application/stream+json" => Hint::Ndjson,
        "application/json" | "text/json" | "text/x-json" | "application/x-json" => Hint::Json,
        json if json.ends_with("+json") => Hint::Json,
        "text/csv"
        | "application/csv"
        | "application/x-csv"
        | "text/x-csv"
        | "text/comma-separated-values"
        | "text/x-comma-separated-values"
        | "text/tab-separated-values" => Hint::Csv,
        media
            if ["image/", "audio/", "video/", "font/"]
                .iter()
                .any(|top| media.starts_with(top)) =>
        {
            Hint::Other
        }
        _ => by_file_name(headers).unwrap_or(Hint::Unsaid),
    }
}

/// What the name of an attached file makes expect. Also of use where the type is no media type (`zip`), or a spreadsheet's.
fn by_file_name(headers: &HeaderMap) -> Option<Hint> {
    let value = headers.get(CONTENT_DISPOSITION)?.as_bytes();
    let name = parameter(value, b"filename*").or_else(|| parameter(value, b"filename"))?;
    let name = name.to_ascii_lowercase();
    let name = name.trim_ascii().strip_suffix(b"'").unwrap_or(name.trim_ascii());
    let extension = name.rsplit(|&b| b == b'.').next()?;
    match extension {
        b"csv" | b"tsv" => Some(Hint::Csv),
        b"json" | b"geojson" => Some(Hint::Json),
        b"ndjson" | b"jsonl" => Some(Hint::Ndjson),
        _ => None,
    }
}

/// Tells the format from the first bytes, in UTF-8 (or a superset of ASCII) and without a byte-order mark. `whole` says that there are
/// no more. `None` asks for more.
///
/// INVARIANT: the answer depends on the bytes and not on how they were cut: once it is given, more bytes would not have changed it.
pub fn tell(hint: Hint, first: &[u8], whole: bool) -> Option<Format> {
    if hint == Hint::Other {
        return (whole || !first.is_empty()).then_some(if first.is_empty() {
            Format::Empty
        } else {
            Format::Opaque
        });
    }
    let Some(start) = first
        .iter()
        .position(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n' | 0x1e))
    else {
        return blank(hint, first, whole);
    };
    let body = &first[start..];
    match hint {
        Hint::Json => Some(if begins_json(body[0]) {
            Format::Json
        } else {
            Format::Opaque
        }),
        Hint::Ndjson => Some(if begins_json(body[0]) {
            Format::Ndjson
        } else {
            Format::Opaque
        }),
        Hint::Csv => table(body, whole),
        Hint::Unsaid | Hint::Other => unsaid(body, whole),
    }
}

fn blank(hint: Hint, first: &[u8], whole: bool) -> Option<Format> {
    match (first.is_empty(), whole, hint) {
        (true, true, _) => Some(Format::Empty),
        (_, false, Hint::Csv) if first.len() > LINES_WINDOW_BYTES => Some(Format::Csv),
        (_, false, _) if first.len() > LINES_WINDOW_BYTES => Some(Format::Opaque),
        (_, false, _) => None,
        (false, true, Hint::Csv) => Some(Format::Csv),
        (false, true, Hint::Ndjson) => Some(Format::Ndjson),
        // White space alone holds nothing, under whatever label.
        (false, true, _) => Some(Format::Ndjson),
    }
}

const fn begins_json(byte: u8) -> bool {
    matches!(byte, b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')
}

/// A table is text that is no markup, no document and no JSON object or array of values.
fn table(body: &[u8], whole: bool) -> Option<Format> {
    match body[0] {
        b'<' => Some(Format::Opaque),
        b'{' | b'[' => match structure(body, whole)? {
            Format::Opaque => Some(Format::Csv),
            json => Some(json),
        },
        _ => {
            let magics: [&[u8]; 5] = [
                b"%PDF",
                b"PK\x03\x04",
                b"PK\x05\x06",
                &[0xd0, 0xcf, 0x11, 0xe0],
                b"Rar!",
            ];
            let undecided = |magic: &&[u8]| !whole && body.len() < magic.len() && magic.starts_with(body);
            if magics.iter().any(|magic| body.starts_with(magic)) {
                Some(Format::Opaque)
            } else if magics.iter().any(undecided) {
                None
            } else {
                Some(Format::Csv)
            }
        }
    }
}

fn unsaid(body: &[u8], whole: bool) -> Option<Format> {
    match body[0] {
        b'{' | b'[' => structure(body, whole),
        _ => Some(Format::Opaque),
    }
}

/// An object or array by its first two marks, and whether a further text follows the first.
fn structure(body: &[u8], whole: bool) -> Option<Format> {
    let second = body[1..].iter().find(|b| !b.is_ascii_whitespace());
    let fits = match (body[0], second) {
        (_, None) if whole => false,
        (_, None) if body.len() > LINES_WINDOW_BYTES => false,
        (_, None) => return None,
        (b'{', Some(b'"' | b'}')) => true,
        (b'[', Some(b'[' | b'{' | b'"' | b']' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')) => true,
        _ => false,
    };
    if !fits {
        return Some(Format::Opaque);
    }
    let window = &body[..body.len().min(LINES_WINDOW_BYTES)];
    match after_first_text(window) {
        Some(rest) => match window[rest..].iter().find(|b| !b.is_ascii_whitespace()) {
            Some(b'{' | b'[') => Some(Format::Ndjson),
            Some(_) => Some(Format::Json),
            None if whole || window.len() == LINES_WINDOW_BYTES => Some(Format::Json),
            None => None,
        },
        None if whole || window.len() == LINES_WINDOW_BYTES => Some(Format::Json),
        None => None,
    }
}

/// Where the first JSON text of the window ends; `None` if it does not. Only brackets and strings are looked at.
fn after_first_text(window: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    while at < window.len() {
        match window[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b'"' => at = string_end(window, at + 1)?,
            _ => {}
        }
        at += 1;
    }
    None
}

fn string_end(window: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let found = at + memchr::memchr2(b'"', b'\\', window.get(at..)?)?;
        if window[found] == b'"' {
            return Some(found);
        }
        at = found + 2;
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn head(content_type: &[u8], disposition: &[u8]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [(CONTENT_TYPE, content_type), (CONTENT_DISPOSITION, disposition)] {
            if !value.is_empty() {
                headers.insert(name, HeaderValue::from_bytes(value).unwrap());
            }
        }
        headers
    }

    #[test]
    fn head_and_bytes_tell_together() {
        let cases: [(&str, &str, &str, Format); 36] = [
            ("application/json", "", "{\"a\":1}", Format::Json),
            ("application/json; charset=utf-8", "", "  12", Format::Json),
            ("application/json", "", "\"x\"", Format::Json),
            ("application/json", "", "", Format::Empty),
            ("application/json", "", "<html>", Format::Opaque),
            ("application/json", "", ")]}',\n{\"a\":1}", Format::Opaque),
            ("application/json", "", "callback({\"a\":1})", Format::Opaque),
            ("application/vnd.api+json", "", "[1]", Format::Json),
            ("text/html", "", "{\"a\":1}", Format::Json),
            ("text/html", "", "[[1]]", Format::Json),
            ("text/html; charset=utf-8", "", "<!doctype html>", Format::Opaque),
            ("text/plain", "", "{\"a\":1}\n{\"a\":2}\n", Format::Ndjson),
            ("text/plain", "", "{\"a\":\"}\\\"{\"}\n", Format::Json),
            ("text/plain", "", "{\"a\":1} x", Format::Json),
            ("text/plain", "", "{hello}", Format::Opaque),
            ("text/plain", "", "OK", Format::Opaque),
            ("", "", "[]", Format::Json),
            ("", "", "", Format::Empty),
            ("", "", "\r\n", Format::Ndjson),
            ("application/x-ndjson", "", "{}\n{}", Format::Ndjson),
            ("text/csv", "", "a,b\n1,2", Format::Csv),
            ("text/csv; charset=gb18030; charset=utf-8", "", "a", Format::Csv),
            ("text/csv", "", "\n <html>", Format::Opaque),
            ("text/csv", "", "{\"error\":\"expired\"}", Format::Json),
            ("text/csv", "", "{id},name", Format::Csv),
            ("text/csv", "", "PK\x03\x04", Format::Opaque),
            ("text/csv", "", "P", Format::Csv),
            (
                "application/octet-stream",
                "attachment; filename=\"party.csv\"",
                "a,b",
                Format::Csv,
            ),
            (
                "application/octet-stream",
                "attachment; filename*=UTF-8''%E5%AE%A2%E6%88%B7.csv",
                "a",
                Format::Csv,
            ),
            ("zip", "attachment; filename=a.csv", "a", Format::Csv),
            ("zip", "attachment; filename=a.csv", "PK\x03\x04", Format::Opaque),
            ("zip", "attachment; filename=a.zip", "PK\x03\x04", Format::Opaque),
            (
                "application/vnd.ms-excel",
                "attachment; filename=\"a;b.CSV\"",
                "a",
                Format::Csv,
            ),
            (
                "application/octet-stream",
                "attachment; filename=b'a.csv'",
                "a",
                Format::Csv,
            ),
            ("application/octet-stream", "", "a,b", Format::Opaque),
            ("image/png", "", "{\"a\":1}", Format::Opaque),
        ];
        for (content_type, disposition, body, format) in cases {
            let hint = hint(&head(content_type.as_bytes(), disposition.as_bytes()));
            assert_eq!(
                tell(hint, body.as_bytes(), true),
                Some(format),
                "{content_type} {disposition} {body}"
            );
            let early = (0..body.len()).find_map(|end| tell(hint, &body.as_bytes()[..end], false));
            assert!(
                early.is_none_or(|told| told == format),
                "{content_type} {body}: told {early:?} too early"
            );
        }
    }

    #[test]
    fn a_long_first_text_is_one_text() {
        let body = format!("[\"{}\"]", "x".repeat(LINES_WINDOW_BYTES));
        assert_eq!(tell(Hint::Unsaid, &body.as_bytes()[..100], false), None);
        assert_eq!(tell(Hint::Unsaid, body.as_bytes(), false), Some(Format::Json));
    }
}
