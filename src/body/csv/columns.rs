//! What each column holds: by header, wherever among the first rows it stands, and by index.

use crate::body::charset::{Charset, candidates};
use crate::mask::plan::PathState;
use crate::mask::{MaskPlan, Rendering, Treatment};

/// Rows among which the header is looked for; reports put a title and a date above it.
const HEADER_ROWS: u64 = 16;

/// Longest name, in bytes, that a row below the first may be recognised by; a sentence that mentions a phone is no header.
const MAX_LATE_NAME_BYTES: usize = 64;

/// Digits in a name (`phone2`, `2026`); more make it a value.
const MAX_NAME_DIGITS: usize = 4;

/// An index no path names, so that what the plan says goes by the name alone.
const NO_INDEX: usize = usize::MAX;

/// What is done with the cells of one column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) state: PathState,
    pub(super) treatment: Treatment,
}

/// What is done with one cell.
#[derive(Clone, Copy, Debug)]
pub(super) enum CellRule {
    Column(Column),
    /// Beyond the header, in a table that has masked columns.
    Stray,
}

/// The columns of a table, as far as they are known.
#[derive(Debug)]
pub(super) struct Columns {
    known: Vec<Column>,
    /// What the row now read would make of the columns, were it the header.
    candidate: Vec<(Column, bool)>,
    /// Whether a row with names of known fields was found.
    recognised: bool,
    /// Whether any of the named columns is shown otherwise than clear.
    masked: bool,
}

impl Columns {
    pub(super) fn new() -> Self {
        Self {
            known: Vec::new(),
            candidate: Vec::new(),
            recognised: false,
            masked: false,
        }
    }

    /// Whether the cells of row `row` (from 0, empty rows not counted) are to be shown to [`Self::consider`].
    pub(super) fn looks_for_header(&self, row: u64) -> bool {
        row == 0 || (!self.recognised && row < HEADER_ROWS)
    }

    /// What is to be done with a cell.
    pub(super) fn rule(&self, index: usize, plan: &MaskPlan) -> CellRule {
        match self.known.get(index) {
            Some(column) => CellRule::Column(*column),
            None if self.recognised && self.masked => CellRule::Stray,
            None => CellRule::Column(by_index(index, plan)),
        }
    }

    /// Takes a cell of a row that may be the header. Returns whether the cell is the name of a known field.
    pub(super) fn consider(&mut self, row: u64, cell: &[u8], charset: Charset, plan: &MaskPlan) -> bool {
        let index = self.candidate.len();
        let too_long = row > 0 && cell.len() > MAX_LATE_NAME_BYTES;
        let (column, named) = if too_long || cell.is_empty() {
            (by_index(index, plan), false)
        } else {
            named(cell, index, charset, plan)
        };
        self.candidate.push((column, named));
        named
    }

    /// Ends a row whose cells were considered: the first row is taken as it is, a later one if it holds names.
    pub(super) fn end_row(&mut self, row: u64, plan: &MaskPlan) {
        let candidate = std::mem::take(&mut self.candidate);
        let named = candidate.iter().any(|(_, named)| *named);
        if row > 0 && !named {
            return;
        }
        for (index, (column, is_named)) in candidate.into_iter().enumerate() {
            match self.known.get_mut(index) {
                // INVARIANT: a later header never makes a column more open than an earlier one left it.
                Some(known) if is_named => *known = column,
                Some(_) => {}
                None => self.known.push(column),
            }
        }
        self.recognised |= named;
        self.masked |= self.known.iter().any(|column| is_masked(column.treatment, plan));
    }
}

/// Whether a value so treated is shown otherwise than it is.
pub(super) fn is_masked(treatment: Treatment, plan: &MaskPlan) -> bool {
    matches!(treatment, Treatment::Field(class) if plan.masker(class).rendering() != Rendering::Clear)
}

/// Whether this is the name of a known field; a rule over all columns does not make every word one.
pub(super) fn names_field(name: &str, plan: &MaskPlan) -> bool {
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    if digits > MAX_NAME_DIGITS || name.contains(['{', '"', '<', '@', '=']) {
        return false;
    }
    let treatment = plan.column(Some(name), NO_INDEX).1;
    matches!(treatment, Treatment::Field(_)) && treatment != plan.column(None, NO_INDEX).1
}

fn by_index(index: usize, plan: &MaskPlan) -> Column {
    let (state, treatment) = plan.column(None, index);
    Column { state, treatment }
}

/// The column under a header cell. A name that means nothing in the file's charset is read in others too, as the label may lie: the first
/// reading that names a field counts.
fn named(cell: &[u8], index: usize, charset: Charset, plan: &MaskPlan) -> (Column, bool) {
    let readings = std::iter::once(charset).chain(candidates());
    let texts: Vec<_> = readings.filter_map(|reading| reading.decode(cell)).collect();
    let field = texts
        .iter()
        .map(|text| text.trim())
        .find(|name| names_field(name, plan));
    let name = field.or(texts.first().map(|text| text.trim()));
    let (state, treatment) = plan.column(name, index);
    (Column { state, treatment }, field.is_some())
}
