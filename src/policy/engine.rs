//! casbin behind one question: may these roles do this, and which rows say so. The only file that names casbin.
//!
//! The known traps of casbin-rs 2.20 are designed out: rows are checked before they come here and never pass its CSV reader; roles and classes
//! share one graph in it, so their names carry a kind; a panic and an error are a "no"; a model is put to the test before it is used.

mod effect;
mod promises;

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use casbin::function_map::OperatorFunction;
use casbin::{CoreApi, DefaultModel, Enforcer, Model, NullAdapter};
use parking_lot::Mutex;

use self::effect::{Decided, Decider};
use super::access::{Access, Effect};
use super::error::PolicyFault;

/// One rule as casbin gets it.
pub(super) struct Row {
    pub role: String,
    pub object: String,
    pub action: String,
    pub effect: Effect,
    /// Index of its condition; `None` always holds.
    pub when: Option<usize>,
}

/// All that casbin decides on.
#[derive(Default)]
pub(super) struct Rows {
    pub rules: Vec<Row>,
    /// (member, group)
    pub roles: Vec<(String, String)>,
    pub classes: Vec<(String, String)>,
}

impl Rows {
    pub(super) fn of(access: &Access, inherent: impl IntoIterator<Item = (String, String)>) -> Self {
        let rule = |r: &super::access::Rule| Row {
            role: r.role.clone(),
            object: r.object.clone(),
            action: r.action.to_string(),
            effect: r.effect,
            when: r.when,
        };
        let pair = |l: &super::access::Link| (l.member.clone(), l.group.clone());
        Self {
            rules: access.rules.iter().map(rule).collect(),
            roles: access.roles.iter().map(pair).collect(),
            classes: access.classes.iter().map(pair).chain(inherent).collect(),
        }
    }
}

/// What casbin answers: whether, and the rules (by index) that decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub allowed: bool,
    pub rules: Vec<usize>,
}

/// casbin failed or panicked.
#[derive(Clone, Copy, Debug)]
pub(super) struct EngineFailed;

/// One immutable casbin enforcer.
pub(super) struct Engine {
    /// Asking ties the subject's roles together in casbin's role graph for a moment: one at a time. Answers are cached above.
    enforcer: Mutex<Enforcer>,
    /// Which rules decided the question that was asked last.
    decided: Arc<Decided>,
    asked: AtomicU64,
}

/// The subject of each question: it belongs to all roles of the asker, so that a deny of one of them counts against all.
const ASKER: &str = "subject:asker";

impl Engine {
    /// Loads a model and rows, and puts the model to the test.
    pub(super) fn load(model: &str, rows: &Rows) -> Result<Self, PolicyFault> {
        promises::check(model)?;
        Self::build(model, rows)
    }

    fn build(model: &str, rows: &Rows) -> Result<Self, PolicyFault> {
        let decided = Arc::new(Decided::default());
        let built = catch_unwind(AssertUnwindSafe(|| enforcer(model, rows, Arc::clone(&decided))));
        let enforcer = built.unwrap_or_else(|_| Err("casbin panicked".to_owned()));
        Ok(Self {
            enforcer: Mutex::new(enforcer.map_err(|reason| PolicyFault::Model { reason })?),
            decided,
            asked: AtomicU64::new(0),
        })
    }

    /// How often casbin has been asked.
    pub(super) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// Opens a round of questions for one set of roles. `holds` has one truth for each condition.
    pub(super) fn round<T>(
        &self,
        roles: &[&str],
        holds: impl Fn(usize) -> bool,
        conditions: usize,
        ask: impl FnOnce(&Round<'_>) -> Result<T, EngineFailed>,
    ) -> Result<T, EngineFailed> {
        let enforcer = self.enforcer.lock();
        let environment = (0..conditions).map(|i| if holds(i) { '1' } else { '0' }).collect();
        let round = Round {
            enforcer: &enforcer,
            decided: &self.decided,
            asked: &self.asked,
            environment,
        };
        let ties = Ties::tie(&enforcer, roles);
        let answer = catch_unwind(AssertUnwindSafe(|| ask(&round))).unwrap_or(Err(EngineFailed));
        drop(ties);
        answer
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("asked", &self.asked()).finish()
    }
}

/// A round of questions for one set of roles in one set of circumstances.
pub(super) struct Round<'a> {
    enforcer: &'a Enforcer,
    decided: &'a Decided,
    asked: &'a AtomicU64,
    environment: String,
}

