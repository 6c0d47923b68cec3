//! The page of a document: what it is, its versions, and itself to look at.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::asked::Asked;
use super::form::{Fields, SentFile};
use super::names::Names;
use super::page::{self, Page, Section};
use super::refused::Refused;
use super::{shown, things};
use crate::http::body::Id;
use crate::http::guard::{Allowed, Permission, ReadDocument};
use crate::http::problem::Problem;
use crate::ids::DocumentId;
use crate::model::access::Actor;
use crate::service::{Archive, DocumentDetails, Refusal};
use crate::text::{SignedContent, media};

/// Characters of a text on one page: more would make the page slow to come.
const TEXT_CHARS: usize = 30_000;

/// A signature, in words.
pub struct SignatureShown {
    pub signer: String,
    pub when: Option<String>,
    pub state: &'static str,
    pub issuer: Option<String>,
    /// Something was added to the file after it.
    pub followed: bool,
}

/// A document in a list, or at the head of its own page.
pub struct DocumentShown {
    pub id: DocumentId,
    pub file_name: String,
    /// What it is, as who registered it said.
    pub about: String,
    pub format: String,
    pub size: String,
    pub sha256: String,
    pub pages: Option<String>,
    /// `full`, `partial`, `none`, `pending`.
    pub text: &'static str,
    pub reason: Option<String>,
    pub signatures: Vec<SignatureShown>,
}

impl DocumentShown {
    pub fn of(page: &Page, document: &DocumentDetails) -> Self {
        let about = document.description.as_ref().or(document.kind.as_ref());
        let signatures = document.facts.signatures.iter().map(|one| SignatureShown {
            signer: one.signer.clone().unwrap_or_else(|| page.t("signer-unknown").into_owned()),
            when: one.signed_at.as_deref().map(shown::when),
            state: match one.content {
                SignedContent::Intact => "intact",
                SignedContent::Altered => "altered",
                SignedContent::Unchecked => "unchecked",
            },
            issuer: one.issuer.clone(),
            followed: one.covers_all == Some(false),
        });
        Self {
            id: document.id,
            file_name: document.file_name.clone(),
            about: about.cloned().unwrap_or_default(),
            format: shown::format(&document.media_type),
            size: shown::size(document.content.size, page.language),
            sha256: document.content.sha256.to_string(),
            pages: document.facts.pages.map(|pages| page.n("page-count", pages).into_owned()),
            text: document.text.state,
            reason: document.text.reason.map(|reason| page.word("reason", reason).into_owned()),
            signatures: signatures.collect(),
        }
    }
}

/// `?version=&part=&done=`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    /// The newest without it.
    version: Option<u32>,
    /// Which part of a long text, counted from 1.
    part: Option<usize>,
    /// What has just been done, told once.
    done: Option<String>,
}

/// How a document is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Pdf,
    Picture,
    Text,
}

impl Look {
    fn of(media_type: &str) -> Self {
        match media_type {
            media::PDF => Self::Pdf,
            "image/png" | "image/jpeg" | "image/gif" | "image/webp" => Self::Picture,
            _ => Self::Text,
        }
    }
}

#[derive(Template)]
#[template(path = "documents/document.html")]
struct DocumentPage {
    page: Page,
    document: DocumentDetails,
    shown: DocumentShown,
    names: Names,
    /// The version that is looked at.
    version: u32,
    look: Look,
    is_starred: bool,
    text: String,
    part: usize,
    parts: usize,
    /// Whether the reader may add a version, and what was wrong with one.
    takes_version: bool,
    fields: Fields,
    refused: Refused,
    /// What has just been done.
    done: Option<String>,
}

impl DocumentPage {
    fn content(&self) -> String {
        format!("/api/v1/documents/{}/content?version={}", self.document.id, self.version)
    }

    /// The version that the form for another one carries.
    fn version_of_form(&self) -> usize {
        self.fields.version_again(self.refused.is_change(), self.document.versions.len())
    }

