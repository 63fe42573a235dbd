//! Exports: recognised, sealed, approved, released once.

use overcoat::approval::{Approval, Approver, Phase, Stamp};
use overcoat::store::{ApprovalQuery, SwapOutcome};
use overcoat::subject::SubjectId;

use crate::house::{Act, Crm, House, PHONE, answer, customers, json};

async fn crm() -> Crm {
    Crm::start(
        |request| match request.head.split(' ').nth(1).unwrap().split('?').next().unwrap() {
            "/many" | "/export" => json(&customers(50)),
            "/file" => answer(
                "Content-Type: application/json\r\nContent-Disposition: attachment; filename=张伟.json\r\n",
                customers(2).as_bytes(),
            ),
            "/lost" => {
                let body = customers(50);
                let head = "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n";
                vec![Act::Send(
                    format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes(),
                )]
            }
            "/missing" => {
                let body = customers(1);
                let head = "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n";
                vec![Act::Send(
                    format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes(),
                )]
            }
            "/csv" => answer(
                "Content-Type: text/csv\r\n",
                format!("name,mobile\r\n张伟,{PHONE}\r\n").as_bytes(),
            ),
            _ => json("{}"),
        },
    )
    .await
}

impl House {
    async fn approvals(&self) -> Vec<Approval> {
        self.running
            .parts()
            .store
            .list(&ApprovalQuery::All, None, 100)
            .await
            .unwrap()
            .items
    }

