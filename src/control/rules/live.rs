//! [`Rules`] out of the snapshot in force.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::{ClassText, Rules, SamplePlan};
use crate::catalog::{CanonicalTarget, Lang, RequestView, RouteMatch, read_body};
use crate::config::{Live, Snapshot};
use crate::mask::detect::Detectors;
use crate::policy::{AUDIT, Action, Decision};
use crate::store::HoldMeta;
use crate::subject::{Environment, Subject};

impl Rules for Live {
    fn snapshot_id(&self) -> String {
        self.snapshot().id.as_str().to_owned()
    }

    fn is_current(&self) -> bool {
        self.is_ready()
    }

    fn levels(&self) -> Vec<String> {
        let snapshot = self.snapshot();
        let levels = snapshot.chains.iter().flat_map(|chain| &chain.levels);
        let mut names: Vec<String> = levels.map(|level| level.name.clone()).collect();
        names.sort();
        names.dedup();
        names
    }

    fn may_approve(&self, subject: &Subject, environment: &Environment, level: &str) -> bool {
        self.snapshot().policy.may_approve(subject, environment, level)
    }

    fn may_oversee(&self, subject: &Subject, environment: &Environment) -> bool {
        self.snapshot()
            .policy
            .may(subject, environment, &Action::AuditRead.to_string(), AUDIT)
    }

    fn class_text(&self, class: &str) -> ClassText {
        let snapshot = self.snapshot();
        let classes = &snapshot.classes;
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
        self.snapshot().classes.detectors()
    }

    fn sample_plan(&self, subject: &Subject, environment: &Environment, meta: &HoldMeta) -> Option<SamplePlan> {
        let snapshot = self.snapshot();
        let route = route_again(meta, &snapshot)?;
        match snapshot.policy.decide(subject, environment, &route) {
            Decision::Permit(permit) => Some(SamplePlan {
                plan: Arc::clone(permit.plan()),
                records: route.records().map(|path| path.as_str().to_owned()),
            }),
            Decision::Deny(_) => None,
        }
    }
}

/// The route that the request is under the catalog of now, columns of positional rows included.
fn route_again(meta: &HoldMeta, snapshot: &Snapshot) -> Option<RouteMatch> {
    let request = &meta.request;
    let target = CanonicalTarget::parse(request.target.as_bytes()).ok()?;
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).ok()?,
            HeaderValue::from_bytes(value).ok()?,
        );
    }
    let body = match &request.body {
        Some(body) => read_body(&headers, body).ok()?,
        None => None,
    };
    let view = RequestView {
        method: &request.method,
        target: &target,
        headers: &headers,
        body: body.as_ref(),
    };
    let route = snapshot.catalog.route(&view);
    route.refusal().is_none().then_some(route)
}
