//! AggregazioneDocumentaliInformatiche: a dossier or a series, with those who take part and the documents in it.

use jiff::civil::{Date, DateTime};

use super::document::{Classification, Identity, day, described, retention, whole};
use super::finding::FindingCode;
use super::form::{Described, Form, Tree};
use super::subjects::{Administration, ForeignAdministration, Organization, Person, assignee, responsible, role};
use super::{Aggregation, AggregationKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DossierKind {
    Affair,
    Activity,
    Person,
    LegalPerson,
    Procedure,
}

impl DossierKind {
    pub const ALL: [Self; 5] = [Self::Affair, Self::Activity, Self::Person, Self::LegalPerson, Self::Procedure];

    const fn written(self) -> &'static str {
        match self {
            Self::Affair => "affare",
            Self::Activity => "attività",
            Self::Person => "persona fisica",
            Self::LegalPerson => "persona giuridica",
            Self::Procedure => "procedimento amministrativo",
        }
    }
}

/// What somebody has to do with a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DossierRole {
    Owner(Administration),
    Participant(Administration),
    ForeignParticipant(ForeignAdministration),
    /// Whom it concerns.
    Person(Person),
    LegalPerson(Organization),
    Responsible(Person, Administration),
    Assignee(Option<Person>, Administration),
    /// A party of which is not known what it is.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignmentKind {
    /// Must act.
    Responsible,
    /// Must know.
    Information,
}

/// Who has it, and since when. One that goes on has no end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub kind: AssignmentKind,
    pub person: Option<Person>,
    pub body: Administration,
    pub from: DateTime,
    pub until: Option<DateTime>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhaseKind {
    Preparation,
    Inquiry,
    Consultation,
    Decision,
    Completion,
}

impl PhaseKind {
    pub const ALL: [Self; 5] = [Self::Preparation, Self::Inquiry, Self::Consultation, Self::Decision, Self::Completion];

