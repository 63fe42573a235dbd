//! Approvals in SQLite.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::SqliteStore;
use super::worker::Failure;
use crate::approval::{Approval, ApprovalId, RequestDigest};
use crate::clock::Timestamp;
use crate::store::StoreError;
use crate::store::approvals::{
    ApprovalStore, Index, Stretch, SwapOutcome, check_swap, is_lapse, member, read, read_listed,
};
use crate::subject::SubjectId;

/// What is written of an approval.
struct Row {
    id: ApprovalId,
    member: String,
    version: i64,
    requester: String,
    digest: String,
    open: bool,
    level: Option<String>,
    until: Option<i64>,
    body: String,
    is_lapse: bool,
}

impl Row {
    fn of(approval: &Approval) -> Result<Self, StoreError> {
        let version =
            i64::try_from(approval.version()).map_err(|_| StoreError::Misuse("its version is out of range"))?;
        Ok(Self {
            id: approval.id(),
            member: member(approval),
            version,
            requester: approval.requester().id.to_string(),
            digest: approval.digest().to_string(),
            open: approval.phase().is_open(),
            level: approval.current_level().map(|(_, level)| level.name.clone()),
            until: approval.deadline().map(Timestamp::as_millis),
            body: approval.to_json(),
            is_lapse: is_lapse(approval),
        })
    }
}

#[async_trait]
impl ApprovalStore for SqliteStore {
    async fn now(&self) -> Result<Timestamp, StoreError> {
        Ok(self.clock.now())
    }

    async fn insert(&self, approval: &Approval) -> Result<Option<Approval>, StoreError> {
        let row = Row::of(approval)?;
        self.durable.call(move |connection| insert(connection, &row)).await
    }

    async fn load(&self, id: ApprovalId) -> Result<Option<Approval>, StoreError> {
        self.durable.call(move |connection| load(connection, id)).await
    }

    async fn find_open(&self, requester: &SubjectId, digest: &RequestDigest) -> Result<Option<Approval>, StoreError> {
        let (requester, digest, now) = (requester.to_string(), digest.to_string(), self.clock.now());
        let found = self
            .durable
            .call(move |connection| find_open(connection, &requester, &digest))
            .await?;
        Ok(found.filter(|approval| approval.deadline().is_some_and(|until| now < until)))
    }

    async fn compare_and_set(&self, expected: u64, next: &Approval) -> Result<SwapOutcome, StoreError> {
        check_swap(expected, next)?;
        let (row, clock) = (Row::of(next)?, std::sync::Arc::clone(&self.clock));
        self.durable
            .call(move |connection| swap(connection, &row, &*clock))
            .await
    }

    async fn scan(&self, index: &Index, after: Option<&str>, limit: usize) -> Result<Stretch, StoreError> {
        let (index, after) = (index.clone(), after.map(str::to_owned));
        self.durable
            .call(move |connection| scan(connection, &index, after.as_deref(), limit))
            .await
    }

    async fn forget_closed(&self, before: Timestamp) -> Result<u64, StoreError> {
        let bound = format!("{:014}", before.as_millis().max(0));
        let forget = "DELETE FROM approvals WHERE open = 0 AND member < ?1";
        self.durable
            .call(move |connection| Ok(connection.execute(forget, [bound])? as u64))
            .await
    }
}

fn begin(connection: &mut Connection) -> Result<Transaction<'_>, Failure> {
    Ok(connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

fn insert(connection: &mut Connection, row: &Row) -> Result<Option<Approval>, Failure> {
    let transaction = begin(connection)?;
    if let Some(existing) = find_open(&transaction, &row.requester, &row.digest)? {
        return Ok(Some(existing));
    }
    transaction.execute(
        "INSERT INTO approvals (id, member, version, requester, digest, open, level, until, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            row.id.to_string(),
            row.member,
            row.version,
            row.requester,
            row.digest,
            row.open,
            row.level,
            row.until,
            row.body
        ],
    )?;
    transaction.commit()?;
    Ok(None)
}

fn load(connection: &Connection, id: ApprovalId) -> Result<Option<Approval>, Failure> {
    let mut statement = connection.prepare_cached("SELECT body FROM approvals WHERE id = ?1")?;
    let body: Option<String> = statement.query_row([id.to_string()], |row| row.get(0)).optional()?;
    Ok(body.map(|body| read(id, &body)).transpose()?)
}

fn find_open(connection: &Connection, requester: &str, digest: &str) -> Result<Option<Approval>, Failure> {
    let query = "SELECT member, body FROM approvals WHERE requester = ?1 AND digest = ?2 AND open = 1";
    let mut statement = connection.prepare_cached(query)?;
    let row: Option<(String, String)> = statement
        .query_row([requester, digest], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((member, body)) = row else { return Ok(None) };
    let id = crate::store::approvals::member_id(&member).ok_or_else(|| StoreError::Corrupt {
        key: "approval".to_owned(),
        reason: "its index entry holds no id".to_owned(),
    })?;
    Ok(Some(read(id, &body)?))
}

/// INVARIANT: reads, compares and writes in one immediate transaction; no other connection writes between.
fn swap(connection: &mut Connection, row: &Row, clock: &dyn crate::clock::Clock) -> Result<SwapOutcome, Failure> {
    let transaction = begin(connection)?;
    let query = "SELECT version, until, body FROM approvals WHERE id = ?1";
    let kept: Option<(i64, Option<i64>, String)> = transaction
        .query_row(query, [row.id.to_string()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((version, until, body)) = kept else {
        return Ok(SwapOutcome::Missing);
    };
    if version != row.version - 1 {
        return Ok(SwapOutcome::Conflict(Box::new(read(row.id, &body)?)));
    }
    if !row.is_lapse && until.is_some_and(|until| clock.now().as_millis() >= until) {
        return Ok(SwapOutcome::Late);
    }
    transaction.execute(
        "UPDATE approvals SET version = ?2, open = ?3, level = ?4, until = ?5, body = ?6 WHERE id = ?1",
        params![
            row.id.to_string(),
            row.version,
            row.open,
            row.level,
            row.until,
            row.body
        ],
    )?;
    transaction.commit()?;
    Ok(SwapOutcome::Done)
}

fn scan(connection: &Connection, index: &Index, after: Option<&str>, limit: usize) -> Result<Stretch, Failure> {
    let (condition, value) = match index {
        Index::All => ("?1 IS NOT NULL", String::from("all")),
        Index::Open => ("open = CAST(?1 AS INTEGER)", String::from("1")),
        Index::Closed => ("open = CAST(?1 AS INTEGER)", String::from("0")),
        Index::Level(level) => ("level = ?1", level.clone()),
        Index::Requester(requester) => ("requester = ?1", requester.to_string()),
    };
    let (order, beyond, start) = if index.newest_first() {
        ("DESC", "<", "~")
    } else {
        ("ASC", ">", "")
    };
    let query = format!(
        "SELECT member, body FROM approvals WHERE {condition} AND member {beyond} ?2 ORDER BY member {order} LIMIT ?3"
    );
    let mut statement = connection.prepare_cached(&query)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement
        .query_map(params![value, after.unwrap_or(start), limit], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<Result<Vec<(String, String)>, _>>()?;
    Ok(read_listed(rows.into_iter().map(|(member, body)| (member, Some(body)))))
}
