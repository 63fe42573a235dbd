//! What the viewer may do now, and why not: a button that may not be pressed says why.

use super::super::wire::{ActionState, Actions, DownloadState, ReasonCode};
use super::Lens;
use crate::approval::{Approval, Approver, Phase, TransitionError};
use crate::clock::Timestamp;

/// The actions. They are asked of the very rules that the decisions go through.
pub(super) fn of(approval: &Approval, lens: &Lens<'_>) -> Actions {
    let (me, now) = (&lens.approver.id, lens.now);
    let vote = state(approval.may_vote(lens.approver, now));
    Actions {
        submit: state(approval.may_submit(me, now)),
        approve: vote,
        reject: vote,
        withdraw: state(approval.may_withdraw(me, now)),
        revoke: match revoke_refusal(approval, lens.approver, now) {
            None => ALLOWED,
            Some(reason) => refused(reason),
        },
        download: download(approval, lens),
    }
}

/// Why this person may not take it back, if so. Before there is an approval, approvers say no and only oversight may stop it.
pub fn revoke_refusal(approval: &Approval, approver: &Approver, now: Timestamp) -> Option<ReasonCode> {
    match approval.may_be_revoked_by(approver, now) {
        Err(TransitionError::Finished(Phase::Redeemed)) => Some(ReasonCode::AlreadyRedeemed),
        Err(TransitionError::Finished(_)) => Some(ReasonCode::NotRevocable),
        Err(error) => Some(reason_of(&error)),
        Ok(()) if approval.phase() == Phase::Approved || approver.oversight => None,
        Ok(()) => Some(ReasonCode::NotRevocable),
    }
}

fn download(approval: &Approval, lens: &Lens<'_>) -> DownloadState {
    let own = approval.requester().id == lens.approver.id;
    let refusal = download_refusal(approval, own, lens.now);
    let url = format!("{}/.overcoat/exports/{}", lens.proxy_url, approval.id());
    DownloadState {
        allowed: refusal.is_none(),
        reason_code: refusal,
        url: own.then_some(url),
    }
}

fn download_refusal(approval: &Approval, own: bool, now: Timestamp) -> Option<ReasonCode> {
    if !own {
        return Some(ReasonCode::NotRequester);
    }
    match approval.phase() {
        Phase::Approved if approval.deadline().is_none_or(|until| now < until) => None,
        Phase::Approved | Phase::Lapsed => Some(ReasonCode::Lapsed),
        Phase::Redeemed => Some(ReasonCode::AlreadyRedeemed),
        Phase::Held => Some(ReasonCode::PurposeNeeded),
        Phase::Pending | Phase::Rejected | Phase::Withdrawn | Phase::Revoked => Some(ReasonCode::NotApproved),
    }
}

const ALLOWED: ActionState = ActionState {
    allowed: true,
    reason_code: None,
};

const fn refused(reason: ReasonCode) -> ActionState {
    ActionState {
        allowed: false,
        reason_code: Some(reason),
    }
}

fn state(outcome: Result<(), TransitionError>) -> ActionState {
    outcome.map_or_else(|error| refused(reason_of(&error)), |()| ALLOWED)
}

/// The word of the API for a refused transition.
pub fn reason_of(error: &TransitionError) -> ReasonCode {
    use TransitionError as Error;
    match error {
        Error::NotSubmitted => ReasonCode::PurposeNeeded,
        Error::AlreadySubmitted => ReasonCode::PurposeGiven,
        Error::NotApproved => ReasonCode::NotApproved,
        Error::AlreadyRedeemed | Error::Finished(Phase::Redeemed) => ReasonCode::AlreadyRedeemed,
        Error::Lapsed | Error::Finished(Phase::Lapsed) => ReasonCode::Lapsed,
        Error::OwnRequest => ReasonCode::OwnRequest,
        Error::NotRequester => ReasonCode::NotRequester,
        Error::NotYourLevel => ReasonCode::NotYourLevel,
        Error::AlreadyVoted => ReasonCode::AlreadyVoted,
        Error::ExportNotAllowed | Error::VoterLost { .. } => ReasonCode::RoleLost,
        Error::PolicyStricter { .. } | Error::ChainStricter => ReasonCode::PolicyChanged,
        Error::DigestDiffers | Error::ContentDiffers => ReasonCode::HoldMissing,
        Error::MayNotRevoke | Error::RequesterDisabled => ReasonCode::NotAllowed,
        Error::NotPending
        | Error::Finished(_)
        | Error::NotLapsed
        | Error::LevelFinished
        | Error::LevelNotReached
        | Error::ReasonMissing
        | Error::CommentTooLong => ReasonCode::NotPending,
    }
}
