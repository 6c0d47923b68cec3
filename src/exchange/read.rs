//! Which generation is a mark or message of, and what does it say? Reads all of them, and notes where they break rules.

use jiff::civil::{Date, Time};
use serde::Serialize;

use super::deviation::{Deviation, DeviationCode, Deviations};
use super::fingerprint::Fingerprint;
use super::mark::{
    Classification, Code, Contacts, Detached, DossierReference, ElectronicAddress, Identifier, Mark, MarkedDocument,
    Party, Person, PostalAddress, Recipient, Reference, Signed,
};
use super::messages::{Message, Reason, Received};
use super::old_marks;
use super::tree::{self, Document, Node, ReadError};
use super::write::{MAIL, PROTOCOL, VERSION};

/// The namespace of 2013, as its schema spells it.
const OF_2013: &str = "http://www.digitPa.gov.it/protocollo/";

/// Whose rules a document follows, or tries to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Generation {
    /// Circolare 28/2001: a DTD, no namespace.
    #[serde(rename = "2001")]
    Dtd2001,
    /// Circolare 60/2013: the same in a namespace.
    #[serde(rename = "2013")]
    Schema2013,
    /// Allegato 6 of 2021, version 3.0.0.
    #[serde(rename = "2021")]
    Schema2021,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    Mark(Box<Mark>),
    Message(Box<Message>),
}

/// What a document says, and how it should not have said it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    pub generation: Generation,
    /// A seal stands in it. Whether it is a good one is not looked at.
    pub sealed: bool,
    #[serde(flatten)]
    pub content: Content,
    pub deviations: Vec<Deviation>,
}

/// Reads a mark or a message.
///
/// # Errors
/// When it is no XML, too much of it, wants something from outside, or is of no known generation.
pub fn read(bytes: &[u8]) -> Result<Reading, ReadError> {
    let Document { root, signed, doctype: _ } = tree::parse(bytes)?;
    let mut notes = Deviations::default();
    let generation = generation_of(&root, &mut notes)?;
    let name = root.name.as_str();
    let content = match (generation, name) {
        (_, "ConfermaRicezione" | "AggiornamentoConferma" | "NotificaEccezione" | "AnnullamentoProtocollazione") => {
            Content::Message(Box::new(message(&root, &mut notes)))
        }
        (Generation::Schema2021, _) => Content::Mark(Box::new(mark(&root, signed, &mut notes))),
        (Generation::Dtd2001 | Generation::Schema2013, _) => {
            Content::Mark(Box::new(old_marks::mark(&root, &mut notes)))
        }
    };
    Ok(Reading { generation, sealed: signed, content, deviations: notes.finish() })
}

fn generation_of(root: &Node, notes: &mut Deviations) -> Result<Generation, ReadError> {
    let message = matches!(
        root.name.as_str(),
        "ConfermaRicezione" | "AggiornamentoConferma" | "NotificaEccezione" | "AnnullamentoProtocollazione"
    );
    let (new, old) = (root.name == "SegnaturaInformatica", root.name == "Segnatura");
    let generation = match root.namespace.as_str() {
        // Messages have no place in the first namespace; some programs put all into it.
        PROTOCOL if new || message => {
            if message {
                notes.note(DeviationCode::NamespaceUnexpected, root.name.as_str());
            }
            Generation::Schema2021
        }
        MAIL if new || message => Generation::Schema2021,
        "" if new => {
            notes.note(DeviationCode::NamespaceUnexpected, root.name.as_str());
            Generation::Schema2021
        }
        "" if old || message => Generation::Dtd2001,
        OF_2013 if old || message => Generation::Schema2013,
        other if (old || message) && other.eq_ignore_ascii_case(OF_2013) => {
            notes.note(DeviationCode::NamespaceUnexpected, root.name.as_str());
            Generation::Schema2013
        }
        other => {
            let short = |text: &str| text.chars().take(100).collect();
            return Err(ReadError::UnknownGeneration { root: short(&root.name), namespace: short(other) });
        }
    };
    if generation == Generation::Schema2021 {
        let version = attribute(root, "versione", &root.name, notes);
        if version != Some(VERSION) {
            notes.note(DeviationCode::VersionUnexpected, format!("{}/@versione", root.name));
        }
        if attribute(root, "lang", &root.name, notes) != Some("it") {
            notes.note(DeviationCode::Missing, format!("{}/@lang", root.name));
        }
    }
    Ok(generation)
}

