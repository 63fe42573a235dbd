//! Sessions: opened at sign-in, checked on each request, ended for good.
//!
//! The way of a request is one hash and one look into a sharded map. An entry older than [`FRESH`] is checked against the store first,
//! by one request for all that wait for it.

mod cache;

use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, Timestamp};
use crate::store::{self, Account, SessionKey, SessionRecord, Store};
use crate::subject::{Assurance, Subject};

use super::token::SessionToken;
use super::{IdentityError, accounts};
use cache::{Cache, Entry, Outage};

/// How old the store's word may be. A sign-out, a disabled account or a changed role is effective everywhere after that.
const FRESH: Duration = Duration::from_secs(1);

/// How often the store learns that a session is in use. Between two instances the idle limit may come early by as much, never late.
const TOUCH_EVERY: Duration = Duration::from_secs(10);

/// When sessions end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Without a request for this long.
    pub idle: Duration,
    /// After this long, whatever happens.
    pub absolute: Duration,
    /// How long sessions that this instance has seen go on while the store is away; zero refuses at once.
    pub grace: Duration,
}

impl Default for SessionLimits {
    /// 20 minutes, 10 hours, 60 seconds.
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(20 * 60),
            absolute: Duration::from_secs(10 * 3600),
            grace: Duration::from_secs(60),
        }
    }
}

/// A session that is alive.
#[derive(Clone, Debug)]
pub struct LiveSession {
    /// Whose it is.
    pub subject: Subject,
    /// Whether the store is away and only the grace keeps it alive.
    pub in_grace: bool,
}

/// Opens, finds and ends sessions.
pub struct Sessions {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    limits: SessionLimits,
    cache: Cache,
    outage: Outage,
}

