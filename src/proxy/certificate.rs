//! The certificate that clients see: loaded from two PEM files, and changed without a dropped connection.
//!
//! New handshakes take the new pair; connections that stand keep theirs. A pair that does not fit is refused and the old one stays.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not PEM, or holds something else.
    #[error("`{path}` holds no usable {what}")]
    Pem {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
    },
    /// Key and certificate do not belong together.
    #[error("the key in `{key}` does not fit the certificate in `{certificate}`")]
    Mismatch {
        /// The certificate file.
        certificate: PathBuf,
        /// The key file.
        key: PathBuf,
    },
}

/// The pair in use, and the files it came from.
#[derive(Debug)]
pub(super) struct Certificate {
    certificate: PathBuf,
    key: PathBuf,
    current: ArcSwap<CertifiedKey>,
    seen: Mutex<Stamp>,
}

/// When the two files were last written: a change of either is a new pair.
type Stamp = [Option<SystemTime>; 2];

impl Certificate {
    pub(super) fn load(certificate: &Path, key: &Path) -> Result<Self, CertificateError> {
        let seen = stamp(certificate, key);
        let pair = read_pair(certificate, key)?;
        Ok(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            current: ArcSwap::from_pointee(pair),
            seen: Mutex::new(seen),
        })
    }

    /// Takes the files again if they have changed since they were last tried; says whether a new pair is in use.
    pub(super) fn refresh(&self) -> Result<bool, CertificateError> {
        let now = stamp(&self.certificate, &self.key);
        let mut seen = self.seen.lock();
        if *seen == now {
            return Ok(false);
        }
        // Remembered also when it fails: a broken pair is reported once, not every second.
        *seen = now;
        let pair = read_pair(&self.certificate, &self.key)?;
        self.current.store(Arc::new(pair));
        Ok(true)
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.load_full())
    }
}

/// All certificates of a PEM text.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, rustls::pki_types::pem::Error> {
    CertificateDer::pem_slice_iter(pem).collect()
}

fn stamp(certificate: &Path, key: &Path) -> Stamp {
    [certificate, key].map(|p| std::fs::metadata(p).and_then(|m| m.modified()).ok())
}

fn read_pair(certificate: &Path, key: &Path) -> Result<CertifiedKey, CertificateError> {
    let read = |path: &Path| {
        std::fs::read(path).map_err(|source| CertificateError::Read {
            path: path.to_owned(),
            source,
        })
    };
    let unusable = |path: &Path, what| CertificateError::Pem {
        path: path.to_owned(),
        what,
    };
    let chain = certificates(&read(certificate)?).map_err(|_| unusable(certificate, "certificate"))?;
    if chain.is_empty() {
        return Err(unusable(certificate, "certificate"));
    }
    let secret = PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|_| unusable(key, "private key"))?;
    let signing = any_supported_type(&secret).map_err(|_| unusable(key, "private key"))?;
    let pair = CertifiedKey::new(chain, signing);
    match pair.keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => Ok(pair),
        Err(_) => Err(CertificateError::Mismatch {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_pair(directory: &Path) -> (PathBuf, PathBuf) {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
        let (certificate, key) = (directory.join("c.pem"), directory.join("k.pem"));
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        (certificate, key)
    }

    #[test]
    fn a_changed_pair_is_taken_and_a_broken_one_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let (c, k) = write_pair(directory.path());
        let certificate = Certificate::load(&c, &k).unwrap();
        let first = certificate.current.load_full();
        assert!(!certificate.refresh().unwrap());

        write_pair(directory.path());
        let later = SystemTime::now() + std::time::Duration::from_secs(5);
        std::fs::File::open(&c).unwrap().set_modified(later).unwrap();
        assert!(certificate.refresh().unwrap());
        let second = certificate.current.load_full();
        assert_ne!(first.cert, second.cert);

        std::fs::write(&k, "no key").unwrap();
        std::fs::File::open(&k)
            .unwrap()
            .set_modified(later + std::time::Duration::from_secs(5))
            .unwrap();
        assert!(certificate.refresh().is_err());
        assert!(!certificate.refresh().unwrap(), "reported once");
        assert_eq!(certificate.current.load_full().cert, second.cert);
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (c, _) = write_pair(a.path());
        let (_, k) = write_pair(b.path());
        assert!(matches!(
            Certificate::load(&c, &k),
            Err(CertificateError::Mismatch { .. })
        ));
    }
}
