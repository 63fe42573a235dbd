//! Sealing, opening, and everything that must not open.

use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use super::writer::HoldFile;
use super::*;
use crate::store::holds::format::{CHUNK_BYTES, ERASE_FROM, HEADER_BYTES, TAG_BYTES};

const LATER: Timestamp = Timestamp::from_millis(1_000);

fn id(nth: u8) -> ApprovalId {
    ApprovalId::from_bytes([nth; 16])
}

fn digest() -> RequestDigest {
    RequestDigest::from_bytes([5; 32])
}

fn meta() -> HoldMeta {
    HoldMeta {
        request: AskedRequest {
            method: "POST".to_owned(),
            target: "/api/customers?city=佛山".to_owned(),
            headers: vec![("content-type".to_owned(), b"application/json".to_vec())],
            body: Some(b"{\"a\":1}".to_vec()),
        },
        head: SealedHead {
            status: 200,
            headers: vec![("x-name".to_owned(), vec![0xff, 0x41])],
        },
        records: Some(2_000),
        reading: "a1".to_owned(),
    }
}

struct Fixture {
    directory: tempfile::TempDir,
    vault: HoldVault,
}

fn fixture(limits: VaultLimits) -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let vault = HoldVault::open(directory.path(), MasterKey::from_bytes([1; 32]), limits).unwrap();
    Fixture { directory, vault }
}

fn roomy() -> Fixture {
    fixture(VaultLimits {
        max_bytes: 10_000_000,
        min_free_bytes: 0,
    })
}

impl Fixture {
    fn seal(&self, nth: u8, content: &[u8]) -> Sealed {
        let mut writer = self.vault.begin(id(nth), &digest(), LATER).unwrap();
        // Odd pieces, so that they do not fall together with chunks.
        for piece in content.chunks(7_919) {
            writer.push(piece).unwrap();
        }
        writer.finish(meta()).unwrap()
    }

    fn path(&self, nth: u8) -> PathBuf {
        self.directory.path().join(format!("{}.hold", id(nth)))
    }

    fn files(&self) -> Vec<String> {
        let names = std::fs::read_dir(self.directory.path()).unwrap();
        names
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect()
    }

    /// All that can be read of a hold before an error, and the error.
    fn read(&self, nth: u8) -> (Vec<u8>, Option<VaultError>) {
        let mut content = Vec::new();
        let mut reader = match self.vault.read(id(nth)) {
            Ok(reader) => reader,
            Err(error) => return (content, Some(error)),
        };
        loop {
            match reader.next_chunk() {
                Ok(Some(chunk)) => content.extend_from_slice(chunk),
                Ok(None) => return (content, None),
                Err(error) => return (content, Some(error)),
            }
        }
    }
}

fn content(length: usize) -> Vec<u8> {
    (0..length).map(|nth| (nth * 31 + nth / 251) as u8).collect()
}

#[test]
fn what_is_sealed_opens_whatever_its_length() {
    let fixture = roomy();
    let around = |chunks: usize| [chunks * CHUNK_BYTES - 1, chunks * CHUNK_BYTES, chunks * CHUNK_BYTES + 1];
    let lengths = [0, 1, 1_000]
        .into_iter()
        .chain(around(1))
        .chain(around(2))
        .chain([300_000]);
    for (nth, length) in lengths.enumerate() {
        let nth = u8::try_from(nth).unwrap();
        let content = content(length);
        let sealed = fixture.seal(nth, &content);
        assert_eq!(sealed.bytes, length as u64);
        let (read, error) = fixture.read(nth);
        assert!(error.is_none() && read == content, "{length} bytes: {error:?}");
        let reader = fixture.vault.read(id(nth)).unwrap();
        assert_eq!(*reader.meta(), meta());
        assert_eq!(
            (reader.bytes(), reader.content(), reader.digest()),
            (sealed.bytes, &sealed.content, &digest())
        );
    }
}

