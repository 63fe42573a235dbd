//! Opening a sealed answer.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;

use super::format::{CHUNK_BYTES, ChunkCipher, HEADER_BYTES, Header, MAX_META_BYTES, Piece, TAG_BYTES, TRAILER_BYTES};
use super::writer::SealedMeta;
use super::{HoldMeta, VaultError};
use crate::approval::{ApprovalId, ContentHash, RequestDigest};
use crate::store::MasterKey;

/// Gives the bytes of a sealed answer chunk by chunk; each was verified before.
pub struct HoldReader {
    file: File,
    header: Header,
    sealed: SealedMeta,
    cipher: ChunkCipher,
    chunk: Vec<u8>,
    next: u32,
    chunks: u32,
    /// Bytes of the last chunk with its tag.
    last_bytes: usize,
}

impl std::fmt::Debug for HoldReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HoldReader")
            .field("approval", &self.header.id)
            .finish_non_exhaustive()
    }
}

impl HoldReader {
    pub(super) fn open(mut file: File, id: ApprovalId, master: &MasterKey) -> Result<Self, VaultError> {
        let broken = |reason| VaultError::Broken { id, reason };
        let mut header = [0; HEADER_BYTES];
        file.read_exact(&mut header).map_err(|_| broken("it is cut"))?;
        let (header, cipher) =
            Header::open(&header, master).ok_or(broken("it was changed, or sealed under another master key"))?;
        if header.id != id {
            return Err(broken("it is another approval's"));
        }
        let layout = Layout::of(&file).ok_or(broken("it is cut"))?;
        let mut meta = vec![0; layout.meta_bytes];
        file.read_exact_at(&mut meta, layout.meta_at)?;
        cipher
            .open(Piece::Meta { chunks: layout.chunks }, &mut meta)
            .ok_or(broken("it was changed or cut"))?;
        let sealed: SealedMeta =
            serde_json::from_slice(&meta).map_err(|_| broken("it was sealed by another version of the program"))?;
        if sealed.bytes != layout.plain_bytes() {
            return Err(broken("its length is not the sealed one"));
        }
        Ok(Self {
            file,
            header,
            sealed,
            cipher,
            chunk: Vec::with_capacity(CHUNK_BYTES + TAG_BYTES),
            next: 0,
            chunks: layout.chunks,
            last_bytes: layout.last_bytes,
        })
    }

    /// What is known of the answer besides its bytes.
    pub fn meta(&self) -> &HoldMeta {
        &self.sealed.meta
    }

    /// The digest of the request it answers.
    pub fn digest(&self) -> &RequestDigest {
        &self.header.digest
    }

    /// SHA-256 of its bytes.
    pub fn content(&self) -> &ContentHash {
        &self.sealed.content
    }

    /// How many bytes the answer has.
    pub fn bytes(&self) -> u64 {
        self.sealed.bytes
    }

    /// The next bytes; `None` after the last ones.
    pub fn next_chunk(&mut self) -> Result<Option<&[u8]>, VaultError> {
        if self.next == self.chunks {
            return Ok(None);
        }
        let broken = VaultError::Broken {
            id: self.header.id,
            reason: "a chunk was changed",
        };
        let last = self.next + 1 == self.chunks;
        let length = if last { self.last_bytes } else { CHUNK_BYTES + TAG_BYTES };
        self.chunk.resize(length, 0);
        self.file.read_exact_at(&mut self.chunk, chunk_at(self.next))?;
        let opened = self.cipher.open(
            Piece::Chunk {
                number: self.next,
                last,
            },
            &mut self.chunk,
        );
        if opened.is_none() {
            self.chunk.clear();
            return Err(broken);
        }
        self.next += 1;
        Ok(Some(&self.chunk))
    }
}

impl Drop for HoldReader {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.chunk);
    }
}

fn chunk_at(number: u32) -> u64 {
    HEADER_BYTES as u64 + u64::from(number) * (CHUNK_BYTES + TAG_BYTES) as u64
}

/// Where the pieces stand, as the length at the end of the file tells. The meta's nonce binds the number of chunks.
struct Layout {
    chunks: u32,
    last_bytes: usize,
    meta_at: u64,
    meta_bytes: usize,
}

impl Layout {
    fn of(file: &File) -> Option<Self> {
        let length = file.metadata().ok()?.len();
        let trailer_at = length.checked_sub(TRAILER_BYTES as u64)?;
        let mut trailer = [0; TRAILER_BYTES];
        file.read_exact_at(&mut trailer, trailer_at).ok()?;
        let meta_bytes = usize::try_from(u32::from_be_bytes(trailer)).ok()?;
        if meta_bytes > MAX_META_BYTES + TAG_BYTES {
            return None;
        }
        let meta_at = trailer_at.checked_sub(meta_bytes as u64)?;
        let body = meta_at
            .checked_sub(HEADER_BYTES as u64)
            .filter(|body| *body >= TAG_BYTES as u64)?;
        let whole = (CHUNK_BYTES + TAG_BYTES) as u64;
        let chunks = u32::try_from(body.div_ceil(whole)).ok()?;
        let last_bytes = usize::try_from(body - u64::from(chunks - 1) * whole).ok()?;
        (last_bytes >= TAG_BYTES).then_some(Self {
            chunks,
            last_bytes,
            meta_at,
            meta_bytes,
        })
    }

    fn plain_bytes(&self) -> u64 {
        u64::from(self.chunks - 1) * CHUNK_BYTES as u64 + (self.last_bytes - TAG_BYTES) as u64
    }
}
