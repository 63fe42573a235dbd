//! `overcoat explain`: why each field of an answer would be shown as it is.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::asked::asked;
use super::asker::asker;
use super::cli::{DONE, ExplainArgs, fail, refuse};
use crate::catalog::{ExportRule, Lang, RouteMatch};
use crate::config::preview::chain_for;
use crate::config::{self, Snapshot};
use crate::mask::{ClassId, Rendering};
use crate::policy::{ClassExplanation, Explanation, RuleRef};
use crate::subject::{Environment, Subject};

/// Where the rules stand.
const ACCESS: &str = "access.csv";

/// Explains a request.
pub fn run(args: ExplainArgs) -> ExitCode {
    let loaded = match config::load(&args.config.config) {
        Ok(loaded) => loaded,
        Err(complaints) => return fail(complaints),
    };
    let snapshot = &loaded.snapshot;
    let (subject, environment) = match asker(&args.asker, &loaded.settings, snapshot) {
        Ok(asker) => asker,
        Err(error) => return fail(error),
    };
    let asked = match asked(&args.request) {
        Ok(asked) => asked,
        Err(error) => return fail(error),
    };
    let route = match asked.route(snapshot) {
        Ok(route) => route,
        Err(reason) => return refuse(reason),
    };
    if let Some(refusal) = route.refusal() {
        return refuse(format!("route `{}`: {refusal}", route.id()));
    }
    let explanation = match snapshot.policy.explain(&subject, &environment, &route) {
        Ok(explanation) => explanation,
        Err(reason) => return refuse(reason),
    };
    let report = report(snapshot, &subject, &environment, &route, &explanation);
    match args.json {
        true => println!("{report:#}"),
        false => print_table(&report),
    }
    ExitCode::from(DONE)
}

fn report(
    snapshot: &Snapshot,
    subject: &Subject,
    environment: &Environment,
    route: &RouteMatch,
    explanation: &Explanation,
) -> Value {
    let class = |id: ClassId| &explanation.classes[usize::from(id.0)];
    let fields: Vec<Value> = explanation
        .fields
        .iter()
        .map(|field| match field.class {
            Some(id) => line(snapshot, class(id), Some(field.path.as_str())),
            None => json!({"path": field.path.as_str(), "rendering": "clear", "why": "declared harmless by the route"}),
        })
        .collect();
    let unlisted: Vec<Value> = match route.unlisted_plain() {
        true => Vec::new(),
        false => {
            let concrete = explanation
                .classes
                .iter()
                .filter(|c| !snapshot.classes.class(c.class).is_abstract());
            concrete.map(|c| line(snapshot, c, None)).collect()
        }
    };
    json!({
        "subject": {"id": subject.id().as_str(), "roles": subject.roles()},
        "snapshot": snapshot.id.as_str(),
        "route": {"id": route.id(), "title": route.title(Lang::En), "protect": format!("{:?}", route.protect()).to_lowercase()},
        "fields": fields,
        "anywhere_else": unlisted,
        "not_now": explanation.not_now.iter().map(rule).collect::<Vec<_>>(),
        "export": export(snapshot, subject, environment, route, explanation),
    })
}

fn line(snapshot: &Snapshot, class: &ClassExplanation, path: Option<&str>) -> Value {
    let mut line = json!({
        "class": snapshot.classes.name(class.class),
        "rendering": class.rendering.as_str(),
        "decided_by": class.allowed_by.iter().map(rule).collect::<Vec<_>>(),
        "denied_by": class.denied_by.iter().map(rule).collect::<Vec<_>>(),
        "export": class.export.map_or("nothing", Rendering::as_str),
        "export_by": class.export_by.iter().map(rule).collect::<Vec<_>>(),
    });
    if let Some(path) = path {
        line["path"] = path.into();
    }
    line
}

fn rule(rule: &RuleRef) -> Value {
    json!({"at": format!("{ACCESS}:{}", rule.line), "rule": rule.text})
}

/// Whether it is an export, and the chain it would need.
fn export(
    snapshot: &Snapshot,
    subject: &Subject,
    environment: &Environment,
    route: &RouteMatch,
    explanation: &Explanation,
) -> Value {
    let (when, rows) = match route.export() {
        ExportRule::No => return json!({"when": "never"}),
        ExportRule::Always => ("always".to_owned(), None),
        ExportRule::ByAnswer { max_records } => {
            let text = format!("an attachment, a CSV file, or more than {max_records} records with sensitive values");
            (text, Some(max_records + 1))
        }
    };
    let named = route.classes();
    let released: Vec<(ClassId, Rendering)> = explanation
        .classes
        .iter()
        .filter(|c| named.is_empty() || named.contains(&c.class))
        .filter_map(|c| c.export.map(|rendering| (c.class, rendering)))
        .collect();
    if released.is_empty() {
        return json!({"when": when, "chain": null, "why": "no class of this route may be exported by these roles: refused"});
    }
    let name = chain_for(snapshot, subject, environment, route.id(), &released, rows);
    let chain = snapshot.chains.iter().find(|c| Some(&c.name) == name.as_ref());
    json!({
        "when": when,
        "chain": name,
        "levels": chain.map(|c| c.levels.iter().map(|l| json!({
            "level": l.name, "quorum": l.quorum, "approvers": l.approvers,
        })).collect::<Vec<_>>()),
    })
}

fn print_table(report: &Value) {
    let text = |v: &Value| v.as_str().unwrap_or("-").to_owned();
    println!(
        "route      {} ({}), {}",
        text(&report["route"]["id"]),
        text(&report["route"]["title"]),
        text(&report["route"]["protect"])
    );
    println!("snapshot   {}", text(&report["snapshot"]));
    print_lines("fields", &report["fields"]);
    print_lines("anywhere else, by name or detector", &report["anywhere_else"]);
    if let Some(rules) = report["not_now"].as_array().filter(|r| !r.is_empty()) {
        println!("\nrules whose condition does not hold now");
        for rule in rules {
            println!("  {}  {}", text(&rule["at"]), text(&rule["rule"]));
        }
    }
    let export = &report["export"];
    println!("\nexport     {}", text(&export["when"]));
    match (&export["chain"], &export["why"]) {
        (Value::String(name), _) => {
            println!("chain      {name}");
            for level in export["levels"].as_array().into_iter().flatten() {
                println!(
                    "  level    {} (quorum {}): {}",
                    text(&level["level"]),
                    level["quorum"],
                    level["approvers"]
                );
            }
        }
        (_, Value::String(why)) => println!("chain      {why}"),
        _ if export["when"] == "never" => {}
        _ => println!("chain      none speaks of it: refused"),
    }
}

fn print_lines(title: &str, lines: &Value) {
    let Some(lines) = lines.as_array().filter(|l| !l.is_empty()) else {
        return;
    };
    println!("\n{title}");
    for line in lines {
        let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let rules = |key: &str| {
            let all = line[key].as_array().into_iter().flatten();
            all.map(|r| {
                format!(
                    "{} `{}`",
                    r["at"].as_str().unwrap_or_default(),
                    r["rule"].as_str().unwrap_or_default()
                )
            })
            .collect::<Vec<_>>()
            .join("; ")
        };
        let why = match (rules("decided_by"), text("why")) {
            (rules, _) if !rules.is_empty() => rules,
            (_, why) if !why.is_empty() => why,
            _ => "no rule allows more".to_owned(),
        };
        println!(
            "  {:<28} {:<16} {:<12} {why}",
            text("path"),
            text("class"),
            text("rendering")
        );
        let denied = rules("denied_by");
        if !denied.is_empty() {
            println!("  {:<58} denied by {denied}", "");
        }
    }
}
