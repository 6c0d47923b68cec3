//! Documents that are not registered: making one, and giving it another version.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::documents::{self, Wanted};
use super::dossier_forms::place_of;
use super::draft::{self, FILE_LOST};
use super::filing::{is_key, with_key};
use super::form::{Fields, LOST, SentFile, Submitted};
use super::page::{self, Page, Section};
use super::refused::Refused;
use super::{asked, dossiers};
use crate::digest::Sha256;
use crate::http::body::{Id, Query};
use crate::http::guard::{AddDocumentVersion, Allowed, CreateDocument};
use crate::http::problem::Problem;
use crate::ids::{DocumentId, DossierId};
use crate::model::access::{Action, Actor};
use crate::model::classification::Class;
use crate::model::document::{NewDocument, NewVersion};
use crate::model::dossier::NewItem;
use crate::model::field::FieldError;
use crate::service::{DossierView, Refusal};

/// What is said beside the field when no file was chosen.
const NO_FILE: &str = "choose a file";

#[derive(Template)]
#[template(path = "documents/new.html")]
struct NewPage {
    page: Page,
    fields: Fields,
    refused: Refused,
    /// Into which it is filed as well.
    dossier: Option<DossierView>,
    classes: Vec<Class>,
    /// What makes this form another than the next one: sent twice, it makes one document.
    key: String,
}

impl NewPage {
    fn of(
        request: &HttpRequest,
        allowed: &Allowed<CreateDocument>,
        (fields, refused): (Fields, Refused),
        dossier: Option<DossierView>,
    ) -> Self {
        let key = fields.some("key").map_or_else(draft::new_key, str::to_owned);
        let asked = dossier.iter().map(|dossier| ("dossier".to_owned(), dossier.id.to_string()));
        let here = asked::address("/documents/new", &asked.collect::<Vec<_>>());
        let section = if dossier.is_some() { Section::Dossiers } else { Section::File };
        let page = Page { here, ..Page::of(request, allowed, section) };
        Self { page, fields, refused, dossier, classes: allowed.archive.classification().classes, key }
    }

    /// The file that need not be sent again.
    fn kept(&self) -> Option<SentFile<'_>> {
        self.refused.kept(&self.fields)
    }
}

/// `?dossier=&key=`: into which the document shall be filed as well, and the form's key.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Into {
    dossier: Option<DossierId>,
    key: String,
}

/// `GET /documents/new`: the address holds the form's key, so that going back leads to the same form.
pub async fn ask_create(
    allowed: Allowed<CreateDocument>,
    Query(Into { dossier, key }): Query<Into>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if !is_key(&key) {
        return Ok(page::go_to(&with_key(&request)));
    }
    let dossier = dossier.map(|id| into(&allowed, id)).transpose()?;
    if dossier.as_ref().is_some_and(|dossier| dossier.state != "open") {
        return Err(Refusal::DossierClosed.into());
    }
    let fields = Fields(vec![("key".to_owned(), key)]);
    page::show(&NewPage::of(&request, &allowed, (fields, Refused::default()), dossier))
}

/// `POST /documents`
pub async fn create(submitted: Submitted<CreateDocument>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let id = fields.some("into").map(|id| id.parse().map_err(|_| Problem::not_found("dossier"))).transpose()?;
    let dossier = id.map(|id| into(&allowed, id)).transpose()?;
    match created(&allowed, &fields, dossier.as_ref()).await {
        Ok(address) => Ok(page::go_to(&address)),
        Err(refusal) => {
            let refused = Refused::of(refusal)?;
            page::show_as(refused.status(), &NewPage::of(&request, &allowed, (fields, refused), dossier))
        }
    }
}

/// A dossier, if whoever asks may file into it.
fn into(allowed: &Allowed<CreateDocument>, id: DossierId) -> Result<DossierView, Refusal> {
    let dossier = allowed.archive.dossier_view(&allowed.actor, id)?;
    let actions = allowed.archive.dossier_actions(&allowed.actor, id)?;
    if actions.contains(&Action::FileIntoDossier) { Ok(dossier) } else { Err(Refusal::Forbidden) }
}

/// Makes the document, files it where it shall be filed, and tells the page on which it stands then.
async fn created(
    allowed: &Allowed<CreateDocument>,
    fields: &Fields,
    dossier: Option<&DossierView>,
) -> Result<String, Refusal> {
    // Said before anything is made.
    if dossier.is_some_and(|dossier| dossier.state != "open") {
        return Err(Refusal::DossierClosed);
    }
    let (archive, actor) = (&allowed.archive, &allowed.actor);
    let new = read(fields)?;
    let key = fields.some("key").map(|key| key_digest(actor, key, &new));
    let id = archive.create_document(actor, new, key).await.map_err(at_file)?;
    let Some(dossier) = dossier else { return Ok(format!("/documents/{id}?done=document-created")) };
    let item = NewItem { entry: None, document: Some(id), shown: fields.ticked("shown") };
    match archive.file_item(actor, dossier.id, item).await {
        Ok(number) => Ok(place_of(dossier.id, number)),
        // It was sent before, and filed then.
        Err(Refusal::AlreadyExists(_)) => Ok(format!("/{}", dossier.id.path())),
        // Closed in between: the document is there, and is filed from here as any other.
        Err(Refusal::DossierClosed) => Ok(format!("/{}/items/new?what={id}", dossier.id.path())),
        Err(other) => Err(other),
    }
}

