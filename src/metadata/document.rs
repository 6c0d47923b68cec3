//! DocumentoAmministrativoInformatico, and DocumentoInformatico for what is not registered.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::{Date, DateTime, Time};

use super::finding::FindingCode;
use super::form::{Described, Form, Tree};
use super::subjects::{Person, Role};
use super::{Aggregation, PERMANENT};
use crate::digest::Sha256;
use crate::exchange::{is_number, is_register};

const KEYWORDS_MAX: usize = 5;
const ATTACHMENTS_MAX: usize = 9_999;

/// IdDoc: which document it is, anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub sha256: Sha256,
    pub id: String,
    /// The mark, where it is registered.
    pub mark: Option<String>,
}

/// How the document came to be, in the four ways of the guidelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formation {
    Written,
    Acquired,
    Submitted,
    Generated,
}

impl Formation {
    pub const ALL: [Self; 4] = [Self::Written, Self::Acquired, Self::Submitted, Self::Generated];

    const fn text(self) -> &'static str {
        match self {
            Self::Written => {
                "creazione tramite utilizzo di strumenti software che assicurino la produzione di documenti nei formati \
                 previsti in allegato 2"
            }
            Self::Acquired => {
                "acquisizione di un documento informatico per via telematica o su supporto informatico, acquisizione \
                 della copia per immagine su supporto informatico di un documento analogico, acquisizione della copia \
                 informatica di un documento analogico"
            }
            Self::Submitted => {
                "memorizzazione su supporto informatico in formato digitale delle informazioni risultanti da \
                 transazioni o processi informatici o dalla presentazione telematica di dati attraverso moduli o \
                 formulari resi disponibili ad utente"
            }
            Self::Generated => {
                "generazione o raggruppamento anche in via automatica di un insieme di dati o registrazioni, \
                 provenienti da una o più banche dati, anche appartenenti a più soggetti interoperanti, secondo una \
                 struttura logica predeterminata e memorizzata in forma statica"
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    Incoming,
    Outgoing,
    Internal,
}

/// Where it is registered. What is in no register makes a DocumentoInformatico.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registration {
    Protocol {
        at: DateTime,
        number: String,
        register: String,
    },
    /// A register of its own: of decrees, of contracts.
    Repertory {
        at: DateTime,
        number: String,
        register: String,
    },
    None {
        at: DateTime,
        number: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub identity: Identity,
    pub description: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classification {
    pub code: String,
    pub name: String,
    /// The address of the scheme.
    pub scheme: Option<String>,
}

/// The program that made a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Software {
    pub name: Option<String>,
    pub version: Option<String>,
    pub maker: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Format {
    pub name: String,
    pub software: Option<Software>,
}

/// What was found in the file; `None` when nobody has looked yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verification {
    pub signed: Option<bool>,
    pub sealed: Option<bool>,
    pub time_stamped: Option<bool>,
    /// Attested to be the image of a paper.
    pub conforming_copy: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    Annulment,
    Correction,
    Addition,
    Annotation,
}

impl ChangeKind {
    pub const ALL: [Self; 4] = [Self::Annulment, Self::Correction, Self::Addition, Self::Annotation];
}

/// What was done to it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub kind: ChangeKind,
    pub by: Person,
    pub at: DateTime,
    /// What it was before.
    pub before: Identity,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub identity: Identity,
    pub formation: Formation,
    pub kind: String,
    pub flow: Flow,
    pub registration: Registration,
    pub roles: Vec<Role>,
    pub subject: String,
    pub keywords: Vec<String>,
    pub attachments: Vec<Attachment>,
    pub classification: Option<Classification>,
    pub confidential: bool,
    pub format: Format,
    pub verification: Verification,
    pub aggregations: Vec<Aggregation>,
    /// The document to which it is attached.
    pub primary: Option<Identity>,
    pub file_name: String,
    pub version: u32,
    pub annulled: bool,
    pub change: Option<Change>,
    /// Years; [`PERMANENT`] for ever.
    pub retention: Option<u16>,
    pub note: Option<String>,
}

impl Document {
    pub fn describe(&self) -> Described {
        let root = if self.registered() { "DocumentoAmministrativoInformatico" } else { "DocumentoInformatico" };
        Tree::fill(root, |form| {
            form.group("IdDoc", |form| self.identity.fill(form, self.registered()));
            form.fixed("ModalitaDiFormazione", self.formation.text());
            form.text("TipologiaDocumentale", &self.kind, FindingCode::Kind);
            form.group("DatiDiRegistrazione", |form| self.fill_registration(form));
            self.fill_roles(form);
            described(form, &self.subject, &self.keywords);
            form.group("Allegati", |form| self.fill_attachments(form));
            match &self.classification {
                Some(class) => class.fill(form),
                None if self.registered() => form.missing("Classificazione", FindingCode::Classification),
                None => {}
            }
            form.flag("Riservato", self.confidential);
            form.group("IdentificativoDelFormato", |form| self.format.fill(form));
            form.group("Verifica", |form| self.verification.fill(form));
            if !self.aggregations.is_empty() {
                form.group("Agg", |form| form.each("TipoAgg", &self.aggregations, |form, one| one.fill(form)));
            } else if self.registered() {
                form.missing("Agg", FindingCode::Aggregation);
            }
            if let Some(primary) = &self.primary {
                form.group("IdIdentificativoDocumentoPrimario", |form| primary.fill(form, self.registered()));
            }
            form.text("NomeDelDocumento", &self.file_name, FindingCode::FileName);
            form.fixed("VersioneDelDocumento", self.version);
            self.fill_change(form);
            retention(form, self.retention);
            form.optional("Note", self.note.as_deref());
        })
    }

