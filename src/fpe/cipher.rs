//! [`SurrogateCipher`]: a surrogate form under a key, for one tenant.

use super::digits::{CharKind, DigitString, char_kind, push_like, value as integer, write_value};
use super::ff1::Direction;
use super::rules::{bank_card_check_digit, resident_id_check, surrogate_of_check};
use super::{Ff1, FpeError, Phone, PhoneKind, PreparedDomain, SurrogateForm, SurrogateKey, SurrogateRule};

/// The version of everything that decides which surrogate an original gets: tweak, rules, markers. It is part of the tweak.
pub const FORMAT_VERSION: u8 = 1;

/// What stands in the place of a mobile number's first digit, of a trunk prefix and of a plus sign.
const MOBILE_MARK: u8 = 2;
const TRUNK_MARK: u8 = 3;
const PLUS_MARK: u8 = 6;

/// Where the first digit of the month stands in a fifteen-digit resident id, and what is added to it.
const OLD_ID_MONTH: usize = 8;
const OLD_ID_MARK: u8 = 8;

/// Part of the tweak: what was encrypted. What stays in clear of a value of one kind is the same for all values of that kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Kind {
    Mobile = 1,
    Trunk = 2,
    International = 3,
    ResidentId18 = 4,
    ResidentId15 = 5,
    BankCard = 6,
    Marked = 7,
}

/// The prepared domains of one kind, by length.
struct Family {
    kind: Kind,
    shortest: usize,
    domains: Vec<PreparedDomain>,
}

/// FF1 under one key for one tenant, class and format version.
///
/// Tweak: `FORMAT_VERSION ‖ kind ‖ len(tenant) ‖ tenant ‖ len(domain) ‖ domain`, lengths as four bytes big-endian. Formatting and the
/// country code 86 are not part of it, so that one number has one surrogate in every spelling.
pub struct SurrogateCipher {
    form: SurrogateForm,
    ff1: Ff1,
    families: Vec<Family>,
}

impl std::fmt::Debug for SurrogateCipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SurrogateCipher")
            .field("domain", &self.form.domain())
            .finish_non_exhaustive()
    }
}

impl SurrogateCipher {
    /// A cipher for one form and tenant.
    pub fn new(key: &SurrogateKey, form: SurrogateForm, tenant: &str) -> Result<Self, FpeError> {
        let ff1 = Ff1::new(key.expose(), 10)?;
        let family = |(kind, lengths): (Kind, std::ops::RangeInclusive<usize>)| {
            let tweak = tweak(kind, tenant, form.domain());
            Ok(Family {
                kind,
                shortest: *lengths.start(),
                domains: lengths
                    .map(|n| ff1.prepare(&tweak, n))
                    .collect::<Result<_, FpeError>>()?,
            })
        };
        let families = kinds(form.rule())
            .into_iter()
            .map(family)
            .collect::<Result<_, FpeError>>()?;
        Ok(Self { form, ff1, families })
    }

    /// Appends the surrogate of `value`. Appends nothing and answers `false` where it has none: then the caller redacts.
    #[must_use]
    pub fn encrypt(&self, value: &str, out: &mut String) -> bool {
        let start = out.len();
        let done = match self.form.rule() {
            SurrogateRule::Phone => self.encrypt_phone(value, out),
            SurrogateRule::ResidentId => self.encrypt_resident_id(value, out),
            SurrogateRule::BankCard => self.encrypt_bank_card(value, out),
            SurrogateRule::Marked { lead, marker, .. } => self.marked(value, lead, marker, Direction::Encrypt, out),
        };
        finish(done, start, out)
    }

    /// Appends the original of a surrogate. Appends nothing and answers `false` where `value` is no surrogate of this form.
    ///
    /// It is the original's characters but for three: `+86` at the start comes back from `(+86)`, a lower-case `x` of a resident id
    /// as `X`, and so an original that began with `(+86)` as `+86`.
    #[must_use]
    pub fn decrypt(&self, value: &str, out: &mut String) -> bool {
        let start = out.len();
        let done = match self.form.rule() {
            SurrogateRule::Phone => self.decrypt_phone(value, out),
            SurrogateRule::ResidentId => self.decrypt_resident_id(value, out),
            SurrogateRule::BankCard => self.decrypt_bank_card(value, out),
            SurrogateRule::Marked { lead, marker, .. } => self.marked(value, marker, lead, Direction::Decrypt, out),
        };
        finish(done, start, out)
    }

