//! Path patterns: `/api/customers/{id}`, `/static/**`, `/files/*.csv`.

use super::error::RuleFault;

/// A pattern over the decoded segments of a path. A trailing slash makes no difference, as in most CRMs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PathPattern {
    source: String,
    parts: Vec<Part>,
    /// Whether anything may follow (`**`).
    open_end: bool,
    ignore_case: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    /// `{id}`: any one segment that is not empty.
    Any,
    /// `*.csv`
    Glob(Glob),
}

impl PathPattern {
    pub(super) fn parse(text: &str, ignore_case: bool) -> Result<Self, RuleFault> {
        let fault = |reason| RuleFault::Pattern {
            pattern: text.to_owned(),
            reason,
        };
        let body = text.strip_prefix('/').ok_or_else(|| fault("it begins with `/`"))?;
        let mut segments: Vec<&str> = body.trim_end_matches('/').split('/').collect();
        let open_end = segments.last() == Some(&"**");
        if open_end {
            segments.pop();
        }
        if segments == [""] {
            segments.clear();
        }
        let parts = segments
            .into_iter()
            .map(|s| part(s, ignore_case))
            .collect::<Result<_, _>>()
            .map_err(fault)?;
        Ok(Self {
            source: text.to_owned(),
            parts,
            open_end,
            ignore_case,
        })
    }

    pub(super) fn matches(&self, segments: &[String]) -> bool {
        let segments = match segments {
            [before @ .., last] if last.is_empty() => before,
            all => all,
        };
        let enough = if self.open_end {
            segments.len() >= self.parts.len()
        } else {
            segments.len() == self.parts.len()
        };
        enough
            && self
                .parts
                .iter()
                .zip(segments)
                .all(|(p, s)| p.matches(s, self.ignore_case))
    }

    /// Whether every path that `other` matches is matched by this one (not always found out; `true` is sure).
    pub(super) fn covers(&self, other: &Self) -> bool {
        let long_enough = if self.open_end {
            other.parts.len() >= self.parts.len()
        } else {
            !other.open_end && other.parts.len() == self.parts.len()
        };
        let case = self.ignore_case || !other.ignore_case;
        long_enough
            && case
            && self
                .parts
                .iter()
                .zip(&other.parts)
                .all(|(a, b)| *a == Part::Any || a == b)
    }
}

impl Part {
    fn matches(&self, segment: &str, ignore_case: bool) -> bool {
        match self {
            Self::Any => !segment.is_empty(),
            Self::Literal(text) if ignore_case => *text == segment.to_lowercase(),
            Self::Literal(text) => text == segment,
            Self::Glob(glob) if ignore_case => glob.matches(&segment.to_lowercase()),
            Self::Glob(glob) => glob.matches(segment),
        }
    }
}

fn part(segment: &str, ignore_case: bool) -> Result<Part, &'static str> {
    let folded = if ignore_case {
        segment.to_lowercase()
    } else {
        segment.to_owned()
    };
    match segment {
        "" => Err("a segment is empty"),
        "." | ".." => Err("a dot segment never arrives"),
        "*" => Ok(Part::Any),
        s if s.contains("**") => Err("`**` stands alone and last"),
        s if s.contains(['?', '#', '%', ';', '\\']) => {
            Err("write it decoded, without a query; queries have their own predicates")
        }
        s if s.starts_with('{') && s.ends_with('}') && !s[1..s.len() - 1].contains(['{', '}']) => Ok(Part::Any),
        s if s.contains(['{', '}']) => Err("`{name}` is a whole segment"),
        s if s.contains('*') => Ok(Part::Glob(Glob::new(&folded))),
        _ => Ok(Part::Literal(folded)),
    }
}

/// A text with `*` for any run of characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glob(Vec<String>);

impl Glob {
    pub(super) fn new(text: &str) -> Self {
        Self(text.split('*').map(str::to_owned).collect())
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.0.split_first() else {
            return text.is_empty();
        };
        let Some((last, middle)) = rest.split_last() else {
            return text == first;
        };
        let Some(mut text) = text.strip_prefix(first.as_str()) else {
            return false;
        };
        for piece in middle {
            match text.find(piece.as_str()) {
                Some(at) => text = &text[at + piece.len()..],
                None => return false,
            }
        }
        text.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        let target = super::super::CanonicalTarget::parse(path.as_bytes()).unwrap();
        PathPattern::parse(pattern, false).unwrap().matches(target.segments())
    }

    #[test]
    fn patterns_match_whole_paths() {
        for (pattern, path, expected) in [
            ("/", "/", true),
            ("/api/customers", "/api/customers", true),
            ("/api/customers", "/api/customers/", true),
            ("/api/customers", "/api/customers/1", false),
            ("/api/customers", "/api/Customers", false),
            ("/api/{kind}/{id}", "/api/customers/7", true),
            ("/api/{kind}/{id}", "/api/customers", false),
            ("/static/**", "/static/a/b.js", true),
            ("/static/**", "/static", true),
            ("/static/**", "/statics", false),
            ("/**", "/", true),
            ("/files/*.csv", "/files/客户.csv", true),
            ("/files/*.csv", "/files/a.csv/b", false),
            ("/files/a*b*c", "/files/abbc", true),
            ("/客户", "/%E5%AE%A2%E6%88%B7", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn case_can_be_ignored() {
        let pattern = PathPattern::parse("/Api/Export*", true).unwrap();
        assert!(pattern.matches(&["api".to_owned(), "EXPORT1".to_owned()]));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in [
            "api", "/a//b", "/a/../b", "/a/**/b", "/a?b=1", "/a%20", "/x{id}", "/a;b",
        ] {
            assert!(PathPattern::parse(text, false).is_err(), "{text}");
        }
    }

    #[test]
    fn a_wider_pattern_covers_a_narrower_one() {
        let p = |t| PathPattern::parse(t, false).unwrap();
        assert!(p("/api/**").covers(&p("/api/customers/{id}")));
        assert!(p("/api/{x}").covers(&p("/api/customers")));
        assert!(!p("/api/customers").covers(&p("/api/{x}")));
        assert!(!p("/api/{x}").covers(&p("/api/**")));
    }
}
