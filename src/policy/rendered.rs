//! How one set of roles in one set of circumstances is shown each class, and which rules say so.

use std::sync::Arc;

use super::action::{Action, SHOWN};
use super::engine::{Answer, EngineFailed, Round};
use crate::catalog::DataClasses;
use crate::mask::{ClassId, Rendering};

/// What was decided for one class, with the rules (by index) behind it.
#[derive(Clone, Debug, Default)]
pub(super) struct Verdict {
    pub rendering: Option<Rendering>,
    /// Rules that allow that rendering.
    pub allowed_by: Vec<usize>,
    /// Rules that took a more open rendering away.
    pub denied_by: Vec<usize>,
}

/// Renderings of all classes, for seeing and for approved exports.
#[derive(Debug)]
pub(super) struct Rendered {
    see: Arc<[Rendering]>,
    export: Arc<[Rendering]>,
    /// By class.
    pub(super) see_by: Vec<Verdict>,
    /// By class; `rendering` is `None` where nothing of the class may be exported.
    pub(super) export_by: Vec<Verdict>,
}

impl Rendered {
    pub(super) fn see(&self) -> &Arc<[Rendering]> {
        &self.see
    }

    pub(super) fn export(&self) -> &Arc<[Rendering]> {
        &self.export
    }

    pub(super) fn may_export(&self, class: ClassId) -> bool {
        self.export_by[usize::from(class.0)].rendering.is_some()
    }
}

/// Asks casbin all that it is asked for one set of roles.
pub(super) fn render(round: &Round<'_>, classes: &DataClasses) -> Result<Rendered, EngineFailed> {
    let mut see_by = Vec::with_capacity(classes.len());
    let mut export_by = Vec::with_capacity(classes.len());
    for class in classes.ids() {
        let name = classes.name(class);
        let see = most_open(round, name, Action::See)?;
        export_by.push(exported(round, name, &see)?);
        see_by.push(see);
    }
    let shown = |all: &[Verdict]| all.iter().map(|v| v.rendering.unwrap_or(Rendering::Redacted)).collect();
    Ok(Rendered {
        see: shown(&see_by),
        export: shown(&export_by),
        see_by,
        export_by,
    })
}

/// The most open rendering that is allowed.
fn most_open(round: &Round<'_>, class: &str, action: fn(Rendering) -> Action) -> Result<Verdict, EngineFailed> {
    let mut verdict = Verdict::default();
    for rendering in SHOWN {
        let Answer { allowed, rules } = round.ask(class, &action(rendering).to_string())?;
        if allowed {
            verdict.rendering = Some(rendering);
            verdict.allowed_by = rules;
            break;
        }
        verdict.denied_by.extend(rules);
    }
    Ok(verdict)
}

/// An export shows what `export:…` allows, or with plain `export` what the requester sees anyway: the more open of the two.
fn exported(round: &Round<'_>, class: &str, see: &Verdict) -> Result<Verdict, EngineFailed> {
    let named = most_open(round, class, Action::ExportAs)?;
    let as_seen = round.ask(class, &Action::Export.to_string())?;
    let seen = see.rendering.unwrap_or(Rendering::Redacted);
    if as_seen.allowed && named.rendering.is_none_or(|r| seen >= r) {
        return Ok(Verdict {
            rendering: Some(seen),
            allowed_by: as_seen.rules,
            denied_by: Vec::new(),
        });
    }
    Ok(named)
}
