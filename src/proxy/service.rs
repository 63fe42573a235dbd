//! One request from its first byte to its last: the phases in order, and one place where each failure becomes an answer.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Version};
use pingora::apps::{HttpPersistentSettings, HttpServerApp, ReusedHttpStream};
use pingora::protocols::http::ServerSession;
use pingora::server::ShutdownWatch;
use tokio::sync::Semaphore;

use super::client::{self, Gone};
use super::exchange::{Failure, Times};
use super::forward::Addresses;
use super::gate::Gate;
use super::head::{Head, Source};
use super::page::{self, Audience};
use super::refusal::Refusal;
use super::steps::Identified;
use super::upstream::{Upstream, UpstreamError, UpstreamOptions};
use crate::body::BodyLimits;
use crate::clock::Clock;
use crate::config::Live;
use crate::identity::{Identifier, IdentityError};
use crate::store::{HoldVault, Journal, Store};

/// How long an idle connection of a client is kept open.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// What of an unread request body is taken in before a connection is closed, so that the client reads our answer and not a reset.
const LINGER_BYTES: usize = 1024 * 1024;

/// How long that may take.
const LINGER: Duration = Duration::from_secs(2);

/// Everything under this path is ours and never the CRM's.
pub const OWN_PREFIX: &str = "/.overcoat";

/// The pages of ours on the proxy's origin (sign-in and the like); `control` makes them, `app` wires them.
#[async_trait]
pub trait Pages: Send + Sync + 'static {
    /// Answers one request. `peer` is the address of the connection.
    async fn serve(&self, request: http::Request<Bytes>, peer: IpAddr) -> http::Response<Bytes>;
}

/// What the proxy stands on.
pub struct Foundations {
    /// The policy snapshot in force.
    pub live: Arc<Live>,
    /// Who asks.
    pub identifier: Arc<Identifier>,
    /// Approvals, sessions, accounts.
    pub store: Arc<dyn Store>,
    /// Sealed exports.
    pub vault: Arc<HoldVault>,
    /// The audit journal.
    pub journal: Arc<Journal>,
    /// Our own pages.
    pub pages: Arc<dyn Pages>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// How the proxy behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the CRM is.
    pub upstream: UpstreamOptions,
    /// The two addresses of the CRM.
    pub addresses: Addresses,
    /// The origin of the approval page.
    pub control_origin: String,
    /// Time limits of an exchange.
    pub times: Times,
    /// For a client to send its head.
    pub client_head: Duration,
    /// Limits of an answer.
    pub body: BodyLimits,
    /// The largest request body.
    pub request_body_bytes: u64,
    /// Bytes kept back while it is open whether an answer is an export.
    pub hold_back_bytes: usize,
    /// Requests under way at once.
    pub concurrent_requests: usize,
    /// Whether a browser that belongs to nobody is sent to the sign-in page.
    pub sign_in: bool,
    /// Whom to ask.
    pub contact: String,
    /// How long holds wait.
    pub holds: crate::approval::Limits,
}

/// The policy enforcement point.
pub struct Service {
    pub(super) at: Foundations,
    pub(super) options: Options,
    pub(super) addresses: Arc<Addresses>,
    pub(super) upstream: Upstream,
    pub(super) gate: Gate,
    places: Semaphore,
    /// What sets the request ids of this process apart from those of others.
    run: String,
    requests: AtomicU64,
}

/// How a request ended, for its connection.
pub(super) enum Ending {
    /// The client has a whole answer; the connection can go on.
    Whole,
    /// The client must see that the answer is not whole.
    Cut,
}

impl Service {
    /// Sets the proxy up. Nothing is connected yet.
    pub fn new(at: Foundations, options: Options) -> Result<Self, UpstreamError> {
        let mut run = [0_u8; 4];
        // An id that repeats after a restart only makes evidence harder to read.
        let _ = getrandom::fill(&mut run);
        Ok(Self {
            upstream: Upstream::new(options.upstream.clone())?,
            addresses: Arc::new(options.addresses.clone()),
            gate: Gate::new(),
            places: Semaphore::new(options.concurrent_requests),
            run: run.iter().map(|b| format!("{b:02x}")).collect(),
            requests: AtomicU64::new(0),
            at,
            options,
        })
    }

