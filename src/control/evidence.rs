//! Evidence of what people do here: written and synced before they are answered.

use std::sync::Arc;

use super::ControlError;
use super::rules::Rules;
use crate::audit::{AuditRecord, Screened};
use crate::store::Journal;

/// Writes audit records.
#[derive(Clone)]
pub struct Evidence {
    journal: Arc<Journal>,
    rules: Arc<dyn Rules>,
}

impl Evidence {
    /// Evidence in this journal; free text is screened by the detectors of the policies that hold now.
    pub fn new(journal: Arc<Journal>, rules: Arc<dyn Rules>) -> Self {
        Self { journal, rules }
    }

    /// Writes a record and waits until it is on disk.
    ///
    /// # Errors
    /// [`ControlError::AuditUnavailable`]: then what it is about must not happen.
    pub async fn synced(&self, record: &AuditRecord) -> Result<(), ControlError> {
        match self.journal.append_synced(record).await {
            Ok(_) => Ok(()),
            Err(error) => {
                tracing::error!(%error, "control: evidence could not be written");
                Err(ControlError::AuditUnavailable)
            }
        }
    }

    /// A person's words without what the detectors find in them.
    pub fn screen(&self, text: &str) -> Screened {
        Screened::by(&self.rules.detectors(), text)
    }
}
