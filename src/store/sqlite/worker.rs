//! A thread that owns a connection: SQLite blocks, and callers must not.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::oneshot;

use super::schema;
use crate::store::{CALL_LIMIT_MS, StoreError};

/// How long a write waits for the other thread's, or for another process looking into the file.
const BUSY_LIMIT: Duration = Duration::from_millis(CALL_LIMIT_MS);

/// When a write counts as done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Durability {
    /// On the disk.
    Full,
    /// With the operating system; a power cut loses the last ones, never consistency.
    Normal,
}

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The thread's handle; dropping it ends the thread after what was asked so far.
pub(super) struct Worker {
    jobs: mpsc::Sender<Job>,
}

impl Worker {
    pub fn start(path: &Path, durability: Durability) -> Result<Self, StoreError> {
        let mut connection = open(path, durability)?;
        let (jobs, queue) = mpsc::channel::<Job>();
        std::thread::Builder::new()
            .name("sqlite".to_owned())
            .spawn(move || {
                for job in queue {
                    // A job that panics harms its own caller, who sees its channel close; the connection rolls back.
                    let run = std::panic::AssertUnwindSafe(|| job(&mut connection));
                    if std::panic::catch_unwind(run).is_err() {
                        tracing::error!("a job of the embedded store panicked");
                    }
                }
            })
            .map_err(|error| StoreError::Unavailable(format!("no thread could be started: {error}")))?;
        Ok(Self { jobs })
    }

    /// Runs a job on the connection.
    pub async fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, outcome) = oneshot::channel();
        let run = Box::new(move |connection: &mut Connection| {
            let _ = answer.send(job(connection));
        });
        let gone = || StoreError::Unavailable("the embedded store has stopped".to_owned());
        self.jobs.send(run).map_err(|_| gone())?;
        outcome.await.map_err(|_| gone())?.map_err(|Failure(error)| error)
    }
}

/// Why a job failed.
pub(super) struct Failure(pub StoreError);

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self(match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt {
                key: "database".to_owned(),
                reason: "SQLite finds its file damaged".to_owned(),
            },
            // The text of other errors could quote a value; their code says enough.
            Some(code) => StoreError::Unavailable(format!("SQLite: {code:?}")),
            None => StoreError::Unavailable("SQLite refused the call".to_owned()),
        })
    }
}

fn open(path: &Path, durability: Durability) -> Result<Connection, StoreError> {
    let refused = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            StoreError::Unfit(format!("`{}` is no SQLite database, or a damaged one", path.display()))
        }
        _ => StoreError::Address(format!("`{}` cannot be opened: {error}", path.display())),
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(refused)?;
    restrict(path).map_err(|error| StoreError::Address(format!("`{}`: {error}", path.display())))?;
    connection.busy_timeout(BUSY_LIMIT).map_err(refused)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(refused)?;
    let synchronous = if durability == Durability::Full {
        "FULL"
    } else {
        "NORMAL"
    };
    connection
        .pragma_update(None, "synchronous", synchronous)
        .map_err(refused)?;
    connection
        .pragma_update(None, "trusted_schema", "OFF")
        .map_err(refused)?;
    schema::prepare(&mut connection).map_err(|Failure(error)| error)?;
    Ok(connection)
}

/// The file names people and holds password hashes: nobody but the service reads it.
fn restrict(path: &Path) -> std::io::Result<()> {
    let mut permissions = std::fs::metadata(path)?.permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o600);
    std::fs::set_permissions(path, permissions)
}
