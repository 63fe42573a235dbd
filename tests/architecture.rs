//! The walls of the house (ARCHITECTURE.md): who may know whom, what the core never does, and how long a file may be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const CORE: &[&str] = &[
    "clock", "subject", "catalog", "policy", "fpe", "mask", "body", "approval", "audit",
];

/// What a room may import beside itself.
fn allowed(room: &str) -> Vec<&'static str> {
    let with_core = |more: &[&'static str]| [CORE, more].concat();
    match room {
        "clock" | "fpe" => vec![],
        "subject" | "demo" => vec!["clock"],
        "mask" => vec!["fpe"],
        "catalog" | "body" => vec!["mask"],
        "policy" => vec!["clock", "subject", "mask", "catalog", "fpe"],
        "approval" => vec!["clock", "subject", "mask"],
        "audit" => vec!["clock", "mask"],
        "store" => vec!["clock", "subject", "mask", "approval", "audit"],
        "identity" => vec!["clock", "subject", "store"],
        "config" => with_core(&[]),
        "proxy" | "control" => with_core(&["config", "identity", "store"]),
        "app" => with_core(&["config", "identity", "store", "proxy", "control", "demo"]),
        "main" => vec!["app"],
        other => panic!("`{other}` is no room of the house; ARCHITECTURE.md says which there are"),
    }
}

/// Packages that only one room may name.
const OWNED: &[(&str, &[&str])] = &[
    ("pingora", &["proxy"]),
    ("casbin", &["policy"]),
    ("redis", &["store"]),
    ("rusqlite", &["store"]),
    ("axum", &["control"]),
    ("hyper", &["control", "demo"]),
];

/// What the core never does: I/O, time, chance.
const FOREIGN_TO_THE_CORE: &[&str] = &[
    ".await",
    "async fn",
    "std::fs",
    "std::net::Tcp",
    "std::env",
    "tokio",
    "SystemTime::now",
    "Instant::now",
    "getrandom",
    "thread::sleep",
];

const MAX_LINES: usize = 500;

struct Source {
    room: String,
    path: PathBuf,
    /// Code without its tests, comments and texts.
    code: String,
    lines_without_tests: usize,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 20, "the sources were not found");
    files.sort();
    files
        .into_iter()
        .filter(|path| !path.ends_with("lib.rs"))
        .map(|path| {
            let relative = path.strip_prefix(&root).unwrap();
            let first = relative.components().next().unwrap().as_os_str().to_str().unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            let is_test_file = path.file_name().is_some_and(|n| n == "tests.rs")
                || relative.components().any(|c| c.as_os_str() == "tests");
            let kept = if is_test_file { "" } else { without_tests(&text) };
            Source {
                room: first.trim_end_matches(".rs").to_owned(),
                code: without_comments_and_texts(kept),
                lines_without_tests: kept.lines().count(),
                path: relative.to_owned(),
            }
        })
        .collect()
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// Unit tests stand last in a file, under `#[cfg(test)]`.
fn without_tests(text: &str) -> &str {
    match text.find("#[cfg(test)]\nmod ") {
        Some(at) if !text[at..].starts_with("#[cfg(test)]\nmod tests;") => &text[..at],
        _ => text,
    }
}

/// Blanks comments, string and character literals, keeping line ends, so that words in them do not count as code.
fn without_comments_and_texts(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |e| e + 2)
        } else if let Some(length) = raw_text(rest, at.checked_sub(1).map(|p| bytes[p])) {
            length
        } else if rest.starts_with('"') {
            quoted(rest)
        } else {
            character(rest).unwrap_or_default()
        };
        if skipped == 0 {
            let c = rest.chars().next().unwrap();
            out.push(c);
            at += c.len_utf8();
        } else {
            out.extend(rest[..skipped].chars().filter(|c| *c == '\n'));
            out.push(' ');
            at += skipped;
        }
    }
    out
}

fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn raw_text(rest: &str, before: Option<u8>) -> Option<usize> {
    if before.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return None;
    }
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let start = rest.len() - after.len() + hashes + 1;
    Some(rest[start..].find(&end).map_or(rest.len(), |e| start + e + end.len()))
}

fn character(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    if inner.starts_with('\\') {
        return inner[2..].find('\'').map(|e| e + 4);
    }
    let c = inner.chars().next()?;
    inner[c.len_utf8()..].starts_with('\'').then_some(c.len_utf8() + 2)
}

