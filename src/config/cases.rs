//! `policies/cases/*.yaml`: who asks what, and exactly what must come back. They run before a snapshot comes into force.

use std::collections::BTreeMap;
use std::net::IpAddr;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::preview::{Asked, Refused, is_export, rewrite, rewrite_by};
use super::settings::Settings;
use super::snapshot::{PolicyText, Snapshot};
use crate::body::AnswerHead;
use crate::catalog::YamlPath;
use crate::clock::Timestamp;
use crate::subject::{Assurance, Environment, Role, Subject, SubjectId};

/// Each body is tried whole and in pieces of this many bytes: what comes back must not depend on how the network cut it.
const PIECES: [usize; 2] = [usize::MAX, 7];

/// When a case takes place if it does not say: a Monday morning in Shanghai, 2026-11-23T10:00+08:00.
const MONDAY_MORNING_MS: i64 = 1_795_399_200_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    cases: Vec<RawCase>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    /// What it shows.
    name: String,
    /// Roles of the asker; none is `anonymous`.
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    assurance: Option<Assurance>,
    /// RFC 3339.
    #[serde(default)]
    at: Option<String>,
    #[serde(default)]
    from: Option<IpAddr>,
    /// `GET /path?query`
    request: String,
    #[serde(default)]
    request_headers: BTreeMap<String, String>,
    #[serde(default)]
    request_body: String,
    #[serde(default)]
    answer: RawAnswer,
    expect: RawExpect,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawAnswer {
    status: Option<u16>,
    headers: BTreeMap<String, String>,
    body: String,
    /// A file beside the case.
    file: Option<String>,
}

/// Exactly one of these, and perhaps the route.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawExpect {
    /// The answer, byte for byte.
    body: Option<String>,
    /// The answer, byte for byte, in a file beside the case.
    file: Option<String>,
    /// It is refused before the CRM is asked, with this code.
    deny: Option<String>,
    /// The answer is refused.
    refused: Option<bool>,
    /// It is held as an export; `released` is then what leaves after approval.
    held: Option<bool>,
    released: Option<String>,
    route: Option<String>,
}

/// What came of a case.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Denied(&'static str),
    Refused,
    Held(Option<Vec<u8>>),
    Body(Vec<u8>),
}

/// Runs the cases; a complaint for each that fails. Complaints show expected and found answers: cases hold invented people only.
pub(super) fn run(settings: &Settings, snapshot: &Snapshot, files: &[PolicyText]) -> Diagnostics {
    let mut found = Diagnostics::default();
    for file in files {
        let raw: RawFile = match serde_yaml::from_str(&file.text) {
            Ok(raw) => raw,
            Err(e) => {
                found.add(Diagnostic::of_yaml(&file.path, &e));
                continue;
            }
        };
        for (i, case) in raw.cases.iter().enumerate() {
            for piece in PIECES {
                if let Err(message) = try_case(settings, snapshot, file, case, piece) {
                    let at = YamlPath::root().key("cases").index(i).key("name");
                    let text = format!("case `{}`: {message}", case.name);
                    found.add(Diagnostic::error(&file.path, text).at_path(&file.text, &at));
                    break;
                }
            }
        }
    }
    found
}

/// How many cases these files hold.
pub(super) fn count(files: &[PolicyText]) -> usize {
    let cases = |file: &PolicyText| serde_yaml::from_str::<RawFile>(&file.text).map_or(0, |f| f.cases.len());
    files.iter().map(cases).sum()
}

fn try_case(
    settings: &Settings,
    snapshot: &Snapshot,
    file: &PolicyText,
    case: &RawCase,
    piece: usize,
) -> Result<(), String> {
    let (subject, environment) = asker(case)?;
    let mut asked = Asked::parse(&case.request).ok_or("the request is not `METHOD /path`")?;
    asked.headers = headers(&case.request_headers)?;
    asked.body = case.request_body.clone().into_bytes();
    if let Some(expected) = &case.expect.route {
        let route = asked.route(snapshot).map_err(|e| e.to_string())?;
        if route.id() != expected {
            return Err(format!("the route is `{}`, not `{expected}`", route.id()));
        }
    }
    let answer = match &case.answer.file {
        Some(name) => beside(file, name)?,
        None => case.answer.body.clone().into_bytes(),
    };
    let found = outcome(settings, snapshot, &subject, &environment, &asked, case, &answer, piece)?;
    compare(file, &case.expect, found)
}

