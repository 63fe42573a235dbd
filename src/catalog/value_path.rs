//! Places in a request's JSON body: `$.method`, `$.params[1]`, `$.filters[*].value`, `$['odd key']`.

use serde_json::Value;

use super::error::RuleFault;

/// A place, or several, in a JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValuePath {
    source: String,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
    Each,
}

impl ValuePath {
    /// Reads a path.
    pub fn parse(text: &str) -> Result<Self, RuleFault> {
        let fault = |reason| RuleFault::ValuePath {
            path: text.to_owned(),
            reason,
        };
        let mut rest = text.strip_prefix('$').ok_or_else(|| fault("it begins with `$`"))?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = step(rest).map_err(fault)?;
            steps.push(step);
            rest = after;
        }
        Ok(Self {
            source: text.to_owned(),
            steps,
        })
    }

    /// The text it was read from.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// The values at this place; none if the body has no such place.
    pub fn select<'a>(&self, body: &'a Value) -> Vec<&'a Value> {
        let mut found = vec![body];
        for step in &self.steps {
            found = found.into_iter().flat_map(|v| step.into(v)).collect();
        }
        found
    }

    /// Takes away what stands at this place.
    pub fn remove(&self, body: &mut Value) {
        if let Some((last, before)) = self.steps.split_last() {
            remove(body, before, last);
        }
    }
}

impl Step {
    fn into<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        match (self, value) {
            (Self::Key(k), Value::Object(map)) => map.get(k).into_iter().collect(),
            (Self::Index(i), Value::Array(list)) => list.get(*i).into_iter().collect(),
            (Self::Each, Value::Array(list)) => list.iter().collect(),
            (Self::Each, Value::Object(map)) => map.values().collect(),
            _ => Vec::new(),
        }
    }
}

fn remove(value: &mut Value, before: &[Step], last: &Step) {
    let Some((first, rest)) = before.split_first() else {
        match (last, value) {
            (Step::Key(k), Value::Object(map)) => drop(map.remove(k)),
            (Step::Index(i), Value::Array(list)) if *i < list.len() => list[*i] = Value::Null,
            (Step::Each, Value::Array(list)) => list.clear(),
            (Step::Each, Value::Object(map)) => map.clear(),
            _ => {}
        }
        return;
    };
    match (first, value) {
        (Step::Key(k), Value::Object(map)) => map.get_mut(k).into_iter().for_each(|v| remove(v, rest, last)),
        (Step::Index(i), Value::Array(list)) => list.get_mut(*i).into_iter().for_each(|v| remove(v, rest, last)),
        (Step::Each, Value::Array(list)) => list.iter_mut().for_each(|v| remove(v, rest, last)),
        (Step::Each, Value::Object(map)) => map.values_mut().for_each(|v| remove(v, rest, last)),
        _ => {}
    }
}

/// Reads one step and says what is left.
fn step(text: &str) -> Result<(Step, &str), &'static str> {
    if let Some(rest) = text.strip_prefix('.') {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        return match &rest[..end] {
            "" => Err("a key is missing after `.`"),
            "*" => Ok((Step::Each, &rest[end..])),
            key => Ok((Step::Key(key.to_owned()), &rest[end..])),
        };
    }
    let rest = text
        .strip_prefix('[')
        .ok_or("a step is `.key`, `[0]`, `[*]` or `['key']`")?;
    if let Some(quoted) = rest.strip_prefix('\'') {
        let end = quoted.find("']").ok_or("a quoted key does not end")?;
        return Ok((Step::Key(quoted[..end].to_owned()), &quoted[end + 2..]));
    }
    let end = rest.find(']').ok_or("a `[` has no `]`")?;
    let step = match &rest[..end] {
        "*" => Step::Each,
        number => Step::Index(number.parse().map_err(|_| "an index is a number or `*`")?),
    };
    Ok((step, &rest[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn places_are_found() {
        let body = json!({"method": "m", "params": [1, ["a", "b"]], "odd.key": {"x": 2}});
        for (path, expected) in [
            ("$.method", vec![json!("m")]),
            ("$.params[1]", vec![json!(["a", "b"])]),
            ("$.params[1][*]", vec![json!("a"), json!("b")]),
            ("$['odd.key'].x", vec![json!(2)]),
            ("$.params[7]", vec![]),
            ("$.method.x", vec![]),
        ] {
            let found: Vec<Value> = ValuePath::parse(path)
                .unwrap()
                .select(&body)
                .into_iter()
                .cloned()
                .collect();
            assert_eq!(found, expected, "{path}");
        }
    }

    #[test]
    fn places_are_taken_away() {
        let mut body = json!({"id": 7, "a": [{"t": 1, "k": 2}, {"t": 3}]});
        ValuePath::parse("$.id").unwrap().remove(&mut body);
        ValuePath::parse("$.a[*].t").unwrap().remove(&mut body);
        assert_eq!(body, json!({"a": [{"k": 2}, {}]}));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["", "method", "$method", "$.", "$[", "$[x]", "$['a]", "$..a"] {
            assert!(ValuePath::parse(text).is_err(), "{text}");
        }
    }
}
