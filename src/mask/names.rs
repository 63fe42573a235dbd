//! The names that fields of a data class go by, in Chinese, English and pinyin.
//!
//! Purpose: an unknown CRM is protected on its first day, by what its fields are called.
//!
//! Guarantee: the *end* of a name decides, as it does in English, Chinese and pinyin: `contact_phone` and `客户手机号` hold telephone
//! numbers, `phone_verified` and `手机品牌` do not. Case, separators, full-width letters, plurals, counters (`phone2`) and qualifiers
//! (`phone_raw`, `手机（主）`) make no difference. Of two names that match, the one that starts further left wins: `id_card_no` is an
//! identity card and no bank card.
//!
//! Exceptions: a name is a guess about what stands there. A bare `name` or `名称` is the weakest: its class says `applies: person_like`,
//! so that people are masked and products are not. Where that is not enough, a file under `policies/crm/` says what a field holds.

use std::collections::HashMap;

use super::ClassId;

mod words;

use words::{Token, tokens};

/// The longest name that is analysed, in characters; longer keys are data rather than names, and go to the detectors.
pub const MAX_NAME_CHARS: usize = 128;

/// Most words of a name that are looked at, from its end (cost: pairs of them are looked up).
const MAX_WORDS: usize = 16;

/// Finds the data class of a field by its name alone.
#[derive(Debug, Default)]
pub struct NameIndex {
    /// Words of a name without separators → its class, or `None` for a name that looks like one and is none.
    entries: HashMap<Box<str>, Option<ClassId>>,
}

/// Two data classes go by one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameClash {
    /// The class that had the name before.
    pub held_by: Option<ClassId>,
}

impl NameIndex {
    /// An index without names.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a name of a class; `None` for a name that would be taken for one of a class and is none (`ip_address`).
    pub fn add(&mut self, name: &str, class: Option<ClassId>) -> Result<(), NameClash> {
        let key: String = tokens(name).iter().map(|token| token.text.as_str()).collect();
        match *self.entries.entry(key.into()).or_insert(class) {
            held_by if held_by != class => Err(NameClash { held_by }),
            _ => Ok(()),
        }
    }

    /// The class a field of this name holds, if its name says so: `手机`, `mobile`, `contactPhone`, `CUSTOMER_MOBILE_2`.
    pub fn class_of(&self, name: &str) -> Option<ClassId> {
        self.verdict(name).flatten()
    }

    /// The same for a field inside of a container: `name` in `contact` is a `contact_name`, and `address` in `ip` is none.
    pub fn class_of_within(&self, container: &str, name: &str) -> Option<ClassId> {
        let both = self.verdict(&format!("{container}_{name}"));
        both.or_else(|| self.verdict(name)).flatten()
    }

    /// Whether a key inside of a container holds structure rather than a value of the container's class: `phones[*].id`, `.type`,
    /// `.created_at`. A class that a container has by its *name* is not handed down to such keys: they go to the detectors.
    pub fn is_structural(&self, name: &str) -> bool {
        let words = tokens(name);
        words.first().is_some_and(Token::asks) || words.last().is_some_and(Token::is_structure)
    }

    /// What a name is known for: a class, or (`Some(None)`) none although it looks like one; `None` where no entry matches.
    fn verdict(&self, name: &str) -> Option<Option<ClassId>> {
        if name.chars().count() > MAX_NAME_CHARS {
            return None;
        }
        let without_brackets = words::without_brackets(name);
        let first = without_brackets.as_deref().and_then(|name| self.any_part(name));
        first.or_else(|| self.any_part(name))
    }

    /// Names in two languages stand beside each other: `手机 / Mobile`.
    fn any_part(&self, name: &str) -> Option<Option<ClassId>> {
        name.split(['/', '|', '\u{ff0f}', '\n'])
            .find_map(|part| self.analyse(part))
    }

    fn analyse(&self, name: &str) -> Option<Option<ClassId>> {
        let words = tokens(name);
        let mut words = &words[words.len().saturating_sub(MAX_WORDS)..];
        if words.first().is_some_and(Token::asks) {
            return None;
        }
        // The match that starts furthest left, over all counts of qualifiers taken off the end.
        let mut best: Option<(usize, Option<ClassId>)> = None;
        loop {
            let found = self.longest_end(words);
            if found.is_some_and(|(start, _)| best.is_none_or(|(known, _)| start < known)) {
                best = found;
            }
            match words.split_last() {
                Some((last, rest)) if last.qualifies() && !rest.is_empty() => words = rest,
                _ => break,
            }
        }
        best.map(|(_, class)| class)
    }

    /// The longest run of words (of characters, in Han) at the end that is an entry: where it starts, in characters, and its class.
    fn longest_end(&self, words: &[Token]) -> Option<(usize, Option<ClassId>)> {
        let joined: String = words.iter().map(|token| token.text.as_str()).collect();
        let mut starts = Vec::with_capacity(joined.len());
        let mut at = 0;
        for token in words {
            starts.extend(token.starts().map(|offset| at + offset));
            at += token.text.len();
        }
        starts.into_iter().find_map(|start| {
            let end = &joined[start..];
            let class = self
                .entries
                .get(end)
                .or_else(|| self.entries.get(words::singular(end)?))?;
            Some((start, *class))
        })
    }
}

#[cfg(test)]
mod tests;
