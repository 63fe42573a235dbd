//! [`FieldPath`]: the small path language of the route files, a part of JSONPath (RFC 9535).

use std::sync::Arc;

/// Where a field stands: `$.items[*].phone`, `$[*][3]`, `$..mobile`, or a bare name (`mobile`: anywhere in the answer).
///
/// - `.name` or `['name']` is the member of that name, letter by letter; names that hold other characters than letters, digits,
///   `_`, `-` and Han are quoted, with `\` before a quote or a backslash inside.
/// - `[3]` is the element of that index, from 0. `[*]` and `.*` are all members and elements.
/// - `..name` is the name at any depth.
/// - A bare name matches in any spelling: `mobile_phone` is also `MobilePhone` and `MOBILE-PHONE`.
#[derive(Clone, Debug)]
pub struct FieldPath {
    source: Arc<str>,
    kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// A name anywhere, normalised.
    Bare(Box<str>),
    /// Steps from the root.
    Steps(Box<[Step]>),
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Whether any number of levels may stand before it (`..`).
    pub(super) deep: bool,
    pub(super) to: To,
}

/// What a step leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum To {
    Key(Box<str>),
    Index(usize),
    Any,
}

impl PartialEq for FieldPath {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for FieldPath {}

impl std::hash::Hash for FieldPath {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.source.hash(state);
    }
}

/// Why a field path was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is no field path: {reason} at character {at}")]
pub struct FieldPathError {
    /// The text.
    pub path: String,
    /// What is wrong.
    pub reason: &'static str,
    /// Character position from 1.
    pub at: usize,
}

/// Longest path in steps; answers nest less deeply than this wherever a rule speaks of them.
const MAX_STEPS: usize = 64;
/// Largest index: a row has hundreds of columns, not ten thousands; the automaton keeps one column for each index up to the largest.
const MAX_INDEX: usize = 4095;

impl FieldPath {
    /// Reads a path.
    pub fn parse(text: &str) -> Result<Self, FieldPathError> {
        let mut reader = Reader { text, at: 0 };
        let kind = reader.path().map_err(|reason| FieldPathError {
            path: text.to_owned(),
            reason,
            at: text[..reader.at].chars().count() + 1,
        })?;
        Ok(Self {
            source: text.into(),
            kind,
        })
    }

    /// The text it was read from.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.kind
    }
}

impl std::fmt::Display for FieldPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.source)
    }
}

