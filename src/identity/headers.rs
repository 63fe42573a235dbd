//! Identity headers and what looks like them.
//!
//! A header that names a person is believed by many an application without question. CGI, WSGI and PHP see header names with
//! every `-` turned into `_`, so `X_Forwarded_User` and `X-Forwarded-User` are one header to them and two to a proxy that compares
//! bytes. Names are therefore compared in one normal form, and whatever looks like an identity header goes, whoever sent it.

use http::header::{COOKIE, HeaderMap, HeaderName, HeaderValue};

use super::cookie;

/// Longest part of a header name that is looked at, in bytes. Every known name is shorter; longer names can match by prefix alone.
const MAX_NAME_BYTES: usize = 64;

/// Names in normal form, sorted: what front proxies, single sign-on products and web servers use to name the person.
const NAMES: &[&str] = &[
    "auth-user",
    "eppn",
    "http-remote-user",
    "iv-creds",
    "iv-groups",
    "iv-user",
    "iv-user-l",
    "logon-user",
    "proxy-user",
    "redirect-remote-user",
    "remote-email",
    "remote-group",
    "remote-groups",
    "remote-name",
    "remote-role",
    "remote-roles",
    "remote-user",
    "sm-universalid",
    "sm-user",
    "sm-userdn",
    "x-client-cert",
    "x-client-dn",
    "x-client-verify",
    "x-forwarded-access-token",
    "x-forwarded-client-cert",
    "x-forwarded-email",
    "x-forwarded-group",
    "x-forwarded-groups",
    "x-forwarded-login",
    "x-forwarded-name",
    "x-forwarded-preferred-username",
    "x-forwarded-role",
    "x-forwarded-roles",
    "x-forwarded-user",
    "x-forwarded-user-id",
    "x-forwarded-username",
    "x-goog-iap-jwt-assertion",
    "x-iisnode-auth-user",
    "x-original-user",
    "x-proxy-user",
    "x-user",
    "x-username",
];

/// Families of names in normal form: everything that begins so is an identity header.
const FAMILIES: &[&str] = &[
    "cf-access-",
    "mellon-",
    "oidc-",
    "shib-",
    "ssl-client-",
    "x-amzn-oidc-",
    "x-auth-request-",
    "x-auth-email",
    "x-auth-group",
    "x-auth-name",
    "x-auth-role",
    "x-auth-user",
    "x-authenticated-",
    "x-authentik-",
    "x-goog-authenticated-",
    "x-ldap-",
    "x-ms-client-principal",
    "x-overcoat-",
    "x-pomerium-",
    "x-remote-",
    "x-saml-",
    "x-ssl-client-",
    "x-sso-",
    "x-vouch-",
    "x-webauth-",
];

/// Header names to strip: the known ones and those that the configuration adds.
#[derive(Clone, Debug, Default)]
pub struct LookAlikes {
    added: Vec<String>,
}

impl LookAlikes {
    /// The known names and, beside them, these (in any spelling).
    pub fn with<'a>(added: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            added: added.into_iter().map(normal_form).collect(),
        }
    }

    /// Whether a header name looks like an identity header.
    pub fn matches(&self, name: &str) -> bool {
        let mut buffer = [0_u8; MAX_NAME_BYTES];
        let (normal, whole) = normalise(name, &mut buffer);
        if whole && (NAMES.binary_search(&normal).is_ok() || self.added.iter().any(|a| a == normal)) {
            return true;
        }
        if !whole && self.added.iter().any(|a| *a == normal_form(name)) {
            return true;
        }
        FAMILIES.iter().any(|family| normal.starts_with(family))
    }

    /// Takes every look-alike out of a request head, and Overcoat's own cookie too: none of them is the CRM's business.
    pub fn strip(&self, headers: &mut HeaderMap) {
        let found: Vec<HeaderName> = headers.keys().filter(|n| self.matches(n.as_str())).cloned().collect();
        for name in found {
            headers.remove(name);
        }
        strip_session_cookie(headers);
    }
}

/// Takes the known look-alikes of identity headers and Overcoat's own session cookie out of a request head.
/// [`super::Identifier::strip`] does the same and knows the configured names as well.
pub fn strip(headers: &mut HeaderMap) {
    LookAlikes::default().strip(headers);
}

/// The normal form of a header name: lower case, and each run of other characters than letters and digits is one `-`.
fn normal_form(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(byte.to_ascii_lowercase() as char);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    out
}

/// Writes the normal form into `buffer`; the flag says whether all of it found room.
fn normalise<'b>(name: &str, buffer: &'b mut [u8; MAX_NAME_BYTES]) -> (&'b str, bool) {
    let mut used = 0;
    let mut whole = true;
    for byte in name.bytes() {
        let normal = if byte.is_ascii_alphanumeric() {
            byte.to_ascii_lowercase()
        } else {
            b'-'
        };
        if normal == b'-' && used > 0 && buffer[used - 1] == b'-' {
            continue;
        }
        if used == MAX_NAME_BYTES {
            whole = false;
            break;
        }
        buffer[used] = normal;
        used += 1;
    }
    (std::str::from_utf8(&buffer[..used]).unwrap_or(""), whole)
}

