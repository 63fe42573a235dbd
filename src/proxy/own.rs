//! What is ours on the proxy's origin: pages (made by `control`), downloads of released exports, and signs of life.

use std::net::IpAddr;

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Method, Response, StatusCode};
use pingora::protocols::http::ServerSession;

use super::client;
use super::exchange::Failure;
use super::head::Head;
use super::inbound::Inbound;
use super::refusal::Refusal;
use super::release::Fetch;
use super::service::{Ending, OWN_PREFIX, Service};

/// The largest form that our own pages take: a name, a password and an address.
const MAX_FORM_BYTES: usize = 16 * 1024;

impl Service {
    /// Serves a path under [`OWN_PREFIX`].
    pub(super) async fn serve_own(
        &self,
        client: &mut ServerSession,
        head: Head,
        peer: IpAddr,
    ) -> Result<Ending, Failure> {
        let path = head.target.path()[OWN_PREFIX.len()..].to_owned();
        let answer = match path.as_str() {
            "/healthz" => plain(StatusCode::OK, "ok"),
            "/readyz" => self.readiness().await,
            path => match path.strip_prefix("/exports/") {
                Some(id) => return self.serve_export(client, head, peer, id).await,
                None => self.page(client, &head, peer).await?,
            },
        };
        let head_only = head.method == Method::HEAD;
        client::send_own(client, head.version, head_only, answer)
            .await
            .map_err(|_| Failure::ClientGone)?;
        Ok(Ending::Whole)
    }

    async fn serve_export(
        &self,
        client: &mut ServerSession,
        head: Head,
        peer: IpAddr,
        id: &str,
    ) -> Result<Ending, Failure> {
        if !matches!(head.method, Method::GET | Method::POST | Method::HEAD) {
            return Err(Refusal::Method.into());
        }
        let headers = client.req_header().headers.clone();
        if !self.may_ask_for_download(&headers) {
            return Err(Refusal::Denied("cross_site".to_owned()).into());
        }
        let (version, head_only) = (head.version, head.method == Method::HEAD);
        let mut inbound = Inbound::of(&head);
        inbound
            .read_ahead(client, &head, MAX_FORM_BYTES, &self.options.times)
            .await?;
        let asked = self.identify(headers, head, peer).await?;
        let fetch = Fetch {
            subject: asked.subject(),
            environment: asked.environment(),
            request_id: asked.request_id(),
            version,
            head_only,
        };
        self.fetch_export(client, fetch, id).await
    }

    /// A download uses up its grant: another site may not make a browser ask for it.
    pub(super) fn may_ask_for_download(&self, headers: &http::HeaderMap) -> bool {
        let ours = |origin: &HeaderValue| {
            let origin = origin.as_bytes();
            origin == self.options.control_origin.as_bytes() || origin == self.addresses.public_origin.as_bytes()
        };
        match (headers.get(header::ORIGIN), headers.get("sec-fetch-site")) {
            (Some(origin), _) => ours(origin),
            (None, Some(site)) => matches!(site.as_bytes(), b"none" | b"same-origin" | b"same-site"),
            (None, None) => true,
        }
    }

    async fn page(&self, client: &mut ServerSession, head: &Head, peer: IpAddr) -> Result<Response<Bytes>, Failure> {
        let mut inbound = Inbound::of(head);
        if !inbound
            .read_ahead(client, head, MAX_FORM_BYTES, &self.options.times)
            .await?
        {
            return Err(Refusal::BodyTooLarge.into());
        }
        let mut request = http::Request::new(inbound.whole().unwrap_or_default());
        *request.method_mut() = head.method.clone();
        *request.uri_mut() = head.target.upstream().parse().map_err(|_| Refusal::NotFound)?;
        *request.headers_mut() = client.req_header().headers.clone();
        Ok(self.at.pages.serve(request, peer).await)
    }

    /// Red as soon as a request could not be served: no store, no audit, or a policy that could not be loaded.
    async fn readiness(&self) -> Response<Bytes> {
        let store = self.at.store.ping().await.is_ok();
        let audit = self.at.journal.status().is_ok();
        let policy = self.at.live.is_ready();
        let word = |ok: bool| if ok { "ok" } else { "failed" };
        let text = format!(
            "store: {}\naudit: {}\npolicy: {}\n",
            word(store),
            word(audit),
            word(policy)
        );
        let status = if store && audit && policy {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        plain(status, text)
    }
}

fn plain(status: StatusCode, text: impl Into<Bytes>) -> Response<Bytes> {
    let mut answer = Response::new(text.into());
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
