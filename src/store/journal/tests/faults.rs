//! A disk with faults, and what the journal does about them.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use super::super::disk::{DiskFile, RealDisk};
use super::*;

/// The real disk, until told otherwise.
pub(super) struct Faults {
    /// How many more bytes fit.
    room: AtomicU64,
    /// Cutting a file fails too.
    stuck: AtomicBool,
    /// How many more syncs fail.
    bad_syncs: AtomicUsize,
    syncs: AtomicUsize,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            room: AtomicU64::new(u64::MAX),
            stuck: AtomicBool::new(false),
            bad_syncs: AtomicUsize::new(0),
            syncs: AtomicUsize::new(0),
        }
    }
}

impl Faults {
    pub(super) fn syncs(&self) -> usize {
        self.syncs.load(Ordering::SeqCst)
    }

    fn wrap(self: &Arc<Self>, file: Arc<dyn DiskFile>) -> Arc<dyn DiskFile> {
        Arc::new(FaultyFile {
            file,
            faults: Arc::clone(self),
        })
    }
}

impl Disk for Arc<Faults> {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        Ok(self.wrap(RealDisk.create(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        Ok(self.wrap(RealDisk.open(path)?))
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        RealDisk.sync_directory(path)
    }
}

struct FaultyFile {
    file: Arc<dyn DiskFile>,
    faults: Arc<Faults>,
}

impl DiskFile for FaultyFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let room = self.faults.room.load(Ordering::SeqCst);
        if room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let fits = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
        if room != u64::MAX {
            self.faults.room.store(room - fits as u64, Ordering::SeqCst);
        }
        self.file.write_at(&bytes[..fits], offset)
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(bytes, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        if self.faults.stuck.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::ReadOnlyFilesystem.into());
        }
        self.file.set_len(len)
    }

    fn sync(&self) -> io::Result<()> {
        self.faults.syncs.fetch_add(1, Ordering::SeqCst);
        let less = |left: usize| left.checked_sub(1);
        if self
            .faults
            .bad_syncs
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
            .is_ok()
        {
            return Err(io::Error::other("the disk failed"));
        }
        self.file.sync()
    }

    fn is_at(&self, path: &Path) -> bool {
        self.file.is_at(path)
    }
}

fn open_on(directory: &Path) -> (Journal, Arc<Faults>) {
    let faults = Arc::new(Faults::default());
    let disk: Arc<dyn Disk> = Arc::new(Arc::clone(&faults));
    (Journal::open_on(&options(directory), clock(), disk).unwrap(), faults)
}

#[test]
fn a_full_disk_refuses_and_writing_resumes_by_itself() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, faults) = open_on(directory.path());
    journal.append(&record(1)).unwrap();
    // A part of the next line fits: it must not stay.
    for room in [0, 1, 100] {
        faults.room.store(room, Ordering::SeqCst);
        assert!(matches!(journal.append(&record(2)), Err(JournalError::NotWritable(_))));
        let text = std::fs::read_to_string(directory.path().join(files::name(1))).unwrap();
        assert!(text.ends_with("}\n") && text.lines().count() < 9, "half a line stayed");
    }
    faults.room.store(u64::MAX, Ordering::SeqCst);
    assert_eq!(
        journal.append(&record(3)).unwrap().seq,
        3,
        "a refused record leaves no gap"
    );
    drop(journal);
    assert_eq!(check(directory.path()).unwrap().records, 3);
}

#[test]
fn a_half_written_line_that_cannot_be_cut_off_is_cut_before_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, faults) = open_on(directory.path());
    faults.room.store(50, Ordering::SeqCst);
    faults.stuck.store(true, Ordering::SeqCst);
    assert!(journal.append(&record(1)).is_err());
    assert!(journal.status().is_err());
    faults.room.store(u64::MAX, Ordering::SeqCst);
    assert!(
        journal.append(&record(1)).is_err(),
        "nothing is written after half a line"
    );
    faults.stuck.store(false, Ordering::SeqCst);
    journal.append(&record(1)).unwrap();
    assert!(journal.status().is_ok());
    drop(journal);
    assert_eq!(check(directory.path()).unwrap().records, 2);
}

