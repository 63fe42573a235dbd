//! Bytes as text inside the sealed meta: base64, because JSON would write them as lists of numbers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

fn decode<E: Error>(text: &str) -> Result<Vec<u8>, E> {
    // The decoder's own message would quote a character of an original.
    STANDARD.decode(text).map_err(|_| E::custom("not base64"))
}

/// Header lines.
pub(super) mod lines {
    use super::*;

    /// Writes them.
    pub fn serialize<S: Serializer>(lines: &[(String, Vec<u8>)], serializer: S) -> Result<S::Ok, S::Error> {
        let lines: Vec<(&str, String)> = lines
            .iter()
            .map(|(name, value)| (name.as_str(), STANDARD.encode(value)))
            .collect();
        lines.serialize(serializer)
    }

    /// Reads them.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, Vec<u8>)>, D::Error> {
        let lines = Vec::<(String, String)>::deserialize(deserializer)?;
        lines
            .into_iter()
            .map(|(name, value)| Ok((name, decode(&value)?)))
            .collect()
    }
}

/// A body that may be missing.
pub(super) mod body {
    use super::*;

    /// Writes it.
    pub fn serialize<S: Serializer>(body: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
        body.as_ref().map(|body| STANDARD.encode(body)).serialize(serializer)
    }

    /// Reads it.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
        Option::<String>::deserialize(deserializer)?
            .map(|body| decode(&body))
            .transpose()
    }
}
