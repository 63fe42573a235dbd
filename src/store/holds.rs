//! Sealed holds on disk: the CRM's answer, captured once, encrypted, and released only against a [`Grant`].
//!
//! Purpose: between "asked" and "released" the answer rests where nobody can read it without the master key.
//!
//! Guarantee: a hold is sealed in chunks of 64 KiB with AES-256-GCM (NIST SP 800-38D) under a data key of its own, which is wrapped by a
//! key derived from the master key (HKDF-SHA-256). No byte of a chunk is given before the chunk was verified; a chunk that is changed,
//! moved, missing or added is an error, and so is another hold's file under this name. What fails half-way leaves no file.
//!
//! Exceptions: everything here blocks on the disk. Call [`HoldWriter::finish`], [`HoldVault::destroy`] and the sweeper where blocking is
//! allowed; `push` and `next_chunk` touch the page cache only. A copy of a file that was made before it was destroyed stays readable
//! for who has that copy *and* the master key.
//!
//! The file: header (magic, id, time of destruction, digest, salt, wrapped data key) · chunks · sealed [`HoldMeta`] · its length.

mod format;
mod reader;
mod sweep;
mod text;
mod writer;

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::approval::{ApprovalId, ContentHash, Grant, RequestDigest};
use crate::clock::Timestamp;
use crate::store::MasterKey;

pub use reader::HoldReader;
pub use sweep::Swept;
pub use writer::HoldWriter;

/// Why a hold could not be written, read or destroyed.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The answer is larger than a hold may be.
    #[error("the answer is larger than the {limit} bytes a hold may have")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The disk is too full.
    #[error("the disk for holds has {free} bytes left, and {needed} have to stay free")]
    DiskFull {
        /// What is left, in bytes.
        free: u64,
        /// What has to stay, in bytes.
        needed: u64,
    },
    /// There is no such hold: it was destroyed, or never was.
    #[error("there is no sealed answer for approval {0}")]
    Missing(ApprovalId),
    /// The file is not what was sealed: another key, another hold, changed or cut.
    #[error("the sealed answer of approval {id} cannot be opened: {reason}")]
    Broken {
        /// Whose.
        id: ApprovalId,
        /// What is wrong.
        reason: &'static str,
    },
    /// The grant is for other bytes than these.
    #[error("the sealed answer of approval {0} is not the one that was approved")]
    NotGranted(ApprovalId),
    /// The disk failed.
    #[error("the sealed answer cannot be kept: {0}")]
    Io(#[from] std::io::Error),
    /// The operating system gave no random bytes.
    #[error("the operating system gives no random bytes")]
    Randomness,
}

/// How much may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VaultLimits {
    /// The largest hold, in bytes of the answer.
    pub max_bytes: u64,
    /// What has to stay free on the disk, in bytes.
    pub min_free_bytes: u64,
}

/// Header lines as they came: lowercase names, values as bytes, because HTTP does not promise UTF-8.
pub type HeaderLines = Vec<(String, Vec<u8>)>;

/// The head of the captured answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedHead {
    /// The status.
    pub status: u16,
    /// The header lines as the CRM sent them.
    #[serde(with = "text::lines")]
    pub headers: HeaderLines,
}

/// The request the answer belongs to, so that it can be routed again at release, under the catalog of then.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedRequest {
    /// The method.
    pub method: String,
    /// The canonical target with its raw query.
    pub target: String,
    /// The header lines that routing looks at.
    #[serde(with = "text::lines")]
    pub headers: HeaderLines,
    /// The body, if routing looks at it.
    #[serde(with = "text::body")]
    pub body: Option<Vec<u8>>,
}

/// What is known of an answer besides its bytes; sealed with them, for it can hold originals.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldMeta {
    /// What was asked.
    pub request: AskedRequest,
    /// The head of the answer.
    pub head: SealedHead,
    /// Records, if they could be counted.
    pub records: Option<u64>,
    /// Under which reading of the answer it was shown to approvers: a hash of the catalog and the data classes of then.
    pub reading: String,
}

impl std::fmt::Debug for HoldMeta {
    /// Without anything that could be an original.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HoldMeta")
            .field("status", &self.head.status)
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}

/// What came of sealing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// SHA-256 of the answer's bytes, for the approval's exhibit.
    pub content: ContentHash,
    /// How many bytes the answer has.
    pub bytes: u64,
}

/// The directory of sealed holds.
#[derive(Debug)]
pub struct HoldVault {
    directory: PathBuf,
    key: MasterKey,
    limits: VaultLimits,
}

impl HoldVault {
    /// Opens the vault of a directory; makes it if it is not there.
    pub fn open(directory: &Path, key: MasterKey, limits: VaultLimits) -> Result<Self, VaultError> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(directory)?;
        Ok(Self {
            directory: directory.to_owned(),
            key,
            limits,
        })
    }

    /// Begins to seal an answer. It is destroyed at `destroy_after` whatever the store says.
    pub fn begin(
        &self,
        id: ApprovalId,
        digest: &RequestDigest,
        destroy_after: Timestamp,
    ) -> Result<HoldWriter, VaultError> {
        self.check_space()?;
        let path = self.path(id, writer::UNFINISHED);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        let header = format::Header {
            id,
            destroy_after,
            digest: *digest,
        };
        HoldWriter::begin(Box::new(file), path, self, header)
    }

    /// Opens a hold to look at it, for sample rows: the caller shows what the viewer may see.
    pub fn read(&self, id: ApprovalId) -> Result<HoldReader, VaultError> {
        let file = File::open(self.path(id, writer::FINISHED)).map_err(|error| missing(id, error))?;
        HoldReader::open(file, id, &self.key)
    }

    /// Opens a hold to release it: uses the grant up, and refuses bytes that it is not for.
    pub fn release(&self, grant: &Grant) -> Result<HoldReader, VaultError> {
        let reader = self.read(grant.approval())?;
        if reader.digest() != grant.digest() || reader.content() != grant.content() {
            return Err(VaultError::NotGranted(grant.approval()));
        }
        Ok(reader)
    }

    /// Whether there is a finished hold.
    pub fn holds(&self, id: ApprovalId) -> bool {
        self.path(id, writer::FINISHED).is_file()
    }

    fn path(&self, id: ApprovalId, suffix: &str) -> PathBuf {
        self.directory.join(format!("{id}{suffix}"))
    }

    fn check_space(&self) -> Result<(), VaultError> {
        free_space(&self.directory, self.limits.min_free_bytes)
    }
}

fn missing(id: ApprovalId, error: std::io::Error) -> VaultError {
    if error.kind() == std::io::ErrorKind::NotFound {
        VaultError::Missing(id)
    } else {
        VaultError::Io(error)
    }
}

/// Refuses when less than `needed` bytes are left for somebody who is not root.
fn free_space(directory: &Path, needed: u64) -> Result<(), VaultError> {
    let disk = rustix::fs::statvfs(directory).map_err(std::io::Error::from)?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free < needed {
        Err(VaultError::DiskFull { free, needed })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
