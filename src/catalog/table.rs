//! The routes of one CRM, and the finding of the one that a request is.

use std::sync::Arc;

use http::HeaderMap;

use super::classes::DataClasses;
use super::compile::{Compiler, unlisted_route};
use super::crm::{RawCrm, RawUnlistedRoute};
use super::error::{CatalogError, RuleFault};
use super::origin::YamlPath;
use super::predicate::Verdict;
use super::request::RequestView;
use super::route::{Route, RouteSummary};
use super::route_match::{Protect, Refusal, RouteMatch};
use super::target::CanonicalTarget;
use super::title::Title;

/// What routes have when their file does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatalogDefaults {
    /// Records of sensitive classes that an answer may hold before it is an export.
    pub max_records: u64,
}

/// The routes of one CRM. The first route in the file that matches wins, so special routes stand before general ones.
#[derive(Debug)]
pub struct Catalog {
    title: Option<Title>,
    routes: Vec<Arc<Route>>,
    unlisted: Arc<Route>,
    classes: Arc<DataClasses>,
}

impl Catalog {
    /// A CRM of which nothing is known: names and detectors decide.
    pub fn unknown_crm(classes: Arc<DataClasses>, defaults: CatalogDefaults) -> Self {
        Self {
            title: None,
            routes: Vec::new(),
            unlisted: unlisted_route(0, defaults, Protect::Masked),
            classes,
        }
    }

    /// Reads `policies/crm/NAME.yaml`.
    pub fn from_yaml(text: &str, classes: Arc<DataClasses>, defaults: CatalogDefaults) -> Result<Self, CatalogError> {
        let file: RawCrm = serde_yaml::from_str(text)?;
        let compiler = Compiler {
            file: &file,
            classes: &classes,
            defaults,
        };
        let mut routes: Vec<Arc<Route>> = Vec::with_capacity(file.routes.len());
        for (i, raw) in file.routes.iter().enumerate() {
            let route = compiler.route(i, raw)?;
            if routes.iter().any(|r| r.id == route.id) {
                let fault = RuleFault::DuplicateRoute { id: raw.id.clone() };
                return Err(CatalogError::at(route.at.key("id"), fault));
            }
            routes.push(Arc::new(route));
        }
        let protect = match file.unlisted {
            RawUnlistedRoute::Detect => Protect::Masked,
            RawUnlistedRoute::Refused => Protect::Refused,
        };
        Ok(Self {
            title: file.title.clone(),
            unlisted: unlisted_route(routes.len(), defaults, protect),
            routes,
            classes,
        })
    }

    /// The CRM's name for people.
    pub fn title(&self) -> Option<&Title> {
        self.title.as_ref()
    }

    /// Whether the body is needed to tell which route it is: only then the proxy holds it (up to [`super::MAX_ROUTED_BODY_BYTES`]).
    pub fn needs_body(&self, method: &str, target: &CanonicalTarget, headers: &HeaderMap) -> bool {
        let request = RequestView {
            method,
            target,
            headers,
            body: None,
        };
        for route in &self.routes {
            match route.judge_head(&request) {
                Verdict::No => {}
                Verdict::Ambiguous => return false,
                Verdict::Yes if route.needs_body() => return true,
                Verdict::Yes => return false,
            }
        }
        false
    }

    /// The route that a request is.
    pub fn route(&self, request: &RequestView<'_>) -> RouteMatch {
        for route in &self.routes {
            match route.judge_head(request).min(route.judge_body(request)) {
                Verdict::No => {}
                Verdict::Ambiguous => return RouteMatch::new(Arc::clone(route), Vec::new(), Some(Refusal::Ambiguous)),
                Verdict::Yes => return self.matched(route, request),
            }
        }
        let refusal = (self.unlisted.protect == Protect::Refused).then_some(Refusal::Unlisted);
        RouteMatch::new(Arc::clone(&self.unlisted), Vec::new(), refusal)
    }

    fn matched(&self, route: &Arc<Route>, request: &RequestView<'_>) -> RouteMatch {
        let mut extra = Vec::new();
        let mut refusal = (route.protect == Protect::Refused).then_some(Refusal::Closed);
        for source in &route.from_request {
            if source.fields(request, &self.classes, &mut extra).is_err() {
                refusal = refusal.or(Some(Refusal::Columns));
            }
        }
        RouteMatch::new(Arc::clone(route), extra, refusal)
    }

    /// The match of a route by its id, as if a request without columns had been that route; for lints and previews.
    pub fn by_id(&self, id: &str) -> Option<RouteMatch> {
        let route = self.routes.iter().find(|r| r.id.as_ref() == id)?;
        Some(RouteMatch::new(Arc::clone(route), Vec::new(), None))
    }

    /// The routes, for `overcoat check`.
    pub fn summaries(&self) -> Vec<RouteSummary> {
        self.routes
            .iter()
            .enumerate()
            .map(|(i, r)| self.summary(i, r))
            .collect()
    }

    fn summary(&self, index: usize, route: &Route) -> RouteSummary {
        let earlier = self.routes[..index].iter().find(|e| e.covers(route));
        RouteSummary {
            id: Arc::clone(&route.id),
            at: YamlPath::clone(&route.at),
            protect: route.protect,
            unlisted_plain: route.unlisted_plain,
            has_record_id: route.record_id.is_some(),
            has_fields: !route.fields.is_empty() || !route.from_request.is_empty(),
            hidden_by: earlier.map(|e| Arc::clone(&e.id)),
        }
    }
}

#[cfg(test)]
mod tests;
