//! The master key: from a file that nobody else can read, or from the environment.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::raw::RawMaster;
use super::settings::MasterKey;

/// Length of the master key in bytes: 256 bits.
const KEY_BYTES: usize = 32;

/// Why there is no master key. Never quotes what was found.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Neither or both.
    #[error("the master key comes from one of `file` and `env`")]
    Source,
    /// No such file.
    #[error("the master key file `{0}` does not exist")]
    Missing(String),
    /// It cannot be read.
    #[error("the master key file `{path}` cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// Others may read it.
    #[error("the master key file `{path}` can be read by others (mode {mode:o})")]
    Open {
        /// The file.
        path: String,
        /// Its permission bits.
        mode: u32,
    },
    /// The variable is not set.
    #[error("the environment variable `{0}` is not set")]
    Unset(String),
    /// Neither hexadecimal nor base64.
    #[error("the master key is neither hexadecimal nor base64")]
    Coding,
    /// Not 256 bits.
    #[error("the master key has {0} bytes; it has to have 32")]
    Length(usize),
    /// Every byte the same: a placeholder.
    #[error("the master key is a placeholder: each of its bytes is the same")]
    Placeholder,
}

impl KeyError {
    /// What to do.
    pub fn hint(&self) -> String {
        match self {
            Self::Open { path, .. } => format!("chmod 600 {path}"),
            Self::Missing(path) => {
                format!("make one, and keep a copy in a safe: umask 077 && openssl rand -hex 32 > {path}")
            }
            Self::Source => "write `master: {file: var/master.key}` or `master: {env: OVERCOAT_MASTER_KEY}`".to_owned(),
            _ => "32 random bytes in hexadecimal (64 digits) or base64: openssl rand -hex 32".to_owned(),
        }
    }
}

pub(super) fn load(raw: &RawMaster, directory: &Path) -> Result<MasterKey, KeyError> {
    let text = match (&raw.file, &raw.env) {
        (Some(file), None) => read(&directory.join(file))?,
        (None, Some(name)) => Zeroizing::new(std::env::var(name).map_err(|_| KeyError::Unset(name.clone()))?),
        _ => return Err(KeyError::Source),
    };
    decode(text.trim()).map(MasterKey::new)
}

fn read(path: &Path) -> Result<Zeroizing<String>, KeyError> {
    let shown = || path.display().to_string();
    refuse_open_files(path)?;
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(KeyError::Missing(shown())),
        Err(e) if e.kind() == std::io::ErrorKind::InvalidData => Err(KeyError::Coding),
        Err(e) => Err(KeyError::Unreadable {
            path: shown(),
            reason: e.kind().to_string(),
        }),
    }
}

#[cfg(unix)]
fn refuse_open_files(path: &Path) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt;
    let Ok(metadata) = std::fs::metadata(path) else {
        return Ok(());
    };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(KeyError::Open {
        path: path.display().to_string(),
        mode,
    })
}

#[cfg(not(unix))]
fn refuse_open_files(_: &Path) -> Result<(), KeyError> {
    Ok(())
}

fn decode(text: &str) -> Result<[u8; KEY_BYTES], KeyError> {
    let bytes = Zeroizing::new(
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit()) && text.len().is_multiple_of(2) {
            (0..text.len())
                .step_by(2)
                .filter_map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok())
                .collect()
        } else {
            let decoded = STANDARD
                .decode(text)
                .or_else(|_| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')));
            decoded.map_err(|_| KeyError::Coding)?
        },
    );
    let key: [u8; KEY_BYTES] = bytes.as_slice().try_into().map_err(|_| KeyError::Length(bytes.len()))?;
    if key.iter().all(|b| *b == key[0]) {
        return Err(KeyError::Placeholder);
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn keys_are_hexadecimal_or_base64() {
        let key = decode(HEX).unwrap();
        assert_eq!(key[31], 31);
        assert_eq!(decode(&STANDARD.encode(key)).unwrap(), key);
        assert_eq!(decode(&URL_SAFE_NO_PAD.encode(key)).unwrap(), key);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert_eq!(decode(""), Err(KeyError::Length(0)));
        assert_eq!(decode("abcd"), Err(KeyError::Length(2)));
        assert_eq!(decode(&HEX[..62]), Err(KeyError::Length(31)));
        assert_eq!(decode("not a key!"), Err(KeyError::Coding));
        assert_eq!(decode(&"00".repeat(32)), Err(KeyError::Placeholder));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("master.key");
        let raw = RawMaster {
            file: Some("master.key".into()),
            env: None,
        };
        assert!(matches!(load(&raw, directory.path()), Err(KeyError::Missing(_))));
        std::fs::write(&path, HEX).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(
            load(&raw, directory.path()),
            Err(KeyError::Open { mode: 0o640, .. })
        ));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(load(&raw, directory.path()).unwrap().expose()[1], 1);
    }
}
