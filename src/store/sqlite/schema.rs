//! The tables.

use rusqlite::{Connection, TransactionBehavior};

use super::worker::Failure;
use crate::store::StoreError;

/// The version of the tables; kept in `user_version`.
const VERSION: i64 = 1;

/// `body` is the record's own form; the other columns are taken from it when it is written, and only serve to find it.
/// The unique index is what makes "same requester, same request: same hold" true.
const TABLES: &str = "
CREATE TABLE approvals (
    id        TEXT PRIMARY KEY NOT NULL,
    member    TEXT NOT NULL UNIQUE,
    version   INTEGER NOT NULL,
    requester TEXT NOT NULL,
    digest    TEXT NOT NULL,
    open      INTEGER NOT NULL,
    level     TEXT,
    until     INTEGER,
    body      TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX approvals_same ON approvals (requester, digest) WHERE open = 1;
CREATE INDEX approvals_requester ON approvals (requester, member);
CREATE INDEX approvals_open ON approvals (open, member);
CREATE INDEX approvals_level ON approvals (level, member) WHERE level IS NOT NULL;
CREATE TABLE sessions (
    id      TEXT PRIMARY KEY NOT NULL,
    subject TEXT NOT NULL,
    over_at INTEGER NOT NULL,
    body    TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_subject ON sessions (subject);
CREATE INDEX sessions_over ON sessions (over_at);
CREATE TABLE accounts (
    id      TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    body    TEXT NOT NULL
) STRICT;
";

/// Makes the tables of a new file; refuses a file of another version.
pub(super) fn prepare(connection: &mut Connection) -> Result<(), Failure> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match version {
        VERSION => {}
        0 => {
            transaction.execute_batch(TABLES)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        other => {
            let reason = format!("its tables have version {other}, and this program knows version {VERSION}");
            return Err(Failure(StoreError::Unfit(reason)));
        }
    }
    transaction.commit()?;
    Ok(())
}
