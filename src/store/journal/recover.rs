//! How a journal is opened: it goes on where the last process ended, and says so if that was not a clean end.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::disk::{Disk, write_all};
use super::files::{self, LOCK_FILE};
use super::head::{HeadFile, HeadSeal, Vouched};
use super::verify::{Walk, walk_file};
use super::writer::{NewFile, Writer};
use super::{JournalError, JournalOptions, MIN_ROTATE_BYTES};
use crate::audit::{AuditRecord, ChainHead, Kind};
use crate::clock::Clock;

/// Opens or begins the journal of a directory.
pub(super) fn open(
    options: &JournalOptions,
    clock: Arc<dyn Clock>,
    disk: Arc<dyn Disk>,
) -> Result<Writer, JournalError> {
    let directory = options.directory.as_path();
    let refused = |error: std::io::Error| JournalError::Open {
        path: directory.to_owned(),
        reason: error.to_string(),
    };
    make_directory(directory).map_err(refused)?;
    let lock = lock(directory)?;
    let seal = HeadSeal::new(options.key.as_ref());
    let vouched = seal.read(directory).map_err(refused)?;
    let end = End::find(directory, &vouched).map_err(refused)?;
    let (opened, notes) = end.go_on(&*disk, directory, &*clock).map_err(refused)?;
    let head_file = HeadFile::open(&*disk, directory, seal).map_err(refused)?;
    disk.sync_directory(directory).map_err(refused)?;
    let mut writer = Writer {
        disk,
        clock,
        directory: directory.to_owned(),
        rotate_bytes: options.rotate_bytes.max(MIN_ROTATE_BYTES),
        file: opened.file,
        path: opened.path,
        generation: 0,
        written: opened.written,
        written_head: opened.head,
        pending: Vec::new(),
        head: opened.head,
        unsynced: opened.unsynced,
        dirty_tail: false,
        broken: None,
        head_file,
        _lock: lock,
    };
    for note in notes {
        writer.append(&note)?;
    }
    writer.vouch().map_err(refused)?;
    Ok(writer)
}

fn make_directory(directory: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

fn lock(directory: &Path) -> Result<File, JournalError> {
    let path = directory.join(LOCK_FILE);
    let refused = |error: std::io::Error| JournalError::Open {
        path: path.clone(),
        reason: error.to_string(),
    };
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(refused)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalError::InUse {
            path: directory.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(refused(error)),
    }
}

/// How the last process left the journal.
enum End {
    /// There is nothing.
    Nothing,
    /// The newest file with a whole record holds a chain up to `walk.head`; bytes after that are not whole, nor are newer files.
    File {
        path: PathBuf,
        walk: Walk,
        head: ChainHead,
        newer: Vec<PathBuf>,
        unvouched: bool,
    },
    /// Records that the head file vouches for are missing or broken.
    Missing { vouched: ChainHead },
}

impl End {
    fn find(directory: &Path, vouched: &Vouched) -> std::io::Result<Self> {
        let vouched_head = match vouched {
            Vouched::Head(head) | Vouched::Unchecked(head) => Some(*head),
            Vouched::Missing | Vouched::Unreadable => None,
        };
        let mut newer = Vec::new();
        for (_, path) in files::list(directory)?.into_iter().rev() {
            let walk = walk_file(&path)?;
            match walk.head {
                None => newer.push(path),
                Some(head) if vouched_head.is_some_and(|vouched| head.seq < vouched.seq) => break,
                Some(head) => {
                    return Ok(Self::File {
                        path,
                        walk,
                        head,
                        newer,
                        unvouched: vouched_head.is_none(),
                    });
                }
            }
        }
        Ok(match vouched_head {
            Some(vouched) if vouched.seq > 0 => Self::Missing { vouched },
            _ => Self::Nothing,
        })
    }

    fn go_on(
        self,
        disk: &dyn Disk,
        directory: &Path,
        clock: &dyn Clock,
    ) -> std::io::Result<(OpenedFile, Vec<AuditRecord>)> {
        match self {
            Self::Nothing => {
                clear_way(directory, ChainHead::genesis())?;
                Ok((
                    OpenedFile::new(disk, directory, ChainHead::genesis(), clock)?,
                    Vec::new(),
                ))
            }
            Self::Missing { vouched } => {
                tracing::error!(%vouched, "audit records that were synced are missing; `overcoat audit verify` names the first");
                let note = AuditRecord::new(Kind::TailMissing, clock.now()).reason("records_missing");
                clear_way(directory, vouched)?;
                Ok((OpenedFile::new(disk, directory, vouched, clock)?, vec![note]))
            }
            Self::File {
                path,
                walk,
                head,
                newer,
                unvouched,
            } => {
                let mut notes = Vec::new();
                for empty in newer {
                    std::fs::rename(&empty, files::aside(&empty, "torn"))?;
                }
                if unvouched {
                    notes.push(AuditRecord::new(Kind::TailMissing, clock.now()).reason("head_missing"));
                }
                notes.extend(set_torn_aside(disk, &path, &walk, clock)?);
                Ok((OpenedFile::existing(disk, path, walk.good_bytes, head)?, notes))
            }
        }
    }
}

/// A file of the name that is needed, without one whole record in it, is moved aside.
fn clear_way(directory: &Path, after: ChainHead) -> std::io::Result<()> {
    let path = directory.join(files::name(after.seq + 1));
    if path.symlink_metadata().is_ok() {
        std::fs::rename(&path, files::aside(&path, "torn"))?;
    }
    Ok(())
}

/// What stands after the last whole record is moved aside, and a record says how much it was.
fn set_torn_aside(
    disk: &dyn Disk,
    path: &Path,
    walk: &Walk,
    clock: &dyn Clock,
) -> std::io::Result<Option<AuditRecord>> {
    let torn = &std::fs::read(path)?[usize::try_from(walk.good_bytes).unwrap_or(usize::MAX)..];
    if torn.is_empty() {
        return Ok(None);
    }
    let aside = files::aside(path, "torn");
    let copy = disk.create(&aside)?;
    write_all(&*copy, torn, 0)?;
    copy.sync()?;
    let file = disk.open(path)?;
    file.set_len(walk.good_bytes)?;
    file.sync()?;
    let hash: String = Sha256::digest(torn).iter().map(|byte| format!("{byte:02x}")).collect();
    let note = AuditRecord::new(Kind::TornTail, clock.now()).file(&files::short(&aside));
    Ok(Some(note.bytes(torn.len() as u64).content(&hash)))
}

/// The file that is written on.
struct OpenedFile {
    file: Arc<dyn super::disk::DiskFile>,
    path: PathBuf,
    written: u64,
    head: ChainHead,
    unsynced: Vec<u8>,
}

impl OpenedFile {
    fn new(disk: &dyn Disk, directory: &Path, after: ChainHead, clock: &dyn Clock) -> std::io::Result<Self> {
        let new = NewFile::create(disk, directory, after, clock)?;
        let written = new.first_line.len() as u64;
        Ok(Self {
            file: new.file,
            path: new.path,
            written,
            head: new.head,
            unsynced: new.first_line,
        })
    }

    fn existing(disk: &dyn Disk, path: PathBuf, written: u64, head: ChainHead) -> std::io::Result<Self> {
        let file = disk.open(&path)?;
        // What the last process wrote and did not sync is synced before anything is built on it.
        file.sync()?;
        Ok(Self {
            file,
            path,
            written,
            head,
            unsynced: Vec::new(),
        })
    }
}
