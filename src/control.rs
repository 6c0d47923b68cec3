//! How does the command line talk to the server that holds its data folder? Through `control.sock`: one JSON line a
//! request, then its contents as they are, one JSON line an answer. Who may open the socket may do everything.

mod client;
mod desk;
mod server;

pub use client::Client;
pub use desk::Desk;
pub use server::{Server, StartError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::blob::StageError;
use crate::ids::{ClassCode, RegisterCode};
use crate::model::office::NewOffice;
use crate::model::registers::NewRegister;
use crate::model::user::{NewToken, NewUser};
use crate::service::{EarlierRegister, ImportError, Refusal};

/// The socket's name in the data folder.
pub const SOCKET: &str = "control.sock";

/// What may be asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    AddUser {
        user: NewUser,
    },
    AddOffice {
        office: NewOffice,
    },
    AddToken {
        token: NewToken,
    },
    /// `size` bytes follow the line.
    ImportDocument {
        path: String,
        size: u64,
        #[serde(default)]
        classification: Option<ClassCode>,
    },
    OpenRegister {
        register: NewRegister,
    },
    /// `size` bytes follow the line: a content that something will refer to.
    StageContent {
        size: u64,
    },
    /// `size` bytes follow the line: lines of an earlier register. With `opens` the register need not be there yet.
    CheckEarlier {
        into: EarlierRegister,
        opens: bool,
        size: u64,
    },
    /// `size` bytes follow the line: the file of an emergency register.
    ImportEmergency {
        register: RegisterCode,
        #[serde(default)]
        classification: Option<ClassCode>,
        size: u64,
    },
    /// As [`Request::CheckEarlier`].
    ImportEarlier {
        into: EarlierRegister,
        size: u64,
    },
    /// `size` bytes follow the line: the years that were imported.
    EndEarlier {
        into: EarlierRegister,
        size: u64,
    },
}

impl Request {
    /// Bytes that follow the line.
    pub fn contents(&self) -> u64 {
        match self {
            Self::ImportDocument { size, .. }
            | Self::StageContent { size }
            | Self::CheckEarlier { size, .. }
            | Self::ImportEmergency { size, .. }
            | Self::ImportEarlier { size, .. }
            | Self::EndEarlier { size, .. } => *size,
            _ => 0,
        }
    }
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    Done(Value),
    Denied(Denial),
}

/// Why something was not done, for the person at the command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Denial {
    pub kind: Kind,
    pub message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

/// One thing wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub field: String,
    pub message: String,
}

/// What can be done about a denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Ask for something else.
    Invalid,
    /// Ask again at once.
    Again,
    /// The contents cannot be read as they were announced.
    Contents,
    /// The archive says no to this request; others may pass.
    Refused,
    /// The archive does nothing for now.
    Unable,
    /// One of the two sides did not understand the other, or is gone.
    Broken,
}

impl Denial {
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), fields: Vec::new() }
    }

    /// An error with its whole chain of causes.
    pub fn because(kind: Kind, error: &dyn std::error::Error) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            message.push_str(": ");
            message.push_str(&error.to_string());
            cause = error.source();
        }
        Self::new(kind, message)
    }
}

impl From<Refusal> for Denial {
    fn from(refusal: Refusal) -> Self {
        let kind = match &refusal {
            Refusal::Invalid(_) => Kind::Invalid,
            Refusal::BlobUnknown { .. } => Kind::Again,
            Refusal::Full | Refusal::Stopped(_) | Refusal::NotReady(_) | Refusal::Failed(_) => Kind::Unable,
            _ => Kind::Refused,
        };
        let mut denial = Self::because(kind, &refusal);
        if let Refusal::Invalid(errors) = refusal {
            denial.fields = errors.into_iter().map(|e| Field { field: e.field, message: e.message }).collect();
        }
        denial
    }
}

impl From<ImportError> for Denial {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Refused(refusal) => refusal.into(),
            ImportError::Source(_) | ImportError::Size { .. } => Self::because(Kind::Contents, &error),
            ImportError::Stage(StageError::TooLarge { .. }) => Self::because(Kind::Refused, &error),
            ImportError::Stage(_) => Self::because(Kind::Unable, &error),
        }
    }
}

#[cfg(test)]
mod tests;
