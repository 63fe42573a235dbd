//! Between the votes and the release: everything has to hold still.

use super::*;
use TransitionError as E;

fn refusal(checks: Kindly) -> Option<TransitionError> {
    checks.redeem(approved(), at(9)).err()
}

#[test]
fn what_holds_is_redeemed_once() {
    let redeemed = Kindly::default().redeem(approved(), at(9)).unwrap();
    assert_eq!(redeemed.phase(), Phase::Redeemed);
    assert_eq!(
        Kindly::default().redeem(redeemed, at(10)).unwrap_err(),
        E::AlreadyRedeemed
    );
}

#[test]
fn the_grant_says_what_it_is_for() {
    let kindly = Kindly::default();
    let checks = RedeemChecks {
        by: &kindly.by,
        sealed_digest: &kindly.digest,
        sealed_content: &kindly.content,
        requester_enabled: true,
        may_export: true,
        rendering_now: &kindly.renderings,
        voter_stands: &kindly.voters,
        chain_now: kindly.chain.as_ref(),
    };
    let grant = approved().redeem(&checks, at(9)).unwrap().confirmed();
    assert_eq!(grant.approval(), approved().id());
    assert_eq!(grant.digest(), approved().digest());
    assert_eq!(*grant.content(), approved().exhibit().content);
    assert_eq!(*grant.requester(), requester());
    assert_eq!(grant.classes(), approved().exhibit().classes);
}

#[test]
fn each_change_since_the_votes_refuses() {
    let other = Kindly {
        by: SubjectId::new("chen"),
        ..Kindly::default()
    };
    assert_eq!(refusal(other), Some(E::NotRequester));
    let digest = Kindly {
        digest: RequestDigest::from_bytes([9; 32]),
        ..Kindly::default()
    };
    assert_eq!(refusal(digest), Some(E::DigestDiffers));
    let content = Kindly {
        content: ContentHash::from_bytes([9; 32]),
        ..Kindly::default()
    };
    assert_eq!(refusal(content), Some(E::ContentDiffers));
    assert_eq!(
        refusal(Kindly {
            enabled: false,
            ..Kindly::default()
        }),
        Some(E::RequesterDisabled)
    );
    assert_eq!(
        refusal(Kindly {
            may_export: false,
            ..Kindly::default()
        }),
        Some(E::ExportNotAllowed)
    );
    assert_eq!(
        refusal(Kindly {
            chain: None,
            ..Kindly::default()
        }),
        Some(E::ChainStricter)
    );
}

#[test]
fn a_class_that_is_now_shown_less_refuses() {
    let price = |class: &str| {
        Some(if class == "price" {
            Rendering::Surrogate
        } else {
            Rendering::Clear
        })
    };
    let stricter = E::PolicyStricter {
        class: "price".to_owned(),
    };
    assert_eq!(
        refusal(Kindly {
            renderings: price,
            ..Kindly::default()
        }),
        Some(stricter)
    );
    let phone = |class: &str| if class == "phone" { None } else { Some(Rendering::Clear) };
    let stricter = E::PolicyStricter {
        class: "phone".to_owned(),
    };
    assert_eq!(
        refusal(Kindly {
            renderings: phone,
            ..Kindly::default()
        }),
        Some(stricter)
    );
    // Exactly what was approved, or more, is no reason to refuse: what was approved is what leaves.
    let same = |class: &str| {
        Some(if class == "phone" {
            Rendering::Partial
        } else {
            Rendering::Clear
        })
    };
    assert_eq!(
        refusal(Kindly {
            renderings: same,
            ..Kindly::default()
        }),
        None
    );
}

#[test]
fn a_chain_that_is_now_stricter_refuses() {
    let with = |levels: Vec<Level>| Kindly {
        chain: Some(Chain { levels, ..chain() }),
        ..Kindly::default()
    };
    assert_eq!(
        refusal(with(vec![level("manager", 2), level("protection", 2)])),
        Some(E::ChainStricter)
    );
    let third = vec![level("manager", 1), level("protection", 2), level("board", 1)];
    assert_eq!(refusal(with(third)), Some(E::ChainStricter));
    assert_eq!(
        refusal(with(vec![level("protection", 2), level("manager", 1)])),
        Some(E::ChainStricter)
    );
    assert_eq!(refusal(with(vec![level("protection", 1)])), None);
}

#[test]
fn a_voter_who_may_no_longer_vote_refuses() {
    let lost = Kindly {
        voters: |person, _| person.as_str() != "chen",
        ..Kindly::default()
    };
    assert_eq!(
        refusal(lost),
        Some(E::VoterLost {
            level: "manager".to_owned()
        })
    );
    let lost = Kindly {
        voters: |_, level| level != "protection",
        ..Kindly::default()
    };
    assert_eq!(
        refusal(lost),
        Some(E::VoterLost {
            level: "protection".to_owned()
        })
    );
}
