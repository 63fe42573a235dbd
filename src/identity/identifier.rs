//! One request head → who asks.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use http::HeaderMap;

use crate::subject::{Assurance, Role, Subject, SubjectId};

use super::front::Assertion;
use super::{Accounts, CookieForm, IdentityError, IdentityHeaders, LookAlikes, SessionToken, Sessions, TrustedFronts};

/// By what a request was found to be somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// By nothing: it is anonymous.
    Nothing,
    /// By a session.
    Session,
    /// By the header of a trusted front proxy.
    FrontProxy,
}

/// Who asks, and from where.
#[derive(Clone, Debug)]
pub struct Identified {
    /// Who.
    pub subject: Subject,
    /// The client's address, after trusted front proxies were taken off.
    pub source: IpAddr,
    /// By what.
    pub via: Via,
    /// The session's token, if there is a live session.
    pub session: Option<SessionToken>,
    /// Whether the store is away and only the grace keeps the session alive: reading goes on, nothing may be decided or released.
    pub in_grace: bool,
}

/// Turns request heads into subjects.
pub struct Identifier {
    sessions: Arc<Sessions>,
    accounts: Arc<Accounts>,
    fronts: TrustedFronts,
    headers: Option<IdentityHeaders>,
    look_alikes: LookAlikes,
    cookie: CookieForm,
}

impl Identifier {
    /// An identifier that knows sessions and believes nobody.
    pub fn new(sessions: Arc<Sessions>, accounts: Arc<Accounts>, cookie: CookieForm) -> Self {
        Self {
            sessions,
            accounts,
            fronts: TrustedFronts::default(),
            headers: None,
            look_alikes: LookAlikes::default(),
            cookie,
        }
    }

    /// Believes these front proxies what they say of the client's address and, in `headers`, of the person.
    #[must_use]
    pub fn trusting(mut self, fronts: TrustedFronts, headers: Option<IdentityHeaders>) -> Self {
        self.look_alikes = LookAlikes::with(headers.iter().flat_map(IdentityHeaders::names));
        self.fronts = fronts;
        self.headers = headers;
        self
    }

    /// The form of the session cookie.
    pub fn cookie(&self) -> CookieForm {
        self.cookie
    }

    /// The client's address, after trusted front proxies were taken off.
    pub fn source(&self, headers: &HeaderMap, peer: IpAddr) -> IpAddr {
        self.fronts.client(headers, peer)
    }

    /// Takes every look-alike of an identity header and our own cookies out of a request head.
    pub fn strip(&self, headers: &mut HeaderMap) {
        self.look_alikes.strip(headers);
    }

    /// Who asks. Call it before [`Identifier::strip`].
    ///
    /// A front proxy's word goes before a session of somebody else; a session of the same person goes before it, being surer.
    ///
    /// # Errors
    /// [`IdentityError::StoreUnavailable`]; [`IdentityError::AmbiguousAssertion`]; [`IdentityError::Disabled`].
    pub async fn identify(&self, headers: &HeaderMap, peer: IpAddr) -> Result<Identified, IdentityError> {
        let source = self.source(headers, peer);
        let assertion = match &self.headers {
            Some(names) if self.fronts.contains(peer) => names.read(headers)?,
            _ => None,
        };
        let session = self.by_session(headers, source).await?;
        match (assertion, session) {
            (None, None) => Ok(nobody(source)),
            (None, Some(session)) => Ok(session),
            (Some(said), Some(session)) if session.subject.id().as_str() == said.name => Ok(session),
            (Some(said), _) => self.by_front(said, source).await,
        }
    }

    async fn by_session(&self, headers: &HeaderMap, source: IpAddr) -> Result<Option<Identified>, IdentityError> {
        let Some(token) = self.cookie.find(headers) else {
            return Ok(None);
        };
        let live = self.sessions.find(&token).await?;
        Ok(live.map(|live| Identified {
            subject: live.subject,
            source,
            via: Via::Session,
            session: Some(token),
            in_grace: live.in_grace,
        }))
    }

    /// With a roles header the front proxy says everything; without one, the local account of that name says the roles.
    async fn by_front(&self, said: Assertion, source: IpAddr) -> Result<Identified, IdentityError> {
        let id = SubjectId::new(&said.name);
        // Whoever is disabled here is nobody here, whatever roles a front proxy gives.
        let account = self.accounts.get_recent(&id).await?;
        if account.as_ref().is_some_and(|account| account.disabled) {
            return Err(IdentityError::Disabled);
        }
        let subject = match (said.roles, account) {
            (Some(roles), _) => asserted(
                id,
                &said.name,
                roles.iter().map(|r| Role::new(r)).collect(),
                BTreeMap::new(),
            ),
            (None, Some(account)) => asserted(id, &account.display_name, account.roles, account.attributes),
            (None, None) => asserted(id, &said.name, Vec::new(), BTreeMap::new()),
        };
        Ok(Identified {
            subject,
            source,
            via: Via::FrontProxy,
            session: None,
            in_grace: false,
        })
    }
}

fn asserted(id: SubjectId, name: &str, roles: Vec<Role>, attributes: BTreeMap<String, String>) -> Subject {
    Subject::new(id, name, roles, attributes, Assurance::Asserted)
}

fn nobody(source: IpAddr) -> Identified {
    Identified {
        subject: Subject::anonymous(),
        source,
        via: Via::Nothing,
        session: None,
        in_grace: false,
    }
}

#[cfg(test)]
mod tests;
