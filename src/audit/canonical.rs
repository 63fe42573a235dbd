//! The canonical form of a record: one line of JSON, keys sorted, no white space, whole numbers only, absent what is unknown.

use std::io::Write;

use super::{AuditRecord, ClassCount};
use crate::clock::Timestamp;

/// The version of the canonical form; stands in each record as `v`.
const FORM: u64 = 1;

/// Appends the members of a record without its braces: `"at":"…",…,"v":1`.
pub(super) fn write_members(record: &AuditRecord, seq: u64, out: &mut Vec<u8>) {
    let mut members = Members { out, first: true };
    members.text("approval", record.approval.as_deref());
    members.text("assurance", record.assurance);
    members.time("at", record.at);
    members.number("bytes", record.bytes);
    members.classes("classes", &record.classes);
    members.text("content", record.content.as_deref());
    members.number("detected", record.detected);
    members.text("digest", record.digest.as_deref());
    members.text("file", record.file.as_deref());
    members.text("kind", Some(record.kind.as_str()));
    members.text("level", record.level.as_deref());
    members.text("method", record.method.as_deref());
    members.text("note", record.note.as_ref().map(super::Screened::as_str));
    members.text("outcome", record.outcome);
    members.list("params", record.params.iter().map(super::Screened::as_str));
    members.text("path", record.path.as_ref().map(super::Screened::as_str));
    members.text("prev", record.prev.as_deref());
    members.text("reason", record.reason.as_deref());
    members.number("records", record.records);
    members.text("request", record.request.as_deref());
    members.list("roles", record.roles.iter().map(String::as_str));
    members.text("route", record.route.as_deref());
    members.number("seq", Some(seq));
    members.text("session", record.session.as_deref());
    members.text("snapshot", record.snapshot.as_deref());
    members.address("source", record.source);
    members.number("status", record.status.map(u64::from));
    members.text("subject", record.subject.as_deref());
    members.number("v", Some(FORM));
}

struct Members<'a> {
    out: &'a mut Vec<u8>,
    first: bool,
}

impl Members<'_> {
    fn key(&mut self, key: &str) {
        if !self.first {
            self.out.push(b',');
        }
        self.first = false;
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    fn text(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.key(key);
            write_text(text, self.out);
        }
    }

    fn number(&mut self, key: &str, number: Option<u64>) {
        if let Some(number) = number {
            self.key(key);
            write_number(number, self.out);
        }
    }

    fn time(&mut self, key: &str, at: Timestamp) {
        self.key(key);
        self.out.push(b'"');
        write_time(at, self.out);
        self.out.push(b'"');
    }

    fn address(&mut self, key: &str, address: Option<std::net::IpAddr>) {
        if let Some(address) = address {
            self.key(key);
            // Writing into a `Vec` cannot fail.
            let _ = write!(self.out, "\"{address}\"");
        }
    }

    fn list<'a>(&mut self, key: &str, texts: impl Iterator<Item = &'a str>) {
        let mut texts = texts.peekable();
        if texts.peek().is_none() {
            return;
        }
        self.key(key);
        let mut before = b'[';
        for text in texts {
            self.out.push(before);
            write_text(text, self.out);
            before = b',';
        }
        self.out.push(b']');
    }

    fn classes(&mut self, key: &str, classes: &[ClassCount]) {
        if classes.is_empty() {
            return;
        }
        self.key(key);
        let mut before = b'[';
        for counted in classes {
            self.out.push(before);
            self.out.extend_from_slice(b"{\"class\":");
            write_text(&counted.class, self.out);
            self.out.extend_from_slice(b",\"count\":");
            write_number(counted.count, self.out);
            self.out.extend_from_slice(b",\"rendering\":\"");
            self.out.extend_from_slice(counted.rendering.as_str().as_bytes());
            self.out.extend_from_slice(b"\"}");
            before = b',';
        }
        self.out.push(b']');
    }
}

/// RFC 8259 section 7, with the shortest escapes; line separators are escaped too, so that no reader splits a record.
fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = 0;
    for (at, character) in text.char_indices() {
        if !matches!(
            character,
            '"' | '\\' | '\0'..='\u{1f}' | '\u{7f}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        ) {
            continue;
        }
        out.extend_from_slice(&text.as_bytes()[rest..at]);
        match character {
            '"' | '\\' => out.extend_from_slice(&[b'\\', character as u8]),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            // Writing into a `Vec` cannot fail.
            other => drop(write!(out, "\\u{:04x}", u32::from(other))),
        }
        rest = at + character.len_utf8();
    }
    out.extend_from_slice(&text.as_bytes()[rest..]);
    out.push(b'"');
}

fn write_number(mut number: u64, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// RFC 3339 in UTC with milliseconds, as [`Timestamp::to_rfc3339`] writes it, without its cost: this runs once for each request.
/// Days to dates after Howard Hinnant, "chrono-compatible low-level date algorithms".
fn write_time(at: Timestamp, out: &mut Vec<u8>) {
    const DAY_MS: i64 = 86_400_000;
    let (days, in_day) = (at.as_millis().div_euclid(DAY_MS), at.as_millis().rem_euclid(DAY_MS));
    if !(-719_162..=2_932_896).contains(&days) {
        // Before the year 1 or after 9999: no clock shows that.
        out.extend_from_slice(at.to_rfc3339().as_bytes());
        return;
    }
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (seconds, millis) = (in_day / 1_000, in_day % 1_000);
    for (value, width, after) in [
        (year, 4, b'-'),
        (month, 2, b'-'),
        (day, 2, b'T'),
        (seconds / 3_600, 2, b':'),
        (seconds / 60 % 60, 2, b':'),
        (seconds % 60, 2, b'.'),
        (millis, 3, b'Z'),
    ] {
        write_padded(value, width, out);
        out.push(after);
    }
}

fn write_padded(value: i64, width: u32, out: &mut Vec<u8>) {
    for place in (0..width).rev() {
        let digit = value / 10i64.pow(place) % 10;
        out.push(b'0' + u8::try_from(digit).unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_written_as_the_clock_writes_it() {
        let mut millis = -62_135_596_800_000; // 0001-01-01
        while millis < 253_402_300_800_000 {
            let at = Timestamp::from_millis(millis);
            let mut written = Vec::new();
            write_time(at, &mut written);
            assert_eq!(String::from_utf8_lossy(&written), at.to_rfc3339());
            millis += 86_400_000 * 17 + 12_345_678;
        }
    }

    #[test]
    fn numbers_have_no_leading_zero() {
        for number in [0, 7, 10, 99, 100, u64::MAX] {
            let mut written = Vec::new();
            write_number(number, &mut written);
            assert_eq!(String::from_utf8_lossy(&written), number.to_string());
        }
    }

    #[test]
    fn any_text_reads_back_and_stays_on_one_line() {
        for text in [
            "",
            "plain",
            "\"\\\n\r\t\0\u{1f}\u{7f}",
            "客户\u{2028}\u{2029}\u{85}",
            "a\"b",
            "\u{1F600}",
        ] {
            let mut written = Vec::new();
            write_text(text, &mut written);
            assert_eq!(serde_json::from_slice::<String>(&written).ok().as_deref(), Some(text));
            let written = String::from_utf8(written).unwrap();
            assert!(
                !written
                    .chars()
                    .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
            );
        }
    }
}
