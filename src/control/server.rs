//! The listener of the approval page and its API.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::tls::Reloading;

/// Time a client has for its TLS handshake, and for each request head: who sends a byte a minute must not hold a connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Most connections at once. Approvers are few; the rest waits in the listener's queue.
const MAX_CONNECTIONS: usize = 512;

/// Time that running requests have when the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// Pause after an accept that failed, as with too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The address of the peer, as an extension of each request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// Serves `router` until `shutdown` resolves, then lets running requests finish for a while.
pub(super) async fn serve(
    listener: TcpListener,
    tls: Option<Reloading>,
    router: Router,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let tls = tls.map(Arc::new);
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let (stop, stopping) = watch::channel(false);
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &slots) => accepted,
        };
        let Some((stream, peer, slot)) = accepted else { continue };
        let connection = Connection {
            peer,
            router: router.clone(),
            stopping: stopping.clone(),
        };
        let tls = tls.clone();
        connections.spawn(async move {
            let _slot = slot;
            connection.run(stream, tls.as_deref()).await;
        });
    }
    drop(listener);
    let _ = stop.send(true);
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(STOP_TIMEOUT, all).await;
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Option<(TcpStream, IpAddr, tokio::sync::OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, address)) => {
            let _ = stream.set_nodelay(true);
            Some((stream, address.ip(), slot))
        }
        Err(error) => {
            tracing::warn!(%error, "control: a connection was not accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

struct Connection {
    peer: IpAddr,
    router: Router,
    stopping: watch::Receiver<bool>,
}

impl Connection {
    async fn run(self, stream: TcpStream, tls: Option<&Reloading>) {
        let Some(tls) = tls else {
            return self.exchange(stream).await;
        };
        match tokio::time::timeout(HEAD_TIMEOUT, tls.acceptor().accept(stream)).await {
            Ok(Ok(stream)) => self.exchange(stream).await,
            Ok(Err(error)) => tracing::debug!(%error, "control: tls handshake failed"),
            Err(_) => tracing::debug!("control: tls handshake took too long"),
        }
    }

    async fn exchange(mut self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let (peer, router) = (self.peer, self.router);
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer));
            let router = router.clone();
            async move { Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {})) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        tokio::select! {
            ended = &mut connection => return log_end(ended),
            _ = self.stopping.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
        }
        log_end(connection.await);
    }
}

fn log_end(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "control: a connection ended early");
    }
}
