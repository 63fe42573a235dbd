use proptest::prelude::*;

use super::*;
use crate::fpe::{SurrogateForm, SurrogateKey, SurrogateRule};

fn masker(rendering: Rendering, partial: PartialForm, rule: Option<SurrogateRule>) -> Masker {
    let form = rule.map(|rule| SurrogateForm::new(rule, "test").unwrap());
    let cipher = form
        .clone()
        .map(|form| Arc::new(SurrogateCipher::new(&SurrogateKey::new([7; 32]), form, "tenant").unwrap()));
    Masker::new(
        ClassId(0),
        rendering,
        Arc::new(ClassSpec::new("test", partial, form)),
        cipher,
    )
}

fn guess(rendering: Rendering) -> Masker {
    let spec = ClassSpec {
        applies: Applies::PersonLike,
        ..ClassSpec::new("guess", PartialForm::PersonName, None)
    };
    Masker::new(ClassId(0), rendering, Arc::new(spec), None)
}

fn text(masker: &Masker, value: &str) -> Option<String> {
    let mut out = String::from("|");
    match masker.text(value, &mut out) {
        Outcome::Changed => Some(out[1..].to_owned()),
        Outcome::Unchanged => {
            assert_eq!(out, "|");
            None
        }
    }
}

fn number(masker: &Masker, raw: &str) -> Option<String> {
    let mut out = String::new();
    (masker.number(raw, &mut out) == Outcome::Changed).then_some(out)
}

#[test]
fn clear_and_empty_values_are_unchanged() {
    let clear = masker(Rendering::Clear, PartialForm::Phone, None);
    assert_eq!(text(&clear, "13812345678"), None);
    assert_eq!(number(&clear, "13812345678"), None);
    assert!(clear.boolean(true));
    let redacted = masker(Rendering::Redacted, PartialForm::Phone, None);
    assert_eq!(text(&redacted, ""), None);
    assert_eq!(text(&redacted, "  "), None);
    assert!(!redacted.boolean(true) && !redacted.boolean(false));
}

#[test]
fn what_has_no_such_form_is_redacted() {
    for rendering in [
        Rendering::Redacted,
        Rendering::Generalised,
        Rendering::Partial,
        Rendering::Surrogate,
    ] {
        let masker = masker(rendering, PartialForm::None, None);
        assert_eq!(text(&masker, "13812345678").as_deref(), Some(REDACTED_TEXT));
        assert_eq!(number(&masker, "13812345678").as_deref(), Some("0"));
    }
    let partial = masker(Rendering::Partial, PartialForm::Phone, None);
    assert_eq!(text(&partial, "请联系张三").as_deref(), Some(REDACTED_TEXT));
    let surrogate = masker(Rendering::Surrogate, PartialForm::Phone, Some(SurrogateRule::Phone));
    for value in ["12345", "张三 13812345678", "13812345678;张三"] {
        assert_eq!(
            text(&surrogate, value).as_deref(),
            Some(REDACTED_TEXT),
            "a value without a surrogate is not shown partly"
        );
    }
}

#[test]
fn several_values_are_rendered_all_or_none() {
    let phone = masker(Rendering::Partial, PartialForm::Phone, None);
    assert_eq!(
        text(&phone, "13812345678/0757-81234567").as_deref(),
        Some("138****5678/0757-****4567")
    );
    assert_eq!(
        text(&phone, "13812345678、13912345678；").as_deref(),
        Some("138****5678、139****5678；")
    );
    assert_eq!(text(&phone, "13812345678/张三").as_deref(), Some(REDACTED_TEXT));
    let name = masker(Rendering::Partial, PartialForm::PersonName, None);
    assert_eq!(text(&name, "张三、李四").as_deref(), Some("张*、李*"));
    let surrogate = masker(Rendering::Surrogate, PartialForm::Phone, Some(SurrogateRule::Phone));
    let two = text(&surrogate, "13812345678, 13912345678").unwrap();
    assert!(
        two.split(", ").all(|one| one.starts_with('2') && one.len() == 11),
        "{two}"
    );
}

