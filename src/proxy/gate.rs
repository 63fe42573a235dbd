//! The export gate: an export is captured once, sealed, and waits for its approval.
//!
//! Guarantee: no byte of an export goes out here. What goes out is what [`super::release`] takes from the seal against a grant.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;
use pingora::protocols::http::ServerSession;

use super::capture::Captured;
use super::exchange::{Answering, Failure};
use super::refusal::Refusal;
use super::release::Fetch;
use super::service::{Ending, Service};
use super::steps::{Audited, Routed};
use crate::approval::{
    Approval, ApprovalId, Chain, ClassFact, DigestBody, DigestParts, Exhibit, ExportFacts, Filter, NewHold,
    ReleasedClass, RequestDigest, Requester, Stamp,
};
use crate::audit::{AuditRecord, Kind, Screened};
use crate::catalog::{ExportRule, Protect};
use crate::mask::ClassId;
use crate::mask::detect::Detectors;
use crate::policy::Release;
use crate::store::{CreateOutcome, StoreError};

/// Requests remembered to be exports, so that they are not fetched again while their approval waits: 32 bytes each.
const MAX_KNOWN: usize = 4_096;

/// What the gate remembers of this process's exports. Forgetting one costs a second fetch and nothing else.
pub(super) struct Gate {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// Whether each was noticed only after its answer had begun.
    digests: HashMap<RequestDigest, bool>,
    oldest_first: VecDeque<RequestDigest>,
}

impl Gate {
    pub(super) fn new() -> Self {
        Self {
            known: Mutex::new(Known::default()),
        }
    }

    fn remember(&self, digest: RequestDigest, late: bool) {
        let mut known = self.known.lock();
        match known.digests.entry(digest) {
            Entry::Occupied(mut entry) => {
                *entry.get_mut() |= late;
                return;
            }
            Entry::Vacant(entry) => entry.insert(late),
        };
        known.oldest_first.push_back(digest);
        if known.oldest_first.len() > MAX_KNOWN
            && let Some(oldest) = known.oldest_first.pop_front()
        {
            known.digests.remove(&oldest);
        }
    }

    fn knows(&self, digest: &RequestDigest) -> bool {
        self.known.lock().digests.contains_key(digest)
    }

    fn knows_late(&self, digest: &RequestDigest) -> bool {
        self.known.lock().digests.get(digest).copied().unwrap_or(false)
    }

    fn is_empty(&self) -> bool {
        self.known.lock().digests.is_empty()
    }
}

/// An export that was recognised: what it is bound to, and in which renderings it could leave.
pub(super) struct Case {
    pub digest: RequestDigest,
    pub release: Release,
}

impl Service {
    /// Before anything is fetched: an open approval for the same thing is answered at once. Routes whose exports are told by the
    /// answer are looked up only if this process has seen this very request to be one.
    pub(super) async fn known_export(
        &self,
        client: &mut ServerSession,
        audited: &Audited,
        bound: Option<&[u8]>,
    ) -> Result<Option<Ending>, Failure> {
        let always = match (audited.routed().route().protect(), audited.permit().export()) {
            (Protect::Masked, ExportRule::Always) => true,
            (Protect::Masked, ExportRule::ByAnswer { .. }) if !self.gate.is_empty() => false,
            _ => return Ok(None),
        };
        if audited.head().method == http::Method::HEAD {
            return Ok(None);
        }
        if always && audited.asked().subject().is_anonymous() {
            return Err(Refusal::Unauthorised.into());
        }
        let Some(bound) = bound else { return Ok(None) };
        let case = match self.case(audited, bound) {
            Ok(case) => case,
            Err(refusal) if always => return Err(refusal.into()),
            Err(_) => return Ok(None),
        };
        if !always && !self.gate.knows(&case.digest) {
            return Ok(None);
        }
        let requester = audited.asked().subject().id();
        match self
            .at
            .store
            .find_open(requester, &case.digest)
            .await
            .map_err(|e| refusal_of_store(&e))?
        {
            Some(approval) => self.settle(client, audited, approval).await.map(Some),
            None => Ok(None),
        }
    }

