//! Who is believed, and who is not.

use std::time::Duration;

use http::HeaderName;
use http::header::COOKIE;

use super::*;
use crate::clock::{Clock, ManualClock, Timestamp};
use crate::identity::{Hasher, NewAccount, Password, SessionLimits};
use crate::store::open_with_clock;

struct Scene {
    identifier: Identifier,
    sessions: Arc<Sessions>,
    accounts: Arc<Accounts>,
    clock: Arc<ManualClock>,
    _directory: tempfile::TempDir,
}

const FRONT: &str = "10.0.0.1";
const STRANGER: &str = "203.0.113.9";

async fn scene(roles_header: bool) -> Scene {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
    let url = format!("sqlite:{}", directory.path().join("i.db").display());
    let store = open_with_clock(&url, "t", Arc::clone(&clock) as Arc<dyn Clock>)
        .await
        .unwrap()
        .store;
    let accounts = Accounts::with_hasher(
        Arc::clone(&store),
        Arc::clone(&clock) as _,
        Hasher::with_cost(64, 1).unwrap(),
    );
    for name in ["wang", "li"] {
        let new = NewAccount {
            name: name.into(),
            roles: vec!["sales".into()],
            ..NewAccount::default()
        };
        accounts.add(new, Password::new("correct horse battery")).await.unwrap();
    }
    let accounts = Arc::new(accounts);
    let sessions = Arc::new(Sessions::new(store, Arc::clone(&clock) as _, SessionLimits::default()));
    let headers = IdentityHeaders::new(
        "x-front-user".parse().unwrap(),
        roles_header.then(|| "x-front-roles".parse().unwrap()),
    );
    let identifier = Identifier::new(Arc::clone(&sessions), Arc::clone(&accounts), CookieForm::Plain)
        .trusting(TrustedFronts::new(["10.0.0.0/8".parse().unwrap()]), Some(headers));
    Scene {
        identifier,
        sessions,
        accounts,
        clock,
        _directory: directory,
    }
}

impl Scene {
    async fn cookie(&self, name: &str) -> (&'static str, String) {
        let source = STRANGER.parse().unwrap();
        let password = Password::new("correct horse battery");
        let account = self.accounts.sign_in(name, password, source).await.unwrap();
        let token = self
            .sessions
            .open(&account, Assurance::Password, "proxy")
            .await
            .unwrap();
        ("cookie", format!("overcoat_session={}", token.encode()))
    }

