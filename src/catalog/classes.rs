//! The registry of data classes, read from `policies/data-classes.yaml`.

use std::sync::Arc;

use crate::mask::detect::Detectors;
use crate::mask::names::NameIndex;
use crate::mask::{ClassId, ClassSpec};

/// All data classes of a snapshot; ids are dense from 0.
#[derive(Debug, Default)]
pub struct DataClasses {}

impl DataClasses {
    /// The class of this name.
    pub fn by_name(&self, name: &str) -> Option<ClassId> {
        let _ = name;
        None
    }

    /// The name of a class.
    pub fn name(&self, class: ClassId) -> &str {
        let _ = class;
        ""
    }

    /// The classes it belongs to, nearest first.
    pub fn ancestors(&self, class: ClassId) -> &[ClassId] {
        let _ = class;
        &[]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names that fields of each class go by.
    pub fn names(&self) -> Arc<NameIndex> {
        Arc::default()
    }

    /// The detectors of all classes.
    pub fn detectors(&self) -> Arc<Detectors> {
        Arc::default()
    }

    /// What a class says of the look of its values.
    pub fn spec(&self, class: ClassId) -> Arc<ClassSpec> {
        let _ = class;
        unreachable!("there is no class")
    }
}
