//! Local accounts: made, listed, disabled, and checked at sign-in.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::clock::{Clock, Timestamp};
use crate::store::{Account, AddOutcome, Store, StoreError, UpdateOutcome};
use crate::subject::{ANONYMOUS, Assurance, Role, Subject, SubjectId};

use super::password::{Hasher, Password};
use super::{IdentityError, Throttle, account_id};

/// Longest display name and role name, in bytes: they stand in every record and page.
const MAX_NAME_BYTES: usize = 128;

/// How long an account that a front proxy names counts as it was read: the second after which sessions are checked again, too.
const RECHECK: Duration = Duration::from_secs(1);

/// Accounts remembered for that second. Answers a front proxy that names ever new people.
const MAX_RECENT: usize = 4_096;

/// An account, without its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountInfo {
    /// Name.
    pub id: SubjectId,
    /// Name shown to people.
    pub display_name: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Attributes such as `department`.
    pub attributes: BTreeMap<String, String>,
    /// Whether it is disabled.
    pub disabled: bool,
}

impl From<Account> for AccountInfo {
    fn from(record: Account) -> Self {
        Self {
            id: record.id,
            display_name: record.display_name,
            roles: record.roles,
            attributes: record.attributes,
            disabled: record.disabled,
        }
    }
}

/// What a new account is to be.
#[derive(Clone, Debug, Default)]
pub struct NewAccount {
    /// Name: letters, digits and `. _ - @ +`; kept in the one spelling of [`account_id`].
    pub name: String,
    /// Name shown to people; the account name if empty.
    pub display_name: String,
    /// Role names.
    pub roles: Vec<String>,
    /// Attributes such as `department`.
    pub attributes: BTreeMap<String, String>,
}

/// Accounts, or that there is none, and when that was read.
type Recent = HashMap<SubjectId, (Timestamp, Option<AccountInfo>)>;

/// Local accounts.
#[derive(Clone)]
pub struct Accounts {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    hasher: Hasher,
    throttle: Throttle,
    recent: Arc<Mutex<Recent>>,
}

impl Accounts {
    /// Accounts kept in `store`.
    ///
    /// # Errors
    /// As [`Hasher::new`].
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Result<Self, IdentityError> {
        Ok(Self::with_hasher(store, clock, Hasher::new()?))
    }

    /// As [`Accounts::new`], with a hasher of another cost.
    pub fn with_hasher(store: Arc<dyn Store>, clock: Arc<dyn Clock>, hasher: Hasher) -> Self {
        Self {
            store,
            hasher,
            throttle: Throttle::new(Arc::clone(&clock)),
            recent: Arc::default(),
            clock,
        }
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`IdentityError::AccountName`], [`IdentityError::PasswordRule`], [`IdentityError::AccountExists`], or what the store says.
    pub async fn add(&self, new: NewAccount, password: Password) -> Result<AccountInfo, IdentityError> {
        let id = account_id(&new.name)?;
        check_words(&new)?;
        password.check_rules(id.as_str())?;
        let display_name = if new.display_name.is_empty() {
            &new.name
        } else {
            &new.display_name
        };
        let mut roles: Vec<Role> = new.roles.iter().map(|r| Role::new(r)).collect();
        roles.sort();
        roles.dedup();
        let phc = self.hasher.hash(password).await?;
        let mut record = Account::new(id, display_name, roles, phc, self.clock.now());
        record.attributes = new.attributes;
        match self.store.add_account(&record).await.map_err(store_error)? {
            AddOutcome::Added => Ok(record.into()),
            AddOutcome::Exists => Err(IdentityError::AccountExists),
        }
    }

    /// All accounts, by name.
    ///
    /// # Errors
    /// [`IdentityError::StoreUnavailable`].
    pub async fn list(&self) -> Result<Vec<AccountInfo>, IdentityError> {
        let accounts = self.store.list_accounts().await.map_err(store_error)?;
        Ok(accounts.into_iter().map(AccountInfo::from).collect())
    }

    /// One account, if it exists.
    ///
    /// # Errors
    /// [`IdentityError::StoreUnavailable`].
    pub async fn get(&self, id: &SubjectId) -> Result<Option<AccountInfo>, IdentityError> {
        let record = self.store.load_account(id).await.map_err(store_error)?;
        Ok(record.map(AccountInfo::from))
    }

    /// An account as it was at most a second ago: for each request of somebody whom a front proxy names. A change made by this
    /// process counts at once.
    ///
    /// # Errors
    /// What the store says; what is remembered does not outlive its second.
    pub async fn get_recent(&self, id: &SubjectId) -> Result<Option<AccountInfo>, IdentityError> {
        let now = self.clock.now();
        if let Some((read, account)) = self.recent.lock().get(id)
            && now >= *read
            && now.since(*read) < RECHECK
        {
            return Ok(account.clone());
        }
        let account = self.get(id).await?;
        let mut recent = self.recent.lock();
        if recent.len() >= MAX_RECENT {
            recent.clear();
        }
        recent.insert(id.clone(), (now, account.clone()));
        Ok(account)
    }

