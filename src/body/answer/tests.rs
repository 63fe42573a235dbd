use std::io::Write;

use http::HeaderValue;
use http::header::HeaderName;

use super::*;
use crate::body::testkit::plan;
use crate::mask::Rendering;

const JSON: &str = "{\"items\":[{\"id\":1,\"手机\":\"13812345678\",\"note\":\"致电 13912345678\"}],\"n\":1.50}";
const JSON_MASKED: &str = "{\"items\":[{\"id\":1,\"手机\":\"138****5678\",\"note\":\"致电 139****5678\"}],\"n\":1.50}";

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(
            HeaderName::try_from(*name).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    headers
}

struct Case<'a> {
    method: &'a str,
    status: u16,
    headers: HeaderMap,
    rendering: Rendering,
}

impl Case<'_> {
    fn get(pairs: &[(&str, &str)]) -> Self {
        Self {
            method: "GET",
            status: 200,
            headers: headers(pairs),
            rendering: Rendering::Partial,
        }
    }

    /// Runs the answer; on an error also says whether anything had left before it.
    fn run(&self, pieces: &[&[u8]]) -> Result<(Vec<u8>, AnswerSummary), (BodyError, usize)> {
        let head = AnswerHead {
            method: self.method,
            status: self.status,
            headers: &self.headers,
        };
        let mut out = Vec::new();
        let mut answer =
            Answer::new(&head, plan(self.rendering), &BodyLimits::default()).map_err(|error| (error, 0))?;
        for piece in pieces {
            answer.push(piece, &mut out).map_err(|error| (error, out.len()))?;
            assert!(
                answer.format().is_some() || out.is_empty(),
                "bytes left before the format was known"
            );
            while answer.is_behind() {
                answer.push(&[], &mut out).map_err(|error| (error, out.len()))?;
            }
        }
        let summary = answer.finish(&mut out).map_err(|error| (error, out.len()))?;
        assert_eq!(summary.bytes_out, out.len() as u64);
        assert_eq!(
            summary.bytes_in,
            pieces.iter().map(|piece| piece.len() as u64).sum::<u64>()
        );
        Ok((out, summary))
    }

    fn whole(&self, body: &[u8]) -> Result<(Vec<u8>, AnswerSummary), (BodyError, usize)> {
        self.run(&[body])
    }

    fn each_split(&self, body: &[u8], expected: &[u8], format: Format) {
        for at in 0..=body.len() {
            let (out, summary) = self.run(&[&body[..at], &body[at..]]).unwrap();
            assert_eq!(
                String::from_utf8_lossy(&out),
                String::from_utf8_lossy(expected),
                "at {at}"
            );
            assert!(out == expected && summary.format == format, "at {at}: {summary:?}");
        }
    }
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn wide(text: &str, big_endian: bool) -> Vec<u8> {
    text.encode_utf16()
        .flat_map(|unit| {
            if big_endian {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
        .collect()
}

#[test]
fn json_under_many_labels_at_each_split() {
    for content_type in [
        "application/json",
        "text/html; charset=utf-8",
        "text/plain",
        "application/vnd.api+json; charset=iso-8859-1",
    ] {
        Case::get(&[("content-type", content_type)]).each_split(JSON.as_bytes(), JSON_MASKED.as_bytes(), Format::Json);
    }
    Case::get(&[]).each_split(JSON.as_bytes(), JSON_MASKED.as_bytes(), Format::Json);
    let marked = format!("\u{feff}{JSON}");
    let masked = format!("\u{feff}{JSON_MASKED}");
    Case::get(&[("content-type", "application/json")]).each_split(marked.as_bytes(), masked.as_bytes(), Format::Json);
}

#[test]
fn coded_json_at_each_split() {
    let json = Case::get(&[("content-type", "application/json"), ("content-encoding", "gzip")]);
    json.each_split(&gzip(JSON.as_bytes()), JSON_MASKED.as_bytes(), Format::Json);
    json.each_split(JSON.as_bytes(), JSON_MASKED.as_bytes(), Format::Json);
    Case::get(&[("content-type", "application/json")]).each_split(
        &gzip(JSON.as_bytes()),
        JSON_MASKED.as_bytes(),
        Format::Json,
    );
}

#[test]
fn json_in_other_charsets_goes_back_into_them() {
    for mark in ["", "\u{feff}"] {
        let (json, masked) = (format!("{mark}{JSON}"), format!("{mark}{JSON_MASKED}"));
        for big_endian in [false, true] {
            let case = Case::get(&[("content-type", "application/json")]);
            case.each_split(&wide(&json, big_endian), &wide(&masked, big_endian), Format::Json);
        }
    }
    for (label, encoding) in [("gbk", encoding_rs::GBK), ("gb18030", encoding_rs::GB18030)] {
        let content_type = format!("application/json; charset={label}");
        let case = Case::get(&[("content-type", &content_type)]);
        case.each_split(&encoding.encode(JSON).0, &encoding.encode(JSON_MASKED).0, Format::Json);
    }
    let mut redacted = Case::get(&[("content-type", "application/json; charset=gbk")]);
    redacted.rendering = Rendering::Redacted;
    let (out, _) = redacted
        .whole(&encoding_rs::GBK.encode("{\"手机\":\"13812345678\"}").0)
        .unwrap();
    assert_eq!(
        out,
        [
            &b"{\""[..],
            &encoding_rs::GBK.encode("手机").0,
            b"\":\"\\u2022\\u2022\\u2022\"}"
        ]
        .concat()
    );
}

#[test]
fn lines_of_json_are_recognised() {
    let lines = "{\"mobile\":\"13812345678\"}\n{\"mobile\":\"13987654321\"}\n";
    let masked = "{\"mobile\":\"138****5678\"}\n{\"mobile\":\"139****4321\"}\n";
    for content_type in ["application/x-ndjson", "text/plain", "application/octet-stream"] {
        Case::get(&[("content-type", content_type)]).each_split(lines.as_bytes(), masked.as_bytes(), Format::Ndjson);
    }
}

#[test]
fn tables_under_many_labels_at_each_split() {
    let table = "代码,名称,移动电话\r\n1,佛山涂料厂,13812345678\r\n";
    let masked = "代码,名称,移动电话\r\n1,佛山涂料厂,138****5678\r\n";
    let gb = encoding_rs::GB18030;
    type Table<'a> = (&'a [(&'a str, &'a str)], Vec<u8>, Vec<u8>);
    let cases: [Table; 6] = [
        (
            &[("content-type", "text/csv; charset=gb18030; charset=utf-8")],
            gb.encode(table).0.into(),
            gb.encode(masked).0.into(),
        ),
        (&[("content-type", "text/csv")], table.into(), masked.into()),
        (
            &[("content-type", "text/csv")],
            gb.encode(table).0.into(),
            gb.encode(masked).0.into(),
        ),
        (
            &[
                ("content-type", "application/octet-stream"),
                ("content-disposition", "attachment; filename=\"party.csv\""),
            ],
            table.into(),
            masked.into(),
        ),
        (
            &[("content-type", "text/csv; charset=utf-16")],
            wide(&format!("\u{feff}{table}"), false),
            wide(&format!("\u{feff}{masked}"), false),
        ),
        (
            &[("content-type", "text/csv; charset=utf-16le")],
            wide(table, false),
            wide(masked, false),
        ),
    ];
    for (pairs, body, expected) in cases {
        Case::get(pairs).each_split(&body, &expected, Format::Csv);
    }
}

#[test]
fn what_is_not_known_is_refused_before_the_first_byte() {
    let refused: [(&str, &[u8]); 12] = [
        ("text/html", b"<html>13812345678"),
        ("text/csv", b"<!doctype html><title>Sign in"),
        ("application/json", b"<html>"),
        ("application/json", b")]}',\n{\"a\":1}"),
        ("application/javascript", b"callback({\"mobile\":\"13812345678\"})"),
        ("application/pdf", b"%PDF-1.7"),
        ("zip", b"PK\x03\x04"),
        ("text/csv", b"PK\x03\x04...."),
        ("image/png", b"\x89PNG\r\n"),
        ("text/plain", b"13812345678"),
        ("application/xml", b"<a/>"),
        ("", b"mobile=13812345678"),
    ];
    for (content_type, body) in refused {
        for size in [1, 3, 100] {
            let pieces: Vec<&[u8]> = body.chunks(size).collect();
            let pairs = [("content-type", content_type)];
            let mut case = Case::get(if content_type.is_empty() { &[] } else { &pairs });
            assert_eq!(
                case.run(&pieces).unwrap_err(),
                (BodyError::UnknownFormat, 0),
                "{content_type}"
            );
            case.rendering = Rendering::Clear;
            let (out, summary) = case.run(&pieces).unwrap();
            assert_eq!(
                (out.as_slice(), summary.format, summary.tally.unread),
                (body, Format::Opaque, true)
            );
        }
    }
}

#[test]
fn parts_of_a_whole_and_unknown_codings_are_refused() {
    let mut part = Case::get(&[("content-type", "application/json"), ("content-range", "bytes 0-1/10")]);
    part.status = 206;
    assert_eq!(part.whole(b"{}").unwrap_err(), (BodyError::Partial, 0));
    let mut records = Case::get(&[
        ("content-type", "application/json"),
        ("content-range", "records 0-1/10"),
    ]);
    records.status = 206;
    assert!(records.whole(b"{}").is_ok());
    let ranges = Case::get(&[("content-type", "multipart/byteranges; boundary=x")]);
    assert_eq!(ranges.whole(b"--x").unwrap_err(), (BodyError::Partial, 0));
    let coded = Case::get(&[("content-type", "application/json"), ("content-encoding", "compress")]);
    assert_eq!(coded.whole(b"{}").unwrap_err(), (BodyError::UnknownCoding, 0));
    let wider = Case::get(&[("content-type", "application/json")]);
    assert!(matches!(
        wider.whole(b"{\0\0\0}\0\0\0").unwrap_err(),
        (BodyError::Charset { .. }, 0)
    ));
}

#[test]
fn empty_answers_pass_under_any_label() {
    for pairs in [
        &[("content-type", "application/json")][..],
        &[("content-type", "text/html")],
        &[("content-encoding", "gzip")],
        &[],
    ] {
        let (out, summary) = Case::get(pairs).run(&[]).unwrap();
        assert_eq!((out.len(), summary.format), (0, Format::Empty));
    }
    for (method, status) in [("HEAD", 200), ("GET", 204), ("GET", 304), ("HEAD", 206)] {
        let mut case = Case::get(&[
            ("content-type", "text/html"),
            ("content-encoding", "foo"),
            ("content-length", "10"),
        ]);
        (case.method, case.status) = (method, status);
        assert_eq!(case.run(&[]).unwrap().1.format, Format::Empty);
        assert_eq!(case.whole(b"x").unwrap_err(), (BodyError::UnknownFormat, 0));
    }
}

#[test]
fn broken_answers_are_cut_and_stay_cut() {
    let json = Case::get(&[("content-type", "application/json")]);
    for body in ["{\"a\":", "{\"a\":1}}", "{\"mobile\":\"1381234567", "[1,2"] {
        let error = json.whole(body.as_bytes()).unwrap_err().0;
        assert!(
            matches!(error, BodyError::Syntax { .. } | BodyError::Truncated { .. }),
            "{body}: {error}"
        );
    }
    let head = AnswerHead {
        method: "GET",
        status: 200,
        headers: &json.headers,
    };
    let mut answer = Answer::new(&head, plan(Rendering::Partial), &BodyLimits::default()).unwrap();
    assert!(answer.push(b"<html>", &mut Vec::new()).is_err());
    let mut out = Vec::new();
    assert_eq!(answer.push(b"{}", &mut out), Err(BodyError::Spent));
    assert!(answer.finish(&mut out).is_err() && out.is_empty());
}

#[test]
fn all_clear_passes_each_byte_and_counts() {
    let mut case = Case::get(&[("content-type", "application/json"), ("content-encoding", "gzip")]);
    case.rendering = Rendering::Clear;
    let (out, summary) = case.whole(&gzip(JSON.as_bytes())).unwrap();
    assert_eq!(
        (out.as_slice(), summary.tally.records, summary.tally.unread),
        (JSON.as_bytes(), 1, false)
    );
    let (out, summary) = case.whole(b"{\"mobile\":\"13812345678\"} and more").unwrap();
    assert_eq!((out.len(), summary.tally.unread), (33, true));
}

#[test]
fn signs_of_an_export() {
    let pairs = headers(&[
        ("content-type", "text/csv"),
        ("content-disposition", "Attachment; filename=x"),
    ]);
    let head = AnswerHead {
        method: "GET",
        status: 200,
        headers: &pairs,
    };
    let mut answer = Answer::new(&head, plan(Rendering::Partial), &BodyLimits::default()).unwrap();
    let table = format!("id,mobile\n{}", "1,13812345678\n".repeat(1000));
    answer.push(table.as_bytes(), &mut Vec::new()).unwrap();
    assert_eq!(
        answer.export_signs(),
        ExportSigns {
            attachment: true,
            table: true,
            records: 1000
        }
    );
}
