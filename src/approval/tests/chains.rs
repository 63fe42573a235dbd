//! `approvals.yaml` and what it decides.

use super::*;

const FILE: &str = r#"
version: 1
chains:
  - name: secrets
    title: { zh: 机密, en: Secrets }
    when: { classes: [formula], renderings: [clear] }
    levels: [{ level: board, title: { zh: 董事会, en: Board }, quorum: 2 }]
    redeem_hours: 8
  - name: abroad
    title: { zh: 境外, en: Abroad }
    when: { classes: [personal_data], destination: { outside: [10.0.0.0/8, "fd00::/8"] } }
    levels: [{ level: protection, title: { zh: 保护, en: Protection } }]
  - name: many
    title: { zh: 大批, en: Many }
    when: { rows: ">1000", roles: [sales, support] }
    levels: [{ level: manager, title: { zh: 经理, en: Manager } }]
  - name: one-route
    title: { zh: 路由, en: Route }
    when: { routes: [price-list] }
    levels: [{ level: manager, title: { zh: 经理, en: Manager } }]
"#;

fn chains() -> Chains {
    Chains::from_yaml(FILE).unwrap()
}

fn fact<'a>(class: &'a str, ancestors: &'a [&'a str], rendering: Rendering) -> ClassFact<'a> {
    ClassFact {
        class,
        ancestors,
        rendering,
    }
}

fn select(facts: ExportFacts<'_>) -> Option<String> {
    chains().select(&facts).ok().map(|chain| chain.name.clone())
}

fn facts<'a>(classes: &'a [ClassFact<'a>], roles: &'a [Role]) -> ExportFacts<'a> {
    let destination = Some("10.1.2.3".parse().unwrap());
    ExportFacts {
        route: "customers",
        classes,
        rows: Some(10),
        roles,
        destination,
    }
}

#[test]
fn the_first_chain_whose_conditions_hold_is_taken() {
    let roles = [Role::new("sales")];
    let formula = [fact("formula", &[], Rendering::Clear)];
    assert_eq!(select(facts(&formula, &roles)).as_deref(), Some("secrets"));
    let masked = [fact("formula", &[], Rendering::Redacted)];
    assert_eq!(select(facts(&masked, &roles)), None, "no chain is no clearance");
    let many = ExportFacts {
        rows: Some(1_001),
        ..facts(&masked, &roles)
    };
    assert_eq!(select(many).as_deref(), Some("many"));
    assert_eq!(
        select(ExportFacts {
            rows: Some(1_000),
            ..many
        }),
        None
    );
    assert_eq!(
        select(ExportFacts { rows: None, ..many }).as_deref(),
        Some("many"),
        "uncounted is very many"
    );
    let analyst = [Role::new("analyst")];
    assert_eq!(
        select(ExportFacts {
            roles: &analyst,
            ..many
        }),
        None
    );
    let route = ExportFacts {
        route: "price-list",
        ..facts(&masked, &roles)
    };
    assert_eq!(select(route).as_deref(), Some("one-route"));
}

#[test]
fn the_same_class_has_to_be_named_and_shown() {
    // A clear class beside a redacted formula is not a clear formula.
    let classes = [
        fact("formula", &[], Rendering::Redacted),
        fact("city", &[], Rendering::Clear),
    ];
    assert_eq!(select(facts(&classes, &[])), None);
}

#[test]
fn a_class_below_a_named_one_counts_and_the_destination_too() {
    let phone = [fact("phone", &["contact_data", "personal_data"], Rendering::Partial)];
    let inside = facts(&phone, &[]);
    assert_eq!(select(inside), None);
    let to = |address: &str| ExportFacts {
        destination: Some(address.parse().unwrap()),
        ..inside
    };
    assert_eq!(select(to("203.0.113.9")).as_deref(), Some("abroad"));
    assert_eq!(select(to("fd00::1")), None);
    assert_eq!(select(to("::ffff:10.1.2.3")), None, "a mapped address is the address");
    assert_eq!(
        select(ExportFacts {
            destination: None,
            ..inside
        })
        .as_deref(),
        Some("abroad"),
        "unknown is outside"
    );
}

#[test]
fn an_empty_file_of_chains_refuses_every_export() {
    let none = Chains::from_yaml("version: 1\nchains: []\n").unwrap();
    assert!(none.is_empty());
    assert_eq!(none.select(&facts(&[], &[])), Err(NoChain));
}

#[test]
fn limits_and_quorums_are_read() {
    let chains = chains();
    let secrets = chains.iter().next().unwrap();
    assert_eq!(secrets.levels[0].quorum, 2);
    assert_eq!(
        secrets.limits(Limits::new(PENDING, REDEEM)),
        Limits::new(PENDING, Duration::from_secs(8 * 3_600))
    );
}

#[test]
fn names_that_other_files_define_are_listed_with_their_places() {
    let mentions = chains().mentions();
    let has = |at: &str, kind, name: &str| {
        mentions.contains(&Mention {
            at: at.to_owned(),
            kind,
            name: name.to_owned(),
        })
    };
    assert!(has("chains[0].when.classes[0]", MentionKind::Class, "formula"));
    assert!(has("chains[2].when.roles[1]", MentionKind::Role, "support"));
    assert!(has("chains[3].when.routes[0]", MentionKind::Route, "price-list"));
    assert!(has("chains[0].levels[0].level", MentionKind::Level, "board"));
    assert_eq!(mentions.len(), 9);
}

