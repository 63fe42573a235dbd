//! Rules that are read without a fault and still cannot be meant so.

use super::access::{Effect, Rule};
use super::action::Action;
use super::decide::Policy;
use super::explain::RuleRef;
use crate::catalog::DataClasses;
use crate::mask::partial::PartialForm;
use crate::mask::{ClassId, Rendering};

/// What a lint found in `access.csv` or the data classes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyLint {
    /// A rule whose condition contradicts itself.
    #[error("this rule can never match: its condition contradicts itself")]
    NeverHolds(RuleRef),
    /// An allow that a deny without a condition always takes away.
    #[error("this rule can never match: line {} denies the same without a condition", .by.line)]
    AlwaysDenied {
        /// The allow.
        rule: RuleRef,
        /// The deny.
        by: RuleRef,
    },
    /// A partial rendering of a class that has no partial form.
    #[error("`{class}` has no partial form and is shown redacted")]
    NoPartialForm {
        /// The rule.
        rule: RuleRef,
        /// The class.
        class: String,
    },
    /// A class that no role may see in any form.
    #[error("no role may see `{class}` in any form")]
    Unseen {
        /// The class.
        class: String,
    },
}

impl PolicyLint {
    /// The line of `access.csv` it is about.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::NeverHolds(rule) | Self::AlwaysDenied { rule, .. } | Self::NoPartialForm { rule, .. } => {
                Some(rule.line)
            }
            Self::Unseen { .. } => None,
        }
    }
}

impl Policy {
    /// Rules that cannot be meant so.
    pub fn lints(&self) -> Vec<PolicyLint> {
        let mut found = Vec::new();
        for rule in &self.access.rules {
            if rule.when.is_some_and(|w| self.access.conditions[w].never_holds()) {
                found.push(PolicyLint::NeverHolds(reference(rule)));
            }
            if let Some(by) = self.access.rules.iter().find(|deny| self.always_denies(deny, rule)) {
                found.push(PolicyLint::AlwaysDenied {
                    rule: reference(rule),
                    by: reference(by),
                });
            }
            found.extend(self.no_partial_form(rule));
        }
        found.extend(self.unseen());
        found
    }

    /// Whether `deny` takes away all that `rule` allows.
    fn always_denies(&self, deny: &Rule, rule: &Rule) -> bool {
        rule.effect == Effect::Allow
            && deny.effect == Effect::Deny
            && deny.when.is_none()
            && deny.action == rule.action
            && self.role_includes(&rule.role, &deny.role)
            && match (self.classes.by_name(&rule.object), self.classes.by_name(&deny.object)) {
                (Some(class), Some(above)) => self.classes.is_within(class, above),
                _ => rule.object == deny.object,
            }
    }

    /// Whether `role` is `other` or belongs to it.
    fn role_includes(&self, role: &str, other: &str) -> bool {
        let mut reached = vec![role];
        let mut next = 0;
        while let Some(name) = reached.get(next).copied() {
            next += 1;
            let up = self
                .access
                .roles
                .iter()
                .filter(|l| l.member == name)
                .map(|l| l.group.as_str());
            let new: Vec<&str> = up.filter(|g| !reached.contains(g)).collect();
            reached.extend(new);
        }
        reached.contains(&other)
    }

    fn no_partial_form(&self, rule: &Rule) -> Option<PolicyLint> {
        let partial = [Action::See(Rendering::Partial), Action::ExportAs(Rendering::Partial)];
        let class = self.classes.by_name(&rule.object)?;
        let formless = partial.contains(&rule.action)
            && !self.classes.class(class).is_abstract()
            && self.classes.spec(class).partial == PartialForm::None;
        formless.then(|| PolicyLint::NoPartialForm {
            rule: reference(rule),
            class: rule.object.clone(),
        })
    }

    fn unseen(&self) -> Vec<PolicyLint> {
        let sees = |rule: &&Rule| rule.effect == Effect::Allow && matches!(rule.action, Action::See(_));
        let shown: Vec<ClassId> = self
            .access
            .rules
            .iter()
            .filter(sees)
            .filter_map(|r| self.classes.by_name(&r.object))
            .collect();
        let seen = |class: ClassId| shown.iter().any(|above| self.classes.is_within(class, *above));
        let unseen = concrete(&self.classes).filter(|class| !seen(*class));
        unseen
            .map(|class| PolicyLint::Unseen {
                class: self.classes.name(class).to_owned(),
            })
            .collect()
    }
}

fn concrete(classes: &DataClasses) -> impl Iterator<Item = ClassId> {
    classes.ids().filter(|id| !classes.class(*id).is_abstract())
}

fn reference(rule: &Rule) -> RuleRef {
    RuleRef {
        line: rule.line,
        text: rule.text.clone(),
    }
}
