//! What do administrations send each other beside the documents? Marks and messages of protocol (AgID, Allegato 6), and
//! classification schemes.
//!
//! Pure: no I/O, no clock. What is written is valid against the published schemas or is not written; what is read may
//! be of any of the three generations and break their rules, as long as it can be understood, and says where it does.

mod canonical;
mod deviation;
mod fingerprint;
mod mark;
mod messages;
mod old_marks;
mod read;
mod schemes;
mod seal;
mod sealed;
mod tree;
mod write;

#[cfg(test)]
mod tests;

pub(crate) use canonical::Canonical;
pub use deviation::{Deviation, DeviationCode};
pub use fingerprint::Fingerprint;
pub use mark::{
    Classification, Code, Contacts, Detached, DossierReference, ElectronicAddress, Identifier, Mark, MarkedDocument,
    Party, Person, PostalAddress, Recipient, Reference, Signed,
};
pub use messages::{Anomaly, Message, Reason, Received};
pub use read::{Content, Generation, Reading, is_number, is_personal_tax_code, is_register, is_vat_number, read};
pub use schemes::{SCHEME_NAMESPACE, SchemeFile, read_scheme, write_scheme_csv, write_scheme_xml};
pub use seal::{Algorithm, Prepared, SealCertificate};
pub use sealed::{FoundSeal, NoSeal, seal_of};
pub use tree::ReadError;
pub use write::{Carrier, Unsealed, Unwritable};
