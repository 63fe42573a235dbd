//! Each state × each event: the next state, or exactly this refusal.

use super::*;
use TransitionError as E;

#[derive(Clone, Copy, Debug)]
enum Step {
    Submit,
    Approve,
    Reject,
    Withdraw,
    Revoke,
    Lapse,
    Redeem,
}

const STEPS: [Step; 7] = [
    Step::Submit,
    Step::Approve,
    Step::Reject,
    Step::Withdraw,
    Step::Revoke,
    Step::Lapse,
    Step::Redeem,
];

fn take(step: Step, approval: Approval, stamp: Stamp) -> Result<Approval, TransitionError> {
    let level = approval.current_level().map_or(0, |(level, _)| level);
    // Somebody who may do everything and has not voted in any of the states below.
    let voter = approver("sun", &["manager", "protection"]);
    match step {
        Step::Submit => approval.submit(&requester(), "季度回访客户", stamp),
        Step::Approve => approval.approve(&voter, level, None, stamp),
        Step::Reject => approval.reject(&voter, level, "not needed", stamp),
        Step::Withdraw => approval.withdraw(&requester(), None, stamp),
        Step::Revoke => approval.revoke(&voter, "found a leak", stamp),
        Step::Lapse => approval.lapse(stamp),
        Step::Redeem => Kindly::default().redeem(approval, stamp),
    }
}

fn every_state() -> Vec<Approval> {
    let over = Stamp::new(START.plus(PENDING), "key");
    vec![
        held(),
        pending(),
        approved(),
        take(Step::Redeem, approved(), at(5)).unwrap(),
        take(Step::Reject, pending(), at(5)).unwrap(),
        take(Step::Withdraw, pending(), at(5)).unwrap(),
        take(Step::Revoke, approved(), at(5)).unwrap(),
        take(Step::Lapse, held(), over).unwrap(),
    ]
}

#[test]
fn in_time() {
    use Phase as P;
    let fin = |phase| Err(E::Finished(phase));
    let finished = |phase| {
        [
            fin(phase),
            fin(phase),
            fin(phase),
            fin(phase),
            fin(phase),
            fin(phase),
            fin(phase),
        ]
    };
    let mut redeemed = finished(P::Redeemed);
    redeemed[6] = Err(E::AlreadyRedeemed);
    // In the order of STEPS: submit, approve, reject, withdraw, revoke, lapse, redeem.
    let table = [
        [
            Ok(P::Pending),
            Err(E::NotSubmitted),
            Err(E::NotSubmitted),
            Ok(P::Withdrawn),
            Ok(P::Revoked),
            Err(E::NotLapsed),
            Err(E::NotApproved),
        ],
        [
            Err(E::AlreadySubmitted),
            Ok(P::Pending),
            Ok(P::Rejected),
            Ok(P::Withdrawn),
            Ok(P::Revoked),
            Err(E::NotLapsed),
            Err(E::NotApproved),
        ],
        [
            Err(E::AlreadySubmitted),
            Err(E::NotPending),
            Err(E::NotPending),
            Ok(P::Withdrawn),
            Ok(P::Revoked),
            Err(E::NotLapsed),
            Ok(P::Redeemed),
        ],
        redeemed,
        finished(P::Rejected),
        finished(P::Withdrawn),
        finished(P::Revoked),
        finished(P::Lapsed),
    ];
    for (approval, row) in every_state().into_iter().zip(table) {
        for (step, expected) in STEPS.into_iter().zip(row) {
            let outcome = take(step, approval.clone(), at(10));
            assert_eq!(
                outcome.as_ref().map(Approval::phase),
                expected.as_ref().map(|phase| *phase),
                "{step:?} on {:?}",
                approval.phase()
            );
            if let Ok(next) = outcome {
                assert_eq!(next.version(), approval.version() + 1, "{step:?}");
                assert_eq!(next.timeline().len(), approval.timeline().len() + 1, "{step:?}");
            }
        }
    }
}

#[test]
fn at_the_deadline_nothing_but_a_lapse_is_possible() {
    for approval in [held(), pending(), second_level(), approved()] {
        let deadline = approval.deadline().unwrap();
        let before = Timestamp::from_millis(deadline.as_millis() - 1);
        for step in STEPS {
            let early = take(step, approval.clone(), Stamp::new(before, "k"));
            assert_ne!(early, Err(E::Lapsed), "{step:?} a millisecond before");
            let late = take(step, approval.clone(), Stamp::new(deadline, "k"));
            match (step, early) {
                (Step::Lapse, _) => assert_eq!(late.map(|next| next.phase()), Ok(Phase::Lapsed)),
                (_, Ok(_)) => assert_eq!(late.unwrap_err(), E::Lapsed, "{step:?}"),
                // What the state forbids, it forbids for that reason.
                (_, Err(refusal)) => assert_eq!(late.unwrap_err(), refusal, "{step:?}"),
            }
        }
    }
}

