use encoding_rs::{SHIFT_JIS, WINDOWS_1252};
use http::HeaderValue;

use super::*;

fn label(content_type: &str) -> Result<Option<Charset>, BodyError> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap());
    labelled(&headers)
}

#[test]
fn the_first_label_is_true() {
    let gb = Charset::Legacy(GB18030);
    assert_eq!(label("text/csv; charset=gb18030; charset=utf-8"), Ok(Some(gb)));
    assert_eq!(label("text/csv;CHARSET=\"GB18030\""), Ok(Some(gb)));
    assert_eq!(
        label("text/csv; name=\"a;charset=big5\"; charset=utf8"),
        Ok(Some(Charset::Utf8))
    );
    assert_eq!(label("text/csv; charset=gb2312"), Ok(Some(Charset::Legacy(GBK))));
    assert_eq!(
        label("text/csv; charset=ISO-8859-1"),
        Ok(Some(Charset::Legacy(WINDOWS_1252)))
    );
    assert_eq!(label("text/csv; charset=utf-16le"), Ok(Some(Charset::Utf16Le)));
    assert_eq!(label("text/csv; charset=utf_8_sig"), Ok(Some(Charset::Utf8)));
    assert_eq!(label("text/csv; charset=cp936"), Ok(Some(Charset::Legacy(GBK))));
    for nothing in [
        "text/csv",
        "text/csv; charset=utf-16",
        "text/csv; charset=undefined",
        "text/csv; charset=",
    ] {
        assert_eq!(label(nothing), Ok(None), "{nothing}");
    }
    for refused in [
        "utf-7",
        "UTF-32",
        "iso-2022-jp",
        "iso-2022-cn",
        "hz-gb-2312",
        "klingon",
        "cp037",
        "unicode_escape",
        "punycode",
        "utf-8; charset=cp500",
    ] {
        assert!(label(&format!("text/csv; charset={refused}")).is_err(), "{refused}");
    }
}

#[test]
fn first_bytes_tell_wide_charsets() {
    let told = |bytes: &[u8]| by_first_bytes(bytes).unwrap();
    assert_eq!(told(b"\xff\xfe{\0"), Some(Charset::Utf16Le));
    assert_eq!(told(b"\xfe\xff\0{"), Some(Charset::Utf16Be));
    assert_eq!(told(b"{\0\"\0"), Some(Charset::Utf16Le));
    assert_eq!(told(b"\0{\0\""), Some(Charset::Utf16Be));
    assert_eq!(told(b"\"\0\xe3\x4e"), Some(Charset::Utf16Le));
    assert_eq!(told(b"\0\"\x4e\xe3"), Some(Charset::Utf16Be));
    assert_eq!(told(b"1\0"), Some(Charset::Utf16Le));
    assert_eq!(told(b"\xef\xbb\xbf{"), Some(Charset::Utf8));
    assert_eq!(told(b"\x84\x31\x95\x33{"), Some(Charset::Legacy(GB18030)));
    assert_eq!(told(b"{\"a\""), None);
    assert_eq!(told(b""), None);
    for wider in [&b"\xff\xfe\0\0"[..], b"\0\0\xfe\xff", b"\0\0\0{", b"{\0\0\0"] {
        assert!(by_first_bytes(wider).is_err());
    }
}

#[test]
fn a_table_is_in_the_charset_its_bytes_bear_out() {
    let text = "代码,名称,移动电话\r\n1,张三,13812345678\r\n";
    let traditional = "代碼,名稱,行動電話\r\n1,張三丰,0912\r\n";
    let gbk = GBK.encode(text).0;
    let big5 = BIG5.encode(traditional).0;
    let gb = Some(Charset::Legacy(GB18030));
    assert_eq!(of_table(None, text.as_bytes()), Charset::Utf8);
    assert_eq!(of_table(gb, text.as_bytes()), Charset::Utf8);
    assert_eq!(
        of_table(Some(Charset::Legacy(WINDOWS_1252)), text.as_bytes()),
        Charset::Utf8
    );
    assert_eq!(of_table(gb, &gbk), Charset::Legacy(GB18030));
    assert_eq!(of_table(Some(Charset::Utf8), &gbk), Charset::Legacy(GB18030));
    assert_eq!(of_table(None, &gbk), Charset::Legacy(GB18030));
    assert_eq!(of_table(Some(Charset::Legacy(BIG5)), &big5), Charset::Legacy(BIG5));
    assert_eq!(
        of_table(Some(Charset::Legacy(WINDOWS_1252)), b"caf\xe9,x"),
        Charset::Legacy(WINDOWS_1252)
    );
    assert_eq!(of_table(None, b"caf\xe9,x\xff"), Charset::Legacy(WINDOWS_1252));
    assert_eq!(of_table(None, &text.as_bytes()[..text.len() - 29]), Charset::Utf8);
}

