//! How are marks and messages of 2021 written, so that the published schemas accept them?
//!
//! What the schema cannot say is refused here with the place named, never bent: who makes a mark knows what to leave
//! out. Postal addresses are not written, since the schema asks for postcodes of six digits.

use super::canonical::{Attribute, Canonical};
use super::mark::{
    Classification, Code, Contacts, DossierReference, Identifier, Mark, MarkedDocument, Party, Person, Recipient,
    Reference, Signed,
};
use super::messages::{Message, Received};
use super::read::{is_number, is_personal_tax_code, is_register, is_vat_number};

/// The namespace of marks, and of what messages have in common with them.
pub(super) const PROTOCOL: &str = "http://www.agid.gov.it/protocollo/";
/// The namespace of messages by certified mail.
pub(super) const MAIL: &str = "http://www.agid.gov.it/protocollo/pec/";
pub(super) const VERSION: &str = "3.0.0";

/// How a mark is sent, which decides the namespace of its root and of nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// From service to service, or kept.
    Cooperation,
    /// By certified mail.
    Mail,
}

impl Carrier {
    const fn root(self) -> &'static str {
        match self {
            Self::Cooperation => "prot:SegnaturaInformatica",
            Self::Mail => "pec:SegnaturaInformatica",
        }
    }
}

/// What the schema cannot express.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct Unwritable {
    pub place: &'static str,
    pub why: &'static str,
}

type Written = Result<(), Unwritable>;

/// A mark in its canonical form, without the seal that the schema asks for as its last element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsealed {
    xml: String,
    end: usize,
}

impl Unsealed {
    /// What a seal signs: the whole mark but for the seal.
    pub fn canonical(&self) -> &str {
        &self.xml
    }

    /// With the seal in its place.
    pub(super) fn with(&self, signature: &str) -> String {
        let (before, end) = self.xml.split_at(self.end);
        [before, signature, end].concat()
    }
}

impl Reference {
    /// Whether the schema can say it.
    pub fn is_writable(&self) -> bool {
        reference(&mut Canonical::default(), self).is_ok()
    }
}

