//! The walk through the rows: where cells begin and end, and which of them are written anew.

use std::sync::Arc;

use super::cell;
use super::columns::{CellRule, Columns, is_masked};
use super::dialect::Dialect;
use super::pen::Pen;
use super::scan::{BLOCK_BYTES, Marks};
use crate::body::charset::{Charset, char_bytes};
use crate::body::{BodyError, BodyLimits};
use crate::mask::{MaskPlan, Tally, Treatment};

/// Where the walk stands within a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    /// Not in quotes (or behind them).
    Bare,
    Quoted,
    /// A quote was met in quotes: a second one at this place of the file makes a literal quote, anything else ends them.
    QuoteMet {
        next: u64,
    },
}

/// What a carriage return means outside quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Returns {
    Unknown,
    /// The first one stood right before this place of the file.
    Met {
        next: u64,
    },
    EndRows,
    /// They stand before line feeds, which end the rows.
    Belong,
}

/// The state of the walk, from the first row on.
pub(super) struct Rows {
    plan: Arc<MaskPlan>,
    marks: Marks,
    max_cell: usize,
    columns: Columns,
    within: Within,
    returns: Returns,
    /// Rows ended, empty ones not counted.
    row: u64,
    column: usize,
    /// What is done with the cell at hand.
    rule: CellRule,
    /// Whether the cell at hand has to be whole before it can leave; otherwise its bytes pass as they come.
    holds: bool,
    /// Bytes of the cell at hand from earlier chunks, if it is held.
    carry: Vec<u8>,
    /// How many bytes the cell at hand had in earlier chunks, held or not.
    before: u64,
    /// Place of the chunk's first byte in the file.
    offset: u64,
    /// The row at hand has no byte but its end: such as between CR and LF. It is no row.
    blank_row: bool,
    pen: Pen,
}

impl Rows {
    pub(super) fn new(plan: Arc<MaskPlan>, limits: &BodyLimits, dialect: Dialect) -> Self {
        let columns = Columns::new();
        Self {
            pen: Pen::new(&plan, limits, dialect),
            marks: Marks::new(dialect.delimiter),
            max_cell: limits.max_value_bytes,
            rule: columns.rule(0, &plan),
            columns,
            within: Within::Bare,
            returns: Returns::Unknown,
            row: 0,
            column: 0,
            holds: true,
            carry: Vec::new(),
            before: 0,
            offset: dialect.preamble as u64,
            blank_row: false,
            plan,
        }
    }

    pub(super) fn charset(&self) -> Charset {
        self.pen.dialect.charset
    }

    pub(super) fn records_so_far(&self) -> u64 {
        self.pen.counter.so_far()
    }

