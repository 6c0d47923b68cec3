//! Marks of 2001 and 2013, which differ in their namespace alone. Read, never written.
//!
//! They tell less of documents and more of correspondents: each destination has an address and any number of people or
//! bodies behind it, and offices lie within offices.

use super::deviation::{DeviationCode, Deviations};
use super::mark::{
    Classification, Code, Contacts, DossierReference, ElectronicAddress, Identifier, Mark, MarkedDocument, Party,
    Person, PostalAddress, Recipient, Reference,
};
use super::read::{fingerprint, identifier, need, needed, tax_code, text, time};
use super::tree::Node;

pub(super) fn mark(root: &Node, notes: &mut Deviations) -> Mark {
    let mut mark = Mark::default();
    if let Some(head) = need(root, "Intestazione", &root.name, notes) {
        let place = "Intestazione";
        if let Some(node) = need(head, "Identificatore", place, notes) {
            mark.identifier = identifier(node, "Intestazione/Identificatore", notes);
        }
        // The time stands beside the identifier, not in it.
        let at = head.child("OraRegistrazione").and_then(|node| time(node, place, notes));
        mark.identifier.time = mark.identifier.time.or(at);
        mark.first_registration = first_registration(head, place, notes);
        mark.subject = needed(head, "Oggetto", place, notes);
        mark.classification = classification(head, place, notes);
        mark.confidential = head.child("Riservato").is_some();
        mark.confidential_note = text(head, "Riservato");
        let origin = need(head, "Origine", place, notes);
        mark.sender = origin.and_then(|node| sender(node, notes));
        need(head, "Destinazione", place, notes);
        for (name, copy) in [("Destinazione", false), ("PerConoscenza", true)] {
            mark.recipients.extend(head.children(name).flat_map(|node| recipients(node, copy, notes)));
        }
    }
    if let Some(references) = root.child("Riferimenti") {
        mark.references = references.children("Messaggio").map(|node| reference(node, notes)).collect();
    }
    if let Some(description) = need(root, "Descrizione", &root.name, notes) {
        describe(&mut mark, description, notes);
    }
    mark
}

fn describe(mark: &mut Mark, description: &Node, notes: &mut Deviations) {
    let primary = description.child("Documento").or_else(|| description.child("TestoDelMessaggio"));
    if primary.is_none() {
        notes.note(DeviationCode::Missing, "Descrizione/Documento");
    }
    mark.document = primary.map(|node| document(node, "Descrizione/Documento", notes));
    let Some(attachments) = description.child("Allegati") else { return };
    // Dossiers may hold dossiers; the tree is never deeper than it may be.
    let mut waiting = vec![attachments];
    while let Some(node) = waiting.pop() {
        for child in &node.children {
            match child.name.as_str() {
                // One that only refers to another stands elsewhere.
                "Documento" if child.attribute("rife").is_none() => {
                    mark.attachments.push(document(child, "Descrizione/Allegati/Documento", notes));
                }
                "Fascicolo" => {
                    waiting.push(child);
                    if mark.dossier.is_none() {
                        mark.dossier = dossier(child);
                    }
                }
                _ => {}
            }
        }
    }
}

fn dossier(node: &Node) -> Option<DossierReference> {
    let (name, code) = (text(node, "Oggetto"), text(node, "Identificativo"));
    (name.is_some() || code.is_some())
        .then(|| DossierReference { name: name.unwrap_or_default(), code: code.unwrap_or_default() })
}

fn first_registration(node: &Node, place: &str, notes: &mut Deviations) -> Option<Identifier> {
    let first = node.child("PrimaRegistrazione")?.child("Identificatore")?;
    Some(identifier(first, &format!("{place}/PrimaRegistrazione"), notes))
}

