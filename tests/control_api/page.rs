//! The page itself, its headers, and health.

use http::{Method, StatusCode};

use crate::house::House;

#[tokio::test]
async fn every_answer_is_hardened() {
    let house = House::build().await;
    for path in [
        "/",
        "/mine",
        "/assets/nothing.js",
        "/api/v1/session",
        "/api/v1/nothing",
        "/api/v1/openapi.json",
        "/healthz",
    ] {
        let answer = house.get(path, "").await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{path}"
        );
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["x-frame-options"], "DENY");
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
        assert_eq!(answer.headers["referrer-policy"], "same-origin");
        assert!(answer.headers.get("strict-transport-security").is_none());
    }
    let tls = House::at("https://approve.example.com", "https://crm.example.com").await;
    assert!(tls.get("/", "").await.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn each_page_has_the_nonce_of_its_policy() {
    let house = House::build().await;
    let answer = house.get("/approvals/x", "").await;
    assert_eq!(answer.status, StatusCode::OK);
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert!(answer.text.contains(nonce));
    assert!(!answer.text.contains("__CSP_NONCE__"));
}

#[tokio::test]
async fn unknown_calls_are_problems_and_methods_are_told() {
    let house = House::build().await;
    assert_eq!(house.get("/api/v1/nothing", "").await.problem().1, "not_found");
    assert_eq!(house.get("/api", "").await.problem().0, 404);
    assert_eq!(
        house.call(Method::PUT, "/api/v1/session", "", None).await.problem().0,
        405
    );
    assert_eq!(house.call(Method::POST, "/mine", "", None).await.problem().0, 405);
}

#[tokio::test]
async fn health_is_open_and_says_little() {
    let house = House::build().await;
    assert_eq!(house.get("/healthz", "").await.text, "ok\n");
    let ready = house.get("/readyz", "").await;
    assert_eq!(ready.status, StatusCode::OK);
    assert_eq!(ready.json()["ready"], true);
}
