//! The one way out for an export: a grant, redeemed once, for exactly the sealed bytes in the renderings that were approved.
//!
//! INVARIANT: the order is check → redeem (compare-and-set in the store) → audit, synced → first byte. Nothing leaves without a
//! [`Grant`], and a grant is gone when it was taken, whatever becomes of the download.

use std::collections::HashMap;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use pingora::protocols::http::ServerSession;

use super::client::{self, Length};
use super::exchange::Failure;
use super::gate::{hex, random_bytes, refusal_of_store};
use super::inbound::decoded;
use super::masking::Masking;
use super::refusal::{NotReleased, Refusal};
use super::service::{Ending, Service};
use crate::approval::{
    Approval, ApprovalId, Chain, ClassFact, ExportFacts, Grant, Phase, RedeemChecks, ReleasedClass, Stamp,
    TransitionError,
};
use crate::audit::{AuditRecord, ClassCount, Kind};
use crate::catalog::{CanonicalTarget, RequestView, RouteMatch, read_body};
use crate::config::Snapshot;
use crate::mask::Rendering;
use crate::policy::Release;
use crate::store::{HoldReader, SwapOutcome, VaultError};
use crate::subject::{Assurance, Environment, Subject, SubjectId};

/// Who fetches an export.
pub(super) struct Fetch<'a> {
    pub subject: &'a Subject,
    pub environment: &'a Environment,
    pub request_id: &'a str,
    pub version: Version,
    pub head_only: bool,
}

/// A sealed export, opened, with what policy says of it now.
struct Opened {
    reader: HoldReader,
    headers: HeaderMap,
    snapshot: Arc<Snapshot>,
    route: RouteMatch,
    release: Release,
}

impl Service {
    /// `GET|POST /.overcoat/exports/{id}`.
    pub(super) async fn fetch_export(
        &self,
        client: &mut ServerSession,
        fetch: Fetch<'_>,
        id: &str,
    ) -> Result<Ending, Failure> {
        if fetch.subject.is_anonymous() {
            return Err(Refusal::SignIn.into());
        }
        let unknown = || Failure::Refused(Refusal::NotReleased(NotReleased::Unknown));
        let id: ApprovalId = id.parse().map_err(|_| unknown())?;
        let approval = self.at.store.load(id).await.map_err(|e| refusal_of_store(&e))?;
        // Somebody else's export and none at all look the same.
        let approval = approval
            .filter(|a| a.requester().id == *fetch.subject.id())
            .ok_or_else(unknown)?;
        self.release_export(client, fetch, approval).await
    }

    /// Releases an approved export to its requester.
    pub(super) async fn release_export(
        &self,
        client: &mut ServerSession,
        fetch: Fetch<'_>,
        approval: Approval,
    ) -> Result<Ending, Failure> {
        let now = self.at.store.now().await.map_err(|e| refusal_of_store(&e))?;
        approval
            .may_redeem(fetch.subject.id(), now)
            .map_err(|e| refused(&e, approval.phase()))?;
        if fetch.head_only {
            return Err(Refusal::Method.into());
        }
        let opened = self.open(&fetch, &approval)?;
        // The answer's head is made before anything is used up: what cannot be masked is refused here.
        let masking = self.masking_of(&opened)?;
        let (grant, opened) = self.redeem(&fetch, approval, opened, now).await?;
        self.record_released(&fetch, &grant, &opened).await?;
        // Opened anew with the grant: that these are the granted bytes is checked there once more.
        let reader = self.at.vault.release(&grant).map_err(|e| lost(&e))?;
        let sent = send(client, fetch.version, reader, &opened.headers, masking).await;
        self.destroy(grant.approval()).await;
        self.record_downloaded(&fetch, &grant, &sent);
        Ok(match sent {
            Ok(_) => Ending::Whole,
            Err(_) => Ending::Cut,
        })
    }

