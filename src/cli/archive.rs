//! How a command gets at the archive: it opens the folder itself, or asks the server that holds it.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::failure::Failure;
use crate::config::Config;
use crate::control::{Client, Denial, Desk, Kind, Request};
use crate::disk::{Disk, LockError};
use crate::limits;
use crate::service::{Archive, OpenError, Options, Pace};
use crate::text::engines::{Choices, Engines};
use crate::text::{Pass, RenderLimits, child};

/// The options of an archive whose texts are extracted by this very program, and whose thumbnails are drawn where the
/// program for that is installed.
pub fn options(folder: &Path, config: &Config) -> Options {
    let mut options = options_without_reading(folder, config);
    options.pace = Pace::default();
    find_engines(&mut options, &config.engines);
    options.seal = config.seal.command();
    options
}

/// [`options`] for a command that is done before a document would be read or a register formed: the next start does.
pub fn options_without_reading(folder: &Path, config: &Config) -> Options {
    Options {
        catalogue_cache: config.catalogue.cache_mib * limits::MIB,
        stamp_text: config.mark.text.clone(),
        pace: Pace { form_every: None, ..Pace::default() },
        ..Options::at(folder)
    }
}

/// Finds what helps to read and draw documents on this machine, and says what of it cannot be used, and which fences
/// around the reading processes this kernel does not have.
fn find_engines(options: &mut Options, choices: &Choices) {
    let (program, arguments) = (PathBuf::from("/proc/self/exe"), vec!["extract-worker".into()]);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut engines = Engines::find(choices, &path);
    let drawing = engines.pdftoppm.as_ref().map(|engine| engine.path.clone());
    options.rendering = drawing.map(|program| (program, RenderLimits::default()));
    let check = child::check(&program, &arguments, &engines, Pass::First);
    options.extraction = Some((program, arguments));
    let Some(check) = check else {
        tracing::error!("extraction processes do not start here: documents will have no text");
        return;
    };
    if let Some(pdfium) = &engines.pdfium
        && !check.pdfium
    {
        tracing::warn!(library = %pdfium.path.display(), "engine not used: it cannot be loaded, or is no libpdfium");
        engines.pdfium = None;
    }
    for fence in check.fences.missing() {
        tracing::warn!("documents are read without {fence}, which this kernel does not have");
    }
    options.fences = Some(check.fences);
    tracing::info!(engines = engines.fingerprint(), "documents are read by the built-in readers and these");
    options.engines = engines;
}

/// Opens an archive that is there. A folder without one is left as it is.
pub fn open(options: Options) -> Result<Archive, Failure> {
    let folder = options.root.clone();
    if !Disk::real().exists(&folder.join("journal"))? {
        return Err(OpenError::NoArchive(folder).into());
    }
    let archive = Archive::open(options)?;
    if archive.is_empty() {
        // An `init` that was cut off before its first event.
        archive.close();
        return Err(OpenError::NoArchive(folder).into());
    }
    Ok(archive)
}

/// Waits until the archive takes commands, and says so when that takes long.
pub fn wait_ready(archive: &Archive) -> Result<(), Failure> {
    let mut said = Instant::now();
    loop {
        let status = archive.status();
        if status.healthy {
            return Ok(());
        }
        if said.elapsed() > Duration::from_secs(3) {
            said = Instant::now();
            tracing::info!(done = status.catalogue_position, of = status.journal_position, "still catching up");
        }
        if status.rebuild.is_none() {
            return Ok(archive.wait_ready()?);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Where requests go.
pub enum Way {
    /// This process holds the folder.
    Ours(Archive),
    /// A server does.
    Server(PathBuf),
}

impl Way {
    /// Opens the folder, or finds the server that holds it.
    pub fn to(options: Options) -> Result<Self, Failure> {
        let folder = options.root.clone();
        match open(options) {
            Ok(archive) => match wait_ready(&archive) {
                Ok(()) => Ok(Self::Ours(archive)),
                Err(failure) => {
                    archive.close();
                    Err(failure)
                }
            },
            Err(Failure::Open(OpenError::Lock(LockError::Held { holder, .. }))) => match Client::connect(&folder) {
                Ok(_) => Ok(Self::Server(folder)),
                Err(_) => Err(Failure::Silent { folder, holder }),
            },
            Err(failure) => Err(failure),
        }
    }

    /// A hand for one thread.
    pub fn hand(&self) -> Result<Hand, Failure> {
        Ok(match self {
            Self::Ours(archive) => Hand::Ours(Desk::new(archive.clone()).map_err(Failure::Thread)?),
            Self::Server(folder) => Hand::Server(Client::connect(folder)?),
        })
    }

    /// One request without contents.
    pub fn ask(&self, request: Request) -> Result<Value, Failure> {
        Ok(self.hand()?.ask(request, &mut io::empty())?)
    }

    /// Ends what was begun here; a server goes on.
    pub fn close(self) {
        if let Self::Ours(archive) = self {
            archive.close();
        }
    }
}

/// Asks one thing after another, of ourselves or of the server.
pub enum Hand {
    Ours(Desk),
    Server(Client),
}

impl Hand {
    pub fn ask(&mut self, request: Request, contents: &mut dyn Read) -> Result<Value, Denial> {
        match self {
            Self::Ours(desk) => desk.carry_out(request, contents),
            Self::Server(client) => client.ask(&request, contents),
        }
    }
}

/// A text of an answer.
pub fn text<'a>(answer: &'a Value, name: &str) -> Result<&'a str, Failure> {
    let text = answer.get(name).and_then(Value::as_str);
    text.ok_or_else(|| {
        Denial::new(Kind::Broken, format!("the answer has no {name}: is the server of another version?")).into()
    })
}
