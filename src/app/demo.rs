//! `overcoat demo`: the demo CRM, the proxy before it and the approval page in one process, on embedded defaults.
//!
//! Everything it needs is in the binary; what it writes lies in one directory, which goes with the process unless it was named. It
//! listens on loopback alone, and its accounts have published passwords: it is for looking, not for work.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use tokio::net::TcpListener;

use super::cli::{DONE, DemoArgs, FAILED, fail};
use super::running::{Running, StartError};
use super::{logging, serve};
use crate::config;
use crate::demo::{CRM_ACCOUNTS, DemoCrm};
use crate::identity::{IdentityError, NewAccount, Password};

/// The policies that the demo runs under: those that ship.
const POLICIES: [(&str, &str); 5] = [
    ("model.conf", include_str!("../../policies/model.conf")),
    ("access.csv", include_str!("../../policies/access.csv")),
    ("data-classes.yaml", include_str!("../../policies/data-classes.yaml")),
    ("approvals.yaml", include_str!("../../policies/approvals.yaml")),
    ("crm/demo.yaml", include_str!("../../policies/crm/demo.yaml")),
];

/// The demo's people: account, role, password, name shown. Each has an account of the same name in the CRM.
const PEOPLE: [(&str, &str, &str, &str); 4] = [
    ("lin", "analyst", "analyst-sees-surrogates", "林小雨 Lin Xiaoyu"),
    ("wang", "sales", "sales-sees-their-names", "王建国 Wang Jianguo"),
    ("zhao", "manager", "manager-decides-first", "赵敏 Zhao Min"),
    ("chen", "dpo", "officer-decides-last", "陈思远 Chen Siyuan"),
];

