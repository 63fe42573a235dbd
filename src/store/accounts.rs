//! Local accounts. The store keeps them; `identity` makes the password hashes and checks names.

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::clock::Timestamp;
use crate::subject::{Role, SubjectId};

/// The form that is written, and the only one that is read.
const FORM: u32 = 1;

/// A local account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    form: u32,
    /// The name; the key.
    pub id: SubjectId,
    /// The name to show.
    pub display_name: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Attributes such as `department`.
    pub attributes: BTreeMap<String, String>,
    /// The password's hash as a PHC string (argon2id).
    pub password_hash: String,
    /// Whether it may no longer be used.
    pub disabled: bool,
    /// Starts at 1 and grows by one with every change.
    pub version: u64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

impl fmt::Debug for Account {
    /// Without the password's hash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("roles", &self.roles)
            .field("disabled", &self.disabled)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl Account {
    /// A new account.
    pub fn new(id: SubjectId, display_name: &str, roles: Vec<Role>, password_hash: String, at: Timestamp) -> Self {
        Self {
            form: FORM,
            id,
            display_name: display_name.to_owned(),
            roles,
            attributes: BTreeMap::new(),
            password_hash,
            disabled: false,
            version: 1,
            created_at: at,
            changed_at: at,
        }
    }

    /// The account after a change: one version on.
    #[must_use]
    pub fn changed(mut self, at: Timestamp, change: impl FnOnce(&mut Self)) -> Self {
        let version = self.version;
        change(&mut self);
        self.version = version + 1;
        self.changed_at = at;
        self
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("an account holds only what JSON can say")
    }

    pub(super) fn from_json(id: &str, text: &str) -> Result<Self, StoreError> {
        let corrupt = |reason: String| StoreError::Corrupt {
            key: format!("account {id}"),
            reason,
        };
        let account: Self = serde_json::from_str(text)
            .map_err(|error| corrupt(format!("not an account: column {}", error.column())))?;
        if account.form != FORM {
            return Err(corrupt(format!(
                "it has form {}, and this program reads form {FORM}",
                account.form
            )));
        }
        if account.id.as_str() != id {
            return Err(corrupt("it is another account's record".to_owned()));
        }
        Ok(account)
    }
}

/// What came of [`AccountStore::add_account`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum AddOutcome {
    /// It was kept.
    Added,
    /// There is one of this name.
    Exists,
}

/// What came of [`AccountStore::update_account`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum UpdateOutcome {
    /// It was written.
    Done,
    /// It is at another version; nothing was written.
    Conflict,
    /// There is none of this name.
    Missing,
}

/// Keeps accounts.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Keeps a new account.
    async fn add_account(&self, account: &Account) -> Result<AddOutcome, StoreError>;

    /// The account of this name.
    async fn load_account(&self, id: &SubjectId) -> Result<Option<Account>, StoreError>;

    /// All accounts, by name.
    async fn list_accounts(&self) -> Result<Vec<Account>, StoreError>;

    /// Writes a changed account if the kept one stands at the version before.
    async fn update_account(&self, changed: &Account) -> Result<UpdateOutcome, StoreError>;
}
