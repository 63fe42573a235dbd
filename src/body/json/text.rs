//! Text that no rule speaks of: searched by the detectors, and by the names and rules again if it holds JSON.

use std::sync::Arc;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::body::BodyLimits;
use crate::mask::detect::Finding;
use crate::mask::masker::REDACTED_TEXT;
use crate::mask::plan::PathState;
use crate::mask::{Counter, MaskPlan, Outcome, Treatment};

use super::Fault;
use super::shape::Place;
use super::walk::Walker;

/// Shortest base64 text that is looked into, in characters: fewer hold no value worth hiding.
const MIN_BASE64: usize = 12;

/// How a data URL begins.
const DATA: &[u8] = b"data:";

/// Searches texts under one plan; keeps what it needs between them.
pub struct TextSearch {
    plan: Arc<MaskPlan>,
    limits: BodyLimits,
    found: Vec<Finding>,
    whole: String,
    nested: Option<Box<Walker>>,
}

/// What a search came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Searched {
    /// Nothing is to be changed.
    Same,
    /// The findings are to be rendered where they stand ([`TextSearch::found`]).
    Found,
    /// Another text stands for it ([`TextSearch::whole`]).
    Whole,
}

impl TextSearch {
    /// A search for one answer. [`BodyLimits::nested_depth`] says how often JSON may stand inside JSON.
    pub fn new(plan: Arc<MaskPlan>, limits: &BodyLimits) -> Self {
        Self {
            plan,
            limits: *limits,
            found: Vec::new(),
            whole: String::new(),
            nested: None,
        }
    }

    /// Rewrites a text under [`Treatment::Detect`], such as a table's cell; appends to `out` only if something changes.
    ///
    /// `state` is where the text stands, so that paths go on inside of JSON text.
    pub fn rewrite(&mut self, text: &str, state: PathState, counter: &mut Counter, out: &mut String) -> Outcome {
        let place = Place::new(&self.plan, state, Treatment::Detect, false);
        match self.search(text, place, "", counter) {
            Searched::Same => Outcome::Unchanged,
            Searched::Whole => {
                out.push_str(&self.whole);
                Outcome::Changed
            }
            Searched::Found => self.splice(text, out),
        }
    }

    fn splice(&self, text: &str, out: &mut String) -> Outcome {
        let begin = out.len();
        let (mut done, mut outcome) = (0, Outcome::Unchanged);
        for finding in &self.found {
            let here = out.len();
            out.push_str(&text[done..finding.range.start]);
            if self.plan.masker(finding.class).text(&text[finding.range.clone()], out) == Outcome::Changed {
                done = finding.range.end;
                outcome = Outcome::Changed;
            } else {
                out.truncate(here);
            }
        }
        match outcome {
            Outcome::Changed => out.push_str(&text[done..]),
            Outcome::Unchanged => out.truncate(begin),
        }
        outcome
    }

    /// Whether a search can be left out, by the bytes of an unescaped text alone.
    #[inline]
    pub(super) fn is_harmless(&self, text: &[u8]) -> bool {
        match text.first() {
            None => true,
            Some(b'{' | b'[' | b'"' | b' ' | b'\t' | b'\n' | b'\r') => false,
            Some(b'e' | b'W') if text.len() >= MIN_BASE64 => false,
            Some(_) => {
                !self.plan.detectors().may_match(text)
                    && !text.starts_with(DATA)
                    && memchr::memchr(b'%', text).is_none()
            }
        }
    }

    /// Searches a text at a place, under a key; counts what it finds.
    pub(super) fn search(&mut self, text: &str, place: Place, name: &str, counter: &mut Counter) -> Searched {
        let nested = if looks_like_json(text.as_bytes()) {
            self.json(text, place, name, counter)
        } else {
            self.base64(text, place, name, counter)
        };
        nested.unwrap_or_else(|| {
            self.detect(text);
            for finding in &self.found {
                counter.detected(finding.class);
            }
            match (self.percent(text, counter), self.found.is_empty()) {
                (true, _) => Searched::Whole,
                (false, true) => Searched::Same,
                (false, false) => Searched::Found,
            }
        })
    }

    /// Whether something more is found once percent escapes are undone, as in `tel:%2B86…` and `mailto:li%40…`; then `whole` is the text
    /// with all findings rendered, and what is no finding as it was.
    fn percent(&mut self, text: &str, counter: &mut Counter) -> bool {
        if memchr::memchr(b'%', text.as_bytes()).is_none() {
            return false;
        }
        let plainly = std::mem::take(&mut self.found);
        let mut shown = String::with_capacity(text.len());
        self.found.clone_from(&plainly);
        if self.splice(text, &mut shown) == Outcome::Unchanged {
            shown.push_str(text);
        }
        let mut changed = false;
        if let Some((plain, places)) = unescaped(&shown) {
            self.detect(&plain);
            let mut whole = String::with_capacity(shown.len());
            let mut done = 0;
            for finding in &self.found {
                let mut rendered = String::new();
                let masker = self.plan.masker(finding.class);
                if masker.text(&plain[finding.range.clone()], &mut rendered) == Outcome::Changed {
                    let (from, to) = (places[finding.range.start], places[finding.range.end]);
                    whole.push_str(&shown[done..from]);
                    whole.extend(utf8_percent_encode(&rendered, NON_ALPHANUMERIC));
                    done = to;
                    counter.detected(finding.class);
                    changed = true;
                }
            }
            whole.push_str(&shown[done..]);
            self.whole = whole;
        }
        self.found = plainly;
        changed
    }

