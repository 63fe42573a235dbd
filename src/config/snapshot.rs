//! The policy files as one snapshot: parsed, checked against each other, and tried on the cases.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::cases;
use super::diagnostic::{Diagnostic, Diagnostics};
use super::settings::Settings;
use crate::approval::{Chains, ChainsError, MentionKind};
use crate::catalog::{BUILTIN_YAML, Catalog, CatalogDefaults, CatalogError, DataClasses, Step, YamlPath, nearest};
use crate::fpe::SurrogateKey;
use crate::policy::{EXPORTS, Policy, PolicyError, PolicySources, SnapshotId};

/// The largest policy file, in bytes. They are written by people.
const MAX_FILE_BYTES: u64 = 4 << 20;

/// The model that is built into the program, for a `policies/` without `model.conf`.
const BUILTIN_MODEL: &str = include_str!("../../policies/model.conf");

/// What the surrogate key is derived for (HKDF info, RFC 5869 section 3.2).
const SURROGATE_INFO: &[u8] = b"overcoat surrogate key v1";

/// One consistent state of all policy files.
#[derive(Debug)]
pub struct Snapshot {
    /// SHA-256 of all files, in hexadecimal.
    pub id: SnapshotId,
    /// SHA-256, in hexadecimal, of the files that say where values stand and how each rendering looks. Who may see which is not in it.
    pub reading: String,
    /// The data classes.
    pub classes: Arc<DataClasses>,
    /// The CRM's routes.
    pub catalog: Arc<Catalog>,
    /// Who may see what.
    pub policy: Policy,
    /// Who clears exports.
    pub chains: Arc<Chains>,
}

/// A policy file as it was read.
#[derive(Debug)]
pub(super) struct PolicyText {
    pub path: PathBuf,
    pub text: String,
}

/// The texts of all policy files.
#[derive(Debug)]
pub(super) struct Texts {
    pub model: PolicyText,
    pub access: PolicyText,
    pub classes: PolicyText,
    pub crm: Option<PolicyText>,
    pub approvals: PolicyText,
    pub cases: Vec<PolicyText>,
}

impl Texts {
    pub(super) fn read(settings: &Settings) -> Result<Self, Diagnostics> {
        let directory = &settings.policies;
        let crm = settings
            .crm
            .name
            .as_ref()
            .map(|name| directory.join("crm").join(format!("{name}.yaml")));
        Ok(Self {
            model: read_or(&directory.join("model.conf"), BUILTIN_MODEL)?,
            access: read(&directory.join("access.csv"))?,
            classes: read_or(&directory.join("data-classes.yaml"), BUILTIN_YAML)?,
            crm: crm.map(|path| read_crm(&path)).transpose()?,
            approvals: read(&directory.join("approvals.yaml"))?,
            cases: read_cases(directory, settings.crm.name.as_deref())?,
        })
    }

    /// The id of what these files say. Cases say nothing, they only check.
    fn id(&self) -> SnapshotId {
        SnapshotId::new(&hash_of(&[
            Some(&self.model),
            Some(&self.access),
            Some(&self.classes),
            self.crm.as_ref(),
            Some(&self.approvals),
        ]))
    }

    /// What the classes and the catalog say.
    fn reading(&self) -> String {
        hash_of(&[Some(&self.classes), self.crm.as_ref()])
    }
}