    /// States the purpose and has both levels say yes.
    async fn approve(&self, approval: Approval) -> Approval {
        let store = &self.running.parts().store;
        let stamp = |now, key: &str| Stamp::new(now, key);
        let requester = approval.requester().id.clone();
        let now = store.now().await.unwrap();
        let mut approval = approval.submit(&requester, "年度客户盘点", stamp(now, "s")).unwrap();
        assert_eq!(
            store.compare_and_set(approval.version() - 1, &approval).await.unwrap(),
            SwapOutcome::Done
        );
        for (index, level) in ["manager", "data_protection"].into_iter().enumerate() {
            let approver = Approver {
                id: SubjectId::new(&format!("{level}.boss")),
                display_name: level.into(),
                levels: vec![level.into()],
                oversight: false,
            };
            let now = store.now().await.unwrap();
            approval = approval.approve(&approver, index, None, stamp(now, level)).unwrap();
            assert_eq!(
                store.compare_and_set(approval.version() - 1, &approval).await.unwrap(),
                SwapOutcome::Done
            );
        }
        approval
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_is_held_however_it_is_recognised_and_the_same_ask_is_the_same_hold() {
    let crm = crm().await;
    let house = House::before(&crm).await;
    for path in ["/many", "/export", "/file", "/csv", "/lost"] {
        let held = house.get("analyst", path).await;
        assert_eq!(
            (held.status, held.code().as_str()),
            (403, "export_held"),
            "{path}: {}",
            held.text()
        );
        assert!(!held.text().contains("138"), "{path}: {}", held.text());
        let again = house.get("analyst", path).await;
        assert_eq!(again.text(), held.text(), "{path}: another hold for the same thing");
    }
    assert_eq!(house.approvals().await.len(), 5);
    assert_eq!(
        crm.requests().len(),
        5,
        "an export was fetched again while its hold was open"
    );
    let page = house
        .send("analyst", "GET", "/export", "Accept: text/html\r\n", b"")
        .await;
    assert_eq!(page.status, 303);
    let control = house.running.control_address();
    assert!(
        page.field("location")
            .unwrap()
            .starts_with(&format!("http://127.0.0.1:{}/approvals/", control.port()))
    );
    for entry in std::fs::read_dir(house.path().join("holds")).unwrap() {
        let sealed = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(
            !sealed.windows(11).any(|w| w == PHONE.as_bytes()),
            "an original lies open on disk"
        );
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_and_who_may_not_export_get_no_hold() {
    let crm = crm().await;
    let house = House::before(&crm).await;
    assert_eq!(house.get("", "/export").await.status, 401);
    let denied = house.get("manager", "/export").await;
    assert_eq!(
        (denied.status, denied.code().as_str()),
        (403, "export_denied"),
        "{}",
        denied.text()
    );
    assert!(house.approvals().await.is_empty());
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_last_vote_the_sealed_bytes_leave_once_masked_as_approved() {
    let crm = crm().await;
    let house = House::before(&crm).await;
    house.get("analyst", "/export").await;
    let approval = house.approvals().await.pop().unwrap();
    let path = format!("/.overcoat/exports/{}", approval.id());
    let waiting = house.send("analyst", "POST", &path, "", b"").await;
    assert_eq!((waiting.status, waiting.code().as_str()), (403, "export_not_approved"));
    house.approve(approval).await;
    let other = house.send("sales", "POST", &path, "", b"").await;
    assert_eq!((other.status, other.code().as_str()), (404, "export_unknown"));
    let foreign = house
        .send("analyst", "POST", &path, "Origin: https://evil.example\r\n", b"")
        .await;
    assert_eq!(foreign.status, 403);
    let got = house.send("analyst", "POST", &path, "", b"").await;
    assert_eq!(got.status, 200, "{}", got.text());
    assert!(got.whole);
    assert_eq!(got.text().matches("138****").count(), 50, "{}", got.text());
    assert!(!got.text().contains(PHONE));
    let second = house.send("analyst", "POST", &path, "", b"").await;
    assert_eq!((second.status, second.code().as_str()), (410, "export_redeemed"));
    assert_eq!(crm.requests().len(), 1, "the CRM was asked again");
    assert_eq!(house.approvals().await[0].phase(), Phase::Redeemed);
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asking_again_after_approval_releases_too() {
    let crm = crm().await;
    let house = House::before(&crm).await;
    house.get("analyst", "/export?x=1").await;
    let approval = house.approvals().await.pop().unwrap();
    house.approve(approval).await;
    let got = house.get("analyst", "/export?x=1").await;
    assert_eq!(got.status, 200, "{}", got.text());
    assert_eq!(got.text().matches("138****").count(), 50);
    assert_eq!(
        house.get("analyst", "/export?x=1").await.code(),
        "export_held",
        "a new ask is a new hold"
    );
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_downloads_at_once_one_gets_it() {
    let crm = crm().await;
    let house = std::sync::Arc::new(House::before(&crm).await);
    house.get("analyst", "/export").await;
    let approval = house.approvals().await.pop().unwrap();
    let path = format!("/.overcoat/exports/{}", approval.id());
    house.approve(approval).await;
    let downloads: Vec<_> = (0..100)
        .map(|_| {
            let (house, path) = (std::sync::Arc::clone(&house), path.clone());
            tokio::spawn(async move { house.send("analyst", "POST", &path, "", b"").await })
        })
        .collect();
    let mut got = Vec::new();
    for download in downloads {
        got.push(download.await.unwrap());
    }
    let released = got.iter().filter(|a| a.status == 200).count();
    let refused = got.iter().filter(|a| matches!(a.status, 403 | 410)).count();
    assert_eq!(
        (released, refused),
        (1, 99),
        "{:?}",
        got.iter().map(|a| a.status).collect::<Vec<_>>()
    );
    assert!(
        got.iter()
            .filter(|a| a.status != 200)
            .all(|a| !a.text().contains("138"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_policy_grown_stricter_since_the_votes_refuses() {
    let crm = crm().await;
    let house = House::before(&crm).await;
    house.get("analyst", "/export").await;
    let approval = house.approvals().await.pop().unwrap();
    let path = format!("/.overcoat/exports/{}", approval.id());
    house.approve(approval).await;
    let file = house.path().join("policies/access.csv");
    let access = std::fs::read_to_string(&file)
        .unwrap()
        .replace("p, analyst, phone, see:partial, allow,\n", "");
    std::fs::write(&file, access).unwrap();
    house.running.parts().live.reload().unwrap();
    let refused = house.send("analyst", "POST", &path, "", b"").await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (403, "policy_changed"),
        "{}",
        refused.text()
    );
    assert_eq!(
        house.approvals().await[0].phase(),
        Phase::Approved,
        "nothing was used up"
    );
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_noticed_after_it_began_is_cut_at_the_threshold_and_held_next_time() {
    let crm = crm().await;
    let house = House::with(&crm, "  limits: { hold_back_bytes: 512 }\n").await;
    let cut = house.get("analyst", "/many").await;
    if cut.status == 200 {
        assert!(!cut.whole, "more records than allowed went out whole");
        assert!(cut.text().matches("138****").count() <= 20, "{}", cut.text());
        assert_eq!(house.get("analyst", "/many").await.code(), "export_held");
    } else {
        assert_eq!(cut.code(), "export_held");
    }
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_that_is_one_is_no_export() {
    let crm = crm().await;
    let house = House::before(&crm).await;
    assert_eq!(house.get("analyst", "/missing").await.status, 404);
    assert!(house.approvals().await.is_empty());
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_site_cannot_use_up_a_grant_at_either_address() {
    let crm = crm().await;
    let house = House::before(&crm).await;
    house.get("analyst", "/export").await;
    let approval = house.approvals().await.pop().unwrap();
    let download = format!("/.overcoat/exports/{}", approval.id());
    house.approve(approval).await;
    for fields in [
        "Sec-Fetch-Site: cross-site\r\n",
        "Origin: null\r\n",
        "Origin: https://evil.example\r\n",
    ] {
        let here = house.send("analyst", "GET", &download, fields, b"").await;
        assert_eq!(here.status, 403, "{}", here.text());
        let there = house.send("analyst", "GET", "/export", fields, b"").await;
        assert_eq!(there.code(), "export_held", "{}", there.text());
    }
    let got = house
        .send("analyst", "GET", "/export", "Sec-Fetch-Site: same-origin\r\n", b"")
        .await;
    assert_eq!(got.status, 200, "{}", got.text());
    house.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_catalog_that_reads_the_answer_otherwise_since_the_votes_refuses() {
    let crm = crm().await;
    let house = House::before(&crm).await;
    house.get("analyst", "/export").await;
    let approval = house.approvals().await.pop().unwrap();
    let path = format!("/.overcoat/exports/{}", approval.id());
    house.approve(approval).await;
    let file = house.path().join("policies/crm/test.yaml");
    let before = std::fs::read_to_string(&file).unwrap();
    let plain = "match: { path: /export }\n    fields: { \"$.items[*].mobile\": plain }\n";
    let after = before.replace("match: { path: /export }\n", plain);
    assert_ne!(before, after);
    std::fs::write(&file, after).unwrap();
    house.running.parts().live.reload().unwrap();
    let refused = house.send("analyst", "POST", &path, "", b"").await;
    assert_eq!(refused.code(), "policy_changed", "{}", refused.text());
    assert!(!refused.text().contains("138"));
    std::fs::write(&file, before).unwrap();
    house.running.parts().live.reload().unwrap();
    assert_eq!(house.send("analyst", "POST", &path, "", b"").await.status, 200);
    house.running.stop().await;
}
