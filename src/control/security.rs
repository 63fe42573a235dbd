//! Security headers, one set for each kind of page.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use super::origin::PublicOrigin;

/// What must not be kept anywhere: everything but hashed assets.
pub const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// What may be kept for a year, because its name changes with its content.
pub const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Policy of the gate pages. They have no script and one style sheet. A browser also checks the redirects of a form against
/// `form-action`, and signing in may lead on to the hold page on the approval page's origin.
pub fn gate_policy(control: &PublicOrigin) -> String {
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'",
        control.as_str()
    )
}

/// Policy of the approval page. Its component library inserts style elements, which carry the nonce of this answer; downloads
/// are forms sent to the proxy's origin.
pub fn page_policy(nonce: &str, proxy: &PublicOrigin) -> String {
    format!(
        "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; connect-src 'self'; \
         form-action 'self' {}; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
        proxy.as_str()
    )
}

/// Policy of answers that are no page: nothing may run in them.
pub const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Adds what an answer lacks: content security policy, no sniffing, no framing, no referrer to others, no caching unless it says so.
pub fn harden(headers: &mut HeaderMap, tls: bool) {
    let data = HeaderValue::from_static(DATA_POLICY);
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(data);
    headers.entry(CACHE_CONTROL).or_insert(NO_STORE);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    // Not `no-referrer`: browsers would then send `Origin: null` with our own forms.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(
        PERMISSIONS_POLICY,
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    );
    if tls {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}