impl Mark {
    /// Writes the mark.
    ///
    /// # Errors
    /// When something in it has no place in the schema, or something is missing that has one.
    pub fn write(&self, carrier: Carrier) -> Result<Unsealed, Unwritable> {
        let mut xml = Canonical::default();
        let root = carrier.root();
        let attributes: &[Attribute<'_>] = &[("prot:lang", "it"), ("prot:versione", VERSION)];
        match carrier {
            Carrier::Cooperation => xml.open(root, &[&[("xmlns:prot", PROTOCOL)], attributes].concat()),
            // Sorted by prefix, as the canonical form has declarations.
            Carrier::Mail => xml.open(root, &[&[("xmlns:pec", MAIL), ("xmlns:prot", PROTOCOL)], attributes].concat()),
        }
        within(&mut xml, "prot:Intestazione", |xml| self.head(xml))?;
        match self.references.as_slice() {
            [] => {}
            [one] => within(&mut xml, "prot:Riferimenti", |xml| reference(xml, one))?,
            _ => return refuse("Riferimenti", "more than one message that is answered"),
        }
        within(&mut xml, "prot:Descrizione", |xml| self.description(xml))?;
        let end = xml.as_str().len();
        xml.close(root);
        Ok(Unsealed { xml: xml.finish(), end })
    }

    fn head(&self, xml: &mut Canonical) -> Written {
        identifier(xml, "prot:Identificatore", &self.identifier)?;
        if let Some(first) = &self.first_registration {
            identifier(xml, "prot:PrimaRegistrazione", first)?;
        }
        xml.text("prot:Oggetto", &[], &self.subject);
        classification(xml, self.classification.as_ref())?;
        dossier(xml, self.dossier.as_ref());
        if self.confidential {
            let note = self.confidential_note.as_deref().map(|note| ("prot:note", note));
            xml.text("prot:Riservato", note.as_slice(), "true");
        }
        Ok(())
    }

    fn description(&self, xml: &mut Canonical) -> Written {
        let Some(sender) = &self.sender else { return refuse("Mittente", "missing") };
        within(xml, "prot:Mittente", |xml| party(xml, sender))?;
        if self.recipients.is_empty() {
            return refuse("Destinatario", "missing");
        }
        for Recipient { party: to, confirm, copy } in &self.recipients {
            let said = |flag: bool| if flag { "true" } else { "false" };
            let attributes = [("prot:confermaRicezione", said(*confirm)), ("prot:perConoscenza", said(*copy))];
            xml.open("prot:Destinatario", &attributes);
            party(xml, to)?;
            xml.close("prot:Destinatario");
        }
        let Some(primary) = &self.document else { return refuse("DocumentoPrimario", "missing") };
        document(xml, "prot:DocumentoPrimario", primary)?;
        self.attachments.iter().try_for_each(|attachment| document(xml, "prot:Allegato", attachment))
    }
}

impl Message {
    /// Writes the message, as certified mail carries it.
    ///
    /// # Errors
    /// When something in it has no place in the schema.
    pub fn write(&self) -> Result<String, Unwritable> {
        let mut xml = Canonical::default();
        let name = match self {
            Self::Confirmation { .. } => "pec:ConfermaRicezione",
            Self::Update { .. } => "pec:AggiornamentoConferma",
            Self::Exception { .. } => "pec:NotificaEccezione",
            Self::Annulment { .. } => "pec:AnnullamentoProtocollazione",
        };
        let attributes = [("xmlns:pec", MAIL), ("xmlns:prot", PROTOCOL), ("pec:lang", "it"), ("pec:versione", VERSION)];
        xml.open(name, &attributes);
        match self {
            Self::Confirmation { identifier: own, received: to } | Self::Update { identifier: own, received: to } => {
                identifier(&mut xml, "pec:Identificatore", own)?;
                received(&mut xml, to)?;
            }
            Self::Exception { identifier: own, received: to, reason } => {
                if let Some(own) = own {
                    identifier(&mut xml, "pec:Identificatore", own)?;
                }
                received(&mut xml, to)?;
                xml.text("pec:Motivo", &[], &reason.written());
            }
            Self::Annulment { identifier: own, reason, act } => {
                identifier(&mut xml, "pec:Identificatore", own)?;
                xml.text("pec:Motivo", &[], reason);
                xml.text("pec:Provvedimento", &[], act);
            }
        }
        xml.close(name);
        Ok(xml.finish())
    }
}

fn refuse<T>(place: &'static str, why: &'static str) -> Result<T, Unwritable> {
    Err(Unwritable { place, why })
}

/// An element whose content may be refused.
fn within(xml: &mut Canonical, name: &str, inside: impl FnOnce(&mut Canonical) -> Written) -> Written {
    xml.open(name, &[]);
    inside(xml)?;
    xml.close(name);
    Ok(())
}

fn received(xml: &mut Canonical, received: &Received) -> Written {
    within(xml, "pec:MessaggioRicevuto", |xml| {
        match received {
            Received::Registered { identifier: registered, first_registration } => {
                identifier(xml, "pec:Identificatore", registered)?;
                if let Some(first) = first_registration {
                    identifier(xml, "pec:PrimaRegistrazione", first)?;
                }
            }
            Received::Described(text) => xml.text("pec:DescrizioneMessaggio", &[], text),
        }
        Ok(())
    })
}

fn identifier(xml: &mut Canonical, name: &str, identifier: &Identifier) -> Written {
    let Identifier { administration, area, register, number, date, time } = identifier;
    if administration.code.is_empty() || area.code.is_empty() {
        return refuse("Identificatore", "no IPA code of administration or area");
    }
    if !is_register(register) {
        return refuse("CodiceRegistro", "longer than 16 characters, or with others than it may have");
    }
    if !is_number(number) {
        return refuse("NumeroRegistrazione", "fewer than seven digits");
    }
    let Some(date) = date else { return refuse("DataRegistrazione", "missing") };
    within(xml, name, |xml| {
        code(xml, "prot:CodiceAmministrazione", Some(administration));
        code(xml, "prot:CodiceAOO", Some(area));
        xml.text("prot:CodiceRegistro", &[], register);
        xml.text("prot:NumeroRegistrazione", &[], number);
        xml.text("prot:DataRegistrazione", &[], &date.to_string());
        xml.optional("prot:OraRegistrazione", time.map(|time| time.to_string()).as_deref());
        Ok(())
    })
}

fn code(xml: &mut Canonical, name: &str, code: Option<&Code>) {
    if let Some(Code { code, description }) = code {
        let description = description.as_deref().map(|text| ("prot:descrizione", text));
        xml.text(name, description.as_slice(), code);
    }
}

fn reference(xml: &mut Canonical, reference: &Reference) -> Written {
    let Some(identified) = &reference.identifier else { return refuse("Riferimenti/Identificatore", "missing") };
    identifier(xml, "prot:Identificatore", identified)?;
    if let Some(first) = &reference.first_registration {
        identifier(xml, "prot:PrimaRegistrazione", first)?;
    }
    xml.text("prot:Oggetto", &[], &reference.subject);
    classification(xml, reference.classification.as_ref())?;
    dossier(xml, reference.dossier.as_ref());
    Ok(())
}

fn classification(xml: &mut Canonical, classification: Option<&Classification>) -> Written {
    let Some(Classification { name, code }) = classification else { return refuse("Classifica", "missing") };
    xml.element("prot:Classifica", &[], |xml| {
        xml.text("prot:Denominazione", &[], name);
        xml.text("prot:CodiceFlat", &[], code);
    });
    Ok(())
}

fn dossier(xml: &mut Canonical, dossier: Option<&DossierReference>) {
    if let Some(DossierReference { name, code }) = dossier {
        xml.element("prot:Fascicolo", &[], |xml| {
            xml.text("prot:Denominazione", &[], name);
            xml.text("prot:CodiceFascicolo", &[], code);
        });
    }
}

fn party(xml: &mut Canonical, party: &Party) -> Written {
    match party {
        Party::Administration { name, tax_code, code: own, area, unit, contacts: reached, people } => {
            if own.as_ref().is_none_or(|own| own.code.is_empty()) {
                return refuse("CodiceIPAAmministrazione", "missing");
            }
            within(xml, "prot:Amministrazione", |xml| {
                xml.text("prot:DenominazioneAmministrazione", &[], name);
                vat_number(xml, "prot:CFAmministrazione", tax_code.as_deref())?;
                code(xml, "prot:CodiceIPAAmministrazione", own.as_ref());
                contacts(xml, "prot:ContattiAmministrazione", reached);
                code(xml, "prot:CodiceIPAAOO", area.as_ref());
                code(xml, "prot:CodiceIPAUO", unit.as_ref());
                people.iter().try_for_each(|one| person(xml, one))
            })
        }
        Party::Organization { name, tax_code, contacts: reached, people } => {
            within(xml, "prot:PersonaGiuridica", |xml| {
                xml.text("prot:Denominazione", &[], name);
                vat_number(xml, "prot:PIVAoCF", tax_code.as_deref())?;
                contacts(xml, "prot:ContattiPersonaGiuridica", reached);
                people.iter().try_for_each(|one| person(xml, one))
            })
        }
        Party::Person(one) => person(xml, one),
        Party::ForeignAdministration { name, office, contacts: reached } => {
            xml.element("prot:AmministrazioneEstera", &[], |xml| {
                xml.text("prot:DenominazioneAmministrazione", &[], name);
                xml.optional("prot:DenominazioneUfficio", office.as_deref());
                contacts(xml, "prot:ContattiAmministrazione", reached);
            });
            Ok(())
        }
    }
}

fn vat_number(xml: &mut Canonical, name: &str, code: Option<&str>) -> Written {
    if code.is_some_and(|code| !is_vat_number(code)) {
        return refuse("PIVAoCF", "not of eleven digits");
    }
    xml.optional(name, code);
    Ok(())
}

fn person(xml: &mut Canonical, person: &Person) -> Written {
    if person.tax_code.as_deref().is_some_and(|code| !is_personal_tax_code(code)) {
        return refuse("CodiceFiscale", "no tax code of a person");
    }
    xml.element("prot:PersonaFisica", &[], |xml| {
        xml.text("prot:Nome", &[], &person.given_name);
        xml.text("prot:Cognome", &[], &person.family_name);
        xml.optional("prot:Titolo", person.title.as_deref());
        xml.optional("prot:CodiceFiscale", person.tax_code.as_deref());
        contacts(xml, "prot:Contatti", &person.contacts);
    });
    Ok(())
}

fn contacts(xml: &mut Canonical, name: &str, contacts: &Contacts) {
    if contacts.electronic.is_empty() && contacts.phones.is_empty() {
        return;
    }
    xml.element(name, &[], |xml| {
        for address in &contacts.electronic {
            let kind = match address.kind.as_str() {
                kind @ ("smtp" | "url") => kind,
                _ => "other",
            };
            let mut attributes = Vec::from_iter(address.note.as_deref().map(|note| ("prot:note", note)));
            attributes.push(("prot:tipo", kind));
            xml.text("prot:IndirizzoTelematico", &attributes, &address.address);
        }
        contacts.phones.iter().for_each(|phone| xml.text("prot:Telefono", &[], phone));
    });
}

fn document(xml: &mut Canonical, name: &str, document: &MarkedDocument) -> Written {
    let MarkedDocument { file_name, media_type, description, fingerprint, location, .. } = document;
    if file_name.is_empty() || media_type.is_empty() {
        return refuse("DocumentoPrimario", "no file name or media type");
    }
    let Some(fingerprint) = fingerprint else { return refuse("Impronta", "missing") };
    if location.is_some() {
        return refuse("CollocazioneTelematica", "documents are sent along, never fetched");
    }
    xml.element(name, &[("prot:mimeType", media_type), ("prot:nomeFile", file_name)], |xml| {
        xml.optional("prot:Descrizione", description.as_deref());
        xml.text("prot:Impronta", &[("prot:algoritmo", &fingerprint.algorithm)], &fingerprint.base64());
        signed(xml, "prot:firmatoDigitalmente", document.signed.as_ref());
        signed(xml, "prot:sigillatoElettronicamente", document.sealed.as_ref());
        signed(xml, "prot:marcaturaTemporale", document.time_stamped.as_ref());
    });
    Ok(())
}

fn signed(xml: &mut Canonical, name: &str, signed: Option<&Signed>) {
    let Some(Signed { detached }) = signed else { return };
    xml.element(name, &[], |xml| {
        if detached.is_empty() {
            xml.text("prot:UnDetached", &[], "true");
        }
        for one in detached {
            let order = one.order.to_string();
            let mut attributes = Vec::from_iter(one.media_type.as_deref().map(|kind| ("prot:mimeType", kind)));
            attributes.extend([("prot:nomeFile", one.file_name.as_str()), ("prot:order", order.as_str())]);
            xml.text("prot:Detached", &attributes, "true");
        }
    });
}
