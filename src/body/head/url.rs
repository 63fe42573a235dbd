//! URLs in headers: the CRM's own origin becomes ours, and what their parts say is masked. What is not touched stays byte for byte.

use super::search::{Search, percent, unpercent};

/// URLs in the values of URLs that are looked into (`?next=/a%3Fb=…`).
const MAX_NESTED: usize = 3;

/// Text that stands for words which cannot be judged.
const HIDDEN: &str = "***";

/// Where the CRM is, and where clients see it: origins such as `https://crm.example.com`, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origins {
    crm: Vec<Origin>,
    public: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Origin {
    scheme: String,
    authority: String,
}

impl Origin {
    fn parse(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        Some(Self {
            scheme: scheme.to_ascii_lowercase(),
            authority: normal(&scheme.to_ascii_lowercase(), authority),
        })
    }
}

/// Lower case, without user information and the scheme's own port.
fn normal(scheme: &str, authority: &str) -> String {
    let host = authority.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let own_port = match scheme {
        "https" => ":443",
        _ => ":80",
    };
    host.strip_suffix(own_port).map_or(host.clone(), str::to_owned)
}

impl Origins {
    /// `crm` are all origins that the CRM may call itself by (its address, and the host name that is sent to it); `public` is ours.
    pub fn new<'a>(crm: impl IntoIterator<Item = &'a str>, public: &str) -> Self {
        let public = public.split_once("://").map_or(public.to_owned(), |(scheme, rest)| {
            format!("{scheme}://{}", rest.split(['/', '?', '#']).next().unwrap_or_default())
        });
        Self {
            crm: crm.into_iter().filter_map(Origin::parse).collect(),
            public,
        }
    }

    /// Our form of an origin or absolute URL of the CRM (`https://…`, `//…`); `None` if it is not the CRM's.
    pub(super) fn mapped(&self, url: &str) -> Option<String> {
        let (scheme, rest) = match url.split_once("//") {
            Some(("", rest)) => (None, rest),
            Some((scheme, rest)) => (Some(scheme.strip_suffix(':')?.to_ascii_lowercase()), rest),
            None => return None,
        };
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let is_crm = self.crm.iter().any(|origin| {
            scheme.as_ref().is_none_or(|scheme| *scheme == origin.scheme)
                && normal(scheme.as_deref().unwrap_or(&origin.scheme), &rest[..end]) == origin.authority
        });
        let tail = &rest[end..];
        is_crm.then(|| match scheme {
            Some(_) => format!("{}{tail}", self.public),
            None => format!("{}{tail}", self.public.trim_start_matches(|c| c != '/')),
        })
    }
}

/// A URL as the client gets it; `None` if it may stay as it is.
pub(super) fn rewrite(url: &str, search: &Search<'_>, origins: &Origins) -> Option<String> {
    let mapped = origins.mapped(url);
    let bare = search.without_words(mapped.as_deref().unwrap_or(url)).or(mapped);
    masked(bare.as_deref().unwrap_or(url), search, MAX_NESTED).or(bare)
}

/// The parts of a URL masked: user information, path segments, query values by key, fragment.
fn masked(url: &str, search: &Search<'_>, nested: usize) -> Option<String> {
    if search.is_idle() || nested == 0 {
        return if nested == 0 { search.masked(url) } else { None };
    }
    let (rest, fragment) = split_at_mark(url, '#');
    let (rest, query) = split_at_mark(rest, '?');
    let (origin, path) = split_origin(rest);
    let new_origin = without_user(origin);
    let new_path = masked_path(path, search);
    let new_query = query.and_then(|query| masked_query(query, search, nested));
    let new_fragment = fragment.and_then(|fragment| masked(fragment, search, nested - 1));
    if new_origin.is_none() && new_path.is_none() && new_query.is_none() && new_fragment.is_none() {
        return None;
    }
    let mut out = new_origin.unwrap_or_else(|| origin.to_owned());
    out.push_str(new_path.as_deref().unwrap_or(path));
    for (mark, new, old) in [('?', &new_query, query), ('#', &new_fragment, fragment)] {
        if let Some(part) = new.as_deref().or(old) {
            out.push(mark);
            out.push_str(part);
        }
    }
    Some(out)
}

fn split_at_mark(text: &str, mark: char) -> (&str, Option<&str>) {
    text.split_once(mark)
        .map_or((text, None), |(before, after)| (before, Some(after)))
}

/// `https://host` and what follows it; nothing and all of it for a relative reference.
fn split_origin(url: &str) -> (&str, &str) {
    let Some(start) = url.find("//").filter(|at| *at == 0 || url[..*at].ends_with(':')) else {
        return ("", url);
    };
    let end = url[start + 2..].find('/').map_or(url.len(), |at| start + 2 + at);
    url.split_at(end)
}

fn without_user(origin: &str) -> Option<String> {
    let (scheme, authority) = origin.split_at(origin.find("//")? + 2);
    let (_, host) = authority.rsplit_once('@')?;
    Some(format!("{scheme}{host}"))
}

fn masked_path(path: &str, search: &Search<'_>) -> Option<String> {
    let segments: Vec<Option<String>> = path
        .split('/')
        .map(|segment| masked_part(segment, false, search))
        .collect();
    if segments.iter().all(Option::is_none) {
        return None;
    }
    let joined = path
        .split('/')
        .zip(segments)
        .map(|(old, new)| new.unwrap_or_else(|| old.to_owned()));
    Some(joined.collect::<Vec<_>>().join("/"))
}

/// One segment or value: what detectors find, then words that they cannot judge.
fn masked_part(part: &str, plus_is_space: bool, search: &Search<'_>) -> Option<String> {
    let spaced = if plus_is_space {
        part.replace('+', " ")
    } else {
        part.to_owned()
    };
    let plain = unpercent(&spaced);
    let found = search
        .masked(&plain)
        .or_else(|| (plain != part).then(|| search.masked(part)).flatten());
    let text = found.as_deref().unwrap_or(&plain);
    if search.holds_words(text) {
        return Some(HIDDEN.to_owned());
    }
    found.map(|found| percent(&found))
}

fn masked_query(query: &str, search: &Search<'_>, nested: usize) -> Option<String> {
    let mut changed = false;
    let pairs = query.split('&').map(|pair| {
        let new = masked_pair(pair, search, nested);
        changed |= new.is_some();
        new.unwrap_or_else(|| pair.to_owned())
    });
    let joined = pairs.collect::<Vec<_>>().join("&");
    changed.then_some(joined)
}

fn masked_pair(pair: &str, search: &Search<'_>, nested: usize) -> Option<String> {
    let Some((key, value)) = pair.split_once('=') else {
        return masked_part(pair, true, search);
    };
    let new_key = masked_part(key, true, search);
    let spaced = value.replace('+', " ");
    let plain = unpercent(&spaced);
    let key_text = key.replace('+', " ");
    let by_name = search
        .masked_class(&unpercent(&key_text))
        .and_then(|class| search.rendered(class, &plain));
    let new_value = match by_name {
        Some(rendered) => Some(percent(&rendered)),
        None if plain.contains(['?', '=']) => {
            let inner = masked(&plain, search, nested - 1).map(|inner| percent(&inner));
            inner.or_else(|| masked_part(value, true, search))
        }
        None => masked_part(value, true, search),
    };
    if new_key.is_none() && new_value.is_none() {
        return None;
    }
    Some(format!(
        "{}={}",
        new_key.as_deref().unwrap_or(key),
        new_value.as_deref().unwrap_or(value)
    ))
}