    /// Opens the seal and asks catalog and policy of now about the request that was sealed.
    fn open(&self, fetch: &Fetch<'_>, approval: &Approval) -> Result<Opened, Refusal> {
        let reader = self.at.vault.read(approval.id()).map_err(|e| lost(&e))?;
        let snapshot = self.at.live.snapshot();
        let asked = &reader.meta().request;
        let changed = Refusal::NotReleased(NotReleased::PolicyChanged);
        // A field that became plain, or a partial form that shows more, would leave in another rendering than was approved, under the
        // same name: the answer is released as it was read when it was approved, or not at all.
        if reader.meta().reading != snapshot.reading {
            return Err(changed);
        }
        let target = CanonicalTarget::parse(asked.target.as_bytes()).map_err(|_| changed.clone())?;
        let request_headers = header_map(&asked.headers);
        let body = match &asked.body {
            Some(body) => {
                read_body(&request_headers, &decoded(&request_headers, body)?).map_err(|_| changed.clone())?
            }
            None => None,
        };
        let route = snapshot.catalog.route(&RequestView {
            method: &asked.method,
            target: &target,
            headers: &request_headers,
            body: body.as_ref(),
        });
        if route.id() != approval.exhibit().route {
            return Err(changed);
        }
        let release = snapshot
            .policy
            .release(fetch.subject, fetch.environment, &route)
            .map_err(|_| changed)?;
        let headers = header_map(&reader.meta().head.headers);
        Ok(Opened {
            reader,
            headers,
            snapshot,
            route,
            release,
        })
    }

    fn masking_of(&self, opened: &Opened) -> Result<Masking, Refusal> {
        let method = opened.reader.meta().request.method.parse().unwrap_or(Method::GET);
        let status = status_of(&opened.reader);
        let plan = opened.release.plan();
        Masking::masked(
            &method,
            &self.addresses,
            status,
            &opened.headers,
            plan,
            &self.options.body,
        )
    }

    async fn redeem(
        &self,
        fetch: &Fetch<'_>,
        approval: Approval,
        opened: Opened,
        now: crate::clock::Timestamp,
    ) -> Result<(Grant, Opened), Refusal> {
        let voters = self
            .standing_voters(&opened.snapshot, fetch.environment, &approval)
            .await?;
        let enabled = self.is_enabled(fetch.subject).await?;
        let renderings = approved_and_now(&approval, &opened);
        // A wider policy does not widen what was approved: the plan of now would show more, so it is asked again.
        if approval
            .exhibit()
            .classes
            .iter()
            .any(|c| renderings.get(&c.class).is_some_and(|now| *now > c.rendering))
        {
            return Err(Refusal::NotReleased(NotReleased::PolicyChanged));
        }
        let chain = chain_now(&opened, &approval, fetch);
        let (digest, content) = (opened.reader.digest(), opened.reader.content());
        let checks = RedeemChecks {
            by: fetch.subject.id(),
            sealed_digest: digest,
            sealed_content: content,
            requester_enabled: enabled,
            may_export: true,
            rendering_now: &|class| renderings.get(class).copied(),
            voter_stands: &|voter, level| voters.contains(&(voter.clone(), level.to_owned())),
            chain_now: chain.as_ref(),
        };
        let phase = approval.phase();
        let stamp = Stamp::new(now, &hex(&random_bytes()?));
        let redemption = approval.redeem(&checks, stamp).map_err(|e| refused(&e, phase))?;
        match self
            .at
            .store
            .redeem(redemption)
            .await
            .map_err(|e| refusal_of_store(&e))?
        {
            Ok(grant) => Ok((grant, opened)),
            Err(SwapOutcome::Conflict(other)) => {
                let phase = other.phase();
                Err(refused(&TransitionError::Finished(phase), phase))
            }
            Err(SwapOutcome::Late) => Err(Refusal::NotReleased(NotReleased::Lapsed)),
            Err(_) => Err(Refusal::NotReleased(NotReleased::Unknown)),
        }
    }

