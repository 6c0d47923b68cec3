//! The program's own log: on standard error, each thing once, never a secret or personal data.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::failure::Failure;
use crate::config::Level;

/// What `--log` says, else `TABULARIUM_LOG`; `None` when neither does.
pub fn level(asked: Option<Level>) -> Result<Option<Level>, Failure> {
    match (asked, std::env::var("TABULARIUM_LOG")) {
        (Some(level), _) => Ok(Some(level)),
        (None, Ok(text)) if !text.is_empty() => text.parse().map(Some).map_err(Failure::Level),
        _ => Ok(None),
    }
}

/// From now on what happens is said. Of the libraries only what is wrong.
pub fn start(level: Level) {
    let filter = match level {
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
        Level::Trace => LevelFilter::TRACE,
    };
    let targets = Targets::new().with_default(LevelFilter::WARN.min(filter)).with_target("tabularium", filter);
    // What clients send that is no HTTP is their mistake, not ours: said as an error only when asked for everything.
    let targets = match level {
        Level::Debug | Level::Trace => targets,
        _ => targets.with_target("actix_http::h1::dispatcher", LevelFilter::OFF),
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false);
    tracing_subscriber::registry().with(lines).with(targets).init();
}
