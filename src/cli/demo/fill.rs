//! Files the sample town through the same services as everything else.

use std::collections::HashMap;

use futures_util::future::try_join_all;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use super::password;
use crate::cli::failure::Failure;
use crate::clock::{self, Clock};
use crate::demo::{Assignment, Correspondent, Dossier, Later, Person, Registration, Town, Turn, WorkingPaper};
use crate::ids::{DossierId, EntryId, RegisterCode};
use crate::model::access::Actor;
use crate::model::dossier::{Because, NewDossier, NewItem};
use crate::model::office::NewOffice;
use crate::model::register::NewEntry;
use crate::model::user::{NewToken, NewUser};
use crate::service::{Archive, EntryView, NewArchive, Options, Refusal, Registered};

/// By the keys that the texts call them.
type Dossiers = HashMap<&'static str, DossierId>;

/// Who keeps the register.
const REGISTRAR: &str = "anna";
/// Who closes dossiers.
const ARCHIVIST: &str = "irene";

pub fn create(options: Options, town: &Town) -> Result<Archive, Failure> {
    let new = NewArchive {
        organization: town.organization.to_owned(),
        area: town.area.to_owned(),
        name: town.name.to_owned(),
        pec: Some(town.pec.to_owned()),
        open: false,
    };
    Ok(actix_web::rt::System::new().block_on(Archive::create(options, new))?)
}

/// Files everything as of its own day, by a clock that is moved along with the papers, and up to `now`.
pub fn fill(archive: &Archive, town: &Town, clock: &Clock, now: Timestamp) -> Result<(), Failure> {
    actix_web::rt::System::new().block_on(async {
        add_people(archive, town).await?;
        let registrar = who(archive, REGISTRAR)?;
        let mut dossiers = HashMap::new();
        for (n, paper) in town.registrations.iter().enumerate() {
            clock.set(at_work(paper.day, n).min(now));
            if let Some(filing) = paper.filing {
                open_with_parents(archive, &registrar, &mut dossiers, town, filing.dossier).await?;
            }
            register(archive, &registrar, &dossiers, n, paper).await?;
        }
        clock.set(now);
        for dossier in &town.dossiers {
            open_with_parents(archive, &registrar, &mut dossiers, town, dossier.key).await?;
        }
        try_join_all(town.papers.iter().map(|paper| file_paper(archive, &registrar, &dossiers, paper))).await?;
        turn_dossiers(archive, &who(archive, ARCHIVIST)?, &dossiers, town).await
    })
}

/// When the town's first paper came.
pub fn begin(town: &Town, now: Timestamp) -> Timestamp {
    town.registrations.first().map_or(now, |paper| at_work(paper.day, 0)).min(now)
}

/// A time within office hours, later for what comes later.
fn at_work(day: Date, n: usize) -> Timestamp {
    let minutes = 8 * 60 + n % (8 * 60);
    let opened = day.at((minutes / 60) as i8, (minutes % 60) as i8, 0, 0);
    // Rome's clocks change at night.
    clock::rome().to_timestamp(opened).unwrap_or(Timestamp::MIN)
}

/// A token for the one who keeps the register, for this time.
pub fn token(archive: &Archive) -> Result<String, Failure> {
    let token = NewToken { user: parsed(REGISTRAR)?, name: Some("demo".to_owned()), scopes: Vec::new() };
    let view = actix_web::rt::System::new().block_on(archive.add_token(&Actor::system(), token))?;
    Ok(view.token.ok_or(Refusal::NotFound("token"))?)
}

/// A text of the sample as what it stands for.
fn parsed<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_value(json!(text)).map_err(Failure::Sample)
}

async fn add_people(archive: &Archive, town: &Town) -> Result<(), Failure> {
    let system = Actor::system();
    // Parents come before their children.
    for office in &town.offices {
        let parent = office.parent.map(parsed).transpose()?;
        archive.add_office(&system, NewOffice::named(parsed(office.code)?, office.name.to_owned(), parent)).await?;
    }
    for person in &town.people {
        archive.add_user(&system, new_user(person)?).await?;
    }
    Ok(())
}

