//! What an answer looks like, learned while it is read: records repeat the same keys in the same order.
//!
//! Between the end of one value and the beginning of the next stand bytes that hardly ever change from record to record, such as
//! `,\n    "phone": `. A [`Shapes`] remembers them as a tree of nodes: if the bytes after a value are those remembered, one comparison
//! stands for comma, white space, key, colon, the look-up of the key and the step in the plan. If not, the grammar is followed in full.
//!
//! INVARIANT: what a node says of its value ([`Place`]) was computed by the full way at exactly this path of nodes from the root, under
//! the same plan and the same root place. So following a node never treats a value otherwise than the full way would.

use crate::mask::plan::PathState;
use crate::mask::{ClassId, MaskPlan, Rendering, Told, Treatment};

use super::kernel::{self, BLOCK, Kernel};
use super::skim::{self, Skimmed};
use super::text::TextSearch;

/// Longest remembered text between two values, in bytes: a long key with indentation. Longer ones take the full way.
pub(super) const MAX_GLUE: usize = 2 * BLOCK - 1;
/// Most nodes (some 100 bytes each): wide answers have some hundred fields. When full, nothing more is learned.
const MAX_NODES: usize = 512;
/// Most alternatives tried at one place: optional fields have a few; more means that keys are data.
const MAX_ALTERNATIVES: usize = 4;

/// Most alternatives looked through for one that is already known, before nothing is learned.
const MAX_SEEN: usize = 16;

/// What is to be done with a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// It goes through.
    Pass,
    /// It goes through and counts as a value of its class.
    Count(ClassId),
    /// It is rendered.
    Mask(ClassId),
    /// It is rendered if it looks like its class, otherwise searched.
    Guess(ClassId),
    /// Detectors search it.
    Search,
}

/// Where a value stands: all that the plan says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) state: PathState,
    /// In force here; an array hands it down.
    pub(super) told: Told,
    /// The same without what a name only guesses; an object hands this down.
    pub(super) sure: Told,
    pub(super) action: Action,
    /// Whether the value is a record, for counting.
    pub(super) record: bool,
    /// The key it stands under, or its array does.
    pub(super) name: NameId,
}

impl Place {
    /// A place of which only a treatment is known.
    pub(super) fn new(plan: &MaskPlan, state: PathState, treatment: Treatment, record: bool) -> Self {
        let told = Told::by_rule(treatment);
        Self {
            state,
            told,
            sure: told,
            action: Action::of(plan, told),
            record,
            name: NameId::default(),
        }
    }
}

impl Action {
    pub(super) fn of(plan: &MaskPlan, told: Told) -> Self {
        match told.treatment {
            Treatment::Plain => Self::Pass,
            Treatment::Detect => Self::Search,
            Treatment::Field(class) if plan.masker(class).is_guess() => Self::Guess(class),
            Treatment::Field(class) if plan.masker(class).rendering() == Rendering::Clear => Self::Count(class),
            Treatment::Field(class) => Self::Mask(class),
        }
    }
}

/// A key as the name of what is inside ([`super::keys::Names`]); the default is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct NameId(pub(super) u16);

/// How the text so far wrote what is beyond ASCII; decides how changed values are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    /// Some as `\uXXXX`.
    pub(super) escaped: bool,
    /// Some as it is.
    pub(super) raw: bool,
}

impl Style {
    pub(super) fn add(&mut self, other: Self) {
        self.escaped |= other.escaped;
        self.raw |= other.raw;
    }

    /// Whether to write ASCII only.
    pub(super) fn ascii(self) -> bool {
        self.escaped && !self.raw
    }
}

/// A node's number; 0 is the whole text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(u16);

impl NodeId {
    pub(super) const ROOT: Self = Self(0);
    /// A value that nothing is learned about.
    pub(super) const NONE: Self = Self(u16::MAX);
}

/// Where a node's successor hangs: after the value, or inside of it. Objects and arrays are told apart: the same place may hold
/// now one, now the other, and a key must never be taken for an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    After(NodeId),
    IntoObject(NodeId),
    IntoArray(NodeId),
}

#[derive(Clone, Debug)]
#[repr(align(64))]
struct Node {
    /// What stands before the value, padded with zeros.
    glue: [u8; 2 * BLOCK],
    /// A bit for each of the first [`BLOCK`] bytes of it.
    wanted: u32,
    length: u8,
    /// Nothing is to be noted beside the value.
    is_simple: bool,
    hop: Hop,
    after: NodeId,
    into_object: NodeId,
    into_array: NodeId,
    /// The next alternative on the same edge.
    other: NodeId,
}

/// Stands for the length in nodes that no bytes match.
const ANY: u8 = u8::MAX;

