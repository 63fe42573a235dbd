//! One suite that every store has to pass: SQLite in a file, and a real redis-server with and without password and TLS.

#[path = "store_conformance/redis_server.rs"]
mod redis_server;
#[path = "store_conformance/sample.rs"]
mod sample;
#[path = "store_conformance/suite.rs"]
mod suite;

use std::sync::Arc;
use std::time::Duration;

use overcoat::approval::Stamp;
use overcoat::store::{self, ApprovalQuery, Store, StoreError, SwapOutcome};
use overcoat::subject::SubjectId;
use redis_server::RedisServer;
use sample::Hold;

/// A store, and what has to live as long as it.
struct Fixture<T> {
    store: Arc<dyn Store>,
    _keeper: T,
}

async fn sqlite() -> Fixture<tempfile::TempDir> {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", directory.path().join("deep/overcoat.db").display());
    let opened = store::open(&url, "default").await.unwrap();
    assert!(opened.warnings.is_empty());
    Fixture {
        store: opened.store,
        _keeper: directory,
    }
}

async fn redis() -> Fixture<RedisServer> {
    let server = RedisServer::start(&[]);
    let store = store::open(&server.url(), "default").await.unwrap().store;
    Fixture { store, _keeper: server }
}

macro_rules! conformance {
    ($($part:ident)*) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $part() {
                let fixture = super::sqlite().await;
                super::suite::$part(fixture.store.clone()).await;
            })*
        }
        mod on_redis {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $part() {
                let fixture = super::redis().await;
                super::suite::$part(fixture.store.clone()).await;
            })*
        }
    };
}

