use std::collections::BTreeMap;

use super::*;
use crate::clock;
use crate::subject::{Role, SubjectId};

/// 2026-11-23 is a Monday; Shanghai is eight hours ahead of UTC.
fn at(utc: &str, source: Option<&str>, assurance: Assurance) -> Circumstances {
    let subject = Subject::new(SubjectId::new("a"), "a", [Role::new("r")], BTreeMap::new(), assurance);
    let now = format!("{utc}Z").parse::<Timestamp>().unwrap();
    let environment = Environment {
        now: clock::Timestamp::from_millis(now.as_millisecond()),
        source: source.map(|s| s.parse().unwrap()),
    };
    Circumstances::new(&subject, &environment, &TimeZone::fixed(jiff::tz::offset(8)))
}

fn holds(condition: &str, circumstances: &Circumstances) -> bool {
    Condition::parse(condition).unwrap().holds(circumstances)
}

#[test]
fn hours_are_local_and_exclude_their_end() {
    for (utc, expected) in [
        ("2026-11-22T23:59:59", false),
        ("2026-11-23T00:00:00", true),
        ("2026-11-23T09:59:59", true),
        ("2026-11-23T10:00:00", false),
    ] {
        let now = at(utc, None, Assurance::None);
        assert_eq!(holds("hours(08:00-18:00)", &now), expected, "{utc}");
        assert_eq!(holds("hours(18:00-08:00)", &now), !expected, "{utc}");
        assert!(holds("hours(00:00-12:00, 12:00-24:00)", &now));
    }
}

#[test]
fn weekdays_networks_and_assurance() {
    let monday = at("2026-11-23T02:00:00", Some("::ffff:10.1.2.3"), Assurance::Password);
    for (condition, expected) in [
        ("weekdays(mon-fri)", true),
        ("weekdays(sat-sun)", false),
        ("weekdays(sun-mon)", true),
        ("weekdays(tue, mon)", true),
        ("network(10.0.0.0/8)", true),
        ("network(10.9.9.9/8, 192.168.0.0/16)", true),
        ("network(192.168.0.1)", false),
        ("assurance(asserted)", true),
        ("assurance(password)", true),
        ("assurance(multi_factor)", false),
        (
            "not weekdays(sat) and (network(10.0.0.0/8) or assurance(multi_factor))",
            true,
        ),
        ("weekdays(sat) or weekdays(mon) and assurance(multi_factor)", false),
        ("not not weekdays(mon)", true),
    ] {
        assert_eq!(holds(condition, &monday), expected, "{condition}");
    }
    assert!(!holds(
        "network(0.0.0.0/0)",
        &at("2026-11-23T02:00:00", None, Assurance::None)
    ));
}

#[test]
fn faults_say_where() {
    for (text, column) in [
        ("hour(08:00-18:00)", 0),
        ("hours", 5),
        ("hours(08:00-18:00", 6),
        ("hours(8:00-18:00)", 6),
        ("hours(08:00-08:00)", 6),
        ("weekdays(mon, monday)", 14),
        ("network(10.0.0.0/40)", 8),
        ("assurance(password, none)", 20),
        ("hours(08:00-18:00) and", 22),
        ("hours(08:00-18:00) weekdays(mon)", 19),
        ("(weekdays(mon)", 14),
        ("", 0),
    ] {
        assert_eq!(Condition::parse(text).unwrap_err().0, column, "{text}");
    }
    assert_eq!(
        Condition::parse(&"(".repeat(100)).unwrap_err().1,
        ConditionFault::TooDeep
    );
}

#[test]
fn contradictions_are_noticed() {
    for (text, never) in [
        ("weekdays(mon) and not weekdays(mon)", true),
        ("not (weekdays(mon) or not weekdays(mon))", true),
        ("weekdays(mon) and not weekdays(tue)", false),
    ] {
        assert_eq!(Condition::parse(text).unwrap().never_holds(), never, "{text}");
    }
}
