//! Names of people beside words that announce them.

use std::ops::Range;

use crate::mask::lexicon::{self, is_han};

/// Characters that follow a name rather than being part of it.
const NOT_IN_NAMES: &str =
    "的了在是有说来去和与及或等打电手微地先女经总老您你我他她请已未没不就也都将把被给向对从到由为让叫称";

/// Titles that end a name.
const TITLES: [&str; 12] = [
    "先生", "女士", "小姐", "经理", "总", "老师", "师傅", "老板", "主任", "工", "太太", "同志",
];

/// Bytes of the name that a text begins with, behind a word such as 联系人.
pub(super) fn after(text: &str, separated: bool) -> Option<usize> {
    match text.chars().next()? {
        c if is_han(c) => separated.then(|| han(text)).flatten(),
        c if c.is_ascii_uppercase() => latin(text, 2),
        _ => None,
    }
}

/// A surname and one or two characters; a longer run of Han ends at a title or a word that no name holds.
fn han(text: &str) -> Option<usize> {
    lexicon::is_surname_start(text).then_some(())?;
    let surname = lexicon::surname_chars(text);
    let run: Vec<(usize, char)> = text
        .char_indices()
        .take_while(|(_, c)| is_han(*c))
        .take(surname + 2)
        .collect();
    let titled = |at: usize| TITLES.iter().any(|title| text[at..].starts_with(title));
    let given = run
        .iter()
        .skip(surname)
        .take_while(|(at, c)| !NOT_IN_NAMES.contains(*c) && !titled(*at))
        .count();
    let (at, c) = run.get(surname + given - 1).filter(|_| given > 0)?;
    let name = &text[..at + c.len_utf8()];
    (!lexicon::is_common_noun(name)).then_some(name.len())
}

/// Capitalised words; fewer than `least` are none.
fn latin(text: &str, least: usize) -> Option<usize> {
    let (mut end, mut at, mut words) = (0, 0, 0);
    for word in text.split_inclusive(' ').take(3) {
        let letters = word
            .find(|c: char| !(c.is_alphabetic() || matches!(c, '\'' | '-')))
            .unwrap_or(word.len());
        let capital = word.starts_with(|c: char| c.is_ascii_uppercase());
        if !capital || letters < 2 || lexicon::is_company_word(&word[..letters]) {
            break;
        }
        words += 1;
        end = at + letters;
        at += word.len();
        if !word[letters..].trim().is_empty() {
            break;
        }
    }
    (words >= least).then_some(end)
}

/// The name behind a title such as Mr.
pub(super) fn surname(text: &str, end: usize) -> Option<Range<usize>> {
    let rest = text[end..].trim_start_matches(['.', ' ']);
    let start = text.len() - rest.len();
    latin(rest, 1).map(|length| start..start + length)
}

/// The name of two to four characters before a title such as 先生 at `at`.
pub(super) fn before(text: &str, at: usize) -> Option<Range<usize>> {
    let chars: Vec<(usize, char)> = text[..at]
        .char_indices()
        .rev()
        .take(5)
        .take_while(|(_, c)| is_han(*c))
        .collect();
    // What stands before the name: nothing, no Han, or a character that no name ends with.
    let free = |count: usize| {
        chars
            .get(count)
            .is_none_or(|(_, c)| NOT_IN_NAMES.contains(*c) || "找问联系户人".contains(*c))
    };
    let named = |count: usize| {
        let (start, _) = *chars.get(count - 1)?;
        lexicon::is_surname_start(&text[start..]).then_some(start)
    };
    let compound = |start: &usize| lexicon::surname_chars(&text[*start..]) == 2;
    let start = named(4)
        .filter(compound)
        .or_else(|| named(3).filter(|start| free(3) || compound(start)))
        .or_else(|| named(2).filter(|_| free(2)))
        .or_else(|| named(3))?;
    Some(start..at)
}
