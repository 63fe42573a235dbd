//! The data classes: what is sensitive, what it is called, how it is found and shown.
//!
//! Purpose: `policies/data-classes.yaml` read, checked and compiled to what masking needs ([`NameIndex`], [`Detectors`], [`ClassSpec`]).
//!
//! Guarantee: all or nothing. A file with one mistake gives no classes, and each mistake says where it is and what was perhaps meant.
//!
//! Exceptions: the built-in file ([`DataClasses::builtin`]) is part of the program, so that an unknown CRM is masked on its first day.

mod raw;
mod read;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::origin::Step;
use super::suggest::nearest;
use super::title::Lang;
use crate::mask::detect::Detectors;
use crate::mask::names::NameIndex;
use crate::mask::{ClassId, ClassSpec, FpeError, Masker, Rendering, SurrogateCipher, SurrogateKey};

/// The file that is built into the program.
pub const BUILTIN_YAML: &str = include_str!("../../policies/data-classes.yaml");

/// Most classes of a registry: [`ClassId`] is dense and kept in bit sets.
pub const MAX_CLASSES: usize = 512;

/// How much harm the disclosure of a class does, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// None.
    Public,
    /// For the company's own people.
    Internal,
    /// For those who need it.
    Confidential,
    /// For few, named people.
    Secret,
}

impl Level {
    /// The word used in files and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Confidential => "confidential",
            Self::Secret => "secret",
        }
    }
}

/// One mistake in `data-classes.yaml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassesError {
    /// Where in the tree of the file; `config` turns it into line and column where `location` has none.
    pub path: Vec<Step>,
    /// Line and column from 1, where the YAML reader knows it.
    pub location: Option<(usize, usize)>,
    /// What is wrong; lower case, no full stop.
    pub message: String,
    /// What was perhaps meant, or what to do.
    pub hint: Option<String>,
}

impl fmt::Display for ClassesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.path {
            match step {
                Step::Key(key) | Step::Name(key) => write!(f, "{key}.")?,
                Step::Index(index) => write!(f, "{index}.")?,
            }
        }
        write!(f, " {}", self.message)?;
        self.hint.iter().try_for_each(|hint| write!(f, "; {hint}"))
    }
}

impl std::error::Error for ClassesError {}

/// One data class.
#[derive(Clone, Debug)]
pub struct DataClass {
    pub(super) name: Arc<str>,
    pub(super) title_zh: Arc<str>,
    pub(super) title_en: Arc<str>,
    pub(super) level: Level,
    pub(super) parents: Vec<ClassId>,
    pub(super) is_abstract: bool,
    pub(super) spec: Arc<ClassSpec>,
}

impl DataClass {
    /// The name used in files.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The title for people.
    pub fn title(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.title_zh,
            Lang::En => &self.title_en,
        }
    }

    /// How much harm its disclosure does.
    pub fn level(&self) -> Level {
        self.level
    }

    /// The classes it belongs to directly.
    pub fn parents(&self) -> &[ClassId] {
        &self.parents
    }

    /// Whether it is a group without values of its own.
    pub fn is_abstract(&self) -> bool {
        self.is_abstract
    }

    /// Whether a rule may ask for surrogates of this class.
    pub fn has_surrogate(&self) -> bool {
        self.spec.surrogate.is_some()
    }
}

/// The registry of data classes.
#[derive(Clone, Debug, Default)]
pub struct DataClasses {
    pub(super) classes: Vec<DataClass>,
    /// For each class itself and all above it, nearest first.
    pub(super) ancestors: Vec<Vec<ClassId>>,
    pub(super) names: Arc<NameIndex>,
    pub(super) detectors: Arc<Detectors>,
}

impl DataClasses {
    /// Reads a file's text; all mistakes at once, or a registry.
    pub fn from_yaml(text: &str) -> Result<Self, Vec<ClassesError>> {
        read::read(text)
    }

    /// The classes that come with the program.
    pub fn builtin() -> Self {
        Self::from_yaml(BUILTIN_YAML).expect("the built-in data classes are tested")
    }

