//! The session cookie: its name, how it is set, found and expired (RFC 6265bis).

use std::time::Duration;

use http::header::{COOKIE, HeaderMap, HeaderValue};

use super::token::SessionToken;

/// Name under TLS. The prefix makes browsers refuse it without `Secure`, with a `Domain`, or from a subdomain.
pub const SECURE_NAME: &str = "__Host-overcoat";

/// Name on plain loopback, where browsers would refuse the prefix.
pub const PLAIN_NAME: &str = "overcoat_session";

/// Names of the cookie that ties a sign-in form to the browser it was sent to, under TLS and on plain loopback.
const FORM_NAMES: [&str; 2] = ["__Host-overcoat-form", "overcoat_form"];

/// Whether a cookie name is Overcoat's own. Cookies of these names never reach the CRM, and the CRM may not set them.
pub fn is_ours(name: &[u8]) -> bool {
    let ours = [SECURE_NAME, PLAIN_NAME].into_iter().chain(FORM_NAMES);
    ours.into_iter().any(|own| name.eq_ignore_ascii_case(own.as_bytes()))
}

/// Which of the two cookie forms an origin uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieForm {
    /// Served over TLS.
    Secure,
    /// Plain HTTP on loopback.
    Plain,
}

impl CookieForm {
    /// The form that fits a public URL: `https:` is [`CookieForm::Secure`].
    pub fn for_url(public_url: &str) -> Self {
        if public_url.get(..8).is_some_and(|s| s.eq_ignore_ascii_case("https://")) {
            Self::Secure
        } else {
            Self::Plain
        }
    }

    /// The name of the cookie that ties a sign-in form to its browser.
    pub const fn form_name(self) -> &'static str {
        match self {
            Self::Secure => FORM_NAMES[0],
            Self::Plain => FORM_NAMES[1],
        }
    }

    /// The `Set-Cookie` value of a form's cookie; the browser forgets it when it closes.
    pub fn set_form(self, token: &SessionToken) -> HeaderValue {
        self.value(self.form_name(), &token.encode(), None)
    }

    /// The form token that a request carries.
    pub fn find_form(self, headers: &HeaderMap) -> Option<SessionToken> {
        find(self.form_name(), headers)
    }

    /// The cookie's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Secure => SECURE_NAME,
            Self::Plain => PLAIN_NAME,
        }
    }

    /// The `Set-Cookie` value that starts a session of at most `lifetime`.
    pub fn set(self, token: &SessionToken, lifetime: Duration) -> HeaderValue {
        self.value(self.name(), &token.encode(), Some(lifetime.as_secs()))
    }

    /// The `Set-Cookie` value that ends it in the browser.
    pub fn expire(self) -> HeaderValue {
        self.value(self.name(), "", Some(0))
    }

    fn value(self, name: &str, value: &str, max_age: Option<u64>) -> HeaderValue {
        let secure = match self {
            Self::Secure => "; Secure",
            Self::Plain => "",
        };
        let max_age = max_age.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
        let text = format!("{name}={value}; Path=/{max_age}; HttpOnly; SameSite=Lax{secure}");
        let mut value = HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""));
        value.set_sensitive(true);
        value
    }

    /// The token that a request carries. Two different tokens under one name mean that somebody planted one: neither counts.
    pub fn find(self, headers: &HeaderMap) -> Option<SessionToken> {
        find(self.name(), headers)
    }
}

fn find(name: &str, headers: &HeaderMap) -> Option<SessionToken> {
    let mut found: Option<SessionToken> = None;
    for line in headers.get_all(COOKIE) {
        for pair in line.as_bytes().split(|b| *b == b';') {
            let Some(token) = token_of(name, pair) else { continue };
            match &found {
                Some(first) if *first != token => return None,
                _ => found = Some(token),
            }
        }
    }
    found
}

fn token_of(name: &str, pair: &[u8]) -> Option<SessionToken> {
    let at = memchr::memchr(b'=', pair)?;
    if pair[..at].trim_ascii() != name.as_bytes() {
        return None;
    }
    SessionToken::decode(pair[at + 1..].trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(lines: &[String]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, line.parse().unwrap());
        }
        headers
    }

    #[test]
    fn under_tls_the_cookie_is_host_bound_and_secure() {
        let form = CookieForm::for_url("https://crm.example.com");
        let set = form.set(&SessionToken::from_bytes([7; 32]), Duration::from_secs(36_000));
        let text = set.to_str().unwrap();
        assert!(text.starts_with("__Host-overcoat="));
        assert!(text.ends_with("; Path=/; Max-Age=36000; HttpOnly; SameSite=Lax; Secure"));
        assert!(!text.contains("Domain"));
        assert!(set.is_sensitive());
    }

    #[test]
    fn on_plain_loopback_it_is_neither() {
        let text = CookieForm::for_url("http://127.0.0.1:8080").expire();
        assert_eq!(text, "overcoat_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn it_is_found_among_others() {
        let token = SessionToken::from_bytes([9; 32]);
        let headers = with(&[
            "a=1".into(),
            format!("x_overcoat_session=zzz; overcoat_session={} ; b=2", token.encode()),
        ]);
        assert_eq!(CookieForm::Plain.find(&headers), Some(token));
        assert_eq!(CookieForm::Secure.find(&headers), None);
    }

    #[test]
    fn two_different_tokens_are_none_and_twice_the_same_is_one() {
        let (a, b) = (SessionToken::from_bytes([1; 32]), SessionToken::from_bytes([2; 32]));
        let line = |t: &SessionToken| format!("overcoat_session={}", t.encode());
        assert_eq!(CookieForm::Plain.find(&with(&[line(&a), line(&b)])), None);
        assert_eq!(CookieForm::Plain.find(&with(&[line(&a), line(&a)])), Some(a));
    }

    #[test]
    fn a_malformed_token_is_none() {
        for bad in ["", "short", &"A".repeat(44), &"*".repeat(43)] {
            let headers = with(&[format!("overcoat_session={bad}")]);
            assert_eq!(CookieForm::Plain.find(&headers), None, "{bad}");
        }
    }
}
