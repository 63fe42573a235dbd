//! Decisions: the way of an approval, each reason that a button gives, races and repeats.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{House, call};

fn reason(detail: &Value, action: &str) -> String {
    let action = &detail["actions"][action];
    assert_eq!(action["allowed"], action["reason_code"].is_null());
    action["reason_code"].as_str().unwrap_or("allowed").to_owned()
}

fn reasons(detail: &Value) -> [String; 6] {
    ["submit", "approve", "reject", "withdraw", "revoke", "download"].map(|action| reason(detail, action))
}

#[tokio::test]
async fn the_way_from_hold_to_approval() {
    let house = House::build().await;
    let id = house.pending().await;
    let detail = house.detail("lead", id).await;
    assert_eq!(detail["state"], "pending");
    assert_eq!(detail["chain"][0]["status"], "current");
    assert_eq!(detail["what"]["classes"][0]["rendering"], "clear");
    let answer = house.decide("lead", id, "approve", Some("fine by me")).await;
    assert_eq!(answer.json()["chain"][0]["status"], "done");
    let answer = house.decide("officer", id, "approve", None).await;
    let detail = answer.json();
    assert_eq!(detail["state"], "approved");
    let kinds: Vec<_> = detail["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["kind"].as_str().unwrap())
        .collect();
    let want = [
        "held",
        "submitted",
        "approved",
        "level_completed",
        "approved",
        "level_completed",
        "granted",
    ];
    assert_eq!(kinds, want);
    let own = house.detail("requester", id).await;
    assert_eq!(own["actions"]["download"]["allowed"], true);
    assert_eq!(
        own["actions"]["download"]["url"],
        format!("http://127.0.0.1:8080/.overcoat/exports/{id}")
    );
    let journal = house.journal();
    for kind in ["\"submitted\"", "\"voted\"", "fine by me"] {
        assert!(journal.contains(kind), "{kind}");
    }
}

#[tokio::test]
async fn each_button_says_why_it_may_not_be_pressed() {
    let house = House::build().await;
    let id = house.hold().await;
    let need = "purpose_needed";
    let own = ["allowed", need, need, "allowed", "own_request", need];
    assert_eq!(reasons(&house.detail("requester", id).await), own);
    let lead = [
        "not_requester",
        need,
        need,
        "not_requester",
        "not_revocable",
        "not_requester",
    ];
    assert_eq!(reasons(&house.detail("lead", id).await), lead);

    let id = house.pending().await;
    let own = [
        "purpose_given",
        "own_request",
        "own_request",
        "allowed",
        "own_request",
        "not_approved",
    ];
    assert_eq!(reasons(&house.detail("requester", id).await), own);
    let officer = reasons(&house.detail("officer", id).await);
    assert_eq!(officer[1..3], ["not_your_level", "not_your_level"]);
    assert_eq!(reason(&house.detail("auditor", id).await, "revoke"), "allowed");
    house.decide("lead", id, "approve", None).await;
    assert_eq!(reason(&house.detail("lead", id).await, "approve"), "already_voted");
    assert_eq!(reason(&house.detail("lead2", id).await, "approve"), "not_your_level");

    let id = house.approved().await;
    assert_eq!(reason(&house.detail("lead2", id).await, "approve"), "not_pending");
    assert_eq!(reason(&house.detail("lead2", id).await, "revoke"), "allowed");
    house.pass(600);
    let own = house.detail("requester", id).await;
    assert_eq!(own["state"], "lapsed");
    assert_eq!(reason(&own, "download"), "lapsed");
}

#[tokio::test]
async fn what_a_button_says_is_what_a_call_gets() {
    let house = House::build().await;
    let cases = [
        ("requester", "approve", None, (403, "forbidden", "own_request")),
        ("officer", "approve", None, (403, "forbidden", "not_your_level")),
        ("lead", "submit", None, (403, "forbidden", "purpose_given")),
        ("lead", "withdraw", None, (403, "forbidden", "not_requester")),
        ("lead", "reject", None, (400, "comment_required", "")),
        ("lead", "reject", Some("no"), (400, "comment_required", "")),
        ("lead", "revoke", Some("because"), (403, "forbidden", "not_revocable")),
        ("stranger", "approve", None, (404, "not_found", "")),
    ];
    for (who, action, comment, (status, code, reason)) in cases {
        let id = house.pending().await;
        let got = house.decide(who, id, action, comment).await.problem();
        assert_eq!(got, (status, code.to_owned(), reason.to_owned()), "{who} {action}");
        assert_eq!(house.detail("lead", id).await["state"], "pending");
    }
    let id = house.hold().await;
    assert_eq!(
        house.decide("requester", id, "submit", Some(" a ")).await.problem().1,
        "purpose_required"
    );
    assert_eq!(
        house.decide("lead", id, "approve", None).await.problem().2,
        "purpose_needed"
    );
}

#[tokio::test]
async fn an_end_destroys_what_was_sealed() {
    let house = House::build().await;
    for (who, action, state) in [
        ("lead", "reject", "rejected"),
        ("requester", "withdraw", "withdrawn"),
        ("auditor", "revoke", "revoked"),
    ] {
        let id = house.pending().await;
        assert!(house.vault.holds(id));
        let answer = house.decide(who, id, action, Some("not this year")).await;
        assert_eq!(answer.json()["state"], state);
        assert!(!house.vault.holds(id), "{state}");
        let again = house.decide("lead", id, "approve", None).await.problem();
        assert_eq!((again.0, again.2.as_str()), (403, "not_pending"));
        assert_eq!(house.detail("lead", id).await["chain"][1]["status"], "skipped");
    }
}

#[tokio::test]
async fn a_lapse_is_applied_when_somebody_looks() {
    let house = House::build().await;
    let id = house.pending().await;
    house.pass(3_600);
    let refused = house.decide("lead", id, "approve", None).await;
    assert!(matches!(refused.problem(), (409, ..) | (403, ..)));
    assert_eq!(house.detail("lead", id).await["state"], "lapsed");
    assert!(!house.vault.holds(id));
    assert!(house.journal().contains("\"lapsed\""));
    assert_eq!(house.decide("lead", id, "approve", None).await.problem().2, "lapsed");
}

#[tokio::test]
async fn a_stale_version_is_a_conflict_and_a_repeated_call_is_not() {
    let house = House::build().await;
    let id = house.pending().await;
    let cookie = house.sign_in("lead").await;
    let path = format!("/api/v1/approvals/{id}/approve");
    let body = json!({"version": 2, "idempotency_key": "k-1"});
    let first = house.call(Method::POST, &path, &cookie, Some(body.clone())).await;
    assert_eq!(first.status, StatusCode::OK);
    let again = house.call(Method::POST, &path, &cookie, Some(body)).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.json()["version"], first.json()["version"]);
    let other_key = json!({"version": 2, "idempotency_key": "k-2"});
    assert_eq!(
        house
            .call(Method::POST, &path, &cookie, Some(other_key))
            .await
            .problem()
            .1,
        "conflict"
    );
    let no_key = json!({"version": 2});
    assert_eq!(
        house.call(Method::POST, &path, &cookie, Some(no_key)).await.problem().1,
        "conflict"
    );
    let somebody_else = house.sign_in("officer").await;
    let body = json!({"version": 2, "idempotency_key": "k-1"});
    assert_eq!(
        house
            .call(Method::POST, &path, &somebody_else, Some(body))
            .await
            .problem()
            .1,
        "conflict"
    );
}