fn classification(node: &Node, place: &str, notes: &mut Deviations) -> Option<Classification> {
    let mut found = node.children("Classifica");
    let first = found.next()?;
    if found.next().is_some() {
        notes.note(DeviationCode::Repeated, format!("{place}/Classifica"));
    }
    let levels: Vec<&str> = first.children("Livello").map(Node::words).filter(|level| !level.is_empty()).collect();
    Some(Classification { name: text(first, "Denominazione").unwrap_or_default(), code: levels.join(".") })
}

fn reference(node: &Node, notes: &mut Deviations) -> Reference {
    let place = "Riferimenti/Messaggio";
    Reference {
        identifier: node
            .child("Identificatore")
            .map(|node| identifier(node, "Riferimenti/Messaggio/Identificatore", notes)),
        first_registration: first_registration(node, place, notes),
        subject: text(node, "DescrizioneMessaggio").unwrap_or_default(),
        ..Reference::default()
    }
}

fn sender(origin: &Node, notes: &mut Deviations) -> Option<Party> {
    let mut found = party(need(origin, "Mittente", "Intestazione/Origine", notes)?, "Intestazione/Origine", notes)?;
    reach(&mut found, origin);
    Some(found)
}

/// All who stand behind one address; the address alone where nobody is named.
fn recipients(node: &Node, copy: bool, notes: &mut Deviations) -> Vec<Recipient> {
    let place = format!("Intestazione/{}", node.name);
    let confirm = node.attribute("confermaRicezione").is_some_and(|asked| asked.value.trim() == "si");
    let mut parties: Vec<Party> = node.children("Destinatario").filter_map(|node| party(node, &place, notes)).collect();
    if parties.is_empty() {
        let name = text(node, "IndirizzoTelematico").unwrap_or_default();
        let (contacts, people) = (Contacts::default(), Vec::new());
        parties.push(Party::Organization { name, tax_code: None, contacts, people });
    }
    parties.iter_mut().for_each(|party| reach(party, node));
    parties.into_iter().map(|party| Recipient { party, confirm, copy }).collect()
}

/// Adds the address of origin or destination to a party's own, first of all.
fn reach(party: &mut Party, node: &Node) {
    let contacts = match party {
        Party::Administration { contacts, .. }
        | Party::Organization { contacts, .. }
        | Party::ForeignAdministration { contacts, .. }
        | Party::Person(Person { contacts, .. }) => contacts,
    };
    let own = addresses(node);
    contacts.electronic.retain(|address| !own.contains(address));
    contacts.electronic.splice(0..0, own);
}

fn party(node: &Node, place: &str, notes: &mut Deviations) -> Option<Party> {
    let people = |node: &Node, notes: &mut Deviations| {
        node.children("Persona").map(|node| person(node, place, notes)).collect::<Vec<_>>()
    };
    if let Some(body) = node.child("Amministrazione") {
        let mut contacts = contacts(node);
        let (unit, people) = units(body, &mut contacts, place, notes);
        let area = node.child("AOO").map(|area| Code {
            code: text(area, "CodiceAOO").unwrap_or_default(),
            description: text(area, "Denominazione"),
        });
        return Some(Party::Administration {
            name: needed(body, "Denominazione", &format!("{place}/Amministrazione"), notes),
            tax_code: None,
            code: text(body, "CodiceAmministrazione").map(|code| Code { code, description: None }),
            area,
            unit,
            contacts,
            people,
        });
    }
    let (contacts, mut people) = (contacts(node), people(node, notes));
    if let Some(name) = text(node, "Denominazione") {
        return Some(Party::Organization { name, tax_code: None, contacts, people });
    }
    // Several people at one address are one party here: the first, whom the address belongs to.
    if people.is_empty() {
        notes.note(DeviationCode::Missing, format!("{place}/Amministrazione"));
        return None;
    }
    let first = people.swap_remove(0);
    Some(Party::Person(Person { contacts, ..first }))
}

