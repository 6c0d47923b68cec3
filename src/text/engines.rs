//! Which programs and libraries of this machine help to read documents? Found at start, handed to every process.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::program::run;
use crate::limits;

/// Where libraries are, after the folder of the program itself.
const LIBRARY_FOLDERS: [&str; 7] = [
    "/usr/local/lib",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/usr/lib/tabularium",
    "/opt/pdfium/lib",
];

const PDFIUM: &str = "libpdfium.so";

/// LibreOffice brings one along for itself, which exports every function that we call and reads our documents as well
/// (7.4, measured). It is as old as the office is: taken where there is no other.
const OFFICE_FOLDERS: [&str; 2] = ["/usr/lib/libreoffice/program", "/usr/lib64/libreoffice/program"];

const OFFICE_PDFIUM: &str = "libpdfiumlo.so";

/// What a program says of itself.
const VERSION_MAX: u64 = 64 * limits::KIB;

/// What was found beside the readers that are built in. Nothing of it is needed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Engines {
    /// `libpdfium.so`, or LibreOffice's.
    pub pdfium: Option<Engine>,
    /// poppler's program for texts, asked where libpdfium is not there.
    pub pdftotext: Option<Engine>,
    /// poppler's program that draws pages: for their letters to be recognised, and for thumbnails.
    pub pdftoppm: Option<Engine>,
    /// The recogniser of letters in images.
    pub tesseract: Option<Engine>,
    /// What it is asked for: Italian where it has that, else English; empty without it.
    pub language: String,
}

/// A library or program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    pub path: PathBuf,
    /// As it says itself; empty where it says nothing.
    pub version: String,
}

/// What the configuration says of one engine: looked for, switched off, or at this path.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Choice {
    Search(bool),
    At(PathBuf),
}

impl Default for Choice {
    fn default() -> Self {
        Self::Search(true)
    }
}

/// Which engines may be used, and where they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Choices {
    pub pdfium: Choice,
    pub pdftotext: Choice,
    pub pdftoppm: Choice,
    pub tesseract: Choice,
}

impl Engines {
    /// Looks for the engines that may be used; programs in the folders that `path` lists, as the environment's `PATH`
    /// does. Programs are asked for their versions, the library is only looked at: it is never loaded here.
    pub fn find(choices: &Choices, path: &OsStr) -> Self {
        let program = |choice: &Choice, name: &str| choice.file(|| in_folders(std::env::split_paths(path), name));
        let own = std::env::current_exe().ok().and_then(|own| own.parent().map(Path::to_owned));
        let libraries = own.into_iter().chain(LIBRARY_FOLDERS.map(PathBuf::from));
        let pdfium = choices.pdfium.file(|| {
            let of_office = || in_folders(OFFICE_FOLDERS.map(PathBuf::from), OFFICE_PDFIUM);
            in_folders(libraries, PDFIUM).or_else(of_office)
        });
        let (tesseract, language) = match program(&choices.tesseract, "tesseract").and_then(with_language) {
            Some((engine, language)) => (Some(engine), language),
            None => (None, String::new()),
        };
        Self {
            pdfium: pdfium.map(|path| Engine { path, version: String::new() }),
            pdftotext: program(&choices.pdftotext, "pdftotext").and_then(|path| Engine::of_program(path, "-v")),
            pdftoppm: program(&choices.pdftoppm, "pdftoppm").and_then(|path| Engine::of_program(path, "-v")),
            tesseract,
            language,
        }
    }

