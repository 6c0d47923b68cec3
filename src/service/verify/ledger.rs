//! Do the events contradict themselves or each other? Each is held against those before it, as the lines come.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::findings::{FactCode, Finding, FindingCode};
use super::samples::{Sample, Sampled};
use super::scratch::Scratch;
use crate::blob::Location;
use crate::catalogue::{CatalogueError, writes_of};
use crate::clock;
use crate::digest::{Blake3, ContentDigests, Sha256};
use crate::ids::{DocumentId, DossierId, EntryId, Position, RegisterCode};
use crate::journal::RawLine;
use crate::model::directory::Directory;
use crate::model::document::Document;
use crate::model::event::{
    AccessLogSealed, EntryImported, EntryImportedPrivate, EntryRegistered, Event, Facts, Recorded,
};
use crate::model::formed::{RegisterFormed, Span};
use crate::model::register::RegistrationFacts;
use crate::service::absences::absence_path;
use crate::service::core::recorded;

/// A content that an event refers to, as the first such event states it.
#[derive(Debug, Clone, Copy)]
pub struct Needed {
    pub sha256: Sha256,
    pub size: u64,
    pub position: Position,
    /// Contents are stored in the order in which they are first referred to.
    pub rank: u64,
    /// Where it was found whole.
    pub place: Option<Location>,
}

/// What the journal says, gathered line by line.
pub struct Ledger {
    /// Events read, whether they made sense or not.
    pub events: u64,
    pub needed: HashMap<Blake3, Needed>,
    /// The numbers of each register and year.
    pub numbers: BTreeMap<(RegisterCode, i16), Numbers>,
    pub documents: Vec<DocumentId>,
    /// The last register of days, and of years, of each register.
    formed: HashMap<(RegisterCode, Span), RegisterFormed>,
    /// The last number that the registers of days have told of, in each year.
    told: HashMap<(RegisterCode, i16), u64>,
    pub dossiers: Vec<DossierId>,
    /// How far an index must have come to hold every item: what follows touches none.
    pub items_end: Position,
    /// Days whose access log was sealed, with the line that says so.
    pub sealed: Vec<AccessLogSealed>,
    /// There is a token, whose hash must be among the credentials.
    pub tokens: bool,
    /// The catalogue as these events make it; `None` when nobody asks for it.
    pub replay: Option<Scratch>,
    /// Some of the entries.
    pub sample: Sample,
    /// An event could not be replayed: what comes of the replay proves nothing.
    pub replay_broken: bool,
    last_time: Timestamp,
}

/// The numbers of a register's year: what an earlier system gave, with gaps, and above that our own, without.
#[derive(Debug, Default)]
pub struct Numbers {
    pub imported: BTreeSet<u64>,
    /// The last of all.
    pub last: u64,
    /// How many we gave ourselves: the last ones.
    pub own: u64,
}

impl Numbers {
    pub fn count(&self) -> u64 {
        self.imported.len() as u64 + self.own
    }

    pub fn all(&self) -> impl Iterator<Item = u64> {
        self.imported.iter().copied().chain(self.last - self.own.min(self.last) + 1..=self.last)
    }

    /// Takes the next of our own; false when it is not the next.
    fn give(&mut self, number: u64) -> bool {
        let next = number == self.last + 1;
        self.last = number.max(self.last);
        self.own += 1;
        next
    }

    /// Takes one of an earlier system; false when it is taken or above one of our own.
    fn import(&mut self, number: u64) -> bool {
        let below = self.own == 0 || number <= self.last - self.own.min(self.last);
        self.last = self.last.max(number);
        self.imported.insert(number) && below && number > 0
    }
}

/// The line being looked at.
struct Line<'a> {
    file: &'a Path,
    offset: u64,
    finding: &'a mut dyn FnMut(Finding),
}

impl Line<'_> {
    fn find(&mut self, code: FactCode, text: impl Into<String>) {
        let code = FindingCode::Facts(code);
        (self.finding)(Finding { code, file: self.file.to_owned(), offset: Some(self.offset), text: text.into() });
    }
}

