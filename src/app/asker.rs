//! `--as NAME`: an account of the store, roles without an account, or nobody.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use super::cli::AskerArgs;
use crate::catalog::nearest;
use crate::clock::{Clock, SystemClock, Timestamp};
use crate::config::{Settings, Snapshot};
use crate::identity::account_id;
use crate::store;
use crate::subject::{ANONYMOUS, Assurance, Environment, Role, Subject, SubjectId};

/// Why it is not known who asks.
#[derive(Debug, thiserror::Error)]
pub(super) enum AskerError {
    #[error("`{found}` is no role{}", meant.as_ref().map(|m| format!("; did you mean `{m}`?")).unwrap_or_default())]
    Role { found: String, meant: Option<String> },
    #[error("there is no account `{0}`; `role:NAME` asks for a role without an account")]
    Account(String),
    #[error("the account `{0}` is disabled")]
    Disabled(String),
    #[error("the store cannot be asked for accounts: {0}")]
    Store(String),
    #[error("`{0}` is no time such as 2026-11-23T10:00:00+08:00")]
    Time(String),
    #[error("`{0}` is no assurance: none, asserted, password, multi_factor")]
    Assurance(String),
}

/// The subject and what surrounds it.
pub(super) fn asker(
    args: &AskerArgs,
    settings: &Settings,
    snapshot: &Snapshot,
) -> Result<(Subject, Environment), AskerError> {
    let environment = Environment {
        now: time(args)?,
        source: Some(args.from.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))),
    };
    Ok((subject(args, settings, snapshot)?, environment))
}

fn subject(args: &AskerArgs, settings: &Settings, snapshot: &Snapshot) -> Result<Subject, AskerError> {
    let assurance = assurance(&args.assurance)?;
    if args.name == ANONYMOUS {
        return Ok(Subject::anonymous());
    }
    if let Some(names) = args.name.strip_prefix("role:") {
        let known = snapshot.policy.roles();
        for name in names.split(',') {
            if !known.contains(&name) {
                let meant = nearest(name, known.iter().copied()).map(str::to_owned);
                let found = name.to_owned();
                return Err(AskerError::Role { found, meant });
            }
        }
        let id = SubjectId::new(&args.name);
        return Ok(Subject::new(
            id,
            &args.name,
            names.split(',').map(Role::new),
            BTreeMap::new(),
            assurance,
        ));
    }
    let account = account(settings, &args.name)?.ok_or_else(|| AskerError::Account(args.name.clone()))?;
    if account.disabled {
        return Err(AskerError::Disabled(args.name.clone()));
    }
    Ok(Subject::new(
        account.id,
        &account.display_name,
        account.roles,
        account.attributes,
        assurance,
    ))
}

fn time(args: &AskerArgs) -> Result<Timestamp, AskerError> {
    let Some(text) = &args.at else {
        return Ok(SystemClock.now());
    };
    let parsed: Result<jiff::Timestamp, _> = text.parse();
    let time = parsed.map_err(|_| AskerError::Time(text.clone()))?;
    Ok(Timestamp::from_millis(time.as_millisecond()))
}

fn assurance(text: &str) -> Result<Assurance, AskerError> {
    match text {
        "none" => Ok(Assurance::None),
        "asserted" => Ok(Assurance::Asserted),
        "password" => Ok(Assurance::Password),
        "multi_factor" => Ok(Assurance::MultiFactor),
        other => Err(AskerError::Assurance(other.to_owned())),
    }
}

fn account(settings: &Settings, name: &str) -> Result<Option<store::Account>, AskerError> {
    let failed = |e: store::StoreError| AskerError::Store(e.to_string());
    let Ok(id) = account_id(name) else { return Ok(None) };
    if store_is_not_there(settings) {
        return Ok(None);
    }
    with_runtime(async {
        let opened = store::open(&settings.store.url, &settings.tenant)
            .await
            .map_err(failed)?;
        opened.store.load_account(&id).await.map_err(failed)
    })
    .unwrap_or_else(|e| Err(AskerError::Store(e.to_string())))
}

/// The enabled accounts with their roles; `None` if there is no store to ask.
pub(super) fn people(settings: &Settings) -> Option<Vec<(SubjectId, Vec<String>)>> {
    if store_is_not_there(settings) {
        return None;
    }
    let accounts = with_runtime(async {
        let opened = store::open(&settings.store.url, &settings.tenant).await.ok()?;
        opened.store.list_accounts().await.ok()
    });
    let enabled = accounts.ok()??.into_iter().filter(|a| !a.disabled);
    Some(
        enabled
            .map(|a| (a.id, a.roles.iter().map(|r| r.as_str().to_owned()).collect()))
            .collect(),
    )
}

/// A look at a database that does not exist must not make one.
fn store_is_not_there(settings: &Settings) -> bool {
    let path = settings.store.url.strip_prefix("sqlite:");
    path.is_some_and(|path| !std::path::Path::new(path).exists())
}

/// Runs a future to its end on a runtime of its own; for commands.
pub(super) fn with_runtime<T>(future: impl Future<Output = T>) -> std::io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(future))
}
