//! Names of people.

use crate::mask::lexicon::{self, is_han};

/// Most words of a name in letters.
const MAX_WORDS: usize = 6;

/// `张*`, `欧阳**`, `买**·****`, `J*** S***`.
pub(super) fn partial(value: &str, out: &mut String) -> Option<()> {
    let name = value.trim();
    if name.chars().all(|c| is_han(c) || is_name_dot(c) || c.is_whitespace()) {
        han(name, out)
    } else {
        letters(name, out)
    }
}

/// The dot between the parts of a transliterated name.
const fn is_name_dot(c: char) -> bool {
    matches!(c, '\u{b7}' | '\u{2022}' | '\u{30fb}' | '\u{2027}' | '\u{ff0e}')
}

fn han(name: &str, out: &mut String) -> Option<()> {
    let count = name.chars().filter(|&c| is_han(c)).count();
    let dotted = name.chars().any(is_name_dot);
    let kept = match count {
        2 => 1,
        3..=4 if dotted => 1,
        3..=4 => lexicon::surname_chars(name),
        5..=20 if dotted => 1,
        _ => return None,
    };
    let mut seen = 0;
    for c in name.chars() {
        seen += usize::from(is_han(c));
        out.push(if is_han(c) && seen > kept { '*' } else { c });
    }
    Some(())
}

fn letters(name: &str, out: &mut String) -> Option<()> {
    let mut words = 0;
    let mut rest = name;
    while !rest.is_empty() {
        let gap = rest.len() - rest.trim_start().len();
        out.push_str(&rest[..gap]);
        rest = &rest[gap..];
        let word = &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())];
        if word
            .chars()
            .any(|c| is_han(c) || !(c.is_alphabetic() || is_inside_word(c)))
        {
            return None;
        }
        let first = word.chars().next().filter(|c| c.is_alphabetic())?;
        if word.chars().filter(|c| c.is_alphabetic()).count() > 1 {
            out.push(first);
            out.push_str(super::STARS);
            words += 1;
        } else {
            out.push('*');
        }
        rest = &rest[word.len()..];
    }
    (1..=MAX_WORDS).contains(&words).then_some(())
}

/// Combining marks, apostrophes and hyphens inside of a word of a name.
const fn is_inside_word(c: char) -> bool {
    matches!(c, '.' | '\'' | '\u{2019}' | '-' | '\u{300}'..='\u{36f}')
}

/// Whether a text may be the name of a person, or holds something else that a bare `name` should not show: the test for data classes
/// that are a guess by name (`only_when: person_like`). It errs towards `true`.
pub(in crate::mask) fn may_be_person(value: &str) -> bool {
    let name = value.trim();
    let han = name.chars().filter(|&c| is_han(c)).count();
    if name.contains(['@', '\u{ff20}']) || has_long_number(name) {
        return true;
    }
    let pure_han = name.chars().all(|c| is_han(c) || is_name_dot(c) || c.is_whitespace());
    if pure_han && han > 0 {
        return match han {
            1..=3 => lexicon::is_surname_start(name) && !lexicon::is_common_noun(name),
            4 => lexicon::surname_chars(name) == 2 || name.chars().any(is_name_dot),
            _ => name.chars().any(is_name_dot),
        };
    }
    if han > 0 {
        // "张三（采购）", "张三 13812345678", "李四 Tom": a name at the start and something beside it.
        let lead: String = name.chars().take_while(|&c| is_han(c)).collect();
        return (2..=4).contains(&lead.chars().count()) && may_be_person(&lead);
    }
    latin_person(name)
}

/// Digits in a row that no name of a thing has.
const LONG_NUMBER: usize = 7;

fn has_long_number(text: &str) -> bool {
    text.split(|c: char| !c.is_numeric())
        .any(|run| run.chars().count() >= LONG_NUMBER)
}

/// Two to four capitalised words, none of which only companies and things have.
fn latin_person(name: &str) -> bool {
    let words: Vec<&str> = name.split([' ', ',', '\u{a0}']).filter(|w| !w.is_empty()).collect();
    let capital = |word: &&str| {
        word.chars().next().is_some_and(char::is_uppercase)
            && word.chars().all(|c| c.is_alphabetic() || is_inside_word(c))
    };
    (2..=4).contains(&words.len())
        && words.iter().all(capital)
        && !words.iter().any(|word| lexicon::is_company_word(word))
}
