//! `overcoat serve`: loads the configuration, starts everything, and stops it when it is told to.

use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

use super::cli::{DONE, FAILED, ServeArgs, fail};
use super::logging;
use super::running::Running;
use crate::config;

/// Runs the command.
pub fn run(args: ServeArgs) -> ExitCode {
    logging::init();
    let loaded = match config::load(&args.config.config) {
        Ok(loaded) => loaded,
        Err(complaints) => return fail(complaints),
    };
    match runtime(loaded.settings.proxy.workers) {
        Ok(runtime) => runtime.block_on(serve(loaded)),
        Err(error) => fail(error),
    }
}

/// A runtime with so many threads that serve.
pub(super) fn runtime(workers: usize) -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers.max(1))
        .thread_name("overcoat")
        .enable_all()
        .build()
}

async fn serve(loaded: config::Loaded) -> ExitCode {
    let running = match Running::start(loaded).await {
        Ok(running) => running,
        Err(error) => return fail(error),
    };
    let settings = &running.parts().settings;
    tracing::info!(
        proxy = %running.proxy_address(),
        public = %settings.proxy.public_url,
        approvals = %settings.control.public_url,
        snapshot = running.parts().live.snapshot().id.as_str(),
        "serving"
    );
    until_told().await;
    tracing::info!("stopping: requests in flight may finish");
    if running.stop().await {
        ExitCode::from(DONE)
    } else {
        tracing::warn!("requests in flight were cut");
        ExitCode::from(FAILED)
    }
}

/// Waits for SIGTERM or SIGINT.
pub(super) async fn until_told() {
    let wait = |kind| async move {
        match signal(kind) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = wait(SignalKind::terminate()) => {}
        () = wait(SignalKind::interrupt()) => {}
    }
}
