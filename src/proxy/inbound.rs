//! The body of a request before it is forwarded: read ahead only as far as routing or a digest needs it.

use std::io::Read;

use bytes::{Bytes, BytesMut};
use flate2::bufread::{GzDecoder, ZlibDecoder};
use http::{HeaderMap, header};
use pingora::protocols::http::ServerSession;

use super::exchange::{Body, Failure, Times, read_client};
use super::head::{Framing, Head};
use super::refusal::Refusal;
use crate::catalog::MAX_ROUTED_BODY_BYTES;

/// The largest body that an approval can be bound to. What asks for an export is a filter and a list of columns.
pub(super) const MAX_BOUND_BODY_BYTES: usize = MAX_ROUTED_BODY_BYTES;

/// What was read of a body.
#[derive(Debug, Default)]
pub(super) struct Inbound {
    read: BytesMut,
    whole: bool,
    continued: bool,
}

impl Inbound {
    pub(super) fn of(head: &Head) -> Self {
        Self {
            whole: head.framing == Framing::Empty,
            ..Self::default()
        }
    }

    /// The body, if all of it is here.
    pub(super) fn whole(&self) -> Option<Bytes> {
        self.whole.then(|| self.read.clone().freeze())
    }

    /// Reads on until the end or until more than `limit` bytes are here; says whether the end was reached.
    pub(super) async fn read_ahead(
        &mut self,
        client: &mut ServerSession,
        head: &Head,
        limit: usize,
        times: &Times,
    ) -> Result<bool, Failure> {
        if let Framing::Length(length) = head.framing
            && !self.whole
            && length > limit as u64
        {
            return Ok(false);
        }
        while !self.whole && self.read.len() <= limit {
            self.say_continue(client, head).await?;
            match read_client(client, times.client_read).await? {
                Some(chunk) => self.read.extend_from_slice(&chunk),
                None => self.whole = true,
            }
        }
        Ok(self.whole)
    }

    /// A client that waits for `100 Continue` gets it when somebody is about to read its body, and not before policy let it.
    pub(super) async fn say_continue(&mut self, client: &mut ServerSession, head: &Head) -> Result<(), Failure> {
        if head.expects_continue && !self.continued && !self.whole {
            self.continued = true;
            client
                .write_continue_response()
                .await
                .map_err(|_| Failure::ClientGone)?;
        }
        Ok(())
    }

    /// The body for the CRM, and its framing.
    pub(super) fn into_body(self, head: &Head) -> (Body, Framing) {
        let read = self.read.freeze();
        match (self.whole, read.is_empty()) {
            (true, true) => (Body::Empty, Framing::Empty),
            (true, false) => {
                let length = read.len() as u64;
                (Body::Whole(read), Framing::Length(length))
            }
            (false, _) => (Body::Streaming { read }, head.framing),
        }
    }

    /// The body as routing reads it, its coding undone.
    pub(super) fn decoded(&self, headers: &HeaderMap) -> Result<Bytes, Refusal> {
        decoded(headers, &self.read)
    }
}

/// A body with its coding undone.
pub(super) fn decoded(headers: &HeaderMap, body: &[u8]) -> Result<Bytes, Refusal> {
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
    let coding = match (codings.next(), codings.next()) {
        (None, _) => return Ok(Bytes::copy_from_slice(body)),
        (Some(coding), None) => coding.as_bytes().trim_ascii().to_ascii_lowercase(),
        (Some(_), Some(_)) => return Err(Refusal::Malformed("more than one Content-Encoding")),
    };
    let mut rest = body;
    let unpacked = match coding.as_slice() {
        b"identity" | b"" => return Ok(Bytes::copy_from_slice(body)),
        b"gzip" | b"x-gzip" => unpacked(GzDecoder::new(&mut rest)),
        b"deflate" => unpacked(ZlibDecoder::new(&mut rest)),
        _ => Err(Refusal::Malformed(
            "a coding of the body that is not read on this route",
        )),
    }?;
    // A second member (RFC 1952 §2.2): some servers read on, some stop.
    if rest.is_empty() {
        Ok(unpacked)
    } else {
        Err(Refusal::Malformed("a body that goes on after its coding has ended"))
    }
}

/// A request body with its content coding undone, as routing reads it; `None` if it is coded otherwise than it says, or too large.
pub fn decoded_body(headers: &HeaderMap, body: &[u8]) -> Option<Bytes> {
    decoded(headers, body).ok()
}

fn unpacked(decoder: impl Read) -> Result<Bytes, Refusal> {
    let mut out = Vec::new();
    decoder
        .take(MAX_ROUTED_BODY_BYTES as u64 + 1)
        .read_to_end(&mut out)
        .map_err(|_| Refusal::Malformed("a body that is not coded as it says"))?;
    if out.len() > MAX_ROUTED_BODY_BYTES {
        return Err(Refusal::BodyTooLarge);
    }
    Ok(out.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn coded(coding: &str, bytes: &[u8]) -> Result<Bytes, Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_ENCODING, coding.parse().unwrap());
        let inbound = Inbound {
            read: bytes.into(),
            whole: true,
            continued: false,
        };
        inbound.decoded(&headers)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_packed_body_is_unpacked_within_the_limit() {
        assert_eq!(coded("GZIP", &gzip(b"{}")).unwrap(), &b"{}"[..]);
        let bomb = gzip(&vec![b' '; MAX_ROUTED_BODY_BYTES + 1]);
        assert_eq!(coded("gzip", &bomb).unwrap_err(), Refusal::BodyTooLarge);
        assert!(matches!(coded("gzip", b"{}"), Err(Refusal::Malformed(_))));
        assert!(matches!(coded("br", b"x"), Err(Refusal::Malformed(_))));
    }

    #[test]
    fn a_body_with_two_readings_is_refused() {
        let two = [gzip(b" "), gzip(b"{}")].concat();
        assert!(matches!(coded("gzip", &two), Err(Refusal::Malformed(_))));
        let mut headers = HeaderMap::new();
        headers.append(header::CONTENT_ENCODING, "identity".parse().unwrap());
        headers.append(header::CONTENT_ENCODING, "gzip".parse().unwrap());
        assert!(matches!(decoded(&headers, &gzip(b"{}")), Err(Refusal::Malformed(_))));
    }
}
