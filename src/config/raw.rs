//! `overcoat.yaml` as it is written: serde shapes, unknown keys are errors.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

use super::settings::{Anonymous, HostHeader};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSettings {
    #[serde(default)]
    pub proxy: RawProxy,
    pub crm: RawCrm,
    #[serde(default)]
    pub control: RawControl,
    #[serde(default)]
    pub store: RawStore,
    #[serde(default)]
    pub holds: RawHolds,
    #[serde(default)]
    pub audit: RawAudit,
    pub keys: RawKeys,
    #[serde(default = "policies")]
    pub policies: PathBuf,
    #[serde(default)]
    pub sessions: RawSessions,
    #[serde(default)]
    pub time_zone: Option<String>,
    #[serde(default = "tenant")]
    pub tenant: String,
    #[serde(default)]
    pub exports: RawExports,
}

fn policies() -> PathBuf {
    "policies".into()
}

fn tenant() -> String {
    "default".to_owned()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTls {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawProxy {
    pub listen: Option<SocketAddr>,
    pub public_url: Option<String>,
    pub tls: Option<RawTls>,
    pub allow_plain_http: bool,
    pub trusted_proxies: Vec<String>,
    pub identity_header: Option<RawIdentityHeader>,
    pub anonymous: Anonymous,
    pub workers: Option<usize>,
    pub limits: RawLimits,
    pub timeouts: RawTimeouts,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawIdentityHeader {
    pub user: String,
    #[serde(default)]
    pub roles: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawLimits {
    pub request_body_bytes: Option<u64>,
    pub concurrent_requests: Option<usize>,
    pub hold_back_bytes: Option<usize>,
    pub decoded_bytes: Option<u64>,
    pub decompression_ratio: Option<u64>,
    pub value_bytes: Option<usize>,
    pub json_depth: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawTimeouts {
    pub client_head_seconds: Option<u64>,
    pub connect_seconds: Option<u64>,
    pub first_byte_seconds: Option<u64>,
    pub read_seconds: Option<u64>,
    pub write_seconds: Option<u64>,
    pub shutdown_seconds: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCrm {
    pub url: String,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub ca: Option<PathBuf>,
    #[serde(default)]
    pub sni: Option<String>,
    #[serde(default)]
    pub host: HostHeader,
    #[serde(default)]
    pub contact: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawControl {
    pub listen: Option<SocketAddr>,
    pub public_url: Option<String>,
    pub tls: Option<RawTls>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawStore {
    pub url: Option<RawSecret>,
    pub grace_seconds: Option<u64>,
}

/// A text, or the name of an environment variable that holds it.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a text, or `{env: NAME}`")]
pub(super) enum RawSecret {
    Text(String),
    Env(RawEnv),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEnv {
    pub env: String,
}

impl std::fmt::Debug for RawSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RawSecret(…)")
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawHolds {
    pub directory: Option<PathBuf>,
    pub max_bytes: Option<u64>,
    pub min_free_bytes: Option<u64>,
    pub pending_hours: Option<f64>,
    pub redeem_hours: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawAudit {
    pub directory: Option<PathBuf>,
    pub rotate_bytes: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawKeys {
    pub master: RawMaster,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMaster {
    #[serde(default)]
    pub file: Option<PathBuf>,
    #[serde(default)]
    pub env: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawSessions {
    pub idle_minutes: Option<u64>,
    pub absolute_hours: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawExports {
    pub max_records: Option<u64>,
}