    fn encrypt_phone(&self, value: &str, out: &mut String) -> Option<()> {
        let phone = Phone::read(value)?;
        let mut digits = phone.digits;
        let all = digits.as_mut_slice();
        match phone.kind {
            PhoneKind::Mobile if phone.main_digits == all.len() => {
                let national = all.get_mut(phone.country_digits..)?;
                *national.first_mut()? = MOBILE_MARK;
                self.apply(Kind::Mobile, national.get_mut(1..)?, Direction::Encrypt)?;
                write_phone(value, digits.as_slice(), phone.plus, out);
            }
            PhoneKind::Trunk => {
                *all.first_mut()? = TRUNK_MARK;
                self.apply(Kind::Trunk, all.get_mut(1..)?, Direction::Encrypt)?;
                write_digits(value, digits.as_slice(), out);
            }
            PhoneKind::International => {
                self.apply(Kind::International, all, Direction::Encrypt)?;
                write_international(value, digits.as_slice(), out);
            }
            PhoneKind::Mobile | PhoneKind::Local => return None,
        }
        Some(())
    }

    fn decrypt_phone(&self, value: &str, out: &mut String) -> Option<()> {
        let mut digits = Phone::read(value)?.digits;
        let all = digits.as_mut_slice();
        let country = match all {
            [0, 0, 8, 6, MOBILE_MARK, ..] => 4,
            [8, 6, MOBILE_MARK, ..] => 2,
            _ => 0,
        };
        match (all.get_mut(country..)?, value.strip_prefix("(+86)")) {
            ([first @ MOBILE_MARK, rest @ ..], wrapped) if rest.len() == 10 => {
                *first = 1;
                self.apply(Kind::Mobile, rest, Direction::Decrypt)?;
                (rest[0] >= 3).then_some(())?;
                if let Some(after) = wrapped {
                    out.push_str("+86");
                    write_digits(after, digits.as_slice().get(2..)?, out);
                } else {
                    write_digits(value, digits.as_slice(), out);
                }
            }
            ([first @ TRUNK_MARK, rest @ ..], None) => {
                *first = 0;
                self.apply(Kind::Trunk, rest, Direction::Decrypt)?;
                write_digits(value, digits.as_slice(), out);
            }
            ([PLUS_MARK, rest @ ..], None) => {
                self.apply(Kind::International, rest, Direction::Decrypt)?;
                (rest[0] != 0).then_some(())?;
                let mark = value
                    .char_indices()
                    .find(|(_, c)| matches!(char_kind(*c), CharKind::Digit(_)))?;
                out.push_str(&value[..mark.0]);
                out.push('+');
                write_digits(&value[mark.0 + mark.1.len_utf8()..], digits.as_slice().get(1..)?, out);
            }
            _ => return None,
        }
        Some(())
    }

    fn encrypt_resident_id(&self, value: &str, out: &mut String) -> Option<()> {
        let (mut digits, check) = read_resident_id(value)?;
        let body = digits.as_mut_slice();
        match check {
            Some(check) => {
                (body[0] != 0 && resident_id_check(body)? == check).then_some(())?;
                self.apply(Kind::ResidentId18, body, Direction::Encrypt)?;
                let mark = surrogate_of_check(resident_id_check(body)?);
                digits.push(mark).then_some(())?;
            }
            None => {
                (is_old_id(body) && has_old_id_date(body)).then_some(())?;
                self.apply(Kind::ResidentId15, body, Direction::Encrypt)?;
                body[OLD_ID_MONTH] += OLD_ID_MARK;
            }
        }
        write_digits(value, digits.as_slice(), out);
        Some(())
    }

