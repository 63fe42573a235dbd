//! One coding undone, in slices of a fixed size.

use brotli::{BrotliDecompressStream, BrotliResult, BrotliState, HeapAlloc, HuffmanCode};
use flate2::{Decompress, FlushDecompress, Status};
use zstd::stream::raw::{DParameter, Decoder as ZstdDecoder, Operation};

use super::gzip::Gzip;
use super::probe::{self, Told};
use super::{Coding, Sink};
use crate::body::BodyError;

/// Decoded bytes handed on at once.
pub(super) const SLICE_BYTES: usize = 16 << 10;

/// 8 MiB: RFC 9659 §3 lets a decoder refuse a larger window.
const ZSTD_WINDOW_LOG: u32 = 23;

type Brotli = BrotliState<HeapAlloc<u8>, HeapAlloc<u32>, HeapAlloc<HuffmanCode>>;

/// One layer of coding.
pub(super) struct Layer {
    label: Option<Coding>,
    state: State,
}

enum State {
    /// The first bytes are collected until they tell.
    Probing(Vec<u8>),
    Plain,
    Gzip(Box<Gzip>),
    Deflate {
        inflate: Decompress,
        done: bool,
        slice: Box<[u8]>,
    },
    Brotli {
        state: Box<Brotli>,
        done: bool,
        slice: Box<[u8]>,
    },
    Zstd {
        decoder: ZstdDecoder<'static>,
        at_frame_end: bool,
        slice: Box<[u8]>,
    },
}

pub(super) fn broken(coding: Coding, reason: &'static str) -> BodyError {
    BodyError::Coding {
        coding: coding.name(),
        reason,
    }
}

pub(super) fn slice() -> Box<[u8]> {
    vec![0; SLICE_BYTES].into_boxed_slice()
}

impl Layer {
    pub(super) fn labelled(coding: Coding) -> Self {
        Self {
            label: Some(coding),
            state: State::Probing(Vec::new()),
        }
    }

    pub(super) fn unlabelled() -> Self {
        Self {
            label: None,
            state: State::Probing(Vec::new()),
        }
    }

    pub(super) fn plain() -> Self {
        Self {
            label: None,
            state: State::Plain,
        }
    }

    pub(super) fn is_plain(&self) -> bool {
        matches!(self.state, State::Plain)
    }

    pub(super) fn push(&mut self, input: &[u8], sink: &mut Sink<'_>) -> Result<(), BodyError> {
        if input.is_empty() {
            return Ok(());
        }
        match &mut self.state {
            State::Probing(first) if first.is_empty() => match probe::tell(self.label, input, false) {
                Told::NotYet => {
                    first.extend_from_slice(input);
                    Ok(())
                }
                told => {
                    self.state = State::told(told)?;
                    self.push(input, sink)
                }
            },
            State::Probing(first) => {
                first.extend_from_slice(input);
                let told = probe::tell(self.label, first, false);
                if told == Told::NotYet {
                    return Ok(());
                }
                let first = std::mem::take(first);
                self.state = State::told(told)?;
                self.push(&first, sink)
            }
            State::Plain => sink(input),
            State::Gzip(gzip) => gzip.push(input, sink),
            State::Deflate { inflate, done, slice } => deflate(inflate, done, slice, input, sink),
            State::Brotli { state, done, slice } => unbrotli(state, done, slice, input, sink),
            State::Zstd {
                decoder,
                at_frame_end,
                slice,
            } => unzstd(decoder, at_frame_end, slice, input, sink),
        }
    }

    /// Ends the layer. `empty` says that the whole body had no byte, which is no error: HEAD answers and empty bodies keep their label.
    pub(super) fn finish(&mut self, empty: bool, sink: &mut Sink<'_>) -> Result<(), BodyError> {
        if let State::Probing(first) = &mut self.state {
            let first = std::mem::take(first);
            if first.is_empty() {
                return if empty || self.label.is_none() {
                    Ok(())
                } else {
                    Err(self.truncated())
                };
            }
            self.state = State::told(probe::tell(self.label, &first, true))?;
            self.push(&first, sink)?;
        }
        let complete = match &self.state {
            State::Probing(_) | State::Plain => true,
            State::Gzip(gzip) => gzip.is_complete(),
            State::Deflate { done, .. } | State::Brotli { done, .. } => *done,
            State::Zstd { at_frame_end, .. } => *at_frame_end,
        };
        if complete { Ok(()) } else { Err(self.truncated()) }
    }

    fn truncated(&self) -> BodyError {
        broken(self.label.unwrap_or(Coding::Gzip), "the stream ends too early")
    }
}

