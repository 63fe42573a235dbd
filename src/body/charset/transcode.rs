//! To UTF-8 and back, as a stream.

use encoding_rs::{Encoding, WINDOWS_1252};

use super::guess::is_utf8_beyond_chance;
use super::{Charset, char_bytes};
use crate::body::BodyError;

/// Non-ASCII bytes in a row that are looked at to tell UTF-8 from the legacy charset of the label.
const TELLING_RUN: usize = 64;

/// Brings one answer to UTF-8 and its rewritten form back.
///
/// INVARIANT: `outward(inward(x)) == x` for every x that `inward` accepts; what would not come back is refused.
pub(in crate::body) struct Transcoder {
    code: Code,
    /// Bytes of a character, or of a telling run, that is not whole yet, on the way in.
    held_in: Vec<u8>,
    /// The same on the way out.
    held_out: Vec<u8>,
    /// The last bytes under a Western label.
    run: HighRun,
}

/// Han characters under a Western label.
///
/// Every byte is a letter of windows-1252, so a false label never fails by itself; but no Western word has four such letters together,
/// and any two common Han characters of GB 2312 have. What is read as `ÐÕÃû` is found by no name and no detector.
#[derive(Default)]
struct HighRun([u8; 4]);

impl HighRun {
    fn check(&mut self, bytes: &[u8]) -> Result<(), BodyError> {
        for &byte in bytes {
            let [_, a, b, c] = self.0;
            self.0 = [a, b, c, byte];
            let all = self.0.iter().all(|b| (0xa1..=0xfe).contains(b));
            // A row of one ornament is no Han.
            if all && self.0[..2] != self.0[2..] {
                return Err(invalid("the text is in no Western charset, as the label says"));
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Code {
    Wide {
        big_endian: bool,
    },
    /// Only ASCII was seen so far under a legacy label; the first other bytes tell whether the label is true.
    Untold(&'static Encoding),
    Legacy(&'static Encoding),
    Utf8,
}

fn invalid(reason: &'static str) -> BodyError {
    BodyError::Charset { reason }
}

impl Transcoder {
    /// For an answer in `charset`; `None` if it needs none.
    pub(in crate::body) fn new(charset: Charset) -> Option<Self> {
        let code = match charset {
            Charset::Utf8 => return None,
            Charset::Utf16Le => Code::Wide { big_endian: false },
            Charset::Utf16Be => Code::Wide { big_endian: true },
            Charset::Legacy(encoding) => Code::Untold(encoding),
        };
        Some(Self {
            code,
            held_in: Vec::new(),
            held_out: Vec::new(),
            run: HighRun::default(),
        })
    }

    /// The charset that the bytes turned out to be in; a legacy label over UTF-8 is corrected.
    pub(in crate::body) fn told(&self, label: Charset) -> Charset {
        if matches!(self.code, Code::Utf8) {
            Charset::Utf8
        } else {
            label
        }
    }

    /// The answer's bytes → UTF-8.
    pub(in crate::body) fn inward(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), BodyError> {
        let mut held = std::mem::take(&mut self.held_in);
        let input = if held.is_empty() {
            bytes
        } else {
            held.extend_from_slice(bytes);
            &held
        };
        let used = match self.code {
            Code::Wide { big_endian } => from_wide(input, big_endian, out)?,
            Code::Untold(encoding) => self.tell(encoding, input, false, out)?,
            Code::Legacy(encoding) => self.legacy(encoding, input, out)?,
            Code::Utf8 => {
                out.extend_from_slice(input);
                input.len()
            }
        };
        self.held_in = input[used..].to_vec();
        Ok(())
    }

    /// Ends the way in.
    pub(in crate::body) fn inward_end(&mut self, out: &mut Vec<u8>) -> Result<(), BodyError> {
        let held = std::mem::take(&mut self.held_in);
        let used = match self.code {
            Code::Untold(encoding) => self.tell(encoding, &held, true, out)?,
            _ => 0,
        };
        if used == held.len() {
            Ok(())
        } else {
            Err(invalid("the answer ends inside a character"))
        }
    }

    /// UTF-8 → the answer's charset. What the charset has not stands in our renderings alone, inside JSON strings, and is escaped there.
    pub(in crate::body) fn outward(&mut self, utf8: &[u8], out: &mut Vec<u8>) -> Result<(), BodyError> {
        if matches!(self.code, Code::Utf8) {
            out.extend_from_slice(&std::mem::take(&mut self.held_out));
            out.extend_from_slice(utf8);
            return Ok(());
        }
        let mut held = std::mem::take(&mut self.held_out);
        let input = if held.is_empty() {
            utf8
        } else {
            held.extend_from_slice(utf8);
            &held
        };
        let (text, rest) = whole_chars(input)?;
        match self.code {
            Code::Wide { big_endian } => to_wide(text, big_endian, out),
            Code::Untold(_) => escape_non_ascii(text, out),
            Code::Legacy(encoding) => to_legacy(encoding, text, out),
            Code::Utf8 => out.extend_from_slice(text.as_bytes()),
        }
        self.held_out = rest.to_vec();
        Ok(())
    }

    /// Passes ASCII and tells by the first run of other bytes which charset this is; returns how many bytes were used.
    fn tell(
        &mut self,
        label: &'static Encoding,
        input: &[u8],
        last: bool,
        out: &mut Vec<u8>,
    ) -> Result<usize, BodyError> {
        let ascii = Encoding::ascii_valid_up_to(input);
        out.extend_from_slice(&input[..ascii]);
        let rest = &input[ascii..];
        let run = rest.iter().take(TELLING_RUN).take_while(|b| !b.is_ascii()).count();
        if rest.is_empty() || (run == rest.len() && run < TELLING_RUN && !last) {
            return Ok(ascii);
        }
        let is_utf8 = match std::str::from_utf8(&rest[..run]) {
            Ok(_) => is_utf8_beyond_chance(&rest[..run], label.is_single_byte()),
            Err(error) => run == TELLING_RUN && error.error_len().is_none(),
        };
        if is_utf8 {
            self.code = Code::Utf8;
            out.extend_from_slice(rest);
            return Ok(input.len());
        }
        self.code = Code::Legacy(label);
        Ok(ascii + self.legacy(label, rest, out)?)
    }

    fn legacy(&mut self, encoding: &'static Encoding, input: &[u8], out: &mut Vec<u8>) -> Result<usize, BodyError> {
        let used = from_legacy(encoding, input, out)?;
        if encoding == WINDOWS_1252 {
            self.run.check(&input[..used])?;
        }
        Ok(used)
    }
}

fn whole_chars(input: &[u8]) -> Result<(&str, &[u8]), BodyError> {
    match std::str::from_utf8(input) {
        Ok(text) => Ok((text, &[])),
        Err(error) if error.error_len().is_none() => {
            let (whole, rest) = input.split_at(error.valid_up_to());
            Ok((std::str::from_utf8(whole).unwrap_or_default(), rest))
        }
        Err(_) => Err(invalid("the rewritten text is no valid UTF-8")),
    }
}

/// Returns the bytes used: whole characters only.
fn from_wide(input: &[u8], big_endian: bool, out: &mut Vec<u8>) -> Result<usize, BodyError> {
    let unit = |pair: &[u8; 2]| {
        if big_endian {
            u16::from_be_bytes(*pair)
        } else {
            u16::from_le_bytes(*pair)
        }
    };
    let (pairs, _) = input.as_chunks::<2>();
    let whole = match pairs.last() {
        Some(last) if (0xd800..0xdc00).contains(&unit(last)) => pairs.len() - 1,
        _ => pairs.len(),
    };
    out.reserve(whole * 2);
    let mut utf8 = [0; 4];
    for decoded in char::decode_utf16(pairs[..whole].iter().map(unit)) {
        let decoded = decoded.map_err(|_| invalid("a surrogate stands alone"))?;
        out.extend_from_slice(decoded.encode_utf8(&mut utf8).as_bytes());
    }
    Ok(whole * 2)
}

fn to_wide(text: &str, big_endian: bool, out: &mut Vec<u8>) {
    out.reserve(text.len() * 2);
    for unit in text.encode_utf16() {
        out.extend_from_slice(&if big_endian {
            unit.to_be_bytes()
        } else {
            unit.to_le_bytes()
        });
    }
}

fn from_legacy(encoding: &'static Encoding, input: &[u8], out: &mut Vec<u8>) -> Result<usize, BodyError> {
    let mut whole = 0;
    while whole < input.len() {
        if input[whole].is_ascii() {
            whole += Encoding::ascii_valid_up_to(&input[whole..]);
            continue;
        }
        match char_bytes(encoding, &input[whole..]) {
            Some(length) if whole + length <= input.len() => whole += length,
            _ => break,
        }
    }
    let text = encoding
        .decode_without_bom_handling_and_without_replacement(&input[..whole])
        .ok_or(invalid("the bytes are not valid in the charset of the label"))?;
    let (back, _, unmappable) = encoding.encode(&text);
    if unmappable || *back != input[..whole] {
        return Err(invalid("the text could not be given back as it was"));
    }
    out.extend_from_slice(text.as_bytes());
    Ok(whole)
}

fn to_legacy(encoding: &'static Encoding, text: &str, out: &mut Vec<u8>) {
    let (bytes, _, unmappable) = encoding.encode(text);
    if !unmappable {
        out.extend_from_slice(&bytes);
        return;
    }
    let mut utf8 = [0; 4];
    for c in text.chars() {
        let one = c.encode_utf8(&mut utf8);
        let (bytes, _, unmappable) = encoding.encode(one);
        if unmappable {
            escape_non_ascii(one, out)
        } else {
            out.extend_from_slice(&bytes)
        }
    }
}

/// RFC 8259 §7: `\uXXXX`, beyond the Basic Multilingual Plane as a surrogate pair.
fn escape_non_ascii(text: &str, out: &mut Vec<u8>) {
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c as u8);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
            }
        }
    }
}
