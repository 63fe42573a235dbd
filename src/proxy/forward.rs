//! The head of the request that the CRM gets, and the way its own addresses come back.
//!
//! What the client sent goes on, except: hop-by-hop fields (RFC 9110 §7.6.1), whatever looks like an identity header, our own
//! cookie, and where the request came from, which we alone say. Origin and Referer stay consistent with Host, or CRMs answer 403.

use std::net::IpAddr;

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Version};
use pingora::http::RequestHeader;

use super::head::{Framing, Head};
use super::refusal::Refusal;
use crate::body::Origins;

/// Whether the CRM sees the host the client asked for, or its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostMode {
    /// The client's.
    Keep,
    /// The CRM's own.
    Replace,
}

/// The two addresses of the CRM: where it is, and where people think it is.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// Scheme and authority of the CRM, such as `http://crm.internal:9000`, without a slash at the end.
    pub(super) crm_origin: String,
    /// Scheme and authority of the proxy, as people see it.
    pub(super) public_origin: String,
    host: HostMode,
    origins: Origins,
}

impl Addresses {
    /// The CRM's origin, the proxy's as people see it, and which of the two the CRM is told. No slash at the end of either.
    pub fn new(crm_origin: &str, public_origin: &str, host: HostMode) -> Self {
        Self {
            origins: Origins::new([crm_origin], public_origin),
            crm_origin: crm_origin.to_owned(),
            public_origin: public_origin.to_owned(),
            host,
        }
    }

    /// The same for the rewriting of heads.
    pub(super) fn origins(&self) -> &Origins {
        &self.origins
    }

    fn crm_authority(&self) -> &str {
        self.crm_origin.split_once("://").map_or(&self.crm_origin, |(_, a)| a)
    }

    fn is_tls(&self) -> bool {
        self.public_origin.starts_with("https:")
    }

    /// Turns an absolute address of the CRM into the public one; anything else stays.
    pub(super) fn outward(&self, headers: &mut HeaderMap) {
        for name in [header::LOCATION, header::CONTENT_LOCATION, header::REFRESH] {
            let Some(value) = headers.get(&name) else { continue };
            if let Some(turned) = swap(value, &self.crm_origin, &self.public_origin) {
                headers.insert(name, turned);
            }
        }
    }
}

/// Fields that belong to one connection, beside those that `Connection` names.
const HOP_BY_HOP: [HeaderName; 10] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("http2-settings"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Takes out what belongs to one connection (RFC 9110 §7.6.1), requests and answers alike.
pub(super) fn strip_hop_by_hop(headers: &mut HeaderMap) {
    if headers.contains_key(header::CONNECTION) {
        let nominated: Vec<HeaderName> = headers
            .get_all(header::CONNECTION)
            .iter()
            .flat_map(|v| v.as_bytes().split(|b| *b == b','))
            .filter_map(|n| HeaderName::from_bytes(n.trim_ascii()).ok())
            .collect();
        for name in nominated {
            headers.remove(name);
        }
    }
    for name in &HOP_BY_HOP {
        headers.remove(name);
    }
}

/// Fields that say where a request came from, in any spelling that CGI, WSGI or PHP would take for them.
const FORWARDING: [&str; 12] = [
    "forwarded",
    "x-forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-forwarded-protocol",
    "x-forwarded-scheme",
    "x-forwarded-server",
    "x-forwarded-ssl",
    "x-real-ip",
];

/// Fields by which some servers let a client override the method or the path that was judged.
const OVERRIDES: [&str; 7] = [
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-url",
    "x-original-uri",
    "x-rewrite-url",
    "x-original-host",
];

/// Fields that say how a request is framed and whose it is. Written with other signs than `-` they are no such fields to us, but to a
/// server that keeps its fields as CGI variables they are: it would wait for a body that is not there, and find the next request.
const FRAMING: [&str; 6] = [
    "connection",
    "content-encoding",
    "content-length",
    "host",
    "proxy-connection",
    "transfer-encoding",
];

fn is_disguised_framing(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if name.bytes().all(plain) {
        return false;
    }
    FRAMING.iter().any(|known| {
        let mut known = known.bytes();
        let same = |n: u8| {
            known
                .next()
                .is_some_and(|k| k == n || (k == b'-' && !n.is_ascii_alphanumeric()))
        };
        name.bytes().all(same) && known.next().is_none()
    })
}

fn is_forwarding_or_override(name: &HeaderName) -> bool {
    let name = name.as_str();
    if is_disguised_framing(name) {
        return true;
    }
    if !matches!(name.as_bytes()[0], b'f' | b'x') {
        return false;
    }
    let same = |known: &&str| {
        known.len() == name.len()
            && known
                .bytes()
                .zip(name.bytes())
                .all(|(k, n)| k == n || (k == b'-' && !n.is_ascii_alphanumeric()))
    };
    FORWARDING.iter().any(&same) || OVERRIDES.iter().any(same)
}

/// What the CRM is sent.
pub(super) struct Forward<'a> {
    /// The head as it was judged.
    pub head: &'a Head,
    /// The addresses.
    pub addresses: &'a Addresses,
    /// Where the request came from, after trusted front proxies were taken off.
    pub source: Option<IpAddr>,
    /// How the body goes on.
    pub framing: Framing,
    /// Whether this is an upgrade that was permitted.
    pub upgrade: bool,
}