    fn next_request_id(&self) -> String {
        format!("{}-{}", self.run, self.requests.fetch_add(1, Ordering::Relaxed))
    }

    /// Everything after the head was read.
    async fn handle(&self, client: &mut ServerSession) -> Ending {
        let peer = peer_of(client);
        let empty_body = client.is_body_empty();
        let read = {
            let raw = client.as_http1().map(|h1| h1.get_headers_raw_bytes());
            let request = client.req_header();
            Head::read(&Source {
                method: &request.method,
                headers: &request.headers,
                version: request.version,
                raw: raw.as_deref(),
                path: request.raw_path(),
                authority: request.uri.authority().map(|a| a.as_str()),
                empty_body,
            })
        };
        let head = match read {
            Ok(head) => head,
            Err(refusal) => {
                let told = Told::unread(client);
                self.record_refused(&refusal, peer);
                return self.tell(client, told, &refusal).await;
            }
        };
        let told = Told {
            version: head.version,
            audience: head.audience,
            next: head.target.upstream().to_owned(),
        };
        let served = match self.places.try_acquire() {
            Ok(_place) => self.serve(client, head, peer).await,
            Err(_) => Err(Failure::Refused(Refusal::Busy)),
        };
        match served {
            Ok(ending) => ending,
            Err(Failure::ClientGone) => Ending::Cut,
            Err(Failure::Refused(refusal)) => self.tell(client, told, &refusal).await,
        }
    }

    async fn serve(&self, client: &mut ServerSession, head: Head, peer: IpAddr) -> Result<Ending, Failure> {
        let path = head.target.path();
        if path
            .strip_prefix(OWN_PREFIX)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        {
            return self.serve_own(client, head, peer).await;
        }
        let asked = self.identify(client.req_header().headers.clone(), head, peer).await?;
        self.serve_crm(client, asked).await
    }

    /// Who asks. What looks like an identity is gone from the fields afterwards.
    pub(super) async fn identify(
        &self,
        mut headers: HeaderMap,
        head: Head,
        peer: IpAddr,
    ) -> Result<Identified, Refusal> {
        let identified = self
            .at
            .identifier
            .identify(&headers, peer)
            .await
            .map_err(|e| refusal_of(&e))?;
        self.at.identifier.strip(&mut headers);
        let who = (identified.subject, identified.session.map(|token| token.key()));
        let now = self.at.clock.now();
        Ok(Identified::new(
            head,
            headers,
            who,
            identified.source,
            now,
            self.next_request_id(),
        ))
    }

    /// Tells the client why not. The body it may still be sending is taken in for a moment.
    async fn tell(&self, client: &mut ServerSession, told: Told, refusal: &Refusal) -> Ending {
        if client
            .response_written()
            .is_some_and(|head| !head.status.is_informational())
        {
            return Ending::Cut;
        }
        if refusal.ends_the_connection() {
            client.set_keepalive(None);
        }
        tracing::debug!(code = refusal.told().code, "refused");
        let answer = page::render(refusal, told.audience, &self.options.contact, &told.next);
        let sent = client::send_own(client, told.version, told.audience.head_only, answer).await;
        if sent.is_ok() && !client.is_body_done() {
            linger(client).await;
        }
        match sent {
            Ok(()) => Ending::Whole,
            Err(Gone) => Ending::Cut,
        }
    }

    fn record_refused(&self, refusal: &Refusal, peer: IpAddr) {
        use crate::audit::{AuditRecord, Kind};
        let record = AuditRecord::new(Kind::Refused, self.at.clock.now())
            .source(peer)
            .reason(refusal.told().code);
        // The request is refused anyway; that it could not be recorded is the journal's own alarm.
        let _ = self.at.journal.append(&record);
    }
}

