//! Counting: which classes an answer held, and in how many records.

use super::super::{ClassId, Rendering};
use super::MaskPlan;

/// What a rewriter did: counts by class, never values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records that held at least one value of a data class in a rendering more open than redacted (so clear ones count too).
    ///
    /// A record is what stands at the route's `records` path. Without one, it is each element of the outermost arrays, each member of
    /// an outermost object whose keys are numbers (how some writers put arrays), each row of a table and each text of a sequence.
    /// Values that stand in no record count together as one more.
    pub records: u64,
    /// Values by class index, in whatever rendering (clear and redacted too), by rule, name or detector. `null` and empty text are no values.
    pub values: Vec<u64>,
    /// How many of them only a detector found, where no rule and no name spoke.
    pub detected: u64,
    /// The answer could not be read to its end, so the counts are too low. Only under a plan that is all clear: any other is cut.
    pub unread: bool,
}

impl Tally {
    /// Adds what another part of the same answer held.
    pub fn absorb(&mut self, other: &Self) {
        self.records += other.records;
        self.detected += other.detected;
        self.unread |= other.unread;
        if self.values.len() < other.values.len() {
            self.values.resize(other.values.len(), 0);
        }
        for (mine, theirs) in self.values.iter_mut().zip(&other.values) {
            *mine += theirs;
        }
    }
}

/// Keeps a [`Tally`] while an answer streams.
#[derive(Clone, Debug)]
pub struct Counter {
    tally: Tally,
    /// By class: whether it is shown in a more open form than redacted.
    open: Vec<bool>,
    in_record: bool,
    /// The record at hand held an open value.
    hit: bool,
    /// An open value stood outside of all records.
    stray: bool,
}

impl Counter {
    /// Starts at nothing.
    pub fn new(plan: &MaskPlan) -> Self {
        let open: Vec<bool> = plan
            .maskers()
            .iter()
            .map(|masker| masker.rendering() > Rendering::Redacted)
            .collect();
        Self {
            tally: Tally {
                values: vec![0; open.len()],
                ..Tally::default()
            },
            open,
            in_record: false,
            hit: false,
            stray: false,
        }
    }

    /// A record begins.
    pub fn begin_record(&mut self) {
        self.in_record = true;
        self.hit = false;
    }

    /// The record ends.
    pub fn end_record(&mut self) {
        self.tally.records += u64::from(self.hit);
        self.in_record = false;
        self.hit = false;
    }

    /// Whether a record is at hand.
    pub fn in_record(&self) -> bool {
        self.in_record
    }

    /// A value of a class that a rule or a name told.
    #[inline]
    pub fn value(&mut self, class: ClassId) {
        let class = usize::from(class.0);
        self.tally.values[class] += 1;
        if self.open[class] {
            if self.in_record {
                self.hit = true;
            } else {
                self.stray = true;
            }
        }
    }

    /// A value of a class that a detector found.
    pub fn detected(&mut self, class: ClassId) {
        self.value(class);
        self.tally.detected += 1;
    }

    /// Adds what a text inside a value of this answer held; it belongs to the record at hand.
    pub fn absorb(&mut self, inner: &Self) {
        self.tally.detected += inner.tally.detected;
        for (mine, theirs) in self.tally.values.iter_mut().zip(&inner.tally.values) {
            *mine += theirs;
        }
        if inner.so_far() > 0 {
            if self.in_record {
                self.hit = true;
            } else {
                self.stray = true;
            }
        }
    }

    /// Forgets everything, to count again.
    pub fn clear(&mut self) {
        self.tally.records = 0;
        self.tally.detected = 0;
        self.tally.values.fill(0);
        (self.in_record, self.hit, self.stray) = (false, false, false);
    }

    /// Records counted by now, the one at hand included.
    pub fn so_far(&self) -> u64 {
        self.tally.records + u64::from(self.hit) + u64::from(self.stray)
    }

    /// Ends the count.
    pub fn finish(mut self) -> Tally {
        self.tally.records = self.so_far();
        self.tally
    }
}
