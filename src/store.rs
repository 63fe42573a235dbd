//! What outlives a request: approvals, sessions and accounts in Redis or SQLite, sealed holds and the audit journal on disk.
//!
//! Purpose: adapters behind the core's types. [`open`] gives a [`Store`] for `redis://…`, `rediss://…` or `sqlite:PATH`;
//! [`HoldVault`] keeps sealed answers; [`Journal`] writes the evidence.
//!
//! Guarantee: a record changes only by compare-and-set on its version, in one script or one transaction with its indexes, so of any
//! number of parallel votes or redemptions exactly one takes place. What cannot be reached is [`StoreError::Unavailable`] within
//! seconds and never a default; a missing approval is `None` (held), an unreadable one an error.
//!
//! Exceptions: SQLite serves one instance; several proxies share a Redis. Writing the journal is synchronous by design: a request is
//! forwarded only after `write(2)` took its record.

pub mod accounts;
pub mod approvals;
mod error;
pub mod holds;
pub mod journal;
mod keys;
mod redis;
pub mod sessions;
mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::{Clock, SystemClock};

pub use accounts::{Account, AccountStore, AddOutcome, UpdateOutcome};
pub use approvals::{ApprovalPage, ApprovalQuery, ApprovalStore, CreateOutcome, SwapOutcome};
pub use error::StoreError;
pub use holds::{
    AskedRequest, HoldMeta, HoldReader, HoldVault, HoldWriter, Sealed, SealedHead, VaultError, VaultLimits,
};
pub use journal::{Journal, JournalError, JournalOptions, Receipt};
pub use keys::{KeyError, MasterKey};
pub use sessions::{SessionKey, SessionLimits, SessionRecord, SessionStore};

/// The longest any call to a store takes before it is [`StoreError::Unavailable`], in milliseconds: a page that says so beats one that hangs.
pub const CALL_LIMIT_MS: u64 = 2_000;

/// Whether the store can be reached.
#[async_trait]
pub trait Health: Send + Sync {
    /// Asks the store for a sign of life.
    async fn ping(&self) -> Result<(), StoreError>;
}

/// Everything a store keeps.
pub trait Store: ApprovalStore + SessionStore + AccountStore + Health {}

impl<T: ApprovalStore + SessionStore + AccountStore + Health> Store for T {}

/// An open store, and what its operator should know.
pub struct Opened {
    /// The store.
    pub store: Arc<dyn Store>,
    /// Warnings, such as a Redis without persistence; one sentence each.
    pub warnings: Vec<String>,
}

/// Opens the store that a URL names: `redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]`, `rediss://…` (TLS; `?ca=FILE` for an own authority)
/// or `sqlite:PATH`. `tenant` keeps several installations apart in one Redis.
pub async fn open(url: &str, tenant: &str) -> Result<Opened, StoreError> {
    open_with_clock(url, tenant, Arc::new(SystemClock)).await
}

/// [`open`] with another clock for the embedded store; Redis always tells its own time.
pub async fn open_with_clock(url: &str, tenant: &str, clock: Arc<dyn Clock>) -> Result<Opened, StoreError> {
    check_tenant(tenant)?;
    if let Some(path) = url.strip_prefix("sqlite:") {
        let store = sqlite::SqliteStore::open(std::path::Path::new(path), clock)?;
        return Ok(Opened {
            store: Arc::new(store),
            warnings: Vec::new(),
        });
    }
    if url.starts_with("redis://") || url.starts_with("rediss://") {
        let (store, warnings) = redis::RedisStore::open(url, tenant).await?;
        return Ok(Opened {
            store: Arc::new(store),
            warnings,
        });
    }
    Err(StoreError::Address(
        "expected `redis://…`, `rediss://…` or `sqlite:PATH`".to_owned(),
    ))
}

/// The longest tenant name, in bytes; it stands in every key.
const MAX_TENANT_BYTES: usize = 64;

/// A tenant stands between the braces of a hash tag: it must not hold any.
fn check_tenant(tenant: &str) -> Result<(), StoreError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if tenant.is_empty() || tenant.len() > MAX_TENANT_BYTES || !tenant.bytes().all(plain) {
        return Err(StoreError::Address(
            "a tenant is named with 1 to 64 letters, digits, `-`, `_` and `.`".to_owned(),
        ));
    }
    Ok(())
}
