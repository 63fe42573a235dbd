//! The journal against a disk that fills up, fails and vanishes, and against people who edit it.

mod faults;
mod tampering;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::*;
use crate::audit::Kind;
use crate::clock::{ManualClock, Timestamp};
use faults::Faults;

fn record(nth: u64) -> AuditRecord {
    let nth = i64::try_from(nth).unwrap();
    AuditRecord::new(Kind::Decided, Timestamp::from_millis(nth))
        .subject("li.wei", ["sales"])
        .route("customers")
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(ManualClock::at(Timestamp::from_millis(1)))
}

fn options(directory: &Path) -> JournalOptions {
    JournalOptions {
        key: Some(MasterKey::from_bytes([3; 32])),
        ..JournalOptions::new(directory)
    }
}

fn open(directory: &Path) -> Journal {
    Journal::open(&options(directory), clock()).unwrap()
}

fn check(directory: &Path) -> Result<Report, Broken> {
    verify(directory, Some(&MasterKey::from_bytes([3; 32])))
}

fn kinds(directory: &Path) -> Vec<String> {
    let files = files::list(directory).unwrap();
    let text: String = files
        .iter()
        .map(|(_, path)| std::fs::read_to_string(path).unwrap())
        .collect();
    let kind = |line: &str| {
        serde_json::from_str::<serde_json::Value>(line).unwrap()["kind"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    text.lines().map(kind).collect()
}

/// Waits for what a background thread will do; fails after long enough that only a hang can be the reason.
fn eventually(what: &str, mut done: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < until, "{what} never happened");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn a_record_is_in_the_file_when_append_returns() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path());
    for nth in 2..50 {
        assert_eq!(journal.append(&record(nth)).unwrap().seq, nth);
        let text = std::fs::read_to_string(directory.path().join(files::name(1))).unwrap();
        assert!(text.ends_with("\"v\":1}\n") && text.lines().count() as u64 == nth);
    }
}

#[test]
fn lazy_records_are_written_with_the_next_or_soon() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path());
    let path = directory.path().join(files::name(1));
    let lines = || std::fs::read_to_string(&path).unwrap().lines().count();
    journal.append_lazy(&record(1)).unwrap();
    journal.append(&record(2)).unwrap();
    assert_eq!(lines(), 3);
    journal.append_lazy(&record(3)).unwrap();
    eventually("the lazy write", || lines() == 4);
}

#[test]
fn the_head_file_follows_and_the_whole_verifies_while_it_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path());
    for nth in 0..200 {
        journal.append(&record(nth)).unwrap();
        if nth % 50 == 0 {
            check(directory.path()).unwrap();
        }
    }
    drop(journal);
    let report = check(directory.path()).unwrap();
    assert_eq!(
        (report.records, report.files, report.check),
        (201, 1, HeadCheck::Confirmed)
    );
    assert_eq!(verify(directory.path(), None).unwrap().check, HeadCheck::Unchecked);
    assert!(verify(directory.path(), Some(&MasterKey::from_bytes([4; 32]))).is_err());
}

#[test]
fn synced_records_share_their_syncs() {
    let directory = tempfile::tempdir().unwrap();
    let faults = Arc::new(Faults::default());
    let journal =
        Arc::new(Journal::open_on(&options(directory.path()), clock(), Arc::new(Arc::clone(&faults))).unwrap());
    runtime().block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for nth in 0..200 {
            let journal = Arc::clone(&journal);
            tasks.spawn(async move { journal.append_synced(&record(nth)).await.unwrap().seq });
        }
        let mut seqs = tasks.join_all().await;
        seqs.sort_unstable();
        assert_eq!(seqs, (2..202).collect::<Vec<_>>());
    });
    assert!(faults.syncs() >= 1 && faults.syncs() < 200, "{} syncs", faults.syncs());
    assert_eq!(journal.append_synced_blocking(&record(9)).unwrap().seq, 202);
}

#[test]
fn the_chain_goes_on_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    for start in 0..3 {
        let journal = open(directory.path());
        journal.append(&record(start)).unwrap();
        journal.append_lazy(&record(start)).unwrap();
    }
    assert_eq!(check(directory.path()).unwrap().records, 7);
    assert_eq!(kinds(directory.path())[0], "file_opened");
}

#[test]
fn files_are_rotated_and_carry_the_chain_over() {
    let directory = tempfile::tempdir().unwrap();
    let small = JournalOptions {
        rotate_bytes: 0,
        ..options(directory.path())
    };
    let journal = Journal::open(&small, clock()).unwrap();
    for nth in 0..1_500 {
        journal.append(&record(nth)).unwrap();
    }
    drop(journal);
    let report = check(directory.path()).unwrap();
    assert!(report.files >= 4, "{report:?}");
    assert_eq!(report.records, 1_500 + report.files as u64);
    let journal = open(directory.path());
    journal.append(&record(1)).unwrap();
    drop(journal);
    assert_eq!(check(directory.path()).unwrap().records, report.records + 1);
}

#[test]
fn a_second_process_is_kept_out() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path());
    let second = Journal::open(&options(directory.path()), clock());
    assert!(matches!(second, Err(JournalError::InUse { .. })));
    drop(journal);
    open(directory.path());
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let error = Journal::open(&options(&file.join("audit")), clock())
        .unwrap_err()
        .to_string();
    assert!(error.contains("file/audit"), "{error}");
}

#[test]
fn a_torn_last_line_is_moved_aside_and_noted() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()));
    let path = directory.path().join(files::name(1));
    let whole = std::fs::read(&path).unwrap();
    for torn in [&b"{\"hash\":\"00"[..], b"\0\0\0\0\0\0", b"not a record\n"] {
        let before = std::fs::read(&path).unwrap();
        std::fs::write(&path, [&before, torn].concat()).unwrap();
        let journal = open(directory.path());
        journal.append(&record(1)).unwrap();
    }
    assert!(std::fs::read(&path).unwrap().starts_with(&whole));
    assert_eq!(
        kinds(directory.path()),
        [
            "file_opened",
            "torn_tail",
            "decided",
            "torn_tail",
            "decided",
            "torn_tail",
            "decided"
        ]
    );
    check(directory.path()).unwrap();
    let aside = std::fs::read(files::aside(&path, "x").with_file_name(format!("{}.torn-2", files::name(1)))).unwrap();
    assert_eq!(aside, b"\0\0\0\0\0\0");
}

#[test]
fn a_new_file_without_a_whole_record_is_moved_aside() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path());
    journal.append(&record(1)).unwrap();
    let next = directory.path().join(files::name(journal.head().seq + 1));
    drop(journal);
    // The process died between making the file and writing its first line.
    std::fs::write(&next, b"{\"ha").unwrap();
    let journal = open(directory.path());
    journal.append(&record(2)).unwrap();
    drop(journal);
    assert_eq!(check(directory.path()).unwrap().records, 3);
    assert!(!next.exists());
}
