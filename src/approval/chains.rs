//! All chains, and which one an export needs.

use std::net::IpAddr;

use ipnet::IpNet;

use super::rows::RowRange;
use super::{Chain, Shortfall};
use crate::mask::Rendering;
use crate::subject::{Role, SubjectId};

/// One data class of an export.
#[derive(Clone, Copy, Debug)]
pub struct ClassFact<'a> {
    /// Its name.
    pub class: &'a str,
    /// The names of its ancestors.
    pub ancestors: &'a [&'a str],
    /// How its values would be shown.
    pub rendering: Rendering,
}

/// What is known of an export when its chain is chosen.
#[derive(Clone, Copy, Debug)]
pub struct ExportFacts<'a> {
    /// The catalog's name of the route.
    pub route: &'a str,
    /// The data classes in the answer.
    pub classes: &'a [ClassFact<'a>],
    /// Rows; `None` if they could not be counted, which is taken for very many.
    pub rows: Option<u64>,
    /// The requester's roles.
    pub roles: &'a [Role],
    /// Where it would go: the network address it is asked from. `None` lies outside every network.
    pub destination: Option<IpAddr>,
}

/// No chain speaks of the export: it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no approval chain speaks of this export, so it is refused")]
pub struct NoChain;

/// When a chain applies: every condition that is there has to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Condition {
    pub routes: Vec<String>,
    pub classes: Vec<String>,
    pub renderings: Vec<Rendering>,
    pub rows: Option<RowRange>,
    pub roles: Vec<String>,
    pub inside: Vec<IpNet>,
    pub outside: Vec<IpNet>,
}

impl Condition {
    fn holds(&self, facts: &ExportFacts<'_>) -> bool {
        self.route_holds(facts)
            && self.class_holds(facts)
            && self.rows.is_none_or(|rows| rows.contains(facts.rows))
            && (self.roles.is_empty()
                || facts
                    .roles
                    .iter()
                    .any(|role| self.roles.iter().any(|r| r == role.as_str())))
            && self.destination_holds(facts.destination)
    }

    fn route_holds(&self, facts: &ExportFacts<'_>) -> bool {
        self.routes.is_empty() || self.routes.iter().any(|route| route == facts.route)
    }

    /// One and the same class has to be one of the named ones (or below one) and be shown in one of the named renderings.
    fn class_holds(&self, facts: &ExportFacts<'_>) -> bool {
        if self.classes.is_empty() && self.renderings.is_empty() {
            return true;
        }
        facts.classes.iter().any(|fact| {
            let named = self.classes.is_empty()
                || self
                    .classes
                    .iter()
                    .any(|class| class == fact.class || fact.ancestors.contains(&class.as_str()));
            named && (self.renderings.is_empty() || self.renderings.contains(&fact.rendering))
        })
    }

    fn destination_holds(&self, destination: Option<IpAddr>) -> bool {
        let within = |networks: &[IpNet]| {
            destination.is_some_and(|address| networks.iter().any(|network| network.contains(&address.to_canonical())))
        };
        (self.inside.is_empty() || within(&self.inside)) && (self.outside.is_empty() || !within(&self.outside))
    }
}

/// A chain and when it applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub when: Condition,
    pub chain: Chain,
}

/// What a chain speaks of, so that `config` can ask whether it exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MentionKind {
    /// A data class.
    Class,
    /// A role.
    Role,
    /// A level: somebody needs `approve:NAME`.
    Level,
    /// A route of the catalog.
    Route,
}

/// A name that `approvals.yaml` uses and another file defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The key path, such as `chains[0].when.classes[1]`.
    pub at: String,
    /// What it is.
    pub kind: MentionKind,
    /// The name.
    pub name: String,
}

/// The chains of `approvals.yaml`, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chains {
    pub(super) entries: Vec<Entry>,
}

impl Chains {
    /// The chain an export needs: the first that applies. None is no clearance but a refusal.
    pub fn select(&self, facts: &ExportFacts<'_>) -> Result<&Chain, NoChain> {
        self.entries
            .iter()
            .find(|entry| entry.when.holds(facts))
            .map(|entry| &entry.chain)
            .ok_or(NoChain)
    }

    /// All chains, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Chain> {
        self.entries.iter().map(|entry| &entry.chain)
    }

    /// Whether there is none: then every export is refused.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Fills in which roles may fill each level, for people to read.
    pub fn with_approvers(mut self, approvers: impl Fn(&str) -> Vec<String>) -> Self {
        for level in self.entries.iter_mut().flat_map(|entry| &mut entry.chain.levels) {
            level.approvers = approvers(&level.name);
        }
        self
    }

    /// Every name that another file has to define.
    pub fn mentions(&self) -> Vec<Mention> {
        let mut mentions = Vec::new();
        for (index, Entry { when, chain }) in self.entries.iter().enumerate() {
            let mut list = |key: &str, kind, names: &[String]| {
                mentions.extend(names.iter().enumerate().map(|(nth, name)| Mention {
                    at: format!("chains[{index}].when.{key}[{nth}]"),
                    kind,
                    name: name.clone(),
                }));
            };
            list("routes", MentionKind::Route, &when.routes);
            list("classes", MentionKind::Class, &when.classes);
            list("roles", MentionKind::Role, &when.roles);
            mentions.extend(chain.levels.iter().enumerate().map(|(nth, level)| Mention {
                at: format!("chains[{index}].levels[{nth}].level"),
                kind: MentionKind::Level,
                name: level.name.clone(),
            }));
        }
        mentions
    }

    /// The chains that can never be chosen, because an earlier one applies to everything: index and name.
    pub fn unreachable(&self) -> Vec<(usize, &str)> {
        let open = self.entries.iter().position(|entry| entry.when == Condition::default());
        let first = open.map_or(self.entries.len(), |open| open + 1);
        self.entries
            .iter()
            .enumerate()
            .skip(first)
            .map(|(index, entry)| (index, entry.chain.name.as_str()))
            .collect()
    }

    /// The chains that these people cannot complete for this requester; for `overcoat check`. `people` are ids with the levels each may fill.
    pub fn shortfalls(
        &self,
        people: &[(SubjectId, Vec<String>)],
        requester: Option<&SubjectId>,
    ) -> Vec<(usize, Shortfall)> {
        self.iter()
            .enumerate()
            .filter_map(|(index, chain)| chain.shortfall(people, requester).map(|short| (index, short)))
            .collect()
    }
}
