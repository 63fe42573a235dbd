//! One answer to every failure.

use std::time::Duration;

use super::*;
use crate::clock::{ManualClock, Timestamp};
use crate::store::open_with_clock;

const PASSWORD: &str = "correct horse battery";

async fn accounts() -> (Arc<ManualClock>, Accounts, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
    let url = format!("sqlite:{}", directory.path().join("a.db").display());
    let store = open_with_clock(&url, "t", Arc::clone(&clock) as Arc<dyn Clock>)
        .await
        .unwrap()
        .store;
    let accounts = Accounts::with_hasher(store, Arc::clone(&clock) as _, Hasher::with_cost(64, 1).unwrap());
    accounts.add(new("wang"), Password::new(PASSWORD)).await.unwrap();
    (clock, accounts, directory)
}

fn new(name: &str) -> NewAccount {
    NewAccount {
        name: name.to_owned(),
        roles: vec!["sales".to_owned()],
        ..NewAccount::default()
    }
}

fn home() -> IpAddr {
    "198.51.100.1".parse().unwrap()
}

#[tokio::test]
async fn unknown_wrong_disabled_throttled_and_malformed_are_one_answer() {
    let (_, accounts, _directory) = accounts().await;
    accounts.add(new("gone"), Password::new(PASSWORD)).await.unwrap();
    accounts.set_disabled("gone", true).await.unwrap();
    for (name, password) in [
        ("wang", "wrong"),
        ("nobody", PASSWORD),
        ("gone", PASSWORD),
        ("", ""),
        ("a b\n", PASSWORD),
        ("anonymous", PASSWORD),
    ] {
        let refused = accounts.sign_in(name, Password::new(password), home()).await;
        assert_eq!(refused.unwrap_err(), IdentityError::WrongCredentials, "{name}");
    }
    for _ in 0..10 {
        let _ = accounts.sign_in("wang", Password::new("wrong"), home()).await;
    }
    let throttled = accounts.sign_in("wang", Password::new(PASSWORD), home()).await;
    assert_eq!(throttled.unwrap_err(), IdentityError::WrongCredentials);
}

#[tokio::test]
async fn the_throttle_ends_by_itself_and_the_owner_elsewhere_never_feels_it() {
    let (clock, accounts, _directory) = accounts().await;
    for _ in 0..12 {
        let _ = accounts.sign_in("wang", Password::new("wrong"), home()).await;
    }
    assert!(
        accounts
            .sign_in("wang", Password::new(PASSWORD), "203.0.113.7".parse().unwrap())
            .await
            .is_ok()
    );
    clock.advance(Duration::from_secs(600));
    assert!(accounts.sign_in("wang", Password::new(PASSWORD), home()).await.is_ok());
}

#[tokio::test]
async fn a_hundred_parallel_guesses_are_a_hundred_guesses() {
    let (_, accounts, _directory) = accounts().await;
    let guesses = (0..40).map(|n| {
        let accounts = accounts.clone();
        tokio::spawn(async move {
            let password = if n == 39 { PASSWORD } else { "wrong" };
            accounts.sign_in("wang", Password::new(password), home()).await.is_ok()
        })
    });
    let guesses: Vec<_> = guesses.collect();
    for guess in guesses {
        assert!(!guess.await.unwrap(), "the right one came too late");
    }
}

#[tokio::test]
async fn names_are_checked_and_taken_once() {
    let (_, accounts, _directory) = accounts().await;
    let taken = accounts.add(new("wang"), Password::new(PASSWORD)).await;
    assert_eq!(taken.unwrap_err(), IdentityError::AccountExists);
    for name in ["", "anonymous", "a b", "a/b", "a\0", "a,b", &"x".repeat(129)] {
        let refused = accounts.add(new(name), Password::new(PASSWORD)).await;
        assert!(matches!(refused, Err(IdentityError::AccountName(_))), "{name}");
    }
    let mut anonymous = new("li");
    anonymous.roles = vec!["anonymous".to_owned()];
    assert!(matches!(
        accounts.add(anonymous, Password::new(PASSWORD)).await,
        Err(IdentityError::AccountName(_))
    ));
    for name in ["王敏", "wang.min@example.com", "a_b-c+d"] {
        assert!(accounts.add(new(name), Password::new(PASSWORD)).await.is_ok(), "{name}");
    }
    assert_eq!(
        accounts.set_disabled("nobody", true).await.unwrap_err(),
        IdentityError::UnknownAccount
    );
}

#[tokio::test]
async fn a_hash_of_other_parameters_is_made_anew_at_sign_in() {
    let (clock, accounts, _directory) = accounts().await;
    let hash = |record: Option<Account>| record.unwrap().password_hash;
    let before = hash(accounts.store.load_account(&SubjectId::new("wang")).await.unwrap());
    let dearer = Accounts::with_hasher(Arc::clone(&accounts.store), clock, Hasher::with_cost(128, 1).unwrap());
    dearer.sign_in("wang", Password::new(PASSWORD), home()).await.unwrap();
    let after = hash(accounts.store.load_account(&SubjectId::new("wang")).await.unwrap());
    assert!(before.contains("m=64,") && after.contains("m=128,"));
    assert!(dearer.sign_in("wang", Password::new(PASSWORD), home()).await.is_ok());
}

#[tokio::test]
async fn another_spelling_is_the_same_account_and_the_same_count() {
    let (_, accounts, _directory) = accounts().await;
    let twin = accounts.add(new("WANG"), Password::new(PASSWORD)).await;
    assert_eq!(twin.unwrap_err(), IdentityError::AccountExists);
    let signed_in = accounts
        .sign_in("Ｗang", Password::new(PASSWORD), home())
        .await
        .unwrap();
    assert_eq!(signed_in.id.as_str(), "wang");
    for name in [
        "wang", "Wang", "WANG", "ｗang", "wAng", "waNg", "wanG", "WAng", "WANg", "wANG",
    ] {
        let _ = accounts.sign_in(name, Password::new("wrong"), home()).await;
    }
    let throttled = accounts.sign_in("wang", Password::new(PASSWORD), home()).await;
    assert_eq!(throttled.unwrap_err(), IdentityError::WrongCredentials);
}
