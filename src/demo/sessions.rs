//! The CRM's own sign-in: accounts in a table, a session cookie with a random id.

use std::collections::HashMap;

use parking_lot::Mutex;

use super::CRM_ACCOUNTS;

/// The CRM's session cookie.
pub(super) const COOKIE: &str = "paintcrm_session";

/// The largest number of sessions kept; the demo forgets all beyond it rather than grow.
const MAX_SESSIONS: usize = 10_000;

/// Signed-in people: session id → account name.
#[derive(Debug, Default)]
pub(super) struct Sessions(Mutex<HashMap<String, &'static str>>);

impl Sessions {
    /// Opens a session if the password is right.
    pub(super) fn open(&self, account: &str, password: &str) -> Option<String> {
        let (name, ..) = CRM_ACCOUNTS
            .iter()
            .find(|(name, secret, _)| *name == account && *secret == password)?;
        let mut bytes = [0u8; 16];
        getrandom::fill(&mut bytes).ok()?;
        let id: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        let mut open = self.0.lock();
        if open.len() >= MAX_SESSIONS {
            open.clear();
        }
        open.insert(id.clone(), name);
        Some(id)
    }

    /// Whose session this is.
    pub(super) fn account(&self, id: &str) -> Option<&'static str> {
        self.0.lock().get(id).copied()
    }

    /// Ends a session.
    pub(super) fn close(&self, id: &str) {
        self.0.lock().remove(id);
    }
}
