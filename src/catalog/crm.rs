//! A CRM file as it is written: serde shapes, unknown keys are errors.

use std::fmt;

use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};

use super::origin::Pairs;
use super::route_match::Protect;
use super::title::Title;

/// `policies/crm/NAME.yaml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCrm {
    /// The name of the CRM, for people.
    #[serde(default)]
    pub title: Option<Title>,
    /// What happens to requests that no route names.
    #[serde(default)]
    pub unlisted: RawUnlistedRoute,
    /// Whether the CRM reads `/API` as `/api`.
    #[serde(default)]
    pub ignore_case: bool,
    /// Classes of column names, for all routes.
    #[serde(default)]
    pub column_classes: Pairs<String>,
    /// Routes; the first that matches wins.
    #[serde(default)]
    pub routes: Vec<RawRoute>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawUnlistedRoute {
    /// Names and detectors of the data classes decide.
    #[default]
    Detect,
    /// Nothing passes that no route names.
    Refused,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRoute {
    pub id: String,
    #[serde(default)]
    pub title: Option<Title>,
    #[serde(rename = "match")]
    pub matches: RawMatch,
    #[serde(default)]
    pub protect: Protect,
    #[serde(default)]
    pub fields: Pairs<String>,
    #[serde(default)]
    pub unlisted: RawUnlistedField,
    #[serde(default)]
    pub columns: Option<RawColumns>,
    #[serde(default)]
    pub aliases: Option<RawAliases>,
    #[serde(default)]
    pub records: Option<String>,
    #[serde(default)]
    pub record_id: Option<String>,
    #[serde(default)]
    pub subject_id: Option<String>,
    #[serde(default)]
    pub export: RawExport,
    #[serde(default)]
    pub max_records: Option<u64>,
    #[serde(default)]
    pub digest_ignore: Vec<String>,
    #[serde(default)]
    pub timeouts: RawTimeouts,
    #[serde(default)]
    pub sign_in: bool,
    #[serde(default)]
    pub sign_out: bool,
    #[serde(default)]
    pub upgrade: RawUpgrade,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawUnlistedField {
    #[default]
    Detect,
    Plain,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawExport {
    Always,
    #[default]
    ByAnswer,
    Never,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawUpgrade {
    Allow,
    #[default]
    Refuse,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMatch {
    #[serde(default)]
    pub method: OneOrMany,
    #[serde(default)]
    pub path: OneOrMany,
    #[serde(default)]
    pub query: Pairs<RawTest>,
    #[serde(default)]
    pub headers: Pairs<RawTest>,
    #[serde(default)]
    pub body: Pairs<RawTest>,
    #[serde(default)]
    pub form: Pairs<RawTest>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTimeouts {
    #[serde(default)]
    pub first_byte_seconds: Option<u64>,
    #[serde(default)]
    pub total_seconds: Option<u64>,
}

/// Where the request names the columns of positional rows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawColumns {
    /// The rows of the answer: `$.result[*]`; `$[*]` for CSV.
    pub rows: String,
    /// A list in the JSON body.
    #[serde(default)]
    pub from: Option<String>,
    /// A query parameter that is repeated, or holds names split by `separator`.
    #[serde(default)]
    pub query: Option<String>,
    /// As `query`, in a form body.
    #[serde(default)]
    pub form: Option<String>,
    #[serde(default)]
    pub separator: Option<char>,
    /// Classes of column names of this route.
    #[serde(default)]
    pub classes: Pairs<String>,
}

/// Where the request chooses the keys of the answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAliases {
    /// `alias[*]`: the parameter `alias[x]=mobile` has the answer hold a `mobile` under the key `x`.
    #[serde(default)]
    pub query: Option<String>,
    /// A GraphQL document in the JSON body: `x: mobile` in it does the same.
    #[serde(default)]
    pub graphql: Option<String>,
    /// Classes of the names, before the name index.
    #[serde(default)]
    pub classes: Pairs<String>,
}

/// One text or a list of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct OneOrMany(pub Vec<String>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = OneOrMany;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<OneOrMany, A::Error> {
                Deserialize::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(OneOrMany)
            }
        }
        deserializer.deserialize_any(Texts)
    }
}

/// What a value must be: `csv`, `[csv, xlsx]`, `{glob: "*.csv"}`, `{not_in: [csv]}` (there, and another), `{present: false}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RawTest {
    In(Vec<String>),
    NotIn(Vec<String>),
    Glob(String),
    Present(bool),
}

impl<'de> Deserialize<'de> for RawTest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TestVisitor)
    }
}

struct TestVisitor;

impl<'de> Visitor<'de> for TestVisitor {
    type Value = RawTest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, a list of values, `{glob: …}` or `{present: true}`")
    }

    fn visit_str<E>(self, text: &str) -> Result<RawTest, E> {
        Ok(RawTest::In(vec![text.to_owned()]))
    }

    fn visit_bool<E>(self, v: bool) -> Result<RawTest, E> {
        Ok(RawTest::In(vec![v.to_string()]))
    }

    fn visit_u64<E>(self, v: u64) -> Result<RawTest, E> {
        Ok(RawTest::In(vec![v.to_string()]))
    }

    fn visit_i64<E>(self, v: i64) -> Result<RawTest, E> {
        Ok(RawTest::In(vec![v.to_string()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<RawTest, A::Error> {
        let mut all = Vec::new();
        while let Some(RawTest::In(texts)) = seq.next_element::<RawTest>()? {
            all.extend(texts);
        }
        if all.is_empty() {
            return Err(A::Error::custom("the list holds no value"));
        }
        Ok(RawTest::In(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawTest, A::Error> {
        let test = match map.next_key::<String>()?.as_deref() {
            Some("glob") => RawTest::Glob(map.next_value()?),
            Some("in") => RawTest::In(map.next_value::<OneOrMany>()?.0),
            Some("not_in") => RawTest::NotIn(map.next_value::<OneOrMany>()?.0),
            Some("present") => RawTest::Present(map.next_value()?),
            Some(other) => return Err(A::Error::unknown_field(other, &["glob", "in", "not_in", "present"])),
            None => return Err(A::Error::custom("a test is missing")),
        };
        match map.next_key::<String>()? {
            Some(_) => Err(A::Error::custom("one test at a time")),
            None => Ok(test),
        }
    }
}