#[test]
fn numbers_stay_json_numbers() {
    let surrogate = masker(Rendering::Surrogate, PartialForm::Phone, Some(SurrogateRule::Phone));
    let found = number(&surrogate, "13812345678").unwrap();
    assert!(found.starts_with('2') && found.len() == 11);
    assert_eq!(number(&surrogate, "8613812345678").unwrap()[..3], *"862");
    for raw in ["1.3812345678e10", "-13812345678", "0", "81234567", "13812345678.0"] {
        assert_eq!(number(&surrogate, raw).as_deref(), Some("0"), "{raw}");
    }
    let partial = masker(Rendering::Partial, PartialForm::Magnitude, None);
    assert_eq!(number(&partial, "12345.67").as_deref(), Some("10000.00"));
    let phone = masker(Rendering::Partial, PartialForm::Phone, None);
    assert_eq!(number(&phone, "13812345678").as_deref(), Some("0"));
}

#[test]
fn a_guess_leaves_things_alone() {
    let guess = guess(Rendering::Partial);
    assert!(guess.is_guess());
    assert_eq!(text(&guess, "外墙乳胶漆"), None);
    assert_eq!(text(&guess, "张小明").as_deref(), Some("张**"));
    assert_eq!(text(&guess, "张小明 13812345678").as_deref(), Some(REDACTED_TEXT));
    assert_eq!(number(&guess, "12345"), None);
    assert_eq!(number(&guess, "13812345678").as_deref(), Some("0"));
    assert!(guess.boolean(true));
}

#[test]
fn no_rendering_begins_a_formula() {
    let phone = masker(Rendering::Partial, PartialForm::Phone, None);
    for value in [
        "-13812345678",
        "+8613812345678",
        "=13812345678",
        "@13812345678",
        "\t13812345678",
        "＋8613812345678",
        " -13812345678",
    ] {
        let shown = text(&phone, value).unwrap();
        assert!(!starts_formula(&shown), "{shown}");
        assert!(!shown.contains("13812345678"));
    }
    let date = masker(Rendering::Partial, PartialForm::Formula, None);
    assert_eq!(text(&date, "=A1+B2").as_deref(), Some(REDACTED_TEXT));
}

#[test]
fn a_masker_prints_no_key() {
    let surrogate = masker(Rendering::Surrogate, PartialForm::Phone, Some(SurrogateRule::Phone));
    assert!(!format!("{surrogate:?}").contains("7, 7, 7"));
}

proptest! {
    #[test]
    fn nothing_of_a_value_outlives_its_redaction(value in "\\PC{1,40}") {
        let redacted = masker(Rendering::Redacted, PartialForm::Phone, None);
        let shown = text(&redacted, &value);
        prop_assert!(value.trim().is_empty() || shown.as_deref() == Some(REDACTED_TEXT));
    }

    #[test]
    fn renderings_never_hold_the_digits_of_the_original(body in "[1-9][0-9]{5,18}", before in "[ '+-]{0,2}") {
        let value = format!("{before}{body}");
        for (partial, rule) in [
            (PartialForm::Phone, SurrogateRule::Phone),
            (PartialForm::ResidentId, SurrogateRule::ResidentId),
            (PartialForm::BankCard, SurrogateRule::BankCard),
        ] {
            for rendering in [Rendering::Partial, Rendering::Surrogate, Rendering::Redacted] {
                let masker = masker(rendering, partial, Some(rule.clone()));
                let shown = text(&masker, &value).unwrap();
                prop_assert!(!shown.contains(&body) && !starts_formula(&shown), "{:?}", rendering);
                let shown = number(&masker, &body).unwrap();
                prop_assert!(shown != body && serde_json::from_str::<serde_json::Number>(&shown).is_ok());
            }
        }
    }

    #[test]
    fn no_text_begins_a_formula_in_any_form(value in "[=+@\\t\\r ＝＋－＠-]{0,3}(\\PC|[0-9]){0,24}") {
        for (partial, _) in PartialForm::ALL {
            for rendering in [Rendering::Partial, Rendering::Surrogate, Rendering::Redacted] {
                let masker = masker(rendering, partial, Some(SurrogateRule::Phone));
                if let Some(shown) = text(&masker, &value) {
                    prop_assert!(!starts_formula(&shown), "{:?} {}", partial, shown);
                }
            }
        }
    }
}
