//! What the catalog says of one request.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::route::Route;
use super::title::{Lang, Title};
use crate::mask::{ClassId, FieldPath};

/// The route id of a request that no route names.
pub const UNLISTED: &str = "unlisted";

/// How the answers of a route are protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protect {
    /// Masked by the plan; formats that cannot be masked are refused.
    #[default]
    Masked,
    /// Declared harmless: the bytes pass as they are.
    Open,
    /// Nothing passes.
    Refused,
}

/// Why a route refuses a request. Says nothing of the request's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// The route says `protect: refused`.
    #[error("the route is closed")]
    Closed,
    /// No route names it and the CRM file says `unlisted: refused`.
    #[error("no route names this request, and only named requests pass")]
    Unlisted,
    /// A parameter that decides the route came several times with different values.
    #[error("a parameter that decides the route came several times with different values")]
    Ambiguous,
    /// The route takes its columns from the request, and they are no list of names.
    #[error("the columns that the request names cannot be read")]
    Columns,
}

impl Refusal {
    /// A stable word for metrics, audit and problem documents.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Closed => "route_closed",
            Self::Unlisted => "route_unlisted",
            Self::Ambiguous => "ambiguous_parameter",
            Self::Columns => "columns_unreadable",
        }
    }
}

/// Whether an answer of the route is an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExportRule {
    /// Never, whatever it looks like (`export: never`).
    No,
    /// Always (`export: always`).
    Always,
    /// When it looks like one: an attachment, a CSV file, or more records of sensitive classes than this.
    ByAnswer {
        /// Records with at least one value of a data class that one answer may hold.
        max_records: u64,
    },
}

/// Time limits of a route; `None` is the proxy's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RouteLimits {
    /// Until the first byte of the answer.
    pub first_byte: Option<Duration>,
    /// For the whole answer.
    pub total: Option<Duration>,
}

/// A field that a route names: where, and its class; `None` says it is harmless.
pub type RouteField = (FieldPath, Option<ClassId>);

/// What tells one decision on a route from another: part of the key of the decision cache.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RouteKey {
    /// The route's place in its file.
    pub index: u32,
    /// Fields that come from the request.
    pub extra: Arc<[RouteField]>,
}

/// What the catalog says of one request.
#[derive(Clone, Debug)]
pub struct RouteMatch {
    route: Arc<Route>,
    extra: Arc<[RouteField]>,
    refusal: Option<Refusal>,
}

impl RouteMatch {
    pub(super) fn new(route: Arc<Route>, extra: Vec<RouteField>, refusal: Option<Refusal>) -> Self {
        Self {
            route,
            extra: extra.into(),
            refusal,
        }
    }

    /// The route's stable id; [`UNLISTED`] if no route names the request.
    pub fn id(&self) -> &str {
        &self.route.id
    }

    /// Whether no route names the request.
    pub fn is_unlisted(&self) -> bool {
        self.route.id.as_ref() == UNLISTED
    }

    /// The route's title for people.
    pub fn title(&self, lang: Lang) -> &str {
        self.route.title.get(lang)
    }

    /// The title in both languages.
    pub fn titles(&self) -> &Title {
        &self.route.title
    }

    /// How its answers are protected.
    pub fn protect(&self) -> Protect {
        match self.refusal {
            Some(_) => Protect::Refused,
            None => self.route.protect,
        }
    }

    /// Why it is refused, if it is.
    pub fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }

    /// The fields that the route names, and those that the request named.
    pub fn fields(&self) -> impl Iterator<Item = &RouteField> {
        self.route.fields.iter().chain(self.extra.iter())
    }

    /// Where the records stand.
    pub fn records(&self) -> Option<&FieldPath> {
        self.route.records.as_ref()
    }

    /// The record's id within a record, for evidence.
    pub fn record_id(&self) -> Option<&FieldPath> {
        self.route.record_id.as_ref()
    }

    /// The data subject's id within a record, for evidence.
    pub fn subject_id(&self) -> Option<&FieldPath> {
        self.route.subject_id.as_ref()
    }

    /// Whether names and detectors are off for what the route does not list.
    pub fn unlisted_plain(&self) -> bool {
        self.route.unlisted_plain
    }

    /// Whether an answer is an export.
    pub fn export(&self) -> ExportRule {
        self.route.export
    }

    /// The classes that the route names. With names and detectors on ([`Self::unlisted_plain`] is false) others may turn up as well.
    pub fn classes(&self) -> Vec<ClassId> {
        let mut classes: Vec<ClassId> = self.fields().filter_map(|(_, class)| *class).collect();
        classes.sort_unstable();
        classes.dedup();
        classes
    }

    /// The request body without what differs from one asking to the next (`digest_ignore`), for the request's digest.
    pub fn digest_body(&self, body: &Value) -> Value {
        let mut body = body.clone();
        for path in &self.route.digest_ignore {
            path.remove(&mut body);
        }
        body
    }

    /// Its time limits.
    pub fn limits(&self) -> RouteLimits {
        self.route.limits
    }

    /// Whether it is the CRM's own sign-in: its body is never held or logged.
    pub fn is_sign_in(&self) -> bool {
        self.route.sign_in
    }

    /// Whether it is the CRM's own sign-out.
    pub fn is_sign_out(&self) -> bool {
        self.route.sign_out
    }

    /// Whether the connection may be upgraded (WebSocket): only on open routes, since what passes then is not seen.
    pub fn allows_upgrade(&self) -> bool {
        self.route.upgrade && self.protect() == Protect::Open
    }

    /// What tells one decision on this route from another.
    pub fn key(&self) -> RouteKey {
        RouteKey {
            index: self.route.index,
            extra: Arc::clone(&self.extra),
        }
    }
}
