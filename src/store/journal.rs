//! The audit journal: append-only JSON Lines in a directory, hash-chained, rotated, synced in groups.
//!
//! Purpose: evidence that is on its way to the disk before anything is forwarded, and on the disk before anything is released.
//!
//! Guarantee 5 of `docs/guarantees.md`: [`Journal::append`] returns after `write(2)` took the whole line, and a background thread syncs
//! at most [`GROUP_MS`] later; [`Journal::append_synced`] returns after the sync. A record that cannot be written is an error, and the
//! caller refuses the request; a half-written line is cut off again, and writing resumes by itself when the disk takes it.
//!
//! Exceptions: [`Journal::append_lazy`] lets the end of a request wait for the next write, at most [`GROUP_MS`]. One process writes a
//! directory at a time; a lock file sees to that.

mod disk;
mod files;
mod head;
mod recover;
mod repair;
mod syncer;
mod verify;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use crate::audit::{AuditRecord, ChainHead};
use crate::clock::Clock;
use crate::store::MasterKey;

use disk::{Disk, RealDisk};
use syncer::{Shared, Syncer};
use writer::Writer;

pub use verify::{Broken, HeadCheck, Report, verify};

/// How late a written record may reach the disk, in milliseconds.
pub const GROUP_MS: u64 = 50;
/// The smallest size at which a file is rotated, in bytes: smaller ones make a directory nobody can read.
pub const MIN_ROTATE_BYTES: u64 = 64 * 1024;
/// The size at which a file is rotated unless configured, in bytes.
pub const DEFAULT_ROTATE_BYTES: u64 = 64 * 1024 * 1024;

/// Why evidence could not be written or opened. The caller refuses what it wanted to record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The directory or its files cannot be opened.
    #[error("the audit directory `{path}` cannot be used: {reason}")]
    Open {
        /// What.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Another process writes there.
    #[error("the audit directory `{path}` is in use by another process")]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// The record could not be written.
    #[error("the audit journal cannot be written: {0}")]
    NotWritable(String),
    /// The record was written and could not be synced.
    #[error("the audit journal cannot be synced to disk: {0}")]
    NotSynced(String),
    /// More evidence waits than memory is given for: the disk does not keep up.
    #[error("the audit journal does not keep up: {0} bytes wait for the disk")]
    Backlog(usize),
}

/// Where and how to write.
#[derive(Clone, Debug)]
pub struct JournalOptions {
    /// The directory; made if it is not there when the journal is opened, and never afterwards.
    pub directory: PathBuf,
    /// Rotates a file that is this long, in bytes; at least [`MIN_ROTATE_BYTES`].
    pub rotate_bytes: u64,
    /// Seals the head file, so that only who has the master key can vouch for a shorter chain.
    pub key: Option<MasterKey>,
}

impl JournalOptions {
    /// Options with defaults.
    pub fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            rotate_bytes: DEFAULT_ROTATE_BYTES,
            key: None,
        }
    }
}

/// Proof that a record was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its number in the chain.
    pub seq: u64,
}

/// The writer of the evidence. Share it in an `Arc`; dropping it syncs what is left.
pub struct Journal {
    shared: Arc<Shared>,
    syncer: Option<Syncer>,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal")
            .field("head", &self.head())
            .finish_non_exhaustive()
    }
}

impl Journal {
    /// Opens the journal of a directory and goes on where it ended; what a crash left incomplete is moved aside and noted.
    pub fn open(options: &JournalOptions, clock: Arc<dyn Clock>) -> Result<Self, JournalError> {
        Self::open_on(options, clock, Arc::new(RealDisk))
    }

    fn open_on(options: &JournalOptions, clock: Arc<dyn Clock>, disk: Arc<dyn Disk>) -> Result<Self, JournalError> {
        let writer: Writer = recover::open(options, clock, disk)?;
        let shared = Arc::new(Shared::new(Mutex::new(writer)));
        let syncer = Syncer::start(Arc::clone(&shared)).map_err(|error| JournalError::Open {
            path: options.directory.clone(),
            reason: format!("no thread could be started: {error}"),
        })?;
        let journal = Self {
            shared,
            syncer: Some(syncer),
        };
        journal.shared.poke(true);
        Ok(journal)
    }

    /// Writes a record: returns after `write(2)` took it. It is synced at most [`GROUP_MS`] later.
    pub fn append(&self, record: &AuditRecord) -> Result<Receipt, JournalError> {
        let seq = self.shared.writer.lock().append(record)?;
        self.shared.poke(false);
        Ok(Receipt { seq })
    }

    /// Takes a record that may wait: it is written with the next record or within [`GROUP_MS`], whichever is first.
    pub fn append_lazy(&self, record: &AuditRecord) -> Result<Receipt, JournalError> {
        let seq = self.shared.writer.lock().append_lazy(record)?;
        self.shared.poke(false);
        Ok(Receipt { seq })
    }

    /// Writes a record and waits until it is on the disk. Calls that wait at the same time share one sync.
    pub async fn append_synced(&self, record: &AuditRecord) -> Result<Receipt, JournalError> {
        let mut synced = self.shared.subscribe();
        let seq = self.shared.writer.lock().append(record)?;
        self.shared.poke(true);
        synced.reached(seq).await?;
        Ok(Receipt { seq })
    }

    /// [`Journal::append_synced`] for callers that may block, such as commands.
    pub fn append_synced_blocking(&self, record: &AuditRecord) -> Result<Receipt, JournalError> {
        let synced = self.shared.subscribe();
        let seq = self.shared.writer.lock().append(record)?;
        self.shared.poke(true);
        synced.wait_for(&self.shared, seq)?;
        Ok(Receipt { seq })
    }

    /// Whether evidence can be written at this moment, for readiness.
    pub fn status(&self) -> Result<(), JournalError> {
        self.shared.writer.lock().status()
    }

    /// The number and hash of the last record.
    pub fn head(&self) -> ChainHead {
        self.shared.writer.lock().head()
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        if let Some(syncer) = self.syncer.take() {
            syncer.stop();
        }
    }
}

#[cfg(test)]
mod tests;
