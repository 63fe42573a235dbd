use http::HeaderMap;
use serde_json::{Value, json};

use super::*;
use crate::catalog::ExportRule;

const FILE: &str = r#"
column_classes: { "*.value": phone, name: person_name, code: plain }
routes:
  - id: search
    match: { method: POST, path: "/{db}/rpc", body: { $.method: party.search_read } }
    fields: { "$.result[*].phone": phone, note: plain }
    records: $.result[*]
    digest_ignore: ["$.id"]
  - id: export
    match: { method: POST, path: "/{db}/rpc", body: { $.method: { glob: "*.export_data" } } }
    columns: { rows: "$.result[*]", from: "$.params[1]", classes: { secret: formula } }
    export: always
    timeouts: { first_byte_seconds: 180 }
  - id: rpc
    match: { path: "/{db}/rpc" }
    protect: refused
  - id: csv
    match: { method: GET, path: /data, query: { export: csv } }
    columns: { rows: "$[*]", query: f }
    max_records: 5
  - id: odd
    match: { path: /table, query: { dl: { not_in: [",", ";"] } } }
    protect: refused
  - id: table
    match: { path: /table }
  - id: aliases
    match: { path: /alias }
    aliases: { query: "alias[*]" }
  - id: graph
    match: { method: POST, path: /graphql }
    aliases: { graphql: $.query }
  - id: form
    match: { method: POST, path: /form, form: { action: [save, store] } }
    export: never
  - id: static
    match: { path: "/static/**" }
    protect: open
    upgrade: allow
"#;

fn catalog() -> Catalog {
    load(FILE).unwrap()
}

fn load(text: &str) -> Result<Catalog, CatalogError> {
    let defaults = CatalogDefaults { max_records: 500 };
    Catalog::from_yaml(text, Arc::new(DataClasses::builtin()), defaults)
}

fn find(method: &str, target: &str, body: Option<Value>, form: bool) -> RouteMatch {
    let mut headers = HeaderMap::new();
    let label = if form {
        "application/x-www-form-urlencoded"
    } else {
        "application/json"
    };
    headers.insert("content-type", label.parse().unwrap());
    catalog().route(&RequestView {
        method,
        target: &CanonicalTarget::parse(target.as_bytes()).unwrap(),
        headers: &headers,
        body: body.as_ref(),
    })
}

fn fields(found: &RouteMatch) -> Vec<String> {
    let classes = DataClasses::builtin();
    let name = |class: &Option<crate::mask::ClassId>| class.map_or("plain".to_owned(), |c| classes.name(c).to_owned());
    found
        .fields()
        .map(|(path, class)| format!("{}={}", path.as_str(), name(class)))
        .collect()
}

#[test]
fn one_address_serves_many_routes() {
    let rpc = |method: &str| {
        find(
            "POST",
            "/demo/rpc/",
            Some(json!({"method": method, "params": []})),
            false,
        )
    };
    assert_eq!(rpc("party.search_read").id(), "search");
    assert_eq!(rpc("party.export_data").id(), "export");
    assert_eq!(rpc("party.delete").refusal(), Some(Refusal::Closed));
    assert_eq!(find("POST", "/demo/rpc", None, false).id(), "rpc");
    assert_eq!(find("GET", "/anything", None, false).id(), "unlisted");
}

#[test]
fn columns_come_from_the_body() {
    let body = json!({"method": "party.export_data", "params": [[1], ["code", "party.value", "name", "secret", "x/手机", "weather"]]});
    let found = find("POST", "/demo/rpc", Some(body), false);
    assert_eq!(
        fields(&found),
        [
            "$.result[*][0]=plain",
            "$.result[*][1]=phone",
            "$.result[*][2]=person_name",
            "$.result[*][3]=formula",
            "$.result[*][4]=mobile"
        ]
        .map(|s| s.replace("mobile", &class_of_mobile()))
    );
    assert_eq!(found.export(), ExportRule::Always);
    assert_eq!(found.limits().first_byte.unwrap().as_secs(), 180);
}

/// What the name index says of 手机: the catalog does not care, it only has to ask.
fn class_of_mobile() -> String {
    let classes = DataClasses::builtin();
    classes.name(classes.names().class_of("手机").unwrap()).to_owned()
}

#[test]
fn columns_that_cannot_be_read_refuse_the_request() {
    for columns in [
        json!("code"),
        json!([1, 2]),
        json!({"0": "code"}),
        json!(vec!["x"; 600]),
    ] {
        let body = json!({"method": "party.export_data", "params": [[1], columns]});
        let found = find("POST", "/demo/rpc", Some(body), false);
        assert_eq!(found.refusal(), Some(Refusal::Columns));
        assert_eq!(found.protect(), Protect::Refused);
    }
    let none = find("POST", "/demo/rpc", Some(json!({"method": "party.export_data"})), false);
    assert_eq!(none.refusal(), None, "a request that names no columns has none");
}

#[test]
fn columns_come_from_a_repeated_parameter() {
    let found = find("GET", "/data?export=csv&f=name&f=code&f=party.value", None, false);
    assert_eq!(
        fields(&found),
        ["$[*][0]=person_name", "$[*][1]=plain", "$[*][2]=phone"]
    );
    assert_eq!(found.export(), ExportRule::ByAnswer { max_records: 5 });
    assert_ne!(found.key(), find("GET", "/data?export=csv&f=code", None, false).key());
}

