use proptest::prelude::*;

use super::*;

const KEYS: [&str; 15] = [
    "contact",
    "customer",
    "mobile",
    "phone",
    "name",
    "price",
    "id",
    "note",
    "手机",
    "plain",
    "result",
    "alias_phone",
    "17",
    "13812345678",
    "a key of more than thirty-two bytes",
];
const TEXTS: [&str; 14] = [
    "张三",
    "佛山市涂料有限公司",
    "",
    "x",
    "13812345678",
    "张三 13912345678",
    "{\"phone\":\"1\"}",
    "[1]",
    "😀 \u{7F} é",
    "C:\\path\n\"quoted\"",
    "user@example.com",
    "eyJwaG9uZSI6IjEzODEyMzQ1Njc4In0=",
    "a text that is clearly longer than one block of bytes",
    "\"{\\\"name\\\":\\\"x\\\"}\"",
];
const SCALARS: [&str; 10] = [
    "0",
    "-1.5e3",
    "13812345678",
    "1.3812345678E10",
    "440681199001011234",
    "true",
    "false",
    "null",
    "7",
    "12345.678",
];
const SPACES: [&str; 6] = ["", "", "", " ", "\n  ", "\r\n\t"];

/// A valid text of its own shape: repeats records, so that what was learned is used and contradicted.
fn text(dice: &mut Dice) -> String {
    let mut out = String::new();
    let template: Vec<usize> = (0..dice.roll(8)).map(|_| dice.roll(KEYS.len())).collect();
    let ascii = dice.roll(3) == 0;
    let space = SPACES[dice.roll(SPACES.len())];
    out.push('[');
    for record in 0..dice.roll(12) {
        if record > 0 {
            out += ",";
            out += space;
        }
        value(dice, 3, Some(&template), ascii, space, &mut out);
    }
    out.push(']');
    out
}

fn value(dice: &mut Dice, depth: usize, template: Option<&[usize]>, ascii: bool, space: &str, out: &mut String) {
    let kind = if template.is_some() { 9 } else { dice.roll(12) };
    match kind {
        0..=3 => {
            let text = TEXTS[dice.roll(TEXTS.len())];
            string(dice, ascii, text, out);
        }
        4..=6 => *out += SCALARS[dice.roll(SCALARS.len())],
        _ if depth == 0 => *out += "{}",
        7 => {
            *out += "[";
            for i in 0..dice.roll(4) {
                *out += if i > 0 { "," } else { "" };
                *out += SPACES[dice.roll(SPACES.len())];
                value(dice, depth - 1, None, ascii, space, out);
            }
            *out += "]";
        }
        _ => {
            let own: Vec<usize> = (0..dice.roll(5)).map(|_| dice.roll(KEYS.len())).collect();
            *out += "{";
            for (i, &key) in template.unwrap_or(&own).iter().enumerate() {
                let key = if dice.roll(10) == 0 { dice.roll(KEYS.len()) } else { key };
                *out += if i > 0 { "," } else { "" };
                *out += space;
                string(dice, ascii, KEYS[key], out);
                *out += ":";
                *out += space;
                value(dice, depth - 1, None, ascii, space, out);
            }
            *out += space;
            *out += "}";
        }
    }
}

fn string(dice: &mut Dice, ascii: bool, text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') || c < ' ' || (ascii && !c.is_ascii()) || dice.roll(60) == 0 {
            for unit in c.encode_utf16(&mut [0; 2]) {
                *out += &format!("\\u{unit:04X}");
            }
        } else {
            out.push(c);
        }
    }
    out.push('"');
}

#[test]
fn random_texts_become_what_the_model_says_however_they_are_cut() {
    let plans = plans();
    let mut dice = Dice(42);
    for round in 0..2000 {
        let text = text(&mut dice);
        let plan = &plans[round % plans.len()];
        let (out, tally) = model::rewrite(plan, &text, false);
        let expected = (out.into_bytes(), tally);
        let whole = one_shot(plan, text.as_bytes()).unwrap_or_else(|error| panic!("{error} in {text}"));
        assert_eq!(whole, expected, "{text}");
        let pieces = 2 + dice.roll(10);
        let pieces = dice.cut(text.as_bytes(), pieces);
        assert_eq!(rewrite(plan, pieces).unwrap(), expected, "{text}");
    }
}

#[test]
fn random_damage_is_accepted_only_if_it_is_still_json() {
    let plan = plan();
    let mut dice = Dice(7);
    let mut refused = 0;
    for _ in 0..4000 {
        let mut bytes = text(&mut dice).into_bytes();
        for _ in 0..=dice.roll(2) {
            let at = dice.roll(bytes.len());
            let byte = b"\"\\{}[],: 0-.eutfn\n\x01\x80\xE5\xFFaZ9"[dice.roll(25)];
            match dice.roll(3) {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
        }
        let is_json = std::str::from_utf8(&bytes).is_ok_and(|text| {
            text.trim_matches([' ', '\n', '\r', '\t']).is_empty()
                || serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
        });
        let whole = one_shot(&plan, &bytes);
        assert_eq!(whole.is_ok(), is_json, "{:?}", String::from_utf8_lossy(&bytes));
        let pieces = dice.cut(&bytes, 4);
        let cut = rewrite(&plan, pieces);
        assert_eq!(kind(&cut), kind(&whole), "{:?}", String::from_utf8_lossy(&bytes));
        assert_eq!(cut.ok(), whole.ok(), "{:?}", String::from_utf8_lossy(&bytes));
        refused += usize::from(!is_json);
    }
    assert!(refused > 2000, "the damage must matter");
}

/// A JSON value of serde_json's own making.
fn tree() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        ".*".prop_map(Into::into),
        Just("13812345678".into()),
    ];
    let key = prop_oneof![".{0,8}", Just("phone".to_owned()), Just("name".to_owned())];
    leaf.prop_recursive(4, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tree_becomes_what_the_model_says(tree in tree(), pretty: bool, cut: prop::sample::Index) {
        let text = if pretty { serde_json::to_string_pretty(&tree) } else { serde_json::to_string(&tree) }.unwrap();
        let plan = plan();
        let (out, tally) = model::rewrite(&plan, &text, false);
        let expected = (out.into_bytes(), tally);
        prop_assert_eq!(&one_shot(&plan, text.as_bytes()).unwrap(), &expected);
        let (head, tail) = text.as_bytes().split_at(cut.index(text.len() + 1));
        prop_assert_eq!(&rewrite(&plan, [head, tail]).unwrap(), &expected);
        let out: serde_json::Value = serde_json::from_slice(&expected.0).unwrap();
        prop_assert!(!leaks(&out, false));
    }

    #[test]
    fn any_bytes_never_panic(bytes: Vec<u8>, cut: prop::sample::Index) {
        let plan = plan();
        let (head, tail) = bytes.split_at(cut.index(bytes.len() + 1));
        prop_assert_eq!(rewrite(&plan, [head, tail]).ok(), one_shot(&plan, &bytes).ok());
    }
}

/// Whether a value stands under a masked name that is no rendering.
fn leaks(value: &serde_json::Value, masked: bool) -> bool {
    match value {
        serde_json::Value::Object(members) => members
            .iter()
            .any(|(key, value)| leaks(value, masked || key == "phone" || key == "name")),
        serde_json::Value::Array(elements) => elements.iter().any(|element| leaks(element, masked)),
        serde_json::Value::String(text) => masked && text == "13812345678",
        _ => false,
    }
}
