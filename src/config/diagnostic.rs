//! Complaints that name file, line and column and say what to do.

use std::fmt;
use std::path::{Path, PathBuf};

use super::locate::locate;
use crate::catalog::{YamlPath, nearest};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It works, and is perhaps not what is wanted.
    Warning,
    /// It is not loaded.
    Error,
}

/// One complaint. Never holds a key, a password or a value of the CRM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad.
    pub severity: Severity,
    /// The file.
    pub file: PathBuf,
    /// Line and column from 1, if they are known.
    pub place: Option<(usize, usize)>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// An error about a file.
    pub fn error(file: &Path, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            file: file.to_owned(),
            place: None,
            message: message.into(),
            hint: None,
        }
    }

    /// A warning about a file.
    pub fn warning(file: &Path, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(file, message)
        }
    }

    /// At this line and column.
    pub fn at(mut self, line: usize, column: usize) -> Self {
        self.place = Some((line, column));
        self
    }

    /// At this place of a YAML text.
    pub fn at_path(mut self, text: &str, path: &YamlPath) -> Self {
        self.place = locate(text, path);
        self
    }

    /// With advice.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What serde says of a YAML text; an unknown key gets the one that was meant.
    pub(super) fn of_yaml(file: &Path, error: &serde_yaml::Error) -> Self {
        let text = error.to_string();
        let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
        let mut complaint = Self::error(file, message);
        complaint.place = error.location().map(|l| (l.line(), l.column()));
        complaint.hint = meant(&text);
        complaint
    }
}

/// ``unknown field `lisen`, expected one of `listen`, `tls` `` → did you mean `listen`?
fn meant(text: &str) -> Option<String> {
    if !(text.contains("unknown field") || text.contains("unknown variant")) {
        return None;
    }
    let mut words = text.split('`').skip(1).step_by(2);
    let found = words.next()?;
    nearest(found, words).map(|word| format!("did you mean `{word}`?"))
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        if self.severity == Severity::Warning {
            f.write_str(": warning")?;
        }
        write!(f, ": {}", self.message)?;
        self.hint.iter().try_for_each(|hint| write!(f, "\n    {hint}"))
    }
}

/// All complaints of one load; at least one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|d| d.severity == Severity::Error)
    }

    pub(super) fn add(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diagnostic) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}
