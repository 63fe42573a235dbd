//! Fields that the request itself names: columns of positional rows, and keys the client chose.

mod graphql;

use super::classes::DataClasses;
use super::pattern::Glob;
use super::request::{RequestView, is_form};
use super::route_match::RouteField;
use super::value_path::ValuePath;
use crate::mask::{ClassId, FieldPath};

/// Most columns or aliases one request may name. Answers plans of unbounded size.
const MAX_NAMES: usize = 512;

/// Longest name of a column or alias, in bytes.
const MAX_NAME_BYTES: usize = 256;

/// Classes of the names that a request uses, most special first: the route's, the file's, then the name index.
#[derive(Debug)]
pub(super) struct NameClasses(pub Vec<(Glob, Option<ClassId>)>);

/// How a name's class was found.
enum Found {
    Class(ClassId),
    Plain,
    Unknown,
}

impl NameClasses {
    /// The class of a name such as `party.phone` or `contact_mechanisms/value`.
    fn find(&self, name: &str, classes: &DataClasses) -> Found {
        if let Some((_, class)) = self.0.iter().find(|(glob, _)| glob.matches(name)) {
            return class.map_or(Found::Plain, Found::Class);
        }
        let names = classes.names();
        let last = name
            .rsplit(['.', '/', ':', '['])
            .next()
            .unwrap_or(name)
            .trim_end_matches(']');
        match names.class_of(name).or_else(|| names.class_of(last)) {
            Some(class) => Found::Class(class),
            None => Found::Unknown,
        }
    }
}

/// Fields from the request.
#[derive(Debug)]
pub(super) enum FromRequest {
    /// The cells of `rows`, in the order in which the request names them.
    Columns {
        rows: String,
        source: Source,
        classes: NameClasses,
    },
    /// `alias[x]=mobile`.
    QueryAliases { parameter: Glob, classes: NameClasses },
    /// `x: mobile` in a GraphQL document.
    Graphql { document: ValuePath, classes: NameClasses },
}

/// Where a request names columns.
#[derive(Debug)]
pub(super) enum Source {
    Body(ValuePath),
    Query { name: String, separator: Option<char> },
    Form { name: String, separator: Option<char> },
}

/// The names cannot be read: the request is refused.
pub(super) struct Unreadable;

impl FromRequest {
    pub(super) fn on_body(&self) -> bool {
        match self {
            Self::Columns { source, .. } => !matches!(source, Source::Query { .. }),
            Self::QueryAliases { .. } => false,
            Self::Graphql { .. } => true,
        }
    }

    /// The fields that this request names.
    pub(super) fn fields(
        &self,
        request: &RequestView<'_>,
        classes: &DataClasses,
        out: &mut Vec<RouteField>,
    ) -> Result<(), Unreadable> {
        match self {
            Self::Columns {
                rows,
                source,
                classes: named,
            } => {
                for (i, name) in limited(source.names(request)?)?.iter().enumerate() {
                    push(format!("{rows}[{i}]"), named.find(name, classes), out)?;
                }
                Ok(())
            }
            Self::QueryAliases {
                parameter,
                classes: named,
            } => {
                let pairs = request
                    .target
                    .query()
                    .iter()
                    .filter(|(name, _)| parameter.matches(name));
                aliases(
                    pairs.map(|(n, v)| (alias_in(n).to_owned(), v.clone())).collect(),
                    named,
                    classes,
                    out,
                )
            }
            Self::Graphql {
                document,
                classes: named,
            } => {
                let documents = request.body.map(|b| document.select(b)).unwrap_or_default();
                let texts: Vec<&str> = documents.iter().filter_map(|d| d.as_str()).collect();
                if texts.len() != documents.len() {
                    return Err(Unreadable);
                }
                for text in texts {
                    aliases(graphql::aliases(text).ok_or(Unreadable)?, named, classes, out)?;
                }
                Ok(())
            }
        }
    }
}

/// Keys that the client chose: wherever they stand in the answer, they hold what they stand for.
fn aliases(
    pairs: Vec<(String, String)>,
    named: &NameClasses,
    classes: &DataClasses,
    out: &mut Vec<RouteField>,
) -> Result<(), Unreadable> {
    for (alias, name) in limited(pairs)? {
        if alias.is_empty() || alias.len() > MAX_NAME_BYTES || alias.contains(['\'', '\\']) {
            return Err(Unreadable);
        }
        // Only a sensitive meaning is taken over: an alias never makes a key harmless that has a sensitive name itself.
        if let Found::Class(class) = named.find(&name, classes) {
            push(format!("$..['{alias}']"), Found::Class(class), out)?;
        }
    }
    Ok(())
}

fn push(path: String, found: Found, out: &mut Vec<RouteField>) -> Result<(), Unreadable> {
    let class = match found {
        Found::Class(class) => Some(class),
        Found::Plain => None,
        Found::Unknown => return Ok(()),
    };
    let path = FieldPath::parse(&path).map_err(|_| Unreadable)?;
    out.push((path, class));
    Ok(())
}

fn limited<T>(names: Vec<T>) -> Result<Vec<T>, Unreadable> {
    if names.len() > MAX_NAMES {
        Err(Unreadable)
    } else {
        Ok(names)
    }
}

/// `alias[x]` → `x`.
fn alias_in(parameter: &str) -> &str {
    parameter
        .split_once('[')
        .and_then(|(_, rest)| rest.strip_suffix(']'))
        .unwrap_or(parameter)
}

impl Source {
    /// The names in order. A request that names none has none; names that are no texts cannot be read.
    fn names(&self, request: &RequestView<'_>) -> Result<Vec<String>, Unreadable> {
        let names: Vec<String> = match self {
            Self::Query { name, separator } => split(
                request
                    .target
                    .query()
                    .iter()
                    .filter(|(n, _)| n == name)
                    .map(|(_, v)| v.as_str()),
                *separator,
            ),
            Self::Form { name, separator } => {
                let body = request.body.filter(|_| is_form(request.headers));
                let values = body.and_then(|b| b.get(name)?.as_array());
                split(values.into_iter().flatten().filter_map(|v| v.as_str()), *separator)
            }
            Self::Body(path) => {
                let body = request.body.filter(|_| !is_form(request.headers)).ok_or(Unreadable)?;
                body_names(path, body)?
            }
        };
        if names.iter().any(|n| n.len() > MAX_NAME_BYTES) {
            return Err(Unreadable);
        }
        Ok(names)
    }
}

fn body_names(path: &ValuePath, body: &serde_json::Value) -> Result<Vec<String>, Unreadable> {
    match path.select(body)[..] {
        [] | [serde_json::Value::Null] => Ok(Vec::new()),
        [serde_json::Value::Array(list)] => list
            .iter()
            .map(|n| n.as_str().map(str::to_owned).ok_or(Unreadable))
            .collect(),
        _ => Err(Unreadable),
    }
}

fn split<'a>(values: impl Iterator<Item = &'a str>, separator: Option<char>) -> Vec<String> {
    match separator {
        Some(c) => values.flat_map(|v| v.split(c)).map(|n| n.trim().to_owned()).collect(),
        None => values.map(str::to_owned).collect(),
    }
}
