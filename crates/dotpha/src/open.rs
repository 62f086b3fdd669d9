//! Opening an instance and serving it.

use std::net::SocketAddr;
use std::process::ExitCode;

use access::Accounts;
use clap::Args;
use journal::{Journal, Projection};
use server::{App, MAIL_PATIENCE, MailOptions, MailTls, Options, OutboxOptions};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Place};
use crate::{Fault, embedded, removal};

/// How it is served.
#[derive(Args, Clone)]
pub struct ServeOptions {
    #[command(flatten)]
    place: Place,
    /// Address to listen on. A proxy that speaks TLS belongs in front of anything but this machine.
    #[arg(long)]
    address: Option<SocketAddr>,
    /// Send cookies over HTTPS only: set it whenever a proxy speaks TLS.
    #[arg(long)]
    secure_cookies: bool,
}

impl ServeOptions {
    /// Where the instance lies, with this command's own options among the settings.
    pub fn place(&self) -> Place {
        let mut place = self.place.clone();
        if let Some(address) = self.address {
            place.set.push(("address".into(), address.to_string()));
        }
        if self.secure_cookies {
            place.set.push(("secure_cookies".into(), "true".into()));
        }
        place
    }
}

/// Every projection of every engine, in the order in which they may rest on each other.
pub fn projections() -> Vec<Box<dyn Projection>> {
    let mut projections = activation::projections();
    projections.extend(access::projections());
    projections.push(Box::new(programme::ProgrammeProjection));
    projections.push(Box::new(observation::ObservationProjection));
    projections.push(Box::new(observation::SurveyProjection));
    projections.push(Box::new(reporting::ReportProjection));
    projections.extend(::removal::projections());
    projections
}

/// `dotpha serve`
pub async fn serve(config: &Config) -> Result<ExitCode, Fault> {
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let journal = config.open(None).await?;
    activate_embedded(&journal).await?;
    let accounts = Accounts::new(&journal).await?;
    let options = Options {
        secure_cookies: config.secure_cookies,
        program: std::env::current_exe()?,
        setup: config.setup(),
        limits: config.limits.clone(),
        metrics_token: config
            .metrics
            .token
            .as_ref()
            .map(|token| token.reveal().to_owned().into()),
        trusted_proxy: config.trusted_proxy.clone(),
        outbox: outbox(config),
        ..Options::default()
    };
    let app = App::new(journal, accounts, options).await?;
    listen(app, config.address, config.metrics.address, |address| {
        println!("http://{address}/");
    })
    .await
}

/// Where messages go, as it is configured.
pub fn outbox(config: &Config) -> OutboxOptions {
    let mail = config.mail.as_ref();
    OutboxOptions {
        heads_file: Some(config.heads.join("heads.txt")),
        folder: None,
        receivers: mail.map(|mail| mail.to.clone()).unwrap_or_default(),
        mail: mail.map(|mail| MailOptions {
            host: mail.host.clone(),
            port: mail.port,
            tls: match mail.tls.as_str() {
                "tls" => MailTls::Tls,
                "none" => MailTls::None,
                _ => MailTls::StartTls,
            },
            sign_in: mail
                .sign_in
                .as_ref()
                .map(|(user, password)| (user.clone(), password.reveal().to_owned())),
            from: mail.from.clone(),
            patience: MAIL_PATIENCE,
        }),
    }
}

/// On an empty instance the definitions of the binary are put in force; later ones are offered to the
/// operator as a difference.
pub async fn activate_embedded(journal: &Journal) -> Result<(), Fault> {
    activation::activate_first(journal, &embedded::definitions()?).await?;
    Ok(())
}

/// Serves until interrupted; `aside` is a second address for metrics and probes; `ready` is told the first.
pub async fn listen(
    app: App,
    address: SocketAddr,
    aside: Option<SocketAddr>,
    ready: impl FnOnce(SocketAddr),
) -> Result<ExitCode, Fault> {
    removal::finish(&app.journal).await?;
    let listener = bind(address, "--address").await?;
    let aside = match aside {
        Some(address) => Some(bind(address, "metrics.address").await?),
        None => None,
    };
    let stop = CancellationToken::new();
    let worker = tokio::spawn(server::run_jobs(app.clone(), stop.clone()));
    let follower = tokio::spawn(server::follow_journal(app.clone(), stop.clone()));
    let probes = aside.map(|listener| {
        let router = server::operate::aside(app.clone());
        tokio::spawn(async move { axum::serve(listener, router).await })
    });
    let post = tokio::spawn(server::run_outbox(app.clone(), stop.clone()));
    ready(listener.local_addr()?);
    tell_the_manager(sd_notify::NotifyState::Ready);
    let connected = server::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, connected)
        .with_graceful_shutdown(told_to_stop(app.clone()))
        .await?;
    stop.cancel();
    worker.await?;
    post.await?;
    follower.await?;
    if let Some(probes) = probes {
        // Until now it said that this process is not ready.
        probes.abort();
    }
    app.journal.db().close().await;
    Ok(ExitCode::SUCCESS)
}

async fn bind(address: SocketAddr, setting: &str) -> Result<TcpListener, Fault> {
    TcpListener::bind(address)
        .await
        .map_err(|error| format!("{address}: {error}. Choose another with {setting}.").into())
}

/// Waits for the signal to stop. The process then counts as not ready, answers for a while longer, so that
/// a proxy sees it, and ends what it has begun.
async fn told_to_stop(app: App) {
    interrupted().await;
    tell_the_manager(sd_notify::NotifyState::Stopping);
    app.begin_to_stop();
    tokio::time::sleep(app.options.limits.drain).await;
}

/// Tells systemd how far the service is; nothing happens where there is no systemd.
fn tell_the_manager(state: sd_notify::NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "telling the service manager");
    }
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
