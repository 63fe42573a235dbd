//! Values searched through the encodings that headers carry them in.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::mask::detect::Finding;
use crate::mask::plan::PathState;
use crate::mask::{ClassId, MaskPlan, Outcome, Rendering, Treatment};

/// Encodings looked through, one in the other. Seen in the field: 3 (a percent-encoded Base64 cursor of JSON with `\u`).
const MAX_LAYERS: usize = 4;
/// Shortest Base64 run that is tried: eight bytes of text hold no value that a detector knows.
const MIN_BASE64: usize = 12;

/// RFC 3986 §2.3: what never needs encoding.
const RESERVED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'*');

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT.with_encode_padding(false));
const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT.with_encode_padding(false));

/// Searches texts under one plan.
pub(super) struct Search<'a> {
    plan: &'a MaskPlan,
}

/// Percent-encodes all but what RFC 3986 leaves bare; bullets become asterisks, which need no encoding.
pub(super) fn percent(text: &str) -> String {
    utf8_percent_encode(&text.replace('\u{2022}', "*"), &RESERVED).to_string()
}

/// Undoes percent-encoding; bytes that are no UTF-8 are read as Latin-1.
pub(super) fn unpercent(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes: Vec<u8> = percent_decode_str(text).collect();
    Cow::Owned(readable(&bytes).into_owned())
}

/// Bytes of a header as text: UTF-8, or each byte as the character of its number.
pub(super) fn readable(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|&b| char::from(b)).collect()),
    }
}

/// Whether a text has letters beyond ASCII: words that may be a name, which no detector knows.
fn has_words(text: &str) -> bool {
    text.chars().any(|c| !c.is_ascii() && c.is_alphabetic())
}

impl<'a> Search<'a> {
    pub(super) fn new(plan: &'a MaskPlan) -> Self {
        Self { plan }
    }

    /// Whether there is nothing to look for.
    pub(super) fn is_idle(&self) -> bool {
        self.plan.is_clear()
    }

    /// The class that a name (of a query key, or a header) says its value has, if values of it are masked.
    pub(super) fn masked_class(&self, name: &str) -> Option<ClassId> {
        match self.plan.child(PathState::ROOT, self.plan.symbol("", name)).1.treatment {
            Treatment::Field(class) if self.plan.masker(class).rendering() != Rendering::Clear => Some(class),
            _ => None,
        }
    }

    /// A value of a class, rendered; `None` if it may be shown.
    pub(super) fn rendered(&self, class: ClassId, value: &str) -> Option<String> {
        let mut out = String::new();
        (self.plan.masker(class).text(value, &mut out) == Outcome::Changed).then_some(out)
    }

    /// The text with what was found in it rendered, in the encoding it stood in; `None` if there was nothing.
    pub(super) fn masked(&self, text: &str) -> Option<String> {
        if self.is_idle() {
            None
        } else {
            self.through(text, MAX_LAYERS)
        }
    }

    /// Whether there are words beyond ASCII in the text, in whatever encoding.
    pub(super) fn holds_words(&self, text: &str) -> bool {
        !self.is_idle() && words_through(text, MAX_LAYERS)
    }

    /// The text with encoded words (RFC 2047) that say something emptied; for URLs, whose marks such words would be taken for.
    pub(super) fn without_words(&self, text: &str) -> Option<String> {
        let says = |inner: &str| self.masked(inner).is_some() || self.holds_words(inner);
        if self.is_idle() {
            None
        } else {
            in_words(text, &|inner| says(inner).then(|| "***".to_owned()))
        }
    }

    fn through(&self, text: &str, layers: usize) -> Option<String> {
        let mut now = Cow::Borrowed(text);
        if let Some(found) = self.direct(&now) {
            now = Cow::Owned(found);
        }
        if layers > 0 {
            for encoding in ENCODINGS {
                if let Some(found) = encoding(&now, &|inner| self.through(inner, layers - 1)) {
                    now = Cow::Owned(found);
                }
            }
        }
        match now {
            Cow::Borrowed(_) => None,
            Cow::Owned(masked) => Some(masked),
        }
    }

    /// The same, but only for what stands there as it is.
    pub(super) fn direct(&self, text: &str) -> Option<String> {
        if !self.plan.detectors().may_match(text.as_bytes()) {
            return None;
        }
        let mut findings: Vec<Finding> = Vec::new();
        self.plan.detectors().find(text, &mut findings);
        let (mut out, mut copied, mut changed) = (String::new(), 0, false);
        for Finding { range, class } in findings {
            out.push_str(&text[copied..range.start]);
            copied = range.end;
            match self.rendered(class, &text[range.clone()]) {
                Some(rendered) => {
                    out.push_str(&rendered);
                    changed = true;
                }
                None => out.push_str(&text[range]),
            }
        }
        out.push_str(&text[copied..]);
        changed.then_some(out)
    }
}

/// Looks at what stands in a text in one encoding; what the inner look gives back is put in its place, in the same encoding.
type Encoding = fn(&str, &dyn Fn(&str) -> Option<String>) -> Option<String>;

