//! Rows from JSON that may be cut anywhere: the elements of the array of records, as far as they are whole.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::{MAX_COLUMNS, ROWS, Table, shorten};

/// Deepest nesting that is walked, in levels; the walk is recursive.
const MAX_DEPTH: usize = 64;

/// Longest cell made of a nested value, in bytes of JSON.
const MAX_NESTED_BYTES: usize = 4 * 1024;

/// Rows of a document: of the array that `records` names (`$.items[*]`), or else of the first array of objects, or of arrays.
pub(super) fn of_document(masked: &[u8], records: Option<&str>) -> Option<Table> {
    let text = String::from_utf8_lossy(masked);
    let text = text.trim_start_matches('\u{feff}');
    let mut scan = Scan {
        text: text.as_bytes(),
        at: 0,
        path: Vec::new(),
        wanted: records.and_then(simple_path),
        found: None,
        objects: None,
        arrays: None,
    };
    let _ = scan.value(0);
    let elements = scan.found.or(scan.objects).or(scan.arrays)?;
    table(
        elements
            .iter()
            .filter_map(|element| serde_json::from_slice::<Record>(element).ok()),
    )
}

/// Rows of lines that each hold one document.
pub(super) fn of_lines(masked: &[u8]) -> Option<Table> {
    let text = String::from_utf8_lossy(masked);
    let lines = text
        .trim_start_matches('\u{feff}')
        .lines()
        .filter(|l| !l.trim().is_empty());
    table(
        lines
            .take(ROWS)
            .filter_map(|line| serde_json::from_str::<Record>(line).ok()),
    )
}

/// One record, its members in the order in which they stand.
struct Record(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RecordVisitor)
    }
}

struct RecordVisitor;

impl<'de> Visitor<'de> for RecordVisitor {
    type Value = Record;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Record(members))
    }

    /// A row without names: its columns are numbered.
    fn visit_seq<A: SeqAccess<'de>>(self, mut row: A) -> Result<Record, A::Error> {
        let mut members = Vec::new();
        while let Some(value) = row.next_element()? {
            members.push(((members.len() + 1).to_string(), value));
        }
        Ok(Record(members))
    }
}

fn table(records: impl Iterator<Item = Record>) -> Option<Table> {
    let mut table = Table::default();
    for Record(members) in records.take(ROWS) {
        let mut row = vec![None; table.columns.len()];
        for (name, value) in members {
            put(&mut table.columns, &mut row, &name, &value);
        }
        table.rows.push(row);
    }
    (!table.rows.is_empty()).then_some(table)
}

fn put(columns: &mut Vec<String>, row: &mut Vec<Option<String>>, name: &str, value: &Value) {
    let index = match columns.iter().position(|c| c == name) {
        Some(index) => index,
        None if columns.len() >= MAX_COLUMNS => return,
        None => {
            columns.push(name.to_owned());
            columns.len() - 1
        }
    };
    if row.len() <= index {
        row.resize(index + 1, None);
    }
    row[index] = match value {
        Value::Null => None,
        Value::String(text) => Some(shorten(text)),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => {
            let text = value.to_string();
            Some(if text.len() > MAX_NESTED_BYTES {
                "…".to_owned()
            } else {
                shorten(&text)
            })
        }
    };
}

/// The keys of `$.a.b[*]`; `None` for paths that say more than that.
fn simple_path(path: &str) -> Option<Vec<String>> {
    let inner = path.strip_prefix('$')?.strip_suffix("[*]")?;
    if inner.is_empty() {
        return Some(Vec::new());
    }
    let keys: Vec<String> = inner.strip_prefix('.')?.split('.').map(str::to_owned).collect();
    let plain = |key: &String| !key.is_empty() && !key.contains(['[', ']', '*', '\'']);
    keys.iter().all(plain).then_some(keys)
}

/// Walks the text once. It is masked JSON, whole or cut; where it is cut or does not fit, the walk ends with `None`.
struct Scan<'t> {
    text: &'t [u8],
    at: usize,
    path: Vec<String>,
    wanted: Option<Vec<String>>,
    found: Option<Vec<&'t [u8]>>,
    objects: Option<Vec<&'t [u8]>>,
    arrays: Option<Vec<&'t [u8]>>,
}