    async fn ask(
        &self,
        peer: &str,
        pairs: &[(&'static str, String)],
    ) -> Result<(String, Assurance, Via), IdentityError> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        let who = self.identifier.identify(&headers, peer.parse().unwrap()).await?;
        Ok((who.subject.id().to_string(), who.subject.assurance(), who.via))
    }
}

fn named(name: &str) -> (&'static str, String) {
    ("x-front-user", name.to_owned())
}

#[tokio::test]
async fn nothing_and_nonsense_are_nobody() {
    let scene = scene(false).await;
    let forged = ("cookie", format!("overcoat_session={}", "A".repeat(43)));
    let bearer = ("authorization", "Bearer wang".to_owned());
    for pairs in [&[][..], &[forged], &[bearer], &[named("wang")]] {
        let who = scene.ask(STRANGER, pairs).await.unwrap();
        assert_eq!(who, ("anonymous".to_owned(), Assurance::None, Via::Nothing));
    }
}

#[tokio::test]
async fn a_session_and_a_trusted_front_proxy_are_believed() {
    let scene = scene(false).await;
    let cookie = scene.cookie("wang").await;
    let by_session = ("wang".to_owned(), Assurance::Password, Via::Session);
    assert_eq!(
        scene.ask(STRANGER, std::slice::from_ref(&cookie)).await.unwrap(),
        by_session
    );
    assert_eq!(
        scene.ask(STRANGER, &[cookie.clone(), named("li")]).await.unwrap(),
        by_session,
        "a stranger names nobody"
    );
    assert_eq!(
        scene.ask(FRONT, &[cookie.clone(), named("wang")]).await.unwrap(),
        by_session,
        "the surer word"
    );
    let by_front = ("li".to_owned(), Assurance::Asserted, Via::FrontProxy);
    assert_eq!(scene.ask(FRONT, &[named("li")]).await.unwrap(), by_front);
    assert_eq!(
        scene.ask(FRONT, &[cookie, named("li")]).await.unwrap(),
        by_front,
        "the front proxy's person, not the cookie's"
    );
}

#[tokio::test]
async fn roles_come_from_the_front_proxy_or_else_from_the_account() {
    let local = scene(false).await;
    let mut headers = HeaderMap::new();
    headers.insert("x-front-user", "li".parse().unwrap());
    headers.insert("x-front-roles", "admin".parse().unwrap());
    let peer = FRONT.parse().unwrap();
    let roles = |who: Identified| who.subject.roles().iter().map(|r| r.to_string()).collect::<Vec<_>>();
    assert_eq!(
        roles(local.identifier.identify(&headers, peer).await.unwrap()),
        ["sales"]
    );
    assert_eq!(
        roles(scene(true).await.identifier.identify(&headers, peer).await.unwrap()),
        ["admin"]
    );
    headers.insert("x-front-user", "stranger".parse().unwrap());
    assert!(roles(local.identifier.identify(&headers, peer).await.unwrap()).is_empty());
}

#[tokio::test]
async fn a_disabled_account_and_two_names_are_refused() {
    let scene = scene(false).await;
    scene.accounts.set_disabled("li", true).await.unwrap();
    assert_eq!(
        scene.ask(FRONT, &[named("li")]).await.unwrap_err(),
        IdentityError::Disabled
    );
    let twice = [named("wang"), named("li")];
    assert_eq!(
        scene.ask(FRONT, &twice).await.unwrap_err(),
        IdentityError::AmbiguousAssertion
    );
    let look_alike = [("x_front_user", "wang".to_owned())];
    assert_eq!(
        scene.ask(FRONT, &look_alike).await.unwrap().2,
        Via::Nothing,
        "only the exact name counts"
    );
}

#[tokio::test]
async fn what_the_crm_gets_holds_no_word_of_identity() {
    let scene = scene(true).await;
    let mut headers = HeaderMap::new();
    for name in [
        "x-front-user",
        "x_front_user",
        "x.front.roles",
        "x-forwarded-user",
        "remote_user",
        "x-auth-request-email",
    ] {
        headers.append(HeaderName::from_static(name), "wang".parse().unwrap());
    }
    headers.append(COOKIE, "overcoat_session=abc; crm=1".parse().unwrap());
    headers.append("authorization", "Basic eA==".parse().unwrap());
    scene.identifier.strip(&mut headers);
    assert_eq!(headers.len(), 2);
    assert_eq!(headers[COOKIE], "crm=1");
}

#[tokio::test]
async fn the_clock_of_a_session_runs_on_behind_a_front_proxy() {
    let scene = scene(false).await;
    let cookie = scene.cookie("wang").await;
    scene.clock.advance(Duration::from_secs(20 * 60));
    assert_eq!(scene.ask(FRONT, &[cookie]).await.unwrap().2, Via::Nothing);
}

#[tokio::test]
async fn whoever_is_disabled_here_is_nobody_whatever_roles_a_front_proxy_gives() {
    let scene = scene(true).await;
    scene.accounts.set_disabled("wang", true).await.unwrap();
    for name in ["wang", "Wang", "ＷＡＮＧ"] {
        let roles = ("x-front-roles", "manager".to_owned());
        let refused = scene.ask(FRONT, &[named(name), roles]).await;
        assert_eq!(refused.unwrap_err(), IdentityError::Disabled, "{name}");
    }
}
