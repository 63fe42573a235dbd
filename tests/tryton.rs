//! A real CRM behind Overcoat: Tryton 8.0 with 300 parties, under the policy that ships for it.
//!
//! `make test` installs Tryton into `.cache/tryton`; run `tests/tryton/install.sh "$PWD/.cache/tryton"` to do it by hand.

#[path = "tryton/gate.rs"]
mod gate;
#[path = "tryton/originals.rs"]
mod originals;
#[path = "tryton/server.rs"]
mod server;

use gate::{Gate, Person};
use originals::Originals;
use serde_json::{Value, json};
use server::Tryton;

const ALL_PARTIES: usize = 300;

/// Everything of a party that a client can ask for in one go.
fn party_fields() -> Value {
    json!([
        "name",
        "rec_name",
        "full_name",
        "code",
        "phone",
        "mobile",
        "fax",
        "email",
        "tax_identifier",
        "tax_identifier.code",
        "tax_identifier.rec_name",
        "identifiers.code",
        "identifiers.rec_name",
        "contact_mechanisms.value",
        "contact_mechanisms.rec_name",
        "contact_mechanisms.url",
        "addresses.street",
        "addresses.rec_name",
        "addresses.full_address",
        "addresses.city",
        "lang.rec_name"
    ])
}

/// Reading, as a client of Tryton reads: lists, details, related records, names, views, on_change, errors.
fn reading_calls() -> Vec<(&'static str, Value)> {
    let ids: Vec<usize> = (1..=40).collect();
    vec![
        (
            "model.party.party.search_read",
            json!([[], 0, 200, null, party_fields(), {}]),
        ),
        ("model.party.party.read", json!([ids, party_fields(), {}])),
        ("model.party.party.read", json!([[1], ["rec_name"], {}])),
        (
            "model.party.party.search_read",
            json!([
                [["rec_name", "ilike", "%王%"]],
                0,
                50,
                [["name", "ASC"]],
                ["rec_name", "mobile"],
                {}
            ]),
        ),
        ("model.party.party.autocomplete", json!(["王", [], 20, null, {}])),
        ("model.party.party.search_count", json!([[], {}])),
        ("model.party.party.fields_get", json!([null, {}])),
        ("model.party.party.fields_view_get", json!([null, "form", {}])),
        ("model.party.party.default_get", json!([["lang", "active"], true, {}])),
        (
            "model.party.contact_mechanism.search_read",
            json!([
                [],
                0,
                200,
                null,
                ["rec_name", "value", "type", "url", "party", "party.rec_name"],
                {}
            ]),
        ),
        (
            "model.party.address.search_read",
            json!([
                [],
                0,
                200,
                null,
                [
                    "rec_name",
                    "street",
                    "city",
                    "full_address",
                    "party_name",
                    "party.rec_name"
                ],
                {}
            ]),
        ),
        (
            "model.party.identifier.search_read",
            json!([
                [],
                0,
                200,
                null,
                ["rec_name", "code", "type", "party", "party.rec_name"],
                {}
            ]),
        ),
        ("model.res.user.get_preferences", json!([true, {}])),
        (
            "model.ir.ui.menu.search_read",
            json!([[], 0, 50, null, ["name", "rec_name"], {}]),
        ),
        // Mistakes are answered with texts that may quote what was asked or found.
        ("model.party.party.read", json!([ids, ["no_such_field"], {}])),
        ("model.party.party.nonsense", json!([[1], {}])),
        ("model.party.nonsense.read", json!([[1], ["name"], {}])),
        ("model.party.party.on_change_with_nothing", json!([{"name": "x"}, {}])),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_shows_no_original_and_writing_what_is_not_masked_works() {
    let tryton = Tryton::start().await;
    let gate = Gate::start(&tryton).await;
    let analyst = gate.person("ana").await;
    let originals = Originals::of(&tryton).await;
    let mut answered = 0;
    for (method, params) in reading_calls() {
        let answer = analyst.rpc(method, params.clone()).await;
        originals.assert_absent(method, &answer.head, &answer.body);
        answered += usize::from(answer.json().get("result").is_some_and(|r| !r.is_null()));
    }
    assert!(
        answered >= 12,
        "only {answered} calls had a result: the test would prove nothing"
    );
    surrogates_join(&analyst).await;
    writing_works(&tryton, &analyst).await;
    gate.stop().await;
}

/// The same number has the same surrogate wherever it is shown.
async fn surrogates_join(analyst: &Person) {
    let parties = analyst
        .rpc(
            "model.party.party.search_read",
            json!([[["id", "=", 7]], 0, 1, null, ["contact_mechanisms.value", "mobile"], {}]),
        )
        .await
        .json();
    let party = &parties["result"][0];
    let mobile = party["mobile"].as_str().expect("a mobile is shown");
    let values: Vec<&str> = party["contact_mechanisms."]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|c| c["value"].as_str())
        .collect();
    assert!(
        values.contains(&mobile),
        "the surrogate differs between two places of one answer"
    );
    assert!(
        mobile.chars().filter(char::is_ascii_digit).count() >= 11,
        "a surrogate keeps its shape"
    );
}

async fn writing_works(tryton: &Tryton, analyst: &Person) {
    let before = tryton
        .rpc("model.party.party.read", json!([[5], ["mobile", "name"], {}]))
        .await;
    let answer = analyst
        .rpc("model.party.address.write", json!([[5], {"building_name": "B7"}, {}]))
        .await;
    assert_eq!(answer.status, 200);
    assert!(answer.json().get("error").is_none(), "the CRM refused the change");
    let address = tryton
        .rpc("model.party.address.read", json!([[5], ["building_name"], {}]))
        .await;
    assert_eq!(address["result"][0]["building_name"], "B7", "the change did not arrive");
    let after = tryton
        .rpc("model.party.party.read", json!([[5], ["mobile", "name"], {}]))
        .await;
    assert!(before["result"] == after["result"], "a masked field changed in the CRM");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_all_parties_is_held_and_released_once_after_two_approvals() {
    let tryton = Tryton::start().await;
    let gate = Gate::start(&tryton).await;
    let originals = Originals::of(&tryton).await;
    let analyst = gate.person("ana").await;
    let all: Vec<usize> = (1..=ALL_PARTIES).collect();
    let params = json!([
        all,
        [
            "name",
            "code",
            "contact_mechanisms/value",
            "identifiers/code",
            "addresses/street"
        ],
        {}
    ]);

    let held = analyst.rpc("model.party.party.export_data", params.clone()).await;
    assert_eq!(held.status, 403);
    assert!(
        held.head.contains("application/problem+json"),
        "a program is told in JSON"
    );
    originals.assert_absent("the refusal", &held.head, &held.body);
    let id = held.approval_id();
    let again = analyst.rpc("model.party.party.export_data", params.clone()).await;
    assert_eq!(
        again.approval_id(),
        id,
        "asking again for the same thing gives the same hold"
    );

    gate.approve(&id).await;
    let released = analyst.rpc("model.party.party.export_data", params.clone()).await;
    assert_eq!(released.status, 200);
    originals.assert_absent("the release", &released.head, &released.body);
    let rows = released.json()["result"].as_array().map_or(0, Vec::len);
    assert!(rows >= ALL_PARTIES, "the release holds {rows} rows");
    let codes = released.json()["result"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|r| r[1] != "")
        .count();
    assert_eq!(codes, ALL_PARTIES, "what is not masked is there");

    let third = analyst.rpc("model.party.party.export_data", params).await;
    assert_eq!(third.status, 403, "an approval releases once");
    assert_ne!(third.approval_id(), id);
    gate.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_csv_of_all_parties_is_held_and_released_once_in_its_own_coding() {
    let tryton = Tryton::start().await;
    let gate = Gate::start(&tryton).await;
    let originals = Originals::of(&tryton).await;
    let analyst = gate.person("ana").await;
    let path =
        "/demo/data/party.party?f=code&f=name&f=mobile&f=contact_mechanisms%2Fvalue&f=identifiers%2Fcode&enc=gb18030";

    let held = analyst.get(path).await;
    assert_eq!(held.status, 403);
    let id = held.approval_id();
    let browser = analyst.navigate(path).await;
    assert_eq!(browser.status, 303, "a browser is sent to the page of its request");
    assert!(browser.head.contains(&id), "to the page of the same request");

    gate.approve(&id).await;
    let released = analyst.get(path).await;
    assert_eq!(released.status, 200);
    originals.assert_absent("the release", &released.head, &released.body);
    let (text, _, broken) = encoding_rs::GB18030.decode(&released.body);
    assert!(!broken, "the release is not in the coding that was asked for");
    originals.assert_absent("the decoded release", "", text.as_bytes());
    assert!(text.lines().count() > ALL_PARTIES);
    assert_eq!(analyst.get(path).await.status, 403, "an approval releases once");
    gate.stop().await;
}