/// Why the demo does not start.
#[derive(Debug, thiserror::Error)]
enum DemoError {
    #[error("`{path}` cannot be written: {source}")]
    Write { path: PathBuf, source: io::Error },
    #[error("no random bytes for the master key: {0}")]
    Random(getrandom::Error),
    #[error("cannot listen on `{address}`: {source}; choose another port with --port or --listen")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("{0}")]
    Config(config::Diagnostics),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("account `{name}`: {source}")]
    Account { name: &'static str, source: IdentityError },
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Runs the command.
pub fn run(args: DemoArgs) -> ExitCode {
    logging::init();
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let done = serve::runtime(workers).map_err(DemoError::from).and_then(|runtime| {
        runtime.block_on(async {
            if args.crm_only {
                crm_alone(args.listen).await
            } else {
                whole(&args).await
            }
        })
    });
    match done {
        Ok(true) => ExitCode::from(DONE),
        Ok(false) => ExitCode::from(FAILED),
        Err(error) => fail(error),
    }
}

/// The CRM alone, for trials with an Overcoat of one's own.
async fn crm_alone(listen: Option<SocketAddr>) -> Result<bool, DemoError> {
    let address = listen.unwrap_or_else(|| loopback(9000));
    let crm = start_crm(address).await?;
    println!("demo CRM at http://{} ({})", crm.address(), crm_accounts());
    serve::until_told().await;
    Ok(true)
}

async fn whole(args: &DemoArgs) -> Result<bool, DemoError> {
    let home = Home::at(args.directory.as_deref())?;
    let crm = start_crm(loopback(0)).await?;
    home.fill(args.port, crm.address())?;
    let loaded = config::load(&home.path.join("overcoat.yaml")).map_err(DemoError::Config)?;
    let running = Running::start(loaded).await?;
    add_people(&running).await?;
    greet(&running, &home, crm.address());
    serve::until_told().await;
    println!("\nstopping …");
    let whole = running.stop().await;
    crm.stop();
    Ok(whole)
}

async fn start_crm(address: SocketAddr) -> Result<DemoCrm, DemoError> {
    let unavailable = |source| DemoError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(unavailable)?;
    DemoCrm::start(listener).map_err(unavailable)
}

fn loopback(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// The directory that holds the demo's configuration and state; removed with this value unless it was named by the caller.
struct Home {
    path: PathBuf,
    temporary: bool,
}

impl Home {
    fn at(directory: Option<&Path>) -> Result<Self, DemoError> {
        let (path, temporary) = match directory {
            Some(path) => (std::path::absolute(path)?, false),
            None => (
                std::env::temp_dir().join(format!("overcoat-demo-{}", random_hex(8)?)),
                true,
            ),
        };
        let home = Self { path, temporary };
        fs::create_dir_all(home.path.join("policies/crm")).map_err(|source| home.unwritable("", source))?;
        Ok(home)
    }

    /// Writes policies, key and settings. A key that is there already stays: what was sealed under it must open again.
    fn fill(&self, port: u16, crm: SocketAddr) -> Result<(), DemoError> {
        for (name, text) in POLICIES {
            let file = format!("policies/{name}");
            fs::write(self.path.join(&file), text).map_err(|source| self.unwritable(&file, source))?;
        }
        if !self.path.join("master.key").exists() {
            self.write_key()
                .map_err(|source| self.unwritable("master.key", source))?;
        }
        let settings = self.settings(port, crm);
        fs::write(self.path.join("overcoat.yaml"), settings).map_err(|source| self.unwritable("overcoat.yaml", source))
    }

    fn write_key(&self) -> io::Result<()> {
        let key = random_hex(32).map_err(io::Error::other)?;
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.path.join("master.key"))?;
        io::Write::write_all(&mut file, key.as_bytes())
    }

    fn settings(&self, port: u16, crm: SocketAddr) -> String {
        let control = if port == 0 { 0 } else { port.saturating_add(1) };
        format!(
            "# Written by `overcoat demo` at each start.\n\
             proxy: {{ listen: \"127.0.0.1:{port}\", public_url: \"http://127.0.0.1:{port}\" }}\n\
             control: {{ listen: \"127.0.0.1:{control}\", public_url: \"http://127.0.0.1:{control}\" }}\n\
             crm: {{ url: \"http://{crm}\", name: demo, contact: \"the person who started this demo\" }}\n\
             store: {{ url: \"sqlite:overcoat.db\" }}\n\
             holds: {{ directory: holds }}\n\
             audit: {{ directory: audit }}\n\
             keys: {{ master: {{ file: master.key }} }}\n\
             policies: policies\n"
        )
    }

    fn unwritable(&self, file: &str, source: io::Error) -> DemoError {
        DemoError::Write {
            path: self.path.join(file),
            source,
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if self.temporary {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Makes the demo's accounts where they are not there yet.
async fn add_people(running: &Running) -> Result<(), DemoError> {
    for (name, role, password, shown) in PEOPLE {
        let account = NewAccount {
            name: name.to_owned(),
            display_name: shown.to_owned(),
            roles: vec![role.to_owned()],
            attributes: BTreeMap::new(),
        };
        match running.parts().accounts.add(account, Password::new(password)).await {
            Ok(_) | Err(IdentityError::AccountExists) => {}
            Err(source) => return Err(DemoError::Account { name, source }),
        }
    }
    Ok(())
}

fn greet(running: &Running, home: &Home, crm: SocketAddr) {
    let (proxy, approvals) = (running.proxy_address(), running.control_address());
    println!("\nOvercoat demo. Everything is invented and listens on this machine alone.\n");
    println!("  the CRM through Overcoat   http://{proxy}");
    println!("  approvals                  http://{approvals}");
    println!("  the CRM itself, unmasked   http://{crm}   (for comparison)");
    println!(
        "  state                      {}{}\n",
        home.path.display(),
        if home.temporary { " (removed at the end)" } else { "" }
    );
    println!(
        "  {:<8}{:<10}{:<26}also signs in to the CRM with",
        "account", "role", "password"
    );
    for ((name, role, password, _), (_, crm_password, _)) in PEOPLE.iter().zip(CRM_ACCOUNTS) {
        println!("  {name:<8}{role:<10}{password:<26}{crm_password}");
    }
    println!("\nThree things to try:");
    println!(
        "  1. Sign in as lin, open 客户: phones and identity numbers are surrogates. In a private window sign in as zhao: they are not."
    );
    println!(
        "  2. As lin press 导出 CSV: the export is held. State a purpose; approve it as zhao, then as chen; download it, once."
    );
    println!("  3. As zhao open a customer and change the discount: writing works, what is masked stays what it was.");
    println!("\nCtrl-C stops everything.");
}

fn crm_accounts() -> String {
    let all: Vec<String> = CRM_ACCOUNTS
        .iter()
        .map(|(name, password, _)| format!("{name} / {password}"))
        .collect();
    all.join(", ")
}

fn random_hex(bytes: usize) -> Result<String, DemoError> {
    let mut random = vec![0u8; bytes];
    getrandom::fill(&mut random).map_err(DemoError::Random)?;
    Ok(random.iter().map(|b| format!("{b:02x}")).collect())
}
