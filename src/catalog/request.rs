//! What routing may look at in a request.

mod multipart;

use std::fmt;

use http::{HeaderMap, header};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::target::CanonicalTarget;

/// The largest request body that is held to find its route, in bytes. Requests that call a method are small; uploads go to routes without body predicates.
pub const MAX_ROUTED_BODY_BYTES: usize = 1024 * 1024;

/// A request as routing sees it.
#[derive(Clone, Copy, Debug)]
pub struct RequestView<'a> {
    /// The method, as it came.
    pub method: &'a str,
    /// The canonical target.
    pub target: &'a CanonicalTarget,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body as [`read_body`] gives it; `None` if it was not asked for ([`super::Catalog::needs_body`]) or is no JSON and no form.
    pub body: Option<&'a Value>,
}

/// Why a request body was refused. Never quotes the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyReadError {
    /// It says it is JSON and is not.
    #[error("the request body is no JSON")]
    NotJson,
    /// A key stands twice: two servers could read two different requests.
    #[error("the request body holds a key twice")]
    DuplicateKey,
    /// It says it is a form and cannot be decoded.
    #[error("the request body is no form")]
    NotForm,
    /// It says it is a form and looks like JSON, or has two labels: a CRM may read another request than we do.
    #[error("the request body can be read in two ways")]
    TwoReadings,
    /// A charset in which ASCII does not stand for itself (UTF-7, UTF-16, EBCDIC), by label or by its first bytes.
    #[error("the request body is in a charset that hides its words")]
    Charset,
}

/// Reads a (decompressed) request body for routing: JSON as it is, a form (URL-encoded or multipart) as an object of lists of texts.
/// A body that looks like JSON is read as JSON whatever its label says: some CRMs ignore the label. Anything else is `None`.
///
/// INVARIANT: what looks like JSON and is not read is refused, never `None`: a CRM whose parser is laxer than ours (`NaN`, bytes that
/// are no UTF-8, lone surrogates) would obey a request that no route was asked about.
pub fn read_body(headers: &HeaderMap, body: &[u8]) -> Result<Option<Value>, BodyReadError> {
    if headers.get_all(header::CONTENT_TYPE).iter().nth(1).is_some() {
        return Err(BodyReadError::TwoReadings);
    }
    let essence = content_type(headers);
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
    if hides_ascii(headers) || is_wide(body) {
        return Err(BodyReadError::Charset);
    }
    let looks = matches!(text.first(), Some(b'{' | b'['));
    if essence == "application/x-www-form-urlencoded" {
        return match looks {
            true => Err(BodyReadError::TwoReadings),
            false => read_form(body).map(Some),
        };
    }
    if essence == MULTIPART {
        return read_multipart(headers, body).map(Some);
    }
    let labelled = essence == "application/json" || essence.ends_with("+json") || essence == "text/json";
    if text.is_empty() || !(labelled || looks) {
        return Ok(None);
    }
    match strict_json(text) {
        Ok(value) => Ok(Some(value)),
        Err(e) if e.to_string().starts_with(DUPLICATE) => Err(BodyReadError::DuplicateKey),
        Err(_) => Err(BodyReadError::NotJson),
    }
}

/// A form that may hold files.
const MULTIPART: &str = "multipart/form-data";

/// Whether the body is labelled as a form.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    matches!(
        content_type(headers).as_str(),
        "application/x-www-form-urlencoded" | MULTIPART
    )
}

fn content_type(headers: &HeaderMap) -> String {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split(';').next())
        .map(|v| v.trim().to_ascii_lowercase())
        .unwrap_or_default()
}

/// Charsets in which the bytes of ASCII mean ASCII, wherever a name can stand.
const ASCII_CHARSETS: [&str; 14] = [
    "utf-8",
    "utf8",
    "us-ascii",
    "ascii",
    "iso-8859-1",
    "latin1",
    "windows-1252",
    "gbk",
    "gb2312",
    "gb18030",
    "big5",
    "euc-jp",
    "euc-kr",
    "shift_jis",
];

/// Whether the label names a charset that is not known to keep ASCII.
fn hides_ascii(headers: &HeaderMap) -> bool {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let mut parameters = value.split(';').skip(1).filter_map(|p| p.split_once('='));
    parameters.any(|(name, value)| {
        let value = value.trim().trim_matches('"').to_ascii_lowercase();
        name.trim().eq_ignore_ascii_case("charset") && !ASCII_CHARSETS.contains(&value.as_str())
    })
}

/// UTF-16 and UTF-32 show by their mark, or by the zeros between the first letters (RFC 4627 section 3).
fn is_wide(body: &[u8]) -> bool {
    body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff") || body.iter().take(4).any(|b| *b == 0)
}

