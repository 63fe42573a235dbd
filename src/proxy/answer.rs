//! What becomes of the CRM's answer: relayed, held as an export, or refused; and the record of it.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use pingora::protocols::http::ServerSession;

use super::client::{self, Length};
use super::exchange::{Answering, Failure, Times};
use super::masking::{Masking, Measured};
use super::refusal::Refusal;
use super::relay::{Ended, Relay, Watch};
use super::service::{Ending, Service};
use super::steps::Audited;
use crate::audit::{ClassCount, Kind};
use crate::catalog::{ExportRule, Protect};

/// What the export rule means for this one answer.
enum Course {
    /// It goes to the client, watched or not.
    Relay(Watch),
    /// It is an export before its first byte.
    Hold,
}

impl Service {
    /// Deals with an answer whose head is here.
    pub(super) async fn answer(
        &self,
        client: &mut ServerSession,
        audited: Audited,
        answering: Answering,
        bound: Option<Bytes>,
        times: &Times,
    ) -> Result<Ending, Failure> {
        let masking = self
            .masking(&audited, answering.status, &answering.headers)
            .map_err(|refusal| {
                let failure = Failure::Refused(refusal);
                self.record_failure(&audited, &failure);
                failure
            })?;
        if has_no_body(&audited.head().method, answering.status) {
            let headers = masking.head(answering.status, &answering.headers)?;
            drop(masking);
            return self.answer_head(client, &audited, answering, headers).await;
        }
        let late = self.is_late_export(&audited, bound.as_deref());
        let ended = match course(&audited, answering.status, late) {
            Course::Hold => Ended::Export {
                answering,
                raw: Vec::new(),
            },
            Course::Relay(watch) => {
                let relay = Relay {
                    version: audited.head().version,
                    masking,
                    watch,
                    hold_back: self.options.hold_back_bytes,
                    times,
                    client,
                };
                relay.run(answering).await
            }
        };
        self.end(client, audited, ended, bound).await
    }

    fn masking(&self, audited: &Audited, status: StatusCode, headers: &HeaderMap) -> Result<Masking, Refusal> {
        let method = &audited.head().method;
        match audited.routed().route().protect() {
            Protect::Open => Ok(Masking::open(method, &self.addresses)),
            _ => Masking::masked(
                method,
                &self.addresses,
                status,
                headers,
                audited.permit().plan(),
                &self.options.body,
            ),
        }
    }

    /// An answer that ends with its head.
    async fn answer_head(
        &self,
        client: &mut ServerSession,
        audited: &Audited,
        answering: Answering,
        headers: HeaderMap,
    ) -> Result<Ending, Failure> {
        let status = answering.status;
        self.release(answering).await;
        client::send_head(client, audited.head().version, status, headers, Length::AsIs)
            .await
            .map_err(|_| Failure::ClientGone)?;
        client::finish(client).await.map_err(|_| Failure::ClientGone)?;
        self.record_completed(audited, "whole", status, &Measured::default());
        Ok(Ending::Whole)
    }

    /// Gives the connection back if it can be used again.
    pub(super) async fn release(&self, answering: Answering) {
        if answering.request_sent {
            self.upstream.release(answering.connection).await;
        }
    }

    async fn end(
        &self,
        client: &mut ServerSession,
        audited: Audited,
        ended: Ended,
        bound: Option<Bytes>,
    ) -> Result<Ending, Failure> {
        match ended {
            Ended::Whole { measured, answering } => {
                self.record_completed(&audited, "whole", answering.status, &measured);
                self.release(answering).await;
                Ok(Ending::Whole)
            }
            Ended::Export { answering, raw } => self.hold(client, audited, answering, raw, bound).await,
            Ended::Refused(refusal) => {
                let failure = Failure::Refused(refusal);
                self.record_failure(&audited, &failure);
                Err(failure)
            }
            Ended::Cut {
                why,
                measured,
                export,
                status,
            } => {
                if export {
                    self.remember_export(&audited, bound.as_deref());
                }
                tracing::warn!(route = audited.routed().route().id(), why, "an answer was cut");
                self.record_completed(&audited, why, status, &measured);
                Ok(Ending::Cut)
            }
            Ended::ClientGone { measured, status } => {
                self.record_completed(&audited, "client_gone", status, &measured);
                Err(Failure::ClientGone)
            }
        }
    }

    /// Records how a permitted request ended. That it cannot be recorded is found out by the next request, which is refused.
    pub(super) fn record_completed(
        &self,
        audited: &Audited,
        outcome: &'static str,
        status: StatusCode,
        measured: &Measured,
    ) {
        let record = audited
            .routed()
            .record(Kind::Completed)
            .outcome(outcome)
            .status(status.as_u16())
            .bytes(measured.bytes)
            .records(measured.tally.records)
            .detected(measured.tally.detected)
            .classes(class_counts(audited, measured));
        let _ = self.at.journal.append(&record);
    }

    /// Records that a permitted request came to nothing.
    pub(super) fn record_failure(&self, audited: &Audited, failure: &Failure) {
        let record = audited.routed().record(Kind::Completed);
        let record = match failure {
            Failure::ClientGone => record.outcome("client_gone"),
            Failure::Refused(refusal) => {
                let told = refusal.told();
                tracing::info!(route = audited.routed().route().id(), code = told.code, %refusal, "refused");
                record.outcome("refused").reason(told.code).status(told.status.as_u16())
            }
        };
        let _ = self.at.journal.append(&record);
    }
}

fn class_counts(audited: &Audited, measured: &Measured) -> Vec<ClassCount> {
    let classes = &audited.routed().snapshot().classes;
    measured
        .counted()
        .map(|(class, count)| ClassCount {
            class: classes.name(class).to_owned(),
            rendering: audited.permit().rendering(class),
            count,
        })
        .collect()
}

/// Records of sensitive classes in an answer that is no success: an error quotes the few records it is about. More is data under a
/// wrong status, which browsers save all the same.
const MAX_RECORDS_OF_AN_ERROR: u64 = 20;

/// An export is what a CRM gives when it is asked well: errors and redirects are none, unless they are files or full of records. They
/// may be short texts with commas, so that they look like a table says nothing.
///
/// `late` says that this very request was once cut as an export: it is held from the start, for cutting it again helps nobody.
fn course(audited: &Audited, status: StatusCode, late: bool) -> Course {
    let route = audited.routed().route();
    match (route.protect(), audited.permit().export()) {
        (Protect::Open, _) | (_, ExportRule::No) => Course::Relay(Watch::No),
        (_, rule) if !status.is_success() => Course::Relay(Watch::For {
            max_records: match rule {
                ExportRule::ByAnswer { max_records } => max_records.min(MAX_RECORDS_OF_AN_ERROR),
                _ => MAX_RECORDS_OF_AN_ERROR,
            },
            table: false,
        }),
        (_, ExportRule::Always) => Course::Hold,
        (_, ExportRule::ByAnswer { .. }) if late => Course::Hold,
        (_, ExportRule::ByAnswer { max_records }) => Course::Relay(Watch::For {
            max_records,
            table: true,
        }),
    }
}

/// RFC 9110 §6.4.1.
fn has_no_body(method: &Method, status: StatusCode) -> bool {
    method == Method::HEAD || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}
