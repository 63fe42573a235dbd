//! People who edit the journal, and what `verify` says.

use super::*;

/// A journal of 31 records in one file, closed.
fn written() -> (tempfile::TempDir, std::path::PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path());
    for nth in 0..30 {
        journal.append(&record(nth)).unwrap();
    }
    drop(journal);
    let path = directory.path().join(files::name(1));
    (directory, path)
}

fn edit(path: &Path, change: impl FnOnce(&mut Vec<String>)) {
    let mut lines: Vec<String> = std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    change(&mut lines);
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(path, text).unwrap();
}

fn first_broken(directory: &tempfile::TempDir) -> (u64, u64) {
    let broken = check(directory.path()).unwrap_err();
    assert!(!broken.to_string().is_empty());
    (broken.seq, broken.line)
}

#[test]
fn a_changed_byte_names_its_record() {
    let (directory, path) = written();
    edit(&path, |lines| lines[16] = lines[16].replace("customers", "customerz"));
    assert_eq!(first_broken(&directory), (17, 17));
}

#[test]
fn a_deleted_line_names_the_record_that_is_missing() {
    let (directory, path) = written();
    edit(&path, |lines| drop(lines.remove(16)));
    assert_eq!(first_broken(&directory), (17, 17));
}

#[test]
fn swapped_lines_name_the_first_of_them() {
    let (directory, path) = written();
    edit(&path, |lines| lines.swap(4, 5));
    assert_eq!(first_broken(&directory), (5, 5));
}

#[test]
fn a_cut_tail_is_noticed_down_to_the_last_record() {
    for keep in [0, 1, 29, 30] {
        let (directory, path) = written();
        edit(&path, |lines| lines.truncate(keep));
        assert_eq!(first_broken(&directory).0, keep as u64 + 1, "{keep} records kept");
    }
}

#[test]
fn a_tail_that_is_cut_within_a_line_names_that_line() {
    let (directory, path) = written();
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 5]).unwrap();
    assert_eq!(first_broken(&directory), (31, 31));
}

#[test]
fn a_chain_that_is_written_anew_does_not_fit_the_sealed_head() {
    let (directory, path) = written();
    let mut head = ChainHead::genesis();
    let mut forged = Vec::new();
    let opened = AuditRecord::new(Kind::FileOpened, Timestamp::from_millis(1)).prev(&head.hash_text());
    head = head.append(&opened, &mut forged);
    for nth in 0..30 {
        head = head.append(&record(nth).outcome("permitted"), &mut forged);
    }
    std::fs::write(&path, &forged).unwrap();
    let broken = check(directory.path()).unwrap_err();
    assert_eq!((broken.seq, broken.line), (31, 31));
    assert!(broken.reason.contains("rewritten"), "{broken}");
}

#[test]
fn a_missing_or_forged_head_file_is_noticed() {
    let (directory, _) = written();
    let head_file = directory.path().join(files::HEAD_FILE);
    let honest = std::fs::read(&head_file).unwrap();
    std::fs::remove_file(&head_file).unwrap();
    assert!(check(directory.path()).unwrap_err().reason.contains("missing"));
    // Without the key nobody makes a head: neither an unkeyed one nor one with another number.
    let text = String::from_utf8(honest).unwrap();
    for forged in [
        text.replace("\"keyed\":true", "\"keyed\":false"),
        text.replace("\"seq\":31", "\"seq\":30"),
        String::new(),
    ] {
        std::fs::write(&head_file, forged).unwrap();
        // The other slot may still be honest; then the chain is confirmed by that one.
        match check(directory.path()) {
            Ok(report) => assert_eq!(report.records, 31),
            Err(broken) => assert!(broken.reason.contains("believed"), "{broken}"),
        }
    }
}

#[test]
fn a_deleted_file_is_named() {
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
    let files = files::list(directory.path()).unwrap();
    for (victim, (first, path)) in files.iter().enumerate() {
        let away = directory.path().join("away");
        std::fs::rename(path, &away).unwrap();
        let broken = check(directory.path()).unwrap_err();
        assert_eq!(broken.seq, *first, "file {victim}: {broken}");
        std::fs::rename(&away, path).unwrap();
    }
    check(directory.path()).unwrap();
}

#[test]
fn a_tail_that_was_cut_while_nobody_wrote_stays_visible_for_ever() {
    let (directory, path) = written();
    edit(&path, |lines| lines.truncate(20));
    let journal = open(directory.path());
    journal.append(&record(99)).unwrap();
    drop(journal);
    assert_eq!(first_broken(&directory).0, 21);
    let last = directory.path().join(files::name(32));
    assert!(std::fs::read_to_string(last).unwrap().contains("tail_missing"));
}

#[test]
fn a_record_holds_no_value_that_was_not_screened() {
    // What the type lets in: names, codes and screened text. This pins that a query value has no way in.
    let mut line = Vec::new();
    ChainHead::genesis().append(&record(1).method("GET /?phone=13812345678"), &mut line);
    assert!(!String::from_utf8(line).unwrap().contains("138"));
}