/// A form is read by the same decoder as a query.
fn read_form(body: &[u8]) -> Result<Value, BodyReadError> {
    let text = std::str::from_utf8(body.trim_ascii()).map_err(|_| BodyReadError::NotForm)?;
    let pairs = super::target::form_pairs(text).map_err(|_| BodyReadError::NotForm)?;
    Ok(form_value(pairs))
}

fn read_multipart(headers: &HeaderMap, body: &[u8]) -> Result<Value, BodyReadError> {
    let label = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let pairs = multipart::boundary(label).and_then(|b| multipart::pairs(body, &b));
    pairs.map(form_value).ok_or(BodyReadError::NotForm)
}

/// A form as an object of lists of texts.
fn form_value(pairs: Vec<(String, String)>) -> Value {
    let mut form = Map::new();
    for (name, value) in pairs {
        if let Value::Array(values) = form.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
            values.push(Value::String(value));
        }
    }
    Value::Object(form)
}

const DUPLICATE: &str = "duplicate key";

/// JSON in which no object holds a key twice. Depth is limited by serde_json (128).
fn strict_json(text: &[u8]) -> Result<Value, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Strict.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::String(v.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(Strict)? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(Strict)?;
            if object.insert(key, value).is_some() {
                return Err(A::Error::custom(DUPLICATE));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(content_type: &str, body: &str) -> Result<Option<Value>, BodyReadError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        read_body(&headers, body.as_bytes())
    }

    #[test]
    fn bodies_are_read_by_label_and_look() {
        assert_eq!(
            read("application/json", "\u{feff}{\"a\":[1]}"),
            Ok(Some(json!({"a": [1]})))
        );
        assert_eq!(read("text/plain", "{\"a\":1}"), Ok(Some(json!({"a": 1}))));
        assert_eq!(read("text/plain", "not json"), Ok(None));
        assert_eq!(read("text/xml", "<a/>"), Ok(None));
        assert_eq!(read("application/json", ""), Ok(None));
        let form = read(
            "application/x-www-form-urlencoded; charset=utf-8",
            "f=a&f=b+c&g=%E5%BC%A0",
        );
        assert_eq!(form, Ok(Some(json!({"f": ["a", "b c"], "g": ["张"]}))));
        let part = "--x\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\na\r\n";
        let multipart = read("multipart/form-data; boundary=x", &format!("{part}{part}--x--"));
        assert_eq!(multipart, Ok(Some(json!({"f": ["a", "a"]}))));
    }

    #[test]
    fn two_readings_are_refused() {
        assert_eq!(
            read("application/json", "{\"method\":\"a\",\"\\u006dethod\":\"b\"}"),
            Err(BodyReadError::DuplicateKey)
        );
        assert_eq!(
            read("text/plain", "[{\"a\":1,\"a\":2}]"),
            Err(BodyReadError::DuplicateKey)
        );
        assert_eq!(read("application/json", "{\"a\":"), Err(BodyReadError::NotJson));
        assert_eq!(read("application/json", "{} {}"), Err(BodyReadError::NotJson));
        assert_eq!(
            read("application/x-www-form-urlencoded", "a=%zz"),
            Err(BodyReadError::NotForm)
        );
    }

    /// Tryton takes for JSON whatever has `json` anywhere in its type, and Python's parser is laxer than RFC 8259.
    #[test]
    fn what_a_laxer_parser_would_obey_is_refused() {
        let lax = [
            "{\"method\":\"a\",\"x\":NaN}",
            "{\"x\":\"\\ud800\"}",
            "{\"x\":1e999}",
            "[1,]",
            "{x",
        ];
        for body in lax {
            assert_eq!(read("x/json5", body), Err(BodyReadError::NotJson), "{body}");
            let form = read("application/x-www-form-urlencoded; as=json", body);
            assert_eq!(form, Err(BodyReadError::TwoReadings), "{body}");
        }
        let latin = read_body(&HeaderMap::new(), b"{\"method\":\"a\",\"x\":\"\xff\"}");
        assert_eq!(latin, Err(BodyReadError::NotJson));
    }

    #[test]
    fn of_two_labels_none_is_believed() {
        let mut twice = HeaderMap::new();
        twice.append(header::CONTENT_TYPE, "text/plain".parse().unwrap());
        twice.append(
            header::CONTENT_TYPE,
            "application/x-www-form-urlencoded".parse().unwrap(),
        );
        assert_eq!(read_body(&twice, b"a=1"), Err(BodyReadError::TwoReadings));
    }
}