conformance! {
    a_hold_is_kept_and_read_back
    the_same_request_is_the_same_hold
    a_lapsed_hold_makes_way
    a_write_needs_the_version_before
    a_write_after_the_deadline_is_late
    of_parallel_creates_one_takes_place
    of_parallel_votes_the_quorum_counts
    of_parallel_votes_of_one_version_one_is_written
    of_parallel_redemptions_one_gets_the_grant
    lists_follow_what_happens
    finished_approvals_can_be_forgotten
    sessions_live_end_and_are_listed
    a_session_that_is_over_is_none
    accounts_are_kept_by_version
    of_parallel_account_changes_one_is_written
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_used_and_a_wrong_one_is_told_without_repeating_it() {
    let server = RedisServer::start(&["--requirepass", "geheim-4711"]);
    let with = |password: &str| format!("redis://:{password}@127.0.0.1:{}/0", server.port);
    let store = store::open(&with("geheim-4711"), "default").await.unwrap().store;
    suite::the_same_request_is_the_same_hold(store).await;
    for url in [with("falsch-0815"), format!("redis://127.0.0.1:{}/0", server.port)] {
        let error = store::open(&url, "default").await.err().unwrap();
        assert_eq!(error, StoreError::Credentials);
        assert!(!format!("{error} {error:?}").contains("0815"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_is_spoken_and_always_verified() {
    let (server, certificate, _directory) = redis_server::start_tls();
    let url = format!("rediss://127.0.0.1:{}/0?ca={}", server.port, certificate.display());
    let store = store::open(&url, "default").await.unwrap().store;
    suite::a_hold_is_kept_and_read_back(store).await;
    for url in [
        format!("rediss://127.0.0.1:{}/0", server.port),
        format!("redis://127.0.0.1:{}/0", server.port),
        format!("rediss://127.0.0.1:{}/0#insecure", server.port),
        format!("rediss://127.0.0.1:{}/0?ca=/nowhere.pem", server.port),
    ] {
        assert!(store::open(&url, "default").await.is_err(), "{url}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_eviction_policy_is_refused_and_missing_persistence_is_told() {
    let evicting = RedisServer::start(&["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"]);
    let error = store::open(&evicting.url(), "default").await.err().unwrap();
    assert!(
        matches!(&error, StoreError::Unfit(reason) if reason.contains("allkeys-lru")),
        "{error}"
    );
    let forgetful = RedisServer::start(&[]);
    assert_eq!(
        store::open(&forgetful.url(), "default").await.unwrap().warnings.len(),
        1
    );
    let keeping = RedisServer::start(&["--appendonly", "yes"]);
    assert!(
        store::open(&keeping.url(), "default")
            .await
            .unwrap()
            .warnings
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_are_none_are_refused() {
    for url in [
        "",
        "postgres://h",
        "sqlite:",
        "redis://",
        "redis://h:notaport",
        "redis:///tmp/x",
    ] {
        let error = store::open(url, "default").await.err().unwrap();
        assert!(
            matches!(error, StoreError::Address(_) | StoreError::Unavailable(_)),
            "{url}: {error}"
        );
    }
    for tenant in ["", "a}b", "a b", "a:b"] {
        assert!(
            matches!(
                store::open("sqlite:x", tenant).await.err(),
                Some(StoreError::Address(_))
            ),
            "{tenant}"
        );
    }
    let nobody = redis_server::free_port();
    let error = store::open(&format!("redis://:secret-1@127.0.0.1:{nobody}"), "default")
        .await
        .err()
        .unwrap();
    assert!(
        error.is_outage() && error.to_string().contains(&nobody.to_string()),
        "{error}"
    );
    assert!(!error.to_string().contains("secret-1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_do_not_see_each_other() {
    let server = RedisServer::start(&[]);
    let one = store::open(&server.url(), "one").await.unwrap().store;
    let other = store::open(&server.url(), "other").await.unwrap().store;
    let hold = Hold::new(1, one.now().await.unwrap());
    let _ = one.create(&hold.approval()).await.unwrap();
    assert_eq!(other.load(hold.id()).await.unwrap(), None);
    assert!(
        other
            .list(&ApprovalQuery::All, None, 10)
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

/// Waits until the store answers again; fails after long enough that only a bug can be the reason.
async fn recovered(store: &dyn Store) {
    for _ in 0..100 {
        if store.ping().await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the store did not recover");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_gone_is_an_outage_and_comes_back() {
    let mut server = RedisServer::start(&[]);
    let store = store::open(&server.url(), "default").await.unwrap().store;
    let now = store.now().await.unwrap();
    let held = Hold::new(1, now).approval();
    let _ = store.create(&held).await.unwrap();
    server.kill();
    let pending = sample::submit(held.clone(), now);
    for _ in 0..3 {
        assert!(store.load(held.id()).await.unwrap_err().is_outage());
        assert!(store.compare_and_set(1, &pending).await.unwrap_err().is_outage());
        assert!(store.create(&held).await.unwrap_err().is_outage());
        assert!(store.now().await.unwrap_err().is_outage());
        assert!(store.list(&ApprovalQuery::All, None, 5).await.unwrap_err().is_outage());
        assert!(store.list_accounts().await.unwrap_err().is_outage());
        assert!(
            store
                .sessions_of(&SubjectId::new("chen"))
                .await
                .unwrap_err()
                .is_outage()
        );
    }
    server.restart();
    recovered(&*store).await;
    // It kept nothing: what is missing is missing, and no vote brings it back.
    assert_eq!(store.load(held.id()).await.unwrap(), None);
    assert_eq!(store.compare_and_set(1, &pending).await.unwrap(), SwapOutcome::Missing);
    let _ = store.create(&held).await.unwrap();
    assert_eq!(store.compare_and_set(1, &pending).await.unwrap(), SwapOutcome::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_answer_came_too_late_is_learnt_by_its_key() {
    let server = RedisServer::start(&[]);
    let store = store::open(&server.url(), "default").await.unwrap().store;
    let now = store.now().await.unwrap();
    let held = Hold::new(1, now).approval();
    let _ = store.create(&held).await.unwrap();
    let pending = sample::submit(held, now);
    assert_eq!(store.compare_and_set(1, &pending).await.unwrap(), SwapOutcome::Done);
    let voted = sample::approve(&pending, "chen", "manager", now).unwrap();
    // The server takes the vote but answers nobody for longer than a call waits.
    server.signal("-STOP");
    let write = tokio::spawn({
        let (store, voted) = (Arc::clone(&store), voted.clone());
        async move { store.compare_and_set(2, &voted).await }
    });
    tokio::time::sleep(Duration::from_millis(1_700)).await;
    server.signal("-CONT");
    assert_eq!(write.await.unwrap().unwrap(), SwapOutcome::Done);
    assert_eq!(store.load(voted.id()).await.unwrap(), Some(voted));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_answering_is_an_outage() {
    let server = RedisServer::start(&[]);
    let store = store::open(&server.url(), "default").await.unwrap().store;
    server.signal("-STOP");
    assert!(store.now().await.unwrap_err().is_outage());
    server.signal("-CONT");
    recovered(&*store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_record_is_an_error_and_hides_nothing_else() {
    let server = RedisServer::start(&[]);
    let store = store::open(&server.url(), "default").await.unwrap().store;
    let now = store.now().await.unwrap();
    let (bad, good) = (Hold::new(1, now), Hold::new(2, now));
    let _ = store.create(&bad.approval()).await.unwrap();
    let _ = store.create(&good.approval()).await.unwrap();
    let mut raw = redis_client(&server).await;
    let key = format!("overcoat:{{default}}:approval:{}", bad.id());
    let _: () = redis::cmd("HSET")
        .arg(key)
        .arg("body")
        .arg("{\"form\":1,\"x\":\"13812345678\"}")
        .query_async(&mut raw)
        .await
        .unwrap();
    let error = store.load(bad.id()).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    assert!(!error.to_string().contains("138"));
    let page = store.list(&ApprovalQuery::All, None, 10).await.unwrap();
    assert_eq!(page.items, [good.approval()]);
}

async fn redis_client(server: &RedisServer) -> redis::aio::MultiplexedConnection {
    redis::Client::open(server.url())
        .unwrap()
        .get_multiplexed_async_connection()
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_carries_the_hash_tag_of_its_tenant() {
    let server = RedisServer::start(&[]);
    let store = store::open(&server.url(), "firma-1").await.unwrap().store;
    suite::lists_follow_what_happens(Arc::clone(&store)).await;
    suite::sessions_live_end_and_are_listed(Arc::clone(&store)).await;
    suite::accounts_are_kept_by_version(store).await;
    let mut raw = redis_client(&server).await;
    let keys: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut raw).await.unwrap();
    assert!(keys.len() > 10);
    assert!(
        keys.iter().all(|key| key.starts_with("overcoat:{firma-1}:")),
        "{keys:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_everything_over_a_restart_and_refuses_what_is_no_database() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", directory.path().join("overcoat.db").display());
    let hold = {
        let store = store::open(&url, "default").await.unwrap().store;
        let hold = Hold::new(1, store.now().await.unwrap());
        let _ = store.create(&hold.approval()).await.unwrap();
        hold
    };
    let store = store::open(&url, "default").await.unwrap().store;
    let held = store.load(hold.id()).await.unwrap().unwrap();
    assert_eq!(held, hold.approval());
    let now = store.now().await.unwrap();
    let gone = held
        .withdraw(&SubjectId::new(sample::REQUESTER), None, Stamp::new(now, "w"))
        .unwrap();
    assert_eq!(store.compare_and_set(1, &gone).await.unwrap(), SwapOutcome::Done);
    let other = directory.path().join("other.db");
    std::fs::write(
        &other,
        "this is no database, and long enough to be looked at".repeat(50),
    )
    .unwrap();
    let error = store::open(&format!("sqlite:{}", other.display()), "default")
        .await
        .err()
        .unwrap();
    assert!(matches!(error, StoreError::Unfit(_)), "{error}");
}
