//! Reads `policies/approvals.yaml`.

use ipnet::IpNet;
use serde::Deserialize;

use super::chain::{Chain, Level, Title};
use super::chains::{Chains, Condition, Entry};
use super::rows::RowRange;
use crate::mask::Rendering;

/// The longest limit a chain may set, in hours (a year): a longer one is a slip of the finger.
const MAX_LIMIT_HOURS: f64 = 8_760.0;
/// The shortest, in milliseconds: what is over within a second nobody can decide on.
const MIN_LIMIT_MS: u64 = 1_000;
/// Seconds in an hour.
const HOUR_SECONDS: f64 = 3_600.0;

/// What is wrong with `approvals.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainsError {
    /// Not the YAML that is expected.
    #[error("{message}")]
    Syntax {
        /// Line from 1.
        line: usize,
        /// Column from 1.
        column: usize,
        /// What was met.
        message: String,
    },
    /// A value that cannot be used.
    #[error("{at}: {message}")]
    Value {
        /// The key path, such as `chains[0].levels[1].quorum`.
        at: String,
        /// What is wrong and what would be right.
        message: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    version: u32,
    chains: Vec<RawChain>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChain {
    name: String,
    title: Title,
    #[serde(default)]
    when: RawCondition,
    levels: Vec<RawLevel>,
    pending_hours: Option<f64>,
    redeem_hours: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawCondition {
    routes: Vec<String>,
    classes: Vec<String>,
    renderings: Vec<Rendering>,
    rows: Option<RawRows>,
    roles: Vec<String>,
    destination: RawDestination,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawDestination {
    inside: Vec<String>,
    outside: Vec<String>,
}

/// `500` is read by YAML as a number, `>500` as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum RawRows {
    Exactly(u64),
    Range(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLevel {
    level: String,
    title: Title,
    #[serde(default = "one")]
    quorum: u16,
}

const fn one() -> u16 {
    1
}

impl Chains {
    /// Reads the file; all that is wrong in it is reported at once. Whether the names in it exist is for the caller: [`Chains::mentions`].
    pub fn from_yaml(text: &str) -> Result<Self, Vec<ChainsError>> {
        let raw: RawFile = serde_yaml::from_str(text).map_err(|error| vec![syntax(&error)])?;
        let mut errors = Errors::default();
        if raw.version != 1 {
            errors.add(
                "version",
                format!("this program reads version 1, and the file says {}", raw.version),
            );
        }
        let entries: Vec<Entry> = raw
            .chains
            .into_iter()
            .enumerate()
            .map(|(index, chain)| entry(index, chain, &mut errors))
            .collect();
        for (index, Entry { chain, .. }) in entries.iter().enumerate() {
            if entries[..index].iter().any(|earlier| earlier.chain.name == chain.name) {
                errors.add(
                    &format!("chains[{index}].name"),
                    format!("the chain `{}` is there twice", chain.name),
                );
            }
        }
        if errors.0.is_empty() {
            Ok(Self { entries })
        } else {
            Err(errors.0)
        }
    }
}

#[derive(Default)]
struct Errors(Vec<ChainsError>);

impl Errors {
    fn add(&mut self, at: &str, message: String) {
        self.0.push(ChainsError::Value {
            at: at.to_owned(),
            message,
        });
    }
}

fn syntax(error: &serde_yaml::Error) -> ChainsError {
    let place = error.location();
    ChainsError::Syntax {
        line: place.as_ref().map_or(1, serde_yaml::Location::line),
        column: place.as_ref().map_or(1, serde_yaml::Location::column),
        message: error.to_string(),
    }
}

fn entry(index: usize, raw: RawChain, errors: &mut Errors) -> Entry {
    let at = format!("chains[{index}]");
    let when = condition(&format!("{at}.when"), raw.when, errors);
    let mut limit = |key: &str, hours: Option<f64>| {
        let limit = hours.map(limit_ms)?;
        if limit.is_none() {
            let message = format!("expected hours: more than none, at most {MAX_LIMIT_HOURS} (0.5 is half an hour)");
            errors.add(&format!("{at}.{key}"), message);
        }
        limit
    };
    let chain = Chain {
        name: raw.name,
        title: raw.title,
        pending_ms: limit("pending_hours", raw.pending_hours),
        redeem_ms: limit("redeem_hours", raw.redeem_hours),
        levels: raw.levels.into_iter().map(level).collect(),
    };
    if let Some((key, reason)) = chain.flaw() {
        errors.add(&format!("{at}.{key}"), reason);
    }
    Entry { when, chain }
}

/// A time limit in milliseconds; `None` if it is not positive, not a number or too long.
fn limit_ms(hours: f64) -> Option<u64> {
    let limit = std::time::Duration::try_from_secs_f64(hours * HOUR_SECONDS).ok()?;
    let ms = u64::try_from(limit.as_millis()).ok()?;
    (ms >= MIN_LIMIT_MS && hours <= MAX_LIMIT_HOURS).then_some(ms)
}

fn level(raw: RawLevel) -> Level {
    Level {
        name: raw.level,
        title: raw.title,
        quorum: raw.quorum,
        approvers: Vec::new(),
    }
}

fn condition(at: &str, raw: RawCondition, errors: &mut Errors) -> Condition {
    let rows = raw.rows.and_then(|rows| {
        let text = match rows {
            RawRows::Exactly(rows) => rows.to_string(),
            RawRows::Range(text) => text,
        };
        let range = RowRange::parse(&text);
        if range.is_none() {
            let message = format!("`{text}` is no range of rows; write for example `>500` or `100-500`");
            errors.add(&format!("{at}.rows"), message);
        }
        range
    });
    Condition {
        routes: raw.routes,
        classes: raw.classes,
        renderings: raw.renderings,
        rows,
        roles: raw.roles,
        inside: networks(&format!("{at}.destination.inside"), &raw.destination.inside, errors),
        outside: networks(&format!("{at}.destination.outside"), &raw.destination.outside, errors),
    }
}

fn networks(at: &str, texts: &[String], errors: &mut Errors) -> Vec<IpNet> {
    let read = |(index, text): (usize, &String)| {
        let network = text
            .parse::<IpNet>()
            .or_else(|_| text.parse().map(|address: std::net::IpAddr| address.into()));
        network
            .map_err(|_| {
                errors.add(
                    &format!("{at}[{index}]"),
                    format!("`{text}` is no network such as `10.0.0.0/8`"),
                )
            })
            .ok()
    };
    texts.iter().enumerate().filter_map(read).collect()
}
