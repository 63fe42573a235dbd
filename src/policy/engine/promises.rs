//! What policies rely on, put to the test on each model before it is used: `model.conf` can be edited, and a slip in it must not open the house.

use super::super::access::Effect;
use super::super::error::PolicyFault;
use super::{Engine, Row, Rows};

/// A role, a class below another, two conditions.
fn rows() -> Rows {
    let row = |role: &str, object: &str, effect, when| Row {
        role: role.to_owned(),
        object: object.to_owned(),
        action: "see:clear".to_owned(),
        effect,
        when,
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    Rows {
        rules: vec![
            row("staff", "group", Effect::Allow, None),
            row("temp", "inner", Effect::Deny, None),
            row("night", "other", Effect::Allow, Some(0)),
            row("day", "other", Effect::Deny, Some(1)),
        ],
        roles: vec![pair("sales", "staff"), pair("night", "guards"), pair("staff", "people")],
        classes: vec![pair("inner", "group")],
    }
}

/// (roles, object, action, circumstances, expected, what it promises)
type Promise = (
    &'static [&'static str],
    &'static str,
    &'static str,
    [bool; 2],
    bool,
    &'static str,
);

const PROMISES: [Promise; 13] = [
    (
        &["staff"],
        "group",
        "see:clear",
        [false; 2],
        true,
        "an allow rule allows",
    ),
    (
        &["sales"],
        "group",
        "see:clear",
        [false; 2],
        true,
        "a role has what the role it belongs to has",
    ),
    (
        &["sales"],
        "inner",
        "see:clear",
        [false; 2],
        true,
        "a rule on a class is a rule on the classes below it",
    ),
    (
        &["people"],
        "group",
        "see:clear",
        [false; 2],
        false,
        "a group does not have what its members have",
    ),
    (
        &["staff"],
        "group",
        "see:partial",
        [false; 2],
        false,
        "a rule allows its own action alone",
    ),
    (
        &["staff"],
        "other",
        "see:clear",
        [true; 2],
        false,
        "a rule allows its own class alone",
    ),
    (
        &["stranger"],
        "group",
        "see:clear",
        [true; 2],
        false,
        "a role without rules has nothing",
    ),
    (&[], "group", "see:clear", [true; 2], false, "nobody has nothing"),
    (
        &["sales", "temp"],
        "inner",
        "see:clear",
        [false; 2],
        false,
        "a deny wins, whichever role it comes from",
    ),
    (
        &["sales", "temp"],
        "group",
        "see:clear",
        [false; 2],
        true,
        "a deny on a class leaves the class above alone",
    ),
    (
        &["night"],
        "other",
        "see:clear",
        [true, false],
        true,
        "a rule counts when its condition holds",
    ),
    (
        &["night"],
        "other",
        "see:clear",
        [false, false],
        false,
        "a rule does not count when its condition does not hold",
    ),
    (
        &["night", "day"],
        "other",
        "see:clear",
        [true, true],
        false,
        "a deny counts when its condition holds",
    ),
];

pub(super) fn check(model: &str) -> Result<(), PolicyFault> {
    let broken = |promise| PolicyFault::Promise { promise };
    let empty = Engine::build(model, &Rows::default())?;
    let of_nothing = empty.round(&["staff"], |_| true, 2, |r| r.ask("group", "see:clear"));
    if of_nothing.is_ok_and(|a| a.allowed) {
        return Err(broken("an empty policy allows nothing"));
    }
    let engine = Engine::build(model, &rows())?;
    for (roles, object, action, truth, expected, promise) in PROMISES {
        let answer = engine.round(roles, |i| truth[i], 2, |r| r.ask(object, action));
        if answer.map_err(|_| broken("every question is answered"))?.allowed != expected {
            return Err(broken(promise));
        }
    }
    Ok(())
}