const ENCODINGS: [Encoding; 4] = [in_words, in_percent, in_escapes, in_base64];

fn words_through(text: &str, layers: usize) -> bool {
    let found = std::cell::Cell::new(has_words(text));
    if layers > 0 && !found.get() {
        for encoding in ENCODINGS {
            let _ = encoding(text, &|inner| {
                found.set(found.get() || words_through(inner, layers - 1));
                None
            });
        }
    }
    found.get()
}

fn in_percent(text: &str, look: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let plain = unpercent(text);
    if plain == text {
        return None;
    }
    look(&plain).map(|found| percent(&found))
}

/// RFC 2047 §2: `=?charset?B?…?=` and `=?charset?Q?…?=`.
fn in_words(text: &str, look: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let (mut out, mut rest, mut changed) = (String::new(), text, false);
    while let Some((before, word, after)) = next_word(rest) {
        out.push_str(before);
        let decoded = decode_word(word);
        match decoded.as_deref().and_then(look) {
            Some(found) => {
                out.push_str(&format!(
                    "=?UTF-8?B?{}?=",
                    base64::engine::general_purpose::STANDARD.encode(found)
                ));
                changed = true;
            }
            None => out.push_str(word),
        }
        rest = after;
    }
    out.push_str(rest);
    changed.then_some(out)
}

fn next_word(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find("=?")?;
    let body = &text[start + 2..];
    let charset = body.find('?')?;
    let kind = body.get(charset + 1..charset + 3)?;
    if !kind.ends_with('?') {
        return None;
    }
    let end = start + 2 + charset + 3 + body.get(charset + 3..)?.find("?=")? + 2;
    Some((&text[..start], &text[start..end], &text[end..]))
}

/// The text of one encoded word.
pub(super) fn decode_word(word: &str) -> Option<String> {
    let mut parts = word.strip_prefix("=?")?.strip_suffix("?=")?.splitn(3, '?');
    let (charset, kind, coded) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = match kind {
        "B" | "b" => BASE64.decode(coded).ok()?,
        "Q" | "q" => percent_decode_str(&coded.replace('%', "%25").replace('=', "%").replace('_', " ")).collect(),
        _ => return None,
    };
    let charset = charset.split('*').next().unwrap_or_default();
    let encoding = encoding_rs::Encoding::for_label(charset.as_bytes()).unwrap_or(encoding_rs::UTF_8);
    Some(encoding.decode_without_bom_handling(&bytes).0.into_owned())
}

/// RFC 8259 §7: `\uXXXX`, also in a header that holds JSON.
fn in_escapes(text: &str, look: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    if !text.contains("\\u") {
        return None;
    }
    let (mut units, mut rest): (Vec<u16>, &str) = (Vec::new(), text);
    while let Some(at) = rest.find("\\u") {
        units.extend(rest[..at].encode_utf16());
        let hex = rest
            .get(at + 2..at + 6)
            .and_then(|hex| u16::from_str_radix(hex, 16).ok());
        units.extend(hex.map_or_else(|| "\\u".encode_utf16().collect(), |unit| vec![unit]));
        rest = &rest[at + if hex.is_some() { 6 } else { 2 }..];
    }
    units.extend(rest.encode_utf16());
    let plain = String::from_utf16_lossy(&units);
    if plain == text {
        return None;
    }
    let found = look(&plain)?;
    let escape = |c: char| {
        if c.is_ascii() {
            c.to_string()
        } else {
            c.encode_utf16(&mut [0; 2])
                .iter()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect()
        }
    };
    Some(found.chars().map(escape).collect())
}

/// Base64 in either alphabet. A run is tried whole, and in the pieces between its slashes (it may be a path).
fn in_base64(text: &str, look: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let is_digit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
    let (mut out, mut copied, mut at) = (String::new(), 0, 0);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|&&b| is_digit(b)).count();
        if length >= MIN_BASE64
            && let Some(found) = recoded(&text[at..at + length], look)
        {
            out.push_str(&text[copied..at]);
            out.push_str(&found);
            copied = at + length;
        }
        at += length.max(1);
    }
    out.push_str(&text[copied..]);
    (copied > 0).then_some(out)
}

fn recoded(run: &str, look: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let whole = |run: &str| {
        let engine = if run.contains(['-', '_']) { BASE64_URL } else { BASE64 };
        let plain = String::from_utf8(engine.decode(run).ok()?).ok()?;
        if plain.chars().any(|c| c.is_control() && !c.is_whitespace()) {
            return None;
        }
        look(&plain).map(|found| engine.encode(found))
    };
    if let Some(found) = whole(run) {
        return Some(found);
    }
    let mut changed = false;
    let pieces = run.split('/').map(
        |piece| match (piece.len() >= MIN_BASE64).then(|| whole(piece)).flatten() {
            Some(found) => {
                changed = true;
                Cow::Owned(found)
            }
            None => Cow::Borrowed(piece),
        },
    );
    let joined = pieces.collect::<Vec<_>>().join("/");
    changed.then_some(joined)
}
