//! What has to be done now and then: changed policies and certificates taken into use, lapsed approvals written down, seals destroyed.

use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use super::running::Parts;
use crate::approval::{Approval, Stamp};
use crate::audit::{AuditRecord, Kind};
use crate::config::Reload;
use crate::proxy::Door;
use crate::store::{ApprovalQuery, StoreError, SwapOutcome};

/// How often files are looked at: a policy is in force a second after it was written.
const FILES_EVERY: Duration = Duration::from_secs(1);

/// How often approvals and seals are looked at. Lapse is a rule of its time and does not wait for this.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// Approvals looked at in one call.
const SWEEP_PAGE: usize = 100;

/// Looks after a running instance.
pub(super) struct Caretaker {
    parts: Parts,
    door: Arc<Door>,
}

impl Caretaker {
    pub(super) fn new(parts: Parts, door: Arc<Door>) -> Self {
        Self { parts, door }
    }

    /// Until the instance stops.
    pub(super) async fn run(self, mut stopping: watch::Receiver<bool>) {
        let mut files = tokio::time::interval(FILES_EVERY);
        let mut sweep = tokio::time::interval(SWEEP_EVERY);
        files.set_missed_tick_behavior(MissedTickBehavior::Delay);
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut hangup = signal(SignalKind::hangup()).ok();
        loop {
            tokio::select! {
                () = stopped(&mut stopping) => return,
                () = hung_up(&mut hangup) => self.reload(true).await,
                _ = files.tick() => {
                    self.reload(false).await;
                    self.refresh_certificate();
                }
                _ = sweep.tick() => self.sweep().await,
            }
        }
    }

    async fn reload(&self, asked: bool) {
        let live = Arc::clone(&self.parts.live);
        // Parsing, lints and cases take their time: not on a thread that serves.
        let loaded = tokio::task::spawn_blocking(move || {
            if asked {
                Some(live.reload())
            } else {
                live.reload_if_changed()
            }
        });
        let record =
            |kind| AuditRecord::new(kind, self.parts.clock.now()).snapshot(self.parts.live.snapshot().id.as_str());
        match loaded.await.ok().flatten() {
            None | Some(Ok(Reload::Unchanged)) => {}
            Some(Ok(Reload::Swapped)) => {
                tracing::info!(
                    snapshot = self.parts.live.snapshot().id.as_str(),
                    "a new policy is in force"
                );
                let _ = self.parts.journal.append(&record(Kind::PolicyLoaded));
            }
            Some(Err(complaints)) => {
                tracing::error!("the policy files are refused, the policy before stays in force:\n{complaints}");
                let _ = self.parts.journal.append(&record(Kind::PolicyRefused));
            }
        }
    }

    fn refresh_certificate(&self) {
        match self.door.refresh_certificate() {
            Ok(false) => {}
            Ok(true) => tracing::info!("a new certificate is in use"),
            Err(error) => tracing::error!(%error, "the changed certificate is refused, the one before stays in use"),
        }
    }

    async fn sweep(&self) {
        if let Err(error) = self.write_down_lapsed().await {
            tracing::debug!(%error, "approvals could not be swept");
        }
        let (vault, now) = (Arc::clone(&self.parts.vault), self.parts.clock.now());
        let swept = tokio::task::spawn_blocking(move || vault.destroy_expired(now)).await;
        match swept {
            Ok(Ok(swept)) => {
                for id in swept.destroyed {
                    let record = AuditRecord::new(Kind::Destroyed, self.parts.clock.now()).approval(&id.to_string());
                    let _ = self.parts.journal.append(&record);
                }
                for (path, error) in swept.failed {
                    tracing::warn!(path = %path.display(), %error, "a sealed export could not be destroyed yet");
                }
            }
            Ok(Err(error)) => tracing::warn!(%error, "the directory of sealed exports could not be swept"),
            Err(_) => tracing::error!("the sweeper failed"),
        }
    }

    async fn write_down_lapsed(&self) -> Result<(), StoreError> {
        let store = &self.parts.store;
        let now = store.now().await?;
        let mut cursor = None;
        loop {
            let page = store.list(&ApprovalQuery::Open, cursor.as_deref(), SWEEP_PAGE).await?;
            for approval in page.items {
                if approval.deadline().is_some_and(|until| now >= until) {
                    self.lapse(approval, now).await?;
                }
            }
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(()),
            }
        }
    }

    async fn lapse(&self, approval: Approval, now: crate::clock::Timestamp) -> Result<(), StoreError> {
        let (id, version) = (approval.id(), approval.version());
        let Ok(lapsed) = approval.lapse(Stamp::new(now, "sweeper")) else {
            return Ok(());
        };
        if let SwapOutcome::Done = self.parts.store.compare_and_set(version, &lapsed).await? {
            let record = AuditRecord::new(Kind::Lapsed, self.parts.clock.now()).approval(&id.to_string());
            let _ = self.parts.journal.append(&record);
            let vault = Arc::clone(&self.parts.vault);
            let _ = tokio::task::spawn_blocking(move || vault.destroy(id)).await;
        }
        Ok(())
    }
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}

async fn hung_up(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}
