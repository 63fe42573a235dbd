//! What policy answers.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::catalog::{ExportRule, Refusal, RouteMatch};
use crate::mask::{ClassId, MaskPlan, Rendering};

/// Which policy files decided: the SHA-256 of all of them, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SnapshotId(Arc<str>);

impl SnapshotId {
    /// An id from its hexadecimal text.
    pub fn new(hex: &str) -> Self {
        Self(hex.into())
    }

    /// The hexadecimal text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a request is refused. Says nothing of the request's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DenyReason {
    /// The route refuses it.
    #[error("{0}")]
    Route(#[from] Refusal),
    /// The policy engine failed; what it would have said is not known.
    #[error("the policy could not be asked")]
    PolicyFailed,
    /// Nothing on this route may be exported by this subject, in any rendering.
    #[error("no data class of this export may be released to these roles")]
    ExportNotAllowed,
}

impl DenyReason {
    /// A stable word for metrics, audit and problem documents.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Route(refusal) => refusal.code(),
            Self::PolicyFailed => "policy_failed",
            Self::ExportNotAllowed => "export_not_allowed",
        }
    }
}

/// May it pass, and how. No `Default` and no `bool`: who has none of these has a Deny.
#[derive(Clone, Debug)]
#[must_use]
pub enum Decision {
    /// Refused.
    Deny(DenyReason),
    /// It may pass under this plan.
    Permit(Permit),
}

/// Proof that policy let a request pass, and under which plan. Only `policy` makes one.
#[derive(Clone, Debug)]
pub struct Permit {
    pub(super) plan: Arc<MaskPlan>,
    pub(super) renderings: Arc<[Rendering]>,
    pub(super) route: RouteMatch,
    pub(super) snapshot: SnapshotId,
}

impl Permit {
    /// How each field of the answer is shown.
    pub fn plan(&self) -> &Arc<MaskPlan> {
        &self.plan
    }

    /// How each class is shown, by class index.
    pub fn renderings(&self) -> &Arc<[Rendering]> {
        &self.renderings
    }

    /// How one class is shown.
    pub fn rendering(&self, class: ClassId) -> Rendering {
        rendering_of(&self.renderings, class)
    }

    /// The route.
    pub fn route(&self) -> &RouteMatch {
        &self.route
    }

    /// Which policy files decided.
    pub fn snapshot_id(&self) -> &SnapshotId {
        &self.snapshot
    }

    /// When an answer under this permit must be held.
    pub fn export(&self) -> ExportRule {
        self.route.export()
    }
}

/// The renderings in which an approved export leaves. Only `policy` makes one.
#[derive(Clone, Debug)]
pub struct Release {
    pub(super) plan: Arc<MaskPlan>,
    pub(super) renderings: Arc<[Rendering]>,
    pub(super) snapshot: SnapshotId,
}

impl Release {
    /// How each field of the released answer is shown.
    pub fn plan(&self) -> &Arc<MaskPlan> {
        &self.plan
    }

    /// How each class is shown, by class index.
    pub fn renderings(&self) -> &Arc<[Rendering]> {
        &self.renderings
    }

    /// How one class is shown.
    pub fn rendering(&self, class: ClassId) -> Rendering {
        rendering_of(&self.renderings, class)
    }

    /// Which policy files decided.
    pub fn snapshot_id(&self) -> &SnapshotId {
        &self.snapshot
    }

    /// Whether this release shows nothing that `approved` did not show: a policy that has grown stricter between vote and release refuses, a wider one
    /// does not widen what was approved.
    pub fn shows_at_least(&self, approved: &[Rendering]) -> bool {
        self.renderings.len() == approved.len() && self.renderings.iter().zip(approved).all(|(now, then)| now >= then)
    }
}

/// A class that no rendering is known of is not shown.
fn rendering_of(renderings: &[Rendering], class: ClassId) -> Rendering {
    renderings
        .get(usize::from(class.0))
        .copied()
        .unwrap_or(Rendering::Redacted)
}