impl Node {
    fn new(glue: &[u8], length: u8, hop: Hop) -> Self {
        let mut padded = [0; 2 * BLOCK];
        padded[..glue.len()].copy_from_slice(glue);
        Self {
            glue: padded,
            wanted: 1_u32.checked_shl(glue.len() as u32).unwrap_or_default().wrapping_sub(1),
            length,
            is_simple: !hop.counts && !hop.place.record && hop.style == Style::default(),
            hop,
            after: NodeId::NONE,
            into_object: NodeId::NONE,
            into_array: NodeId::NONE,
            other: NodeId::NONE,
        }
    }

    /// Whether the bytes at hand begin with the glue.
    #[inline(always)]
    fn matches(&self, bytes: &[u8]) -> bool {
        match (bytes.first_chunk(), self.glue.first_chunk()) {
            (Some(head), Some(glue)) if kernel::equal(head, glue) & self.wanted == self.wanted => {
                usize::from(self.length) <= BLOCK || self.matches_slowly(bytes)
            }
            (Some(_), _) => false,
            (None, _) => self.matches_slowly(bytes),
        }
    }

    #[inline(never)]
    fn matches_slowly(&self, bytes: &[u8]) -> bool {
        let glue = self.glue.get(..usize::from(self.length));
        glue.is_some_and(|glue| bytes.starts_with(glue))
    }

    fn is(&self, glue: &[u8], hop: Hop) -> bool {
        usize::from(self.length) == glue.len() && &self.glue[..glue.len()] == glue && self.hop == hop
    }
}

/// What is known of the next value without having read its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hop {
    pub(super) place: Place,
    /// Whether it is an element that its frame has to count: one of the first, which paths can tell from one another.
    pub(super) counts: bool,
    /// How its key is written.
    pub(super) style: Style,
}

/// A value that was come to without reading its key: what the inner loop wants to know of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// Bytes before the value.
    pub(super) length: usize,
    pub(super) node: NodeId,
    /// Where the edge after the value begins.
    pub(super) after: NodeId,
    pub(super) action: Action,
    /// Nothing is to be noted beside the value: no element, no record, no style.
    pub(super) is_simple: bool,
}

impl Hop {
    /// To a value that is no element and has no key.
    pub(super) fn to(place: Place) -> Self {
        Self {
            place,
            counts: false,
            style: Style::default(),
        }
    }
}

/// The remembered nodes.
#[derive(Debug)]
pub(super) struct Shapes {
    nodes: Vec<Node>,
    root: Option<Place>,
}

impl Shapes {
    pub(super) fn new() -> Self {
        Self {
            nodes: Vec::new(),
            root: None,
        }
    }

    /// Makes ready for a text whose root stands at this place; what was learned for another root is forgotten.
    pub(super) fn begin(&mut self, root: Place) {
        let full = self.nodes.len() >= MAX_NODES;
        if self.root == Some(root) && !full {
            return;
        }
        self.root = Some(root);
        self.nodes.clear();
        self.nodes.push(Node::new(&[], ANY, Hop::to(root)));
    }

    /// Skips what needs no more than being skipped: see [`super::skim`].
    #[inline(always)]
    pub(super) fn skim<K: Kernel>(&self, search: &TextSearch, head: NodeId, bytes: &[u8], from: usize) -> Skimmed {
        let mut skimmed = Skimmed {
            at: from,
            head,
            ended: NodeId::NONE,
            next: NodeId::NONE,
            non_ascii: false,
        };
        while let Some(window) = bytes.get(skimmed.at..).and_then(<[u8]>::first_chunk) {
            let Some((id, node)) = self.matching::<K>(skimmed.head, window) else {
                break;
            };
            let length = usize::from(node.length);
            let skipped = match node.is_simple {
                true => skim::value::<K>(window, length, node.hop.place.action, search, &mut skimmed.non_ascii),
                false => None,
            };
            let Some(value) = skipped else {
                skimmed.next = id;
                break;
            };
            skimmed.at += length + value;
            skimmed.head = node.after;
            skimmed.ended = id;
        }
        skimmed
    }

    /// The node on the edge that begins with `head` whose glue these bytes begin with.
    #[inline(always)]
    fn matching<K: Kernel>(&self, head: NodeId, window: &[u8; skim::WINDOW]) -> Option<(NodeId, &Node)> {
        let mut id = head;
        loop {
            let node = self.nodes.get(usize::from(id.0))?;
            let equal = K::equal(window.first_chunk()?, node.glue.first_chunk()?);
            if equal & node.wanted == node.wanted && (usize::from(node.length) <= BLOCK || node.matches_slowly(window))
            {
                return Some((id, node));
            }
            id = node.other;
        }
    }

