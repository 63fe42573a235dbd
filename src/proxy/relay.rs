//! The answer on its way to the client: held back until it is known what it is, then masked as it comes.
//!
//! INVARIANT: no byte of a protected answer reaches the client but through [`body::Answer`](crate::body::Answer); the head goes out
//! after the format is known, so that a refusal is a page and not a cut. Where exports are told by the answer, it goes out after the
//! answer has ended below the threshold, or has filled the hold-back buffer; what then turns out to be an export is cut at the
//! threshold.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use http::{HeaderMap, StatusCode, Version, header};
use pingora::protocols::http::ServerSession;

use super::client::{self, Gone, Length};
use super::exchange::{Answering, Failure, Times, watch_if, within};
use super::masking::{Masking, Measured};
use super::refusal::Refusal;

/// Bytes written at once, if the CRM is that fast: large writes cost fewer system calls and fewer chunks.
const WRITE_BYTES: usize = 128 * 1024;

/// How long an answer that may still be an export is held back while nothing comes of it: people wait for long polls, not for this.
const STALL: Duration = Duration::from_secs(1);

/// Whether and how an export is looked for in the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Watch {
    /// It is not one, whatever it looks like.
    No,
    /// It is one when it is an attachment, a CSV file, or holds more records of sensitive classes.
    For {
        /// Records that may pass.
        max_records: u64,
        /// Whether a table in text is one, however short.
        table: bool,
    },
}

/// How a relay ended.
pub(super) enum Ended {
    /// The client has the whole answer.
    Whole {
        /// What went out.
        measured: Measured,
        /// The connection, for the next request.
        answering: Answering,
    },
    /// Nothing went out: it is an export. What was read so far, and the connection with the rest.
    Export {
        /// The connection and the head.
        answering: Answering,
        /// What was read of the body, as the CRM sent it.
        raw: Vec<u8>,
    },
    /// Nothing went out: the client is told why.
    Refused(Refusal),
    /// Part of it went out, and the client must see that it is not whole.
    Cut {
        /// Why, for the audit.
        why: &'static str,
        /// What went out.
        measured: Measured,
        /// The status that went out.
        status: StatusCode,
        /// Whether an export was noticed only now.
        export: bool,
    },
    /// The client went away.
    ClientGone {
        /// What went out, or into the void.
        measured: Measured,
        /// The status.
        status: StatusCode,
    },
}

/// One answer and where it goes.
pub(super) struct Relay<'a> {
    /// The client.
    pub client: &'a mut ServerSession,
    /// Its protocol version.
    pub version: Version,
    /// The masking of this answer.
    pub masking: Masking,
    /// Whether to look for an export.
    pub watch: Watch,
    /// Bytes kept back, raw and masked each, while it is open whether the answer is an export.
    pub hold_back: usize,
    /// Time limits.
    pub times: &'a Times,
}

/// What was made of the answer and did not go out yet.
struct Pending {
    out: Vec<u8>,
    /// The answer as the CRM sent it, while it may still have to be sealed.
    raw: Option<Vec<u8>>,
    head_sent: bool,
}

enum Step {
    More,
    End,
}

/// Why a relay stopped before the end.
enum Stop {
    Export,
    Failed(Refusal),
    Gone,
}

impl From<Gone> for Stop {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::ClientGone => Self::Gone,
            Failure::Refused(refusal) => Self::Failed(refusal),
        }
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Failed(refusal)
    }
}

