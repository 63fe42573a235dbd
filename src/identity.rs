//! Credential → [`Subject`](crate::subject::Subject): local accounts, sessions, and the word of a trusted front proxy.
//!
//! Purpose: says who asks, once for each request, and how surely.
//!
//! Guarantee: a request is somebody's only by a session that this room opened after a password fitted, or by the header of a front
//! proxy whose network is configured as trusted. Everything else is [`Subject::anonymous`](crate::subject::Subject::anonymous).
//! Passwords are kept as argon2id, session ids as SHA-256; neither is ever printed. Unknown, wrong, disabled and throttled are one
//! answer after the same work. A session ends by sign-out, idle limit, absolute limit, a disabled account or a new password, on
//! every instance within a second of the store knowing.
//!
//! Exceptions: while the store is away, sessions that this instance has seen go on for the configured grace; a sign-out elsewhere
//! in that time is noticed when the store is back. `Authorization` and the CRM's own cookies are the CRM's business and pass through.

mod accounts;
mod cookie;
mod front;
mod headers;
mod identifier;
mod name;
mod password;
mod sessions;
mod throttle;
mod token;

pub use accounts::{AccountInfo, Accounts, NewAccount};
pub use cookie::{CookieForm, is_ours as is_own_cookie};
pub use front::{IdentityHeaders, TrustedFronts};
pub use headers::{LookAlikes, strip};
pub use identifier::{Identified, Identifier, Via};
pub use name::account_id;
pub use password::{Hasher, MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, Password};
pub use sessions::{LiveSession, SessionLimits, Sessions};
pub use throttle::Throttle;
pub use token::SessionToken;

/// Why a credential did not become a subject, or an account was not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Sessions and accounts cannot be read, and the grace is over.
    #[error("the account store is not available")]
    StoreUnavailable,
    /// The one answer to every sign-in that fails.
    #[error("account or password is wrong")]
    WrongCredentials,
    /// Too many password checks wait; the client may come back.
    #[error("too many sign-ins at once")]
    Busy,
    /// A front proxy vouches for an account that is disabled here.
    #[error("the account is disabled")]
    Disabled,
    /// A front proxy named no single person.
    #[error("the identity header of a front proxy does not name one person")]
    AmbiguousAssertion,
    /// A new password breaks a rule.
    #[error("the password {0}")]
    PasswordRule(&'static str),
    /// An account name cannot be used.
    #[error("the account name {0}")]
    AccountName(&'static str),
    /// No account of that name.
    #[error("there is no such account")]
    UnknownAccount,
    /// The name is taken.
    #[error("an account of that name exists")]
    AccountExists,
    /// Somebody else changed the account at the same time.
    #[error("the account was changed by somebody else at the same time")]
    Conflict,
    /// The operating system gave no random bytes.
    #[error("no random bytes from the operating system")]
    Randomness,
    /// argon2 failed.
    #[error("the password could not be hashed")]
    Hash,
}