#[test]
fn the_pending_limit_begins_anew_with_the_purpose_and_not_with_votes() {
    assert_eq!(held().deadline(), Some(START.plus(PENDING)));
    assert_eq!(pending().deadline(), Some(at(1).at.plus(PENDING)));
    assert_eq!(second_level().deadline(), pending().deadline());
    assert_eq!(approved().deadline(), Some(at(4).at.plus(REDEEM)));
}

#[test]
fn a_chain_may_have_limits_of_its_own() {
    let mut own = chain();
    own.pending_ms = Some(1_000);
    own.redeem_ms = Some(2_000);
    let approval = Approval::hold(new_hold(own), Stamp::new(START, "k")).unwrap();
    assert_eq!(approval.deadline(), Some(START.plus(Duration::from_secs(1))));
    assert_eq!(approval.limits().redeem(), Duration::from_secs(2));
    assert_eq!(approval.limits().longest(), Duration::from_secs(4));
}

#[test]
fn levels_are_asked_in_order() {
    let second = approver("zhao", &["protection"]);
    assert_eq!(pending().approve(&second, 0, None, at(2)).unwrap_err(), E::NotYourLevel);
    assert_eq!(
        pending().approve(&second, 1, None, at(2)).unwrap_err(),
        E::LevelNotReached
    );
    assert_eq!(
        second_level()
            .current_level()
            .map(|(index, level)| (index, level.name.as_str())),
        Some((1, "protection"))
    );
}

#[test]
fn a_later_vote_on_a_finished_level_does_not_count_for_the_next() {
    // He may fill both levels, and was shown the first one.
    let both = approver("sun", &["manager", "protection"]);
    assert_eq!(
        second_level().approve(&both, 0, None, at(3)).unwrap_err(),
        E::LevelFinished
    );
    assert_eq!(
        second_level().reject(&both, 0, "not needed", at(3)).unwrap_err(),
        E::LevelFinished
    );
}

#[test]
fn the_requester_never_votes() {
    let mut himself = approver("li.wei", &["manager", "protection"]);
    himself.oversight = true;
    assert_eq!(pending().approve(&himself, 0, None, at(2)).unwrap_err(), E::OwnRequest);
    assert_eq!(
        pending().reject(&himself, 0, "not needed", at(2)).unwrap_err(),
        E::OwnRequest
    );
    assert_eq!(
        pending().revoke(&himself, "not needed", at(2)).unwrap_err(),
        E::OwnRequest
    );
    assert_eq!(pending().may_vote(&himself, at(2).at), Err(E::OwnRequest));
}

#[test]
fn a_person_counts_once_over_all_levels() {
    let both = approver("sun", &["manager", "protection"]);
    let after = pending().approve(&both, 0, None, at(2)).unwrap();
    assert_eq!(
        after.clone().approve(&both, 1, None, at(3)).unwrap_err(),
        E::AlreadyVoted
    );
    assert_eq!(
        after.reject(&both, 1, "not needed", at(3)).unwrap_err(),
        E::AlreadyVoted
    );
    let once = second_level()
        .approve(&approver("zhao", &["protection"]), 1, None, at(3))
        .unwrap();
    assert_eq!(once.phase(), Phase::Pending);
    assert_eq!(
        once.approve(&approver("zhao", &["protection"]), 1, None, at(4))
            .unwrap_err(),
        E::AlreadyVoted
    );
}

#[test]
fn nobody_unknown_decides_or_asks() {
    let anonymous = approver("anonymous", &["manager"]);
    assert_eq!(
        pending().approve(&anonymous, 0, None, at(2)).unwrap_err(),
        E::NotYourLevel
    );
    let mut new = new_hold(chain());
    new.requester.id = SubjectId::new("anonymous");
    assert_eq!(Approval::hold(new, at(0)).unwrap_err(), HoldError::Anonymous);
}

#[test]
fn only_the_requester_submits_and_withdraws() {
    let other = SubjectId::new("chen");
    assert_eq!(
        held().submit(&other, "季度回访客户", at(1)).unwrap_err(),
        E::NotRequester
    );
    assert_eq!(held().withdraw(&other, None, at(1)).unwrap_err(), E::NotRequester);
}

#[test]
fn who_may_revoke() {
    let why = "found a leak";
    assert_eq!(
        approved().revoke(&approver("wu", &["other"]), why, at(9)).unwrap_err(),
        E::MayNotRevoke
    );
    // Who voted on it may, also when he has lost the level since.
    assert!(approved().revoke(&approver("chen", &[]), why, at(9)).is_ok());
    assert!(
        approved()
            .revoke(&approver("zhou", &["protection"]), why, at(9))
            .is_ok()
    );
    let auditor = Approver {
        oversight: true,
        ..approver("wu", &[])
    };
    assert!(held().revoke(&auditor, why, at(9)).is_ok());
}

