//! A request for the CRM: routed, permitted, recorded, cleared, exchanged, relayed, recorded again.

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use pingora::protocols::http::ServerSession;

use super::exchange::{Answering, Asking, Failure, Times, exchange};
use super::forward::Forward;
use super::head::Framing;
use super::inbound::{Inbound, MAX_BOUND_BODY_BYTES};
use super::masking::Masking;
use super::refusal::Refusal;
use super::service::{Ending, Service};
use super::steps::{Audited, Identified, Routed};
use super::tunnel;
use crate::audit::Kind;
use crate::body;
use crate::catalog::{ExportRule, MAX_ROUTED_BODY_BYTES, Protect};

impl Service {
    /// Serves a request of somebody.
    pub(super) async fn serve_crm(&self, client: &mut ServerSession, asked: Identified) -> Result<Ending, Failure> {
        self.check_length(&asked)?;
        let mut inbound = Inbound::of(asked.head());
        let routed = self.route(client, asked, &mut inbound).await?;
        if self.wants_sign_in(&routed) {
            return Err(Refusal::SignIn.into());
        }
        let audited = routed.decide(&self.at.journal)?.audit(&self.at.journal)?;
        self.check_upgrade(&audited)?;
        self.bind_body(client, &audited, &mut inbound).await?;
        if let Some(ending) = self.known_export(client, &audited, inbound.whole().as_deref()).await? {
            return Ok(ending);
        }
        self.forward(client, audited, inbound).await
    }

    fn check_length(&self, asked: &Identified) -> Result<(), Refusal> {
        match asked.head().framing {
            Framing::Length(length) if length > self.options.request_body_bytes => Err(Refusal::BodyTooLarge),
            _ => Ok(()),
        }
    }

    async fn route(
        &self,
        client: &mut ServerSession,
        asked: Identified,
        inbound: &mut Inbound,
    ) -> Result<Routed, Failure> {
        let snapshot = self.at.live.snapshot();
        let head = asked.head();
        let wanted = snapshot
            .catalog
            .needs_body(head.method.as_str(), &head.target, asked.headers());
        let body = if wanted {
            let times = &self.options.times;
            if !inbound.read_ahead(client, head, MAX_ROUTED_BODY_BYTES, times).await? {
                return Err(Refusal::BodyTooLarge.into());
            }
            Some(inbound.decoded(asked.headers())?)
        } else {
            None
        };
        Ok(asked.route(snapshot, body.as_ref())?)
    }

    /// A browser that goes to a page and belongs to nobody is better served by the sign-in page: what the page would fetch is
    /// masked for nobody, and a page that is open itself (the shell of an application) would never lead to the sign-in.
    fn wants_sign_in(&self, routed: &Routed) -> bool {
        let asked = routed.asked();
        let head = asked.head();
        self.options.sign_in
            && asked.subject().is_anonymous()
            && head.audience.navigation
            && matches!(head.method, Method::GET | Method::HEAD)
            && routed.route().protect() != Protect::Refused
    }

    fn check_upgrade(&self, audited: &Audited) -> Result<(), Refusal> {
        if audited.head().upgrade && !audited.routed().route().allows_upgrade() {
            let record = audited
                .routed()
                .record(Kind::Completed)
                .outcome("denied")
                .reason("upgrade_refused");
            let _ = self.at.journal.append(&record);
            return Err(Refusal::Upgrade);
        }
        Ok(())
    }

    /// Reads a body that an approval may have to be bound to, if it is small enough for that.
    async fn bind_body(
        &self,
        client: &mut ServerSession,
        audited: &Audited,
        inbound: &mut Inbound,
    ) -> Result<(), Failure> {
        let route = audited.routed().route();
        if route.export() != ExportRule::No && route.protect() == Protect::Masked && !route.is_sign_in() {
            let times = &self.options.times;
            inbound
                .read_ahead(client, audited.head(), MAX_BOUND_BODY_BYTES, times)
                .await?;
        }
        Ok(())
    }

    async fn forward(
        &self,
        client: &mut ServerSession,
        audited: Audited,
        mut inbound: Inbound,
    ) -> Result<Ending, Failure> {
        inbound.say_continue(client, audited.head()).await?;
        let bound: Option<Bytes> = inbound.whole();
        let times = self.times(&audited);
        let asking = self.asking(&audited, inbound)?;
        let answering = match exchange(&self.upstream, asking, client, &times).await {
            Ok(answering) => answering,
            Err(failure) => {
                self.record_failure(&audited, &failure);
                return Err(failure);
            }
        };
        if answering.status == StatusCode::SWITCHING_PROTOCOLS {
            return self.switch(client, &audited, answering).await;
        }
        self.answer(client, audited, answering, bound, &times).await
    }

    /// What the CRM is sent. Only here a request for it is built, and only from an [`Audited`].
    fn asking(&self, audited: &Audited, inbound: Inbound) -> Result<Asking, Refusal> {
        let (body, framing) = inbound.into_body(audited.head());
        let mut headers = audited.asked().headers().clone();
        if audited.routed().route().protect() == Protect::Masked {
            ask_for_the_whole(&mut headers);
        }
        let request = Forward {
            head: audited.head(),
            addresses: &self.addresses,
            source: audited.asked().environment().source,
            framing,
            upgrade: audited.head().upgrade,
        }
        .build(headers)?;
        Ok(Asking {
            request,
            body,
            max_body: self.options.request_body_bytes,
        })
    }

    async fn switch(
        &self,
        client: &mut ServerSession,
        audited: &Audited,
        answering: Answering,
    ) -> Result<Ending, Failure> {
        if !audited.head().upgrade || !audited.routed().route().allows_upgrade() {
            let failure = Failure::Refused(Refusal::CrmBroken("it switched protocols unasked"));
            self.record_failure(audited, &failure);
            return Err(failure);
        }
        let headers =
            Masking::open(&audited.head().method, &self.addresses).head(answering.status, &answering.headers)?;
        let passed = tunnel::run(client, answering, headers, &self.options.times).await;
        let record = audited
            .routed()
            .record(Kind::Completed)
            .outcome("tunnel")
            .status(101)
            .bytes(passed);
        let _ = self.at.journal.append(&record);
        Ok(Ending::Cut)
    }

    fn times(&self, audited: &Audited) -> Times {
        let limits = audited.routed().route().limits();
        let mut times = self.options.times;
        times.first_byte = limits.first_byte.unwrap_or(times.first_byte);
        times.total = limits.total.or(times.total);
        times
    }
}

/// Takes out what asks for a part of the answer, for none if it is unchanged, or for a coding that cannot be undone.
fn ask_for_the_whole(headers: &mut HeaderMap) {
    for name in body::request_headers_to_drop(headers) {
        headers.remove(name);
    }
    let offered = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok());
    let accepted = body::accept_encoding(offered);
    if let Ok(accepted) = HeaderValue::from_str(&accepted) {
        headers.insert(header::ACCEPT_ENCODING, accepted);
    }
}
