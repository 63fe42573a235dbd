//! The head of a request, read strictly: one meaning or 400.
//!
//! pingora accepts what many servers accept (both `Content-Length` and `Transfer-Encoding`, bare line feeds, equal duplicates).
//! Between a proxy and a CRM that is how requests are smuggled (RFC 9112 §11.2), so the raw head is checked here once more.

use http::{HeaderMap, Method, Version, header};

use super::page::Audience;
use super::refusal::Refusal;
use crate::catalog::CanonicalTarget;

/// Bytes of a request head that are accepted: browsers stay under 16 KiB, single sign-on cookies under 48 KiB; more only costs memory.
pub(super) const MAX_HEAD_BYTES: usize = 64 * 1024;

/// How the body of a request is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// There is none.
    Empty,
    /// So many bytes.
    Length(u64),
    /// Until its end is signalled: chunked, or the end of the HTTP/2 stream.
    Open,
}

/// A head that has exactly one meaning.
#[derive(Debug)]
pub(super) struct Head {
    /// The method, as the client spelled it.
    pub method: Method,
    /// The one canonical path and query, for routing, policy, audit and the CRM alike.
    pub target: CanonicalTarget,
    /// Host and port the client meant; empty only for HTTP/1.0.
    pub authority: String,
    /// The protocol version of the client's side.
    pub version: Version,
    /// How the body is delimited.
    pub framing: Framing,
    /// Whether the client asks for another protocol on this connection.
    pub upgrade: bool,
    /// Whether the client waits for `100 Continue` before it sends the body.
    pub expects_continue: bool,
    /// How a refusal has to look.
    pub audience: Audience,
}

/// What the raw HTTP/1 head says that the parsed header map no longer shows.
#[derive(Debug, PartialEq, Eq)]
struct RawHead<'a> {
    target: &'a [u8],
    has_length: bool,
    has_transfer_coding: bool,
}

impl Head {
    /// Reads a head. `raw` is the head as it came over HTTP/1; over HTTP/2 `path` and `authority` come from the pseudo-headers.
    pub(super) fn read(source: &Source<'_>) -> Result<Self, Refusal> {
        let Source {
            method,
            headers,
            version,
            ..
        } = *source;
        if method == Method::CONNECT {
            return Err(Refusal::Method);
        }
        let (target, framing) = match source.raw {
            Some(raw) => {
                let raw = check_raw(raw)?;
                let framing = framing_h1(&raw, headers, version)?;
                (raw.target, framing)
            }
            None => (source.path, framing_h2(headers, source.empty_body)?),
        };
        let authority = authority(source)?;
        let target = origin_form(target, &authority)?;
        let target = CanonicalTarget::parse(target).map_err(|error| Refusal::Malformed(error.code()))?;
        Ok(Self {
            method: method.clone(),
            target,
            authority,
            version,
            framing,
            upgrade: headers.contains_key(header::UPGRADE),
            expects_continue: headers
                .get(header::EXPECT)
                .is_some_and(|v| v.as_bytes().eq_ignore_ascii_case(b"100-continue")),
            audience: Audience::of(method, headers),
        })
    }
}

/// Where a head is read from.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    /// The method.
    pub method: &'a Method,
    /// The parsed header fields.
    pub headers: &'a HeaderMap,
    /// The version.
    pub version: Version,
    /// The head as it came, for HTTP/1.
    pub raw: Option<&'a [u8]>,
    /// `:path`, for HTTP/2.
    pub path: &'a [u8],
    /// `:authority`, for HTTP/2.
    pub authority: Option<&'a str>,
    /// Whether the HTTP/2 stream ended with its head.
    pub empty_body: bool,
}

/// Walks the raw head line by line.
fn check_raw(raw: &[u8]) -> Result<RawHead<'_>, Refusal> {
    if raw.len() > MAX_HEAD_BYTES {
        return Err(Refusal::HeadTooLarge);
    }
    let mut rest = raw;
    while let Some(after) = rest.strip_prefix(b"\r\n") {
        rest = after;
    }
    let mut target = None;
    let (mut lengths, mut codings) = (0, 0);
    loop {
        let end = memchr::memchr(b'\n', rest).ok_or(Refusal::Malformed("the head does not end"))?;
        let Some(line) = rest[..end].strip_suffix(b"\r") else {
            return Err(Refusal::Malformed("a line of the head ends in a bare line feed"));
        };
        if memchr::memchr(b'\r', line).is_some() {
            return Err(Refusal::Malformed("a bare carriage return in the head"));
        }
        rest = &rest[end + 1..];
        match (target, line) {
            (None, line) => target = Some(request_target(line)?),
            (Some(_), []) => break,
            (Some(_), [b' ' | b'\t', ..]) => return Err(Refusal::Malformed("a folded header field")),
            (Some(_), line) => {
                let name = &line[..memchr::memchr(b':', line).ok_or(Refusal::Malformed("a field without a colon"))?];
                lengths += usize::from(name.eq_ignore_ascii_case(b"content-length"));
                codings += usize::from(name.eq_ignore_ascii_case(b"transfer-encoding"));
            }
        }
    }
    if lengths > 1 {
        return Err(Refusal::Malformed("more than one Content-Length"));
    }
    if codings > 1 {
        return Err(Refusal::Malformed("more than one Transfer-Encoding"));
    }
    Ok(RawHead {
        target: target.ok_or(Refusal::Malformed("no request line"))?,
        has_length: lengths > 0,
        has_transfer_coding: codings > 0,
    })
}

