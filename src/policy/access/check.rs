//! What the rows of `access.csv` say of each other and of the data classes.

use super::super::action::{Action, OBJECTS};
use super::super::error::{PolicyError, PolicyFault};
use super::lines::Places;
use super::{Access, Link, MAX_LEVELS, Rule, fault};
use crate::catalog::{DataClasses, nearest};
use crate::mask::{ClassId, Rendering};

pub(super) fn all(access: &Access, places: &Places, classes: &DataClasses, faults: &mut Vec<PolicyError>) {
    let roles = access.role_names();
    for (rule, (role_at, object_at, action_at)) in access.rules.iter().zip(&places.rules) {
        if !roles.contains(&rule.role.as_str()) {
            let what = PolicyFault::Role {
                found: rule.role.clone(),
                suggestion: nearest(&rule.role, roles.iter().copied()).map(str::to_owned),
            };
            faults.push(fault(rule.line, *role_at, what));
        }
        match object(rule, classes) {
            Err(what) => faults.push(fault(rule.line, *object_at, what)),
            Ok(Some(class)) => {
                faults.extend(no_surrogate(rule, class, access, classes).map(|what| fault(rule.line, *action_at, what)))
            }
            Ok(None) => {}
        }
    }
    for (link, (member_at, group_at)) in access.classes.iter().zip(&places.classes) {
        for (name, at) in [(&link.member, member_at), (&link.group, group_at)] {
            if classes.by_name(name).is_none() {
                faults.push(fault(link.line, *at, unknown_object(name, classes)));
            }
        }
    }
    circles(&access.roles, &places.roles, faults);
    let inherent = inherent_links(classes);
    circles(&[inherent, access.classes.clone()].concat(), &[], faults);
}

/// The class that a rule speaks of, or `None` for the other objects.
fn object(rule: &Rule, classes: &DataClasses) -> Result<Option<ClassId>, PolicyFault> {
    let class = classes.by_name(&rule.object);
    match rule.action.object() {
        Some(expected) if rule.object != expected => Err(PolicyFault::ActionObject {
            action: rule.action.to_string(),
            expected: format!("`{expected}`"),
            object: rule.object.clone(),
        }),
        Some(_) => Ok(None),
        None if class.is_some() => Ok(class),
        None if OBJECTS.contains(&rule.object.as_str()) => Err(PolicyFault::ActionObject {
            action: rule.action.to_string(),
            expected: "a data class".to_owned(),
            object: rule.object.clone(),
        }),
        None => Err(unknown_object(&rule.object, classes)),
    }
}

fn unknown_object(name: &str, classes: &DataClasses) -> PolicyFault {
    let known = classes.ids().map(|id| classes.name(id)).chain(OBJECTS);
    PolicyFault::Object {
        found: name.to_owned(),
        suggestion: nearest(name, known).map(str::to_owned),
    }
}

/// The first class under a surrogate rule that has no surrogates.
fn no_surrogate(rule: &Rule, class: ClassId, access: &Access, classes: &DataClasses) -> Option<PolicyFault> {
    let surrogate = [
        Action::See(Rendering::Surrogate),
        Action::ExportAs(Rendering::Surrogate),
    ];
    if !surrogate.contains(&rule.action) {
        return None;
    }
    let bad = classes.ids().find(|id| {
        !classes.class(*id).is_abstract() && !classes.class(*id).has_surrogate() && belongs(*id, class, access, classes)
    })?;
    Some(PolicyFault::Surrogate {
        class: classes.name(bad).to_owned(),
        instead: if rule.action == surrogate[0] {
            "see:partial"
        } else {
            "export:partial"
        },
    })
}

/// Whether a class is, or belongs to, another: by `data-classes.yaml` or by `g2` rows.
fn belongs(class: ClassId, above: ClassId, access: &Access, classes: &DataClasses) -> bool {
    let mut reached: Vec<ClassId> = classes.ancestors(class).to_vec();
    let mut next = 0;
    while let Some(id) = reached.get(next).copied() {
        next += 1;
        let links = access.classes.iter().filter(|l| l.member == classes.name(id));
        for group in links.filter_map(|l| classes.by_name(&l.group)) {
            let more = classes.ancestors(group).iter().filter(|a| !reached.contains(a));
            reached.extend(more.copied().collect::<Vec<_>>());
        }
    }
    reached.contains(&above)
}

/// The hierarchy of `data-classes.yaml` as links.
pub(in crate::policy) fn inherent_links(classes: &DataClasses) -> Vec<Link> {
    let parents = |id: ClassId| classes.class(id).parents().iter().map(move |p| (id, *p));
    classes
        .ids()
        .flat_map(parents)
        .map(|(child, parent)| Link {
            line: 0,
            member: classes.name(child).to_owned(),
            group: classes.name(parent).to_owned(),
        })
        .collect()
}

/// Refuses links that go round, or through more than [`MAX_LEVELS`]: casbin would stop following them, and lose a deny.
fn circles(links: &[Link], places: &[(usize, usize)], faults: &mut Vec<PolicyError>) {
    for (i, link) in links.iter().enumerate() {
        let mut level: Vec<&str> = vec![&link.group];
        let mut depth = 1;
        while !level.is_empty() && depth <= MAX_LEVELS {
            let up = links.iter().filter(|l| level.contains(&l.member.as_str()));
            let mut next: Vec<&str> = up.map(|l| l.group.as_str()).collect();
            next.sort_unstable();
            next.dedup();
            level = next;
            depth += 1;
        }
        if !level.is_empty() && link.line > 0 {
            let what = PolicyFault::Hierarchy {
                name: link.member.clone(),
                limit: MAX_LEVELS,
            };
            faults.push(fault(link.line, places.get(i).map_or(1, |p| p.0), what));
        }
    }
}