    /// Its element and its fixed text.
    const fn written(self) -> (&'static str, &'static str) {
        match self {
            Self::Preparation => ("Preparatoria", "Preparatoria"),
            Self::Inquiry => ("Istruttoria", "Istruttoria"),
            Self::Consultation => ("Consultiva", "Consultiva"),
            Self::Decision => ("DecisoriaODeliberativa", "Decisoria o deliberativa"),
            Self::Completion => ("IntegrazioneDellEfficacia", "Integrazione dell'efficacia"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    pub kind: PhaseKind,
    pub from: Date,
    pub until: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Procedure {
    pub matter: String,
    pub name: String,
    /// The address of the catalogue.
    pub catalogue: String,
    pub phases: Vec<Phase>,
}

/// A document in the dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedDocument {
    pub identity: Identity,
    pub registered: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    pub identity: Aggregation,
    pub kind: Option<DossierKind>,
    pub roles: Vec<DossierRole>,
    pub assignments: Vec<Assignment>,
    pub opened: Date,
    pub classification: Option<Classification>,
    /// Within its year and class.
    pub ordinal: Option<u32>,
    pub subject: String,
    pub keywords: Vec<String>,
    pub closed: bool,
    pub closed_on: Option<Date>,
    pub procedure: Option<Procedure>,
    pub documents: Vec<IndexedDocument>,
    /// An entry in it waits for its document.
    pub awaits_documents: bool,
    /// There are documents in it that the reader may not see.
    pub withholds: bool,
    /// Where its paper lies.
    pub location: Option<String>,
    /// The dossier of which it is a part.
    pub parent: Option<Aggregation>,
    pub retention: Option<u16>,
    pub note: Option<String>,
}

impl Dossier {
    pub fn describe(&self) -> Described {
        Tree::fill("AggregazioneDocumentaliInformatiche", |form| {
            form.group("IdAgg", |form| self.identity.fill(form));
            match self.kind {
                Some(kind) => form.fixed("TipologiaFascicolo", kind.written()),
                None if self.identity.kind == AggregationKind::Dossier => {
                    form.missing("TipologiaFascicolo", FindingCode::DossierKind);
                }
                None => {}
            }
            form.group("Soggetti", |form| self.fill_roles(form));
            if self.assignments.is_empty() {
                form.missing("Assegnazione", FindingCode::Assignment);
            } else {
                form.group("Assegnazione", |form| {
                    form.each("TipoAssegnazione", &self.assignments, |form, one| one.fill(form));
                });
            }
            form.fixed("DataApertura", self.opened);
            match &self.classification {
                Some(class) => class.fill(form),
                None => form.missing("Classificazione", FindingCode::Classification),
            }
            match self.ordinal {
                Some(ordinal) => form.number("Progressivo", ordinal),
                None => form.missing("Progressivo", FindingCode::Ordinal),
            }
            described(form, &self.subject, &self.keywords);
            day(form, "DataChiusura", self.closed_on);
            if self.closed && self.closed_on.is_none() {
                form.missing("DataChiusura", FindingCode::Closing);
            }
            match &self.procedure {
                Some(procedure) => form.group("ProcedimentoAmministrativo", |form| procedure.fill(form)),
                None if self.kind == Some(DossierKind::Procedure) => {
                    form.missing("ProcedimentoAmministrativo", FindingCode::Procedure);
                }
                None => {}
            }
            form.group("IndiceDocumenti", |form| self.fill_index(form));
            form.optional("PosizioneFisicaAggregazioneDocumentale", self.location.as_deref());
            if let Some(parent) = &self.parent {
                form.group("IdAggPrimario", |form| parent.fill(form));
            }
            retention(form, self.retention);
            form.optional("Note", self.note.as_deref());
        })
    }

    fn fill_roles(&self, form: &mut Form<'_>) {
        let known = self.roles.iter().filter(|role| !matches!(role, DossierRole::Unknown));
        form.each("Ruolo", known, |form, role| role.fill(form));
        let has = |wanted: fn(&DossierRole) -> bool| self.roles.iter().any(wanted);
        if has(|role| matches!(role, DossierRole::Unknown)) {
            form.left_out("Ruolo", FindingCode::PartyKind);
        }
        if !has(|role| matches!(role, DossierRole::Owner(_))) {
            form.missing("Ruolo", FindingCode::Owner);
        }
        if self.kind == Some(DossierKind::Procedure) && !has(|role| matches!(role, DossierRole::Responsible(..))) {
            form.missing("Ruolo", FindingCode::Responsible);
        }
    }

    fn fill_index(&self, form: &mut Form<'_>) {
        form.each("TipoDocumento", &self.documents, |form, document| {
            // The schema's own spelling.
            let name = if document.registered { "DocumentoAmministativoinformatico" } else { "Documentoinformatico" };
            form.group(name, |form| document.identity.fill(form, document.registered));
        });
        if self.withholds {
            form.left_out("TipoDocumento", FindingCode::Withheld);
        }
        if self.awaits_documents {
            form.left_out("TipoDocumento", FindingCode::ItemWithoutDocument);
        }
    }
}

impl DossierRole {
    fn fill(&self, form: &mut Form<'_>) {
        match self {
            Self::Owner(body) => {
                role(form, "AmministrazioneTitolare", "Amministrazione Titolare", |form| body.fill_as(form, "PAI"));
            }
            Self::Participant(body) => {
                role(form, "AmministrazionePartecipante", "Amministrazione Partecipante", |form| {
                    body.fill_as(form, "PAI");
                });
            }
            Self::ForeignParticipant(body) => {
                role(form, "AmministrazionePartecipante", "Amministrazione Partecipante", |form| body.fill_as(form));
            }
            Self::Person(person) => {
                role(form, "SoggettoIntestatarioPersonaFisica", "Soggetto Intestatario Persona Fisica", |form| {
                    form.group("PF", |form| person.fill(form));
                });
            }
            Self::LegalPerson(one) => {
                role(form, "SoggettoIntestatarioPersonaGiuridica", "Soggetto Intestatario Persona Giuridica", |form| {
                    form.group("PG", |form| one.fill(form));
                });
            }
            Self::Responsible(person, body) => responsible(form, person, body),
            Self::Assignee(person, body) => role(form, "Assegnatario", "Assegnatario", |form| {
                form.group("AS", |form| assignee(form, person.as_ref(), body));
            }),
            Self::Unknown => {}
        }
    }
}

impl Assignment {
    fn fill(&self, form: &mut Form<'_>) {
        let (name, kind) = match self.kind {
            AssignmentKind::Responsible => ("PerCompetenza", "Per Competenza"),
            AssignmentKind::Information => ("PerConoscenza", "Per Conoscenza"),
        };
        form.group(name, |form| {
            form.fixed("TipoAssegnazioneRuolo", kind);
            form.group("SoggettoAssegnatario", |form| assignee(form, self.person.as_ref(), &self.body));
            form.fixed("DataInizioAssegnazione", self.from.date());
            form.fixed("OraInizioAssegnazione", whole(self.from.time()));
            if let Some(until) = self.until {
                form.fixed("DataFineAssegnazione", until.date());
                form.fixed("OraFineAssegnazione", whole(until.time()));
            }
        });
    }
}

impl Procedure {
    fn fill(&self, form: &mut Form<'_>) {
        form.text("MateriaArgomentoStruttura", &self.matter, FindingCode::ProcedureMatter);
        form.text("Procedimento", &self.name, FindingCode::ProcedureName);
        form.text("CatalogoProcedimenti", &self.catalogue, FindingCode::ProcedureCatalogue);
        if self.phases.is_empty() {
            return;
        }
        form.group("Fasi", |form| {
            form.each("TipoFase", &self.phases, |form, phase| {
                let (name, kind) = phase.kind.written();
                form.group(name, |form| {
                    form.fixed("Fase", kind);
                    form.fixed("DataInizioFase", phase.from);
                    day(form, "DataFineFase", phase.until);
                });
            });
        });
    }
}
