//! Sessions: kept by the hash of their id, so that who reads the store cannot take one over.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::clock::Timestamp;
use crate::subject::{Assurance, SubjectId};

/// The hash of a session id: SHA-256 of the random text in the cookie. `identity` makes it; the store never sees the id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey([u8; 32]);

impl SessionKey {
    /// A key from the hash of an id.
    pub const fn from_hash(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// The hash.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionKey({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

/// The form that is written, and the only one that is read.
const FORM: u32 = 1;

/// A session. Times are those of the store; it is over when either limit is reached, whether or not it was removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRecord {
    form: u32,
    /// Whose.
    pub subject: SubjectId,
    /// How surely, when it began.
    pub assurance: Assurance,
    /// The version of the account when it began: a later password or an end of all sessions makes it void if `identity` says so.
    pub account_version: u64,
    /// What it is good for: `proxy` or `control`.
    pub audience: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Timestamp,
    /// How long it may be unused, in milliseconds.
    pub idle_ms: u64,
    /// When it ends at the latest.
    pub ends_at: Timestamp,
}

impl SessionRecord {
    /// A session that begins now.
    pub fn begin(
        subject: SubjectId,
        assurance: Assurance,
        audience: &str,
        at: Timestamp,
        limits: SessionLimits,
    ) -> Self {
        Self {
            form: FORM,
            subject,
            assurance,
            account_version: 0,
            audience: audience.to_owned(),
            created_at: at,
            last_used_at: at,
            idle_ms: u64::try_from(limits.idle.as_millis()).unwrap_or(u64::MAX),
            ends_at: at.plus(limits.absolute),
        }
    }

    /// The same for an account at that version.
    #[must_use]
    pub fn for_account_version(mut self, version: u64) -> Self {
        self.account_version = version;
        self
    }

    /// When it is over if it is not used again.
    pub fn over_at(&self) -> Timestamp {
        self.last_used_at
            .plus(Duration::from_millis(self.idle_ms))
            .min(self.ends_at)
    }

    /// Whether it is over.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.over_at()
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a session holds only what JSON can say")
    }

    pub(super) fn from_json(key: &SessionKey, text: &str) -> Result<Self, StoreError> {
        let corrupt = |reason: String| StoreError::Corrupt {
            key: format!("session {key:?}"),
            reason,
        };
        let record: Self =
            serde_json::from_str(text).map_err(|error| corrupt(format!("not a session: column {}", error.column())))?;
        if record.form != FORM {
            return Err(corrupt(format!(
                "it has form {}, and this program reads form {FORM}",
                record.form
            )));
        }
        Ok(record)
    }
}

/// How long a session lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Unused.
    pub idle: Duration,
    /// At all.
    pub absolute: Duration,
}

/// Keeps sessions.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Keeps a new session. Its times are taken from the caller, who asked [`super::ApprovalStore::now`].
    async fn open_session(&self, key: &SessionKey, record: &SessionRecord) -> Result<(), StoreError>;

    /// The session, unless it is over by the store's clock.
    async fn load_session(&self, key: &SessionKey) -> Result<Option<SessionRecord>, StoreError>;

    /// Notes that it was used now, and gives it; `None` if it is over or ended: a session never comes back to life.
    async fn touch_session(&self, key: &SessionKey) -> Result<Option<SessionRecord>, StoreError>;

    /// Ends it; `false` if there was none.
    async fn end_session(&self, key: &SessionKey) -> Result<bool, StoreError>;

    /// The sessions of a subject that are not over.
    async fn sessions_of(&self, subject: &SubjectId) -> Result<Vec<(SessionKey, SessionRecord)>, StoreError>;

    /// Ends every session of a subject; gives how many.
    async fn end_sessions_of(&self, subject: &SubjectId) -> Result<u64, StoreError>;
}

/// Reads a key back from its text.
pub(super) fn key_from_text(text: &str) -> Option<SessionKey> {
    let mut hash = [0u8; 32];
    if text.len() != hash.len() * 2 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(SessionKey(hash))
}
