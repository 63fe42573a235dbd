//! What a record is about.

/// What a record is about; the word stands in the record as `kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A request was permitted or denied, before anything was forwarded.
    Decided,
    /// The answer of a permitted request ended: counts, bytes, outcome.
    Completed,
    /// A request was refused before a decision: bad framing, ambiguous path, no identity.
    Refused,
    /// An export was stopped and sealed.
    Held,
    /// A requester said what for.
    Submitted,
    /// An approver said yes or no.
    Voted,
    /// A requester took an approval back.
    Withdrawn,
    /// Somebody else took an approval back.
    Revoked,
    /// An approval's time ran out.
    Lapsed,
    /// An approval was redeemed: from here on the sealed answer may leave.
    Released,
    /// The download of a released answer ended.
    DownloadCompleted,
    /// A sealed answer was destroyed.
    Destroyed,
    /// An approver looked at sample rows of a hold.
    Sampled,
    /// Somebody signed in.
    SessionOpened,
    /// A session ended.
    SessionClosed,
    /// A sign-in failed.
    SignInFailed,
    /// An account was added, changed or disabled.
    AccountChanged,
    /// A policy snapshot took effect.
    PolicyLoaded,
    /// A policy was not loaded; the one before stays.
    PolicyRefused,
    /// The program began to serve.
    Started,
    /// The program stopped.
    Stopped,
    /// A journal file begins; carries the hash the chain had before.
    FileOpened,
    /// An incomplete last line was found after a crash and moved aside.
    TornTail,
    /// Records that the head had vouched for were missing at start.
    TailMissing,
    /// The journal's file had been taken away while it was open, and was put back.
    FileRestored,
}

impl Kind {
    /// The word in the record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::Completed => "completed",
            Self::Refused => "refused",
            Self::Held => "held",
            Self::Submitted => "submitted",
            Self::Voted => "voted",
            Self::Withdrawn => "withdrawn",
            Self::Revoked => "revoked",
            Self::Lapsed => "lapsed",
            Self::Released => "released",
            Self::DownloadCompleted => "download_completed",
            Self::Destroyed => "destroyed",
            Self::Sampled => "sampled",
            Self::SessionOpened => "session_opened",
            Self::SessionClosed => "session_closed",
            Self::SignInFailed => "sign_in_failed",
            Self::AccountChanged => "account_changed",
            Self::PolicyLoaded => "policy_loaded",
            Self::PolicyRefused => "policy_refused",
            Self::Started => "started",
            Self::Stopped => "stopped",
            Self::FileOpened => "file_opened",
            Self::TornTail => "torn_tail",
            Self::TailMissing => "tail_missing",
            Self::FileRestored => "file_restored",
        }
    }
}
