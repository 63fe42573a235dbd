//! Check digits, and the rule that makes those of surrogates wrong.

/// Weights of GB 11643-1999 (ISO 7064 MOD 11-2) for the seventeen digits of a resident id.
const RESIDENT_ID_WEIGHTS: [u8; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// Check character of a resident id (GB 11643) by the weighted sum modulo 11; `X` is ten.
const RESIDENT_ID_CHECKS: [u8; 11] = [1, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2];

/// What is added to a right check digit to make the surrogate's: half the alphabet away, so that it is its own inverse.
const CHECK_SHIFT: u8 = 5;

/// The check character of a resident id's seventeen digits: 0 to 9, or 10 for `X`. `None` for another count of digits.
pub fn resident_id_check(body: &[u8]) -> Option<u8> {
    if body.len() != RESIDENT_ID_WEIGHTS.len() {
        return None;
    }
    let sum: u32 = body
        .iter()
        .zip(RESIDENT_ID_WEIGHTS)
        .map(|(&d, w)| u32::from(d) * u32::from(w))
        .sum();
    Some(RESIDENT_ID_CHECKS[(sum % 11) as usize])
}

/// The Luhn digit (ISO/IEC 7812-1, annex B) that completes `body`.
pub fn bank_card_check_digit(body: &[u8]) -> u8 {
    let sum: u32 = body.iter().rev().enumerate().map(|(i, &d)| luhn_term(i, d)).sum();
    ((10 - sum % 10) % 10) as u8
}

fn luhn_term(place: usize, digit: u8) -> u32 {
    let doubled = u32::from(digit) * if place.is_multiple_of(2) { 2 } else { 1 };
    doubled / 10 + doubled % 10
}

/// The check digit that a surrogate carries where `right` would be valid: never right, never `X`.
pub const fn surrogate_of_check(right: u8) -> u8 {
    if right == 10 { 0 } else { (right + CHECK_SHIFT) % 10 }
}

/// Whether `check` marks a surrogate whose right check digit would be `right`.
pub const fn is_surrogate_check(right: u8, check: u8) -> bool {
    surrogate_of_check(right) == check
}
