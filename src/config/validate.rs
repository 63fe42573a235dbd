//! From `overcoat.yaml` as it is written to settings that can be used.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use http::{HeaderName, Uri};
use ipnet::IpNet;
use jiff::tz::TimeZone;
use zeroize::Zeroizing;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::keys;
use super::raw::{RawIdentityHeader, RawProxy, RawSecret, RawSettings, RawTls};
use super::settings::{
    AuditSettings, ControlSettings, CrmSettings, ExportSettings, HoldSettings, IdentityHeader, MasterKey, ProxyLimits,
    ProxySettings, ProxyTimeouts, SessionSettings, Settings, StoreSettings, TlsFiles,
};
use crate::catalog::YamlPath;

/// 500 records of sensitive classes in one answer: more than a page of a list, less than a customer base.
const EXPORT_RECORDS: u64 = 500;
/// 16 MiB: attachments pass, a body that is meant to fill memory does not.
const REQUEST_BODY_BYTES: u64 = 16 << 20;
/// 1024 requests at once: each holds a few hundred KiB at worst.
const CONCURRENT_REQUESTS: usize = 1024;
/// 1 MiB of an answer is held back until it is told whether it is an export: 500 records of 2 KiB.
const HOLD_BACK_BYTES: usize = 1 << 20;
/// 1 GiB for the largest sealed export.
const HOLD_MAX_BYTES: u64 = 1 << 30;
/// 1 GiB stays free on the disk, so that the audit journal can always be written.
const MIN_FREE_BYTES: u64 = 1 << 30;
/// 128 MiB for one file of the audit journal.
const ROTATE_BYTES: u64 = 128 << 20;
/// Three days for votes: a request made on Friday outlives the weekend.
const PENDING_HOURS: f64 = 72.0;
/// One day for the download.
const REDEEM_HOURS: f64 = 24.0;
/// 1 s: a shorter limit lapses before anybody can have seen the request.
const SHORTEST_LIMIT: Duration = Duration::from_secs(1);
/// 120 s to the first byte: real CRMs take 66 s for a large export.
const FIRST_BYTE_SECONDS: u64 = 120;
/// Long polls of CRMs last up to 300 s.
const READ_SECONDS: u64 = 330;
/// A year: a longer time is a slip of the pen.
const MAX_SECONDS: u64 = 366 * 24 * 3600;

/// Reads the settings; all faults at once.
pub(super) fn settings(file: &Path, text: &str) -> Result<Settings, Diagnostics> {
    let raw: RawSettings = serde_yaml::from_str(text).map_err(|e| Diagnostic::of_yaml(file, &e))?;
    let directory = file.parent().unwrap_or(Path::new("")).to_owned();
    let mut reader = Reader {
        file,
        text,
        directory,
        found: Diagnostics::default(),
    };
    let settings = reader.settings(&raw);
    match settings {
        Some(settings) if reader.found.0.is_empty() => Ok(settings),
        _ => Err(reader.found),
    }
}

struct Reader<'a> {
    file: &'a Path,
    text: &'a str,
    directory: PathBuf,
    found: Diagnostics,
}

fn at(keys: &[&str]) -> YamlPath {
    keys.iter().fold(YamlPath::root(), |path, key| path.key(key))
}