/// What has to be known to tell somebody something.
pub(super) struct Told {
    version: Version,
    audience: Audience,
    next: String,
}

impl Told {
    fn unread(client: &ServerSession) -> Self {
        let request = client.req_header();
        Self {
            version: request.version,
            audience: Audience::of(&request.method, &request.headers),
            next: "/".to_owned(),
        }
    }
}

fn refusal_of(error: &IdentityError) -> Refusal {
    match error {
        IdentityError::StoreUnavailable => Refusal::StoreGone,
        IdentityError::Busy => Refusal::Busy,
        IdentityError::AmbiguousAssertion => Refusal::Malformed("an identity header that does not name one person"),
        IdentityError::Disabled => Refusal::Denied("account_disabled".to_owned()),
        _ => Refusal::Unauthorised,
    }
}

fn peer_of(client: &ServerSession) -> IpAddr {
    client
        .client_addr()
        .and_then(|a| a.as_inet())
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |a| a.ip().to_canonical())
}

async fn linger(client: &mut ServerSession) {
    let drained = async {
        let mut left = LINGER_BYTES;
        while let Ok(Some(bytes)) = client.read_request_body().await {
            left = left.saturating_sub(bytes.len());
            if left == 0 {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(LINGER, drained).await;
}

#[async_trait]
impl HttpServerApp for Service {
    async fn process_new_http(
        self: &Arc<Self>,
        mut session: ServerSession,
        shutdown: &ShutdownWatch,
    ) -> Option<ReusedHttpStream> {
        session.set_pipelining_enabled(true);
        if !self.read_head(&mut session, shutdown).await {
            return None;
        }
        session.set_keepalive(if *shutdown.borrow() {
            None
        } else {
            Some(KEEP_ALIVE.as_secs())
        });
        session.set_read_timeout(Some(self.options.times.client_read));
        session.set_write_timeout(Some(self.options.times.write));
        session.set_total_drain_timeout(Some(LINGER));
        let ending = match super::panic::caught(self.handle(&mut session)).await {
            Some(ending) => ending,
            None => {
                tracing::error!("a request was denied because of a bug");
                let told = Told::unread(&session);
                self.tell(&mut session, told, &Refusal::Internal).await
            }
        };
        match ending {
            Ending::Whole => reuse(session).await,
            Ending::Cut => {
                session.shutdown().await;
                None
            }
        }
    }
}

impl Service {
    /// Reads a head; says whether there is one to be served. Idle connections go when the proxy stops.
    async fn read_head(&self, session: &mut ServerSession, shutdown: &ShutdownWatch) -> bool {
        let mut stopping = shutdown.clone();
        let limit = session
            .get_keepalive()
            .map_or(self.options.client_head, |_| KEEP_ALIVE.max(self.options.client_head));
        let read = tokio::select! {
            biased;
            read = tokio::time::timeout(limit, session.read_request()) => read,
            _ = stopping.wait_for(|stop| *stop) => return false,
        };
        match read {
            Ok(Ok(true)) => true,
            Ok(Ok(false)) | Err(_) => false,
            Ok(Err(error)) => {
                if let Some(refusal) = refusal_of_head(&error) {
                    let answer = page::render(&refusal, Audience::unknown(), "", "/");
                    let _ = client::send_own(session, Version::HTTP_11, false, answer).await;
                    session.shutdown().await;
                }
                false
            }
        }
    }
}

/// What the client is told when pingora could not read its head; nothing if the connection broke.
fn refusal_of_head(error: &pingora::Error) -> Option<Refusal> {
    use pingora::ErrorType as T;
    match error.etype() {
        T::InvalidHTTPHeader => Some(Refusal::Malformed("a head that is not HTTP")),
        T::ReadTimedout => Some(Refusal::RequestTimeout),
        _ => None,
    }
}

async fn reuse(session: ServerSession) -> Option<ReusedHttpStream> {
    let settings = HttpPersistentSettings::for_session(&session);
    let stream = session.finish().await.ok().flatten()?;
    Some(ReusedHttpStream::from_reusable_stream(stream, settings))
}
