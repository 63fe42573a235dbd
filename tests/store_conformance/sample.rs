//! Approvals for the suite.

use std::time::Duration;

use overcoat::approval::{
    Approval, ApprovalId, Approver, Chain, ContentHash, Exhibit, Level, Limits, NewHold, RedeemChecks, Redemption,
    ReleasedClass, RequestDigest, Requester, Stamp, Title, TransitionError,
};
use overcoat::clock::Timestamp;
use overcoat::mask::Rendering;
use overcoat::subject::{Role, SubjectId};

pub const REQUESTER: &str = "li.wei";

fn title() -> Title {
    Title {
        zh: "标准".to_owned(),
        en: "standard".to_owned(),
    }
}

fn level(name: &str, quorum: u16) -> Level {
    Level {
        name: name.to_owned(),
        title: title(),
        quorum,
        approvers: Vec::new(),
    }
}

pub struct Hold {
    pub id: u16,
    pub requester: &'static str,
    pub digest: u8,
    pub at: Timestamp,
    pub pending: Duration,
    pub quorum: u16,
}

impl Hold {
    pub fn new(id: u16, at: Timestamp) -> Self {
        let digest = u8::try_from(id % 256).unwrap();
        Self {
            id,
            requester: REQUESTER,
            digest,
            at,
            pending: Duration::from_secs(3_600),
            quorum: 1,
        }
    }

    pub fn id(&self) -> ApprovalId {
        let mut bytes = [0; 16];
        bytes[14..].copy_from_slice(&self.id.to_be_bytes());
        ApprovalId::from_bytes(bytes)
    }

    pub fn approval(&self) -> Approval {
        let new = NewHold {
            id: self.id(),
            requester: Requester {
                id: SubjectId::new(self.requester),
                display_name: "李伟".to_owned(),
                roles: vec![Role::new("sales")],
            },
            digest: RequestDigest::from_bytes([self.digest; 32]),
            exhibit: Exhibit {
                route: "customers".to_owned(),
                title: title(),
                method: "GET".to_owned(),
                path: "/api/customers".to_owned(),
                filters: Vec::new(),
                format: "csv".to_owned(),
                records: Some(2_000),
                bytes: 99,
                classes: vec![ReleasedClass {
                    class: "phone".to_owned(),
                    rendering: Rendering::Partial,
                    count: 1,
                }],
                destination: None,
                content: ContentHash::from_bytes([2; 32]),
                snapshot: "s1".to_owned(),
            },
            chain: Chain {
                name: "standard".to_owned(),
                title: title(),
                levels: vec![level("manager", self.quorum), level("protection", 1)],
                pending_ms: None,
                redeem_ms: None,
            },
            limits: Limits::new(self.pending, Duration::from_secs(3_600)),
        };
        Approval::hold(new, Stamp::new(self.at, "hold")).expect("a hold")
    }
}

pub fn approver(name: &str, level: &str) -> Approver {
    Approver {
        id: SubjectId::new(name),
        display_name: name.to_owned(),
        levels: vec![level.to_owned()],
        oversight: false,
    }
}

pub fn submit(approval: Approval, now: Timestamp) -> Approval {
    let by = approval.requester().id.clone();
    approval
        .submit(&by, "季度回访客户", Stamp::new(now, "submit"))
        .expect("submitted")
}

pub fn approve(approval: &Approval, name: &str, level: &str, now: Timestamp) -> Result<Approval, TransitionError> {
    let index = approval.current_level().map_or(0, |(index, _)| index);
    approval.clone().approve(
        &approver(name, level),
        index,
        None,
        Stamp::new(now, &format!("vote-{name}")),
    )
}

pub fn redeem(approval: &Approval, key: &str, now: Timestamp) -> Result<Redemption, TransitionError> {
    let checks = RedeemChecks {
        by: &approval.requester().id.clone(),
        sealed_digest: &approval.digest().clone(),
        sealed_content: &approval.exhibit().content.clone(),
        requester_enabled: true,
        may_export: true,
        rendering_now: &|_| Some(Rendering::Clear),
        voter_stands: &|_, _| true,
        chain_now: Some(&approval.chain().clone()),
    };
    approval.clone().redeem(&checks, Stamp::new(now, key))
}
