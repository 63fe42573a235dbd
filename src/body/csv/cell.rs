//! One cell: out of its quotes and its charset, rendered, and back into them.

use std::borrow::Cow;

use crate::body::charset::Charset;

/// What stands for a value that cannot be rendered in the file's charset. ASCII, so it is in every charset, and no formula.
pub(super) const PLAIN_REDACTED: &str = "***";

/// What spreadsheets take for the beginning of a formula (OWASP, CSV injection), with the full-width forms that some accept.
const FORMULA: [char; 11] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
];

/// The content of a raw cell: without the quotes, doubled ones made single. What follows the closing quote belongs to it.
pub(super) fn content(raw: &[u8]) -> Cow<'_, [u8]> {
    let Some(inner) = raw.strip_prefix(b"\"") else {
        return Cow::Borrowed(raw);
    };
    match memchr::memchr(b'"', inner) {
        None => Cow::Borrowed(inner),
        Some(end) if end + 1 == inner.len() => Cow::Borrowed(&inner[..end]),
        Some(first) => Cow::Owned(undoubled(inner, first)),
    }
}

fn undoubled(inner: &[u8], first: usize) -> Vec<u8> {
    let mut plain = inner[..first].to_vec();
    let mut at = first;
    while at < inner.len() {
        match (inner[at], inner.get(at + 1)) {
            (b'"', Some(b'"')) => {
                plain.push(b'"');
                at += 2;
            }
            (b'"', _) => {
                plain.extend_from_slice(&inner[at + 1..]);
                break;
            }
            (byte, _) => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    plain
}

/// What a spreadsheet's guard (`'` before a formula character) protects; such a guard is none of the value.
pub(super) fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'')
        .filter(|rest| rest.starts_with(FORMULA))
        .unwrap_or(text)
}

/// Appends a cell that we write. `quoted` says that the original stood in quotes.
///
/// INVARIANT: the first character of the content is none of [`FORMULA`].
pub(super) fn write(text: &str, quoted: bool, delimiter: u8, charset: Charset, out: &mut Vec<u8>) {
    if charset == Charset::Utf8 {
        return write_utf8(text, quoted, delimiter, out);
    }
    // Not each reader knows the four-byte codes of GB 18030, nor is the charset always told right: bullets become ASCII.
    let mut cell = Vec::with_capacity(text.len() + 2);
    write_utf8(&text.replace('\u{2022}', "*"), quoted, delimiter, &mut cell);
    let encoded = std::str::from_utf8(&cell).is_ok_and(|cell| charset.encode(cell, out));
    if !encoded {
        write_utf8(PLAIN_REDACTED, quoted, delimiter, out);
    }
}

fn write_utf8(text: &str, quoted: bool, delimiter: u8, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let special = |&b: &u8| b == delimiter || matches!(b, b'"' | b'\n' | b'\r');
    let quotes = quoted || bytes.iter().any(special) || bytes.first() == Some(&b' ') || bytes.last() == Some(&b' ');
    if quotes {
        out.push(b'"');
    }
    if text.starts_with(FORMULA) {
        out.push(b'\'');
    }
    let mut rest = bytes;
    while let Some(at) = quotes.then(|| memchr::memchr(b'"', rest)).flatten() {
        out.extend_from_slice(&rest[..=at]);
        out.push(b'"');
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    if quotes {
        out.push(b'"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_taken_off_as_readers_do() {
        for (raw, plain) in [
            ("abc", "abc"),
            ("a\"b", "a\"b"),
            ("\"abc\"", "abc"),
            ("\"a\"\"b\"", "a\"b"),
            ("\"\"\"\"", "\""),
            ("\"\"", ""),
            ("\"a\"b", "ab"),
            ("\"a\"b\"c", "ab\"c"),
            ("\"a", "a"),
            ("", ""),
            ("\"a,\r\nb\"", "a,\r\nb"),
        ] {
            assert_eq!(&*content(raw.as_bytes()), plain.as_bytes(), "{raw}");
        }
    }

    #[test]
    fn what_we_write_is_no_formula_and_keeps_its_cell() {
        let cases = [
            ("=1+1", "'=1+1"),
            ("+86", "'+86"),
            ("-1", "'-1"),
            ("@x", "'@x"),
            ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""),
            ("\u{ff1d}x", "'\u{ff1d}x"),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("138****5678", "138****5678"),
            (" a", "\" a\""),
        ];
        for (text, cell) in cases {
            let mut out = Vec::new();
            write(text, false, b',', Charset::Utf8, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), cell);
        }
    }

    #[test]
    fn what_the_charset_has_not_becomes_ascii() {
        for (encoding, expected) in [(encoding_rs::GBK, &b"***"[..]), (encoding_rs::BIG5, b"***")] {
            let mut out = Vec::new();
            write(
                "\u{2022}\u{2022}\u{2022}",
                false,
                b',',
                Charset::Legacy(encoding),
                &mut out,
            );
            assert_eq!(out, expected);
            let mut out = Vec::new();
            write("\u{1f600}", true, b',', Charset::Legacy(encoding), &mut out);
            assert_eq!(out, b"\"***\"");
        }
        let mut out = Vec::new();
        write("\u{5f20}*", false, b',', Charset::Legacy(encoding_rs::GBK), &mut out);
        assert_eq!(out, b"\xd5\xc5*");
    }
}