fn new_user(person: &Person) -> Result<NewUser, Failure> {
    let user = json!({
        "name": person.user,
        "full_name": person.name,
        "roles": person.roles,
        "offices": person.offices,
        "tax_code": person.tax_code,
        "password": if person.roles == ["service"] { None } else { Some(password(person.user)) },
    });
    serde_json::from_value(user).map_err(Failure::Sample)
}

/// One of the town's people, at work.
fn who(archive: &Archive, name: &str) -> Result<Actor, Failure> {
    let users = archive.users(&Actor::system())?;
    let user = users.iter().find(|user| user.name.as_str() == name).ok_or(Refusal::NotFound("user"))?;
    Ok(archive.actor_of(user.id).ok_or(Refusal::NotFound("user"))?)
}

/// Opens a dossier on the day of its first paper, and before it those that it lies in.
async fn open_with_parents(
    archive: &Archive,
    actor: &Actor,
    dossiers: &mut Dossiers,
    town: &Town,
    key: &'static str,
) -> Result<(), Failure> {
    let dossier = |key| town.dossiers.iter().find(|dossier| dossier.key == key);
    let mut missing: Vec<&Dossier> = Vec::new();
    let mut next = dossier(key);
    while let Some(one) = next.filter(|one| !dossiers.contains_key(one.key)) {
        missing.push(one);
        next = one.parent.and_then(dossier);
    }
    for one in missing.into_iter().rev() {
        dossiers.insert(one.key, open_dossier(archive, actor, dossiers, one).await?);
    }
    Ok(())
}

async fn open_dossier(
    archive: &Archive,
    actor: &Actor,
    dossiers: &Dossiers,
    dossier: &Dossier,
) -> Result<DossierId, Failure> {
    let party = |party: &Correspondent| json!({"name": party.name, "tax_code": party.tax_code});
    let new: NewDossier = serde_json::from_value(json!({
        "title": dossier.title,
        "classification": dossier.classification,
        "parent": dossier.parent.map(|parent| dossiers.get(parent)),
        "office": dossier.office,
        "officer": dossier.officer,
        "parties": dossier.parties.iter().map(party).collect::<Vec<_>>(),
    }))
    .map_err(Failure::Sample)?;
    Ok(archive.open_dossier(actor, new).await?)
}

async fn register(
    archive: &Archive,
    actor: &Actor,
    dossiers: &Dossiers,
    number: usize,
    paper: &Registration,
) -> Result<(), Failure> {
    let entry = new_entry(archive, actor, dossiers, paper)?;
    let general: RegisterCode = parsed("PG")?;
    let key = format!("demo-{number}");
    let (Registered::New(view) | Registered::Existing(view)) = archive.register(actor, &general, &key, entry).await?;
    if paper.filing.is_some_and(|filing| filing.shown) {
        show(archive, actor, &view, true).await?;
    }
    for later in &paper.later {
        change(archive, actor, &view, later).await?;
    }
    Ok(())
}

async fn change(archive: &Archive, actor: &Actor, entry: &EntryView, later: &Later) -> Result<(), Failure> {
    let id = EntryId { register: entry.register.clone(), year: entry.year, number: entry.number };
    match later {
        Later::Classified(class) => {
            archive.classify(actor, &id, parsed(class)?, None).await?;
        }
        Later::Assigned(assignments) => {
            let assignments = serde_json::from_value(json!(assigned(assignments))).map_err(Failure::Sample)?;
            archive.assign(actor, &id, assignments, None).await?;
        }
        Later::Annulled { act, reason } => {
            let today = clock::date_in_rome(archive.core().clock.now());
            let annulment = json!({"reason": reason, "act": {"number": act, "date": today}});
            archive.annul(actor, &id, serde_json::from_value(annulment).map_err(Failure::Sample)?, None).await?;
        }
        Later::Withheld => show(archive, actor, entry, false).await?,
        Later::Removed(reason) => {
            for place in entry.details.iter().flat_map(|details| &details.dossiers) {
                let why = Because { reason: (*reason).to_owned() };
                archive.remove_item(actor, place.id, place.item, why, None).await?;
            }
        }
    }
    Ok(())
}