/// Scoped to who sends it and to what it makes: the same form with another file or title makes another document.
fn key_digest(actor: &Actor, key: &str, new: &NewDocument) -> Sha256 {
    let class = new.classification.as_ref().map(ToString::to_string).unwrap_or_default();
    let (actor, blake3) = (actor.user.to_string(), new.blake3.to_string());
    let title = new.title.as_deref().unwrap_or_default();
    let parts = ["documents", &actor, key, &blake3, &new.file_name, title, &class];
    // Each with its length, so that no two lists of parts are the same bytes.
    let text: String = parts.iter().map(|part| format!("{} {part} ", part.len())).collect();
    Sha256::of(text.as_bytes())
}

fn read(fields: &Fields) -> Result<NewDocument, Vec<FieldError>> {
    let mut errors = Vec::new();
    let class = dossiers::read(&mut errors, "classification", fields.text("classification"), "not a class code");
    let file = sent(fields);
    errors.extend(file.as_ref().err().cloned());
    match file {
        Ok(file) if errors.is_empty() => Ok(NewDocument {
            blake3: file.blake3,
            file_name: file.name.to_owned(),
            title: fields.some("title").map(str::to_owned),
            classification: class,
        }),
        _ => Err(errors),
    }
}

/// The file that was sent with the form, or with the one before it.
fn sent(fields: &Fields) -> Result<SentFile<'_>, FieldError> {
    let message = if fields.text("file").starts_with(LOST) { FILE_LOST } else { NO_FILE };
    fields.file().ok_or_else(|| FieldError { field: "file".to_owned(), message: message.to_owned() })
}

/// What is wrong with a content or its name is wrong with the file that was chosen.
fn at_file(refusal: Refusal) -> Refusal {
    let at_field = |error: FieldError| match error.field.as_str() {
        "file_name" => FieldError { field: "file".to_owned(), ..error },
        _ => error,
    };
    match refusal {
        Refusal::BlobUnknown { .. } => Refusal::invalid("file", refusal.to_string()),
        Refusal::Invalid(errors) => Refusal::Invalid(errors.into_iter().map(at_field).collect()),
        other => other,
    }
}

/// `POST /documents/{id}/versions`
pub async fn add_version(
    submitted: Submitted<AddDocumentVersion>,
    Id(id): Id<DocumentId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Submitted { allowed, fields } = submitted;
    let seen = fields.version()?;
    let added = match sent(&fields) {
        Ok(file) => {
            let version = NewVersion { blake3: file.blake3, file_name: file.name.to_owned() };
            allowed.archive.add_version(&allowed.actor, id, version, seen).await.map_err(at_file)
        }
        Err(error) => Err(Refusal::Invalid(vec![error])),
    };
    match added {
        Ok(()) => Ok(page::go_to(&format!("/documents/{id}?done=version-added"))),
        Err(refusal) => {
            let again = (fields, Refused::of(refusal)?);
            documents::answer(&allowed, &request, id, Wanted::default(), again).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_form_sent_twice_has_one_key_and_another_content_has_another() {
        let new = |bytes: &[u8], title: &str| NewDocument {
            blake3: crate::digest::Blake3::of(bytes),
            file_name: "bozza.txt".to_owned(),
            title: Some(title.to_owned()),
            classification: None,
        };
        let one = Actor::system();
        let other = Actor { user: crate::ids::UserId(7), ..Actor::system() };
        let key = key_digest(&one, "k", &new(b"a", "t"));
        assert_eq!(key, key_digest(&one, "k", &new(b"a", "t")));
        let others = [
            key_digest(&other, "k", &new(b"a", "t")),
            key_digest(&one, "l", &new(b"a", "t")),
            key_digest(&one, "k", &new(b"b", "t")),
            key_digest(&one, "k", &new(b"a", "u")),
        ];
        assert!(others.iter().all(|one| *one != key));
    }

    #[test]
    fn what_was_typed_becomes_a_document_or_says_what_is_wrong() {
        let file = format!("{} bozza di lettera.txt", crate::digest::Blake3::of(b"bozza"));
        let kept = [("title", ""), ("classification", "1.4 Archivio"), ("uploaded", file.as_str())];
        let document = read(&fields(&kept)).unwrap();
        assert_eq!((document.file_name.as_str(), document.title), ("bozza di lettera.txt", None));
        assert_eq!(document.classification.unwrap().as_str(), "1.4");
        let wrong = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            let errors = read(&fields(pairs)).unwrap_err();
            errors.into_iter().map(|error| (error.field, error.message)).collect()
        };
        let said = |field: &str, message: &str| (field.to_owned(), message.to_owned());
        let both = [said("classification", "not a class code"), said("file", NO_FILE)];
        assert_eq!(wrong(&[("classification", "sei!")]), both, "all that is wrong at once");
        let lost = format!("{LOST}altra.txt");
        let chosen = [("uploaded", file.as_str()), ("file", lost.as_str())];
        assert_eq!(wrong(&chosen), [said("file", FILE_LOST)], "the one before it is not taken in its place");
    }
}
