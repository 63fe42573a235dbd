//! The originals that must not come through, and where to look for them.

use base64::Engine as _;
use percent_encoding::percent_decode;
use regex::Regex;
use serde_json::{Value, json};

use crate::server::Tryton;

/// Shorter texts could stand in an answer by chance.
const SHORTEST: usize = 3;

/// Names, numbers and addresses of all parties.
pub struct Originals(Regex);

impl Originals {
    /// Asks the CRM itself.
    pub async fn of(tryton: &Tryton) -> Self {
        let fields = json!([
            "name",
            "mobile",
            "email",
            "identifiers.code",
            "contact_mechanisms.value",
            "addresses.street"
        ]);
        let answer = tryton
            .rpc("model.party.party.search_read", json!([[], 0, null, null, fields, {}]))
            .await;
        let parties = answer["result"].as_array().expect("parties");
        assert!(parties.len() >= 300, "the database is not filled");
        let mut all = Vec::new();
        for party in parties {
            for name in ["name", "mobile", "email"] {
                add(&mut all, &party[name]);
            }
            for (list, name) in [
                ("identifiers.", "code"),
                ("contact_mechanisms.", "value"),
                ("addresses.", "street"),
            ] {
                party[list]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .for_each(|related| add(&mut all, &related[name]));
            }
        }
        all.sort();
        all.dedup();
        assert!(all.len() > 1_200, "too few originals to look for");
        // The longest first: of two that begin alike, either would do, but one search finds them all.
        all.sort_by_key(|original| std::cmp::Reverse(original.len()));
        let any = all
            .iter()
            .map(|original| regex::escape(original))
            .collect::<Vec<_>>()
            .join("|");
        let search = Regex::new(&any).unwrap();
        // A search that finds nothing in the unmasked answer would prove nothing.
        assert!(search.find_iter(&answer.to_string()).count() >= 1_200);
        Self(search)
    }

    /// Fails if an original stands in the answer, also after undoing `\u`, percent and base64. Never prints one.
    pub fn assert_absent(&self, what: &str, head: &str, body: &[u8]) {
        let raw = format!("{head}\n{}", String::from_utf8_lossy(body));
        let mut readings = vec![("as it is", raw.clone()), ("without \\u", without_escapes(&raw))];
        readings.push((
            "percent-decoded",
            percent_decode(raw.as_bytes()).decode_utf8_lossy().into_owned(),
        ));
        readings.push(("base64-decoded", without_base64(&raw)));
        for (reading, text) in readings {
            let found = self.0.find_iter(&text).count();
            assert_eq!(found, 0, "{what}, {reading}: {found} originals came through");
        }
    }
}

/// A value, and if it is a number in some spelling also its bare digits.
fn add(all: &mut Vec<String>, value: &Value) {
    let Some(text) = value.as_str().filter(|t| t.chars().count() >= SHORTEST) else {
        return;
    };
    all.push(text.to_owned());
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= 11 && !text.contains('@') {
        all.push(digits[digits.len() - 11..].to_owned());
    }
}

fn without_escapes(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\\u") {
        out.push_str(&rest[..at]);
        let code = rest
            .get(at + 2..at + 6)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok());
        match code.and_then(char::from_u32) {
            Some(character) => out.push(character),
            None => out.push('?'),
        }
        rest = rest.get(at + 6..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Every run that could be base64, decoded.
fn without_base64(text: &str) -> String {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_');
    let runs = text.split(|c| !is_base64(c)).filter(|run| run.len() >= 12);
    let engine = |run: &str| {
        let standard = run.replace('-', "+").replace('_', "/");
        base64::engine::general_purpose::STANDARD_NO_PAD.decode(standard)
    };
    runs.filter_map(|run| engine(run).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect::<Vec<_>>()
        .join("\n")
}
