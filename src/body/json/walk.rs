//! The walk through a JSON text: grammar, containers, and where in the plan each value stands.
//!
//! A push parser with its own stack. What is complete in a chunk is handled where it lies; only a token that a chunk border cuts is
//! copied. Bytes go to the output in runs as long as nothing between them changes.

use std::sync::Arc;

use crate::body::BodyLimits;
use crate::mask::plan::PathState;
use crate::mask::{Counter, MaskPlan, Told, Treatment};

use super::Fault;
use super::keys::Keys;
use super::render::Renderer;
use super::shape::{Action, Edge, Hop, MAX_GLUE, NameId, NodeId, Place, Shapes, Style};
use super::skim::Skimmer;
use super::token::Token;

/// What rewriters learn under a plan and hand on to the next ([`crate::mask::WarmPool`]).
pub(super) struct Learned {
    pub(super) shapes: Shapes,
    pub(super) keys: Keys,
}

impl Learned {
    pub(super) fn new() -> Self {
        Self {
            shapes: Shapes::new(),
            keys: Keys::new(),
        }
    }
}

/// An open object or array.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) is_object: bool,
    pub(super) state: PathState,
    /// Goes down to all values inside that nothing else speaks of.
    pub(super) told: Told,
    sure: Told,
    pub(super) name: NameId,
    node: NodeId,
    /// Elements begun so far.
    pub(super) index: usize,
    is_record: bool,
    pub(super) in_record: bool,
}

/// What is known of a member or an element beside the plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// Its container is an array or stands for one.
    pub(super) is_listed: bool,
    pub(super) is_structural: bool,
    pub(super) name: NameId,
}

/// What the grammar wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expect {
    /// The text's beginning, after this many bytes of a byte-order mark.
    Start(u8),
    /// The text's value.
    Root,
    FirstElement,
    FirstKey,
    Key,
    Colon,
    Value,
    /// A comma or the end of the container.
    Next,
    /// Nothing but white space.
    Done,
    /// White space or the next text of a sequence; after a number or a literal it must be white space.
    Between {
        separated: bool,
    },
}

/// How many texts there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Texts {
    One,
    /// A sequence: the texts are the elements of an array, as far as the plan goes.
    Many,
}

/// Rewrites one text, or a sequence.
pub(super) struct Walker {
    pub(super) plan: Arc<MaskPlan>,
    pub(super) limits: BodyLimits,
    texts: Texts,
    /// What stands around the whole answer.
    outside: Frame,
    pub(super) frames: Vec<Frame>,
    pub(super) expect: Expect,
    /// The value at hand, or the one whose key was just read.
    pub(super) hop: Hop,
    pub(super) node: NodeId,
    pub(super) edge: Edge,
    /// Whether the key just read is worth remembering.
    pub(super) is_memorable: bool,
    /// Where in the chunk the bytes since the last value (or the container's opening) begin.
    pub(super) glue_from: usize,
    /// Those of them that came in earlier chunks; longer than [`MAX_GLUE`] if too many.
    pub(super) glue_before: Vec<u8>,
    pub(super) token: Token,
    /// The part of the token at hand that came in earlier chunks and is not written yet.
    pub(super) held: Vec<u8>,
    pub(super) learned: Box<Learned>,
    pub(super) renderer: Renderer,
    pub(super) skimmer: Skimmer,
    /// Bytes of earlier chunks.
    base: u64,
}

/// A chunk being read.
pub(super) struct Cursor<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    /// From here on nothing was written yet.
    pub(super) run: usize,
    pub(super) out: &'a mut Vec<u8>,
}

impl Cursor<'_> {
    /// Writes what is unchanged up to `to`.
    #[inline]
    pub(super) fn flush(&mut self, to: usize) {
        self.out.extend_from_slice(&self.bytes[self.run..to]);
        self.run = to;
    }
}

