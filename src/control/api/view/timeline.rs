//! What has happened, oldest first: each event of the approval, and what an approval of a level meant for the chain.

use super::super::wire::{TimelineEntry, TimelineKind};
use crate::approval::{Approval, Event, EventKind};

/// The timeline.
pub(super) fn entries(approval: &Approval) -> Vec<TimelineEntry> {
    let levels = &approval.chain().levels;
    let mut yes = vec![0_usize; levels.len()];
    let mut entries = Vec::new();
    for event in approval.timeline() {
        entries.push(entry(approval, event, kind(event.kind)));
        let Some(level) = event
            .level
            .filter(|l| event.kind == EventKind::Approved && *l < levels.len())
        else {
            continue;
        };
        yes[level] += 1;
        if yes[level] == usize::from(levels[level].quorum) {
            entries.push(consequence(approval, event, TimelineKind::LevelCompleted));
            if level + 1 == levels.len() {
                entries.push(TimelineEntry {
                    level: None,
                    ..consequence(approval, event, TimelineKind::Granted)
                });
            }
        }
    }
    entries
}

fn entry(approval: &Approval, event: &Event, kind: TimelineKind) -> TimelineEntry {
    let level = event.level.and_then(|l| approval.chain().levels.get(l));
    TimelineEntry {
        at: event.at.to_rfc3339(),
        kind,
        who: event.display_name.clone(),
        level: level.map(|l| l.name.clone()),
        comment: event.comment.clone(),
    }
}

fn consequence(approval: &Approval, event: &Event, kind: TimelineKind) -> TimelineEntry {
    TimelineEntry {
        who: None,
        comment: None,
        ..entry(approval, event, kind)
    }
}

const fn kind(kind: EventKind) -> TimelineKind {
    match kind {
        EventKind::Held => TimelineKind::Held,
        EventKind::Submitted => TimelineKind::Submitted,
        EventKind::Approved => TimelineKind::Approved,
        EventKind::Rejected => TimelineKind::Rejected,
        EventKind::Withdrawn => TimelineKind::Withdrawn,
        EventKind::Revoked => TimelineKind::Revoked,
        EventKind::Lapsed => TimelineKind::Lapsed,
        EventKind::Redeemed => TimelineKind::Redeemed,
    }
}
