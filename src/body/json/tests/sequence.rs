use super::*;

fn sequence<'a>(
    plan: &Arc<MaskPlan>,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Result<(Vec<u8>, Tally), BodyError> {
    drive(rewriter(plan, &BodyLimits::default(), true), chunks)
}

const SEQUENCES: [&str; 9] = [
    "",
    " \n\n",
    "{\"phone\":\"13812345678\"}\n{\"phone\":\"13912345678\",\"x\":1}\n\n{\"name\":\"a\"}\r\n{\"id\":1}\n",
    "\u{FEFF}{\"phone\":\"13812345678\"}\n{\"phone\":\"13912345678\"}",
    "{\"phone\":\"1\"}{\"phone\":\"2\"}[\"a\",\"b\"]\"x\"\"y\"",
    "\u{1E}{\"phone\":\"1\"}\n\u{1E}{\"phone\":\"2\"}\n",
    "1\n2 3\ntrue\nnull false\n\"phone\"\n13812345678",
    "[\"C1\",\"13812345678\"]\n[\"C2\",\"13912345678\"]\n",
    "{\"phone\":[{\"a\":\"1\"},{\"b\":\"2\"}]}\n{\"other\":[{\"phone\":\"1\"},{\"phone\":\"2\"}]}",
];

#[test]
fn each_sequence_at_each_split_is_what_the_model_says() {
    for plan in plans() {
        for text in SEQUENCES {
            let (out, tally) = model::rewrite(&plan, text, true);
            let expected = (out.into_bytes(), tally);
            assert_eq!(sequence(&plan, [text.as_bytes()]).unwrap(), expected, "{text}");
            for cut in 0..=text.len() {
                let (head, tail) = text.as_bytes().split_at(cut);
                assert_eq!(sequence(&plan, [head, tail]).unwrap(), expected, "{text} cut at {cut}");
            }
            assert_eq!(sequence(&plan, text.as_bytes().chunks(1)).unwrap(), expected);
        }
    }
}

#[test]
fn each_text_is_a_record() {
    let text = r#"{"phone":"1","list":[{"phone":"2"},{"phone":"3"}]}"#;
    let many = [text; 50].join("\n");
    let (_, tally) = sequence(&plan(), [many.as_bytes()]).unwrap();
    assert_eq!((tally.records, tally.values[0]), (50, 150));
}

#[test]
fn what_is_no_sequence_is_refused_however_it_is_cut() {
    let plan = plan();
    for text in [
        "1true",
        "true1",
        "nullnull",
        "{}\n}",
        "{}\n{",
        "{}\nx",
        "[1]\n2,3",
        "{}\n{\"a\"}",
        "{\"a\":\u{1E}1}",
        "12\u{1E}13x",
        "1\"a\"",
    ] {
        let expected = kind(&sequence(&plan, [text.as_bytes()]));
        assert!(expected.is_some(), "{text}");
        for cut in 0..=text.len() {
            let (head, tail) = text.as_bytes().split_at(cut);
            assert_eq!(kind(&sequence(&plan, [head, tail])), expected, "{text} cut at {cut}");
        }
    }
    let after_containers = "{}1\n{}\n1{}".to_owned() + " ".repeat(100).as_str();
    for _ in 0..2 {
        assert!(sequence(&plan, [after_containers.as_bytes()]).is_err(), "warm as cold");
    }
}
