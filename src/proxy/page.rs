//! A refusal as the client gets it: an HTML page for a browser's navigation, `application/problem+json` (RFC 9457) elsewhere.
//!
//! The page stands on its own: no script, no file but our icon, its one style is allowed by hash. So it also shows when everything
//! behind it is down.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::refusal::Refusal;

/// The languages a page comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// English: also what is shown when the client says nothing.
    English,
    /// Chinese, simplified.
    Chinese,
}

/// What of a request decides how a refusal looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Audience {
    /// A person's browser goes to a page, as against a program or a script that fetches.
    pub navigation: bool,
    /// What the reader reads.
    pub language: Language,
    /// HEAD: the same header, and no body.
    pub head_only: bool,
}

impl Audience {
    /// Reads the audience from a request's header. Fetch metadata (`Sec-Fetch-Mode`) outranks `Accept`: a script that fetches
    /// often accepts HTML too.
    pub(super) fn of(method: &http::Method, headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or("");
        let navigation = match text("sec-fetch-mode") {
            "" => text("accept").contains("text/html") && headers.get("x-requested-with").is_none(),
            mode => mode == "navigate",
        };
        Self {
            navigation: navigation && !headers.contains_key(header::UPGRADE),
            language: Language::preferred(text("accept-language")),
            head_only: method == http::Method::HEAD,
        }
    }

    /// A program that speaks English: for requests whose header could not be read.
    pub(super) const fn unknown() -> Self {
        Self {
            navigation: false,
            language: Language::English,
            head_only: false,
        }
    }
}

impl Language {
    /// The better liked of our two languages in an `Accept-Language` (RFC 9110 §12.5.4).
    fn preferred(accept: &str) -> Self {
        let weight = |tag: &str| {
            accept
                .split(',')
                .filter_map(|item| {
                    let mut parts = item.split(';');
                    let range = parts.next()?.trim();
                    let q = parts
                        .find_map(|p| p.trim().strip_prefix("q=")?.parse::<f32>().ok())
                        .unwrap_or(1.0);
                    let matches = range.len() >= tag.len() && range[..tag.len()].eq_ignore_ascii_case(tag);
                    matches.then_some(q)
                })
                .fold(0.0_f32, f32::max)
        };
        if weight("zh") > weight("en") {
            Self::Chinese
        } else {
            Self::English
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::English => 0,
            Self::Chinese => 1,
        }
    }

    const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }
}

/// RFC 9457, with `code` (a stable word) and what an export's requester needs to go on.
#[derive(Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<&'a str>,
}

const STYLE: &str = "body{margin:0;font:16px/1.6 system-ui,-apple-system,'PingFang SC','Microsoft YaHei',sans-serif;\
background:#f4f5f7;color:#1f2328}main{box-sizing:border-box;width:calc(100% - 2rem);max-width:34rem;margin:12vh auto;padding:2rem;background:#fff;\
border-radius:12px;box-shadow:0 1px 3px rgba(0,0,0,.12)}h1{font-size:1.4rem;margin:0 0 .75rem}p{margin:.5rem 0}\
.code{color:#59636e;font-size:.85rem;margin-top:2rem}a{color:#0d5c66}@media(prefers-color-scheme:dark){\
body{background:#15181c;color:#e6e8eb}main{background:#1f2429}.code{color:#9aa4af}a{color:#7cc6c6}}";

/// No script, no frame, no form, no outside host; the one style by its hash (CSP level 3).
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
});

/// Renders a refusal for its audience. `next` is where a sign-in leads back to; `contact` is whom the settings name.
pub(super) fn render(refusal: &Refusal, audience: Audience, contact: &str, next: &str) -> Response<Bytes> {
    match refusal {
        Refusal::SignIn if audience.navigation => {
            see_other(&format!("/.overcoat/sign-in?next={}", encode_query_value(next)))
        }
        Refusal::Held { url, .. } if audience.navigation => see_other(url),
        _ if audience.navigation => html(refusal, audience, contact),
        _ => problem(refusal, audience, contact),
    }
}

fn see_other(location: &str) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::new());
    *answer.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(value) = HeaderValue::from_str(location) {
        answer.headers_mut().insert(header::LOCATION, value);
    }
    harden(&mut answer);
    answer
}

fn problem(refusal: &Refusal, audience: Audience, contact: &str) -> Response<Bytes> {
    let told = refusal.told();
    let index = audience.language.index();
    let (approval, link) = match refusal {
        Refusal::Held { id, url } => (Some(id.as_str()), Some(url.as_str())),
        _ => (None, None),
    };
    let body = Problem {
        kind: "about:blank",
        title: told.title[index],
        status: told.status.as_u16(),
        detail: told.detail[index],
        code: told.code,
        reason: reason(refusal),
        approval,
        link,
        contact: told.contact.then_some(contact),
    };
    let body = serde_json::to_vec(&body).unwrap_or_default();
    let mut answer = whole(told.status, body);
    answer.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json; charset=utf-8"),
    );
    retry_after(&mut answer, told.retry_after);
    answer
}