#[tokio::test]
async fn of_parallel_votes_one_counts() {
    let house = std::sync::Arc::new(House::build().await);
    let id = house.pending().await;
    let cookies = [house.sign_in("lead").await, house.sign_in("lead2").await];
    let votes = (0..20).map(|n| {
        let (house, cookie) = (std::sync::Arc::clone(&house), cookies[n % 2].clone());
        let request = call(
            Method::POST,
            &format!("/api/v1/approvals/{id}/approve"),
            &cookie,
            Some(json!({"version": 2})),
        );
        tokio::spawn(async move { house.send(request).await.status })
    });
    let votes: Vec<_> = votes.collect();
    let mut taken = 0;
    for vote in votes {
        match vote.await.unwrap() {
            StatusCode::OK => taken += 1,
            other => assert_eq!(other, StatusCode::CONFLICT),
        }
    }
    assert_eq!(taken, 1);
    let approval = house.store.load(id).await.unwrap().unwrap();
    assert_eq!(approval.votes().len(), 1);
}

#[tokio::test]
async fn the_lists_show_what_is_whose() {
    let house = House::build().await;
    let (first, held) = (house.pending().await, house.hold().await);
    house.pass(10);
    let second = house.pending().await;
    let ids = async |who: &str, view: &str| -> Vec<String> {
        let cookie = house.sign_in(who).await;
        let page = house
            .get(&format!("/api/v1/approvals?view={view}"), &cookie)
            .await
            .json();
        assert_eq!(page["total"], page["items"].as_array().unwrap().len());
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let [first, second, held] = [first, second, held].map(|id| id.to_string());
    assert_eq!(
        ids("lead", "to_decide").await,
        [first.clone(), second.clone()],
        "the longest waiting first"
    );
    assert!(ids("officer", "to_decide").await.is_empty());
    assert!(ids("requester", "to_decide").await.is_empty());
    let mine = ids("requester", "mine").await;
    assert!(mine.len() == 3 && mine[0] == second && mine.contains(&held));
    assert!(ids("stranger", "history").await.is_empty());
    assert!(ids("lead", "history").await.is_empty());
    assert_eq!(ids("auditor", "history").await.len(), 3);
    house
        .decide("lead", first.parse().unwrap(), "reject", Some("not now"))
        .await;
    assert_eq!(ids("lead", "to_decide").await, [second]);
    assert_eq!(ids("officer", "history").await, [first]);
}

#[tokio::test]
async fn pages_follow_each_other() {
    let house = House::build().await;
    for _ in 0..5 {
        house.hold().await;
        house.pass(1);
    }
    let cookie = house.sign_in("requester").await;
    let (mut cursor, mut seen) = (String::new(), Vec::new());
    loop {
        let page = house
            .get(&format!("/api/v1/approvals?view=mine&limit=2{cursor}"), &cookie)
            .await
            .json();
        assert_eq!(page["total"], 5);
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|i| i["id"].as_str().unwrap().to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let mut distinct = seen.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!((seen.len(), distinct.len()), (5, 5));
    for bad in [
        "view=mine&limit=0",
        "view=mine&limit=101",
        "view=all",
        "limit=1",
        "view=mine&limit=x",
    ] {
        assert_eq!(
            house
                .get(&format!("/api/v1/approvals?{bad}"), &cookie)
                .await
                .problem()
                .1,
            "bad_request",
            "{bad}"
        );
    }
}

#[tokio::test]
async fn a_sample_is_masked_as_the_viewer_may_see_it() {
    let house = House::build().await;
    let id = house.pending().await;
    let sample = async |who: &str| {
        let cookie = house.sign_in(who).await;
        house.get(&format!("/api/v1/approvals/{id}/sample"), &cookie).await
    };
    for who in ["lead", "requester"] {
        let answer = sample(who).await;
        assert!(!answer.text.contains("138"), "{who}: {}", answer.text);
        let sample = answer.json();
        assert_eq!(sample["columns"], json!(["id", "phone"]));
        assert_eq!(sample["rows"][0][0], "1");
        assert_eq!(sample["note_code"], "masked_for_you");
    }
    assert_eq!(sample("officer").await.json()["rows"][1][1], "13912345678");
    assert_eq!(sample("auditor").await.json()["note_code"], "not_available");
    assert_eq!(sample("stranger").await.problem().0, 404);
    assert!(house.journal().contains("\"sampled\""));
    house.decide("lead", id, "reject", Some("not now")).await;
    assert_eq!(sample("lead").await.json()["note_code"], "hold_destroyed");
}