    const fn registered(&self) -> bool {
        !matches!(self.registration, Registration::None { .. })
    }

    fn fill_registration(&self, form: &mut Form<'_>) {
        let flow = match self.flow {
            Flow::Incoming => "E",
            Flow::Outgoing => "U",
            Flow::Internal => "I",
        };
        form.fixed("TipologiaDiFlusso", flow);
        form.group("TipoRegistro", |form| match &self.registration {
            Registration::Protocol { at, number, register } => {
                form.group("ProtocolloOrdinario_ProtocolloEmergenza", |form| {
                    form.fixed("TipoRegistro", "ProtocolloOrdinario\\ProtocolloEmergenza");
                    form.fixed("DataProtocollazioneDocumento", at.date());
                    form.fixed("OraProtocollazioneDocumento", whole(at.time()));
                    let fits = if is_number(number) { number } else { "" };
                    form.text("NumeroProtocolloDocumento", fits, FindingCode::Number);
                    fill_register(form, register);
                });
            }
            Registration::Repertory { at, number, register } => {
                form.group("Repertorio_Registro", |form| {
                    form.fixed("TipoRegistro", "Repertorio\\Registro");
                    form.fixed("DataRegistrazioneDocumento", at.date());
                    form.fixed("OraRegistrazioneDocumento", whole(at.time()));
                    form.text("NumeroRegistrazioneDocumento", number, FindingCode::Number);
                    fill_register(form, register);
                });
            }
            Registration::None { at, number } => {
                form.group("Nessuno", |form| {
                    form.fixed("TipoRegistro", "Nessuno");
                    form.fixed("DataDocumento", at.date());
                    form.fixed("OraDocumento", whole(at.time()));
                    form.text("NumeroDocumento", number, FindingCode::Number);
                });
            }
        });
    }

    fn fill_roles(&self, form: &mut Form<'_>) {
        form.group("Soggetti", |form| {
            form.each("Ruolo", &self.roles, |form, role| role.fill(form));
            let has = |wanted: fn(&Role) -> bool| self.roles.iter().any(wanted);
            if self.registered() && !has(|role| matches!(role, Role::Registering(_))) {
                form.missing("Ruolo", FindingCode::RegisteringBody);
            }
            if !has(|role| matches!(role, Role::Author(_) | Role::Sender(_))) {
                form.missing("Ruolo", FindingCode::Author);
            }
        });
    }

    fn fill_attachments(&self, form: &mut Form<'_>) {
        let kept = &self.attachments[..self.attachments.len().min(ATTACHMENTS_MAX)];
        if kept.len() < self.attachments.len() {
            form.left_out("IndiceAllegati", FindingCode::Attachments);
        }
        form.number("NumeroAllegati", kept.len() as u32);
        form.each("IndiceAllegati", kept, |form, attachment| {
            form.group("IdDoc", |form| attachment.identity.fill(form, self.registered()));
            form.text("Descrizione", &attachment.description, FindingCode::AttachmentDescription);
        });
    }

