use super::*;
use crate::clock::Timestamp;
use crate::mask::Rendering;
use crate::mask::detect::Detectors;

fn full() -> AuditRecord {
    let screened = |text| Screened::by(&Detectors::default(), text);
    AuditRecord::new(Kind::Completed, Timestamp::from_millis(1_700_000_000_123))
        .subject("li.wei", ["analyst", "sales"])
        .assurance("password")
        .source("10.1.2.3".parse().unwrap())
        .request("r-1")
        .route("customers")
        .method("GET")
        .path(screened("/api/客户/17"))
        .params(vec![screened("page"), screened("city")])
        .outcome("whole")
        .reason("none")
        .note(screened("line\nbreak \"quoted\""))
        .approval("a1")
        .level("team_lead")
        .digest("d1")
        .content("c1")
        .snapshot("s1")
        .session("5e")
        .file("f1")
        .classes(vec![
            ClassCount {
                class: "phone".into(),
                rendering: Rendering::Partial,
                count: 100,
            },
            ClassCount {
                class: "price".into(),
                rendering: Rendering::Redacted,
                count: 3,
            },
        ])
        .detected(2)
        .records(100)
        .bytes(51_200)
        .status(200)
}

fn lines(count: u64) -> Vec<Vec<u8>> {
    let mut head = ChainHead::genesis();
    let record = |nth| AuditRecord::new(Kind::Decided, Timestamp::from_millis(nth)).route("customers");
    (0..count)
        .map(|nth| {
            let mut line = Vec::new();
            head = head.append(&record(i64::try_from(nth).unwrap()), &mut line);
            assert_eq!(line.pop(), Some(b'\n'));
            line
        })
        .collect()
}

/// The number (from 0) of the first line that is found broken.
fn first_flaw<'a>(lines: impl IntoIterator<Item = &'a Vec<u8>>) -> Option<(usize, Flaw)> {
    let mut verifier = Verifier::after(ChainHead::genesis());
    lines
        .into_iter()
        .enumerate()
        .find_map(|(at, line)| verifier.line(line).err().map(|flaw| (at, flaw)))
}

#[test]
fn the_canonical_form_is_pinned() {
    let mut line = Vec::new();
    let head = ChainHead::genesis().append(&full(), &mut line);
    let line = String::from_utf8(line).unwrap();
    let (hash, members) = line.split_at(COVERED);
    assert_eq!(hash, format!("{{\"hash\":\"{}\",", head.hash_text()));
    assert_eq!(
        members,
        concat!(
            r#""approval":"a1","assurance":"password","at":"2023-11-14T22:13:20.123Z","bytes":51200,"#,
            r#""classes":[{"class":"phone","count":100,"rendering":"partial"},{"class":"price","count":3,"rendering":"redacted"}],"#,
            r#""content":"c1","detected":2,"digest":"d1","file":"f1","kind":"completed","level":"team_lead","method":"GET","#,
            r#""note":"line\nbreak \"quoted\"","outcome":"whole","params":["page","city"],"path":"/api/客户/17","reason":"none","#,
            r#""records":100,"request":"r-1","roles":["analyst","sales"],"route":"customers","seq":1,"session":"5e","snapshot":"s1","#,
            r#""source":"10.1.2.3","status":200,"subject":"li.wei","v":1}"#,
            "\n"
        )
    );
}

const COVERED: usize = 9 + 64 + 2;

#[test]
fn keys_are_sorted_and_nothing_is_a_float() {
    let mut line = Vec::new();
    ChainHead::genesis().append(&full().prev("p1"), &mut line);
    let text = String::from_utf8(line).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let object = value.as_object().unwrap();
    // Keys in the order in which they stand.
    let mut places: Vec<(usize, &String)> = object
        .keys()
        .map(|key| (text.find(&format!("\"{key}\":")).unwrap(), key))
        .collect();
    places.sort_unstable();
    let members: Vec<_> = places
        .iter()
        .map(|(_, key)| *key)
        .filter(|key| *key != "hash")
        .collect();
    assert!(members.is_sorted(), "{members:?}");
    assert!(object.values().all(|value| !value.is_f64()));
}

#[test]
fn an_untouched_chain_verifies() {
    assert_eq!(first_flaw(&lines(20)), None);
}

#[test]
fn any_changed_byte_is_found_at_its_record() {
    let whole = lines(3);
    for at in 0..whole[1].len() {
        for flip in [1, 0x20, 0x80] {
            let mut changed = whole.clone();
            changed[1][at] ^= flip;
            assert_eq!(first_flaw(&changed).map(|(at, _)| at), Some(1), "byte {at}");
        }
    }
}

#[test]
fn a_deleted_moved_or_repeated_line_is_found() {
    let whole = lines(5);
    let mut deleted = whole.clone();
    deleted.remove(2);
    assert_eq!(
        first_flaw(&deleted),
        Some((2, Flaw::Sequence { expected: 3, found: 4 }))
    );
    let mut swapped = whole.clone();
    swapped.swap(1, 2);
    assert_eq!(
        first_flaw(&swapped),
        Some((1, Flaw::Sequence { expected: 2, found: 3 }))
    );
    let mut repeated = whole.clone();
    repeated.insert(2, whole[1].clone());
    assert_eq!(
        first_flaw(&repeated),
        Some((2, Flaw::Sequence { expected: 3, found: 2 }))
    );
}

#[test]
fn a_record_made_anew_without_the_rest_is_found_at_the_next() {
    let mut whole = lines(3);
    let mut forged = Vec::new();
    let first = Link::read(&whole[0]).unwrap().head;
    first.append(
        &AuditRecord::new(Kind::Decided, Timestamp::from_millis(9)).route("orders"),
        &mut forged,
    );
    forged.pop();
    whole[1] = forged;
    assert_eq!(first_flaw(&whole), Some((2, Flaw::Hash)));
}

#[test]
fn a_file_that_goes_on_from_elsewhere_is_found() {
    let mut line = Vec::new();
    let record = AuditRecord::new(Kind::FileOpened, Timestamp::from_millis(0)).prev("0000");
    ChainHead::genesis().append(&record, &mut line);
    line.pop();
    assert_eq!(first_flaw([&line]), Some((0, Flaw::Carried)));
}

#[test]
fn screened_text_is_cut_at_a_character() {
    let long = "客".repeat(400);
    let screened = Screened::by(&Detectors::default(), &long);
    assert!(screened.as_str().len() <= 512 + '…'.len_utf8());
    assert!(screened.as_str().ends_with("客…"));
}

#[test]
fn a_method_that_is_none_is_not_repeated() {
    let mut line = Vec::new();
    let record = AuditRecord::new(Kind::Refused, Timestamp::from_millis(0)).method("GET 13812345678");
    ChainHead::genesis().append(&record, &mut line);
    assert!(String::from_utf8(line).unwrap().contains(r#""method":"other""#));
}

#[test]
fn a_path_is_screened_segment_by_segment() {
    let path = |text| Screened::path(&Detectors::default(), text).as_str().to_owned();
    assert_eq!(path("/api/customers/17/"), "/api/customers/17/");
    assert_eq!(path("/q/a%20b"), "/q/a%20b");
    assert_eq!(path("/c/%E7%8E%8B%E5%B0%8F%E6%98%8E/x"), "/c/•••/x");
    let name = |text| Screened::name(&Detectors::default(), text).as_str().to_owned();
    assert_eq!(name("page[size]"), "page[size]");
    assert_eq!(name("王小明"), "•••");
}
