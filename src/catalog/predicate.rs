//! Predicates on query parameters, headers, form fields and places in a JSON body.

use http::HeaderName;
use serde_json::Value;

use super::crm::RawTest;
use super::pattern::Glob;
use super::request::{RequestView, is_form};
use super::value_path::ValuePath;

/// What a test says of the values at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    No,
    /// Of several values some fit and some do not: the CRM takes the first, the last or all, and nobody knows which.
    Ambiguous,
    Yes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Predicate {
    pub place: Place,
    pub test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Query(String),
    Header(HeaderName),
    Body(ValuePath),
    Form(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    In(Vec<String>),
    /// There, and none of these.
    NotIn(Vec<String>),
    Glob(Glob),
    Present(bool),
}

impl From<&RawTest> for Test {
    fn from(raw: &RawTest) -> Self {
        match raw {
            RawTest::In(values) => Self::In(values.clone()),
            RawTest::NotIn(values) => Self::NotIn(values.clone()),
            RawTest::Glob(glob) => Self::Glob(Glob::new(glob)),
            RawTest::Present(yes) => Self::Present(*yes),
        }
    }
}

impl Predicate {
    /// Whether it needs the body.
    pub(super) fn on_body(&self) -> bool {
        matches!(self.place, Place::Body(_) | Place::Form(_))
    }

    pub(super) fn judge(&self, request: &RequestView<'_>) -> Verdict {
        let values = self.place.values(request);
        let fits = |v: &&Option<String>| match (&self.test, v) {
            (Test::Present(_), _) => true,
            (Test::In(all), Some(v)) => all.contains(v),
            (Test::NotIn(all), v) => !v.as_ref().is_some_and(|v| all.contains(v)),
            (Test::Glob(glob), Some(v)) => glob.matches(v),
            (_, None) => false,
        };
        let fitting = values.iter().filter(fits).count();
        match &self.test {
            Test::Present(expected) if values.is_empty() != *expected => Verdict::Yes,
            Test::Present(_) => Verdict::No,
            _ if fitting == 0 => Verdict::No,
            _ if fitting == values.len() => Verdict::Yes,
            _ => Verdict::Ambiguous,
        }
    }
}

impl Place {
    /// The values at this place as texts; a list or an object has none to compare (`None`).
    fn values(&self, request: &RequestView<'_>) -> Vec<Option<String>> {
        match self {
            Self::Query(name) => request
                .target
                .query()
                .iter()
                .filter(|(n, _)| n == name)
                .map(|(_, v)| Some(v.clone()))
                .collect(),
            Self::Header(name) => request
                .headers
                .get_all(name)
                .iter()
                .map(|v| v.to_str().ok().map(str::to_owned))
                .collect(),
            Self::Body(path) => match request.body {
                Some(body) if !is_form(request.headers) => path.select(body).into_iter().map(as_text).collect(),
                _ => Vec::new(),
            },
            Self::Form(name) => match request.body.and_then(|b| b.get(name)) {
                Some(Value::Array(values)) if is_form(request.headers) => values.iter().map(as_text).collect(),
                _ => Vec::new(),
            },
        }
    }
}

/// A scalar as the text a CRM file writes it.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        Value::Null => Some("null".to_owned()),
        Value::Array(_) | Value::Object(_) => None,
    }
}
