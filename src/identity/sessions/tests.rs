//! Limits, sign-out, re-check and grace, against a real embedded store on a clock that the tests move.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;

use super::*;
use crate::approval::{Approval, ApprovalId, RequestDigest};
use crate::clock::ManualClock;
use crate::identity::{Accounts, Hasher, NewAccount, Password};
use crate::store::approvals::Index;
use crate::store::{
    AccountStore, AddOutcome, ApprovalStore, Health, SessionStore, StoreError, SwapOutcome, UpdateOutcome,
    open_with_clock,
};
use crate::subject::SubjectId;

/// A store that can be taken away.
struct Fragile {
    inner: Arc<dyn Store>,
    away: AtomicBool,
}

impl Fragile {
    fn here(&self) -> Result<&dyn Store, StoreError> {
        if self.away.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("taken away".to_owned()));
        }
        Ok(&*self.inner)
    }
}

#[async_trait]
impl ApprovalStore for Fragile {
    async fn now(&self) -> Result<Timestamp, StoreError> {
        self.here()?.now().await
    }
    async fn insert(&self, approval: &Approval) -> Result<Option<Approval>, StoreError> {
        self.here()?.insert(approval).await
    }
    async fn load(&self, id: ApprovalId) -> Result<Option<Approval>, StoreError> {
        self.here()?.load(id).await
    }
    async fn find_open(&self, who: &SubjectId, digest: &RequestDigest) -> Result<Option<Approval>, StoreError> {
        self.here()?.find_open(who, digest).await
    }
    async fn compare_and_set(&self, expected: u64, next: &Approval) -> Result<SwapOutcome, StoreError> {
        self.here()?.compare_and_set(expected, next).await
    }
    async fn scan(
        &self,
        index: &Index,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Option<Approval>)>, StoreError> {
        self.here()?.scan(index, after, limit).await
    }
    async fn forget_closed(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.here()?.forget_closed(before).await
    }
}

#[async_trait]
impl SessionStore for Fragile {
    async fn open_session(&self, key: &SessionKey, record: &SessionRecord) -> Result<(), StoreError> {
        self.here()?.open_session(key, record).await
    }
    async fn load_session(&self, key: &SessionKey) -> Result<Option<SessionRecord>, StoreError> {
        self.here()?.load_session(key).await
    }
    async fn touch_session(&self, key: &SessionKey) -> Result<Option<SessionRecord>, StoreError> {
        self.here()?.touch_session(key).await
    }
    async fn end_session(&self, key: &SessionKey) -> Result<bool, StoreError> {
        self.here()?.end_session(key).await
    }
    async fn sessions_of(&self, subject: &SubjectId) -> Result<Vec<(SessionKey, SessionRecord)>, StoreError> {
        self.here()?.sessions_of(subject).await
    }
    async fn end_sessions_of(&self, subject: &SubjectId) -> Result<u64, StoreError> {
        self.here()?.end_sessions_of(subject).await
    }
}

#[async_trait]
impl AccountStore for Fragile {
    async fn add_account(&self, account: &Account) -> Result<AddOutcome, StoreError> {
        self.here()?.add_account(account).await
    }
    async fn load_account(&self, id: &SubjectId) -> Result<Option<Account>, StoreError> {
        self.here()?.load_account(id).await
    }
    async fn list_accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.here()?.list_accounts().await
    }
    async fn update_account(&self, changed: &Account) -> Result<UpdateOutcome, StoreError> {
        self.here()?.update_account(changed).await
    }
}

#[async_trait]
impl Health for Fragile {
    async fn ping(&self) -> Result<(), StoreError> {
        self.here()?.ping().await
    }
}

struct Scene {
    clock: Arc<ManualClock>,
    store: Arc<Fragile>,
    accounts: Accounts,
    sessions: Sessions,
    _directory: tempfile::TempDir,
}

const PASSWORD: &str = "correct horse battery";