#[test]
fn the_hash_is_that_of_the_plaintext() {
    let sealed = roomy().seal(1, b"abc");
    assert_eq!(
        sealed.content.to_string(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn nothing_of_the_plaintext_is_on_the_disk() {
    let fixture = roomy();
    let secret = b"13812345678 \xe5\xbc\xa0\xe4\xb8\x89".repeat(100);
    fixture.seal(1, &secret);
    let file = std::fs::read(fixture.path(1)).unwrap();
    for needle in [&b"13812345678"[..], b"customers", b"x-name", b"POST"] {
        assert!(!file.windows(needle.len()).any(|window| window == needle));
    }
}

#[test]
fn any_flipped_bit_is_found_before_its_chunk_is_given() {
    let fixture = roomy();
    let content = content(2 * CHUNK_BYTES + 500);
    fixture.seal(1, &content);
    let whole = std::fs::read(fixture.path(1)).unwrap();
    let sealed_chunk = CHUNK_BYTES + TAG_BYTES;
    let mut places: Vec<usize> = (0..HEADER_BYTES).collect();
    places.extend((HEADER_BYTES..whole.len()).step_by(4_999));
    places.extend(whole.len() - 40..whole.len());
    for place in places {
        let mut changed = whole.clone();
        changed[place] ^= 0x10;
        std::fs::write(fixture.path(1), &changed).unwrap();
        let (read, error) = fixture.read(1);
        assert!(error.is_some(), "byte {place}");
        let chunk = place.saturating_sub(HEADER_BYTES) / sealed_chunk;
        assert!(
            read.len() <= chunk * CHUNK_BYTES && content.starts_with(&read),
            "byte {place}"
        );
    }
}

#[test]
fn a_cut_file_does_not_open() {
    let fixture = roomy();
    fixture.seal(1, &content(2 * CHUNK_BYTES + 500));
    let whole = std::fs::read(fixture.path(1)).unwrap();
    for length in (0..whole.len())
        .step_by(3_001)
        .chain([HEADER_BYTES, HEADER_BYTES + 1, whole.len() - 1])
    {
        std::fs::write(fixture.path(1), &whole[..length]).unwrap();
        assert!(fixture.read(1).1.is_some(), "{length} bytes");
    }
}

#[test]
fn chunks_that_are_moved_doubled_or_left_out_do_not_open() {
    let fixture = roomy();
    fixture.seal(1, &content(3 * CHUNK_BYTES));
    let whole = std::fs::read(fixture.path(1)).unwrap();
    let sealed = CHUNK_BYTES + TAG_BYTES;
    let (header, rest) = whole.split_at(HEADER_BYTES);
    let (chunks, end) = rest.split_at(3 * sealed);
    let pieces: Vec<&[u8]> = chunks.chunks(sealed).collect();
    for order in [
        vec![1, 0, 2],
        vec![0, 2, 1],
        vec![0, 1],
        vec![0, 1, 1, 2],
        vec![2],
        vec![0, 2],
    ] {
        let mut changed = header.to_vec();
        order.iter().for_each(|&nth| changed.extend_from_slice(pieces[nth]));
        changed.extend_from_slice(end);
        std::fs::write(fixture.path(1), changed).unwrap();
        assert!(fixture.read(1).1.is_some(), "{order:?}");
    }
}

#[test]
fn another_key_another_name_and_another_files_parts_do_not_open() {
    let fixture = roomy();
    fixture.seal(1, &content(100));
    fixture.seal(2, &content(100));
    let other = HoldVault::open(
        fixture.directory.path(),
        MasterKey::from_bytes([2; 32]),
        fixture.vault.limits,
    )
    .unwrap();
    assert!(matches!(other.read(id(1)), Err(VaultError::Broken { .. })));
    std::fs::copy(fixture.path(1), fixture.path(3)).unwrap();
    assert!(matches!(fixture.vault.read(id(3)), Err(VaultError::Broken { .. })));
    // The header of one with the body of the other.
    let (one, two) = (
        std::fs::read(fixture.path(1)).unwrap(),
        std::fs::read(fixture.path(2)).unwrap(),
    );
    std::fs::write(fixture.path(1), [&one[..HEADER_BYTES], &two[HEADER_BYTES..]].concat()).unwrap();
    assert!(fixture.read(1).1.is_some());
    assert!(matches!(fixture.vault.read(id(9)), Err(VaultError::Missing(_))));
}

#[test]
fn an_answer_that_is_too_large_leaves_nothing() {
    let fixture = fixture(VaultLimits {
        max_bytes: 100_000,
        min_free_bytes: 0,
    });
    let mut writer = fixture.vault.begin(id(1), &digest(), LATER).unwrap();
    writer.push(&content(100_000)).unwrap();
    assert!(matches!(
        writer.push(b"x"),
        Err(VaultError::TooLarge { limit: 100_000 })
    ));
    drop(writer);
    assert!(fixture.files().is_empty(), "{:?}", fixture.files());
}

#[test]
fn a_disk_with_too_little_room_refuses_at_the_start() {
    let fixture = fixture(VaultLimits {
        max_bytes: 100,
        min_free_bytes: u64::MAX,
    });
    assert!(matches!(
        fixture.vault.begin(id(1), &digest(), LATER),
        Err(VaultError::DiskFull { .. })
    ));
    assert!(fixture.files().is_empty());
}

/// A file on a disk that is full after so many bytes.
struct FullAfter {
    file: File,
    room: usize,
}

impl Write for FullAfter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let count = self.file.write(&bytes[..bytes.len().min(self.room)])?;
        self.room -= count;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for FullAfter {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl HoldFile for FullAfter {
    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_disk_that_fills_up_is_an_error_and_leaves_nothing() {
    let content = content(3 * CHUNK_BYTES);
    for room in [
        0,
        HEADER_BYTES - 1,
        HEADER_BYTES,
        HEADER_BYTES + 70_000,
        HEADER_BYTES + 3 * (CHUNK_BYTES + TAG_BYTES),
    ] {
        let fixture = roomy();
        let path = fixture.directory.path().join(format!("{}.part", id(1)));
        let file = Box::new(FullAfter {
            file: File::create_new(&path).unwrap(),
            room,
        });
        let header = format::Header {
            id: id(1),
            destroy_after: LATER,
            digest: digest(),
        };
        let sealed = HoldWriter::begin(file, path, &fixture.vault, header).and_then(|mut writer| {
            writer.push(&content)?;
            writer.finish(meta())
        });
        assert!(
            matches!(sealed, Err(VaultError::Io(error)) if error.kind() == io::ErrorKind::StorageFull),
            "{room}"
        );
        assert!(fixture.files().is_empty(), "{room}: {:?}", fixture.files());
    }
}

#[test]
fn a_hold_that_is_being_written_cannot_be_read_or_begun_again() {
    let fixture = roomy();
    let mut writer = fixture.vault.begin(id(1), &digest(), LATER).unwrap();
    writer.push(b"abc").unwrap();
    assert!(matches!(fixture.vault.read(id(1)), Err(VaultError::Missing(_))));
    assert!(!fixture.vault.holds(id(1)));
    assert!(fixture.vault.begin(id(1), &digest(), LATER).is_err());
    writer.finish(meta()).unwrap();
    assert!(fixture.vault.holds(id(1)));
    assert_eq!(fixture.files().len(), 1);
}

#[test]
fn what_is_destroyed_is_gone_and_its_key_too() {
    let fixture = roomy();
    fixture.seal(1, &content(1_000));
    // Somebody keeps the file open, or its blocks.
    let kept = File::open(fixture.path(1)).unwrap();
    assert!(fixture.vault.destroy(id(1)).unwrap());
    assert!(!fixture.vault.destroy(id(1)).unwrap());
    assert!(matches!(fixture.vault.read(id(1)), Err(VaultError::Missing(_))));
    let mut header = [1; HEADER_BYTES];
    kept.read_exact_at(&mut header, 0).unwrap();
    assert!(
        header[usize::try_from(ERASE_FROM).unwrap()..]
            .iter()
            .all(|&byte| byte == 0)
    );
}

#[test]
fn the_sweeper_destroys_what_is_over_and_nothing_else() {
    let fixture = roomy();
    fixture.seal(1, b"over");
    let mut writer = fixture
        .vault
        .begin(id(2), &digest(), Timestamp::from_millis(2_000))
        .unwrap();
    writer.push(b"not over").unwrap();
    writer.finish(meta()).unwrap();
    let unfinished = fixture
        .vault
        .begin(id(3), &digest(), Timestamp::from_millis(2_000))
        .unwrap();
    std::fs::write(fixture.directory.path().join("other.txt"), b"not ours").unwrap();
    assert!(
        fixture
            .vault
            .destroy_expired(Timestamp::from_millis(999))
            .unwrap()
            .destroyed
            .is_empty()
    );
    let swept = fixture.vault.destroy_expired(LATER).unwrap();
    assert_eq!((swept.destroyed, swept.failed.len()), (vec![id(1)], 0));
    assert!(fixture.vault.holds(id(2)));
    drop(unfinished);
    // What a crash leaves behind.
    std::fs::write(fixture.path(4), b"cut").unwrap();
    let mut left = fixture.vault.begin(id(5), &digest(), LATER).unwrap();
    left.push(b"x").unwrap();
    std::mem::forget(left);
    let mut destroyed = fixture.vault.destroy_expired(LATER).unwrap().destroyed;
    destroyed.sort();
    assert_eq!(destroyed, [id(4), id(5)]);
}

#[test]
fn debug_and_errors_show_nothing() {
    let fixture = roomy();
    fixture.seal(1, b"13812345678");
    let reader = fixture.vault.read(id(1)).unwrap();
    let shown = format!("{reader:?} {:?} {:?}", reader.meta(), fixture.vault);
    assert!(!shown.contains("city") && !shown.contains("138"), "{shown}");
}
