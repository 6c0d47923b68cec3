//! Importing what an earlier system registered: lines become entries with their numbers and dates of then, each once
//! however often it is asked.
//!
//! A number of then stands below every number that this archive gave itself in that year; so the archive's own numbers
//! go on after the last imported one, and none is given twice.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Archive;
use super::blobs::resolve;
use super::core::Core;
use super::draft::{Command, Decided, Draft, Fact};
use super::read::permit_in_area;
use super::refusal::Refusal;
use super::register::file_into;
use super::writer::Done;
use crate::catalogue::Look;
use crate::clock;
use crate::digest::{ContentDigests, Sha256};
use crate::ids::{ClassCode, EntryId, RegisterCode, UserId};
use crate::limits;
use crate::model::access::{Action, Actor};
use crate::model::directory::Directory;
use crate::model::earlier::{EarlierDossier, EarlierEntry, Finding, Line, Plan, Prepared, Said, YearOf, key_of};
use crate::model::event::{
    DossierItemAdded, DossierOpened, DossierOpenedPrivate, EntryImported, EntryImportedPrivate, EntryRegistered, Event,
    Facts, ItemOf, Nothing, RegisterImported,
};
use crate::model::field::{FieldError, Fields};
use crate::model::register::{Assignment, AssignmentMode};

/// Into which register, from which system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierRegister {
    pub register: RegisterCode,
    /// The earlier system, as people call it.
    pub source: String,
    /// The class of lines that have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classification: Option<ClassCode>,
}

/// What became of lines, or would become.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierReport {
    pub new: u64,
    pub existing: u64,
    pub findings: Vec<Finding>,
    /// Lines whose entries are there already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub years: Vec<YearOf>,
}

/// An import that came to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportView {
    pub register: RegisterCode,
    pub source: String,
    pub on: Date,
    pub years: Vec<YearOf>,
}

/// A line that is ready for the writer.
struct Ready {
    line: u64,
    command: ImportEntry,
}

impl Archive {
    /// What would become of these lines. Nothing is written, and contents need not be there yet.
    pub fn check_earlier(
        &self,
        actor: &Actor,
        into: &EarlierRegister,
        lines: &[Line],
    ) -> Result<EarlierReport, Refusal> {
        let mut report = EarlierReport::default();
        self.ready(actor, into, lines, true, &mut report)?;
        Ok(report)
    }

    /// Imports these lines, all or none of those that can be looked at beforehand: with a single error nothing is
    /// written. What is there already is counted.
    pub async fn import_earlier(
        &self,
        actor: &Actor,
        into: &EarlierRegister,
        lines: &[Line],
    ) -> Result<EarlierReport, Refusal> {
        let mut report = EarlierReport::default();
        let ready = self.ready(actor, into, lines, false, &mut report)?;
        if let Err(wrong) = errors_of(&report.findings) {
            return Err(Refusal::Invalid(wrong));
        }
        let mut waiting = Vec::with_capacity(ready.len());
        for Ready { line, command } in ready {
            let request = command.request;
            waiting.push((line, request, self.send(command)?));
        }
        for (line, request, answered) in waiting {
            match answered.await.map_err(|_| Refusal::Stopped("it is being closed".to_owned()))?? {
                Done::Committed(_) => report.new += 1,
                Done::Existing(position) => {
                    report.existing += 1;
                    if !is_request(self.core(), position, &request)? {
                        report.findings.push(otherwise(line));
                    }
                }
            }
        }
        match errors_of(&report.findings) {
            Ok(()) => Ok(report),
            Err(wrong) => Err(Refusal::Invalid(wrong)),
        }
    }

    /// The whole of a file of JSON Lines whose contents were uploaded: checked, imported, and noted as done.
    pub async fn import_earlier_file(
        &self,
        actor: &Actor,
        into: &EarlierRegister,
        bytes: &[u8],
        check: bool,
    ) -> Result<EarlierReport, Refusal> {
        permit_in_area(actor, Action::Administer)?;
        let today = clock::date_in_rome(self.core().clock.now());
        let plan = Plan::read(bytes, today, into.classification.as_ref());
        let findings = plan.findings.clone();
        errors_of(&findings).or_else(|wrong| if check { Ok(()) } else { Err(Refusal::Invalid(wrong)) })?;
        let mut report = self.check_earlier(actor, into, &plan.lines)?;
        if !check {
            report = self.import_earlier(actor, into, &plan.lines).await?;
            self.end_earlier(actor, into, plan.years.clone()).await?;
        }
        report.findings.splice(0..0, findings);
        report.findings.dedup();
        report.years = plan.years;
        Ok(report)
    }