    /// The file that need not be sent again.
    fn kept(&self) -> Option<SentFile<'_>> {
        self.refused.kept(&self.fields)
    }

    fn is_newest(&self) -> bool {
        self.document.versions.last().is_none_or(|newest| newest.number == self.version)
    }

    fn classification(&self) -> String {
        self.document.classification.as_ref().map_or_else(String::new, |code| self.names.class(code.as_str()))
    }

    fn when(&self, moment: &str) -> String {
        shown::when(moment)
    }

    fn size(&self, bytes: &u64) -> String {
        shown::size(*bytes, self.page.language)
    }

    fn is_pdf(&self) -> bool {
        self.look == Look::Pdf
    }

    fn is_picture(&self) -> bool {
        self.look == Look::Picture
    }

    /// The address of another part of the text.
    fn at_part(&self, part: usize) -> String {
        format!("/documents/{}?part={part}#text", self.document.id)
    }
}

/// `GET /documents/{id}`
pub async fn show(
    allowed: Allowed<ReadDocument>,
    Id(id): Id<DocumentId>,
    Asked(wanted): Asked<Wanted>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    answer(&allowed, &request, id, wanted, Default::default()).await
}

/// The page, with what was wrong with another version when one was sent.
pub async fn answer<P: Permission>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    id: DocumentId,
    wanted: Wanted,
    (fields, refused): (Fields, Refused),
) -> Result<HttpResponse, Problem> {
    let mut page = Page::of(request, allowed, Section::None);
    if wanted.done.is_some() || refused.said(&page).is_some() {
        page.here = format!("/documents/{id}");
    }
    let is_starred = things::opened(allowed, request, "document", id.to_string()).await?;
    let version = wanted.version;
    let work = move |archive: &Archive, actor: &Actor| {
        let document = archive.document_details(actor, id)?;
        let looked_at = archive.open_document(actor, id, version)?;
        let text = archive.text_of(actor, id)?.text;
        let takes_version = archive.takes_version(actor, id)?;
        Ok::<_, Refusal>((document, looked_at.media_type, text, takes_version, Names::read(archive, actor)))
    };
    let (document, media_type, text, takes_version, names) = allowed.block(work).await??;
    let newest = document.versions.last().map_or(1, |version| version.number);
    let version = version.unwrap_or(newest);
    // The text is that of the newest version.
    let text = if version == newest { text } else { String::new() };
    let (text, part, parts) = part_of(&text, wanted.part.unwrap_or(1));
    let (shown, look) = (DocumentShown::of(&page, &document), Look::of(&media_type));
    // Nothing but our own words is shown for what stands in an address.
    let done = wanted.done.filter(|done| page.words.known(&format!("done-{done}")).is_some());
    let takes_version = takes_version && version == newest;
    let status = refused.status();
    let page = DocumentPage {
        page,
        document,
        shown,
        names,
        version,
        look,
        is_starred,
        text,
        part,
        parts,
        takes_version,
        fields,
        refused,
        done,
    };
    page::show_as(status, &page)
}

/// A part of a text, which part it is, and how many there are.
fn part_of(text: &str, wanted: usize) -> (String, usize, usize) {
    let parts = text.chars().count().div_ceil(TEXT_CHARS).max(1);
    let part = wanted.clamp(1, parts);
    (text.chars().skip((part - 1) * TEXT_CHARS).take(TEXT_CHARS).collect(), part, parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_given_in_parts() {
        assert_eq!(part_of("", 1), (String::new(), 1, 1));
        assert_eq!(part_of("abc", 7), ("abc".to_owned(), 1, 1));
        let long = "è".repeat(TEXT_CHARS + 1);
        assert_eq!(part_of(&long, 2), ("è".to_owned(), 2, 2));
        assert_eq!(part_of(&long, 0).0.chars().count(), TEXT_CHARS);
    }
}
