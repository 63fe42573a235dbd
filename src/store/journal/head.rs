//! The head file: says after every sync how far the chain reaches, so that a cut tail is noticed.
//!
//! Two slots are written in turn, so that a torn write leaves the other one. Each carries an HMAC-SHA-256 under a key derived from the
//! master key; without a master key, a plain SHA-256, which tells accidents only.

use std::path::Path;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::disk::{Disk, DiskFile, write_all};
use super::files::HEAD_FILE;
use crate::audit::ChainHead;
use crate::store::MasterKey;

/// The length of a slot, in bytes: less than a sector, so that a write of one is whole or not there.
const SLOT_BYTES: usize = 256;
const SLOTS: u64 = 2;
const PURPOSE: &str = "audit head v1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Slot {
    hash: String,
    keyed: bool,
    mac: String,
    seq: u64,
}

/// Writes and checks slots.
pub(super) struct HeadSeal(Option<zeroize::Zeroizing<[u8; 32]>>);

/// What the head file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Vouched {
    /// There is no head file.
    Missing,
    /// There is one, and no slot of it can be believed.
    Unreadable,
    /// The chain reaches at least this far.
    Head(ChainHead),
    /// The same, but the slot is sealed with a key that was not given: believed for accidents only.
    Unchecked(ChainHead),
}

impl HeadSeal {
    pub fn new(key: Option<&MasterKey>) -> Self {
        Self(key.map(|key| key.derive(PURPOSE, b"")))
    }

    fn mac(&self, head: &ChainHead) -> String {
        let text = format!("{PURPOSE}\n{head}");
        let mac: [u8; 32] = match &self.0 {
            None => Sha256::digest(text).into(),
            Some(key) => {
                let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice()).expect("HMAC takes a key of any length");
                mac.update(text.as_bytes());
                mac.finalize().into_bytes().into()
            }
        };
        mac.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn encode(&self, head: &ChainHead) -> Vec<u8> {
        let slot = Slot {
            hash: head.hash_text(),
            keyed: self.0.is_some(),
            mac: self.mac(head),
            seq: head.seq,
        };
        let mut bytes = serde_json::to_vec(&slot).expect("a slot holds only what JSON can say");
        bytes.resize(SLOT_BYTES - 1, b' ');
        bytes.push(b'\n');
        bytes
    }

    fn decode(&self, bytes: &[u8]) -> Vouched {
        let Some(slot) = serde_json::from_slice::<Slot>(bytes).ok() else {
            return Vouched::Unreadable;
        };
        let Some(hash) = read_hash(&slot.hash) else {
            return Vouched::Unreadable;
        };
        let head = ChainHead { seq: slot.seq, hash };
        let macs_agree = bool::from(subtle::ConstantTimeEq::ct_eq(
            self.mac(&head).as_bytes(),
            slot.mac.as_bytes(),
        ));
        match (slot.keyed, self.0.is_some()) {
            (true, false) => Vouched::Unchecked(head),
            // INVARIANT: who has the key believes keyed slots alone; or else anybody could write an unkeyed one.
            (false, true) => Vouched::Unreadable,
            _ if macs_agree => Vouched::Head(head),
            _ => Vouched::Unreadable,
        }
    }

    /// Reads the head file of a directory.
    pub fn read(&self, directory: &Path) -> std::io::Result<Vouched> {
        let bytes = match std::fs::read(directory.join(HEAD_FILE)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vouched::Missing),
            Err(error) => return Err(error),
        };
        let slots = bytes.chunks(SLOT_BYTES).map(|slot| self.decode(slot));
        let reach = |vouched: &Vouched| match vouched {
            Vouched::Head(head) | Vouched::Unchecked(head) => Some(head.seq),
            _ => None,
        };
        Ok(slots.max_by_key(reach).unwrap_or(Vouched::Unreadable))
    }
}

fn read_hash(text: &str) -> Option<[u8; 32]> {
    text.parse::<crate::approval::ContentHash>()
        .ok()
        .map(|hash| *hash.as_bytes())
}

/// The open head file.
pub(super) struct HeadFile {
    file: Arc<dyn DiskFile>,
    seal: HeadSeal,
    turn: u64,
}

impl HeadFile {
    /// Opens or makes it.
    pub fn open(disk: &dyn Disk, directory: &Path, seal: HeadSeal) -> std::io::Result<Self> {
        let path = directory.join(HEAD_FILE);
        let file = match disk.open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => disk.create(&path)?,
            other => other?,
        };
        Ok(Self { file, seal, turn: 0 })
    }

    /// Says that the chain reaches this far. Called only after the records themselves were synced.
    pub fn write(&mut self, head: &ChainHead) -> std::io::Result<()> {
        self.turn = (self.turn + 1) % SLOTS;
        write_all(&*self.file, &self.seal.encode(head), self.turn * SLOT_BYTES as u64)
    }

    /// Makes it durable; not needed for each write: an older head is a weaker claim, never a false one.
    pub fn sync(&self) -> std::io::Result<()> {
        self.file.sync()
    }

    /// Whether it still stands under its name.
    pub fn is_there(&self, directory: &Path) -> bool {
        self.file.is_at(&directory.join(HEAD_FILE))
    }

    /// Makes it anew after it was taken away.
    pub fn replace(&mut self, disk: &dyn Disk, directory: &Path) -> std::io::Result<()> {
        let path = directory.join(HEAD_FILE);
        self.file = match disk.create(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => disk.open(&path)?,
            other => other?,
        };
        Ok(())
    }
}