    /// Notes that an import came to its end, with the numbers that it has and the gaps that it declares; once.
    pub async fn end_earlier(&self, actor: &Actor, into: &EarlierRegister, years: Vec<YearOf>) -> Result<(), Refusal> {
        permit_in_area(actor, Action::Administer)?;
        let done = |import: &RegisterImported| {
            import.register == into.register && import.source == into.source && import.years == years
        };
        if years.is_empty() || self.core().directory().imports.iter().any(done) {
            return Ok(());
        }
        let (register, source) = (into.register.clone(), into.source.clone());
        self.submit(EndImport { actor: actor.user, register, source, years }).await.map(|_| ())
    }

    /// Imports of earlier registers that came to their end, the newest first.
    pub fn imports(&self, actor: &Actor) -> Result<Vec<ImportView>, Refusal> {
        permit_in_area(actor, Action::Administer)?;
        let directory = self.core().directory();
        let view = |import: &RegisterImported| {
            let RegisterImported { register, source, on, years } = import.clone();
            ImportView { register, source, on, years }
        };
        Ok(directory.imports.iter().rev().map(view).collect())
    }

    fn ready(
        &self,
        actor: &Actor,
        into: &EarlierRegister,
        lines: &[Line],
        check: bool,
        report: &mut EarlierReport,
    ) -> Result<Vec<Ready>, Refusal> {
        permit_in_area(actor, Action::Administer)?;
        let core = self.core();
        let directory = core.directory();
        let mut fields = Fields::default();
        fields.text("source", &into.source, limits::SOURCE_CHARS_MAX);
        if !directory.registers.contains_key(&into.register) {
            fields.refuse("register", format!("no register {}: open it first", into.register));
        }
        fields.finish()?;
        let today = clock::date_in_rome(core.clock.now());
        let mut ready = Vec::new();
        let mut once = BTreeSet::new();
        for Line { line, entry } in lines {
            let at = At { core, actor, directory: &directory, into, today, check };
            match at.ready(*line, entry, &mut once, report)? {
                Some(_) if check => report.new += 1,
                Some(command) => ready.push(Ready { line: *line, command }),
                None => {}
            }
        }
        Ok(ready)
    }
}

/// What is wrong, as a request is told of its fields.
fn errors_of(findings: &[Finding]) -> Result<(), Vec<FieldError>> {
    let wrong = findings.iter().filter(|finding| finding.severity == crate::model::earlier::Severity::Error);
    let wrong: Vec<FieldError> = wrong
        .map(|finding| FieldError {
            field: format!("lines[{}].{}", finding.line, finding.field),
            message: finding.text.clone(),
        })
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn otherwise(line: u64) -> Finding {
    let text = "it was imported before and said something else then: what was registered is never changed by an import";
    Finding::error(line, "number", text)
}

fn is_request(core: &Core, position: u64, request: &Sha256) -> Result<bool, Refusal> {
    Ok(match core.recorded(position)?.event {
        Event::EntryImported(facts) => facts.public.registered.request == *request,
        _ => false,
    })
}

/// Where a line is looked at.
struct At<'a> {
    core: &'a Core,
    actor: &'a Actor,
    directory: &'a Directory,
    into: &'a EarlierRegister,
    today: Date,
    check: bool,
}

