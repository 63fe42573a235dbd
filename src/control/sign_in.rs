//! Signing in and out, for the gate pages and the API alike: credential, session, evidence, in this order.

use std::net::IpAddr;
use std::sync::Arc;

use http::HeaderMap;
use http::HeaderValue;

use super::ControlError;
use super::evidence::Evidence;
use crate::audit::{AuditRecord, Kind};
use crate::clock::Clock;
use crate::identity::{Accounts, Identifier, IdentityError, Password, SessionToken, Sessions, account_id};
use crate::subject::Assurance;

/// Where people sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// On the proxy's origin.
    Proxy,
    /// On the approval page.
    Control,
}

impl Door {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Proxy => "proxy",
            Self::Control => "control",
        }
    }
}

/// What a sign-in is made of.
pub struct Attempt<'a> {
    /// Account name as typed.
    pub account: &'a str,
    /// Password as typed.
    pub password: Password,
    /// The request's headers: an older session in them is ended.
    pub headers: &'a HeaderMap,
    /// The peer of the connection.
    pub peer: IpAddr,
}

/// Opens and ends sessions.
#[derive(Clone)]
pub struct SignIn {
    pub(super) accounts: Arc<Accounts>,
    pub(super) sessions: Arc<Sessions>,
    pub(super) identifier: Arc<Identifier>,
    pub(super) evidence: Evidence,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) door: Door,
}

impl SignIn {
    /// Signs in; the answer is the `Set-Cookie` value of a session with a new id, and whose it is.
    ///
    /// INVARIANT: the evidence is on disk before the browser gets the cookie.
    pub async fn open(&self, attempt: Attempt<'_>) -> Result<(HeaderValue, SessionToken), ControlError> {
        let source = self.identifier.source(attempt.headers, attempt.peer);
        let account = match self.accounts.sign_in(attempt.account, attempt.password, source).await {
            Ok(account) => account,
            Err(error) => {
                self.note_failure(attempt.account, source, &error).await;
                return Err(error.into());
            }
        };
        let token = self
            .sessions
            .open(&account, Assurance::Password, self.door.as_str())
            .await?;
        let record = AuditRecord::new(Kind::SessionOpened, self.clock.now())
            .subject(account.id.as_str(), account.roles.iter().map(|r| r.as_str()))
            .assurance("password")
            .source(source)
            .session(&short(&token))
            .route(self.door.as_str());
        if let Err(error) = self.evidence.synced(&record).await {
            let _ = self.sessions.end(&token).await;
            return Err(error);
        }
        let cookie = self.identifier.cookie();
        if let Some(old) = cookie.find(attempt.headers) {
            // It ends by itself if the store cannot be told now; the browser forgets it with this answer.
            let _ = self.sessions.end(&old).await;
        }
        Ok((cookie.set(&token, self.sessions.limits().absolute), token))
    }

    /// Ends the session that a request carries, if any. The browser is told to forget the cookie in any case, so this gives the
    /// `Set-Cookie` value beside the outcome.
    pub async fn close(&self, headers: &HeaderMap, peer: IpAddr) -> (HeaderValue, Result<(), ControlError>) {
        let cookie = self.identifier.cookie();
        let outcome = match cookie.find(headers) {
            Some(token) => self.end(&token, headers, peer).await,
            None => Ok(()),
        };
        (cookie.expire(), outcome)
    }

    async fn end(&self, token: &SessionToken, headers: &HeaderMap, peer: IpAddr) -> Result<(), ControlError> {
        let whose = self.sessions.find(token).await.ok().flatten();
        self.sessions.end(token).await?;
        let Some(live) = whose else { return Ok(()) };
        let record = AuditRecord::new(Kind::SessionClosed, self.clock.now())
            .subject(
                live.subject.id().as_str(),
                live.subject.roles().iter().map(|r| r.as_str()),
            )
            .source(self.identifier.source(headers, peer))
            .session(&short(token))
            .route(self.door.as_str());
        self.evidence.synced(&record).await
    }

    /// Names the account only when there is one: people type their password into the wrong field.
    async fn note_failure(&self, typed: &str, source: IpAddr, error: &IdentityError) {
        if *error != IdentityError::WrongCredentials {
            return;
        }
        let known = match account_id(typed) {
            Ok(id) => self.accounts.get(&id).await.ok().flatten(),
            Err(_) => None,
        };
        let mut record = AuditRecord::new(Kind::SignInFailed, self.clock.now())
            .source(source)
            .route(self.door.as_str())
            .outcome("denied");
        if let Some(account) = known {
            record = record.subject(account.id.as_str(), []);
        }
        if let Err(error) = self.evidence.synced(&record).await {
            tracing::error!(%error, "control: a failed sign-in could not be recorded");
        }
    }
}

/// The beginning of a session's hashed id: enough to find its lines, not enough for anything else.
fn short(token: &SessionToken) -> String {
    token.key().to_string().chars().take(16).collect()
}
