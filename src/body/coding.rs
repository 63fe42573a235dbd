//! Content codings (RFC 9110 §8.4) undone as a stream: gzip, deflate, br, zstd, identity, and short chains of them.
//!
//! Purpose: the rewriters see the bytes the CRM meant. Guarantee: what comes out is bounded, in a whole (ratio, absolute limit) and for
//! each step (so that a bomb never balloons); a truncated stream, a broken check sum and bytes after the end are errors.
//!
//! Labels lie: a body labelled with a coding that does not look like it is taken as it is, and an unlabelled gzip or zstd body is
//! decoded. Both by the first bytes ([`probe`]). Exception: a file that *is* a gzip file (`Content-Type: application/gzip`) stays one.

mod gzip;
mod layer;
mod probe;
#[cfg(test)]
mod tests;

use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE};

use self::layer::Layer;
use super::{BodyError, BodyLimits};

/// What we decode, as it is offered to the CRM.
pub const DECODABLE: [&str; 4] = ["gzip", "deflate", "br", "zstd"];

/// Codings applied one after the other. Seen in the field: 1; a longer chain is a bomb factory.
const MAX_CHAIN: usize = 3;

/// Coded bytes taken in one step, in bytes. With the ratio limit it bounds what one step can yield.
const STEP_BYTES: usize = 4 << 10;

/// Decoded bytes (1 MiB) below which no ratio is asked: small repetitive answers compress very well.
const RATIO_FLOOR: u64 = 1 << 20;

/// Takes decoded bytes; an error stops the decoding.
pub(super) type Sink<'a> = dyn FnMut(&[u8]) -> Result<(), BodyError> + 'a;

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 1950, and the bare RFC 1951 that some servers send under the same name.
    Deflate,
    /// RFC 7932.
    Brotli,
    /// RFC 8878, window at most 8 MiB (RFC 9659).
    Zstd,
}

impl Coding {
    /// The registered name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    fn by_token(token: &str) -> Result<Option<Self>, BodyError> {
        match token.to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(None),
            "gzip" | "x-gzip" => Ok(Some(Self::Gzip)),
            "deflate" => Ok(Some(Self::Deflate)),
            "br" => Ok(Some(Self::Brotli)),
            "zstd" => Ok(Some(Self::Zstd)),
            _ => Err(BodyError::UnknownCoding),
        }
    }
}

/// The codings an answer is labelled with, in the order in which they were applied.
///
/// # Errors
/// [`BodyError::UnknownCoding`] for one we cannot undo, or for too many.
pub fn labelled(headers: &HeaderMap) -> Result<Vec<Coding>, BodyError> {
    let mut codings = Vec::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        let text = value.to_str().map_err(|_| BodyError::UnknownCoding)?;
        for token in text.split(',') {
            codings.extend(Coding::by_token(token.trim())?);
        }
    }
    if codings.len() > MAX_CHAIN {
        return Err(BodyError::UnknownCoding);
    }
    Ok(codings)
}

/// Undoes the content codings of one answer.
pub(super) struct Decoder {
    /// Outermost (last applied) first. Never empty: an unlabelled answer is probed too.
    layers: Vec<Layer>,
    /// Coded bytes not yet taken, because the caller's budget was used up.
    pending: Vec<u8>,
    taken: u64,
    yielded: u64,
    max_ratio: u64,
    max_bytes: u64,
}

impl Decoder {
    /// A decoder for an answer with this head.
    pub(super) fn new(headers: &HeaderMap, limits: &BodyLimits) -> Result<Self, BodyError> {
        let mut layers: Vec<Layer> = labelled(headers)?.into_iter().rev().map(Layer::labelled).collect();
        if layers.is_empty() {
            layers.push(if is_compressed_file(headers) {
                Layer::plain()
            } else {
                Layer::unlabelled()
            });
        }
        Ok(Self {
            layers,
            pending: Vec::new(),
            taken: 0,
            yielded: 0,
            max_ratio: limits.max_ratio,
            max_bytes: limits.max_decoded_bytes,
        })
    }

