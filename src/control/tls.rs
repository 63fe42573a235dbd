//! TLS for the approval page: certificates from files, read again when they change, without a dropped connection.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::Mutex;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// Why certificates were not taken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or holds no PEM of the kind it should.
    #[error("`{}`: {reason}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The certificate does not fit the key, or the like.
    #[error("certificate and key cannot be used: {0}")]
    Refused(#[from] rustls::Error),
}

/// Where certificate and key are.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// PEM chain, the server's own certificate first.
    pub certificate: PathBuf,
    /// PEM key: PKCS #8, PKCS #1 or SEC1.
    pub key: PathBuf,
}

type Stamp = [Option<SystemTime>; 2];

impl TlsFiles {
    fn load(&self) -> Result<Arc<ServerConfig>, TlsError> {
        let unreadable = |path: &PathBuf, e: &dyn std::fmt::Display| TlsError::File {
            path: path.clone(),
            reason: e.to_string(),
        };
        let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(&self.certificate)
            .map_err(|e| unreadable(&self.certificate, &e))?
            .collect();
        let chain = chain.map_err(|e| unreadable(&self.certificate, &e))?;
        if chain.is_empty() {
            return Err(unreadable(&self.certificate, &"holds no certificate"));
        }
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|e| unreadable(&self.key, &e))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    fn stamp(&self) -> Stamp {
        [&self.certificate, &self.key].map(|path| std::fs::metadata(path).and_then(|m| m.modified()).ok())
    }
}

/// Accepts TLS connections with the certificate that the files hold now.
pub struct Reloading {
    files: TlsFiles,
    current: Mutex<(Stamp, Arc<ServerConfig>)>,
}

impl Reloading {
    /// Reads the files for the first time.
    ///
    /// # Errors
    /// [`TlsError`]: a server without a usable certificate does not start.
    pub fn new(files: TlsFiles) -> Result<Self, TlsError> {
        let current = Mutex::new((files.stamp(), files.load()?));
        Ok(Self { files, current })
    }

    /// An acceptor for one connection. Changed files that cannot be used are reported, and the certificate before stays.
    pub fn acceptor(&self) -> TlsAcceptor {
        let stamp = self.files.stamp();
        let mut current = self.current.lock();
        if stamp != current.0 {
            current.0 = stamp;
            match self.files.load() {
                Ok(config) => {
                    tracing::info!("control: new certificate in use");
                    current.1 = config;
                }
                Err(error) => {
                    tracing::error!(%error, "control: changed certificate refused, the one before stays in use")
                }
            }
        }
        TlsAcceptor::from(Arc::clone(&current.1))
    }
}