impl Reader<'_> {
    fn settings(&mut self, raw: &RawSettings) -> Option<Settings> {
        let proxy = self.proxy(&raw.proxy);
        let control = self.control(raw);
        let crm = self.crm(raw);
        let store = self.store(raw);
        let master_key = self.master_key(raw);
        let time_zone = self.time_zone(raw);
        if raw.tenant.is_empty() || raw.tenant.len() > 64 {
            self.complain(
                &["tenant"],
                "the tenant is a name of 1 to 64 bytes",
                "leave it out if there is one installation",
            );
        }
        let (idle, absolute) = (
            raw.sessions.idle_minutes.unwrap_or(20),
            raw.sessions.absolute_hours.unwrap_or(10),
        );
        if idle == 0 || absolute == 0 || idle > absolute.saturating_mul(60) {
            self.complain(
                &["sessions"],
                "a session is idle for less time than it lasts, and for more than none",
                "idle_minutes: 20, absolute_hours: 10",
            );
        }
        Some(Settings {
            proxy: proxy?,
            crm: crm?,
            control: control?,
            store: store?,
            holds: HoldSettings {
                directory: self.path(raw.holds.directory.as_deref(), "var/holds"),
                max_bytes: raw.holds.max_bytes.unwrap_or(HOLD_MAX_BYTES),
                min_free_bytes: raw.holds.min_free_bytes.unwrap_or(MIN_FREE_BYTES),
                pending: self.limit("pending_hours", raw.holds.pending_hours.unwrap_or(PENDING_HOURS)),
                redeem: self.limit("redeem_hours", raw.holds.redeem_hours.unwrap_or(REDEEM_HOURS)),
            },
            audit: AuditSettings {
                directory: self.path(raw.audit.directory.as_deref(), "var/audit"),
                rotate_bytes: raw.audit.rotate_bytes.unwrap_or(ROTATE_BYTES),
            },
            master_key: master_key?,
            policies: self.directory.join(&raw.policies),
            sessions: SessionSettings {
                idle: Duration::from_secs(idle.saturating_mul(60).min(MAX_SECONDS)),
                absolute: Duration::from_secs(absolute.saturating_mul(3600).min(MAX_SECONDS)),
            },
            time_zone: time_zone?,
            tenant: raw.tenant.as_str().into(),
            exports: ExportSettings {
                max_records: raw.exports.max_records.unwrap_or(EXPORT_RECORDS),
            },
        })
    }

    fn proxy(&mut self, raw: &RawProxy) -> Option<ProxySettings> {
        let listen = raw.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
        let tls = self.tls(raw.tls.as_ref(), "proxy");
        self.refuse_plain_http("proxy", listen, tls.is_some() || raw.allow_plain_http);
        let trusted_proxies = self.networks(&raw.trusted_proxies);
        let identity_header = raw
            .identity_header
            .as_ref()
            .and_then(|header| self.identity_header(header));
        if identity_header.is_some() && raw.trusted_proxies.is_empty() {
            self.complain(
                &["proxy", "identity_header"],
                "nobody is trusted to send identity headers",
                "name the front proxy's network under proxy.trusted_proxies, or leave identity_header out",
            );
        }
        if raw.workers == Some(0) {
            self.complain(
                &["proxy", "workers"],
                "at least one worker is needed",
                "leave it out for one a processor",
            );
        }
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Some(ProxySettings {
            public_url: self.public_url(raw.public_url.as_deref(), "proxy", listen, tls.is_some())?,
            listen,
            tls,
            allow_plain_http: raw.allow_plain_http,
            trusted_proxies,
            identity_header,
            anonymous: raw.anonymous,
            workers: raw.workers.unwrap_or(processors),
            limits: limits(raw),
            timeouts: timeouts(raw),
        })
    }

    fn control(&mut self, raw: &RawSettings) -> Option<ControlSettings> {
        let listen = raw.control.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8081)));
        let tls = self.tls(raw.control.tls.as_ref(), "control");
        self.refuse_plain_http("control", listen, tls.is_some() || raw.proxy.allow_plain_http);
        let proxy = raw.proxy.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
        if listen == proxy && listen.port() != 0 {
            self.complain(
                &["control", "listen"],
                "the approval page and the proxy have the same address",
                "give the approval page a port of its own: a script in the CRM must not be able to vote",
            );
        }
        Some(ControlSettings {
            public_url: self.public_url(raw.control.public_url.as_deref(), "control", listen, tls.is_some())?,
            listen,
            tls,
        })
    }

    fn crm(&mut self, raw: &RawSettings) -> Option<CrmSettings> {
        let url = self.url(&raw.crm.url, &["crm", "url"], "http://127.0.0.1:9000");
        let name = raw.crm.name.as_deref();
        if let Some(name) =
            name.filter(|n| n.is_empty() || !n.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
        {
            let message = format!("`{name}` is no name of a file in policies/crm/");
            self.complain(
                &["crm", "name"],
                &message,
                "letters, digits, `-` and `_`, without `.yaml`",
            );
        }
        Some(CrmSettings {
            url: url?,
            name: name.map(Into::into),
            ca: raw.crm.ca.as_ref().map(|p| self.directory.join(p)),
            sni: raw.crm.sni.clone(),
            host: raw.crm.host,
            contact: raw.crm.contact.as_deref().map(Into::into),
        })
    }

    fn store(&mut self, raw: &RawSettings) -> Option<StoreSettings> {
        let url = match &raw.store.url {
            None => "sqlite:var/overcoat.db".to_owned(),
            Some(RawSecret::Text(text)) => text.clone(),
            Some(RawSecret::Env(variable)) => match std::env::var(&variable.env) {
                Ok(text) => text,
                Err(_) => {
                    let message = format!("the environment variable `{}` is not set", variable.env);
                    self.complain(&["store", "url"], &message, "set it to `sqlite:PATH` or `redis://…`");
                    return None;
                }
            },
        };
        let url = match url.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => format!("sqlite:{}", self.directory.join(path).display()),
            Some(("redis" | "rediss" | "redis+unix", _)) => url,
            _ => {
                self.complain(
                    &["store", "url"],
                    "this is no store",
                    "sqlite:PATH, redis://HOST:PORT or rediss://HOST:PORT (TLS)",
                );
                return None;
            }
        };
        Some(StoreSettings {
            url: Zeroizing::new(url),
            grace: Duration::from_secs(raw.store.grace_seconds.unwrap_or(60).min(MAX_SECONDS)),
        })
    }

    fn master_key(&mut self, raw: &RawSettings) -> Option<MasterKey> {
        match keys::load(&raw.keys.master, &self.directory) {
            Ok(key) => Some(key),
            Err(error) => {
                let hint = error.hint();
                self.complain(&["keys", "master"], &error.to_string(), &hint);
                None
            }
        }
    }

    fn time_zone(&mut self, raw: &RawSettings) -> Option<TimeZone> {
        let name = raw.time_zone.as_deref().unwrap_or("Asia/Shanghai");
        let zone = TimeZone::get(name);
        if zone.is_err() {
            let message = format!("`{name}` is no time zone");
            self.complain(
                &["time_zone"],
                &message,
                "a name of the IANA database, such as Asia/Shanghai or UTC",
            );
        }
        zone.ok()
    }

    fn tls(&mut self, raw: Option<&RawTls>, section: &str) -> Option<TlsFiles> {
        let raw = raw?;
        for (key, path) in [("certificate", &raw.certificate), ("key", &raw.key)] {
            if let Err(e) = std::fs::File::open(self.directory.join(path)) {
                let message = format!("the file `{}` cannot be read: {}", path.display(), e.kind());
                self.complain(
                    &[section, "tls", key],
                    &message,
                    "paths are relative to the configuration file",
                );
            }
        }
        Some(TlsFiles {
            certificate: self.directory.join(&raw.certificate),
            key: self.directory.join(&raw.key),
        })
    }

    fn refuse_plain_http(&mut self, section: &str, listen: SocketAddr, allowed: bool) {
        if !allowed && !listen.ip().is_loopback() {
            self.complain(&[section, "listen"], "plain HTTP is allowed on loopback addresses alone", "give it `tls: {certificate: …, key: …}`, or say `proxy.allow_plain_http: true` if TLS ends in front of it");
        }
    }

    fn public_url(&mut self, raw: Option<&str>, section: &str, listen: SocketAddr, tls: bool) -> Option<Uri> {
        let scheme = if tls { "https" } else { "http" };
        match raw {
            Some(text) => self.url(text, &[section, "public_url"], "https://crm.example.com"),
            None if listen.ip().is_unspecified() => {
                self.complain(
                    &[section],
                    "the address people use is not known",
                    "name it: public_url: https://crm.example.com",
                );
                None
            }
            None => format!("{scheme}://{listen}").parse().ok(),
        }
    }

    /// An address of scheme, host and port.
    fn url(&mut self, text: &str, keys: &[&str], example: &str) -> Option<Uri> {
        let parsed: Option<Uri> = text.trim_end_matches('/').parse().ok();
        let usable = |u: &Uri| {
            let host = u
                .authority()
                .is_some_and(|a| !a.host().is_empty() && !a.as_str().contains('@'));
            matches!(u.scheme_str(), Some("http" | "https")) && host && u.path() == "/" && u.query().is_none()
        };
        let url = parsed.filter(usable);
        if url.is_none() {
            self.complain(
                keys,
                "this is no address of scheme, host and port",
                &format!("such as {example}, without a path"),
            );
        }
        url
    }

    fn networks(&mut self, raw: &[String]) -> Vec<IpNet> {
        let mut networks = Vec::new();
        for (i, text) in raw.iter().enumerate() {
            match text
                .parse::<IpNet>()
                .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
            {
                Ok(network) => networks.push(network.trunc()),
                Err(_) => {
                    let path = at(&["proxy", "trusted_proxies"]).index(i);
                    let complaint = Diagnostic::error(self.file, format!("`{text}` is no network"));
                    self.found.add(
                        complaint
                            .at_path(self.text, &path)
                            .hint("such as 10.0.0.0/8 or 10.1.2.3"),
                    );
                }
            }
        }
        networks
    }

    fn identity_header(&mut self, raw: &RawIdentityHeader) -> Option<IdentityHeader> {
        let mut name = |key: &str, text: &str| {
            let name = HeaderName::try_from(text).ok();
            if name.is_none() {
                self.complain(
                    &["proxy", "identity_header", key],
                    "this is no header name",
                    "such as X-Forwarded-User",
                );
            }
            name
        };
        let user = name("user", &raw.user);
        let roles = raw.roles.as_ref().map(|text| name("roles", text));
        Some(IdentityHeader {
            user: user?,
            roles: roles.flatten(),
        })
    }

    fn path(&self, given: Option<&Path>, default: &str) -> PathBuf {
        self.directory.join(given.unwrap_or(Path::new(default)))
    }

    /// A time limit of a hold; parts of an hour are fine, and it has to be a time at all.
    fn limit(&mut self, key: &str, hours: f64) -> Duration {
        let limit = Duration::try_from_secs_f64(hours * 3600.0).unwrap_or_default();
        if limit < SHORTEST_LIMIT || limit > Duration::from_secs(MAX_SECONDS) {
            self.complain(
                &["holds", key],
                "expected hours: more than none, no more than a year",
                "72 is three days, 0.5 half an hour",
            );
        }
        limit
    }

    fn complain(&mut self, keys: &[&str], message: &str, hint: &str) {
        let complaint = Diagnostic::error(self.file, format!("{}: {message}", keys.join(".")));
        self.found.add(complaint.at_path(self.text, &at(keys)).hint(hint));
    }
}

