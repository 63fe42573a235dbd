//! The names of keys.

use crate::approval::{Approval, ApprovalId};
use crate::store::approvals::Index;
use crate::store::sessions::SessionKey;
use crate::subject::SubjectId;

/// The names of a tenant's keys: `overcoat:{TENANT}:…`; the braces are the hash tag.
pub(super) struct Keys {
    prefix: String,
}

impl Keys {
    pub fn new(tenant: &str) -> Self {
        Self {
            prefix: format!("overcoat:{{{tenant}}}:"),
        }
    }

    /// A hash: `v` (version), `until` (deadline in milliseconds, empty if none), `body`.
    pub fn approval(&self, id: ApprovalId) -> String {
        format!("{}{id}", self.approvals())
    }

    /// What stands before an approval's id.
    pub fn approvals(&self) -> String {
        format!("{}approval:", self.prefix)
    }

    /// A string: the id of the open approval of a requester for a digest.
    pub fn open_of(&self, approval: &Approval) -> String {
        self.open(approval.requester().id.as_str(), &approval.digest().to_string())
    }

    /// The same. The digest stands first: it has one length, so no two pairs share a key.
    pub fn open(&self, requester: &str, digest: &str) -> String {
        format!("{}same:{digest}:{requester}", self.prefix)
    }

    /// A sorted set whose members all have score 0, so that they sort by themselves.
    pub fn index(&self, index: &Index) -> String {
        let prefix = &self.prefix;
        match index {
            Index::All => format!("{prefix}approvals:all"),
            Index::Open => format!("{prefix}approvals:open"),
            Index::Closed => format!("{prefix}approvals:closed"),
            Index::Level(level) => format!("{prefix}approvals:level:{level}"),
            Index::Requester(requester) => format!("{prefix}approvals:of:{requester}"),
        }
    }

    /// A hash: `body`, `last`, `idle`, `ends` (milliseconds).
    pub fn session(&self, key: &SessionKey) -> String {
        format!("{}session:{key}", self.prefix)
    }

    /// What stands before a session's hash.
    pub fn session_prefix(&self) -> String {
        format!("{}session:", self.prefix)
    }

    /// A sorted set of a subject's sessions by the time each ends at the latest.
    pub fn sessions_of(&self, subject: &SubjectId) -> String {
        format!("{}sessions:{subject}", self.prefix)
    }

    /// A hash: `v`, `body`.
    pub fn account(&self, id: &str) -> String {
        format!("{}account:{id}", self.prefix)
    }

    /// The set of all account names.
    pub fn accounts(&self) -> String {
        format!("{}accounts", self.prefix)
    }
}
