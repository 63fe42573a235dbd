//! What this instance remembers of sessions: live entries, ended ones, and since when the store is away.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

use crate::clock::Timestamp;
use crate::store::{SessionKey, SessionRecord};
use crate::subject::Subject;

use super::LiveSession;

/// Parts of the map, each with a lock of its own, so that cores do not wait for each other. A power of two.
const SHARDS: usize = 16;

/// Most entries of a shard, about 300 bytes each: 130,000 sessions are more than one instance serves.
const MAX_SHARD_ENTRIES: usize = 8_192;

/// Most ended sessions that are remembered in a shard.
const MAX_SHARD_ENDED: usize = 8_192;

/// How long an ended session is remembered after the store knows: longer than any check that was under way.
const ENDED_KEPT: Duration = Duration::from_secs(120);

/// A session as this instance knows it.
#[derive(Debug)]
pub(super) struct Entry {
    key: SessionKey,
    subject: Subject,
    ends_at: Timestamp,
    checked_at: Timestamp,
    stored_at: Timestamp,
    seen_at: AtomicI64,
    turn: tokio::sync::Mutex<()>,
}

impl Entry {
    /// An entry from what the store said at `checked_at`.
    pub fn new(key: SessionKey, record: &SessionRecord, subject: Subject, checked_at: Timestamp) -> Self {
        Self {
            key,
            subject,
            ends_at: record.ends_at,
            checked_at,
            stored_at: record.last_used_at,
            seen_at: AtomicI64::new(record.last_used_at.as_millis()),
            turn: tokio::sync::Mutex::new(()),
        }
    }

    pub fn live(&self, in_grace: bool) -> LiveSession {
        LiveSession {
            subject: self.subject.clone(),
            in_grace,
        }
    }

    pub fn ends_at(&self) -> Timestamp {
        self.ends_at
    }

    pub fn seen_at(&self) -> Timestamp {
        Timestamp::from_millis(self.seen_at.load(Ordering::Relaxed))
    }

    /// Notes a use. A clock that stepped back does not make it older.
    pub fn touch(&self, now: Timestamp) {
        self.seen_at.fetch_max(now.as_millis(), Ordering::Relaxed);
    }

    /// Whether the store should hear of the use again.
    pub fn is_touch_due(&self, now: Timestamp, every: Duration) -> bool {
        now < self.stored_at || now.since(self.stored_at) >= every
    }

    /// Whether the store's word is younger than `fresh`. A check that lies in the future (the clock stepped back) is none.
    pub fn is_checked_since(&self, now: Timestamp, fresh: Duration) -> bool {
        now >= self.checked_at && now.since(self.checked_at) < fresh
    }

    /// Waits for one's turn to check.
    pub async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }
}

#[derive(Clone, Copy)]
struct Ended {
    at: Timestamp,
    store_knows: bool,
}

#[derive(Default)]
struct Shard {
    entries: HashMap<SessionKey, Arc<Entry>>,
    ended: HashMap<SessionKey, Ended>,
}

/// The map.
#[derive(Default)]
pub(super) struct Cache([Mutex<Shard>; SHARDS]);

impl Cache {
    fn shard(&self, key: &SessionKey) -> &Mutex<Shard> {
        &self.0[usize::from(key.as_bytes()[0]) % SHARDS]
    }

    pub fn get(&self, key: &SessionKey) -> Option<Arc<Entry>> {
        self.shard(key).lock().entries.get(key).cloned()
    }

    /// Keeps an entry, unless the session was ended while the store was being asked: then `false`.
    pub fn insert(&self, entry: Entry) -> bool {
        let mut shard = self.shard(&entry.key).lock();
        if shard.ended.contains_key(&entry.key) {
            return false;
        }
        if shard.entries.len() >= MAX_SHARD_ENTRIES {
            shard.make_room(entry.checked_at);
        }
        shard.entries.insert(entry.key, Arc::new(entry));
        true
    }

    pub fn remove(&self, key: &SessionKey) {
        self.shard(key).lock().entries.remove(key);
    }

    /// Forgets the entry and remembers that it ended.
    pub fn end(&self, key: SessionKey, now: Timestamp) {
        let mut shard = self.shard(&key).lock();
        shard.entries.remove(&key);
        if shard.ended.len() >= MAX_SHARD_ENDED {
            shard
                .ended
                .retain(|_, e| !e.store_knows || now.since(e.at) < ENDED_KEPT);
        }
        let store_knows = false;
        shard.ended.insert(key, Ended { at: now, store_knows });
    }

    /// The store has forgotten the session as well.
    pub fn confirm_end(&self, key: &SessionKey) {
        if let Some(ended) = self.shard(key).lock().ended.get_mut(key) {
            ended.store_knows = true;
        }
    }

    /// Whether the session was ended here and the store may not know yet.
    pub fn is_ended(&self, key: &SessionKey) -> bool {
        self.shard(key).lock().ended.contains_key(key)
    }
}

impl Shard {
    /// Drops what is over; failing that, what was not used for the longest time. It is in the store still.
    fn make_room(&mut self, now: Timestamp) {
        self.entries.retain(|_, e| now < e.ends_at);
        while self.entries.len() >= MAX_SHARD_ENTRIES {
            let Some(oldest) = self.entries.values().min_by_key(|e| e.seen_at()).map(|e| e.key) else {
                return;
            };
            self.entries.remove(&oldest);
        }
    }
}

/// Since when the store is away, and when it was last asked.
#[derive(Default)]
pub(super) struct Outage(Mutex<Option<Away>>);

#[derive(Clone, Copy)]
struct Away {
    since: Timestamp,
    asked_at: Timestamp,
}

impl Outage {
    pub fn seen(&self, now: Timestamp) {
        let mut away = self.0.lock();
        let since = away.map_or(now, |a| a.since);
        *away = Some(Away { since, asked_at: now });
    }

    pub fn over(&self) {
        *self.0.lock() = None;
    }

    /// Whether the store was found away a moment ago: then it is not asked again for each request.
    pub fn was_just_asked(&self, now: Timestamp, fresh: Duration) -> bool {
        self.0
            .lock()
            .is_some_and(|a| now >= a.asked_at && now.since(a.asked_at) < fresh)
    }

    pub fn lasts_less_than(&self, grace: Duration, now: Timestamp) -> bool {
        self.0.lock().is_none_or(|a| now.since(a.since) < grace)
    }
}
