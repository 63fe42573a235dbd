//! The shared store: one Redis for several proxies.
//!
//! Every check-and-write is one script, with its indexes; time is the server's. All keys of a tenant carry the same hash tag, so that they
//! lie on one node of a cluster. A connection that breaks is made again in the background; calls meanwhile fail within
//! [`CALL_LIMIT_MS`](crate::store::CALL_LIMIT_MS).

mod accounts;
mod approvals;
mod connect;
mod keys;
mod scripts;
mod sessions;

use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use redis::aio::ConnectionManager;
use redis::{ErrorKind, RedisError, RedisResult, ServerErrorKind};

use super::{CALL_LIMIT_MS, Health, StoreError};
use crate::clock::Timestamp;
use keys::Keys;

/// The longest a single round trip may take.
const CALL_LIMIT: Duration = Duration::from_millis(CALL_LIMIT_MS);
/// How often an unknown outcome is read again, and the pause before each.
const RE_READS: usize = 3;
const RE_READ_PAUSE: Duration = Duration::from_millis(150);

/// The shared store.
pub(super) struct RedisStore {
    connection: ConnectionManager,
    keys: Keys,
}

/// A call that failed, and whether the server may have taken it.
struct Failed {
    error: StoreError,
    sent: bool,
}

impl From<Failed> for StoreError {
    fn from(failed: Failed) -> Self {
        failed.error
    }
}

impl RedisStore {
    /// Connects, and refuses a server that would lose approvals. Gives warnings for the operator.
    pub async fn open(url: &str, tenant: &str) -> Result<(Self, Vec<String>), StoreError> {
        let (connection, warnings) = connect::open(url).await?;
        Ok((
            Self {
                connection,
                keys: Keys::new(tenant),
            },
            warnings,
        ))
    }

    fn connection(&self) -> ConnectionManager {
        self.connection.clone()
    }

    /// Waits for a call, at most [`CALL_LIMIT`].
    async fn call<T>(&self, call: impl Future<Output = RedisResult<T>>) -> Result<T, Failed> {
        match tokio::time::timeout(CALL_LIMIT, call).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(Failed {
                sent: may_be_sent(&error),
                error: explain(&error),
            }),
            Err(_) => Err(Failed {
                error: StoreError::Unavailable("no answer in time".to_owned()),
                sent: true,
            }),
        }
    }

    async fn time(&self) -> Result<Timestamp, StoreError> {
        let mut connection = self.connection();
        let command = redis::cmd("TIME");
        let (seconds, micros): (i64, i64) = self.call(command.query_async(&mut connection)).await?;
        Ok(Timestamp::from_millis(seconds * 1_000 + micros / 1_000))
    }

    /// After a write whose outcome is unknown: reads until `read` tells what came of it.
    async fn learn<T, F: Future<Output = Result<Option<T>, StoreError>>>(
        &self,
        failed: Failed,
        read: impl Fn() -> F,
    ) -> Result<T, StoreError> {
        if !failed.sent {
            return Err(failed.error);
        }
        for _ in 0..RE_READS {
            tokio::time::sleep(RE_READ_PAUSE).await;
            match read().await {
                Ok(Some(outcome)) => return Ok(outcome),
                // Not written, as far as can be seen.
                Ok(None) => return Err(failed.error),
                Err(error) if error.is_outage() => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::UnknownOutcome(
            "the connection was lost after the write was sent".to_owned(),
        ))
    }
}

#[async_trait]
impl Health for RedisStore {
    async fn ping(&self) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let command = redis::cmd("PING");
        let _: String = self.call(command.query_async(&mut connection)).await?;
        Ok(())
    }
}

/// An error the server itself gave, or a refused connection, means that nothing was written.
fn may_be_sent(error: &RedisError) -> bool {
    !error.is_connection_refusal() && matches!(error.kind(), ErrorKind::Io | ErrorKind::Parse)
}

/// What an error means, in words of our own: the server's could quote a key or an argument.
fn explain(error: &RedisError) -> StoreError {
    let outage = |reason: &str| StoreError::Unavailable(reason.to_owned());
    match error.kind() {
        ErrorKind::AuthenticationFailed => StoreError::Credentials,
        ErrorKind::Server(ServerErrorKind::BusyLoading) => outage("Redis is loading its data"),
        ErrorKind::Server(ServerErrorKind::ReadOnly) => outage("this Redis is a read-only replica"),
        ErrorKind::Server(ServerErrorKind::NoPerm) => {
            StoreError::Unfit("its user lacks the right to a command that is needed".to_owned())
        }
        ErrorKind::UnexpectedReturnType => StoreError::Corrupt {
            key: "redis".to_owned(),
            reason: "the answer does not have the form that was asked for".to_owned(),
        },
        ErrorKind::InvalidClientConfig => StoreError::Address("it is no Redis URL".to_owned()),
        _ => match error.code() {
            Some("NOAUTH" | "WRONGPASS") => StoreError::Credentials,
            Some("OOM") => outage("Redis is out of memory"),
            Some("MISCONF") => outage("Redis cannot persist and refuses writes"),
            Some(code) if code.bytes().all(|byte| byte.is_ascii_uppercase()) => outage(&format!("Redis says {code}")),
            _ if error.is_timeout() => outage("no answer in time"),
            _ if error.is_connection_refusal() => outage("the connection is refused"),
            _ => outage("the connection is lost"),
        },
    }
}
