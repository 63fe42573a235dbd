//! How each data class is shown partly.
//!
//! Purpose: enough of a value to recognise it by, not enough to use it.
//!
//! Guarantee: a form renders what looks like its class and nothing else. A value that does not (a note in a phone field, a number too
//! short to hide anything) is refused with nothing written, and the [`super::Masker`] redacts it.
//!
//! Exceptions: what a form keeps (an area code, a surname, a province, a year) is shown: that is what `partial` means.

mod address;
mod amount;
mod codes;
mod contact;
mod date;
mod numbers;
pub(super) mod person;
mod plain;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

/// The longest value that is shown partly, in bytes; longer ones are notes rather than values of a class, and are redacted.
pub const MAX_PARTIAL_BYTES: usize = 512;

/// What stands for hidden characters where their count would say something.
const STARS: &str = "***";

/// The partial form of a data class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartialForm {
    /// No partial form: shown redacted instead.
    None,
    /// `138****5678`, `0757-****1234`; of other numbers the last two digits.
    Phone,
    /// `张*`, `欧阳**`, `J*** S***`.
    PersonName,
    /// `z***@example.com`.
    Email,
    /// `440681********1234`.
    ResidentId,
    /// `6222 **** **** 1234`.
    BankCard,
    /// Unified social credit code: `9144**********123X`.
    Uscc,
    /// Province and city: `广东省佛山市***`.
    Address,
    /// The year: `1990-**-**`; of a number `19900000`.
    BirthDate,
    /// `粤B***45`.
    Plate,
    /// `E******78`.
    Passport,
    /// WeChat, QQ and other account names: `z***n`.
    Account,
    /// The magnitude of an amount: `¥10,000.00` of `¥12,345.67`.
    Magnitude,
    /// Ingredients without their quantities: `钛白粉 **%`.
    Formula,
}

impl PartialForm {
    /// All forms with their names in files.
    pub const ALL: [(Self, &'static str); 14] = [
        (Self::None, "none"),
        (Self::Phone, "phone"),
        (Self::PersonName, "person_name"),
        (Self::Email, "email"),
        (Self::ResidentId, "resident_id"),
        (Self::BankCard, "bank_card"),
        (Self::Uscc, "uscc"),
        (Self::Address, "address"),
        (Self::BirthDate, "birth_date"),
        (Self::Plate, "plate"),
        (Self::Passport, "passport"),
        (Self::Account, "account"),
        (Self::Magnitude, "magnitude"),
        (Self::Formula, "formula"),
    ];

    /// Appends the partial form of a text. Appends nothing and answers `false` where the value does not look like the class.
    #[must_use]
    pub fn text(self, value: &str, out: &mut String) -> bool {
        if value.len() > MAX_PARTIAL_BYTES {
            return false;
        }
        if self.plain(value, out).is_some() {
            return true;
        }
        let start = out.len();
        let shown = match self {
            Self::None => None,
            Self::Phone => numbers::phone(value, out),
            Self::PersonName => person::partial(value, out),
            Self::Email => contact::email(value, out),
            Self::ResidentId => numbers::resident_id(value, out),
            Self::BankCard => numbers::bank_card(value, out),
            Self::Uscc => codes::uscc(value, out),
            Self::Address => address::partial(value, out),
            Self::BirthDate => date::birth_date(value, out),
            Self::Plate => codes::plate(value, out),
            Self::Passport => codes::passport(value, out),
            Self::Account => contact::account(value, out),
            Self::Magnitude => amount::magnitude(value, out),
            Self::Formula => amount::formula(value, out),
        };
        if shown.is_none() {
            out.truncate(start);
        }
        shown.is_some()
    }

    /// The shapes that almost all values have; nothing is written of others.
    #[inline]
    fn plain(self, value: &str, out: &mut String) -> Option<()> {
        match self {
            Self::Phone => plain::phone(value, out),
            Self::PersonName => plain::person_name(value, out),
            Self::Email => plain::email(value, out),
            Self::ResidentId => plain::resident_id(value, out),
            Self::BankCard => plain::bank_card(value, out),
            _ => None,
        }
    }

    /// Appends the partial form of a JSON number, which is a JSON number again; `false` where there is none.
    #[must_use]
    pub fn number(self, raw: &str, out: &mut String) -> bool {
        match self {
            Self::Magnitude => amount::magnitude_of_number(raw, out).is_some(),
            Self::BirthDate => date::birth_date_of_number(raw, out).is_some(),
            _ => false,
        }
    }
}

/// Appends `count` stars.
fn stars(count: usize, out: &mut String) {
    out.extend(std::iter::repeat_n('*', count));
}
