use std::path::PathBuf;

use encoding_rs::{BIG5, GBK};

use super::*;
use crate::body::testkit::{NAME, PHONE, path, plan, plan_with};
use crate::mask::Rendering;

fn rewrite(plan: &Arc<MaskPlan>, limits: &BodyLimits, pieces: &[&[u8]]) -> Result<(Vec<u8>, Tally), BodyError> {
    let mut rewriter = Box::new(CsvRewriter::new(Arc::clone(plan), limits, None));
    let mut out = Vec::new();
    for piece in pieces {
        rewriter.push(piece, &mut out)?;
    }
    let tally = rewriter.finish(&mut out)?;
    Ok((out, tally))
}

fn partly(csv: &str) -> String {
    let (out, _) = rewrite(&plan(Rendering::Partial), &BodyLimits::default(), &[csv.as_bytes()]).unwrap();
    String::from_utf8(out).unwrap()
}

/// Each file of the corpus with what must come of it.
fn corpus() -> Vec<(String, Vec<u8>, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/csv");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if !name.ends_with(".masked.csv") {
            let masked = std::fs::read(file.with_extension("masked.csv")).unwrap();
            files.push((name, std::fs::read(&file).unwrap(), masked));
        }
    }
    assert!(files.len() >= 20, "the corpus is there");
    files
}

#[test]
fn the_corpus_at_each_split() {
    let plan = plan(Rendering::Partial);
    for (name, file, masked) in corpus() {
        for at in 0..=file.len() {
            let (out, _) = rewrite(&plan, &BodyLimits::default(), &[&file[..at], &file[at..]]).unwrap();
            let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert_eq!(lossy(&out), lossy(&masked), "{name} at {at}");
            assert!(out == masked, "{name} at {at}");
        }
    }
}

/// Longer than the window, so that splits fall into the walk itself.
#[test]
fn the_corpus_in_long_byte_by_byte() {
    let plan = plan(Rendering::Partial);
    for (name, file, masked) in corpus() {
        let ends_row = |bytes: &[u8]| bytes.ends_with(b"\n") || bytes.ends_with(b"\r");
        if !ends_row(&file) {
            continue;
        }
        // The row of the header comes again, as data: its words hold nothing.
        let long = file.repeat(1 + 3 * WINDOW_BYTES / file.len());
        let expected = masked.repeat(1 + 3 * WINDOW_BYTES / file.len());
        let whole = rewrite(&plan, &BodyLimits::default(), &[&long]).unwrap();
        for size in [1, 7, 64, 100] {
            let pieces: Vec<&[u8]> = long.chunks(size).collect();
            assert!(
                rewrite(&plan, &BodyLimits::default(), &pieces).unwrap() == whole,
                "{name} by {size}"
            );
        }
        let has_header_once = [
            "utf8.csv",
            "gbk.csv",
            "semicolon_lf.csv",
            "tab_cr.csv",
            "headerless.csv",
        ]
        .contains(&name.as_str());
        if name == "headerless.csv" {
            assert!(whole.0 == expected, "{name}");
        }
        assert!(
            !has_header_once || !whole.0.windows(11).any(|window| window == b"13812345678"),
            "{name}"
        );
    }
}

