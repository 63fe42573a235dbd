//! Capturing an export: everything the CRM sends goes into the seal, and is masked beside it once, for the counts that approvers see.

use std::time::Duration;

use http::header::{HeaderMap, HeaderName};
use pingora::protocols::http::ServerSession;

use super::exchange::{Answering, Failure, watch_if, within};
use super::gate::{Case, refusal_of_store};
use super::masking::{Masking, Measured};
use super::refusal::Refusal;
use super::service::Service;
use super::steps::Audited;
use crate::approval::{ApprovalId, ContentHash, Limits};
use crate::mask::ClassId;
use crate::store::{AskedRequest, HoldMeta, SealedHead, VaultError};

/// A sealed export.
pub(super) struct Captured {
    /// SHA-256 of what was sealed.
    pub content: ContentHash,
    /// Bytes of the CRM's answer.
    pub bytes: u64,
    /// Records, if they could be counted.
    pub records: Option<u64>,
    /// What it turned out to be.
    pub format: &'static str,
    /// Values by class.
    pub classes: Vec<(ClassId, u64)>,
}

impl Service {
    /// Drains an answer into the vault. The client waits meanwhile; if it goes away, what was sealed is destroyed.
    pub(super) async fn capture(
        &self,
        client: &mut ServerSession,
        audited: &Audited,
        mut answering: Answering,
        raw: Vec<u8>,
        (id, case, bound): (ApprovalId, &Case, &[u8]),
    ) -> Result<Captured, Failure> {
        let (method, headers) = (&audited.head().method, &answering.headers);
        let plan = case.release.plan();
        // What cannot be masked as it would be released is refused now and not after two people have said yes.
        let mut masking = Masking::masked(
            method,
            &self.addresses,
            answering.status,
            headers,
            plan,
            &self.options.body,
        )?;
        let now = self.at.store.now().await.map_err(|e| refusal_of_store(&e))?;
        let until = now.plus(longest(audited, &self.options.holds));
        let mut writer = self
            .at
            .vault
            .begin(id, &case.digest, until)
            .map_err(|e| not_sealed(&e))?;
        let mut scratch = Vec::new();
        writer.push(&raw).map_err(|e| not_sealed(&e))?;
        masking.push_all(&raw, &mut scratch)?;
        loop {
            let session = &mut answering.connection.session;
            session.read_timeout = Some(within(self.options.times.read, answering.deadline)?);
            let chunk = watch_if(client, answering.request_sent, session.read_body_ref()).await?;
            match chunk.map_err(|e| super::relay::upstream_cut(&e))? {
                Some(chunk) => {
                    writer.push(chunk).map_err(|e| not_sealed(&e))?;
                    masking.push_all(chunk, &mut scratch)?;
                }
                None => break,
            }
        }
        masking.finish(&mut scratch)?;
        let measured = masking.measured();
        let records = (!measured.tally.unread).then_some(measured.tally.records);
        let meta = meta(audited, &answering, bound, records);
        self.release(answering).await;
        let sealed = tokio::task::spawn_blocking(move || writer.finish(meta)).await;
        let sealed = sealed.map_err(|_| Refusal::Internal)?.map_err(|e| not_sealed(&e))?;
        Ok(Captured {
            content: sealed.content,
            bytes: sealed.bytes,
            records,
            format: masking.format().map_or("opaque", |f| f.as_str()),
            classes: classes(audited, &measured),
        })
    }
}

/// Values by class. Where the answer could not be read (all of it may be seen in clear, and its format is none that is read), whatever
/// class could be in it is taken to be in it: the chain must not become easier by asking for another format.
fn classes(audited: &Audited, measured: &Measured) -> Vec<(ClassId, u64)> {
    let mut counts: Vec<(ClassId, u64)> = measured.counted().collect();
    if measured.tally.unread {
        let routed = audited.routed();
        let classes = &routed.snapshot().classes;
        let possible = match routed.route().unlisted_plain() {
            true => routed.route().classes(),
            false => classes.ids().filter(|id| !classes.class(*id).is_abstract()).collect(),
        };
        for class in possible {
            if !counts.iter().any(|(counted, _)| *counted == class) {
                counts.push((class, 0));
            }
        }
    }
    counts
}

/// After which the seal is destroyed whatever the store says: the longest life an approval under any chain can have, for the chain is
/// chosen only when the counts are known.
fn longest(audited: &Audited, limits: &Limits) -> Duration {
    let chains = &audited.routed().snapshot().chains;
    chains
        .iter()
        .map(|chain| chain.limits(*limits).longest())
        .max()
        .unwrap_or_default()
        .max(limits.longest())
}

/// The CRM's head, and the request that it answers, for the day of the release.
fn meta(audited: &Audited, answering: &Answering, bound: &[u8], records: Option<u64>) -> HoldMeta {
    HoldMeta {
        request: AskedRequest {
            method: audited.head().method.as_str().to_owned(),
            target: audited.head().target.upstream().to_owned(),
            headers: lines(audited.asked().headers(), is_harmless),
            body: audited.routed().body().map(|_| bound.to_vec()),
        },
        head: SealedHead {
            status: answering.status.as_u16(),
            headers: lines(&answering.headers, |_| true),
        },
        records,
        reading: audited.routed().snapshot().reading.clone(),
    }
}

/// What a field's name holds if its value may be a credential: those are not kept, and no route looks at them.
const CREDENTIAL: [&str; 6] = ["auth", "cookie", "key", "secret", "session", "token"];

fn is_harmless(name: &HeaderName) -> bool {
    !CREDENTIAL.iter().any(|part| name.as_str().contains(part))
}

fn lines(headers: &HeaderMap, wanted: impl Fn(&HeaderName) -> bool) -> Vec<(String, Vec<u8>)> {
    let wanted = headers.iter().filter(|(name, _)| wanted(name));
    wanted
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
        .collect()
}

fn not_sealed(error: &VaultError) -> Refusal {
    tracing::warn!(%error, "an export could not be sealed");
    Refusal::NotSealed(match error {
        VaultError::TooLarge { .. } => "it is too large",
        VaultError::DiskFull { .. } => "the disk is full",
        _ => "the vault failed",
    })
}