impl Walker {
    /// A walker for one answer.
    pub(super) fn new(plan: Arc<MaskPlan>, limits: &BodyLimits, texts: Texts) -> Self {
        let learned = plan.warm().take().unwrap_or_else(|| Box::new(Learned::new()));
        let state = PathState::ROOT;
        let treatment = plan.at(state).within(plan.unlisted());
        let is_record = texts == Texts::One && plan.names_records() && plan.is_record(state);
        let place = Place::new(&plan, state, treatment, is_record);
        let mut walker = Self::with(plan, limits, texts, learned, place);
        walker.begin(place);
        walker
    }

    /// A walker for JSON inside of a string; [`Walker::begin`] says where it stands.
    pub(super) fn nested(plan: Arc<MaskPlan>, limits: &BodyLimits) -> Self {
        let place = Place::new(&plan, PathState::ROOT, Treatment::Detect, false);
        Self::with(plan, limits, Texts::One, Box::new(Learned::new()), place)
    }

    fn with(plan: Arc<MaskPlan>, limits: &BodyLimits, texts: Texts, learned: Box<Learned>, place: Place) -> Self {
        Self {
            limits: *limits,
            texts,
            outside: Frame::new(false, place, NodeId::ROOT, false),
            frames: Vec::new(),
            expect: Expect::Start(0),
            hop: Hop::to(place),
            node: NodeId::ROOT,
            edge: Edge::IntoArray(NodeId::ROOT),
            is_memorable: true,
            glue_from: 0,
            glue_before: Vec::new(),
            token: Token::None,
            held: Vec::new(),
            learned,
            renderer: Renderer::new(plan.clone(), limits),
            skimmer: Skimmer::new(),
            base: 0,
            plan,
        }
    }

    /// Makes ready for a text whose root stands at a place.
    pub(super) fn begin(&mut self, root: Place) {
        // In a sequence the root is the array of texts, which is no record itself.
        let in_record = self.texts == Texts::One && root.record;
        self.outside = Frame::new(false, root, NodeId::ROOT, in_record);
        self.frames.clear();
        self.expect = Expect::Start(0);
        self.hop = Hop::to(root);
        self.edge = Edge::IntoArray(NodeId::ROOT);
        self.is_memorable = true;
        self.glue_before.clear();
        self.glue_from = 0;
        self.token = Token::None;
        self.held.clear();
        self.learned.shapes.begin(root);
        self.renderer.begin();
        self.base = 0;
    }

