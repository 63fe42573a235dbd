//! One request to the CRM and the head of its answer.
//!
//! The body goes up as it comes, and the answer is listened for all the while: a CRM may answer before it has read everything
//! (RFC 9112 §9.5). A client that goes away ends the exchange, so that the CRM stops working for nobody.

use std::future::Future;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use pingora::http::RequestHeader;
use pingora::protocols::http::ServerSession;
use pingora::protocols::http::v1::client::HttpSession;

use super::refusal::Refusal;
use super::upstream::{Connection, Upstream, reason};

/// Interim answers (1xx) before the final one: more is a CRM that never answers.
const MAX_INTERIM: usize = 16;

/// Time for a CRM that stopped reading the body to say why, such as 413: its answer is likely on the way already.
const LAST_WORD: Duration = Duration::from_secs(2);

/// How long the steps of an exchange may take.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// From the request's last byte to the answer's first. Large exports of real CRMs take over a minute.
    pub first_byte: Duration,
    /// Between two reads of an answer.
    pub read: Duration,
    /// For one write, to either side.
    pub write: Duration,
    /// Between two reads of a request's body.
    pub client_read: Duration,
    /// For the whole exchange, if limited.
    pub total: Option<Duration>,
}

impl Default for Times {
    /// 150 s, 120 s, 60 s, 60 s and no limit on the whole.
    fn default() -> Self {
        Self {
            first_byte: Duration::from_secs(150),
            read: Duration::from_secs(120),
            write: Duration::from_secs(60),
            client_read: Duration::from_secs(60),
            total: None,
        }
    }
}

/// Why an exchange came to nothing.
#[derive(Debug)]
pub(super) enum Failure {
    /// The client is told.
    Refused(Refusal),
    /// Nobody is left to be told.
    ClientGone,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What is sent after the head.
#[derive(Debug)]
pub(super) enum Body {
    /// Nothing.
    Empty,
    /// All of it, in memory.
    Whole(Bytes),
    /// What was read ahead, and then what the client still sends.
    Streaming {
        /// Read ahead.
        read: Bytes,
    },
}

/// A request for the CRM.
pub(super) struct Asking {
    /// Its head.
    pub request: RequestHeader,
    /// Its body.
    pub body: Body,
    /// The most bytes of a streamed body.
    pub max_body: u64,
}

/// The head of an answer, and the connection its body comes on.
pub(super) struct Answering {
    /// The connection. Its answer's body is not read yet.
    pub connection: Connection,
    /// The status.
    pub status: StatusCode,
    /// The fields as the CRM sent them.
    pub headers: HeaderMap,
    /// When the exchange has to be over.
    pub deadline: Option<Instant>,
    /// Whether the request was sent whole: only then can the connection be used again.
    pub request_sent: bool,
}

/// Sends a request and reads the head of its answer.
pub(super) async fn exchange(
    upstream: &Upstream,
    asking: Asking,
    client: &mut ServerSession,
    times: &Times,
) -> Result<Answering, Failure> {
    let Asking {
        mut request,
        mut body,
        max_body,
    } = asking;
    let deadline = times.total.map(|total| Instant::now() + total);
    // A pooled connection may have been closed by the CRM at this very moment. Asking again is right only if asking twice is harmless.
    let repeatable = matches!(body, Body::Empty) && is_idempotent(&request.method);
    let mut fresh = false;
    loop {
        let connection = watch(client, &body, upstream.connect(fresh)).await??;
        let reused = connection.reused;
        let attempt = Attempt {
            connection,
            times,
            deadline,
            max_body,
            request_sent: true,
        };
        let again = (reused && repeatable).then(|| request.clone());
        match (attempt.run(request, &mut body, client).await, again) {
            (Err(Failure::Refused(Refusal::CrmBroken(BROKE_EARLY))), Some(same)) => {
                request = same;
                fresh = true;
            }
            (done, _) => return done,
        }
    }
}

/// The connection closed before a byte of the answer.
const BROKE_EARLY: &str = "the connection broke before the answer";

fn is_idempotent(method: &Method) -> bool {
    matches!(
        *method,
        Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE | Method::PUT | Method::DELETE
    )
}

struct Attempt<'a> {
    connection: Connection,
    times: &'a Times,
    deadline: Option<Instant>,
    max_body: u64,
    request_sent: bool,
}

