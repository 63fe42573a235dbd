//! The layout of a sealed file, and its cryptography.

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{AeadInOut, KeyInit, Nonce};
use zeroize::Zeroizing;

use super::VaultError;
use crate::approval::{ApprovalId, RequestDigest};
use crate::clock::Timestamp;
use crate::store::MasterKey;

/// Plaintext bytes of a chunk; small enough to hold, large enough that the tag does not count.
pub const CHUNK_BYTES: usize = 64 * 1024;
/// Bytes of a GCM tag.
pub const TAG_BYTES: usize = 16;
/// Bytes of the whole header.
pub const HEADER_BYTES: usize = CLEAR_BYTES + WRAPPED_BYTES;
/// Where the secret part of the header begins: overwriting from here makes the file unreadable for ever.
pub const ERASE_FROM: u64 = SALT_AT as u64;
/// Bytes of the length at the end of the file.
pub const TRAILER_BYTES: usize = 4;
/// The largest sealed meta, in bytes: a header section with a request body beside it.
pub const MAX_META_BYTES: usize = 16 * 1024 * 1024;

const MAGIC: &[u8; 8] = b"OVCTHLD1";
const SALT_BYTES: usize = 32;
const SALT_AT: usize = 8 + 16 + 8 + 32;
const CLEAR_BYTES: usize = SALT_AT + SALT_BYTES;
const WRAPPED_BYTES: usize = 32 + TAG_BYTES;
const WRAP_PURPOSE: &str = "hold wrap v1";

/// The clear part of the header. All of it is authenticated with the wrapped key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub id: ApprovalId,
    pub destroy_after: Timestamp,
    pub digest: RequestDigest,
}

impl Header {
    fn encode(&self, salt: &[u8; SALT_BYTES]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(&self.destroy_after.as_millis().to_be_bytes());
        bytes.extend_from_slice(self.digest.as_bytes());
        bytes.extend_from_slice(salt);
        bytes
    }

    /// Reads the clear part; believes it. `None` if it is no header.
    pub fn peek(bytes: &[u8; HEADER_BYTES]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (id, rest) = rest.split_first_chunk::<16>()?;
        let (time, rest) = rest.split_first_chunk::<8>()?;
        let (digest, _) = rest.split_first_chunk::<32>()?;
        Some(Self {
            id: ApprovalId::from_bytes(*id),
            destroy_after: Timestamp::from_millis(i64::from_be_bytes(*time)),
            digest: RequestDigest::from_bytes(*digest),
        })
    }

    /// A header with a new data key, and the cipher under that key.
    pub fn seal(&self, master: &MasterKey) -> Result<(Vec<u8>, ChunkCipher), VaultError> {
        let mut salt = [0; SALT_BYTES];
        let mut data_key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut salt).map_err(|_| VaultError::Randomness)?;
        getrandom::fill(data_key.as_mut_slice()).map_err(|_| VaultError::Randomness)?;
        let mut header = self.encode(&salt);
        let mut wrapped = Zeroizing::new(data_key.to_vec());
        wrapper(master, &salt)
            .encrypt_in_place(&Nonce::<Aes256Gcm>::default(), &header, &mut *wrapped)
            .map_err(|_| VaultError::Randomness)?;
        header.extend_from_slice(&wrapped);
        Ok((header, ChunkCipher::new(&data_key)))
    }

    /// Opens a header: who it is of, and the cipher. `None` if it was changed or sealed under another master key.
    pub fn open(bytes: &[u8; HEADER_BYTES], master: &MasterKey) -> Option<(Self, ChunkCipher)> {
        let header = Self::peek(bytes)?;
        let (clear, wrapped) = bytes.split_at(CLEAR_BYTES);
        let mut data_key = Zeroizing::new(wrapped.to_vec());
        wrapper(master, &clear[SALT_AT..])
            .decrypt_in_place(&Nonce::<Aes256Gcm>::default(), clear, &mut *data_key)
            .ok()?;
        let data_key = Zeroizing::new(<[u8; 32]>::try_from(data_key.as_slice()).ok()?);
        Some((header, ChunkCipher::new(&data_key)))
    }
}

/// The wrapping key of one file: derived with the file's own salt, so each wraps one key, and a fixed nonce is safe.
fn wrapper(master: &MasterKey, salt: &[u8]) -> Aes256Gcm {
    let key = master.derive(WRAP_PURPOSE, salt);
    Aes256Gcm::new_from_slice(key.as_slice()).expect("the key has 32 bytes")
}

/// What a sealed piece is. It is part of the nonce, so that no piece passes for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A chunk by its number, with the mark of the last one. This is the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015).
    Chunk { number: u32, last: bool },
    /// The meta, bound to the number of chunks.
    Meta { chunks: u32 },
}

impl Piece {
    /// INVARIANT: no two pieces of a file have the same nonce; the key is the file's own.
    fn nonce(self) -> Nonce<Aes256Gcm> {
        let (kind, number, last) = match self {
            Self::Chunk { number, last } => (1, number, u8::from(last)),
            Self::Meta { chunks } => (2, chunks, 0),
        };
        let mut nonce = [0u8; 12];
        nonce[0] = kind;
        nonce[7..11].copy_from_slice(&number.to_be_bytes());
        nonce[11] = last;
        nonce.into()
    }
}

/// The cipher of one file.
pub struct ChunkCipher(Aes256Gcm);

impl ChunkCipher {
    fn new(key: &[u8; 32]) -> Self {
        Self(Aes256Gcm::new_from_slice(key).expect("the key has 32 bytes"))
    }

    /// Seals a piece in place: the tag is appended.
    pub fn seal(&self, piece: Piece, bytes: &mut Vec<u8>) -> Result<(), VaultError> {
        let sealed = self.0.encrypt_in_place(&piece.nonce(), b"", bytes);
        sealed.map_err(|_| VaultError::TooLarge {
            limit: u64::from(u32::MAX),
        })
    }

    /// Opens a piece in place: the tag is taken off. `None` if it is not what was sealed; then `bytes` are not to be used.
    pub fn open(&self, piece: Piece, bytes: &mut Vec<u8>) -> Option<()> {
        self.0.decrypt_in_place(&piece.nonce(), b"", bytes).ok()
    }
}
