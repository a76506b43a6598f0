//! `socklab serve`: the course over HTTP, until a signal ends it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;
use tracing::{error, info, warn};

use super::doctor;
use crate::app::App;
use crate::assets::Assets;
use crate::config::Config;
use crate::lessons::Library;
use crate::limits::Setting;
use crate::metrics;
use crate::routes::router;
use crate::runs::Policy;

/// Where it is served if nobody says otherwise: on this machine only.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// How long a shutdown waits for the engines to clean up.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long it then waits for browsers to take their last message.
const FAREWELL: Duration = Duration::from_secs(2);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address and port to listen on.
    /// [default: 127.0.0.1:8080]
    #[arg(long, env = "SOCKLAB_LISTEN")]
    listen: Option<SocketAddr>,
    /// A folder of lessons to serve instead of those in the binary.
    #[arg(long, env = "SOCKLAB_LESSONS", value_name = "DIR")]
    lessons: Option<PathBuf>,
    /// A folder to serve the page from instead of the one in the binary, for work on the page.
    #[arg(long, env = "SOCKLAB_ASSETS", value_name = "DIR")]
    assets: Option<PathBuf>,
    /// How many runs may go on at the same time; whoever comes later waits. [default: 32]
    #[arg(long, env = "SOCKLAB_MAX_RUNS", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    max_runs: Option<u32>,
    /// How many runs one address may start in a minute, all at once if it likes. [default: 120]
    #[arg(long, env = "SOCKLAB_STARTS", value_name = "A_MINUTE")]
    starts: Option<NonZeroU32>,
    /// How long a run goes on that no page is connected to: a page that is loaded again, or whose network changes, finds
    /// it within that time. [default: 30s]
    #[arg(long, env = "SOCKLAB_UNWATCHED", value_name = "TIME", value_parser = humantime::parse_duration)]
    unwatched: Option<Duration>,
    /// Set this if a proxy stands in front of this server and says in X-Forwarded-For who asks.
    #[arg(long, env = "SOCKLAB_BEHIND_PROXY")]
    behind_proxy: bool,
    /// Serve metrics for Prometheus at this address and port, under /metrics. Keep it out of the class's reach.
    #[arg(long, env = "SOCKLAB_METRICS", value_name = "ADDR:PORT")]
    metrics: Option<SocketAddr>,
    /// The most that a run may use, whatever its lesson asks for: 'wall=10min', 'memory=128MiB'. A wrong name lists the
    /// right ones. Repeatable; in the environment, separated by spaces.
    #[arg(long = "limit", env = "SOCKLAB_LIMITS", value_name = "NAME=VALUE", value_delimiter = ' ')]
    limits: Vec<Setting>,
    /// A file of settings for whatever is not given here: 'max-runs = 8', '[limits]', 'wall = "10min"'.
    #[arg(long, env = "SOCKLAB_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

/// From the command line and the environment, else from the file, else as usual.
fn settle(args: Args) -> anyhow::Result<Config> {
    let file = args.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
    let mut limits = file.limits;
    for setting in &args.limits {
        setting.apply(&mut limits)?;
    }
    Ok(Config {
        listen: args.listen.or(file.listen),
        lessons: args.lessons.or(file.lessons),
        assets: args.assets.or(file.assets),
        max_runs: args.max_runs.or(file.max_runs),
        starts: args.starts.or(file.starts),
        unwatched: args.unwatched.or(file.unwatched),
        behind_proxy: args.behind_proxy || file.behind_proxy,
        metrics: args.metrics.or(file.metrics),
        limits,
    })
}

pub(super) fn execute(args: Args) -> anyhow::Result<ExitCode> {
    let config = settle(args)?;
    let library = match &config.lessons {
        Some(dir) => Library::from_disk(dir)?,
        None => Library::embedded(),
    };
    let library = library.capped(&config.limits);
    for lesson in library.broken() {
        for fault in &lesson.faults {
            error!("lesson {} is not served: {fault}", lesson.id);
        }
    }
    if library.lessons().is_empty() {
        warn!("there are no lessons to serve");
    }
    let left = lab::sweep();
    if left > 0 {
        warn!("ended {left} processes that a killed server had left behind");
    }
    for (what, seen, mend) in doctor::broken(&lab::doctor::examine()) {
        error!("programs can't be run on this machine: {what}: {seen}; to fix it: {mend}");
    }
    let assets = config.assets.map_or(Assets::Embedded, Assets::Folder);
    let usual = Policy::default();
    let policy = Policy {
        max_runs: config.max_runs.unwrap_or(usual.max_runs),
        starts_a_minute: config.starts.unwrap_or(usual.starts_a_minute),
        unwatched: config.unwatched.unwrap_or(usual.unwatched),
        behind_proxy: config.behind_proxy,
        ..usual
    };
    let listen = config.listen.unwrap_or(LISTEN);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the server's threads")?
        .block_on(async {
            let app = App::new(library, assets, policy);
            serve(listen, config.metrics, Arc::clone(&app), router(app)).await
        })?;
    Ok(ExitCode::SUCCESS)
}

/// Serves these routes until a signal ends it.
pub(super) async fn serve(
    listen: SocketAddr,
    metrics: Option<SocketAddr>,
    state: Arc<App>,
    routes: Router,
) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let listener = bind(listen, "--listen").await?;
    if let Some(metrics) = metrics {
        let listener = bind(metrics, "--metrics").await?;
        info!("metrics are at http://{}/metrics", listener.local_addr()?);
        tokio::spawn(axum::serve(listener, metrics::router(Arc::clone(&state))).into_future());
    }
    info!("Socklab is at http://{}", listener.local_addr()?);
    let closing = state.closing.clone().cancelled_owned();
    let service = routes.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(closing);
    let mut server = tokio::spawn(server.into_future());
    tokio::select! {
        ended = &mut server => return Ok(ended??), // it can't go on accepting
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    info!("shutting down");
    tokio::select! {
        () = shut_down(&state) => {}
        _ = interrupt.recv() => warn!("interrupted again; not waiting"),
    }
    server.abort();
    Ok(())
}

async fn bind(addr: SocketAddr, option: &str) -> anyhow::Result<TcpListener> {
    let bound = TcpListener::bind(addr).await;
    bound.with_context(|| format!("cannot listen on {addr}; another port: {option} {}:0", addr.ip()))
}

async fn shut_down(state: &App) {
    state.closing.cancel();
    if !state.runs.shut_down(PATIENCE).await {
        warn!("some runs did not end within {PATIENCE:?}; their sandboxes end with this process");
    }
    state.sessions.close();
    if timeout(FAREWELL, state.sessions.wait()).await.is_err() {
        info!("some browsers did not take their last message");
    }
}
