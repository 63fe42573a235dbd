//! What may be done: the words of the `action` column.

use std::fmt;

use crate::mask::Rendering;

/// The object of approvals: `p, manager, exports, approve:manager, allow`.
pub const EXPORTS: &str = "exports";
/// The object of the audit record: `p, dpo, audit, audit:read, allow`.
pub const AUDIT: &str = "audit";
/// The object of local accounts: `p, admin, accounts, accounts:manage, allow`.
pub const ACCOUNTS: &str = "accounts";

/// The objects that are no data class.
pub const OBJECTS: [&str; 3] = [EXPORTS, AUDIT, ACCOUNTS];

/// An action.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// `see:clear` …: an answer shows values of the class so.
    See(Rendering),
    /// `export`: an approved export holds the values as the requester sees them.
    Export,
    /// `export:clear` …: an approved export holds the values so.
    ExportAs(Rendering),
    /// `approve:LEVEL`, on [`EXPORTS`].
    Approve(String),
    /// `audit:read`, on [`AUDIT`].
    AuditRead,
    /// `accounts:manage`, on [`ACCOUNTS`].
    AccountsManage,
    /// `reveal`: asking for one original, with a reason.
    Reveal,
    /// `filter`: searching and sorting by values of the class.
    Filter,
}

/// The renderings that `see:` and `export:` take. Redacted needs no rule: it is what is left.
pub const SHOWN: [Rendering; 4] = [
    Rendering::Clear,
    Rendering::Surrogate,
    Rendering::Partial,
    Rendering::Generalised,
];

impl Action {
    /// Reads an action; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let rendering = |word: &str| SHOWN.into_iter().find(|r| r.as_str() == word);
        match text.split_once(':') {
            None => match text {
                "export" => Some(Self::Export),
                "reveal" => Some(Self::Reveal),
                "filter" => Some(Self::Filter),
                _ => None,
            },
            Some(("see", word)) => rendering(word).map(Self::See),
            Some(("export", word)) => rendering(word).map(Self::ExportAs),
            Some(("approve", level)) if is_level(level) => Some(Self::Approve(level.to_owned())),
            Some(("audit", "read")) => Some(Self::AuditRead),
            Some(("accounts", "manage")) => Some(Self::AccountsManage),
            _ => None,
        }
    }

    /// The object that it must stand with, if it is not a data class.
    pub fn object(&self) -> Option<&'static str> {
        match self {
            Self::Approve(_) => Some(EXPORTS),
            Self::AuditRead => Some(AUDIT),
            Self::AccountsManage => Some(ACCOUNTS),
            _ => None,
        }
    }

    /// The words that could have been meant.
    pub fn known() -> Vec<String> {
        let mut words: Vec<String> = SHOWN.iter().map(|r| Self::See(*r).to_string()).collect();
        words.extend(SHOWN.iter().map(|r| Self::ExportAs(*r).to_string()));
        words.extend(
            [
                "export",
                "reveal",
                "filter",
                "audit:read",
                "accounts:manage",
                "approve:manager",
            ]
            .map(str::to_owned),
        );
        words
    }
}

fn is_level(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::See(r) => write!(f, "see:{}", r.as_str()),
            Self::Export => f.write_str("export"),
            Self::ExportAs(r) => write!(f, "export:{}", r.as_str()),
            Self::Approve(level) => write!(f, "approve:{level}"),
            Self::AuditRead => f.write_str("audit:read"),
            Self::AccountsManage => f.write_str("accounts:manage"),
            Self::Reveal => f.write_str("reveal"),
            Self::Filter => f.write_str("filter"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_written_as_they_are_read() {
        for word in Action::known() {
            assert_eq!(Action::parse(&word).unwrap().to_string(), word);
        }
    }

    #[test]
    fn what_is_no_action_is_refused() {
        for word in [
            "see",
            "see:redacted",
            "see:Clear",
            "see:clear ",
            "export:",
            "approve:",
            "approve:a b",
            "audit",
            "",
        ] {
            assert_eq!(Action::parse(word), None, "{word}");
        }
    }
}