/// In, out unchanged, split everywhere: what comes back must be what went in.
fn round_trip(charset: Charset, bytes: &[u8], utf8: &str) {
    for at in 0..=bytes.len() {
        let mut transcoder = Transcoder::new(charset).unwrap();
        let (mut inner, mut back) = (Vec::new(), Vec::new());
        for piece in [&bytes[..at], &bytes[at..]] {
            let mut part = Vec::new();
            transcoder.inward(piece, &mut part).unwrap();
            for one in part.chunks(1) {
                transcoder.outward(one, &mut back).unwrap();
            }
            inner.extend(part);
        }
        let mut last = Vec::new();
        transcoder.inward_end(&mut last).unwrap();
        transcoder.outward(&last, &mut back).unwrap();
        inner.extend(last);
        assert_eq!(String::from_utf8(inner).unwrap(), utf8, "{} at {at}", charset.name());
        assert_eq!(back, bytes, "{} at {at}", charset.name());
    }
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
fn there_and_back_is_exact_at_each_split() {
    let text = "\u{feff}{\"姓名\":\"张三😀\",\"n\":1}";
    round_trip(Charset::Utf16Le, &wide(text, false), text);
    round_trip(Charset::Utf16Be, &wide(text, true), text);
    let text = "{\"姓名\":\"张三丰\",\"x\":\"誠|\\\\\",\"n\":1}";
    round_trip(Charset::Legacy(GB18030), &GB18030.encode(text).0, text);
    round_trip(Charset::Legacy(GBK), &GBK.encode(text).0, text);
    round_trip(
        Charset::Legacy(GB18030),
        &GB18030.encode("{\"a\":\"😀œ\"}").0,
        "{\"a\":\"😀œ\"}",
    );
    let text = "{\"姓名\":\"張三許功蓋\"}";
    round_trip(Charset::Legacy(BIG5), &BIG5.encode(text).0, text);
    round_trip(
        Charset::Legacy(SHIFT_JIS),
        &SHIFT_JIS.encode("{\"表\":\"ｱ能\"}").0,
        "{\"表\":\"ｱ能\"}",
    );
    let all: Vec<u8> = (0x20..=0xff).flat_map(|byte| [byte, b' ']).collect();
    let text = WINDOWS_1252.decode_without_bom_handling(&all).0.into_owned();
    round_trip(Charset::Legacy(WINDOWS_1252), &all, &text);
    round_trip(Charset::Legacy(GB18030), b"{\"a\":1}", "{\"a\":1}");
}

#[test]
fn a_legacy_label_over_utf8_is_corrected() {
    let text = "{\"n\":1,\"姓名\":\"张三\"}";
    for label in [GBK, GB18030, BIG5, WINDOWS_1252] {
        round_trip(Charset::Legacy(label), text.as_bytes(), text);
    }
}

#[test]
fn han_under_a_western_label_is_refused() {
    let inward = |bytes: &[u8], at: usize| {
        let mut transcoder = Transcoder::new(Charset::Legacy(WINDOWS_1252)).unwrap();
        let mut out = Vec::new();
        let (first, second) = bytes.split_at(at);
        transcoder
            .inward(first, &mut out)
            .and_then(|()| transcoder.inward(second, &mut out))
            .and_then(|()| transcoder.inward_end(&mut out))
    };
    let text = "{\"x\":\"caf\u{e9}\",\"姓名\":\"王\"}";
    let bytes = GBK.encode(text).0;
    for at in 0..=bytes.len() {
        assert!(inward(&bytes, at).is_err(), "split at {at}");
    }
    for western in [
        &b"{\"a\":\"cr\xe9\xe9e \xab\xa0\xc9t\xe9\xa0\xbb\"}"[..],
        b"\"\xb7\xb7\xb7\xb7\xb7\"",
    ] {
        assert_eq!(inward(western, western.len() / 2), Ok(()));
    }
}

#[test]
fn what_could_not_come_back_is_refused() {
    let inward = |charset, bytes: &[u8]| {
        let mut transcoder = Transcoder::new(charset).unwrap();
        let mut out = Vec::new();
        transcoder
            .inward(bytes, &mut out)
            .and_then(|()| transcoder.inward_end(&mut out))
    };
    assert!(
        inward(Charset::Utf16Le, b"\x00\xd8a\0").is_err(),
        "a high surrogate alone"
    );
    assert!(
        inward(Charset::Utf16Le, b"\x00\xdca\0").is_err(),
        "a low surrogate alone"
    );
    assert!(
        inward(Charset::Utf16Le, b"\x00\xd8").is_err(),
        "a high surrogate at the end"
    );
    assert!(inward(Charset::Utf16Be, b"\0a\0").is_err(), "half a unit");
    assert!(inward(Charset::Legacy(GBK), b"\"\xd5").is_err(), "half a character");
    assert!(inward(Charset::Legacy(GBK), b"\"\xd5\"\"").is_err(), "no character");
    assert!(
        inward(Charset::Legacy(GB18030), b"\"\x80\"").is_err(),
        "a second code of the euro sign"
    );
}

#[test]
fn what_the_charset_has_not_is_escaped() {
    let mut transcoder = Transcoder::new(Charset::Legacy(GBK)).unwrap();
    let (mut inner, mut out) = (Vec::new(), Vec::new());
    transcoder.outward("\"•😀\"".as_bytes(), &mut out).unwrap();
    transcoder.inward(&GBK.encode("\"张\"").0, &mut inner).unwrap();
    transcoder.outward("\"张•\"".as_bytes(), &mut out).unwrap();
    assert_eq!(out, b"\"\\u2022\\ud83d\\ude00\"\"\xd5\xc5\\u2022\"");
}
