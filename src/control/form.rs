//! `application/x-www-form-urlencoded` (URL standard, 5.1): the fields of a small form.

use percent_encoding::percent_decode;

/// Most bytes of a form that are read.
pub const MAX_FORM_BYTES: usize = 16 * 1024;

/// Most fields that are looked at.
const MAX_FIELDS: usize = 32;

/// The fields of a form or a query.
#[derive(Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a form or a query; what is no UTF-8 is left out.
    pub fn parse(bytes: &[u8]) -> Self {
        let pairs = bytes.split(|b| *b == b'&').take(MAX_FIELDS);
        Self(
            pairs
                .filter_map(|pair| Some((decode(name(pair))?, decode(value(pair))?)))
                .collect(),
        )
    }

    /// The first field of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

fn name(pair: &[u8]) -> &[u8] {
    pair.split(|b| *b == b'=').next().unwrap_or_default()
}

fn value(pair: &[u8]) -> &[u8] {
    memchr::memchr(b'=', pair).map_or(&[], |at| &pair[at + 1..])
}

fn decode(raw: &[u8]) -> Option<String> {
    let spaced: Vec<u8> = raw.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
    let decoded: Vec<u8> = percent_decode(&spaced).collect();
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded_once() {
        let fields =
            Fields::parse("account=%E7%8E%8B&password=a%2Bb+c%3Dd&next=%2Fx%3Fy%3D%252F&odd&=x&a=1&a=2".as_bytes());
        for (name, value) in [
            ("account", Some("王")),
            ("password", Some("a+b c=d")),
            ("next", Some("/x?y=%2F")),
            ("odd", Some("")),
            ("a", Some("1")),
            ("missing", None),
        ] {
            assert_eq!(fields.get(name), value, "{name}");
        }
        assert_eq!(Fields::parse(b"bad=%ff").get("bad"), None);
    }
}
