//! `overcoat approvals list|show`: what the store knows of approvals, for operators at a terminal.

use std::io::{self, Write};

use crate::approval::{Approval, ApprovalId, State};
use crate::clock::Timestamp;
use crate::store::{ApprovalQuery, ApprovalStore, StoreError};

/// How many approvals one call of the store gives.
const PAGE: usize = 100;
/// How much of an event's comment is shown in a list, in characters.
const COMMENT_CHARS: usize = 120;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalsError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The terminal did not take the text.
    #[error(transparent)]
    Output(#[from] io::Error),
    /// There is no such approval.
    #[error("there is no approval `{0}`")]
    Missing(ApprovalId),
}

/// Prints one line for each approval, at most `limit`: id, state, requester, records, route, since when.
pub async fn list(
    store: &(impl ApprovalStore + ?Sized),
    query: &ApprovalQuery,
    limit: usize,
    out: &mut (dyn Write + Send),
) -> Result<(), ApprovalsError> {
    let mut left = limit;
    let mut cursor = None;
    loop {
        let page = store.list(query, cursor.as_deref(), left.min(PAGE)).await?;
        for approval in &page.items {
            writeln!(out, "{}", line(approval))?;
        }
        left = left.saturating_sub(page.items.len());
        cursor = page.next;
        if cursor.is_none() || left == 0 {
            return Ok(());
        }
    }
}

fn line(approval: &Approval) -> String {
    let records = approval
        .exhibit()
        .records
        .map_or_else(|| "?".to_owned(), |records| records.to_string());
    format!(
        "{}  {:<10}  {:<16}  {:>9} records  {}  {}",
        approval.id(),
        approval.phase().as_str(),
        plain(approval.requester().id.as_str()),
        records,
        approval.created_at().to_rfc3339(),
        plain(&approval.exhibit().route),
    )
}

/// Prints everything of one approval.
pub async fn show(
    store: &(impl ApprovalStore + ?Sized),
    id: ApprovalId,
    out: &mut (dyn Write + Send),
) -> Result<(), ApprovalsError> {
    let approval = store.load(id).await?.ok_or(ApprovalsError::Missing(id))?;
    let now = store.now().await?;
    write_head(&approval, now, out)?;
    write_exhibit(&approval, out)?;
    write_chain(&approval, out)?;
    write_timeline(&approval, out)?;
    Ok(())
}

fn write_head(approval: &Approval, now: Timestamp, out: &mut dyn Write) -> io::Result<()> {
    let requester = approval.requester();
    let roles: Vec<&str> = requester.roles.iter().map(crate::subject::Role::as_str).collect();
    writeln!(out, "approval   {}", approval.id())?;
    writeln!(out, "state      {}", state(approval, now))?;
    writeln!(
        out,
        "requester  {} ({}), {}",
        plain(requester.id.as_str()),
        plain(&requester.display_name),
        roles.join(", ")
    )?;
    writeln!(
        out,
        "purpose    {}",
        approval.purpose().map_or_else(|| "not stated yet".to_owned(), plain)
    )?;
    writeln!(out, "digest     {}", approval.digest())
}

fn state(approval: &Approval, now: Timestamp) -> String {
    let waits = match approval.state() {
        State::Held { until } => format!(", waits for its purpose until {}", until.to_rfc3339()),
        State::Pending { until, .. } => {
            let level = approval.current_level().map_or("", |(_, level)| level.name.as_str());
            format!(", waits for `{level}` until {}", until.to_rfc3339())
        }
        State::Approved { until } => format!(", can be redeemed until {}", until.to_rfc3339()),
        State::Redeemed { at }
        | State::Rejected { at }
        | State::Withdrawn { at }
        | State::Revoked { at }
        | State::Lapsed { at } => format!(" at {}", at.to_rfc3339()),
    };
    let over = approval.deadline().is_some_and(|until| now >= until);
    format!(
        "{}{waits}{}",
        approval.phase().as_str(),
        if over { " (time ran out)" } else { "" }
    )
}

fn write_exhibit(approval: &Approval, out: &mut dyn Write) -> io::Result<()> {
    let exhibit = approval.exhibit();
    writeln!(
        out,
        "what       {} {} ({})",
        plain(&exhibit.method),
        plain(&exhibit.path),
        plain(&exhibit.route)
    )?;
    for filter in &exhibit.filters {
        writeln!(out, "  filter   {} = {}", plain(&filter.name), plain(&filter.shown))?;
    }
    let records = exhibit
        .records
        .map_or_else(|| "an unknown number of".to_owned(), |records| records.to_string());
    writeln!(
        out,
        "  size     {records} records, {} bytes, {}",
        exhibit.bytes,
        plain(&exhibit.format)
    )?;
    for released in &exhibit.classes {
        writeln!(
            out,
            "  class    {} {} ({})",
            plain(&released.class),
            released.rendering.as_str(),
            released.count
        )?;
    }
    Ok(())
}

fn write_chain(approval: &Approval, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "chain      {}", plain(&approval.chain().name))?;
    for (index, level) in approval.chain().levels.iter().enumerate() {
        let votes: Vec<&str> = approval
            .votes()
            .iter()
            .filter(|vote| vote.level == index)
            .map(|vote| vote.person.as_str())
            .collect();
        writeln!(
            out,
            "  level    {} ({} of {}): {}",
            plain(&level.name),
            votes.len(),
            level.quorum,
            votes.join(", ")
        )?;
    }
    Ok(())
}

fn write_timeline(approval: &Approval, out: &mut dyn Write) -> io::Result<()> {
    for event in approval.timeline() {
        let who = event.who.as_ref().map_or("-", crate::subject::SubjectId::as_str);
        let comment: String = event
            .comment
            .as_deref()
            .unwrap_or_default()
            .chars()
            .take(COMMENT_CHARS)
            .collect();
        writeln!(
            out,
            "{}  {:?} by {}  {}",
            event.at.to_rfc3339(),
            event.kind,
            plain(who),
            plain(&comment)
        )?;
    }
    Ok(())
}

/// Text of people, without control characters: a comment must not move the cursor of a terminal.
fn plain(text: &str) -> String {
    text.chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect()
}