    fn decrypt_resident_id(&self, value: &str, out: &mut String) -> Option<()> {
        let (mut digits, check) = read_resident_id(value)?;
        let body = digits.as_mut_slice();
        if let Some(check) = check {
            (body[0] != 0 && surrogate_of_check(resident_id_check(body)?) == check).then_some(())?;
            self.apply(Kind::ResidentId18, body, Direction::Decrypt)?;
            let right = resident_id_check(body)?;
            digits.push(right).then_some(())?;
        } else {
            body[OLD_ID_MONTH] = body[OLD_ID_MONTH].checked_sub(OLD_ID_MARK)?;
            is_old_id(body).then_some(())?;
            self.apply(Kind::ResidentId15, body, Direction::Decrypt)?;
            has_old_id_date(body).then_some(())?;
        }
        write_digits(value, digits.as_slice(), out);
        Some(())
    }

    fn encrypt_bank_card(&self, value: &str, out: &mut String) -> Option<()> {
        let mut digits = DigitString::read(value.trim())?;
        let (check, body) = digits.as_mut_slice().split_last_mut()?;
        (body.first() != Some(&0) && bank_card_check_digit(body) == *check).then_some(())?;
        self.apply(Kind::BankCard, body, Direction::Encrypt)?;
        *check = surrogate_of_check(bank_card_check_digit(body));
        write_digits(value, digits.as_slice(), out);
        Some(())
    }

    fn decrypt_bank_card(&self, value: &str, out: &mut String) -> Option<()> {
        let mut digits = DigitString::read(value.trim())?;
        let (check, body) = digits.as_mut_slice().split_last_mut()?;
        let marked = surrogate_of_check(bank_card_check_digit(body)) == *check;
        (body.first() != Some(&0) && marked).then_some(())?;
        self.apply(Kind::BankCard, body, Direction::Decrypt)?;
        *check = bank_card_check_digit(body);
        write_digits(value, digits.as_slice(), out);
        Some(())
    }

    fn marked(&self, value: &str, from: &str, to: &str, direction: Direction, out: &mut String) -> Option<()> {
        let mut digits = DigitString::read(value.trim())?;
        let (lead, rest) = digits.as_mut_slice().split_at_mut_checked(from.len())?;
        for (slot, (from, to)) in lead.iter_mut().zip(from.bytes().zip(to.bytes())) {
            (*slot == from - b'0').then_some(())?;
            *slot = to - b'0';
        }
        self.apply(Kind::Marked, rest, direction)?;
        write_digits(value, digits.as_slice(), out);
        Some(())
    }

    /// FF1 over `digits` in place; walks the cycle until the kind's condition holds, which it does before and after.
    fn apply(&self, kind: Kind, digits: &mut [u8], direction: Direction) -> Option<()> {
        let family = self.families.iter().find(|family| family.kind == kind)?;
        let domain = family.domains.get(digits.len().checked_sub(family.shortest)?)?;
        let (left, right) = digits.split_at_mut(digits.len() / 2);
        let mut halves = (integer(left), integer(right));
        // INVARIANT: the condition held for the input, and FF1 is a permutation, so the walk comes back to a string that meets it.
        loop {
            halves = match direction {
                Direction::Encrypt => domain.encrypt_halves(&self.ff1, halves),
                Direction::Decrypt => domain.decrypt_halves(&self.ff1, halves),
            };
            write_value(halves.0, left);
            write_value(halves.1, right);
            let settled = match kind {
                Kind::ResidentId18 | Kind::BankCard => left[0] != 0,
                Kind::ResidentId15 => left[0] != 0 && right[OLD_ID_MONTH - left.len()] <= 1,
                _ => true,
            };
            if settled {
                return Some(());
            }
        }
    }
}

fn finish(done: Option<()>, start: usize, out: &mut String) -> bool {
    if done.is_none() {
        out.truncate(start);
    }
    done.is_some()
}

fn kinds(rule: &SurrogateRule) -> Vec<(Kind, std::ops::RangeInclusive<usize>)> {
    match rule {
        SurrogateRule::Phone => vec![
            (Kind::Mobile, 10..=10),
            (Kind::Trunk, 9..=16),
            (Kind::International, 8..=15),
        ],
        SurrogateRule::ResidentId => vec![(Kind::ResidentId18, 17..=17), (Kind::ResidentId15, 15..=15)],
        SurrogateRule::BankCard => vec![(Kind::BankCard, 12..=18)],
        SurrogateRule::Marked {
            lead,
            min_digits,
            max_digits,
            ..
        } => vec![(Kind::Marked, min_digits - lead.len()..=max_digits - lead.len())],
    }
}

