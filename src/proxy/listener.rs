//! The door: sockets, TLS, and a stop that lets those inside finish.

use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use pingora::apps::ServerApp;
use pingora::listeners::tls::Acceptor;
use pingora::protocols::l4::stream::Stream as TcpConnection;
use pingora::protocols::{GetSocketDigest, SocketDigest, Stream};
use pingora::server::ShutdownWatch;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Semaphore, mpsc, watch};

use super::certificate::{Certificate, CertificateError};
use super::service::Service;

/// Connections open at once: each costs a socket and some KiB, and a process has a limit of sockets (1,024 is common, raised by
/// service managers). Beyond it new ones wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 8_192;

/// Time for a TLS handshake: a client that is slower holds a socket for nothing (slowloris).
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Pause after `accept` failed for want of sockets, so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Certificate and key, as PEM files.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The certificate chain, leaf first.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// Why the proxy does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address cannot be bound.
    #[error("cannot listen on `{address}`: {source}")]
    Bind {
        /// Where.
        address: SocketAddr,
        /// Why: in use, not ours, not permitted.
        source: std::io::Error,
    },
    /// The certificate cannot be used.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// rustls does not take the parameters.
    #[error("cannot set up tls: {0}")]
    Tls(#[from] rustls::Error),
}

/// A bound socket, not yet serving.
pub struct Listener {
    socket: TcpListener,
    tls: Option<(Acceptor, Arc<Certificate>)>,
}

/// A serving door. Dropping it does not stop it; [`Door::stop`] does.
pub struct Door {
    address: SocketAddr,
    shutdown: watch::Sender<bool>,
    inside: Mutex<mpsc::Receiver<()>>,
    certificate: Option<Arc<Certificate>>,
}

impl Listener {
    /// Binds, and loads the certificate; what is wrong with either is said before anything is served.
    pub async fn bind(address: SocketAddr, tls: Option<&TlsFiles>) -> Result<Self, ListenError> {
        let tls = match tls {
            Some(files) => {
                let certificate = Arc::new(Certificate::load(&files.certificate, &files.key)?);
                Some((acceptor(&certificate)?, certificate))
            }
            None => None,
        };
        let socket = TcpListener::bind(address)
            .await
            .map_err(|source| ListenError::Bind { address, source })?;
        Ok(Self { socket, tls })
    }

    /// The address that was bound: with port 0, the one the system chose.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Starts serving.
    pub fn serve(self, service: Arc<Service>) -> std::io::Result<Door> {
        let address = self.socket.local_addr()?;
        let (shutdown, watching) = watch::channel(false);
        // The channel carries nothing: it ends when the last connection has dropped its sender.
        let (here, inside) = mpsc::channel(1);
        let (acceptor, certificate) = self.tls.unzip();
        let accepting = Accepting {
            socket: self.socket,
            acceptor: acceptor.map(Arc::new),
            service,
            shutdown: watching,
            here,
        };
        tokio::spawn(accepting.run());
        Ok(Door {
            address,
            shutdown,
            inside: Mutex::new(inside),
            certificate,
        })
    }
}

impl Door {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes a changed certificate into use; says whether there was one.
    pub fn refresh_certificate(&self) -> Result<bool, CertificateError> {
        self.certificate.as_ref().map_or(Ok(false), |c| c.refresh())
    }

    /// Stops accepting, tells idle connections to go, and waits until requests in flight are done, but no longer than `limit`.
    /// Says whether all were done.
    pub async fn stop(&self, limit: Duration) -> bool {
        self.shutdown.send_replace(true);
        let mut inside = self.inside.lock().await;
        tokio::time::timeout(limit, inside.recv()).await.is_ok()
    }
}

struct Accepting {
    socket: TcpListener,
    acceptor: Option<Arc<Acceptor>>,
    service: Arc<Service>,
    shutdown: ShutdownWatch,
    here: mpsc::Sender<()>,
}

impl Accepting {
    async fn run(mut self) {
        let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                return;
            };
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                changed = self.shutdown.changed() => match changed {
                    Ok(()) if !*self.shutdown.borrow() => continue,
                    _ => return,
                },
            };
            match accepted {
                Ok((socket, peer)) => {
                    let (acceptor, service) = (self.acceptor.clone(), Arc::clone(&self.service));
                    let (shutdown, here) = (self.shutdown.clone(), self.here.clone());
                    tokio::spawn(async move {
                        if let Some(stream) = establish(socket, peer, acceptor).await {
                            service.process_new(stream, &shutdown).await;
                        }
                        drop((place, here));
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "accept failed");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

async fn establish(socket: TcpStream, peer: SocketAddr, acceptor: Option<Arc<Acceptor>>) -> Option<Stream> {
    let _ = socket.set_nodelay(true);
    let descriptor = socket.as_raw_fd();
    let mut connection = TcpConnection::from(socket);
    let digest = SocketDigest::from_raw_fd(descriptor);
    let _ = digest.peer_addr.set(Some(peer.into()));
    connection.set_socket_digest(digest);
    let Some(acceptor) = acceptor else {
        return Some(Box::new(connection));
    };
    match tokio::time::timeout(HANDSHAKE, acceptor.tls_handshake(connection)).await {
        Ok(Ok(stream)) => Some(Box::new(stream)),
        Ok(Err(_)) | Err(_) => {
            tracing::debug!("a tls handshake failed");
            None
        }
    }
}

/// TLS 1.2 and 1.3, HTTP/2 preferred, the certificate from the resolver.
fn acceptor(certificate: &Arc<Certificate>) -> Result<Acceptor, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12, &rustls::version::TLS13])?
        .with_no_client_auth()
        .with_cert_resolver(Arc::clone(certificate) as Arc<dyn rustls::server::ResolvesServerCert>);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Acceptor::from_server_config(Arc::new(config)))
}