/// Takes Overcoat's own cookies out of the `Cookie` lines; every other cookie stays byte for byte.
fn strip_session_cookie(headers: &mut HeaderMap) {
    if !headers
        .get_all(COOKIE)
        .iter()
        .any(|v| holds_session_cookie(v.as_bytes()))
    {
        return;
    }
    let lines = headers.get_all(COOKIE).iter();
    let kept: Vec<HeaderValue> = lines
        .filter_map(|line| match holds_session_cookie(line.as_bytes()) {
            true => without_session_cookie(line.as_bytes()),
            false => Some(line.clone()),
        })
        .collect();
    headers.remove(COOKIE);
    for value in kept {
        headers.append(COOKIE, value);
    }
}

fn holds_session_cookie(line: &[u8]) -> bool {
    line.split(|b| *b == b';').any(is_session_pair)
}

fn is_session_pair(pair: &[u8]) -> bool {
    let name = pair.split(|b| *b == b'=').next().unwrap_or_default();
    cookie::is_ours(name.trim_ascii())
}

fn without_session_cookie(line: &[u8]) -> Option<HeaderValue> {
    let kept: Vec<&[u8]> = line
        .split(|b| *b == b';')
        .filter(|pair| !is_session_pair(pair))
        .collect();
    let joined = kept.join(&b';');
    let trimmed = joined.trim_ascii();
    if trimmed.is_empty() {
        return None;
    }
    HeaderValue::from_bytes(trimmed).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_in_normal_form() {
        assert!(NAMES.is_sorted());
        for name in NAMES.iter().chain(FAMILIES) {
            assert_eq!(&normal_form(name), name);
            assert!(name.len() < MAX_NAME_BYTES);
        }
    }

    #[test]
    fn every_spelling_of_a_known_name_is_found() {
        let known = LookAlikes::default();
        for name in [
            "x-forwarded-user",
            "X-Forwarded-User",
            "X_Forwarded_User",
            "x-forwarded_user",
            "X.Forwarded.User",
            "x--forwarded__user",
            "X~Forwarded!User",
            "Remote-User",
            "REMOTE_USER",
            "X-Remote-User",
            "x-remote-extra-scopes",
            "X-Auth-Request-Email",
            "x_auth_request_groups",
            "X-WEBAUTH-USER",
            "Cf-Access-Jwt-Assertion",
            "X-Amzn-Oidc-Data",
            "X-MS-CLIENT-PRINCIPAL-NAME",
            "SM_USER",
            "X-Overcoat-Subject",
        ] {
            assert!(known.matches(name), "{name}");
        }
    }

    #[test]
    fn harmless_headers_stay() {
        let known = LookAlikes::default();
        for name in [
            "user-agent",
            "authorization",
            "x-auth-token",
            "x-forwarded-for",
            "x-forwarded-proto",
            "x-forwarded-host",
            "x-requested-with",
            "x-csrf-token",
            "x-user-timezone",
            "cookie",
            "remote-users-page",
        ] {
            assert!(!known.matches(name), "{name}");
        }
    }

    #[test]
    fn a_name_longer_than_the_buffer_is_matched_by_its_family() {
        let long = format!("x_remote_{}", "a".repeat(200));
        assert!(LookAlikes::default().matches(&long));
        let configured = LookAlikes::with([format!("y-{}", "b".repeat(100)).as_str()]);
        assert!(configured.matches(&format!("Y_{}", "B".repeat(100))));
        assert!(!configured.matches(&format!("Y_{}", "B".repeat(101))));
    }

    #[test]
    fn configured_names_go_in_every_spelling_and_every_copy() {
        let mut headers = HeaderMap::new();
        for name in ["x-employee", "x_employee", "x.employee"] {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static("boss"));
            headers.append(HeaderName::from_static(name), HeaderValue::from_static("boss2"));
        }
        headers.append("accept", HeaderValue::from_static("*/*"));
        LookAlikes::with(["X-Employee"]).strip(&mut headers);
        assert_eq!(headers.len(), 1);
    }

    #[test]
    fn our_cookie_goes_and_the_crms_cookies_stay_byte_for_byte() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=1; overcoat_session=x; b=\"q;  c=3"));
        headers.append(COOKIE, HeaderValue::from_static("__Host-overcoat=y"));
        headers.append(COOKIE, HeaderValue::from_static("odd;;  d=4 "));
        strip(&mut headers);
        let left: Vec<_> = headers.get_all(COOKIE).iter().map(|v| v.to_str().unwrap()).collect();
        assert_eq!(left, ["a=1; b=\"q;  c=3", "odd;;  d=4 "]);
    }
}
