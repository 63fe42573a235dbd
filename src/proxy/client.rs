//! The client's side of an answer: the head once, then bytes, and an end that is either whole or visibly cut.

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Response, StatusCode, Version};
use pingora::http::ResponseHeader;
use pingora::protocols::http::ServerSession;

/// The client cannot be written to any more.
#[derive(Debug)]
pub(super) struct Gone;

/// Sends the head. With `length` the client knows where the answer ends; without, HTTP/1.1 gets chunks, HTTP/2 frames, and
/// HTTP/1.0 the end of the connection.
pub(super) async fn send_head(
    client: &mut ServerSession,
    version: Version,
    status: StatusCode,
    mut headers: HeaderMap,
    length: Length,
) -> Result<(), Gone> {
    headers.remove(header::TRANSFER_ENCODING);
    match length {
        Length::Known(length) => {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        Length::Unknown => {
            headers.remove(header::CONTENT_LENGTH);
            if version == Version::HTTP_11 {
                headers.insert(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
            }
        }
        Length::AsIs => {}
    }
    let (mut parts, ()) = Response::new(()).into_parts();
    parts.status = status;
    parts.headers = headers;
    let head = Box::new(ResponseHeader::from(parts));
    client.write_response_header(head).await.map_err(|_| Gone)
}

/// What is known of an answer's length when its head goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// So many bytes.
    Known(u64),
    /// It is still being made.
    Unknown,
    /// There is no body (HEAD, 204, 304): what the head says stays.
    AsIs,
}

/// Writes what is in `out` and empties it. HTTP/1 writes from the buffer and keeps its room; HTTP/2 takes it along.
pub(super) async fn send(client: &mut ServerSession, out: &mut Vec<u8>) -> Result<(), Gone> {
    if out.is_empty() {
        return Ok(());
    }
    if let ServerSession::H1(h1) = client {
        let written = h1.write_body(out).await.map_err(|_| Gone)?;
        let whole = written == Some(out.len());
        out.clear();
        return if whole { Ok(()) } else { Err(Gone) };
    }
    let bytes = Bytes::from(std::mem::take(out));
    client.write_response_body(bytes, false).await.map_err(|_| Gone)
}

/// Ends a whole answer.
pub(super) async fn finish(client: &mut ServerSession) -> Result<(), Gone> {
    client.finish_body().await.map_err(|_| Gone)
}

/// Sends an answer of our own.
pub(super) async fn send_own(
    client: &mut ServerSession,
    version: Version,
    head_only: bool,
    answer: Response<Bytes>,
) -> Result<(), Gone> {
    let (parts, body) = answer.into_parts();
    let length = Length::Known(body.len() as u64);
    send_head(client, version, parts.status, parts.headers, length).await?;
    if !head_only && !body.is_empty() {
        client.write_response_body(body, false).await.map_err(|_| Gone)?;
    }
    finish(client).await
}
