//! A model of the rewriter: recursive, in one piece, one character after another, with nothing remembered. Takes valid texts only.

use std::ops::Range;

use crate::mask::detect::Finding;
use crate::mask::masker::REDACTED_TEXT;
use crate::mask::plan::PathState;
use crate::mask::{Counter, MaskPlan, Outcome, Rendering, Tally, Told, Treatment};

#[derive(Clone, Copy)]
struct At<'a> {
    state: PathState,
    told: Told,
    /// Without guesses.
    sure: Told,
    in_record: bool,
    /// The key around.
    name: &'a str,
}

struct Model<'a> {
    plan: &'a MaskPlan,
    text: &'a str,
    at: usize,
    out: String,
    counter: Counter,
    escaped: bool,
    raw: bool,
    depth: usize,
}

/// What the rewriter has to make of a text.
pub(super) fn rewrite(plan: &MaskPlan, text: &str, many: bool) -> (String, Tally) {
    let told = Told::by_rule(plan.at(PathState::ROOT).within(plan.unlisted()));
    let root = At {
        state: PathState::ROOT,
        told,
        sure: told,
        in_record: false,
        name: "",
    };
    let mut model = Model::new(plan, text.strip_prefix('\u{FEFF}').unwrap_or(text), 4);
    if many {
        model.sequence(root);
    } else {
        let is_record = plan.names_records() && plan.is_record(PathState::ROOT);
        model.single(root, is_record);
    }
    let bom = &text[..text.len() - model.text.len()];
    (bom.to_owned() + model.out.as_str(), model.counter.finish())
}

impl<'a> Model<'a> {
    fn new(plan: &'a MaskPlan, text: &'a str, depth: usize) -> Self {
        Self {
            plan,
            text,
            at: 0,
            out: String::new(),
            counter: Counter::new(plan),
            escaped: false,
            raw: false,
            depth,
        }
    }

    fn single(&mut self, root: At<'_>, is_record: bool) {
        self.space();
        if self.peek().is_some() {
            self.value(root, is_record);
            self.space();
        }
        assert_eq!(self.at, self.text.len());
    }

