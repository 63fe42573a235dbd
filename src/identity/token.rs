//! Session tokens: 256 random bits in the browser, their SHA-256 everywhere else.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::IdentityError;
use crate::store::SessionKey;

/// Length of a token, in bytes. 256 bits: guessing is no attack (OWASP ASVS 5.0, 7.2.3 asks for 128).
const TOKEN_BYTES: usize = 32;

/// Length of a token in base64url without padding, in characters.
const ENCODED_CHARS: usize = 43;

/// The secret that a browser holds. It is compared in constant time and never printed.
#[derive(Clone)]
pub struct SessionToken([u8; TOKEN_BYTES]);

impl SessionToken {
    /// A new token from the operating system's random source.
    ///
    /// # Errors
    /// [`IdentityError::Randomness`] when that source fails.
    pub fn random() -> Result<Self, IdentityError> {
        let mut bytes = [0; TOKEN_BYTES];
        getrandom::fill(&mut bytes).map_err(|_| IdentityError::Randomness)?;
        Ok(Self(bytes))
    }

    #[cfg(test)]
    pub(crate) fn from_bytes(bytes: [u8; TOKEN_BYTES]) -> Self {
        Self(bytes)
    }

    /// Base64url without padding.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Reads what [`SessionToken::encode`] wrote; anything else is `None`.
    pub fn decode(text: &[u8]) -> Option<Self> {
        if text.len() != ENCODED_CHARS {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// A value that only somebody who holds this token can make, for a form of that purpose. It does not give the token away.
    pub fn form_value(&self, purpose: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(b"overcoat form v1\0");
        hash.update(purpose.as_bytes());
        hash.update([0]);
        hash.update(self.0);
        URL_SAFE_NO_PAD.encode(hash.finalize())
    }

    /// Whether a form value is this token's, compared in constant time.
    pub fn fits_form_value(&self, purpose: &str, value: &str) -> bool {
        self.form_value(purpose).as_bytes().ct_eq(value.as_bytes()).into()
    }

    /// What the store and the cache know the session by.
    pub fn key(&self) -> SessionKey {
        SessionKey::from_hash(Sha256::digest(self.0).into())
    }
}

impl PartialEq for SessionToken {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SessionToken {}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding_goes_there_and_back() {
        let token = SessionToken::random().unwrap();
        assert_eq!(token.encode().len(), ENCODED_CHARS);
        assert_eq!(SessionToken::decode(token.encode().as_bytes()), Some(token));
    }

    #[test]
    fn two_tokens_differ_and_neither_is_printed() {
        let (a, b) = (SessionToken::random().unwrap(), SessionToken::random().unwrap());
        assert_ne!(a, b);
        assert_ne!(a.key(), b.key());
        assert_eq!(format!("{a:?}"), "SessionToken(..)");
    }
}