fn html(refusal: &Refusal, audience: Audience, contact: &str) -> Response<Bytes> {
    let told = refusal.told();
    let index = audience.language.index();
    let ask = match audience.language {
        Language::English => "Whom to ask: ",
        Language::Chinese => "请联系：",
    };
    let mut page = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><title>{title} · Overcoat</title>\
         <link rel=\"icon\" href=\"/.overcoat/icon.svg\"><style>{STYLE}</style></head>\
         <body><main><h1>{title}</h1><p>{}</p>",
        audience.language.tag(),
        told.detail[index],
        title = told.title[index],
    );
    if told.contact && !contact.is_empty() {
        page.push_str("<p>");
        page.push_str(ask);
        escape_html(contact, &mut page);
        page.push_str("</p>");
    }
    page.push_str(match audience.language {
        Language::English => "<p><a href=\"/\">To the start page</a></p>",
        Language::Chinese => "<p><a href=\"/\">返回首页</a></p>",
    });
    page.push_str("<p class=\"code\">Overcoat · ");
    page.push_str(told.code);
    if let Some(reason) = reason(refusal) {
        page.push_str(" · ");
        escape_html(reason, &mut page);
    }
    page.push_str("</p></main></body></html>");
    let mut answer = whole(told.status, page.into_bytes());
    let headers = answer.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    retry_after(&mut answer, told.retry_after);
    answer
}

/// The technical reason, where there is one; fixed text or policy's own words, never something the request or the CRM said.
fn reason(refusal: &Refusal) -> Option<&str> {
    match refusal {
        Refusal::Malformed(why)
        | Refusal::FormatRefused(why)
        | Refusal::Unmaskable(why)
        | Refusal::CrmBroken(why)
        | Refusal::CrmUnreachable(why)
        | Refusal::NotSealed(why) => Some(why),
        Refusal::Denied(why) | Refusal::ExportDenied(why) => Some(why),
        _ => None,
    }
}

fn whole(status: StatusCode, body: Vec<u8>) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from(body));
    *answer.status_mut() = status;
    harden(&mut answer);
    answer
}

/// What every answer of our own says to caches and browsers.
fn harden(answer: &mut Response<Bytes>) {
    let length = HeaderValue::from(answer.body().len());
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_LENGTH, length);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(
        header::VARY,
        HeaderValue::from_static("Accept, Accept-Language, Sec-Fetch-Mode"),
    );
}

fn retry_after(answer: &mut Response<Bytes>, seconds: Option<u32>) {
    if let Some(seconds) = seconds {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}

fn escape_html(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
}

/// Percent-encodes everything that is not unreserved (RFC 3986 §2.3).
fn encode_query_value(text: &str) -> String {
    const KEPT: percent_encoding::AsciiSet = percent_encoding::NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~')
        .remove(b'/');
    percent_encoding::utf8_percent_encode(text, &KEPT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        list.iter()
            .map(|(n, v)| (http::HeaderName::from_static(n), HeaderValue::from_static(v)))
            .collect()
    }

    fn audience(list: &[(&'static str, &'static str)]) -> Audience {
        Audience::of(&http::Method::GET, &headers(list))
    }

    #[test]
    fn a_fetch_that_accepts_html_is_no_navigation() {
        assert!(audience(&[("accept", "text/html,*/*")]).navigation);
        assert!(audience(&[("accept", "text/html"), ("sec-fetch-mode", "navigate")]).navigation);
        assert!(!audience(&[("accept", "text/html"), ("sec-fetch-mode", "cors")]).navigation);
        assert!(!audience(&[("accept", "application/json")]).navigation);
        assert!(!audience(&[]).navigation);
    }

    #[test]
    fn the_better_liked_language_wins() {
        for (accept, expected) in [
            ("", Language::English),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("en-US,en;q=0.9,zh;q=0.8", Language::English),
            ("fr, zh;q=0.3", Language::Chinese),
            ("zh;q=0, en;q=0.1", Language::English),
        ] {
            assert_eq!(Language::preferred(accept), expected, "{accept}");
        }
    }

    #[test]
    fn a_navigation_to_sign_in_comes_back_to_where_it_was() {
        let answer = render(
            &Refusal::SignIn,
            audience(&[("accept", "text/html")]),
            "",
            "/customers?name=张 三&x=//evil",
        );
        assert_eq!(answer.status(), 303);
        assert_eq!(
            answer.headers()[header::LOCATION],
            "/.overcoat/sign-in?next=/customers%3Fname%3D%E5%BC%A0%20%E4%B8%89%26x%3D//evil"
        );
    }

    #[test]
    fn a_page_runs_no_script_and_escapes_the_contact() {
        let answer = render(
            &Refusal::CrmUnreachable("connect"),
            audience(&[("accept", "text/html")]),
            "<b>IT</b>",
            "/",
        );
        assert_eq!(answer.status(), 502);
        let body = std::str::from_utf8(answer.body()).unwrap();
        assert!(body.contains("&lt;b&gt;IT"), "{body}");
        let csp = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            csp.starts_with("default-src 'none'") && !csp.contains("unsafe"),
            "{csp}"
        );
        assert_eq!(answer.headers()[header::RETRY_AFTER], "10");
    }

    #[test]
    fn a_program_gets_problem_json_with_the_approval() {
        let held = Refusal::Held {
            id: "ap-1".into(),
            url: "https://approve.example/approvals/ap-1".into(),
        };
        let answer = render(&held, audience(&[("accept", "application/json")]), "", "/");
        assert_eq!(answer.status(), 403);
        let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!(body["approval"], "ap-1");
        assert_eq!(body["link"], "https://approve.example/approvals/ap-1");
        let answer = render(&held, audience(&[("accept", "text/html")]), "", "/");
        assert_eq!(answer.status(), 303);
        assert_eq!(
            answer.headers()[header::LOCATION],
            "https://approve.example/approvals/ap-1"
        );
    }
}
