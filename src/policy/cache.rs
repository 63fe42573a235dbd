//! The decision cache: bounded, one for each snapshot, gone with it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use parking_lot::RwLock;

use crate::subject::Role;

/// Most entries. Keys hold what a request names (columns), so a client could fill memory with them; when it is full it starts anew,
/// which costs some questions to casbin and forgets nothing that matters.
const MAX_ENTRIES: usize = 4096;

/// Who asks in which circumstances, as far as policy can tell askers apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Circumstance {
    pub roles: Arc<[Role]>,
    /// One bit for each condition of the policy.
    pub bits: u128,
}

impl Circumstance {
    pub(super) fn holds(&self, condition: usize) -> bool {
        self.bits >> condition & 1 == 1
    }
}

/// A map that never grows beyond [`MAX_ENTRIES`]. Failures are not kept.
#[derive(Debug)]
pub(super) struct Bounded<K, V>(RwLock<HashMap<K, V>>);

impl<K, V> Default for Bounded<K, V> {
    fn default() -> Self {
        Self(RwLock::new(HashMap::new()))
    }
}

impl<K: Eq + Hash, V: Clone> Bounded<K, V> {
    pub(super) fn get_or_try<E>(&self, key: K, make: impl FnOnce(&K) -> Result<V, E>) -> Result<V, E> {
        if let Some(known) = self.0.read().get(&key) {
            return Ok(known.clone());
        }
        let made = make(&key)?;
        let mut map = self.0.write();
        if map.len() >= MAX_ENTRIES {
            map.clear();
        }
        map.insert(key, made.clone());
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_does_not_grow_without_bound_and_keeps_no_failure() {
        let cache = Bounded::default();
        for i in 0..MAX_ENTRIES * 2 + 1 {
            assert_eq!(cache.get_or_try(i, |i| Ok::<_, ()>(*i)), Ok(i));
        }
        assert!(cache.0.read().len() <= MAX_ENTRIES);
        assert_eq!(cache.get_or_try(usize::MAX, |_| Err(())), Err(()));
        assert_eq!(cache.get_or_try(usize::MAX, |_| Ok::<_, ()>(1)), Ok(1));
        assert_eq!(cache.get_or_try(usize::MAX, |_| Err(())), Ok(1));
    }
}
