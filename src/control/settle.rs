//! What is done beside an answer: noting that time ran out, and clearing away what nobody may have any more.

use super::Control;
use super::ControlError;
use crate::approval::{Approval, Stamp};
use crate::audit::{AuditRecord, Kind};
use crate::clock::Timestamp;
use crate::store::SwapOutcome;

impl Control {
    /// The store's time: what approvals are stamped with and judged by.
    pub async fn store_time(&self) -> Result<Timestamp, ControlError> {
        Ok(self.store.now().await?)
    }

    /// An approval whose time ran out is shown as lapsed, and written down as such if evidence and store take it. If they do not, it
    /// is lapsed all the same: that is a rule of its deadline.
    pub async fn settle(&self, approval: Approval, now: Timestamp) -> Approval {
        let version = approval.version();
        let stamp = Stamp::new(now, &format!("lapse-{version}"));
        let Ok(lapsed) = approval.clone().lapse(stamp) else {
            return approval;
        };
        let record = AuditRecord::new(Kind::Lapsed, now)
            .approval(&approval.id().to_string())
            .digest(&approval.digest().to_string())
            .route(&approval.exhibit().route);
        if self.evidence.synced(&record).await.is_err() {
            return lapsed;
        }
        match self.store.compare_and_set(version, &lapsed).await {
            Ok(SwapOutcome::Conflict(current)) => *current,
            Ok(SwapOutcome::Done) => {
                self.clear_away(&lapsed).await;
                lapsed
            }
            Ok(_) | Err(_) => lapsed,
        }
    }

    /// Destroys the sealed answer of an approval that can never be redeemed. If that fails the sweeper does it later.
    pub async fn clear_away(&self, approval: &Approval) {
        if approval.phase().is_open() {
            return;
        }
        match self.vault.destroy(approval.id()) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(%error, "control: a sealed answer could not be destroyed yet");
                return;
            }
        }
        let record = AuditRecord::new(Kind::Destroyed, self.clock.now())
            .approval(&approval.id().to_string())
            .reason(approval.phase().as_str());
        let _ = self.evidence.synced(&record).await;
    }
}
