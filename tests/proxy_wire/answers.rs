//! What comes from the CRM: whole, split, coded, lying, cut; and what of it the client may get.

use std::io::Write;

use tokio::io::AsyncWriteExt;

use crate::house::{Act, Crm, House, PHONE, answer, customers, json, who};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_sees_its_own_and_the_rest_is_byte_for_byte() {
    let body = format!("{{ \"name\" : \"张伟\",\n \"mobile\": \"{PHONE}\" , \"n\": 1.50 }}");
    let sent = body.clone();
    let crm = Crm::start(move |_| {
        let fields = "Content-Type: application/json\r\nETag: \"x\"\r\nLast-Modified: Mon, 23 Nov 2026 00:00:00 GMT\r\n\
                      Content-MD5: x\r\nAccept-Ranges: bytes\r\nCache-Control: public\r\n";
        answer(fields, sent.as_bytes())
    })
    .await;
    let house = House::before(&crm).await;
    let masked = house.get("analyst", "/one").await;
    assert_eq!(masked.status, 200);
    let shown = masked.text();
    assert!(
        shown.contains("138****5678") && shown.contains("\"n\": 1.50 }"),
        "{shown}"
    );
    assert!(!shown.contains(PHONE) && !shown.contains("张伟"), "{shown}");
    assert_eq!(
        masked.field("content-length"),
        Some(masked.body.len().to_string().as_str())
    );
    assert_eq!(masked.field("cache-control"), Some("private, no-store"));
    for gone in ["etag", "last-modified", "content-md5", "accept-ranges"] {
        assert_eq!(masked.field(gone), None, "{gone}");
    }
    assert_eq!(house.get("sales", "/one").await.text(), body);
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_the_answer_is_split_nothing_slips_through() {
    let body = format!(r#"{{"mobile":"{PHONE}","note":"call {PHONE} now"}}"#);
    let whole = body.clone();
    let crm = Crm::start(move |request| {
        let at: usize = request
            .head
            .split(' ')
            .nth(1)
            .unwrap()
            .trim_start_matches("/split/")
            .parse()
            .unwrap();
        let (a, b) = whole.as_bytes().split_at(at.min(whole.len()));
        let chunk = |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
        let mut acts = vec![Act::Send(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(),
        )];
        for part in [a, b].into_iter().filter(|p| !p.is_empty()) {
            acts.push(Act::Send(chunk(part)));
            acts.push(Act::Pause(1));
        }
        acts.push(Act::Send(b"0\r\nX-Trailer: 13812345678\r\n\r\n".to_vec()));
        acts
    })
    .await;
    let house = House::before(&crm).await;
    let expected = house.get("analyst", "/split/0").await.text();
    assert!(!expected.contains(PHONE), "{expected}");
    for at in 1..body.len() {
        let got = house.get("analyst", &format!("/split/{at}")).await;
        assert!(got.whole, "split at {at}");
        assert_eq!(got.text(), expected, "split at {at}");
        assert!(!got.head.contains(PHONE) && got.field("x-trailer").is_none());
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codings_are_undone_and_lies_about_them_too() {
    let body = format!(r#"{{"mobile":"{PHONE}"}}"#);
    let (packed, plain) = (gzip(body.as_bytes()), body.clone().into_bytes());
    let cut = packed[..packed.len() - 6].to_vec();
    let crm = Crm::start(move |request| match request.head.split(' ').nth(1).unwrap() {
        "/gzip" => answer("Content-Encoding: gzip\r\nContent-Type: application/json\r\n", &packed),
        "/lie" => answer("Content-Encoding: gzip\r\nContent-Type: application/json\r\n", &plain),
        "/cut" => answer("Content-Encoding: gzip\r\nContent-Type: application/json\r\n", &cut),
        _ => answer("Content-Encoding: secret\r\nContent-Type: application/json\r\n", &plain),
    })
    .await;
    let house = House::before(&crm).await;
    for path in ["/gzip", "/lie"] {
        let got = house.get("analyst", path).await;
        assert_eq!((got.status, got.field("content-encoding")), (200, None), "{path}");
        assert!(got.text().contains("138****5678"), "{path}: {}", got.text());
    }
    let got = house.get("analyst", "/cut").await;
    assert!(got.status == 502 || !got.whole, "{got:?}");
    let got = house.get("analyst", "/unknown").await;
    assert_eq!((got.status, got.code().as_str()), (403, "format_refused"));
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_masked_is_refused_or_cut_and_never_raw() {
    let crm = Crm::start(|request| match request.head.split(' ').nth(1).unwrap() {
        "/pdf" => answer("Content-Type: application/pdf\r\n", format!("%PDF {PHONE}").as_bytes()),
        "/broken" => json(&format!(r#"{{"a":1,,"mobile":"{PHONE}"}}"#)),
        "/half" => {
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n";
            vec![
                Act::Send(format!("{head}{{\"mobile\":\"{PHONE}\",").into_bytes()),
                Act::Close,
            ]
        }
        "/late" => {
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
            let first = r#"{"fine":"yes","list":["#;
            vec![
                Act::Send(format!("{head}{:x}\r\n{first}\r\n", first.len()).into_bytes()),
                Act::Pause(200),
                Act::Send(format!("zz\r\n{PHONE}").into_bytes()),
                Act::Close,
            ]
        }
        _ => json("{}"),
    })
    .await;
    let house = House::before(&crm).await;
    for (path, status) in [("/pdf", 403), ("/broken", 502), ("/half", 502)] {
        let got = house.get("analyst", path).await;
        assert!(
            !got.text().contains(PHONE) && !got.text().contains("12345678"),
            "{path}: {}",
            got.text()
        );
        assert!(
            got.status == status || !got.whole,
            "{path}: {} {}",
            got.status,
            got.text()
        );
    }
    let late = house.get("analyst", "/late").await;
    assert!(!late.whole, "a cut answer passed for whole: {late:?}");
    assert!(!late.text().contains(PHONE));
    assert_eq!(house.get("sales", "/pdf").await.text(), format!("%PDF {PHONE}"));
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_redirects_and_errors_hold_no_original() {
    let crm = Crm::start(|request| {
        let path = request.head.split(' ').nth(1).unwrap().to_owned();
        let fields = format!(
            "Location: /customers?phone={PHONE}\r\nLink: </c/{PHONE}>; rel=next\r\nX-Error: no {PHONE}\r\n\
             Set-Cookie: seen={PHONE}; Path=/\r\nSet-Cookie: overcoat_session=planted; Path=/\r\nContent-Type: application/json\r\n"
        );
        let body = format!(r#"{{"error":"no customer {PHONE}"}}"#);
        let length = body.len();
        let status = if path == "/moved" { "302 Found" } else { "500 Oops 13812345678" };
        vec![Act::Send(format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {length}\r\n\r\n{body}").into_bytes())]
    })
    .await;
    let house = House::before(&crm).await;
    for (path, status) in [("/moved", 302), ("/failed", 500)] {
        let got = house.get("analyst", path).await;
        assert_eq!(got.status, status);
        assert!(!got.head.contains(PHONE), "{}", got.head);
        assert!(!got.text().contains(PHONE), "{}", got.text());
        assert!(!got.head.contains("planted"), "{}", got.head);
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_without_a_body_and_interim_ones() {
    let crm = Crm::start(|request| {
        let path = request.head.split(' ').nth(1).unwrap().to_owned();
        let text = match path.as_str() {
            "/none" => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
            "/same" => "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n".to_owned(),
            "/empty" => "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n".to_owned(),
            "/hints" => format!(
                "HTTP/1.1 103 Early Hints\r\nLink: </{PHONE}>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n\
                 HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
            ),
            _ => "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n".to_owned(),
        };
        vec![Act::Send(text.into_bytes())]
    })
    .await;
    let house = House::before(&crm).await;
    for (path, status) in [("/none", 204), ("/same", 304), ("/empty", 200)] {
        let got = house.get("analyst", path).await;
        assert_eq!((got.status, got.body.len()), (status, 0), "{path}: {}", got.head);
        assert_eq!(got.field("etag"), None);
    }
    let head = house.send("analyst", "HEAD", "/head", "", b"").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_ne!(head.field("content-length"), Some("999"), "the length of the original");
    let hints = house.get("analyst", "/hints").await;
    assert_eq!((hints.status, hints.text().as_str()), (200, "{}"));
    assert!(!hints.head.contains(PHONE));
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_early_answer_ends_the_upload_and_a_slow_one_streams() {
    let crm = Crm::start(|request| {
        if request.head.starts_with("GET /slow") {
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n";
            return vec![
                Act::Send(format!("{head}8\r\n{{\"a\":1}}\n\r\n").into_bytes()),
                Act::Send(b"8\r\n{\"a\":2}\n\r\n".to_vec()),
                Act::AwaitClose,
            ];
        }
        json("{}")
    })
    .await;
    let house = House::before(&crm).await;
    let mut socket = house.connect().await;
    let get = format!("GET /slow HTTP/1.1\r\nHost: a\r\n{}\r\n", who("sales"));
    socket.write_all(get.as_bytes()).await.unwrap();
    let mut got = Vec::new();
    while !String::from_utf8_lossy(&got).contains(r#""a":1"#) {
        use tokio::io::AsyncReadExt;
        assert!(
            socket.read_buf(&mut got).await.unwrap() > 0,
            "nothing came before the end"
        );
    }
    let gone = crm.closed_on.notified();
    drop(socket);
    tokio::time::timeout(std::time::Duration::from_secs(10), gone)
        .await
        .expect("the CRM went on for nobody");
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_open_passes_byte_for_byte_with_its_length_and_validators() {
    let script = vec![b'x'; 700_000];
    let sent = script.clone();
    let crm = Crm::start(move |_| answer("Content-Type: text/javascript\r\nETag: \"v1\"\r\n", &sent)).await;
    let house = House::before(&crm).await;
    let got = house.get("", "/static/app.js").await;
    assert_eq!((got.status, got.field("etag")), (200, Some("\"v1\"")));
    assert_eq!(got.field("content-length"), Some("700000"));
    assert!(got.whole && got.body == script);
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_within_the_limit_passes_and_connections_are_reused() {
    let crm = Crm::start(|_| json(&customers(20))).await;
    let house = House::before(&crm).await;
    for _ in 0..3 {
        let got = house.get("analyst", "/list").await;
        assert_eq!(got.status, 200, "{}", got.text());
        assert_eq!(got.text().matches("138****").count(), 20);
    }
    house.running.stop().await;
}
