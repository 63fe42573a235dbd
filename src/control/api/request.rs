//! Reading requests: who asks, which approval, which body. What cannot be read is a problem document, never axum's plain text.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::approval::ApprovalId;
use crate::control::rules::Viewer;
use crate::control::server::Peer;
use crate::control::{Control, ControlError};

/// Largest body of a call, in bytes: a purpose of 1,000 characters and some.
pub const MAX_BODY_BYTES: usize = 16 * 1024;

/// The address of the peer.
pub(super) fn peer(parts: &Parts) -> Result<std::net::IpAddr, ControlError> {
    let peer = parts.extensions.get::<Peer>();
    peer.map(|p| p.0)
        .ok_or(ControlError::Internal("a request without a peer"))
}

impl FromRequestParts<Arc<Control>> for Viewer {
    type Rejection = ControlError;

    async fn from_request_parts(parts: &mut Parts, control: &Arc<Control>) -> Result<Self, ControlError> {
        let who = control.identifier.identify(&parts.headers, peer(parts)?).await?;
        if who.subject.is_anonymous() {
            return Err(ControlError::NotSignedIn);
        }
        Ok(Self {
            subject: who.subject,
            source: who.source,
        })
    }
}

/// Headers and peer, for what opens and ends sessions.
pub struct Caller {
    /// The headers.
    pub headers: HeaderMap,
    /// The peer of the connection.
    pub peer: std::net::IpAddr,
}

impl FromRequestParts<Arc<Control>> for Caller {
    type Rejection = ControlError;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Control>) -> Result<Self, ControlError> {
        Ok(Self {
            headers: parts.headers.clone(),
            peer: peer(parts)?,
        })
    }
}

/// The approval that a path names. What is no id names nothing.
pub struct Named(pub ApprovalId);

impl FromRequestParts<Arc<Control>> for Named {
    type Rejection = ControlError;

    async fn from_request_parts(parts: &mut Parts, control: &Arc<Control>) -> Result<Self, ControlError> {
        let Path(text) = Path::<String>::from_request_parts(parts, control)
            .await
            .map_err(|_| ControlError::NotFound)?;
        text.parse().map(Self).map_err(|_| ControlError::NotFound)
    }
}

/// A query string.
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Arc<Control>> for ApiQuery<T> {
    type Rejection = ControlError;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Control>) -> Result<Self, ControlError> {
        let query = Query::<T>::try_from_uri(&parts.uri);
        query
            .map(|Query(q)| Self(q))
            .map_err(|_| ControlError::BadRequest("the query string is not understood"))
    }
}

/// A JSON body.
pub struct ApiJson<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<Control>> for ApiJson<T> {
    type Rejection = ControlError;

    async fn from_request(request: Request, control: &Arc<Control>) -> Result<Self, ControlError> {
        if !is_json(request.headers()) {
            return Err(ControlError::NotJson);
        }
        let body = Bytes::from_request(request, control)
            .await
            .map_err(|_| ControlError::TooLarge)?;
        let value = serde_json::from_slice(&body);
        value
            .map(Self)
            .map_err(|_| ControlError::BadRequest("the body is not the JSON that this call takes"))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    kind.split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .eq_ignore_ascii_case("application/json")
}
