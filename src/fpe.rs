//! FF1 surrogates (NIST SP 800-38G): domains, alphabets, tweaks. Nothing of ours is imported here.
//!
//! Purpose: a reversible value that stands in for an original, keeps its shape, joins and can be searched for.
//!
//! Guarantee: a surrogate is never a valid real value and can be told from one (see [`SurrogateRule`]); the same original in
//! another spelling (`+86 138-1234-5678`, `138 1234 5678`, full-width digits) has the same surrogate digits; a domain of fewer
//! than [`MIN_DOMAIN`] values is refused; a value that does not look like its rule has no surrogate (the caller redacts it).
//! Keys are never printed and are zeroised when dropped.
//!
//! Exceptions: surrogates are deterministic for one key, tenant and domain, so equal originals are seen to be equal: that is
//! what joins need. What is not digits (dashes, brackets, the prefix 86) stays in clear.

mod cipher;
mod digits;
mod ff1;
mod form;
mod phone;
mod rules;
#[cfg(test)]
mod tests;
mod wide;

pub use cipher::{FORMAT_VERSION, SurrogateCipher};
pub use digits::{CharKind, DigitString, MAX_DIGITS, char_kind};
pub use ff1::{Ff1, MIN_DOMAIN, PreparedDomain};
pub use form::{MIN_DECIMAL_NUMERALS, SurrogateForm, SurrogateRule};
pub use phone::{Phone, PhoneKind, is_mobile};
pub use rules::{bank_card_check_digit, is_surrogate_check, resident_id_check, surrogate_of_check};

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// Why an FF1 domain, form or numeral string was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FpeError {
    /// FF1 is defined for radix 2 to 65536 (SP 800-38G, section 5.1).
    #[error("radix {0} is not in 2 to 65536")]
    Radix(u32),
    /// AES keys have 16, 24 or 32 bytes.
    #[error("an AES key has 16, 24 or 32 bytes, this one has {0}")]
    KeyLength(usize),
    /// radix^length is under one million: such a surrogate could be guessed by trying (SP 800-38G Rev. 1, section 4).
    #[error("{length} numerals of radix {radix} are fewer than one million values")]
    DomainTooSmall {
        /// Radix.
        radix: u32,
        /// Numerals.
        length: usize,
    },
    /// A numeral is not below the radix, or the string has another length than the domain.
    #[error("the numeral string is not of this domain")]
    Numerals,
    /// A surrogate form that could not keep its promises.
    #[error("{0}")]
    Form(&'static str),
}

/// A 256-bit key for FF1, derived from the master key; zeroised on drop, never printed.
#[derive(Clone)]
pub struct SurrogateKey(Arc<Zeroizing<[u8; 32]>>);

impl SurrogateKey {
    /// A key from 32 bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Arc::new(Zeroizing::new(bytes)))
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SurrogateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SurrogateKey(..)")
    }
}