impl Attempt<'_> {
    async fn run(
        mut self,
        request: RequestHeader,
        body: &mut Body,
        client: &mut ServerSession,
    ) -> Result<Answering, Failure> {
        let session = &mut self.connection.session;
        session.write_timeout = Some(self.times.write);
        session.read_timeout = Some(within(self.times.first_byte, self.deadline)?);
        session.write_request_header(Box::new(request)).await.map_err(early)?;
        let early_answer = self.send_body(body, client).await?;
        if !early_answer {
            self.connection.session.read_timeout = Some(within(self.times.first_byte, self.deadline)?);
            let reading = read_final_head(&mut self.connection.session);
            watch_if(client, self.request_sent, reading).await??;
        }
        self.answering()
    }

    /// Sends the body; says whether the final head of the answer came meanwhile.
    async fn send_body(&mut self, body: &mut Body, client: &mut ServerSession) -> Result<bool, Failure> {
        match std::mem::replace(body, Body::Empty) {
            Body::Empty => Ok(false),
            Body::Whole(bytes) => match self.connection.session.write_body(&bytes).await {
                Ok(_) => self.end_body().await,
                Err(_) => self.last_word().await,
            },
            Body::Streaming { read } => self.stream_body(&read, client).await,
        }
    }

    async fn stream_body(&mut self, read: &[u8], client: &mut ServerSession) -> Result<bool, Failure> {
        if !read.is_empty() && self.connection.session.write_body(read).await.is_err() {
            return self.last_word().await;
        }
        self.connection.session.read_timeout = None;
        let mut sent = read.len() as u64;
        loop {
            let chunk = tokio::select! {
                biased;
                head = read_final_head(&mut self.connection.session) => {
                    head?;
                    self.request_sent = false;
                    return Ok(true);
                }
                chunk = read_client(client, self.times.client_read) => chunk?,
            };
            let Some(chunk) = chunk else {
                return self.end_body().await;
            };
            sent += chunk.len() as u64;
            if sent > self.max_body {
                return Err(Refusal::BodyTooLarge.into());
            }
            if self.connection.session.write_body(&chunk).await.is_err() {
                return self.last_word().await;
            }
        }
    }

    async fn end_body(&mut self) -> Result<bool, Failure> {
        match self.connection.session.finish_body().await {
            Ok(_) => Ok(false),
            Err(_) => self.last_word().await,
        }
    }

    /// The CRM does not take the body any more: what it has to say, if anything.
    async fn last_word(&mut self) -> Result<bool, Failure> {
        self.request_sent = false;
        self.connection.session.read_timeout = Some(LAST_WORD);
        read_final_head(&mut self.connection.session).await?;
        Ok(true)
    }

    fn answering(self) -> Result<Answering, Failure> {
        let head = self.connection.session.resp_header();
        let (status, headers) = match head {
            Some(head) => (head.status, head.headers.clone()),
            None => return Err(Refusal::CrmBroken("no head").into()),
        };
        Ok(Answering {
            connection: self.connection,
            status,
            headers,
            deadline: self.deadline,
            request_sent: self.request_sent,
        })
    }
}

/// Reads heads until a final one (or 101). Interim ones are not passed on: `100` is ours to say, and hints could hold anything.
async fn read_final_head(session: &mut HttpSession) -> Result<(), Failure> {
    for _ in 0..MAX_INTERIM {
        session.read_response().await.map_err(early)?;
        let status = session.get_status().map_or(0, |s| s.as_u16());
        if status >= 200 || status == 101 {
            return Ok(());
        }
        if status < 100 {
            return Err(Refusal::CrmBroken("a status that is none").into());
        }
    }
    Err(Refusal::CrmBroken("interim answers without end").into())
}

/// Reads on in the client's body.
pub(super) async fn read_client(client: &mut ServerSession, limit: Duration) -> Result<Option<Bytes>, Failure> {
    match tokio::time::timeout(limit, client.read_request_body()).await {
        Ok(Ok(chunk)) => Ok(chunk),
        Ok(Err(error)) => Err(client_failure(&error)),
        Err(_) => Err(Refusal::RequestTimeout.into()),
    }
}

/// What a failure to read the client's body means.
pub(super) fn client_failure(error: &pingora::Error) -> Failure {
    use pingora::ErrorType as T;
    match error.etype() {
        T::ReadTimedout => Refusal::RequestTimeout.into(),
        T::ReadError | T::ConnectionClosed | T::H2Error => Failure::ClientGone,
        _ => Refusal::Malformed("a body that is not chunked as it says").into(),
    }
}

fn early(error: Box<pingora::Error>) -> Failure {
    use pingora::ErrorType as T;
    let refusal = match error.etype() {
        T::ReadTimedout | T::WriteTimedout => Refusal::CrmTimeout,
        T::ConnectionClosed | T::ReadError | T::WriteError => Refusal::CrmBroken(BROKE_EARLY),
        _ => Refusal::CrmBroken(reason(&error)),
    };
    refusal.into()
}

/// The shorter of a limit and what is left until the deadline.
pub(super) fn within(limit: Duration, deadline: Option<Instant>) -> Result<Duration, Refusal> {
    let Some(deadline) = deadline else { return Ok(limit) };
    match deadline.checked_duration_since(Instant::now()) {
        Some(left) if !left.is_zero() => Ok(left.min(limit)),
        _ => Err(Refusal::CrmTimeout),
    }
}

async fn watch<T>(client: &mut ServerSession, body: &Body, work: impl Future<Output = T>) -> Result<T, Failure> {
    let read = !matches!(body, Body::Streaming { .. });
    watch_if(client, read, work).await
}

/// Waits for `work`, and stops when the client goes away. A client whose body is not read to its end cannot be watched: what it
/// sends would be taken for a sign of life.
pub(super) async fn watch_if<T>(
    client: &mut ServerSession,
    body_read: bool,
    work: impl Future<Output = T>,
) -> Result<T, Failure> {
    if !body_read || !client.is_body_done() {
        return Ok(work.await);
    }
    tokio::select! {
        biased;
        done = work => Ok(done),
        _ = client.read_body_or_idle(true) => Err(Failure::ClientGone),
    }
}
