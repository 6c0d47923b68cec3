//! Documents as others see them, registered or not; creating those that are not registered, and their versions.

use serde::Serialize;

use super::Archive;
use super::blobs::resolve;
use super::draft::{Command, Decided, Draft, Fact};
use super::read::{AnyDocument, permit, permit_in_area};
use super::refusal::Refusal;
use super::register::{DossierLink, dossier_links};
use super::schemes::check_class;
use super::texts::TextView;
use super::writer::Done;
use crate::blob::Content;
use crate::catalogue::Look;
use crate::clock;
use crate::digest::{ContentDigests, Sha256};
use crate::ids::{ClassCode, DocumentId, EntryId, UserId};
use crate::model::access::{Action, Actor};
use crate::model::document::{Document, NewDocument, NewVersion};
use crate::model::event::{
    DocumentCreated, DocumentCreatedPrivate, DocumentVersionAdded, DocumentVersionAddedPrivate, Event, Facts,
};
use crate::text::{self, media};

/// `GET /api/v1/documents/{id}`.
#[derive(Debug, Clone, Serialize)]
pub struct DocumentDetails {
    pub id: DocumentId,
    pub title: String,
    pub file_name: String,
    pub kind: Option<String>,
    pub description: Option<String>,
    pub media_type: String,
    #[serde(flatten)]
    pub content: ContentDigests,
    pub classification: Option<ClassCode>,
    pub created_at: String,
    /// Not for who reads it only as a party.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// Oldest first.
    pub versions: Vec<VersionView>,
    /// The entry that registers it.
    pub entry: Option<EntryLink>,
    pub dossiers: Vec<DossierLink>,
    pub text: TextView,
    /// What its file says of itself.
    #[serde(skip_serializing_if = "text::Facts::is_empty")]
    pub facts: text::Facts,
}

#[derive(Debug, Clone, Serialize)]
pub struct VersionView {
    pub number: u32,
    pub file_name: String,
    #[serde(flatten)]
    pub content: ContentDigests,
    pub time: String,
    /// Not for who reads it only as a party.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct EntryLink {
    pub register: crate::ids::RegisterCode,
    pub year: i16,
    pub number: u64,
}

impl From<&EntryId> for EntryLink {
    fn from(id: &EntryId) -> Self {
        Self { register: id.register.clone(), year: id.year, number: id.number }
    }
}

impl DocumentDetails {
    /// Leaves out who of the house did what: a party sees its offices, not who works there.
    fn tell_nobody(&mut self) {
        self.created_by = None;
        for version in &mut self.versions {
            version.by = None;
        }
    }
}

impl Archive {
    /// Files a document without registering it. With a `key`, the same key finds the document it made.
    pub async fn create_document(
        &self,
        actor: &Actor,
        document: NewDocument,
        key: Option<Sha256>,
    ) -> Result<DocumentId, Refusal> {
        permit_in_area(actor, Action::CreateDocument)?;
        document.check()?;
        let core = self.core();
        if let Some(position) = key.map(|key| core.catalogue.by_key(&key)).transpose()?.flatten() {
            return Ok(DocumentId { position, index: 0 });
        }
        let content = resolve(core, actor, "blake3", document.blake3)?;
        let title = document.title.unwrap_or_else(|| document.file_name.clone());
        let private =
            DocumentCreatedPrivate { file_name: document.file_name, title, classification: document.classification };
        let public = DocumentCreated { documents: vec![content], key };
        let command = Create { actor: actor.user, public, private };
        match self.submit(command).await? {
            Done::Existing(position) => Ok(DocumentId { position, index: 0 }),
            Done::Committed(events) => {
                let event = events.first().ok_or_else(|| Refusal::Failed("a document without its event".into()))?;
                Ok(DocumentId { position: event.position, index: 0 })
            }
        }
    }

    pub async fn add_version(
        &self,
        actor: &Actor,
        id: DocumentId,
        version: NewVersion,
        expected: Option<usize>,
    ) -> Result<(), Refusal> {
        let core = self.core();
        match core.document_for(actor, id)? {
            AnyDocument::Registered(..) => return Err(Refusal::Registered),
            AnyDocument::Free(found) => permit(actor, Action::AddDocumentVersion, &found.access, "document")?,
        }
        version.check()?;
        let content = resolve(core, actor, "blake3", version.blake3)?;
        let command = AddVersion { actor: actor.user, id, content, file_name: version.file_name, expected };
        self.submit(command).await.map(|_| ())
    }