    /// Who of those that said yes is still enabled and may still fill that level.
    async fn standing_voters(
        &self,
        snapshot: &Snapshot,
        environment: &Environment,
        approval: &Approval,
    ) -> Result<Vec<(SubjectId, String)>, Refusal> {
        let mut standing = Vec::new();
        for vote in approval.votes() {
            let Some(level) = approval.chain().levels.get(vote.level) else {
                continue;
            };
            let account = self
                .at
                .store
                .load_account(&vote.person)
                .await
                .map_err(|e| refusal_of_store(&e))?;
            let Some(account) = account else {
                // Vouched for by a front proxy: nothing is known here that could have been taken away since.
                standing.push((vote.person.clone(), level.name.clone()));
                continue;
            };
            if account.disabled {
                continue;
            }
            // How surely it was that person was asked at the vote; now it is asked what that person may.
            let (roles, attributes) = (account.roles, account.attributes);
            let voter = Subject::new(
                account.id,
                &account.display_name,
                roles,
                attributes,
                Assurance::MultiFactor,
            );
            let then = Environment {
                now: vote.at,
                source: environment.source,
            };
            if snapshot.policy.may_approve(&voter, &then, &level.name) {
                standing.push((vote.person.clone(), level.name.clone()));
            }
        }
        Ok(standing)
    }

    async fn is_enabled(&self, subject: &Subject) -> Result<bool, Refusal> {
        let account = self
            .at
            .store
            .load_account(subject.id())
            .await
            .map_err(|e| refusal_of_store(&e))?;
        // Who is vouched for by a front proxy may have no account here.
        Ok(account.is_none_or(|account| !account.disabled))
    }

    async fn record_released(&self, fetch: &Fetch<'_>, grant: &Grant, opened: &Opened) -> Result<(), Refusal> {
        let record = self
            .fetch_record(Kind::Released, fetch, grant)
            .route(opened.route.id())
            .snapshot(opened.snapshot.id.as_str())
            .classes(grant.classes().iter().map(class_count).collect());
        self.at
            .journal
            .append_synced(&record)
            .await
            .map(drop)
            .map_err(|_| Refusal::AuditGone)
    }

    fn record_downloaded(&self, fetch: &Fetch<'_>, grant: &Grant, sent: &Result<u64, (u64, &'static str)>) {
        let record = self.fetch_record(Kind::DownloadCompleted, fetch, grant);
        let record = match sent {
            Ok(bytes) => record.outcome("whole").bytes(*bytes),
            Err((bytes, why)) => record.outcome("cut").reason(why).bytes(*bytes),
        };
        let _ = self.at.journal.append(&record);
    }

    fn fetch_record(&self, kind: Kind, fetch: &Fetch<'_>, grant: &Grant) -> AuditRecord {
        let mut record = AuditRecord::new(kind, self.at.clock.now())
            .request(fetch.request_id)
            .subject(
                fetch.subject.id().as_str(),
                fetch.subject.roles().iter().map(|r| r.as_str()),
            )
            .approval(&grant.approval().to_string())
            .digest(&grant.digest().to_string())
            .content(&grant.content().to_string());
        if let Some(source) = fetch.environment.source {
            record = record.source(source);
        }
        record
    }
}