#[test]
fn without_a_rule_nothing_changes() {
    let clear = plan(Rendering::Clear);
    let plain = plan_with(Rendering::Redacted, |builder| {
        builder.unlisted_plain();
    });
    for (name, file, _) in corpus() {
        for plan in [&clear, &plain] {
            for size in [1, 13, 4096] {
                let pieces: Vec<&[u8]> = file.chunks(size).collect();
                assert!(
                    rewrite(plan, &BodyLimits::default(), &pieces).unwrap().0 == file,
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn columns_by_index_mask_the_first_row_of_a_headerless_file_too() {
    let plan = plan_with(Rendering::Partial, |builder| {
        builder
            .field(&path("$[*][1]"), Some(NAME))
            .field(&path("$[*][2]"), Some(PHONE))
            .field(&path("$[*][3]"), None);
    });
    let cases = [
        (
            "7,张三,13812345678,13712345678\n8,李四,13912345678,x\n",
            "7,张*,138****5678,13712345678\n8,李*,139****5678,x\n",
        ),
        (
            "代码,姓名,移动电话,note\n7,张三,13812345678,13712345678\n",
            "代码,姓名,移动电话,note\n7,张*,138****5678,13712345678\n",
        ),
        ("a,张三,b\nc,手机,d\n", "a,张*,•••\nc,手*,•••\n"),
    ];
    for (file, masked) in cases {
        let (out, _) = rewrite(&plan, &BodyLimits::default(), &[file.as_bytes()]).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), masked);
    }
}

#[test]
fn a_field_declared_harmless_is_neither_masked_nor_searched() {
    let plan = plan_with(Rendering::Redacted, |builder| {
        builder
            .field(&path("$[*].note"), None)
            .field(&path("$[*].code"), Some(PHONE));
    });
    let (out, _) = rewrite(
        &plan,
        &BodyLimits::default(),
        &[b"note,code,other\n13812345678,77,13812345678\n"],
    )
    .unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "note,code,other\n13812345678,•••,•••\n"
    );
}

#[test]
fn records_are_rows_with_a_value_of_an_open_class() {
    let file = "id,手机,note\n1,13812345678,\n2,,x\n3,,13812345678\n\n4,\"\",\"13712345678 13812345678\"\n";
    let count = |rendering| {
        rewrite(&plan(rendering), &BodyLimits::default(), &[file.as_bytes()])
            .unwrap()
            .1
    };
    let partial = count(Rendering::Partial);
    assert_eq!((partial.records, partial.values[0], partial.detected), (3, 4, 3));
    assert_eq!(count(Rendering::Clear).records, 3);
    assert_eq!(
        (count(Rendering::Redacted).records, count(Rendering::Redacted).values[0]),
        (0, 4)
    );
    let mut streaming = CsvRewriter::new(plan(Rendering::Partial), &BodyLimits::default(), None);
    streaming.push(&file.repeat(200).into_bytes(), &mut Vec::new()).unwrap();
    assert!(streaming.records_so_far() > 300);
}

#[test]
fn a_cell_beyond_the_limit_is_an_error_unless_it_passes() {
    let limits = BodyLimits {
        max_value_bytes: 50,
        ..BodyLimits::default()
    };
    let long = format!("id,手机,note\n1,13812345678,{}\n", "x".repeat(51));
    let searched = plan(Rendering::Partial);
    let unsearched = plan_with(Rendering::Partial, |builder| {
        builder.field(&path("$[*].note"), None);
    });
    for size in [1, 10, 1000] {
        let pieces: Vec<&[u8]> = long.as_bytes().chunks(size).collect();
        assert!(matches!(
            rewrite(&searched, &limits, &pieces),
            Err(BodyError::ValueTooLong { limit: 50, .. })
        ));
        assert!(rewrite(&unsearched, &limits, &pieces).is_ok());
    }
    let endless = format!("id,手机\n1,\"{}", "x".repeat(10_000));
    let pieces: Vec<&[u8]> = endless.as_bytes().chunks(100).collect();
    assert!(matches!(
        rewrite(&searched, &limits, &pieces),
        Err(BodyError::ValueTooLong { .. })
    ));
}

#[test]
fn what_is_no_table_is_an_error() {
    let limits = BodyLimits::default();
    let plan = plan(Rendering::Partial);
    for bad in [&b"id,mobile\n1,\"13812345678"[..], b"id,mobile\n1,\"1381\"\"", b"a\0b"] {
        let pieces: Vec<&[u8]> = bad.chunks(3).collect();
        assert!(rewrite(&plan, &limits, &pieces).is_err());
    }
    let mut spent = CsvRewriter::new(Arc::clone(&plan), &limits, None);
    assert!(spent.push(&[0; 5000], &mut Vec::new()).is_err());
    assert_eq!(spent.push(b"a", &mut Vec::new()), Err(BodyError::Spent));
}

#[test]
fn a_lying_label_hides_no_column() {
    let file = "代码,姓名,手机\r\n1,张三,13812345678\r\n";
    let masked = "代码,姓名,手机\r\n1,张*,138****5678\r\n";
    for label in [
        Charset::Utf8,
        Charset::Legacy(GBK),
        Charset::Legacy(BIG5),
        Charset::Legacy(encoding_rs::WINDOWS_1252),
    ] {
        for real in [encoding_rs::UTF_8, GBK] {
            let body = real.encode(file).0;
            let mut rewriter = Box::new(CsvRewriter::new(
                plan(Rendering::Partial),
                &BodyLimits::default(),
                Some(label),
            ));
            let mut out = Vec::new();
            rewriter.push(&body, &mut out).unwrap();
            rewriter.finish(&mut out).unwrap();
            let (text, ..) = real.decode(&out);
            assert!(
                !text.contains("13812345678") && !text.contains("张三"),
                "{} labelled {}: {text}",
                real.name(),
                label.name()
            );
            if label != Charset::Legacy(encoding_rs::WINDOWS_1252) && !(label == Charset::Legacy(BIG5) && real == GBK) {
                assert_eq!(text, masked, "{} labelled {}", real.name(), label.name());
            }
        }
    }
}

#[test]
fn renderings_stay_in_the_charset_of_the_file() {
    let file = "姓名,手机\r\n张三,13812345678\r\n";
    for encoding in [GBK, BIG5, encoding_rs::GB18030] {
        let file = file.replace("张", "張").replace("手机", "mobile");
        let (out, _) = rewrite(
            &plan(Rendering::Redacted),
            &BodyLimits::default(),
            &[&encoding.encode(&file).0],
        )
        .unwrap();
        let (text, _, broken) = encoding.decode(&out);
        assert!(!broken);
        assert_eq!(text, "姓名,mobile\r\n***,***\r\n");
    }
}

#[test]
fn delimiters_are_told_by_the_names_and_the_rows() {
    for delimiter in [",", ";", "\t", "|"] {
        let file =
            format!("a{delimiter}手机{delimiter}b\n1{delimiter}13812345678{delimiter}x,y;z\n").replace("x,y;z", "xyz");
        let masked = file.replace("13812345678", "138****5678");
        assert_eq!(partly(&file), masked);
    }
    assert_eq!(
        partly("手机;note\n13812345678;a,b,c,d\n"),
        "手机;note\n138****5678;a,b,c,d\n"
    );
    assert_eq!(partly("姓名;说明,更多\n张三;1,2\n"), "姓名;说明,更多\n张*;1,2\n");
    assert_eq!(partly(""), "");
    assert_eq!(partly("\n"), "\n");
}

#[test]
fn json_in_a_cell_is_read_by_its_names() {
    let file =
        "id;extra\n1;\"{\"\"手机\"\":\"\"13812345678\"\",\"\"full_name\"\":\"\"张三\"\"}\"\n2;[1,2]\n3;{not json\n";
    let masked =
        "id;extra\n1;\"{\"\"手机\"\":\"\"138****5678\"\",\"\"full_name\"\":\"\"张*\"\"}\"\n2;[1,2]\n3;{not json\n";
    assert_eq!(partly(file), masked);
}

#[test]
fn detectors_read_cells_of_other_charsets() {
    let file = "编号,说明\r\n1,车牌粤B12345，请放行\r\n";
    for encoding in [encoding_rs::UTF_8, GBK] {
        let (out, tally) = rewrite(
            &plan(Rendering::Redacted),
            &BodyLimits::default(),
            &[&encoding.encode(file).0],
        )
        .unwrap();
        assert!(!encoding.decode(&out).0.contains("B12345"), "{}", encoding.name());
        assert_eq!(tally.detected, 1, "{}", encoding.name());
    }
}