impl State {
    fn told(told: Told) -> Result<Self, BodyError> {
        Ok(match told {
            Told::NotYet | Told::Plain => Self::Plain,
            Told::Coded(Coding::Gzip) => Self::Gzip(Box::new(Gzip::new())),
            // Which of the two deflates it is, the first two bytes tell: see `deflate`.
            Told::Coded(Coding::Deflate) => Self::Deflate {
                inflate: Decompress::new(true),
                done: false,
                slice: slice(),
            },
            Told::Coded(Coding::Brotli) => Self::Brotli {
                state: Box::new(BrotliState::new_strict(
                    HeapAlloc::new(0),
                    HeapAlloc::new(0),
                    HeapAlloc::new(HuffmanCode::default()),
                )),
                done: false,
                slice: slice(),
            },
            Told::Coded(Coding::Zstd) => {
                let mut decoder = ZstdDecoder::new().map_err(|_| broken(Coding::Zstd, "no decoder could be made"))?;
                decoder
                    .set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW_LOG))
                    .map_err(|_| broken(Coding::Zstd, "no decoder could be made"))?;
                Self::Zstd {
                    decoder,
                    at_frame_end: false,
                    slice: slice(),
                }
            }
        })
    }
}

/// RFC 1950 §2.2: a zlib stream begins with a byte whose low half is 8 and whose high half is at most 7. The check over both bytes
/// cannot be asked on one; a bare deflate stream that begins so has a stored or fixed first block that no encoder writes.
fn deflate(
    inflate: &mut Decompress,
    done: &mut bool,
    slice: &mut [u8],
    mut input: &[u8],
    sink: &mut Sink<'_>,
) -> Result<(), BodyError> {
    let corrupt = |_| broken(Coding::Deflate, "the stream is corrupt");
    if inflate.total_in() == 0 && !(input[0] & 0x0f == 8 && input[0] >> 4 <= 7) {
        *inflate = Decompress::new(false);
    }
    loop {
        if *done {
            return if input.is_empty() {
                Ok(())
            } else {
                Err(broken(Coding::Deflate, "there are bytes after its end"))
            };
        }
        let (before_in, before_out) = (inflate.total_in(), inflate.total_out());
        let status = inflate
            .decompress(input, slice, FlushDecompress::None)
            .map_err(corrupt)?;
        let (read, wrote) = (
            moved(inflate.total_in(), before_in),
            moved(inflate.total_out(), before_out),
        );
        input = &input[read..];
        *done = status == Status::StreamEnd;
        if wrote > 0 {
            sink(&slice[..wrote])?;
        } else if !*done && (input.is_empty() || read == 0) {
            return if input.is_empty() {
                Ok(())
            } else {
                Err(broken(Coding::Deflate, "the stream is corrupt"))
            };
        }
    }
}

/// What a counter moved by, for steps that fit a slice.
pub(super) fn moved(now: u64, before: u64) -> usize {
    usize::try_from(now - before).unwrap_or(usize::MAX)
}

fn unbrotli(
    state: &mut Brotli,
    done: &mut bool,
    slice: &mut [u8],
    input: &[u8],
    sink: &mut Sink<'_>,
) -> Result<(), BodyError> {
    let (mut available_in, mut at, mut total) = (input.len(), 0, 0);
    loop {
        if *done {
            let clean = available_in == 0;
            return if clean {
                Ok(())
            } else {
                Err(broken(Coding::Brotli, "there are bytes after its end"))
            };
        }
        let (mut available_out, mut wrote) = (slice.len(), 0);
        let result = BrotliDecompressStream(
            &mut available_in,
            &mut at,
            input,
            &mut available_out,
            &mut wrote,
            slice,
            &mut total,
            state,
        );
        if wrote > 0 {
            sink(&slice[..wrote])?;
        }
        match result {
            BrotliResult::ResultSuccess => *done = true,
            BrotliResult::NeedsMoreOutput => {}
            BrotliResult::NeedsMoreInput if available_in == 0 => return Ok(()),
            BrotliResult::NeedsMoreInput => {}
            BrotliResult::ResultFailure => return Err(broken(Coding::Brotli, "the stream is corrupt")),
        }
    }
}

fn unzstd(
    decoder: &mut ZstdDecoder<'static>,
    at_frame_end: &mut bool,
    slice: &mut [u8],
    mut input: &[u8],
    sink: &mut Sink<'_>,
) -> Result<(), BodyError> {
    loop {
        let status = decoder
            .run_on_buffers(input, slice)
            .map_err(|_| broken(Coding::Zstd, "the stream is corrupt, or its window too large"))?;
        input = &input[status.bytes_read..];
        if status.bytes_read > 0 || status.bytes_written > 0 {
            *at_frame_end = status.remaining == 0;
        }
        if status.bytes_written > 0 {
            sink(&slice[..status.bytes_written])?;
        }
        let idle = status.bytes_read == 0 && status.bytes_written == 0;
        if input.is_empty() && (status.bytes_written < slice.len() || idle) {
            return Ok(());
        }
        if idle {
            return Err(broken(Coding::Zstd, "the stream is corrupt"));
        }
    }
}