    /// Whether coded bytes wait for another call.
    pub(super) fn is_behind(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Takes coded bytes and hands decoded ones to `sink` until about `budget` bytes were yielded; what was not taken waits.
    pub(super) fn push(&mut self, input: &[u8], budget: u64, sink: &mut Sink<'_>) -> Result<(), BodyError> {
        if self.pending.is_empty() && self.is_identity() {
            return self.pass(input, sink);
        }
        if !self.pending.is_empty() {
            self.pending.extend_from_slice(input);
            let held = std::mem::take(&mut self.pending);
            return self.steps(&held, budget, sink);
        }
        self.steps(input, budget, sink)
    }

    /// Ends the stream: takes what waits, and checks that each layer came to its end.
    pub(super) fn finish(&mut self, sink: &mut Sink<'_>) -> Result<(), BodyError> {
        let held = std::mem::take(&mut self.pending);
        self.steps(&held, u64::MAX, sink)?;
        let empty = self.taken == 0;
        let mut layers = std::mem::take(&mut self.layers);
        for at in 0..layers.len() {
            let (outer, inner) = layers.split_at_mut(at + 1);
            let mut meter = |bytes: &[u8]| push_layers(inner, bytes, sink);
            outer[at].finish(empty, &mut meter)?;
        }
        Ok(())
    }

    fn is_identity(&self) -> bool {
        matches!(self.layers.as_slice(), [only] if only.is_plain())
    }

    fn pass(&mut self, input: &[u8], sink: &mut Sink<'_>) -> Result<(), BodyError> {
        self.taken += input.len() as u64;
        self.yielded += input.len() as u64;
        if self.yielded > self.max_bytes {
            return Err(BodyError::TooLarge { limit: self.max_bytes });
        }
        sink(input)
    }

    fn steps(&mut self, mut input: &[u8], budget: u64, sink: &mut Sink<'_>) -> Result<(), BodyError> {
        let start = self.yielded;
        while !input.is_empty() {
            if self.yielded - start >= budget {
                self.pending = input.to_vec();
                return Ok(());
            }
            let (step, rest) = input.split_at(input.len().min(STEP_BYTES));
            self.step(step, sink)?;
            input = rest;
        }
        Ok(())
    }

    /// INVARIANT: neither one step nor the whole yields more than the floor and the ratio allow; checked before the sink sees a slice.
    fn step(&mut self, step: &[u8], sink: &mut Sink<'_>) -> Result<(), BodyError> {
        self.taken += step.len() as u64;
        let whole = RATIO_FLOOR.saturating_add(self.taken.saturating_mul(self.max_ratio));
        let once = self
            .yielded
            .saturating_add(RATIO_FLOOR)
            .saturating_add((step.len() as u64).saturating_mul(self.max_ratio));
        let (ceiling, max_ratio, max_bytes) = (whole.min(once), self.max_ratio, self.max_bytes);
        let yielded = &mut self.yielded;
        push_layers(&mut self.layers, step, &mut |bytes| {
            *yielded += bytes.len() as u64;
            if *yielded > max_bytes {
                return Err(BodyError::TooLarge { limit: max_bytes });
            }
            if *yielded > ceiling {
                return Err(BodyError::Ratio { limit: max_ratio });
            }
            sink(bytes)
        })
    }
}

fn push_layers(layers: &mut [Layer], input: &[u8], sink: &mut Sink<'_>) -> Result<(), BodyError> {
    match layers.split_first_mut() {
        None => sink(input),
        Some((outer, inner)) => outer.push(input, &mut |bytes| push_layers(inner, bytes, sink)),
    }
}

/// Whether the answer is itself a compressed file, which must not be unpacked.
fn is_compressed_file(headers: &HeaderMap) -> bool {
    let value = |name| {
        headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let essence = value(CONTENT_TYPE);
    let essence = essence.split(';').next().unwrap_or_default().trim();
    let packed_type = [
        "application/gzip",
        "application/x-gzip",
        "application/zstd",
        "application/x-tar",
    ]
    .contains(&essence);
    let name = value(CONTENT_DISPOSITION);
    packed_type
        || [".gz", ".tgz", ".zst", ".gz\"", ".tgz\"", ".zst\""]
            .iter()
            .any(|end| name.trim_end().ends_with(end))
}
