//! From the file to the registry.

use std::sync::Arc;

use super::raw::{self, File};
use super::{ClassesError, DataClass, DataClasses, MAX_CLASSES, Step, nearest};
use crate::mask::detect::Detectors;
use crate::mask::names::NameIndex;
use crate::mask::partial::PartialForm;
use crate::mask::{Applies, ClassId, ClassSpec, SurrogateForm, SurrogateRule};

/// Reads a file's text; all mistakes at once, or a registry.
pub(super) fn read(text: &str) -> Result<DataClasses, Vec<ClassesError>> {
    let file: File = serde_yaml::from_str(text).map_err(|error| vec![from_yaml_error(&error)])?;
    let mut reader = Reader {
        file: &file,
        errors: Vec::new(),
    };
    let classes = reader.classes();
    let names = reader.names();
    let ancestors = reader.ancestors(&classes);
    if !reader.errors.is_empty() {
        return Err(reader.errors);
    }
    let detectors = Detectors::new(reader.detectors());
    Ok(DataClasses {
        classes,
        ancestors,
        names: Arc::new(names),
        detectors: Arc::new(detectors),
    })
}

/// A step into a mapping.
fn under(key: &str) -> Step {
    Step::Key(key.to_owned())
}

struct Reader<'a> {
    file: &'a File,
    errors: Vec<ClassesError>,
}

