//! [`Policy`]: one snapshot of the rules, asked once for each set of roles and circumstances.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::access::{Access, inherent_links};
use super::action::{Action, EXPORTS};
use super::cache::{Bounded, Circumstance};
use super::condition::Circumstances;
use super::decision::{Decision, DenyReason, Permit, Release, SnapshotId};
use super::engine::{Engine, EngineFailed, Rows};
use super::error::{PolicyError, PolicyFile};
use super::rendered::{Rendered, render};
use crate::catalog::{DataClasses, Protect, RouteKey, RouteMatch, SurrogateCiphers};
use crate::mask::{MaskPlan, PlanBuilder, Rendering};
use crate::subject::{ANONYMOUS, Environment, Subject};

/// What a snapshot is made from.
#[derive(Debug)]
pub struct PolicySources<'a> {
    /// The text of `model.conf`.
    pub model: &'a str,
    /// The text of `access.csv`.
    pub access: &'a str,
    /// The data classes.
    pub classes: Arc<DataClasses>,
    /// Their surrogate ciphers.
    pub ciphers: SurrogateCiphers,
    /// In which `hours()` and `weekdays()` are meant.
    pub time_zone: TimeZone,
    /// The id of all policy files together.
    pub snapshot: SnapshotId,
}

/// Which renderings a plan is built from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Purpose {
    See,
    Export,
}

/// One snapshot of the rules.
#[derive(Debug)]
pub struct Policy {
    pub(super) access: Access,
    pub(super) classes: Arc<DataClasses>,
    pub(super) engine: Engine,
    ciphers: SurrogateCiphers,
    time_zone: TimeZone,
    snapshot: SnapshotId,
    rendered: Bounded<Circumstance, Arc<Rendered>>,
    plans: Bounded<(Circumstance, RouteKey, Purpose), Arc<MaskPlan>>,
    answers: Bounded<(Circumstance, String, String), bool>,
}

impl Policy {
    /// Reads and checks the files; all faults of a file at once.
    pub fn load(sources: PolicySources<'_>) -> Result<Self, Vec<PolicyError>> {
        let access = Access::parse(sources.access, &sources.classes)?;
        let inherent = inherent_links(&sources.classes)
            .into_iter()
            .map(|l| (l.member, l.group));
        let engine = Engine::load(sources.model, &Rows::of(&access, inherent)).map_err(|fault| {
            vec![PolicyError {
                file: PolicyFile::Model,
                line: 1,
                column: 1,
                fault,
            }]
        })?;
        Ok(Self {
            access,
            engine,
            classes: sources.classes,
            ciphers: sources.ciphers,
            time_zone: sources.time_zone,
            snapshot: sources.snapshot,
            rendered: Bounded::default(),
            plans: Bounded::default(),
            answers: Bounded::default(),
        })
    }

    /// Which files decide.
    pub fn snapshot_id(&self) -> &SnapshotId {
        &self.snapshot
    }

    /// How often casbin was asked since the snapshot was loaded.
    pub fn engine_questions(&self) -> u64 {
        self.engine.asked()
    }

    /// May this request pass, and how is its answer shown.
    pub fn decide(&self, subject: &Subject, environment: &Environment, route: &RouteMatch) -> Decision {
        if let Some(refusal) = route.refusal() {
            return Decision::Deny(DenyReason::Route(refusal));
        }
        match self.permit(subject, environment, route) {
            Ok(permit) => Decision::Permit(permit),
            Err(_) => Decision::Deny(DenyReason::PolicyFailed),
        }
    }

    fn permit(&self, subject: &Subject, environment: &Environment, route: &RouteMatch) -> Result<Permit, EngineFailed> {
        let (circumstance, rendered) = self.rendered(subject, environment)?;
        Ok(Permit {
            plan: self.plan(circumstance, route, Purpose::See, rendered.see())?,
            renderings: Arc::clone(rendered.see()),
            route: route.clone(),
            snapshot: self.snapshot.clone(),
        })
    }

    /// In which renderings an approved export of this route leaves for this requester.
    pub fn release(
        &self,
        subject: &Subject,
        environment: &Environment,
        route: &RouteMatch,
    ) -> Result<Release, DenyReason> {
        if let Some(refusal) = route.refusal() {
            return Err(DenyReason::Route(refusal));
        }
        let failed = |_| DenyReason::PolicyFailed;
        let (circumstance, rendered) = self.rendered(subject, environment).map_err(failed)?;
        let named = route.classes();
        let at_stake = self
            .classes
            .ids()
            .filter(|id| !route.unlisted_plain() || named.contains(id));
        if !at_stake.into_iter().any(|id| rendered.may_export(id)) {
            return Err(DenyReason::ExportNotAllowed);
        }
        Ok(Release {
            plan: self
                .plan(circumstance, route, Purpose::Export, rendered.export())
                .map_err(failed)?,
            renderings: Arc::clone(rendered.export()),
            snapshot: self.snapshot.clone(),
        })
    }

