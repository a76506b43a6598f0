//! `socklab lesson preview`: a lesson as its page will look, anew after each save.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, ensure};
use tokio::sync::watch;

use crate::app::App;
use crate::assets::Assets;
use crate::cli::serve;
use crate::lessons::Library;
use crate::preview::{self, News};
use crate::runs::Policy;

/// Not the port of `socklab serve`, which may go on beside it.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8081);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The lesson's folder.
    folder: PathBuf,
    /// Address and port to listen on.
    #[arg(long, default_value_t = LISTEN)]
    listen: SocketAddr,
}

pub(super) fn execute(args: &Args) -> anyhow::Result<ExitCode> {
    let folder = args.folder.canonicalize().with_context(|| format!("cannot open {}", args.folder.display()))?;
    ensure!(folder.is_dir(), "{} is no folder", folder.display());
    let lesson = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let app = App::new(Library::default(), Assets::Embedded, Policy::default());
    let (tell, news) = watch::channel(News::default());
    let routes = preview::router(Arc::clone(&app), &lesson, news);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the server's threads")?
        .block_on(async {
            tokio::select! {
                ended = serve::serve(args.listen, None, Arc::clone(&app), routes) => ended,
                ended = preview::follow(Arc::clone(&app), folder, tell) => ended,
            }
        })?;
    Ok(ExitCode::SUCCESS)
}
