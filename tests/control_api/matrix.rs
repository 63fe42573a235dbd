//! Who gets what: endpoint × person → status, as a table that a change must be seen in.

use http::Method;
use serde_json::json;

use crate::house::{House, PEOPLE, call};

const WANT: &str = "\
                                  nobody requester lead lead2 officer auditor stranger
GET    /session                   401 200 200 200 200 200 200
GET    /approvals?view=to_decide  401 200 200 200 200 200 200
GET    /approvals?view=mine       401 200 200 200 200 200 200
GET    /approvals?view=history    401 200 200 200 200 200 200
GET    /approvals/held            401 200 200 200 200 200 404
GET    /approvals/pending         401 200 200 200 200 200 404
GET    /approvals/approved        401 200 200 200 200 200 404
GET    /approvals/none            401 404 404 404 404 404 404
GET    /approvals/pending/sample  401 200 200 200 200 200 404
POST   /approvals/held/submit     401 200 403 403 403 403 404
POST   /approvals/pending/submit  401 403 403 403 403 403 404
POST   /approvals/pending/approve 401 403 200 200 403 403 404
POST   /approvals/pending/reject  401 403 200 200 403 403 404
POST   /approvals/pending/withdraw 401 200 403 403 403 403 404
POST   /approvals/pending/revoke  401 403 403 403 403 200 404
POST   /approvals/approved/approve 401 403 403 403 403 403 404
POST   /approvals/approved/withdraw 401 200 403 403 403 403 404
POST   /approvals/approved/revoke 401 403 200 200 200 200 404
";

#[tokio::test]
async fn endpoint_by_person() {
    let house = House::build().await;
    let mut cookies = vec![String::new()];
    for (name, _) in PEOPLE {
        cookies.push(house.sign_in(name).await);
    }
    let mut got = String::new();
    for line in WANT.lines() {
        let mut words = line.split_whitespace();
        let (Some(method @ ("GET" | "POST")), Some(path)) = (words.next(), words.next()) else {
            got.push_str(line);
            got.push('\n');
            continue;
        };
        let mut row = line[..line.len() - " 000".len() * cookies.len()].to_owned();
        for cookie in &cookies {
            row.push_str(&format!(" {}", status(&house, method, path, cookie).await));
        }
        got.push_str(&row);
        got.push('\n');
    }
    assert_eq!(got, WANT, "\n{got}");
}

/// Each call meets an approval of its own, in the state that its path names.
async fn status(house: &House, method: &str, path: &str, cookie: &str) -> u16 {
    let id = match path.split('/').nth(2).unwrap_or_default() {
        "held" => house.hold().await.to_string(),
        "pending" => house.pending().await.to_string(),
        "approved" => house.approved().await.to_string(),
        _ => "00000000000000000000000000000000".to_owned(),
    };
    let path = ["held", "pending", "approved", "none"]
        .iter()
        .fold(path.to_owned(), |path, word| {
            path.replacen(&format!("/{word}"), &format!("/{id}"), 1)
        });
    let body = if method == "POST" {
        let version = house
            .store
            .load(id.parse().unwrap())
            .await
            .unwrap()
            .map_or(1, |a| a.version());
        let text = if path.ends_with("/submit") {
            "purpose"
        } else {
            "comment"
        };
        Some(json!({"version": version, text: "with a reason"}))
    } else {
        None
    };
    let method: Method = method.parse().unwrap();
    house
        .send(call(method, &format!("/api/v1{path}"), cookie, body))
        .await
        .status
        .as_u16()
}
