//! One approval → what one viewer is shown of it. Nothing in here asks the store or changes anything.

mod actions;
mod chain;
mod timeline;

use super::wire::{
    ApprovalDetail, ApprovalState, ApprovalSummary, Filter, LevelRef, PersonRef, ReleasedClass, Rendering, What,
};
use crate::approval::{Approval, Approver, EventKind, Exhibit, Level, Phase, State};
use crate::clock::Timestamp;
use crate::control::rules::Rules;

pub(super) use actions::{reason_of, revoke_refusal};

/// What the views need beside the approval.
pub(super) struct Lens<'a> {
    /// The policies.
    pub rules: &'a dyn Rules,
    /// The viewer as somebody who may decide.
    pub approver: &'a Approver,
    /// The store's time.
    pub now: Timestamp,
    /// The proxy's public URL.
    pub proxy_url: &'a str,
}

/// Whether a person may see an approval at all: his own, one that he may decide on or has decided on, or any with oversight.
pub(super) fn is_visible(approval: &Approval, approver: &Approver) -> bool {
    approver.oversight
        || approval.requester().id == approver.id
        || !approver.levels.is_empty()
        || approval.has_voted(&approver.id)
}

/// A line of a list.
pub(super) fn summary(approval: &Approval) -> ApprovalSummary {
    let exhibit = approval.exhibit();
    let most_open = exhibit.classes.iter().map(|c| Rendering::from(c.rendering)).max();
    let levels = chain::levels(approval);
    ApprovalSummary {
        id: approval.id().to_string(),
        version: approval.version(),
        state: state(approval.phase()),
        requester: requester(approval),
        purpose: approval.purpose().map(str::to_owned),
        title_zh: exhibit.title.zh.clone(),
        title_en: exhibit.title.en.clone(),
        format: exhibit.format.clone(),
        records: exhibit.records,
        most_open: most_open.unwrap_or(Rendering::Redacted),
        class_count: count(exhibit.classes.len()),
        level: approval.current_level().map(|(_, level)| level_ref(level)),
        levels_done: count(chain::done(&levels)),
        levels_total: count(levels.len()),
        created_at: approval.created_at().to_rfc3339(),
        submitted_at: approval.submitted_at().map(Timestamp::to_rfc3339),
        waiting_since: waiting_since(approval).map(Timestamp::to_rfc3339),
        lapses_at: approval.deadline().map(Timestamp::to_rfc3339),
        decided_at: approval.decided_at().map(Timestamp::to_rfc3339),
    }
}

/// The whole page.
pub(super) fn detail(approval: &Approval, lens: &Lens<'_>) -> ApprovalDetail {
    let redeem_until = match approval.state() {
        State::Approved { until } => Some(until.to_rfc3339()),
        _ => None,
    };
    let lapses_at = match approval.state() {
        State::Held { until } | State::Pending { until, .. } => Some(until.to_rfc3339()),
        _ => None,
    };
    ApprovalDetail {
        id: approval.id().to_string(),
        version: approval.version(),
        state: state(approval.phase()),
        requester: requester(approval),
        purpose: approval.purpose().map(str::to_owned),
        purpose_needed: approval.phase() == Phase::Held,
        what: what(approval.exhibit(), lens.rules),
        chain: chain::levels(approval),
        created_at: approval.created_at().to_rfc3339(),
        submitted_at: approval.submitted_at().map(Timestamp::to_rfc3339),
        waiting_since: waiting_since(approval).map(Timestamp::to_rfc3339),
        lapses_at,
        redeem_until,
        decided_at: approval.decided_at().map(Timestamp::to_rfc3339),
        timeline: timeline::entries(approval),
        actions: actions::of(approval, lens),
    }
}

/// Since when the level that is asked now is waited for.
pub(super) fn waiting_since(approval: &Approval) -> Option<Timestamp> {
    let (level, _) = approval.current_level()?;
    let before =
        |event: &&crate::approval::Event| event.kind == EventKind::Approved && event.level.is_some_and(|l| l < level);
    let completed = approval.timeline().iter().rev().find(before).map(|event| event.at);
    completed.or(approval.submitted_at())
}

fn what(exhibit: &Exhibit, rules: &dyn Rules) -> What {
    let mut classes: Vec<ReleasedClass> = exhibit.classes.iter().map(|class| released(class, rules)).collect();
    classes.sort_by(|a, b| b.rendering.cmp(&a.rendering).then_with(|| a.class.cmp(&b.class)));
    What {
        route_id: exhibit.route.clone(),
        title_zh: exhibit.title.zh.clone(),
        title_en: exhibit.title.en.clone(),
        method: exhibit.method.clone(),
        path: exhibit.path.clone(),
        filters: exhibit.filters.iter().map(filter).collect(),
        format: exhibit.format.clone(),
        records: exhibit.records,
        bytes: Some(exhibit.bytes),
        classes,
    }
}

fn filter(filter: &crate::approval::Filter) -> Filter {
    Filter {
        name: filter.name.clone(),
        value_shown: filter.shown.clone(),
    }
}

fn released(class: &crate::approval::ReleasedClass, rules: &dyn Rules) -> ReleasedClass {
    let text = rules.class_text(&class.class);
    ReleasedClass {
        class: class.class.clone(),
        title_zh: text.zh,
        title_en: text.en,
        level: text.level,
        rendering: class.rendering.into(),
        count: Some(class.count),
    }
}

fn requester(approval: &Approval) -> PersonRef {
    let requester = approval.requester();
    PersonRef {
        id: requester.id.to_string(),
        display_name: requester.display_name.clone(),
        roles: requester.roles.iter().map(|r| r.as_str().to_owned()).collect(),
    }
}

fn level_ref(level: &Level) -> LevelRef {
    LevelRef {
        level: level.name.clone(),
        title_zh: level.title.zh.clone(),
        title_en: level.title.en.clone(),
    }
}

const fn state(phase: Phase) -> ApprovalState {
    match phase {
        Phase::Held => ApprovalState::Held,
        Phase::Pending => ApprovalState::Pending,
        Phase::Approved => ApprovalState::Approved,
        Phase::Redeemed => ApprovalState::Redeemed,
        Phase::Rejected => ApprovalState::Rejected,
        Phase::Withdrawn => ApprovalState::Withdrawn,
        Phase::Revoked => ApprovalState::Revoked,
        Phase::Lapsed => ApprovalState::Lapsed,
    }
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