impl At<'_> {
    /// The command for a line, unless it is there already or cannot be imported, which the report then says.
    fn ready(
        &self,
        line: u64,
        entry: &EarlierEntry,
        once: &mut BTreeSet<String>,
        report: &mut EarlierReport,
    ) -> Result<Option<ImportEntry>, Refusal> {
        let into = self.into;
        let mut said = Said::default();
        let prepared = entry.prepare(self.today, into.classification.as_ref(), &mut said);
        if let Err(errors) = said.errors.finish() {
            let findings = errors.into_iter().map(|FieldError { field, message }| Finding::error(line, field, message));
            report.findings.extend(findings);
            return Ok(None);
        }
        let Some(mut prepared) = prepared else { return Ok(None) };
        let key = key_of(&into.source, &into.register, entry.year, entry.number);
        let request = request_of(entry)?;
        if let Some(position) = self.core.catalogue.by_key(&key)? {
            report.known.push(line);
            report.existing += 1;
            // What a file holds is known when it has been read; a check has not.
            let unread = self.check && entry.files().next().is_some();
            if !unread && !is_request(self.core, position, &request)? {
                report.findings.push(otherwise(line));
            }
            return Ok(None);
        }
        let id = EntryId { register: into.register.clone(), year: entry.year, number: entry.number };
        if let Err(refusal) = free(&self.core.catalogue, &id, self.own_below(&id)?) {
            report.findings.push(Finding::error(line, "number", refusal.to_string()));
            return Ok(None);
        }
        self.assign(line, &mut prepared, once, report);
        let in_force = self.directory.classification.on(self.today);
        if in_force.is_none_or(|version| version.scheme.class(&prepared.facts.classification).is_none()) {
            let text = format!("{} is no class of today's scheme: it is kept", prepared.facts.classification);
            if once.insert(text.clone()) {
                report.findings.push(Finding::warning(line, "classification", text));
            }
        }
        let mut contents = Vec::new();
        for (n, file) in entry.files().enumerate() {
            match (&file.blake3, self.check) {
                (Some(blake3), _) => contents.push(resolve(self.core, self.actor, "blake3", *blake3)?),
                (None, true) => {}
                (None, false) => {
                    let text = "its content was not uploaded";
                    report.findings.push(Finding::error(line, format!("files[{n}]"), text));
                }
            }
        }
        let without_main = entry.document.is_none() && !contents.is_empty();
        let (actor, source) = (self.actor.user, into.source.clone());
        Ok(Some(ImportEntry { actor, id, source, key, request, prepared, contents, without_main }))
    }

    /// Whether this archive gave a lower number itself in that year.
    fn own_below(&self, id: &EntryId) -> Result<bool, Refusal> {
        let before = self.core.catalogue.entry_before(&id.register, id.year, id.number)?;
        let Some(before) = before.filter(|before| before.year == id.year) else { return Ok(false) };
        let record = self.core.catalogue.entry(&before)?.unwrap_or_default();
        let Some(first) = record.positions.first() else { return Ok(false) };
        Ok(matches!(self.core.recorded(*first)?.event, Event::EntryRegistered(_)))
    }

    /// Offices of then that are offices of today; the text is kept in any case.
    fn assign(&self, line: u64, prepared: &mut Prepared, once: &mut BTreeSet<String>, report: &mut EarlierReport) {
        let text = prepared.earlier.assigned.clone().unwrap_or_default();
        for name in text.split('|').map(str::trim).filter(|name| !name.is_empty()) {
            let same = |other: &str| other.eq_ignore_ascii_case(name) || other.to_lowercase() == name.to_lowercase();
            let office = self.directory.offices.values().find(|one| same(one.code.as_str()) || same(&one.name));
            match office {
                Some(office) => {
                    let assignments = &mut prepared.facts.assignments;
                    let mode =
                        if assignments.is_empty() { AssignmentMode::Responsible } else { AssignmentMode::Information };
                    if !assignments.iter().any(|one| one.office.as_ref() == Some(&office.code)) {
                        assignments.push(Assignment {
                            office: Some(office.code.clone()),
                            user: None,
                            mode,
                            due: None,
                            note: None,
                        });
                    }
                }
                None => {
                    let text = format!("{name} is no office of today: kept as text");
                    if once.insert(text.clone()) {
                        report.findings.push(Finding::warning(line, "assigned", text));
                    }
                }
            }
        }
    }
}

/// Over the line without the paths of its files: the same folder may lie elsewhere the next time.
fn request_of(entry: &EarlierEntry) -> Result<Sha256, Refusal> {
    let mut entry = entry.clone();
    entry.files_mut().for_each(|file| {
        if file.blake3.is_some() && file.file_name.is_some() {
            file.path = None;
        }
    });
    Ok(Sha256::of(&serde_json::to_vec(&entry)?))
}

