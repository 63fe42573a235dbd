//! What the proxy would do with one answer, without a network: for cases, `overcoat mask` and `overcoat explain`.
//!
//! The same parts as in the proxy (catalog, policy, [`Answer`]), in the same order.

use std::sync::Arc;

use http::HeaderMap;

use super::settings::Settings;
use super::snapshot::Snapshot;
use crate::approval::{ClassFact, ExportFacts};
use crate::body::{Answer, AnswerHead, AnswerSummary, BodyError, ExportSigns};
use crate::catalog::{
    BodyReadError, CanonicalTarget, ExportRule, Protect, RequestView, RouteMatch, TargetError, read_body,
};
use crate::mask::{ClassId, MaskPlan, Rendering};
use crate::policy::{Decision, DenyReason, Permit};
use crate::subject::{Environment, Subject};

/// A request as a person writes it.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

/// Why a request gets no answer. Never quotes the request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Its target has two readings.
    #[error("{0}")]
    Target(#[from] TargetError),
    /// Its body cannot be read, and the route depends on it.
    #[error("{0}")]
    Body(#[from] BodyReadError),
    /// Policy or route refuses it.
    #[error("{0}")]
    Denied(#[from] DenyReason),
    /// The answer cannot be masked.
    #[error("{0}")]
    Answer(#[from] BodyError),
}

impl Refused {
    /// A stable word.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Target(e) => e.code(),
            Self::Body(_) => "request_body",
            Self::Denied(e) => e.code(),
            Self::Answer(_) => "answer_refused",
        }
    }
}

impl Asked {
    /// Reads `GET /path?query`.
    pub fn parse(line: &str) -> Option<Self> {
        let (method, target) = line.trim().split_once(char::is_whitespace)?;
        let token = !method.is_empty()
            && method
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        token.then(|| Self {
            method: method.to_owned(),
            target: target.trim_start().to_owned(),
            ..Self::default()
        })
    }

    /// The route that it is.
    pub fn route(&self, snapshot: &Snapshot) -> Result<RouteMatch, Refused> {
        let target = CanonicalTarget::parse(self.target.as_bytes())?;
        let body = match snapshot.catalog.needs_body(&self.method, &target, &self.headers) {
            true => read_body(&self.headers, &self.body)?,
            false => None,
        };
        Ok(snapshot.catalog.route(&RequestView {
            method: &self.method,
            target: &target,
            headers: &self.headers,
            body: body.as_ref(),
        }))
    }

    /// What policy says of it.
    pub fn permit(&self, snapshot: &Snapshot, subject: &Subject, environment: &Environment) -> Result<Permit, Refused> {
        let route = self.route(snapshot)?;
        match snapshot.policy.decide(subject, environment, &route) {
            Decision::Deny(reason) => Err(reason.into()),
            Decision::Permit(permit) => Ok(permit),
        }
    }
}

/// Puts one answer through the rewriters, in chunks of at most `chunk` bytes. What `out` got before an error may have been sent by then.
pub fn rewrite(
    settings: &Settings,
    head: &AnswerHead<'_>,
    permit: &Permit,
    body: &[u8],
    chunk: usize,
    out: &mut impl FnMut(&[u8]),
) -> Result<Option<(AnswerSummary, ExportSigns)>, BodyError> {
    if permit.route().protect() == Protect::Open {
        out(body);
        return Ok(None);
    }
    rewrite_by(settings, head, permit.plan(), body, chunk, out).map(Some)
}

/// As [`rewrite`], under any plan.
pub fn rewrite_by(
    settings: &Settings,
    head: &AnswerHead<'_>,
    plan: &Arc<MaskPlan>,
    body: &[u8],
    chunk: usize,
    out: &mut impl FnMut(&[u8]),
) -> Result<(AnswerSummary, ExportSigns), BodyError> {
    let mut answer = Answer::new(head, Arc::clone(plan), &settings.proxy.limits.body())?;
    let mut released = Vec::new();
    let mut flush = |released: &mut Vec<u8>| {
        out(released);
        released.clear();
    };
    for piece in body.chunks(chunk.max(1)) {
        answer.push(piece, &mut released)?;
        flush(&mut released);
        while answer.is_behind() {
            answer.push(&[], &mut released)?;
            flush(&mut released);
        }
    }
    let mut signs = answer.export_signs();
    let summary = answer.finish(&mut released)?;
    flush(&mut released);
    signs.table |= summary.format == crate::body::Format::Csv;
    signs.records = signs.records.max(summary.tally.records);
    Ok((summary, signs))
}

/// Whether an answer with these signs is held as an export.
pub fn is_export(rule: ExportRule, signs: &ExportSigns) -> bool {
    match rule {
        ExportRule::No => false,
        ExportRule::Always => true,
        ExportRule::ByAnswer { max_records } => signs.attachment || signs.table || signs.records > max_records,
    }
}

/// The name of the chain that an export of these classes needs; `None` if no chain speaks of it, which refuses it.
pub fn chain_for(
    snapshot: &Snapshot,
    subject: &Subject,
    environment: &Environment,
    route: &str,
    classes: &[(ClassId, Rendering)],
    rows: Option<u64>,
) -> Option<String> {
    let registry = &snapshot.classes;
    let above: Vec<Vec<&str>> = classes
        .iter()
        .map(|(id, _)| registry.ancestors(*id).iter().map(|a| registry.name(*a)).collect())
        .collect();
    let facts: Vec<ClassFact<'_>> = classes
        .iter()
        .zip(&above)
        .map(|((id, rendering), ancestors)| ClassFact {
            class: registry.name(*id),
            ancestors,
            rendering: *rendering,
        })
        .collect();
    let chain = snapshot.chains.select(&ExportFacts {
        route,
        classes: &facts,
        rows,
        roles: subject.roles(),
        destination: environment.source,
    });
    chain.ok().map(|c| c.name.clone())
}
