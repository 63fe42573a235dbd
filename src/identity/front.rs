//! Trusted front proxies: who the client behind them is, and whom they vouch for.

use std::net::IpAddr;

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use ipnet::IpNet;

use super::IdentityError;
use super::name::canonical;

/// How many entries of a forwarding chain are looked at. Longer chains are not met in practice; walking them would be free work for a caller.
const MAX_HOPS: usize = 32;

/// Longest role name a header may carry, in bytes; the same limit as for local accounts.
const MAX_NAME_BYTES: usize = 128;

/// Most roles a header may carry.
const MAX_ROLES: usize = 64;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Networks whose word is believed. Empty by default: then nobody's is.
#[derive(Clone, Debug, Default)]
pub struct TrustedFronts(Vec<IpNet>);

impl TrustedFronts {
    /// The front proxies in these networks.
    pub fn new(networks: impl IntoIterator<Item = IpNet>) -> Self {
        Self(networks.into_iter().collect())
    }

    /// Whether an address belongs to a trusted front proxy.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|n| n.contains(&address))
    }

    /// The client's address: the right-most entry of `X-Forwarded-For` that is no trusted front proxy.
    ///
    /// INVARIANT: an entry is believed only when everything to its right, and the peer itself, is trusted; what a client wrote
    /// there itself stands further left and is never reached. An entry that is no address ends the walk at the last known hop.
    pub fn client(&self, headers: &HeaderMap, peer: IpAddr) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines: Vec<&HeaderValue> = headers.get_all(X_FORWARDED_FOR).iter().collect();
        let entries = lines.iter().rev().flat_map(|v| v.as_bytes().rsplit(|b| *b == b','));
        for entry in entries.take(MAX_HOPS) {
            if !self.contains(client) {
                break;
            }
            let Some(address) = parse_address(entry) else { break };
            client = address;
        }
        client
    }
}

/// An address, with or without port and brackets.
fn parse_address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry.trim_ascii()).ok()?;
    let address = text
        .parse::<IpAddr>()
        .or_else(|_| text.parse::<std::net::SocketAddr>().map(|s| s.ip()))
        .or_else(|e| match text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
            Some(inside) => inside.parse::<IpAddr>().map_err(|_| e),
            None => Err(e),
        })
        .ok()?;
    Some(address.to_canonical())
}

/// The headers in which a trusted front proxy names the person.
#[derive(Clone, Debug)]
pub struct IdentityHeaders {
    user: HeaderName,
    roles: Option<HeaderName>,
}

/// What a trusted front proxy says of the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// Account name.
    pub name: String,
    /// Roles, if the front proxy gives them.
    pub roles: Option<Vec<String>>,
}

impl IdentityHeaders {
    /// The account name in `user`, and the roles (separated by commas) in `roles` if there is such a header.
    pub fn new(user: HeaderName, roles: Option<HeaderName>) -> Self {
        Self { user, roles }
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.user.as_str()).chain(self.roles.as_ref().map(HeaderName::as_str))
    }

    /// Reads them. The caller has checked that the peer is trusted.
    ///
    /// # Errors
    /// [`IdentityError::AmbiguousAssertion`] when the person is named twice, or in a form that is no account name.
    pub fn read(&self, headers: &HeaderMap) -> Result<Option<Assertion>, IdentityError> {
        let mut values = headers.get_all(&self.user).iter();
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(IdentityError::AmbiguousAssertion);
        }
        let name = asserted_name(value)?;
        if name.is_empty() {
            return Ok(None);
        }
        let roles = self.roles.as_ref().map(|r| asserted_roles(headers, r)).transpose()?;
        Ok(Some(Assertion { name, roles }))
    }
}

/// The name in the one spelling of [`super::account_id`]; a Windows domain may stand before it (`CORP\\alice`).
fn asserted_name(value: &HeaderValue) -> Result<String, IdentityError> {
    let ambiguous = |_| IdentityError::AmbiguousAssertion;
    let text = std::str::from_utf8(value.as_bytes()).map_err(|_| IdentityError::AmbiguousAssertion)?;
    let text = text.trim();
    // A front proxy that vouches for nobody must not be able to make somebody of it.
    if text.is_empty() || text.eq_ignore_ascii_case(crate::subject::ANONYMOUS) {
        return Ok(String::new());
    }
    match text.split_once('\\') {
        None => canonical(text).map_err(ambiguous),
        Some((domain, name)) => {
            let (domain, name) = (
                canonical(domain).map_err(ambiguous)?,
                canonical(name).map_err(ambiguous)?,
            );
            Ok(format!("{domain}\\{name}"))
        }
    }
}