    /// Disables or enables an account. Disabling ends its sessions.
    ///
    /// # Errors
    /// [`IdentityError::UnknownAccount`], or what the store says.
    pub async fn set_disabled(&self, name: &str, disabled: bool) -> Result<(), IdentityError> {
        self.change(name, |record| record.disabled = disabled).await?;
        if disabled {
            self.end_sessions(name).await?;
        }
        Ok(())
    }

    /// Gives an account other roles; its sessions have them within a second.
    ///
    /// # Errors
    /// As [`Accounts::set_disabled`].
    pub async fn set_roles(&self, name: &str, roles: &[String]) -> Result<(), IdentityError> {
        let mut roles: Vec<Role> = roles.iter().map(|r| Role::new(r)).collect();
        roles.sort();
        roles.dedup();
        self.change(name, |record| record.roles = roles).await
    }

    /// Gives an account a new password and ends its sessions: whoever knew the old one is out.
    ///
    /// # Errors
    /// [`IdentityError::PasswordRule`], or as [`Accounts::set_disabled`].
    pub async fn set_password(&self, name: &str, password: Password) -> Result<(), IdentityError> {
        password.check_rules(name)?;
        let phc = self.hasher.hash(password).await?;
        self.change(name, |record| record.password_hash = phc).await?;
        self.end_sessions(name).await
    }

    /// Checks a sign-in. Unknown, wrong, disabled and throttled are one answer after the same work.
    ///
    /// # Errors
    /// [`IdentityError::WrongCredentials`]; [`IdentityError::Busy`]; [`IdentityError::StoreUnavailable`].
    pub async fn sign_in(&self, name: &str, password: Password, source: IpAddr) -> Result<Account, IdentityError> {
        let id = account_id(name).ok();
        // Every spelling of a name is the same name: it has one count.
        let name = id.as_ref().map_or(name, SubjectId::as_str);
        let heard = self.throttle.claim(name, source);
        let record = match &id {
            Some(id) => self.store.load_account(id).await.map_err(store_error)?,
            None => None,
        };
        let again = Password::new(password.expose());
        let phc = record.as_ref().map(|r| r.password_hash.as_str());
        let fits = self.hasher.verify(password, phc).await?;
        match record {
            Some(record) if fits && heard && !record.disabled => {
                self.throttle.succeeded(name, source);
                self.renew_hash(&record, again).await;
                Ok(record)
            }
            _ => Err(IdentityError::WrongCredentials),
        }
    }

    /// Hashes anew what was hashed with other parameters. If that fails, the next sign-in tries again.
    async fn renew_hash(&self, record: &Account, password: Password) {
        if !self.hasher.is_outdated(&record.password_hash) {
            return;
        }
        if let Ok(phc) = self.hasher.hash(password).await {
            let next = record.clone().changed(self.clock.now(), |r| r.password_hash = phc);
            let _ = self.store.update_account(&next).await;
        }
    }

    async fn change(&self, name: &str, change: impl FnOnce(&mut Account)) -> Result<(), IdentityError> {
        let id = account_id(name).map_err(|_| IdentityError::UnknownAccount)?;
        let done = self.change_stored(&id, change).await;
        self.recent.lock().remove(&id);
        done
    }

    async fn change_stored(&self, id: &SubjectId, change: impl FnOnce(&mut Account)) -> Result<(), IdentityError> {
        let found = self.store.load_account(id).await.map_err(store_error)?;
        let record = found.ok_or(IdentityError::UnknownAccount)?;
        let changed = record.changed(self.clock.now(), change);
        match self.store.update_account(&changed).await.map_err(store_error)? {
            UpdateOutcome::Done => Ok(()),
            UpdateOutcome::Conflict => Err(IdentityError::Conflict),
            UpdateOutcome::Missing => Err(IdentityError::UnknownAccount),
        }
    }

    async fn end_sessions(&self, name: &str) -> Result<(), IdentityError> {
        let id = account_id(name).map_err(|_| IdentityError::UnknownAccount)?;
        self.store.end_sessions_of(&id).await.map(drop).map_err(store_error)
    }
}

/// The subject of an account.
pub(super) fn subject_of(account: &Account, assurance: Assurance) -> Subject {
    Subject::new(
        account.id.clone(),
        &account.display_name,
        account.roles.iter().cloned(),
        account.attributes.clone(),
        assurance,
    )
}

/// To whoever asks for an identity, a store that fails is a store that is away; what failed is in the log.
pub(super) fn store_error(error: StoreError) -> IdentityError {
    tracing::warn!(%error, "identity: the store failed");
    IdentityError::StoreUnavailable
}

fn check_words(new: &NewAccount) -> Result<(), IdentityError> {
    let attributes = new.attributes.iter().flat_map(|(k, v)| [k, v]);
    let words = new
        .roles
        .iter()
        .chain(std::iter::once(&new.display_name))
        .chain(attributes);
    for word in words {
        if word.len() > MAX_NAME_BYTES || word.chars().any(char::is_control) {
            let reason = "comes with a display name, role or attribute that is too long or holds control characters";
            return Err(IdentityError::AccountName(reason));
        }
    }
    if new.roles.iter().any(|r| r.is_empty() || r == ANONYMOUS) {
        return Err(IdentityError::AccountName("comes with a role that nobody can be given"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