/// A name without what writers of names differ in: case, and `_`, `-`, `.`, space and `:` between words.
pub(super) fn normalise(name: &str) -> Box<str> {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-' | '.' | ':') && !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The steps to the elements of the arrays of a name: `$..name[*]`.
pub(super) fn elements_of(name: &str) -> Box<[Step]> {
    let name = name.trim_matches(['\'', '"']);
    Box::new([
        Step {
            deep: true,
            to: To::Key(name.into()),
        },
        Step {
            deep: false,
            to: To::Any,
        },
    ])
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn path(&mut self) -> Result<Kind, &'static str> {
        match self.peek() {
            None => Err("a name or `$` is missing"),
            Some('$') => {
                self.bump();
                self.steps().map(Kind::Steps)
            }
            Some(quote @ ('\'' | '"')) => {
                let name = self.quoted(quote)?;
                self.end().map(|()| Kind::Bare(normalise(&name)))
            }
            Some(_) => {
                let name = self.name()?;
                self.end().map(|()| Kind::Bare(normalise(&name)))
            }
        }
    }

    fn end(&self) -> Result<(), &'static str> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err("unexpected character (a path begins with `$`, other names are quoted)"),
        }
    }

    fn steps(&mut self) -> Result<Box<[Step]>, &'static str> {
        let mut steps = Vec::new();
        while self.peek().is_some() {
            if steps.len() == MAX_STEPS {
                return Err("too many steps");
            }
            steps.push(self.step()?);
        }
        Ok(steps.into())
    }

    fn step(&mut self) -> Result<Step, &'static str> {
        match self.peek() {
            Some('[') => self.bracket(false),
            Some('.') => {
                self.bump();
                let deep = self.peek() == Some('.');
                if deep {
                    self.bump();
                }
                self.after_dot(deep)
            }
            _ => Err("`.` or `[` expected"),
        }
    }

    fn after_dot(&mut self, deep: bool) -> Result<Step, &'static str> {
        match self.peek() {
            Some('*') if deep => Err("a name must follow `..`"),
            Some('*') => {
                self.bump();
                Ok(Step { deep, to: To::Any })
            }
            Some('[') if deep => match self.bracket(true)? {
                Step { to: To::Key(name), .. } => Ok(Step {
                    deep,
                    to: To::Key(name),
                }),
                _ => Err("a name must follow `..`"),
            },
            _ => Ok(Step {
                deep,
                to: To::Key(self.name()?),
            }),
        }
    }

    fn bracket(&mut self, deep: bool) -> Result<Step, &'static str> {
        self.bump();
        let to = match self.peek() {
            Some('*') => {
                self.bump();
                To::Any
            }
            Some(quote @ ('\'' | '"')) => To::Key(self.quoted(quote)?),
            Some('0'..='9') => To::Index(self.index()?),
            _ => return Err("`*`, an index or a quoted name expected"),
        };
        if self.peek() != Some(']') {
            return Err("`]` expected");
        }
        self.bump();
        Ok(Step { deep, to })
    }

    fn index(&mut self) -> Result<usize, &'static str> {
        let rest = &self.text[self.at..];
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        match rest[..digits].parse() {
            Ok(index) if index <= MAX_INDEX => {
                self.at += digits;
                Ok(index)
            }
            _ => Err("the index is too large"),
        }
    }

    fn name(&mut self) -> Result<Box<str>, &'static str> {
        let rest = &self.text[self.at..];
        let length = rest
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')))
            .unwrap_or(rest.len());
        if length == 0 {
            return Err("a name is expected (names with other characters are quoted: `['…']`)");
        }
        self.at += length;
        Ok(rest[..length].into())
    }

    fn quoted(&mut self, quote: char) -> Result<Box<str>, &'static str> {
        self.bump();
        let mut name = String::new();
        loop {
            match self.peek().ok_or("the quote is not closed")? {
                c if c == quote => break,
                '\\' => {
                    self.bump();
                    name.push(self.peek().ok_or("the quote is not closed")?);
                }
                c => name.push(c),
            }
            self.bump();
        }
        self.bump();
        Ok(name.into())
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn bump(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> Vec<Step> {
        match FieldPath::parse(text).unwrap().kind {
            Kind::Steps(steps) => steps.into_vec(),
            Kind::Bare(_) => panic!("a bare name"),
        }
    }

    fn key(name: &str) -> To {
        To::Key(name.into())
    }

    #[test]
    fn reads_each_kind_of_step() {
        let tos: Vec<To> = steps("$.items[*]['手机 (主)'][12].*[\"a'b\"].客户-1")
            .into_iter()
            .map(|s| s.to)
            .collect();
        let expected = [
            key("items"),
            To::Any,
            key("手机 (主)"),
            To::Index(12),
            To::Any,
            key("a'b"),
            key("客户-1"),
        ];
        assert_eq!(tos, expected);
        assert_eq!(steps("$"), []);
        assert!(steps("$..mobile")[0].deep && steps("$..['mobile']")[0].deep && !steps("$.mobile")[0].deep);
        assert_eq!(steps(r"$['a\'b\\c']")[0].to, key(r"a'b\c"));
    }

    #[test]
    fn bare_names_lose_case_and_separators() {
        for text in ["mobile_phone", "MobilePhone", "'Mobile Phone'", "MOBILE-PHONE"] {
            assert!(matches!(FieldPath::parse(text).unwrap().kind, Kind::Bare(name) if &*name == "mobilephone"));
        }
    }

    #[test]
    fn refusals_name_the_place() {
        let refused = [
            ("", 1),
            ("$.", 3),
            ("$.a b", 4),
            ("$[", 3),
            ("$[x]", 3),
            ("$[3", 4),
            ("$['a", 5),
            ("$..*", 4),
            ("$..[3]", 7),
            ("$[99999]", 3),
            ("a.b", 2),
            ("手机 主", 3),
            ("$手机", 2),
        ];
        for (text, at) in refused {
            let error = FieldPath::parse(text).expect_err(text);
            assert_eq!(error.at, at, "{error}");
        }
        assert!(FieldPath::parse(&format!("${}", "[*]".repeat(MAX_STEPS + 1))).is_err());
    }
}