fn tweak(kind: Kind, tenant: &str, domain: &str) -> Vec<u8> {
    let mut tweak = vec![FORMAT_VERSION, kind as u8];
    for part in [tenant, domain] {
        tweak.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        tweak.extend(part.as_bytes());
    }
    tweak
}

/// Seventeen digits and a check character (0 to 10), or fifteen digits and none.
fn read_resident_id(value: &str) -> Option<(DigitString, Option<u8>)> {
    let text = value.trim();
    let mut digits = DigitString::default();
    if let Some(body) = text.strip_suffix(['x', 'X', '\u{ff38}', '\u{ff58}']) {
        digits = DigitString::read(body)?;
        return (digits.len() == 17).then_some((digits, Some(10)));
    }
    let all = DigitString::read(text)?;
    let (body, check) = match all.len() {
        18 => (&all.as_slice()[..17], Some(all.as_slice()[17])),
        15 => (all.as_slice(), None),
        _ => return None,
    };
    body.iter().all(|&d| digits.push(d)).then_some((digits, check))
}

/// What holds for each fifteen-digit original, and so for the strings that a cycle may end in.
fn is_old_id(digits: &[u8]) -> bool {
    digits.len() == 15 && digits[0] != 0 && digits[OLD_ID_MONTH] <= 1
}

fn has_old_id_date(digits: &[u8]) -> bool {
    let pair = |at: usize| digits[at] * 10 + digits[at + 1];
    (1..=12).contains(&pair(8)) && (1..=31).contains(&pair(10))
}

/// Writes `value` with its digits (and a final `X`) replaced in order.
fn write_digits(value: &str, digits: &[u8], out: &mut String) {
    let mut next = digits.iter().copied();
    for c in value.chars() {
        match (char_kind(c), c) {
            (CharKind::Digit(_), _) => write_check(next.next().unwrap_or_default(), c, out),
            (_, 'x' | 'X' | '\u{ff38}' | '\u{ff58}') if next.len() == 1 => {
                let like = if c.is_ascii() { '0' } else { '\u{ff10}' };
                write_check(next.next().unwrap_or_default(), like, out);
            }
            _ => out.push(c),
        }
    }
}

fn write_check(digit: u8, like: char, out: &mut String) {
    match digit {
        10 => out.push(if like.is_ascii() { 'X' } else { '\u{ff38}' }),
        _ => push_like(out, like, digit),
    }
}

/// A mobile number; `+86` at the start becomes `(+86)`.
fn write_phone(value: &str, digits: &[u8], plus: bool, out: &mut String) {
    let sign = value.find(['+', '\u{ff0b}']).filter(|_| plus);
    match sign {
        Some(at) if !value[..at].ends_with(['(', '\u{ff08}']) && value[..at].trim().is_empty() => {
            let (skipped, after) = after_digits(&value[at..], 2);
            out.push_str("(+86)");
            write_digits(after, digits.get(skipped..).unwrap_or_default(), out);
        }
        _ => write_digits(value, digits, out),
    }
}

/// What follows the first `count` digits.
fn after_digits(text: &str, count: usize) -> (usize, &str) {
    let is_digit = |(_, c): &(usize, char)| matches!(char_kind(*c), CharKind::Digit(_));
    match text.char_indices().filter(is_digit).nth(count - 1) {
        Some((at, c)) => (count, &text[at + c.len_utf8()..]),
        None => (0, text),
    }
}

/// An international number: the mark stands in the place of the sign.
fn write_international(value: &str, digits: &[u8], out: &mut String) {
    let (before, after) = value.split_once(['+', '\u{ff0b}']).unwrap_or(("", value));
    out.push_str(before);
    out.push(char::from(b'0' + PLUS_MARK));
    write_digits(after, digits, out);
}
