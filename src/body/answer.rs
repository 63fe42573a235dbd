//! One answer of the CRM on its way to the client: content codings → charset → format → rewriter.
//!
//! Purpose: the whole of what happens to an answer's body, as one value that the proxy and the command line share.
//!
//! Guarantees: nothing leaves before the format is known; what is not known while anything is to be masked is refused before the first
//! byte ([`BodyError::UnknownFormat`]); after an error nothing leaves any more. The bytes that leave are never coded.
//!
//! Exceptions: under a plan that is all clear ([`MaskPlan::is_clear`]) the decoded bytes pass as they are, in whatever format; they are
//! read beside that for counting alone, and [`Tally::unread`] says so if that failed.

mod pipeline;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE};

use self::pipeline::Pipeline;
use super::charset::{self, Charset};
use super::coding::Decoder;
use super::sniff::{self, Format, Hint};
use super::{BodyError, BodyLimits};
use crate::mask::{MaskPlan, Tally};

/// Decoded bytes (1 MiB) after which [`Answer::push`] stops, so that what it appends stays small; see [`Answer::is_behind`].
const PUSH_BUDGET: u64 = 1 << 20;

/// What of an answer's head matters to its body. `headers` are the CRM's.
#[derive(Clone, Copy, Debug)]
pub struct AnswerHead<'a> {
    /// The method of the request.
    pub method: &'a str,
    /// The status code.
    pub status: u16,
    /// The headers as the CRM sent them.
    pub headers: &'a HeaderMap,
}

impl AnswerHead<'_> {
    /// Whether no body follows, whatever the headers say (RFC 9110 §6.4.1).
    pub fn is_bodiless(&self) -> bool {
        self.method.eq_ignore_ascii_case("HEAD") || matches!(self.status, 100..=199 | 204 | 304)
    }

    /// Whether it is offered as a file.
    pub fn is_attachment(&self) -> bool {
        let value = self
            .headers
            .get(CONTENT_DISPOSITION)
            .map_or(&b""[..], |value| value.as_bytes());
        charset::split_parameters(value)
            .next()
            .unwrap_or_default()
            .trim_ascii()
            .eq_ignore_ascii_case(b"attachment")
    }

    /// Whether it is a part by bytes of something larger. Other range units (`records=10-20`) are a way of paging.
    fn is_partial(&self) -> bool {
        let starts = |name, what: &[u8]| {
            let value = self
                .headers
                .get(name)
                .map_or(&b""[..], |value: &http::HeaderValue| value.as_bytes());
            value
                .trim_ascii()
                .get(..what.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(what))
        };
        let counted_otherwise = self.headers.contains_key(CONTENT_RANGE) && !starts(CONTENT_RANGE, b"bytes");
        starts(CONTENT_TYPE, b"multipart/byteranges") || (self.status == 206 && !counted_otherwise)
    }
}

/// What the answer itself says of being an export, by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportSigns {
    /// `Content-Disposition: attachment`.
    pub attachment: bool,
    /// It is CSV.
    pub table: bool,
    /// Records with sensitive values so far.
    pub records: u64,
}

/// What became of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerSummary {
    /// Its format.
    pub format: Format,
    /// What was in it.
    pub tally: Tally,
    /// Bytes as the CRM sent them (coded).
    pub bytes_in: u64,
    /// Bytes as they left.
    pub bytes_out: u64,
    /// Its charset; `None` where no text was read.
    pub charset: Option<Charset>,
}

/// The body of one answer.
pub struct Answer {
    decoder: Option<Decoder>,
    body: Body,
    bytes_in: u64,
    bytes_out: u64,
    attachment: bool,
}

/// The decoded side.
struct Body {
    stage: Stage,
    plan: Arc<MaskPlan>,
    limits: BodyLimits,
    hint: Hint,
    label: Option<Charset>,
}

enum Stage {
    /// The first bytes are collected until they tell the format.
    Looking(Vec<u8>),
    /// Each byte is rewritten, or counted.
    Running(Box<Pipeline>),
    /// The bytes of an unknown format pass, as all is clear.
    Passing,
    /// No byte may come.
    Bodiless,
    Spent,
}

impl Answer {
    /// Takes up an answer.
    ///
    /// # Errors
    /// [`BodyError::Partial`], [`BodyError::UnknownCoding`] or [`BodyError::Charset`] if the head alone forbids it.
    pub fn new(head: &AnswerHead<'_>, plan: Arc<MaskPlan>, limits: &BodyLimits) -> Result<Self, BodyError> {
        let bodiless = head.is_bodiless();
        if !bodiless && head.is_partial() {
            return Err(BodyError::Partial);
        }
        let label = match charset::labelled(head.headers) {
            Err(error) if !bodiless && !plan.is_clear() => return Err(error),
            label => label.unwrap_or(None),
        };
        let decoder = if bodiless {
            None
        } else {
            Some(Decoder::new(head.headers, limits)?)
        };
        let stage = if bodiless {
            Stage::Bodiless
        } else {
            Stage::Looking(Vec::new())
        };
        let body = Body {
            stage,
            plan,
            limits: *limits,
            hint: sniff::hint(head.headers),
            label,
        };
        Ok(Self {
            decoder,
            body,
            bytes_in: 0,
            bytes_out: 0,
            attachment: head.is_attachment(),
        })
    }

