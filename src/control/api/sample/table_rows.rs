//! Rows from CSV that may be cut anywhere (RFC 4180; the same delimiters as the rewriter knows).

use std::borrow::Cow;

use http::HeaderMap;

use super::{MAX_COLUMNS, ROWS, Table, shorten};
use crate::body::charset::Charset;

/// The header and up to five rows.
pub(super) fn of(masked: &[u8], headers: &HeaderMap) -> Option<Table> {
    let text = decode(masked, headers)?;
    let mut text = text.trim_start_matches('\u{feff}');
    let mut delimiter = None;
    if let Some(rest) = text.strip_prefix("sep=") {
        let line = rest.split(['\r', '\n']).next().unwrap_or_default();
        delimiter = line.chars().next();
        text = rest[line.len()..].trim_start_matches(['\r', '\n']);
    }
    let delimiter = delimiter.unwrap_or_else(|| guess(text));
    let mut rows = parse(text, delimiter, ROWS + 1);
    if rows.is_empty() {
        return None;
    }
    let columns = rows.remove(0);
    let rows = rows
        .into_iter()
        .map(|row| row.into_iter().take(MAX_COLUMNS).map(|c| Some(shorten(&c))).collect());
    Some(Table {
        rows: rows.collect(),
        columns,
    })
}

/// As UTF-8, or in the coding that the answer says, or else in GB18030, which an export of a Chinese program most likely is.
fn decode<'m>(masked: &'m [u8], headers: &HeaderMap) -> Option<Cow<'m, str>> {
    let labelled: Option<Charset> = crate::body::charset::labelled(headers).ok().flatten();
    if let Some(charset) = labelled {
        return charset.decode(masked);
    }
    match masked {
        [0xff, 0xfe, ..] => Some(encoding_rs::UTF_16LE.decode(masked).0),
        [0xfe, 0xff, ..] => Some(encoding_rs::UTF_16BE.decode(masked).0),
        _ => match std::str::from_utf8(masked) {
            Ok(text) => Some(Cow::Borrowed(text)),
            // The end may be cut inside a character.
            Err(error) if masked.len() - error.valid_up_to() < 4 => std::str::from_utf8(&masked[..error.valid_up_to()])
                .ok()
                .map(Cow::Borrowed),
            Err(_) => Some(encoding_rs::GB18030.decode(masked).0),
        },
    }
}

fn guess(text: &str) -> char {
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    let count = |delimiter: char| {
        let mut quoted = false;
        line.chars()
            .filter(|c| {
                quoted ^= *c == '"';
                !quoted && *c == delimiter
            })
            .count()
    };
    [',', ';', '\t', '|']
        .into_iter()
        .rev()
        .max_by_key(|d| count(*d))
        .unwrap_or(',')
}

/// The first `limit` rows that are whole: a row counts when its line end was met.
fn parse(text: &str, delimiter: char, limit: usize) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted || cell.is_empty() => quoted = !quoted,
            c if c == delimiter && !quoted => row.push(std::mem::take(&mut cell)),
            '\r' | '\n' if !quoted => {
                if c == '\r' && chars.peek() == Some(&'\n') {
                    chars.next();
                }
                if row.is_empty() && cell.is_empty() {
                    continue;
                }
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
                if rows.len() == limit {
                    return rows;
                }
            }
            c => cell.push(c),
        }
    }
    if !row.is_empty() && !quoted {
        row.push(cell);
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        of(text.as_bytes(), &HeaderMap::new()).unwrap()
    }

    #[test]
    fn header_and_five_rows_in_any_dialect() {
        for (delimiter, end) in [(",", "\r\n"), (";", "\n"), ("\t", "\r"), ("|", "\n")] {
            let line = |n: usize| format!("{n}{delimiter}\"a {delimiter} \"\"b\"\"\"");
            let mut text = format!("\u{feff}id{delimiter}姓名{end}");
            (0..9).for_each(|n| text.push_str(&(line(n) + end)));
            let table = table(&text);
            assert_eq!(table.columns, ["id", "姓名"]);
            assert_eq!(table.rows.len(), ROWS);
            assert_eq!(
                table.rows[4],
                [Some("4".to_owned()), Some(format!("a {delimiter} \"b\""))]
            );
        }
    }

    #[test]
    fn sep_line_ragged_rows_and_gbk() {
        let table = table("sep=;\r\na;b\r\n1\r\n1;2;3\r\n");
        assert_eq!(
            (table.columns.len(), table.rows[0].len(), table.rows[1].len()),
            (2, 1, 3)
        );
        let (gbk, _, _) = encoding_rs::GB18030.encode("姓名,电话\n张*,138****5678\n");
        let table = of(&gbk, &HeaderMap::new()).unwrap();
        assert_eq!(table.columns, ["姓名", "电话"]);
        assert_eq!(table.rows[0][0].as_deref(), Some("张*"));
    }
}
