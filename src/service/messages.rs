//! What registries write each other about an entry: the mark that came with it, confirmations, exceptions, annulments.
//!
//! A received mark is held against what was really received: its seal, and the fingerprint of each document. What is
//! wrong has an official code, which a message back may name. Messages are kept beside the entry that they are about; how
//! they travel is another's business.

use std::io::Read as _;

use serde::{Deserialize, Serialize};

use super::Archive;
use super::core::Core;
use super::marks::of_the_house;
use super::refusal::Refusal;
use super::search::SearchQuery;
use crate::blob::StageError;
use crate::clock;
use crate::digest::{Blake3, ContentDigests};
use crate::exchange::{
    self, Anomaly, Code, Content, FoundSeal, Identifier, Mark, MarkedDocument, Message, NoSeal, Reading, Reason,
    Received,
};
use crate::ids::{EntryId, Position};
use crate::limits;
use crate::model::access::{Action, Actor};
use crate::model::directory::{Area, Directory};
use crate::model::dossier::EntryReference;
use crate::model::event::{Event, Facts};
use crate::model::message::{EntryMessage, EntryMessageKept, MessageFacts, MessageKind, MessageWay};
use crate::model::register::{Direction, Entry, EntryDocument};
use crate::text::SignedContent;
use crate::text::signed::sealed_by;

/// Entries that are looked at for one with the sender's number.
const CANDIDATES: usize = 50;

/// A received mark or message: what it says, what its seal is worth, and which entries it is about.
#[derive(Debug, Clone, Serialize)]
pub struct MarkReading {
    #[serde(flatten)]
    pub reading: Reading,
    pub seal: SealView,
    /// As far as the reader may know of them.
    pub entries: Vec<EntryReference>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SealState {
    Missing,
    /// By the key of the certificate that it carries, over what stands there. Whether anybody should trust that
    /// certificate is not asked.
    Intact,
    /// It does not fit what stands there.
    Altered,
    /// Of a kind that is not checked here: it proves nothing either way.
    Unchecked,
}

#[derive(Debug, Clone, Serialize)]
pub struct SealView {
    pub state: SealState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// As the seal says of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<String>,
    /// Why it was not checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
}

/// The mark that came with an entry, held against what came.
#[derive(Debug, Clone, Serialize)]
pub struct ReceivedMark {
    pub file_name: String,
    pub seal: SealView,
    pub identifier: Identifier,
    pub documents: Vec<MarkedFile>,
    /// Codes for an exception; none when all is as it should be.
    pub anomalies: Vec<Anomaly>,
}

#[derive(Debug, Clone, Serialize)]
pub struct MarkedFile {
    pub file_name: String,
    pub state: MarkedState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MarkedState {
    Matches,
    Differs,
    /// Named in the mark, not among what was registered.
    Missing,
    /// The mark states no fingerprint, or one of a kind that is not compared.
    Unchecked,
}

/// A message as the API shows it.
#[derive(Debug, Clone, Serialize)]
pub struct MessageView {
    /// Its place: `…/messages/{position}` gives the XML.
    pub position: Position,
    pub way: MessageWay,
    pub at: String,
    pub by: String,
    #[serde(flatten)]
    pub facts: Option<MessageFacts>,
    pub blake3: Blake3,
}

/// All that registries have written each other about an entry.
#[derive(Debug, Clone, Serialize)]
pub struct Correspondence {
    pub received_mark: Option<ReceivedMark>,
    pub items: Vec<MessageView>,
}

/// `POST …/messages`: a message to be written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    pub message: MessageKind,
    /// An official code, with an exception.
    #[serde(default)]
    pub anomaly: Option<String>,
    /// What is wrong, in words, with an exception.
    #[serde(default)]
    pub text: Option<String>,
}

impl Archive {
    /// What a received mark or message says. Nothing is kept.
    pub fn read_mark(&self, actor: &Actor, bytes: &[u8]) -> Result<MarkReading, Refusal> {
        let reading = read(bytes)?;
        let entries = self.entries_of(actor, &reading)?;
        Ok(MarkReading { seal: seal_of(bytes), reading, entries })
    }