async fn scene(grace: u64) -> Scene {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
    let url = format!("sqlite:{}", directory.path().join("s.db").display());
    let inner = open_with_clock(&url, "t", Arc::clone(&clock) as Arc<dyn Clock>)
        .await
        .unwrap()
        .store;
    let store = Arc::new(Fragile {
        inner,
        away: AtomicBool::new(false),
    });
    let shared = Arc::clone(&store) as Arc<dyn Store>;
    let hasher = Hasher::with_cost(64, 1).unwrap();
    let accounts = Accounts::with_hasher(Arc::clone(&shared), Arc::clone(&clock) as _, hasher);
    let new = NewAccount {
        name: "wang".into(),
        roles: vec!["sales".into()],
        ..NewAccount::default()
    };
    accounts.add(new, Password::new(PASSWORD)).await.unwrap();
    let limits = SessionLimits {
        grace: Duration::from_secs(grace),
        ..SessionLimits::default()
    };
    let sessions = Sessions::new(shared, Arc::clone(&clock) as _, limits);
    Scene {
        clock,
        store,
        accounts,
        sessions,
        _directory: directory,
    }
}

impl Scene {
    async fn sign_in(&self) -> SessionToken {
        let source = "127.0.0.1".parse().unwrap();
        let account = self
            .accounts
            .sign_in("wang", Password::new(PASSWORD), source)
            .await
            .unwrap();
        self.sessions
            .open(&account, Assurance::Password, "proxy")
            .await
            .unwrap()
    }

