//! Where in a YAML file a rule stands, so that a fault found long after parsing can be shown at its line.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// One step into a YAML document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The value under a key.
    Key(String),
    /// The key itself (only as the last step).
    Name(String),
    /// An element of a list, from 0.
    Index(usize),
}

/// A place in a YAML document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct YamlPath(Vec<Step>);

impl YamlPath {
    /// The whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads what [`fmt::Display`] writes, for keys without `.` and `[`: `chains[0].levels[1].quorum`.
    pub fn read(text: &str) -> Self {
        let mut path = Self::root();
        for part in text.split('.') {
            let mut pieces = part.split('[');
            path = pieces
                .next()
                .filter(|k| !k.is_empty())
                .map_or(path.clone(), |key| path.key(key));
            for index in pieces.filter_map(|p| p.trim_end_matches(']').parse().ok()) {
                path = path.index(index);
            }
        }
        path
    }

    /// The value under a key of this place.
    pub fn key(&self, key: &str) -> Self {
        self.then(Step::Key(key.to_owned()))
    }

    /// A key of this place, itself.
    pub fn name(&self, key: &str) -> Self {
        self.then(Step::Name(key.to_owned()))
    }

    /// An element of this place.
    pub fn index(&self, index: usize) -> Self {
        self.then(Step::Index(index))
    }

    /// The steps from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl fmt::Display for YamlPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(k) | Step::Name(k) if i == 0 => write!(f, "{k}")?,
                Step::Key(k) | Step::Name(k) => write!(f, ".{k}")?,
                Step::Index(n) => write!(f, "[{n}]")?,
            }
        }
        Ok(())
    }
}

/// A mapping in the order of its file; a key that stands twice is an error, not a silent last word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs<V>(pub Vec<(String, V)>);

impl<V> Default for Pairs<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Pairs<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect<V>(std::marker::PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Collect<V> {
            type Value = Pairs<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs: Vec<(String, V)> = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    if pairs.iter().any(|(k, _)| *k == key) {
                        return Err(A::Error::custom(format!("`{key}` stands here twice")));
                    }
                    pairs.push((key, map.next_value()?));
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Collect(std::marker::PhantomData))
    }
}
