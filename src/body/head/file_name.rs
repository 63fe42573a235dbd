//! File names in `Content-Disposition` (RFC 6266) and `Content-Type; name=`.

use super::search::{Search, decode_word, readable, unpercent};
use crate::body::charset::{parameter, split_parameters};

/// Words that file names of exports are made of. A name of other words may be a person's, and no detector knows those.
const EVERYDAY: [&str; 76] = [
    "account",
    "accounts",
    "address",
    "addresses",
    "activities",
    "activity",
    "all",
    "attachment",
    "bank",
    "by",
    "case",
    "cases",
    "campaign",
    "client",
    "clients",
    "company",
    "companies",
    "contact",
    "contacts",
    "crm",
    "csv",
    "customer",
    "customers",
    "data",
    "dealer",
    "dealers",
    "document",
    "download",
    "employee",
    "employees",
    "export",
    "exports",
    "factory",
    "file",
    "formula",
    "formulas",
    "full",
    "invoice",
    "invoices",
    "item",
    "items",
    "json",
    "lead",
    "leads",
    "list",
    "lists",
    "opportunities",
    "opportunity",
    "order",
    "orders",
    "parties",
    "party",
    "person",
    "persons",
    "price",
    "prices",
    "product",
    "products",
    "project",
    "projects",
    "quote",
    "quotes",
    "record",
    "records",
    "report",
    "reports",
    "result",
    "results",
    "sale",
    "sales",
    "search",
    "table",
    "task",
    "tasks",
    "user",
    "users",
];
const EVERYDAY_HAN: [&str; 18] = [
    "客户",
    "联系人",
    "列表",
    "导出",
    "报表",
    "订单",
    "产品",
    "价格",
    "价目表",
    "项目",
    "合同",
    "商机",
    "线索",
    "数据",
    "明细",
    "配方",
    "经销商",
    "用户",
];

/// The name given in place of one that may say something.
const NEUTRAL: &str = "export";

/// Longest extension that is kept.
const MAX_EXTENSION: usize = 6;

/// Type and file name alone, the name replaced unless it is made of everyday words; `None` if all may stay.
pub(super) fn rewrite_disposition(value: &[u8], search: &Search<'_>) -> Option<String> {
    let kind = split_parameters(value).next().unwrap_or_default().trim_ascii();
    let kind = std::str::from_utf8(kind)
        .ok()
        .filter(|kind| kind.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-'));
    let kind = kind.unwrap_or("attachment");
    let names: Vec<String> = [&b"filename*"[..], b"filename", b"name"]
        .into_iter()
        .filter_map(|name| parameter(value, name))
        .map(|raw| plain_name(&raw))
        .collect();
    let count = split_parameters(value).count() - 1;
    if names.iter().all(|name| is_everyday(name, search)) && count == names.len() {
        return None;
    }
    match names.first() {
        Some(name) => Some(format!("{kind}; filename=\"{}\"", neutral(name, search))),
        None => Some(kind.to_owned()),
    }
}

/// The type with its charset parameters; a `name` is replaced, any other parameter searched.
pub(super) fn rewrite_type(value: &[u8], search: &Search<'_>) -> Option<String> {
    let mut changed = false;
    let mut kept = Vec::new();
    for (at, part) in split_parameters(value).enumerate() {
        let text = readable(part);
        let key = text.split('=').next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_name = at > 0 && (key.starts_with("name") || key.starts_with("filename"));
        let safe = !is_name && search.masked(&text).is_none() && !search.holds_words(&text);
        changed |= !safe;
        if safe {
            kept.push(text.into_owned());
        }
    }
    changed.then(|| kept.join(";"))
}

/// The name as people read it: out of RFC 5987, RFC 2047, percent-encoding and the repr of a byte string.
fn plain_name(raw: &[u8]) -> String {
    let text = readable(raw);
    let text = text
        .splitn(3, '\'')
        .nth(2)
        .filter(|_| text.contains("''"))
        .unwrap_or(&text);
    let text = text
        .strip_prefix("b'")
        .and_then(|inner| inner.strip_suffix('\''))
        .unwrap_or(text);
    decode_word(text).unwrap_or_else(|| unpercent(text).into_owned())
}

fn is_everyday(name: &str, search: &Search<'_>) -> bool {
    search.masked(name).is_none() && name.split(|c: char| !c.is_alphanumeric()).all(is_everyday_word)
}

fn is_everyday_word(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let short_number = word.len() <= 8 && word.bytes().all(|b| b.is_ascii_digit());
    short_number || EVERYDAY.contains(&lower.as_str()) || is_extension(&lower) || all_everyday_han(word)
}

fn all_everyday_han(mut word: &str) -> bool {
    while !word.is_empty() {
        let Some(rest) = EVERYDAY_HAN.iter().find_map(|known| word.strip_prefix(known)) else {
            return false;
        };
        word = rest;
    }
    true
}

fn is_extension(word: &str) -> bool {
    [
        "csv", "tsv", "json", "ndjson", "jsonl", "geojson", "txt", "xls", "xlsx", "xml", "zip", "pdf", "html", "gz",
    ]
    .contains(&word)
}

/// The neutral name, with the extension if it is a known one.
fn neutral(name: &str, search: &Search<'_>) -> String {
    if is_everyday(name, search) && name.is_ascii() && !name.contains(['"', '\\']) {
        return name.to_owned();
    }
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.filter(|extension| extension.len() <= MAX_EXTENSION && is_extension(extension)) {
        Some(extension) => format!("{NEUTRAL}.{extension}"),
        None => NEUTRAL.to_owned(),
    }
}