/// An attribute of 2021, which must be qualified and often is not.
fn attribute<'n>(node: &'n Node, name: &str, place: &str, notes: &mut Deviations) -> Option<&'n str> {
    let attribute = node.attribute(name)?;
    if !attribute.qualified {
        notes.note(DeviationCode::AttributeUnqualified, format!("{place}/@{name}"));
    }
    Some(attribute.value.trim())
}

/// A child that must be there.
pub(super) fn need<'n>(node: &'n Node, name: &str, place: &str, notes: &mut Deviations) -> Option<&'n Node> {
    let child = node.child(name);
    if child.is_none() {
        notes.note(DeviationCode::Missing, format!("{place}/{name}"));
    }
    child
}

/// The text of a child that must be there; empty when it is not.
pub(super) fn needed(node: &Node, name: &str, place: &str, notes: &mut Deviations) -> String {
    need(node, name, place, notes).map(|child| child.words().to_owned()).unwrap_or_default()
}

/// The text of a child, when there is any.
pub(super) fn text(node: &Node, name: &str) -> Option<String> {
    node.child(name).map(Node::words).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn code(node: &Node, place: &str, notes: &mut Deviations) -> Code {
    let description = attribute(node, "descrizione", place, notes).map(str::to_owned);
    Code { code: node.words().to_owned(), description: description.filter(|text| !text.is_empty()) }
}

fn optional_code(node: &Node, name: &str, place: &str, notes: &mut Deviations) -> Option<Code> {
    node.child(name).map(|child| code(child, &format!("{place}/{name}"), notes)).filter(|code| !code.code.is_empty())
}

/// An identifier of any generation.
pub(super) fn identifier(node: &Node, place: &str, notes: &mut Deviations) -> Identifier {
    let part = |name: &str, notes: &mut Deviations| {
        need(node, name, place, notes).map(|child| code(child, &format!("{place}/{name}"), notes)).unwrap_or_default()
    };
    let (administration, area) = (part("CodiceAmministrazione", notes), part("CodiceAOO", notes));
    let register = needed(node, "CodiceRegistro", place, notes);
    if !is_register(&register) {
        notes.note(DeviationCode::RegisterMalformed, format!("{place}/CodiceRegistro"));
    }
    let number = needed(node, "NumeroRegistrazione", place, notes);
    if !is_number(&number) {
        notes.note(DeviationCode::NumberMalformed, format!("{place}/NumeroRegistrazione"));
    }
    let day = needed(node, "DataRegistrazione", place, notes);
    let date = date(&day);
    if date.is_none() {
        notes.note(DeviationCode::DateMalformed, format!("{place}/DataRegistrazione"));
    }
    let time = node.child("OraRegistrazione").and_then(|node| time(node, place, notes));
    Identifier { administration, area, register, number, date, time }
}

pub fn is_register(code: &str) -> bool {
    (1..=16).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
}

pub fn is_number(number: &str) -> bool {
    number.len() >= 7 && number.bytes().all(|b| b.is_ascii_digit())
}

/// A day, with or without the zone that XML allows behind it.
fn date(text: &str) -> Option<Date> {
    let (day, zone) = text.split_at_checked(10)?;
    let plain = zone.is_empty() || zone == "Z" || (zone.len() == 6 && zone.starts_with(['+', '-']));
    day.parse().ok().filter(|_| plain && day.as_bytes()[4] == b'-' && day.as_bytes()[7] == b'-')
}

/// A time of day; the rules of 2001 put a comma before the fraction.
pub(super) fn time(node: &Node, place: &str, notes: &mut Deviations) -> Option<Time> {
    let text = node.words().replace(',', ".");
    let plain = text.split(['+', '-', 'Z']).next().unwrap_or_default();
    let time = plain.parse().ok().filter(|_| plain.contains(':'));
    if time.is_none() {
        notes.note(DeviationCode::TimeMalformed, format!("{place}/OraRegistrazione"));
    }
    time
}

fn flag(text: &str, place: String, notes: &mut Deviations) -> Option<bool> {
    match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        other => {
            notes.note(DeviationCode::FlagMalformed, place);
            match other.to_lowercase().as_str() {
                "si" | "sì" | "true" => Some(true),
                "no" | "false" => Some(false),
                _ => None,
            }
        }
    }
}

