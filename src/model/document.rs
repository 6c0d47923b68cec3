//! Documents: a content with a name. Registered ones never change; others have versions.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::{Blake3, ContentDigests};
use crate::ids::{ClassCode, DocumentId, UserId};
use crate::limits;
use crate::model::event::{DocumentCreatedPrivate, DocumentVersionAddedPrivate, Event};
use crate::model::field::{FieldError, Fields, check_file_name};
use crate::model::formed::RegisterFormed;

/// What a person says of a content: how the file is called and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    pub file_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// `POST /api/v1/documents`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDocument {
    pub blake3: Blake3,
    pub file_name: String,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub classification: Option<ClassCode>,
}

/// `POST /api/v1/documents/{id}/versions`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewVersion {
    pub blake3: Blake3,
    pub file_name: String,
}

impl NewDocument {
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::default();
        check_file_name(&mut fields, "file_name", &self.file_name);
        if let Some(title) = &self.title {
            fields.text("title", title, limits::SUBJECT_CHARS_MAX);
        }
        fields.finish()
    }
}

impl NewVersion {
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::default();
        check_file_name(&mut fields, "file_name", &self.file_name);
        fields.finish()
    }
}

/// One content a document has had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub number: u32,
    pub content: ContentDigests,
    pub file_name: String,
    pub time: Timestamp,
    pub by: UserId,
}

/// A document that is not registered, as its events make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub id: DocumentId,
    pub title: String,
    pub classification: Option<ClassCode>,
    pub created_by: UserId,
    pub created_at: Timestamp,
    /// It is a file of the register of a day or a year.
    pub formed: Option<Box<RegisterFormed>>,
    /// Oldest first; never empty.
    pub versions: Vec<Version>,
}

impl Document {
    /// Folds one event; the first must be `document-created` or
    /// `register-formed`. What the law had destroyed leaves an empty title.
    pub fn fold(state: Option<Self>, id: DocumentId, time: Timestamp, by: UserId, event: &Event) -> Option<Self> {
        match (state, event) {
            (None, Event::DocumentCreated(facts)) => {
                let content = *facts.public.documents.first()?;
                let private = facts.private.clone().unwrap_or_else(|| DocumentCreatedPrivate {
                    file_name: String::new(),
                    title: String::new(),
                    classification: None,
                });
                let version = Version { number: 1, content, file_name: private.file_name, time, by };
                Some(Self {
                    id,
                    title: private.title,
                    classification: private.classification,
                    created_by: by,
                    created_at: time,
                    formed: None,
                    versions: vec![version],
                })
            }
            (None, Event::RegisterFormed(facts)) => {
                let formed = &facts.public;
                let index = usize::try_from(id.index).ok()?;
                let (content, file_name) = (*formed.documents.get(index)?, formed.file_name(index));
                Some(Self {
                    id,
                    title: formed.title(),
                    classification: None,
                    created_by: by,
                    created_at: time,
                    formed: Some(Box::new(formed.clone())),
                    versions: vec![Version { number: 1, content, file_name, time, by }],
                })
            }
            (Some(mut document), Event::DocumentVersionAdded(facts)) => {
                if let Some(content) = facts.public.documents.first() {
                    let number = document.versions.len() as u32 + 1;
                    let file_name = facts.private.clone().map(|DocumentVersionAddedPrivate { file_name }| file_name);
                    document.versions.push(Version {
                        number,
                        content: *content,
                        file_name: file_name.unwrap_or_default(),
                        time,
                        by,
                    });
                }
                Some(document)
            }
            (state, _) => state,
        }
    }

    pub fn current(&self) -> &Version {
        self.versions.last().expect("a document is created with a version")
    }

    /// The `subject` of a document's events.
    pub fn path(id: DocumentId) -> String {
        format!("documents/{id}")
    }
}