    /// Keeps a received message with the entry that it is about.
    pub async fn keep_message(
        &self,
        actor: &Actor,
        id: &EntryId,
        bytes: &[u8],
        expected: Option<usize>,
    ) -> Result<Correspondence, Refusal> {
        let found = self.core().entry_for(actor, Action::AddEntryDocument, id)?;
        let reading = read(bytes)?;
        let Content::Message(message) = &reading.content else {
            return Err(Refusal::invalid("(body)", "a mark is no message: it comes with the document that it marks"));
        };
        let about = self.entries_of(actor, &reading)?;
        let own = EntryReference { register: id.register.clone(), year: id.year, number: id.number };
        if !about.contains(&own) {
            let why = match about.first() {
                Some(other) => format!("is about {} {}/{}", other.register, other.number, other.year),
                None => "is about no entry of this archive that you may read".to_owned(),
            };
            return Err(Refusal::invalid("(body)", why));
        }
        // Mail comes twice.
        if found.thing.messages.iter().any(|one| one.content.blake3 == Blake3::of(bytes)) {
            return self.correspondence(actor, id);
        }
        let facts = facts_of(message);
        self.add_message(actor, id, MessageWay::Received, bytes, facts, expected).await?;
        self.correspondence(actor, id)
    }

    /// Writes a message about an entry, and keeps it.
    ///
    /// # Errors
    /// When the entry is none that such a message can be about.
    pub async fn write_message(
        &self,
        actor: &Actor,
        id: &EntryId,
        new: NewMessage,
        expected: Option<usize>,
    ) -> Result<Vec<u8>, Refusal> {
        let core = self.core();
        let found = core.entry_for(actor, Action::AddEntryDocument, id)?;
        let received = received_mark(core, &found.thing)?.map(|(_, mark)| mark.identifier);
        let message = message_of(&core.directory().area, &found.thing, received, &new)?;
        let xml = message.write().map_err(|error| Refusal::invalid("message", error.to_string()))?.into_bytes();
        let facts = facts_of(&message);
        self.add_message(actor, id, MessageWay::Written, &xml, facts, expected).await?;
        Ok(xml)
    }

    async fn add_message(
        &self,
        actor: &Actor,
        id: &EntryId,
        way: MessageWay,
        xml: &[u8],
        facts: MessageFacts,
        expected: Option<usize>,
    ) -> Result<(), Refusal> {
        let staged = |error: StageError| if error.is_full() { Refusal::Full } else { Refusal::failed(error) };
        let mut upload = self.core().blobs.begin();
        upload.write(xml).map_err(staged)?;
        let content = upload.finish(actor.user, self.core().clock.now(), None).map_err(staged)?;
        let public = EntryMessageKept { way, documents: vec![content] };
        let event = Event::EntryMessageKept(Facts { public, private: Some(facts) });
        self.change_entry(actor, id, expected, event).await.map(|_| ())
    }

    /// The mark that came with an entry, and the messages about it. Not for its parties.
    pub fn correspondence(&self, actor: &Actor, id: &EntryId) -> Result<Correspondence, Refusal> {
        let core = self.core();
        let entry = staff_only(core, actor, id)?;
        let directory = core.directory();
        let received_mark = received_mark(core, &entry)?.map(|(document, mark)| {
            let seal = content_of(core, &document.content)
                .map_or_else(|_| unchecked("it cannot be read"), |xml| seal_of(&xml));
            checked(&entry, document, &mark, seal)
        });
        let items = entry.messages.iter().map(|message| message_view(&directory, message)).collect();
        Ok(Correspondence { received_mark, items })
    }

    /// The XML of a message.
    pub fn message_content(&self, actor: &Actor, id: &EntryId, position: Position) -> Result<Vec<u8>, Refusal> {
        let entry = staff_only(self.core(), actor, id)?;
        let message = entry.messages.iter().find(|message| message.position == position);
        content_of(self.core(), &message.ok_or(Refusal::NotFound("message"))?.content)
    }