#[test]
fn a_limit_may_be_a_part_of_an_hour_but_not_nothing() {
    let limit = |hours: &str| {
        let text = FILE.replace("redeem_hours: 8", &format!("redeem_hours: {hours}"));
        Chains::from_yaml(&text)
    };
    let redeem = |hours: &str| limit(hours).unwrap().iter().next().unwrap().redeem_ms;
    assert_eq!(redeem("8"), Some(8 * 3_600_000));
    assert_eq!(redeem("0.5"), Some(1_800_000));
    assert_eq!(redeem("8760"), Some(8_760 * 3_600_000));
    for none in ["0", "0.0001", "-1", "8761", ".inf", ".nan"] {
        assert!(limit(none).is_err(), "{none}");
    }
}

fn values(text: &str) -> Vec<String> {
    let errors = Chains::from_yaml(text).unwrap_err();
    errors
        .into_iter()
        .map(|error| match error {
            ChainsError::Value { at, .. } => at,
            ChainsError::Syntax { line, column, .. } => format!("{line}:{column}"),
        })
        .collect()
}

#[test]
fn all_that_is_wrong_is_reported_at_once_with_its_place() {
    let text = FILE
        .replace("version: 1", "version: 3")
        .replace("quorum: 2", "quorum: 0")
        .replace(">1000", "=>1000")
        .replace("10.0.0.0/8", "10.0.0.0/99")
        .replace("redeem_hours: 8", "redeem_hours: 0")
        .replace("name: many", "name: abroad");
    assert_eq!(
        values(&text),
        [
            "version",
            "chains[0].redeem_hours",
            "chains[0].levels[0].quorum",
            "chains[1].when.destination.outside[0]",
            "chains[2].when.rows",
            "chains[2].name",
        ]
    );
}

#[test]
fn an_unknown_key_or_rendering_is_refused_at_its_line() {
    for (from, to) in [
        ("redeem_hours", "redeem_hour"),
        ("renderings: [clear]", "renderings: [open]"),
        ("rows:", "row:"),
        ("level: board", "levels: board"),
        ("outside:", "outsider:"),
        ("{ zh: 机密, en: Secrets }", "{ en: Secrets }"),
    ] {
        let errors = Chains::from_yaml(&FILE.replacen(from, to, 1)).unwrap_err();
        assert!(
            matches!(&errors[..], [ChainsError::Syntax { line, .. }] if *line > 1),
            "{to}: {errors:?}"
        );
    }
}

#[test]
fn the_file_that_ships_can_be_read() {
    let shipped = Chains::from_yaml(include_str!("../../../policies/approvals.yaml")).unwrap();
    assert!(!shipped.is_empty());
    assert!(shipped.unreachable().is_empty());
}

#[test]
fn a_chain_behind_one_for_everything_is_unreachable() {
    let open = "  - name: all\n    title: { zh: 全, en: All }\n    levels: [{ level: a, title: { zh: 甲, en: A } }]\n";
    let text = FILE.replacen("chains:\n", &format!("chains:\n{open}"), 1);
    let chains = Chains::from_yaml(&text).unwrap();
    let unreachable: Vec<_> = chains.unreachable().into_iter().map(|(index, _)| index).collect();
    assert_eq!(unreachable, [1, 2, 3, 4]);
    assert!(self::chains().unreachable().is_empty());
}

#[test]
fn roles_are_filled_in_for_people_to_read() {
    let filled = chains().with_approvers(|level| vec![format!("{level}_role")]);
    assert_eq!(filled.iter().next().unwrap().levels[0].approvers, ["board_role"]);
}

fn people(list: &[(&str, &[&str])]) -> Vec<(SubjectId, Vec<String>)> {
    list.iter()
        .map(|(id, levels)| (SubjectId::new(id), levels.iter().map(|&l| l.to_owned()).collect()))
        .collect()
}

#[test]
fn a_chain_that_these_people_cannot_complete_is_found() {
    let chain = chain();
    let enough = people(&[("a", &["manager"]), ("b", &["protection"]), ("c", &["protection"])]);
    assert_eq!(chain.shortfall(&enough, None), None);
    let requester = SubjectId::new("a");
    let short = chain.shortfall(&enough, Some(&requester)).unwrap();
    assert_eq!((short.level, short.needed, short.found), (0, 1, 0));
    // One person for two levels is one person.
    let thin = people(&[("a", &["manager", "protection"]), ("b", &["protection"])]);
    assert_eq!(
        chain.shortfall(&thin, None).map(|short| (short.level, short.found)),
        Some((1, 1))
    );
    // People are moved to the level that needs them.
    let shift = people(&[
        ("a", &["manager", "protection"]),
        ("b", &["manager"]),
        ("c", &["protection"]),
    ]);
    assert_eq!(chain.shortfall(&shift, None), None);
    assert_eq!(
        chain.shortfall(&[], None).map(|short| short.name),
        Some("manager".to_owned())
    );
}
