//! casbin's policy effect, which also remembers which rules decided.
//!
//! casbin's own knows four expressions and panics at a fifth; this one knows the one that is safe and allows nothing under any other.

use std::sync::Arc;

use casbin::{EffectKind, Effector, EffectorStream};
use parking_lot::Mutex;

/// Some rule allows and none denies, as casbin rewrites it.
const ALLOW_AND_NO_DENY: &str = "some(where (p_eft == allow)) && !some(where (p_eft == deny))";

/// The rules (by index) that decided the last question: those that deny, or else those that allow.
#[derive(Debug, Default)]
pub(super) struct Decided(Mutex<Vec<usize>>);

impl Decided {
    pub(super) fn take(&self) -> Vec<usize> {
        std::mem::take(&mut self.0.lock())
    }
}

pub(super) struct Decider(pub Arc<Decided>);

impl Effector for Decider {
    fn new_stream(&self, expression: &str, _: usize) -> Box<dyn EffectorStream> {
        self.0.take();
        Box::new(Stream {
            decided: Arc::clone(&self.0),
            known: expression == ALLOW_AND_NO_DENY,
            next: 0,
            allow: Vec::new(),
            deny: Vec::new(),
        })
    }
}

struct Stream {
    decided: Arc<Decided>,
    known: bool,
    next: usize,
    allow: Vec<usize>,
    deny: Vec<usize>,
}

impl EffectorStream for Stream {
    fn next(&self) -> bool {
        let denied = !self.deny.is_empty();
        *self.decided.0.lock() = if denied { self.deny.clone() } else { self.allow.clone() };
        self.known && !denied && !self.allow.is_empty()
    }

    /// Never ends a question early: all rules that decide are to be named.
    fn push_effect(&mut self, effect: EffectKind) -> bool {
        match effect {
            EffectKind::Allow => self.allow.push(self.next),
            EffectKind::Deny => self.deny.push(self.next),
            EffectKind::Indeterminate => {}
        }
        self.next += 1;
        false
    }
}