impl<'t> Scan<'t> {
    fn value(&mut self, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH || self.found.is_some() {
            return None;
        }
        match self.peek()? {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => self.string().map(drop),
            _ => self.scalar(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        self.at += 1;
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            self.peek()?;
            let key: String = serde_json::from_slice(self.string()?).ok()?;
            (self.peek()? == b':').then_some(())?;
            self.at += 1;
            self.path.push(key);
            let outcome = self.value(depth + 1);
            self.path.pop();
            outcome?;
            if self.separator(b'}')? {
                return Some(());
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        let is_wanted = self.wanted.as_ref().is_some_and(|wanted| *wanted == self.path);
        self.at += 1;
        let first = self.peek()?;
        if first == b']' {
            self.at += 1;
            return Some(());
        }
        let mut elements = Vec::new();
        // An element's own arrays do not stand where the wanted one stands.
        self.path.push("[*]".to_owned());
        let outcome = self.elements(depth, &mut elements);
        self.path.pop();
        if !elements.is_empty() {
            self.keep(is_wanted, first, elements);
        }
        outcome
    }

    fn elements(&mut self, depth: usize, elements: &mut Vec<&'t [u8]>) -> Option<()> {
        loop {
            self.peek()?;
            let start = self.at;
            self.value(depth + 1)?;
            if elements.len() < ROWS {
                elements.push(&self.text[start..self.at]);
            }
            if self.separator(b']')? {
                return Some(());
            }
        }
    }

    /// Arrays end from the inside out; the outer one is met later and goes before, being nearer to the answer's top.
    fn keep(&mut self, is_wanted: bool, first: u8, elements: Vec<&'t [u8]>) {
        let place = match first {
            _ if is_wanted => &mut self.found,
            b'{' => &mut self.objects,
            b'[' => &mut self.arrays,
            _ => return,
        };
        let outer = place
            .as_ref()
            .is_none_or(|known| elements[0].as_ptr() <= known[0].as_ptr());
        if outer {
            *place = Some(elements);
        }
    }

    fn separator(&mut self, end: u8) -> Option<bool> {
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b',' => Some(false),
            byte if byte == end => Some(true),
            _ => None,
        }
    }

    fn string(&mut self) -> Option<&'t [u8]> {
        let start = self.at;
        (*self.text.get(start)? == b'"').then_some(())?;
        self.at += 1;
        loop {
            match self.text.get(self.at)? {
                b'\\' => self.at += 2,
                b'"' => {
                    self.at += 1;
                    return self.text.get(start..self.at);
                }
                _ => self.at += 1,
            }
        }
    }

    fn scalar(&mut self) -> Option<()> {
        let rest = &self.text[self.at..];
        let length = rest.iter().position(|b| b",]} \t\r\n".contains(b))?;
        self.at += length;
        (length > 0).then_some(())
    }

    fn peek(&mut self) -> Option<u8> {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, records: Option<&str>) -> Option<(Vec<String>, usize)> {
        of_document(text.as_bytes(), records).map(|t| (t.columns, t.rows.len()))
    }

    #[test]
    fn the_array_of_records_is_found() {
        let text = r#"{"columns":[{"name":"x"}],"page":{"items":[{"id":1,"a":"b"},{"id":2,"c":null}]}}"#;
        assert_eq!(
            rows(text, Some("$.page.items[*]")),
            Some((vec!["id".into(), "a".into(), "c".into()], 2))
        );
        assert_eq!(rows(text, None), Some((vec!["name".into()], 1)));
        assert_eq!(rows(r#"[{"a":[{"b":1}]},{"a":2}]"#, None), Some((vec!["a".into()], 2)));
        assert_eq!(rows(r#"[{"a":1}]"#, Some("$[*]")), Some((vec!["a".into()], 1)));
        assert_eq!(
            rows(r#"{"result":[["a",1],["b",2]]}"#, None),
            Some((vec!["1".into(), "2".into()], 2))
        );
        assert_eq!(rows(r#"{"a":1}"#, None), None);
        assert_eq!(rows(r#"[1,2]"#, None), None);
    }

    #[test]
    fn no_more_than_five_rows_are_taken() {
        let text = format!("[{}]", [r#"{"a":1}"#; 9].join(","));
        assert_eq!(rows(&text, None).unwrap().1, ROWS);
    }

    #[test]
    fn a_text_cut_anywhere_gives_whole_rows_or_none() {
        let text = r#"{"n":-1.5e3,"items":[{"id":1,"s":"a\"]}\\"},{"id":2,"s":"王"}],"z":[]}"#;
        let end_of_first = text.find("},{").unwrap() + 1;
        for cut in 0..=text.len() {
            let table = of_document(&text.as_bytes()[..cut], Some("$.items[*]"));
            let got = table.map_or(0, |t| t.rows.len());
            assert!(got <= 2);
            assert_eq!(got >= 1, cut >= end_of_first, "cut at {cut}");
        }
    }

    #[test]
    fn lines_and_cells() {
        let table = of_lines("\u{feff}{\"a\":\"x\",\"b\":{\"c\":[1]}}\r\n\n{\"a\":true}\n{\"a\":".as_bytes()).unwrap();
        assert_eq!(table.columns, ["a", "b"]);
        assert_eq!(table.rows[0], [Some("x".to_owned()), Some("{\"c\":[1]}".to_owned())]);
        assert_eq!(table.rows[1], [Some("true".to_owned()), None]);
        assert_eq!(table.rows.len(), 2);
    }
}
