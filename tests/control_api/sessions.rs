//! Signing in and out at the approval page, and who may call it at all.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::json;

use crate::house::{CONTROL, House, PASSWORD, call};

#[tokio::test]
async fn sign_in_says_who_and_what_he_may_do() {
    let house = House::build().await;
    let cookie = house.sign_in("lead").await;
    let session = house.get("/api/v1/session", &cookie).await.json();
    assert_eq!(session["subject"]["id"], "lead");
    assert_eq!(session["subject"]["assurance"], "password");
    assert_eq!(session["can"], json!({"approve_levels": ["lead"], "read_audit": false}));
    assert_eq!(session["proxy_url"], "http://127.0.0.1:8080");
    let auditor = house.sign_in("auditor").await;
    assert_eq!(
        house.get("/api/v1/session", &auditor).await.json()["can"]["read_audit"],
        true
    );
}

#[tokio::test]
async fn failures_are_one_answer() {
    let house = House::build().await;
    house.accounts.set_disabled("stranger", true).await.unwrap();
    let mut answers = Vec::new();
    for (account, password) in [
        ("lead", "wrong password"),
        ("nobody", PASSWORD),
        ("stranger", PASSWORD),
        ("", ""),
    ] {
        let body = json!({"account": account, "password": password});
        let answer = house.call(Method::POST, "/api/v1/session", "", Some(body)).await;
        assert_eq!(answer.problem(), (401, "wrong_credentials".into(), String::new()));
        assert!(answer.headers.get("set-cookie").is_none());
        answers.push(answer.text);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    let journal = house.journal();
    assert!(journal.contains("sign_in_failed") && !journal.contains("nobody") && !journal.contains(PASSWORD));
}

#[tokio::test]
async fn sign_out_ends_the_session_and_the_cookie() {
    let house = House::build().await;
    let cookie = house.sign_in("lead").await;
    let out = house.call(Method::DELETE, "/api/v1/session", &cookie, None).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(out.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(house.get("/api/v1/session", &cookie).await.problem().1, "not_signed_in");
    assert!(house.journal().contains("session_closed"));
}

#[tokio::test]
async fn a_second_sign_in_ends_the_first_session_of_that_browser() {
    let house = House::build().await;
    let first = house.sign_in("lead").await;
    let body = json!({"account": "officer", "password": PASSWORD});
    let second = house
        .call(Method::POST, "/api/v1/session", &first, Some(body))
        .await
        .cookie();
    assert_ne!(first, second);
    assert_eq!(
        house.get("/api/v1/session", &first).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        house.get("/api/v1/session", &second).await.json()["subject"]["id"],
        "officer"
    );
}

#[tokio::test]
async fn calls_of_another_site_are_refused_before_anything_else() {
    let house = House::build().await;
    let cookie = house.sign_in("lead").await;
    let id = house.pending().await;
    let path = format!("/api/v1/approvals/{id}/approve");
    let with = |pairs: &[(&'static str, &'static str)]| {
        let mut request = Request::post(&path)
            .header("cookie", &cookie)
            .header("content-type", "application/json");
        for (name, value) in pairs {
            request = request.header(*name, *value);
        }
        request.body(Body::from(r#"{"version":2}"#)).unwrap()
    };
    for pairs in [
        &[][..],
        &[("x-overcoat-request", "1")],
        &[("origin", CONTROL)],
        &[("origin", "http://127.0.0.1:8080"), ("x-overcoat-request", "1")],
        &[("origin", "null"), ("x-overcoat-request", "1")],
        &[
            ("origin", CONTROL),
            ("x-overcoat-request", "1"),
            ("sec-fetch-site", "same-site"),
        ],
        &[("origin", "https://127.0.0.1:8081"), ("x-overcoat-request", "1")],
    ] {
        assert_eq!(
            house.send(with(pairs)).await.problem(),
            (403, "cross_site".into(), String::new()),
            "{pairs:?}"
        );
    }
    assert!(house.store.load(id).await.unwrap().unwrap().votes().is_empty());
    let preflight = Request::options(&path)
        .header("origin", "http://127.0.0.1:8080")
        .body(Body::empty())
        .unwrap();
    let answer = house.send(preflight).await;
    assert!(
        answer
            .headers
            .keys()
            .all(|name| !name.as_str().starts_with("access-control-"))
    );
    let same = [
        ("origin", CONTROL),
        ("x-overcoat-request", "1"),
        ("sec-fetch-site", "same-origin"),
    ];
    assert_eq!(house.send(with(&same)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn bodies_are_json_of_that_shape_and_of_that_size() {
    let house = House::build().await;
    let send = async |kind: &str, body: String| {
        let mut request = call(Method::POST, "/api/v1/session", "", None);
        request.headers_mut().insert("content-type", kind.parse().unwrap());
        *request.body_mut() = Body::from(body);
        house.send(request).await.problem()
    };
    let good = json!({"account": "lead", "password": PASSWORD}).to_string();
    assert_eq!(send("text/plain", good.clone()).await.0, 415);
    assert_eq!(send("application/x-www-form-urlencoded", good.clone()).await.0, 415);
    for body in [
        "",
        "{",
        "[]",
        r#"{"account":"a"}"#,
        r#"{"account":"a","password":"b","more":1}"#,
        r#"{"account":1,"password":"b"}"#,
    ] {
        let (status, code, _) = send("application/json", body.to_owned()).await;
        assert_eq!((status, code.as_str()), (400, "bad_request"), "{body}");
    }
    assert_eq!(
        send("application/json", format!("{good}{}", " ".repeat(20_000)))
            .await
            .0,
        413
    );
}
