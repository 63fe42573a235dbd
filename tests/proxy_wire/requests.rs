//! What comes from clients: framing that can be read in two ways, look-alikes of identity, and what the CRM gets of it all.

use tokio::io::AsyncWriteExt;

use crate::house::{Act, Answer, Crm, House, PHONE, json, who};

async fn echo() -> Crm {
    Crm::start(|_| json("{}")).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_be_read_in_two_ways_is_400_and_never_reaches_the_crm() {
    let crm = echo().await;
    let house = House::before(&crm).await;
    for request in [
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /a HTTP/1.1\r\n\r\n",
        "GET /a%2fb HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a%5cb HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a/..;/b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a/%2e%2e/b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET //a HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a%ffb HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://b/a HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        let answer = house.raw(request.as_bytes()).await;
        assert_eq!(answer.status, 400, "{request:?}: {}", answer.text());
    }
    let tunnel = house.raw(b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n").await;
    assert_eq!(tunnel.status, 405);
    assert!(crm.requests().is_empty(), "{:?}", crm.requests());
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_chunks_end_the_request() {
    let crm = echo().await;
    let house = House::before(&crm).await;
    let head = format!(
        "POST /unlisted HTTP/1.1\r\nHost: a\r\n{}Transfer-Encoding: chunked\r\n\r\n",
        who("sales")
    );
    for body in ["zz\r\n", "5\r\nabc\r\n0\r\n\r\n", "3\r\nabcX\r\n0\r\n\r\n"] {
        let answer = house.raw(format!("{head}{body}").as_bytes()).await;
        assert_eq!(answer.status, 400, "{body:?}");
    }
    assert!(crm.requests().is_empty(), "a broken body reached the CRM");
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_crm_gets_nothing_that_looks_like_an_identity_or_a_source() {
    let crm = echo().await;
    let house = House::before(&crm).await;
    let fields = "X_Forwarded_User: root\r\nX-Remote-User: root\r\nRemote-User: root\r\nX-Forwarded-For: 6.6.6.6, 7.7.7.7\r\n\
                  X_Forwarded_For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Original-URL: /admin\r\nX-HTTP-Method-Override: DELETE\r\n\
                  Cookie: overcoat_session=abc; crm=1\r\nKeep-Alive: 5\r\nX-Once: 1\r\nX-Kept: yes\r\n\
                  Connection: close, X-Once, X-Forwarded-For, Authorization\r\nAuthorization: Basic eDp5\r\n";
    let request = format!("GET /a?b=c HTTP/1.1\r\nHost: crm.test\r\n{}{fields}\r\n", who("sales"));
    let mut socket = house.connect().await;
    socket.write_all(request.as_bytes()).await.unwrap();
    Answer::read(&mut socket).await;
    let seen = crm
        .requests()
        .pop()
        .expect("the CRM was asked")
        .head
        .to_ascii_lowercase();
    assert!(seen.starts_with("get /a?b=c http/1.1\r\n"), "{seen}");
    for gone in [
        "root",
        "6.6.6.6",
        "overcoat_session",
        "x-front-user",
        "keep-alive:",
        "x-once",
        "/admin",
        "delete",
    ] {
        assert!(!seen.contains(gone), "`{gone}` in {seen}");
    }
    for kept in [
        "crm=1",
        "x-kept: yes",
        "x-forwarded-for: 7.7.7.7",
        "host: crm.test",
        "x-forwarded-proto: http",
    ] {
        assert!(seen.contains(kept), "no `{kept}` in {seen}");
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ranges_conditions_and_unknown_codings_are_taken_out_on_protected_routes_alone() {
    let crm = echo().await;
    let house = House::before(&crm).await;
    let fields = "Range: bytes=0-9\r\nIf-Range: \"x\"\r\nIf-None-Match: \"x\"\r\nAccept-Encoding: gzip, x-secret\r\n";
    house.send("sales", "GET", "/list", fields, b"").await;
    house
        .send("sales", "GET", "/list", "Range: records=10-20\r\n", b"")
        .await;
    house.send("sales", "GET", "/static/a.js", fields, b"").await;
    let seen: Vec<String> = crm.requests().iter().map(|r| r.head.to_ascii_lowercase()).collect();
    for gone in ["range", "if-none-match", "x-secret"] {
        assert!(!seen[0].contains(gone), "{}", seen[0]);
    }
    assert!(seen[0].contains("accept-encoding: gzip\r\n"), "{}", seen[0]);
    assert!(seen[1].contains("range: records=10-20"), "{}", seen[1]);
    assert!(seen[2].contains("range: bytes=0-9"), "{}", seen[2]);
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_and_unknown_methods_go_on() {
    let crm = echo().await;
    let house = House::before(&crm).await;
    let big = vec![b'x'; 3 * 1024 * 1024];
    assert_eq!(
        house
            .send("sales", "SEARCH", "/a", "Content-Type: text/plain\r\n", b"query")
            .await
            .status,
        200
    );
    assert_eq!(house.send("sales", "GET", "/a", "", b"body").await.status, 200);
    assert_eq!(house.send("sales", "PUT", "/upload", "", &big).await.status, 200);
    let expecting = house
        .send("sales", "POST", "/a", "Expect: 100-continue\r\n", b"waited")
        .await;
    assert_eq!(expecting.status, 200);
    let seen = crm.requests();
    assert!(seen[0].head.starts_with("SEARCH /a "));
    let bodies: Vec<usize> = seen.iter().map(|r| r.body.len()).collect();
    assert_eq!(bodies, [5, 4, big.len(), 6]);
    assert!(!seen[3].head.to_ascii_lowercase().contains("expect"));
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_passes_on_an_open_route_and_is_refused_on_a_protected_one() {
    let crm = Crm::start(|request| {
        if request.head.to_ascii_lowercase().contains("upgrade: websocket") {
            let switched = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhello from the crm";
            vec![Act::Send(switched.into()), Act::Close]
        } else {
            json("{}")
        }
    })
    .await;
    let house = House::before(&crm).await;
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\n{}{upgrade}\r\n", who("sales"));
    let refused = house.raw(get("/list").as_bytes()).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "upgrade_refused"));
    assert!(crm.requests().is_empty());
    let switched = house.raw(get("/socket").as_bytes()).await;
    assert_eq!((switched.status, switched.text().as_str()), (101, "hello from the crm"));
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_sent_to_sign_in_or_served_masked() {
    let crm = Crm::start(|_| json(&format!(r#"{{"mobile":"{PHONE}"}}"#))).await;
    let house = House::before(&crm).await;
    let page = house.send("", "GET", "/list?q=1", "Accept: text/html\r\n", b"").await;
    assert_eq!(page.status, 303);
    assert_eq!(page.field("location"), Some("/.overcoat/sign-in?next=/list%3Fq%3D1"));
    // The shell of an application is open, but alone it would never lead to the sign-in; what it loads is no navigation.
    let shell = house
        .send("", "GET", "/static/app.html", "Accept: text/html\r\n", b"")
        .await;
    assert_eq!(shell.status, 303);
    assert!(crm.requests().is_empty());
    let script = house.send("", "GET", "/static/app.js", "Accept: */*\r\n", b"").await;
    assert_eq!(script.status, 200);
    let program = house.get("", "/list").await;
    assert_eq!(program.status, 200);
    assert!(
        !program.text().contains(PHONE) && !program.text().contains("138"),
        "{}",
        program.text()
    );
    let closed = house.get("sales", "/closed").await;
    assert_eq!((closed.status, closed.code().as_str()), (403, "denied"));
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_connection_serves_one_request_after_the_other_also_when_they_come_at_once() {
    let crm = echo().await;
    let house = House::before(&crm).await;
    let get = |n: usize, last: &str| format!("GET /n/{n} HTTP/1.1\r\nHost: a\r\n{}{last}\r\n", who("sales"));
    let both = format!("{}{}", get(1, ""), get(2, "Connection: close\r\n"));
    let mut socket = house.connect().await;
    socket.write_all(both.as_bytes()).await.unwrap();
    let first = Answer::read(&mut socket).await;
    assert_eq!(
        first.head.matches("200 OK").count() + first.text().matches("HTTP/1.1 200 OK").count(),
        2
    );
    let lines: Vec<String> = crm
        .requests()
        .iter()
        .map(|r| r.head.lines().next().unwrap().to_owned())
        .collect();
    assert_eq!(lines, ["GET /n/1 HTTP/1.1", "GET /n/2 HTTP/1.1"]);
    house.running.stop().await;
}
