use std::path::PathBuf;

use super::*;

/// The policies that ship with Overcoat.
const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/policies");

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// A directory with a key, a configuration and a copy of the shipped policies.
struct House {
    directory: tempfile::TempDir,
}

impl House {
    fn new(extra: &str) -> Self {
        let house = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        house.write("master.key", KEY);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let only_ours = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(house.path("master.key"), only_ours).unwrap();
        }
        for name in [
            "model.conf",
            "access.csv",
            "data-classes.yaml",
            "approvals.yaml",
            "crm/demo.yaml",
        ] {
            house.write(
                &format!("policies/{name}"),
                &std::fs::read_to_string(format!("{SHIPPED}/{name}")).unwrap(),
            );
        }
        house.write(
            "overcoat.yaml",
            &format!("keys: {{ master: {{ file: master.key }} }}\ncrm: {{ url: 'http://127.0.0.1:9000', name: demo }}\n{extra}"),
        );
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from), "{from}");
        self.write(name, &text.replacen(from, to, 1));
    }

    fn load(&self) -> Result<Loaded, Diagnostics> {
        load(&self.path("overcoat.yaml"))
    }

    /// The complaints, with the directory taken off.
    fn complaints(&self) -> String {
        let text = self.load().unwrap_err().to_string();
        text.replace(&format!("{}/", self.directory.path().display()), "")
    }
}