#[test]
fn lazy_records_outlive_a_full_disk() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, faults) = open_on(directory.path());
    faults.room.store(0, Ordering::SeqCst);
    journal.append_lazy(&record(1)).unwrap();
    assert!(journal.append(&record(2)).is_err());
    faults.room.store(u64::MAX, Ordering::SeqCst);
    assert_eq!(journal.append(&record(3)).unwrap().seq, 3);
    drop(journal);
    assert_eq!(check(directory.path()).unwrap().records, 3);
}

#[test]
fn a_failed_sync_is_told_and_what_it_lost_is_written_again() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, faults) = open_on(directory.path());
    journal.append_synced_blocking(&record(1)).unwrap();
    faults.bad_syncs.store(2, Ordering::SeqCst);
    let error = runtime().block_on(journal.append_synced(&record(2))).unwrap_err();
    assert!(matches!(error, JournalError::NotSynced(_)), "{error}");
    eventually("the repair", || journal.append(&record(3)).is_ok());
    journal.append_synced_blocking(&record(4)).unwrap();
    drop(journal);
    check(directory.path()).unwrap();
}

#[test]
fn a_file_that_is_taken_away_refuses_and_is_put_back() {
    let directory = tempfile::tempdir().unwrap();
    let audit = directory.path().join("audit");
    let journal = open(&audit);
    for nth in 0..10 {
        journal.append(&record(nth)).unwrap();
    }
    journal.append_synced_blocking(&record(10)).unwrap();
    // Root may write anywhere, so permissions do not tell; the directory gives way to a file.
    let away = directory.path().join("away");
    std::fs::rename(&audit, &away).unwrap();
    std::fs::write(&audit, b"in the way").unwrap();
    assert!(journal.append_synced_blocking(&record(11)).is_err());
    eventually("the refusal", || journal.append(&record(12)).is_err());
    assert!(journal.status().is_err());
    std::fs::remove_file(&audit).unwrap();
    std::fs::create_dir(&audit).unwrap();
    eventually("the repair", || journal.append(&record(13)).is_ok());
    journal.append_synced_blocking(&record(14)).unwrap();
    drop(journal);
    assert!(check(&audit).unwrap().records > 13);
    assert!(kinds(&audit).contains(&"file_restored".to_owned()));
}

#[test]
fn a_file_that_is_replaced_is_moved_aside() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path());
    journal.append_synced_blocking(&record(1)).unwrap();
    let path = directory.path().join(files::name(1));
    let edited = directory.path().join("edited");
    std::fs::write(&edited, b"an editor made this anew\n").unwrap();
    std::fs::rename(&edited, &path).unwrap();
    eventually("the refusal", || {
        journal.append_synced_blocking(&record(2)).is_err() || kinds_has_restored(&path)
    });
    eventually("the repair", || journal.append_synced_blocking(&record(3)).is_ok());
    drop(journal);
    check(directory.path()).unwrap();
    let foreign = directory.path().join(format!("{}.foreign-1", files::name(1)));
    assert_eq!(std::fs::read(foreign).unwrap(), b"an editor made this anew\n");
}

fn kinds_has_restored(path: &Path) -> bool {
    std::fs::read_to_string(path).is_ok_and(|text| text.contains("file_restored"))
}

#[test]
fn a_head_file_that_is_taken_away_is_made_anew() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path());
    journal.append_synced_blocking(&record(1)).unwrap();
    std::fs::remove_file(directory.path().join(files::HEAD_FILE)).unwrap();
    journal.append_synced_blocking(&record(2)).unwrap();
    drop(journal);
    check(directory.path()).unwrap();
}

#[test]
fn a_rotation_that_fails_goes_on_in_the_old_file() {
    let directory = tempfile::tempdir().unwrap();
    let faults = Arc::new(Faults::default());
    let small = JournalOptions {
        rotate_bytes: 0,
        ..options(directory.path())
    };
    let journal = Journal::open_on(&small, clock(), Arc::new(Arc::clone(&faults))).unwrap();
    // Every name the next file could have is taken by a directory.
    for first in 2..2_000 {
        std::fs::create_dir(directory.path().join(files::name(first))).unwrap();
    }
    for nth in 0..700 {
        journal.append(&record(nth)).unwrap();
    }
    drop(journal);
    for first in 2..2_000 {
        std::fs::remove_dir(directory.path().join(files::name(first))).unwrap();
    }
    assert_eq!(check(directory.path()).unwrap().records, 701);
}
