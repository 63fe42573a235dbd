//! The escapes of JSON strings (RFC 8259, section 7), both ways.

/// What the bytes of a string so far leave open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Escape {
    /// Nothing.
    #[default]
    None,
    /// A backslash came.
    Begun,
    /// `\u` and some hexadecimal digits came.
    Unicode {
        /// How many.
        digits: u8,
        /// Whether they already mean more than ASCII.
        beyond: bool,
    },
}

impl Escape {
    /// Takes the next byte of an escape, and says whether it ends one that means a character beyond ASCII. `None` if it cannot stand there.
    pub(super) fn take(self, byte: u8) -> Option<(Self, bool)> {
        match (self, byte) {
            (Self::Begun, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Some((Self::None, false)),
            (Self::Begun, b'u') => Some((
                Self::Unicode {
                    digits: 0,
                    beyond: false,
                },
                false,
            )),
            (Self::Unicode { digits, beyond }, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                // ASCII is \u0000–\u007f.
                let beyond = beyond || (digits < 2 && byte != b'0') || (digits == 2 && byte > b'7');
                match digits {
                    3 => Some((Self::None, beyond)),
                    _ => Some((
                        Self::Unicode {
                            digits: digits + 1,
                            beyond,
                        },
                        false,
                    )),
                }
            }
            _ => None,
        }
    }
}

/// One unit of a valid string's source: how long it is and which character it means.
struct Unit {
    length: usize,
    means: char,
}

/// The escape at the head of `raw` (which begins with a backslash). A lone surrogate means U+FFFD.
fn unit(raw: &[u8]) -> Unit {
    let simple = |means| Unit { length: 2, means };
    match raw.get(1) {
        Some(b'b') => simple('\u{8}'),
        Some(b'f') => simple('\u{C}'),
        Some(b'n') => simple('\n'),
        Some(b'r') => simple('\r'),
        Some(b't') => simple('\t'),
        Some(b'u') => unicode(raw),
        Some(&other) => simple(char::from(other)),
        None => Unit {
            length: 1,
            means: char::REPLACEMENT_CHARACTER,
        },
    }
}

fn unicode(raw: &[u8]) -> Unit {
    let first = hex(raw.get(2..6));
    if (0xD800..0xDC00).contains(&first) && raw.get(6..8) == Some(b"\\u") {
        let second = hex(raw.get(8..12));
        if (0xDC00..0xE000).contains(&second) {
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            return Unit {
                length: 12,
                means: char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
            };
        }
    }
    Unit {
        length: 6,
        means: char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

/// Four hexadecimal digits; the grammar was checked before.
fn hex(digits: Option<&[u8]>) -> u32 {
    digits.unwrap_or_default().iter().fold(0, |code, &digit| {
        code << 4 | char::from(digit).to_digit(16).unwrap_or_default()
    })
}

/// Appends what the source of a string (without its quotes; valid) means. Returns whether a character beyond ASCII was escaped.
pub(super) fn unescape(raw: &str, text: &mut String) -> bool {
    let mut rest = raw;
    let mut beyond_ascii = false;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        let unit = unit(&rest.as_bytes()[at..]);
        beyond_ascii |= !unit.means.is_ascii();
        text.push(unit.means);
        rest = &rest[at + unit.length..];
    }
    text.push_str(rest);
    beyond_ascii
}

/// Walks along a string's source, to find where in it the bytes of its meaning stand.
pub(super) struct Ruler<'a> {
    raw: &'a [u8],
    raw_at: usize,
    text_at: usize,
}

impl<'a> Ruler<'a> {
    pub(super) fn new(raw: &'a [u8]) -> Self {
        Self {
            raw,
            raw_at: 0,
            text_at: 0,
        }
    }

    /// The source offset of a text offset; offsets must be asked in rising order. Inside of what one escape means: where it begins.
    pub(super) fn raw_offset(&mut self, text_offset: usize) -> usize {
        while self.text_at < text_offset {
            let rest = &self.raw[self.raw_at..];
            if rest.first() == Some(&b'\\') {
                let unit = unit(rest);
                if self.text_at + unit.means.len_utf8() > text_offset {
                    break;
                }
                self.text_at += unit.means.len_utf8();
                self.raw_at += unit.length;
            } else {
                let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
                let step = plain.min(text_offset - self.text_at).max(1);
                self.text_at += step;
                self.raw_at += step;
            }
        }
        self.raw_at
    }
}

/// How many bytes at the end of a string's source (valid so far) belong to a character that may go on: an unfinished escape, a high
/// surrogate whose partner may follow, unfinished UTF-8.
pub(super) fn unfinished(raw: &[u8]) -> usize {
    // The longest unit is a surrogate pair of 12 bytes: look at where the units end that begin in the last 12 bytes or before.
    let backslashes = raw.iter().rev().position(|&b| b != b'\\').unwrap_or(raw.len());
    if backslashes % 2 == 1 {
        return 1 + high_surrogate_before(&raw[..raw.len() - 1]);
    }
    for back in 2..=11.min(raw.len()) {
        let at = raw.len() - back;
        if raw[at..].starts_with(b"\\u") && escapes_begin_at(raw, at) {
            let whole = back >= 6;
            let high = whole && (0xD800..0xDC00).contains(&hex(raw.get(at + 2..at + 6)));
            return match whole {
                false => back + high_surrogate_before(&raw[..at]),
                true if back == 6 && high => 6,
                true => super::utf8::unfinished(raw),
            };
        }
    }
    super::utf8::unfinished(raw)
}

/// 6 if the source ends in the escape of a high surrogate.
fn high_surrogate_before(raw: &[u8]) -> usize {
    let Some(at) = raw.len().checked_sub(6) else { return 0 };
    let high = raw[at..].starts_with(b"\\u") && (0xD800..0xDC00).contains(&hex(raw.get(at + 2..)));
    if high && escapes_begin_at(raw, at) { 6 } else { 0 }
}

/// Whether the backslash at `at` begins an escape and does not end one.
fn escapes_begin_at(raw: &[u8], at: usize) -> bool {
    raw[..at].iter().rev().take_while(|&&b| b == b'\\').count() % 2 == 0
}

/// Appends a text as the inside of a JSON string; with `ascii`, all beyond ASCII as `\uXXXX`.
pub(super) fn escape(text: &str, ascii: bool, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        let run = super::scan::run(bytes, at);
        if run.non_ascii && ascii {
            escape_slowly(&text[at..run.end], out);
        } else {
            out.extend_from_slice(&bytes[at..run.end]);
        }
        let Some(&special) = bytes.get(run.end) else { return };
        escape_special(special, out);
        at = run.end + 1;
    }
}

