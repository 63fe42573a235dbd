use super::*;

fn limited(limits: BodyLimits, text: &[u8]) -> Result<(Vec<u8>, Tally), BodyError> {
    let whole = drive(rewriter(&plan(), &limits, false), [text]);
    for size in [1, 13, 70_000] {
        let cut = drive(rewriter(&plan(), &limits, false), text.chunks(size));
        match (&whole, &cut) {
            (Ok(whole), Ok(cut)) => assert_eq!(whole, cut),
            (Err(whole), Err(cut)) => assert_eq!(std::mem::discriminant(whole), std::mem::discriminant(cut)),
            _ => panic!("{whole:?} in one piece, {cut:?} in pieces of {size}"),
        }
    }
    whole
}

#[test]
fn a_bomb_of_brackets_is_refused_at_the_limit() {
    let limits = BodyLimits {
        max_depth: 100,
        ..BodyLimits::default()
    };
    for bracket in ["[", "{\"a\":"] {
        assert!(matches!(
            limited(limits, bracket.repeat(101).as_bytes()),
            Err(BodyError::TooDeep { limit: 100, .. })
        ));
    }
    let fits = format!("{}{}", "[".repeat(100), "]".repeat(100));
    assert!(limited(limits, fits.as_bytes()).is_ok());
    let endless = "[".repeat(10_000_000);
    assert!(matches!(
        one_shot(&plan(), endless.as_bytes()),
        Err(BodyError::TooDeep { .. })
    ));
}

#[test]
fn masked_values_and_keys_and_numbers_have_a_longest() {
    let limits = BodyLimits {
        max_value_bytes: 1000,
        max_key_bytes: 100,
        ..BodyLimits::default()
    };
    let value = |length| format!(r#"{{"phone":"{}"}}"#, "9".repeat(length));
    assert!(limited(limits, value(1000).as_bytes()).is_ok());
    assert!(matches!(
        limited(limits, value(100_000).as_bytes()),
        Err(BodyError::ValueTooLong { limit: 1000, .. })
    ));
    let key = |length| format!(r#"{{"{}":1}}"#, "k".repeat(length));
    assert!(limited(limits, key(100).as_bytes()).is_ok());
    assert!(matches!(
        limited(limits, key(101).as_bytes()),
        Err(BodyError::KeyTooLong { limit: 100, .. })
    ));
    let number = |length| format!("[{}]", "9".repeat(length));
    assert!(limited(limits, number(1000).as_bytes()).is_ok());
    assert!(matches!(
        limited(limits, number(1001).as_bytes()),
        Err(BodyError::ValueTooLong { .. })
    ));
}

#[test]
fn values_that_go_through_or_are_searched_may_be_of_any_length() {
    let text = "长文 with \\\"escapes\\\" \\u4e2d and 13812345678 ".repeat(20_000);
    for (field, found) in [("plain", 0), ("other", 20_000)] {
        let body = format!(r#"{{"{field}":"{text}","phone":"1"}}"#);
        let (_, tally) = limited(BodyLimits::default(), body.as_bytes()).unwrap();
        assert_eq!((tally.values[0], tally.detected), (found + 1, found));
    }
}

#[test]
fn memory_stays_small_whatever_the_length() {
    let plan = plan();
    for head in [&br#"{"plain":""#[..], br#"{"other":"text "#, br#"[{"phone":"1"},"#] {
        let mut rewriter = rewriter(&plan, &BodyLimits::default(), false);
        let mut out = Vec::new();
        rewriter.push(head, &mut out).unwrap();
        let piece = match head[0] {
            b'[' => br#"{"phone":"13812345678","a":[1,2,{"b":"c"}]},"#.repeat(1000),
            _ => "很长的文本 and more ".repeat(2000).into_bytes(),
        };
        let (mut written, mut read) = (0, 0);
        for _ in 0..300 {
            out.clear();
            rewriter.push(&piece, &mut out).unwrap();
            read += piece.len();
            written += out.len();
            // What is kept back is a window, and what a shorter rendering saves is known.
            assert!(head[0] == b'[' || read - written <= 2 * super::super::long::WINDOW);
        }
        assert!(out.capacity() < 4 * piece.len());
    }
}

#[test]
fn long_text_that_may_be_json_is_held_and_longer_text_is_refused() {
    let limits = BodyLimits {
        max_value_bytes: 200_000,
        ..BodyLimits::default()
    };
    let inner = |length: usize| format!(r#"[{}{{\"phone\":\"13812345678\"}}]"#, "1,".repeat(length / 2));
    let (out, tally) = limited(limits, format!(r#"{{"x":{{"y":"{}"}}}}"#, inner(150_000)).as_bytes()).unwrap();
    assert!(!String::from_utf8(out).unwrap().contains("13812345678"));
    assert_eq!(tally.values[0], 1);
    assert!(matches!(
        limited(limits, format!(r#"{{"x":{{"y":"{}"}}}}"#, inner(250_000)).as_bytes()),
        Err(BodyError::ValueTooLong { .. })
    ));
    let log = "[INFO] no json at all ".repeat(15_000);
    assert!(limited(limits, format!(r#"["{log}"]"#).as_bytes()).is_ok());
}

#[test]
fn json_nested_too_often_is_withheld() {
    let mut text = r#"{"phone":"13812345678"}"#.to_owned();
    for depth in 1..=6 {
        text = format!(r#"{{"a":{}}}"#, serde_json::to_string(&text).unwrap());
        let (out, _) = one_shot(&plan(), text.as_bytes()).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(!out.contains("13812345678"), "{depth}");
        assert_eq!(out.contains("phone"), depth <= BodyLimits::NESTED_DEPTH, "{depth}");
    }
}
