//! `overcoat audit verify` and `overcoat approvals list|show`.

use std::io;
use std::process::ExitCode;

use super::asker::with_runtime;
use super::cli::{ApprovalsArgs, ApprovalsCommand, AuditArgs, AuditCommand, DONE, fail};
use super::{approvals_cmd, audit_cmd};
use crate::config;
use crate::store::{self, ApprovalQuery, MasterKey};

/// Looks into the journal.
pub fn audit(args: AuditArgs) -> ExitCode {
    let AuditCommand::Verify { config } = args.command;
    let settings = match config::load_settings(&config.config) {
        Ok(settings) => settings,
        Err(complaints) => return fail(complaints),
    };
    let key = MasterKey::from_bytes(*settings.master_key.expose());
    match audit_cmd::run(&settings.audit.directory, Some(&key), &mut io::stdout()) {
        Ok(code) => ExitCode::from(code),
        Err(error) => fail(error),
    }
}

/// Looks at approvals.
pub fn approvals(args: ApprovalsArgs) -> ExitCode {
    let (ApprovalsCommand::List { config, .. } | ApprovalsCommand::Show { config, .. }) = &args.command;
    let settings = match config::load_settings(&config.config) {
        Ok(settings) => settings,
        Err(complaints) => return fail(complaints),
    };
    let done = with_runtime(async {
        let opened = store::open(&settings.store.url, &settings.tenant)
            .await
            .map_err(|e| e.to_string())?;
        let mut out = io::stdout();
        let shown = match &args.command {
            ApprovalsCommand::List { open, limit, .. } => {
                let query = if *open { ApprovalQuery::Open } else { ApprovalQuery::All };
                approvals_cmd::list(&*opened.store, &query, *limit, &mut out).await
            }
            ApprovalsCommand::Show { id, .. } => {
                let id = id.parse().map_err(|_| format!("`{id}` is no id of an approval"))?;
                approvals_cmd::show(&*opened.store, id, &mut out).await
            }
        };
        shown.map_err(|e| e.to_string())
    });
    match done {
        Ok(Ok(())) => ExitCode::from(DONE),
        Ok(Err(reason)) => fail(reason),
        Err(error) => fail(error),
    }
}
