use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::*;
use crate::body::testkit::plan;
use crate::mask::Rendering;

const PLANTED: [&str; 3] = ["13812345678", "zhangsan@example.com", "440681199001011232"];

fn origins() -> Origins {
    Origins::new(
        ["http://crm.internal:9000", "https://crm.example.com"],
        "https://gate.example.com/",
    )
}

fn rewrite_with(plan: &Arc<MaskPlan>, head: &[(&str, &[u8])], method: &str, status: u16) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in head {
        headers.append(
            HeaderName::try_from(*name).unwrap(),
            HeaderValue::from_bytes(value).unwrap(),
        );
    }
    let head = AnswerHead {
        method,
        status,
        headers: &headers,
    };
    rewrite_head(&head, Some(Format::Json), None, &origins(), plan)
}

/// What becomes of one header; `None` if it is dropped.
fn one(name: &str, value: &str) -> Option<String> {
    let out = rewrite_with(&plan(Rendering::Partial), &[(name, value.as_bytes())], "GET", 200);
    out.get(name)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn percent(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn escaped(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()
}

type Coder = (&'static str, fn(&str) -> String);

const CODERS: [Coder; 9] = [
    ("as it is", |text| text.to_owned()),
    ("percent", percent),
    ("every byte in percent", |text| {
        text.bytes().map(|b| format!("%{b:02x}")).collect()
    }),
    ("percent twice", |text| percent(&percent(&format!("={text}&")))),
    ("base64", |text| STANDARD.encode(format!("{{\"p\":\"{text}\"}}"))),
    ("base64url", |text| {
        URL_SAFE_NO_PAD.encode(format!("{{\"名\":\"{text}\"}}"))
    }),
    ("base64 in percent", |text| {
        percent(&STANDARD.encode(format!("p:{text};")))
    }),
    ("encoded word B", |text| {
        format!("=?UTF-8?B?{}?=", STANDARD.encode(text))
    }),
    ("encoded word Q", |text| {
        format!(
            "=?utf-8?q?{}?=",
            text.bytes().map(|b| format!("={b:02X}")).collect::<String>()
        )
    }),
];

/// Everything that can be read out of a value by decoding it again and again, with decoders that know nothing of ours.
fn readings(value: &str, depth: usize, all: &mut Vec<String>) {
    all.push(value.to_owned());
    if depth == 0 {
        return;
    }
    let mut next = vec![
        percent_decode_str(value).decode_utf8_lossy().into_owned(),
        value.replace('=', "%"),
    ];
    for run in value
        .split(|c: char| !(c.is_ascii_alphanumeric() || "+/-_".contains(c)))
        .filter(|run| run.len() > 7)
    {
        for run in [run.to_owned(), run.replace('-', "+").replace('_', "/")] {
            let engine = base64::engine::GeneralPurpose::new(
                &base64::alphabet::STANDARD,
                base64::engine::GeneralPurposeConfig::new()
                    .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent)
                    .with_decode_allow_trailing_bits(true),
            );
            next.extend(
                engine
                    .decode(&run)
                    .ok()
                    .map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
            );
        }
    }
    if let Ok(text) = serde_json::from_str::<String>(&format!("\"{value}\"")) {
        next.push(text);
    }
    for text in next.into_iter().filter(|text| text != value) {
        readings(&text, depth - 1, all);
    }
}

fn assert_hidden(out: &HeaderMap, planted: &[&str], case: &str) {
    for (name, value) in out {
        let mut all = Vec::new();
        readings(&String::from_utf8_lossy(value.as_bytes()), 4, &mut all);
        let latin1: String = value.as_bytes().iter().map(|&b| char::from(b)).collect();
        readings(&latin1, 1, &mut all);
        for original in planted {
            assert!(
                !all.iter().any(|text| text.contains(original)),
                "{case}: {name} shows an original"
            );
        }
    }
}

#[test]
fn no_planted_value_slips_out_in_any_header_in_any_encoding() {
    let places: [(&str, &str); 22] = [
        ("location", "/customers/{}"),
        ("location", "/customers?x={}"),
        ("location", "/customers?{}"),
        ("location", "https://elsewhere.example/a?next=/c%3Fx%3D{}&y=1"),
        ("location", "/app#/customers?x={}"),
        ("location", "http://{}:pw@crm.internal:9000/"),
        ("content-location", "/customers/{}"),
        ("link", "</c?after={}>; rel=\"next\", </c>; rel=\"first\"; title=\"{}\""),
        ("refresh", "0; url=/customers/{}"),
        ("set-cookie", "last={}; Path=/"),
        ("set-cookie", "x=1; Path=/{}"),
        ("content-disposition", "attachment; filename=\"{}.csv\""),
        ("content-disposition", "attachment; filename*=UTF-8''{}.csv"),
        ("content-type", "text/csv; name=\"{}\""),
        ("x-error", "duplicate {} found"),
        ("x-debug-token", "{}"),
        ("x-cursor", "{}"),
        ("x-pagination", "{\"after\":\"{}\"}"),
        ("hx-redirect", "/c?x={}"),
        ("www-authenticate", "Basic realm=\"{}\""),
        ("server-timing", "db;desc=\"{}\""),
        ("x-customer-phone", "{}"),
    ];
    for original in PLANTED {
        for (coder, code) in CODERS {
            for (name, place) in places {
                let value = place.replace("{}", &code(original));
                for rendering in [Rendering::Partial, Rendering::Redacted] {
                    let out = rewrite_with(&plan(rendering), &[(name, value.as_bytes())], "GET", 302);
                    assert_hidden(&out, &[original], &format!("{name} {place} {coder}"));
                }
            }
        }
        let value = format!("{{\"after\":\"{}\"}}", escaped(original));
        assert_hidden(
            &rewrite_with(&plan(Rendering::Partial), &[("x-cursor", value.as_bytes())], "GET", 200),
            &[original],
            "escapes",
        );
    }
}

#[test]
fn names_of_people_slip_out_neither() {
    let name = "张三";
    for (coder, code) in CODERS {
        for (header, place) in [
            ("location", "/customers/{}"),
            ("location", "/search?q={}"),
            ("location", "/search?full_name={}"),
            ("link", "</c>; rel=next; title=\"{}\""),
            ("content-disposition", "attachment; filename=\"{}.csv\""),
            (
                "content-disposition",
                "attachment; filename*=UTF-8''{}.csv; filename=\"a.csv\"",
            ),
            ("content-disposition", "attachment; filename=b'{}.csv'"),
            ("content-type", "text/csv; name=\"{}\""),
            ("x-error", "客户 {} 已存在"),
            ("x-whatever", "{}"),
        ] {
            let value = place.replace("{}", &code(name));
            let out = rewrite_with(&plan(Rendering::Partial), &[(header, value.as_bytes())], "GET", 200);
            assert_hidden(&out, &[name], &format!("{header} {place} {coder}"));
        }
    }
    let out = rewrite_with(
        &plan(Rendering::Partial),
        &[("set-cookie", percent("name=张三").as_bytes())],
        "GET",
        200,
    );
    assert_hidden(&out, &[name], "cookie");
    let gbk = [
        &b"attachment; filename=\""[..],
        &encoding_rs::GBK.encode(name).0,
        b".csv\"",
    ]
    .concat();
    let out = rewrite_with(
        &plan(Rendering::Partial),
        &[("content-disposition", &gbk), ("x-a", &gbk)],
        "GET",
        200,
    );
    assert_eq!(out["content-disposition"], "attachment; filename=\"export.csv\"");
    assert!(!out.contains_key("x-a"));
}

#[test]
fn urls_stay_usable() {
    let cases = [
        (
            "/customers/7?page=2&sort=-name#top",
            "/customers/7?page=2&sort=-name#top",
        ),
        ("http://crm.internal:9000/a/b?c=d", "https://gate.example.com/a/b?c=d"),
        ("HTTP://CRM.internal:9000", "https://gate.example.com"),
        ("https://crm.example.com:443/a", "https://gate.example.com/a"),
        ("//crm.example.com/a", "//gate.example.com/a"),
        (
            "https://crm.example.com.evil.example/a",
            "https://crm.example.com.evil.example/a",
        ),
        ("https://elsewhere.example/?x=1", "https://elsewhere.example/?x=1"),
        ("/c?mobile=13812345678&page=1", "/c?mobile=138****5678&page=1"),
        ("/c?x=13812345678", "/c?x=138****5678"),
        ("/c/13812345678/edit", "/c/138****5678/edit"),
        (
            "http://crm.internal:9000/c?x=13812345678",
            "https://gate.example.com/c?x=138****5678",
        ),
        ("/s?q=%E5%BC%A0%E4%B8%89&p=1", "/s?q=***&p=1"),
        ("/s?full_name=%E5%BC%A0%E4%B8%89", "/s?full_name=%E5%BC%A0*"),
        (
            "/go?next=%2Fc%3Fmobile%3D13812345678",
            "/go?next=%2Fc%3Fmobile%3D138****5678",
        ),
        ("http://u:p@elsewhere.example/", "http://elsewhere.example/"),
    ];
    for (url, expected) in cases {
        assert_eq!(one("location", url).as_deref(), Some(expected), "{url}");
    }
    assert_eq!(
        one("refresh", "5; url=http://crm.internal:9000/x").as_deref(),
        Some("5; url=https://gate.example.com/x")
    );
    assert_eq!(one("refresh", "5").as_deref(), Some("5"));
    assert_eq!(
        one(
            "link",
            "<http://crm.internal:9000/c?p=2>; rel=\"next\"; title=\"x, y\", </c?p=1>; rel=prev"
        )
        .as_deref(),
        Some("<https://gate.example.com/c?p=2>; rel=\"next\", </c?p=1>; rel=prev")
    );
    assert_eq!(
        one("access-control-allow-origin", "http://crm.internal:9000").as_deref(),
        Some("https://gate.example.com")
    );
    assert_eq!(one("access-control-allow-origin", "*").as_deref(), Some("*"));
}

#[test]
fn cookies_go_on_working() {
    let cases = [
        (
            "sid=Zm9vYmFyMTIzNDU2Nzg5MA; Path=/; HttpOnly; Secure; SameSite=Lax",
            None,
        ),
        ("sid=a; Domain=crm.example.com; Path=/", Some("sid=a; Path=/")),
        ("sid=9f13812345678aab0c77d1e9f; Path=/", None),
        ("p=13812345678; Path=/", Some("p=138****5678; Path=/")),
        ("p=%2B8613812345678", None),
    ];
    for (cookie, expected) in cases.iter().take(4) {
        assert_eq!(
            one("set-cookie", cookie).as_deref(),
            Some(expected.unwrap_or(cookie)),
            "{cookie}"
        );
    }
    for ours in [
        "__Host-overcoat=x",
        "overcoat_session=x; Path=/",
        "__Secure-Overcoat2=1",
        " OVERCOAT=1",
    ] {
        assert_eq!(one("set-cookie", ours), None, "{ours}");
    }
    let both = rewrite_with(
        &plan(Rendering::Partial),
        &[("set-cookie", b"a=1"), ("set-cookie", b"b=2")],
        "GET",
        200,
    );
    assert_eq!(both.get_all("set-cookie").iter().count(), 2);
}

#[test]
fn file_names_of_everyday_words_stay() {
    for kept in [
        "attachment; filename=\"customers-2026-11.csv\"",
        "attachment; filename=party.party.csv",
        "attachment; filename=\"客户列表_20261123.csv\"",
        "attachment",
        "inline",
    ] {
        assert_eq!(one("content-disposition", kept).as_deref(), Some(kept));
    }
    for (value, expected) in [
        (
            "attachment; filename=\"Zhang San.csv\"",
            "attachment; filename=\"export.csv\"",
        ),
        (
            "attachment; filename=\"zhang_san.vcf\"",
            "attachment; filename=\"export\"",
        ),
        (
            "attachment; filename=\"customers.csv\"; x=\"Zhang\"",
            "attachment; filename=\"customers.csv\"",
        ),
        (
            "attachment; filename*=UTF-8''%E5%BC%A0.csv; filename=\"orders.csv\"",
            "attachment; filename=\"export.csv\"",
        ),
        (
            "attachment; filename=\"13812345678.json\"",
            "attachment; filename=\"export.json\"",
        ),
    ] {
        assert_eq!(one("content-disposition", value).as_deref(), Some(expected), "{value}");
    }
    assert_eq!(
        one("content-type", "text/csv; charset=gb18030; charset=utf-8").as_deref(),
        Some("text/csv; charset=gb18030; charset=utf-8")
    );
    assert_eq!(
        one("content-type", "text/csv; charset=utf-8; name=\"zhang.csv\"").as_deref(),
        Some("text/csv; charset=utf-8")
    );
}

#[test]
fn what_is_untrue_or_of_the_connection_goes() {
    let mut gone: Vec<(&str, &[u8])> = UNTRUE
        .into_iter()
        .chain(HOP_BY_HOP)
        .map(|name| (name, &b"x"[..]))
        .collect();
    gone.retain(|(name, _)| *name != "connection");
    gone.extend([
        ("connection", &b"close, X-Secret-Hop"[..]),
        ("x-secret-hop", b"1"),
        ("content-range", b"bytes 0-1/2"),
    ]);
    for rendering in [Rendering::Partial, Rendering::Clear] {
        let out = rewrite_with(&plan(rendering), &gone, "GET", 200);
        assert_eq!(out.len(), 1, "{out:?}");
        assert_eq!(out["cache-control"], "private, no-store");
    }
    let kept: [(&str, &[u8]); 8] = [
        ("content-type", b"application/json"),
        ("content-range", b"records 0-9/120"),
        ("x-total-count", b"120"),
        (
            "content-security-policy",
            b"default-src 'self'; script-src 'nonce-13812345678'",
        ),
        ("x-request-id", b"5f0e1c7a-1b2c-4d5e-8f90-abcdef012345"),
        ("date", b"Mon, 23 Nov 2026 15:00:00 GMT"),
        ("x-error-code", b"E42"),
        ("vary", b"Cookie"),
    ];
    let out = rewrite_with(&plan(Rendering::Partial), &kept, "GET", 200);
    for (name, value) in kept {
        assert_eq!(out[name].as_bytes(), value, "{name}");
    }
    assert_eq!(one("vary", "Accept-Encoding"), None);
    assert_eq!(one("vary", "Accept-Encoding, Cookie").as_deref(), Some("Cookie"));
}

#[test]
fn the_length_is_true_or_absent() {
    let headers = HeaderMap::from_iter([(header::CONTENT_LENGTH, HeaderValue::from(7))]);
    let length = |method, status, format, length| {
        let head = AnswerHead {
            method,
            status,
            headers: &headers,
        };
        let out = rewrite_head(&head, format, length, &origins(), &plan(Rendering::Partial));
        out.get(header::CONTENT_LENGTH)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(length("GET", 200, Some(Format::Json), None), None);
    assert_eq!(length("GET", 200, Some(Format::Json), Some(12)).as_deref(), Some("12"));
    assert_eq!(length("GET", 200, Some(Format::Empty), None).as_deref(), Some("0"));
    for (method, status) in [("HEAD", 200), ("GET", 204), ("GET", 304)] {
        assert_eq!(length(method, status, Some(Format::Empty), Some(12)), None);
    }
}

#[test]
fn all_clear_searches_nothing_but_still_maps_and_drops() {
    let kept: [(&str, &[u8]); 4] = [
        ("location", b"/c?mobile=13812345678"),
        ("x-error", "张三 13812345678".as_bytes()),
        ("content-disposition", "attachment; filename=\"张三.csv\"".as_bytes()),
        ("set-cookie", b"p=13812345678"),
    ];
    let out = rewrite_with(&plan(Rendering::Clear), &kept, "GET", 200);
    for (name, value) in kept {
        assert_eq!(out[name].as_bytes(), value);
    }
    let out = rewrite_with(
        &plan(Rendering::Clear),
        &[("location", b"http://crm.internal:9000/"), ("etag", b"x")],
        "GET",
        302,
    );
    assert_eq!(out["location"], "https://gate.example.com/");
    assert!(!out.contains_key("etag"));
}
