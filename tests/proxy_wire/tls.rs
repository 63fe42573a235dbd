//! TLS towards clients: HTTP/2 by ALPN, and a new certificate without a dropped connection.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::house::{Act, Crm, House, PHONE, customers, json, who};

fn write_certificate(directory: &Path, age: u64) -> Vec<u8> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".into(), "127.0.0.1".into()]).unwrap();
    for (name, pem) in [("c.pem", made.cert.pem()), ("k.pem", made.signing_key.serialize_pem())] {
        let path = directory.join(name);
        std::fs::write(&path, pem).unwrap();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + age);
        std::fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(at)
            .unwrap();
    }
    made.cert.pem().into_bytes()
}

async fn house(crm: &Crm) -> (House, reqwest::Certificate, tempfile::TempDir) {
    let files = tempfile::tempdir().unwrap();
    let pem = write_certificate(files.path(), 0);
    let path = files.path().display();
    let house = House::with(
        crm,
        &format!("  tls: {{ certificate: \"{path}/c.pem\", key: \"{path}/k.pem\" }}\n"),
    )
    .await;
    (house, reqwest::Certificate::from_pem(&pem).unwrap(), files)
}

fn client(certificate: reqwest::Certificate) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut headers = reqwest::header::HeaderMap::new();
    for line in who("analyst").lines() {
        let (name, value) = line.split_once(": ").unwrap();
        headers.insert(
            reqwest::header::HeaderName::from_bytes(name.as_bytes()).unwrap(),
            value.parse().unwrap(),
        );
    }
    reqwest::Client::builder()
        .tls_certs_only([certificate])
        .default_headers(headers)
        .build()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http2_is_masked_cut_and_bounded_like_http1() {
    let crm = Crm::start(|request| match request.head.split(' ').nth(1).unwrap() {
        "/cut" => {
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
            let first = r#"{"fine":"yes","list":["#;
            vec![
                Act::Send(format!("{head}{:x}\r\n{first}\r\n", first.len()).into_bytes()),
                Act::Pause(200),
                Act::Close,
            ]
        }
        _ => json(&customers(5)),
    })
    .await;
    let (house, certificate, _files) = house(&crm).await;
    let client = client(certificate);
    let url = |path: &str| format!("https://127.0.0.1:{}{path}", house.running.proxy_address().port());
    let got = client.post(url("/list")).body("asked").send().await.unwrap();
    assert_eq!((got.version(), got.status().as_u16()), (reqwest::Version::HTTP_2, 200));
    let text = got.text().await.unwrap();
    assert!(text.contains("138****5678") && !text.contains(PHONE), "{text}");
    assert_eq!(crm.requests()[0].body, b"asked");
    assert!(
        crm.requests()[0]
            .head
            .to_ascii_lowercase()
            .contains("\r\nhost: 127.0.0.1:")
    );
    let refused = client.get(url("/a%2fb")).send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 400);
    let cut = client.get(url("/cut")).send().await.unwrap();
    assert!(cut.bytes().await.is_err(), "a cut answer passed for whole");
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_certificate_is_taken_and_open_connections_stay() {
    let crm = Crm::start(|_| json("{}")).await;
    let (house, certificate, files) = house(&crm).await;
    let old = client(certificate);
    let url = format!("https://127.0.0.1:{}/a", house.running.proxy_address().port());
    assert_eq!(old.get(&url).send().await.unwrap().status().as_u16(), 200);
    let pem = write_certificate(files.path(), 60);
    let new = client(reqwest::Certificate::from_pem(&pem).unwrap());
    let mut taken = false;
    for _ in 0..100 {
        if new.get(&url).send().await.is_ok() {
            taken = true;
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(taken, "the new certificate was not taken");
    assert_eq!(
        old.get(&url)
            .send()
            .await
            .expect("the open connection was dropped")
            .status()
            .as_u16(),
        200
    );
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_in_use_is_said_before_anything_else() {
    let crm = Crm::start(|_| json("{}")).await;
    let house = House::before(&crm).await;
    let taken = house.running.proxy_address();
    let file = house.path().join("overcoat.yaml");
    let text = std::fs::read_to_string(&file).unwrap().replace(
        "listen: 127.0.0.1:0\n  public_url",
        &format!("listen: {taken}\n  public_url"),
    );
    std::fs::write(&file, text).unwrap();
    let loaded = overcoat::config::load(&file).unwrap_or_else(|e| panic!("{e}"));
    let Err(error) = overcoat::app::running::Running::start(loaded).await else {
        panic!("it started")
    };
    assert!(error.to_string().contains(&taken.to_string()), "{error}");
    house.running.stop().await;
}