    /// Notes that a request turned out to be an export after its answer had begun: the next time it is held from the start.
    pub(super) fn remember_export(&self, audited: &Audited, bound: Option<&[u8]>) {
        if let Some(bound) = bound
            && let Ok(case) = self.case(audited, bound)
        {
            self.gate.remember(case.digest, true);
        }
    }

    /// Whether this very request was noticed to be an export only after its answer had begun.
    pub(super) fn is_late_export(&self, audited: &Audited, bound: Option<&[u8]>) -> bool {
        !self.gate.is_empty()
            && bound.is_some_and(|bound| {
                self.case(audited, bound)
                    .is_ok_and(|case| self.gate.knows_late(&case.digest))
            })
    }

    /// What an export is bound to; refused if the subject may not export this at all.
    fn case(&self, audited: &Audited, bound: &[u8]) -> Result<Case, Refusal> {
        let routed = audited.routed();
        let release = release_of(routed)?;
        let digest = digest(routed, &release, bound);
        Ok(Case { digest, release })
    }

    /// Holds an export: captures and seals what the CRM sends, and opens its approval.
    pub(super) async fn hold(
        &self,
        client: &mut ServerSession,
        audited: Audited,
        answering: Answering,
        raw: Vec<u8>,
        bound: Option<Bytes>,
    ) -> Result<Ending, Failure> {
        let approval = match self.try_hold(client, &audited, answering, raw, bound).await {
            Ok(approval) => approval,
            Err(failure) => {
                self.record_failure(&audited, &failure);
                return Err(failure);
            }
        };
        self.settle(client, &audited, approval).await
    }

    async fn try_hold(
        &self,
        client: &mut ServerSession,
        audited: &Audited,
        answering: Answering,
        raw: Vec<u8>,
        bound: Option<Bytes>,
    ) -> Result<Approval, Failure> {
        if audited.asked().subject().is_anonymous() {
            return Err(Refusal::Unauthorised.into());
        }
        let bound = bound.ok_or(Refusal::NotSealed(
            "its request is too large for an approval to be bound to it",
        ))?;
        let case = self.case(audited, &bound)?;
        self.gate.remember(case.digest, false);
        let id = ApprovalId::from_bytes(random_bytes()?);
        let captured = self
            .capture(client, audited, answering, raw, (id, &case, &bound))
            .await?;
        let opened = match self.chain(audited.routed(), &case, &captured) {
            Ok(chain) => self.create(audited, id, &case, &captured, chain).await,
            Err(refusal) => Err(refusal),
        };
        if !opened.as_ref().is_ok_and(|approval| approval.id() == id) {
            // Refused, or somebody asked for the same meanwhile: nobody will ever ask for what was just sealed.
            self.destroy(id).await;
        }
        Ok(opened?)
    }

    fn chain(&self, routed: &Routed, case: &Case, captured: &Captured) -> Result<Chain, Refusal> {
        let snapshot = routed.snapshot();
        let classes: Vec<(ClassId, String)> = captured
            .classes
            .iter()
            .map(|(class, _)| (*class, snapshot.classes.name(*class).to_owned()))
            .collect();
        let ancestors: Vec<Vec<&str>> = classes
            .iter()
            .map(|(class, _)| {
                snapshot
                    .classes
                    .ancestors(*class)
                    .iter()
                    .map(|a| snapshot.classes.name(*a))
                    .collect()
            })
            .collect();
        let facts: Vec<ClassFact<'_>> = classes
            .iter()
            .zip(&ancestors)
            .map(|((class, name), ancestors)| ClassFact {
                class: name,
                ancestors,
                rendering: case.release.rendering(*class),
            })
            .collect();
        let facts = ExportFacts {
            route: routed.route().id(),
            classes: &facts,
            rows: captured.records,
            roles: routed.asked().subject().roles(),
            destination: routed.asked().environment().source,
        };
        snapshot.chains.select(&facts).cloned().map_err(|_| Refusal::NoChain)
    }

