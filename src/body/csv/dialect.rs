//! What the first rows tell of a file: charset, delimiter, and what stands before the first row.

use encoding_rs::Encoding;

use super::columns::names_field;
use crate::body::BodyError;
use crate::body::charset::{Charset, of_table, valid};
use crate::mask::MaskPlan;

/// Rows of the window that are compared.
const ROWS: usize = 16;

/// Delimiters tried, the likelier first.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) charset: Charset,
    pub(super) delimiter: u8,
    /// Bytes before the first row: a byte-order mark and a `sep=` line.
    pub(super) preamble: usize,
}

impl Dialect {
    /// Reads the window: the first bytes of the file, or all of it.
    ///
    /// # Errors
    /// [`BodyError::Syntax`] if there are zero bytes: that is no text.
    pub(super) fn tell(window: &[u8], label: Option<Charset>, plan: &MaskPlan) -> Result<Self, BodyError> {
        if let Some(at) = memchr::memchr(0, window) {
            return Err(BodyError::Syntax {
                format: "CSV",
                reason: "there is a zero byte",
                at: at as u64,
            });
        }
        let (charset, mark) = match Encoding::for_bom(window) {
            Some((_, length)) => (Charset::Utf8, length),
            None if window.starts_with(&[0x84, 0x31, 0x95, 0x33]) => (Charset::Legacy(encoding_rs::GB18030), 4),
            None => (of_table(label, window), 0),
        };
        let rest = &window[mark..];
        if let Some((delimiter, length)) = separator_line(rest) {
            return Ok(Self {
                charset,
                delimiter,
                preamble: mark + length,
            });
        }
        let charset = if label == Some(charset) {
            charset
        } else {
            told_by_names(charset, rest, plan)
        };
        let text = charset.lossy(rest);
        Ok(Self {
            charset,
            delimiter: likeliest(&text, plan) as u8,
            preamble: mark,
        })
    }
}

/// `sep=;` as the first line (what spreadsheets write and read): the delimiter, and the length of the line with its end.
fn separator_line(text: &[u8]) -> Option<(u8, usize)> {
    let bare = text.strip_prefix(b"\"").unwrap_or(text);
    let quotes = text.len() - bare.len();
    let (word, rest) = bare.split_at_checked(4)?;
    let (&delimiter, rest) = rest.split_first()?;
    let usable = delimiter == b'\t' || (delimiter.is_ascii_punctuation() && delimiter != b'"') || delimiter == b' ';
    if !word.eq_ignore_ascii_case(b"sep=") || !usable {
        return None;
    }
    let rest = if quotes == 1 { rest.strip_prefix(b"\"")? } else { rest };
    let end = match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        [] => 0,
        _ => return None,
    };
    Some((delimiter, 5 + 2 * quotes + end))
}

/// Nearly all Big5 is valid GB 18030 too: where no label helps, the one in which more names of known fields are read is true.
fn told_by_names(charset: Charset, rest: &[u8], plan: &MaskPlan) -> Charset {
    let big5 = Charset::Legacy(encoding_rs::BIG5);
    if charset != Charset::Legacy(encoding_rs::GB18030) || !valid(big5, rest) {
        return charset;
    }
    let names = |charset: Charset| {
        let text = charset.lossy(rest);
        DELIMITERS
            .iter()
            .map(|delimiter| score(&text, *delimiter, plan).0)
            .max()
    };
    if names(big5) > names(charset) { big5 } else { charset }
}

/// The delimiter with the best score; the likelier one of two with the same.
fn likeliest(text: &str, plan: &MaskPlan) -> char {
    let mut best = (DELIMITERS[0], score(text, DELIMITERS[0], plan));
    for delimiter in &DELIMITERS[1..] {
        let now = score(text, *delimiter, plan);
        if now > best.1 {
            best = (*delimiter, now);
        }
    }
    best.0
}

/// How well a delimiter fits: most names of known fields in one row; then most rows with equally many cells; then the widest row.
fn score(text: &str, delimiter: char, plan: &MaskPlan) -> (usize, usize, usize) {
    let rows = split(text, delimiter);
    let known = |row: &Vec<String>| row.iter().filter(|name| names_field(name.trim(), plan)).count();
    let widest = rows.iter().map(Vec::len).max().unwrap_or(0);
    let usual = rows.iter().map(Vec::len).find(|cells| *cells > 1).unwrap_or(usize::MAX);
    let even = rows.iter().filter(|row| row.len() == usual).count();
    (rows.iter().map(known).max().unwrap_or(0), even, widest)
}

/// The first rows, unquoted; the last one may be cut by the window.
fn split(text: &str, delimiter: char) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted || cell.is_empty() => quoted = !quoted,
            '\n' | '\r' if !quoted => {
                row.push(std::mem::take(&mut cell));
                if row.len() > 1 || !row[0].is_empty() {
                    rows.push(std::mem::take(&mut row));
                }
                row.clear();
                if rows.len() == ROWS {
                    return rows;
                }
            }
            c if c == delimiter && !quoted => row.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    if rows.len() < 2 && !(row.is_empty() && cell.is_empty()) {
        row.push(cell);
        rows.push(row);
    }
    rows
}
