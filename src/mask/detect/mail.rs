//! E-mail addresses.

use super::{Candidate, DetectorKind};

/// Most bytes of a mailbox and of a whole address (RFC 5321, section 4.5.3.1).
const MAX_MAILBOX: usize = 64;
const MAX_ADDRESS: usize = 254;

/// Last labels that are no top-level domain but the ending of a file: `logo@2x.png`.
const FILE_ENDINGS: [&str; 12] = [
    "png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "css", "js", "html", "json", "md",
];

/// Finds all of them.
pub(super) fn find(text: &str, found: &mut Vec<Candidate>) {
    let mut done = 0;
    for (at, sign) in text.match_indices(['@', '\u{ff20}']) {
        if at < done {
            continue;
        }
        let before = text.as_bytes()[done..at].iter().rev().take(MAX_MAILBOX);
        let mailbox = &text[at - before.take_while(|b| is_mailbox(**b)).count()..at];
        let mailbox = mailbox.trim_start_matches(['.', '\'', '-', '/', '=', '?', '&', '#']);
        let (start, after) = (at - mailbox.len(), at + sign.len());
        let Some(domain) = domain_length(&text[after..]).filter(|_| !mailbox.is_empty()) else {
            continue;
        };
        done = after + domain;
        found.push(Candidate {
            range: start..done,
            kind: DetectorKind::Email,
        });
    }
}

const fn is_mailbox(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'.' | b'_' | b'%' | b'+' | b'-' | b'\'' | b'/' | b'=' | b'?' | b'&' | b'#' | b'~'
        )
}

/// The bytes of a domain of at least two labels at the start, the last of letters.
fn domain_length(text: &str) -> Option<usize> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let limit = MAX_ADDRESS - MAX_MAILBOX - 1;
    let mut end = text.find(|c: char| !word(c)).unwrap_or(text.len()).min(limit);
    loop {
        let domain = text[..end].trim_end_matches(['.', '-']);
        let (before, last) = domain.rsplit_once('.')?;
        let letters = last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic());
        let labels = before.split('.').all(|label| !label.is_empty());
        let file = FILE_ENDINGS.iter().any(|ending| last.eq_ignore_ascii_case(ending));
        if letters && labels && !file {
            return Some(domain.len());
        }
        end = before.len();
    }
}
