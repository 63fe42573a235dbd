//! Why each field is shown as it is: the very rules that decided.

use super::decide::Policy;
use super::decision::DenyReason;
use super::rendered::Verdict;
use crate::catalog::RouteMatch;
use crate::mask::{ClassId, FieldPath, Rendering};
use crate::subject::{Environment, Subject};

/// A row of `access.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleRef {
    /// Its line, from 1.
    pub line: usize,
    /// As the file spells it.
    pub text: String,
}

/// Why one class is shown as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassExplanation {
    /// The class.
    pub class: ClassId,
    /// How it is shown.
    pub rendering: Rendering,
    /// The rules that allow it; none if no rule allows anything.
    pub allowed_by: Vec<RuleRef>,
    /// The rules that took something more open away.
    pub denied_by: Vec<RuleRef>,
    /// How an approved export would show it; `None` if it may not leave at all.
    pub export: Option<Rendering>,
    /// The rules that allow that.
    pub export_by: Vec<RuleRef>,
}

/// A field of the route and its class; `None` is declared harmless.
#[derive(Clone, Debug)]
pub struct FieldExplanation {
    /// Where it stands.
    pub path: FieldPath,
    /// Its class.
    pub class: Option<ClassId>,
}

/// Why an answer of a route is shown as it is.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The fields that the route or the request names.
    pub fields: Vec<FieldExplanation>,
    /// All classes, by class index: names and detectors may find any of them, unless the route turns them off.
    pub classes: Vec<ClassExplanation>,
    /// The conditions that hold now are part of the decision; these are the lines whose condition does not.
    pub not_now: Vec<RuleRef>,
}

impl Policy {
    /// Why an answer of this route is shown to this subject as it is.
    pub fn explain(
        &self,
        subject: &Subject,
        environment: &Environment,
        route: &RouteMatch,
    ) -> Result<Explanation, DenyReason> {
        let (circumstance, rendered) = self
            .rendered(subject, environment)
            .map_err(|_| DenyReason::PolicyFailed)?;
        let pairs = rendered.see_by.iter().zip(&rendered.export_by);
        let classes = self.classes.ids().zip(pairs);
        Ok(Explanation {
            fields: route
                .fields()
                .map(|(path, class)| FieldExplanation {
                    path: path.clone(),
                    class: *class,
                })
                .collect(),
            classes: classes
                .map(|(class, (see, export))| self.class(class, see, export))
                .collect(),
            not_now: (0..self.access.rules.len())
                .filter(|i| self.access.rules[*i].when.is_some_and(|w| !circumstance.holds(w)))
                .map(|i| self.rule(i))
                .collect(),
        })
    }

    fn class(&self, class: ClassId, see: &Verdict, export: &Verdict) -> ClassExplanation {
        let rules = |all: &[usize]| all.iter().map(|i| self.rule(*i)).collect();
        ClassExplanation {
            class,
            rendering: see.rendering.unwrap_or(Rendering::Redacted),
            allowed_by: rules(&see.allowed_by),
            denied_by: rules(&see.denied_by),
            export: export.rendering,
            export_by: rules(&export.allowed_by),
        }
    }

    fn rule(&self, index: usize) -> RuleRef {
        let rule = &self.access.rules[index];
        RuleRef {
            line: rule.line,
            text: rule.text.clone(),
        }
    }
}
