use std::path::{Path, PathBuf};

use super::*;

fn files(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus/json")
        .join(folder);
    let mut files: Vec<(PathBuf, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    assert!(files.len() > 10);
    files
}

#[test]
fn each_file_becomes_what_the_model_says() {
    for plan in plans() {
        for (path, text) in files("") {
            let expected = model::rewrite(&plan, std::str::from_utf8(&text).unwrap(), false);
            for time in ["cold", "warm", "warm again"] {
                let (out, tally) = one_shot(&plan, &text).unwrap_or_else(|e| panic!("{path:?}: {e}"));
                assert_eq!(String::from_utf8(out).unwrap(), expected.0, "{path:?} {time}");
                assert_eq!(tally, expected.1, "{path:?} {time}");
            }
        }
    }
}

#[test]
fn each_file_at_each_split_gives_the_same() {
    // The first plan at each position, the others at some.
    for (plan, step) in plans().into_iter().zip([1, 5, 7, 11]) {
        for (path, text) in files("") {
            let whole = one_shot(&plan, &text).unwrap();
            for cut in (0..=text.len()).step_by(step) {
                let (head, tail) = text.split_at(cut);
                assert_eq!(rewrite(&plan, [head, tail]).unwrap(), whole, "{path:?} cut at {cut}");
            }
            assert_eq!(rewrite(&plan, text.chunks(1)).unwrap(), whole, "{path:?} byte by byte");
        }
    }
}

#[test]
fn each_file_in_random_pieces_gives_the_same() {
    let mut dice = Dice(1);
    for plan in plans() {
        for (path, text) in files("") {
            let whole = one_shot(&plan, &text).unwrap();
            for pieces in 2..40 {
                let pieces = dice.cut(&text, pieces);
                assert_eq!(rewrite(&plan, pieces).unwrap(), whole, "{path:?}");
            }
        }
    }
}

#[test]
fn without_a_rule_each_file_stays_what_it_is() {
    let mut silent = builder([Rendering::Redacted; 4]);
    silent.unlisted_plain();
    let mut clear = builder([Rendering::Clear; 4]);
    clear.field(&super::path("phone"), Some(PHONE));
    for plan in [silent, clear].map(|builder| Arc::new(builder.build().unwrap())) {
        for (path, text) in files("") {
            for size in [1, 2, 7, 64, 100_000] {
                let (out, tally) = rewrite(&plan, text.chunks(size)).unwrap();
                assert_eq!(out, text, "{path:?}");
                assert!(!tally.unread);
            }
        }
    }
}

#[test]
fn what_is_no_json_is_refused_however_it_is_cut() {
    let plan = plan();
    for (path, text) in files("invalid").into_iter().chain(files("invalid/open")) {
        let expected = kind(&one_shot(&plan, &text));
        assert!(expected.is_some(), "{path:?}");
        for cut in 0..=text.len() {
            let (head, tail) = text.split_at(cut);
            assert_eq!(kind(&rewrite(&plan, [head, tail])), expected, "{path:?} cut at {cut}");
        }
        assert_eq!(kind(&rewrite(&plan, text.chunks(1))), expected, "{path:?} byte by byte");
    }
}

#[test]
fn what_ends_too_early_is_refused() {
    let plan = plan();
    for (path, text) in files("") {
        for length in 0..text.len() {
            let head = &text[..length];
            let is_whole = std::str::from_utf8(head).is_ok_and(|head| {
                let head = head.strip_prefix('\u{FEFF}').unwrap_or(head);
                head.trim().is_empty() || serde_json::from_str::<serde::de::IgnoredAny>(head).is_ok()
            });
            assert_eq!(one_shot(&plan, head).is_ok(), is_whole, "{path:?} cut off at {length}");
        }
    }
}

#[test]
fn after_an_error_nothing_more_comes_out() {
    let mut rewriter = rewriter(&plan(), &BodyLimits::default(), false);
    let mut out = Vec::new();
    rewriter.push(br#"[{"phone":"13812345678"},"#, &mut out).unwrap();
    rewriter.push(b"x", &mut out).unwrap_err();
    let length = out.len();
    assert_eq!(
        rewriter.push(br#"{"phone":"13812345678"}]"#, &mut out),
        Err(BodyError::Spent)
    );
    assert_eq!(rewriter.finish(&mut out), Err(BodyError::Spent));
    assert_eq!(out.len(), length);
}

#[test]
fn a_clear_plan_refuses_nothing_and_says_what_it_could_not_read() {
    let mut builder = builder([Rendering::Clear; 4]);
    builder.field(&super::path("phone"), Some(PHONE));
    let plan = Arc::new(builder.build().unwrap());
    for (path, text) in files("invalid").into_iter().chain(files("invalid/open")) {
        let (out, tally) = rewrite(&plan, text.chunks(3)).unwrap();
        assert_eq!(out, text, "{path:?}");
        assert!(tally.unread, "{path:?}");
    }
    let (_, tally) = one_shot(&plan, br#"[{"phone":"1"},{"phone":"2"},{"phone":null},NaN]"#).unwrap();
    assert_eq!((tally.records, tally.unread), (2, true));
}

#[test]
fn no_original_comes_out() {
    let digits = "13812345678";
    let texts = [
        r#"{"phone":"13812345678"}"#,
        r#"{"\u0070hone":"\u0031\u0033812345678"}"#,
        r#"{"phone":{"a":["13812345678",13812345678]}}"#,
        r#"{"x":"{\"phone\":\"13812345678\"}"}"#,
        r#"{"x":"\u007b\u0022phone\u0022:\u002213812345678\u0022}"}"#,
        r#"{"x":"\"{\\\"phone\\\":13812345678}\""}"#,
        r#"{"phone":1,"phone":"13812345678"}"#,
        r#"[[{"phone":["13812345678"]}]]"#,
        r#"{"x":"eyJwaG9uZSI6IjEzODEyMzQ1Njc4In0="}"#,
        r#"{"result":[["a","b","13812345678"],["a","b",13812345678]]}"#,
    ];
    let mut plain = masking();
    plain.unlisted_plain();
    for text in texts {
        let (out, tally) = one_shot(&plan(), text.as_bytes()).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(
            !out.contains(digits) && !out.contains("MTM4MTIzNDU2Nz") && !out.contains("u0031"),
            "{text}"
        );
        assert!(tally.values[0] > 0);
    }
}

#[test]
fn what_a_container_is_called_says_what_is_inside() {
    let cases = [
        (
            r#"{"contact":{"name":"x","id":7,"type":"A"}}"#,
            r#"{"contact":{"name":"…","id":7,"type":"A"}}"#,
        ),
        (r#"{"contact":"x","type":"A"}"#, r#"{"contact":"…","type":"A"}"#),
        (
            r#"{"mobile":[{"value":"1","id":2}]}"#,
            r#"{"mobile":[{"value":"…","id":2}]}"#,
        ),
        (
            r#"{"customer":{"title":"张三","level":5}}"#,
            r#"{"customer":{"title":"张三","level":5}}"#,
        ),
        (
            r#"{"x":{"customer":["张三","涂料有限公司"]}}"#,
            r#"{"x":{"customer":["…","涂料有限公司"]}}"#,
        ),
        (
            r#"{"contact":{"17":{"name":"x"}}}"#,
            r#"{"contact":{"17":{"name":"…"}}}"#,
        ),
        (r#"{"contact":"{\"name\":\"x\"}"}"#, r#"{"contact":"…"}"#),
    ];
    for (text, expected) in cases {
        let (out, _) = one_shot(&plan(), text.as_bytes()).unwrap();
        let expected = expected.replace('…', "\u{2022}\u{2022}\u{2022}");
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
