//! `/api/v1/approvals/{id}/sample`: up to five rows of what would leave, masked as the viewer may see them.
//!
//! INVARIANT: rows are read from what [`Answer`] gave out under the viewer's own plan, and from nothing else. The sealed bytes pass
//! through it and are dropped.

mod json_rows;
mod table_rows;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::approvals::Seen;
use super::request::Named;
use super::wire::{Problem, Sample, SampleNote};
use crate::audit::{AuditRecord, Kind};
use crate::body::{Answer, AnswerHead, BodyLimits, Format};
use crate::control::rules::{Rules, SamplePlan, Viewer};
use crate::control::{Control, ControlError};
use crate::store::{HoldMeta, HoldReader, VaultError};
use crate::subject::Environment;

/// Rows of a sample.
const ROWS: usize = 5;

/// Columns of a sample; more would not fit on a page.
const MAX_COLUMNS: usize = 40;

/// Longest cell that is shown, in characters.
const MAX_CELL_CHARS: usize = 200;

/// Sealed bytes that are read at most: five rows are found in far fewer, unless the answer is no table.
const MAX_READ_BYTES: u64 = 1 << 20;

/// Masked bytes that are looked at most; the sealed ones may be compressed.
const MAX_MASKED_BYTES: usize = 2 << 20;

/// Five rows, masked as the viewer may see them.
#[utoipa::path(
    get, path = "/api/v1/approvals/{id}/sample", operation_id = "getSample", tag = "approvals",
    params(("id" = String, Path, description = "Approval id.")),
    responses(
        (status = 200, description = "The rows.", body = Sample),
        (status = 401, description = "Not signed in.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not yours to see.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store or the audit journal does not answer.", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_sample(
    State(control): State<Arc<Control>>,
    viewer: Viewer,
    Named(id): Named,
) -> Result<Json<Sample>, ControlError> {
    let seen = Seen::load(&control, &viewer, id).await?;
    let subject = &viewer.subject;
    let record = AuditRecord::new(Kind::Sampled, seen.now)
        .subject(subject.id().as_str(), subject.roles().iter().map(|r| r.as_str()))
        .source(viewer.source)
        .approval(&id.to_string())
        .route(&seen.approval.exhibit().route);
    control.evidence.synced(&record).await?;
    if !seen.approval.phase().is_open() {
        return Ok(Json(nothing(SampleNote::HoldDestroyed)));
    }
    let rules = Arc::clone(&control.rules);
    let vault = Arc::clone(&control.vault);
    let environment = viewer.environment(seen.now);
    let read = move || match vault.read(id) {
        Ok(mut hold) => Ok(sample(&mut hold, &*rules, &viewer, &environment)),
        Err(VaultError::Missing(_)) => Ok(nothing(SampleNote::HoldDestroyed)),
        Err(error) => Err(error),
    };
    let outcome = tokio::task::spawn_blocking(read).await;
    let outcome = outcome.map_err(|_| ControlError::Internal("a sample could not be made"))?;
    outcome.map(Json).map_err(|error| {
        tracing::error!(%error, "control: a sealed answer could not be read");
        ControlError::Internal("a sealed answer could not be read")
    })
}

fn nothing(note: SampleNote) -> Sample {
    Sample {
        columns: Vec::new(),
        rows: Vec::new(),
        note_code: Some(note),
    }
}

fn sample(hold: &mut HoldReader, rules: &dyn Rules, viewer: &Viewer, environment: &Environment) -> Sample {
    let Some(SamplePlan { plan, records }) = rules.sample_plan(&viewer.subject, environment, hold.meta()) else {
        return nothing(SampleNote::NotAvailable);
    };
    let headers = answer_headers(hold.meta());
    let head = AnswerHead {
        method: &hold.meta().request.method.clone(),
        status: hold.meta().head.status,
        headers: &headers,
    };
    let Ok(answer) = Answer::new(&head, plan, &BodyLimits::default()) else {
        return nothing(SampleNote::NotAvailable);
    };
    let Some((format, masked)) = mask_beginning(hold, answer) else {
        return nothing(SampleNote::NotAvailable);
    };
    let table = match format {
        Format::Json => json_rows::of_document(&masked, records.as_deref()),
        Format::Ndjson => json_rows::of_lines(&masked),
        Format::Csv => table_rows::of(&masked, &headers),
        _ => None,
    };
    match table {
        Some(table) if !table.columns.is_empty() => table.into_sample(),
        _ => nothing(SampleNote::NotTabular),
    }
}

fn answer_headers(meta: &HoldMeta) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &meta.head.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    headers
}

/// The beginning of the answer, masked; `None` if nothing of it can be shown.
fn mask_beginning(hold: &mut HoldReader, mut answer: Answer) -> Option<(Format, Vec<u8>)> {
    let mut masked = Vec::new();
    let mut read = 0;
    let whole = loop {
        let Some(chunk) = hold.next_chunk().ok()? else {
            break true;
        };
        read += chunk.len() as u64;
        answer.push(chunk, &mut masked).ok()?;
        while answer.is_behind() && masked.len() < MAX_MASKED_BYTES {
            answer.push(&[], &mut masked).ok()?;
        }
        if read >= MAX_READ_BYTES || masked.len() >= MAX_MASKED_BYTES {
            break false;
        }
    };
    let format = answer.format();
    if whole && !answer.is_behind() {
        let summary = answer.finish(&mut masked).ok()?;
        return Some((format.unwrap_or(summary.format), masked));
    }
    Some((format?, masked))
}

/// Rows with columns in order of appearance.
#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<Option<String>>>,
}

impl Table {
    fn into_sample(self) -> Sample {
        let width = self.columns.len().min(MAX_COLUMNS);
        let rows = self.rows.into_iter().map(|mut row| {
            row.resize(width, None);
            row
        });
        Sample {
            rows: rows.collect(),
            columns: self.columns.into_iter().take(width).map(|c| shorten(&c)).collect(),
            note_code: Some(SampleNote::MaskedForYou),
        }
    }
}

fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_CELL_CHARS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