    /// Which entries a mark or message is about: ours that it names, and those that hold the sender's number.
    fn entries_of(&self, actor: &Actor, reading: &Reading) -> Result<Vec<EntryReference>, Refusal> {
        let (named, theirs) = match &reading.content {
            Content::Mark(mark) => {
                let answered = mark.references.iter().filter_map(|one| one.identifier.as_ref());
                (answered.collect::<Vec<_>>(), Some(&mark.identifier))
            }
            Content::Message(message) => match message.as_ref() {
                Message::Confirmation { identifier, received } | Message::Update { identifier, received } => {
                    (registered(received), Some(identifier))
                }
                Message::Exception { identifier, received, .. } => (registered(received), identifier.as_ref()),
                Message::Annulment { identifier, .. } => (Vec::new(), Some(identifier)),
            },
        };
        let area = &self.core().directory().area;
        let mut entries = Vec::new();
        for id in named.into_iter().filter_map(|one| own_entry(area, one)) {
            if self.core().entry_for(actor, Action::ReadEntry, &id).is_ok() {
                entries.push(id);
            }
        }
        if let Some(theirs) = theirs {
            match own_entry(area, theirs) {
                // What we wrote ourselves, shown to us again.
                Some(own) => {
                    entries.extend(self.core().entry_for(actor, Action::ReadEntry, &own).is_ok().then_some(own))
                }
                None => entries.extend(self.received_as(actor, theirs)?),
            }
        }
        entries.sort();
        entries.dedup();
        let reference = |EntryId { register, year, number }| EntryReference { register, year, number };
        Ok(entries.into_iter().map(reference).collect())
    }

    /// Incoming entries that the sender had registered under this number, as far as the reader may know of them.
    fn received_as(&self, actor: &Actor, theirs: &Identifier) -> Result<Vec<EntryId>, Refusal> {
        let Some(digits) = digits(&theirs.number) else { return Ok(Vec::new()) };
        let query = SearchQuery {
            q: format!("\"{}\" OR \"{digits}\"", digits_as_written(&theirs.number)),
            kind: Some("entry".to_owned()),
            direction: Some(Direction::Incoming),
            remember: Some(false),
            limit: Some(CANDIDATES),
            ..SearchQuery::default()
        };
        let mut entries = Vec::new();
        for hit in self.search(actor, &query)?.items {
            let Ok(id) = hit.id.parse::<EntryId>() else { continue };
            let Some(found) = self.core().entry(&id)? else { continue };
            let received = found.thing.facts.as_ref().and_then(|facts| facts.received.as_ref());
            let same = received.is_some_and(|received| {
                received.number.as_deref().and_then(self::digits) == Some(digits)
                    && (received.date.is_none() || theirs.date.is_none() || received.date == theirs.date)
            });
            if same {
                entries.push(id);
            }
        }
        Ok(entries)
    }
}

/// Reads a mark or message, with the reason when it is none.
fn read(bytes: &[u8]) -> Result<Reading, Refusal> {
    exchange::read(bytes).map_err(|error| Refusal::invalid("(body)", error.to_string()))
}

/// What a seal is worth, by the key of the certificate that it carries.
fn seal_of(bytes: &[u8]) -> SealView {
    match exchange::seal_of(bytes) {
        Err(NoSeal::Missing) => SealView { state: SealState::Missing, ..unchecked("") }.without_reason(),
        Err(NoSeal::Unchecked(why)) => unchecked(why),
        Ok(FoundSeal { intact, signed_info, method, signature, certificate, signed_at }) => {
            let Some(signer) = sealed_by(&certificate, &method, &signed_info, &signature) else {
                return unchecked("its certificate cannot be read");
            };
            let (state, why) = match (intact, signer.signature) {
                (false, _) | (_, SignedContent::Altered) => (SealState::Altered, None),
                (true, SignedContent::Intact) => (SealState::Intact, None),
                (true, SignedContent::Unchecked) => (SealState::Unchecked, Some("its method or key is not known here")),
            };
            let (signer, serial_number, issuer) = (signer.name, signer.serial_number, signer.issuer);
            SealView { state, signer, serial_number, issuer, signed_at, why }
        }
    }
}

fn unchecked(why: &'static str) -> SealView {
    let state = SealState::Unchecked;
    SealView { state, signer: None, serial_number: None, issuer: None, signed_at: None, why: Some(why) }
}

impl SealView {
    fn without_reason(self) -> Self {
        Self { why: None, ..self }
    }
}

/// An entry, for those who work on it: its parties hear nothing of what registries write each other.
fn staff_only(core: &Core, actor: &Actor, id: &EntryId) -> Result<Entry, Refusal> {
    Ok(of_the_house(core, actor, id, "message")?.thing)
}

fn content_of(core: &Core, content: &ContentDigests) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    core.content(&content.blake3)?.read_to_end(&mut bytes).map_err(Refusal::failed)?;
    Ok(bytes)
}

