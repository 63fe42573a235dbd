//! The chain as steps: who decided what, and where each level stands.

use super::super::wire::{LevelPosition, LevelStatus, Verdict, VoteInfo};
use crate::approval::{self, Approval, Phase, Vote};

/// The levels, in order.
pub(super) fn levels(approval: &Approval) -> Vec<LevelStatus> {
    let chain = &approval.chain().levels;
    chain
        .iter()
        .enumerate()
        .map(|(index, level)| LevelStatus {
            level: level.name.clone(),
            title_zh: level.title.zh.clone(),
            title_en: level.title.en.clone(),
            quorum: u64::from(level.quorum),
            approvers: level.approvers.clone(),
            status: position(approval, index),
            votes: votes_on(approval, index).map(vote).collect(),
        })
        .collect()
}

/// How many levels have said yes.
pub(super) fn done(levels: &[LevelStatus]) -> usize {
    levels.iter().filter(|l| l.status == LevelPosition::Done).count()
}

fn position(approval: &Approval, index: usize) -> LevelPosition {
    if votes_on(approval, index).any(|v| v.verdict == approval::Verdict::Reject) {
        return LevelPosition::Rejected;
    }
    let yes = votes_on(approval, index).count();
    if yes >= usize::from(approval.chain().levels[index].quorum) {
        return LevelPosition::Done;
    }
    match approval.phase() {
        Phase::Held => LevelPosition::Waiting,
        Phase::Pending if approval.current_level().is_some_and(|(current, _)| current == index) => {
            LevelPosition::Current
        }
        Phase::Pending => LevelPosition::Waiting,
        _ => LevelPosition::Skipped,
    }
}

fn votes_on(approval: &Approval, index: usize) -> impl Iterator<Item = &Vote> {
    approval.votes().iter().filter(move |v| v.level == index)
}

fn vote(vote: &Vote) -> VoteInfo {
    VoteInfo {
        person: vote.person.to_string(),
        display_name: vote.display_name.clone(),
        verdict: match vote.verdict {
            approval::Verdict::Approve => Verdict::Approve,
            approval::Verdict::Reject => Verdict::Reject,
        },
        comment: vote.comment.clone(),
        at: vote.at.to_rfc3339(),
    }
}
