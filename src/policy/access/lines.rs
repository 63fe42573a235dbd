//! Lines and columns of `access.csv`, and what stands in them by itself.

use super::super::action::Action;
use super::super::condition::{Condition, MAX_CONDITIONS};
use super::super::error::{PolicyError, PolicyFault};
use super::{Access, Effect, Link, Rule, fault};
use crate::catalog::nearest;

const RULE_SHAPE: &str = "p, role, class, action, allow or deny, and perhaps a condition";
const LINK_SHAPE: &str = "member, group";

/// Columns (from 1) of role and object of each rule, and of both ends of each link, for faults found later.
#[derive(Default)]
pub(super) struct Places {
    pub rules: Vec<(usize, usize, usize)>,
    pub roles: Vec<(usize, usize)>,
    pub classes: Vec<(usize, usize)>,
}

#[derive(Default)]
pub(super) struct Reading {
    pub access: Access,
    pub faults: Vec<PolicyError>,
    pub places: Places,
}

/// A column: where it begins (from 1, in characters) and its text.
struct Column {
    at: usize,
    text: String,
}

impl Reading {
    pub(super) fn line(&mut self, line: usize, text: &str) {
        if text.trim().is_empty() || text.trim_start().starts_with('#') {
            return;
        }
        let read = columns(text)
            .map_err(|at| (at, PolicyFault::Quote))
            .and_then(|columns| match columns[0].text.as_str() {
                "p" => self.rule(line, text, &columns),
                "g" => link(line, "g", &columns).map(|l| {
                    self.access.roles.push(l);
                    self.places.roles.push((columns[1].at, columns[2].at));
                }),
                "g2" => link(line, "g2", &columns).map(|l| {
                    self.access.classes.push(l);
                    self.places.classes.push((columns[1].at, columns[2].at));
                }),
                other => Err((
                    columns[0].at,
                    PolicyFault::Kind {
                        found: other.to_owned(),
                    },
                )),
            });
        if let Err((at, what)) = read {
            self.faults.push(fault(line, at, what));
        }
    }

    fn rule(&mut self, line: usize, text: &str, columns: &[Column]) -> Result<(), (usize, PolicyFault)> {
        let [_, role, object, action, effect, when @ ..] = columns else {
            return Err(wrong_count("p", "5 or 6", columns, RULE_SHAPE));
        };
        if when.len() > 1 {
            return Err(wrong_count("p", "5 or 6", columns, RULE_SHAPE));
        }
        let effect = match effect.text.as_str() {
            "allow" => Effect::Allow,
            "deny" => Effect::Deny,
            other => {
                return Err((
                    effect.at,
                    PolicyFault::Effect {
                        found: other.to_owned(),
                    },
                ));
            }
        };
        let rule = Rule {
            line,
            text: text.trim().to_owned(),
            role: role.text.clone(),
            object: object.text.clone(),
            action: read_action(action)?,
            effect,
            when: when.first().map_or(Ok(None), |c| self.condition(c))?,
        };
        if let Some(first) = self.access.rules.iter().find(|r| is_same(r, &rule)) {
            return Err((columns[0].at, PolicyFault::Twice { first: first.line }));
        }
        self.access.rules.push(rule);
        self.places.rules.push((role.at, object.at, action.at));
        Ok(())
    }

    fn condition(&mut self, column: &Column) -> Result<Option<usize>, (usize, PolicyFault)> {
        if column.text.is_empty() {
            return Ok(None);
        }
        let condition = Condition::parse(&column.text).map_err(|(at, fault)| (column.at + at, fault.into()))?;
        if let Some(known) = self.access.conditions.iter().position(|c| *c == condition) {
            return Ok(Some(known));
        }
        if self.access.conditions.len() == MAX_CONDITIONS {
            let limit = MAX_CONDITIONS;
            return Err((column.at, PolicyFault::TooManyConditions { limit }));
        }
        self.access.conditions.push(condition);
        Ok(Some(self.access.conditions.len() - 1))
    }
}

fn is_same(a: &Rule, b: &Rule) -> bool {
    (&a.role, &a.object, &a.action, a.effect, a.when) == (&b.role, &b.object, &b.action, b.effect, b.when)
}

fn read_action(column: &Column) -> Result<Action, (usize, PolicyFault)> {
    Action::parse(&column.text).ok_or_else(|| {
        let known = Action::known();
        let fault = PolicyFault::Action {
            found: column.text.clone(),
            suggestion: nearest(&column.text, known.iter().map(String::as_str)).map(str::to_owned),
        };
        (column.at, fault)
    })
}

fn link(line: usize, kind: &'static str, columns: &[Column]) -> Result<Link, (usize, PolicyFault)> {
    let [_, member, group] = columns else {
        return Err(wrong_count(kind, "3", columns, LINK_SHAPE));
    };
    for name in [member, group] {
        let plain = !name.text.is_empty() && name.text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        if !plain {
            let found = name.text.clone();
            return Err((name.at, PolicyFault::Name { found }));
        }
    }
    Ok(Link {
        line,
        member: member.text.clone(),
        group: group.text.clone(),
    })
}

fn wrong_count(
    kind: &'static str,
    expected: &'static str,
    columns: &[Column],
    shape: &'static str,
) -> (usize, PolicyFault) {
    let fault = PolicyFault::Columns {
        kind,
        expected,
        found: columns.len(),
        shape,
    };
    (columns[0].at, fault)
}

/// Splits a line at commas that stand neither in quotes nor in brackets, so that a condition need not be quoted.
/// An error is the column of a quote that does not end.
fn columns(line: &str) -> Result<Vec<Column>, usize> {
    let mut columns = Vec::new();
    let (mut start, mut depth, mut quoted) = (0, 0usize, None);
    let characters: Vec<char> = line.chars().collect();
    for (i, c) in characters.iter().enumerate() {
        match c {
            '"' => quoted = if quoted.is_some() { None } else { Some(i) },
            _ if quoted.is_some() => {}
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                columns.push(column(&characters, start, i)?);
                start = i + 1;
            }
            _ => {}
        }
    }
    if let Some(at) = quoted {
        return Err(at + 1);
    }
    columns.push(column(&characters, start, characters.len())?);
    Ok(columns)
}

fn column(line: &[char], start: usize, end: usize) -> Result<Column, usize> {
    let lead = line[start..end].iter().take_while(|c| c.is_whitespace()).count();
    let text: String = line[start..end].iter().collect();
    let text = text.trim();
    let at = start + lead + 1;
    match text.strip_prefix('"') {
        None if text.contains('"') => Err(at),
        None => Ok(Column {
            at,
            text: text.to_owned(),
        }),
        Some(rest) => match rest.strip_suffix('"') {
            Some(inner) if !inner.replace("\"\"", "").contains('"') => Ok(Column {
                at: at + 1,
                text: inner.replace("\"\"", "\""),
            }),
            _ => Err(at),
        },
    }
}
