//! What every adapter has to do. Each part gets a store of its own, empty.

use std::sync::Arc;
use std::time::Duration;

use overcoat::approval::{Approval, Phase, Stamp};
use overcoat::clock::Timestamp;
use overcoat::store::sessions::SessionLimits;
use overcoat::store::{
    Account, AddOutcome, ApprovalQuery, CreateOutcome, SessionKey, SessionRecord, Store, SwapOutcome, UpdateOutcome,
};
use overcoat::subject::{Assurance, Role, SubjectId};

use crate::sample::{self, Hold, REQUESTER};

/// How many do the same thing at the same time.
const PARALLEL: u16 = 100;

fn is_created(outcome: &CreateOutcome) -> bool {
    matches!(outcome, CreateOutcome::Created { lapsed: None })
}

async fn kept(store: &dyn Store, hold: &Hold) -> Approval {
    let approval = hold.approval();
    assert!(is_created(&store.create(&approval).await.unwrap()));
    approval
}

async fn write(store: &dyn Store, next: &Approval) {
    assert_eq!(
        store.compare_and_set(next.version() - 1, next).await.unwrap(),
        SwapOutcome::Done
    );
}

/// Held, submitted and approved by both levels.
async fn approved(store: &dyn Store, hold: &Hold) -> Approval {
    let now = store.now().await.unwrap();
    let mut approval = sample::submit(kept(store, hold).await, now);
    write(store, &approval).await;
    for (name, level) in [("chen", "manager"), ("zhao", "protection")] {
        approval = sample::approve(&approval, name, level, now).unwrap();
        write(store, &approval).await;
    }
    assert_eq!(approval.phase(), Phase::Approved);
    approval
}

pub async fn a_hold_is_kept_and_read_back(store: Arc<dyn Store>) {
    let hold = Hold::new(1, store.now().await.unwrap());
    assert_eq!(store.load(hold.id()).await.unwrap(), None, "a missing record is none");
    let approval = kept(&*store, &hold).await;
    assert_eq!(store.load(hold.id()).await.unwrap().as_ref(), Some(&approval));
    let found = store
        .find_open(&SubjectId::new(REQUESTER), approval.digest())
        .await
        .unwrap();
    assert_eq!(found.as_ref(), Some(&approval));
    assert_eq!(
        store
            .find_open(&SubjectId::new("other"), approval.digest())
            .await
            .unwrap(),
        None
    );
}

pub async fn the_same_request_is_the_same_hold(store: Arc<dyn Store>) {
    let now = store.now().await.unwrap();
    let first = kept(&*store, &Hold::new(1, now)).await;
    let again = Hold {
        digest: 1,
        ..Hold::new(2, now)
    };
    let outcome = store.create(&again.approval()).await.unwrap();
    assert_eq!(outcome, CreateOutcome::Existing(Box::new(first.clone())));
    assert_eq!(store.load(again.id()).await.unwrap(), None);
    // Another requester, or another request, is another hold.
    kept(
        &*store,
        &Hold {
            digest: 1,
            requester: "wang",
            ..Hold::new(3, now)
        },
    )
    .await;
    kept(
        &*store,
        &Hold {
            digest: 9,
            ..Hold::new(4, now)
        },
    )
    .await;
    // Asking again with the very same record is a repeated write, not a second hold.
    assert!(is_created(&store.create(&first).await.unwrap()));
    // After the first one is finished, the same request is a new hold.
    let withdrawn = first
        .withdraw(&SubjectId::new(REQUESTER), None, Stamp::new(now, "w"))
        .unwrap();
    write(&*store, &withdrawn).await;
    assert_eq!(
        store
            .find_open(&SubjectId::new(REQUESTER), withdrawn.digest())
            .await
            .unwrap(),
        None
    );
    assert!(is_created(&store.create(&again.approval()).await.unwrap()));
}

