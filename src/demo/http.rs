//! Serving the demo CRM over HTTP/1.1 with hyper.

use std::convert::Infallible;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, COOKIE, ETAG, HeaderValue, IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use parking_lot::RwLock;
use sha2::{Digest, Sha256};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::ledger::Ledger;
use super::sessions::{self, Sessions};

/// Largest request body, in bytes: a customer record is below 10 kB.
const MAX_REQUEST_BYTES: usize = 1 << 20;
/// Answers below this many bytes are not worth compressing.
const GZIP_FROM_BYTES: usize = 1_400;

/// How long to wait after a failed accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The CRM's state.
#[derive(Debug)]
pub(super) struct Crm {
    pub(super) ledger: RwLock<Ledger>,
    pub(super) sessions: Sessions,
}

impl Crm {
    pub(super) fn new(ledger: Ledger) -> Self {
        Self {
            ledger: RwLock::new(ledger),
            sessions: Sessions::default(),
        }
    }
}

/// A request as the API sees it.
#[derive(Debug)]
pub(super) struct Call {
    pub method: Method,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Call {
    /// The CRM session id the request carries.
    pub(super) fn session(&self) -> Option<&str> {
        let cookies = self.headers.get_all(COOKIE).iter().filter_map(|v| v.to_str().ok());
        cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(name, value)| (name == sessions::COOKIE).then_some(value))
    }
}

/// Accepts connections until told to stop.
pub(super) async fn serve(listener: TcpListener, crm: Arc<Crm>, mut stopped: watch::Receiver<bool>) {
    while let Some(stream) = next_connection(&listener, &mut stopped).await {
        let crm = Arc::clone(&crm);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(Arc::clone(&crm), request));
            let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // A client that goes away in the middle is its own business.
            let _ = connection.await;
        });
    }
}

/// The next connection, or `None` when the CRM is to stop.
async fn next_connection(listener: &TcpListener, stopped: &mut watch::Receiver<bool>) -> Option<TcpStream> {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            // An error means that the handle is gone: stop as well.
            _ = stopped.changed() => return None,
        };
        match accepted {
            Ok((stream, _)) => return Some(stream),
            // Out of file descriptors and the like: wait a little, the demo must not spin.
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn answer(crm: Arc<Crm>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_REQUEST_BYTES).collect().await else {
        return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, "the request is too large"));
    };
    let query = head.uri.query().unwrap_or("");
    let call = Call {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: head.headers,
        body: body.to_bytes(),
    };
    let response = super::api::answer(&crm, &call);
    Ok(finish(&call, response))
}

/// Validators and compression, as frameworks put them on without being asked.
fn finish(call: &Call, mut response: Response<Bytes>) -> Response<Full<Bytes>> {
    let is_read = call.method == Method::GET || call.method == Method::HEAD;
    if is_read && response.status() == StatusCode::OK {
        let etag = format!("\"{}\"", hex(&Sha256::digest(response.body())[..12]));
        let unchanged = call
            .headers
            .get(IF_NONE_MATCH)
            .is_some_and(|v| v.as_bytes() == etag.as_bytes());
        if let Ok(value) = HeaderValue::from_str(&etag) {
            response.headers_mut().insert(ETAG, value);
        }
        if unchanged {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.body_mut() = Bytes::new();
        }
    }
    let accepts_gzip = call
        .headers
        .get(ACCEPT_ENCODING)
        .is_some_and(|v| v.as_bytes().windows(4).any(|w| w == b"gzip"));
    if accepts_gzip && response.body().len() >= GZIP_FROM_BYTES {
        let packed = gzip(response.body());
        *response.body_mut() = packed;
        response
            .headers_mut()
            .insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
        .headers_mut()
        .insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    response.map(Full::new)
}

fn gzip(body: &[u8]) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(body);
    Bytes::from(encoder.finish().unwrap_or_default())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// An answer of plain text.
pub(super) fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    typed(status, "text/plain; charset=utf-8", Bytes::from_static(text.as_bytes())).map(Full::new)
}

/// An answer with a content type.
pub(super) fn typed(status: StatusCode, content_type: &'static str, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
