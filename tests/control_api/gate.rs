//! The gate pages on the proxy's origin.

use bytes::Bytes;
use http::{Request, StatusCode};

use crate::house::{Answer, CONTROL, House, PASSWORD, PROXY};

async fn send(house: &House, request: Request<Bytes>) -> Answer {
    Answer::from_bytes(house.gate.serve(request, "127.0.0.1".parse().unwrap()).await)
}

async fn get(house: &House, path: &str, cookie: &str) -> Answer {
    send(
        house,
        Request::get(path).header("cookie", cookie).body(Bytes::new()).unwrap(),
    )
    .await
}

fn value_of<'h>(html: &'h str, name: &str) -> &'h str {
    let field = html
        .split(&format!("name=\"{name}\" value=\""))
        .nth(1)
        .expect("the field is there");
    field.split('"').next().unwrap()
}

fn form(path: &str, cookie: &str, origin: &str, fields: &[(&str, &str)]) -> Request<Bytes> {
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let body: Vec<String> = fields.iter().map(|(n, v)| format!("{n}={}", encode(v))).collect();
    Request::post(path)
        .header("cookie", cookie)
        .header("origin", origin)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(body.join("&")))
        .unwrap()
}

async fn sign_in(house: &House, name: &str, password: &str, next: &str) -> Answer {
    let page = get(house, "/.overcoat/sign-in", "").await;
    let token = value_of(&page.text, "form").to_owned();
    let fields = [
        ("form", token.as_str()),
        ("next", next),
        ("account", name),
        ("password", password),
    ];
    send(house, form("/.overcoat/sign-in", &page.cookie(), PROXY, &fields)).await
}

#[tokio::test]
async fn sign_in_leads_on_and_sign_out_ends_it() {
    let house = House::build().await;
    let answer = sign_in(&house, "lead", PASSWORD, "/api/customers?page=1&名=王").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers["location"], "/api/customers?page=1&%E5%90%8D=%E7%8E%8B");
    let set = answer.headers["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("overcoat_session=") && set.contains("HttpOnly") && set.contains("SameSite=Lax"));
    let cookie = answer.cookie();
    let page = get(&house, "/.overcoat/sign-out", &cookie).await;
    let token = value_of(&page.text, "form").to_owned();
    let out = send(&house, form("/.overcoat/sign-out", &cookie, PROXY, &[("form", &token)])).await;
    assert_eq!(
        (out.status, out.headers["location"].to_str().unwrap()),
        (StatusCode::SEE_OTHER, "/.overcoat/sign-in")
    );
    assert_eq!(
        get(&house, "/.overcoat/sign-out", &cookie).await.status,
        StatusCode::SEE_OTHER,
        "nobody is signed in"
    );
}

#[tokio::test]
async fn under_tls_the_cookies_are_host_bound() {
    let house = House::at("https://approve.example.com", "https://crm.example.com").await;
    let page = get(&house, "/.overcoat/sign-in", "").await;
    let set = page.headers["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("__Host-overcoat-form=") && set.contains("Secure") && set.contains("Path=/;"));
}

#[tokio::test]
async fn failures_are_one_page_and_never_echo_the_password() {
    let house = House::build().await;
    house.accounts.set_disabled("stranger", true).await.unwrap();
    for (name, password) in [
        ("lead", "wrong horse battery"),
        ("nobody", PASSWORD),
        ("stranger", PASSWORD),
    ] {
        let answer = sign_in(&house, name, password, "/").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.text.contains("Account or password is wrong."));
        assert!(!answer.text.contains("horse"));
        assert!(!answer.cookie().contains("overcoat_session="));
    }
}

#[tokio::test]
async fn next_stays_on_this_origin() {
    let house = House::build().await;
    for next in [
        "//evil.test/",
        "https://evil.test/",
        "/\\evil.test",
        "/\t/evil.test",
        "javascript:1",
        "/../x",
        "",
    ] {
        let answer = sign_in(&house, "lead", PASSWORD, next).await;
        assert_eq!(answer.headers["location"], "/", "{next:?}");
    }
    let page = get(&house, "/.overcoat/sign-in?next=%2F%2Fevil.test", "").await;
    assert_eq!(value_of(&page.text, "next"), "/");
}