fn asserted_roles(headers: &HeaderMap, name: &HeaderName) -> Result<Vec<String>, IdentityError> {
    let mut roles = Vec::new();
    for value in headers.get_all(name) {
        let text = std::str::from_utf8(value.as_bytes()).map_err(|_| IdentityError::AmbiguousAssertion)?;
        for role in text.split(',').map(str::trim).filter(|r| !r.is_empty()) {
            if roles.len() == MAX_ROLES || role.len() > MAX_NAME_BYTES {
                return Err(IdentityError::AmbiguousAssertion);
            }
            roles.push(role.to_owned());
        }
    }
    Ok(roles)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fronts() -> TrustedFronts {
        TrustedFronts::new(["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()])
    }

    fn forwarded(lines: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(X_FORWARDED_FOR, HeaderValue::from_static(line));
        }
        headers
    }

    #[test]
    fn the_client_is_the_right_most_untrusted_hop() {
        let cases: &[(&str, &[&'static str], &str)] = &[
            ("203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["192.0.2.66, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            ("10.0.0.1", &["192.0.2.66", "198.51.100.1", "10.0.0.2"], "198.51.100.1"),
            ("10.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("10.0.0.1", &["[2001:db8::1]:80"], "2001:db8::1"),
            ("10.0.0.1", &["[2001:db8::1]"], "2001:db8::1"),
            ("fd00::1", &["2001:db8::7"], "2001:db8::7"),
            ("10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
            ("::ffff:10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["198.51.100.1, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1, "], "10.0.0.1"),
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ];
        for (peer, lines, client) in cases {
            let got = fronts().client(&forwarded(lines), peer.parse().unwrap());
            assert_eq!(got, client.parse::<IpAddr>().unwrap(), "{peer} {lines:?}");
        }
    }

    #[test]
    fn by_default_nobody_is_trusted() {
        let headers = forwarded(&["198.51.100.1"]);
        let peer = "127.0.0.1".parse().unwrap();
        assert_eq!(TrustedFronts::default().client(&headers, peer), peer);
    }

    fn named(pairs: &[(&'static str, &'static str)]) -> Result<Option<Assertion>, IdentityError> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            );
        }
        let names = IdentityHeaders::new("x-user".parse().unwrap(), Some("x-roles".parse().unwrap()));
        names.read(&headers)
    }

    #[test]
    fn one_name_and_its_roles_are_read() {
        let got = named(&[
            ("x-user", " 王敏 "),
            ("x-roles", "analyst, ,sales"),
            ("x-roles", "manager"),
        ]);
        let roles = ["analyst", "sales", "manager"].map(str::to_owned).to_vec();
        let want = Assertion {
            name: "王敏".into(),
            roles: Some(roles),
        };
        assert_eq!(got.unwrap(), Some(want));
    }

    #[test]
    fn every_spelling_of_a_name_is_one_person() {
        for (spelled, name) in [
            ("Alice", "alice"),
            ("ＡＬＩＣＥ", "alice"),
            ("CORP\\Alice", "corp\\alice"),
        ] {
            let got = named(&[("x-user", spelled)]).unwrap().unwrap();
            assert_eq!(got.name, name);
        }
    }

    #[test]
    fn an_ambiguous_name_is_refused_and_an_absent_one_is_nobody() {
        for pairs in [
            &[("x-user", "a"), ("x-user", "b")][..],
            &[("x-user", "a,b")],
            &[("x-user", "a;b")],
            &[("x-user", "a\tb")],
            &[("x-user", "alice.")],
            &[("x-user", "al ice")],
            &[("x-user", "а" /* Cyrillic */), ("x-user", "a")],
            &[("x-user", "\u{430}lice")],
            &[("x-user", "a\\b\\c")],
        ] {
            assert!(
                matches!(named(pairs), Err(IdentityError::AmbiguousAssertion)),
                "{pairs:?}"
            );
        }
        for pairs in [
            &[][..],
            &[("x-user", "")],
            &[("x-user", "anonymous")],
            &[("x-user", "Anonymous")],
            &[("x-roles", "admin")],
        ] {
            assert_eq!(named(pairs).unwrap(), None, "{pairs:?}");
        }
    }
}