    /// What the inner loop wants to know of a node.
    #[inline]
    pub(super) fn step(&self, id: NodeId) -> Option<Step> {
        let node = self.nodes.get(usize::from(id.0))?;
        Some(Step {
            length: usize::from(node.length),
            node: id,
            after: node.after,
            action: node.hop.place.action,
            is_simple: node.is_simple,
        })
    }

    /// The value that follows, if the bytes at hand are those remembered on the edge that begins with this node.
    #[inline(always)]
    pub(super) fn follow(&self, head: NodeId, bytes: &[u8]) -> Option<Step> {
        let mut id = head;
        for _ in 0..MAX_ALTERNATIVES {
            let node = self.nodes.get(usize::from(id.0))?;
            if node.matches(bytes) {
                return self.step(id);
            }
            id = node.other;
        }
        None
    }

    /// What is known of a node's value.
    pub(super) fn hop(&self, id: NodeId) -> &Hop {
        &self.nodes[usize::from(id.0)].hop
    }

    /// Where the edge after a value begins.
    #[inline(always)]
    pub(super) fn after(&self, id: NodeId) -> NodeId {
        self.nodes
            .get(usize::from(id.0))
            .map_or(NodeId::NONE, |node| node.after)
    }

    /// Remembers that this glue led to this value; says which node it is, or [`NodeId::NONE`] when there is no room.
    pub(super) fn learn(&mut self, edge: Edge, glue: &[u8], hop: Hop) -> NodeId {
        let mut id = self.head(edge);
        let mut seen = 0;
        while let Some(node) = self.nodes.get(usize::from(id.0)) {
            if node.is(glue, hop) {
                return id;
            }
            (id, seen) = (node.other, seen + 1);
        }
        if seen >= MAX_ALTERNATIVES || glue.len() > MAX_GLUE {
            return self.learn_any(edge, hop);
        }
        self.insert(edge, Node::new(glue, glue.len() as u8, hop))
    }

    /// The node of a value whose key is not worth remembering, so that what is inside can be learned all the same.
    pub(super) fn learn_any(&mut self, edge: Edge, hop: Hop) -> NodeId {
        let mut id = Self::from(edge);
        if !matches!(edge, Edge::After(_)) || !self.is_any(id, hop) {
            id = self.head(edge);
            let mut seen = 0;
            while id != NodeId::NONE && !self.is_any(id, hop) {
                (id, seen) = (self.nodes[usize::from(id.0)].other, seen + 1);
                if seen > MAX_SEEN {
                    return NodeId::NONE;
                }
            }
        }
        if id == NodeId::NONE {
            return self.insert(edge, Node::new(&[], ANY, hop));
        }
        id
    }

    /// Lets an element be followed by elements like itself, so that an array of any length needs few nodes.
    pub(super) fn repeat(&mut self, edge: Edge, glue: &[u8], hop: Hop) -> Option<NodeId> {
        let Edge::After(last) = edge else { return None };
        let node = self.nodes.get_mut(usize::from(last.0))?;
        if !node.is(glue, hop) || node.after != NodeId::NONE {
            return None;
        }
        node.after = last;
        Some(last)
    }

    fn is_any(&self, id: NodeId, hop: Hop) -> bool {
        let node = self.nodes.get(usize::from(id.0));
        node.is_some_and(|node| node.length == ANY && node.hop == hop)
    }

    fn insert(&mut self, edge: Edge, mut node: Node) -> NodeId {
        if Self::from(edge) == NodeId::NONE || self.nodes.len() >= MAX_NODES {
            return NodeId::NONE;
        }
        // INVARIANT: `other` is set here and never again, and leads to an older node; so every walk over alternatives ends.
        node.other = self.head(edge);
        let id = NodeId(self.nodes.len() as u16);
        self.nodes.push(node);
        let from = &mut self.nodes[usize::from(Self::from(edge).0)];
        match edge {
            Edge::After(_) => from.after = id,
            Edge::IntoObject(_) => from.into_object = id,
            Edge::IntoArray(_) => from.into_array = id,
        }
        id
    }

    /// Where an edge begins: its latest alternative.
    pub(super) fn head(&self, edge: Edge) -> NodeId {
        let node = self.nodes.get(usize::from(Self::from(edge).0));
        node.map_or(NodeId::NONE, |node| match edge {
            Edge::After(_) => node.after,
            Edge::IntoObject(_) => node.into_object,
            Edge::IntoArray(_) => node.into_array,
        })
    }

