//! Values that stand in a text percent-encoded or in a data URL.

use crate::body::BodyLimits;
use crate::catalog::DataClasses;
use crate::mask::{PlanBuilder, Rendering};
use std::sync::Arc;

/// A plan over the classes that ship, with nothing shown and no field named.
fn nothing_shown() -> Arc<crate::mask::MaskPlan> {
    let classes = DataClasses::builtin();
    let renderings = vec![Rendering::Redacted; classes.len()];
    let key = crate::fpe::SurrogateKey::new([7; 32]);
    let maskers = classes.maskers(&renderings, &classes.ciphers(&key, "test").unwrap());
    Arc::new(
        PlanBuilder::new(maskers, classes.names(), classes.detectors())
            .build()
            .unwrap(),
    )
}

fn masked(text: &str) -> String {
    let plan = nothing_shown();
    let (bytes, _) = super::one_shot(&plan, text.as_bytes()).unwrap();
    for at in 0..=text.len() {
        let mut rewriter = super::rewriter(&plan, &BodyLimits::default(), false);
        let mut out = Vec::new();
        rewriter.push(&text.as_bytes()[..at], &mut out).unwrap();
        rewriter.push(&text.as_bytes()[at..], &mut out).unwrap();
        rewriter.finish(&mut out).unwrap();
        assert!(out == bytes, "split at {at}");
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn percent_escapes_are_undone_before_a_text_is_searched() {
    for text in [
        r#"{"x":"tel:%2B8613812345678"}"#,
        r#"{"x":"mailto:wang.wei%40example.cn"}"#,
        r#"{"x":"/find?q=%31%33812345678&page=2"}"#,
    ] {
        let shown = masked(text);
        let plain = percent_encoding::percent_decode_str(&shown)
            .decode_utf8_lossy()
            .into_owned();
        assert!(
            !plain.contains("13812345678") && !plain.contains("wang.wei@"),
            "an original came through"
        );
    }
    assert_eq!(
        masked(r#"{"x":"100 % / a%20b / %zz"}"#),
        r#"{"x":"100 % / a%20b / %zz"}"#
    );
}

#[test]
fn text_in_a_data_url_is_searched() {
    use base64::Engine as _;
    let engine = base64::engine::GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        base64::engine::GeneralPurposeConfig::new()
            .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
    );
    let coded = engine.encode("name,phone\r\nx,13812345678\r\n");
    let shown = masked(&format!(r#"{{"x":"data:text/csv;base64,{coded}"}}"#));
    let after = shown
        .split("base64,")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap();
    let plain = String::from_utf8(engine.decode(after).unwrap()).unwrap();
    assert!(!plain.contains("13812345678"), "an original came through");
    assert!(plain.starts_with("name,phone\r\n"), "what is no finding stays");
}
