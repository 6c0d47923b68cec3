//! `tabularium serve`: the archive over HTTP, until SIGTERM or Ctrl-C.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use clap::Args;

use super::archive::{open, options};
use super::failure::Failure;
use super::{Data, Outcome};
use crate::config::Config;
use crate::control::Server;
use crate::http;
use crate::service::Archive;

/// Serve the archive over HTTP until SIGTERM or Ctrl-C
///
/// Says "listening on http://…" on standard error when it takes requests. On SIGTERM requests under way are finished
/// first. While it runs it holds the data folder: `user`, `office`, `token` and `import` go through it, and a second
/// server does not start.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  tabularium serve --data /srv/archive --listen 127.0.0.1:8080

It speaks no TLS: put a reverse proxy before it. The configuration file (--config) may say, with these defaults:
  [http]
  listen = \"127.0.0.1:8080\"
  metrics_from = [\"127.0.0.0/8\", \"::1\"]
  secure_cookies = false
  [log]
  level = \"info\"
  [catalogue]
  cache_mib = 64
  [mark]
  text = \"{name} - Prot. n. {number} del {date} - {direction} - Cl. {class}\"
  [engines]
  pdfium = true
  pdftotext = true
  pdftoppm = true
  tesseract = true
  [seal]
  command = []
  seconds = 10")]
pub struct Serve {
    #[command(flatten)]
    data: Data,
    /// Where to listen; port 0 takes any that is free [default: the configuration's, else 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Start although the clock is behind the last entry: only when the clock is right and was wrong before
    #[arg(long)]
    accept_clock: bool,
}

impl Serve {
    pub fn run(self, config: Config) -> Result<Outcome, Failure> {
        let folder = self.data.folder;
        let mut options = options(&folder, &config);
        options.accept_clock = self.accept_clock;
        let archive = open(options)?;
        let address = self.listen.unwrap_or(config.http.listen);
        let served = check_administrator(&archive, &folder)
            .and_then(|()| serve(&archive, &folder, address, config.http.settings(), |_| {}));
        archive.close();
        served?;
        tracing::info!("stopped: everything that was answered is on disk");
        Ok(Outcome::Yes)
    }
}

/// How long a start may take before the server listens all the same: entries are read by number during a rebuild.
const READY_WITHIN: Duration = Duration::from_secs(3);

fn check_administrator(archive: &Archive, folder: &Path) -> Result<(), Failure> {
    let began = Instant::now();
    while !archive.status().healthy && began.elapsed() < READY_WITHIN {
        std::thread::sleep(Duration::from_millis(2));
    }
    let status = archive.status();
    if !status.healthy {
        // What is known of users may be older than the last of them.
        for note in status.notes {
            tracing::warn!("{note}");
        }
        return Ok(());
    }
    if archive.has_administrator() { Ok(()) } else { Err(Failure::NoAdministrator { folder: folder.to_owned() }) }
}

/// Serves HTTP and the command line until told to stop. `ready` is called with the address really used.
pub fn serve(
    archive: &Archive,
    folder: &Path,
    address: SocketAddr,
    settings: http::Settings,
    ready: impl FnOnce(SocketAddr) + 'static,
) -> Result<(), Failure> {
    let control = Server::start(archive, folder)?;
    let mut listened = false;
    let served = http::serve(archive.clone(), address, settings, |addresses, _stop| {
        listened = true;
        let addresses = addresses.to_vec();
        // Runs once the server has had its first turn: who reads this may send SIGTERM at once, and is heard.
        actix_web::rt::spawn(async move {
            for address in &addresses {
                eprintln!("listening on http://{address}");
            }
            ready(addresses.first().copied().unwrap_or(address));
        });
    });
    control.stop();
    served.map_err(|source| if listened { Failure::Start(source) } else { Failure::Listen { address, source } })
}
