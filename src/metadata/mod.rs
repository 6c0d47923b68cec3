//! What does the law want written down about a document and a dossier? The metadata of Allegato 5 (AgID, 2021), pure.
//!
//! A model becomes a tree of the fields by their official names, and with it the findings: what the rules ask for and
//! nobody has told the archive, and what was told and has no place there. The tree is written as XML, which is valid
//! against `schema/metadata/allegato5.xsd`, and as JSON of the same names.

mod document;
mod dossier;
mod finding;
mod form;
mod subjects;

pub use document::{
    Attachment, Change, ChangeKind, Classification, Document, Flow, Format, Formation, Identity, Registration,
    Software, Verification,
};
pub use dossier::{
    Assignment, AssignmentKind, Dossier, DossierKind, DossierRole, IndexedDocument, Phase, PhaseKind, Procedure,
};
pub use finding::{Finding, FindingCode};
pub use form::{Described, Tree};
pub use subjects::{Administration, Body, ForeignAdministration, IpaCode, Organization, Person, Role, Subject};

/// A dossier or a series, and how it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregation {
    pub kind: AggregationKind,
    pub id: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AggregationKind {
    Dossier,
    DocumentSeries,
    DossierSeries,
}

impl AggregationKind {
    pub const ALL: [Self; 3] = [Self::Dossier, Self::DocumentSeries, Self::DossierSeries];

    const fn written(self) -> &'static str {
        match self {
            Self::Dossier => "Fascicolo",
            Self::DocumentSeries => "Serie Documentale",
            Self::DossierSeries => "Serie Di Fascicoli",
        }
    }
}

/// Years that stand for ever.
pub const PERMANENT: u16 = 9999;