impl Round<'_> {
    /// May they do this, and which rules say so.
    pub(super) fn ask(&self, object: &str, action: &str) -> Result<Answer, EngineFailed> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let object = format!("object:{object}");
        let question = (ASKER, object.as_str(), action, self.environment.as_str());
        let allowed = self.enforcer.enforce(question).map_err(|_| EngineFailed)?;
        let rules = self.decided.take();
        // INVARIANT: what no rule allows is not allowed, whatever casbin says of it.
        Ok(Answer {
            allowed: allowed && !rules.is_empty(),
            rules,
        })
    }
}

/// The ties between the asker and its roles; gone when dropped.
struct Ties<'a> {
    enforcer: &'a Enforcer,
    roles: Vec<String>,
}

impl<'a> Ties<'a> {
    fn tie(enforcer: &'a Enforcer, roles: &[&str]) -> Self {
        let roles: Vec<String> = roles.iter().map(|r| format!("role:{r}")).collect();
        let graph = enforcer.get_role_manager();
        for role in &roles {
            graph.write().add_link(ASKER, role, None);
        }
        Self { enforcer, roles }
    }
}

impl Drop for Ties<'_> {
    fn drop(&mut self) {
        let graph = self.enforcer.get_role_manager();
        for role in &self.roles {
            // INVARIANT: the link was made by `tie`, so there is nothing that could fail.
            let _ = graph.write().delete_link(ASKER, role, None);
        }
    }
}

fn enforcer(model: &str, rows: &Rows, decided: Arc<Decided>) -> Result<Enforcer, String> {
    let mut model = ready(DefaultModel::from_str(model))?;
    for row in &rows.rules {
        let effect = match row.effect {
            Effect::Allow => "allow",
            Effect::Deny => "deny",
        };
        let when = row.when.map(|w| w.to_string()).unwrap_or_default();
        let columns = [
            format!("role:{}", row.role),
            format!("object:{}", row.object),
            row.action.clone(),
            effect.to_owned(),
            when,
        ];
        // INVARIANT: no row stands twice (the reader sees to it), so that casbin's rows and ours have the same numbers.
        if !model.add_policy("p", "p", columns.to_vec()) {
            return Err("it has no policy definition `p`, or a row stands twice".to_owned());
        }
    }
    for (kind, prefix, links) in [("g", "role", &rows.roles), ("g2", "object", &rows.classes)] {
        for (member, group) in links {
            // A link may stand in both the file of classes and a `g2` row: casbin says `false` then as well, so only the definition is checked.
            let known = model.get_model().get("g").is_some_and(|g| g.contains_key(kind));
            if !known {
                return Err(format!("it has no role definition `{kind}`"));
            }
            model.add_policy(
                "g",
                kind,
                vec![format!("{prefix}:{member}"), format!("{prefix}:{group}")],
            );
        }
    }
    let mut enforcer = ready(Enforcer::new_raw(model, NullAdapter))?;
    enforcer.set_effector(Box::new(Decider(decided)));
    enforcer.add_function(
        "holds",
        OperatorFunction::Arg2(|environment, when| {
            let (environment, when) = (environment.to_string(), when.to_string());
            let holds = when.is_empty()
                || when
                    .parse::<usize>()
                    .is_ok_and(|i| environment.as_bytes().get(i) == Some(&b'1'));
            holds.into()
        }),
    );
    enforcer.build_role_links().map_err(|e| e.to_string())?;
    Ok(enforcer)
}

/// The result of a casbin future. Over texts in memory they are ready at once: there is nothing to wait for, and this room does not wait.
fn ready<T>(future: impl Future<Output = casbin::Result<T>>) -> Result<T, String> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result.map_err(|e| e.to_string()),
        Poll::Pending => Err("casbin waits for something".to_owned()),
    }
}
