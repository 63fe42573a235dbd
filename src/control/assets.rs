//! The approval page, built into the binary.
//!
//! Release builds carry `approval-ui/dist`; debug builds read it from the source tree, so that a rebuilt page shows without a
//! rebuilt server. A source tree in which the page was never built still compiles, and serves a page that says how to build it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderValue,
    VARY,
};
use parking_lot::Mutex;

use super::ControlError;
use super::origin::PublicOrigin;
use super::security::{IMMUTABLE, page_policy};

/// What stands in `index.html` where the nonce of the answer belongs.
const NONCE_MARK: &str = "__CSP_NONCE__";

/// Bytes of a nonce: 128 bits, as CSP level 3 asks for.
const NONCE_BYTES: usize = 16;

/// Files under this path have their hash in their name.
const HASHED: &str = "assets/";

/// Smaller files are not worth compressing, in bytes.
const MIN_COMPRESSED_BYTES: usize = 1024;

/// What is served when the page was not built.
const NOT_BUILT: &str = include_str!("assets/not_built.html");

#[derive(rust_embed::RustEmbed)]
#[folder = "approval-ui/dist"]
#[allow_missing = true]
struct Dist;

/// Serves the page's files.
#[derive(Clone, Default)]
pub struct Assets {
    compressed: Arc<Mutex<HashMap<String, Bytes>>>,
}

impl Assets {
    /// A file of the page, or the page itself for each path that is no file: the page routes by itself.
    ///
    /// # Errors
    /// [`ControlError::NotFound`] for a missing file of a hashed name; [`ControlError::Internal`] without random bytes.
    pub fn serve(&self, path: &str, request: &HeaderMap, proxy: &PublicOrigin) -> Result<Response, ControlError> {
        let path = path.trim_start_matches('/');
        if path.is_empty() || path == "index.html" || path.starts_with('.') {
            return page(proxy);
        }
        match Dist::get(path) {
            Some(file) => Ok(self.file(path, file.data, request)),
            None if path.starts_with(HASHED) => Err(ControlError::NotFound),
            None => page(proxy),
        }
    }

    fn file(&self, path: &str, data: Cow<'static, [u8]>, request: &HeaderMap) -> Response {
        let hashed = path.starts_with(HASHED);
        let kind = content_type(path);
        let small = hashed && is_text(kind) && data.len() >= MIN_COMPRESSED_BYTES && accepts_gzip(request);
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        if hashed {
            headers.insert(CACHE_CONTROL, IMMUTABLE);
            headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        }
        if small && let Some(bytes) = self.gzip(path, &data) {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            *response.body_mut() = Body::from(bytes);
        } else {
            *response.body_mut() = Body::from(data.into_owned());
        }
        response
    }

    /// Compressed once, then kept: the files are few and do not change under their name.
    fn gzip(&self, path: &str, data: &[u8]) -> Option<Bytes> {
        if let Some(known) = self.compressed.lock().get(path) {
            return Some(known.clone());
        }
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(data).ok()?;
        let bytes = Bytes::from(encoder.finish().ok()?);
        self.compressed.lock().insert(path.to_owned(), bytes.clone());
        Some(bytes)
    }
}

/// `index.html` with a nonce of its own.
fn page(proxy: &PublicOrigin) -> Result<Response, ControlError> {
    let mut random = [0; NONCE_BYTES];
    getrandom::fill(&mut random).map_err(|_| ControlError::Internal("no random bytes"))?;
    let nonce = STANDARD_NO_PAD.encode(random);
    let html = Dist::get("index.html").map_or(Cow::Borrowed(NOT_BUILT.as_bytes()), |file| file.data);
    let html = String::from_utf8_lossy(&html).replace(NONCE_MARK, &nonce);
    let mut response = Response::new(Body::from(html));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    let policy = HeaderValue::try_from(page_policy(&nonce, proxy));
    let policy = policy.map_err(|_| ControlError::Internal("the proxy's public url is no header value"))?;
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "webmanifest" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

fn is_text(kind: &str) -> bool {
    kind.starts_with("text/") || kind.ends_with("json") || kind.ends_with("xml")
}

fn accepts_gzip(request: &HeaderMap) -> bool {
    let lines = request.get_all(ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        gzip && !parts.any(|p| matches!(p, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_page_has_a_nonce_of_its_own() {
        let proxy = PublicOrigin::of("http://127.0.0.1:8080");
        let policy = |r: Response| r.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        let first = policy(Assets::default().serve("/mine", &HeaderMap::new(), &proxy).unwrap());
        let second = policy(Assets::default().serve("/", &HeaderMap::new(), &proxy).unwrap());
        assert!(first.contains("'nonce-") && first.contains("form-action 'self' http://127.0.0.1:8080"));
        assert!(!first.contains("unsafe"));
        assert_ne!(first, second);
    }

    #[tokio::test]
    async fn a_file_outside_the_page_is_never_served() {
        let proxy = PublicOrigin::of("http://127.0.0.1:8080");
        for path in [
            "/../Cargo.toml",
            "/assets/../../Cargo.toml",
            "/.vite/manifest.json",
            "/%2e%2e/Cargo.toml",
        ] {
            let answer = Assets::default().serve(path, &HeaderMap::new(), &proxy);
            let Ok(answer) = answer else { continue };
            assert_eq!(answer.headers()[CONTENT_TYPE], "text/html; charset=utf-8", "{path}");
        }
    }

    #[test]
    fn gzip_is_used_when_it_is_accepted() {
        for (line, yes) in [
            ("gzip, br", true),
            ("br;q=1, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("br", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(line));
            assert_eq!(accepts_gzip(&headers), yes, "{line}");
        }
    }

    #[test]
    fn compressed_files_are_kept() {
        let assets = Assets::default();
        let data = b"paint ".repeat(1000);
        let first = assets.gzip("assets/a.js", &data).unwrap();
        assert!(first.len() < 200);
        assert_eq!(assets.gzip("assets/a.js", b"other").unwrap(), first);
    }
}
