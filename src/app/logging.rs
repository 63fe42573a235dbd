//! What the process says on stderr: our own lines, and never a value.
//!
//! pingora's log lines quote request lines and heads, which hold what people search for: its targets are off whatever the filter says.
//! A panic's message can quote the text it happened in: only its place is logged.

use std::io::IsTerminal;
use std::panic;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Targets that are never logged.
const SILENT: [&str; 6] = [
    "pingora",
    "pingora_core",
    "pingora_proxy",
    "pingora_pool",
    "h2",
    "hyper",
];

/// Sets logging up for the process: text for a terminal, JSON lines elsewhere; `OVERCOAT_LOG` filters (`info` by default).
pub(super) fn init() {
    let mut filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .with_env_var("OVERCOAT_LOG")
        .from_env_lossy();
    for target in SILENT {
        if let Ok(directive) = format!("{target}=off").parse() {
            filter = filter.add_directive(directive);
        }
    }
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A second start in one process (tests) keeps the first subscriber.
    let _ = if std::io::stderr().is_terminal() {
        builder.with_target(false).try_init()
    } else {
        builder.json().try_init()
    };
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, ToString::to_string);
        tracing::error!(place, "a panic; its message is not logged, for it could hold a value");
    }));
}
