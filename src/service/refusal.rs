//! Why the archive says no: one kind for each thing a caller can do something about, free of transport.

use crate::blob::ReadError as BlobReadError;
use crate::catalogue::CatalogueError;
use crate::digest::Blake3;
use crate::disk::DiskError;
use crate::journal::ReadError as JournalReadError;
use crate::model::event::DecodeError;
use crate::model::field::FieldError;

/// A request that was not carried out. Nothing of it has happened.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("the request is not valid")]
    Invalid(Vec<FieldError>),
    #[error("no such {0}")]
    NotFound(&'static str),
    #[error("you may not do this")]
    Forbidden,
    #[error("content {blake3} is not known here: upload it again")]
    BlobUnknown { field: String, blake3: Blake3 },
    #[error("this Idempotency-Key was used for another request")]
    KeyReused,
    #[error("the register is closed: nothing is registered in it any more")]
    RegisterClosed,
    #[error("the dossier is closed: reopen it first")]
    DossierClosed,
    #[error("the dossier is open already")]
    DossierOpen,
    #[error("the entry is annulled: nothing can be changed any more")]
    EntryAnnulled,
    #[error("the assignment does not stand so: {0}")]
    AssignmentState(&'static str),
    #[error("{0}")]
    AlreadyExists(String),
    #[error("it was changed by somebody else since you read it")]
    Changed,
    #[error("a registered document gets no new versions")]
    Registered,
    #[error("the cursor is not one of this list")]
    Cursor,
    #[error("the disk is full")]
    Full,
    #[error("the archive accepts nothing until it is restarted: {0}")]
    Stopped(String),
    #[error("the archive is not ready yet: {0}")]
    NotReady(String),
    #[error("there is no such rendition: {0}")]
    NotAvailable(&'static str),
    #[error("the document cannot be stamped: {0}")]
    NotStampable(&'static str),
    #[error("{0}: come back in a while")]
    Busy(&'static str),
    #[error("the signer of the seal does not answer")]
    SealAway,
    #[error("the archive failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Refusal {
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { field: field.into(), message: message.into() }])
    }

    pub fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Failed(Box::new(error))
    }

    /// The whole chain of causes, for the log; never for a client.
    pub fn causes(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }

    /// The same refusal for another command of the same batch, which failed as a whole.
    pub(super) fn again(&self) -> Self {
        match self {
            Self::Full => Self::Full,
            Self::Stopped(reason) => Self::Stopped(reason.clone()),
            other => Self::Failed(other.causes().into()),
        }
    }
}

impl From<Vec<FieldError>> for Refusal {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Invalid(errors)
    }
}

impl From<CatalogueError> for Refusal {
    fn from(error: CatalogueError) -> Self {
        if error.is_full() { Self::Full } else { Self::failed(error) }
    }
}

impl From<DiskError> for Refusal {
    fn from(error: DiskError) -> Self {
        if error.is_full() { Self::Full } else { Self::failed(error) }
    }
}

macro_rules! failures {
    ($($error:ty),*) => {
        $(impl From<$error> for Refusal {
            fn from(error: $error) -> Self {
                Self::failed(error)
            }
        })*
    };
}

failures!(JournalReadError, DecodeError, serde_json::Error, BlobReadError);