/// `method SP request-target SP HTTP-version` (RFC 9112 §3), single spaces.
fn request_target(line: &[u8]) -> Result<&[u8], Refusal> {
    let mut parts = line.split(|b| *b == b' ');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some([_, ..]), Some(target @ [_, ..]), Some([_, ..]), None) => Ok(target),
        _ => Err(Refusal::Malformed("the request line has not three parts")),
    }
}

fn framing_h1(raw: &RawHead<'_>, headers: &HeaderMap, version: Version) -> Result<Framing, Refusal> {
    match (raw.has_length, raw.has_transfer_coding) {
        (true, true) => Err(Refusal::Malformed("both Content-Length and Transfer-Encoding")),
        (true, false) => declared_length(headers),
        (false, false) => Ok(Framing::Empty),
        (false, true) if version == Version::HTTP_10 => Err(Refusal::Malformed("Transfer-Encoding in HTTP/1.0")),
        (false, true) => {
            let chunked = headers
                .get(header::TRANSFER_ENCODING)
                .is_some_and(|v| v.as_bytes().eq_ignore_ascii_case(b"chunked"));
            if chunked {
                Ok(Framing::Open)
            } else {
                Err(Refusal::Malformed("a Transfer-Encoding other than chunked"))
            }
        }
    }
}

fn framing_h2(headers: &HeaderMap, empty_body: bool) -> Result<Framing, Refusal> {
    if headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(Refusal::Malformed("Transfer-Encoding in HTTP/2"));
    }
    if headers.get_all(header::CONTENT_LENGTH).iter().nth(1).is_some() {
        return Err(Refusal::Malformed("more than one Content-Length"));
    }
    match (headers.contains_key(header::CONTENT_LENGTH), empty_body) {
        (true, _) => declared_length(headers),
        (false, true) => Ok(Framing::Empty),
        (false, false) => Ok(Framing::Open),
    }
}

/// Digits only: no sign, no list, no blank (RFC 9110 §8.6).
fn declared_length(headers: &HeaderMap) -> Result<Framing, Refusal> {
    let digits = headers.get(header::CONTENT_LENGTH).map_or(&b""[..], |v| v.as_bytes());
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Refusal::Malformed("a Content-Length that is no number"));
    }
    let length = digits
        .iter()
        .try_fold(0_u64, |n, d| n.checked_mul(10)?.checked_add(u64::from(d - b'0')))
        .ok_or(Refusal::Malformed("a Content-Length that is too large"))?;
    Ok(if length == 0 {
        Framing::Empty
    } else {
        Framing::Length(length)
    })
}

/// The one authority of the request: `Host`, or `:authority`; both only if they say the same (RFC 9113 §8.3.1).
fn authority(source: &Source<'_>) -> Result<String, Refusal> {
    let mut hosts = source.headers.get_all(header::HOST).iter();
    let host = hosts.next();
    if hosts.next().is_some() {
        return Err(Refusal::Malformed("more than one Host"));
    }
    let host = match host {
        Some(value) => Some(
            value
                .to_str()
                .map_err(|_| Refusal::Malformed("a Host that is no host"))?,
        ),
        None => None,
    };
    let authority = match (source.authority, host) {
        (Some(pseudo), Some(host)) if pseudo != host => {
            return Err(Refusal::Malformed("Host and :authority differ"));
        }
        (Some(pseudo), _) => pseudo,
        (None, Some(host)) => host,
        (None, None) if source.version == Version::HTTP_10 => return Ok(String::new()),
        (None, None) => return Err(Refusal::Malformed("no Host")),
    };
    let parsed: Result<http::uri::Authority, _> = authority.parse();
    match parsed {
        Ok(parsed) if !parsed.host().is_empty() && !authority.contains('@') => Ok(authority.to_owned()),
        _ => Err(Refusal::Malformed("a Host that is no host")),
    }
}