impl Ledger {
    pub fn new(replay: Option<Scratch>, seed: u64) -> Self {
        Self {
            events: 0,
            needed: HashMap::new(),
            numbers: BTreeMap::new(),
            documents: Vec::new(),
            formed: HashMap::new(),
            told: HashMap::new(),
            dossiers: Vec::new(),
            items_end: 0,
            sealed: Vec::new(),
            tokens: false,
            replay,
            sample: Sample::new(seed),
            replay_broken: false,
            last_time: Timestamp::MIN,
        }
    }

    /// Entries of all registers.
    pub fn entries(&self) -> u64 {
        self.numbers.values().map(Numbers::count).sum()
    }

    /// Takes the next whole line of the journal.
    ///
    /// # Errors
    /// When the replay's own store fails; what is wrong with the line is a finding.
    pub fn take(
        &mut self,
        file: &Path,
        offset: u64,
        line: &RawLine,
        finding: &mut dyn FnMut(Finding),
    ) -> Result<(), CatalogueError> {
        let mut at = Line { file, offset, finding };
        self.events += 1;
        if line.time < self.last_time {
            let (time, last) = (clock::rfc3339(line.time), clock::rfc3339(self.last_time));
            at.find(FactCode::TimeBackwards, format!("it is of {time}, and the one before it of {last}"));
        }
        self.last_time = self.last_time.max(line.time);
        let event = match recorded(line) {
            Ok(event) => event,
            Err(refusal) => {
                at.find(FactCode::EventUnreadable, refusal.causes());
                self.replay_broken = true;
                return Ok(());
            }
        };
        let first = matches!(event.event, Event::ArchiveCreated(_));
        if first != (event.position == 0) {
            at.find(FactCode::EventOutOfPlace, "archive-created stands at position 0 and nowhere else");
        }
        if !subject_fits(&event) {
            let text = format!("the event speaks of something else than {}", event.subject);
            at.find(FactCode::SubjectWrong, text);
        }
        if !Directory::concerns(&event.event) {
            self.items_end = event.position + 1;
        }
        self.contents(&event, &mut at);
        self.things(&event, &mut at);
        self.replay(&event, &mut at)
    }

    fn contents(&mut self, event: &Recorded, at: &mut Line<'_>) {
        for content in event.event.documents() {
            let rank = self.needed.len() as u64;
            let ContentDigests { blake3, sha256, size } = *content;
            let first = Needed { sha256, size, position: event.position, rank, place: None };
            let known = self.needed.entry(blake3).or_insert(first);
            if (known.sha256, known.size) != (sha256, size) {
                let text = format!("{blake3} is stated otherwise than at position {}", known.position);
                at.find(FactCode::ContentMismatch, text);
            }
        }
    }

    fn things(&mut self, event: &Recorded, at: &mut Line<'_>) {
        match &event.event {
            Event::RegisterOpened(facts) => {
                let year = clock::year_in_rome(event.time);
                self.numbers.entry((facts.public.register.clone(), year)).or_default();
            }
            Event::EntryRegistered(facts) => {
                let public = &facts.public;
                let year = clock::year_in_rome(event.time);
                if public.year != year {
                    at.find(FactCode::YearWrong, format!("it was registered in {year}, not in {}", public.year));
                }
                if !self.numbers.keys().any(|(register, _)| *register == public.register) {
                    at.find(FactCode::EventBaseless, format!("no register {} was opened", public.register));
                }
                let numbers = self.numbers.entry((public.register.clone(), public.year)).or_default();
                let last = numbers.last;
                if !numbers.give(public.number) {
                    at.find(FactCode::NumberWrong, format!("number {} follows on {last}", public.number));
                }
                self.sample.offer(event.position, || sampled(public, facts.private.as_ref()));
            }
            Event::EntryImported(facts) => self.imported(event, facts, at),
            Event::DocumentCreated(_) => self.documents.push(DocumentId { position: event.position, index: 0 }),
            Event::RegisterFormed(facts) => {
                self.documents.push(DocumentId { position: event.position, index: 0 });
                self.formed(event, &facts.public, at);
            }
            Event::EntryFieldsAnnulled(facts) => {
                if let (Some(id), Some(private)) = (EntryId::from_path(&event.subject), &facts.private) {
                    let anew = &private.fields;
                    let names = anew.correspondents.as_ref();
                    let names = names.map(|all| all.iter().map(|one| one.name.clone()).collect());
                    self.sample.renew(&id, anew.subject.as_deref(), names);
                }
            }
            Event::DossierOpened(facts) => self.dossiers.push(facts.public.dossier),
            Event::AccessLogSealed(facts) => self.sealed.push(facts.public.clone()),
            Event::TokenCreated(_) => self.tokens = true,
            _ => {}
        }
    }