/// Rooms of ours that a file names: `crate::room`, `overcoat::room`, also inside `crate::{room, …}`.
fn imports(source: &Source) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for prefix in ["crate::", "overcoat::"] {
        for (at, _) in source.code.match_indices(prefix) {
            let rest = &source.code[at + prefix.len()..];
            if let Some(list) = rest.strip_prefix('{') {
                found.extend(heads_of_list(list));
            } else {
                found.extend(word(rest));
            }
        }
    }
    found.remove(&source.room);
    found
}

fn heads_of_list(list: &str) -> Vec<String> {
    let (mut depth, mut heads, mut fresh) = (1, Vec::new(), true);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => fresh = true,
            c if fresh && !c.is_whitespace() => {
                heads.extend(word(&list[at..]));
                fresh = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    heads
}

fn word(text: &str) -> Option<String> {
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_owned())
}

/// Whether `name` stands in the code as the head of a path or an import.
fn names_package(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = &code[at + name.len()..];
        let whole = !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
        whole
            && (after.starts_with("::")
                || after.trim_start().starts_with(';') && code[..at].trim_end().ends_with("use"))
    })
}

#[test]
fn no_room_imports_one_it_may_not() {
    let mut broken = Vec::new();
    for source in sources() {
        let allowed = allowed(&source.room);
        for import in imports(&source) {
            if !allowed.contains(&import.as_str()) {
                broken.push(format!("{} imports `{import}`", source.path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn no_cycle_between_rooms() {
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources() {
        let imports = imports(&source);
        edges.entry(source.room).or_default().extend(imports);
    }
    // Rooms that import nothing left are taken away until none is left; what stays is a cycle.
    while !edges.is_empty() {
        let Some(leaf) = edges
            .iter()
            .find(|(_, to)| to.iter().all(|t| !edges.contains_key(t)))
            .map(|(r, _)| r.clone())
        else {
            panic!("a cycle among {:?}", edges.keys().collect::<Vec<_>>());
        };
        edges.remove(&leaf);
    }
}

#[test]
fn the_core_does_no_io_and_knows_no_time() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|s| CORE.contains(&s.room.as_str())) {
        for foreign in FOREIGN_TO_THE_CORE {
            // The one place where time comes in: `SystemClock`, which the core is handed as a `Clock`.
            let clock = source.room == "clock" && *foreign == "SystemTime::now";
            if !clock && source.code.contains(foreign) {
                broken.push(format!("{}: `{foreign}`", source.path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn each_big_package_is_named_in_its_own_room_only() {
    let mut broken = Vec::new();
    for source in sources() {
        for (package, rooms) in OWNED {
            if !rooms.contains(&source.room.as_str()) && names_package(&source.code, package) {
                broken.push(format!("{} names `{package}`", source.path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Calls that only one room may make, because they are where a guarantee is given.
const GUARDED: &[(&str, &str)] = &[
    // A grant exists only after the store's compare-and-set took place.
    (".confirmed()", "store"),
];

#[test]
fn what_gives_a_guarantee_is_called_in_its_own_room_only() {
    for (call, room) in GUARDED {
        let callers: Vec<String> = sources()
            .iter()
            .filter(|s| s.code.contains(call))
            .map(|s| s.room.clone())
            .collect();
        assert!(!callers.is_empty(), "nobody calls `{call}` any more");
        assert!(callers.iter().all(|c| c == room), "`{call}` in {callers:?}");
    }
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|s| s.lines_without_tests > MAX_LINES)
        .map(|s| format!("{} has {} lines", s.path.display(), s.lines_without_tests))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn no_room_is_a_drawer() {
    let drawers = ["util", "utils", "common", "helpers", "types", "misc", "mod"];
    for source in sources() {
        let stem = source.path.file_stem().unwrap().to_str().unwrap();
        assert!(
            !drawers.contains(&stem),
            "{} is no name for a room",
            source.path.display()
        );
    }
}

#[test]
fn the_checks_see_what_they_look_for() {
    let code = without_comments_and_texts(
        "use crate::{store::A, mask}; // crate::demo\nlet s = \"crate::app\"; let c = '\"';\ncrate::body::x(r#\"crate::proxy\"#);",
    );
    let source = Source {
        room: "policy".into(),
        path: PathBuf::from("x.rs"),
        lines_without_tests: 3,
        code,
    };
    let found: Vec<String> = imports(&source).into_iter().collect();
    assert_eq!(found, ["body", "mask", "store"]);
    assert!(names_package("use pingora;", "pingora") && names_package("a(pingora::x)", "pingora"));
    assert!(!names_package("my_pingora::x", "pingora") && !names_package("pingora_like()", "pingora"));
    assert_eq!(
        without_tests("fn a() {}\n#[cfg(test)]\nmod tests {\n}\n"),
        "fn a() {}\n"
    );
}
