//! `approval-ui/openapi.json` is the server's own document. The page's types are generated from it.
//!
//! `OVERCOAT_UPDATE=1 cargo test --test control_openapi` writes it anew.

use std::path::Path;

#[test]
fn the_committed_document_is_the_servers_own() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("approval-ui/openapi.json");
    let own = overcoat::control::api::openapi_json();
    if std::env::var_os("OVERCOAT_UPDATE").is_some() {
        std::fs::write(&path, &own).expect("the document can be written");
    }
    let committed = std::fs::read_to_string(&path).expect("approval-ui/openapi.json is there");
    let same = committed == own;
    assert!(
        same,
        "approval-ui/openapi.json is stale: run OVERCOAT_UPDATE=1 cargo test --test control_openapi, then `npm run types`"
    );
}

#[test]
fn every_operation_has_a_name_and_every_error_is_a_problem() {
    let document: serde_json::Value =
        serde_json::from_str(&overcoat::control::api::openapi_json()).expect("it is JSON");
    let paths = document["paths"].as_object().expect("paths");
    assert_eq!(paths.len(), 9);
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("operations") {
            assert!(operation["operationId"].is_string(), "{method} {path}");
            for (status, response) in operation["responses"].as_object().expect("responses") {
                let problem = response["content"]["application/problem+json"].is_object();
                assert_eq!(problem, status.as_str() >= "400", "{method} {path} {status}");
            }
        }
    }
}
