//! Charsets: which one an answer is in, and the way there and back.
//!
//! Purpose: the rewriters read UTF-8 (the CSV one also any superset of ASCII); an answer in another charset is brought to UTF-8, rewritten,
//! and brought back ([`Transcoder`]), so that it leaves in the charset it came in.
//!
//! Guarantee: what is not masked comes back byte for byte. A byte-order mark wins over a label, of several `charset` parameters the first
//! is true, and a label that the bytes disprove is not believed.
//!
//! Exceptions: UTF-32, UTF-7 and the escape-driven ISO-2022 family are refused, and so is legacy text whose code is not the one that its
//! characters encode to: it could not be given back as it was.

mod guess;
#[cfg(test)]
mod tests;
mod transcode;

use std::borrow::Cow;

use encoding_rs::{BIG5, Encoding, GB18030, GBK, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE};
use http::HeaderMap;
use http::header::CONTENT_TYPE;

pub(super) use self::guess::valid;
pub use self::guess::{by_first_bytes, of_table};
pub(super) use self::transcode::Transcoder;
use super::BodyError;

/// The charset of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8, with or without a byte-order mark.
    Utf8,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// A legacy charset that holds ASCII as it is: GBK, GB 18030, Big5, windows-1252 …
    Legacy(&'static Encoding),
}

impl Charset {
    /// The name after the WHATWG Encoding Standard §4.2.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Legacy(encoding) => encoding.name(),
        }
    }

    /// Whether it has two-byte units, so that even ASCII has to be transcoded.
    pub fn is_wide(self) -> bool {
        matches!(self, Self::Utf16Le | Self::Utf16Be)
    }

    /// The text of bytes that are whole in this charset, `None` where they are not valid in it.
    pub fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            _ => self
                .encoding()
                .decode_without_bom_handling_and_without_replacement(bytes),
        }
    }

    /// The text of bytes, with U+FFFD for what is not valid; for looking only, never for writing.
    pub(super) fn lossy(self, bytes: &[u8]) -> Cow<'_, str> {
        self.encoding().decode_without_bom_handling(bytes).0
    }

    /// Appends text in this charset; `false`, and nothing appended, if it holds a character that the charset has not.
    pub fn encode(self, text: &str, out: &mut Vec<u8>) -> bool {
        let Self::Legacy(encoding) = self else {
            debug_assert!(!self.is_wide(), "UTF-16 is written by the transcoder");
            out.extend_from_slice(text.as_bytes());
            return true;
        };
        let (bytes, _, unmappable) = encoding.encode(text);
        if !unmappable {
            out.extend_from_slice(&bytes);
        }
        !unmappable
    }

    /// Whether `|` and `\` can be the second byte of a character (GBK, GB 18030, Big5, Shift_JIS).
    pub fn hides_ascii(self) -> bool {
        matches!(self, Self::Legacy(encoding) if !encoding.is_single_byte())
    }

    fn encoding(self) -> &'static Encoding {
        match self {
            Self::Utf8 => UTF_8,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
            Self::Legacy(encoding) => encoding,
        }
    }
}

/// The charset an answer is labelled with: the first `charset` parameter of the first Content-Type. `None` if there is none, or one that
/// names no charset. `utf-16` alone says nothing of the byte order and counts as none.
///
/// # Errors
/// [`BodyError::Charset`] if any of the labels names a charset that cannot be handled, or that nobody knows: the client may have asked for
/// it (EBCDIC, `unicode_escape`), and what is read in the wrong charset is found by no name and no detector.
pub fn labelled(headers: &HeaderMap) -> Result<Option<Charset>, BodyError> {
    let mut first = None;
    for value in headers.get_all(CONTENT_TYPE) {
        for label in parameters(value.as_bytes(), b"charset") {
            let told = by_label(&label)?;
            first.get_or_insert(told);
        }
    }
    Ok(first.flatten())
}

/// The beginning of an answer as UTF-8, or as a superset of ASCII, without a byte-order mark: enough to tell a format by.
pub(super) fn beginning(charset: Charset, first: &[u8]) -> Cow<'_, [u8]> {
    match charset {
        Charset::Utf8 => Cow::Borrowed(first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first)),
        Charset::Legacy(_) => Cow::Borrowed(first.strip_prefix(&[0x84, 0x31, 0x95, 0x33]).unwrap_or(first)),
        Charset::Utf16Le | Charset::Utf16Be => {
            let text = charset.lossy(&first[..first.len() & !1]);
            Cow::Owned(text.trim_start_matches('\u{feff}').as_bytes().to_vec())
        }
    }
}