    fn from(edge: Edge) -> NodeId {
        match edge {
            Edge::After(id) | Edge::IntoObject(id) | Edge::IntoArray(id) => id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(class: u16, counts: bool) -> Hop {
        let told = Told::by_rule(Treatment::Field(ClassId(class)));
        Hop {
            place: Place {
                state: PathState::ROOT,
                told,
                sure: told,
                action: Action::Mask(ClassId(class)),
                record: false,
                name: NameId::default(),
            },
            counts,
            style: Style::default(),
        }
    }

    fn shapes() -> Shapes {
        let mut shapes = Shapes::new();
        shapes.begin(hop(0, false).place);
        shapes
    }

    fn follow(shapes: &Shapes, edge: Edge, text: &[u8]) -> Option<(usize, NodeId)> {
        let mut bytes = [b'x'; MAX_GLUE];
        bytes[..text.len()].copy_from_slice(text);
        shapes
            .follow(shapes.head(edge), &bytes)
            .map(|step| (step.length, step.node))
    }

    #[test]
    fn follows_what_was_learned_and_nothing_else() {
        let mut shapes = shapes();
        let long = [&b",\n"[..], &[b' '; 50], b"\"key\": "].concat();
        let first = shapes.learn(Edge::IntoObject(NodeId::ROOT), b"\"id\":", hop(1, false));
        let second = shapes.learn(Edge::After(first), &long, hop(2, false));
        assert_eq!(
            follow(&shapes, Edge::IntoObject(NodeId::ROOT), b"\"id\":7"),
            Some((5, first))
        );
        assert_eq!(follow(&shapes, Edge::IntoObject(NodeId::ROOT), b"\"ic\":7"), None);
        assert_eq!(follow(&shapes, Edge::After(first), &long), Some((long.len(), second)));
        assert_eq!(follow(&shapes, Edge::After(second), &long), None);
        assert_eq!(follow(&shapes, Edge::IntoArray(NodeId::ROOT), b"\"id\":7"), None);
        assert_eq!(follow(&shapes, Edge::After(NodeId::NONE), b"\"id\":7"), None);
        assert_eq!(
            shapes.learn(Edge::IntoObject(NodeId::ROOT), b"\"id\":", hop(1, false)),
            first
        );
    }

    #[test]
    fn too_many_alternatives_share_one_node_that_matches_nothing() {
        let mut shapes = shapes();
        let edge = Edge::IntoObject(NodeId::ROOT);
        let ids: Vec<NodeId> = (0..10_u8)
            .map(|i| shapes.learn(edge, &[b'"', b'a' + i, b'"', b':'], hop(1, false)))
            .collect();
        assert!(ids[MAX_ALTERNATIVES..].iter().all(|&id| id == ids[MAX_ALTERNATIVES]));
        assert_eq!(follow(&shapes, edge, b"\"j\":"), None);
        let any = ids[9];
        assert_eq!(
            shapes.learn_any(Edge::After(any), hop(1, false)),
            any,
            "any follows any"
        );
        assert_ne!(
            shapes.learn_any(Edge::After(any), hop(2, false)),
            any,
            "but not when it is to be treated otherwise"
        );
    }

    #[test]
    fn elements_repeat() {
        let mut shapes = shapes();
        let first = shapes.learn(Edge::IntoObject(NodeId::ROOT), b"", hop(1, true));
        assert_eq!(shapes.repeat(Edge::After(first), b",", hop(1, true)), None);
        let next = shapes.learn(Edge::After(first), b",", hop(1, true));
        assert_eq!(shapes.repeat(Edge::After(next), b",", hop(1, true)), Some(next));
        assert_eq!(follow(&shapes, Edge::After(next), b",{"), Some((1, next)));
        let odd = shapes.learn(Edge::After(next), b", ", hop(1, true));
        assert_eq!(follow(&shapes, Edge::After(next), b",{"), Some((1, next)));
        assert_eq!(follow(&shapes, Edge::After(next), b", {"), Some((2, odd)));
    }

    #[test]
    fn learning_stops_when_full_and_begins_anew_with_the_next_text() {
        let mut shapes = shapes();
        let mut edge = Edge::IntoObject(NodeId::ROOT);
        for i in 0..2 * MAX_NODES {
            edge = Edge::After(shapes.learn(edge, format!(",\"{i}\":").as_bytes(), hop(1, false)));
        }
        assert_eq!(edge, Edge::After(NodeId::NONE));
        shapes.begin(hop(0, false).place);
        assert_eq!(shapes.nodes.len(), 1);
        shapes.learn(Edge::IntoObject(NodeId::ROOT), b"", hop(1, false));
        shapes.begin(hop(0, false).place);
        assert_eq!(shapes.nodes.len(), 2);
        shapes.begin(hop(9, false).place);
        assert_eq!(shapes.nodes.len(), 1, "another root place: nothing learned holds");
    }
}
