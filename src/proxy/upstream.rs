//! The connections to the CRM: names resolved, sockets pooled, TLS checked against the CA that the settings name.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use pingora::connectors::ConnectorOptions;
use pingora::connectors::http::v1::Connector;
use pingora::protocols::http::v1::client::HttpSession;
use pingora::upstreams::peer::HttpPeer;

use super::refusal::Refusal;

/// How long a resolved name is believed. Short enough that a CRM that moves is found, long enough to cost nothing.
const NAME_KEPT: Duration = Duration::from_secs(15);

/// Idle connections kept to the CRM: one for each request a small server serves at once.
const POOL_SIZE: usize = 256;

/// How long an idle connection is kept: under the 60–75 s after which common servers close it, so that none is reused half-dead.
const IDLE: Duration = Duration::from_secs(50);

/// Addresses tried for one request before it is given up: a name may have a dead first address.
const MAX_ADDRESSES: usize = 4;

/// Where the CRM is and how it is spoken to.
#[derive(Clone, Debug)]
pub struct UpstreamOptions {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Whether TLS is spoken.
    pub tls: bool,
    /// The name sent and checked in TLS; the host, if none.
    pub sni: Option<String>,
    /// PEM file with the CAs that are trusted instead of the system's.
    pub ca: Option<PathBuf>,
    /// Time for TCP to connect.
    pub connect: Duration,
    /// Time for TCP and TLS together.
    pub handshake: Duration,
}

/// Why the connections to the CRM cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// The CA file cannot be read, or holds something else than certificates.
    #[error("cannot load the ca file `{path}`: {reason}")]
    Ca {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
}

/// Pooled connections to one CRM.
pub(super) struct Upstream {
    connector: Connector,
    options: UpstreamOptions,
    resolved: ArcSwapOption<Resolved>,
}

struct Resolved {
    at: Instant,
    peers: Vec<Arc<HttpPeer>>,
}

/// A connection in use, and where it leads back to.
pub(super) struct Connection {
    /// The HTTP/1.1 session.
    pub session: HttpSession,
    /// Whether it served a request before: then the CRM may have closed it in the meantime.
    pub reused: bool,
    peer: Arc<HttpPeer>,
}

impl Upstream {
    /// Sets the connector up. The CA file is read here, so that a bad one is reported and does not bring pingora down.
    pub(super) fn new(options: UpstreamOptions) -> Result<Self, UpstreamError> {
        let mut connector = ConnectorOptions::new(POOL_SIZE);
        if let Some(path) = &options.ca {
            check_ca(path)?;
            connector.ca_file = Some(path.to_string_lossy().into_owned());
        }
        Ok(Self {
            connector: Connector::new(Some(connector)),
            options,
            resolved: ArcSwapOption::empty(),
        })
    }

    /// A connection to the CRM: pooled if one is idle and `fresh` does not forbid it.
    pub(super) async fn connect(&self, fresh: bool) -> Result<Connection, Refusal> {
        let resolved = self.resolve().await?;
        let mut last = Refusal::CrmUnreachable("no address");
        for peer in resolved.peers.iter().take(MAX_ADDRESSES) {
            if !fresh && let Some(session) = self.connector.reused_http_session(&**peer).await {
                return Ok(Connection {
                    session,
                    reused: true,
                    peer: Arc::clone(peer),
                });
            }
        }
        for peer in resolved.peers.iter().take(MAX_ADDRESSES) {
            match self.open(peer).await {
                Ok(session) => {
                    return Ok(Connection {
                        session,
                        reused: false,
                        peer: Arc::clone(peer),
                    });
                }
                Err(refusal) => last = refusal,
            }
        }
        // A name that moved is looked up again at once.
        self.resolved.store(None);
        Err(last)
    }

    async fn open(&self, peer: &Arc<HttpPeer>) -> Result<HttpSession, Refusal> {
        let connecting = self.connector.get_http_session(&**peer);
        match tokio::time::timeout(self.options.handshake, connecting).await {
            Ok(Ok((session, _))) => Ok(session),
            Ok(Err(error)) => Err(Refusal::CrmUnreachable(reason(&error))),
            Err(_) => Err(Refusal::CrmUnreachable("connect timed out")),
        }
    }

    /// Gives a connection back to the pool, if its answer was read to the end and both sides keep it open.
    pub(super) async fn release(&self, connection: Connection) {
        let Connection { session, peer, .. } = connection;
        self.connector.release_http_session(session, &*peer, Some(IDLE)).await;
    }

    async fn resolve(&self) -> Result<Arc<Resolved>, Refusal> {
        if let Some(known) = self.resolved.load_full().filter(|r| r.at.elapsed() < NAME_KEPT) {
            return Ok(known);
        }
        let looking = tokio::net::lookup_host((self.options.host.as_str(), self.options.port));
        let addresses: Vec<SocketAddr> = match tokio::time::timeout(self.options.connect, looking).await {
            Ok(Ok(found)) => found.collect(),
            Ok(Err(_)) | Err(_) => Vec::new(),
        };
        if addresses.is_empty() {
            return Err(Refusal::CrmUnreachable("its name cannot be resolved"));
        }
        let peers = addresses.into_iter().map(|a| Arc::new(self.peer(a))).collect();
        let resolved = Arc::new(Resolved {
            at: Instant::now(),
            peers,
        });
        self.resolved.store(Some(Arc::clone(&resolved)));
        Ok(resolved)
    }

    fn peer(&self, address: SocketAddr) -> HttpPeer {
        let sni = self.options.sni.clone().unwrap_or_else(|| self.options.host.clone());
        let mut peer = HttpPeer::new(address, self.options.tls, sni);
        peer.options.connection_timeout = Some(self.options.connect);
        peer.options.total_connection_timeout = Some(self.options.handshake);
        peer
    }
}

/// A fixed text for an error of pingora: its own texts quote what was received.
pub(super) fn reason(error: &pingora::Error) -> &'static str {
    use pingora::ErrorType as T;
    match error.etype() {
        T::ConnectTimedout | T::TLSHandshakeTimedout => "connect timed out",
        T::ConnectRefused => "connection refused",
        T::ConnectNoRoute => "no route",
        T::TLSHandshakeFailure | T::InvalidCert | T::TLSWantX509Lookup => "its certificate is not accepted",
        T::InvalidHTTPHeader => "a malformed head",
        T::ReadTimedout => "reading timed out",
        T::WriteTimedout => "writing timed out",
        T::ReadError | T::WriteError | T::ConnectionClosed => "the connection broke",
        _ => "connecting failed",
    }
}

fn check_ca(path: &std::path::Path) -> Result<(), UpstreamError> {
    let failed = |reason: String| UpstreamError::Ca {
        path: path.display().to_string(),
        reason,
    };
    let pem = std::fs::read(path).map_err(|e| failed(e.to_string()))?;
    let certificates = super::certificate::certificates(&pem).map_err(|e| failed(e.to_string()))?;
    let mut roots = rustls::RootCertStore::empty();
    for certificate in certificates {
        roots.add(certificate).map_err(|e| failed(e.to_string()))?;
    }
    if roots.is_empty() {
        return Err(failed("it holds no certificate".into()));
    }
    Ok(())
}
