//! The settings of one installation, validated. Paths are absolute or relative to the working directory: those of the file
//! are taken relative to the file.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, Uri};
use ipnet::IpNet;
use jiff::tz::TimeZone;
use zeroize::Zeroizing;

/// All settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The gate that people and programs use in place of the CRM.
    pub proxy: ProxySettings,
    /// The CRM.
    pub crm: CrmSettings,
    /// The approval page and its API.
    pub control: ControlSettings,
    /// Approvals, sessions and accounts.
    pub store: StoreSettings,
    /// Sealed exports.
    pub holds: HoldSettings,
    /// The audit journal.
    pub audit: AuditSettings,
    /// The key that all other keys come from.
    pub master_key: MasterKey,
    /// The directory of the policy files.
    pub policies: PathBuf,
    /// Sign-in sessions.
    pub sessions: SessionSettings,
    /// In which time zone `hours()` and `weekdays()` are meant, and times are shown.
    pub time_zone: TimeZone,
    /// Separates the surrogates of installations that share a master key.
    pub tenant: Arc<str>,
    /// When an answer is an export.
    pub exports: ExportSettings,
}

/// A certificate and its key, PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate chain.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// The proxy.
#[derive(Clone, Debug)]
pub struct ProxySettings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The address people use, without a trailing slash.
    pub public_url: Uri,
    /// TLS towards clients.
    pub tls: Option<TlsFiles>,
    /// Whether plain HTTP is allowed on other than loopback addresses.
    pub allow_plain_http: bool,
    /// Front proxies whose forwarding and identity headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Headers in which a trusted front proxy names the subject.
    pub identity_header: Option<IdentityHeader>,
    /// What nobody gets on a protected route.
    pub anonymous: Anonymous,
    /// Worker threads.
    pub workers: usize,
    /// Limits on requests and answers.
    pub limits: ProxyLimits,
    /// Time limits.
    pub timeouts: ProxyTimeouts,
}

/// Headers in which a trusted front proxy names the subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityHeader {
    /// Holds the account's name.
    pub user: HeaderName,
    /// Holds roles, split by commas; without it the roles are those of the local account.
    pub roles: Option<HeaderName>,
}

/// What a browser gets that nobody has signed in with. Programs are served under the role `anonymous` either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anonymous {
    /// The sign-in page.
    #[default]
    SignIn,
    /// The answer, masked for the role `anonymous`.
    Masked,
}

/// Limits of the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyLimits {
    /// The largest request body, in bytes.
    pub request_body_bytes: u64,
    /// The most requests under way at once.
    pub concurrent_requests: usize,
    /// What one answer may hold before it is told whether it is an export, in bytes.
    pub hold_back_bytes: usize,
    /// The largest decoded answer, in bytes.
    pub decoded_bytes: u64,
    /// The most an answer may grow when it is decompressed.
    pub decompression_ratio: u64,
    /// The longest value that is masked or searched whole, in bytes.
    pub value_bytes: usize,
    /// The deepest nesting of JSON.
    pub json_depth: usize,
}

/// Time limits of the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyTimeouts {
    /// For a client to send its request head.
    pub client_head: Duration,
    /// For a connection to the CRM.
    pub connect: Duration,
    /// Until the CRM's first byte.
    pub first_byte: Duration,
    /// Between two reads of the CRM's answer.
    pub read: Duration,
    /// Between two writes to the client.
    pub write: Duration,
    /// For requests under way when the process is told to stop.
    pub shutdown: Duration,
}

/// The CRM.
#[derive(Clone, Debug)]
pub struct CrmSettings {
    /// Scheme, host and port.
    pub url: Uri,
    /// Names `policies/crm/NAME.yaml`; without that file, names and detectors decide.
    pub name: Option<Arc<str>>,
    /// The certificate authority of the CRM's certificate, PEM; without it the system's.
    pub ca: Option<PathBuf>,
    /// The server name in TLS, if not the host of `url`.
    pub sni: Option<String>,
    /// What the CRM gets as host.
    pub host: HostHeader,
    /// Whom to ask when the CRM cannot be reached; shown on error pages.
    pub contact: Option<Arc<str>>,
}

/// What the CRM gets as host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostHeader {
    /// What the client sent.
    #[default]
    Keep,
    /// The host of the CRM's address.
    Replace,
}

/// The approval page and its API.
#[derive(Clone, Debug)]
pub struct ControlSettings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The address people use, without a trailing slash.
    pub public_url: Uri,
    /// TLS towards browsers.
    pub tls: Option<TlsFiles>,
}

/// Approvals, sessions and accounts.
#[derive(Clone)]
pub struct StoreSettings {
    /// `sqlite:PATH`, `redis://…` or `rediss://…`. May hold a password: never for a log.
    pub url: Zeroizing<String>,
    /// How long sessions that were seen go on reading when the store is gone; zero refuses at once.
    pub grace: Duration,
}

impl std::fmt::Debug for StoreSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreSettings")
            .field("kind", &self.url.split(':').next().unwrap_or_default())
            .field("grace", &self.grace)
            .finish()
    }
}

/// Sealed exports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldSettings {
    /// Where they are kept.
    pub directory: PathBuf,
    /// The largest, in bytes.
    pub max_bytes: u64,
    /// What the disk must have free besides, in bytes.
    pub min_free_bytes: u64,
    /// How long a request may wait for its votes.
    pub pending: Duration,
    /// How long an approved export may wait for its download.
    pub redeem: Duration,
}

/// The audit journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditSettings {
    /// Where it is kept.
    pub directory: PathBuf,
    /// A file that has grown this large is closed and another begun, in bytes.
    pub rotate_bytes: u64,
}

/// Sign-in sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionSettings {
    /// A session that nobody uses ends after this.
    pub idle: Duration,
    /// Any session ends after this.
    pub absolute: Duration,
}

/// When an answer is an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportSettings {
    /// Records of sensitive classes that one answer may hold, where its route does not say otherwise.
    pub max_records: u64,
}

/// 256 bits that all other keys are derived from (HKDF, RFC 5869); zeroised on drop, never printed.
#[derive(Clone)]
pub struct MasterKey(Arc<Zeroizing<[u8; 32]>>);

impl MasterKey {
    /// A key from 32 bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Arc::new(Zeroizing::new(bytes)))
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}
