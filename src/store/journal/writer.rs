//! The writer: what is under the journal's one lock.

use std::path::PathBuf;
use std::sync::Arc;

use super::JournalError;
use super::disk::{Disk, DiskFile, write_all};
use super::files;
use super::head::HeadFile;
use crate::audit::{AuditRecord, ChainHead, Kind};
use crate::clock::Clock;

/// The most evidence that may wait for the disk, in bytes: what is not synced yet is kept to be written again after a failed sync, and a
/// disk that stands still must not fill the memory.
const MAX_UNSYNCED_BYTES: usize = 16 * 1024 * 1024;
/// The most lazily taken evidence that may wait for a write, in bytes.
const MAX_PENDING_BYTES: usize = 1024 * 1024;

/// The journal's state. Lines go from `pending` to the file and `unsynced`, and from there away after a sync.
pub(super) struct Writer {
    pub disk: Arc<dyn Disk>,
    pub clock: Arc<dyn Clock>,
    pub directory: PathBuf,
    pub rotate_bytes: u64,
    pub file: Arc<dyn DiskFile>,
    pub path: PathBuf,
    /// Which file this is: a sync that began before a rotation says nothing of the file after it.
    pub generation: u64,
    /// INVARIANT: the file's first `written` bytes are whole lines of one chain that ends at `written_head`.
    pub written: u64,
    pub written_head: ChainHead,
    /// Lines that are chained and not written yet; the chain after them ends at `head`.
    pub pending: Vec<u8>,
    pub head: ChainHead,
    /// The last bytes of the written ones, from the first that is not known to be on the disk.
    pub unsynced: Vec<u8>,
    /// Bytes of a failed write may stand after `written`.
    pub dirty_tail: bool,
    /// Why nothing can be written until the repair succeeds.
    pub broken: Option<String>,
    pub head_file: HeadFile,
    /// INVARIANT: held as long as the journal is open; released by the operating system if the process dies.
    pub _lock: std::fs::File,
}

impl Writer {
    pub fn status(&self) -> Result<(), JournalError> {
        match &self.broken {
            Some(reason) => Err(JournalError::NotWritable(reason.clone())),
            None if self.dirty_tail => Err(JournalError::NotWritable("the last write failed".to_owned())),
            None => Ok(()),
        }
    }

    pub fn head(&self) -> ChainHead {
        self.head
    }

    /// Chains and writes a record; gives its number. If it cannot be written, it is as if it had never been asked for.
    pub fn append(&mut self, record: &AuditRecord) -> Result<u64, JournalError> {
        let (length, before) = (self.pending.len(), self.head);
        self.head = self.head.append(record, &mut self.pending);
        let seq = self.head.seq;
        if let Err(error) = self.flush() {
            self.pending.truncate(length);
            self.head = before;
            return Err(error);
        }
        self.rotate_if_full();
        Ok(seq)
    }

    /// Chains a record and lets the write wait; gives its number.
    pub fn append_lazy(&mut self, record: &AuditRecord) -> Result<u64, JournalError> {
        if self.pending.len() >= MAX_PENDING_BYTES {
            return Err(JournalError::Backlog(self.pending.len()));
        }
        self.head = self.head.append(record, &mut self.pending);
        Ok(self.head.seq)
    }

    /// Writes what is pending, whole or not at all.
    pub fn flush(&mut self) -> Result<(), JournalError> {
        if let Some(reason) = &self.broken {
            return Err(JournalError::NotWritable(reason.clone()));
        }
        if self.unsynced.len() + self.pending.len() > MAX_UNSYNCED_BYTES {
            return Err(JournalError::Backlog(self.unsynced.len()));
        }
        self.cut_dirty_tail()?;
        if let Err(error) = write_all(&*self.file, &self.pending, self.written) {
            self.dirty_tail = true;
            // If cutting fails too, it is tried again before the next write.
            let _ = self.cut_dirty_tail();
            return Err(JournalError::NotWritable(error.to_string()));
        }
        self.written += self.pending.len() as u64;
        self.written_head = self.head;
        self.unsynced.extend_from_slice(&self.pending);
        self.pending.clear();
        Ok(())
    }

    fn cut_dirty_tail(&mut self) -> Result<(), JournalError> {
        if self.dirty_tail {
            let cut = self.file.set_len(self.written);
            cut.map_err(|error| JournalError::NotWritable(error.to_string()))?;
            self.dirty_tail = false;
        }
        Ok(())
    }

    /// Goes on in a new file. If that cannot be made, the old one is used on: evidence before tidiness.
    fn rotate_if_full(&mut self) {
        if self.written < self.rotate_bytes {
            return;
        }
        if let Err(error) = self.rotate() {
            tracing::warn!(%error, "the audit journal could not be rotated and goes on in the same file");
            // Not tried again for each record.
            self.rotate_bytes = self.written.saturating_mul(2);
        }
    }

    fn rotate(&mut self) -> std::io::Result<()> {
        self.file.sync()?;
        let opened = NewFile::create(&*self.disk, &self.directory, self.written_head, &*self.clock)?;
        self.disk.sync_directory(&self.directory)?;
        self.adopt(opened);
        Ok(())
    }

    pub fn adopt(&mut self, opened: NewFile) {
        self.generation += 1;
        self.file = opened.file;
        self.path = opened.path;
        self.written = opened.first_line.len() as u64;
        self.written_head = opened.head;
        self.head = opened.head;
        self.unsynced.clear();
        self.unsynced.extend_from_slice(&opened.first_line);
    }
}

/// A file that was just made, with its first line: from where the chain goes on.
pub(super) struct NewFile {
    pub file: Arc<dyn DiskFile>,
    pub path: PathBuf,
    pub first_line: Vec<u8>,
    pub head: ChainHead,
}

impl NewFile {
    pub fn create(
        disk: &dyn Disk,
        directory: &std::path::Path,
        after: ChainHead,
        clock: &dyn Clock,
    ) -> std::io::Result<Self> {
        let name = files::name(after.seq + 1);
        let path = directory.join(&name);
        let file = disk.create(&path)?;
        let record = AuditRecord::new(Kind::FileOpened, clock.now())
            .file(&name)
            .prev(&after.hash_text());
        let mut first_line = Vec::new();
        let head = after.append(&record, &mut first_line);
        if let Err(error) = write_all(&*file, &first_line, 0) {
            // An empty file would stand in the way of the next try.
            let _ = std::fs::remove_file(&path);
            return Err(error);
        }
        Ok(Self {
            file,
            path,
            first_line,
            head,
        })
    }
}
