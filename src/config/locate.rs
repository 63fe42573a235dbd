//! Line and column of a place in a YAML text.
//!
//! The text is read once more by a seed that walks down the path and fails at its end: the YAML reader then says where it was.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::catalog::{Step, YamlPath};

/// Line and column, from 1; those of the nearest enclosing place if the path does not exist.
pub(super) fn locate(text: &str, path: &YamlPath) -> Option<(usize, usize)> {
    let mut steps = path.steps();
    loop {
        if let Some(place) = exactly(text, steps) {
            return Some(place);
        }
        (_, steps) = steps.split_last()?;
    }
}

fn exactly(text: &str, steps: &[Step]) -> Option<(usize, usize)> {
    let error = Walk(steps)
        .deserialize(serde_yaml::Deserializer::from_str(text))
        .err()?;
    let found = error.to_string().contains(HERE);
    error.location().filter(|_| found).map(|l| (l.line(), l.column()))
}

const HERE: &str = "\u{1}here\u{1}";

#[derive(Clone, Copy)]
struct Walk<'a>(&'a [Step]);

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0 {
            [] => deserializer.deserialize_any(Stop),
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a place on the way")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (Some(Step::Key(wanted) | Step::Name(wanted)), name) = (self.0.first(), matches!(self.0, [Step::Name(_)]))
        else {
            return Ok(());
        };
        while let Some(hit) = map.next_key_seed(Key { wanted, stop: name })? {
            if hit {
                map.next_value_seed(Walk(&self.0[1..]))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Some(Step::Index(wanted)) = self.0.first() else {
            return Ok(());
        };
        for _ in 0..*wanted {
            if list.next_element::<IgnoredAny>()?.is_none() {
                return Ok(());
            }
        }
        list.next_element_seed(Walk(&self.0[1..]))?;
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
}

/// Reads a key and says whether it is the one; or stops at it.
struct Key<'a> {
    wanted: &'a str,
    stop: bool,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<bool, E> {
        match key == self.wanted {
            true if self.stop => Err(E::custom(HERE)),
            hit => Ok(hit),
        }
    }
}

/// Fails at whatever stands there.
struct Stop;

impl<'de> Visitor<'de> for Stop {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HERE)
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(A::Error::custom(HERE))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(A::Error::custom(HERE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a: 1\nroutes:\n  - id: x\n    fields:\n      $.a: phone\n      '$.b[': mobile\n  - id: y\n    methods: [GET, POST]\n";

    #[test]
    fn places_are_found() {
        let root = YamlPath::root();
        let routes = root.key("routes");
        for (path, place) in [
            (root.key("a"), (1, 4)),
            (root.name("routes"), (2, 1)),
            (routes.index(0).key("id"), (3, 9)),
            (routes.index(0).key("fields").key("$.a"), (5, 12)),
            (routes.index(0).key("fields").name("$.b["), (6, 7)),
            (routes.index(1).key("methods").index(1), (8, 20)),
        ] {
            assert_eq!(locate(TEXT, &path), Some(place), "{path}");
        }
    }

    #[test]
    fn a_place_that_is_not_there_is_its_surroundings() {
        let path = YamlPath::root().key("routes").index(1).key("fields").key("$.x");
        let (line, _) = locate(TEXT, &path).unwrap();
        assert_eq!(line, 7);
    }
}
