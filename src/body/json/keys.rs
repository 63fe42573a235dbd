//! The keys of an answer: what the plan says of each, found once.

use crate::mask::MaskPlan;
use crate::mask::plan::KeySymbol;

use super::escape;
use super::shape::Style;

/// Slots of the cache: a power of two, some times the distinct keys of wide answers.
const SLOTS: usize = 256;
/// Longest key kept, in bytes as sent; longer ones are looked up each time.
const MAX_KEPT: usize = 32;

/// What is known of a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) symbol: KeySymbol,
    /// Digits only: its object stands for an array.
    pub(super) numeric: bool,
    /// Detectors may find something in it.
    pub(super) suspicious: bool,
    pub(super) style: Style,
}

#[derive(Clone, Debug)]
struct Slot {
    raw: [u8; MAX_KEPT],
    length: usize,
    key: Key,
}

/// A cache of fixed size: each key has one slot, the last one there stays.
#[derive(Debug)]
pub(super) struct Keys {
    slots: Vec<Option<Slot>>,
}

impl Keys {
    pub(super) fn new() -> Self {
        Self { slots: Vec::new() }
    }

    /// What is known of a key, given as the bytes between its quotes (valid UTF-8, valid escapes).
    pub(super) fn get(&mut self, plan: &MaskPlan, raw: &str, text: &mut String) -> Key {
        if raw.len() > MAX_KEPT {
            return analyse(plan, raw, text);
        }
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, || None);
        }
        let slot = &mut self.slots[hash(raw.as_bytes())];
        if let Some(slot) = slot
            && &slot.raw[..slot.length] == raw.as_bytes()
        {
            return slot.key;
        }
        let key = analyse(plan, raw, text);
        let mut bytes = [0; MAX_KEPT];
        bytes[..raw.len()].copy_from_slice(raw.as_bytes());
        *slot = Some(Slot {
            raw: bytes,
            length: raw.len(),
            key,
        });
        key
    }
}

fn analyse(plan: &MaskPlan, raw: &str, text: &mut String) -> Key {
    text.clear();
    let escaped = escape::unescape(raw, text);
    Key {
        symbol: plan.symbol(text),
        numeric: !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()),
        suspicious: plan.detectors().may_match(text.as_bytes()),
        style: Style {
            escaped,
            raw: !raw.is_ascii(),
        },
    }
}

/// A slot by length and up to sixteen bytes. Collisions cost a look-up, no more.
fn hash(raw: &[u8]) -> usize {
    let word = |bytes: &[u8]| {
        let mut word = [0; 8];
        let length = bytes.len().min(8);
        word[..length].copy_from_slice(&bytes[..length]);
        u64::from_le_bytes(word)
    };
    let tail = &raw[raw.len().saturating_sub(8)..];
    let mixed = (word(raw) ^ word(tail).rotate_left(29) ^ raw.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 56) as usize % SLOTS
}
