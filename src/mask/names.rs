//! The names that fields of a data class go by, in Chinese, English and pinyin.

use super::ClassId;

/// Finds the data class of a field by its name alone.
#[derive(Debug, Default)]
pub struct NameIndex {}

impl NameIndex {
    /// The class a field of this name holds, if its name says so: `手机`, `mobile`, `contactPhone`, `CUSTOMER_MOBILE_2`.
    pub fn class_of(&self, name: &str) -> Option<ClassId> {
        let _ = name;
        None
    }
}
