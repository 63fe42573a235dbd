//! Accounts in SQLite.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::SqliteStore;
use super::worker::Failure;
use crate::store::StoreError;
use crate::store::accounts::{Account, AccountStore, AddOutcome, UpdateOutcome};
use crate::subject::SubjectId;

#[async_trait]
impl AccountStore for SqliteStore {
    async fn add_account(&self, account: &Account) -> Result<AddOutcome, StoreError> {
        let (id, version, body) = (account.id.to_string(), version(account)?, account.to_json());
        let add = "INSERT INTO accounts (id, version, body) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO NOTHING";
        self.durable
            .call(move |connection| {
                let added = connection.execute(add, params![id, version, body])?;
                Ok(if added == 1 {
                    AddOutcome::Added
                } else {
                    AddOutcome::Exists
                })
            })
            .await
    }

    async fn load_account(&self, id: &SubjectId) -> Result<Option<Account>, StoreError> {
        let id = id.to_string();
        self.durable
            .call(move |connection| {
                let mut statement = connection.prepare_cached("SELECT body FROM accounts WHERE id = ?1")?;
                let body: Option<String> = statement.query_row([&id], |row| row.get(0)).optional()?;
                Ok(body.map(|body| Account::from_json(&id, &body)).transpose()?)
            })
            .await
    }

    async fn list_accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.durable.call(|connection| list(connection)).await
    }

    async fn update_account(&self, changed: &Account) -> Result<UpdateOutcome, StoreError> {
        let (id, version, body) = (changed.id.to_string(), version(changed)?, changed.to_json());
        self.durable
            .call(move |connection| update(connection, &id, version, &body))
            .await
    }
}

fn version(account: &Account) -> Result<i64, StoreError> {
    i64::try_from(account.version).map_err(|_| StoreError::Misuse("its version is out of range"))
}

fn list(connection: &Connection) -> Result<Vec<Account>, Failure> {
    let mut statement = connection.prepare_cached("SELECT id, body FROM accounts ORDER BY id")?;
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(String, String)>, _>>()?;
    Ok(rows
        .iter()
        .map(|(id, body)| Account::from_json(id, body))
        .collect::<Result<_, _>>()?)
}

fn update(connection: &mut Connection, id: &str, version: i64, body: &str) -> Result<UpdateOutcome, Failure> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let kept: Option<i64> = transaction
        .query_row("SELECT version FROM accounts WHERE id = ?1", [id], |row| row.get(0))
        .optional()?;
    match kept {
        None => return Ok(UpdateOutcome::Missing),
        Some(kept) if kept != version - 1 => return Ok(UpdateOutcome::Conflict),
        Some(_) => {}
    }
    transaction.execute(
        "UPDATE accounts SET version = ?2, body = ?3 WHERE id = ?1",
        params![id, version, body],
    )?;
    transaction.commit()?;
    Ok(UpdateOutcome::Done)
}