#[test]
fn reasons_are_asked_for_and_bounded() {
    let long = "长".repeat(2_001);
    for nothing in ["", "   ", "abc", "\n\t x \n"] {
        assert_eq!(
            held().submit(&requester(), nothing, at(1)).unwrap_err(),
            E::ReasonMissing
        );
        assert_eq!(
            pending().reject(&manager(), 0, nothing, at(2)).unwrap_err(),
            E::ReasonMissing
        );
        assert_eq!(
            pending().revoke(&manager(), nothing, at(2)).unwrap_err(),
            E::ReasonMissing
        );
    }
    assert_eq!(
        held().submit(&requester(), &long, at(1)).unwrap_err(),
        E::CommentTooLong
    );
    assert_eq!(
        pending().approve(&manager(), 0, Some(&long), at(2)).unwrap_err(),
        E::CommentTooLong
    );
    assert!(pending().approve(&manager(), 0, Some(&long[3..]), at(2)).is_ok());
    // Four Chinese characters can be a reason.
    assert_eq!(
        held().submit(&requester(), " 客户回访 ", at(1)).unwrap().purpose(),
        Some("客户回访")
    );
}

#[test]
fn what_buttons_say_is_what_the_transition_says() {
    let people = [
        approver("li.wei", &["manager"]),
        manager(),
        approver("zhao", &["protection"]),
        approver("wu", &[]),
    ];
    for approval in every_state().into_iter().chain([second_level()]) {
        for person in &people {
            for stamp in [at(10), Stamp::new(START.plus(PENDING * 3), "k")] {
                let level = approval.current_level().map_or(0, |(level, _)| level);
                let copy = || approval.clone();
                let vote = copy().approve(person, level, None, stamp.clone()).map(drop);
                assert_eq!(approval.may_vote(person, stamp.at), vote);
                let revoke = copy().revoke(person, "found a leak", stamp.clone()).map(drop);
                assert_eq!(approval.may_be_revoked_by(person, stamp.at), revoke);
                let withdraw = copy().withdraw(&person.id, None, stamp.clone()).map(drop);
                assert_eq!(approval.may_withdraw(&person.id, stamp.at), withdraw);
                let submit = copy().submit(&person.id, "季度回访客户", stamp.clone()).map(drop);
                assert_eq!(approval.may_submit(&person.id, stamp.at), submit);
                let kindly = Kindly {
                    by: person.id.clone(),
                    ..Kindly::default()
                };
                let redeem = kindly.redeem(copy(), stamp.clone()).map(drop);
                assert_eq!(approval.may_redeem(&person.id, stamp.at), redeem);
            }
        }
    }
}

#[test]
fn steps_are_known_by_their_idempotency_key() {
    let next = pending()
        .approve(&manager(), 0, None, Stamp::new(at(2).at, "client-key"))
        .unwrap();
    assert!(next.was_written_by(next.version(), "client-key"));
    assert!(!next.was_written_by(next.version(), "other"));
    assert!(!next.was_written_by(next.version() + 1, "client-key"));
    assert!(!next.was_written_by(0, "client-key"));
    assert_eq!(Stamp::new(START, &"é".repeat(40)).key.len(), 64);
}

#[test]
fn a_chain_that_cannot_be_used_is_refused() {
    let broken = [
        Chain {
            levels: Vec::new(),
            ..chain()
        },
        Chain {
            levels: vec![level("a", 0)],
            ..chain()
        },
        Chain {
            levels: vec![level("a", 21)],
            ..chain()
        },
        Chain {
            levels: vec![level("", 1)],
            ..chain()
        },
        Chain {
            levels: vec![level("a", 1), level("a", 1)],
            ..chain()
        },
        Chain {
            levels: (0..10).map(|nth| level(&nth.to_string(), 1)).collect(),
            ..chain()
        },
    ];
    for chain in broken {
        assert!(matches!(
            Approval::hold(new_hold(chain), at(0)),
            Err(HoldError::Chain { .. })
        ));
    }
}

#[test]
fn an_exhibit_is_bounded() {
    let mut new = new_hold(chain());
    new.exhibit.path = "/路".repeat(2_000);
    new.exhibit.filters[0].shown = "x".repeat(9_999);
    let approval = Approval::hold(new, at(0)).unwrap();
    assert!(approval.exhibit().path.len() <= 2_048 + 3 && approval.exhibit().path.ends_with('…'));
    assert!(approval.exhibit().filters[0].shown.len() <= 2_048 + 3);
    let mut new = new_hold(chain());
    new.exhibit.filters = vec![
        Filter {
            name: "a".into(),
            shown: "b".into()
        };
        65
    ];
    assert_eq!(Approval::hold(new, at(0)).unwrap_err(), HoldError::TooManyFilters);
}