    /// Lets the detectors search.
    pub(super) fn detect(&mut self, text: &str) {
        self.found.clear();
        if self.plan.detectors().may_match(text.as_bytes()) {
            self.plan.detectors().find(text, &mut self.found);
        }
    }

    pub(super) fn found(&self) -> &[Finding] {
        &self.found
    }

    pub(super) fn whole(&self) -> &str {
        &self.whole
    }

    /// Whether the beginning of a text shows that the whole can be no JSON.
    pub(super) fn is_surely_no_json(&mut self, head: &str, place: Place) -> bool {
        let Some(walker) = self.walker(place, "") else {
            return false;
        };
        matches!(
            walker.push(head.as_bytes(), &mut Vec::new()),
            Err((Fault::Syntax(_), _))
        )
    }

    /// `None` if the text is no JSON.
    fn json(&mut self, text: &str, place: Place, name: &str, counter: &mut Counter) -> Option<Searched> {
        let Some(walker) = self.walker(place, name) else {
            return Some(self.withhold());
        };
        let mut out = Vec::with_capacity(text.len());
        let result = walker
            .push(text.as_bytes(), &mut out)
            .and_then(|()| walker.finish(&mut out));
        match result {
            Ok(()) => {
                counter.absorb(walker.counter());
                if !walker.has_changed() {
                    return Some(Searched::Same);
                }
                match String::from_utf8(out) {
                    Ok(whole) => self.whole = whole,
                    Err(_) => return Some(self.withhold()),
                }
                Some(Searched::Whole)
            }
            Err((Fault::Syntax(_) | Fault::Truncated, _)) => None,
            Err(_) => Some(self.withhold()),
        }
    }

    /// JSON that is nested too often, or too large inside, is not shown at all: its names would mask what detectors cannot see.
    fn withhold(&mut self) -> Searched {
        self.whole.clear();
        self.whole.push_str(REDACTED_TEXT);
        Searched::Whole
    }

    /// JSON in base64, such as the cursors of GraphQL servers, which hold the value that a list is sorted by.
    fn base64(&mut self, text: &str, place: Place, name: &str, counter: &mut Counter) -> Option<Searched> {
        if text.as_bytes().starts_with(DATA) {
            return self.data_url(text, place, name, counter);
        }
        // The first character of `{…` and `[…` in base64.
        if text.len() < MIN_BASE64 || !matches!(text.as_bytes()[0], b'e' | b'W') {
            return None;
        }
        let engine = base64_engine(text);
        let decoded = String::from_utf8(engine.decode(text).ok()?).ok()?;
        if !looks_like_json(decoded.as_bytes()) {
            return None;
        }
        let searched = self.json(&decoded, place, name, counter)?;
        if searched == Searched::Whole {
            self.whole = engine.encode(&self.whole);
        }
        Some(searched)
    }

    /// `data:…;base64,…` (RFC 2397) that holds text; what holds none cannot be read, and is no text.
    fn data_url(&mut self, text: &str, place: Place, name: &str, counter: &mut Counter) -> Option<Searched> {
        let comma = memchr::memmem::find(text.as_bytes(), b";base64,")? + b";base64,".len();
        let (head, coded) = text.split_at(comma);
        let engine = base64_engine(coded);
        let decoded = String::from_utf8(engine.decode(coded).ok()?).ok()?;
        let whole = match self.search(&decoded, place, name, counter) {
            Searched::Same => return Some(Searched::Same),
            Searched::Whole => std::mem::take(&mut self.whole),
            Searched::Found => {
                let mut out = String::new();
                if self.splice(&decoded, &mut out) == Outcome::Unchanged {
                    return Some(Searched::Same);
                }
                out
            }
        };
        self.whole = format!("{head}{}", engine.encode(whole));
        Some(Searched::Whole)
    }

    fn walker(&mut self, place: Place, name: &str) -> Option<&mut Walker> {
        let nested_depth = self.limits.nested_depth.checked_sub(1)?;
        let limits = BodyLimits {
            nested_depth,
            ..self.limits
        };
        let walker = self
            .nested
            .get_or_insert_with(|| Box::new(Walker::nested(self.plan.clone(), &limits)));
        let name = walker.learned.keys.name(name);
        walker.begin(Place {
            record: false,
            name,
            ..place
        });
        Some(walker)
    }
}

/// A text with its percent escapes undone (RFC 3986 §2.1), and for each of its bytes, and its end, the place in the original. `None` if
/// there are none, or what they stand for is no UTF-8.
fn unescaped(text: &str) -> Option<(String, Vec<usize>)> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
    let (mut plain, mut places) = (Vec::with_capacity(bytes.len()), Vec::with_capacity(bytes.len() + 1));
    let mut at = 0;
    while at < bytes.len() {
        places.push(at);
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    places.push(at);
    if plain.len() == bytes.len() {
        return None;
    }
    Some((String::from_utf8(plain).ok()?, places))
}

/// Whether a text may be JSON that holds more than one bare word or number: an object, an array, or a string that is encoded once more.
pub(super) fn looks_like_json(text: &[u8]) -> bool {
    let first = text.iter().find(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r'));
    matches!(first, Some(b'{' | b'[' | b'"'))
}

/// The kind of base64 that a text is written in.
fn base64_engine(text: &str) -> GeneralPurpose {
    let url_safe = text.bytes().any(|b| matches!(b, b'-' | b'_'));
    let alphabet = if url_safe {
        &alphabet::URL_SAFE
    } else {
        &alphabet::STANDARD
    };
    let config = GeneralPurposeConfig::new()
        .with_encode_padding(text.ends_with('='))
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(alphabet, config)
}
