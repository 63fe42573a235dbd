//! A random walk: whatever people try in whatever order, nothing is redeemed without each level's quorum.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const PEOPLE: [&str; 6] = ["li.wei", "chen", "zhao", "qian", "sun", "wu"];

#[derive(Clone, Debug)]
struct Try {
    what: u8,
    who: usize,
    /// The levels he may fill at that moment, as bits.
    may_fill: u8,
    level: usize,
    minutes: u64,
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one =
        (0..12u8, 0..PEOPLE.len(), 0..8u8, 0..3usize, 0..400u64).prop_map(|(what, who, may_fill, level, minutes)| {
            Try {
                what,
                who,
                may_fill,
                level,
                minutes,
            }
        });
    prop::collection::vec(one, 1..60)
}

fn attempt(approval: Approval, step: &Try, stamp: Stamp) -> Result<Approval, TransitionError> {
    let names = ["a", "b", "c"];
    let levels: Vec<&str> = (0..3)
        .filter(|bit| step.may_fill >> bit & 1 == 1)
        .map(|bit| names[bit])
        .collect();
    let person = approver(PEOPLE[step.who], &levels);
    match step.what {
        0..=1 => approval.submit(&person.id, "季度回访客户", stamp),
        // Most of all, votes.
        2..=7 => approval.approve(&person, step.level, None, stamp),
        8 => approval.reject(&person, step.level, "not needed", stamp),
        9 => approval.lapse(stamp),
        _ => {
            let chain = Some(approval.chain().clone());
            Kindly {
                by: person.id,
                chain,
                ..Kindly::default()
            }
            .redeem(approval, stamp)
        }
    }
}

fn check(approval: &Approval) {
    let distinct: BTreeSet<_> = approval.votes().iter().map(|vote| &vote.person).collect();
    assert_eq!(distinct.len(), approval.votes().len(), "somebody counted twice");
    assert!(!approval.has_voted(&requester()), "the requester voted");
    if matches!(approval.phase(), Phase::Approved | Phase::Redeemed) {
        for (index, level) in approval.chain().levels.iter().enumerate() {
            let yes = approval
                .votes()
                .iter()
                .filter(|v| v.level == index && v.verdict == Verdict::Approve)
                .count();
            assert!(yes >= usize::from(level.quorum), "level {index} has {yes} votes");
        }
        assert!(
            approval.votes().is_sorted_by_key(|vote| vote.level),
            "levels out of order"
        );
    }
    assert_eq!(approval.version() as usize, approval.timeline().len());
    assert_eq!(Approval::from_json(&approval.to_json()).unwrap(), *approval);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_redeemed_without_the_whole_chain(
        steps in tries(),
        quorums in prop::collection::vec(1..3u16, 1..=3),
    ) {
        let names = ["a", "b", "c"];
        let levels = quorums.iter().zip(names).map(|(&quorum, name)| level(name, quorum)).collect();
        let mut approval = Approval::hold(new_hold(Chain { levels, ..chain() }), at(0)).unwrap();
        let mut now = 0;
        let mut redeemed = 0;
        for step in &steps {
            now += step.minutes;
            if let Ok(next) = attempt(approval.clone(), step, at(now)) {
                prop_assert!(approval.phase().is_open(), "a finished approval changed");
                redeemed += usize::from(next.phase() == Phase::Redeemed);
                approval = next;
                check(&approval);
            }
        }
        prop_assert!(redeemed <= 1);
    }
}

#[test]
fn the_walk_reaches_redemption() {
    // The property above must be able to fail: a walk that never got there would prove nothing.
    let votes = [(0, 0, 0), (2, 1, 0), (2, 2, 1), (2, 3, 1), (10, 0, 0)];
    let mut approval = Approval::hold(
        new_hold(Chain {
            levels: vec![level("a", 1), level("b", 2)],
            ..chain()
        }),
        at(0),
    )
    .unwrap();
    for (nth, (what, who, asked)) in votes.into_iter().enumerate() {
        let step = Try {
            what,
            who,
            may_fill: 7,
            level: asked,
            minutes: 0,
        };
        approval = attempt(approval, &step, at(nth as u64 + 1)).unwrap();
        check(&approval);
    }
    assert_eq!(approval.phase(), Phase::Redeemed);
}
