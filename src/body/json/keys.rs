//! The keys of an answer: what the plan says of each, found once.

use std::collections::HashMap;

use crate::mask::MaskPlan;
use crate::mask::plan::KeySymbol;

use super::escape;
use super::shape::{NameId, Style};

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
    /// What containers under it are called.
    pub(super) name: NameId,
}

#[derive(Clone, Debug)]
struct Slot {
    container: NameId,
    raw: [u8; MAX_KEPT],
    length: usize,
    key: Key,
}

/// A cache of fixed size: each key in each kind of container has one slot, the last one there stays.
#[derive(Debug)]
pub(super) struct Keys {
    slots: Vec<Option<Slot>>,
    names: Names,
}

impl Keys {
    pub(super) fn new() -> Self {
        Self {
            slots: Vec::new(),
            names: Names::default(),
        }
    }

    /// What is known of a key, given as the bytes between its quotes (valid UTF-8, valid escapes), in a container of a name.
    pub(super) fn get(&mut self, plan: &MaskPlan, container: NameId, raw: &str, text: &mut String) -> Key {
        if raw.len() > MAX_KEPT {
            return self.analyse(plan, container, raw, text);
        }
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, || None);
        }
        let at = hash(raw.as_bytes(), container);
        if let Some(slot) = &self.slots[at]
            && slot.container == container
            && &slot.raw[..slot.length] == raw.as_bytes()
        {
            return slot.key;
        }
        let key = self.analyse(plan, container, raw, text);
        let mut bytes = [0; MAX_KEPT];
        bytes[..raw.len()].copy_from_slice(raw.as_bytes());
        self.slots[at] = Some(Slot {
            container,
            raw: bytes,
            length: raw.len(),
            key,
        });
        key
    }

    /// The number of a name, for a text whose root stands under it.
    pub(super) fn name(&mut self, name: &str) -> NameId {
        self.names.id(name)
    }

    /// The name of a number.
    pub(super) fn name_of(&self, id: NameId) -> &str {
        self.names.of(id)
    }

    fn analyse(&mut self, plan: &MaskPlan, container: NameId, raw: &str, text: &mut String) -> Key {
        text.clear();
        let escaped = escape::unescape(raw, text);
        let numeric = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let suspicious = plan.detectors().may_match(text.as_bytes());
        Key {
            symbol: plan.symbol(self.names.of(container), text),
            numeric,
            suspicious,
            style: Style {
                escaped,
                raw: !raw.is_ascii(),
            },
            // Members of an object whose keys are data stand under its own name, as elements do.
            name: if numeric || suspicious {
                container
            } else {
                self.names.id(text)
            },
        }
    }
}

/// Most names kept; what stands under further ones is analysed without.
const MAX_NAMES: usize = 512;

/// The names of containers. Number 0 is no name.
#[derive(Debug, Default)]
struct Names {
    ids: HashMap<Box<str>, NameId>,
    names: Vec<Box<str>>,
}

impl Names {
    fn id(&mut self, name: &str) -> NameId {
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        if name.is_empty() || name.len() > MAX_KEPT || self.names.len() >= MAX_NAMES {
            return NameId::default();
        }
        self.names.push(name.into());
        let id = NameId(self.names.len() as u16);
        self.ids.insert(name.into(), id);
        id
    }

    fn of(&self, id: NameId) -> &str {
        match usize::from(id.0).checked_sub(1) {
            Some(at) => &self.names[at],
            None => "",
        }
    }
}

/// A slot by container, length and up to sixteen bytes. Collisions cost a look-up, no more.
fn hash(raw: &[u8], container: NameId) -> usize {
    let word = |bytes: &[u8]| {
        let mut word = [0; 8];
        let length = bytes.len().min(8);
        word[..length].copy_from_slice(&bytes[..length]);
        u64::from_le_bytes(word)
    };
    let tail = &raw[raw.len().saturating_sub(8)..];
    let extra = raw.len() as u64 ^ u64::from(container.0) << 32;
    let mixed = (word(raw) ^ word(tail).rotate_left(29) ^ extra).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 56) as usize % SLOTS
}