    /// Opens the approval, or finds the one that somebody opened meanwhile.
    async fn create(
        &self,
        audited: &Audited,
        id: ApprovalId,
        case: &Case,
        captured: &Captured,
        chain: Chain,
    ) -> Result<Approval, Refusal> {
        let now = self.at.store.now().await.map_err(|e| refusal_of_store(&e))?;
        let hold = self.new_hold(audited, id, case, captured, chain);
        let key = hex(&random_bytes()?);
        let approval = Approval::hold(hold, Stamp::new(now, &key)).map_err(|e| {
            tracing::warn!(error = %e, "an export cannot be held");
            Refusal::ExportDenied("it cannot be put before approvers".to_owned())
        })?;
        self.record_held(audited, &approval).await?;
        match self
            .at
            .store
            .create(&approval)
            .await
            .map_err(|e| refusal_of_store(&e))?
        {
            CreateOutcome::Existing(existing) => Ok(*existing),
            CreateOutcome::Created { lapsed } => {
                if let Some(lapsed) = lapsed {
                    self.bury(&lapsed).await;
                }
                Ok(approval)
            }
        }
    }

    /// An earlier approval of the same request turned out to have lapsed: that is recorded, and its seal destroyed.
    async fn bury(&self, lapsed: &Approval) {
        let record = AuditRecord::new(Kind::Lapsed, self.at.clock.now()).approval(&lapsed.id().to_string());
        let _ = self.at.journal.append(&record);
        self.destroy(lapsed.id()).await;
    }

    fn new_hold(&self, audited: &Audited, id: ApprovalId, case: &Case, captured: &Captured, chain: Chain) -> NewHold {
        let routed = audited.routed();
        let asked = audited.asked();
        let subject = asked.subject();
        let classes = &routed.snapshot().classes;
        let released = |(class, count): &(ClassId, u64)| ReleasedClass {
            class: classes.name(*class).to_owned(),
            rendering: case.release.rendering(*class),
            count: *count,
        };
        NewHold {
            id,
            requester: Requester {
                id: subject.id().clone(),
                display_name: subject.display_name().to_owned(),
                roles: subject.roles().to_vec(),
            },
            digest: case.digest,
            exhibit: Exhibit {
                route: routed.route().id().to_owned(),
                title: title(routed),
                method: audited.head().method.as_str().to_owned(),
                path: Screened::path(&classes.detectors(), audited.head().target.path())
                    .as_str()
                    .to_owned(),
                filters: filters(routed, &classes.detectors()),
                format: captured.format.to_owned(),
                records: captured.records,
                bytes: captured.bytes,
                classes: captured.classes.iter().map(released).collect(),
                destination: asked.environment().source,
                content: captured.content,
                snapshot: routed.snapshot().id.as_str().to_owned(),
            },
            chain,
            limits: self.options.holds,
        }
    }

    async fn record_held(&self, audited: &Audited, approval: &Approval) -> Result<(), Refusal> {
        let exhibit = approval.exhibit();
        let mut record = audited
            .routed()
            .record(Kind::Held)
            .approval(&approval.id().to_string())
            .digest(&approval.digest().to_string())
            .content(&exhibit.content.to_string())
            .bytes(exhibit.bytes)
            .classes(exhibit.classes.iter().map(super::release::class_count).collect());
        if let Some(records) = exhibit.records {
            record = record.records(records);
        }
        self.at
            .journal
            .append_synced(&record)
            .await
            .map(drop)
            .map_err(|_| Refusal::AuditGone)
    }

    /// What the requester gets for a request that has an approval: the released bytes if it is through, else where to see it.
    async fn settle(
        &self,
        client: &mut ServerSession,
        audited: &Audited,
        approval: Approval,
    ) -> Result<Ending, Failure> {
        let now = self.at.store.now().await.map_err(|e| refusal_of_store(&e))?;
        let asked = audited.asked();
        // Releasing uses the grant up: as on the download's own address, another site may not make a browser do that.
        let own = self.may_ask_for_download(asked.headers());
        if own && approval.may_redeem(asked.subject().id(), now).is_ok() {
            let fetch = Fetch {
                subject: asked.subject(),
                environment: asked.environment(),
                request_id: asked.request_id(),
                version: audited.head().version,
                head_only: false,
            };
            return self.release_export(client, fetch, approval).await;
        }
        let held = self.held(&approval);
        let failure = Failure::Refused(held);
        self.record_failure(audited, &failure);
        Err(failure)
    }

