//! What an approval is bound to: the [`RequestDigest`].

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::id::{IdError, hex_text, read_hex, write_hex};
use crate::mask::Rendering;
use crate::subject::SubjectId;

/// Separates this digest from every other use of SHA-256 in the program, and names the version of the encoding.
const DOMAIN: &[u8] = b"overcoat request digest v1";

/// SHA-256 over a canonical, length-prefixed encoding of everything an approval is bound to. Two requests with the same digest
/// ask for the same thing; written as 64 lowercase hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RequestDigest([u8; 32]);

hex_text!(RequestDigest, 32);

impl RequestDigest {
    /// A digest that was kept elsewhere, such as in the header of a sealed hold.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The body of a request as far as it says what is asked for.
#[derive(Clone, Copy, Debug)]
pub enum DigestBody<'a> {
    /// No body.
    None,
    /// JSON: the order of keys and white space do not matter. What varies without meaning (an RPC call's `id`) is taken out by the
    /// caller before, as the catalog's `digest_ignore` says.
    Json(&'a serde_json::Value),
    /// Any other body, byte for byte.
    Bytes(&'a [u8]),
}

/// Everything that a digest binds. All fields are there on purpose: none can be forgotten.
#[derive(Clone, Copy, Debug)]
pub struct DigestParts<'a> {
    /// Who asks.
    pub requester: &'a SubjectId,
    /// The method, in upper case.
    pub method: &'a str,
    /// The canonical path.
    pub path: &'a str,
    /// Query parameters, decoded. They are sorted here; parameters of the same name keep their order.
    pub query: &'a [(String, String)],
    /// The body.
    pub body: DigestBody<'a>,
    /// The policy snapshot under which it was asked.
    pub snapshot: &'a str,
    /// What is to be released: data class or field, and its rendering. Sorted here.
    pub released: &'a [(&'a str, Rendering)],
    /// The most rows that may leave; `None` for as many as the sealed answer holds.
    pub row_ceiling: Option<u64>,
}

impl DigestParts<'_> {
    /// The digest of these parts.
    pub fn digest(&self) -> RequestDigest {
        let mut encoding = Encoding::start();
        encoding.text(self.requester.as_str());
        encoding.text(self.method);
        encoding.text(self.path);
        self.encode_query(&mut encoding);
        self.encode_body(&mut encoding);
        encoding.text(self.snapshot);
        self.encode_released(&mut encoding);
        encoding.optional_number(self.row_ceiling);
        encoding.finish()
    }

    fn encode_query(&self, encoding: &mut Encoding) {
        let mut query: Vec<&(String, String)> = self.query.iter().collect();
        query.sort_by(|a, b| a.0.cmp(&b.0));
        encoding.count(query.len());
        for (name, value) in query {
            encoding.text(name);
            encoding.text(value);
        }
    }

    fn encode_body(&self, encoding: &mut Encoding) {
        match self.body {
            DigestBody::None => encoding.text("none"),
            DigestBody::Json(value) => {
                encoding.text("json");
                encoding.bytes(&canonical_json(value));
            }
            DigestBody::Bytes(bytes) => {
                encoding.text("bytes");
                encoding.bytes(bytes);
            }
        }
    }

    fn encode_released(&self, encoding: &mut Encoding) {
        let mut released = self.released.to_vec();
        released.sort();
        released.dedup();
        encoding.count(released.len());
        for (class, rendering) in released {
            encoding.text(class);
            encoding.text(rendering.as_str());
        }
    }
}

/// Length-prefixed parts hashed one after the other: no two different lists of parts have the same encoding.
struct Encoding(Sha256);

impl Encoding {
    fn start() -> Self {
        let mut encoding = Self(Sha256::new());
        encoding.bytes(DOMAIN);
        encoding
    }

    fn count(&mut self, count: usize) {
        self.0.update((count as u64).to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn optional_number(&mut self, number: Option<u64>) {
        match number {
            None => self.bytes(&[]),
            Some(number) => self.bytes(&number.to_be_bytes()),
        }
    }

    fn finish(self) -> RequestDigest {
        RequestDigest(self.0.finalize().into())
    }
}

/// JSON with sorted keys and no white space. Numbers keep the spelling that `serde_json` gives them.
fn canonical_json(value: &serde_json::Value) -> Vec<u8> {
    let mut out = Vec::new();
    write_canonical(value, &mut out);
    out
}

fn write_canonical(value: &serde_json::Value, out: &mut Vec<u8>) {
    match value {
        serde_json::Value::Array(items) => {
            write_joined(out, b"[]", items, write_canonical);
        }
        serde_json::Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|a, b| a.0.cmp(b.0));
            write_joined(out, b"{}", members, |(key, member), out| {
                write_scalar(&serde_json::Value::from(key.as_str()), out);
                out.push(b':');
                write_canonical(member, out);
            });
        }
        scalar => write_scalar(scalar, out),
    }
}

