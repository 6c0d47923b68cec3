//! What may stand in the file given to `--config`: small groups, each handed down to who needs it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::disk::{Disk, DiskError};
use crate::http::{Network, ParseNetworkError, Settings};
use crate::limits;
use crate::model::stamp::StampText;
use crate::service::SealCommand;
use crate::text::engines::Choices;

/// The whole file. What is left out has its default; a name that is not known is a mistake.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub http: Http,
    pub log: Log,
    pub catalogue: Catalogue,
    pub mark: Mark,
    pub engines: Choices,
    pub seal: Seal,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Who may read `/metrics`.
    #[serde(deserialize_with = "networks")]
    pub metrics_from: Vec<Network>,
    /// Cookies are sent over TLS alone: for a server behind a proxy that speaks TLS.
    pub secure_cookies: bool,
    /// Server threads; as many as there are cores without it.
    pub workers: Option<usize>,
}

impl Http {
    pub fn settings(self) -> Settings {
        let Self { listen: _, metrics_from, secure_cookies, workers } = self;
        Settings { metrics_from, secure_cookies, workers, ..Settings::default() }
    }
}

fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Network>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let parse =
        |text: &String| text.parse().map_err(|error: ParseNetworkError| D::Error::custom(format!("{text}: {error}")));
    texts.iter().map(parse).collect()
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            metrics_from: Network::loopback(),
            secure_cookies: false,
            workers: None,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    pub level: Option<Level>,
}

/// How much is said on standard error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
    Trace,
}

impl std::str::FromStr for Level {
    type Err = ParseLevelError;

