//! The embedded store: one SQLite file for one instance.
//!
//! Two threads own a connection each, so that a session that is touched never waits behind a vote that is synced: approvals and accounts
//! are written with `synchronous=FULL` (on the disk before the answer), sessions with `NORMAL` (a power cut may cost seconds of idle time).

mod accounts;
mod approvals;
mod schema;
mod sessions;
mod worker;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;

use super::{Health, StoreError};
use crate::clock::Clock;
use worker::{Durability, Worker};

/// The embedded store.
pub(super) struct SqliteStore {
    clock: Arc<dyn Clock>,
    durable: Worker,
    sessions: Worker,
}

impl SqliteStore {
    /// Opens or makes the file.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        if path.as_os_str().is_empty() {
            return Err(StoreError::Address("`sqlite:` needs a path".to_owned()));
        }
        if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
            std::fs::create_dir_all(directory)
                .map_err(|error| StoreError::Address(format!("`{}`: {error}", directory.display())))?;
        }
        let durable = Worker::start(path, Durability::Full)?;
        let sessions = Worker::start(path, Durability::Normal)?;
        Ok(Self {
            clock,
            durable,
            sessions,
        })
    }
}

#[async_trait]
impl Health for SqliteStore {
    async fn ping(&self) -> Result<(), StoreError> {
        self.durable
            .call(|connection| Ok(connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?))
            .await
    }
}

#[cfg(test)]
mod tests;