/// Whether a number of then can be given its entry.
fn free(state: &impl Look, id: &EntryId, own_below: bool) -> Result<(), Refusal> {
    if state.entry(id)?.is_some() {
        let text = format!("number {}/{} is taken in {}", id.number, id.year, id.register);
        return Err(Refusal::AlreadyExists(text));
    }
    if own_below {
        let text = format!(
            "number {}/{} is above numbers that this archive gave itself in {}: a year that was begun here takes no \
             earlier entries behind its own",
            id.number, id.year, id.register
        );
        return Err(Refusal::AlreadyExists(text));
    }
    Ok(())
}

struct ImportEntry {
    actor: UserId,
    id: EntryId,
    source: String,
    key: Sha256,
    request: Sha256,
    prepared: Prepared,
    /// Of the line's files, in their order.
    contents: Vec<ContentDigests>,
    without_main: bool,
}

impl Command for ImportEntry {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        if let Some(position) = state.catalogue.by_key(&self.key)? {
            return Ok(Decided::Existing(position));
        }
        free(&state.catalogue, &self.id, state.gave_below(&self.id)?)?;
        for content in &self.contents {
            state.require_blob("blake3", content.blake3)?;
        }
        let EntryId { register, year, number } = self.id.clone();
        let registered = EntryRegistered {
            register,
            year,
            number,
            documents: self.contents.clone(),
            without_main: self.without_main,
            key: self.key,
            request: self.request,
        };
        let public = EntryImported { registered, source: self.source.clone() };
        let Prepared { facts, earlier, dossier, .. } = self.prepared.clone();
        let private = EntryImportedPrivate { facts, earlier: Box::new(earlier) };
        let event = Event::EntryImported(Facts { public, private: Some(private) });
        let mut facts = vec![Fact { subject: self.id.path(), event }];
        if let Some(dossier) = dossier {
            self.file(state, &dossier, &mut facts)?;
        }
        Ok(Decided::Commit(facts))
    }
}

impl ImportEntry {
    /// Files it into the dossier of then, which is opened when its first entry comes.
    fn file(&self, state: &Draft<'_>, dossier: &EarlierDossier, facts: &mut Vec<Fact>) -> Result<(), Refusal> {
        let id = dossier.id(&self.source, &self.id.register);
        let of = ItemOf::Entry(self.id.clone());
        if state.catalogue.dossier(id)?.is_some() {
            facts.push(file_into(state, id, of, false)?);
            return Ok(());
        }
        let classification = self.prepared.facts.classification.clone();
        let sequence = format!("{classification}/{}", state.year());
        let code = format!("{sequence}/{}", state.catalogue.counter(&sequence)? + 1);
        let public = DossierOpened { dossier: id, code, parent: None };
        let private = DossierOpenedPrivate {
            title: dossier.title(),
            classification,
            office: None,
            participants: Vec::new(),
            officer: None,
            parties: Vec::new(),
            procedure: None,
            previous_code: Some(dossier.code.trim().to_owned()),
        };
        let opened = Event::DossierOpened(Facts { public, private: Some(private) });
        facts.insert(0, Fact { subject: id.path(), event: opened });
        let public = DossierItemAdded { dossier: id, item: 1, of, shown: false };
        let added = Event::DossierItemAdded(Facts { public, private: Some(Nothing {}) });
        facts.push(Fact { subject: id.path(), event: added });
        Ok(())
    }
}

struct EndImport {
    actor: UserId,
    register: RegisterCode,
    source: String,
    years: Vec<YearOf>,
}

impl Command for EndImport {
    fn actor(&self) -> UserId {
        self.actor
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        if !state.directory.registers.contains_key(&self.register) {
            return Err(Refusal::NotFound("register"));
        }
        let (register, source, years) = (self.register.clone(), self.source.clone(), self.years.clone());
        let on = clock::date_in_rome(state.now);
        let subject = format!("registers/{register}");
        let public = RegisterImported { register, source, on, years };
        let event = Event::RegisterImported(Facts { public, private: Some(Nothing {}) });
        Ok(Decided::Commit(vec![Fact { subject, event }]))
    }
}
