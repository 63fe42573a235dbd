//! Numbers whose digits are hidden in place: telephone, resident id, bank card.

use crate::fpe::{CharKind, DigitString, Phone, PhoneKind, char_kind, is_mobile};

/// Writes `value` with each digit hidden that `shown` does not admit (by its place among the digits).
fn cover(value: &str, shown: impl Fn(usize) -> bool, out: &mut String) {
    let mut place = 0;
    for c in value.chars() {
        match char_kind(c) {
            CharKind::Digit(_) => {
                out.push(if shown(place) { c } else { '*' });
                place += 1;
            }
            CharKind::Invisible => {}
            _ => out.push(c),
        }
    }
}

/// `138****5678`, `(+86) 138-****-5678`, `0757-****1234`; of other numbers the last two digits.
pub(super) fn phone(value: &str, out: &mut String) -> Option<()> {
    let value = value.trim();
    let phone = Phone::read(value)?;
    let (main, digits) = (phone.main_digits, phone.digits.as_slice());
    match phone.kind {
        PhoneKind::Mobile => mobile(value, &phone, out),
        PhoneKind::Trunk if main == 12 && is_mobile(&digits[1..main]) => {
            cover(value, |i| i < 4 || (8..12).contains(&i), out);
        }
        PhoneKind::Trunk if digits[1] != 0 => {
            let area = if digits[1] <= 2 { 3 } else { 4 };
            let last = last_of_local(main - area);
            cover(value, |i| i < area || (i + last >= main && i < main), out);
        }
        PhoneKind::International => cover(
            &value.replacen(['+', '\u{ff0b}'], "*", 1),
            |i| i + 2 >= main && i < main,
            out,
        ),
        PhoneKind::Trunk | PhoneKind::Local => cover(value, |i| i + 2 >= main && i < main, out),
    }
    Some(())
}

/// How many digits at the end of a local number are shown; none where an extension may be part of what was counted.
const fn last_of_local(digits: usize) -> usize {
    match digits {
        8 => 4,
        7 => 3,
        _ => 0,
    }
}

fn mobile(value: &str, phone: &Phone, out: &mut String) {
    let (from, to) = (phone.country_digits, phone.main_digits);
    let shown = |i: usize| i < from + 3 || (i + 4 >= to && i < to);
    let sign = if phone.plus {
        value.find(['+', '\u{ff0b}'])
    } else {
        None
    };
    match sign {
        // Nothing that is written may start a formula in a spreadsheet.
        Some(0) => {
            out.push_str("(+86)");
            let national = value
                .char_indices()
                .filter(|(_, c)| matches!(char_kind(*c), CharKind::Digit(_)))
                .nth(1);
            let after = national.map_or(value, |(at, c)| &value[at + c.len_utf8()..]);
            cover(after, |i| shown(i + from), out);
        }
        _ => cover(value, shown, out),
    }
}

/// `440681********1234`; of fifteen digits `440681******123`.
pub(super) fn resident_id(value: &str, out: &mut String) -> Option<()> {
    let value = value.trim();
    let body = value.trim_end_matches(['x', 'X', '\u{ff38}', '\u{ff58}']);
    let digits = DigitString::read(body)?.len();
    let last = match (digits, value[body.len()..].chars().count()) {
        (18, 0) => 4,
        (17, 1) | (15, 0) => 3,
        _ => return None,
    };
    cover(value, |i| i < 6 || i + last >= digits, out);
    Some(())
}

/// `6222 **** **** 1234`; of fewer than sixteen digits the last four.
pub(super) fn bank_card(value: &str, out: &mut String) -> Option<()> {
    let value = value.trim();
    let digits = DigitString::read(value)?.len();
    let first = match digits {
        12..=15 => 0,
        16..=30 => 4,
        _ => return None,
    };
    cover(value, |i| i < first || i + 4 >= digits, out);
    Some(())
}
