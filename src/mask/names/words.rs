//! A field's name, taken apart into words.

use crate::mask::lexicon::is_han;

/// Words in front of another without a separator: `contactphone`, `lxrdianhua`.
const GLUED: &[&str] = &[
    "contact",
    "contacts",
    "customer",
    "cust",
    "client",
    "user",
    "member",
    "owner",
    "buyer",
    "seller",
    "receiver",
    "recipient",
    "consignee",
    "sender",
    "person",
    "personal",
    "home",
    "work",
    "office",
    "company",
    "corp",
    "emergency",
    "dealer",
    "agent",
    "guest",
    "employee",
    "emp",
    "staff",
    "spouse",
    "sales",
    "bill",
    "billing",
    "ship",
    "shipping",
    "delivery",
    "payer",
    "payee",
    "register",
    "login",
    "link",
    "linkman",
    "primary",
    "main",
    "kehu",
    "kh",
    "lxr",
    "lianxi",
    "lianxiren",
    "gongsi",
    "shouhuo",
    "my",
    "partner",
];

/// Words after a name that do not change what it holds: numbering, kind, spelling, copies, hashes, filters.
const QUALIFIERS: &[&str] = &[
    "number",
    "numbers",
    "no",
    "num",
    "nr",
    "primary",
    "secondary",
    "main",
    "home",
    "work",
    "office",
    "private",
    "personal",
    "business",
    "other",
    "alt",
    "alternative",
    "backup",
    "first",
    "second",
    "text",
    "value",
    "str",
    "string",
    "raw",
    "full",
    "short",
    "display",
    "formatted",
    "format",
    "normalized",
    "normalised",
    "sanitized",
    "sanitised",
    "clean",
    "canonical",
    "plain",
    "masked",
    "old",
    "new",
    "current",
    "previous",
    "default",
    "original",
    "orig",
    "cn",
    "zh",
    "en",
    "hash",
    "md",
    "sha",
    "lower",
    "upper",
    "search",
    "sort",
    "keyword",
    "international",
    "national",
    "uri",
    "href",
    "link",
    "contains",
    "icontains",
    "startswith",
    "like",
    "ilike",
    "eq",
    "in",
    "last",
    "s",
];

/// Words at the start of a yes-no question about a value: `is_mobile`, `has_phone`, `是否有手机`.
const QUESTIONS: &[&str] = &[
    "is", "has", "have", "can", "allow", "allows", "enable", "enabled", "disable", "disabled", "show", "hide",
    "require", "requires", "required", "use", "verify", "need",
];

/// What the name of a bookkeeping key ends with.
const STRUCTURE: &[&str] = &[
    "id", "ids", "uuid", "guid", "type", "kind", "version", "at", "created", "updated", "modified", "deleted", "count",
    "total", "index", "position", "sequence", "status", "state", "enabled", "active", "verified", "typename", "类型",
    "状态", "序号",
];

/// The same in Chinese.
const QUESTIONS_HAN: [&str; 3] = ["是否", "有无", "能否"];

/// A word: letters in lower case, digits, or Han.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) text: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Letters,
    Digits,
    Han,
}

impl Token {
    /// Whether it begins a question about a value rather than naming it.
    pub(super) fn asks(&self) -> bool {
        QUESTIONS.contains(&self.text.as_str()) || QUESTIONS_HAN.iter().any(|question| self.text.starts_with(question))
    }

    /// Whether what a name ends with is bookkeeping: ids, types, times, counters.
    pub(super) fn is_structure(&self) -> bool {
        STRUCTURE.contains(&self.text.as_str())
    }

    /// Whether a name holds the same without it at the end.
    pub(super) fn qualifies(&self) -> bool {
        match self.kind {
            Kind::Letters => QUALIFIERS.contains(&self.text.as_str()) || self.text.len() == 1,
            Kind::Digits => true,
            Kind::Han => matches!(self.text.as_str(), "一" | "二" | "三" | "主" | "备用" | "号" | "值"),
        }
    }

    /// Where a name may begin in it, in bytes: at each Han character, at the start of a word, after a word that is often glued.
    pub(super) fn starts(&self) -> impl Iterator<Item = usize> {
        let inside = |at: &usize| match self.kind {
            Kind::Han => true,
            Kind::Letters => *at == 0 || GLUED.contains(&&self.text[..*at]),
            Kind::Digits => *at == 0,
        };
        let starts: Vec<usize> = self.text.char_indices().map(|(at, _)| at).filter(inside).collect();
        starts.into_iter()
    }
}

/// The name in lower case and half width.
fn fold(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Takes a name apart at separators, between letters, digits and Han, and where lower case turns into upper case.
pub(super) fn tokens(name: &str) -> Vec<Token> {
    let chars: Vec<char> = name.chars().map(fold).collect();
    let mut tokens: Vec<Token> = Vec::new();
    let mut open = false;
    for (i, &c) in chars.iter().enumerate() {
        let Some(kind) = kind_of(c) else {
            open = false;
            continue;
        };
        let hump = c.is_uppercase() && i > 0 && {
            let next_lower = chars.get(i + 1).is_some_and(|next| next.is_lowercase());
            chars[i - 1].is_lowercase() || (chars[i - 1].is_uppercase() && next_lower)
        };
        match tokens.last_mut().filter(|last| open && last.kind == kind && !hump) {
            Some(last) => last.text.extend(c.to_lowercase()),
            None => tokens.push(Token {
                text: c.to_lowercase().collect(),
                kind,
            }),
        }
        open = true;
    }
    tokens
}

fn kind_of(c: char) -> Option<Kind> {
    match c {
        _ if is_han(c) => Some(Kind::Han),
        _ if c.is_numeric() => Some(Kind::Digits),
        _ if c.is_alphabetic() => Some(Kind::Letters),
        _ => None,
    }
}

/// A name without what stands in round brackets; `None` where there are none.
pub(super) fn without_brackets(name: &str) -> Option<String> {
    let opens = |c| matches!(c, '(' | '\u{ff08}' | '\u{3010}');
    let closes = |c| matches!(c, ')' | '\u{ff09}' | '\u{3011}');
    name.contains(opens).then_some(())?;
    let mut depth = 0_usize;
    let mut kept = String::with_capacity(name.len());
    for c in name.chars() {
        depth += usize::from(opens(c));
        if depth == 0 {
            kept.push(c);
        }
        depth = depth.saturating_sub(usize::from(closes(c)));
    }
    Some(kept)
}

/// A plural without its ending: `phones`, `addresses`.
pub(super) fn singular(word: &str) -> Option<&str> {
    word.strip_suffix("sses")
        .map(|stem| &word[..stem.len() + 2])
        .or_else(|| word.strip_suffix('s'))
}
