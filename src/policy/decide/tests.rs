use std::collections::BTreeMap;

use super::*;
use crate::catalog::{CanonicalTarget, Catalog, CatalogDefaults, RequestView};
use crate::clock::Timestamp;
use crate::mask::SurrogateKey;
use crate::policy::PolicyFault;
use crate::subject::{Assurance, Role, SubjectId};

const MODEL: &str = include_str!("../../../policies/model.conf");

const ROLES: &str = "g, analyst, staff\ng, sales, staff\ng, temp, staff\n";

fn load(model: &str, rules: &str) -> Result<Policy, Vec<PolicyError>> {
    let classes = Arc::new(DataClasses::builtin());
    Policy::load(PolicySources {
        model,
        access: &format!("{ROLES}{rules}"),
        ciphers: classes.ciphers(&SurrogateKey::new([7; 32]), "test").unwrap(),
        classes,
        time_zone: TimeZone::UTC,
        snapshot: SnapshotId::new("test"),
    })
}

fn policy(rules: &str) -> Policy {
    load(MODEL, rules).unwrap()
}

fn subject(roles: &[&str]) -> Subject {
    let roles = roles.iter().map(|r| Role::new(r));
    Subject::new(SubjectId::new("x"), "x", roles, BTreeMap::new(), Assurance::Password)
}

/// 1970-01-01 is a Thursday.
fn at(hour: i64) -> Environment {
    Environment {
        now: Timestamp::from_millis(hour * 3_600_000),
        source: Some("10.0.0.1".parse().unwrap()),
    }
}

fn route(path: &str) -> RouteMatch {
    let text = "routes:\n  - id: list\n    match: {path: /list}\n    fields: {$.p: phone}\n    columns: {rows: '$[*]', query: f}\n  - id: closed\n    match: {path: /closed}\n    protect: refused\n";
    let defaults = CatalogDefaults { max_records: 10 };
    let catalog = Catalog::from_yaml(text, Arc::new(DataClasses::builtin()), defaults).unwrap();
    catalog.route(&RequestView {
        method: "GET",
        target: &CanonicalTarget::parse(path.as_bytes()).unwrap(),
        headers: &http::HeaderMap::new(),
        body: None,
    })
}

fn shown(policy: &Policy, roles: &[&str], class: &str, hour: i64) -> Rendering {
    let renderings = policy.renderings(&subject(roles), &at(hour)).unwrap();
    renderings[usize::from(policy.classes.by_name(class).unwrap().0)]
}

#[test]
fn the_most_open_allowed_rendering_wins_and_a_deny_of_any_role_removes() {
    let policy = policy(
        "p, staff, contact_data, see:partial, allow\np, sales, phone, see:clear, allow\np, temp, phone, see:clear, deny\n\
         p, analyst, phone, see:surrogate, allow\n",
    );
    for (roles, class, expected) in [
        (&["staff"][..], "phone", Rendering::Partial),
        (&["sales"], "phone", Rendering::Clear),
        (&["sales"], "email", Rendering::Partial),
        (&["sales", "temp"], "phone", Rendering::Partial),
        (&["sales", "temp", "analyst"], "phone", Rendering::Surrogate),
        (&["sales", "temp"], "email", Rendering::Partial),
        (&["analyst", "sales"], "phone", Rendering::Clear),
        (&["sales"], "bank_card", Rendering::Redacted),
        (&["anonymous"], "phone", Rendering::Redacted),
        (&["nobody-knows"], "phone", Rendering::Redacted),
        (&[], "phone", Rendering::Redacted),
    ] {
        assert_eq!(shown(&policy, roles, class, 0), expected, "{roles:?} {class}");
    }
}

#[test]
fn an_empty_policy_shows_nothing_and_allows_nothing() {
    let policy = policy("");
    let all = policy.renderings(&subject(&["sales"]), &at(0)).unwrap();
    assert!(all.iter().all(|r| *r == Rendering::Redacted));
    assert!(!policy.may(&subject(&["sales"]), &at(0), "audit:read", "audit"));
    assert!(matches!(
        policy.release(&subject(&["sales"]), &at(0), &route("/list")),
        Err(DenyReason::ExportNotAllowed)
    ));
}

#[test]
fn conditions_are_part_of_the_cache_key() {
    let policy = policy("p, sales, phone, see:clear, allow, hours(08:00-18:00)\np, sales, phone, see:partial, allow\n");
    for _ in 0..2 {
        assert_eq!(shown(&policy, &["sales"], "phone", 9), Rendering::Clear);
        assert_eq!(shown(&policy, &["sales"], "phone", 19), Rendering::Partial);
    }
}

#[test]
fn casbin_is_asked_when_a_plan_is_built_and_never_again() {
    let policy = policy("p, sales, phone, see:clear, allow\n");
    let asker = subject(&["sales"]);
    let permit = |path: &str| match policy.decide(&asker, &at(0), &route(path)) {
        Decision::Permit(permit) => permit,
        Decision::Deny(reason) => panic!("{reason}"),
    };
    let first = permit("/list");
    let asked = policy.engine_questions();
    assert!(asked > 0);
    for path in ["/list", "/list", "/other", "/list?f=phone"] {
        permit(path);
    }
    assert_eq!(policy.engine_questions(), asked, "roles and circumstances are the same");
    assert!(Arc::ptr_eq(first.plan(), permit("/list").plan()));
    assert!(
        !Arc::ptr_eq(first.plan(), permit("/list?f=phone").plan()),
        "columns are part of the plan"
    );
}

