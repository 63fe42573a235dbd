//! Codes with a fixed make: unified social credit code, plate, passport.

use super::stars;
use crate::mask::lexicon;

/// Unified social credit code (GB 32100): `9144**********123X`.
pub(super) fn uscc(value: &str, out: &mut String) -> Option<()> {
    let value = value.trim();
    (value.len() == 18 && value.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(())?;
    out.push_str(&value[..4]);
    stars(10, out);
    out.push_str(&value[14..]);
    Some(())
}

/// Licence plate (GA 36): `粤B***45`, `粤B****45`.
pub(super) fn plate(value: &str, out: &mut String) -> Option<()> {
    let value = value.trim();
    let mut chars = value.chars();
    let province = chars.next().filter(|&c| lexicon::is_plate_province(c))?;
    let city = chars.next().filter(char::is_ascii_alphabetic)?;
    let number: String = chars
        .filter(|c| !matches!(c, '\u{b7}' | '\u{2022}' | ' ' | '-' | '.'))
        .collect();
    let good = |c: char| c.is_ascii_alphanumeric() || "挂学警港澳领使".contains(c);
    let count = number.chars().count();
    ((5..=6).contains(&count) && number.chars().all(good)).then_some(())?;
    out.push(province);
    out.push(city);
    stars(count - 2, out);
    out.extend(number.chars().skip(count - 2));
    Some(())
}

/// Passports: `E******78`.
pub(super) fn passport(value: &str, out: &mut String) -> Option<()> {
    let value = value.trim();
    let letters = value.bytes().take_while(u8::is_ascii_alphabetic).count();
    let digits = value[letters..].bytes().all(|b| b.is_ascii_digit());
    (digits && letters <= 3 && (8..=10).contains(&value.len())).then_some(())?;
    out.push_str(&value[..letters.min(1)]);
    stars(value.len() - 2 - letters.min(1), out);
    out.push_str(&value[value.len() - 2..]);
    Some(())
}
