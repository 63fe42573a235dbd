//! What a data class says of its surrogate.

use std::sync::Arc;

use super::FpeError;
use super::digits::MAX_DIGITS;

/// The fewest decimal numerals FF1 may run over: 10^6 values (SP 800-38G Rev. 1, section 4).
pub const MIN_DECIMAL_NUMERALS: usize = 6;

/// Which part of a value FF1 runs over, and what marks the result as a surrogate that is never a valid real value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SurrogateRule {
    /// Telephone numbers; the first digit (or sign) says what stood there, and FF1 runs over all others:
    ///
    /// | original | surrogate | FF1 over |
    /// |---|---|---|
    /// | mobile `1…`, 11 digits, with `+86`, `86`, `0086` or nothing before it | `2…` | ten digits |
    /// | trunk prefix: landline `0…`, 10 to 17 digits with its extension | `3…` | nine to sixteen digits |
    /// | international `+…`, 8 to 15 digits | `6…` in the place of the sign | all digits |
    ///
    /// No number of nine digits or more that starts with 2, 3 or 6 can be dialled in China. `+86` is written `(+86)`: no text that is
    /// written may start a formula in a spreadsheet. Anything else (a landline without area code, 400 numbers) has no surrogate.
    Phone,
    /// Resident ids (GB 11643). Eighteen characters: FF1 over the seventeen digits, the first never 0; the check digit is the right one
    /// plus five modulo ten, or 0 where `X` would be right: always wrong. An original whose check character is wrong has no surrogate.
    /// Fifteen digits: FF1 over all, the first never 0; the month's first digit is 8 or 9 where 0 or 1 stood: never a date.
    ResidentId,
    /// Bank cards (ISO/IEC 7812): 13 to 19 digits that pass Luhn. FF1 over all but the last, the first never 0; the last is the Luhn
    /// digit plus five modulo ten: always wrong. A number that fails Luhn has no surrogate.
    BankCard,
    /// Numbers that all begin with the same digits, such as `8800…` of a loyalty card: those become `marker`, and FF1 runs over the rest.
    Marked {
        /// Digits that every original begins with.
        lead: Arc<str>,
        /// As many other digits, that no original begins with.
        marker: Arc<str>,
        /// Fewest digits of an original, lead included.
        min_digits: usize,
        /// Most digits of an original, lead included.
        max_digits: usize,
    },
}

/// A rule and the domain it is used in: classes that share a domain (a mobile number under `mobile` and under `phone`) share surrogates.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SurrogateForm {
    rule: SurrogateRule,
    domain: Arc<str>,
}

impl SurrogateForm {
    /// A form, refused where FF1 would run over fewer than [`MIN_DECIMAL_NUMERALS`] digits or a marker would not mark.
    pub fn new(rule: SurrogateRule, domain: &str) -> Result<Self, FpeError> {
        if let SurrogateRule::Marked {
            lead,
            marker,
            min_digits,
            max_digits,
        } = &rule
        {
            check_marked(lead, marker, *min_digits, *max_digits)?;
        }
        Ok(Self {
            rule,
            domain: domain.into(),
        })
    }

    /// The rule.
    pub fn rule(&self) -> &SurrogateRule {
        &self.rule
    }

    /// The name that goes into the tweak.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The fewest digits an original can have that gets a surrogate; a shorter one is redacted.
    pub fn min_digits(&self) -> usize {
        match &self.rule {
            SurrogateRule::Phone => 8,
            SurrogateRule::ResidentId => 15,
            SurrogateRule::BankCard => 13,
            SurrogateRule::Marked { min_digits, .. } => *min_digits,
        }
    }
}

fn check_marked(lead: &str, marker: &str, min_digits: usize, max_digits: usize) -> Result<(), FpeError> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let refuse = |reason| Err(FpeError::Form(reason));
    if !digits(lead) || !digits(marker) {
        return refuse("lead and marker are one or more digits");
    }
    if lead.len() != marker.len() || lead == marker {
        return refuse("lead and marker have the same length and are different");
    }
    if marker.starts_with('0') && !lead.starts_with('0') {
        return refuse("a marker that starts with 0 would not be a JSON number");
    }
    if min_digits < lead.len() + MIN_DECIMAL_NUMERALS {
        return refuse("values that can be shorter than six digits after the lead have no surrogate, only a mask");
    }
    if max_digits < min_digits || max_digits > MAX_DIGITS {
        return refuse("max_digits is at least min_digits and at most 32");
    }
    Ok(())
}
