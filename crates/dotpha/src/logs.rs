//! The log of this process: on standard error, for people or as one JSON object a line.

use tracing_subscriber::EnvFilter;

/// Begins to log what the directives let through.
pub fn begin(directives: &str, json: bool) {
    let filter = EnvFilter::try_new(server::operate::discreet(directives))
        .unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(filter);
    if json {
        lines.json().flatten_event(true).init();
    } else {
        lines.init();
    }
}

/// What commands other than `serve` log: warnings, unless `DOTPHA_LOG_LEVEL` says otherwise.
pub fn of_the_environment() -> String {
    std::env::var("DOTPHA_LOG_LEVEL").unwrap_or_else(|_| "warn".into())
}
