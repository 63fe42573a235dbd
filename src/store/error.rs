//! Why a store did not do what it was asked.

/// Why a store did not do what it was asked. No text holds a password, a session id or a record's content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, or did not answer in time. Whatever was asked is refused, and asked again later.
    #[error("the store cannot be reached: {0}")]
    Unavailable(String),
    /// A write was sent and its outcome could not be learnt, even by reading again. Read before writing again.
    #[error("the store may or may not have taken the write: {0}")]
    UnknownOutcome(String),
    /// A record is there and cannot be read. Nothing is released on its account.
    #[error("the record `{key}` cannot be read: {reason}")]
    Corrupt {
        /// Its key.
        key: String,
        /// Why; names positions, not values.
        reason: String,
    },
    /// The address of the store is wrong.
    #[error("the address of the store is wrong: {0}")]
    Address(String),
    /// The store refuses the credentials.
    #[error("the store refuses the user name or password of its address")]
    Credentials,
    /// The store is set up in a way that would lose approvals.
    #[error("the store is not fit for approvals: {0}")]
    Unfit(String),
    /// The caller passed something that no transition gives.
    #[error("a record cannot be written: {0}")]
    Misuse(&'static str),
}

impl StoreError {
    /// Whether trying again later can help.
    pub const fn is_outage(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::UnknownOutcome(_))
    }
}