    fn fill_change(&self, form: &mut Form<'_>) {
        let Some(change) = &self.change else {
            if self.annulled || self.version > 1 {
                form.missing("TracciatureModificheDocumento", FindingCode::Changes);
            }
            return;
        };
        form.group("TracciatureModificheDocumento", |form| {
            let kind = match change.kind {
                ChangeKind::Annulment => "Annullamento",
                ChangeKind::Correction => "Rettifica",
                ChangeKind::Addition => "Integrazione",
                ChangeKind::Annotation => "Annotazione",
            };
            form.fixed("TipoModifica", kind);
            form.group("SoggettoAutoreDellaModifica", |form| change.by.fill(form));
            form.fixed("DataModifica", change.at.date());
            form.fixed("OraModifica", whole(change.at.time()));
            form.group("IdDocVersionePrecedente", |form| change.before.fill(form, self.registered()));
        });
    }
}

impl Identity {
    pub(super) fn fill(&self, form: &mut Form<'_>, registered: bool) {
        form.group("ImprontaCrittograficaDelDocumento", |form| {
            form.fixed("Impronta", STANDARD.encode(self.sha256.as_bytes()));
            form.fixed("Algoritmo", "SHA-256");
        });
        form.text("Identificativo", &self.id, FindingCode::Identifier);
        form.optional("Segnatura", self.mark.as_deref());
        if registered && self.mark.as_deref().is_none_or(|mark| mark.trim().is_empty()) {
            form.missing("Segnatura", FindingCode::Mark);
        }
    }
}

impl Classification {
    pub(super) fn fill(&self, form: &mut Form<'_>) {
        form.group("Classificazione", |form| {
            form.text("IndiceDiClassificazione", &self.code, FindingCode::Classification);
            form.text("Descrizione", &self.name, FindingCode::ClassName);
            form.optional("PianoDiClassificazione", self.scheme.as_deref());
        });
    }
}

impl Format {
    fn fill(&self, form: &mut Form<'_>) {
        form.text("Formato", &self.name, FindingCode::Format);
        if let Some(software) = &self.software {
            form.group("ProdottoSoftware", |form| {
                form.optional("NomeProdotto", software.name.as_deref());
                form.optional("VersioneProdotto", software.version.as_deref());
                form.optional("Produttore", software.maker.as_deref());
            });
        }
    }
}

impl Verification {
    fn fill(self, form: &mut Form<'_>) {
        for (name, found) in [
            ("FirmatoDigitalmente", self.signed),
            ("SigillatoElettronicamente", self.sealed),
            ("MarcaturaTemporale", self.time_stamped),
        ] {
            match found {
                Some(found) => form.flag(name, found),
                None => form.missing(name, FindingCode::Signatures),
            }
        }
        form.flag("ConformitaCopieImmagineSuSupportoInformatico", self.conforming_copy);
    }
}

impl Aggregation {
    pub(super) fn fill(&self, form: &mut Form<'_>) {
        form.fixed("TipoAggregazione", self.kind.written());
        form.text("IdAggregazione", &self.id, FindingCode::Identifier);
    }
}

/// The register's code, which is short.
fn fill_register(form: &mut Form<'_>, code: &str) {
    form.text("CodiceRegistro", if is_register(code) { code } else { "" }, FindingCode::RegisterCode);
}

/// ChiaveDescrittiva.
pub(super) fn described(form: &mut Form<'_>, subject: &str, keywords: &[String]) {
    form.group("ChiaveDescrittiva", |form| {
        form.text("Oggetto", subject, FindingCode::Subject);
        let said = || keywords.iter().filter(|word| !word.trim().is_empty());
        if said().count() > KEYWORDS_MAX {
            form.left_out("ParoleChiave", FindingCode::Keywords);
        }
        form.texts("ParoleChiave", said().take(KEYWORDS_MAX));
    });
}

pub(super) fn retention(form: &mut Form<'_>, years: Option<u16>) {
    match years {
        Some(years) if (1..=PERMANENT).contains(&years) => form.number("TempoDiConservazione", years.into()),
        Some(_) => form.left_out("TempoDiConservazione", FindingCode::Retention),
        None => {}
    }
}

/// A day, where there is one.
pub(super) fn day(form: &mut Form<'_>, name: &'static str, date: Option<Date>) {
    if let Some(date) = date {
        form.fixed(name, date);
    }
}

/// Whole seconds, as a register shows them.
pub(super) fn whole(time: Time) -> Time {
    time.with().subsec_nanosecond(0).build().unwrap_or(time)
}