#[tokio::test]
async fn a_form_of_elsewhere_signs_nobody_in() {
    let house = House::build().await;
    let page = get(&house, "/.overcoat/sign-in", "").await;
    let other = get(&house, "/.overcoat/sign-in", "").await;
    let token = value_of(&page.text, "form").to_owned();
    let fields = |token: &'static str| [("form", token), ("account", "lead"), ("password", PASSWORD)];
    let good = [("form", token.as_str()), ("account", "lead"), ("password", PASSWORD)];
    let cases = [
        form("/.overcoat/sign-in", &page.cookie(), "https://evil.test", &good),
        form("/.overcoat/sign-in", &page.cookie(), "null", &good),
        form("/.overcoat/sign-in", &page.cookie(), CONTROL, &good),
        form("/.overcoat/sign-in", &other.cookie(), PROXY, &good),
        form("/.overcoat/sign-in", "", PROXY, &good),
        form("/.overcoat/sign-in", &page.cookie(), PROXY, &fields("")),
        form("/.overcoat/sign-in", &page.cookie(), PROXY, &fields("x")),
    ];
    for (index, request) in cases.into_iter().enumerate() {
        let answer = send(&house, request).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{index}");
        assert!(!answer.cookie().contains("overcoat_session="), "{index}");
    }
    let mut no_form = form("/.overcoat/sign-in", &page.cookie(), PROXY, &good);
    no_form
        .headers_mut()
        .insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(send(&house, no_form).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        send(&house, form("/.overcoat/sign-in", &page.cookie(), PROXY, &good))
            .await
            .status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_sign_out_of_elsewhere_signs_nobody_out() {
    let house = House::build().await;
    let cookie = sign_in(&house, "lead", PASSWORD, "/").await.cookie();
    let page = get(&house, "/.overcoat/sign-out", &cookie).await;
    let token = value_of(&page.text, "form").to_owned();
    for (origin, token) in [("https://evil.test", token.as_str()), (PROXY, ""), (PROXY, "x")] {
        send(&house, form("/.overcoat/sign-out", &cookie, origin, &[("form", token)])).await;
        assert_eq!(
            get(&house, "/.overcoat/sign-out", &cookie).await.status,
            StatusCode::OK,
            "still signed in"
        );
    }
}

#[tokio::test]
async fn the_pages_are_hardened_in_two_languages_and_for_every_method() {
    let house = House::build().await;
    let english = get(&house, "/.overcoat/sign-in", "").await;
    assert!(english.text.contains("<html lang=\"en\">"));
    assert!(
        get(&house, "/.overcoat/sign-in?lang=zh", "")
            .await
            .text
            .contains("<html lang=\"zh-CN\">")
    );
    let policy = english.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'") && policy.contains(CONTROL));
    assert!(!english.text.contains("<script") && !english.text.contains("style="));
    assert_eq!(english.headers["cache-control"], "no-store");
    assert_eq!(english.headers["x-frame-options"], "DENY");
    for (path, media_type) in [
        ("/.overcoat/style.css", "text/css; charset=utf-8"),
        ("/.overcoat/icon.svg", "image/svg+xml"),
    ] {
        assert_eq!(get(&house, path, "").await.headers["content-type"], media_type);
    }
    assert_eq!(
        get(&house, "/.overcoat/nothing", "").await.status,
        StatusCode::NOT_FOUND
    );
    let put = Request::put("/.overcoat/sign-in").body(Bytes::new()).unwrap();
    assert_eq!(send(&house, put).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let head = send(&house, Request::head("/.overcoat/sign-in").body(Bytes::new()).unwrap()).await;
    assert!(head.text.is_empty() && head.headers["content-length"] != "0");
}
