//! The words beside a value that say what it is.

/// What a word announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Announces {
    /// A person's name after it.
    Name,
    /// A person's name before it (先生) .
    NameBefore,
    /// A surname in letters after it (Mr).
    Surname,
    /// A WeChat id.
    Wechat,
    /// A QQ id.
    Qq,
    /// A passport number.
    Passport,
    /// A date of birth.
    Birth,
    /// A telephone number, also without area code.
    Telephone,
}

use Announces::{Birth, Name, NameBefore, Passport, Qq, Surname, Telephone, Wechat};

/// Words in Han; where one begins another, the longer comes first.
pub(super) const HAN: &[(&str, Announces)] = &[
    ("联系人", Name),
    ("联络人", Name),
    ("收货人", Name),
    ("收件人", Name),
    ("寄件人", Name),
    ("发件人", Name),
    ("负责人", Name),
    ("经办人", Name),
    ("接待人", Name),
    ("申请人", Name),
    ("付款人", Name),
    ("收款人", Name),
    ("持卡人", Name),
    ("姓名", Name),
    ("户名", Name),
    ("法定代表人", Name),
    ("法人代表", Name),
    ("法人", Name),
    ("业主", Name),
    ("业务员", Name),
    ("销售员", Name),
    ("客户", Name),
    ("先生", NameBefore),
    ("女士", NameBefore),
    ("小姐", NameBefore),
    ("太太", NameBefore),
    ("师傅", NameBefore),
    ("老师", NameBefore),
    ("微信", Wechat),
    ("扣扣", Qq),
    ("护照", Passport),
    ("生日", Birth),
    ("出生", Birth),
    ("电话", Telephone),
    ("座机", Telephone),
    ("固话", Telephone),
    ("传真", Telephone),
];

/// Words in letters, in lower case; they count where a colon, an equals sign or (for some) anything but a letter follows.
pub(super) const LETTERS: &[(&str, Announces)] = &[
    ("contact person", Name),
    ("contact", Name),
    ("contact name", Name),
    ("full name", Name),
    ("customer name", Name),
    ("client name", Name),
    ("name", Name),
    ("attn", Name),
    ("attention", Name),
    ("consignee", Name),
    ("recipient", Name),
    ("wechat id", Wechat),
    ("wechat", Wechat),
    ("weixin", Wechat),
    ("wx", Wechat),
    ("vx", Wechat),
    ("qq", Qq),
    ("passport no", Passport),
    ("passport number", Passport),
    ("passport", Passport),
    ("date of birth", Birth),
    ("birth date", Birth),
    ("birthdate", Birth),
    ("birthday", Birth),
    ("dob", Birth),
    ("born", Birth),
    ("born on", Birth),
    ("tel", Telephone),
    ("phone", Telephone),
    ("fax", Telephone),
];

/// Titles before a surname in letters.
pub(super) const TITLES: &[(&str, Announces)] =
    &[("Mr", Surname), ("Mrs", Surname), ("Ms", Surname), ("Miss", Surname)];

/// The word of [`LETTERS`] that ends at `end`, not preceded by a letter; a bare `name` not by a word either (`file name`).
pub(super) fn ends_at(bytes: &[u8], end: usize) -> Option<Announces> {
    let before = bytes.get(..end)?;
    let last = before
        .last()
        .filter(|last| last.is_ascii_alphabetic())?
        .to_ascii_lowercase();
    let letter = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphabetic);
    let matches = |word: &str| {
        let start = end.checked_sub(word.len())?;
        let lead = &before[..start];
        let bound = letter(lead.last()) || (word == "name" && letter(lead.trim_ascii_end().last()));
        (!bound && before[start..].eq_ignore_ascii_case(word.as_bytes())).then_some(())
    };
    LETTERS
        .iter()
        .find(|(word, _)| word.as_bytes().last() == Some(&last) && matches(word).is_some())
        .map(|(_, announces)| *announces)
}

/// The title that begins at `start`: not after a letter, and a space or full stop behind it.
pub(super) fn title_at(bytes: &[u8], start: usize) -> Option<usize> {
    let free = start.checked_sub(1).is_none_or(|at| !bytes[at].is_ascii_alphanumeric());
    let ends = |word: &str| {
        let end = start + word.len();
        (bytes[start..].starts_with(word.as_bytes()) && matches!(bytes.get(end), Some(b' ' | b'.'))).then_some(end)
    };
    TITLES.iter().filter(|_| free).find_map(|(word, _)| ends(word))
}

/// The Han word that begins at `start`.
pub(super) fn han_at(bytes: &[u8], start: usize) -> Option<(usize, Announces)> {
    HAN.iter()
        .find(|(word, _)| bytes[start..].starts_with(word.as_bytes()))
        .map(|(word, announces)| (start + word.len(), *announces))
}