    pub(super) fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), BodyError> {
        let mut walk = Walk {
            chunk,
            start: 0,
            copied: 0,
        };
        let mut block = 0;
        while block < chunk.len() {
            let mut mask = self.marks.mask(&chunk[block..]);
            while mask != 0 {
                let at = block + mask.trailing_zeros() as usize;
                mask &= mask - 1;
                if self.ends_cell(&walk, at) {
                    self.end_cell(&mut walk, at, out)?;
                }
            }
            block += BLOCK_BYTES;
        }
        self.end_chunk(&walk, out)
    }

    /// Ends the file, which may end without a line end, but not in quotes.
    pub(super) fn finish(mut self, out: &mut Vec<u8>) -> Result<Tally, BodyError> {
        if self.within == Within::Quoted {
            return Err(BodyError::Truncated {
                format: "CSV",
                at: self.offset,
            });
        }
        let mut walk = Walk {
            chunk: &[],
            start: 0,
            copied: 0,
        };
        if self.before > 0 || self.column > 0 {
            self.write_cell(&mut walk, 0, true, out)?;
            self.end_row();
        }
        Ok(self.pen.counter.finish())
    }

    /// Whether the mark at `at` ends the cell at hand.
    fn ends_cell(&mut self, walk: &Walk<'_>, at: usize) -> bool {
        let (byte, place) = (walk.chunk[at], self.offset + at as u64);
        if let Within::QuoteMet { next } = self.within {
            self.within = if byte == b'"' && place == next {
                Within::Quoted
            } else {
                Within::Bare
            };
            if byte == b'"' {
                return false;
            }
        }
        match byte {
            b'"' if self.within == Within::Quoted => self.within = Within::QuoteMet { next: place + 1 },
            b'"' if at == walk.start && self.before == 0 => self.within = Within::Quoted,
            b'"' => {}
            _ if self.within == Within::Quoted => {}
            b'\n' => {
                self.returns.settle(place, true);
                return true;
            }
            b'\r' => return self.returns.ends_row(place),
            _ => return !self.is_trail(walk, at),
        }
        false
    }

    /// Whether the byte at `at` is the second half of a character: `|` can be, in GBK and Big5.
    fn is_trail(&self, walk: &Walk<'_>, at: usize) -> bool {
        let Charset::Legacy(encoding) = self.pen.dialect.charset else {
            return false;
        };
        if self.pen.dialect.delimiter < 0x40 || encoding.is_single_byte() {
            return false;
        }
        let mut cell = self.carry.clone();
        cell.extend_from_slice(&walk.chunk[walk.start..=at]);
        let mut place = 0;
        while place + 1 < cell.len() {
            place += char_bytes(encoding, &cell[place..]).unwrap_or(1);
        }
        place >= cell.len()
    }

    fn end_cell(&mut self, walk: &mut Walk<'_>, at: usize, out: &mut Vec<u8>) -> Result<(), BodyError> {
        let ends_row = walk.chunk[at] != self.pen.dialect.delimiter;
        self.write_cell(walk, at, ends_row, out)?;
        walk.start = at + 1;
        self.before = 0;
        self.within = Within::Bare;
        if ends_row {
            self.end_row();
        } else {
            self.column += 1;
        }
        self.begin_cell();
        Ok(())
    }

    fn end_row(&mut self) {
        if std::mem::take(&mut self.blank_row) {
            return;
        }
        if self.columns.looks_for_header(self.row) {
            self.columns.end_row(self.row, &self.plan);
        }
        self.pen.end_record();
        self.row += 1;
        self.column = 0;
    }

    /// What is to be done with the cell that begins, and whether it has to be whole for that.
    #[inline]
    fn begin_cell(&mut self) {
        self.rule = self.columns.rule(self.column, &self.plan);
        let plain = matches!(self.rule, CellRule::Column(column) if column.treatment == Treatment::Plain);
        self.holds = !plain || self.marks.may_be_hidden() || self.columns.looks_for_header(self.row);
    }

    /// Ends a chunk in the middle of a cell.
    fn end_chunk(&mut self, walk: &Walk<'_>, out: &mut Vec<u8>) -> Result<(), BodyError> {
        let rest = &walk.chunk[walk.start..];
        if self.holds {
            out.extend_from_slice(&walk.chunk[walk.copied..walk.start]);
            self.carry.extend_from_slice(rest);
            self.check_length(self.carry.len(), self.offset + walk.chunk.len() as u64)?;
        } else {
            out.extend_from_slice(&walk.chunk[walk.copied..]);
        }
        self.before += rest.len() as u64;
        self.offset += walk.chunk.len() as u64;
        Ok(())
    }

    fn check_length(&self, length: usize, at: u64) -> Result<(), BodyError> {
        if length > self.max_cell {
            return Err(BodyError::ValueTooLong {
                limit: self.max_cell,
                at,
            });
        }
        Ok(())
    }

    /// The cell at hand ends before `end`: copies it, or writes it anew.
    #[inline]
    fn write_cell(
        &mut self,
        walk: &mut Walk<'_>,
        end: usize,
        ends_row: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), BodyError> {
        if !self.holds {
            return Ok(());
        }
        let place = self.offset + end as u64;
        if self.before == 0 {
            let raw = &walk.chunk[walk.start..end];
            self.check_length(raw.len(), place)?;
            if self.render(raw, ends_row) {
                out.extend_from_slice(&walk.chunk[walk.copied..walk.start]);
                out.extend_from_slice(&self.pen.cell);
                walk.copied = end;
            }
            return Ok(());
        }
        let mut raw = std::mem::take(&mut self.carry);
        raw.extend_from_slice(&walk.chunk[..end]);
        self.check_length(raw.len(), place)?;
        let written = self.render(&raw, ends_row);
        out.extend_from_slice(if written { &self.pen.cell } else { &raw });
        walk.copied = end;
        raw.clear();
        self.carry = raw;
        Ok(())
    }

    /// Whether the cell is to be written anew; what then stands there is the pen's.
    #[inline]
    fn render(&mut self, raw: &[u8], ends_row: bool) -> bool {
        let cell = if ends_row {
            raw.strip_suffix(b"\r").unwrap_or(raw)
        } else {
            raw
        };
        self.blank_row = ends_row && self.column == 0 && cell.is_empty();
        if self.blank_row {
            return false;
        }
        let rule = self.rule;
        if self.columns.looks_for_header(self.row) && self.is_header_name(cell, rule) {
            return false;
        }
        !cell.is_empty() && self.pen.write(cell, &raw[cell.len()..], rule, &self.plan)
    }

    /// Considers a cell of a row that may be the header; whether it is shown as it is. A column that is masked by its index shows names of
    /// known fields in the first row only: below it, they may be data.
    fn is_header_name(&mut self, raw: &[u8], rule: CellRule) -> bool {
        let named = self
            .columns
            .consider(self.row, &cell::content(raw), self.pen.dialect.charset, &self.plan);
        match rule {
            CellRule::Column(column) => named && (self.row == 0 || !is_masked(column.treatment, &self.plan)),
            CellRule::Stray => false,
        }
    }
}

/// One chunk being walked through.
struct Walk<'a> {
    chunk: &'a [u8],
    /// Where the cell at hand begins in the chunk; 0 if it began before.
    start: usize,
    /// Up to where the chunk is already in the output.
    copied: usize,
}

impl Returns {
    /// The first carriage return tells what all mean: before a line feed, or not.
    fn settle(&mut self, place: u64, line_feed: bool) {
        if let Self::Met { next } = *self {
            *self = if line_feed && next == place {
                Self::Belong
            } else {
                Self::EndRows
            };
        }
    }

    fn ends_row(&mut self, place: u64) -> bool {
        self.settle(place, false);
        if *self == Self::Unknown {
            *self = Self::Met { next: place + 1 };
            return true;
        }
        *self != Self::Belong
    }
}