/// The mark among the documents of an entry: the first XML file that is one.
pub(super) fn received_mark<'e>(core: &Core, entry: &'e Entry) -> Result<Option<(&'e EntryDocument, Mark)>, Refusal> {
    let small = |document: &&EntryDocument| {
        document.content.size <= limits::MARK_BYTES_MAX as u64
            && document.file.file_name.to_ascii_lowercase().ends_with(".xml")
    };
    for document in entry.documents().filter(small) {
        if let Ok(Reading { content: Content::Mark(mark), .. }) = exchange::read(&content_of(core, &document.content)?)
        {
            return Ok(Some((document, *mark)));
        }
    }
    Ok(None)
}

/// Each document that the mark names, held against those that were registered.
fn checked(entry: &Entry, mark_file: &EntryDocument, mark: &Mark, seal: SealView) -> ReceivedMark {
    let named = mark.document.iter().chain(&mark.attachments);
    let documents: Vec<MarkedFile> = named
        .map(|named| MarkedFile { file_name: named.file_name.clone(), state: held_against(entry, mark_file, named) })
        .collect();
    let mut anomalies = Vec::new();
    let has = |state| documents.iter().any(|one| one.state == state);
    if seal.state == SealState::Altered {
        anomalies.push(Anomaly::SealNotValid);
    }
    if has(MarkedState::Differs) {
        anomalies.push(Anomaly::FingerprintsDiffer);
    }
    if has(MarkedState::Missing) {
        anomalies.push(Anomaly::NotReadable);
    }
    let (file_name, identifier) = (mark_file.file.file_name.clone(), mark.identifier.clone());
    ReceivedMark { file_name, seal, identifier, documents, anomalies }
}

fn held_against(entry: &Entry, mark_file: &EntryDocument, named: &MarkedDocument) -> MarkedState {
    let others = || entry.documents().filter(|document| document.id != mark_file.id);
    let comparable = named.fingerprint.as_ref().filter(|fingerprint| fingerprint.algorithm == "SHA-256");
    let by_digest = comparable.map(|fingerprint| {
        others().any(|document| document.content.sha256.as_bytes().as_slice() == fingerprint.digest.as_slice())
    });
    let by_name = others().any(|document| document.file.file_name == named.file_name);
    match (by_digest, by_name) {
        (Some(true), _) => MarkedState::Matches,
        (Some(false), true) => MarkedState::Differs,
        (None, true) => MarkedState::Unchecked,
        (_, false) => MarkedState::Missing,
    }
}

/// The message asked for, about this entry. `received` is the sender's registration, where its mark came along.
fn message_of(area: &Area, entry: &Entry, received: Option<Identifier>, new: &NewMessage) -> Result<Message, Refusal> {
    let identifier = identifier_of(area, entry);
    let facts = entry.facts.as_ref().ok_or(Refusal::NotAvailable("what the message would say was destroyed"))?;
    if new.message != MessageKind::Exception && (new.anomaly.is_some() || new.text.is_some()) {
        return Err(Refusal::invalid("message", "only an exception has a reason of its own"));
    }
    if new.message == MessageKind::Annulment {
        let annulment = entry.annulment.as_ref();
        let annulment = annulment.ok_or(Refusal::NotAvailable("the entry is not annulled: annul it first"))?;
        let act = annulment.act.as_ref().map(|act| format!("{} del {}", act.number, act.date)).unwrap_or_default();
        return Ok(Message::Annulment { identifier, reason: annulment.reason.clone(), act });
    }
    if facts.direction != Direction::Incoming {
        return Err(Refusal::NotAvailable("only what was received is confirmed or refused"));
    }
    let received = match received {
        Some(identifier) => Received::Registered { identifier, first_registration: None },
        None => Received::Described(described(entry)),
    };
    Ok(match new.message {
        MessageKind::Confirmation => Message::Confirmation { identifier, received },
        MessageKind::Update => Message::Update { identifier, received },
        MessageKind::Exception | MessageKind::Annulment => {
            let anomaly = match new.anomaly.as_deref() {
                None => None,
                Some(code) => Some(anomaly(code)?),
            };
            let text = new.text.clone().unwrap_or_default().trim().to_owned();
            if anomaly.is_none() && text.is_empty() {
                return Err(Refusal::invalid("text", "missing: say what is wrong, by a code or in words"));
            }
            Message::Exception { identifier: Some(identifier), received, reason: Reason { anomaly, text } }
        }
    })
}