impl Reader<'_> {
    fn refuse(&mut self, path: &[Step], message: String, hint: Option<String>) {
        let mut whole = vec![under("classes")];
        whole.extend_from_slice(path);
        self.errors.push(ClassesError {
            path: whole,
            location: None,
            message,
            hint,
        });
    }

    fn entries(&self) -> &[(String, raw::Class)] {
        &self.file.classes.0
    }

    fn position(&self, name: &str) -> Option<ClassId> {
        let at = self.entries().iter().position(|(known, _)| known == name)?;
        u16::try_from(at).ok().map(ClassId)
    }

    fn classes(&mut self) -> Vec<DataClass> {
        let file = self.file;
        if file.classes.0.is_empty() || file.classes.0.len() > MAX_CLASSES {
            self.refuse(&[], format!("there are 1 to {MAX_CLASSES} classes"), None);
        }
        file.classes
            .0
            .iter()
            .map(|(name, class)| self.class(name, class))
            .collect()
    }

    fn class(&mut self, name: &str, class: &raw::Class) -> DataClass {
        self.check_name(name, class);
        let spec = ClassSpec {
            name: name.into(),
            partial: class.partial.unwrap_or(PartialForm::None),
            surrogate: class.surrogate.as_ref().and_then(|form| self.surrogate(name, form)),
            applies: match class.applies {
                raw::Applies::Always => Applies::Always,
                raw::Applies::PersonLike => Applies::PersonLike,
            },
        };
        DataClass {
            name: name.into(),
            title_zh: class.title.zh.as_str().into(),
            title_en: class.title.en.as_str().into(),
            level: class.level,
            parents: self.parents(name, class),
            is_abstract: class.is_abstract,
            spec: Arc::new(spec),
        }
    }

    fn check_name(&mut self, name: &str, class: &raw::Class) {
        let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if !name.bytes().all(lower) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
            let hint = Some("the title may be in any script".to_owned());
            let message = format!("class `{name}` is not named in lower-case ASCII letters, digits and `_`");
            self.refuse(&[under(name)], message, hint);
        }
        let has_values = !class.names.is_empty()
            || !class.detectors.is_empty()
            || class.partial.is_some()
            || class.surrogate.is_some();
        if class.is_abstract && has_values {
            let message = format!("class `{name}` is abstract and has names, detectors, a partial form or a surrogate");
            self.refuse(
                &[under(name), under("abstract")],
                message,
                Some("take out `abstract: true`, or move them to a child".to_owned()),
            );
        }
        for (key, title) in [("zh", &class.title.zh), ("en", &class.title.en)] {
            if title.trim().is_empty() {
                self.refuse(
                    &[under(name), under("title"), under(key)],
                    "a title is empty".to_owned(),
                    None,
                );
            }
        }
    }

    fn parents(&mut self, name: &str, class: &raw::Class) -> Vec<ClassId> {
        let mut parents = Vec::with_capacity(class.parents.len());
        for (index, parent) in class.parents.iter().enumerate() {
            let path = [under(name), under("parents"), Step::Index(index)];
            match self.position(parent) {
                Some(id) if !parents.contains(&id) => parents.push(id),
                Some(_) => self.refuse(&path, format!("parent `{parent}` is named twice"), None),
                None => {
                    let known = self.entries().iter().map(|(name, _)| name.as_str());
                    let hint = nearest(parent, known).map(|near| format!("did you mean `{near}`?"));
                    self.refuse(&path, format!("parent `{parent}` of class `{name}` is no class"), hint);
                }
            }
        }
        parents
    }

    fn surrogate(&mut self, name: &str, raw: &raw::Surrogate) -> Option<SurrogateForm> {
        let path = |key: &str| [under(name), under("surrogate"), under(key)];
        let extra = [
            ("lead", raw.lead.is_some()),
            ("marker", raw.marker.is_some()),
            ("min_digits", raw.min_digits.is_some()),
            ("max_digits", raw.max_digits.is_some()),
        ];
        let marked = matches!(raw.rule, raw::Rule::MarkedDigits);
        if let Some((key, given)) = extra.iter().find(|(_, given)| *given != marked) {
            let message = match given {
                true => format!("`{key}` belongs to the rule `marked_digits` alone"),
                false => format!("the rule `marked_digits` needs `{key}`"),
            };
            self.refuse(&path(if *given { key } else { "rule" }), message, None);
            return None;
        }
        let rule = match raw.rule {
            raw::Rule::Phone => SurrogateRule::Phone,
            raw::Rule::ResidentId => SurrogateRule::ResidentId,
            raw::Rule::BankCard => SurrogateRule::BankCard,
            raw::Rule::MarkedDigits => SurrogateRule::Marked {
                lead: raw.lead.as_deref()?.into(),
                marker: raw.marker.as_deref()?.into(),
                min_digits: raw.min_digits?,
                max_digits: raw.max_digits?,
            },
        };
        match SurrogateForm::new(rule, raw.domain.as_deref().unwrap_or(name)) {
            Ok(form) => Some(form),
            Err(error) => {
                let hint = "FF1 needs a million values: mask shorter ones with `partial`".to_owned();
                self.refuse(&path("min_digits"), error.to_string(), Some(hint));
                None
            }
        }
    }

    fn names(&mut self) -> NameIndex {
        let mut index = NameIndex::new();
        let file = self.file;
        for (at, (class_name, class)) in file.classes.0.iter().enumerate() {
            let id = u16::try_from(at).ok().map(ClassId);
            let lists = [("names", &class.names, id), ("not_names", &class.not_names, None)];
            for (key, names, id) in lists {
                for (i, name) in names.iter().enumerate() {
                    self.add_name(&mut index, name, id, &[under(class_name), under(key), Step::Index(i)]);
                }
            }
        }
        index
    }

    fn add_name(&mut self, index: &mut NameIndex, name: &str, class: Option<ClassId>, path: &[Step]) {
        if !name.chars().any(char::is_alphabetic) {
            return self.refuse(path, "a name holds at least one letter".to_owned(), None);
        }
        if let Err(clash) = index.add(name, class) {
            let holder = match clash.held_by {
                Some(id) => format!("a name of class `{}`", self.entries()[usize::from(id.0)].0),
                None => "in a list of `not_names`".to_owned(),
            };
            let hint = Some("case, spaces, `-` and `_` make no difference".to_owned());
            self.refuse(path, format!("the name `{name}` is already {holder}"), hint);
        }
    }

    fn detectors(&self) -> Vec<(crate::mask::detect::DetectorKind, ClassId)> {
        let of_class = |(at, (_, class)): (usize, &(String, raw::Class))| {
            let id = ClassId(u16::try_from(at).unwrap_or(u16::MAX));
            class.detectors.iter().map(move |&kind| (kind, id)).collect::<Vec<_>>()
        };
        self.entries().iter().enumerate().flat_map(of_class).collect()
    }

    /// Each class with all above it, nearest first; a circle is an error.
    fn ancestors(&mut self, classes: &[DataClass]) -> Vec<Vec<ClassId>> {
        let mut all = Vec::with_capacity(classes.len());
        for (at, class) in classes.iter().enumerate() {
            let own = ClassId(u16::try_from(at).unwrap_or(u16::MAX));
            let mut line = vec![own];
            let mut next = 0;
            while let Some(&id) = line.get(next) {
                for &parent in &classes[usize::from(id.0)].parents {
                    if parent == own {
                        let message = format!("class `{}` is its own ancestor", class.name);
                        self.refuse(&[under(class.name()), under("parents")], message, None);
                    } else if !line.contains(&parent) {
                        line.push(parent);
                    }
                }
                next += 1;
            }
            all.push(line);
        }
        self.check_detectors();
        all
    }

    /// A detector belongs to one class: a finding has one.
    fn check_detectors(&mut self) {
        let detectors = self.detectors();
        for (i, (kind, id)) in detectors.iter().enumerate() {
            if let Some((_, other)) = detectors[..i].iter().find(|(known, _)| known == kind) {
                let name = |id: ClassId| self.entries()[usize::from(id.0)].0.clone();
                let message = format!(
                    "detector `{}` already belongs to class `{}`",
                    kind.as_str(),
                    name(*other)
                );
                let path = [Step::Key(name(*id)), under("detectors")];
                self.refuse(&path, message, None);
            }
        }
    }
}

/// A mistake that the YAML reader found, with what was perhaps meant.
fn from_yaml_error(error: &serde_yaml::Error) -> ClassesError {
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text);
    let mut quoted = message.split('`').skip(1).step_by(2);
    let wrong = quoted.next().filter(|_| message.contains("unknown "));
    let near = wrong.and_then(|wrong| nearest(wrong, quoted));
    ClassesError {
        path: Vec::new(),
        location: error.location().map(|at| (at.line(), at.column())),
        message: message.to_owned(),
        hint: near.map(|near| format!("did you mean `{near}`?")),
    }
}