    /// Takes the next bytes from the CRM and appends to `out` what may leave. What was appended before an error may be sent, but the
    /// answer must be cut then.
    ///
    /// One call appends little more than 1 MiB, but for the masked form of an uncoded chunk that is larger itself: call again with no
    /// bytes while [`Self::is_behind`].
    ///
    /// # Errors
    /// See [`BodyError`]. As long as [`Self::format`] is `None`, nothing has left.
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), BodyError> {
        self.bytes_in += chunk.len() as u64;
        let before = out.len();
        let body = &mut self.body;
        let pushed = match &mut self.decoder {
            Some(decoder) => decoder.push(chunk, PUSH_BUDGET, &mut |bytes| body.push(bytes, out)),
            None => body.push(chunk, out),
        };
        self.settle(pushed, before, out)
    }

    /// Whether bytes wait in here for another [`Self::push`], because the last one had yielded enough.
    pub fn is_behind(&self) -> bool {
        self.decoder.as_ref().is_some_and(Decoder::is_behind)
    }

    /// Ends the answer.
    ///
    /// # Errors
    /// If the format or its coding is not complete; the answer must then be cut.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<AnswerSummary, BodyError> {
        let before = out.len();
        let body = &mut self.body;
        if let Some(decoder) = &mut self.decoder {
            decoder.finish(&mut |bytes| body.push(bytes, out))?;
        }
        let (format, charset, tally) = self.body.finish(out)?;
        let bytes_out = self.bytes_out + (out.len() - before) as u64;
        Ok(AnswerSummary {
            format,
            tally,
            bytes_in: self.bytes_in,
            bytes_out,
            charset,
        })
    }

    /// The format; `None` until the first bytes told it, and then nothing has left yet either.
    pub fn format(&self) -> Option<Format> {
        match &self.body.stage {
            Stage::Looking(_) | Stage::Spent => None,
            Stage::Running(pipeline) => Some(pipeline.format()),
            Stage::Passing => Some(Format::Opaque),
            Stage::Bodiless => Some(Format::Empty),
        }
    }

    /// Records so far that held a sensitive value, for telling an export while it streams.
    pub fn records_so_far(&self) -> u64 {
        match &self.body.stage {
            Stage::Running(pipeline) => pipeline.records_so_far(),
            _ => 0,
        }
    }

    /// What the answer says of being an export, by now.
    pub fn export_signs(&self) -> ExportSigns {
        ExportSigns {
            attachment: self.attachment,
            table: self.format() == Some(Format::Csv),
            records: self.records_so_far(),
        }
    }

    fn settle(&mut self, pushed: Result<(), BodyError>, before: usize, out: &[u8]) -> Result<(), BodyError> {
        self.bytes_out += (out.len() - before) as u64;
        if pushed.is_err() {
            self.body.stage = Stage::Spent;
        }
        pushed
    }
}

impl Body {
    fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), BodyError> {
        match &mut self.stage {
            Stage::Running(pipeline) => return pipeline.push(bytes, out),
            Stage::Passing => {
                out.extend_from_slice(bytes);
                return Ok(());
            }
            Stage::Bodiless if bytes.is_empty() => return Ok(()),
            Stage::Bodiless => return Err(BodyError::UnknownFormat),
            Stage::Spent => return Err(BodyError::Spent),
            Stage::Looking(first) if first.is_empty() => {}
            Stage::Looking(first) => {
                first.extend_from_slice(bytes);
                let first = std::mem::take(first);
                return self.look(&first, out);
            }
        }
        self.look(bytes, out)
    }

    fn look(&mut self, first: &[u8], out: &mut Vec<u8>) -> Result<(), BodyError> {
        match self.tell(first, false)? {
            Some((format, charset)) => self.begin(format, charset, first, out),
            None => {
                self.stage = Stage::Looking(first.to_vec());
                Ok(())
            }
        }
    }

    /// Format and charset from the first bytes; `None` asks for more.
    fn tell(&self, first: &[u8], whole: bool) -> Result<Option<(Format, Charset)>, BodyError> {
        if first.len() < 4 && !whole {
            return Ok(None);
        }
        let spoken = match charset::by_first_bytes(first) {
            Err(_) if self.plan.is_clear() => return Ok(Some((Format::Opaque, Charset::Utf8))),
            spoken => spoken?,
        };
        // A wide charset leaves no four bytes of ASCII standing together.
        let label = self
            .label
            .filter(|label| !(label.is_wide() && first.iter().take(4).all(u8::is_ascii)));
        let charset = spoken.or(label).unwrap_or(Charset::Utf8);
        let text = charset::beginning(charset, first);
        Ok(sniff::tell(self.hint, &text, whole).map(|format| (format, charset)))
    }

    fn begin(&mut self, format: Format, charset: Charset, first: &[u8], out: &mut Vec<u8>) -> Result<(), BodyError> {
        self.stage = match format {
            Format::Empty => Stage::Bodiless,
            Format::Opaque if self.plan.is_clear() => Stage::Passing,
            Format::Opaque => return Err(BodyError::UnknownFormat),
            format => Stage::Running(Box::new(Pipeline::new(
                format,
                charset,
                self.label,
                &self.plan,
                &self.limits,
            ))),
        };
        if first.is_empty() {
            Ok(())
        } else {
            self.push(first, out)
        }
    }

    fn finish(mut self, out: &mut Vec<u8>) -> Result<(Format, Option<Charset>, Tally), BodyError> {
        if let Stage::Looking(first) = &mut self.stage {
            let first = std::mem::take(first);
            let (format, charset) = self.tell(&first, true)?.unwrap_or((Format::Opaque, Charset::Utf8));
            self.begin(format, charset, &first, out)?;
        }
        match self.stage {
            Stage::Running(pipeline) => {
                let format = pipeline.format();
                let (charset, tally) = pipeline.finish(out)?;
                Ok((format, Some(charset), tally))
            }
            Stage::Passing => Ok((
                Format::Opaque,
                None,
                Tally {
                    unread: true,
                    ..Tally::default()
                },
            )),
            Stage::Bodiless => Ok((Format::Empty, None, Tally::default())),
            Stage::Looking(_) | Stage::Spent => Err(BodyError::Spent),
        }
    }
}
