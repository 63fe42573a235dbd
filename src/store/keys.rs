//! The master key, and what is derived from it.

use std::fmt;
use std::path::{Path, PathBuf};

use base64::Engine;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The length of the master key, in bytes.
pub const MASTER_KEY_BYTES: usize = 32;
/// The longest key file that is read, in bytes: 32 bytes in hexadecimal, and a line end.
const MAX_KEY_FILE_BYTES: u64 = 1_024;

/// Why a master key cannot be used. No text repeats it.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no such file, or it cannot be read.
    #[error("the master key file `{path}` cannot be read: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The environment variable is not set.
    #[error("the environment variable `{name}` with the master key is not set")]
    Environment {
        /// Its name.
        name: String,
    },
    /// Neither 64 hexadecimal digits nor base64 of 32 bytes.
    #[error(
        "the master key has to be {MASTER_KEY_BYTES} bytes, as 64 hexadecimal digits or as base64; this one is not"
    )]
    Form,
    /// The operating system gave no random bytes.
    #[error("the operating system gives no random bytes")]
    Randomness,
}

/// 32 secret bytes from which every other key is derived (HKDF-SHA-256, RFC 5869). Wiped from memory when dropped, never printed.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; MASTER_KEY_BYTES]>);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// A key from its bytes.
    pub fn from_bytes(bytes: [u8; MASTER_KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads a key from 64 hexadecimal digits or base64 (with or without padding); white space around it does not matter.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let mut bytes = Zeroizing::new([0; MASTER_KEY_BYTES]);
        if text.len() == MASTER_KEY_BYTES * 2 && text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            for (index, byte) in bytes.iter_mut().enumerate() {
                *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).map_err(|_| KeyError::Form)?;
            }
            return Ok(Self(bytes));
        }
        let engine = base64::engine::general_purpose::STANDARD_NO_PAD;
        let decoded = Zeroizing::new(engine.decode(text.trim_end_matches('=')).map_err(|_| KeyError::Form)?);
        if decoded.len() != MASTER_KEY_BYTES {
            return Err(KeyError::Form);
        }
        bytes.copy_from_slice(&decoded);
        Ok(Self(bytes))
    }

    /// Reads a key file.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        let failed = |error| KeyError::File {
            path: path.to_owned(),
            error,
        };
        let length = std::fs::metadata(path).map_err(failed)?.len();
        if length > MAX_KEY_FILE_BYTES {
            return Err(KeyError::Form);
        }
        let text = Zeroizing::new(std::fs::read(path).map_err(failed)?);
        Self::parse(std::str::from_utf8(&text).map_err(|_| KeyError::Form)?)
    }

    /// Reads a key from an environment variable.
    pub fn from_environment(name: &str) -> Result<Self, KeyError> {
        let text = std::env::var(name).map_err(|_| KeyError::Environment { name: name.to_owned() })?;
        Self::parse(&Zeroizing::new(text))
    }

    /// A new random key.
    pub fn generate() -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; MASTER_KEY_BYTES]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| KeyError::Randomness)?;
        Ok(Self(bytes))
    }

    /// The key as 64 hexadecimal digits, for a key file.
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// A key for one purpose. Different purposes or salts give keys that say nothing of each other.
    pub fn derive(&self, purpose: &str, salt: &[u8]) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(Some(salt), self.0.as_slice())
            .expand_multi_info(&[b"overcoat ", purpose.as_bytes()], key.as_mut_slice())
            .expect("32 bytes are fewer than HKDF-SHA-256 can give (255 times 32)");
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn both_spellings_give_the_same_key() {
        let hex = MasterKey::parse(&format!(" {HEX}\n")).unwrap();
        let base64 = MasterKey::parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
        assert_eq!(hex.0, base64.0);
        assert_eq!(MasterKey::parse(&hex.to_hex()).unwrap().0, hex.0);
    }

    #[test]
    fn a_key_of_another_length_is_refused_and_not_repeated() {
        for text in [
            "",
            "00",
            &HEX[..62],
            &format!("{HEX}00"),
            "AAECAwQFBgcICQoLDA0ODw==",
            &HEX.replace('0', "g"),
        ] {
            let error = MasterKey::parse(text).unwrap_err().to_string();
            assert!(error.contains("32 bytes"), "{error}");
            assert!(text.is_empty() || text == "00" || !error.contains(text));
        }
    }

    #[test]
    fn purposes_and_salts_are_kept_apart() {
        let key = MasterKey::parse(HEX).unwrap();
        let keys = [
            key.derive("a", b""),
            key.derive("b", b""),
            key.derive("a", b"1"),
            key.derive("ab", b""),
        ];
        for (index, one) in keys.iter().enumerate() {
            assert!(keys[..index].iter().all(|other| other != one));
        }
        assert_eq!(key.derive("a", b"1"), key.derive("a", b"1"));
        assert!(!format!("{key:?}").contains("00"));
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = MasterKey::from_file(Path::new("/nowhere/master.key"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("/nowhere/master.key"), "{error}");
    }
}
