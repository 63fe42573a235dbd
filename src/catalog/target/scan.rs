//! The scanners behind [`super::CanonicalTarget`]: path and query, one pass each.

use std::borrow::Cow;

use super::{MAX_QUERY_PARAMETERS, TargetError};

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// What is refused wherever it stands: control characters, white space and fragments. Percent signs are checked where they are decoded.
pub(super) fn refuse_everywhere(text: &str) -> Result<(), TargetError> {
    for c in text.chars() {
        match c {
            '#' => return Err(TargetError::Fragment),
            c if c.is_control() || c.is_whitespace() => return Err(TargetError::Control),
            _ => {}
        }
    }
    Ok(())
}

/// Drops scheme and authority of an absolute form.
pub(super) fn origin_form(text: &str) -> Result<Cow<'_, str>, TargetError> {
    if text.starts_with('/') {
        return Ok(Cow::Borrowed(text));
    }
    let rest = ["http://", "https://"]
        .iter()
        .find_map(|scheme| {
            let head = text.get(..scheme.len())?;
            head.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
        })
        .ok_or(TargetError::NotAPath)?;
    let authority_end = rest.find(['/', '?', '\\']).unwrap_or(rest.len());
    match &rest[authority_end..] {
        _ if authority_end == 0 => Err(TargetError::NotAPath),
        "" => Ok(Cow::Borrowed("/")),
        tail if tail.starts_with('?') => Ok(Cow::Owned(format!("/{tail}"))),
        tail => Ok(Cow::Borrowed(tail)),
    }
}

/// The canonical path and its decoded segments.
pub(super) fn path(raw: &str) -> Result<(String, Vec<String>), TargetError> {
    let body = raw.strip_prefix('/').ok_or(TargetError::NotAPath)?;
    let mut canonical = String::with_capacity(raw.len());
    let mut segments = Vec::new();
    let mut parts = body.split('/').peekable();
    while let Some(part) = parts.next() {
        if part.is_empty() && parts.peek().is_some() {
            return Err(TargetError::EmptySegment);
        }
        canonical.push('/');
        segments.push(segment(part, &mut canonical)?);
    }
    Ok((canonical, segments))
}

/// Appends one segment in canonical form and returns it decoded.
fn segment(raw: &str, canonical: &mut String) -> Result<String, TargetError> {
    let bytes = raw.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let (byte, escaped) = read(bytes, &mut at)?;
        refuse_in_path(byte, escaped)?;
        let plain = is_unreserved(byte) || (!escaped && is_path_delimiter(byte));
        push(byte, plain, canonical);
        decoded.push(byte);
    }
    let decoded = String::from_utf8(decoded).map_err(|_| TargetError::NotUtf8)?;
    match decoded.as_str() {
        "." | ".." => Err(TargetError::DotSegment),
        text if text.chars().any(char::is_control) => Err(TargetError::Control),
        text if holds_an_escape(text) => Err(TargetError::DoubleEncoded),
        _ => Ok(decoded),
    }
}

/// Whether decoding once more would decode something.
fn holds_an_escape(decoded: &str) -> bool {
    decoded
        .as_bytes()
        .windows(3)
        .any(|w| w[0] == b'%' && w[1].is_ascii_hexdigit() && w[2].is_ascii_hexdigit())
}

fn refuse_in_path(byte: u8, escaped: bool) -> Result<(), TargetError> {
    match byte {
        b'/' if escaped => Err(TargetError::EncodedSlash),
        b'\\' => Err(TargetError::Backslash),
        b';' => Err(TargetError::Semicolon),
        0..=0x1f | 0x7f => Err(TargetError::Control),
        _ => Ok(()),
    }
}

/// Appends the query as it is; only what is not ASCII gets escaped.
pub(super) fn raw_query(raw: &str, upstream: &mut String) {
    for &byte in raw.as_bytes() {
        push(byte, byte.is_ascii(), upstream);
    }
}

/// The decoded pairs of an `application/x-www-form-urlencoded` text, which queries and forms are.
pub(in crate::catalog) fn form_pairs(raw: &str) -> Result<Vec<(String, String)>, TargetError> {
    let mut pairs = Vec::new();
    for part in raw.split('&').filter(|p| !p.is_empty()) {
        if pairs.len() == MAX_QUERY_PARAMETERS {
            return Err(TargetError::TooManyParameters);
        }
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        pairs.push((form_decoded(name)?, form_decoded(value)?));
    }
    Ok(pairs)
}

/// Decodes one name or value of `application/x-www-form-urlencoded`.
fn form_decoded(raw: &str) -> Result<String, TargetError> {
    let bytes = raw.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match read(bytes, &mut at)? {
            (0, _) => return Err(TargetError::Control),
            (b'+', false) => decoded.push(b' '),
            (byte, _) => decoded.push(byte),
        }
    }
    Ok(String::from_utf8(decoded).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()))
}

/// Reads one byte, plain or escaped, and moves on.
fn read(bytes: &[u8], at: &mut usize) -> Result<(u8, bool), TargetError> {
    let byte = bytes[*at];
    if byte != b'%' {
        *at += 1;
        return Ok((byte, false));
    }
    let digit = |i: usize| bytes.get(i).and_then(|b| char::from(*b).to_digit(16));
    match (digit(*at + 1), digit(*at + 2)) {
        (Some(high), Some(low)) => {
            *at += 3;
            Ok(((high * 16 + low) as u8, true))
        }
        _ => Err(TargetError::BadPercent),
    }
}

fn push(byte: u8, plain: bool, out: &mut String) {
    if plain {
        out.push(char::from(byte));
    } else {
        out.push('%');
        out.push(char::from(HEX[usize::from(byte >> 4)]));
        out.push(char::from(HEX[usize::from(byte & 15)]));
    }
}

/// RFC 3986 section 2.3.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// What else may stand plain in a segment (RFC 3986 section 3.3), without `;`, which is refused.
fn is_path_delimiter(byte: u8) -> bool {
    matches!(
        byte,
        b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b'=' | b':' | b'@'
    )
}
