//! `Link` (RFC 8288) and `Refresh`: URLs with something around them.

use super::search::Search;
use super::url::{self, Origins};
use crate::body::charset::split_parameters;

/// Parameters of a link whose values are words of the protocol.
const PROTOCOL: [&str; 8] = [
    "rel",
    "type",
    "as",
    "media",
    "hreflang",
    "crossorigin",
    "fetchpriority",
    "integrity",
];

/// Each target masked, and parameters that hold more than words of the protocol left out; `None` if all may stay.
pub(super) fn rewrite_link(value: &str, search: &Search<'_>, origins: &Origins) -> Option<String> {
    let links: Vec<String> = split_links(value)
        .into_iter()
        .map(|link| one(link.trim(), search, origins))
        .collect();
    let rewritten = links.join(", ");
    let plain: Vec<&str> = split_links(value).into_iter().map(str::trim).collect();
    (rewritten != plain.join(", ")).then_some(rewritten)
}

fn one(link: &str, search: &Search<'_>, origins: &Origins) -> String {
    let Some((target, rest)) = link.strip_prefix('<').and_then(|link| link.split_once('>')) else {
        return if search.is_idle() {
            link.to_owned()
        } else {
            String::new()
        };
    };
    let mut out = format!(
        "<{}>",
        url::rewrite(target, search, origins).as_deref().unwrap_or(target)
    );
    for parameter in split_parameters(rest.as_bytes()).skip(1) {
        let parameter = std::str::from_utf8(parameter).unwrap_or_default();
        let name = parameter
            .split('=')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        if search.is_idle() || (PROTOCOL.contains(&name.as_str()) && search.masked(parameter).is_none()) {
            out.push(';');
            out.push_str(parameter);
        }
    }
    out
}

/// Splits at the commas that stand neither in `<…>` nor in quotes.
fn split_links(value: &str) -> Vec<&str> {
    let (mut target, mut quoted) = (false, false);
    value
        .split(|c| {
            match c {
                '"' if !target => quoted = !quoted,
                '<' if !quoted => target = true,
                '>' if !quoted => target = false,
                _ => {}
            }
            c == ',' && !target && !quoted
        })
        .collect()
}

/// `5; url=/next`: the URL as a Location.
pub(super) fn rewrite_refresh(value: &str, search: &Search<'_>, origins: &Origins) -> Option<String> {
    let lower = value.to_ascii_lowercase();
    let Some(at) = lower.find("url=") else {
        return search.masked(value);
    };
    let (before, target) = value.split_at(at + 4);
    let bare = target.trim().trim_matches(['"', '\'']);
    url::rewrite(bare, search, origins).map(|new| format!("{before}{new}"))
}
