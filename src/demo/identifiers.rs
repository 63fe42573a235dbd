//! Invented identifiers with right check digits.

use super::random::Dice;

/// Weights and check characters of the resident identity number (GB 11643-1999, section 4.1: ISO 7064 MOD 11-2).
const RESIDENT_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const RESIDENT_CHECK: &[u8; 11] = b"10X98765432";

/// Alphabet and weights of the unified social credit code (GB 32100-2015, section 4.3: mod 31).
const USCC_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const USCC_WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// An 18-character resident identity number for a region and a birth date (`YYYYMMDD`).
pub(super) fn resident_id(dice: &mut Dice, region: &str, birth: &str) -> String {
    let body = format!("{region}{birth}{}", dice.digits(3));
    let sum: u32 = body
        .bytes()
        .zip(RESIDENT_WEIGHTS)
        .map(|(b, w)| u32::from(b - b'0') * w)
        .sum();
    let check = RESIDENT_CHECK[(sum % 11) as usize];
    format!("{body}{}", char::from(check))
}

/// An 18-character unified social credit code for a region.
pub(super) fn uscc(dice: &mut Dice, region: &str) -> String {
    let organisation: String = (0..9).map(|_| char::from(*dice.pick(USCC_ALPHABET))).collect();
    let body = format!("91{region}{organisation}");
    let value = |b: u8| USCC_ALPHABET.iter().position(|a| *a == b).unwrap_or(0);
    let sum: usize = body.bytes().zip(USCC_WEIGHTS).map(|(b, w)| value(b) * w).sum();
    let check = USCC_ALPHABET[(31 - sum % 31) % 31];
    format!("{body}{}", char::from(check))
}

/// A 19-digit debit card number under a UnionPay prefix with a right Luhn digit (ISO/IEC 7812-1, annex B).
pub(super) fn bank_card(dice: &mut Dice) -> String {
    let prefix = dice.pick(&["621700", "622848", "622202", "621661", "623058"]);
    let body = format!("{prefix}{}", dice.digits(12));
    let check = (10 - luhn_sum(&body) % 10) % 10;
    format!("{body}{check}")
}

/// The Luhn sum of a number whose check digit is still to be put behind it.
fn luhn_sum(body: &str) -> u32 {
    let doubled = |(i, b): (usize, u8)| {
        let digit = u32::from(b - b'0') * if i % 2 == 0 { 2 } else { 1 };
        digit / 10 + digit % 10
    };
    body.bytes().rev().enumerate().map(doubled).sum()
}

/// A mobile number of the PRC numbering plan: eleven digits, 13 to 19.
pub(super) fn mobile(dice: &mut Dice) -> String {
    let prefix = dice.pick(&[
        "130", "135", "136", "137", "138", "139", "150", "158", "177", "186", "188", "199",
    ]);
    format!("{prefix}{}", dice.digits(8))
}

/// A number plate: province, city letter, five characters; electric vehicles have six.
pub(super) fn plate(dice: &mut Dice, province: char) -> String {
    let letter = char::from(*dice.pick(b"ABCDEFGH"));
    let tail: String = (0..5)
        .map(|_| char::from(*dice.pick(b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")))
        .collect();
    let electric = if dice.chance(20) { "D" } else { "" };
    format!("{province}{letter}{electric}{tail}")
}

/// A passport number of the PRC: a letter and eight digits.
pub(super) fn passport(dice: &mut Dice) -> String {
    format!("E{}", dice.digits(8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_of_gb_11643_has_its_check_digit() {
        let body = "11010519491231002";
        let sum: u32 = body
            .bytes()
            .zip(RESIDENT_WEIGHTS)
            .map(|(b, w)| u32::from(b - b'0') * w)
            .sum();
        assert_eq!(RESIDENT_CHECK[(sum % 11) as usize], b'X');
    }

    #[test]
    fn cards_pass_luhn() {
        let mut dice = Dice::new(7);
        for _ in 0..200 {
            let card = bank_card(&mut dice);
            let (body, check) = card.split_at(18);
            assert_eq!((luhn_sum(body) + check.parse::<u32>().unwrap()) % 10, 0);
        }
    }
}