#[test]
fn a_closed_route_is_denied() {
    let policy = policy("");
    assert!(matches!(
        policy.decide(&subject(&["sales"]), &at(0), &route("/closed")),
        Decision::Deny(DenyReason::Route(_))
    ));
}

#[test]
fn an_export_shows_what_export_rules_say() {
    let policy = policy(
        "p, staff, phone, see:partial, allow\np, staff, phone, export, allow\np, sales, phone, export:clear, allow\n\
         p, staff, email, see:clear, allow\n",
    );
    let exported = |roles: &[&str], class: &str| {
        let release = policy.release(&subject(roles), &at(0), &route("/list")).unwrap();
        release.rendering(policy.classes.by_name(class).unwrap())
    };
    assert_eq!(exported(&["staff"], "phone"), Rendering::Partial);
    assert_eq!(exported(&["sales"], "phone"), Rendering::Clear);
    assert_eq!(
        exported(&["sales"], "email"),
        Rendering::Redacted,
        "no export rule speaks of it"
    );
    let now = policy.release(&subject(&["staff"]), &at(0), &route("/list")).unwrap();
    let wider = policy.release(&subject(&["sales"]), &at(0), &route("/list")).unwrap();
    assert!(wider.shows_at_least(now.renderings()));
    assert!(
        !now.shows_at_least(wider.renderings()),
        "a policy grown stricter refuses"
    );
}

#[test]
fn explanations_name_the_very_rule() {
    let policy = policy(
        "p, staff, contact_data, see:partial, allow\np, sales, phone, see:clear, allow\np, temp, phone, see:clear, deny\n",
    );
    let explained = policy
        .explain(&subject(&["sales", "temp"]), &at(0), &route("/list"))
        .unwrap();
    let phone = &explained.classes[usize::from(policy.classes.by_name("phone").unwrap().0)];
    assert_eq!(phone.rendering, Rendering::Partial);
    assert_eq!(phone.allowed_by[0].line, 4);
    assert_eq!(phone.denied_by[0].line, 6);
    assert_eq!(phone.denied_by[0].text, "p, temp, phone, see:clear, deny");
}

#[test]
fn approving_and_other_actions() {
    let policy = policy(
        "p, sales, exports, approve:manager, allow, assurance(multi_factor)\np, temp, audit, audit:read, allow\n",
    );
    assert!(
        !policy.may_approve(&subject(&["sales"]), &at(0), "manager"),
        "a password is not enough"
    );
    assert!(policy.may(&subject(&["temp"]), &at(0), "audit:read", "audit"));
    assert!(!policy.may(&subject(&["sales"]), &at(0), "audit:read", "audit"));
    assert_eq!(policy.roles_that_may("approve:manager", "exports"), ["sales"]);
}

/// Each edit opens the house or breaks a promise, and is refused.
#[test]
fn a_model_that_breaks_a_promise_is_refused() {
    for (from, to) in [
        (
            "some(where (p.eft == allow)) && !some(where (p.eft == deny))",
            "!some(where (p.eft == deny))",
        ),
        (
            "some(where (p.eft == allow)) && !some(where (p.eft == deny))",
            "some(where (p.eft == allow))",
        ),
        (
            "some(where (p.eft == allow)) && !some(where (p.eft == deny))",
            "anything",
        ),
        ("m = r.act == p.act && ", "m = "),
        (" && holds(r.env, p.when)", ""),
        (" && g(r.sub, p.sub)", ""),
        (" && g(r.sub, p.sub)", " && r.sub == p.sub"),
        ("g2(r.obj, p.obj)", "r.obj == p.obj"),
        ("g2(r.obj, p.obj)", "g2(p.obj, r.obj)"),
        ("m = r.act", "m = true || r.act"),
        ("m = r.act", "m = nonsense( r.act"),
        ("g2 = _, _", ""),
        ("r = sub, obj, act, env", "r = sub, obj, act"),
        ("p = sub, obj, act, eft, when", "p = sub, obj, act, when, eft"),
        ("[matchers]", "[match]"),
    ] {
        assert!(MODEL.contains(from), "{from}");
        let faults = load(&MODEL.replace(from, to), "p, sales, phone, see:clear, allow\n").unwrap_err();
        let fault = &faults[0].fault;
        assert!(
            matches!(fault, PolicyFault::Promise { .. } | PolicyFault::Model { .. }),
            "{to}: {fault}"
        );
    }
    assert!(load("", "").is_err());
}

#[test]
fn lints_point_at_what_cannot_be_meant() {
    let policy = policy(
        "p, sales, phone, see:clear, allow, weekdays(mon) and not weekdays(mon)\np, staff, contact_data, see:partial, deny\n\
         p, sales, email, see:partial, allow\n",
    );
    let lints: Vec<String> = policy.lints().iter().map(|l| format!("{:?} {l}", l.line())).collect();
    assert!(
        lints
            .iter()
            .any(|l| l.starts_with("Some(4)") && l.contains("contradicts")),
        "{lints:?}"
    );
    assert!(
        lints.iter().any(|l| l.starts_with("Some(6)") && l.contains("line 5")),
        "{lints:?}"
    );
    assert!(
        lints.iter().any(|l| l.contains("no role may see `bank_card`")),
        "{lints:?}"
    );
}
