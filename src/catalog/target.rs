//! The one canonicaliser of request targets (RFC 3986 section 6.2, RFC 9112 section 3.2).
//!
//! Routing, policy, audit and the upstream line all use the same [`CanonicalTarget`]: what was judged is what is sent.
//! Whatever two servers could read differently (`%2f`, `\`, `;`, `//`, dot segments, double encoding) is refused, not repaired.

mod scan;

pub(super) use scan::form_pairs;

use std::fmt;

/// Longest request target in bytes. Filters in base64 run to a few KiB; more is an attack on parsers and logs.
pub const MAX_TARGET_BYTES: usize = 32 * 1024;

/// Most query parameters of one target. Answers hash-flooding and quadratic predicates.
pub const MAX_QUERY_PARAMETERS: usize = 1024;

/// Why a request target was refused. Its text never quotes the target: paths and queries hold people's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TargetError {
    /// Nothing there.
    #[error("the request target is empty")]
    Empty,
    /// Longer than [`MAX_TARGET_BYTES`].
    #[error("the request target is longer than {MAX_TARGET_BYTES} bytes")]
    TooLong,
    /// `host:port`, `*`, or a scheme that is not HTTP (RFC 9112 section 3.2.3 and 3.2.4).
    #[error("the request target is neither a path nor an http address")]
    NotAPath,
    /// `#` is never sent by a client (RFC 9112 section 3.2).
    #[error("the request target holds a fragment")]
    Fragment,
    /// A percent sign without two hexadecimal digits.
    #[error("the request target holds an incomplete percent escape")]
    BadPercent,
    /// White space, NUL or another control character, plain or escaped.
    #[error("the request target holds a control character or white space")]
    Control,
    /// The path is no UTF-8.
    #[error("the request target is not utf-8")]
    NotUtf8,
    /// An escaped `/`.
    #[error("the path holds an escaped slash")]
    EncodedSlash,
    /// A `\`, plain or escaped.
    #[error("the path holds a backslash")]
    Backslash,
    /// A `;`, plain or escaped: path parameters, which servers cut off or keep.
    #[error("the path holds a semicolon")]
    Semicolon,
    /// `//`.
    #[error("the path holds an empty segment")]
    EmptySegment,
    /// `.` or `..` as a segment, plain or escaped.
    #[error("the path holds a dot segment")]
    DotSegment,
    /// `%25` before two hexadecimal digits: read differently by a server that decodes twice.
    #[error("the path is percent-encoded twice")]
    DoubleEncoded,
    /// More than [`MAX_QUERY_PARAMETERS`].
    #[error("the query holds more than {MAX_QUERY_PARAMETERS} parameters")]
    TooManyParameters,
}

impl TargetError {
    /// A stable word for metrics, audit and problem documents.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty_target",
            Self::TooLong => "target_too_long",
            Self::NotAPath => "target_form",
            Self::Fragment => "fragment",
            Self::BadPercent => "bad_percent",
            Self::Control => "control_character",
            Self::NotUtf8 => "not_utf8",
            Self::EncodedSlash => "encoded_slash",
            Self::Backslash => "backslash",
            Self::Semicolon => "semicolon",
            Self::EmptySegment => "empty_segment",
            Self::DotSegment => "dot_segment",
            Self::DoubleEncoded => "double_encoded",
            Self::TooManyParameters => "too_many_parameters",
        }
    }
}

/// A request target that has exactly one reading.
///
/// INVARIANT: `parse(target.upstream())` gives an equal value; the upstream line is what was judged.
#[derive(Clone, PartialEq, Eq)]
pub struct CanonicalTarget {
    /// Path and raw query, ASCII only.
    upstream: String,
    /// Where the path ends in `upstream`.
    path_len: usize,
    /// Decoded segments of the path; a trailing slash is a last empty one.
    segments: Vec<String>,
    /// Decoded query parameters in the order they came.
    query: Vec<(String, String)>,
}

impl CanonicalTarget {
    /// Reads a request target in origin form (`/path?query`) or absolute form (`http://host/path?query`, whose authority is dropped:
    /// there is one upstream).
    pub fn parse(raw: &[u8]) -> Result<Self, TargetError> {
        if raw.is_empty() {
            return Err(TargetError::Empty);
        }
        if raw.len() > MAX_TARGET_BYTES {
            return Err(TargetError::TooLong);
        }
        let text = std::str::from_utf8(raw).map_err(|_| TargetError::NotUtf8)?;
        scan::refuse_everywhere(text)?;
        let origin = scan::origin_form(text)?;
        let (path, query) = match origin.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (&*origin, None),
        };
        let (mut upstream, segments) = scan::path(path)?;
        let path_len = upstream.len();
        if let Some(query) = query {
            upstream.push('?');
            scan::raw_query(query, &mut upstream);
        }
        Ok(Self {
            upstream,
            path_len,
            segments,
            query: form_pairs(query.unwrap_or_default())?,
        })
    }

    /// The canonical path, percent-encoded, for audit, digests and records.
    pub fn path(&self) -> &str {
        &self.upstream[..self.path_len]
    }

    /// The decoded segments of the path, for matching. A trailing slash is a last empty segment.
    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    /// The decoded query parameters in the order they came (`application/x-www-form-urlencoded`; what is no UTF-8 holds U+FFFD).
    pub fn query(&self) -> &[(String, String)] {
        &self.query
    }

    /// The raw query after `?`, if there is one. It may hold people's data: never for a log.
    pub fn raw_query(&self) -> Option<&str> {
        self.upstream.get(self.path_len + 1..)
    }

    /// Exactly what is sent to the CRM: path and raw query.
    pub fn upstream(&self) -> &str {
        &self.upstream
    }

    /// The raw parameters sorted by name, those of one name in their own order: the same question asked in another order is
    /// the same request. Joined by `&`.
    pub fn sorted_query(&self) -> String {
        let mut parts: Vec<&str> = self
            .raw_query()
            .unwrap_or_default()
            .split('&')
            .filter(|p| !p.is_empty())
            .collect();
        parts.sort_by_key(|p| p.split('=').next().unwrap_or_default());
        parts.join("&")
    }
}

/// The path is shown and the query is not: it holds what people search for.
impl fmt::Debug for CanonicalTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CanonicalTarget")
            .field("path", &self.path())
            .field("parameters", &self.query.len())
            .finish()
    }
}

#[cfg(test)]
mod tests;
