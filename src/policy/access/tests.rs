use super::*;
use crate::policy::ConditionFault;

fn faults(text: &str) -> Vec<(usize, usize, PolicyFault)> {
    let classes = DataClasses::builtin();
    match Access::parse(text, &classes) {
        Ok(_) => Vec::new(),
        Err(all) => all.into_iter().map(|e| (e.line, e.column, e.fault)).collect(),
    }
}

const HEAD: &str = "# roles\n\ng, sales, staff\n";

fn one(row: &str) -> (usize, usize, PolicyFault) {
    let mut all = faults(&format!("{HEAD}{row}\n"));
    assert_eq!(all.len(), 1, "{row}: {all:?}");
    all.remove(0)
}

#[test]
fn each_slip_is_found_at_its_place() {
    let text = |s: &str| s.to_owned();
    let cases: Vec<(&str, usize, PolicyFault)> = vec![
        (
            "q, sales, phone, see:clear, allow",
            1,
            PolicyFault::Kind { found: text("q") },
        ),
        (
            "P, sales, phone, see:clear, allow",
            1,
            PolicyFault::Kind { found: text("P") },
        ),
        (
            "p, sales, phone, see:clear, Deny",
            29,
            PolicyFault::Effect { found: text("Deny") },
        ),
        (
            "p, sales, phone, see:clear, deny # not theirs",
            29,
            PolicyFault::Effect {
                found: text("deny # not theirs"),
            },
        ),
        (
            "p, slaes, phone, see:clear, allow",
            4,
            PolicyFault::Role {
                found: text("slaes"),
                suggestion: Some(text("sales")),
            },
        ),
        (
            "p, sales, phnoe, see:clear, allow",
            11,
            PolicyFault::Object {
                found: text("phnoe"),
                suggestion: Some(text("phone")),
            },
        ),
        (
            "p, sales, phone, see:claer, allow",
            18,
            PolicyFault::Action {
                found: text("see:claer"),
                suggestion: Some(text("see:clear")),
            },
        ),
        (
            "p, sales, phone, approve:manager, allow",
            11,
            PolicyFault::ActionObject {
                action: text("approve:manager"),
                expected: text("`exports`"),
                object: text("phone"),
            },
        ),
        (
            "p, sales, exports, see:clear, allow",
            11,
            PolicyFault::ActionObject {
                action: text("see:clear"),
                expected: text("a data class"),
                object: text("exports"),
            },
        ),
        ("p, sales, \"phone, see:clear, allow", 11, PolicyFault::Quote),
        (
            "g2, phone, group",
            12,
            PolicyFault::Object {
                found: text("group"),
                suggestion: None,
            },
        ),
        ("g, a b, staff", 4, PolicyFault::Name { found: text("a b") }),
    ];
    for (row, column, fault) in cases {
        assert_eq!(one(row), (4, column, fault), "{row}");
    }
    for row in [
        "p, sales, phone, see:clear",
        "p, sales, phone, see:clear, allow,,",
        "g, sales",
        "g, a, b, c",
    ] {
        assert!(matches!(one(row), (4, 1, PolicyFault::Columns { .. })), "{row}");
    }
}

#[test]
fn a_condition_is_located_and_need_not_be_quoted() {
    let (_, column, fault) = one("p, sales, phone, see:clear, allow, hours(08:00-18:00, 9:00-10:00)");
    assert_eq!(column, 55);
    assert!(matches!(fault, PolicyFault::Condition(ConditionFault::Argument { .. })));
    let quoted = "p, sales, phone, see:clear, allow, \"hours(08:00-09:00, 10:00-11:00)\"\n";
    let plain = "p, staff, phone, see:clear, allow, hours(08:00-09:00, 10:00-11:00)\n";
    let access = Access::parse(&format!("{HEAD}{quoted}{plain}"), &DataClasses::builtin()).unwrap();
    assert_eq!(access.conditions.len(), 1, "the same condition is one bit");
    assert_eq!(access.rules[0].when, Some(0));
}

#[test]
fn a_surrogate_of_values_that_can_be_short_is_refused_also_below_a_parent() {
    let short = one("p, sales, person_name, see:surrogate, allow");
    assert_eq!((short.0, short.1), (4, 24));
    assert!(matches!(short.2, PolicyFault::Surrogate { ref class, .. } if class == "person_name"));
    assert!(matches!(
        one("p, sales, personal_data, see:surrogate, allow").2,
        PolicyFault::Surrogate { .. }
    ));
    assert!(matches!(
        one("p, sales, price, export:surrogate, allow").2,
        PolicyFault::Surrogate { .. }
    ));
    assert_eq!(faults(&format!("{HEAD}p, sales, phone, see:surrogate, allow\n")), []);
}

#[test]
fn circles_and_deep_hierarchies_are_refused() {
    let circle = faults(&format!("{HEAD}g, staff, sales\n"));
    assert!(matches!(
        &circle[..],
        [
            (3, 4, PolicyFault::Hierarchy { .. }),
            (4, 4, PolicyFault::Hierarchy { .. })
        ]
    ));
    let chain: String = (0..=MAX_LEVELS).map(|i| format!("g, r{i}, r{}\n", i + 1)).collect();
    assert!(
        faults(&chain)
            .iter()
            .any(|f| matches!(f.2, PolicyFault::Hierarchy { .. }))
    );
    let short: String = (0..MAX_LEVELS - 1).map(|i| format!("g, r{i}, r{}\n", i + 1)).collect();
    assert_eq!(faults(&short), []);
}

#[test]
fn a_row_that_stands_twice_is_named() {
    let row = "p, sales, phone, see:clear, allow\n";
    assert_eq!(
        faults(&format!("{HEAD}{row}{row}")),
        [(5, 1, PolicyFault::Twice { first: 4 })]
    );
}

#[test]
fn all_faults_are_reported_at_once() {
    let text = format!("{HEAD}p, x, phone, see:clear, allow\nq\np, sales, y, see:clear, allow\n");
    let lines: Vec<usize> = faults(&text).iter().map(|f| f.0).collect();
    assert_eq!(lines.len(), 3);
}