    fn sequence(&mut self, root: At<'_>) {
        let mut index = 0;
        loop {
            self.space();
            if self.peek().is_none() {
                return;
            }
            let (state, own) = self.plan.element(root.state, index);
            self.member(root, state, own, None, true);
            index += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn copy(&mut self, bytes: usize) {
        self.out.push_str(&self.text[self.at..self.at + bytes]);
        self.at += bytes;
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r' | 0x1E)) {
            self.copy(1);
        }
    }

    fn member(&mut self, around: At<'_>, state: PathState, own: Told, key: Option<(&str, bool)>, is_listed: bool) {
        let is_record = match self.plan.names_records() {
            true => self.plan.is_record(state),
            false => is_listed,
        };
        let (name, is_structural) = key.unwrap_or((around.name, false));
        let handed = |outer: Told| match outer.by_name && is_structural {
            true => Told::by_rule(self.plan.unlisted()),
            false => outer,
        };
        let nothing = own.treatment == Treatment::Detect;
        let at = At {
            state,
            told: if nothing { handed(around.told) } else { own },
            sure: if nothing || self.plan.is_guess(own) {
                handed(around.sure)
            } else {
                own
            },
            in_record: around.in_record,
            name,
        };
        self.value(at, is_record && !around.in_record);
    }

    fn value(&mut self, mut at: At<'_>, is_record: bool) {
        if is_record {
            self.counter.begin_record();
            at.in_record = true;
        }
        match self.peek() {
            Some(b'{') => self.object(at),
            Some(b'[') => self.array(at),
            Some(b'"') => self.string(at),
            Some(b't' | b'f' | b'n') => self.literal(at),
            _ => self.number(at),
        }
        if is_record {
            self.counter.end_record();
        }
    }

    fn object(&mut self, mut at: At<'_>) {
        at.told = at.sure;
        self.copy(1);
        self.space();
        while self.peek() != Some(b'}') {
            let (text, state, own, is_structural, is_data) = self.key(at);
            let is_listed = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            let name = if is_listed || is_data { at.name } else { &text };
            let name = if name.len() > 32 { "" } else { name };
            self.space();
            self.copy(1);
            self.space();
            self.member(at, state, own, Some((name, is_structural)), is_listed);
            self.space();
            if self.peek() == Some(b',') {
                self.copy(1);
                self.space();
            }
        }
        self.copy(1);
    }

    fn array(&mut self, at: At<'_>) {
        self.copy(1);
        self.space();
        let mut index = 0;
        while self.peek() != Some(b']') {
            let (state, own) = self.plan.element(at.state, index);
            index += 1;
            self.member(at, state, own, None, true);
            self.space();
            if self.peek() == Some(b',') {
                self.copy(1);
                self.space();
            }
        }
        self.copy(1);
    }

    fn key(&mut self, at: At<'_>) -> (String, PathState, Told, bool, bool) {
        let (raw, units) = self.read_string();
        let text = meaning(&units);
        let symbol = self.plan.symbol(at.name, &text);
        let (state, own) = self.plan.child(at.state, symbol);
        let is_data = self.plan.detectors().may_match(text.as_bytes());
        let mut found = Vec::new();
        if at.told.treatment != Treatment::Plain && is_data {
            self.plan.detectors().find(&text, &mut found);
        }
        self.splice(&raw, &units, &found);
        (text, state, own, symbol.is_structural(), is_data)
    }

    fn string(&mut self, at: At<'_>) {
        let (raw, units) = self.read_string();
        let text = meaning(&units);
        match at.told.treatment {
            Treatment::Plain => self.quote(&raw),
            Treatment::Field(_) if text.is_empty() => self.quote(&raw),
            Treatment::Field(class) if self.plan.masker(class).concerns(&text) => {
                self.counter.value(class);
                let mut rendered = String::new();
                match self.plan.masker(class).text(&text, &mut rendered) {
                    Outcome::Unchanged => self.quote(&raw),
                    Outcome::Changed => self.quote(&self.escape(&rendered)),
                }
            }
            Treatment::Field(_) | Treatment::Detect => match self.nested(at, &text) {
                Some(Some(whole)) => self.quote(&self.escape(&whole)),
                Some(None) => self.quote(&raw),
                None => {
                    let mut found = Vec::new();
                    self.plan.detectors().find(&text, &mut found);
                    self.splice(&raw, &units, &found);
                }
            },
        }
    }

    /// `None`: no JSON. `Some(None)`: JSON, and nothing in it changes.
    fn nested(&mut self, at: At<'_>, text: &str) -> Option<Option<String>> {
        if text
            .trim_start_matches([' ', '\t', '\n', '\r'])
            .starts_with(['{', '[', '"'])
        {
            if self.depth == 0 {
                return Some(Some(REDACTED_TEXT.to_owned()));
            }
            serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
            let mut inner = Model::new(self.plan, text, self.depth - 1);
            inner.single(At { in_record: false, ..at }, false);
            self.counter.absorb(&inner.counter);
            return Some((inner.out != text).then_some(inner.out));
        }
        if text.len() < 12 || !text.starts_with(['e', 'W']) {
            return None;
        }
        let padded = text.ends_with('=');
        let plain: String = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
        let engine = base64::engine::general_purpose::STANDARD_NO_PAD;
        let decoded = String::from_utf8(base64::Engine::decode(&engine, &plain).ok()?).ok()?;
        if !decoded.trim_start().starts_with(['{', '[', '"']) {
            return None;
        }
        let whole = self.nested(at, &decoded)?;
        Some(whole.map(|whole| {
            let encoded = base64::Engine::encode(&engine, whole);
            let padding = if padded { (4 - encoded.len() % 4) % 4 } else { 0 };
            let encoded = encoded + "=".repeat(padding).as_str();
            match text.contains(['-', '_']) {
                true => encoded.replace('+', "-").replace('/', "_"),
                false => encoded,
            }
        }))
    }

    fn splice(&mut self, raw: &str, units: &[(Range<usize>, char)], found: &[Finding]) {
        let mut source = String::new();
        let mut done = 0;
        for finding in found {
            self.counter.detected(finding.class);
            let text = meaning(units);
            let mut rendered = String::new();
            let masker = self.plan.masker(finding.class);
            if masker.text(&text[finding.range.clone()], &mut rendered) == Outcome::Unchanged {
                continue;
            }
            let (start, end) = (offset(units, finding.range.start), offset(units, finding.range.end));
            source += &raw[done..start];
            source += &self.escape(&rendered);
            done = end;
        }
        source += &raw[done..];
        self.quote(&source);
    }

    fn quote(&mut self, source: &str) {
        self.out += "\"";
        self.out += source;
        self.out += "\"";
    }

    fn escape(&self, text: &str) -> String {
        let ascii = self.escaped && !self.raw;
        let mut out = String::new();
        for c in text.chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                '\n' => out += "\\n",
                '\r' => out += "\\r",
                '\t' => out += "\\t",
                '\u{8}' => out += "\\b",
                '\u{C}' => out += "\\f",
                c if c < ' ' || (ascii && !c.is_ascii()) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        out += &format!("\\u{unit:04x}");
                    }
                }
                c => out.push(c),
            }
        }
        out
    }

    /// The source between the quotes, and which part of it means which character.
    fn read_string(&mut self) -> (String, Vec<(Range<usize>, char)>) {
        let begin = self.at + 1;
        let mut at = begin;
        let mut units: Vec<(Range<usize>, char)> = Vec::new();
        let mut high: Option<(usize, u32)> = None;
        loop {
            let rest = &self.text[at..];
            let c = rest.chars().next().unwrap();
            if c == '"' {
                break;
            }
            self.raw |= !c.is_ascii();
            let (length, code) = unit(rest);
            self.escaped |= rest.starts_with('\\') && code > 0x7F;
            let low = (0xDC00..0xE000).contains(&code);
            if let (Some((start, first)), true) = (high.take(), low) {
                let code = 0x1_0000 + ((first - 0xD800) << 10) + (code - 0xDC00);
                let last = units.last_mut().unwrap();
                *last = (start..at + length - begin, char::from_u32(code).unwrap());
            } else {
                if (0xD800..0xDC00).contains(&code) {
                    high = Some((at - begin, code));
                }
                units.push((
                    at - begin..at + length - begin,
                    char::from_u32(code).unwrap_or('\u{FFFD}'),
                ));
            }
            at += length;
        }
        let raw = self.text[begin..at].to_owned();
        self.at = at + 1;
        (raw, units)
    }

    fn number(&mut self, at: At<'_>) {
        let rest = &self.text[self.at..];
        let length = rest
            .find(|c: char| !(c.is_ascii_digit() || "+-.eE".contains(c)))
            .unwrap_or(rest.len());
        let token = &rest[..length];
        let mut rendered = String::new();
        let mut outcome = Outcome::Unchanged;
        match at.told.treatment {
            Treatment::Plain => {}
            Treatment::Field(class) => {
                let masker = self.plan.masker(class);
                outcome = masker.number(token, &mut rendered);
                if !masker.is_guess() || outcome == Outcome::Changed {
                    self.counter.value(class);
                } else {
                    outcome = self.search_number(token, &mut rendered);
                }
            }
            Treatment::Detect => outcome = self.search_number(token, &mut rendered),
        }
        match outcome {
            Outcome::Changed => {
                self.out += &rendered;
                self.at += length;
            }
            Outcome::Unchanged => self.copy(length),
        }
    }

    fn search_number(&mut self, token: &str, rendered: &mut String) -> Outcome {
        let mut found = Vec::new();
        if token.len() >= 7 {
            self.plan.detectors().find(token, &mut found);
        }
        if found.is_empty() && token.len() >= 7 {
            let value: f64 = token.parse().unwrap();
            if value.fract() == 0.0 && value.abs() < 1e15 && value.abs() >= 1e6 {
                self.plan.detectors().find(&format!("{:.0}", value.abs()), &mut found);
            }
        }
        let Some(finding) = found.first() else {
            return Outcome::Unchanged;
        };
        self.counter.detected(finding.class);
        self.plan.masker(finding.class).number(token, rendered)
    }

    fn literal(&mut self, at: At<'_>) {
        let length = if self.peek() == Some(b'f') { 5 } else { 4 };
        let literal = &self.text[self.at..self.at + length];
        match at.told.treatment {
            Treatment::Field(class) if literal != "null" && !self.plan.masker(class).is_guess() => {
                self.counter.value(class);
                let shown = self.plan.masker(class).rendering() == Rendering::Clear;
                self.out += if shown { literal } else { "false" };
                self.at += length;
            }
            _ => self.copy(length),
        }
    }
}

/// How long the unit at the head of a string's source is, and its code point (or half of a pair).
fn unit(rest: &str) -> (usize, u32) {
    let mut chars = rest.chars();
    let first = chars.next().unwrap();
    if first != '\\' {
        return (first.len_utf8(), first.into());
    }
    match chars.next().unwrap() {
        'u' => (6, u32::from_str_radix(&rest[2..6], 16).unwrap()),
        'n' => (2, 10),
        'r' => (2, 13),
        't' => (2, 9),
        'b' => (2, 8),
        'f' => (2, 12),
        other => (2, other.into()),
    }
}

fn meaning(units: &[(Range<usize>, char)]) -> String {
    units.iter().map(|(_, c)| c).collect()
}

/// Where in the source a text offset stands.
fn offset(units: &[(Range<usize>, char)], text_offset: usize) -> usize {
    let mut text_at = 0;
    for (range, c) in units {
        if text_at == text_offset {
            return range.start;
        }
        text_at += c.len_utf8();
    }
    units.last().map_or(0, |(range, _)| range.end)
}
