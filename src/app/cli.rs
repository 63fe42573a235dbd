//! The command line: what there is to say, and which room does it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Exit codes, as `--help` documents them.
pub const DONE: u8 = 0;
/// Something failed.
pub const FAILED: u8 = 1;
/// The command line is wrong (clap's own code).
pub const USAGE: u8 = 2;
/// Policy or format refused.
pub const REFUSED: u8 = 3;

const EXIT_CODES: &str = "Exit codes: 0 done, 1 error, 2 usage, 3 refused by policy or format";

/// Overcoat: a protective layer over the CRM you already have. It masks answers by policy and holds exports until they are approved.
#[derive(Debug, Parser)]
#[command(name = "overcoat", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the proxy and the approval page.
    #[command(after_help = format!("Example:\n  overcoat serve --config overcoat.yaml\n\nSIGHUP reloads the policies; SIGTERM ends gracefully.\n{EXIT_CODES}"))]
    Serve(ServeArgs),
    /// Run a small CRM, the proxy before it and the approval page in one process.
    #[command(after_help = format!("Example:\n  overcoat demo --port 8080\n\n{EXIT_CODES}"))]
    Demo(DemoArgs),
    /// Check configuration and policies, run the cases, and point at what cannot be meant so.
    #[command(after_help = format!("Example:\n  overcoat check --config overcoat.yaml\n\n{EXIT_CODES}"))]
    Check(CheckArgs),
    /// Show for each field of a request how it is shown, which rule decided that, and whether it is an export.
    #[command(after_help = format!("Example:\n  overcoat explain --config overcoat.yaml --as role:analyst --request 'GET /api/customers?page=1'\n\n{EXIT_CODES}"))]
    Explain(ExplainArgs),
    /// Apply to a body what the proxy would do to that answer.
    #[command(after_help = format!("Example:\n  overcoat mask --config overcoat.yaml --as role:sales --request 'GET /api/customers' --header 'content-type: application/json' answer.json\n\nWhat is on stdout before a refusal is what the proxy would have sent before it cut the answer.\n{EXIT_CODES}"))]
    Mask(MaskArgs),
    /// Manage local accounts.
    #[command(after_help = format!("Example:\n  overcoat account add li.wei --role analyst --display-name 李伟 --config overcoat.yaml\n\n{EXIT_CODES}"))]
    Account(AccountArgs),
    /// Look into the audit journal.
    #[command(after_help = format!("Example:\n  overcoat audit verify --config overcoat.yaml\n\n{EXIT_CODES}"))]
    Audit(AuditArgs),
    /// Look at approvals.
    #[command(after_help = format!("Example:\n  overcoat approvals list --config overcoat.yaml\n\n{EXIT_CODES}"))]
    Approvals(ApprovalsArgs),
    /// Ask a running instance whether it is ready; for container health checks.
    #[command(after_help = format!("Example:\n  overcoat health --config overcoat.yaml\n\n{EXIT_CODES}"))]
    Health(HealthArgs),
}

/// Which configuration.
#[derive(Clone, Debug, Args)]
pub struct ConfigArgs {
    /// The configuration file.
    #[arg(long, value_name = "FILE", default_value = "overcoat.yaml")]
    pub config: PathBuf,
}

/// `overcoat serve`
#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap shows the documentation of the inner arguments")]
    pub config: ConfigArgs,
}

/// `overcoat demo`
#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    /// The port of the proxy; the approval page takes the next one. 0 takes free ones.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Where keys, store and journal are kept; without it, a temporary directory that goes with the process.
    #[arg(long, value_name = "DIR")]
    pub directory: Option<PathBuf>,
    /// Run the CRM alone, for trials with an Overcoat of your own.
    #[arg(long)]
    pub crm_only: bool,
    /// Where the CRM alone listens.
    #[arg(long, value_name = "ADDR", requires = "crm_only")]
    pub listen: Option<std::net::SocketAddr>,
}

/// `overcoat check`
#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap shows the documentation of the inner arguments")]
    pub config: ConfigArgs,
    /// Do not ask the store who could fill the levels of the chains.
    #[arg(long)]
    pub offline: bool,
    /// Take warnings for errors.
    #[arg(long)]
    pub strict: bool,
}

/// Who asks, when and from where.
#[derive(Clone, Debug, Args)]
pub struct AskerArgs {
    /// An account of the store, `role:NAME[,NAME]` for roles without an account, or `anonymous`.
    #[arg(long = "as", value_name = "NAME")]
    pub name: String,
    /// When, as in 2026-11-23T10:00:00+08:00; now, if not said.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// From which address; 127.0.0.1, if not said.
    #[arg(long, value_name = "ADDRESS")]
    pub from: Option<std::net::IpAddr>,
    /// How surely: none, asserted, password, multi_factor.
    #[arg(long, value_name = "LEVEL", default_value = "password")]
    pub assurance: String,
}

