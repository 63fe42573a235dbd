//! The pages: signing in on the proxy's origin, and the approval page with its API on an origin of its own.
//!
//! Purpose: people decide here. [`GatePages`] answers what stands under `/.overcoat/` on the proxy's origin; [`ControlServer`] serves
//! the approval page and `/api/v1`.
//!
//! Guarantee: nothing here shows an original of a sensitive value: lists and details come from what was masked when the export was
//! sealed, sample rows are masked under the viewer's own plan, and nothing else of a sealed answer leaves by this door. A decision is
//! answered after its evidence is on disk and the store has taken it, once. A call that changes something comes from the page itself
//! (`Origin`, `X-Overcoat-Request`), so that a script in the CRM's pages cannot vote.
//!
//! Exceptions: releasing an approved export is the proxy's business; this room only says where.

pub mod api;
mod assets;
mod evidence;
mod form;
mod gate_pages;
mod language;
mod origin;
mod problem;
mod rules;
mod security;
mod server;
mod settle;
mod sign_in;
mod tls;

use std::future::Future;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http::Method;
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::identity::{Accounts, Identifier, IdentityError, Sessions};
use crate::store::{HoldVault, Store, StoreError};
use api::wire::ReasonCode;
use origin::PublicOrigin;
use sign_in::{Door, SignIn};

pub use evidence::Evidence;
pub use gate_pages::{GatePages, GateParts, PREFIX as GATE_PREFIX};
pub use rules::{ClassText, Rules, SamplePlan, Viewer};
pub use server::Peer;
pub use tls::{TlsError, TlsFiles};

/// Why a request to the API or to a page was not answered as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// The request is not what the API expects.
    #[error("bad request: {0}")]
    BadRequest(&'static str),
    /// The body is larger than anything the API takes.
    #[error("request body too large")]
    TooLarge,
    /// The body is not declared as JSON.
    #[error("request body is not json")]
    NotJson,
    /// The path is known, the method is not.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// `Origin` or `X-Overcoat-Request` says that another site made the browser send this.
    #[error("cross-site request")]
    CrossSite,
    /// Nobody is signed in.
    #[error("not signed in")]
    NotSignedIn,
    /// The state machine or the policy says no.
    #[error("refused: {0:?}")]
    Refused(ReasonCode),
    /// No such approval, or none that the viewer may see.
    #[error("not found")]
    NotFound,
    /// The version is stale.
    #[error("conflict")]
    Conflict,
    /// A rejection or a revocation came without a reason.
    #[error("comment required")]
    CommentRequired,
    /// The purpose is too short to be one.
    #[error("purpose required")]
    PurposeRequired,
    /// Who asks could not be told.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The store does not answer.
    #[error("the store is not available")]
    StoreUnavailable,
    /// The journal cannot be written.
    #[error("the audit journal cannot be written")]
    AuditUnavailable,
    /// A fault of ours.
    #[error("internal: {0}")]
    Internal(&'static str),
}

impl From<StoreError> for ControlError {
    fn from(error: StoreError) -> Self {
        tracing::warn!(%error, "control: the store failed");
        match error {
            StoreError::Corrupt { .. } => Self::Internal("a record in the store cannot be read"),
            StoreError::Misuse(_) => Self::Internal("a record was not written"),
            _ => Self::StoreUnavailable,
        }
    }
}

/// What the approval page needs of the rest of the house.
pub struct ControlParts {
    /// Local accounts.
    pub accounts: Arc<Accounts>,
    /// Sessions.
    pub sessions: Arc<Sessions>,
    /// Who asks, with the cookie form of the approval page's origin.
    pub identifier: Arc<Identifier>,
    /// Approvals.
    pub store: Arc<dyn Store>,
    /// Sealed answers, for the sample rows.
    pub vault: Arc<HoldVault>,
    /// Where evidence goes.
    pub evidence: Evidence,
    /// The policies that hold now.
    pub rules: Arc<dyn Rules>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The approval page's public URL.
    pub control_url: String,
    /// The proxy's public URL.
    pub proxy_url: String,
    /// Certificate and key, if the page is served over TLS.
    pub tls: Option<TlsFiles>,
}

/// The state of the approval page and its API.
pub(crate) struct Control {
    pub sessions: Arc<Sessions>,
    pub identifier: Arc<Identifier>,
    pub store: Arc<dyn Store>,
    pub vault: Arc<HoldVault>,
    pub evidence: Evidence,
    pub rules: Arc<dyn Rules>,
    pub clock: Arc<dyn Clock>,
    pub origin: PublicOrigin,
    /// Without a slash at the end.
    pub proxy_url: String,
    pub proxy: PublicOrigin,
    pub sign_in: SignIn,
    assets: assets::Assets,
}

/// The approval page and its API.
pub struct ControlServer {
    control: Arc<Control>,
    tls: Option<tls::Reloading>,
}

impl ControlServer {
    /// A server that is not listening yet.
    ///
    /// # Errors
    /// [`TlsError`] when certificate and key cannot be used.
    pub fn new(parts: ControlParts) -> Result<Self, TlsError> {
        let sign_in = SignIn {
            accounts: parts.accounts,
            sessions: Arc::clone(&parts.sessions),
            identifier: Arc::clone(&parts.identifier),
            evidence: parts.evidence.clone(),
            clock: Arc::clone(&parts.clock),
            door: Door::Control,
        };
        let control = Control {
            sessions: parts.sessions,
            identifier: parts.identifier,
            store: parts.store,
            vault: parts.vault,
            evidence: parts.evidence,
            rules: parts.rules,
            clock: parts.clock,
            origin: PublicOrigin::of(&parts.control_url),
            proxy: PublicOrigin::of(&parts.proxy_url),
            proxy_url: parts.proxy_url.trim_end_matches('/').to_owned(),
            sign_in,
            assets: assets::Assets::default(),
        };
        Ok(Self {
            control: Arc::new(control),
            tls: parts.tls.map(tls::Reloading::new).transpose()?,
        })
    }

    /// The service without a listener. Each request needs a [`Peer`] among its extensions.
    pub fn router(&self) -> Router {
        let control = Arc::clone(&self.control);
        api::router()
            .method_not_allowed_fallback(method_not_allowed)
            .fallback(page)
            .layer(middleware::from_fn_with_state(Arc::clone(&control), guard))
            .layer(DefaultBodyLimit::max(api::MAX_BODY_BYTES))
            .with_state(control)
    }

    /// Serves until `shutdown` resolves; then running requests may finish for some seconds.
    ///
    /// # Errors
    /// What the listener says when it cannot be used any more.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) -> io::Result<()> {
        let router = self.router();
        server::serve(listener, self.tls, router, shutdown).await
    }
}

/// Everything passes here: calls that change something must come from the page itself, and every answer gets its security headers.
async fn guard(State(control): State<Arc<Control>>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = if changes && !origin::is_own_call(&control.origin, request.headers()) {
        ControlError::CrossSite.into_response()
    } else {
        next.run(request).await
    };
    security::harden(response.headers_mut(), control.origin.as_str().starts_with("https:"));
    response
}

async fn method_not_allowed() -> ControlError {
    ControlError::MethodNotAllowed
}

/// Everything that is no API: the page and its files.
async fn page(State(control): State<Arc<Control>>, request: Request) -> Result<Response, ControlError> {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return Err(ControlError::NotFound);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(ControlError::MethodNotAllowed);
    }
    control.assets.serve(path, request.headers(), &control.proxy)
}
