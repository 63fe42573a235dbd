//! What a CRM looks like: which request is which route, which place of its answer holds which data class, what is an export.
//!
//! Purpose: turns a request into a [`RouteMatch`]. Everything that is special to one CRM stands in `policies/crm/NAME.yaml`, nothing in the program.
//!
//! Guarantee: one canonicaliser ([`CanonicalTarget`]) for routing, policy, audit and the upstream line; a request that could be
//! read in two ways is refused. A request that no route names is still protected, by names and detectors. A route that takes
//! its columns from the request and cannot read them is refused.
//!
//! Exceptions: `protect: open` lets bytes pass as they are and `unlisted: plain` turns names and detectors off; both are words of the operator in a
//! file that is reviewed, and `overcoat check` lists them.

mod classes;
mod columns;
mod compile;
mod crm;
mod error;
mod origin;
mod pattern;
mod predicate;
mod request;
mod route;
mod route_match;
mod suggest;
mod table;
mod target;
mod title;
mod value_path;

pub use classes::{BUILTIN_YAML, ClassesError, DataClass, DataClasses, Level, SurrogateCiphers};
pub use error::{CatalogError, RuleFault};
pub use origin::{Pairs, Step, YamlPath};
pub use request::{BodyReadError, MAX_ROUTED_BODY_BYTES, RequestView, read_body};
pub use route::{Route, RouteSummary};
pub use route_match::{ExportRule, Protect, Refusal, RouteKey, RouteLimits, RouteMatch, UNLISTED};
pub use suggest::nearest;
pub use table::{Catalog, CatalogDefaults};
pub use target::{CanonicalTarget, MAX_QUERY_PARAMETERS, MAX_TARGET_BYTES, TargetError};
pub use title::{Lang, Title};
pub use value_path::ValuePath;
