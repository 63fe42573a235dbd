//! One record, as the rooms make it.

use std::net::IpAddr;

use super::{Kind, Screened};
use crate::clock::Timestamp;
use crate::mask::Rendering;

/// How many values of a class were shown how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassCount {
    /// The name of the class.
    pub class: String,
    /// The rendering.
    pub rendering: Rendering,
    /// How many values.
    pub count: u64,
}

/// Evidence of one decision or outcome. Number and hash are given by the journal.
///
/// What is `String` here is a name that the configuration or the program defines (account, role, route, class, code): never a text
/// from a client or from the CRM. Those are [`Screened`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    pub(super) kind: Kind,
    pub(super) at: Timestamp,
    pub(super) subject: Option<String>,
    pub(super) roles: Vec<String>,
    pub(super) assurance: Option<&'static str>,
    pub(super) source: Option<IpAddr>,
    pub(super) request: Option<String>,
    pub(super) route: Option<String>,
    pub(super) method: Option<String>,
    pub(super) path: Option<Screened>,
    pub(super) params: Vec<Screened>,
    pub(super) outcome: Option<&'static str>,
    pub(super) reason: Option<String>,
    pub(super) note: Option<Screened>,
    pub(super) approval: Option<String>,
    pub(super) level: Option<String>,
    pub(super) digest: Option<String>,
    pub(super) content: Option<String>,
    pub(super) snapshot: Option<String>,
    pub(super) session: Option<String>,
    pub(super) file: Option<String>,
    pub(super) prev: Option<String>,
    pub(super) classes: Vec<ClassCount>,
    pub(super) detected: Option<u64>,
    pub(super) records: Option<u64>,
    pub(super) bytes: Option<u64>,
    pub(super) status: Option<u16>,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $kind:ty => $store:expr;)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(mut self, $name: $kind) -> Self {
                self.$name = $store;
                self
            }
        )*
    };
}

impl AuditRecord {
    /// A record of this kind.
    pub fn new(kind: Kind, at: Timestamp) -> Self {
        Self {
            kind,
            at,
            subject: None,
            roles: Vec::new(),
            assurance: None,
            source: None,
            request: None,
            route: None,
            method: None,
            path: None,
            params: Vec::new(),
            outcome: None,
            reason: None,
            note: None,
            approval: None,
            level: None,
            digest: None,
            content: None,
            snapshot: None,
            session: None,
            file: None,
            prev: None,
            classes: Vec::new(),
            detected: None,
            records: None,
            bytes: None,
            status: None,
        }
    }

    /// Who: the account and its roles.
    #[must_use]
    pub fn subject<'a>(mut self, id: &str, roles: impl IntoIterator<Item = &'a str>) -> Self {
        self.subject = Some(id.to_owned());
        self.roles = roles.into_iter().map(str::to_owned).collect();
        self
    }

    setters! {
        /// How surely it is who it says: the word of `subject::Assurance`.
        assurance: &'static str => Some(assurance);
        /// The network address the request came from.
        source: IpAddr => Some(source);
        /// The id that `decided` and `completed` of one request share.
        request: &str => Some(request.to_owned());
        /// The catalog's name of the route.
        route: &str => Some(route.to_owned());
        /// The method; one that is not a plain upper-case word of at most 16 letters is written as `other`.
        method: &str => Some(plain_method(method));
        /// The canonical path without the query. Screening is the caller's job, who knows which segments the route takes for values;
        /// ids of records stay.
        path: Screened => Some(path);
        /// The names of the query's parameters, without values.
        params: Vec<Screened> => params;
        /// What came of it: `permitted`, `denied`, `whole`, `cut`, `approve`, `reject` …
        outcome: &'static str => Some(outcome);
        /// A code that says why.
        reason: &str => Some(reason.to_owned());
        /// A person's words: a purpose, a comment, a reason.
        note: Screened => Some(note);
        /// The approval it is about.
        approval: &str => Some(approval.to_owned());
        /// The level of the chain.
        level: &str => Some(level.to_owned());
        /// The digest of the request.
        digest: &str => Some(digest.to_owned());
        /// SHA-256 of the sealed bytes.
        content: &str => Some(content.to_owned());
        /// The policy snapshot.
        snapshot: &str => Some(snapshot.to_owned());
        /// The hashed id of the session, or its beginning.
        session: &str => Some(session.to_owned());
        /// A file of the journal or of the policies, by name.
        file: &str => Some(file.to_owned());
        /// The hash that the chain had before; the journal sets it.
        prev: &str => Some(prev.to_owned());
        /// Data classes with renderings and counts.
        classes: Vec<ClassCount> => classes;
        /// Values that detectors found where no rule spoke.
        detected: u64 => Some(detected);
        /// Records of the CRM in the answer.
        records: u64 => Some(records);
        /// Bytes that went to the client, or into the hold.
        bytes: u64 => Some(bytes);
        /// The status the client got.
        status: u16 => Some(status);
    }

    /// What it is about.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// The longest method that is written as it came, in letters.
const MAX_METHOD_LETTERS: usize = 16;

fn plain_method(method: &str) -> String {
    let plain = method.len() <= MAX_METHOD_LETTERS && method.bytes().all(|byte| byte.is_ascii_uppercase());
    if plain { method.to_owned() } else { "other".to_owned() }
}