    /// Destroys a seal; the sweeper does it if that fails.
    pub(super) async fn destroy(&self, id: ApprovalId) {
        let vault = Arc::clone(&self.at.vault);
        match tokio::task::spawn_blocking(move || vault.destroy(id)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a sealed export could not be destroyed yet"),
            Err(_) => tracing::warn!("a sealed export could not be destroyed yet"),
        }
    }

    pub(super) fn held(&self, approval: &Approval) -> Refusal {
        let id = approval.id().to_string();
        Refusal::Held {
            url: format!("{}/approvals/{id}", self.options.control_origin),
            id,
        }
    }
}

/// In which renderings the subject could export this; refused if in none.
pub(super) fn release_of(routed: &Routed) -> Result<Release, Refusal> {
    let asked = routed.asked();
    let policy = &routed.snapshot().policy;
    policy
        .release(asked.subject(), asked.environment(), routed.route())
        .map_err(|reason| Refusal::ExportDenied(reason.code().to_owned()))
}

fn digest(routed: &Routed, release: &Release, bound: &[u8]) -> RequestDigest {
    let asked = routed.asked();
    let classes = &routed.snapshot().classes;
    let released: Vec<_> = (0..classes.len())
        .filter_map(|index| u16::try_from(index).ok())
        .map(|index| (classes.name(ClassId(index)), release.rendering(ClassId(index))))
        .collect();
    let body = routed.body().map(|body| routed.route().digest_body(body));
    DigestParts {
        requester: asked.subject().id(),
        method: asked.head().method.as_str(),
        path: asked.head().target.path(),
        query: asked.head().target.query(),
        body: match &body {
            Some(body) => DigestBody::Json(body),
            None if bound.is_empty() => DigestBody::None,
            None => DigestBody::Bytes(bound),
        },
        snapshot: routed.snapshot().id.as_str(),
        released: &released,
        row_ceiling: None,
    }
    .digest()
}

fn title(routed: &Routed) -> crate::approval::Title {
    use crate::catalog::Lang;
    crate::approval::Title {
        zh: routed.route().title(Lang::Zh).to_owned(),
        en: routed.route().title(Lang::En).to_owned(),
    }
}

/// What approvers see of the filters: query parameters, and the top of a body that was read for routing.
fn filters(routed: &Routed, detectors: &Arc<Detectors>) -> Vec<Filter> {
    let query = routed.asked().head().target.query().iter().map(|(name, value)| Filter {
        name: screened(detectors, name),
        shown: screened(detectors, value),
    });
    let mut filters: Vec<Filter> = query.collect();
    if let Some(serde_json::Value::Object(body)) = routed.body() {
        let body = routed.route().digest_body(&serde_json::Value::Object(body.clone()));
        if let serde_json::Value::Object(members) = body {
            filters.extend(members.iter().map(|(name, value)| Filter {
                name: screened(detectors, name),
                shown: screened(detectors, &value.to_string()),
            }));
        }
    }
    filters
}

fn screened(detectors: &Detectors, text: &str) -> String {
    Screened::by(detectors, text).as_str().to_owned()
}

/// What a failing store means for a request that needs it.
pub(super) fn refusal_of_store(error: &StoreError) -> Refusal {
    tracing::warn!(%error, "the store failed");
    if error.is_outage() {
        Refusal::StoreGone
    } else {
        Refusal::Internal
    }
}

pub(super) fn random_bytes<const N: usize>() -> Result<[u8; N], Refusal> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Refusal::Internal)?;
    Ok(bytes)
}

pub(super) fn hex(bytes: &[u8; 16]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_known_export_is_forgotten_first() {
        let gate = Gate::new();
        let digest = |n: usize| {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&n.to_be_bytes());
            RequestDigest::from_bytes(bytes)
        };
        for n in 0..=MAX_KNOWN {
            gate.remember(digest(n), false);
            gate.remember(digest(n), false);
        }
        assert!(!gate.knows(&digest(0)) && gate.knows(&digest(1)) && gate.knows(&digest(MAX_KNOWN)));
        assert_eq!(gate.known.lock().oldest_first.len(), MAX_KNOWN);
    }
}