/// The offices within an administration as one, with all who are named and all addresses on the way down.
fn units(body: &Node, reached: &mut Contacts, place: &str, notes: &mut Deviations) -> (Option<Code>, Vec<Person>) {
    let (mut names, mut code, mut people) = (Vec::new(), None, Vec::new());
    let mut level = Some(body);
    while let Some(node) = level {
        let found = contacts(node);
        reached.postal.extend(found.postal);
        reached.electronic.extend(found.electronic);
        reached.phones.extend(found.phones);
        people.extend(node.children("Persona").map(|node| person(node, place, notes)));
        let in_roles = node.children("Ruolo").flat_map(|role| role.children("Persona"));
        people.extend(in_roles.map(|node| person(node, place, notes)));
        level = node.child("UnitaOrganizzativa");
        if let Some(unit) = level {
            names.extend(text(unit, "Denominazione"));
            code = text(unit, "Identificativo").or(code);
        }
    }
    let unit =
        (!names.is_empty()).then(|| Code { code: code.unwrap_or_default(), description: Some(names.join(" / ")) });
    (unit, people)
}

fn person(node: &Node, place: &str, notes: &mut Deviations) -> Person {
    Person {
        given_name: text(node, "Nome").unwrap_or_default(),
        family_name: text(node, "Cognome").or_else(|| text(node, "Denominazione")).unwrap_or_default(),
        title: text(node, "Titolo"),
        tax_code: tax_code(node, "CodiceFiscale", &format!("{place}/Persona"), notes),
        contacts: Contacts::default(),
    }
}

fn addresses(node: &Node) -> Vec<ElectronicAddress> {
    let found = node.children("IndirizzoTelematico").filter(|node| !node.words().is_empty());
    found
        .map(|node| ElectronicAddress {
            kind: match node.attribute("tipo").map(|kind| kind.value.trim()) {
                None | Some("smtp") => "smtp".to_owned(),
                Some("uri") => "url".to_owned(),
                Some(_) => "other".to_owned(),
            },
            address: node.words().to_owned(),
            note: node.attribute("note").map(|note| note.value.clone()).filter(|note| !note.is_empty()),
        })
        .collect()
}

fn contacts(node: &Node) -> Contacts {
    Contacts {
        postal: node.children("IndirizzoPostale").map(postal_address).collect(),
        electronic: addresses(node),
        phones: node.children("Telefono").map(|phone| phone.words().to_owned()).collect(),
    }
}

fn postal_address(node: &Node) -> PostalAddress {
    // The parts stand in an element of their own since 2013.
    let address = node.child("Indirizzo").unwrap_or(node);
    if let Some(whole) = text(node, "Denominazione") {
        return PostalAddress { street: whole, ..PostalAddress::default() };
    }
    let street = address.child("Toponimo").map(|street| {
        let kind = street.attribute("dug").map(|kind| kind.value.trim()).unwrap_or_default();
        format!("{kind} {}", street.words()).trim().to_owned()
    });
    PostalAddress {
        street: street.unwrap_or_default(),
        number: text(address, "Civico"),
        postcode: text(address, "CAP"),
        municipality: text(address, "Comune"),
        province: text(address, "Provincia"),
        country: text(address, "Nazione"),
    }
}

fn document(node: &Node, place: &str, notes: &mut Deviations) -> MarkedDocument {
    let attribute = |name| node.attribute(name).map(|found| found.value.trim().to_owned());
    let print = node.child("Impronta").and_then(|node| {
        let algorithm = node.attribute("algoritmo").map_or("SHA-256", |name| name.value.as_str());
        fingerprint(node, algorithm, &format!("{place}/Impronta"), notes)
    });
    MarkedDocument {
        file_name: attribute("nome").unwrap_or_default(),
        media_type: attribute("tipoMIME").unwrap_or_default(),
        description: text(node, "TitoloDocumento").or_else(|| text(node, "Oggetto")),
        fingerprint: print,
        location: text(node, "CollocazioneTelematica"),
        ..MarkedDocument::default()
    }
}