    /// A register of a day or a year follows on the one before it, and tells of entries that there are.
    fn formed(&mut self, event: &Recorded, formed: &RegisterFormed, at: &mut Line<'_>) {
        let span = formed.period.span();
        let previous = self.formed.get(&(formed.register.clone(), span));
        let mut wrong = formed.follows(previous).err();
        let year = (formed.register.clone(), formed.period.year());
        let (last, own) = self.numbers.get(&year).map_or((0, 0), |numbers| (numbers.last, numbers.own));
        if formed.last > Some(last) {
            wrong = wrong.or(Some("it tells of numbers that were not given"));
        }
        // Days go on where the last one with entries ended; a year has them all. What an earlier system numbered is no
        // business of theirs.
        let told = match span {
            Span::Day => self.told.entry(year).or_default(),
            Span::Year => &mut 0,
        };
        let begin = if *told == 0 { last - own.min(last) } else { *told };
        if formed.first.is_some_and(|first| first != begin + 1) {
            wrong = wrong.or(Some("its first number does not follow on the last one told"));
        }
        *told = formed.last.unwrap_or(*told);
        if formed.to > event.position || event.time < formed.period.end() {
            wrong = wrong.or(Some("it was formed before its time was over"));
        }
        if let Some(wrong) = wrong {
            at.find(FactCode::RegisterOutOfOrder, format!("{}: {wrong}", formed.title()));
        }
        self.formed.insert((formed.register.clone(), span), formed.clone());
    }

    fn imported(&mut self, event: &Recorded, facts: &Facts<EntryImported, EntryImportedPrivate>, at: &mut Line<'_>) {
        let (public, private) = (&facts.public.registered, facts.private.as_ref());
        if !self.numbers.keys().any(|(register, _)| *register == public.register) {
            at.find(FactCode::EventBaseless, format!("no register {} was opened", public.register));
        }
        let then = private.map_or(public.year, |private| private.earlier.registered.day.year());
        if public.year != then || public.year > clock::year_in_rome(event.time) {
            at.find(FactCode::YearWrong, format!("it was registered in {then}, not in {}", public.year));
        }
        let numbers = self.numbers.entry((public.register.clone(), public.year)).or_default();
        if !numbers.import(public.number) {
            let text =
                format!("number {} of an earlier system is taken, or above one that was given here", public.number);
            at.find(FactCode::NumberWrong, text);
        }
        self.sample.offer(event.position, || sampled(public, private.map(|private| &private.facts)));
    }