fn limits(raw: &RawProxy) -> ProxyLimits {
    let body = crate::body::BodyLimits::default();
    ProxyLimits {
        request_body_bytes: raw.limits.request_body_bytes.unwrap_or(REQUEST_BODY_BYTES),
        concurrent_requests: raw.limits.concurrent_requests.unwrap_or(CONCURRENT_REQUESTS).max(1),
        hold_back_bytes: raw.limits.hold_back_bytes.unwrap_or(HOLD_BACK_BYTES),
        decoded_bytes: raw.limits.decoded_bytes.unwrap_or(body.max_decoded_bytes),
        decompression_ratio: raw.limits.decompression_ratio.unwrap_or(body.max_ratio).max(1),
        value_bytes: raw.limits.value_bytes.unwrap_or(body.max_value_bytes),
        json_depth: raw.limits.json_depth.unwrap_or(body.max_depth),
    }
}

fn timeouts(raw: &RawProxy) -> ProxyTimeouts {
    let seconds =
        |given: Option<u64>, default: u64| Duration::from_secs(given.unwrap_or(default).clamp(1, MAX_SECONDS));
    ProxyTimeouts {
        client_head: seconds(raw.timeouts.client_head_seconds, 30),
        connect: seconds(raw.timeouts.connect_seconds, 10),
        first_byte: seconds(raw.timeouts.first_byte_seconds, FIRST_BYTE_SECONDS),
        read: seconds(raw.timeouts.read_seconds, READ_SECONDS),
        write: seconds(raw.timeouts.write_seconds, 60),
        shutdown: seconds(raw.timeouts.shutdown_seconds, 30),
    }
}

impl ProxyLimits {
    /// The limits of the rewriters.
    pub fn body(&self) -> crate::body::BodyLimits {
        crate::body::BodyLimits {
            max_depth: self.json_depth,
            max_value_bytes: self.value_bytes,
            max_decoded_bytes: self.decoded_bytes,
            max_ratio: self.decompression_ratio,
            ..Default::default()
        }
    }
}