/// What is asked.
#[derive(Clone, Debug, Args)]
pub struct RequestArgs {
    /// Method, path and query.
    #[arg(long, value_name = "'METHOD /PATH'")]
    pub request: String,
    /// A header of the request.
    #[arg(long = "request-header", value_name = "'NAME: VALUE'")]
    pub request_headers: Vec<String>,
    /// The body of the request; routes may depend on it.
    #[arg(long, value_name = "FILE")]
    pub request_body: Option<PathBuf>,
}

/// `overcoat explain`
#[derive(Clone, Debug, Args)]
#[expect(missing_docs, reason = "clap shows the documentation of the inner arguments")]
pub struct ExplainArgs {
    #[command(flatten)]
    pub config: ConfigArgs,
    #[command(flatten)]
    pub asker: AskerArgs,
    #[command(flatten)]
    pub request: RequestArgs,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// `overcoat mask`
#[derive(Clone, Debug, Args)]
#[expect(missing_docs, reason = "clap shows the documentation of the inner arguments")]
pub struct MaskArgs {
    #[command(flatten)]
    pub config: ConfigArgs,
    #[command(flatten)]
    pub asker: AskerArgs,
    #[command(flatten)]
    pub request: RequestArgs,
    /// The status of the answer.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(100..1000))]
    pub status: u16,
    /// A header of the answer.
    #[arg(long = "header", value_name = "'NAME: VALUE'")]
    pub headers: Vec<String>,
    /// How many bytes are pushed at a time; the result does not depend on it.
    #[arg(long, value_name = "N", default_value_t = 65536, value_parser = clap::value_parser!(u32).range(1..))]
    pub chunk_bytes: u32,
    /// The body of the answer; stdin, if not said.
    pub file: Option<PathBuf>,
}

/// `overcoat account`
#[derive(Clone, Debug, Args)]
pub struct AccountArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: AccountCommand,
}

/// What to do with accounts.
#[derive(Clone, Debug, Subcommand)]
#[expect(missing_docs, reason = "clap shows the documentation of the inner arguments")]
pub enum AccountCommand {
    /// Add an account. The password is read from the terminal, or from stdin if it is none.
    Add {
        /// The name to sign in with.
        name: String,
        /// A role; may be said several times.
        #[arg(long = "role", value_name = "ROLE", required = true)]
        roles: Vec<String>,
        /// The name to show to people.
        #[arg(long, value_name = "TEXT")]
        display_name: Option<String>,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// List the accounts.
    List {
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Disable an account: its sessions end, its votes no longer count.
    Disable {
        /// The account.
        name: String,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Let a disabled account be used again.
    Enable {
        /// The account.
        name: String,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Give an account other roles; its sessions have them within a second.
    SetRoles {
        /// The account.
        name: String,
        /// A role; may be said several times. These are all of its roles from now on.
        #[arg(long = "role", value_name = "ROLE", required = true)]
        roles: Vec<String>,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Give an account another password, read as in `add`; its sessions end.
    SetPassword {
        /// The account.
        name: String,
        #[command(flatten)]
        config: ConfigArgs,
    },
}

/// `overcoat audit`
#[derive(Clone, Debug, Args)]
pub struct AuditArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: AuditCommand,
}

/// What to do with the journal.
#[derive(Clone, Debug, Subcommand)]
#[expect(missing_docs, reason = "clap shows the documentation of the inner arguments")]
pub enum AuditCommand {
    /// Prove that the journal is whole, or name the first record that is broken.
    Verify {
        #[command(flatten)]
        config: ConfigArgs,
    },
}

/// `overcoat approvals`
#[derive(Clone, Debug, Args)]
pub struct ApprovalsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ApprovalsCommand,
}

/// What to do with approvals.
#[derive(Clone, Debug, Subcommand)]
#[expect(missing_docs, reason = "clap shows the documentation of the inner arguments")]
pub enum ApprovalsCommand {
    /// List them, newest first.
    List {
        /// Open ones alone.
        #[arg(long)]
        open: bool,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: usize,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Show one.
    Show {
        /// Its id.
        id: String,
        #[command(flatten)]
        config: ConfigArgs,
    },
}

/// `overcoat health`
#[derive(Clone, Debug, Args)]
pub struct HealthArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap shows the documentation of the inner arguments")]
    pub config: ConfigArgs,
}

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(args) => super::serve::run(args),
        Command::Demo(args) => super::demo::run(args),
        Command::Check(args) => super::check::run(args),
        Command::Explain(args) => super::explain::run(args),
        Command::Mask(args) => super::mask::run(args),
        Command::Account(args) => super::account_cmd::run(args),
        Command::Audit(args) => super::look::audit(args),
        Command::Approvals(args) => super::look::approvals(args),
        Command::Health(args) => super::health::run(args),
    }
}

/// Says on stderr why a command failed.
pub fn fail(reason: impl std::fmt::Display) -> ExitCode {
    eprintln!("overcoat: {reason}");
    ExitCode::from(FAILED)
}

/// Says on stderr why a request or an answer was refused.
pub fn refuse(reason: impl std::fmt::Display) -> ExitCode {
    eprintln!("overcoat: refused: {reason}");
    ExitCode::from(REFUSED)
}