    /// What is there, in words with spaces between them: `pdfium tesseract-5.3.0-ita`. A text that was made without one
    /// of the words may be read better now.
    pub fn fingerprint(&self) -> String {
        let language = if self.language.is_empty() { String::new() } else { format!("-{}", self.language) };
        let named = [
            ("pdfium", &self.pdfium, ""),
            ("pdftotext", &self.pdftotext, ""),
            ("pdftoppm", &self.pdftoppm, ""),
            ("tesseract", &self.tesseract, language.as_str()),
        ];
        let words = named.into_iter().filter_map(|(name, engine, language)| {
            let version = &engine.as_ref()?.version;
            let dash = if version.is_empty() { "" } else { "-" };
            Some(format!("{name}{dash}{version}{language}"))
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

impl Engine {
    /// A program that answers when it is asked for its version.
    fn of_program(path: PathBuf, argument: &str) -> Option<Self> {
        let version = ask(&path, &[argument])?;
        // `tesseract 5.3.0`, `pdftotext version 22.12.0`: the first word that is a number.
        let word = version.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        let kept = |c: &char| c.is_ascii_alphanumeric() || *c == '.';
        Some(Self { path, version: word.unwrap_or_default().chars().filter(kept).take(20).collect() })
    }
}

impl Choice {
    fn file(&self, search: impl FnOnce() -> Option<PathBuf>) -> Option<PathBuf> {
        match self {
            Self::Search(false) => None,
            Self::Search(true) => search(),
            Self::At(path) => Some(path.clone()).filter(|path| path.is_file()),
        }
    }
}

/// The recogniser and the language it is to be asked for; one that knows neither is of no use.
fn with_language(path: PathBuf) -> Option<(Engine, String)> {
    let engine = Engine::of_program(path, "--version")?;
    let known = ask(&engine.path, &["--list-langs"])?;
    let language = ["ita", "eng"].into_iter().find(|language| known.lines().any(|line| line.trim() == *language))?;
    Some((engine, language.to_owned()))
}

/// What a program says, on whichever of its outputs.
fn ask(program: &Path, arguments: &[&str]) -> Option<String> {
    let deadline = Instant::now() + Duration::from_secs(limits::ENGINE_ANSWER_SECONDS);
    match run(program, arguments, b"", VERSION_MAX, deadline) {
        Ok(answered) => Some(format!("{}\n{}", String::from_utf8_lossy(&answered.output), answered.complaints)),
        Err(error) => {
            tracing::warn!(program = %program.display(), %error, "engine not used");
            None
        }
    }
}

fn in_folders(folders: impl IntoIterator<Item = PathBuf>, name: &str) -> Option<PathBuf> {
    // A relative folder would be another one tomorrow.
    folders
        .into_iter()
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn engines_are_looked_for_asked_and_switched_off() {
        let folder = tempfile::tempdir().unwrap();
        let program = |name: &str, says: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, format!("#!/bin/sh\n{says}\n")).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
            path
        };
        let tesseract = "[ $1 = --version ] && echo 'tesseract 5.9.1' || printf 'List:\\neng\\nita\\n'";
        program("pdftotext", "echo 'pdftotext version 99.12.0' >&2; exit 99");
        let tesseract = program("tesseract", tesseract);
        let path = folder.path().as_os_str();
        let off = || Choice::Search(false);
        let choices = Choices { pdfium: off(), pdftoppm: off(), ..Choices::default() };
        let found = Engines::find(&choices, path);
        assert_eq!(found.fingerprint(), "pdftotext-99.12.0 tesseract-5.9.1-ita");

        let none = Choices { tesseract: off(), pdftotext: Choice::At("/nonexistent".into()), ..choices.clone() };
        assert_eq!(Engines::find(&none, path), Engines::default());
        let at = Choices { pdftotext: off(), tesseract: Choice::At(tesseract.clone()), ..choices };
        assert_eq!(Engines::find(&at, OsStr::new("")).fingerprint(), "tesseract-5.9.1-ita");
        // A relative folder would be another one tomorrow.
        let path = std::env::join_paths(["relative", "/nowhere", folder.path().to_str().unwrap()]).unwrap();
        assert_eq!(in_folders(std::env::split_paths(&path), "tesseract"), Some(tesseract));
        assert_eq!(in_folders(["relative".into(), "".into()], "tesseract"), None);
        // One that knows no language of ours recognises nothing.
        program("tesseract", "echo klingon 1");
        assert_eq!(Engines::find(&at, OsStr::new("")), Engines::default());
    }
}