#[expect(
    clippy::too_many_arguments,
    reason = "a case is all of these and is taken apart here only"
)]
fn outcome(
    settings: &Settings,
    snapshot: &Snapshot,
    subject: &Subject,
    environment: &Environment,
    asked: &Asked,
    case: &RawCase,
    answer: &[u8],
    piece: usize,
) -> Result<Outcome, String> {
    let permit = match asked.permit(snapshot, subject, environment) {
        Ok(permit) => permit,
        Err(refused @ (Refused::Target(_) | Refused::Body(_) | Refused::Denied(_))) => {
            return Ok(Outcome::Denied(refused.code()));
        }
        Err(Refused::Answer(_)) => return Ok(Outcome::Refused),
    };
    let answer_headers = headers(&case.answer.headers)?;
    let head = AnswerHead {
        method: &asked.method,
        status: case.answer.status.unwrap_or(200),
        headers: &answer_headers,
    };
    let mut out = Vec::new();
    let signs = match rewrite(settings, &head, &permit, answer, piece, &mut |b| {
        out.extend_from_slice(b)
    }) {
        Ok(None) => return Ok(Outcome::Body(out)),
        Ok(Some((_, signs))) => signs,
        Err(_) => return Ok(Outcome::Refused),
    };
    if !is_export(permit.export(), &signs) {
        return Ok(Outcome::Body(out));
    }
    let release = snapshot.policy.release(subject, environment, permit.route());
    let released = release.ok().and_then(|release| {
        let mut out = Vec::new();
        let done = rewrite_by(settings, &head, release.plan(), answer, piece, &mut |b| {
            out.extend_from_slice(b)
        });
        done.ok().map(|_| out)
    });
    Ok(Outcome::Held(released))
}

fn compare(file: &PolicyText, expect: &RawExpect, found: Outcome) -> Result<(), String> {
    let wanted = match expect {
        RawExpect { deny: Some(code), .. } => {
            return match found {
                Outcome::Denied(found) if found == code => Ok(()),
                other => Err(format!("expected a denial `{code}`, found {}", shown(&other))),
            };
        }
        RawExpect {
            refused: Some(true), ..
        } => {
            return match found {
                Outcome::Refused => Ok(()),
                other => Err(format!("expected the answer to be refused, found {}", shown(&other))),
            };
        }
        RawExpect {
            held: Some(true),
            released,
            ..
        } => return compare_held(released.as_deref(), found),
        RawExpect { body: Some(body), .. } => body.clone().into_bytes(),
        RawExpect { file: Some(name), .. } => beside(file, name)?,
        _ => return Err("it expects nothing: one of `body`, `file`, `deny`, `refused`, `held`".to_owned()),
    };
    match found {
        Outcome::Body(body) if body == wanted => Ok(()),
        other => Err(format!("expected {}, found {}", text(&wanted), shown(&other))),
    }
}

fn compare_held(released: Option<&str>, found: Outcome) -> Result<(), String> {
    match (released, found) {
        (None, Outcome::Held(_)) => Ok(()),
        (Some(wanted), Outcome::Held(Some(found))) if wanted.as_bytes() == found => Ok(()),
        (Some(wanted), Outcome::Held(found)) => {
            let found = found.map_or("nothing".to_owned(), |f| text(&f));
            Err(format!(
                "expected the release of {}, found {found}",
                text(wanted.as_bytes())
            ))
        }
        (_, other) => Err(format!("expected it to be held, found {}", shown(&other))),
    }
}

fn shown(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Denied(code) => format!("a denial `{code}`"),
        Outcome::Refused => "that the answer is refused".to_owned(),
        Outcome::Held(_) => "that it is held as an export".to_owned(),
        Outcome::Body(body) => text(body),
    }
}

fn text(bytes: &[u8]) -> String {
    format!("`{}`", String::from_utf8_lossy(bytes))
}

fn beside(file: &PolicyText, name: &str) -> Result<Vec<u8>, String> {
    let path = file.path.parent().map(|d| d.join(name)).unwrap_or_default();
    std::fs::read(&path).map_err(|e| format!("the file `{name}` cannot be read: {}", e.kind()))
}

fn asker(case: &RawCase) -> Result<(Subject, Environment), String> {
    let millis = match &case.at {
        None => MONDAY_MORNING_MS,
        Some(text) => text
            .parse::<jiff::Timestamp>()
            .map_err(|_| format!("`{text}` is no time such as 2026-11-23T10:00:00+08:00"))?
            .as_millisecond(),
    };
    let subject = if case.roles.is_empty() {
        Subject::anonymous()
    } else {
        let roles = case.roles.iter().map(|r| Role::new(r));
        let assurance = case.assurance.unwrap_or(Assurance::Password);
        Subject::new(SubjectId::new("case"), "case", roles, BTreeMap::new(), assurance)
    };
    let environment = Environment {
        now: Timestamp::from_millis(millis),
        source: case.from,
    };
    Ok((subject, environment))
}

fn headers(raw: &BTreeMap<String, String>) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in raw {
        let bad = |_| format!("`{name}` is no header");
        let value = HeaderValue::from_bytes(value.as_bytes())
            .map_err(|_| format!("the value of `{name}` is no header value"))?;
        headers.append(HeaderName::try_from(name.as_str()).map_err(bad)?, value);
    }
    Ok(headers)
}