fn mark(root: &Node, signed: bool, notes: &mut Deviations) -> Mark {
    let mut mark = Mark::default();
    if !signed {
        notes.note(DeviationCode::SealMissing, "Signature");
    }
    if let Some(head) = need(root, "Intestazione", &root.name, notes) {
        let Reference { identifier, first_registration, subject, classification, dossier } =
            reference(head, "Intestazione", notes);
        mark.identifier = identifier.unwrap_or_default();
        (mark.first_registration, mark.subject) = (first_registration, subject);
        (mark.classification, mark.dossier) = (classification, dossier);
        if let Some(confidential) = head.child("Riservato") {
            mark.confidential = flag(confidential.words(), "Intestazione/Riservato".into(), notes).unwrap_or(true);
            let note = attribute(confidential, "note", "Intestazione/Riservato", notes);
            mark.confidential_note = note.map(str::to_owned);
        }
    }
    mark.references = root.children("Riferimenti").map(|node| reference(node, "Riferimenti", notes)).collect();
    if mark.references.len() > 1 {
        notes.note(DeviationCode::Repeated, "Riferimenti");
    }
    if let Some(description) = need(root, "Descrizione", &root.name, notes) {
        let place = "Descrizione";
        let sender = need(description, "Mittente", place, notes);
        mark.sender = sender.and_then(|node| party(node, "Descrizione/Mittente", notes));
        need(description, "Destinatario", place, notes);
        mark.recipients = description.children("Destinatario").filter_map(|node| recipient(node, notes)).collect();
        let primary = need(description, "DocumentoPrimario", place, notes);
        mark.document = primary.map(|node| document(node, "Descrizione/DocumentoPrimario", notes));
        let attachments = description.children("Allegato");
        mark.attachments = attachments.map(|node| document(node, "Descrizione/Allegato", notes)).collect();
    }
    mark
}

fn reference(node: &Node, place: &str, notes: &mut Deviations) -> Reference {
    let within = |name: &str| format!("{place}/{name}");
    let found = need(node, "Identificatore", place, notes);
    let identified = found.map(|found| identifier(found, &within("Identificatore"), notes));
    let first = node.child("PrimaRegistrazione");
    Reference {
        identifier: identified,
        first_registration: first.map(|first| identifier(first, &within("PrimaRegistrazione"), notes)),
        subject: needed(node, "Oggetto", place, notes),
        classification: need(node, "Classifica", place, notes).map(|node| classification(node, place, notes)),
        dossier: node.child("Fascicolo").map(|dossier| DossierReference {
            name: needed(dossier, "Denominazione", &within("Fascicolo"), notes),
            code: needed(dossier, "CodiceFascicolo", &within("Fascicolo"), notes),
        }),
    }
}

fn classification(node: &Node, place: &str, notes: &mut Deviations) -> Classification {
    let name = needed(node, "Denominazione", &format!("{place}/Classifica"), notes);
    if let Some(code) = text(node, "CodiceFlat") {
        return Classification { name, code };
    }
    let mut levels = Vec::new();
    let mut level = node.child("CodicePath");
    while let Some(node) = level {
        levels.extend(text(node, "Livello"));
        level = node.child("SubLivello");
    }
    if levels.is_empty() {
        notes.note(DeviationCode::Missing, format!("{place}/Classifica/CodiceFlat"));
    }
    Classification { name, code: levels.join(".") }
}

fn recipient(node: &Node, notes: &mut Deviations) -> Option<Recipient> {
    let place = "Descrizione/Destinatario";
    let mut flag_of = |name: &str, otherwise: bool| {
        let value = attribute(node, name, place, notes)?.to_owned();
        Some(flag(&value, format!("{place}/@{name}"), notes).unwrap_or(otherwise))
    };
    let confirm = flag_of("confermaRicezione", true).unwrap_or(true);
    let copy = flag_of("perConoscenza", false).unwrap_or(false);
    Some(Recipient { party: party(node, place, notes)?, confirm, copy })
}

