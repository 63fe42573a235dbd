//! What fails behind the proxy, or in it: each has its own answer, nothing is let through, and serving resumes by itself.

use std::os::unix::fs::PermissionsExt;

use crate::house::{Act, Crm, House, PHONE, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unreachable_crm_is_a_page_that_says_whom_to_ask() {
    let crm = Crm::start(|_| json("{}")).await;
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let house = House::at(&format!("http://{free}"), "", "").await;
    let page = house
        .send(
            "sales",
            "GET",
            "/a",
            "Accept: text/html\r\nAccept-Language: zh-CN\r\n",
            b"",
        )
        .await;
    assert_eq!(page.status, 502);
    assert!(
        page.text().contains("IT desk, tel 8000") && page.text().contains("无法连接 CRM"),
        "{}",
        page.text()
    );
    assert!(
        page.field("content-security-policy")
            .unwrap()
            .starts_with("default-src 'none'")
    );
    let program = house.get("sales", "/a").await;
    assert_eq!((program.status, program.code().as_str()), (502, "crm_unreachable"));
    assert!(crm.requests().is_empty());
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crm_that_does_not_answer_in_time_is_504() {
    let crm = Crm::start(|_| vec![Act::AwaitClose]).await;
    let house = House::before(&crm).await;
    let late = house.get("sales", "/quick").await;
    assert_eq!((late.status, late.code().as_str()), (504, "crm_timeout"));
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crm_that_breaks_http_is_502() {
    let crm = Crm::start(|request| match request.head.split(' ').nth(1).unwrap() {
        "/garbage" => vec![Act::Send(format!("{PHONE}\r\n\r\n").into_bytes()), Act::Close],
        "/lengths" => vec![
            Act::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ".to_vec()),
            Act::Close,
        ],
        "/switch" => vec![
            Act::Send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n".to_vec()),
            Act::Close,
        ],
        _ => vec![Act::Close],
    })
    .await;
    let house = House::before(&crm).await;
    for path in ["/garbage", "/lengths", "/switch", "/closed-at-once"] {
        let got = house.get("sales", path).await;
        assert_eq!(
            (got.status, got.code().as_str()),
            (502, "crm_broken"),
            "{path}: {}",
            got.text()
        );
        assert!(!got.text().contains(PHONE));
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_tells_what_is_wrong() {
    let crm = Crm::start(|_| json("{}")).await;
    let house = House::before(&crm).await;
    assert_eq!(house.get("", "/.overcoat/healthz").await.status, 200);
    let ready = house.get("", "/.overcoat/readyz").await;
    assert_eq!(ready.status, 200, "{}", ready.text());
    let file = house.path().join("policies/access.csv");
    let access = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{access}p, nobody, phone, see:clear, allow,\n")).unwrap();
    assert!(house.running.parts().live.reload().is_err());
    let red = house.get("", "/.overcoat/readyz").await;
    assert_eq!(red.status, 503);
    assert!(red.text().contains("policy: failed"), "{}", red.text());
    assert_eq!(
        house.get("sales", "/a").await.status,
        200,
        "the policy before stays in force"
    );
    std::fs::write(&file, access).unwrap();
    house.running.parts().live.reload().unwrap();
    assert_eq!(house.get("", "/.overcoat/readyz").await.status, 200);
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_journal_requests_are_refused_until_it_is_back() {
    let crm = Crm::start(|_| json("{}")).await;
    let house = House::before(&crm).await;
    assert_eq!(house.get("sales", "/a").await.status, 200);
    let (audit, away) = (house.path().join("audit"), house.path().join("audit-away"));
    std::fs::rename(&audit, &away).unwrap();
    // Something in its place that cannot be written to, whoever runs the tests.
    std::fs::write(&audit, b"").unwrap();
    std::fs::set_permissions(&audit, std::fs::Permissions::from_mode(0o400)).unwrap();
    // The open file went with its directory: that it is gone is noticed in a moment, and until then records go where they always went.
    let mut refused = house.get("sales", "/noticed").await;
    for _ in 0..100 {
        if refused.status == 503 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        refused = house.get("sales", "/noticed").await;
    }
    assert_eq!((refused.status, refused.code().as_str()), (503, "audit_unwritable"));
    assert_eq!(house.get("sales", "/b").await.status, 503);
    std::fs::remove_file(&audit).unwrap();
    std::fs::rename(&away, &audit).unwrap();
    for _ in 0..100 {
        if house.get("sales", "/c").await.status == 200 {
            let asked: Vec<String> = crm
                .requests()
                .iter()
                .map(|r| r.head.lines().next().unwrap().to_owned())
                .collect();
            assert!(
                !asked.iter().any(|line| line.contains("/b")),
                "a refused request was forwarded"
            );
            house.running.stop().await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("serving did not resume");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_went_on_is_in_the_journal_and_no_value_is() {
    let crm = Crm::start(|_| json(&format!(r#"{{"mobile":"{PHONE}"}}"#))).await;
    let house = House::before(&crm).await;
    house.get("analyst", &format!("/find?phone={PHONE}&name=x")).await;
    house
        .raw(format!("GET /a%2f{PHONE} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes())
        .await;
    let directory = house.directory;
    house.running.stop().await;
    let mut journal = String::new();
    for entry in std::fs::read_dir(directory.path().join("audit")).unwrap() {
        journal.push_str(&String::from_utf8_lossy(&std::fs::read(entry.unwrap().path()).unwrap()));
    }
    assert!(!journal.contains(PHONE), "{journal}");
    for kind in ["started", "decided", "completed", "refused", "stopped"] {
        assert!(
            journal.contains(&format!("\"kind\":\"{kind}\"")),
            "no `{kind}` in {journal}"
        );
    }
}

/// A Redis of the test's own; it dies with this.
struct Redis {
    process: std::process::Child,
    port: u16,
}

impl Redis {
    fn start(port: u16) -> Self {
        let process = std::process::Command::new("redis-server")
            .args([
                "--port",
                &port.to_string(),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
            ])
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("redis-server is installed (`make setup`)");
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        Self { process, port }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_store_nothing_is_held_or_released_and_it_resumes_by_itself() {
    let crm = Crm::start(|_| json(&crate::house::customers(50))).await;
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let redis = Redis::start(port);
    let house = House::before(&crm)
        .await
        .moved_to(&format!("redis://127.0.0.1:{port}"))
        .await;
    assert_eq!(house.get("analyst", "/export?a=1").await.code(), "export_held");
    let port = redis.port;
    drop(redis);
    let gone = house.get("analyst", "/export?a=2").await;
    assert_eq!(
        (gone.status, gone.code().as_str()),
        (503, "store_unreachable"),
        "{}",
        gone.text()
    );
    assert_eq!(house.get("", "/.overcoat/readyz").await.status, 503);
    let _redis = Redis::start(port);
    for _ in 0..100 {
        if house.get("analyst", "/export?a=3").await.code() == "export_held" {
            house.running.stop().await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("serving did not resume");
}