fn anomaly(code: &str) -> Result<Anomaly, Refusal> {
    let found = Anomaly::ALL.iter().find(|anomaly| anomaly.code() == code);
    found.copied().ok_or_else(|| {
        let all: Vec<&str> = Anomaly::ALL.iter().map(|anomaly| anomaly.code()).collect();
        Refusal::invalid("anomaly", format!("is none of {}", all.join(", ")))
    })
}

/// A received message that has no mark, in words.
fn described(entry: &Entry) -> String {
    let facts = entry.facts.as_ref();
    let mut text = facts.map(|facts| facts.subject.clone()).unwrap_or_default();
    if let Some(received) = facts.and_then(|facts| facts.received.as_ref()) {
        if let Some(number) = &received.number {
            text = format!("{text}, protocollo {number}");
        }
        if let Some(date) = received.date {
            text = format!("{text} del {date}");
        }
        text = format!("{text}, ricevuto il {}", received.on);
    }
    text
}

fn identifier_of(area: &Area, entry: &Entry) -> Identifier {
    let registered = clock::in_rome(entry.registered_at);
    Identifier {
        administration: Code { code: area.organization.clone(), description: Some(area.name.clone()) },
        area: area.area.as_str().into(),
        register: entry.id.register.to_string(),
        number: entry.number_text(),
        date: Some(registered.date()),
        time: jiff::civil::Time::new(registered.hour(), registered.minute(), registered.second(), 0).ok(),
    }
}

/// What of a message stands in the journal, so that nobody has to open it to know.
fn facts_of(message: &Message) -> MessageFacts {
    let (message, identifier, anomaly, text, act) = match message {
        Message::Confirmation { identifier, .. } => (MessageKind::Confirmation, Some(identifier), None, None, None),
        Message::Update { identifier, .. } => (MessageKind::Update, Some(identifier), None, None, None),
        Message::Exception { identifier, reason, .. } => {
            let code = reason.anomaly.map(|anomaly| anomaly.code().to_owned());
            (MessageKind::Exception, identifier.as_ref(), code, Some(reason.text.clone()), None)
        }
        Message::Annulment { identifier, reason, act } => {
            (MessageKind::Annulment, Some(identifier), None, Some(reason.clone()), Some(act.clone()))
        }
    };
    let short =
        |text: String| Some(text.chars().take(limits::TEXT_CHARS_MAX).collect()).filter(|t: &String| !t.is_empty());
    MessageFacts {
        message,
        identifier: identifier.map(named),
        anomaly,
        text: text.and_then(short),
        act: act.and_then(short),
    }
}

fn named(identifier: &Identifier) -> String {
    let Identifier { administration, area, register, number, date, .. } = identifier;
    let date = date.map(|date| format!("/{date}")).unwrap_or_default();
    format!("{}/{}/{register}/{number}{date}", administration.code, area.code)
}

fn registered(received: &Received) -> Vec<&Identifier> {
    match received {
        Received::Registered { identifier, .. } => vec![identifier],
        Received::Described(_) => Vec::new(),
    }
}

/// The entry of ours that an identifier names.
fn own_entry(area: &Area, identifier: &Identifier) -> Option<EntryId> {
    let ours = identifier.administration.code.eq_ignore_ascii_case(&area.organization)
        && identifier.area.code.eq_ignore_ascii_case(&area.area);
    let number = identifier.number.parse().ok()?;
    let (register, year) = (identifier.register.parse().ok()?, identifier.date?.year());
    ours.then_some(EntryId { register, year, number })
}

fn message_view(directory: &Directory, message: &EntryMessage) -> MessageView {
    MessageView {
        position: message.position,
        way: message.way,
        at: clock::rfc3339(message.at),
        by: directory.name_of(message.by),
        facts: message.facts.clone(),
        blake3: message.content.blake3,
    }
}

/// The digits that a number begins with, without zeros in front: of `0001234/2026` it is `1234`.
fn digits(number: &str) -> Option<&str> {
    let digits = digits_as_written(number).trim_start_matches('0');
    (!digits.is_empty()).then_some(digits)
}

fn digits_as_written(number: &str) -> &str {
    let number = number.trim();
    &number[..number.bytes().take_while(u8::is_ascii_digit).count()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_by_their_digits() {
        assert_eq!(digits("0001234/2026"), Some("1234"));
        assert_eq!(digits(" 1234"), Some("1234"));
        assert_eq!((digits("0000"), digits("n. 7"), digits("")), (None, None, None));
    }
}