fn party(node: &Node, place: &str, notes: &mut Deviations) -> Option<Party> {
    let kinds = ["Amministrazione", "PersonaGiuridica", "PersonaFisica", "AmministrazioneEstera"];
    let Some(found) = node.children.iter().find(|child| kinds.contains(&child.name.as_str())) else {
        notes.note(DeviationCode::Missing, format!("{place}/Amministrazione"));
        return None;
    };
    let place = format!("{place}/{}", found.name);
    let people = |notes: &mut Deviations| {
        let within = format!("{place}/PersonaFisica");
        found.children("PersonaFisica").map(|node| person(node, &within, notes)).collect()
    };
    Some(match found.name.as_str() {
        "Amministrazione" => {
            // The contacts of the administration, its area and its unit are all ways to reach it.
            let mut reached = Contacts::default();
            for name in ["ContattiAmministrazione", "ContattiAOO", "ContattiUO"] {
                let found = contacts(found, name, &place, notes);
                reached.postal.extend(found.postal);
                reached.electronic.extend(found.electronic);
                reached.phones.extend(found.phones);
            }
            need(found, "CodiceIPAAmministrazione", &place, notes);
            Party::Administration {
                name: needed(found, "DenominazioneAmministrazione", &place, notes),
                tax_code: tax_code(found, "CFAmministrazione", &place, notes),
                code: optional_code(found, "CodiceIPAAmministrazione", &place, notes),
                area: optional_code(found, "CodiceIPAAOO", &place, notes),
                unit: optional_code(found, "CodiceIPAUO", &place, notes),
                contacts: reached,
                people: people(notes),
            }
        }
        "PersonaGiuridica" => Party::Organization {
            name: needed(found, "Denominazione", &place, notes),
            tax_code: tax_code(found, "PIVAoCF", &place, notes),
            contacts: contacts(found, "ContattiPersonaGiuridica", &place, notes),
            people: people(notes),
        },
        "PersonaFisica" => Party::Person(person(found, &place, notes)),
        _ => Party::ForeignAdministration {
            name: needed(found, "DenominazioneAmministrazione", &place, notes),
            office: text(found, "DenominazioneUfficio"),
            contacts: contacts(found, "ContattiAmministrazione", &place, notes),
        },
    })
}

fn person(node: &Node, place: &str, notes: &mut Deviations) -> Person {
    Person {
        given_name: needed(node, "Nome", place, notes),
        family_name: needed(node, "Cognome", place, notes),
        title: text(node, "Titolo"),
        tax_code: tax_code(node, "CodiceFiscale", place, notes),
        contacts: contacts(node, "Contatti", place, notes),
    }
}

/// A tax code as it is written; said when it is none that its place allows.
pub(super) fn tax_code(node: &Node, name: &str, place: &str, notes: &mut Deviations) -> Option<String> {
    let code = text(node, name)?;
    let fits = if name == "CodiceFiscale" { is_personal_tax_code(&code) } else { is_vat_number(&code) };
    if !fits {
        notes.note(DeviationCode::TaxCodeMalformed, format!("{place}/{name}"));
    }
    Some(code)
}

pub fn is_vat_number(code: &str) -> bool {
    code.len() == 11 && code.bytes().all(|b| b.is_ascii_digit())
}

/// As the schema has it, which is looser than the rules of tax codes:
/// `[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]`
pub fn is_personal_tax_code(code: &str) -> bool {
    code.len() == 16
        && code.bytes().enumerate().all(|(n, b)| match n {
            0..6 | 11 | 15 => b.is_ascii_uppercase(),
            8 => b"ABCDEHLMPRST".contains(&b),
            _ => b.is_ascii_digit() || b"LMNPQRSTUV".contains(&b),
        })
}

fn contacts(node: &Node, name: &str, place: &str, notes: &mut Deviations) -> Contacts {
    let Some(node) = node.child(name) else { return Contacts::default() };
    let place = format!("{place}/{name}");
    let postal = node.children("IndirizzoPostale").map(|node| postal_address(node, &place, notes)).collect();
    let electronic = node.children("IndirizzoTelematico").map(|node| {
        let place = format!("{place}/IndirizzoTelematico");
        ElectronicAddress {
            kind: attribute(node, "tipo", &place, notes).unwrap_or("smtp").to_owned(),
            address: node.words().to_owned(),
            note: attribute(node, "note", &place, notes).map(str::to_owned),
        }
    });
    let electronic = electronic.collect();
    Contacts { postal, electronic, phones: node.children("Telefono").map(|phone| phone.words().to_owned()).collect() }
}

fn postal_address(node: &Node, place: &str, notes: &mut Deviations) -> PostalAddress {
    let street = node.child("Toponimo").map(|street| {
        let parts = [text(street, "dug"), text(street, "duf"), Some(street.words().to_owned())];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    });
    let postcode = text(node, "CAP");
    if postcode.as_ref().is_some_and(|code| code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit())) {
        notes.note(DeviationCode::PostcodeFiveDigits, format!("{place}/IndirizzoPostale/CAP"));
    }
    PostalAddress {
        street: street.unwrap_or_default(),
        number: text(node, "Civico"),
        postcode,
        municipality: text(node, "Comune"),
        province: text(node, "Provincia"),
        country: text(node, "Nazione"),
    }
}

