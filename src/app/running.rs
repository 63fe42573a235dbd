//! One process, put together: proxy, approval page, journal, store, vault, and the poller that looks after them.
//!
//! Purpose: [`Running::start`] wires the rooms from settings; `overcoat serve`, `overcoat demo` and the tests all start here.
//!
//! Guarantee: what is wrong (a port in use, a bad certificate, a store that is not fit) is said before anything is served; a stop lets
//! requests in flight finish within the configured time.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::Uri;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::live_rules::LiveRules;
use super::look_after::Caretaker;
use crate::audit::{AuditRecord, Kind};
use crate::clock::{Clock, SystemClock};
use crate::config::{Anonymous, HostHeader, Live, Loaded, Settings};
use crate::control::{ControlParts, ControlServer, Evidence, GatePages, GateParts};
use crate::identity::{Accounts, CookieForm, Identifier, IdentityHeaders, SessionLimits, Sessions, TrustedFronts};
use crate::proxy::{
    Addresses, Door, Foundations, HostMode, Listener, Options, Pages, Service, Times, TlsFiles, UpstreamOptions,
};
use crate::store::{self, HoldVault, Journal, JournalOptions, MasterKey, Store, VaultLimits};

/// Time for a TLS handshake with the CRM on top of connecting.
const CRM_HANDSHAKE: Duration = Duration::from_secs(10);