#[test]
fn keys_that_the_client_chose_hold_what_they_stand_for() {
    assert_eq!(
        fields(&find("GET", "/alias?alias[x]=a.value&alias[phone]=code", None, false)),
        ["$..['x']=phone"]
    );
    let query = json!({"query": "{ people { harmless: phone, b: code } }"});
    let found = fields(&find("POST", "/graphql", Some(query), false));
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("$..['harmless']="));
    let broken = find("POST", "/graphql", Some(json!({"query": "{ \"x }"})), false);
    assert_eq!(broken.refusal(), Some(Refusal::Columns));
}

#[test]
fn a_deciding_parameter_with_two_values_is_refused() {
    assert_eq!(
        find("GET", "/data?export=json&export=csv", None, false).refusal(),
        Some(Refusal::Ambiguous)
    );
    assert_eq!(find("GET", "/data?export=csv&export=csv", None, false).id(), "csv");
    let two = json!({"action": ["view", "save"]});
    assert_eq!(
        find("POST", "/form", Some(two), true).refusal(),
        Some(Refusal::Ambiguous)
    );
    assert_eq!(
        find("POST", "/form", Some(json!({"action": ["store"]})), true).id(),
        "form"
    );
}

#[test]
fn any_other_value_can_be_shut_out() {
    for (query, id) in [
        ("", "table"),
        ("?x=^", "table"),
        ("?dl=,", "table"),
        ("?dl=%3B", "table"),
        ("?dl=^", "odd"),
        ("?dl", "odd"),
    ] {
        assert_eq!(find("GET", &format!("/table{query}"), None, false).id(), id, "{query}");
    }
    let both = find("GET", "/table?dl=,&dl=^", None, false);
    assert_eq!(both.refusal(), Some(Refusal::Ambiguous));
}

#[test]
fn the_body_is_asked_for_only_where_it_matters() {
    let needs = |method: &str, path: &str| {
        catalog().needs_body(
            method,
            &CanonicalTarget::parse(path.as_bytes()).unwrap(),
            &HeaderMap::new(),
        )
    };
    assert!(needs("POST", "/demo/rpc"));
    assert!(needs("POST", "/graphql"));
    assert!(needs("POST", "/form"));
    assert!(!needs("GET", "/demo/rpc"));
    assert!(!needs("GET", "/data?export=csv"));
    assert!(!needs("PUT", "/api/upload"));
}

#[test]
fn head_is_get_and_open_routes_may_upgrade() {
    assert_eq!(find("HEAD", "/data?export=csv", None, false).id(), "csv");
    assert!(find("GET", "/static/app.js", None, false).allows_upgrade());
    assert!(!find("GET", "/data?export=csv", None, false).allows_upgrade());
}

#[test]
fn what_varies_is_left_out_of_the_digest() {
    let found = find(
        "POST",
        "/x/rpc",
        Some(json!({"id": 7, "method": "party.search_read"})),
        false,
    );
    assert_eq!(found.digest_body(&json!({"id": 7, "a": 1})), json!({"a": 1}));
}

#[test]
fn slips_are_found_at_their_place() {
    let route = |text: &str| format!("routes:\n  - id: a\n    match: {{ path: /a }}\n{text}");
    for (text, at, message) in [
        (
            route("    fields: { $.a: phnoe }\n"),
            "routes[0].fields.$.a",
            "did you mean `phone`",
        ),
        (
            route("    fields: { '$.a[': phone }\n"),
            "routes[0].fields.$.a[",
            "no field path",
        ),
        (route("    upgrade: allow\n"), "routes[0].upgrade", "protect: open"),
        (route("    columns: { rows: '$[*]' }\n"), "routes[0].columns", "one of"),
        (
            route("    digest_ignore: [id]\n"),
            "routes[0].digest_ignore[0]",
            "begins with `$`",
        ),
        (route("  - id: a\n    match: { path: /b }\n"), "routes[1].id", "twice"),
        (
            "routes: [{ id: unlisted, match: { path: / } }]".to_owned(),
            "routes[0].id",
            "no route id",
        ),
        (
            "routes: [{ id: x, match: { path: a } }]".to_owned(),
            "routes[0].match.path",
            "begins with `/`",
        ),
        (
            "routes: [{ id: x, match: {} }]".to_owned(),
            "routes[0].match",
            "`method`, `path`",
        ),
        (
            "column_classes: { a: b }\nroutes: [{ id: x, match: { path: / }, columns: { rows: $, query: f } }]"
                .to_owned(),
            "column_classes.a",
            "no data class",
        ),
    ] {
        match load(&text) {
            Err(CatalogError::Rule { at: found, fault }) => {
                assert_eq!(found.to_string(), at);
                assert!(fault.to_string().contains(message), "{fault}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    assert!(matches!(load("routs: []"), Err(CatalogError::Syntax(_))));
    assert!(matches!(
        load("routes: [{ id: x, match: { path: /, query: { a: { like: b } } } }]"),
        Err(CatalogError::Syntax(_))
    ));
}

#[test]
fn a_hidden_route_is_noticed() {
    let text = "routes:\n  - { id: wide, match: { path: '/api/**' } }\n  - { id: narrow, match: { method: GET, path: /api/x } }\n";
    let summaries = load(text).unwrap().summaries();
    assert_eq!(summaries[1].hidden_by.as_deref(), Some("wide"));
    assert_eq!(summaries[0].hidden_by, None);
}