impl Relay<'_> {
    /// Relays the answer's body to its end.
    pub(super) async fn run(mut self, mut answering: Answering) -> Ended {
        let mut pending = Pending {
            out: Vec::new(),
            raw: (self.watch != Watch::No).then(Vec::new),
            head_sent: false,
        };
        let stopped = match self.pump(&mut answering, &mut pending).await {
            Ok(()) => self.finish(&answering, &mut pending).await,
            Err(stop) => Err(stop),
        };
        match stopped {
            Ok(()) => Ended::Whole {
                measured: self.masking.measured(),
                answering,
            },
            Err(Stop::Gone) => Ended::ClientGone {
                measured: self.masking.measured(),
                status: answering.status,
            },
            Err(Stop::Export) if !pending.head_sent => Ended::Export {
                answering,
                raw: pending.raw.unwrap_or_default(),
            },
            Err(Stop::Failed(refusal)) if !pending.head_sent => Ended::Refused(refusal),
            Err(stop) => Ended::Cut {
                why: match &stop {
                    Stop::Failed(refusal) => refusal.told().code,
                    _ => "export_in_stream",
                },
                export: matches!(stop, Stop::Export),
                status: answering.status,
                measured: self.masking.measured(),
            },
        }
    }

    async fn pump(&mut self, answering: &mut Answering, pending: &mut Pending) -> Result<(), Stop> {
        if self.watch != Watch::No && is_attachment(&answering.headers) {
            return Err(Stop::Export);
        }
        loop {
            if let Step::End = self.step(answering, pending).await? {
                return Ok(());
            }
            loop {
                self.judge(pending)?;
                let full = pending.out.len() >= WRITE_BYTES;
                if full && self.may_go(pending) {
                    self.flush(answering.status, &answering.headers, pending).await?;
                }
                if !self.masking.is_behind() {
                    break;
                }
                self.masking.push(&[], &mut pending.out)?;
            }
        }
    }

    /// Reads once and masks what came. What is ready goes out before a wait, so that slow answers arrive as they come.
    async fn step(&mut self, answering: &mut Answering, pending: &mut Pending) -> Result<Step, Stop> {
        let Answering {
            connection,
            status,
            headers,
            deadline,
            request_sent,
        } = answering;
        connection.session.read_timeout = Some(within(self.times.read, *deadline)?);
        let mut read = pin!(connection.session.read_body_ref());
        let chunk = match poll_once(read.as_mut()).await {
            Some(chunk) => chunk,
            None => self.wait(read, (*status, headers, *request_sent), pending).await?,
        };
        let Some(bytes) = chunk.map_err(|e| upstream_cut(&e))? else {
            return Ok(Step::End);
        };
        if let Some(raw) = &mut pending.raw {
            raw.extend_from_slice(bytes);
        }
        self.masking.push(bytes, &mut pending.out)?;
        Ok(Step::More)
    }

    /// Waits for more of the answer. What is ready and may go out goes out before.
    async fn wait<T>(
        &mut self,
        mut read: Pin<&mut impl Future<Output = T>>,
        (status, headers, request_sent): (StatusCode, &HeaderMap, bool),
        pending: &mut Pending,
    ) -> Result<T, Stop> {
        if pending.raw.is_some() && self.masking.is_known() {
            let soon = tokio::time::timeout(STALL, read.as_mut());
            if let Ok(done) = watch_if(self.client, request_sent, soon).await? {
                return Ok(done);
            }
            // It comes slowly and is no export so far: from here on it streams, and is cut at the threshold.
            pending.raw = None;
        }
        if !pending.out.is_empty() && self.may_go(pending) {
            self.flush(status, headers, pending).await?;
        }
        Ok(watch_if(self.client, request_sent, read).await?)
    }

    /// Says whether the answer has turned out to be an export.
    fn judge(&self, pending: &mut Pending) -> Result<(), Stop> {
        let Watch::For { max_records, table } = self.watch else {
            return Ok(());
        };
        if (table && self.masking.is_csv()) || self.masking.records() > max_records {
            return Err(Stop::Export);
        }
        let large = |raw: &Vec<u8>| raw.len().max(pending.out.len()) > self.hold_back;
        if pending.raw.as_ref().is_some_and(large) && self.masking.is_known() {
            // It cannot be sealed any more: from here on it streams, and is cut at the threshold.
            pending.raw = None;
        }
        Ok(())
    }

    fn may_go(&self, pending: &Pending) -> bool {
        self.masking.is_known() && pending.raw.is_none()
    }

    async fn flush(&mut self, status: StatusCode, headers: &HeaderMap, pending: &mut Pending) -> Result<(), Stop> {
        if !pending.head_sent {
            let headers = self.masking.head(status, headers)?;
            let length = self.masking.declared(&headers).map_or(Length::Unknown, Length::Known);
            client::send_head(self.client, self.version, status, headers, length).await?;
            pending.head_sent = true;
        }
        Ok(client::send(self.client, &mut pending.out).await?)
    }

    async fn finish(&mut self, answering: &Answering, pending: &mut Pending) -> Result<(), Stop> {
        self.masking.finish(&mut pending.out)?;
        // The last records and the format of a very short answer are known only now.
        self.judge(pending)?;
        if !pending.head_sent {
            let headers = self.masking.head(answering.status, &answering.headers)?;
            let length = Length::Known(pending.out.len() as u64);
            client::send_head(self.client, self.version, answering.status, headers, length).await?;
            pending.head_sent = true;
        }
        client::send(self.client, &mut pending.out).await?;
        Ok(client::finish(self.client).await?)
    }
}

/// Whether the CRM says that the answer is a file to be saved (RFC 6266).
pub(super) fn is_attachment(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_DISPOSITION).iter().any(|v| {
        let kind = v
            .as_bytes()
            .split(|b| *b == b';')
            .next()
            .unwrap_or_default()
            .trim_ascii();
        !kind.is_empty() && !kind.eq_ignore_ascii_case(b"inline") && !kind.eq_ignore_ascii_case(b"form-data")
    })
}

/// What an answer that breaks off means.
pub(super) fn upstream_cut(error: &pingora::Error) -> Refusal {
    use pingora::ErrorType as T;
    match error.etype() {
        T::ReadTimedout => Refusal::CrmTimeout,
        _ => Refusal::CrmBroken("its answer ends too early or is framed wrongly"),
    }
}

/// The future's result if it has one already.
async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|context| {
        Poll::Ready(match future.as_mut().poll(context) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_saved_is_an_attachment() {
        for (value, attachment) in [
            ("attachment; filename=a.csv", true),
            ("Attachment", true),
            ("filename=a.csv", true),
            ("inline; filename=a.csv", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_DISPOSITION, value.parse().unwrap());
            assert_eq!(is_attachment(&headers), attachment, "{value}");
        }
    }
}