    /// Whether this subject may vote on exports at this level.
    pub fn may_approve(&self, subject: &Subject, environment: &Environment, level: &str) -> bool {
        self.may(
            subject,
            environment,
            &Action::Approve(level.to_owned()).to_string(),
            EXPORTS,
        )
    }

    /// Whether this subject may do this; `false` on any failure.
    pub fn may(&self, subject: &Subject, environment: &Environment, action: &str, object: &str) -> bool {
        let circumstance = self.circumstance(subject, environment);
        let key = (circumstance, object.to_owned(), action.to_owned());
        let answer = self.answers.get_or_try(key, |(circumstance, object, action)| {
            self.ask(circumstance, |round| Ok(round.ask(object, action)?.allowed))
        });
        answer.unwrap_or(false)
    }

    /// How this subject is shown each class, by class index.
    pub fn renderings(&self, subject: &Subject, environment: &Environment) -> Result<Arc<[Rendering]>, DenyReason> {
        let (_, rendered) = self
            .rendered(subject, environment)
            .map_err(|_| DenyReason::PolicyFailed)?;
        Ok(Arc::clone(rendered.see()))
    }

    /// The roles that may do this when every condition holds; for chains and lints.
    pub fn roles_that_may(&self, action: &str, object: &str) -> Vec<String> {
        let may = |role: &str| {
            let asked = self.engine.round(
                &[role],
                |_| true,
                self.access.conditions.len(),
                |r| r.ask(object, action),
            );
            asked.is_ok_and(|answer| answer.allowed)
        };
        let names = self.access.role_names().into_iter();
        names.filter(|role| may(role)).map(str::to_owned).collect()
    }

    /// The roles that exist.
    pub fn roles(&self) -> Vec<&str> {
        self.access.role_names()
    }

    pub(super) fn rendered(
        &self,
        subject: &Subject,
        environment: &Environment,
    ) -> Result<(Circumstance, Arc<Rendered>), EngineFailed> {
        let circumstance = self.circumstance(subject, environment);
        let rendered = self.rendered.get_or_try(circumstance.clone(), |key| {
            self.ask(key, |round| render(round, &self.classes)).map(Arc::new)
        })?;
        Ok((circumstance, rendered))
    }

    fn ask<T>(
        &self,
        circumstance: &Circumstance,
        ask: impl FnOnce(&super::engine::Round<'_>) -> Result<T, EngineFailed>,
    ) -> Result<T, EngineFailed> {
        let roles = self.known_roles(circumstance);
        self.engine
            .round(&roles, |i| circumstance.holds(i), self.access.conditions.len(), ask)
    }

    /// Roles that no row declares say nothing; who has no other is nobody.
    fn known_roles<'a>(&self, circumstance: &'a Circumstance) -> Vec<&'a str> {
        let known = self.access.role_names();
        let mut roles: Vec<&str> = circumstance
            .roles
            .iter()
            .map(|r| r.as_str())
            .filter(|r| known.contains(r))
            .collect();
        if roles.is_empty() {
            roles.push(ANONYMOUS);
        }
        roles
    }

    fn circumstance(&self, subject: &Subject, environment: &Environment) -> Circumstance {
        let now = Circumstances::new(subject, environment, &self.time_zone);
        let conditions = self.access.conditions.iter().enumerate();
        let bits = conditions.fold(0u128, |bits, (i, c)| bits | u128::from(c.holds(&now)) << i);
        Circumstance {
            roles: subject.shared_roles(),
            bits,
        }
    }

    fn plan(
        &self,
        circumstance: Circumstance,
        route: &RouteMatch,
        purpose: Purpose,
        renderings: &Arc<[Rendering]>,
    ) -> Result<Arc<MaskPlan>, EngineFailed> {
        let key = (circumstance, route.key(), purpose);
        self.plans
            .get_or_try(key, |_| self.build(route, renderings).map(Arc::new))
    }

    fn build(&self, route: &RouteMatch, renderings: &[Rendering]) -> Result<MaskPlan, EngineFailed> {
        let open = vec![Rendering::Clear; self.classes.len()];
        let renderings = if route.protect() == Protect::Open {
            &open
        } else {
            renderings
        };
        let maskers = self.classes.maskers(renderings, &self.ciphers);
        let mut builder = PlanBuilder::new(maskers, self.classes.names(), self.classes.detectors());
        for (path, class) in route.fields() {
            builder.field(path, *class);
        }
        if let Some(records) = route.records() {
            builder.records(records);
        }
        if route.unlisted_plain() {
            builder.unlisted_plain();
        }
        builder.build().map_err(|_| EngineFailed)
    }
}

#[cfg(test)]
mod tests;