    async fn alive(&self, token: &SessionToken) -> bool {
        self.sessions.find(token).await.unwrap().is_some()
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    fn other_instance(&self) -> Sessions {
        Sessions::new(
            Arc::clone(&self.store) as _,
            Arc::clone(&self.clock) as _,
            self.sessions.limits(),
        )
    }

    fn take_away(&self, away: bool) {
        self.store.away.store(away, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn an_unused_session_ends_at_the_idle_limit_and_not_before() {
    let scene = scene(60).await;
    let token = scene.sign_in().await;
    scene.pass(20 * 60 - 1);
    assert!(scene.alive(&token).await);
    scene.pass(20 * 60);
    assert!(!scene.alive(&token).await);
}

#[tokio::test]
async fn a_used_session_ends_at_the_absolute_limit() {
    let scene = scene(60).await;
    let token = scene.sign_in().await;
    for _ in 0..39 {
        scene.pass(15 * 60);
        assert!(scene.alive(&token).await);
    }
    scene.pass(15 * 60);
    assert!(!scene.alive(&token).await, "ten hours are over");
}

#[tokio::test]
async fn sign_out_is_for_good_here_at_once_and_elsewhere_within_a_second() {
    let scene = scene(60).await;
    let token = scene.sign_in().await;
    let other = scene.other_instance();
    assert!(other.find(&token).await.unwrap().is_some());
    scene.sessions.end(&token).await.unwrap();
    assert!(!scene.alive(&token).await, "replayed here");
    scene.pass(1);
    assert!(other.find(&token).await.unwrap().is_none(), "replayed elsewhere");
}

#[tokio::test]
async fn each_sign_in_has_an_id_of_its_own() {
    let scene = scene(60).await;
    let (first, second) = (scene.sign_in().await, scene.sign_in().await);
    assert_ne!(first, second);
    scene.sessions.end(&first).await.unwrap();
    assert!(scene.alive(&second).await);
}

#[tokio::test]
async fn roles_a_disabled_account_and_a_new_password_take_effect_within_a_second() {
    let scene = scene(60).await;
    let token = scene.sign_in().await;
    scene.accounts.set_roles("wang", &["manager".to_owned()]).await.unwrap();
    scene.pass(1);
    assert!(
        scene
            .sessions
            .find(&token)
            .await
            .unwrap()
            .unwrap()
            .subject
            .has_role("manager")
    );
    scene
        .accounts
        .set_password("wang", Password::new("another long one"))
        .await
        .unwrap();
    scene.pass(1);
    assert!(!scene.alive(&token).await);
    scene
        .accounts
        .set_password("wang", Password::new(PASSWORD))
        .await
        .unwrap();
    let token = scene.sign_in().await;
    scene.accounts.set_disabled("wang", true).await.unwrap();
    scene.pass(1);
    assert!(!scene.alive(&token).await);
    scene.accounts.set_disabled("wang", false).await.unwrap();
    scene.pass(1);
    assert!(!scene.alive(&token).await, "an ended session never comes back");
}

#[tokio::test]
async fn a_password_changed_while_a_sign_in_was_under_way_opens_no_session() {
    let scene = scene(60).await;
    let source = "127.0.0.1".parse().unwrap();
    let account = scene
        .accounts
        .sign_in("wang", Password::new(PASSWORD), source)
        .await
        .unwrap();
    scene
        .accounts
        .set_password("wang", Password::new("another long one"))
        .await
        .unwrap();
    let opened = scene.sessions.open(&account, Assurance::Password, "proxy").await;
    assert_eq!(opened.unwrap_err(), IdentityError::WrongCredentials);
    assert!(
        scene
            .store
            .sessions_of(&SubjectId::new("wang"))
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn sessions_that_were_seen_go_on_within_the_grace_and_then_stop() {
    let scene = scene(60).await;
    let (seen, unseen) = (scene.sign_in().await, scene.sign_in().await);
    let other = scene.other_instance();
    assert!(other.find(&seen).await.unwrap().is_some());
    scene.pass(2);
    scene.take_away(true);
    let live = other.find(&seen).await.unwrap().unwrap();
    assert!(live.in_grace);
    assert_eq!(other.find(&unseen).await.unwrap_err(), IdentityError::StoreUnavailable);
    scene.pass(59);
    assert!(other.find(&seen).await.unwrap().unwrap().in_grace);
    scene.pass(1);
    assert_eq!(other.find(&seen).await.unwrap_err(), IdentityError::StoreUnavailable);
    scene.take_away(false);
    scene.pass(1);
    assert!(
        !other.find(&seen).await.unwrap().unwrap().in_grace,
        "it recovers by itself"
    );
}

#[tokio::test]
async fn without_grace_an_outage_refuses_at_once() {
    let scene = scene(0).await;
    let token = scene.sign_in().await;
    scene.pass(1);
    scene.take_away(true);
    assert_eq!(
        scene.sessions.find(&token).await.unwrap_err(),
        IdentityError::StoreUnavailable
    );
}

#[tokio::test]
async fn a_sign_out_during_an_outage_holds_when_the_store_is_back() {
    let scene = scene(60).await;
    let token = scene.sign_in().await;
    scene.take_away(true);
    assert_eq!(
        scene.sessions.end(&token).await.unwrap_err(),
        IdentityError::StoreUnavailable
    );
    assert!(
        !scene.alive(&token).await,
        "refused here though the store does not know"
    );
    scene.take_away(false);
    scene.pass(2);
    assert!(!scene.alive(&token).await);
    assert!(
        scene.other_instance().find(&token).await.unwrap().is_none(),
        "the store was told"
    );
}

#[tokio::test]
async fn a_clock_that_steps_back_revives_nothing_and_hides_nothing() {
    let scene = scene(60).await;
    let token = scene.sign_in().await;
    scene.sessions.end(&token).await.unwrap();
    let live = scene.sign_in().await;
    scene.clock.set(Timestamp::from_millis(1_799_999_000_000));
    assert!(!scene.alive(&token).await);
    assert!(scene.alive(&live).await);
    scene.accounts.set_disabled("wang", true).await.unwrap();
    scene.pass(1);
    assert!(
        !scene.alive(&live).await,
        "seen after a second, whatever the clock shows"
    );
}
