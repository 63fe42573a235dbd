//! From a CRM file as it is written to routes.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderName;

use super::classes::DataClasses;
use super::columns::{FromRequest, NameClasses, Source};
use super::crm::{RawAliases, RawColumns, RawCrm, RawExport, RawRoute, RawTest, RawUnlistedField, RawUpgrade};
use super::error::{CatalogError, RuleFault};
use super::origin::{Pairs, YamlPath};
use super::pattern::{Glob, PathPattern};
use super::predicate::{Place, Predicate};
use super::route::Route;
use super::route_match::{ExportRule, Protect, RouteField, RouteLimits, UNLISTED};
use super::suggest::nearest;
use super::table::CatalogDefaults;
use super::title::Title;
use super::value_path::ValuePath;
use crate::mask::{ClassId, FieldPath};

/// What a rule says instead of a class when a field is harmless.
const PLAIN: &str = "plain";

pub(super) struct Compiler<'a> {
    pub file: &'a RawCrm,
    pub classes: &'a DataClasses,
    pub defaults: CatalogDefaults,
}

type Fallible<T> = Result<T, CatalogError>;

impl Compiler<'_> {
    pub(super) fn route(&self, index: usize, raw: &RawRoute) -> Fallible<Route> {
        let at = YamlPath::root().key("routes").index(index);
        if raw.id == UNLISTED || raw.id.is_empty() || !raw.id.chars().all(is_id_char) {
            return Err(CatalogError::at(
                at.key("id"),
                RuleFault::RouteId { id: raw.id.clone() },
            ));
        }
        refuse_contradictions(raw, &at)?;
        Ok(Route {
            index: index as u32,
            id: raw.id.as_str().into(),
            title: raw.title.clone().unwrap_or_else(|| Title::same(&raw.id)),
            methods: raw.matches.method.0.iter().map(|m| m.to_ascii_uppercase()).collect(),
            paths: self.paths(raw, &at)?,
            predicates: predicates(raw, &at.key("match"))?,
            protect: raw.protect,
            fields: self.fields(&raw.fields, &at.key("fields"))?,
            from_request: self.request_fields(raw, &at)?,
            records: field_path(raw.records.as_deref(), &at.key("records"))?,
            record_id: field_path(raw.record_id.as_deref(), &at.key("record_id"))?,
            subject_id: field_path(raw.subject_id.as_deref(), &at.key("subject_id"))?,
            unlisted_plain: raw.unlisted == RawUnlistedField::Plain,
            export: self.export(raw),
            digest_ignore: digest_ignore(raw, &at.key("digest_ignore"))?,
            limits: RouteLimits {
                first_byte: raw.timeouts.first_byte_seconds.map(Duration::from_secs),
                total: raw.timeouts.total_seconds.map(Duration::from_secs),
            },
            sign_in: raw.sign_in,
            sign_out: raw.sign_out,
            upgrade: raw.upgrade == RawUpgrade::Allow,
            at,
        })
    }

    fn paths(&self, raw: &RawRoute, at: &YamlPath) -> Fallible<Vec<PathPattern>> {
        let at = at.key("match").key("path");
        let one = raw.matches.path.0.len() == 1;
        let patterns = raw.matches.path.0.iter().enumerate();
        patterns
            .map(|(i, text)| {
                let at = if one { at.clone() } else { at.index(i) };
                PathPattern::parse(text, self.file.ignore_case).map_err(|fault| CatalogError::at(at, fault))
            })
            .collect()
    }

    fn fields(&self, raw: &Pairs<String>, at: &YamlPath) -> Fallible<Vec<RouteField>> {
        raw.0
            .iter()
            .map(|(path, class)| {
                let parsed = FieldPath::parse(path).map_err(|fault| CatalogError::at(at.name(path), fault))?;
                Ok((parsed, self.class(class, &at.key(path))?))
            })
            .collect()
    }

    fn class(&self, name: &str, at: &YamlPath) -> Fallible<Option<ClassId>> {
        if name == PLAIN {
            return Ok(None);
        }
        if let Some(class) = self.classes.by_name(name) {
            return Ok(Some(class));
        }
        let known = (0..self.classes.len()).map(|i| self.classes.name(ClassId(i as u16)));
        let fault = RuleFault::UnknownClass {
            name: name.to_owned(),
            suggestion: nearest(name, known.chain([PLAIN])).map(str::to_owned),
        };
        Err(CatalogError::at(at.clone(), fault))
    }

    fn name_classes(&self, own: &Pairs<String>, at: &YamlPath) -> Fallible<NameClasses> {
        let shared = YamlPath::root().key("column_classes");
        let own = own.0.iter().map(|pair| (pair, at));
        let shared = self.file.column_classes.0.iter().map(|pair| (pair, &shared));
        own.chain(shared)
            .map(|((name, class), at)| Ok((Glob::new(name), self.class(class, &at.key(name))?)))
            .collect::<Fallible<Vec<_>>>()
            .map(NameClasses)
    }

    fn request_fields(&self, raw: &RawRoute, at: &YamlPath) -> Fallible<Vec<FromRequest>> {
        let mut all = Vec::new();
        if let Some(columns) = &raw.columns {
            all.push(self.columns(columns, &at.key("columns"))?);
        }
        if let Some(aliases) = &raw.aliases {
            self.aliases(aliases, &at.key("aliases"), &mut all)?;
        }
        Ok(all)
    }

    fn columns(&self, raw: &RawColumns, at: &YamlPath) -> Fallible<FromRequest> {
        // Each cell's path is the rows' with an index behind it: read one now, so that a bad path is found at once.
        FieldPath::parse(&format!("{}[0]", raw.rows)).map_err(|fault| CatalogError::at(at.key("rows"), fault))?;
        let separator = raw.separator;
        let source = match (&raw.from, &raw.query, &raw.form) {
            (Some(path), None, None) => Source::Body(value_path(path, &at.key("from"))?),
            (None, Some(name), None) => Source::Query {
                name: name.clone(),
                separator,
            },
            (None, None, Some(name)) => Source::Form {
                name: name.clone(),
                separator,
            },
            _ => return Err(contradiction(at, "columns come from one of `from`, `query` and `form`")),
        };
        Ok(FromRequest::Columns {
            rows: raw.rows.clone(),
            source,
            classes: self.name_classes(&raw.classes, &at.key("classes"))?,
        })
    }

    fn aliases(&self, raw: &RawAliases, at: &YamlPath, all: &mut Vec<FromRequest>) -> Fallible<()> {
        let classes = || self.name_classes(&raw.classes, &at.key("classes"));
        if let Some(parameter) = &raw.query {
            all.push(FromRequest::QueryAliases {
                parameter: Glob::new(parameter),
                classes: classes()?,
            });
        }
        if let Some(document) = &raw.graphql {
            all.push(FromRequest::Graphql {
                document: value_path(document, &at.key("graphql"))?,
                classes: classes()?,
            });
        }
        Ok(())
    }

    fn export(&self, raw: &RawRoute) -> ExportRule {
        match raw.export {
            RawExport::Always => ExportRule::Always,
            RawExport::Never => ExportRule::No,
            RawExport::ByAnswer => ExportRule::ByAnswer {
                max_records: raw.max_records.unwrap_or(self.defaults.max_records),
            },
        }
    }
}

