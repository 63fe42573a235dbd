//! The snapshot in force, and its exchange for a new one.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::ArcSwap;
use parking_lot::Mutex;

use super::diagnostic::Diagnostics;
use super::settings::Settings;
use super::snapshot::{self, Snapshot, yaml_files};

/// How the last load went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadStatus {
    /// The files on disk are in force.
    Current,
    /// The files on disk are refused, and an older snapshot is in force: readiness is red.
    Refused(Arc<Diagnostics>),
}

/// What a reload did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reload {
    /// The files say the same as before.
    Unchanged,
    /// A new snapshot is in force.
    Swapped,
}

/// The policy in force. Requests take one [`Arc<Snapshot>`] at their beginning and keep it: one request is judged by one policy.
#[derive(Debug)]
pub struct Live {
    settings: Arc<Settings>,
    current: ArcSwap<Snapshot>,
    status: ArcSwap<LoadStatus>,
    /// What the disk looked like at the last load; held while loading, so that two reloads do not cross.
    seen: Mutex<Vec<Mark>>,
}

/// A file's name, size and time of change.
type Mark = (PathBuf, u64, Option<SystemTime>);

impl Live {
    /// Puts a first snapshot in force.
    pub fn new(settings: Arc<Settings>, snapshot: Arc<Snapshot>) -> Self {
        let seen = Mutex::new(marks(&settings));
        Self {
            settings,
            current: ArcSwap::new(snapshot),
            status: ArcSwap::from_pointee(LoadStatus::Current),
            seen,
        }
    }

    /// The settings it was loaded with.
    pub fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// The snapshot in force.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// How the last load went.
    pub fn status(&self) -> Arc<LoadStatus> {
        self.status.load_full()
    }

    /// Whether the files on disk are in force.
    pub fn is_ready(&self) -> bool {
        **self.status.load() == LoadStatus::Current
    }

    /// Loads again if a file has changed since the last load, in size or time; for a poll each second.
    pub fn reload_if_changed(&self) -> Option<Result<Reload, Arc<Diagnostics>>> {
        let changed = *self.seen.lock() != marks(&self.settings);
        changed.then(|| self.reload())
    }

    /// Loads all policy files: the new snapshot is in force, or the old one stays and the status says why.
    pub fn reload(&self) -> Result<Reload, Arc<Diagnostics>> {
        let mut seen = self.seen.lock();
        // INVARIANT: marks are taken before the files are read, so that a change during the load is seen by the next poll.
        *seen = marks(&self.settings);
        match snapshot::load(&self.settings) {
            Ok(new) => {
                self.status.store(Arc::new(LoadStatus::Current));
                if new.id == self.current.load().id {
                    return Ok(Reload::Unchanged);
                }
                self.current.store(new);
                Ok(Reload::Swapped)
            }
            Err(complaints) => {
                let complaints = Arc::new(complaints);
                self.status
                    .store(Arc::new(LoadStatus::Refused(Arc::clone(&complaints))));
                Err(complaints)
            }
        }
    }
}

fn marks(settings: &Settings) -> Vec<Mark> {
    let directory = &settings.policies;
    let mut files: Vec<PathBuf> = ["model.conf", "access.csv", "data-classes.yaml", "approvals.yaml"]
        .iter()
        .map(|name| directory.join(name))
        .collect();
    files.extend(yaml_files(&directory.join("crm")));
    files.extend(yaml_files(&directory.join("cases")));
    let mark = |path: PathBuf| {
        let metadata = std::fs::metadata(&path).ok();
        let size = metadata.as_ref().map_or(0, |m| m.len());
        (path, size, metadata.and_then(|m| m.modified().ok()))
    };
    files.into_iter().map(mark).collect()
}