/// Why the process does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The proxy's socket or certificate.
    #[error("proxy: {0}")]
    Listen(#[from] crate::proxy::ListenError),
    /// The connections to the CRM.
    #[error("crm: {0}")]
    Upstream(#[from] crate::proxy::UpstreamError),
    /// The approval page's socket.
    #[error("control: cannot listen on `{address}`: {source}")]
    Control {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The approval page's certificate.
    #[error("control: {0}")]
    ControlTls(#[from] crate::control::TlsError),
    /// The store.
    #[error("store: {0}")]
    Store(#[from] store::StoreError),
    /// The directory of sealed exports.
    #[error("holds: {0}")]
    Vault(#[from] store::VaultError),
    /// The audit journal.
    #[error("audit: {0}")]
    Journal(#[from] store::JournalError),
    /// Accounts.
    #[error("accounts: {0}")]
    Accounts(#[from] crate::identity::IdentityError),
    /// An address of the settings that is none.
    #[error("`{0}` is no address with scheme and host")]
    Address(String),
    /// The system.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// A running instance.
pub struct Running {
    door: Arc<Door>,
    control: JoinHandle<()>,
    caretaker: JoinHandle<()>,
    stop: watch::Sender<bool>,
    grace: Duration,
    addresses: [SocketAddr; 2],
    parts: Parts,
}

/// The rooms of a running instance that commands and tests reach into.
#[derive(Clone)]
pub struct Parts {
    /// The settings; addresses with port 0 carry the port that was bound.
    pub settings: Arc<Settings>,
    /// The policy in force.
    pub live: Arc<Live>,
    /// Approvals, sessions, accounts.
    pub store: Arc<dyn Store>,
    /// Sealed exports.
    pub vault: Arc<HoldVault>,
    /// The audit journal.
    pub journal: Arc<Journal>,
    /// Local accounts.
    pub accounts: Arc<Accounts>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Running {
    /// Starts everything on the present runtime.
    pub async fn start(loaded: Loaded) -> Result<Self, StartError> {
        Self::start_on(loaded, Arc::new(SystemClock)).await
    }

    /// The same with another clock; the store keeps its own time unless it is SQLite, which takes this one.
    pub async fn start_on(loaded: Loaded, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let mut settings = loaded.settings;
        let sockets = Sockets::bind(&mut settings).await?;
        let settings = Arc::new(settings);
        let live = Arc::new(Live::new(Arc::clone(&settings), loaded.snapshot));
        let parts = open_parts(settings, live, clock).await?;
        let parts_started = Self::wire(parts, sockets).await?;
        parts_started.record(Kind::Started)?;
        Ok(parts_started)
    }

    async fn wire(parts: Parts, sockets: Sockets) -> Result<Self, StartError> {
        let settings = Arc::clone(&parts.settings);
        let rules = Arc::new(LiveRules::new(Arc::clone(&parts.live)));
        let evidence = Evidence::new(Arc::clone(&parts.journal), rules.clone());
        let sessions = Arc::new(Sessions::new(
            Arc::clone(&parts.store),
            Arc::clone(&parts.clock),
            session_limits(&settings),
        ));
        let gate = GatePages::new(GateParts {
            accounts: Arc::clone(&parts.accounts),
            sessions: Arc::clone(&sessions),
            identifier: identifier(&parts, &sessions, &settings.proxy.public_url),
            evidence: evidence.clone(),
            clock: Arc::clone(&parts.clock),
            proxy_url: url(&settings.proxy.public_url),
            control_url: url(&settings.control.public_url),
        });
        let service = service(&parts, &sessions, gate)?;
        let control = ControlServer::new(ControlParts {
            accounts: Arc::clone(&parts.accounts),
            identifier: identifier(&parts, &sessions, &settings.control.public_url),
            sessions,
            store: Arc::clone(&parts.store),
            vault: Arc::clone(&parts.vault),
            evidence,
            rules,
            clock: Arc::clone(&parts.clock),
            control_url: url(&settings.control.public_url),
            proxy_url: url(&settings.proxy.public_url),
            tls: settings.control.tls.as_ref().map(|t| crate::control::TlsFiles {
                certificate: t.certificate.clone(),
                key: t.key.clone(),
            }),
        })?;
        let addresses = [sockets.proxy.address()?, sockets.control.local_addr()?];
        let door = Arc::new(sockets.proxy.serve(Arc::new(service))?);
        let (stop, stopping) = watch::channel(false);
        let control = tokio::spawn(serve_control(control, sockets.control, stopping.clone()));
        let caretaker = tokio::spawn(Caretaker::new(parts.clone(), Arc::clone(&door)).run(stopping));
        Ok(Self {
            door,
            control,
            caretaker,
            stop,
            grace: settings.proxy.timeouts.shutdown,
            addresses,
            parts,
        })
    }

    /// Where the proxy listens.
    pub fn proxy_address(&self) -> SocketAddr {
        self.addresses[0]
    }

    /// Where the approval page listens.
    pub fn control_address(&self) -> SocketAddr {
        self.addresses[1]
    }

    /// The rooms.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Stops: no new connections, requests in flight finish within the configured time. Says whether all did.
    pub async fn stop(self) -> bool {
        self.stop.send_replace(true);
        let finished = self.door.stop(self.grace).await;
        let _ = tokio::time::timeout(self.grace, self.control).await;
        let _ = tokio::time::timeout(self.grace, self.caretaker).await;
        let record = AuditRecord::new(Kind::Stopped, self.parts.clock.now());
        let _ = self.parts.journal.append_synced(&record).await;
        finished
    }

    fn record(&self, kind: Kind) -> Result<(), StartError> {
        let record = AuditRecord::new(kind, self.parts.clock.now()).snapshot(self.parts.live.snapshot().id.as_str());
        self.parts
            .journal
            .append(&record)
            .map(drop)
            .map_err(StartError::Journal)
    }
}

/// Both sockets, bound before anything is opened.
struct Sockets {
    proxy: Listener,
    control: TcpListener,
}

impl Sockets {
    async fn bind(settings: &mut Settings) -> Result<Self, StartError> {
        let tls = settings.proxy.tls.as_ref().map(|t| TlsFiles {
            certificate: t.certificate.clone(),
            key: t.key.clone(),
        });
        let proxy = Listener::bind(settings.proxy.listen, tls.as_ref()).await?;
        let address = settings.control.listen;
        let control = TcpListener::bind(address)
            .await
            .map_err(|source| StartError::Control { address, source })?;
        if settings.proxy.listen.port() == 0 {
            settings.proxy.public_url = with_port(&settings.proxy.public_url, proxy.address()?.port())?;
        }
        if settings.control.listen.port() == 0 {
            settings.control.public_url = with_port(&settings.control.public_url, control.local_addr()?.port())?;
        }
        Ok(Self { proxy, control })
    }
}

async fn open_parts(settings: Arc<Settings>, live: Arc<Live>, clock: Arc<dyn Clock>) -> Result<Parts, StartError> {
    let key = MasterKey::from_bytes(*settings.master_key.expose());
    let opened = store::open_with_clock(&settings.store.url, &settings.tenant, Arc::clone(&clock)).await?;
    for warning in opened.warnings {
        tracing::warn!("{warning}");
    }
    let limits = VaultLimits {
        max_bytes: settings.holds.max_bytes,
        min_free_bytes: settings.holds.min_free_bytes,
    };
    let vault = Arc::new(HoldVault::open(&settings.holds.directory, key.clone(), limits)?);
    let journal = JournalOptions {
        directory: settings.audit.directory.clone(),
        rotate_bytes: settings.audit.rotate_bytes,
        key: Some(key),
    };
    Ok(Parts {
        journal: Arc::new(Journal::open(&journal, Arc::clone(&clock))?),
        accounts: Arc::new(Accounts::new(Arc::clone(&opened.store), Arc::clone(&clock))?),
        store: opened.store,
        vault,
        live,
        clock,
        settings,
    })
}

fn session_limits(settings: &Settings) -> SessionLimits {
    SessionLimits {
        idle: settings.sessions.idle,
        absolute: settings.sessions.absolute,
        grace: settings.store.grace,
    }
}

fn identifier(parts: &Parts, sessions: &Arc<Sessions>, public: &Uri) -> Arc<Identifier> {
    let proxy = &parts.settings.proxy;
    let headers = proxy
        .identity_header
        .as_ref()
        .map(|h| IdentityHeaders::new(h.user.clone(), h.roles.clone()));
    let identifier = Identifier::new(
        Arc::clone(sessions),
        Arc::clone(&parts.accounts),
        CookieForm::for_url(&url(public)),
    );
    Arc::new(identifier.trusting(TrustedFronts::new(proxy.trusted_proxies.iter().copied()), headers))
}

fn service(parts: &Parts, sessions: &Arc<Sessions>, pages: GatePages) -> Result<Service, StartError> {
    let settings = &parts.settings;
    let at = Foundations {
        live: Arc::clone(&parts.live),
        identifier: identifier(parts, sessions, &settings.proxy.public_url),
        store: Arc::clone(&parts.store),
        vault: Arc::clone(&parts.vault),
        journal: Arc::clone(&parts.journal),
        pages: Arc::new(Gate(pages)),
        clock: Arc::clone(&parts.clock),
    };
    let proxy = &settings.proxy;
    let options = Options {
        upstream: upstream(settings)?,
        addresses: Addresses::new(
            &url(&settings.crm.url),
            &url(&proxy.public_url),
            match settings.crm.host {
                HostHeader::Keep => HostMode::Keep,
                HostHeader::Replace => HostMode::Replace,
            },
        ),
        control_origin: url(&settings.control.public_url),
        times: Times {
            first_byte: proxy.timeouts.first_byte,
            read: proxy.timeouts.read,
            write: proxy.timeouts.write,
            client_read: proxy.timeouts.client_head.max(Times::default().client_read),
            total: None,
        },
        client_head: proxy.timeouts.client_head,
        body: proxy.limits.body(),
        request_body_bytes: proxy.limits.request_body_bytes,
        hold_back_bytes: proxy.limits.hold_back_bytes,
        concurrent_requests: proxy.limits.concurrent_requests,
        sign_in: proxy.anonymous == Anonymous::SignIn,
        contact: settings.crm.contact.as_deref().unwrap_or_default().to_owned(),
        holds: crate::approval::Limits::new(settings.holds.pending, settings.holds.redeem),
    };
    Ok(Service::new(at, options)?)
}

fn upstream(settings: &Settings) -> Result<UpstreamOptions, StartError> {
    let crm = &settings.crm;
    let tls = crm.url.scheme_str() == Some("https");
    let host = crm.url.host().ok_or_else(|| StartError::Address(crm.url.to_string()))?;
    let connect = settings.proxy.timeouts.connect;
    Ok(UpstreamOptions {
        host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
        port: crm.url.port_u16().unwrap_or(if tls { 443 } else { 80 }),
        tls,
        sni: crm.sni.clone(),
        ca: crm.ca.clone(),
        connect,
        handshake: connect + CRM_HANDSHAKE,
    })
}

/// `control`'s pages for the proxy, which does not know `control`.
struct Gate(GatePages);

#[async_trait]
impl Pages for Gate {
    async fn serve(&self, request: http::Request<Bytes>, peer: IpAddr) -> http::Response<Bytes> {
        self.0.serve(request, peer).await
    }
}

async fn serve_control(control: ControlServer, socket: TcpListener, mut stopping: watch::Receiver<bool>) {
    let stopped = async move {
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    if let Err(error) = control.serve(socket, stopped).await {
        tracing::error!(%error, "the approval page stopped");
    }
}

/// An address of the settings without a slash at its end.
fn url(uri: &Uri) -> String {
    uri.to_string().trim_end_matches('/').to_owned()
}

fn with_port(uri: &Uri, port: u16) -> Result<Uri, StartError> {
    let bad = || StartError::Address(uri.to_string());
    let (scheme, host) = (uri.scheme_str().ok_or_else(bad)?, uri.host().ok_or_else(bad)?);
    format!("{scheme}://{host}:{port}").parse().map_err(|_| bad())
}
