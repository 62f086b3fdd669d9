//! Where an instance lies, opening it, serving it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use access::Accounts;
use clap::Args;
use journal::{Clock, Db, FileStore, Journal, Projection};
use server::{App, Options};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::{Fault, embedded};

/// Where an instance lies.
#[derive(Args, Clone)]
pub struct Place {
    /// Folder of the instance: its files, and its SQLite database unless another is named.
    #[arg(long, env = "DOTPHA_DATA", default_value = "dotpha-data")]
    pub data: PathBuf,
    /// `postgres://…`; SQLite in the data folder when left out.
    #[arg(long, env = "DOTPHA_DATABASE")]
    pub database: Option<String>,
}

/// How it is served.
#[derive(Args, Clone)]
pub struct ServeOptions {
    #[command(flatten)]
    place: Place,
    /// Address to listen on. A proxy that speaks TLS belongs in front of anything but this machine.
    #[arg(long, default_value = "127.0.0.1:8080")]
    address: SocketAddr,
    /// Send cookies over HTTPS only: set it whenever a proxy speaks TLS.
    #[arg(long)]
    secure_cookies: bool,
}

/// Every projection of every engine, in the order in which they may rest on each other.
fn projections() -> Vec<Box<dyn Projection>> {
    let mut projections = activation::projections();
    projections.extend(access::projections());
    projections.push(Box::new(programme::ProgrammeProjection));
    projections.push(Box::new(observation::ObservationProjection));
    projections.push(Box::new(reporting::ReportProjection));
    projections
}

impl Place {
    /// Opens the instance, on a clock of the caller's when one is given.
    pub async fn open(&self, clock: Option<Clock>) -> Result<Journal, Fault> {
        std::fs::create_dir_all(&self.data)
            .map_err(|error| format!("{}: {error}", self.data.display()))?;
        let address = match &self.database {
            Some(address) => address.clone(),
            None => format!("sqlite:{}", self.data.join("dotpha.sqlite").display()),
        };
        let db = Db::open(&address).await?;
        let files = FileStore::open(self.data.join("files")).await?;
        let journal = match clock {
            Some(clock) => Journal::open_with_clock(db, files, projections(), clock).await?,
            None => Journal::open(db, files, projections()).await?,
        };
        Ok(journal)
    }
}

/// `dotpha serve`
pub async fn serve(options: ServeOptions) -> Result<ExitCode, Fault> {
    let journal = options.place.open(None).await?;
    activate_embedded(&journal).await?;
    let accounts = Accounts::new(&journal).await?;
    let app = App::new(
        journal,
        accounts,
        Options {
            secure_cookies: options.secure_cookies,
            program: std::env::current_exe()?,
            ..Options::default()
        },
    )
    .await?;
    listen(app, options.address, |address| {
        println!("http://{address}/");
    })
    .await
}

/// On an empty instance the definitions of the binary are put in force; later ones are offered to the
/// operator as a difference.
pub async fn activate_embedded(journal: &Journal) -> Result<(), Fault> {
    activation::activate_first(journal, &embedded::definitions()?).await?;
    Ok(())
}

/// Serves until interrupted; `ready` is told the address.
pub async fn listen(
    app: App,
    address: SocketAddr,
    ready: impl FnOnce(SocketAddr),
) -> Result<ExitCode, Fault> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("{address}: {error}. Choose another with --address."))?;
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(server::run_jobs(app.clone(), stopped.clone()));
    let follower = tokio::spawn(server::follow_journal(app.clone(), stopped));
    ready(listener.local_addr()?);
    axum::serve(listener, server::router(app.clone()))
        .with_graceful_shutdown(interrupted())
        .await?;
    stop.send_replace(true);
    worker.await?;
    follower.await?;
    app.journal.db().close().await;
    Ok(ExitCode::SUCCESS)
}

/// Ctrl-C, or the signal a service manager stops with.
async fn interrupted() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::warn!(%error, "no SIGTERM here");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
