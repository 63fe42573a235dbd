//! The reader of conditions: recursive descent, `or` binds least, then `and`, then `not`.

use ipnet::IpNet;
use jiff::civil::Weekday;

use super::{Atom, Condition};
use crate::catalog::nearest;
use crate::policy::error::ConditionFault;
use crate::subject::Assurance;

type Parsed<T> = Result<T, (usize, ConditionFault)>;

/// Deepest nesting of a condition. Answers a stack used up by brackets.
const MAX_DEPTH: usize = 32;

const WORDS: [&str; 7] = ["hours", "weekdays", "network", "assurance", "and", "or", "not"];

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

const ASSURANCES: [(&str, Assurance); 4] = [
    ("none", Assurance::None),
    ("asserted", Assurance::Asserted),
    ("password", Assurance::Password),
    ("multi_factor", Assurance::MultiFactor),
];

pub(super) fn parse(text: &str) -> Parsed<Condition> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let condition = reader.any()?;
    reader.space();
    match reader.rest() {
        "" => Ok(condition),
        _ => Err(reader.expected("`and`, `or` or the end")),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// The position in characters, for columns.
    fn position(&self, at: usize) -> usize {
        self.text[..at].chars().count()
    }

    fn expected(&self, what: &'static str) -> (usize, ConditionFault) {
        (self.position(self.at), ConditionFault::Expected(what))
    }

    fn word(&mut self) -> &'a str {
        self.space();
        let rest = self.rest();
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        &rest[..end]
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.word() == word;
        if found {
            self.at += word.len();
        }
        found
    }

    fn symbol(&mut self, symbol: char) -> bool {
        self.space();
        let found = self.rest().starts_with(symbol);
        if found {
            self.at += symbol.len_utf8();
        }
        found
    }

    fn any(&mut self) -> Parsed<Condition> {
        let mut parts = vec![self.all()?];
        while self.take("or") {
            parts.push(self.all()?);
        }
        Ok(single(parts, Condition::Any))
    }

    fn all(&mut self) -> Parsed<Condition> {
        let mut parts = vec![self.not()?];
        while self.take("and") {
            parts.push(self.not()?);
        }
        Ok(single(parts, Condition::All))
    }

    fn not(&mut self) -> Parsed<Condition> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err((self.position(self.at), ConditionFault::TooDeep));
        }
        let condition = if self.take("not") {
            Condition::Not(Box::new(self.not()?))
        } else if self.symbol('(') {
            let inner = self.any()?;
            if !self.symbol(')') {
                return Err(self.expected("`)`"));
            }
            inner
        } else {
            Condition::Atom(self.atom()?)
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn atom(&mut self) -> Parsed<Atom> {
        let word = self.word();
        let start = self.position(self.at);
        if word.is_empty() {
            return Err(self.expected("a test such as hours(08:00-18:00)"));
        }
        if !WORDS[..4].contains(&word) {
            let fault = ConditionFault::Unknown {
                found: word.to_owned(),
                suggestion: nearest(word, WORDS).map(str::to_owned),
            };
            return Err((start, fault));
        }
        self.at += word.len();
        let arguments = self.arguments()?;
        let list = |f: fn(&str) -> Option<Vec<Weekday>>| f;
        match word {
            "hours" => each(&arguments, "range of hours such as 08:00-18:00", hours).map(Atom::Hours),
            "weekdays" => each(&arguments, "weekday (mon to sun) or range of them", list(weekdays))
                .map(|days| Atom::Weekdays(days.into_iter().flatten().collect())),
            "network" => each(&arguments, "network such as 10.0.0.0/8", network).map(Atom::Network),
            _ => assurance(&arguments),
        }
    }

    fn arguments(&mut self) -> Parsed<Vec<(usize, &'a str)>> {
        if !self.symbol('(') {
            return Err(self.expected("`(`"));
        }
        let end = self.rest().find(')').ok_or_else(|| self.expected("`)`"))?;
        let inside = &self.rest()[..end];
        let mut start = self.at;
        let mut arguments = Vec::new();
        for part in inside.split(',') {
            let lead = part.len() - part.trim_start().len();
            arguments.push((self.position(start + lead), part.trim()));
            start += part.len() + 1;
        }
        self.at += end + 1;
        Ok(arguments)
    }
}

fn single(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    }
}

fn each<T>(arguments: &[(usize, &str)], what: &'static str, read: fn(&str) -> Option<T>) -> Parsed<Vec<T>> {
    arguments
        .iter()
        .map(|(at, text)| {
            read(text).ok_or_else(|| {
                let found = (*text).to_owned();
                (*at, ConditionFault::Argument { found, what })
            })
        })
        .collect()
}

fn assurance(arguments: &[(usize, &str)]) -> Parsed<Atom> {
    const WHAT: &str = "one of none, asserted, password, multi_factor";
    let found = each(arguments, WHAT, |text| {
        ASSURANCES.iter().find(|(name, _)| *name == text).map(|(_, a)| *a)
    })?;
    match found[..] {
        [one] => Ok(Atom::Assurance(one)),
        _ => Err((arguments[1].0, ConditionFault::Expected("one level"))),
    }
}

fn hours(text: &str) -> Option<(u16, u16)> {
    let (from, until) = text.split_once('-')?;
    let (from, until) = (minute(from.trim())?, minute(until.trim())?);
    (from != until && from < 24 * 60).then_some((from, until))
}

/// `08:30` as a minute of the day; `24:00` is its end.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |t: &str| (t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.parse::<u16>().ok())?;
    let (hour, minute) = (number(hour)?, number(minute)?);
    (minute < 60 && (hour < 24 || (hour == 24 && minute == 0))).then_some(hour * 60 + minute)
}

fn weekdays(text: &str) -> Option<Vec<Weekday>> {
    let day = |name: &str| DAYS.iter().position(|(n, _)| *n == name.trim());
    let Some((from, until)) = text.split_once('-') else {
        return Some(vec![DAYS[day(text)?].1]);
    };
    let (from, until) = (day(from)?, day(until)?);
    let length = (until + 7 - from) % 7;
    Some((0..=length).map(|i| DAYS[(from + i) % 7].1).collect())
}

fn network(text: &str) -> Option<IpNet> {
    let network: IpNet = text
        .parse()
        .ok()
        .or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from))?;
    Some(network.trunc())
}
