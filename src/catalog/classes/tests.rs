use super::*;

fn errors(yaml: &str) -> Vec<ClassesError> {
    DataClasses::from_yaml(yaml).expect_err("this file has a mistake")
}

fn class(body: &str) -> String {
    format!("classes:\n  thing:\n    title: {{ zh: 东西, en: Thing }}\n    level: internal\n{body}")
}

#[test]
fn the_builtin_file_holds_every_class_of_the_product() {
    let classes = DataClasses::builtin();
    for name in [
        "person_name",
        "party_name",
        "phone",
        "mobile",
        "landline",
        "email",
        "resident_id",
        "uscc",
        "bank_card",
        "address",
        "birth_date",
        "plate",
        "passport",
        "wechat_qq",
        "price",
        "discount",
        "formula",
        "personal_data",
        "contact_data",
        "identity_document",
        "trade_secret",
    ] {
        let id = classes.by_name(name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(classes.name(id), name);
        assert!(!classes.title(id, Lang::Zh).is_empty() && !classes.title(id, Lang::En).is_empty());
    }
    let id = |name| classes.by_name(name).unwrap();
    assert!(classes.is_within(id("mobile"), id("personal_data")));
    assert!(!classes.is_within(id("price"), id("personal_data")));
    assert_eq!(
        classes.ancestors(id("mobile"))[..3],
        [id("mobile"), id("phone"), id("contact_data")]
    );
    assert!(
        classes
            .descendants(id("phone"))
            .eq([id("phone"), id("mobile"), id("landline")])
    );
    assert!(Level::Secret > Level::Confidential && classes.level(id("formula")) == Level::Secret);
}

#[test]
fn a_mobile_number_joins_whatever_field_it_stands_in() {
    let classes = DataClasses::builtin();
    let ciphers = classes.ciphers(&SurrogateKey::new([7; 32]), "tenant").unwrap();
    let maskers = classes.maskers(&vec![Rendering::Surrogate; classes.len()], &ciphers);
    let render = |name: &str, value: &str| {
        let mut out = String::new();
        let _ = maskers[usize::from(classes.by_name(name).unwrap().0)].text(value, &mut out);
        out
    };
    assert_eq!(render("phone", "13812345678"), render("mobile", "13812345678"));
    assert!(render("phone", "13812345678").starts_with('2'));
    assert_eq!(render("email", "a@example.com"), crate::mask::masker::REDACTED_TEXT);
}

#[test]
fn missing_renderings_are_redacted() {
    let classes = DataClasses::builtin();
    let ciphers = classes.ciphers(&SurrogateKey::new([7; 32]), "tenant").unwrap();
    let maskers = classes.maskers(&[], &ciphers);
    assert_eq!(maskers.len(), classes.len());
    assert!(maskers.iter().all(|masker| masker.rendering() == Rendering::Redacted));
}

#[test]
fn unknown_keys_say_where_and_what_was_meant() {
    let error = &errors(&class("    nmaes: [x]\n"))[0];
    assert_eq!(error.location.map(|(line, _)| line), Some(5));
    assert!(error.message.contains("unknown field `nmaes`"), "{error}");
    assert_eq!(error.hint.as_deref(), Some("did you mean `names`?"));
    let error = &errors(&class("    detectors: [emial]\n"))[0];
    assert_eq!(error.hint.as_deref(), Some("did you mean `email`?"), "{error}");
    let error = &errors(&class("    partial: phon\n"))[0];
    assert_eq!(error.hint.as_deref(), Some("did you mean `phone`?"), "{error}");
}

#[test]
fn semantic_mistakes_carry_their_path() {
    let path = |yaml: &str| -> Vec<String> {
        let step = |step: &Step| match step {
            Step::Key(key) | Step::Name(key) => key.clone(),
            Step::Index(index) => index.to_string(),
        };
        errors(yaml)[0].path.iter().map(step).collect()
    };
    assert_eq!(
        path(&class("    parents: [thingy]\n")),
        ["classes", "thing", "parents", "0"]
    );
    assert_eq!(
        errors(&class("    parents: [thingy]\n"))[0].hint.as_deref(),
        Some("did you mean `thing`?")
    );
    assert_eq!(path(&class("    parents: [thing]\n")), ["classes", "thing", "parents"]);
    assert_eq!(
        path(&class("    abstract: true\n    names: [x]\n")),
        ["classes", "thing", "abstract"]
    );
    assert_eq!(path(&class("    names: ['42']\n")), ["classes", "thing", "names", "0"]);
    assert_eq!(
        path(&class("    names: [x]\n    not_names: [X]\n")),
        ["classes", "thing", "not_names", "0"]
    );
    assert_eq!(path("classes: {}"), ["classes"]);
}

#[test]
fn a_surrogate_on_values_that_can_be_short_is_refused() {
    let marked = |min: usize| {
        class(&format!(
            "    surrogate: {{ rule: marked_digits, lead: '88', marker: '77', min_digits: {min}, max_digits: 12 }}\n"
        ))
    };
    assert!(DataClasses::from_yaml(&marked(8)).is_ok());
    let error = &errors(&marked(7))[0];
    assert!(error.message.contains("shorter than six digits"), "{error}");
    assert!(
        errors(&class("    surrogate: { rule: marked_digits }\n"))[0]
            .message
            .contains("`lead`")
    );
    assert!(
        errors(&class("    surrogate: { rule: phone, lead: '1' }\n"))[0]
            .message
            .contains("`lead`")
    );
}

#[test]
fn one_detector_and_one_name_belong_to_one_class() {
    let two = |a: &str, b: &str| {
        let other = "  other:\n    title: { zh: 别的, en: Other }\n    level: public\n";
        format!("{}{other}{b}", class(a))
    };
    assert!(
        errors(&two("    detectors: [email]\n", "    detectors: [email]\n"))[0]
            .message
            .contains("already belongs")
    );
    assert!(
        errors(&two("    names: [a_b]\n", "    names: [aB]\n"))[0]
            .message
            .contains("already a name of class `thing`")
    );
    assert!(
        errors(&two("    parents: [other]\n", "    parents: [thing]\n"))[0]
            .message
            .contains("own ancestor")
    );
}

#[test]
fn a_class_defined_twice_is_refused() {
    let twice = format!(
        "{}{}",
        class(""),
        "  thing:\n    title: { zh: 别的, en: Other }\n    level: public\n"
    );
    assert!(errors(&twice)[0].message.contains("twice"));
}