/// SHA-256 over length-prefixed texts, in hexadecimal.
fn hash_of(files: &[Option<&PolicyText>]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        let text = file.map_or(&b""[..], |f| f.text.as_bytes());
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

/// Reads, checks and tries the policy files: all or nothing.
pub(super) fn load(settings: &Settings) -> Result<Arc<Snapshot>, Diagnostics> {
    let texts = Texts::read(settings)?;
    let snapshot = Arc::new(assemble(settings, &texts)?);
    let failed = cases::run(settings, &snapshot, &texts.cases);
    if failed.0.is_empty() { Ok(snapshot) } else { Err(failed) }
}

/// Parses the files and checks them against each other.
pub(super) fn assemble(settings: &Settings, texts: &Texts) -> Result<Snapshot, Diagnostics> {
    let id = texts.id();
    let classes = Arc::new(
        DataClasses::from_yaml(&texts.classes.text)
            .map_err(|faults| Diagnostics(faults.into_iter().map(|f| class_fault(&texts.classes, f)).collect()))?,
    );
    let mut found = Diagnostics::default();
    let catalog = catalog(settings, texts.crm.as_ref(), &classes)
        .map_err(|d| found.add(d))
        .ok();
    let policy = policy(settings, texts, &classes, &id)
        .map_err(|d| found.0.extend(d.0))
        .ok();
    let chains = Chains::from_yaml(&texts.approvals.text)
        .map_err(|faults| found.0.extend(faults.iter().map(|f| chain_fault(&texts.approvals, f))))
        .ok();
    let (Some(catalog), Some(policy), Some(chains)) = (catalog, policy, chains) else {
        return Err(found);
    };
    let chains = chains.with_approvers(|level| policy.roles_that_may(&format!("approve:{level}"), EXPORTS));
    check_mentions(&texts.approvals, &chains, &classes, &catalog, &policy, &mut found);
    if found.has_errors() {
        return Err(found);
    }
    Ok(Snapshot {
        reading: texts.reading(),
        id,
        classes,
        catalog: Arc::new(catalog),
        policy,
        chains: Arc::new(chains),
    })
}

fn catalog(settings: &Settings, crm: Option<&PolicyText>, classes: &Arc<DataClasses>) -> Result<Catalog, Diagnostic> {
    let defaults = CatalogDefaults {
        max_records: settings.exports.max_records,
    };
    let Some(file) = crm else {
        return Ok(Catalog::unknown_crm(Arc::clone(classes), defaults));
    };
    Catalog::from_yaml(&file.text, Arc::clone(classes), defaults).map_err(|error| match error {
        CatalogError::Syntax(e) => Diagnostic::of_yaml(&file.path, &e),
        CatalogError::Rule { at, fault } => {
            Diagnostic::error(&file.path, format!("{at}: {fault}")).at_path(&file.text, &at)
        }
    })
}

fn policy(
    settings: &Settings,
    texts: &Texts,
    classes: &Arc<DataClasses>,
    id: &SnapshotId,
) -> Result<Policy, Diagnostics> {
    let key = surrogate_key(settings);
    let ciphers = classes
        .ciphers(&key, &settings.tenant)
        .map_err(|e| Diagnostic::error(&texts.classes.path, e.to_string()))?;
    let sources = PolicySources {
        model: &texts.model.text,
        access: &texts.access.text,
        classes: Arc::clone(classes),
        ciphers,
        time_zone: settings.time_zone.clone(),
        snapshot: id.clone(),
    };
    Policy::load(sources).map_err(|faults| Diagnostics(faults.iter().map(|f| rule_fault(texts, f)).collect()))
}

/// The surrogate key comes from the master key and the tenant's name is part of each tweak.
fn surrogate_key(settings: &Settings) -> SurrogateKey {
    let mut key = [0; 32];
    hkdf::Hkdf::<Sha256>::new(None, settings.master_key.expose())
        .expand(SURROGATE_INFO, &mut key)
        .expect("HKDF gives 32 bytes (RFC 5869 section 2.3)");
    SurrogateKey::new(key)
}

fn rule_fault(texts: &Texts, error: &PolicyError) -> Diagnostic {
    let file = match error.file {
        crate::policy::PolicyFile::Model => &texts.model.path,
        crate::policy::PolicyFile::Access => &texts.access.path,
    };
    Diagnostic::error(file, error.fault.to_string()).at(error.line, error.column)
}

fn class_fault(file: &PolicyText, fault: crate::catalog::ClassesError) -> Diagnostic {
    let path = fault.path.iter().fold(YamlPath::root(), |path, step| match step {
        Step::Key(key) | Step::Name(key) => path.key(key),
        Step::Index(i) => path.index(*i),
    });
    let message = if fault.path.is_empty() {
        fault.message
    } else {
        format!("{path}: {}", fault.message)
    };
    let mut complaint = Diagnostic::error(&file.path, message).at_path(&file.text, &path);
    complaint.place = fault.location.or(complaint.place);
    complaint.hint = fault.hint;
    complaint
}

fn chain_fault(file: &PolicyText, fault: &ChainsError) -> Diagnostic {
    match fault {
        ChainsError::Syntax { line, column, message } => {
            Diagnostic::error(&file.path, message.clone()).at(*line, *column)
        }
        ChainsError::Value { at, message } => {
            Diagnostic::error(&file.path, format!("{at}: {message}")).at_path(&file.text, &YamlPath::read(at))
        }
    }
}

/// What the chains speak of has to exist, and each level has to have somebody who may fill it.
fn check_mentions(
    file: &PolicyText,
    chains: &Chains,
    classes: &DataClasses,
    catalog: &Catalog,
    policy: &Policy,
    found: &mut Diagnostics,
) {
    for mention in chains.mentions() {
        let name = mention.name.as_str();
        let complaint = match mention.kind {
            MentionKind::Class if classes.by_name(name).is_none() => {
                unknown(file, name, "data class", classes.ids().map(|id| classes.name(id)))
            }
            MentionKind::Role if !policy.roles().contains(&name) => unknown(file, name, "role", policy.roles()),
            MentionKind::Route if catalog.by_id(name).is_none() && name != crate::catalog::UNLISTED => {
                let summaries = catalog.summaries();
                // A file of chains may serve several CRMs, so this is no error.
                let mut complaint = unknown(file, name, "route", summaries.iter().map(|s| &*s.id));
                complaint.severity = super::Severity::Warning;
                complaint
            }
            MentionKind::Level if policy.roles_that_may(&format!("approve:{name}"), EXPORTS).is_empty() => {
                Diagnostic::error(&file.path, format!("nobody may approve at level `{name}`")).hint(format!(
                    "a row of access.csv lets somebody: p, ROLE, {EXPORTS}, approve:{name}, allow"
                ))
            }
            _ => continue,
        };
        found.add(complaint.at_path(&file.text, &YamlPath::read(&mention.at)));
    }
}

fn unknown<'a>(file: &PolicyText, name: &str, what: &str, known: impl IntoIterator<Item = &'a str>) -> Diagnostic {
    let complaint = Diagnostic::error(&file.path, format!("`{name}` is no {what}"));
    match nearest(name, known) {
        Some(word) => complaint.hint(format!("did you mean `{word}`?")),
        None => complaint,
    }
}

