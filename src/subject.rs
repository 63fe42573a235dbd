//! Who is asking: [`Subject`], its roles, attributes and assurance (NIST SP 800-162).
//!
//! Purpose: one value that says everything policy may know of the asker.
//!
//! Guarantee: roles are sorted and distinct, so two subjects with the same roles share one cached decision; a subject
//! that nobody vouched for is [`Subject::anonymous`] and holds exactly the role [`ANONYMOUS`].
//!
//! Exceptions: the room does not know how a credential was checked; that is `identity`.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The role of a request that belongs to nobody.
pub const ANONYMOUS: &str = "anonymous";

/// The stable id of a subject: the account name. Never shown to the CRM unless configured.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubjectId(Arc<str>);

impl SubjectId {
    /// An id from an account name that `identity` has validated.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The account name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a role, as `policies/access.csv` spells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Role(Arc<str>);

impl Role {
    /// A role by its name.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How surely the subject is who it says (least first; policy compares with `>=`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// Nobody vouched for it.
    None,
    /// A trusted front proxy named it in a header.
    Asserted,
    /// It knew a password.
    Password,
    /// It proved a second factor.
    MultiFactor,
}

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    id: SubjectId,
    display_name: Arc<str>,
    roles: Arc<[Role]>,
    attributes: Arc<BTreeMap<String, String>>,
    assurance: Assurance,
}

impl Subject {
    /// A subject that `identity` established. Roles are sorted and made distinct here.
    pub fn new(
        id: SubjectId,
        display_name: &str,
        roles: impl IntoIterator<Item = Role>,
        attributes: BTreeMap<String, String>,
        assurance: Assurance,
    ) -> Self {
        let mut roles: Vec<Role> = roles.into_iter().collect();
        roles.sort();
        roles.dedup();
        Self {
            id,
            display_name: display_name.into(),
            roles: roles.into(),
            attributes: Arc::new(attributes),
            assurance,
        }
    }

    /// The subject of a request that belongs to nobody.
    pub fn anonymous() -> Self {
        Self::new(
            SubjectId::new(ANONYMOUS),
            ANONYMOUS,
            [Role::new(ANONYMOUS)],
            BTreeMap::new(),
            Assurance::None,
        )
    }

    /// Whether nobody vouched for it.
    pub fn is_anonymous(&self) -> bool {
        self.assurance == Assurance::None
    }

    /// The stable id.
    pub fn id(&self) -> &SubjectId {
        &self.id
    }

    /// The name to show to people.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// Sorted, distinct roles.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// The roles as a value that is cheap to keep, for cache keys.
    pub fn shared_roles(&self) -> Arc<[Role]> {
        Arc::clone(&self.roles)
    }

    /// Whether it holds this role itself (inheritance is policy's business).
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|r| r.as_str() == role)
    }

    /// Attributes such as `department` or `crm_id`.
    pub fn attributes(&self) -> &BTreeMap<String, String> {
        &self.attributes
    }

    /// How surely it is who it says.
    pub fn assurance(&self) -> Assurance {
        self.assurance
    }
}

/// What surrounds a request besides its subject; policy conditions speak of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// The present time.
    pub now: crate::clock::Timestamp,
    /// The network address the request came from, after trusted front proxies were taken off.
    pub source: Option<IpAddr>,
}