/// Streams the sealed answer through its masking. Gives the bytes sent, or those and why it was cut.
async fn send(
    client: &mut ServerSession,
    version: Version,
    mut reader: HoldReader,
    headers: &HeaderMap,
    mut masking: Masking,
) -> Result<u64, (u64, &'static str)> {
    let status = status_of(&reader);
    let mut out = Vec::new();
    let mut head_sent = false;
    loop {
        let cut = |masking: &Masking, why| (masking.measured().bytes, why);
        let chunk = reader.next_chunk().map_err(|_| cut(&masking, "seal_broken"))?;
        let last = chunk.is_none();
        let masked = match &chunk {
            Some(chunk) => masking.push(chunk, &mut out),
            None => masking.finish(&mut out),
        };
        masked.map_err(|r| cut(&masking, r.told().code))?;
        while !last && masking.is_behind() {
            masking.push(&[], &mut out).map_err(|r| cut(&masking, r.told().code))?;
            if masking.is_known() && head_sent {
                client::send(client, &mut out)
                    .await
                    .map_err(|_| cut(&masking, "client_gone"))?;
            }
        }
        if !head_sent && masking.is_known() {
            let length = if last {
                Length::Known(out.len() as u64)
            } else {
                Length::Unknown
            };
            let head = masking
                .head(status, headers)
                .map_err(|r| cut(&masking, r.told().code))?;
            client::send_head(client, version, status, head, length)
                .await
                .map_err(|_| cut(&masking, "client_gone"))?;
            head_sent = true;
        }
        if head_sent {
            client::send(client, &mut out)
                .await
                .map_err(|_| cut(&masking, "client_gone"))?;
        }
        if last {
            client::finish(client).await.map_err(|_| cut(&masking, "client_gone"))?;
            return Ok(masking.measured().bytes);
        }
    }
}

fn lost(error: &VaultError) -> Refusal {
    tracing::error!(%error, "a sealed export cannot be opened");
    Refusal::NotReleased(NotReleased::Lapsed)
}

fn status_of(reader: &HoldReader) -> StatusCode {
    StatusCode::from_u16(reader.meta().head.status).unwrap_or(StatusCode::OK)
}

/// What policy shows of each class now.
fn approved_and_now(approval: &Approval, opened: &Opened) -> HashMap<String, Rendering> {
    let classes = &opened.snapshot.classes;
    approval
        .exhibit()
        .classes
        .iter()
        .filter_map(|c| Some((c.class.clone(), opened.release.rendering(classes.by_name(&c.class)?))))
        .collect()
}

/// The chain that the export would need today.
fn chain_now(opened: &Opened, approval: &Approval, fetch: &Fetch<'_>) -> Option<Chain> {
    let classes = &opened.snapshot.classes;
    let exhibit = approval.exhibit();
    let ancestors: Vec<Vec<&str>> = exhibit
        .classes
        .iter()
        .map(|c| {
            classes.by_name(&c.class).map_or_else(Vec::new, |id| {
                classes.ancestors(id).iter().map(|a| classes.name(*a)).collect()
            })
        })
        .collect();
    let facts: Vec<ClassFact<'_>> = exhibit
        .classes
        .iter()
        .zip(&ancestors)
        .map(|(c, ancestors)| ClassFact {
            class: &c.class,
            ancestors,
            rendering: c.rendering,
        })
        .collect();
    let facts = ExportFacts {
        route: opened.route.id(),
        classes: &facts,
        rows: exhibit.records,
        roles: fetch.subject.roles(),
        destination: fetch.environment.source,
    };
    opened.snapshot.chains.select(&facts).ok().cloned()
}

/// What of the approval's own no is told.
fn refused(error: &TransitionError, phase: Phase) -> Refusal {
    use TransitionError as T;
    Refusal::NotReleased(match (error, phase) {
        (T::AlreadyRedeemed, _) | (_, Phase::Redeemed) => NotReleased::Redeemed,
        (T::Lapsed, _) | (_, Phase::Lapsed) => NotReleased::Lapsed,
        (T::NotApproved | T::NotSubmitted, _) => NotReleased::Waiting,
        (T::NotRequester, _) => NotReleased::Unknown,
        (T::Finished(_), _) => NotReleased::Closed,
        _ => NotReleased::PolicyChanged,
    })
}

pub(super) fn class_count(class: &ReleasedClass) -> ClassCount {
    ClassCount {
        class: class.class.clone(),
        rendering: class.rendering,
        count: class.count,
    }
}

fn header_map(pairs: &[(String, Vec<u8>)]) -> HeaderMap {
    pairs
        .iter()
        .filter_map(|(name, value)| Some((name.parse::<HeaderName>().ok()?, HeaderValue::from_bytes(value).ok()?)))
        .fold(HeaderMap::new(), |mut map, (name, value)| {
            map.append(name, value);
            map
        })
}