fn write_joined<T>(
    out: &mut Vec<u8>,
    brackets: &[u8; 2],
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(T, &mut Vec<u8>),
) {
    out.push(brackets[0]);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(brackets[1]);
}

fn write_scalar(scalar: &serde_json::Value, out: &mut Vec<u8>) {
    out.extend_from_slice(scalar.to_string().as_bytes());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Case {
        requester: SubjectId,
        query: Vec<(String, String)>,
        body: serde_json::Value,
        released: Vec<(&'static str, Rendering)>,
    }

    fn case() -> Case {
        Case {
            requester: SubjectId::new("li.wei"),
            query: vec![("page".into(), "1".into()), ("city".into(), "佛山".into())],
            body: json!({"method": "export_data", "params": [1, {"b": 2, "a": 1}]}),
            released: vec![("phone", Rendering::Partial), ("address", Rendering::Redacted)],
        }
    }

    fn parts(case: &Case) -> DigestParts<'_> {
        DigestParts {
            requester: &case.requester,
            method: "POST",
            path: "/api/customers/export",
            query: &case.query,
            body: DigestBody::Json(&case.body),
            snapshot: "snapshot-1",
            released: &case.released,
            row_ceiling: Some(500),
        }
    }

    #[test]
    fn order_without_meaning_does_not_change_it() {
        let one = case();
        let mut other = case();
        other.query.reverse();
        other.released.reverse();
        other.body = serde_json::from_str(r#"{"params":[1,{"a":1,"b":2}], "method":"export_data"}"#).unwrap();
        assert_eq!(parts(&one).digest(), parts(&other).digest());
    }

    #[test]
    fn each_part_changes_it() {
        let base = case();
        let requester = SubjectId::new("wang.fang");
        let query = vec![("city".into(), "佛山".into()), ("page".into(), "2".into())];
        let body = json!({"method": "export_data", "params": [2]});
        let released = [("phone", Rendering::Clear), ("address", Rendering::Redacted)];
        let original = parts(&base);
        let others = [
            DigestParts {
                requester: &requester,
                ..original
            },
            DigestParts {
                method: "GET",
                ..original
            },
            DigestParts {
                path: "/api/customers",
                ..original
            },
            DigestParts {
                query: &query,
                ..original
            },
            DigestParts {
                body: DigestBody::Json(&body),
                ..original
            },
            DigestParts {
                body: DigestBody::None,
                ..original
            },
            DigestParts {
                body: DigestBody::Bytes(b"{}"),
                ..original
            },
            DigestParts {
                snapshot: "snapshot-2",
                ..original
            },
            DigestParts {
                released: &released,
                ..original
            },
            DigestParts {
                row_ceiling: Some(501),
                ..original
            },
            DigestParts {
                row_ceiling: None,
                ..original
            },
        ];
        let mut digests: Vec<_> = others.iter().map(DigestParts::digest).collect();
        digests.push(original.digest());
        digests.sort();
        digests.dedup();
        assert_eq!(digests.len(), others.len() + 1);
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let base = case();
        let one = DigestParts {
            method: "GET",
            path: "/a",
            ..parts(&base)
        };
        let other = DigestParts {
            method: "GET/",
            path: "a",
            ..parts(&base)
        };
        assert_ne!(one.digest(), other.digest());
        let split = [("ab".to_owned(), "c".to_owned())];
        let joined = [("a".to_owned(), "bc".to_owned())];
        let one = DigestParts {
            query: &split,
            ..parts(&base)
        };
        let other = DigestParts {
            query: &joined,
            ..parts(&base)
        };
        assert_ne!(one.digest(), other.digest());
    }

    #[test]
    fn repeated_parameters_keep_their_order() {
        let base = case();
        let one = [("id".to_owned(), "1".to_owned()), ("id".to_owned(), "2".to_owned())];
        let other = [("id".to_owned(), "2".to_owned()), ("id".to_owned(), "1".to_owned())];
        assert_ne!(
            DigestParts {
                query: &one,
                ..parts(&base)
            }
            .digest(),
            DigestParts {
                query: &other,
                ..parts(&base)
            }
            .digest()
        );
    }

    #[test]
    fn its_text_reads_back_in_one_spelling() {
        let digest = parts(&case()).digest();
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert!(digest.to_string().to_uppercase().parse::<RequestDigest>().is_err());
        assert!("ab".parse::<RequestDigest>().is_err());
    }
}
