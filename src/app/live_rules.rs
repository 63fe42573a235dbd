//! The policy in force, as the approval page asks it.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::catalog::{CanonicalTarget, Lang, RequestView, RouteMatch, read_body};
use crate::config::{Live, Snapshot};
use crate::control::{ClassText, Rules, SamplePlan};
use crate::mask::detect::Detectors;
use crate::policy::{AUDIT, Decision};
use crate::store::HoldMeta;
use crate::subject::{Environment, Subject};

/// Answers from the snapshot of the moment.
pub(super) struct LiveRules {
    live: Arc<Live>,
}

impl LiveRules {
    pub(super) fn new(live: Arc<Live>) -> Self {
        Self { live }
    }
}

impl Rules for LiveRules {
    fn snapshot_id(&self) -> String {
        self.live.snapshot().id.as_str().to_owned()
    }

    fn is_current(&self) -> bool {
        self.live.is_ready()
    }

    fn levels(&self) -> Vec<String> {
        let snapshot = self.live.snapshot();
        let chains = snapshot.chains.iter();
        let mut levels: Vec<String> = chains.flat_map(|c| c.levels.iter().map(|l| l.name.clone())).collect();
        levels.sort_unstable();
        levels.dedup();
        levels
    }

    fn may_approve(&self, subject: &Subject, environment: &Environment, level: &str) -> bool {
        self.live.snapshot().policy.may_approve(subject, environment, level)
    }

    fn may_oversee(&self, subject: &Subject, environment: &Environment) -> bool {
        self.live
            .snapshot()
            .policy
            .may(subject, environment, "audit:read", AUDIT)
    }

    fn class_text(&self, class: &str) -> ClassText {
        let classes = &self.live.snapshot().classes;
        match classes.by_name(class) {
            Some(id) => ClassText {
                zh: classes.title(id, Lang::Zh).to_owned(),
                en: classes.title(id, Lang::En).to_owned(),
                level: classes.level(id).as_str().to_owned(),
            },
            None => ClassText {
                zh: class.to_owned(),
                en: class.to_owned(),
                level: String::new(),
            },
        }
    }

    fn detectors(&self) -> Arc<Detectors> {
        self.live.snapshot().classes.detectors()
    }

    fn sample_plan(&self, subject: &Subject, environment: &Environment, meta: &HoldMeta) -> Option<SamplePlan> {
        let snapshot = self.live.snapshot();
        let route = route_of(&snapshot, meta)?;
        match snapshot.policy.decide(subject, environment, &route) {
            Decision::Permit(permit) => Some(SamplePlan {
                plan: Arc::clone(permit.plan()),
                records: route.records().map(|path| path.as_str().to_owned()),
            }),
            Decision::Deny(_) => None,
        }
    }
}

/// The route of the request that was sealed, under the catalog of now.
fn route_of(snapshot: &Snapshot, meta: &HoldMeta) -> Option<RouteMatch> {
    let target = CanonicalTarget::parse(meta.request.target.as_bytes()).ok()?;
    let mut headers = HeaderMap::new();
    for (name, value) in &meta.request.headers {
        headers.append(name.parse::<HeaderName>().ok()?, HeaderValue::from_bytes(value).ok()?);
    }
    let body = match &meta.request.body {
        Some(body) => read_body(&headers, &crate::proxy::decoded_body(&headers, body)?).ok()?,
        None => None,
    };
    Some(snapshot.catalog.route(&RequestView {
        method: &meta.request.method,
        target: &target,
        headers: &headers,
        body: body.as_ref(),
    }))
}