fn document(node: &Node, place: &str, notes: &mut Deviations) -> MarkedDocument {
    let mut required = |name: &str| {
        let value = attribute(node, name, place, notes).map(str::to_owned);
        if value.as_ref().is_none_or(String::is_empty) {
            notes.note(DeviationCode::Missing, format!("{place}/@{name}"));
        }
        value.unwrap_or_default()
    };
    let (file_name, media_type) = (required("nomeFile"), required("mimeType"));
    let fingerprint = need(node, "Impronta", place, notes).and_then(|node| {
        let place = format!("{place}/Impronta");
        let algorithm = attribute(node, "algoritmo", &place, notes).unwrap_or("SHA-256").to_owned();
        fingerprint(node, &algorithm, &place, notes)
    });
    let location = node.child("CollocazioneTelematica").map(|place| {
        let part = |name| text(place, name).unwrap_or_default();
        format!("https://{}/{}", part("HostValue"), part("PathValue").trim_start_matches('/'))
    });
    let mut signed_as =
        |name: &str| node.child(name).and_then(|node| signature(node, &format!("{place}/{name}"), notes));
    MarkedDocument {
        file_name,
        media_type,
        signed: signed_as("firmatoDigitalmente"),
        sealed: signed_as("sigillatoElettronicamente"),
        time_stamped: signed_as("marcaturaTemporale"),
        description: text(node, "Descrizione"),
        fingerprint,
        location,
    }
}

pub(super) fn fingerprint(node: &Node, algorithm: &str, place: &str, notes: &mut Deviations) -> Option<Fingerprint> {
    let (fingerprint, deviations) = Fingerprint::read(node.words(), algorithm);
    deviations.into_iter().for_each(|code| notes.note(code, place));
    fingerprint
}

fn signature(node: &Node, place: &str, notes: &mut Deviations) -> Option<Signed> {
    let detached: Vec<Detached> = node
        .children("Detached")
        .map(|node| Detached {
            file_name: attribute(node, "nomeFile", place, notes).unwrap_or_default().to_owned(),
            media_type: attribute(node, "mimeType", place, notes).map(str::to_owned),
            order: attribute(node, "order", place, notes).and_then(|order| order.parse().ok()).unwrap_or_default(),
        })
        .collect();
    let within = node.child("UnDetached").map(|node| flag(node.words(), format!("{place}/UnDetached"), notes));
    if detached.is_empty() && within.is_none() {
        notes.note(DeviationCode::Missing, format!("{place}/UnDetached"));
    }
    (!detached.is_empty() || within.flatten().unwrap_or(true)).then_some(Signed { detached })
}

/// A message of any generation: they differ in their namespaces.
fn message(root: &Node, notes: &mut Deviations) -> Message {
    let place = root.name.as_str();
    let own = |notes: &mut Deviations| {
        let node = root.child("Identificatore");
        node.map(|node| identifier(node, &format!("{place}/Identificatore"), notes))
    };
    let needed_own = |notes: &mut Deviations| {
        need(root, "Identificatore", place, notes);
        own(notes).unwrap_or_default()
    };
    match place {
        "ConfermaRicezione" => Message::Confirmation { identifier: needed_own(notes), received: received(root, notes) },
        "AggiornamentoConferma" => Message::Update { identifier: needed_own(notes), received: received(root, notes) },
        "NotificaEccezione" => Message::Exception {
            identifier: own(notes),
            received: received(root, notes),
            reason: Reason::read(&needed(root, "Motivo", place, notes)),
        },
        _ => Message::Annulment {
            identifier: needed_own(notes),
            reason: needed(root, "Motivo", place, notes),
            act: needed(root, "Provvedimento", place, notes),
        },
    }
}

fn received(root: &Node, notes: &mut Deviations) -> Received {
    let Some(node) = need(root, "MessaggioRicevuto", &root.name, notes) else {
        return Received::Described(String::new());
    };
    let place = format!("{}/MessaggioRicevuto", root.name);
    let Some(found) = node.child("Identificatore") else {
        return Received::Described(needed(node, "DescrizioneMessaggio", &place, notes));
    };
    let first = node.child("PrimaRegistrazione");
    Received::Registered {
        identifier: identifier(found, &format!("{place}/Identificatore"), notes),
        // In old messages an identifier stands within it.
        first_registration: first.map(|first| {
            let first = first.child("Identificatore").unwrap_or(first);
            Box::new(identifier(first, &format!("{place}/PrimaRegistrazione"), notes))
        }),
    }
}
