//! `data-classes.yaml` as it stands in the file; unknown keys are errors.

use serde::Deserialize;

use super::Level;
use crate::catalog::origin::Pairs;
use crate::mask::detect::DetectorKind;
use crate::mask::partial::PartialForm;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) classes: Pairs<Class>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Class {
    pub(super) title: Title,
    pub(super) level: Level,
    #[serde(default)]
    pub(super) parents: Vec<String>,
    #[serde(default, rename = "abstract")]
    pub(super) is_abstract: bool,
    #[serde(default)]
    pub(super) names: Vec<String>,
    #[serde(default)]
    pub(super) not_names: Vec<String>,
    #[serde(default)]
    pub(super) detectors: Vec<DetectorKind>,
    #[serde(default)]
    pub(super) partial: Option<PartialForm>,
    #[serde(default)]
    pub(super) surrogate: Option<Surrogate>,
    #[serde(default)]
    pub(super) applies: Applies,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Title {
    pub(super) zh: String,
    pub(super) en: String,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Applies {
    #[default]
    Always,
    PersonLike,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Surrogate {
    pub(super) rule: Rule,
    pub(super) domain: Option<String>,
    pub(super) lead: Option<String>,
    pub(super) marker: Option<String>,
    pub(super) min_digits: Option<usize>,
    pub(super) max_digits: Option<usize>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Rule {
    Phone,
    ResidentId,
    BankCard,
    MarkedDigits,
}
