//! The written form.

use super::*;

fn altered(change: impl FnOnce(&mut serde_json::Value)) -> Result<Approval, FormError> {
    let mut value: serde_json::Value = serde_json::from_str(&approved().to_json()).unwrap();
    change(&mut value);
    Approval::from_json(&value.to_string())
}

#[test]
fn every_state_reads_back() {
    let redeemed = Kindly::default().redeem(approved(), at(9)).unwrap();
    let rejected = pending().reject(&manager(), 0, "not needed", at(3)).unwrap();
    let revoked = approved().revoke(&manager(), "found a leak", at(9)).unwrap();
    let withdrawn = held().withdraw(&requester(), Some("a slip"), at(3)).unwrap();
    let lapsed = held().lapse(Stamp::new(START.plus(PENDING), "k")).unwrap();
    let all = [
        held(),
        pending(),
        second_level(),
        approved(),
        redeemed,
        rejected,
        revoked,
        withdrawn,
        lapsed,
    ];
    for approval in all {
        assert_eq!(Approval::from_json(&approval.to_json()).unwrap(), approval);
    }
}

#[test]
fn an_unknown_field_or_version_is_refused() {
    assert!(matches!(
        altered(|v| v["approval"]["extra"] = 1.into()),
        Err(FormError::Syntax { .. })
    ));
    assert!(matches!(
        altered(|v| v["approval"]["state"]["extra"] = 1.into()),
        Err(FormError::Syntax { .. })
    ));
    assert!(matches!(
        altered(|v| v["extra"] = 1.into()),
        Err(FormError::Syntax { .. })
    ));
    assert!(matches!(
        altered(|v| v["form"] = 2.into()),
        Err(FormError::Version { found: 2 })
    ));
    assert!(matches!(Approval::from_json(""), Err(FormError::Syntax { .. })));
    assert!(matches!(
        Approval::from_json("{\"form\":1}"),
        Err(FormError::Syntax { .. })
    ));
}

#[test]
fn what_no_transition_could_have_made_is_refused() {
    type Change = fn(&mut serde_json::Value);
    let changes: [Change; 8] = [
        |v| v["approval"]["version"] = 9.into(),
        |v| v["approval"]["votes"].as_array_mut().unwrap().truncate(2),
        |v| v["approval"]["votes"] = serde_json::json!([]),
        |v| v["approval"]["votes"][0]["person"] = "li.wei".into(),
        |v| v["approval"]["votes"][1]["person"] = "chen".into(),
        |v| v["approval"]["votes"][0]["level"] = 7.into(),
        |v| v["approval"]["state"] = serde_json::json!({"phase": "redeemed", "at": 5}),
        |v| v["approval"]["chain"]["levels"] = serde_json::json!([]),
    ];
    for (nth, change) in changes.into_iter().enumerate() {
        assert!(matches!(altered(change), Err(FormError::Impossible(_))), "change {nth}");
    }
}

#[test]
fn an_error_repeats_no_value() {
    let text = pending()
        .to_json()
        .replace("\"bytes\":123456", "\"bytes\":\"13812345678\"");
    let error = Approval::from_json(&text).unwrap_err().to_string();
    assert!(!error.contains("138"), "{error}");
}