fn is_id_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
}

fn contradiction(at: &YamlPath, text: &'static str) -> CatalogError {
    CatalogError::at(at.clone(), RuleFault::Contradiction(text))
}

fn refuse_contradictions(raw: &RawRoute, at: &YamlPath) -> Fallible<()> {
    if raw.matches.method.0.is_empty() && raw.matches.path.0.is_empty() {
        return Err(contradiction(
            &at.key("match"),
            "a route matches by `method`, `path` or both",
        ));
    }
    if raw.upgrade == RawUpgrade::Allow && raw.protect != Protect::Open {
        return Err(contradiction(
            &at.key("upgrade"),
            "an upgraded connection cannot be masked: `upgrade: allow` needs `protect: open`",
        ));
    }
    if raw.max_records.is_some() && raw.export != RawExport::ByAnswer {
        return Err(contradiction(
            &at.key("max_records"),
            "`max_records` needs `export: by_answer`",
        ));
    }
    if raw.protect != Protect::Masked && (!raw.fields.0.is_empty() || raw.columns.is_some() || raw.aliases.is_some()) {
        return Err(contradiction(&at.key("protect"), "only a masked route has fields"));
    }
    Ok(())
}

fn predicates(raw: &RawRoute, at: &YamlPath) -> Fallible<Vec<Predicate>> {
    let mut all = Vec::new();
    for (name, test) in &raw.matches.query.0 {
        all.push(predicate(Place::Query(name.clone()), test));
    }
    for (name, test) in &raw.matches.headers.0 {
        let header = HeaderName::try_from(name.as_str())
            .map_err(|_| contradiction(&at.key("headers").name(name), "this is no header name"))?;
        all.push(predicate(Place::Header(header), test));
    }
    for (path, test) in &raw.matches.body.0 {
        let place = value_path(path, &at.key("body").name(path))?;
        all.push(predicate(Place::Body(place), test));
    }
    for (name, test) in &raw.matches.form.0 {
        all.push(predicate(Place::Form(name.clone()), test));
    }
    Ok(all)
}

fn predicate(place: Place, test: &RawTest) -> Predicate {
    Predicate {
        place,
        test: test.into(),
    }
}

fn field_path(raw: Option<&str>, at: &YamlPath) -> Fallible<Option<FieldPath>> {
    raw.map(|text| FieldPath::parse(text).map_err(|fault| CatalogError::at(at.clone(), fault)))
        .transpose()
}

fn value_path(text: &str, at: &YamlPath) -> Fallible<ValuePath> {
    ValuePath::parse(text).map_err(|fault| CatalogError::at(at.clone(), fault))
}

fn digest_ignore(raw: &RawRoute, at: &YamlPath) -> Fallible<Vec<ValuePath>> {
    let paths = raw.digest_ignore.iter().enumerate();
    paths.map(|(i, text)| value_path(text, &at.index(i))).collect()
}

/// The route of requests that no route names.
pub(super) fn unlisted_route(index: usize, defaults: CatalogDefaults, protect: Protect) -> Arc<Route> {
    Arc::new(Route {
        index: index as u32,
        id: UNLISTED.into(),
        title: Title {
            zh: "未列出的页面".into(),
            en: "Unlisted page".into(),
        },
        methods: Vec::new(),
        paths: Vec::new(),
        predicates: Vec::new(),
        protect,
        fields: Vec::new(),
        from_request: Vec::new(),
        records: None,
        record_id: None,
        subject_id: None,
        unlisted_plain: false,
        export: ExportRule::ByAnswer {
            max_records: defaults.max_records,
        },
        digest_ignore: Vec::new(),
        limits: RouteLimits::default(),
        sign_in: false,
        sign_out: false,
        upgrade: false,
        at: YamlPath::root(),
    })
}
