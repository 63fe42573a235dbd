//! Sessions in SQLite.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::SqliteStore;
use super::worker::Failure;
use crate::clock::Timestamp;
use crate::store::StoreError;
use crate::store::sessions::{SessionKey, SessionRecord, SessionStore, key_from_text};
use crate::subject::SubjectId;

#[async_trait]
impl SessionStore for SqliteStore {
    async fn open_session(&self, key: &SessionKey, record: &SessionRecord) -> Result<(), StoreError> {
        let (key, record, now) = (*key, record.clone(), self.clock.now());
        self.sessions
            .call(move |connection| open(connection, &key, &record, now))
            .await
    }

    async fn load_session(&self, key: &SessionKey) -> Result<Option<SessionRecord>, StoreError> {
        let (key, now) = (*key, self.clock.now());
        let found = self.sessions.call(move |connection| load(connection, &key)).await?;
        Ok(found.filter(|record| !record.is_over(now)))
    }

    async fn touch_session(&self, key: &SessionKey) -> Result<Option<SessionRecord>, StoreError> {
        let (key, now) = (*key, self.clock.now());
        self.sessions.call(move |connection| touch(connection, &key, now)).await
    }

    async fn end_session(&self, key: &SessionKey) -> Result<bool, StoreError> {
        let key = key.to_string();
        self.sessions
            .call(move |connection| Ok(connection.execute("DELETE FROM sessions WHERE id = ?1", [key])? > 0))
            .await
    }

    async fn sessions_of(&self, subject: &SubjectId) -> Result<Vec<(SessionKey, SessionRecord)>, StoreError> {
        let (subject, now) = (subject.to_string(), self.clock.now());
        self.sessions
            .call(move |connection| of(connection, &subject, now))
            .await
    }

    async fn end_sessions_of(&self, subject: &SubjectId) -> Result<u64, StoreError> {
        let (subject, now) = (subject.to_string(), self.clock.now());
        let end = "DELETE FROM sessions WHERE subject = ?1 AND over_at > ?2";
        self.sessions
            .call(move |connection| Ok(connection.execute(end, params![subject, now.as_millis()])? as u64))
            .await
    }
}

fn open(connection: &mut Connection, key: &SessionKey, record: &SessionRecord, now: Timestamp) -> Result<(), Failure> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // What is over is cleared away when somebody signs in: no thread has to.
    transaction.execute("DELETE FROM sessions WHERE over_at <= ?1", [now.as_millis()])?;
    transaction.execute(
        "INSERT INTO sessions (id, subject, over_at, body) VALUES (?1, ?2, ?3, ?4)",
        params![
            key.to_string(),
            record.subject.as_str(),
            record.over_at().as_millis(),
            record.to_json()
        ],
    )?;
    Ok(transaction.commit()?)
}

fn load(connection: &Connection, key: &SessionKey) -> Result<Option<SessionRecord>, Failure> {
    let mut statement = connection.prepare_cached("SELECT body FROM sessions WHERE id = ?1")?;
    let body: Option<String> = statement.query_row([key.to_string()], |row| row.get(0)).optional()?;
    Ok(body.map(|body| SessionRecord::from_json(key, &body)).transpose()?)
}

fn touch(connection: &mut Connection, key: &SessionKey, now: Timestamp) -> Result<Option<SessionRecord>, Failure> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let Some(mut record) = load(&transaction, key)?.filter(|record| !record.is_over(now)) else {
        return Ok(None);
    };
    record.last_used_at = record.last_used_at.max(now);
    transaction.execute(
        "UPDATE sessions SET over_at = ?2, body = ?3 WHERE id = ?1",
        params![key.to_string(), record.over_at().as_millis(), record.to_json()],
    )?;
    transaction.commit()?;
    Ok(Some(record))
}

fn of(connection: &Connection, subject: &str, now: Timestamp) -> Result<Vec<(SessionKey, SessionRecord)>, Failure> {
    let mut statement = connection.prepare_cached("SELECT id, body FROM sessions WHERE subject = ?1 ORDER BY id")?;
    let rows = statement
        .query_map([subject], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(String, String)>, _>>()?;
    let mut sessions = Vec::new();
    for (id, body) in rows {
        let Some(key) = key_from_text(&id) else { continue };
        let record = SessionRecord::from_json(&key, &body)?;
        if !record.is_over(now) {
            sessions.push((key, record));
        }
    }
    Ok(sessions)
}