/// Files a document without a number, then its later versions.
async fn file_paper(
    archive: &Archive,
    actor: &Actor,
    dossiers: &Dossiers,
    paper: &WorkingPaper,
) -> Result<(), Failure> {
    let mut filed = None;
    for version in &paper.versions {
        let blake3 = upload(archive, actor, &version.paper.content())?;
        let mut file = json!({"blake3": blake3, "file_name": version.file_name});
        if let Some(id) = filed {
            let version = serde_json::from_value(file).map_err(Failure::Sample)?;
            archive.add_version(actor, id, version, None).await?;
            continue;
        }
        file["title"] = json!(paper.title);
        file["classification"] = json!(paper.classification);
        let new = serde_json::from_value(file).map_err(Failure::Sample)?;
        let id = archive.create_document(actor, new, None).await?;
        if let Some((filing, dossier)) = paper.filing.and_then(|f| Some((f, dossiers.get(f.dossier)?))) {
            let item = NewItem { entry: None, document: Some(id), shown: filing.shown };
            archive.file_item(actor, *dossier, item).await?;
        }
        filed = Some(id);
    }
    Ok(())
}

async fn turn_dossiers(archive: &Archive, actor: &Actor, dossiers: &Dossiers, town: &Town) -> Result<(), Failure> {
    for dossier in &town.dossiers {
        let Some(id) = dossiers.get(dossier.key) else { continue };
        for turn in &dossier.turns {
            let because = |reason: &str| Because { reason: reason.to_owned() };
            match turn {
                Turn::Closed(reason) => archive.close_dossier(actor, *id, because(reason), None).await?,
                Turn::Reopened(reason) => archive.reopen_dossier(actor, *id, because(reason), None).await?,
            }
        }
    }
    Ok(())
}

/// Lets the parties of its dossier see an entry, or no longer.
async fn show(archive: &Archive, actor: &Actor, entry: &EntryView, shown: bool) -> Result<(), Failure> {
    for place in entry.details.iter().flat_map(|details| &details.dossiers) {
        archive.show_item(actor, place.id, place.item, shown).await?;
    }
    Ok(())
}

fn new_entry(archive: &Archive, actor: &Actor, dossiers: &Dossiers, paper: &Registration) -> Result<NewEntry, Failure> {
    let correspondent = |c: &Correspondent| {
        json!({
            "role": c.role, "kind": c.kind, "name": c.name, "given_name": c.given_name, "family_name": c.family_name,
            "tax_code": c.tax_code, "email": c.email, "pec": c.pec, "address": c.address,
        })
    };
    let received = paper.received.as_ref().map(|received| {
        json!({"on": received.on, "channel": received.channel, "number": received.number, "date": received.date,
            "deferred_reason": received.deferred_reason})
    });
    let main = &paper.document;
    let mut attachments = Vec::new();
    for file in &paper.attachments {
        let blake3 = upload(archive, actor, &file.paper.content())?;
        attachments.push(json!({"blake3": blake3, "file_name": file.file_name, "description": file.description}));
    }
    let entry = json!({
        "direction": paper.direction.as_str(),
        "subject": paper.subject,
        "correspondents": paper.correspondents.iter().map(correspondent).collect::<Vec<_>>(),
        "received": received,
        "classification": paper.classification,
        "assignments": assigned(&paper.assignments),
        "confidential": paper.confidential,
        "document": {
            "blake3": upload(archive, actor, &main.paper.content())?, "file_name": main.file_name, "kind": main.kind,
        },
        "attachments": attachments,
        "dossier": paper.filing.and_then(|filing| dossiers.get(filing.dossier)),
    });
    serde_json::from_value(entry).map_err(Failure::Sample)
}

fn assigned(assignments: &[Assignment]) -> Vec<serde_json::Value> {
    assignments.iter().map(|a| json!({"office": a.office, "mode": a.mode})).collect()
}

fn upload(archive: &Archive, actor: &Actor, bytes: &[u8]) -> Result<String, Failure> {
    let mut upload = archive.begin_upload(actor)?;
    upload.write(bytes).map_err(Refusal::failed)?;
    let content = archive.finish_upload(actor, upload, None).map_err(Refusal::failed)?;
    Ok(content.blake3.to_string())
}
