//! The one spelling of an account name.
//!
//! INVARIANT: ids are compared byte for byte everywhere (who asked, who voted, whose export it is). Two spellings that people and
//! directories take for one name must therefore be one id, or be no name at all: else one person asks as `alice` and decides as `Alice`.

use crate::subject::{ANONYMOUS, SubjectId};

use super::IdentityError;

/// Longest account name in bytes: it stands in every record and page.
const MAX_NAME_BYTES: usize = 128;

/// The id of an account name: lower case, full-width forms made narrow.
///
/// # Errors
/// [`IdentityError::AccountName`] for what is no account name, or could be spelled in more ways than these two.
pub fn account_id(name: &str) -> Result<SubjectId, IdentityError> {
    canonical(name).map(|name| SubjectId::new(&name))
}

/// As [`account_id`], as text.
pub(super) fn canonical(name: &str) -> Result<String, IdentityError> {
    let refuse = |reason| Err(IdentityError::AccountName(reason));
    if name.is_empty() {
        return refuse("is empty");
    }
    if name.len() > MAX_NAME_BYTES {
        return refuse("has more than 128 bytes");
    }
    let canonical: String = name.chars().map(narrow).flat_map(char::to_lowercase).collect();
    if canonical == ANONYMOUS {
        return refuse("is reserved for requests that belong to nobody");
    }
    if !canonical.chars().all(|c| is_mark(c) || is_letter(c)) {
        return refuse("holds other characters than letters, digits and . _ - @ +");
    }
    if canonical.starts_with('.') || canonical.ends_with('.') {
        return refuse("begins or ends with a full stop");
    }
    if canonical.chars().any(|c| c.is_ascii_alphabetic()) && canonical.chars().any(is_look_alike_script) {
        return refuse("mixes latin letters with others that look like them");
    }
    Ok(canonical)
}

/// Full-width forms of ASCII (U+FF01 to U+FF5E), as Chinese input methods write them.
fn narrow(c: char) -> char {
    match u32::from(c) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '.' | '_' | '-' | '@' | '+')
}

/// Letters that Unicode normalisation (UAX 15, NFKC) leaves as they are: ligatures, circled letters, compatibility ideographs, half-width
/// kana and combining marks are no part of a name. A block that is not listed is refused.
fn is_letter(c: char) -> bool {
    match c {
        '0'..='9' | 'a'..='z' => true,
        // Latin-1 and Latin Extended-A without `ĳ`, `ŀ`, `ŉ` and the long s.
        'ß'..='ö' | 'ø'..='ž' => !matches!(c, 'ĳ' | 'ŀ' | 'ŉ'),
        // Kana, Hangul syllables, and the unified ideographs with their extensions A to G.
        'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' | '々' | '가'..='힣' => true,
        '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' => true,
        '\u{20000}'..='\u{2EBE0}' | '\u{30000}'..='\u{3134A}' => true,
        _ => is_look_alike_script(c),
    }
}

/// Greek and Cyrillic small letters, many of which look like Latin ones. The final sigma is another spelling of sigma and not listed.
fn is_look_alike_script(c: char) -> bool {
    matches!(c, 'ά'..='ώ' | 'а'..='џ') && c != 'ς'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_that_people_take_for_one_name_are_one_id() {
        for (spelled, id) in [
            ("Alice", "alice"),
            ("ALICE@Example.COM", "alice@example.com"),
            ("ａｌｉｃｅ", "alice"),
            ("Ａlice＠x", "alice@x"),
            ("\u{212A}im", "kim"),
            ("王芳", "王芳"),
            ("MÜLLER", "müller"),
            ("Иван", "иван"),
        ] {
            assert_eq!(account_id(spelled).unwrap().as_str(), id, "{spelled}");
        }
    }

    #[test]
    fn what_could_be_spelled_otherwise_is_no_name() {
        for name in [
            "",
            " alice",
            "alice ",
            "alice.",
            ".alice",
            "a lice",
            "alice\u{3000}",
            "alice\u{200B}",
            "alice\u{AD}",
            "mu\u{308}ller",
            "ﬁona",
            "ali\u{1D41E}",
            "①alice",
            "\u{F900}",
            "ｱｷ",
            "аlice",
            "İpek",
            "lo\u{17F}",
            "Anonymous",
            "ＡＮＯＮＹＭＯＵＳ",
            "a\0",
        ] {
            assert!(account_id(name).is_err(), "{name:?}");
        }
        assert!(account_id(&"a".repeat(MAX_NAME_BYTES + 1)).is_err());
    }
}