pub async fn a_lapsed_hold_makes_way(store: Arc<dyn Store>) {
    let now = store.now().await.unwrap();
    let past = Timestamp::from_millis(now.as_millis() - 5_000);
    let over = kept(
        &*store,
        &Hold {
            pending: Duration::from_secs(5),
            ..Hold::new(1, past)
        },
    )
    .await;
    assert_eq!(
        store
            .find_open(&SubjectId::new(REQUESTER), over.digest())
            .await
            .unwrap(),
        None,
        "lapsed is not open"
    );
    let next = Hold {
        digest: 1,
        ..Hold::new(2, now)
    };
    let CreateOutcome::Created { lapsed: Some(lapsed) } = store.create(&next.approval()).await.unwrap() else {
        panic!("the lapsed one was not told")
    };
    assert_eq!((lapsed.id(), lapsed.phase()), (over.id(), Phase::Lapsed));
    assert_eq!(store.load(over.id()).await.unwrap(), Some(*lapsed));
}

pub async fn a_write_needs_the_version_before(store: Arc<dyn Store>) {
    let now = store.now().await.unwrap();
    let held = kept(&*store, &Hold::new(1, now)).await;
    let pending = sample::submit(held.clone(), now);
    write(&*store, &pending).await;
    let stale = held
        .withdraw(&SubjectId::new(REQUESTER), None, Stamp::new(now, "w"))
        .unwrap();
    let outcome = store.compare_and_set(1, &stale).await.unwrap();
    assert_eq!(outcome, SwapOutcome::Conflict(Box::new(pending.clone())));
    assert_eq!(store.load(pending.id()).await.unwrap().as_ref(), Some(&pending));
    assert!(
        store.compare_and_set(5, &pending).await.is_err(),
        "one transition at a time"
    );
    let missing = sample::submit(Hold::new(9, now).approval(), now);
    assert_eq!(store.compare_and_set(1, &missing).await.unwrap(), SwapOutcome::Missing);
}

pub async fn a_write_after_the_deadline_is_late(store: Arc<dyn Store>) {
    let now = store.now().await.unwrap();
    let past = Timestamp::from_millis(now.as_millis() - 5_000);
    let held = kept(
        &*store,
        &Hold {
            pending: Duration::from_secs(5),
            ..Hold::new(1, past)
        },
    )
    .await;
    // The writer's idea of the time was older than the store's.
    let late = sample::submit(held.clone(), past);
    assert_eq!(store.compare_and_set(1, &late).await.unwrap(), SwapOutcome::Late);
    assert_eq!(store.load(held.id()).await.unwrap().as_ref(), Some(&held));
    let lapsed = held.lapse(Stamp::new(now, "lapse")).unwrap();
    write(&*store, &lapsed).await;
}

pub async fn of_parallel_creates_one_takes_place(store: Arc<dyn Store>) {
    let now = store.now().await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for id in 0..PARALLEL {
        let store = Arc::clone(&store);
        let approval = Hold {
            digest: 1,
            ..Hold::new(id, now)
        }
        .approval();
        tasks.spawn(async move { store.create(&approval).await.unwrap() });
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| is_created(outcome)).count(), 1);
    let page = store.list(&ApprovalQuery::All, None, 200).await.unwrap();
    assert_eq!(page.items.len(), 1);
    for outcome in outcomes {
        if let CreateOutcome::Existing(existing) = outcome {
            assert_eq!(*existing, page.items[0]);
        }
    }
}