#[test]
fn what_ships_loads() {
    let loaded = House::new("").load().unwrap();
    assert_eq!(loaded.settings.proxy.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(loaded.settings.proxy.public_url.to_string(), "http://127.0.0.1:8080/");
    assert_eq!(loaded.snapshot.id.as_str().len(), 64);
    assert!(!loaded.snapshot.chains.is_empty());
}

/// Each CRM file that ships is understood, and its cases hold.
#[test]
fn each_crm_that_ships_loads_with_its_cases() {
    let mut names = 0;
    for entry in std::fs::read_dir(format!("{SHIPPED}/crm")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let house = House::new(&format!("policies: {SHIPPED}\n"));
        house.edit("overcoat.yaml", "name: demo", &format!("name: {name}"));
        let checked = check(&house.path("overcoat.yaml"), None);
        assert!(!checked.found.has_errors(), "{}", checked.found);
        assert!(!checked.summary.ends_with(" 0 cases"), "{name} has no cases");
        names += 1;
    }
    assert!(names >= 2);
}

/// The annotated configuration under `docs/` says what the defaults are.
#[test]
fn the_example_is_what_is_left_out() {
    let example = include_str!("../../docs/overcoat.example.yaml");
    let house = House::new("");
    let defaults = load_settings(&house.path("overcoat.yaml")).unwrap();
    let master = example.replace("var/master.key }  #", "master.key }  #");
    house.write("overcoat.yaml", &master);
    let settings = load_settings(&house.path("overcoat.yaml")).unwrap();
    let shown = |s: &Settings| {
        let same = (
            &s.proxy.limits,
            &s.proxy.timeouts,
            &s.holds,
            &s.audit,
            &s.sessions,
            &s.exports,
            &s.store,
            &s.tenant,
        );
        format!(
            "{same:?} {:?} {:?} {:?}",
            s.proxy.listen, s.control.public_url, s.policies
        )
    };
    assert_eq!(shown(&settings), shown(&defaults));
}

#[test]
fn an_unknown_crm_needs_no_file() {
    let house = House::new("");
    house.edit("overcoat.yaml", ", name: demo", "");
    let loaded = house.load().unwrap();
    assert!(loaded.snapshot.catalog.summaries().is_empty());
}

/// What is added to the configuration, and what is said of it.
#[test]
fn each_slip_in_the_settings_is_found_at_its_place() {
    for (extra, expected) in [
        ("proxi: {}\n", "overcoat.yaml:3:1: unknown field `proxi`"),
        ("proxi: {}\n", "did you mean `proxy`?"),
        (
            "proxy: { lisen: 127.0.0.1:1 }\n",
            "overcoat.yaml:3:10: proxy: unknown field `lisen`",
        ),
        ("proxy: { lisen: 127.0.0.1:1 }\n", "did you mean `listen`?"),
        ("proxy: { listen: 127.0.0.1 }\n", "overcoat.yaml:3:18"),
        (
            "proxy: { listen: 0.0.0.0:80, public_url: 'http://a' }\n",
            "overcoat.yaml:3:18: proxy.listen: plain HTTP",
        ),
        (
            "proxy: { public_url: 'http://a/path' }\n",
            "overcoat.yaml:3:22: proxy.public_url",
        ),
        (
            "proxy: { trusted_proxies: [10.0.0.0/8, 10.0.0.0/99] }\n",
            "overcoat.yaml:3:40: `10.0.0.0/99` is no network",
        ),
        (
            "proxy: { identity_header: { user: X-User } }\n",
            "overcoat.yaml:3:27: proxy.identity_header: nobody is trusted",
        ),
        (
            "proxy: { tls: { certificate: no.pem, key: no.key } }\n",
            "overcoat.yaml:3:30: proxy.tls.certificate: the file `no.pem`",
        ),
        ("proxy: { workers: 0 }\n", "proxy.workers"),
        (
            "control: { listen: 127.0.0.1:8080 }\n",
            "overcoat.yaml:3:20: control.listen",
        ),
        (
            "store: { url: 'mysql://secret@x' }\n",
            "overcoat.yaml:3:15: store.url: this is no store",
        ),
        (
            "store: { url: { env: OVERCOAT_TEST_NOT_SET } }\n",
            "`OVERCOAT_TEST_NOT_SET` is not set",
        ),
        (
            "time_zone: Asia/Peking\n",
            "overcoat.yaml:3:12: time_zone: `Asia/Peking` is no time zone",
        ),
        ("sessions: { idle_minutes: 0 }\n", "overcoat.yaml:3:11: sessions"),
        (
            "holds: { pending_hours: 0 }\n",
            "overcoat.yaml:3:25: holds.pending_hours",
        ),
        (
            "holds: { pending_hours: .nan }\n",
            "holds.pending_hours: expected hours",
        ),
        (
            "holds: { redeem_hours: -1.5 }\n",
            "overcoat.yaml:3:24: holds.redeem_hours",
        ),
        ("holds: { redeem_hours: 1e9 }\n", "holds.redeem_hours: expected hours"),
        ("tenant: ''\n", "overcoat.yaml:3:9: tenant"),
        ("policies: nowhere\n", "nowhere/access.csv: the file cannot be read"),
    ] {
        let complaints = House::new(extra).complaints();
        assert!(complaints.contains(expected), "{extra}\n{complaints}");
        assert!(!complaints.contains("secret"), "{complaints}");
    }
}

#[test]
fn the_limits_of_a_hold_may_be_parts_of_an_hour() {
    let limits = |extra: &str| {
        let settings = load(&House::new(extra).path("overcoat.yaml")).unwrap().settings;
        (settings.holds.pending.as_secs(), settings.holds.redeem.as_secs())
    };
    assert_eq!(limits(""), (72 * 3600, 24 * 3600));
    assert_eq!(limits("holds: { pending_hours: 2, redeem_hours: 0.5 }\n"), (7200, 1800));
    assert_eq!(limits("holds: { pending_hours: 0.001 }\n"), (3, 24 * 3600));
}

#[test]
fn a_master_key_that_is_none_stops_the_start() {
    for (text, expected) in [
        (&KEY[..60], "the master key has 30 bytes; it has to have 32"),
        ("", "the master key has 0 bytes"),
        ("a secret sentence", "neither hexadecimal nor base64"),
    ] {
        let house = House::new("");
        house.write("master.key", text);
        let complaints = house.complaints();
        assert!(complaints.contains("overcoat.yaml:1:17: keys.master: "), "{complaints}");
        assert!(complaints.contains(expected), "{complaints}");
    }
    let house = House::new("");
    std::fs::remove_file(house.path("master.key")).unwrap();
    assert!(house.complaints().contains("openssl rand -hex 32"));
}

/// An edit of a policy file, and what is said of it.
#[test]
fn each_slip_in_the_policies_is_found_at_its_place() {
    for (file, from, to, expected) in [
        (
            "access.csv",
            "p, sales, person_name, see:clear",
            "p, slaes, person_name, see:clear",
            "`slaes` is no role; did you mean `sales`?",
        ),
        (
            "access.csv",
            "p, analyst, phone, see:surrogate",
            "p, analyst, email, see:surrogate",
            "`email` can have no surrogates",
        ),
        (
            "model.conf",
            "&& !some(where (p.eft == deny))",
            "",
            "policies/model.conf:1:1: the model breaks a promise",
        ),
        (
            "approvals.yaml",
            "classes: [formula",
            "classes: [formla",
            "`formla` is no data class\n    did you mean `formula`?",
        ),
        (
            "approvals.yaml",
            "level: manager",
            "level: boss",
            "nobody may approve at level `boss`",
        ),
        (
            "crm/demo.yaml",
            "person_name",
            "persn_name",
            "`persn_name` is no data class; did you mean `person_name`?",
        ),
        (
            "crm/demo.yaml",
            "protect: open",
            "protekt: open",
            "unknown field `protekt`",
        ),
        (
            "data-classes.yaml",
            "level: confidential",
            "level: confidental",
            "confidental",
        ),
    ] {
        let house = House::new("");
        house.edit(&format!("policies/{file}"), from, to);
        let complaints = house.complaints();
        assert!(complaints.contains(expected), "{complaints}");
        let place = complaints
            .strip_prefix(&format!("policies/{file}:"))
            .unwrap_or_else(|| panic!("{complaints}"));
        let mut numbers = place.split(':').map(|n| n.parse::<usize>());
        assert!(
            matches!((numbers.next(), numbers.next()), (Some(Ok(1..)), Some(Ok(1..)))),
            "{complaints}"
        );
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let house = House::new("");
    std::fs::remove_file(house.path("policies/crm/demo.yaml")).unwrap();
    house.write("policies/crm/other.yaml", "routes: []");
    let complaints = house.complaints();
    assert!(
        complaints.contains("policies/crm/demo.yaml: the file cannot be read"),
        "{complaints}"
    );
    assert!(complaints.contains("there are other"), "{complaints}");
}

const CASE: &str = "cases:\n  - name: phones\n    roles: [ROLE]\n    request: GET /other\n    answer: { headers: { content-type: application/json }, \
                    body: '{\"mobile\":\"13812345678\"}' }\n    expect: EXPECT\n";

#[test]
fn a_case_that_fails_refuses_the_load() {
    let case = |role: &str, expect: &str| {
        let house = House::new("");
        house.write(
            "policies/cases/demo.yaml",
            &CASE.replace("ROLE", role).replace("EXPECT", expect),
        );
        house.load().map(|_| ()).map_err(|d| d.to_string())
    };
    let partial = "{ body: '{\"mobile\":\"138****5678\"}' }";
    assert_eq!(case("sales", partial), Ok(()));
    let failed = case("manager", partial).unwrap_err();
    assert!(
        failed.contains("cases/demo.yaml:2:11: case `phones`: expected"),
        "{failed}"
    );
    assert_eq!(
        case("sales", "{ route: unlisted, body: '{\"mobile\":\"138****5678\"}' }"),
        Ok(())
    );
    assert!(
        case("sales", "{ held: true }")
            .unwrap_err()
            .contains("expected it to be held")
    );
    assert!(
        case("sales", "{ deny: route_closed }")
            .unwrap_err()
            .contains("expected a denial")
    );
    assert!(case("sales", "{}").unwrap_err().contains("it expects nothing"));
    assert!(
        case("sales", "{ bodi: x }")
            .unwrap_err()
            .contains("did you mean `body`?")
    );
}

#[test]
fn a_bad_file_keeps_the_old_snapshot_and_a_good_one_comes_into_force() {
    let house = House::new("");
    let loaded = house.load().unwrap();
    let live = Live::new(Arc::new(loaded.settings), loaded.snapshot);
    let before = live.snapshot();
    assert!(live.is_ready());
    assert_eq!(live.reload_if_changed(), None);

    house.edit("policies/access.csv", "p, sales,", "p, sales, surely,");
    assert!(matches!(live.reload_if_changed(), Some(Err(_))));
    assert!(!live.is_ready());
    assert_eq!(live.snapshot().id, before.id);
    assert!(matches!(&*live.status(), LoadStatus::Refused(d) if d.to_string().contains("access.csv")));
    assert_eq!(
        live.reload_if_changed(),
        None,
        "the same bad file is not tried each second"
    );

    house.edit("policies/access.csv", "p, sales, surely,", "# changed\np, sales,");
    assert_eq!(live.reload_if_changed(), Some(Ok(Reload::Swapped)));
    assert!(live.is_ready());
    assert_ne!(live.snapshot().id, before.id);
    assert_eq!(live.reload(), Ok(Reload::Unchanged));
}

#[test]
fn check_knows_who_could_fill_a_chain() {
    let house = House::new("");
    let people = |all: &[(&str, &str)]| -> Vec<(crate::subject::SubjectId, Vec<String>)> {
        all.iter()
            .map(|(id, role)| (crate::subject::SubjectId::new(id), vec![(*role).to_owned()]))
            .collect()
    };
    let said = |all: &[(&str, &str)]| check(&house.path("overcoat.yaml"), Some(&people(all))).found;
    let nobody = said(&[("a", "manager")]);
    assert!(
        nobody.has_errors() && nobody.to_string().contains("nobody can complete this chain"),
        "{nobody}"
    );
    let alone = said(&[("a", "manager"), ("b", "dpo")]);
    assert!(
        !alone.has_errors() && alone.to_string().contains("`a` alone could fill level `manager`"),
        "{alone}"
    );
    let enough = said(&[("a", "manager"), ("b", "dpo"), ("c", "manager"), ("d", "dpo")]);
    assert_eq!(enough.0, []);
}

#[test]
fn check_points_at_routes_that_cannot_be_meant_so() {
    let house = House::new("");
    let last = "\n  - { id: late, match: { method: GET, path: /api/customers }, fields: { '$.a': phone } }\n  - { id: blind, match: { path: /blind }, unlisted: plain }\n";
    let text = std::fs::read_to_string(house.path("policies/crm/demo.yaml")).unwrap();
    house.write("policies/crm/demo.yaml", &format!("{}{last}", text.trim_end()));
    let said = check(&house.path("overcoat.yaml"), None).found.to_string();
    for expected in [
        "route `late` can never match: `customers`",
        "route `late` does not say where a record's id stands",
        "route `blind` masks nothing",
    ] {
        assert!(said.contains(expected), "{said}");
    }
}