    /// The class of this name.
    pub fn by_name(&self, name: &str) -> Option<ClassId> {
        self.iter().find(|(_, class)| class.name() == name).map(|(id, _)| id)
    }

    /// The class of this name, or the name that was perhaps meant.
    pub fn resolve(&self, name: &str) -> Result<ClassId, Option<&str>> {
        self.by_name(name)
            .ok_or_else(|| nearest(name, self.classes.iter().map(DataClass::name)))
    }

    /// A class. Ids come from this registry.
    pub fn class(&self, id: ClassId) -> &DataClass {
        &self.classes[usize::from(id.0)]
    }

    /// The name of a class.
    pub fn name(&self, id: ClassId) -> &str {
        self.class(id).name()
    }

    /// The title of a class.
    pub fn title(&self, id: ClassId, lang: Lang) -> &str {
        self.class(id).title(lang)
    }

    /// The level of a class.
    pub fn level(&self, id: ClassId) -> Level {
        self.class(id).level()
    }

    /// The class itself and all classes above it, nearest first.
    pub fn ancestors(&self, id: ClassId) -> &[ClassId] {
        &self.ancestors[usize::from(id.0)]
    }

    /// Whether a class is `above` or below it.
    pub fn is_within(&self, id: ClassId, above: ClassId) -> bool {
        self.ancestors(id).contains(&above)
    }

    /// The class itself and all classes below it, in the order of the file.
    pub fn descendants(&self, id: ClassId) -> impl Iterator<Item = ClassId> {
        self.ids().filter(move |&below| self.is_within(below, id))
    }

    /// How many classes there are; their ids are 0 to that.
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// All ids.
    pub fn ids(&self) -> impl Iterator<Item = ClassId> + use<> {
        (0..u16::try_from(self.len()).unwrap_or(u16::MAX)).map(ClassId)
    }

    /// All classes with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (ClassId, &DataClass)> {
        self.ids().zip(&self.classes)
    }

    /// The names that fields go by.
    pub fn names(&self) -> Arc<NameIndex> {
        Arc::clone(&self.names)
    }

    /// The detectors.
    pub fn detectors(&self) -> Arc<Detectors> {
        Arc::clone(&self.detectors)
    }

    /// The look of a class's values.
    pub fn spec(&self, id: ClassId) -> Arc<ClassSpec> {
        Arc::clone(&self.class(id).spec)
    }

    /// The ciphers of all classes that have surrogates, by class: made once for a snapshot and key.
    pub fn ciphers(&self, key: &SurrogateKey, tenant: &str) -> Result<SurrogateCiphers, FpeError> {
        let cipher = |class: &DataClass| match &class.spec.surrogate {
            Some(form) => SurrogateCipher::new(key, form.clone(), tenant).map(|cipher| Some(Arc::new(cipher))),
            None => Ok(None),
        };
        Ok(SurrogateCiphers(
            self.classes.iter().map(cipher).collect::<Result<_, _>>()?,
        ))
    }

    /// The maskers of a plan, one for each class, from one rendering for each class (missing ones are redacted).
    pub fn maskers(&self, renderings: &[Rendering], ciphers: &SurrogateCiphers) -> Arc<[Masker]> {
        self.ids()
            .map(|id| {
                let at = usize::from(id.0);
                let rendering = renderings.get(at).copied().unwrap_or(Rendering::Redacted);
                let cipher = ciphers.0.get(at).cloned().flatten();
                Masker::new(
                    id,
                    rendering,
                    self.spec(id),
                    cipher.filter(|_| rendering == Rendering::Surrogate),
                )
            })
            .collect()
    }
}

/// The surrogate ciphers of a registry under one key and tenant.
#[derive(Clone, Debug)]
pub struct SurrogateCiphers(Vec<Option<Arc<SurrogateCipher>>>);

impl SurrogateCiphers {
    /// The cipher of a class, if it has surrogates.
    pub fn get(&self, id: ClassId) -> Option<&Arc<SurrogateCipher>> {
        self.0.get(usize::from(id.0))?.as_ref()
    }
}

#[cfg(test)]
mod tests;
