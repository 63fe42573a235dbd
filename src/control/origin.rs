//! Who made the browser send this: the checks against cross-site requests, and where it may be sent afterwards.

use http::header::{HOST, HeaderMap, HeaderName, ORIGIN};

/// What the API wants on each call that changes something. No form can send it, and a script of another origin only after a
/// preflight that nobody answers.
pub const REQUEST_HEADER: HeaderName = HeaderName::from_static("x-overcoat-request");

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Longest `next` that is followed, in bytes.
const MAX_NEXT_BYTES: usize = 2048;

/// The origin of a server's public URL: scheme, host and port, in lower case and without a default port (RFC 6454).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicOrigin(String);

impl PublicOrigin {
    /// The origin of a public URL such as `https://approve.example.com/`.
    pub fn of(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        Self::join(&scheme.to_ascii_lowercase(), authority)
    }

    fn join(scheme: &str, authority: &str) -> Self {
        let authority = authority.to_ascii_lowercase();
        let default = if scheme == "https" { ":443" } else { ":80" };
        let authority = authority.strip_suffix(default).unwrap_or(&authority);
        Self(format!("{scheme}://{authority}"))
    }

    /// As text, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn scheme(&self) -> &str {
        self.0.split("://").next().unwrap_or("http")
    }

    /// Whether a request comes from this very origin: `Origin` is there and equal, and `Sec-Fetch-Site`, if there, agrees.
    pub fn sent(&self, headers: &HeaderMap) -> bool {
        let origin = single(headers, &ORIGIN);
        same_site_fetch(headers) && origin.is_some_and(|o| Self::of(o) == *self)
    }

    /// As [`PublicOrigin::sent`], but the host that the browser itself used counts as well: people reach a server by more than one
    /// name (`localhost`, `127.0.0.1`), and a page of another site cannot choose the `Host` line of a request to us.
    pub fn sent_or_same_host(&self, headers: &HeaderMap) -> bool {
        if self.sent(headers) {
            return true;
        }
        let host = single(headers, &HOST).map(|h| Self::join(self.scheme(), h));
        let origin = single(headers, &ORIGIN).map(Self::of);
        same_site_fetch(headers) && origin.is_some() && origin == host
    }
}

/// The value of a header that must stand there once.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    if values.next().is_some() {
        return None;
    }
    first.to_str().ok()
}

fn same_site_fetch(headers: &HeaderMap) -> bool {
    headers.get(SEC_FETCH_SITE).is_none_or(|v| v == "same-origin")
}

/// Whether a call that changes something comes from the approval page itself.
pub fn is_own_call(origin: &PublicOrigin, headers: &HeaderMap) -> bool {
    origin.sent(headers) && headers.get(REQUEST_HEADER).is_some_and(|v| v == "1")
}

/// Where to go after signing in: a path on this origin, or `/`.
///
/// INVARIANT: whatever a browser makes of the answer, it stays on this origin. So: one slash first and none beside it, no
/// backslash (browsers take it for a slash), no control character (browsers drop tabs and line ends), no other scheme.
pub fn safe_next(next: Option<&str>) -> &str {
    match next {
        Some(path) if is_safe_path(path) => path,
        _ => "/",
    }
}

fn is_safe_path(path: &str) -> bool {
    let plain = path.split(['?', '#']).next().unwrap_or_default();
    path.len() <= MAX_NEXT_BYTES
        && path.starts_with('/')
        && !plain.contains("//")
        && !path.contains('\\')
        && !path.chars().any(|c| c.is_control() || c.is_whitespace())
        && !plain.split('/').any(|segment| matches!(segment, "." | ".."))
        && !plain.starts_with("/.overcoat/sign-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(HeaderName::from_static(name), http::HeaderValue::from_static(value));
        }
        map
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (url, origin) in [
            ("https://Approve.Example.com/x?y", "https://approve.example.com"),
            ("https://approve.example.com:443", "https://approve.example.com"),
            ("http://127.0.0.1:8081/", "http://127.0.0.1:8081"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(PublicOrigin::of(url).as_str(), origin);
        }
    }

    #[test]
    fn only_the_very_origin_counts() {
        let own = PublicOrigin::of("https://approve.example.com");
        assert!(own.sent(&headers(&[("origin", "https://approve.example.com")])));
        assert!(own.sent(&headers(&[
            ("origin", "https://approve.example.com"),
            ("sec-fetch-site", "same-origin")
        ])));
        for pairs in [
            &[][..],
            &[("origin", "null")],
            &[("origin", "http://approve.example.com")],
            &[("origin", "https://approve.example.com:8443")],
            &[("origin", "https://approve.example.com.evil.test")],
            &[("origin", "https://crm.example.com")],
            &[
                ("origin", "https://approve.example.com"),
                ("origin", "https://evil.test"),
            ],
            &[
                ("origin", "https://approve.example.com"),
                ("sec-fetch-site", "same-site"),
            ],
            &[
                ("origin", "https://approve.example.com"),
                ("sec-fetch-site", "cross-site"),
            ],
            &[("host", "evil.test"), ("origin", "https://evil.test")],
        ] {
            assert!(!own.sent(&headers(pairs)), "{pairs:?}");
        }
    }

    #[test]
    fn another_name_of_the_same_host_counts_where_it_may() {
        let own = PublicOrigin::of("http://127.0.0.1:8080");
        let here = headers(&[("host", "localhost:8080"), ("origin", "http://localhost:8080")]);
        assert!(own.sent_or_same_host(&here) && !own.sent(&here));
        for pairs in [
            &[("host", "localhost:8080"), ("origin", "http://localhost:9000")][..],
            &[("host", "localhost:8080"), ("origin", "https://localhost:8080")],
            &[("host", "localhost:8080"), ("origin", "null")],
            &[("host", "localhost:8080")],
        ] {
            assert!(!own.sent_or_same_host(&headers(pairs)), "{pairs:?}");
        }
    }

    #[test]
    fn a_call_of_the_page_has_origin_and_header() {
        let own = PublicOrigin::of("http://127.0.0.1:8081");
        let origin = ("origin", "http://127.0.0.1:8081");
        assert!(is_own_call(&own, &headers(&[origin, ("x-overcoat-request", "1")])));
        assert!(!is_own_call(&own, &headers(&[origin])));
        assert!(!is_own_call(&own, &headers(&[origin, ("x-overcoat-request", "0")])));
        assert!(!is_own_call(&own, &headers(&[("x-overcoat-request", "1")])));
    }

    #[test]
    fn next_never_leaves_the_origin() {
        for good in [
            "/",
            "/a/b?c=//d&e=..",
            "/api/customers?page=1#x",
            "/客户",
            "/a%2fb",
            "/.overcoat/exports/1",
        ] {
            assert_eq!(safe_next(Some(good)), good);
        }
        let long = format!("/{}", "a".repeat(MAX_NEXT_BYTES));
        for bad in [
            "",
            "a",
            "//evil.test",
            "///evil.test",
            "/\\evil.test",
            "\\\\evil.test",
            "/\t/evil.test",
            "/\n/evil.test",
            " /x",
            "/ /evil.test",
            "https://evil.test",
            "javascript:alert(1)",
            "/a//b",
            "/./a",
            "/../a",
            "/a/..//evil.test",
            "/.overcoat/sign-in?next=/",
            "/.overcoat/sign-out",
            &long,
        ] {
            assert_eq!(safe_next(Some(bad)), "/", "{bad:?}");
        }
        assert_eq!(safe_next(None), "/");
    }
}
