//! `overcoat check`: everything a load does, and what can be said besides.

use std::path::Path;

use super::cases;
use super::diagnostic::{Diagnostic, Diagnostics, Severity};
use super::settings::Settings;
use super::snapshot::{Snapshot, Texts, assemble};
use crate::catalog::{Protect, RouteSummary};
use crate::subject::SubjectId;

/// What was checked.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Errors and warnings.
    pub found: Diagnostics,
    /// How many routes, rules and so on there are, for people.
    pub summary: String,
}

/// Checks `overcoat.yaml` and its policy files. `people` are the accounts with their roles, where a store could be asked.
pub fn check(path: &Path, people: Option<&[(SubjectId, Vec<String>)]>) -> Checked {
    match try_check(path, people) {
        Ok(checked) => checked,
        Err(found) => Checked {
            found,
            summary: String::new(),
        },
    }
}

fn try_check(path: &Path, people: Option<&[(SubjectId, Vec<String>)]>) -> Result<Checked, Diagnostics> {
    let settings = super::load_settings(path)?;
    let texts = Texts::read(&settings)?;
    let snapshot = assemble(&settings, &texts)?;
    let mut found = cases::run(&settings, &snapshot, &texts.cases);
    rules(&snapshot, &texts, &mut found);
    routes(&settings, &snapshot, &texts, &mut found);
    chains(&snapshot, &texts, people, &mut found);
    let summary = format!(
        "snapshot {}: {} data classes, {} roles, {} routes, {} chains, {} cases",
        &snapshot.id.as_str()[..12],
        snapshot.classes.len(),
        snapshot.policy.roles().len(),
        snapshot.catalog.summaries().len(),
        snapshot.chains.iter().count(),
        cases::count(&texts.cases),
    );
    Ok(Checked { found, summary })
}

fn rules(snapshot: &Snapshot, texts: &Texts, found: &mut Diagnostics) {
    for lint in snapshot.policy.lints() {
        let complaint = Diagnostic::warning(&texts.access.path, lint.to_string());
        found.add(match lint.line() {
            Some(line) => complaint.at(line, 1).hint("take the line out, or correct it"),
            None => complaint.hint("if that is meant, nothing is to be done; else: p, ROLE, CLASS, see:partial, allow"),
        });
    }
}

fn routes(settings: &Settings, snapshot: &Snapshot, texts: &Texts, found: &mut Diagnostics) {
    let Some(file) = &texts.crm else {
        return;
    };
    let mut warn = |route: &RouteSummary, message: String, hint: &str| {
        let complaint = Diagnostic::warning(&file.path, message);
        found.add(complaint.at_path(&file.text, &route.at.key("id")).hint(hint));
    };
    for route in snapshot.catalog.summaries() {
        if let Some(earlier) = &route.hidden_by {
            let message = format!(
                "route `{}` can never match: `{earlier}` stands before it and takes all its requests",
                route.id
            );
            warn(
                &route,
                message,
                "the first route that matches wins: move the special one up",
            );
        }
        if route.protect == Protect::Masked && route.has_fields && !route.has_record_id {
            let message = format!("route `{}` does not say where a record's id stands", route.id);
            warn(
                &route,
                message,
                "record_id: $.items[*].id, so that audit can say whose data it was",
            );
        }
        if route.unlisted_plain && !route.has_fields {
            let message = format!(
                "route `{}` masks nothing: it names no fields, and names and detectors are off",
                route.id
            );
            warn(
                &route,
                message,
                "name its fields, take `unlisted: plain` out, or say `protect: open`",
            );
        }
    }
    if !settings.proxy.trusted_proxies.is_empty() && settings.proxy.identity_header.is_none() {
        let path = &settings.policies;
        found.add(Diagnostic::warning(
            path,
            "trusted_proxies are named but no identity_header: only forwarded addresses are believed",
        ));
    }
}

/// Chains that nobody can complete: by the roles there are, and by the people, if they are known.
fn chains(snapshot: &Snapshot, texts: &Texts, people: Option<&[(SubjectId, Vec<String>)]>, found: &mut Diagnostics) {
    let file = &texts.approvals;
    let at = |index: usize| crate::catalog::YamlPath::root().key("chains").index(index).key("name");
    if snapshot.chains.is_empty() {
        let complaint = Diagnostic::warning(&file.path, "there is no chain: every export is refused");
        found.add(complaint.hint("add one without conditions as the last"));
    }
    for (index, name) in snapshot.chains.unreachable() {
        let complaint = Diagnostic::warning(
            &file.path,
            format!("chain `{name}` can never be chosen: an earlier one applies to everything"),
        );
        found.add(
            complaint
                .at_path(&file.text, &at(index))
                .hint("the first chain that applies wins: move it up"),
        );
    }
    let Some(people) = people else {
        return;
    };
    let staffed = staff(snapshot, people);
    for (index, short) in snapshot.chains.shortfalls(&staffed, None) {
        let message = format!(
            "nobody can complete this chain: level `{}` needs {} and finds {}",
            short.name, short.needed, short.found
        );
        let complaint = Diagnostic::error(&file.path, message);
        found.add(complaint.at_path(&file.text, &at(index)).hint(format!(
            "a person counts once over all levels; give more accounts a role that may approve:{}",
            short.name
        )));
    }
    for (id, _) in &staffed {
        for (index, short) in snapshot.chains.shortfalls(&staffed, Some(id)) {
            let message = format!(
                "`{id}` alone could fill level `{}`, and may not decide on an own request",
                short.name
            );
            let known = found.0.iter().any(|d| {
                d.severity == Severity::Error
                    && d.place == Diagnostic::error(&file.path, "").at_path(&file.text, &at(index)).place
            });
            if !known {
                let complaint = Diagnostic::warning(&file.path, message).at_path(&file.text, &at(index));
                found.add(complaint.hint(format!("give another account a role that may approve:{}", short.name)));
            }
        }
    }
}

/// People with the levels that they may fill.
fn staff(snapshot: &Snapshot, people: &[(SubjectId, Vec<String>)]) -> Vec<(SubjectId, Vec<String>)> {
    let mut levels: Vec<(String, Vec<String>)> = Vec::new();
    for level in snapshot.chains.iter().flat_map(|c| &c.levels) {
        if !levels.iter().any(|(name, _)| *name == level.name) {
            levels.push((level.name.clone(), level.approvers.clone()));
        }
    }
    let fills = |roles: &[String]| {
        let by_role = levels
            .iter()
            .filter(|(_, approvers)| roles.iter().any(|r| approvers.contains(r)));
        by_role.map(|(name, _)| name.clone()).collect()
    };
    people.iter().map(|(id, roles)| (id.clone(), fills(roles))).collect()
}
