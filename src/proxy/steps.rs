//! The way of a request as types: each step can only be made from the one before it.
//!
//! INVARIANT: [`Identified`] → [`Routed`] → [`Permitted`] → [`Audited`]; their fields are private, and nothing is forwarded without
//! an [`Audited`]. So no request reaches the CRM that was not identified, routed, permitted and recorded, in this order.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use super::head::Head;
use super::refusal::Refusal;
use crate::audit::{AuditRecord, Kind, Screened};
use crate::catalog::{self, RequestView, RouteMatch};
use crate::clock::Timestamp;
use crate::config::Snapshot;
use crate::policy::{Decision, Permit};
use crate::store::{Journal, SessionKey};
use crate::subject::{Environment, Subject};

/// A request with one meaning, and who asks.
pub(super) struct Identified {
    head: Head,
    headers: HeaderMap,
    subject: Subject,
    environment: Environment,
    session: Option<SessionKey>,
    request_id: String,
}

/// … and what the catalog says of it.
pub(super) struct Routed {
    asked: Identified,
    snapshot: Arc<Snapshot>,
    route: RouteMatch,
    body: Option<Value>,
}

/// … and under which plan it may pass.
pub(super) struct Permitted {
    routed: Routed,
    permit: Permit,
}

/// … and the record of that is written.
pub(super) struct Audited {
    permitted: Permitted,
}

impl Identified {
    /// The one entry: what [`crate::identity`] made of the request. `headers` have lost all that looks like an identity.
    pub(super) fn new(
        head: Head,
        headers: HeaderMap,
        who: (Subject, Option<SessionKey>),
        source: IpAddr,
        now: Timestamp,
        request_id: String,
    ) -> Self {
        Self {
            head,
            headers,
            subject: who.0,
            session: who.1,
            environment: Environment {
                now,
                source: Some(source),
            },
            request_id,
        }
    }

    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub(super) fn subject(&self) -> &Subject {
        &self.subject
    }

    pub(super) fn environment(&self) -> &Environment {
        &self.environment
    }

    pub(super) fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Asks the catalog. `body` is the decoded body, if the catalog wanted it.
    pub(super) fn route(self, snapshot: Arc<Snapshot>, body: Option<&Bytes>) -> Result<Routed, Refusal> {
        let body = match body {
            Some(bytes) => catalog::read_body(&self.headers, bytes)
                .map_err(|_| Refusal::Malformed("a body that can be read in two ways, or not as what it says it is"))?,
            None => None,
        };
        let route = snapshot.catalog.route(&RequestView {
            method: self.head.method.as_str(),
            target: &self.head.target,
            headers: &self.headers,
            body: body.as_ref(),
        });
        Ok(Routed {
            asked: self,
            snapshot,
            route,
            body,
        })
    }
}

impl Routed {
    pub(super) fn asked(&self) -> &Identified {
        &self.asked
    }

    pub(super) fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    pub(super) fn route(&self) -> &RouteMatch {
        &self.route
    }

    /// The body as routing read it.
    pub(super) fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    /// Asks policy. A denial is recorded before it is told.
    pub(super) fn decide(self, journal: &Journal) -> Result<Permitted, Refusal> {
        let asked = &self.asked;
        match self
            .snapshot
            .policy
            .decide(&asked.subject, &asked.environment, &self.route)
        {
            Decision::Permit(permit) => Ok(Permitted { routed: self, permit }),
            Decision::Deny(reason) => {
                let record = self.record(Kind::Decided).outcome("denied").reason(reason.code());
                journal.append(&record).map_err(|_| Refusal::AuditGone)?;
                Err(Refusal::Denied(reason.code().to_owned()))
            }
        }
    }

    /// The beginning of every record about this request.
    pub(super) fn record(&self, kind: Kind) -> AuditRecord {
        let Identified {
            head,
            subject,
            environment,
            request_id,
            session,
            ..
        } = &self.asked;
        let detectors = self.snapshot.classes.detectors();
        let mut record = AuditRecord::new(kind, environment.now)
            .request(request_id)
            .subject(subject.id().as_str(), subject.roles().iter().map(|r| r.as_str()))
            .assurance(assurance(subject))
            .route(self.route.id())
            .method(head.method.as_str())
            .path(Screened::path(&detectors, head.target.path()))
            .params(parameter_names(head, &detectors))
            .snapshot(self.snapshot.id.as_str());
        if let Some(source) = environment.source {
            record = record.source(source);
        }
        if let Some(session) = session {
            record = record.session(&session.to_string()[..SESSION_DIGITS]);
        }
        record
    }
}

impl Permitted {
    /// Writes the decision down. Only then anything may be forwarded.
    pub(super) fn audit(self, journal: &Journal) -> Result<Audited, Refusal> {
        let record = self.routed.record(Kind::Decided).outcome("permitted");
        journal.append(&record).map_err(|_| Refusal::AuditGone)?;
        Ok(Audited { permitted: self })
    }
}

impl Audited {
    pub(super) fn permit(&self) -> &Permit {
        &self.permitted.permit
    }

    pub(super) fn routed(&self) -> &Routed {
        &self.permitted.routed
    }

    pub(super) fn asked(&self) -> &Identified {
        &self.permitted.routed.asked
    }

    pub(super) fn head(&self) -> &Head {
        &self.permitted.routed.asked.head
    }
}

/// How much of a session's hashed id stands in a record: enough to tell sessions apart, useless to find one.
const SESSION_DIGITS: usize = 16;

/// Names of the query's parameters, at most so many: a record stays small whatever a client sends.
const MAX_NAMED_PARAMETERS: usize = 32;

fn parameter_names(head: &Head, detectors: &crate::mask::detect::Detectors) -> Vec<Screened> {
    head.target
        .query()
        .iter()
        .take(MAX_NAMED_PARAMETERS)
        .map(|(name, _)| Screened::name(detectors, name))
        .collect()
}

fn assurance(subject: &Subject) -> &'static str {
    use crate::subject::Assurance as A;
    match subject.assurance() {
        A::None => "none",
        A::Asserted => "asserted",
        A::Password => "password",
        A::MultiFactor => "multi_factor",
    }
}
