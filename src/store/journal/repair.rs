//! How a journal resumes by itself after its disk failed or its file was taken away.

use super::disk::{DiskFile, write_all};
use super::files;
use super::writer::Writer;
use crate::audit::{AuditRecord, ChainHead, Kind};

/// How much of a file is copied at a time, in bytes.
const COPY_BYTES: usize = 256 * 1024;

impl Writer {
    /// Tries to make the journal whole again. Nothing that was written is given up.
    pub fn repair(&mut self) -> Result<(), String> {
        let outcome = if self.file.is_at(&self.path) {
            self.rewrite()
        } else {
            self.restore()
        };
        match outcome {
            Ok(()) => {
                self.broken = None;
                self.dirty_tail = false;
                tracing::info!("the audit journal can be written again");
                Ok(())
            }
            Err(error) => {
                self.broken = Some(error.to_string());
                Err(error.to_string())
            }
        }
    }

    /// After a failed sync nobody knows which bytes the disk has: the unsynced ones are written again.
    fn rewrite(&mut self) -> std::io::Result<()> {
        let from = self.written - self.unsynced.len() as u64;
        self.file.set_len(from)?;
        write_all(&*self.file, &self.unsynced, from)?;
        self.file.sync()
    }

    /// The file was removed or replaced: its content, which the open handle still has, is put back under its name.
    fn restore(&mut self) -> std::io::Result<()> {
        // Never makes the directory: an unmounted volume must not be written beside.
        if !self.directory.is_dir() {
            return Err(std::io::Error::new(
                std::io::ErrorKind::NotFound,
                "its directory is not there",
            ));
        }
        if self.path.symlink_metadata().is_ok() {
            std::fs::rename(&self.path, files::aside(&self.path, "foreign"))?;
        }
        let file = self.disk.create(&self.path)?;
        if let Err(error) = copy(&*self.file, &*file, self.written).and_then(|()| file.sync()) {
            let _ = std::fs::remove_file(&self.path);
            return Err(error);
        }
        self.disk.sync_directory(&self.directory)?;
        self.file = file;
        self.generation += 1;
        self.unsynced.clear();
        self.note_restored();
        Ok(())
    }

    /// Adds a record about it after what is pending.
    fn note_restored(&mut self) {
        let record = AuditRecord::new(Kind::FileRestored, self.clock.now()).file(&files::short(&self.path));
        self.head = self.head.append(&record, &mut self.pending);
    }

    /// Syncs what is written and fills both slots of the head file, so that it can be read from now on, whenever.
    pub fn vouch(&mut self) -> std::io::Result<()> {
        self.file.sync()?;
        self.unsynced.clear();
        self.head_file.write(&self.written_head)?;
        self.head_file.write(&self.written_head)?;
        self.head_file.sync()
    }

    /// Writes the head file, and makes it anew if it was taken away.
    pub fn write_head(&mut self, head: &ChainHead) -> Result<(), String> {
        let mut write = || {
            if !self.head_file.is_there(&self.directory) {
                self.head_file.replace(&*self.disk, &self.directory)?;
            }
            self.head_file.write(head)
        };
        write().map_err(|error| format!("its head file: {error}"))
    }
}

fn copy(from: &dyn DiskFile, to: &dyn DiskFile, length: u64) -> std::io::Result<()> {
    let mut buffer = vec![0; COPY_BYTES];
    let mut offset = 0;
    while offset < length {
        let wanted = usize::try_from(length - offset).unwrap_or(COPY_BYTES).min(COPY_BYTES);
        let count = from.read_at(&mut buffer[..wanted], offset)?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        write_all(to, &buffer[..count], offset)?;
        offset += count as u64;
    }
    Ok(())
}