    /// Takes the next chunk. An error comes with its byte offset in the text.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), (Fault, u64)> {
        let mut cursor = Cursor {
            bytes,
            at: 0,
            run: 0,
            out,
        };
        let result = self.walk(&mut cursor);
        let at = self.base + cursor.at as u64;
        result.map_err(|fault| (fault, at))?;
        let to = cursor.bytes.len();
        cursor.flush(to);
        self.keep_glue(bytes);
        self.base += bytes.len() as u64;
        Ok(())
    }

    /// Ends the text.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), (Fault, u64)> {
        let at = self.base;
        self.end_token(out).map_err(|fault| (fault, at))?;
        match self.expect {
            Expect::Start(0 | 3) | Expect::Root | Expect::Done | Expect::Between { .. } if self.frames.is_empty() => {
                Ok(())
            }
            _ => Err((Fault::Truncated, at)),
        }
    }

    pub(super) fn counter(&self) -> &Counter {
        &self.renderer.counter
    }

    /// Whether the output differs from the input.
    pub(super) fn has_changed(&self) -> bool {
        self.renderer.changed
    }

    /// Hands what was learned to the next answer under the plan.
    pub(super) fn retire(self) -> Counter {
        self.plan.warm().give(self.learned);
        self.renderer.counter
    }

    fn walk(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        if !matches!(self.token, Token::None) {
            self.resume(cursor)?;
        }
        while cursor.at < cursor.bytes.len() {
            self.stride(cursor)?;
            if cursor.at < cursor.bytes.len() {
                self.step(cursor)?;
            }
        }
        Ok(())
    }

    /// One step by the grammar.
    fn step(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let byte = cursor.bytes[cursor.at];
        match (self.expect, byte) {
            (Expect::Start(seen @ 0..=2), _) if byte == b"\xEF\xBB\xBF"[usize::from(seen)] => {
                self.expect = Expect::Start(seen + 1);
                cursor.at += 1;
            }
            (Expect::Start(1 | 2), _) => return Err(Fault::Syntax("no value")),
            (Expect::Start(_), _) => self.expect = Expect::Root,
            (Expect::Between { .. }, b' ' | b'\t' | b'\n' | b'\r' | 0x1E) => {
                self.expect = Expect::Between { separated: true };
                cursor.at += 1;
            }
            (_, b' ' | b'\t' | b'\n' | b'\r') => skip_space(cursor),
            (Expect::Root, 0x1E) if self.texts == Texts::Many => cursor.at += 1,
            (Expect::Root, _) => self.root(cursor)?,
            (Expect::Between { separated: true }, _) => self.expect = Expect::Root,
            (Expect::Between { .. }, _) => return Err(Fault::Syntax("white space expected between texts")),
            (Expect::FirstElement, b']') | (Expect::FirstKey, b'}') => self.close(cursor),
            (Expect::FirstElement, _) => {
                self.enter_element();
                self.learn_and_read(cursor)?;
            }
            (Expect::FirstKey | Expect::Key, b'"') => self.read_key(cursor)?,
            (Expect::FirstKey | Expect::Key, _) => return Err(Fault::Syntax("key expected")),
            (Expect::Colon, b':') => {
                self.expect = Expect::Value;
                cursor.at += 1;
            }
            (Expect::Colon, _) => return Err(Fault::Syntax("`:` expected")),
            (Expect::Value, _) => self.learn_and_read(cursor)?,
            (Expect::Next, _) => self.next(cursor, byte)?,
            (Expect::Done, _) => return Err(Fault::Syntax("more after the end")),
        }
        Ok(())
    }

    fn next(&mut self, cursor: &mut Cursor<'_>, byte: u8) -> Result<(), Fault> {
        match (byte, self.container().is_object) {
            (b',', true) => self.expect = Expect::Key,
            (b',', false) => {
                self.enter_element();
                self.expect = Expect::Value;
            }
            (b'}', true) | (b']', false) => {
                self.close(cursor);
                return Ok(());
            }
            _ => return Err(Fault::Syntax("`,` or the end of the container expected")),
        }
        cursor.at += 1;
        Ok(())
    }

    /// A text of its own begins.
    fn root(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        if self.texts == Texts::Many {
            self.enter_element();
            // Texts that follow one another without a separator are rare: not worth a shape, which would not know the rule for them.
            self.is_memorable = self.glue_length(cursor) > 0 || self.edge == Edge::IntoArray(NodeId::ROOT);
        }
        self.learn_and_read(cursor)
    }

    /// The next element's place in the plan.
    fn enter_element(&mut self) {
        let frame = self.container_mut();
        let index = frame.index;
        frame.index = index.saturating_add(1);
        let (state, own) = self.plan.element(self.container().state, index);
        self.hop = Hop {
            place: self.place(
                state,
                own,
                Member {
                    is_listed: true,
                    is_structural: false,
                    name: self.container().name,
                },
            ),
            counts: index <= self.plan.index_bound(),
            style: Style::default(),
        };
        self.is_memorable = true;
    }

    /// What stands in the container at hand under a state.
    pub(super) fn place(&self, state: PathState, own: Told, member: Member) -> Place {
        let around = self.container();
        let record = match self.plan.names_records() {
            true => self.plan.is_record(state),
            false => member.is_listed,
        };
        let handed = |outer: Told| match outer.by_name && member.is_structural {
            true => Told::by_rule(self.plan.unlisted()),
            false => outer,
        };
        let (told, sure) = match own.treatment {
            Treatment::Detect => (handed(around.told), handed(around.sure)),
            _ if self.plan.is_guess(own) => (own, handed(around.sure)),
            _ => (own, own),
        };
        Place {
            state,
            told,
            sure,
            action: Action::of(&self.plan, told),
            record: record && !around.in_record,
            name: member.name,
        }
    }

    /// Remembers how this value was come to, then reads it.
    fn learn_and_read(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let mut joined = [0; MAX_GLUE];
        let here = &cursor.bytes[self.glue_from..cursor.at];
        let length = self.glue_before.len() + here.len();
        let glue = if self.glue_before.is_empty() {
            here
        } else if length <= MAX_GLUE {
            joined[..self.glue_before.len()].copy_from_slice(&self.glue_before);
            joined[self.glue_before.len()..length].copy_from_slice(here);
            &joined[..length]
        } else {
            &[]
        };
        let repeats = !self.container().is_object && !self.hop.counts;
        let shapes = &mut self.learned.shapes;
        self.node = if !self.is_memorable || length > MAX_GLUE {
            shapes.learn_any(self.edge, self.hop)
        } else if repeats {
            shapes
                .repeat(self.edge, glue, self.hop)
                .unwrap_or_else(|| shapes.learn(self.edge, glue, self.hop))
        } else {
            shapes.learn(self.edge, glue, self.hop)
        };
        self.expect = Expect::Value;
        self.value(cursor)
    }

    fn glue_length(&self, cursor: &Cursor<'_>) -> usize {
        self.glue_before.len() + cursor.at - self.glue_from
    }

    /// Keeps the bytes since the last value for the next chunk.
    fn keep_glue(&mut self, bytes: &[u8]) {
        let here = &bytes[self.glue_from.min(bytes.len())..];
        let room = (MAX_GLUE + 1).saturating_sub(self.glue_before.len());
        self.glue_before.extend_from_slice(&here[..here.len().min(room)]);
        self.glue_from = 0;
    }

    /// Opens a container at the value at hand.
    pub(super) fn open(&mut self, cursor: &mut Cursor<'_>, is_object: bool) -> Result<(), Fault> {
        if self.frames.len() >= self.limits.max_depth {
            return Err(Fault::TooDeep);
        }
        let in_record = self.container().in_record;
        self.frames
            .push(Frame::new(is_object, self.hop.place, self.node, in_record));
        if self.hop.place.record {
            self.renderer.counter.begin_record();
        }
        cursor.at += 1;
        (self.expect, self.edge) = match is_object {
            true => (Expect::FirstKey, Edge::IntoObject(self.node)),
            false => (Expect::FirstElement, Edge::IntoArray(self.node)),
        };
        self.glue_from = cursor.at;
        self.glue_before.clear();
        Ok(())
    }

    pub(super) fn close(&mut self, cursor: &mut Cursor<'_>) {
        cursor.at += 1;
        if let Some(frame) = self.frames.pop() {
            if frame.is_record {
                self.renderer.counter.end_record();
            }
            self.node = frame.node;
        }
        self.after_value(cursor.at, true);
    }

    /// The value at hand ended before `at`.
    #[inline(always)]
    pub(super) fn after_value(&mut self, at: usize, delimits_itself: bool) {
        self.edge = Edge::After(self.node);
        self.glue_from = at;
        self.glue_before.clear();
        self.expect = Expect::Next;
        if self.frames.is_empty() {
            self.expect = match self.texts {
                Texts::One => Expect::Done,
                Texts::Many => Expect::Between {
                    separated: delimits_itself,
                },
            };
        }
    }

    /// The container at hand; outside of all, what stands around the answer.
    #[inline]
    pub(super) fn container(&self) -> &Frame {
        self.frames.last().unwrap_or(&self.outside)
    }

    pub(super) fn container_mut(&mut self) -> &mut Frame {
        self.frames.last_mut().unwrap_or(&mut self.outside)
    }
}

impl Frame {
    fn new(is_object: bool, place: Place, node: NodeId, in_record: bool) -> Self {
        Self {
            is_object,
            state: place.state,
            // What is only a guess by name holds for an array of values, but not for all that an object has.
            told: if is_object { place.sure } else { place.told },
            sure: place.sure,
            name: place.name,
            node,
            index: 0,
            is_record: place.record,
            in_record: in_record || place.record,
        }
    }
}

fn skip_space(cursor: &mut Cursor<'_>) {
    let rest = &cursor.bytes[cursor.at..];
    let space = rest.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r'));
    cursor.at += space.unwrap_or(rest.len());
}