/// Tries until it is written or refused by the rules, as a vote of the approval page does.
async fn vote(store: &dyn Store, hold: &Hold, name: String) -> bool {
    loop {
        let approval = store.load(hold.id()).await.unwrap().unwrap();
        if approval.current_level().is_none_or(|(level, _)| level != 0) {
            return false;
        }
        let now = store.now().await.unwrap();
        let next = sample::approve(&approval, &name, "manager", now).unwrap();
        match store.compare_and_set(approval.version(), &next).await.unwrap() {
            SwapOutcome::Done => return true,
            SwapOutcome::Conflict(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

pub async fn of_parallel_votes_the_quorum_counts(store: Arc<dyn Store>) {
    let now = store.now().await.unwrap();
    let hold = Arc::new(Hold {
        quorum: 7,
        ..Hold::new(1, now)
    });
    let pending = sample::submit(kept(&*store, &hold).await, now);
    write(&*store, &pending).await;
    let mut tasks = tokio::task::JoinSet::new();
    for nth in 0..PARALLEL {
        let (store, hold) = (Arc::clone(&store), Arc::clone(&hold));
        tasks.spawn(async move { vote(&*store, &hold, format!("person-{nth}")).await });
    }
    let counted = tasks.join_all().await.into_iter().filter(|counted| *counted).count();
    assert_eq!(counted, 7);
    let after = store.load(hold.id()).await.unwrap().unwrap();
    assert_eq!(
        (after.votes().len(), after.current_level().map(|(level, _)| level)),
        (7, Some(1))
    );
}

pub async fn of_parallel_votes_of_one_version_one_is_written(store: Arc<dyn Store>) {
    let now = store.now().await.unwrap();
    let pending = sample::submit(kept(&*store, &Hold::new(1, now)).await, now);
    write(&*store, &pending).await;
    let mut tasks = tokio::task::JoinSet::new();
    for nth in 0..PARALLEL {
        let (store, next) = (
            Arc::clone(&store),
            sample::approve(&pending, &format!("p{nth}"), "manager", now).unwrap(),
        );
        tasks.spawn(async move { store.compare_and_set(next.version() - 1, &next).await.unwrap() });
    }
    let done = tasks
        .join_all()
        .await
        .into_iter()
        .filter(|outcome| *outcome == SwapOutcome::Done)
        .count();
    assert_eq!(done, 1);
    assert_eq!(store.load(pending.id()).await.unwrap().unwrap().votes().len(), 1);
}

pub async fn of_parallel_redemptions_one_gets_the_grant(store: Arc<dyn Store>) {
    let now = store.now().await.unwrap();
    let approved = approved(&*store, &Hold::new(1, now)).await;
    let mut tasks = tokio::task::JoinSet::new();
    for nth in 0..PARALLEL {
        let store = Arc::clone(&store);
        let redemption = sample::redeem(&approved, &format!("download-{nth}"), now).unwrap();
        tasks.spawn(async move { store.redeem(redemption).await.unwrap() });
    }
    let outcomes = tasks.join_all().await;
    let grants: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
    assert_eq!(grants.len(), 1);
    assert_eq!(grants[0].approval(), approved.id());
    let refused = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Err(SwapOutcome::Conflict(now)) if now.phase() == Phase::Redeemed));
    assert_eq!(refused.count(), usize::from(PARALLEL) - 1);
}

async fn listed(store: &dyn Store, query: &ApprovalQuery) -> Vec<Approval> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let page = store.list(query, cursor.as_deref(), 3).await.unwrap();
        assert!(page.items.len() <= 3);
        all.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

async fn ids(store: &dyn Store, query: &ApprovalQuery) -> Vec<u16> {
    let last = |approval: &Approval| u16::from_be_bytes(approval.id().as_bytes()[14..].try_into().unwrap());
    listed(store, query).await.iter().map(last).collect()
}

pub async fn lists_follow_what_happens(store: Arc<dyn Store>) {
    let now = store.now().await.unwrap();
    let at = |seconds: i64| Timestamp::from_millis(now.as_millis() - 60_000 + seconds * 1_000);
    let mut pending = Vec::new();
    for id in 0..8 {
        // Two of each second, so that ties are met.
        let held = kept(&*store, &Hold::new(id, at(i64::from(id / 2)))).await;
        pending.push(sample::submit(held, now));
        write(&*store, &pending[usize::from(id)]).await;
    }
    kept(
        &*store,
        &Hold {
            requester: "wang",
            ..Hold::new(8, at(20))
        },
    )
    .await;
    let to_decide = |person: &str, level: &str| ApprovalQuery::ToDecide {
        levels: vec![level.to_owned(), "unknown".to_owned()],
        person: SubjectId::new(person),
    };
    let of = |person: &str| ApprovalQuery::Of(SubjectId::new(person));
    assert_eq!(
        ids(&*store, &to_decide("chen", "manager")).await,
        [0, 1, 2, 3, 4, 5, 6, 7],
        "longest waiting first"
    );
    assert!(
        ids(&*store, &to_decide(REQUESTER, "manager")).await.is_empty(),
        "not one's own"
    );
    assert!(ids(&*store, &to_decide("chen", "protection")).await.is_empty());
    assert_eq!(
        ids(&*store, &of(REQUESTER)).await,
        [7, 6, 5, 4, 3, 2, 1, 0],
        "newest first"
    );
    assert_eq!(ids(&*store, &of("wang")).await, [8]);
    assert!(ids(&*store, &ApprovalQuery::Closed).await.is_empty());
    // Three go on to the next level, one of them by a person of both; one is rejected.
    for id in [1, 3, 5] {
        write(&*store, &sample::approve(&pending[id], "chen", "manager", now).unwrap()).await;
    }
    let no = pending[6]
        .clone()
        .reject(
            &sample::approver("chen", "manager"),
            0,
            "not needed",
            Stamp::new(now, "r"),
        )
        .unwrap();
    write(&*store, &no).await;
    assert_eq!(ids(&*store, &to_decide("zhou", "manager")).await, [0, 2, 4, 7]);
    assert_eq!(ids(&*store, &to_decide("zhao", "protection")).await, [1, 3, 5]);
    assert!(
        ids(&*store, &to_decide("chen", "protection")).await.is_empty(),
        "who has voted is not asked again"
    );
    let both = ApprovalQuery::ToDecide {
        levels: vec!["protection".to_owned(), "manager".to_owned()],
        person: SubjectId::new("zhao"),
    };
    assert_eq!(ids(&*store, &both).await, [0, 1, 2, 3, 4, 5, 7]);
    assert_eq!(ids(&*store, &ApprovalQuery::Closed).await, [6]);
    assert_eq!(ids(&*store, &ApprovalQuery::Open).await, [0, 1, 2, 3, 4, 5, 7, 8]);
    assert_eq!(ids(&*store, &ApprovalQuery::All).await, [8, 7, 6, 5, 4, 3, 2, 1, 0]);
}

pub async fn finished_approvals_can_be_forgotten(store: Arc<dyn Store>) {
    let now = store.now().await.unwrap();
    let old = Timestamp::from_millis(now.as_millis() - 60_000);
    for (id, at) in [(0, old), (1, old), (2, now)] {
        let held = kept(&*store, &Hold::new(id, at)).await;
        if id != 1 {
            let by = SubjectId::new(REQUESTER);
            write(&*store, &held.withdraw(&by, None, Stamp::new(now, "w")).unwrap()).await;
        }
    }
    let before = Timestamp::from_millis(now.as_millis() - 1);
    assert_eq!(
        store.forget_closed(before).await.unwrap(),
        1,
        "an open one and a young one stay"
    );
    assert_eq!(ids(&*store, &ApprovalQuery::All).await, [2, 1]);
    assert_eq!(store.forget_closed(before).await.unwrap(), 0);
}

fn session(subject: &str, at: Timestamp, idle: Duration, absolute: Duration) -> SessionRecord {
    let limits = SessionLimits { idle, absolute };
    SessionRecord::begin(SubjectId::new(subject), Assurance::Password, "proxy", at, limits).for_account_version(4)
}

pub async fn sessions_live_end_and_are_listed(store: Arc<dyn Store>) {
    let now = store.now().await.unwrap();
    let (hour, day) = (Duration::from_secs(3_600), Duration::from_secs(86_400));
    let key = |nth: u8| SessionKey::from_hash([nth; 32]);
    let earlier = Timestamp::from_millis(now.as_millis() - 10_000);
    let record = session("chen", earlier, hour, day);
    store.open_session(&key(1), &record).await.unwrap();
    store
        .open_session(&key(2), &session("chen", now, hour, day))
        .await
        .unwrap();
    store
        .open_session(&key(3), &session("zhao", now, hour, day))
        .await
        .unwrap();
    assert_eq!(store.load_session(&key(1)).await.unwrap().as_ref(), Some(&record));
    assert_eq!(store.load_session(&key(9)).await.unwrap(), None);
    let touched = store.touch_session(&key(1)).await.unwrap().unwrap();
    assert!(touched.last_used_at >= now);
    let mut untouched = touched.clone();
    untouched.last_used_at = record.last_used_at;
    assert_eq!(untouched, record);
    assert_eq!(store.load_session(&key(1)).await.unwrap(), Some(touched));
    let of = |name: &'static str| {
        let store = Arc::clone(&store);
        async move {
            let sessions = store.sessions_of(&SubjectId::new(name)).await.unwrap();
            sessions.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
        }
    };
    assert_eq!(of("chen").await, [key(1), key(2)]);
    assert!(store.end_session(&key(2)).await.unwrap());
    assert!(!store.end_session(&key(2)).await.unwrap());
    assert_eq!(
        store.touch_session(&key(2)).await.unwrap(),
        None,
        "an ended session does not come back"
    );
    assert_eq!(store.end_sessions_of(&SubjectId::new("chen")).await.unwrap(), 1);
    assert!(of("chen").await.is_empty());
    assert_eq!(of("zhao").await, [key(3)]);
}

pub async fn a_session_that_is_over_is_none(store: Arc<dyn Store>) {
    let now = store.now().await.unwrap();
    let ago = |seconds: i64| Timestamp::from_millis(now.as_millis() - seconds * 1_000);
    let (minute, hour) = (Duration::from_secs(60), Duration::from_secs(3_600));
    let idle = SessionKey::from_hash([1; 32]);
    store
        .open_session(&idle, &session("chen", ago(60), minute, hour))
        .await
        .unwrap();
    let absolute = SessionKey::from_hash([2; 32]);
    store
        .open_session(&absolute, &session("chen", ago(3_600), hour * 2, hour))
        .await
        .unwrap();
    for key in [idle, absolute] {
        assert_eq!(store.load_session(&key).await.unwrap(), None);
        assert_eq!(store.touch_session(&key).await.unwrap(), None);
    }
    assert!(store.sessions_of(&SubjectId::new("chen")).await.unwrap().is_empty());
    assert_eq!(store.end_sessions_of(&SubjectId::new("chen")).await.unwrap(), 0);
}

pub async fn accounts_are_kept_by_version(store: Arc<dyn Store>) {
    let now = store.now().await.unwrap();
    let new = |name: &str| {
        let roles = vec![Role::new("manager")];
        Account::new(SubjectId::new(name), "陈", roles, "$argon2id$v=19$x".to_owned(), now)
    };
    let chen = new("chen");
    assert_eq!(store.load_account(&chen.id).await.unwrap(), None);
    assert_eq!(store.add_account(&chen).await.unwrap(), AddOutcome::Added);
    assert_eq!(store.add_account(&new("chen")).await.unwrap(), AddOutcome::Exists);
    assert_eq!(store.add_account(&new("an")).await.unwrap(), AddOutcome::Added);
    assert_eq!(store.list_accounts().await.unwrap(), [new("an"), chen.clone()]);
    let disabled = chen.clone().changed(now, |account| account.disabled = true);
    assert_eq!(store.update_account(&disabled).await.unwrap(), UpdateOutcome::Done);
    let stale = chen.changed(now, |account| account.roles.clear());
    assert_eq!(store.update_account(&stale).await.unwrap(), UpdateOutcome::Conflict);
    let missing = new("nobody").changed(now, |account| account.disabled = true);
    assert_eq!(store.update_account(&missing).await.unwrap(), UpdateOutcome::Missing);
    assert_eq!(store.load_account(&disabled.id).await.unwrap(), Some(disabled));
}

pub async fn of_parallel_account_changes_one_is_written(store: Arc<dyn Store>) {
    let now = store.now().await.unwrap();
    let account = Account::new(SubjectId::new("chen"), "陈", Vec::new(), "$x".to_owned(), now);
    assert_eq!(store.add_account(&account).await.unwrap(), AddOutcome::Added);
    let mut tasks = tokio::task::JoinSet::new();
    for nth in 0..PARALLEL {
        let changed = account
            .clone()
            .changed(now, |account| account.display_name = nth.to_string());
        let store = Arc::clone(&store);
        tasks.spawn(async move { store.update_account(&changed).await.unwrap() });
    }
    let done = tasks
        .join_all()
        .await
        .into_iter()
        .filter(|outcome| *outcome == UpdateOutcome::Done)
        .count();
    assert_eq!(done, 1);
}
