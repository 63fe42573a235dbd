//! Destroying holds.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::format::{HEADER_BYTES, Header};
use super::writer::{FINISHED, UNFINISHED, erase};
use super::{HoldVault, VaultError};
use crate::approval::ApprovalId;
use crate::clock::Timestamp;

/// How long an unfinished file may lie untouched before it is taken for what a crash left: a day; no answer takes so long.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// What a sweep did.
#[derive(Debug, Default)]
pub struct Swept {
    /// The holds that were destroyed.
    pub destroyed: Vec<ApprovalId>,
    /// Files that could not be destroyed, with why; tried again at the next sweep.
    pub failed: Vec<(PathBuf, VaultError)>,
}

impl HoldVault {
    /// Destroys a hold: its key is overwritten, then the file is removed. `false` if there was none. Blocks on the disk.
    pub fn destroy(&self, id: ApprovalId) -> Result<bool, VaultError> {
        let path = self.path(id, FINISHED);
        if !path.try_exists()? {
            return Ok(false);
        }
        destroy_file(&path)?;
        File::open(&self.directory)?.sync_all()?;
        Ok(true)
    }

    /// Destroys every hold whose time is over, and what crashes left behind. Blocks on the disk.
    pub fn destroy_expired(&self, now: Timestamp) -> Result<Swept, VaultError> {
        let mut swept = Swept::default();
        for entry in std::fs::read_dir(&self.directory)? {
            let path = entry?.path();
            match self.sweep(&path, now) {
                Ok(Some(id)) => swept.destroyed.push(id),
                Ok(None) => {}
                Err(error) => swept.failed.push((path, error)),
            }
        }
        Ok(swept)
    }

    fn sweep(&self, path: &Path, now: Timestamp) -> Result<Option<ApprovalId>, VaultError> {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let id = |suffix| name.strip_suffix(suffix).and_then(|id| id.parse::<ApprovalId>().ok());
        let (id, finished) = match (id(FINISHED), id(UNFINISHED)) {
            (Some(id), _) => (id, true),
            (None, Some(id)) => (id, false),
            (None, None) => return Ok(None),
        };
        let mut header = [0; HEADER_BYTES];
        let whole = File::open(path)?.read_exact(&mut header).is_ok();
        let expired = match Header::peek(&header).filter(|_| whole) {
            Some(header) => now >= header.destroy_after,
            // Nothing can be read of it any more; a file that is being begun has its header a moment later.
            None => finished,
        };
        if !expired && (finished || !abandoned(path)?) {
            return Ok(None);
        }
        destroy_file(path)?;
        Ok(Some(id))
    }
}

fn abandoned(path: &Path) -> Result<bool, VaultError> {
    let touched = std::fs::metadata(path)?.modified()?;
    // The file system's own clock on both sides; a file from the future is not abandoned.
    Ok(touched.elapsed().is_ok_and(|age| age > ABANDONED_AFTER))
}

fn destroy_file(path: &Path) -> Result<(), VaultError> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    // A file that cannot be overwritten is removed all the same.
    let erased = erase(&mut file);
    std::fs::remove_file(path)?;
    Ok(erased?)
}