impl Sessions {
    /// Sessions kept in `store`.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, limits: SessionLimits) -> Self {
        Self {
            store,
            clock,
            limits,
            cache: Cache::default(),
            outage: Outage::default(),
        }
    }

    /// The limits.
    pub fn limits(&self) -> SessionLimits {
        self.limits
    }

    /// Opens a session for an account whose credential was just checked. The id is new, whatever the browser sent before.
    /// `audience` notes where the person signed in.
    ///
    /// # Errors
    /// [`IdentityError::StoreUnavailable`]; [`IdentityError::Randomness`]; [`IdentityError::WrongCredentials`] when the account was
    /// disabled, or got another password, while this one was being checked.
    pub async fn open(
        &self,
        account: &Account,
        assurance: Assurance,
        audience: &str,
    ) -> Result<SessionToken, IdentityError> {
        let token = SessionToken::random()?;
        let key = token.key();
        let limits = store::sessions::SessionLimits {
            idle: self.limits.idle,
            absolute: self.limits.absolute,
        };
        let began = self.store.now().await.map_err(accounts::store_error)?;
        let record = SessionRecord::begin(account.id.clone(), assurance, audience, began, limits)
            .for_account_version(account.version);
        self.store
            .open_session(&key, &record)
            .await
            .map_err(accounts::store_error)?;
        // INVARIANT: whoever changes a password ends the sessions there are; one that is opened meanwhile is found here.
        let now = self
            .store
            .load_account(&account.id)
            .await
            .map_err(accounts::store_error)?;
        if now.is_none_or(|now| now.disabled || now.password_hash != account.password_hash) {
            self.end(&token).await?;
            return Err(IdentityError::WrongCredentials);
        }
        let subject = accounts::subject_of(account, assurance);
        self.cache.insert(Entry::new(key, &record, subject, self.clock.now()));
        Ok(token)
    }

    /// The live session of a token, if there is one. Being asked for counts as use.
    ///
    /// # Errors
    /// [`IdentityError::StoreUnavailable`] when the store is away and the grace does not cover this session.
    pub async fn find(&self, token: &SessionToken) -> Result<Option<LiveSession>, IdentityError> {
        let key = token.key();
        let now = self.clock.now();
        let known = self.cache.get(&key);
        if let Some(entry) = &known
            && self.is_alive(entry, now)
            && entry.is_checked_since(now, FRESH)
        {
            entry.touch(now);
            return Ok(Some(entry.live(false)));
        }
        match known {
            None => self.check(&key, None, now).await,
            Some(entry) => {
                // One check for all requests that wait: the second finds the entry that the first has put there.
                let _turn = entry.turn().await;
                match self.cache.get(&key) {
                    Some(newer) if newer.is_checked_since(now, FRESH) && self.is_alive(&newer, now) => {
                        newer.touch(now);
                        Ok(Some(newer.live(false)))
                    }
                    _ => self.check(&key, Some(&entry), now).await,
                }
            }
        }
    }

    /// Ends a session: here at once, elsewhere within [`FRESH`].
    ///
    /// # Errors
    /// [`IdentityError::StoreUnavailable`] when the store does not know yet; this instance refuses the session all the same, and
    /// tells the store when it is asked for it again.
    pub async fn end(&self, token: &SessionToken) -> Result<(), IdentityError> {
        let key = token.key();
        self.cache.end(key, self.clock.now());
        self.end_in_store(&key).await
    }

    async fn end_in_store(&self, key: &SessionKey) -> Result<(), IdentityError> {
        self.store.end_session(key).await.map_err(accounts::store_error)?;
        self.cache.confirm_end(key);
        Ok(())
    }

    fn is_alive(&self, entry: &Entry, now: Timestamp) -> bool {
        now < entry.ends_at() && now.since(entry.seen_at()) < self.limits.idle
    }

    async fn check(
        &self,
        key: &SessionKey,
        known: Option<&Entry>,
        now: Timestamp,
    ) -> Result<Option<LiveSession>, IdentityError> {
        if self.cache.is_ended(key) {
            // Ended here while the store was away: tell it now. Either way the answer is no.
            let _ = self.end_in_store(key).await;
            return Ok(None);
        }
        if self.outage.was_just_asked(now, FRESH) {
            return self.go_on(known, now);
        }
        let due = known.is_none_or(|entry| entry.is_touch_due(now, TOUCH_EVERY));
        match self.load(key, due).await {
            Ok(found) => {
                self.outage.over();
                self.take(key, found, now).await
            }
            Err(IdentityError::StoreUnavailable) => {
                self.outage.seen(now);
                self.go_on(known, now)
            }
            Err(other) => Err(other),
        }
    }

    /// The session and its account as the store has them; with `touch` the store notes the use.
    async fn load(&self, key: &SessionKey, touch: bool) -> Result<Option<(SessionRecord, Account)>, IdentityError> {
        let session = match touch {
            true => self.store.touch_session(key).await,
            false => self.store.load_session(key).await,
        };
        let Some(session) = session.map_err(accounts::store_error)? else {
            return Ok(None);
        };
        let account = self
            .store
            .load_account(&session.subject)
            .await
            .map_err(accounts::store_error)?;
        Ok(account.map(|account| (session, account)))
    }

    async fn take(
        &self,
        key: &SessionKey,
        found: Option<(SessionRecord, Account)>,
        now: Timestamp,
    ) -> Result<Option<LiveSession>, IdentityError> {
        let Some((record, account)) = found else {
            self.cache.remove(key);
            return Ok(None);
        };
        if account.disabled {
            self.cache.end(*key, now);
            let _ = self.end_in_store(key).await;
            return Ok(None);
        }
        let subject = accounts::subject_of(&account, record.assurance);
        let entry = Entry::new(*key, &record, subject, now);
        entry.touch(now);
        let live = entry.live(false);
        Ok(self.cache.insert(entry).then_some(live))
    }

    fn go_on(&self, known: Option<&Entry>, now: Timestamp) -> Result<Option<LiveSession>, IdentityError> {
        let covered = self.outage.lasts_less_than(self.limits.grace, now);
        match known {
            Some(entry) if covered && self.is_alive(entry, now) => {
                entry.touch(now);
                Ok(Some(entry.live(true)))
            }
            _ => Err(IdentityError::StoreUnavailable),
        }
    }
}

#[cfg(test)]
mod tests;
