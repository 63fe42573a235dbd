//! What the policies say of people and data classes, asked anew each time: who may decide, what a viewer may see.

mod live;

use std::net::IpAddr;
use std::sync::Arc;

use crate::approval::{Approval, Approver};
use crate::clock::Timestamp;
use crate::mask::MaskPlan;
use crate::mask::detect::Detectors;
use crate::store::HoldMeta;
use crate::subject::{Environment, Subject};

/// A person who looks at approvals, and from where.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// Who.
    pub subject: Subject,
    /// From where.
    pub source: IpAddr,
}

impl Viewer {
    /// What surrounds the person's request.
    pub fn environment(&self, now: Timestamp) -> Environment {
        Environment {
            now,
            source: Some(self.source),
        }
    }
}

/// A data class for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassText {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Level of sensitivity.
    pub level: String,
}

/// How a viewer may see a sealed answer.
#[derive(Clone, Debug)]
pub struct SamplePlan {
    /// The viewer's own plan on the route that was asked.
    pub plan: Arc<MaskPlan>,
    /// Where the records stand, if the route says so.
    pub records: Option<String>,
}

/// The policies that hold now, as the pages need them.
pub trait Rules: Send + Sync {
    /// The id of the snapshot of this moment, for the evidence.
    fn snapshot_id(&self) -> String;

    /// Whether the policy files on disk are the ones that hold.
    fn is_current(&self) -> bool;

    /// The names of all levels of all chains, sorted and distinct.
    fn levels(&self) -> Vec<String>;

    /// Whether somebody may fill a level now.
    fn may_approve(&self, subject: &Subject, environment: &Environment, level: &str) -> bool;

    /// Whether somebody may see everybody's requests and stop them.
    fn may_oversee(&self, subject: &Subject, environment: &Environment) -> bool;

    /// What a data class is called; its name if the policies no longer know it.
    fn class_text(&self, class: &str) -> ClassText;

    /// The detectors, for screening what people write.
    fn detectors(&self) -> Arc<Detectors>;

    /// How somebody may see a sealed answer; `None` if not at all.
    fn sample_plan(&self, subject: &Subject, environment: &Environment, meta: &HoldMeta) -> Option<SamplePlan>;
}

impl dyn Rules {
    /// Levels that the viewer may fill now, sorted.
    pub fn approve_levels(&self, viewer: &Viewer, now: Timestamp) -> Vec<String> {
        let environment = viewer.environment(now);
        let mut levels = self.levels();
        levels.retain(|level| self.may_approve(&viewer.subject, &environment, level));
        levels
    }

    /// Whether the viewer sees everybody's requests.
    pub fn oversees(&self, viewer: &Viewer, now: Timestamp) -> bool {
        self.may_oversee(&viewer.subject, &viewer.environment(now))
    }

    /// The viewer as somebody who decides on this approval, by the levels of its own chain: `approvals.yaml` may have changed since.
    pub fn approver(&self, viewer: &Viewer, approval: &Approval, now: Timestamp) -> Approver {
        let environment = viewer.environment(now);
        let levels = approval.chain().levels.iter().map(|level| level.name.as_str());
        let levels = levels.filter(|level| self.may_approve(&viewer.subject, &environment, level));
        Approver {
            id: viewer.subject.id().clone(),
            display_name: viewer.subject.display_name().to_owned(),
            levels: levels.map(str::to_owned).collect(),
            oversight: self.oversees(viewer, now),
        }
    }
}