fn escape_slowly(text: &str, out: &mut Vec<u8>) {
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c as u8);
        } else {
            for &unit in &*c.encode_utf16(&mut [0; 2]) {
                escape_unit(unit, out);
            }
        }
    }
}

fn escape_special(byte: u8, out: &mut Vec<u8>) {
    match byte {
        b'"' | b'\\' => out.extend([b'\\', byte]),
        b'\n' => out.extend(b"\\n"),
        b'\r' => out.extend(b"\\r"),
        b'\t' => out.extend(b"\\t"),
        0x8 => out.extend(b"\\b"),
        0xC => out.extend(b"\\f"),
        _ => escape_unit(u16::from(byte), out),
    }
}

fn escape_unit(unit: u16, out: &mut Vec<u8>) {
    out.extend(b"\\u");
    for shift in [12, 8, 4, 0] {
        out.push(b"0123456789abcdef"[usize::from(unit >> shift & 0xF)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(raw: &str) -> String {
        let mut text = String::new();
        unescape(raw, &mut text);
        text
    }

    #[test]
    fn escapes_mean_what_the_rfc_says() {
        assert_eq!(meaning(r#"a\"\\\/\b\f\n\r\tz"#), "a\"\\/\u{8}\u{C}\n\r\tz");
        assert_eq!(meaning(r"\u0070hone \u5f20\u4E09 \ud83d\uDE00"), "phone 张三 😀");
        assert_eq!(meaning(r"\ud83d!\ude00\ud83d\u0041"), "\u{FFFD}!\u{FFFD}\u{FFFD}A");
        assert!(unescape(r"\u5f20", &mut String::new()) && !unescape(r"\u0041张\n", &mut String::new()));
    }

    #[test]
    fn what_is_escaped_reads_back_in_both_styles() {
        let text = "a\"b\\c/\u{0}\u{8}\u{C}\n\r\t\u{1F}\u{7F}é张三😀\u{2028}".repeat(3);
        for ascii in [false, true] {
            let mut out = Vec::new();
            escape(&text, ascii, &mut out);
            assert_eq!(out.is_ascii(), ascii);
            let quoted = format!("\"{}\"", String::from_utf8(out).unwrap());
            assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), text);
        }
    }

    #[test]
    fn a_ruler_finds_each_character_in_the_source() {
        let raw = r#"a\n张\u5f20\ud83d\ude00\"z"#;
        let text = meaning(raw);
        let mut ruler = Ruler::new(raw.as_bytes());
        let found: Vec<&str> = text
            .char_indices()
            .map(|(at, c)| (ruler.raw_offset(at), c))
            .map(|(at, _)| &raw[at..])
            .collect();
        let expected = [
            r#"a\n张\u5f20\ud83d\ude00\"z"#,
            r#"\n张\u5f20\ud83d\ude00\"z"#,
            r#"张\u5f20\ud83d\ude00\"z"#,
            r#"\u5f20\ud83d\ude00\"z"#,
            r#"\ud83d\ude00\"z"#,
            r#"\"z"#,
            "z",
        ];
        assert_eq!(found, expected);
        assert_eq!(ruler.raw_offset(text.len()), raw.len());
    }

    #[test]
    fn a_cut_before_what_is_unfinished_never_changes_the_meaning() {
        let raw = r#"a\\\\u00\n张\u5f20\ud83d\ude00\ud83dx\\ud83d\\\ud83d\ud83d\ude00\\"z😀é\"#;
        let raw = &raw[..raw.len() - 1];
        let whole = meaning(raw);
        for cut in 0..=raw.len() {
            let head = &raw.as_bytes()[..cut];
            let safe = cut - unfinished(head);
            assert!(raw.is_char_boundary(safe), "{cut}");
            assert_eq!(meaning(&raw[..safe]) + meaning(&raw[safe..]).as_str(), whole, "{cut}");
            assert!(unfinished(head) <= 12);
        }
    }

    #[test]
    fn the_grammar_of_escapes_is_followed_byte_by_byte() {
        let ends = |bytes: &[u8]| {
            bytes
                .iter()
                .try_fold((Escape::Begun, false), |(state, _), &b| state.take(b))
        };
        for good in [&b"n"[..], b"\"", b"/", b"u007f", b"u0000"] {
            assert_eq!(ends(good), Some((Escape::None, false)));
        }
        for beyond in [&b"u0080"[..], b"u0aF9", b"uff41", b"ud83d"] {
            assert_eq!(ends(beyond), Some((Escape::None, true)));
        }
        for bad in [&b"x"[..], b"u00g0", b"U0000", b"'", b"0"] {
            assert_eq!(ends(bad), None);
        }
    }
}
