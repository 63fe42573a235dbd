//! What rewriters learned of the answers under a plan, kept for the next one.

use std::any::Any;

use parking_lot::Mutex;

/// Most things kept. More rewriters than this at once under one plan start cold.
const MAX_KEPT: usize = 8;

/// Keeps what a rewriter learned (the look of keys, never values) between answers under one plan.
///
/// What stands in here is the rewriters' own affair; it is dropped with the plan, so nothing learned outlives a policy.
#[derive(Default)]
pub struct WarmPool {
    kept: Mutex<Vec<Box<dyn Any + Send>>>,
}

impl WarmPool {
    /// Takes something of this type, if any is kept.
    pub fn take<T: Any + Send>(&self) -> Option<Box<T>> {
        let mut kept = self.kept.lock();
        let at = kept.iter().position(|one| (**one).is::<T>())?;
        kept.swap_remove(at).downcast().ok()
    }

    /// Gives it back for the next rewriter.
    pub fn give<T: Any + Send>(&self, one: Box<T>) {
        let mut kept = self.kept.lock();
        if kept.len() < MAX_KEPT {
            kept.push(one);
        }
    }
}

impl std::fmt::Debug for WarmPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WarmPool").finish_non_exhaustive()
    }
}
