//! Prices, discounts and formulas.

use crate::fpe::{CharKind, char_kind};

/// Words and signs that stand beside an amount; with anything else in it, it is a note.
const UNITS: [&str; 34] = [
    "人民币",
    "RMB",
    "CNY",
    "USD",
    "EUR",
    "HKD",
    "GBP",
    "US$",
    "HK$",
    "\u{a5}",
    "\u{ffe5}",
    "$",
    "\u{20ac}",
    "\u{a3}",
    "元",
    "圆",
    "万",
    "亿",
    "千",
    "折",
    "%",
    "\u{ff05}",
    "/",
    "每",
    "公斤",
    "千克",
    "kg",
    "KG",
    "升",
    "吨",
    "桶",
    "L",
    "t",
    "整",
];

/// Digits that must stand after the first shown one: with fewer the magnitude would be the amount.
const MIN_HIDDEN_DIGITS: usize = 1;

/// Most digits of an amount.
const MAX_AMOUNT_DIGITS: usize = 24;

/// `¥10,000.00` of `¥12,345.67`: the first digit that is not 0 is kept, all others are zeros.
pub(super) fn magnitude(value: &str, out: &mut String) -> Option<()> {
    let value = value.trim();
    let mut rest = value;
    let mut places = Places::default();
    while let Some(c) = rest.chars().next() {
        let taken = match (char_kind(c), UNITS.iter().find(|unit| rest.starts_with(*unit))) {
            (CharKind::Digit(digit), _) => places.push(digit, c, out),
            (_, Some(unit)) => {
                out.push_str(unit);
                unit.len()
            }
            (CharKind::Joiner, _) | (_, None) if matches!(c, ' ' | '.' | ',' | '\u{ff0c}' | '\u{a0}') => {
                out.push(c);
                c.len_utf8()
            }
            _ => return None,
        };
        rest = &rest[taken..];
    }
    places.enough().then_some(())
}

/// The same of a JSON number without exponent; its sign is kept.
pub(super) fn magnitude_of_number(raw: &str, out: &mut String) -> Option<()> {
    let start = out.len();
    let mut places = Places::default();
    for c in raw.chars() {
        match c {
            '0'..='9' => {
                places.push(c as u8 - b'0', c, out);
            }
            '-' | '.' => out.push(c),
            _ => break,
        }
    }
    let plain = raw.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.'));
    if !plain || !places.enough() {
        out.truncate(start);
        return None;
    }
    Some(())
}

/// Digits of an amount as they pass.
#[derive(Default)]
struct Places {
    seen: usize,
    after_first: Option<usize>,
}

impl Places {
    /// Writes what is shown in the place of a digit; answers the bytes taken.
    fn push(&mut self, digit: u8, c: char, out: &mut String) -> usize {
        self.seen += 1;
        match &mut self.after_first {
            Some(hidden) => {
                *hidden += 1;
                out.push('0');
            }
            None => {
                self.after_first = (digit != 0).then_some(0);
                out.push(char::from(b'0' + digit));
            }
        }
        c.len_utf8()
    }

    fn enough(&self) -> bool {
        self.after_first.is_some_and(|hidden| hidden >= MIN_HIDDEN_DIGITS) && self.seen <= MAX_AMOUNT_DIGITS
    }
}

/// Numbers that a formula must have to be taken for one; text with fewer is a name or a code.
const MIN_QUANTITIES: usize = 2;

/// Ingredients without their quantities: `钛白粉 **%，乳液 **%`.
pub(super) fn formula(value: &str, out: &mut String) -> Option<()> {
    let mut quantities = 0;
    let mut inside = false;
    let mut chars = value.trim().chars().peekable();
    while let Some(c) = chars.next() {
        let digit = c.is_numeric();
        let next_digit = chars.peek().is_some_and(|next| next.is_numeric());
        let within = inside && next_digit && matches!(c, '.' | ',' | '\u{ff0e}');
        if digit && !inside {
            quantities += 1;
            out.push_str("**");
        } else if !digit && !within {
            out.push(c);
        }
        inside = digit || within;
    }
    (quantities >= MIN_QUANTITIES && value.chars().any(char::is_alphabetic)).then_some(())
}