fn read(path: &Path) -> Result<PolicyText, Diagnostic> {
    let fault = |reason: String| Diagnostic::error(path, reason);
    let size = std::fs::metadata(path).map(|m| m.len());
    if size.as_ref().is_ok_and(|s| *s > MAX_FILE_BYTES) {
        return Err(fault(format!("the file is larger than {MAX_FILE_BYTES} bytes")));
    }
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(PolicyText {
            path: path.to_owned(),
            text,
        }),
        Err(e) if e.kind() == std::io::ErrorKind::InvalidData => Err(fault("the file is not utf-8".to_owned())),
        Err(e) => Err(fault(format!("the file cannot be read: {}", e.kind()))),
    }
}

/// A file that need not exist.
fn read_or(path: &Path, default: &str) -> Result<PolicyText, Diagnostic> {
    if path.exists() {
        return read(path);
    }
    Ok(PolicyText {
        path: path.to_owned(),
        text: default.to_owned(),
    })
}

fn read_crm(path: &Path) -> Result<PolicyText, Diagnostic> {
    read(path).map_err(|complaint| {
        let names: Vec<String> = yaml_files(path.parent().unwrap_or(path))
            .iter()
            .map(|p| stem(p))
            .collect();
        match names.is_empty() {
            true => complaint.hint("leave crm.name out: names and detectors then decide"),
            false => complaint.hint(format!(
                "there are {}; without crm.name, names and detectors decide",
                names.join(", ")
            )),
        }
    })
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .map(|s| s.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// The cases of this CRM: files named after it (`demo.yaml`, `demo-….yaml`), and those that say nothing of a CRM (`any-….yaml`).
fn read_cases(directory: &Path, crm: Option<&str>) -> Result<Vec<PolicyText>, Diagnostic> {
    let ours = |path: &PathBuf| {
        let stem = stem(path);
        let first = stem.split('-').next().unwrap_or_default();
        first == "any" || Some(first) == crm || Some(stem.as_str()) == crm
    };
    yaml_files(&directory.join("cases"))
        .iter()
        .filter(|p| ours(p))
        .map(|p| read(p))
        .collect()
}

pub(super) fn yaml_files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "yaml"))
        .collect();
    files.sort();
    files
}