impl Forward<'_> {
    /// Builds the head from the client's fields, which identity has been stripped from.
    ///
    /// INVARIANT: the request line is the canonical target that was judged; nothing the client wrote about host, source or framing
    /// is copied.
    pub(super) fn build(&self, mut headers: HeaderMap) -> Result<RequestHeader, Refusal> {
        let upgrade = headers.get(header::UPGRADE).cloned().filter(|_| self.upgrade);
        strip_hop_by_hop(&mut headers);
        headers.remove(header::EXPECT);
        headers.remove(header::CONTENT_LENGTH);
        let foreign: Vec<HeaderName> = headers
            .keys()
            .filter(|n| is_forwarding_or_override(n))
            .cloned()
            .collect();
        for name in foreign {
            headers.remove(name);
        }
        self.say_host(&mut headers)?;
        self.say_source(&mut headers)?;
        self.say_framing(&mut headers);
        if let Some(protocol) = upgrade {
            headers.insert(header::UPGRADE, protocol);
            headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        }
        request_header(&self.head.method, self.head.target.upstream(), headers)
    }

    fn say_host(&self, headers: &mut HeaderMap) -> Result<(), Refusal> {
        let keep = self.addresses.host == HostMode::Keep && !self.head.authority.is_empty();
        let host = if keep {
            &self.head.authority
        } else {
            self.addresses.crm_authority()
        };
        headers.insert(header::HOST, value(host)?);
        if !keep {
            let scheme = if self.addresses.is_tls() { "https" } else { "http" };
            let public = format!("{scheme}://{}", self.head.authority);
            for name in [header::ORIGIN, header::REFERER] {
                let turned = headers
                    .get(&name)
                    .and_then(|v| swap(v, &public, &self.addresses.crm_origin));
                if let Some(turned) = turned {
                    headers.insert(name, turned);
                }
            }
        }
        Ok(())
    }

    fn say_source(&self, headers: &mut HeaderMap) -> Result<(), Refusal> {
        if let Some(source) = self.source {
            headers.insert(HeaderName::from_static("x-forwarded-for"), value(&source.to_string())?);
        }
        let proto = if self.addresses.is_tls() { "https" } else { "http" };
        headers.insert(
            HeaderName::from_static("x-forwarded-proto"),
            HeaderValue::from_static(proto),
        );
        if !self.head.authority.is_empty() {
            headers.insert(
                HeaderName::from_static("x-forwarded-host"),
                value(&self.head.authority)?,
            );
        }
        Ok(())
    }

    fn say_framing(&self, headers: &mut HeaderMap) {
        match self.framing {
            Framing::Length(length) => {
                headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            }
            Framing::Open => {
                headers.insert(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
            }
            // A method that usually has a body says that this one has none, or servers answer 411.
            Framing::Empty if matches!(self.head.method, Method::POST | Method::PUT | Method::PATCH) => {
                headers.insert(header::CONTENT_LENGTH, HeaderValue::from(0));
            }
            Framing::Empty => {}
        }
    }
}

fn request_header(method: &Method, target: &str, headers: HeaderMap) -> Result<RequestHeader, Refusal> {
    let malformed = |_| Refusal::Malformed("a head that cannot be forwarded");
    let (mut parts, ()) = http::Request::new(()).into_parts();
    parts.method = method.clone();
    parts.version = Version::HTTP_11;
    parts.headers = headers;
    let mut request = RequestHeader::from(parts);
    request
        .set_raw_path(target.as_bytes())
        .map_err(|_| Refusal::Malformed("a head that cannot be forwarded"))?;
    let written: Result<&str, _> = std::str::from_utf8(request.raw_path()).map_err(malformed);
    if written? != target {
        return Err(Refusal::Malformed("a target that cannot be forwarded"));
    }
    Ok(request)
}

fn value(text: &str) -> Result<HeaderValue, Refusal> {
    HeaderValue::from_str(text).map_err(|_| Refusal::Malformed("a head that cannot be forwarded"))
}

/// Replaces the origin at the head of an address, if it is `from` and ends there.
fn swap(address: &HeaderValue, from: &str, to: &str) -> Option<HeaderValue> {
    let rest = address.as_bytes().strip_prefix(from.as_bytes())?;
    if !matches!(rest.first(), None | Some(b'/' | b'?' | b'#')) {
        return None;
    }
    HeaderValue::from_bytes(&[to.as_bytes(), rest].concat()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn framing_in_disguise_is_not_passed_on() {
        for name in [
            "content_length",
            "transfer_encoding",
            "content.length",
            "proxy_connection",
            "content_encoding",
        ] {
            assert!(is_forwarding_or_override(&HeaderName::from_static(name)), "{name}");
        }
        for name in [
            "content-length",
            "content_lengths",
            "content_type",
            "x-content_length",
            "accept",
            "hos_t",
        ] {
            assert!(!is_disguised_framing(name), "{name}");
        }
    }
}