/// An absolute-form target (RFC 9112 §3.2.2) loses scheme and authority, which must be the authority of the request.
fn origin_form<'a>(target: &'a [u8], authority: &str) -> Result<&'a [u8], Refusal> {
    let Some(colon) = target.iter().position(|b| *b == b':').filter(|_| target[0] != b'/') else {
        return Ok(target);
    };
    let (scheme, rest) = target.split_at(colon);
    let known = scheme.eq_ignore_ascii_case(b"http") || scheme.eq_ignore_ascii_case(b"https");
    match rest.strip_prefix(b"://") {
        Some(rest) if known => {
            let end = rest
                .iter()
                .position(|b| matches!(b, b'/' | b'?' | b'#'))
                .unwrap_or(rest.len());
            if !rest[..end].eq_ignore_ascii_case(authority.as_bytes()) {
                return Err(Refusal::Malformed("target and Host name different hosts"));
            }
            match &rest[end..] {
                [] => Ok(b"/"),
                path @ [b'/', ..] => Ok(path),
                _ => Err(Refusal::Malformed("a target without a path")),
            }
        }
        _ => Err(Refusal::Malformed("a target that is no path")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Result<Head, Refusal> {
        let mut fields = [httparse::EMPTY_HEADER; 32];
        let mut request = httparse::Request::new(&mut fields);
        request.parse(raw.as_bytes()).expect("what pingora would let through");
        let headers: HeaderMap = request
            .headers
            .iter()
            .map(|h| {
                let name: http::HeaderName = h.name.parse().unwrap();
                (name, http::HeaderValue::from_bytes(h.value).unwrap())
            })
            .collect();
        let method: Method = request.method.unwrap().parse().unwrap();
        Head::read(&Source {
            method: &method,
            headers: &headers,
            version: if request.version == Some(0) {
                Version::HTTP_10
            } else {
                Version::HTTP_11
            },
            raw: Some(raw.as_bytes()),
            path: b"",
            authority: None,
            empty_body: false,
        })
    }

    fn refused(raw: &str) -> &'static str {
        match read(raw) {
            Err(Refusal::Malformed(why)) => why,
            other => panic!("{raw:?} gave {other:?}"),
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        for (fields, why) in [
            (
                "Host: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n",
                "both Content-Length",
            ),
            (
                "Host: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n",
                "more than one Content-Length",
            ),
            ("Host: a\r\nContent-Length: 3, 3\r\n", "no number"),
            ("Host: a\r\nContent-Length: +3\r\n", "no number"),
            ("Host: a\r\nContent-Length: 99999999999999999999\r\n", "too large"),
            ("Host: a\r\nTransfer-Encoding: gzip, chunked\r\n", "other than chunked"),
            (
                "Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "more than one Transfer",
            ),
            ("Host: a\r\nHost: a\r\n", "more than one Host"),
            ("Host: u@a\r\n", "no host"),
            ("Host: a b\r\n", "no host"),
            ("X: y\r\n", "no Host"),
            ("Host: a\nX: y\r\n", "bare line feed"),
        ] {
            let raw = format!("POST / HTTP/1.1\r\n{fields}\r\n");
            assert!(refused(&raw).contains(why), "{fields:?}: {}", refused(&raw));
        }
    }

    #[test]
    fn an_absolute_target_must_name_the_same_host() {
        let head = read("GET http://crm.example/a?b=c HTTP/1.1\r\nHost: crm.example\r\n\r\n").unwrap();
        assert_eq!(head.target.upstream(), "/a?b=c");
        assert!(refused("GET http://other/a HTTP/1.1\r\nHost: crm.example\r\n\r\n").contains("different hosts"));
        assert!(refused("GET ftp://crm.example/a HTTP/1.1\r\nHost: crm.example\r\n\r\n").contains("no path"));
    }

    #[test]
    fn a_plain_request_is_read() {
        let head =
            read("PUT /a HTTP/1.1\r\nHost: a:8080\r\nExpect: 100-continue\r\ncontent-length: 12\r\n\r\n").unwrap();
        assert_eq!(head.framing, Framing::Length(12));
        assert!(head.expects_continue && !head.upgrade);
        assert_eq!(head.authority, "a:8080");
        let head = read("GET /a HTTP/1.0\r\n\r\n").unwrap();
        assert_eq!((head.framing, head.authority.as_str()), (Framing::Empty, ""));
    }

    #[test]
    fn a_head_beyond_the_limit_is_refused_as_such() {
        let raw = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "y".repeat(MAX_HEAD_BYTES));
        assert_eq!(read(&raw).unwrap_err(), Refusal::HeadTooLarge);
    }
}
