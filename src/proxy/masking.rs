//! One answer's masking, so guarded that a panic in it denies this answer and nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use http::header::{self, HeaderMap};
use http::{Method, StatusCode};

use super::forward::{Addresses, strip_hop_by_hop};
use super::refusal::Refusal;
use crate::body::{self, Answer, AnswerHead, BodyError, BodyLimits, Format};
use crate::identity;
use crate::mask::{ClassId, MaskPlan, Tally};

/// What an answer came to, for the audit.
#[derive(Clone, Debug, Default)]
pub(super) struct Measured {
    /// Values and records by class; empty for open routes.
    pub tally: Tally,
    /// Bytes made for the client.
    pub bytes: u64,
}

impl Measured {
    /// Values by class, where there are any.
    pub(super) fn counted(&self) -> impl Iterator<Item = (ClassId, u64)> {
        let counted = |(index, count): (usize, &u64)| Some((ClassId(u16::try_from(index).ok()?), *count));
        self.tally
            .values
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
            .filter_map(counted)
    }
}

/// Masks one answer, or passes it if its route is open.
pub(super) struct Masking {
    kind: Kind,
    method: Method,
    addresses: Arc<Addresses>,
    measured: Measured,
}

enum Kind {
    Open,
    Masked {
        /// `None` once it has ended or failed: nothing more comes out of it.
        answer: Option<Box<Answer>>,
        plan: Arc<MaskPlan>,
        /// What the answer turned out to be.
        format: Option<Format>,
    },
}

impl Masking {
    /// For a route whose bytes pass.
    pub(super) fn open(method: &Method, addresses: &Arc<Addresses>) -> Self {
        Self::new(Kind::Open, method, addresses)
    }

    /// For a protected route.
    pub(super) fn masked(
        method: &Method,
        addresses: &Arc<Addresses>,
        status: StatusCode,
        headers: &HeaderMap,
        plan: &Arc<MaskPlan>,
        limits: &BodyLimits,
    ) -> Result<Self, Refusal> {
        let head = AnswerHead {
            method: method.as_str(),
            status: status.as_u16(),
            headers,
        };
        let answer = guarded(|| Answer::new(&head, Arc::clone(plan), limits))?;
        let kind = Kind::Masked {
            format: answer.format(),
            answer: Some(Box::new(answer)),
            plan: Arc::clone(plan),
        };
        Ok(Self::new(kind, method, addresses))
    }

    fn new(kind: Kind, method: &Method, addresses: &Arc<Addresses>) -> Self {
        Self {
            kind,
            method: method.clone(),
            addresses: Arc::clone(addresses),
            measured: Measured::default(),
        }
    }

