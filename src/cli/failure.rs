//! Why a command was not carried out: what to say, and with which exit code.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::config::{ConfigError, ParseLevelError};
use crate::control::{Denial, Kind, StartError};
use crate::disk::{DiskError, LockError};
use crate::service::{OpenError, Refusal, VerifyError};

pub const ANSWER_IS_NO: u8 = 1;
pub const WRONG_USAGE: u8 = 2;
pub const COULD_NOT: u8 = 3;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{0}")]
    Open(#[source] OpenError),
    #[error(
        "{} is in use{}, which does not answer on control.sock: if it is no server, wait until it has ended",
        folder.display(), by(*holder)
    )]
    Silent { folder: PathBuf, holder: Option<u32> },
    #[error(
        "nobody can administer this archive yet. Make an administrator first; the password is read from standard \
         input, one line:\n  tabularium user add NAME --role administrator --data {}", folder.display()
    )]
    NoAdministrator { folder: PathBuf },
    #[error("cannot listen on {address}")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("the server could not be started")]
    Start(#[source] io::Error),
    #[error("the command line could not be given a way in")]
    Control(#[from] StartError),
    #[error("{0}")]
    Refused(#[from] Refusal),
    #[error("{0}")]
    Denied(#[from] Denial),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("TABULARIUM_LOG: {0}")]
    Level(#[source] ParseLevelError),
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("no password: write it to standard input, one line")]
    NoPassword,
    #[error("the password could not be read from standard input")]
    Password(#[source] io::Error),
    #[error("the answer could not be written")]
    Output(#[source] io::Error),
    #[error("a thread could not be started")]
    Thread(#[source] io::Error),
    #[error("{}: {message}", path.display())]
    Import { path: PathBuf, message: String },
    #[error("{}: {bomb}", path.display())]
    Bomb { path: PathBuf, bomb: String },
    #[error("{} holds an archive that is no sample: `tabularium serve` serves it", folder.display())]
    NoSample { folder: PathBuf },
    #[error("{0}")]
    Verify(#[source] VerifyError),
    #[error("the sample town says of itself what cannot be: {0}")]
    Sample(#[source] serde_json::Error),
}

fn by(holder: Option<u32>) -> String {
    holder.map(|id| format!(" by process {id}")).unwrap_or_default()
}

impl Failure {
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Level(_) | Self::NoPassword => WRONG_USAGE,
            Self::Denied(denial) if denial.kind == Kind::Invalid => WRONG_USAGE,
            Self::Refused(Refusal::Invalid(_)) => WRONG_USAGE,
            _ => COULD_NOT,
        }
    }

    /// What it is, why, and field by field what is wrong with a request.
    pub fn explain(&self) -> String {
        let mut text = self.to_string();
        let mut last = text.clone();
        let mut cause = self.source();
        while let Some(error) = cause {
            let message = error.to_string();
            // A transparent error says the same as its cause.
            if message != last {
                text.push_str(&format!(": {message}"));
            }
            last = message;
            cause = error.source();
        }
        match self {
            Self::Denied(denial) => {
                for field in &denial.fields {
                    text.push_str(&format!("\n  {}: {}", field.field, field.message));
                }
            }
            Self::Refused(Refusal::Invalid(fields)) => {
                for field in fields {
                    text.push_str(&format!("\n  {}: {}", field.field, field.message));
                }
            }
            Self::Open(OpenError::Lock(LockError::Held { .. })) => {
                text.push_str("; only one program can hold it: stop that one first");
            }
            _ => {}
        }
        text
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Refused(refusal @ Refusal::Invalid(_)) => Self::Refused(refusal),
            other => Self::Open(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::field::FieldError;

    #[test]
    fn every_cause_is_said_once_and_every_field_named() {
        let error = DiskError {
            path: "/data/journal".into(),
            operation: crate::disk::Operation::Open,
            source: io::Error::other("a bad sector"),
        };
        let failure = Failure::from(OpenError::from(error));
        assert_eq!(failure.explain(), "could not open /data/journal: a bad sector");
        assert_eq!(failure.exit_code(), COULD_NOT);
        let field = FieldError { field: "roles".into(), message: "at least one role".into() };
        let failure = Failure::from(Refusal::Invalid(vec![field]));
        assert_eq!(failure.explain(), "the request is not valid\n  roles: at least one role");
        assert_eq!(failure.exit_code(), WRONG_USAGE);
    }

    #[test]
    fn who_holds_the_folder_is_said() {
        let held = LockError::Held { path: "/data".into(), holder: Some(42) };
        let failure = Failure::from(OpenError::from(held));
        assert!(failure.explain().contains("/data is in use by process 42; only one"), "{}", failure.explain());
        assert_eq!(failure.exit_code(), COULD_NOT);
    }
}
