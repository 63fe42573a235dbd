//! Connecting, and whether the server is fit to keep approvals.

use std::collections::HashMap;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, IntoConnectionInfo, TlsCertificates};

use super::explain;
use crate::store::StoreError;

/// How long a connection may take to be made, and an answer to come. Both fit into one call's limit.
const CONNECT_LIMIT: Duration = Duration::from_millis(1_000);
const ANSWER_LIMIT: Duration = Duration::from_millis(1_500);
/// The pause before a connection is tried again; the next call begins a new round of tries.
const RETRY_PAUSE: Duration = Duration::from_millis(50);
const RETRIES: usize = 1;
/// How many commands may wait to be sent: many requests share the connection.
const PIPELINE: usize = 1_024;
/// The largest certificate file that is read, in bytes.
const MAX_CA_BYTES: u64 = 1024 * 1024;

/// Connects to what a URL names. No error repeats the URL: it holds the password.
pub(super) async fn open(url: &str) -> Result<(ConnectionManager, Vec<String>), StoreError> {
    let client = client(url)?;
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(CONNECT_LIMIT))
        .set_response_timeout(Some(ANSWER_LIMIT))
        .set_min_delay(RETRY_PAUSE)
        .set_number_of_retries(RETRIES)
        .set_pipeline_buffer_size(PIPELINE);
    let address = client.get_connection_info().addr().to_string();
    let connection = ConnectionManager::new_with_config(client, config)
        .await
        .map_err(|error| match explain(&error) {
            StoreError::Unavailable(reason) => StoreError::Unavailable(format!("{address}: {reason}")),
            other => other,
        })?;
    let warnings = check_fitness(&connection).await?;
    Ok((connection, warnings))
}

fn client(url: &str) -> Result<Client, StoreError> {
    let (url, ca) = split_ca(url)?;
    let info = url.into_connection_info().map_err(|error| explain(&error))?;
    if !url.starts_with("rediss://") {
        return Client::open(info).map_err(|error| explain(&error));
    }
    // TLS needs a provider of cryptography for the process; whoever was first is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let root_cert = ca.map(read_ca).transpose()?;
    let certificates = TlsCertificates {
        client_tls: None,
        root_cert,
    };
    Client::build_with_tls(info, certificates)
        .map_err(|_| StoreError::Address("its certificate authority cannot be used".to_owned()))
}

/// Takes `?ca=FILE` off a URL, which is ours and not Redis's; refuses what would turn verification off.
fn split_ca(url: &str) -> Result<(&str, Option<&str>), StoreError> {
    let refused = |reason: &str| Err(StoreError::Address(reason.to_owned()));
    if url.contains('#') {
        return refused("a fragment is not allowed: TLS is always verified");
    }
    match url.split_once('?') {
        None => Ok((url, None)),
        Some((before, query)) => match query.strip_prefix("ca=") {
            Some(ca) if !ca.is_empty() && !ca.contains('&') && before.starts_with("rediss://") => {
                Ok((before, Some(ca)))
            }
            _ => refused("`?ca=FILE` of a `rediss://` address is the only parameter"),
        },
    }
}

fn read_ca(path: &str) -> Result<Vec<u8>, StoreError> {
    let failed = |error: std::io::Error| StoreError::Address(format!("the certificate authority `{path}`: {error}"));
    if std::fs::metadata(path).map_err(failed)?.len() > MAX_CA_BYTES {
        return Err(StoreError::Address(format!(
            "the certificate authority `{path}` is too large"
        )));
    }
    std::fs::read(path).map_err(failed)
}

/// Refuses a server that may drop records at will; warns of one that forgets them when it stops.
async fn check_fitness(connection: &ConnectionManager) -> Result<Vec<String>, StoreError> {
    let memory = info(connection, "memory").await?;
    match memory.get("maxmemory_policy").map(String::as_str) {
        Some("noeviction") => {}
        Some(policy) => {
            return Err(StoreError::Unfit(format!(
                "its eviction policy is `{policy}` and would drop approvals when memory is short; set `maxmemory-policy noeviction`"
            )));
        }
        None => return Err(StoreError::Unfit("it does not tell its eviction policy".to_owned())),
    }
    let replication = info(connection, "replication").await?;
    if replication.get("role").is_some_and(|role| role != "master") {
        return Err(StoreError::Unfit(
            "it is a replica; approvals need the master".to_owned(),
        ));
    }
    let persistence = info(connection, "persistence").await?;
    let mut warnings = Vec::new();
    if persistence.get("aof_enabled").map(String::as_str) != Some("1") {
        warnings.push(
            "this Redis has no append-only file (`appendonly yes`): approvals can be lost when it stops; what is lost stays held"
                .to_owned(),
        );
    }
    Ok(warnings)
}

async fn info(connection: &ConnectionManager, section: &str) -> Result<HashMap<String, String>, StoreError> {
    let mut connection = connection.clone();
    let answer: Result<String, _> = redis::cmd("INFO").arg(section).query_async(&mut connection).await;
    let text = answer.map_err(|error| explain(&error))?;
    let line = |line: &str| {
        line.split_once(':')
            .map(|(key, value)| (key.to_owned(), value.trim().to_owned()))
    };
    Ok(text.lines().filter_map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_authority_is_taken_off_the_url() {
        assert_eq!(split_ca("redis://h:1/2"), Ok(("redis://h:1/2", None)));
        assert_eq!(
            split_ca("rediss://h/0?ca=/etc/ca.pem"),
            Ok(("rediss://h/0", Some("/etc/ca.pem")))
        );
        for url in [
            "redis://h?ca=f",
            "rediss://h?ca=",
            "rediss://h?protocol=3",
            "rediss://h?ca=f&x=1",
            "rediss://h#insecure",
        ] {
            assert!(matches!(split_ca(url), Err(StoreError::Address(_))), "{url}");
        }
    }
}