    /// What the event makes of the catalogue; an event about nothing is found here.
    fn replay(&mut self, event: &Recorded, at: &mut Line<'_>) -> Result<(), CatalogueError> {
        let Some(replay) = &mut self.replay else { return Ok(()) };
        match writes_of(replay, event) {
            Ok(writes) => replay.write(writes),
            Err(error @ CatalogueError::Subject { .. }) => {
                at.find(FactCode::EventBaseless, error.to_string());
                self.replay_broken = true;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

fn sampled(public: &EntryRegistered, private: Option<&RegistrationFacts>) -> Sampled {
    let id = EntryId { register: public.register.clone(), year: public.year, number: public.number };
    let contents = public.documents.iter().map(|content| content.blake3).collect();
    let (subject, names) = match private {
        Some(private) => {
            let names = private.correspondents.iter().map(|correspondent| correspondent.name.clone()).collect();
            (private.subject.clone(), names)
        }
        None => (String::new(), Vec::new()),
    };
    Sampled { id, subject, names, contents }
}

/// Whether the subject is the path of what the facts speak of.
fn subject_fits(event: &Recorded) -> bool {
    let subject = event.subject.as_str();
    let dossier = || subject.strip_prefix("dossiers/").and_then(|id| id.parse::<DossierId>().ok());
    match &event.event {
        Event::ArchiveCreated(_) => subject == "archive",
        Event::ClassificationSchemeAdopted(facts) => {
            subject == format!("classification-schemes/{}", facts.public.scheme)
        }
        Event::RegisterOpened(facts) => subject == format!("registers/{}", facts.public.register),
        Event::RegisterChanged(facts) => subject == format!("registers/{}", facts.public.register),
        Event::OfficeAdded(facts) => subject == format!("offices/{}", facts.public.office),
        Event::OfficeChanged(facts) => subject == format!("offices/{}", facts.public.office),
        Event::AbsenceRecorded(facts) => subject == absence_path(facts.public.user, facts.public.absence),
        Event::AbsenceEnded(facts) => subject == absence_path(facts.public.user, facts.public.absence),
        Event::UserAdded(facts) => subject == format!("users/{}", facts.public.user),
        Event::UserChanged(facts) => subject == format!("users/{}", facts.public.user),
        Event::TokenCreated(facts) => subject == format!("tokens/{}", facts.public.token),
        Event::TokenRevoked(facts) => subject == format!("tokens/{}", facts.public.token),
        Event::EmergencyRegisterImported(facts) => subject == format!("registers/{}", facts.public.register),
        Event::RegisterImported(facts) => subject == format!("registers/{}", facts.public.register),
        Event::EntryRegistered(Facts { public, .. })
        | Event::EntryImported(Facts { public: EntryImported { registered: public, .. }, .. }) => {
            let id = EntryId { register: public.register.clone(), year: public.year, number: public.number };
            subject == id.path()
        }
        Event::EntryAnnulled(_)
        | Event::EntryFieldsAnnulled(_)
        | Event::EntryLinked(_)
        | Event::EntryClassified(_)
        | Event::EntryAssigned(_)
        | Event::AssignmentAnswered(_)
        | Event::EntryDocumentAdded(_)
        | Event::EntryMessageKept(_)
        | Event::EntryMarked(_) => EntryId::from_path(subject).is_some(),
        Event::DocumentCreated(_) => subject == Document::path(DocumentId { position: event.position, index: 0 }),
        Event::DocumentVersionAdded(facts) => subject == Document::path(facts.public.document),
        Event::RegisterFormed(facts) => subject == facts.public.period.path(&facts.public.register),
        Event::DossierOpened(facts) => dossier() == Some(facts.public.dossier),
        Event::DossierItemAdded(facts) => dossier() == Some(facts.public.dossier),
        Event::DossierItemShown(_)
        | Event::DossierItemRemoved(_)
        | Event::DossierClosed(_)
        | Event::DossierReopened(_) => dossier().is_some(),
        Event::AccessLogSealed(facts) => subject == format!("access/{}", facts.public.date),
    }
}

/// Contents that nobody found whole, by the first event that needs each.
pub fn missing(needed: &HashMap<Blake3, Needed>, blobs: PathBuf) -> Vec<Finding> {
    let mut missing: Vec<_> = needed.iter().filter(|(_, needed)| needed.place.is_none()).collect();
    missing.sort_by_key(|(_, needed)| needed.rank);
    let finding = |(blake3, needed): (&Blake3, &Needed)| Finding {
        code: FindingCode::Facts(FactCode::ContentMissing),
        file: blobs.clone(),
        offset: None,
        text: format!("position {} needs {blake3}, which is nowhere whole", needed.position),
    };
    missing.into_iter().map(finding).collect()
}
