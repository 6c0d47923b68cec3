//! Who takes part, and as what? Persons, legal persons, administrations of Italy and of other countries.

use super::finding::FindingCode;
use super::form::Form;
use crate::exchange::{is_personal_tax_code, is_vat_number};

/// PF: a natural person, as a private one or of an administration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    pub family_name: String,
    pub given_name: String,
    pub tax_code: Option<String>,
    /// Where the person acts for an administration, as far as that is known.
    pub body: Option<Body>,
    pub addresses: Vec<String>,
}

/// PG: a legal person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Organization {
    pub name: String,
    pub tax_code: Option<String>,
    pub office: Option<String>,
    pub addresses: Vec<String>,
}

/// A name with its code in the index of public administrations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IpaCode {
    pub name: String,
    pub code: Option<String>,
}

/// An administration, its area, and its office.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Body {
    pub administration: IpaCode,
    pub area: IpaCode,
    pub office: Option<IpaCode>,
}

/// PAI: an Italian administration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Administration {
    pub body: Body,
    pub addresses: Vec<String>,
}

/// PAE: an administration of another country.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ForeignAdministration {
    pub name: String,
    pub office: Option<String>,
    pub addresses: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    Person(Person),
    Organization(Organization),
    Administration(Administration),
    /// An Italian administration whose code is not known, and which so can stand there as a legal person alone.
    Unlisted(Organization),
    Foreign(ForeignAdministration),
}

/// What somebody has to do with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// The administration that registers it.
    Registering(Administration),
    /// To whom it is assigned: an office, and perhaps one of its people.
    Assignee(Option<Person>, Administration),
    Recipient(Subject),
    Sender(Subject),
    Author(Subject),
    Operator(Person),
    DocumentsHead(Person),
    RegistryHead(Person),
    /// The program that made it.
    Producer(String),
    /// Responsible for the procedure.
    Responsible(Person, Administration),
}

impl Role {
    pub(super) fn fill(&self, form: &mut Form<'_>) {
        let subject = |form: &mut Form<'_>, name, subject: &Subject| {
            role(form, name, name, |form| subject.fill(form));
        };
        let person = |form: &mut Form<'_>, name, kind, person: &Person| {
            role(form, name, kind, |form| form.group("PF", |form| person.fill(form)));
        };
        match self {
            Self::Registering(body) => {
                let kind = "Amministrazione Che Effettua La Registrazione";
                role(form, "AmministrazioneCheEffettuaLaRegistrazione", kind, |form| body.fill_as(form, "PAI"));
            }
            Self::Assignee(person, body) => role(form, "Assegnatario", "Assegnatario", |form| {
                form.group("AS", |form| assignee(form, person.as_ref(), body));
            }),
            Self::Recipient(to) => subject(form, "Destinatario", to),
            Self::Sender(from) => subject(form, "Mittente", from),
            Self::Author(by) => subject(form, "Autore", by),
            Self::Operator(one) => person(form, "Operatore", "Operatore", one),
            Self::DocumentsHead(one) => {
                person(form, "ResponsabileGestioneDocumentale", "Responsabile della Gestione Documentale", one);
            }
            Self::RegistryHead(one) => {
                person(form, "ResponsabileServizioProtocollo", "Responsabile del Servizio di Protocollo", one);
            }
            Self::Producer(program) => role(form, "Produttore", "Produttore", |form| {
                form.group("SW", |form| form.text("DenominazioneSistema", program, FindingCode::Name));
            }),
            Self::Responsible(person, body) => responsible(form, person, body),
        }
    }
}