/// Labels that name no charset.
const NOTHING: [&[u8]; 7] = [b"", b"utf-16", b"ucs-2", b"binary", b"none", b"null", b"undefined"];

/// Labels in use that the WHATWG Encoding Standard §4.2 does not know.
const ALIASES: [(&[u8], &Encoding); 6] = [
    (b"utf-8-sig", UTF_8),
    (b"utf8mb4", UTF_8),
    (b"cp65001", UTF_8),
    (b"cp936", GBK),
    (b"ms936", GBK),
    (b"cp950", BIG5),
];

fn by_label(label: &[u8]) -> Result<Option<Charset>, BodyError> {
    // Python spells them with underscores.
    let mut name = label.trim_ascii().to_ascii_lowercase();
    name.iter_mut().filter(|b| **b == b'_').for_each(|b| *b = b'-');
    if NOTHING.contains(&name.as_slice()) {
        return Ok(None);
    }
    let alias = ALIASES.iter().find(|(known, _)| *known == name.as_slice());
    let known = alias.map(|(_, encoding)| *encoding);
    let encoding = known
        .or_else(|| Encoding::for_label(label))
        .or_else(|| Encoding::for_label(&name));
    match encoding {
        Some(encoding) if encoding != ISO_2022_JP && encoding != REPLACEMENT => Ok(Some(of_encoding(encoding))),
        _ => Err(BodyError::Charset {
            reason: "the charset cannot be handled",
        }),
    }
}

fn of_encoding(encoding: &'static Encoding) -> Charset {
    if encoding == UTF_8 {
        Charset::Utf8
    } else if encoding == UTF_16LE {
        Charset::Utf16Le
    } else if encoding == UTF_16BE {
        Charset::Utf16Be
    } else {
        Charset::Legacy(encoding)
    }
}

/// The first parameter of this name in a header value (RFC 9110 §5.6.6), unquoted.
pub(super) fn parameter(value: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    parameters(value, name).next()
}

/// All parameters of this name.
fn parameters(value: &[u8], name: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    split_parameters(value).filter_map(move |part| {
        let equals = memchr::memchr(b'=', part)?;
        let (key, text) = (part[..equals].trim_ascii(), part[equals + 1..].trim_ascii());
        key.eq_ignore_ascii_case(name).then(|| unquoted(text))
    })
}

/// The parts of a header value between semicolons that do not stand in quotes; the first is what the parameters belong to.
pub(super) fn split_parameters(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    value.split(move |&b| {
        let splits = b == b';' && !quoted;
        if b == b'"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && b == b'\\' && !escaped;
        splits
    })
}

fn unquoted(text: &[u8]) -> Vec<u8> {
    let Some(inner) = text.strip_prefix(b"\"") else {
        return text.to_vec();
    };
    let (mut plain, mut escaped) = (Vec::with_capacity(inner.len()), false);
    for &b in inner {
        match b {
            _ if escaped => {
                plain.push(b);
                escaped = false;
            }
            b'\\' => escaped = true,
            b'"' => break,
            _ => plain.push(b),
        }
    }
    plain
}

/// Length in bytes of the character that `bytes` begins with (not ASCII), by its first bytes alone; `None` while they do not tell.
pub(super) fn char_bytes(encoding: &'static Encoding, bytes: &[u8]) -> Option<usize> {
    let lead = *bytes.first()?;
    if lead < 0x80 || encoding.is_single_byte() {
        return Some(1);
    }
    if encoding == GBK || encoding == GB18030 {
        return match (lead, bytes.get(1)) {
            (0x80 | 0xff, _) => Some(1),
            (_, Some(0x30..=0x39)) => Some(4),
            (_, Some(_)) => Some(2),
            (_, None) => None,
        };
    }
    Some(match lead {
        0x80 | 0xff => 1,
        0xa1..=0xdf if encoding == encoding_rs::SHIFT_JIS => 1,
        0x8f if encoding == encoding_rs::EUC_JP => 3,
        _ => 2,
    })
}

/// Charsets tried, in this order, on a table that says nothing true of its own.
pub(super) fn candidates() -> [Charset; 3] {
    [Charset::Utf8, Charset::Legacy(GB18030), Charset::Legacy(BIG5)]
}
