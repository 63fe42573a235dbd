//! FF1 surrogates (NIST SP 800-38G): domains, alphabets, tweaks. Nothing of ours is imported here.

use std::sync::Arc;

/// What a class says of its surrogate: alphabet, lengths and the rule that keeps a surrogate from being a valid real value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurrogateForm {}

/// FF1 under one key for one tenant, class and format version.
#[derive(Debug)]
pub struct SurrogateCipher {}

/// A 256-bit key for FF1, derived from the master key; zeroised on drop, never printed.
#[derive(Clone)]
pub struct SurrogateKey(Arc<[u8; 32]>);

impl SurrogateKey {
    /// A key from 32 bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Arc::new(bytes))
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}