/// A role by its element's name and its fixed text.
pub(super) fn role(form: &mut Form<'_>, name: &'static str, kind: &str, inside: impl FnOnce(&mut Form<'_>)) {
    form.group(name, |form| {
        form.fixed("TipoRuolo", kind);
        inside(form);
    });
}

pub(super) fn responsible(form: &mut Form<'_>, person: &Person, body: &Administration) {
    role(form, "RUP", "RUP", |form| {
        form.group("RUP", |form| {
            person.fill_name(form);
            in_office(form, body);
        });
    });
}

/// AS: an office and perhaps a person in it.
pub(super) fn assignee(form: &mut Form<'_>, person: Option<&Person>, body: &Administration) {
    if let Some(person) = person {
        form.optional("Cognome", Some(&person.family_name));
        form.optional("Nome", Some(&person.given_name));
        form.fitting("CodiceFiscale", person.tax_code.as_deref(), is_personal_tax_code, FindingCode::PersonTaxCode);
    }
    in_office(form, body);
}

/// An administration whose office must be named.
fn in_office(form: &mut Form<'_>, body: &Administration) {
    if body.body.office.is_none() {
        form.missing("IPAUOR", FindingCode::Office);
    }
    body.fill(form);
}

impl Subject {
    fn fill(&self, form: &mut Form<'_>) {
        match self {
            Self::Person(person) => form.group("PF", |form| person.fill(form)),
            Self::Organization(organization) => form.group("PG", |form| organization.fill(form)),
            Self::Administration(body) => body.fill_as(form, "PAI"),
            Self::Unlisted(organization) => {
                form.missing("PAI", FindingCode::BodyAsBusiness);
                form.group("PG", |form| organization.fill(form));
            }
            Self::Foreign(body) => body.fill_as(form),
        }
    }
}

impl Person {
    pub(super) fn fill(&self, form: &mut Form<'_>) {
        self.fill_name(form);
        if let Some(body) = &self.body {
            body.fill(form);
        }
        form.texts("IndirizziDigitaliDiRiferimento", &self.addresses);
    }

    fn fill_name(&self, form: &mut Form<'_>) {
        form.text("Cognome", &self.family_name, FindingCode::Name);
        form.text("Nome", &self.given_name, FindingCode::GivenName);
        form.fitting("CodiceFiscale", self.tax_code.as_deref(), is_personal_tax_code, FindingCode::PersonTaxCode);
    }
}

impl Organization {
    pub(super) fn fill(&self, form: &mut Form<'_>) {
        form.text("DenominazioneOrganizzazione", &self.name, FindingCode::Name);
        form.fitting("CodiceFiscale_PartitaIva", self.tax_code.as_deref(), is_vat_number, FindingCode::VatNumber);
        form.optional("DenominazioneUfficio", self.office.as_deref());
        form.texts("IndirizziDigitaliDiRiferimento", &self.addresses);
    }
}

impl Administration {
    pub(super) fn fill_as(&self, form: &mut Form<'_>, name: &'static str) {
        form.group(name, |form| self.fill(form));
    }

    fn fill(&self, form: &mut Form<'_>) {
        self.body.fill(form);
        addresses(form, &self.addresses);
    }
}

impl ForeignAdministration {
    pub(super) fn fill_as(&self, form: &mut Form<'_>) {
        form.group("PAE", |form| {
            form.text("DenominazioneAmministrazione", &self.name, FindingCode::Name);
            form.optional("DenominazioneUfficio", self.office.as_deref());
            addresses(form, &self.addresses);
        });
    }
}

impl Body {
    fn fill(&self, form: &mut Form<'_>) {
        form.group("IPAAmm", |form| self.administration.fill(form, FindingCode::BodyCode));
        form.group("IPAAOO", |form| self.area.fill(form, FindingCode::BodyCode));
        if let Some(office) = &self.office {
            form.group("IPAUOR", |form| office.fill(form, FindingCode::OfficeCode));
        }
    }
}

impl IpaCode {
    fn fill(&self, form: &mut Form<'_>, otherwise: FindingCode) {
        form.text("Denominazione", &self.name, FindingCode::Name);
        form.text("CodiceIPA", self.code.as_deref().unwrap_or_default(), otherwise);
    }
}

/// The addresses of an administration, which has at least one.
fn addresses(form: &mut Form<'_>, addresses: &[String]) {
    if addresses.iter().all(|address| address.trim().is_empty()) {
        form.missing("IndirizziDigitaliDiRiferimento", FindingCode::Address);
    }
    form.texts("IndirizziDigitaliDiRiferimento", addresses);
}