    /// Takes the next bytes of the CRM's answer and appends what may go out.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
        let before = out.len();
        match &mut self.kind {
            Kind::Open => out.extend_from_slice(bytes),
            Kind::Masked { answer, format, .. } => {
                let Some(mut working) = answer.take() else {
                    return Err(Refusal::Internal);
                };
                guarded(|| working.push(bytes, out))?;
                if format.is_none() {
                    *format = working.format();
                }
                *answer = Some(working);
            }
        }
        self.measured.bytes += (out.len() - before) as u64;
        Ok(())
    }

    /// Takes bytes whose masked form nobody gets: for counting. `scratch` stays small.
    pub(super) fn push_all(&mut self, bytes: &[u8], scratch: &mut Vec<u8>) -> Result<(), Refusal> {
        self.push(bytes, scratch)?;
        scratch.clear();
        while self.is_behind() {
            self.push(&[], scratch)?;
            scratch.clear();
        }
        Ok(())
    }

    /// Whether more can be had by pushing nothing: what comes of one push is bounded.
    pub(super) fn is_behind(&self) -> bool {
        matches!(&self.kind, Kind::Masked { answer: Some(answer), .. } if answer.is_behind())
    }

    /// Ends the answer.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Refusal> {
        let before = out.len();
        if let Kind::Masked { answer, format, .. } = &mut self.kind {
            let Some(working) = answer.take() else {
                return Err(Refusal::Internal);
            };
            let summary = guarded(|| (*working).finish(out))?;
            *format = Some(summary.format);
            self.measured.tally = summary.tally;
        }
        self.measured.bytes += (out.len() - before) as u64;
        Ok(())
    }

    /// Whether it is known what the answer is, so that its head may go out.
    pub(super) fn is_known(&self) -> bool {
        match &self.kind {
            Kind::Open => true,
            Kind::Masked { format, .. } => format.is_some(),
        }
    }

    /// Whether the answer is a table in text.
    pub(super) fn is_csv(&self) -> bool {
        matches!(
            &self.kind,
            Kind::Masked {
                format: Some(Format::Csv),
                ..
            }
        )
    }

    /// What the answer turned out to be.
    pub(super) fn format(&self) -> Option<Format> {
        match &self.kind {
            Kind::Open => None,
            Kind::Masked { format, .. } => *format,
        }
    }

    /// Records so far that hold a value of a data class.
    pub(super) fn records(&self) -> u64 {
        match &self.kind {
            Kind::Open => 0,
            Kind::Masked {
                answer: Some(answer), ..
            } => answer.records_so_far(),
            Kind::Masked { answer: None, .. } => self.measured.tally.records,
        }
    }

    /// The head that the client gets.
    pub(super) fn head(&self, status: StatusCode, headers: &HeaderMap) -> Result<HeaderMap, Refusal> {
        let mut outward = match &self.kind {
            Kind::Open => {
                let mut outward = headers.clone();
                strip_hop_by_hop(&mut outward);
                self.addresses.outward(&mut outward);
                outward
            }
            Kind::Masked { plan, format, .. } => {
                let head = AnswerHead {
                    method: self.method.as_str(),
                    status: status.as_u16(),
                    headers,
                };
                guarded(|| Ok(body::rewrite_head(&head, *format, None, self.addresses.origins(), plan)))?
            }
        };
        drop_our_cookies(&mut outward);
        Ok(outward)
    }

    /// The length that the CRM declared, where its bytes pass as they are.
    pub(super) fn declared(&self, headers: &HeaderMap) -> Option<u64> {
        let value = headers.get(header::CONTENT_LENGTH)?.to_str().ok()?;
        matches!(self.kind, Kind::Open).then(|| value.parse().ok())?
    }

    /// What the answer came to.
    pub(super) fn measured(&self) -> Measured {
        self.measured.clone()
    }
}

/// The CRM may not set a cookie of our name: it would sign people out, or in.
fn drop_our_cookies(headers: &mut HeaderMap) {
    let ours = |v: &http::HeaderValue| {
        let name = v.as_bytes().split(|b| *b == b'=').next().unwrap_or_default();
        identity::is_own_cookie(name.trim_ascii())
    };
    if !headers.get_all(header::SET_COOKIE).iter().any(ours) {
        return;
    }
    let kept: Vec<_> = headers
        .get_all(header::SET_COOKIE)
        .iter()
        .filter(|v| !ours(v))
        .cloned()
        .collect();
    headers.remove(header::SET_COOKIE);
    for value in kept {
        headers.append(header::SET_COOKIE, value);
    }
}

/// A format that cannot be masked is policy's no; bytes that are not what they claim to be are the CRM's fault.
fn refusal_of(error: &BodyError) -> Refusal {
    match error {
        BodyError::UnknownFormat => Refusal::FormatRefused("its format cannot be masked"),
        BodyError::Partial => Refusal::FormatRefused("it is a part of a whole"),
        BodyError::UnknownCoding => Refusal::FormatRefused("its coding cannot be undone"),
        BodyError::Charset { .. } => Refusal::Unmaskable("its charset is refused"),
        BodyError::Coding { .. } => Refusal::Unmaskable("it is not coded as it says"),
        BodyError::TooLarge { .. } | BodyError::Ratio { .. } => {
            Refusal::Unmaskable("it unpacks to more than is allowed")
        }
        BodyError::TooDeep { .. } => Refusal::Unmaskable("it is nested too deep"),
        BodyError::ValueTooLong { .. } | BodyError::KeyTooLong { .. } => {
            Refusal::Unmaskable("it holds a value that is too long")
        }
        BodyError::Truncated { .. } => Refusal::Unmaskable("it ends too early"),
        _ => Refusal::Unmaskable("it cannot be read"),
    }
}

/// Runs the core's code; a panic there is a refusal here.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, BodyError>) -> Result<T, Refusal> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(refusal_of(&error)),
        Err(_) => Err(Refusal::Internal),
    }
}
