//! gzip (RFC 1952), with its header, its check sums and any number of members.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::layer::{broken, moved, slice};
use super::{Coding, Sink};
use crate::body::BodyError;

/// Longest header of one member (64 KiB): a file name or comment may stand there, but no load.
const MAX_HEADER_BYTES: usize = 64 << 10;
/// Members in one body. Log files are concatenated so, answers are not; each member costs a reset.
const MAX_MEMBERS: u32 = 10_000;

const FHCRC: u8 = 1 << 1;
const FEXTRA: u8 = 1 << 2;
const FNAME: u8 = 1 << 3;
const FCOMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0xe0;

/// Where the stream stands within a member.
enum Part {
    /// Collecting the header; empty between members.
    Header(Vec<u8>),
    Data,
    /// Collecting CRC-32 and length, four bytes each, little-endian.
    Trailer(Vec<u8>),
}

/// A gzip stream being undone.
pub(super) struct Gzip {
    part: Part,
    inflate: Decompress,
    crc: Crc,
    members: u32,
    slice: Box<[u8]>,
}

impl Gzip {
    pub(super) fn new() -> Self {
        Self {
            part: Part::Header(Vec::new()),
            inflate: Decompress::new(false),
            crc: Crc::new(),
            members: 0,
            slice: slice(),
        }
    }

    /// Whether the stream may end here: after a member, and not before the first.
    pub(super) fn is_complete(&self) -> bool {
        self.members > 0 && matches!(&self.part, Part::Header(held) if held.is_empty())
    }

    pub(super) fn push(&mut self, mut input: &[u8], sink: &mut Sink<'_>) -> Result<(), BodyError> {
        while !input.is_empty() {
            input = match &self.part {
                Part::Header(_) => self.header(input)?,
                Part::Data => self.data(input, sink)?,
                Part::Trailer(_) => self.trailer(input)?,
            };
        }
        Ok(())
    }

    fn header<'a>(&mut self, input: &'a [u8]) -> Result<&'a [u8], BodyError> {
        let Part::Header(held) = &mut self.part else {
            return Ok(input);
        };
        let before = held.len();
        held.extend_from_slice(&input[..input.len().min(MAX_HEADER_BYTES + 1 - before)]);
        let Some(length) = header_length(held)? else {
            return if held.len() > MAX_HEADER_BYTES {
                Err(broken(Coding::Gzip, "the header is too long"))
            } else {
                Ok(&[])
            };
        };
        self.part = Part::Data;
        self.inflate.reset(false);
        self.crc = Crc::new();
        Ok(&input[length - before..])
    }

    fn data<'a>(&mut self, mut input: &'a [u8], sink: &mut Sink<'_>) -> Result<&'a [u8], BodyError> {
        loop {
            let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self
                .inflate
                .decompress(input, &mut self.slice, FlushDecompress::None)
                .map_err(|_| broken(Coding::Gzip, "the stream is corrupt"))?;
            let read = moved(self.inflate.total_in(), before_in);
            let wrote = moved(self.inflate.total_out(), before_out);
            input = &input[read..];
            if wrote > 0 {
                self.crc.update(&self.slice[..wrote]);
                sink(&self.slice[..wrote])?;
            }
            if status == Status::StreamEnd {
                self.part = Part::Trailer(Vec::new());
                return Ok(input);
            }
            if wrote == 0 && input.is_empty() {
                return Ok(input);
            }
            if wrote == 0 && read == 0 {
                return Err(broken(Coding::Gzip, "the stream is corrupt"));
            }
        }
    }

    fn trailer<'a>(&mut self, input: &'a [u8]) -> Result<&'a [u8], BodyError> {
        let Part::Trailer(held) = &mut self.part else {
            return Ok(input);
        };
        let (now, rest) = input.split_at(input.len().min(8 - held.len()));
        held.extend_from_slice(now);
        if let [a, b, c, d, e, f, g, h] = held[..] {
            if u32::from_le_bytes([a, b, c, d]) != self.crc.sum()
                || u32::from_le_bytes([e, f, g, h]) != self.crc.amount()
            {
                return Err(broken(Coding::Gzip, "the check sum is wrong"));
            }
            self.members += 1;
            if self.members > MAX_MEMBERS {
                return Err(broken(Coding::Gzip, "there are too many members"));
            }
            self.part = Part::Header(Vec::new());
        }
        Ok(rest)
    }
}

/// Length of the member header that `held` begins with, `None` while it is not whole (RFC 1952 §2.3).
fn header_length(held: &[u8]) -> Result<Option<usize>, BodyError> {
    let magic = &[0x1f, 0x8b, 8][..];
    if !held.starts_with(&magic[..held.len().min(3)]) {
        return Err(broken(Coding::Gzip, "there are bytes after its end"));
    }
    let Some(&flags) = held.get(3) else { return Ok(None) };
    if flags & RESERVED != 0 {
        return Err(broken(Coding::Gzip, "the header has unknown flags"));
    }
    let mut at = 10;
    if flags & FEXTRA != 0 {
        let Some(length) = held.get(at..at + 2) else {
            return Ok(None);
        };
        at += 2 + usize::from(u16::from_le_bytes([length[0], length[1]]));
    }
    for flag in [FNAME, FCOMMENT] {
        if flags & flag != 0 {
            let Some(end) = held.get(at..).and_then(|rest| memchr::memchr(0, rest)) else {
                return Ok(None);
            };
            at += end + 1;
        }
    }
    at += if flags & FHCRC != 0 { 2 } else { 0 };
    Ok((held.len() >= at).then_some(at))
}
