//! `--request`, `--request-header`, `--request-body` and `--header`.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::cli::RequestArgs;
use crate::config::preview::Asked;

/// Why the arguments are no request.
#[derive(Debug, thiserror::Error)]
pub(super) enum AskedError {
    #[error("--request is written as 'GET /path?query'")]
    Line,
    #[error("a header is written as 'name: value'")]
    Header,
    #[error("the file `{path}` cannot be read: {reason}")]
    File { path: String, reason: std::io::ErrorKind },
}

pub(super) fn asked(args: &RequestArgs) -> Result<Asked, AskedError> {
    let mut asked = Asked::parse(&args.request).ok_or(AskedError::Line)?;
    asked.headers = headers(&args.request_headers)?;
    if let Some(path) = &args.request_body {
        asked.body = std::fs::read(path).map_err(|e| AskedError::File {
            path: path.display().to_string(),
            reason: e.kind(),
        })?;
    }
    Ok(asked)
}

pub(super) fn headers(lines: &[String]) -> Result<HeaderMap, AskedError> {
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':').ok_or(AskedError::Header)?;
        let name = HeaderName::try_from(name.trim()).map_err(|_| AskedError::Header)?;
        let value = HeaderValue::from_bytes(value.trim().as_bytes()).map_err(|_| AskedError::Header)?;
        headers.append(name, value);
    }
    Ok(headers)
}
