//! Sealing an answer as it comes in.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::format::{CHUNK_BYTES, ChunkCipher, ERASE_FROM, HEADER_BYTES, Header, MAX_META_BYTES, Piece, TAG_BYTES};
use super::{HoldMeta, HoldVault, Sealed, VaultError, VaultLimits, free_space};
use crate::approval::ContentHash;

/// The end of the name of a finished hold.
pub(super) const FINISHED: &str = ".hold";
/// The end of the name of one that is being written.
pub(super) const UNFINISHED: &str = ".part";
/// How often the free space is asked, in sealed chunks (4 MiB): a `statvfs` for each would cost more than the sealing.
const SPACE_EVERY_CHUNKS: u32 = 64;

/// What the writer needs of a file; a seam, so that tests can fill the disk.
pub(super) trait HoldFile: Write + Seek + Send {
    /// Makes the content durable.
    fn sync(&self) -> io::Result<()>;
}

impl HoldFile for File {
    fn sync(&self) -> io::Result<()> {
        self.sync_all()
    }
}

/// What is sealed after the chunks.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SealedMeta {
    pub meta: HoldMeta,
    pub content: ContentHash,
    pub bytes: u64,
}

/// Seals an answer as it comes in. Dropped before [`HoldWriter::finish`], it leaves nothing.
pub struct HoldWriter {
    file: Box<dyn HoldFile>,
    path: PathBuf,
    cipher: ChunkCipher,
    limits: VaultLimits,
    chunk: Vec<u8>,
    chunks: u32,
    bytes: u64,
    hasher: Sha256,
    finished: bool,
}

impl std::fmt::Debug for HoldWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HoldWriter")
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl HoldWriter {
    pub(super) fn begin(
        file: Box<dyn HoldFile>,
        path: PathBuf,
        vault: &HoldVault,
        header: Header,
    ) -> Result<Self, VaultError> {
        let sealed = header.seal(&vault.key);
        let (header, cipher) = match sealed {
            Ok(sealed) => sealed,
            Err(error) => {
                let _ = std::fs::remove_file(&path);
                return Err(error);
            }
        };
        let mut writer = Self {
            file,
            path,
            cipher,
            limits: vault.limits,
            chunk: Vec::with_capacity(CHUNK_BYTES + TAG_BYTES),
            chunks: 0,
            bytes: 0,
            hasher: Sha256::new(),
            finished: false,
        };
        writer.file.write_all(&header)?;
        Ok(writer)
    }

    /// Takes the next bytes of the answer.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), VaultError> {
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        if self.bytes > self.limits.max_bytes {
            return Err(VaultError::TooLarge {
                limit: self.limits.max_bytes,
            });
        }
        self.hasher.update(bytes);
        while !bytes.is_empty() {
            // A full chunk waits for a byte after it: only then it is known not to be the last.
            if self.chunk.len() == CHUNK_BYTES {
                self.write_chunk(false)?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK_BYTES - self.chunk.len()));
            self.chunk.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// How many bytes it has taken.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Seals the end, makes everything durable, and gives the hold its name. Blocks on the disk.
    pub fn finish(mut self, meta: HoldMeta) -> Result<Sealed, VaultError> {
        self.write_chunk(true)?;
        let content = ContentHash::from_bytes(self.hasher.finalize_reset().into());
        let sealed = Sealed {
            content,
            bytes: self.bytes,
        };
        self.write_meta(&SealedMeta {
            meta,
            content,
            bytes: self.bytes,
        })?;
        self.file.sync()?;
        let named = self.path.with_extension(FINISHED.trim_start_matches('.'));
        std::fs::rename(&self.path, &named)?;
        self.finished = true;
        if let Some(directory) = named.parent() {
            File::open(directory)?.sync_all()?;
        }
        Ok(sealed)
    }

    fn write_chunk(&mut self, last: bool) -> Result<(), VaultError> {
        if self.chunks % SPACE_EVERY_CHUNKS == SPACE_EVERY_CHUNKS - 1 {
            self.check_space()?;
        }
        self.cipher.seal(
            Piece::Chunk {
                number: self.chunks,
                last,
            },
            &mut self.chunk,
        )?;
        self.file.write_all(&self.chunk)?;
        self.chunk.clear();
        self.chunks = self.chunks.checked_add(1).ok_or(VaultError::TooLarge {
            limit: self.limits.max_bytes,
        })?;
        Ok(())
    }

    fn write_meta(&mut self, meta: &SealedMeta) -> Result<(), VaultError> {
        let mut bytes = serde_json::to_vec(meta).map_err(io::Error::from)?;
        if bytes.len() > MAX_META_BYTES {
            return Err(VaultError::TooLarge {
                limit: MAX_META_BYTES as u64,
            });
        }
        self.cipher.seal(Piece::Meta { chunks: self.chunks }, &mut bytes)?;
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.file.write_all(&bytes)?;
        self.file.write_all(&length.to_be_bytes())?;
        Ok(())
    }

    fn check_space(&self) -> Result<(), VaultError> {
        match self.path.parent() {
            Some(directory) => free_space(directory, self.limits.min_free_bytes),
            None => Ok(()),
        }
    }

    fn discard(&mut self) -> io::Result<()> {
        let erased = erase(&mut *self.file);
        std::fs::remove_file(&self.path)?;
        erased
    }
}

/// Overwrites the salt and the wrapped key: without them the rest is noise, wherever copies of its blocks may lie.
pub(super) fn erase(file: &mut dyn HoldFile) -> io::Result<()> {
    file.seek(SeekFrom::Start(ERASE_FROM))?;
    let secret = HEADER_BYTES - usize::try_from(ERASE_FROM).unwrap_or(0);
    file.write_all(&vec![0; secret])?;
    file.sync()
}

impl Drop for HoldWriter {
    fn drop(&mut self) {
        // The last, unsealed chunk is an original.
        zeroize::Zeroize::zeroize(&mut self.chunk);
        if !self.finished
            && let Err(error) = self.discard()
        {
            tracing::warn!(%error, "an unfinished hold could not be removed; the sweeper will try again");
        }
    }
}
