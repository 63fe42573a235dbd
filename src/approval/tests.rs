//! Every state with every event; four eyes; redemption; the written form; a random walk over everything.

mod chains;
mod form;
mod redeem;
mod table;
mod walk;

use std::time::Duration;

use super::*;
use crate::clock::Timestamp;
use crate::mask::Rendering;
use crate::subject::{Role, SubjectId};

pub(super) const START: Timestamp = Timestamp::from_millis(1_000_000);
pub(super) const PENDING: Duration = Duration::from_secs(72 * 3_600);
pub(super) const REDEEM: Duration = Duration::from_secs(24 * 3_600);

pub(super) fn title(text: &str) -> Title {
    Title {
        zh: text.to_owned(),
        en: text.to_owned(),
    }
}

pub(super) fn level(name: &str, quorum: u16) -> Level {
    Level {
        name: name.to_owned(),
        title: title(name),
        quorum,
        approvers: Vec::new(),
    }
}

/// Two levels: one `manager`, two of `protection`.
pub(super) fn chain() -> Chain {
    Chain {
        name: "standard".to_owned(),
        title: title("standard"),
        levels: vec![level("manager", 1), level("protection", 2)],
        pending_ms: None,
        redeem_ms: None,
    }
}

pub(super) fn released(class: &str, rendering: Rendering) -> ReleasedClass {
    ReleasedClass {
        class: class.to_owned(),
        rendering,
        count: 10,
    }
}

pub(super) fn new_hold(chain: Chain) -> NewHold {
    NewHold {
        id: ApprovalId::from_bytes([7; 16]),
        requester: Requester {
            id: SubjectId::new("li.wei"),
            display_name: "李伟".to_owned(),
            roles: vec![Role::new("sales")],
        },
        digest: RequestDigest::from_bytes([1; 32]),
        exhibit: Exhibit {
            route: "customers".to_owned(),
            title: title("customers"),
            method: "GET".to_owned(),
            path: "/api/customers".to_owned(),
            filters: vec![Filter {
                name: "city".to_owned(),
                shown: "佛山".to_owned(),
            }],
            format: "csv".to_owned(),
            records: Some(2_000),
            bytes: 123_456,
            classes: vec![
                released("phone", Rendering::Partial),
                released("price", Rendering::Clear),
            ],
            destination: Some("10.1.2.3".parse().unwrap()),
            content: ContentHash::from_bytes([2; 32]),
            snapshot: "snapshot-1".to_owned(),
        },
        chain,
        limits: Limits::new(PENDING, REDEEM),
    }
}

pub(super) fn held() -> Approval {
    Approval::hold(new_hold(chain()), Stamp::new(START, "k0")).unwrap()
}

pub(super) fn at(minutes: u64) -> Stamp {
    Stamp::new(START.plus(Duration::from_secs(minutes * 60)), "key")
}

pub(super) fn requester() -> SubjectId {
    SubjectId::new("li.wei")
}

pub(super) fn approver(name: &str, levels: &[&str]) -> Approver {
    Approver {
        id: SubjectId::new(name),
        display_name: name.to_uppercase(),
        levels: levels.iter().map(|&level| level.to_owned()).collect(),
        oversight: false,
    }
}

pub(super) fn manager() -> Approver {
    approver("chen", &["manager"])
}

pub(super) fn pending() -> Approval {
    held().submit(&requester(), "季度回访客户", at(1)).unwrap()
}

pub(super) fn second_level() -> Approval {
    pending().approve(&manager(), 0, None, at(2)).unwrap()
}

pub(super) fn approved() -> Approval {
    let one = second_level()
        .approve(&approver("zhao", &["protection"]), 1, Some("ok"), at(3))
        .unwrap();
    one.approve(&approver("qian", &["protection"]), 1, None, at(4)).unwrap()
}

/// Lets everything through that the approval itself does not forbid.
pub(super) struct Kindly {
    pub by: SubjectId,
    pub digest: RequestDigest,
    pub content: ContentHash,
    pub enabled: bool,
    pub may_export: bool,
    pub chain: Option<Chain>,
    pub renderings: fn(&str) -> Option<Rendering>,
    pub voters: fn(&SubjectId, &str) -> bool,
}

impl Default for Kindly {
    fn default() -> Self {
        Self {
            by: requester(),
            digest: RequestDigest::from_bytes([1; 32]),
            content: ContentHash::from_bytes([2; 32]),
            enabled: true,
            may_export: true,
            chain: Some(chain()),
            renderings: |_| Some(Rendering::Clear),
            voters: |_, _| true,
        }
    }
}

impl Kindly {
    pub(super) fn redeem(&self, approval: Approval, stamp: Stamp) -> Result<Approval, TransitionError> {
        let checks = RedeemChecks {
            by: &self.by,
            sealed_digest: &self.digest,
            sealed_content: &self.content,
            requester_enabled: self.enabled,
            may_export: self.may_export,
            rendering_now: &self.renderings,
            voter_stands: &self.voters,
            chain_now: self.chain.as_ref(),
        };
        approval
            .redeem(&checks, stamp)
            .map(|redemption| redemption.next().clone())
    }
}
