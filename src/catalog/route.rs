//! A route, compiled.

use std::sync::Arc;

use super::columns::FromRequest;
use super::origin::YamlPath;
use super::pattern::PathPattern;
use super::predicate::{Predicate, Verdict};
use super::request::RequestView;
use super::route_match::{ExportRule, Protect, RouteField, RouteLimits};
use super::title::Title;
use super::value_path::ValuePath;
use crate::mask::FieldPath;

/// A route of a CRM file.
#[derive(Debug)]
pub struct Route {
    pub(super) index: u32,
    pub(super) id: Arc<str>,
    pub(super) title: Title,
    /// Upper case; empty is any.
    pub(super) methods: Vec<String>,
    /// Empty is any.
    pub(super) paths: Vec<PathPattern>,
    /// On query, headers, then body.
    pub(super) predicates: Vec<Predicate>,
    pub(super) protect: Protect,
    pub(super) fields: Vec<RouteField>,
    pub(super) from_request: Vec<FromRequest>,
    pub(super) records: Option<FieldPath>,
    pub(super) record_id: Option<FieldPath>,
    pub(super) subject_id: Option<FieldPath>,
    pub(super) unlisted_plain: bool,
    pub(super) export: ExportRule,
    pub(super) digest_ignore: Vec<ValuePath>,
    pub(super) limits: RouteLimits,
    pub(super) sign_in: bool,
    pub(super) sign_out: bool,
    pub(super) upgrade: bool,
    pub(super) at: YamlPath,
}

/// A route as `overcoat check` lists it.
#[derive(Clone, Debug)]
pub struct RouteSummary {
    /// Its id.
    pub id: Arc<str>,
    /// Where it stands in the file.
    pub at: YamlPath,
    /// How it is protected.
    pub protect: Protect,
    /// Whether names and detectors are off.
    pub unlisted_plain: bool,
    /// Whether it says where a record's id stands.
    pub has_record_id: bool,
    /// Whether it names fields, or takes them from the request.
    pub has_fields: bool,
    /// The id of an earlier route that takes every request of this one.
    pub hidden_by: Option<Arc<str>>,
}

impl Route {
    /// Judges everything but the body.
    pub(super) fn judge_head(&self, request: &RequestView<'_>) -> Verdict {
        if !self.takes_method(request.method) || !self.takes_path(request.target.segments()) {
            return Verdict::No;
        }
        self.judge(request, false)
    }

    /// Judges the predicates on the body.
    pub(super) fn judge_body(&self, request: &RequestView<'_>) -> Verdict {
        self.judge(request, true)
    }

    /// Whether the body is needed to tell whether it matches, or what it releases.
    pub(super) fn needs_body(&self) -> bool {
        self.predicates.iter().any(Predicate::on_body) || self.from_request.iter().any(FromRequest::on_body)
    }

    /// Whether each request of `other` is taken by this route already (`true` is sure).
    pub(super) fn covers(&self, other: &Self) -> bool {
        let methods = self.methods.is_empty()
            || (!other.methods.is_empty() && other.methods.iter().all(|m| self.methods.contains(m)));
        let paths = self.paths.is_empty()
            || (!other.paths.is_empty() && other.paths.iter().all(|o| self.paths.iter().any(|p| p.covers(o))));
        methods && paths && self.predicates.iter().all(|p| other.predicates.contains(p))
    }

    fn judge(&self, request: &RequestView<'_>, body: bool) -> Verdict {
        self.predicates
            .iter()
            .filter(|p| p.on_body() == body)
            .map(|p| p.judge(request))
            .min()
            .unwrap_or(Verdict::Yes)
    }

    /// A route for GET takes HEAD as well (RFC 9110 section 9.3.2).
    fn takes_method(&self, method: &str) -> bool {
        let asked = if method == "HEAD" { "GET" } else { method };
        self.methods.is_empty() || self.methods.iter().any(|m| m == method || m == asked)
    }

    fn takes_path(&self, segments: &[String]) -> bool {
        self.paths.is_empty() || self.paths.iter().any(|p| p.matches(segments))
    }
}
