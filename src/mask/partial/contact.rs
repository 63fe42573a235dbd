//! E-mail addresses and account names.

use super::STARS;

/// Most bytes of a mailbox and of a domain (RFC 5321, section 4.5.3.1).
const MAX_MAILBOX: usize = 64;
const MAX_DOMAIN: usize = 253;

/// `z***@example.com`; of a mailbox of one character nothing.
pub(super) fn email(value: &str, out: &mut String) -> Option<()> {
    let value = value.trim();
    let (mailbox, domain) = value.split_once(['@', '\u{ff20}'])?;
    let word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let good_mailbox = !mailbox.is_empty()
        && mailbox.len() <= MAX_MAILBOX
        && mailbox.chars().all(|c| word(c) || "!#$%&'*+/=?^`{|}~".contains(c));
    let good_domain = domain.len() <= MAX_DOMAIN
        && domain.chars().all(word)
        && domain.split('.').count() >= 2
        && domain.split('.').all(|label| !label.is_empty());
    (good_mailbox && good_domain).then_some(())?;
    let first = mailbox.chars().next().filter(|c| c.is_alphanumeric());
    out.extend(first.filter(|_| mailbox.chars().count() > 1));
    out.push_str(STARS);
    out.push('@');
    out.push_str(domain);
    Some(())
}

/// First and last character: `z***n`. Account names of fewer than five characters are not shown.
pub(super) fn account(value: &str, out: &mut String) -> Option<()> {
    let value = value.trim();
    let good = value
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let count = value.chars().count();
    (good && (5..=64).contains(&count)).then_some(())?;
    out.extend(value.chars().next().filter(|c| c.is_alphanumeric()));
    out.push_str(STARS);
    out.extend(value.chars().next_back());
    Some(())
}