    fn from_str(text: &str) -> Result<Self, ParseLevelError> {
        Ok(match text {
            "error" => Self::Error,
            "warn" => Self::Warn,
            "info" => Self::Info,
            "debug" => Self::Debug,
            "trace" => Self::Trace,
            _ => return Err(ParseLevelError),
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a level is one of error, warn, info, debug, trace")]
pub struct ParseLevelError;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Catalogue {
    /// Memory for its pages, in MiB.
    pub cache_mib: u64,
}

impl Default for Catalogue {
    fn default() -> Self {
        Self { cache_mib: limits::CATALOGUE_CACHE / limits::MIB }
    }
}

/// What is stamped on copies of registered documents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mark {
    pub text: StampText,
}

/// Who seals marks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seal {
    /// A program with its arguments: it gets the bytes to sign on its standard input, and answers the signature on its
    /// standard output. None: marks are sealed for trial.
    pub command: Vec<String>,
    /// The certificate of its key, PEM or DER.
    pub certificate: Option<PathBuf>,
    /// How long it may take.
    pub seconds: u64,
}

impl Default for Seal {
    fn default() -> Self {
        Self { command: Vec::new(), certificate: None, seconds: limits::SEAL_SECONDS }
    }
}

impl Seal {
    /// The program, where there is one.
    pub fn command(&self) -> Option<SealCommand> {
        let (program, arguments) = self.command.split_first()?;
        Some(SealCommand {
            program: program.into(),
            arguments: arguments.to_vec(),
            certificate: self.certificate.clone()?,
            within: Duration::from_secs(self.seconds),
        })
    }
}

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error(transparent)]
    Read(#[from] DiskError),
    #[error("{}: {}", path.display(), source.to_string().trim_end())]
    Parse { path: PathBuf, source: Box<toml::de::Error> },
    #[error("{}: it is no UTF-8 text", path.display())]
    Text { path: PathBuf },
    #[error("{}: catalogue.cache_mib is {found}: from 8 to 65536", path.display())]
    Cache { path: PathBuf, found: u64 },
    #[error("{}: seal.command and seal.certificate stand there both or not at all, and the command is a path from /", path.display())]
    Seal { path: PathBuf },
    #[error("{}: seal.seconds is {found}: from 1 to 60", path.display())]
    Seconds { path: PathBuf, found: u64 },
}

impl Config {
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = String::from_utf8(Disk::real().read(path)?);
        let text = text.map_err(|_| ConfigError::Text { path: path.to_owned() })?;
        let config: Self = toml::from_str(&text)
            .map_err(|source| ConfigError::Parse { path: path.to_owned(), source: Box::new(source) })?;
        let found = config.catalogue.cache_mib;
        if !(8..=65_536).contains(&found) {
            return Err(ConfigError::Cache { path: path.to_owned(), found });
        }
        let Seal { command, certificate, seconds } = &config.seal;
        let from_root = command.first().is_none_or(|program| program.starts_with('/'));
        if command.is_empty() != certificate.is_none() || !from_root {
            return Err(ConfigError::Seal { path: path.to_owned() });
        }
        if !(1..=60).contains(seconds) {
            return Err(ConfigError::Seconds { path: path.to_owned(), found: *seconds });
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::engines::Choice;

    fn fixture(name: &str) -> Result<Config, ConfigError> {
        Config::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/config").join(name))
    }

    #[test]
    fn the_example_says_everything_and_says_the_defaults() {
        let mut expected = Config::default();
        expected.log.level = Some(Level::Info);
        assert_eq!(fixture("example.toml").unwrap(), expected);
        assert_eq!(fixture("empty.toml").unwrap(), Config::default());
    }

    #[test]
    fn an_engine_is_looked_for_switched_off_or_named() {
        let engines = fixture("engines.toml").unwrap().engines;
        assert_eq!(engines.pdfium, Choice::At("/opt/pdfium/lib/libpdfium.so".into()));
        assert_eq!((engines.pdftotext, engines.tesseract), (Choice::Search(false), Choice::Search(true)));
        assert!(fixture("wrong-engine.toml").unwrap_err().to_string().contains("pdfium"));
    }

    #[test]
    fn a_seal_is_a_program_with_its_certificate() {
        let seal = fixture("seal.toml").unwrap().seal.command().unwrap();
        assert_eq!((seal.arguments.len(), seal.within.as_secs()), (4, 20));
        assert_eq!(Config::default().seal.command(), None);
        assert!(fixture("wrong-seal.toml").unwrap_err().to_string().contains("seal.certificate"));
    }

    /// The published schema and the program accept and refuse the same.
    #[test]
    fn the_schema_says_what_the_program_says() {
        let schema = serde_json::from_str(include_str!("../schema/configuration.json")).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        for name in [
            "example.toml",
            "empty.toml",
            "engines.toml",
            "seal.toml",
            "wrong-seal.toml",
            "wrong-cache.toml",
            "wrong-engine.toml",
            "wrong-key.toml",
            "wrong-level.toml",
            "wrong-mark.toml",
        ] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/config").join(name);
            let text = String::from_utf8(Disk::real().read(&path).unwrap()).unwrap();
            let value: toml::Table = toml::from_str(&text).unwrap();
            let value = serde_json::to_value(value).unwrap();
            assert_eq!(validator.is_valid(&value), fixture(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_wrong_key_is_named_with_its_line() {
        let error = fixture("wrong-key.toml").unwrap_err().to_string();
        assert!(error.contains("wrong-key.toml") && error.contains("lisen") && error.contains("line 3"), "{error}");
        let error = fixture("wrong-level.toml").unwrap_err().to_string();
        assert!(error.contains("loud") && error.contains("debug"), "{error}");
        let error = fixture("wrong-mark.toml").unwrap_err().to_string();
        assert!(error.contains("{protocollo}") && error.contains("{number}") && error.contains("line 2"), "{error}");
        let error = fixture("wrong-cache.toml").unwrap_err().to_string();
        assert!(error.contains("cache_mib"), "{error}");
        let error = fixture("wrong-network.toml").unwrap_err().to_string();
        assert!(error.contains("10.0.0.0/33"), "{error}");
        assert!(fixture("missing.toml").unwrap_err().to_string().contains("missing.toml"));
    }
}