    pub fn document_details(&self, actor: &Actor, id: DocumentId) -> Result<DocumentDetails, Refusal> {
        let core = self.core();
        let document = core.document_for(actor, id)?;
        let (content, file_name) = document.current();
        let media_type = self.media_type(&content, file_name)?;
        let (mut text, facts) = self.text_and_facts(&content.blake3)?;
        if matches!(&document, AnyDocument::Free(found) if found.thing.formed.is_some()) {
            text = TextView::NOT_SEARCHED;
        }
        let directory = core.directory();
        let mut details = match &document {
            AnyDocument::Registered(found, document) => {
                let entry = &found.thing;
                DocumentDetails {
                    id,
                    title: entry.facts.as_ref().map(|facts| facts.subject.clone()).unwrap_or_default(),
                    file_name: document.file.file_name.clone(),
                    kind: document.file.kind.clone(),
                    description: document.file.description.clone(),
                    media_type,
                    content,
                    classification: entry.classification.clone(),
                    created_at: clock::rfc3339(entry.registered_at),
                    created_by: Some(directory.name_of(entry.registered_by)),
                    versions: Vec::new(),
                    entry: Some(EntryLink::from(&entry.id)),
                    dossiers: dossier_links(core, actor, &found.filed),
                    text,
                    facts,
                }
            }
            AnyDocument::Free(found) => {
                let document = &found.thing;
                DocumentDetails {
                    id,
                    title: document.title.clone(),
                    file_name: document.current().file_name.clone(),
                    kind: None,
                    description: None,
                    media_type,
                    content,
                    classification: document.classification.clone(),
                    created_at: clock::rfc3339(document.created_at),
                    created_by: Some(directory.name_of(document.created_by)),
                    versions: version_views(document, &directory),
                    entry: None,
                    dossiers: dossier_links(core, actor, &found.filed),
                    text,
                    facts,
                }
            }
        };
        if details.versions.is_empty() {
            // A registered document has had one content and will have no other.
            details.versions.push(VersionView {
                number: 1,
                file_name: details.file_name.clone(),
                content,
                time: details.created_at.clone(),
                by: details.created_by.clone(),
            });
        }
        let access = match &document {
            AnyDocument::Registered(found, _) => &found.access,
            AnyDocument::Free(found) => &found.access,
        };
        if actor.reads_as_party(access) {
            details.tell_nobody();
        }
        Ok(details)
    }

    /// What the bytes say they are, whatever the name says.
    pub fn media_type(&self, content: &ContentDigests, file_name: &str) -> Result<String, Refusal> {
        let head = self.core().head(&content.blake3, media::HEAD_SIZE as u64)?;
        Ok(media::media_type(&head, file_name).to_owned())
    }
}

/// A document to be downloaded.
pub struct OpenDocument {
    pub content: ContentDigests,
    pub file_name: String,
    pub media_type: String,
    archive: Archive,
}

impl OpenDocument {
    /// The whole content; the last read fails when the bytes are not those that the digest names.
    pub fn reader(&self) -> Result<Content, Refusal> {
        self.archive.core().content(&self.content.blake3)
    }

    /// `length` bytes from `start`.
    pub fn range(&self, start: u64, length: u64) -> Result<Content, Refusal> {
        let core = self.archive.core();
        let location = core.location(&self.content.blake3)?;
        Ok(core.blobs.open_range(&self.content.blake3, &location, start, length)?)
    }
}

impl Archive {
    /// A document's content, the newest or that of a version.
    pub fn open_document(&self, actor: &Actor, id: DocumentId, version: Option<u32>) -> Result<OpenDocument, Refusal> {
        let document = self.core().document_for(actor, id)?;
        let (content, file_name) = match (&document, version) {
            (AnyDocument::Free(found), Some(number)) => {
                let version = found.thing.versions.iter().find(|version| version.number == number);
                let version = version.ok_or(Refusal::NotFound("version"))?;
                (version.content, version.file_name.as_str())
            }
            (AnyDocument::Registered(..), Some(number)) if number != 1 => return Err(Refusal::NotFound("version")),
            (document, _) => document.current(),
        };
        let media_type = self.media_type(&content, file_name)?;
        Ok(OpenDocument { content, file_name: file_name.to_owned(), media_type, archive: self.clone() })
    }
}

fn version_views(document: &Document, directory: &crate::model::directory::Directory) -> Vec<VersionView> {
    let view = |version: &crate::model::document::Version| VersionView {
        number: version.number,
        file_name: version.file_name.clone(),
        content: version.content,
        time: clock::rfc3339(version.time),
        by: Some(directory.name_of(version.by)),
    };
    document.versions.iter().map(view).collect()
}

struct Create {
    actor: UserId,
    public: DocumentCreated,
    private: DocumentCreatedPrivate,
}

impl Command for Create {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        if let Some(key) = &self.public.key
            && let Some(position) = state.catalogue.by_key(key)?
        {
            return Ok(Decided::Existing(position));
        }
        if let Some(code) = &self.private.classification {
            check_class(state, code)?;
        }
        for content in &self.public.documents {
            state.require_blob("blake3", content.blake3)?;
        }
        let subject = Document::path(DocumentId { position: state.next_position(), index: 0 });
        let event = Event::DocumentCreated(Facts { public: self.public.clone(), private: Some(self.private.clone()) });
        Ok(Decided::Commit(vec![Fact { subject, event }]))
    }
}

struct AddVersion {
    actor: UserId,
    id: DocumentId,
    content: ContentDigests,
    file_name: String,
    expected: Option<usize>,
}

impl Command for AddVersion {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        let record = state.catalogue.document(self.id)?.ok_or(Refusal::NotFound("document"))?;
        if self.expected.is_some_and(|expected| expected != record.positions.len()) {
            return Err(Refusal::Changed);
        }
        state.require_blob("blake3", self.content.blake3)?;
        let public = DocumentVersionAdded { document: self.id, documents: vec![self.content] };
        let private = DocumentVersionAddedPrivate { file_name: self.file_name.clone() };
        let event = Event::DocumentVersionAdded(Facts { public, private: Some(private) });
        Ok(Decided::Commit(vec![Fact { subject: Document::path(self.id), event }]))
    }
}
