//! The thread that syncs in groups, and those who wait for it.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use tokio::sync::watch;

use super::writer::Writer;
use super::{GROUP_MS, JournalError};

/// How long records are gathered for one sync. Half of [`GROUP_MS`], so that the sync itself fits into the other half.
const GATHER: Duration = Duration::from_millis(GROUP_MS / 2);
/// How often a broken journal is tried again.
const RETRY: Duration = Duration::from_millis(200);
/// How often an idle journal looks whether its file is still there.
const IDLE_LOOK: Duration = Duration::from_secs(1);

/// How far the disk is.
#[derive(Clone, Debug, Default)]
struct Progress {
    /// The number of the last record that is on the disk.
    synced: u64,
    /// How many syncs failed so far, and why the last one did.
    failures: u64,
    reason: String,
}

#[derive(Default)]
struct Wanted {
    dirty: bool,
    urgent: bool,
    stop: bool,
}

/// What the journal and its thread share.
pub(super) struct Shared {
    pub writer: Mutex<Writer>,
    wanted: Mutex<Wanted>,
    wake: Condvar,
    progress: watch::Sender<Progress>,
    /// For those who wait without a runtime.
    progressed: Condvar,
    progressed_lock: Mutex<()>,
}

impl Shared {
    pub fn new(writer: Mutex<Writer>) -> Self {
        Self {
            writer,
            wanted: Mutex::new(Wanted::default()),
            wake: Condvar::new(),
            progress: watch::Sender::new(Progress::default()),
            progressed: Condvar::new(),
            progressed_lock: Mutex::new(()),
        }
    }

    /// Says that there is something to sync; `urgent` if somebody waits for it.
    pub fn poke(&self, urgent: bool) {
        let mut wanted = self.wanted.lock();
        // The thread sleeps either until there is something, or out a gathering that only urgency cuts short.
        let wake = !wanted.dirty || (urgent && !wanted.urgent);
        wanted.dirty = true;
        wanted.urgent |= urgent;
        drop(wanted);
        if wake {
            self.wake.notify_one();
        }
    }

    pub fn subscribe(&self) -> Waiting {
        let receiver = self.progress.subscribe();
        let failures = receiver.borrow().failures;
        Waiting { receiver, failures }
    }

    fn announce(&self, outcome: Result<u64, String>) {
        self.progress.send_modify(|progress| match outcome {
            Ok(synced) => progress.synced = progress.synced.max(synced),
            Err(reason) => {
                progress.failures += 1;
                progress.reason = reason;
            }
        });
        drop(self.progressed_lock.lock());
        self.progressed.notify_all();
    }
}

/// Somebody who waits for the disk. Made before the record is written, so that no failure after that is missed.
pub(super) struct Waiting {
    receiver: watch::Receiver<Progress>,
    failures: u64,
}

impl Waiting {
    fn outcome(&self, seq: u64) -> Option<Result<(), JournalError>> {
        let progress = self.receiver.borrow();
        if progress.synced >= seq {
            return Some(Ok(()));
        }
        (progress.failures > self.failures).then(|| Err(JournalError::NotSynced(progress.reason.clone())))
    }

    pub async fn reached(&mut self, seq: u64) -> Result<(), JournalError> {
        loop {
            self.receiver.mark_unchanged();
            if let Some(outcome) = self.outcome(seq) {
                return outcome;
            }
            if self.receiver.changed().await.is_err() {
                return Err(JournalError::NotSynced("the journal was closed".to_owned()));
            }
        }
    }

    pub fn wait_for(&self, shared: &Shared, seq: u64) -> Result<(), JournalError> {
        let mut lock = shared.progressed_lock.lock();
        loop {
            if let Some(outcome) = self.outcome(seq) {
                return outcome;
            }
            shared.progressed.wait(&mut lock);
        }
    }
}

/// The running thread.
pub(super) struct Syncer {
    shared: Arc<Shared>,
    thread: JoinHandle<()>,
}

impl Syncer {
    pub fn start(shared: Arc<Shared>) -> std::io::Result<Self> {
        let worker = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("audit-sync".to_owned())
            .spawn(move || run(&worker))?;
        Ok(Self { shared, thread })
    }

    /// Syncs what is left and ends the thread.
    pub fn stop(self) {
        self.shared.wanted.lock().stop = true;
        self.shared.wake.notify_one();
        if self.thread.join().is_err() {
            tracing::error!("the audit journal's thread had panicked");
        }
    }
}

fn run(shared: &Shared) {
    loop {
        let stop = gather(shared);
        let outcome = cycle(shared);
        let failed = outcome.is_err();
        shared.announce(outcome);
        if stop {
            finish(shared);
            return;
        }
        if failed {
            pause(shared);
        }
    }
}

/// Waits until there is something to sync and its group is gathered; `true` if the journal is closing.
fn gather(shared: &Shared) -> bool {
    let mut wanted = shared.wanted.lock();
    if !wanted.dirty && !wanted.stop {
        shared.wake.wait_for(&mut wanted, IDLE_LOOK);
    }
    let until = Instant::now() + GATHER;
    while wanted.dirty && !wanted.urgent && !wanted.stop {
        if shared.wake.wait_until(&mut wanted, until).timed_out() {
            break;
        }
    }
    wanted.dirty = false;
    wanted.urgent = false;
    wanted.stop
}

/// After a failure: waits a moment, and remembers that there is something to do.
fn pause(shared: &Shared) {
    let mut wanted = shared.wanted.lock();
    let until = Instant::now() + RETRY;
    while !wanted.stop && !shared.wake.wait_until(&mut wanted, until).timed_out() {}
    wanted.dirty = true;
    wanted.urgent = true;
}

/// One group: writes what is pending, syncs outside the lock, notes how far it got; gives the number of the last synced record.
fn cycle(shared: &Shared) -> Result<u64, String> {
    let (file, path, generation, length, head) = {
        let mut writer = shared.writer.lock();
        if writer.broken.is_some() {
            writer.repair()?;
        }
        writer.flush().map_err(|error| error.to_string())?;
        let file = Arc::clone(&writer.file);
        (
            file,
            writer.path.clone(),
            writer.generation,
            writer.unsynced.len(),
            writer.written_head,
        )
    };
    let outcome = if length == 0 {
        Ok(())
    } else {
        file.sync().map_err(|error| error.to_string())
    };
    let gone = !file.is_at(&path);
    let mut writer = shared.writer.lock();
    if writer.generation != generation {
        // Rotated meanwhile, and synced by that.
        return Ok(head.seq);
    }
    if let Err(reason) = outcome {
        writer.broken = Some(reason.clone());
        return Err(reason);
    }
    if gone {
        let reason = "its file was taken away".to_owned();
        writer.broken = Some(reason.clone());
        return Err(reason);
    }
    writer.unsynced.drain(..length);
    if length > 0 || head.seq > shared.progress.borrow().synced {
        writer.write_head(&head)?;
    }
    Ok(head.seq)
}

fn finish(shared: &Shared) {
    let writer = shared.writer.lock();
    if let Err(error) = writer.head_file.sync() {
        tracing::warn!(%error, "the audit journal's head could not be synced at the end");
    }
}
