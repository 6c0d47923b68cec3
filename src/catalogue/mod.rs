//! The catalogue: current state by key, a projection of the journal kept in sled.
//!
//! It holds positions of journal lines and the small state that changes, never contents: what never changes is read
//! from the journal. It may be deleted at any time. All of sled is behind this folder: one tree, one committer.

mod apply;
mod keys;
mod overlay;
mod records;
mod store;

pub use apply::writes_of;
pub use overlay::Overlay;
pub use records::{Applied, ItemRecord, Record, RecordError};
pub use store::{Catalogue, CatalogueError, OpenError};

use crate::digest::{Blake3, Sha256};
use crate::ids::{DocumentId, DossierId, EntryId, Position, RegisterCode};
use crate::model::formed::{Period, Span};

/// One key written; `None` deletes.
pub type Write = (Vec<u8>, Option<Vec<u8>>);

/// Look-ups by key, the same on what is stored and on what a batch has decided but not yet made durable.
pub trait Look {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, CatalogueError>;

    fn entry(&self, id: &EntryId) -> Result<Option<Record>, CatalogueError> {
        self.record(&keys::entry(id))
    }

    fn dossier(&self, id: DossierId) -> Result<Option<Record>, CatalogueError> {
        self.record(&keys::dossier(id))
    }

    /// Documents that are not registered; those of entries are found by their position.
    fn document(&self, id: DocumentId) -> Result<Option<Record>, CatalogueError> {
        self.record(&keys::document(id))
    }

    fn item(&self, dossier: DossierId, item: u32) -> Result<Option<ItemRecord>, CatalogueError> {
        let key = keys::item(dossier, item);
        self.get(&key)?
            .map(|bytes| ItemRecord::from_bytes(&bytes))
            .transpose()
            .map_err(|e| CatalogueError::value(&key, e))
    }

    /// The position of the event that carried this key.
    fn by_key(&self, key: &Sha256) -> Result<Option<Position>, CatalogueError> {
        self.number(&keys::idempotency(key))
    }

    /// The position of the event that holds an entry's mark.
    fn mark(&self, id: &EntryId) -> Result<Option<Position>, CatalogueError> {
        self.number(&keys::mark(id))
    }

    /// The position of the event that formed the register of a day or a year.
    fn formed(&self, register: &RegisterCode, period: Period) -> Result<Option<Position>, CatalogueError> {
        self.number(&keys::formed(register, period))
    }

    /// The position of the event that formed the last of a register's registers of days, or of years.
    fn last_formed(&self, register: &RegisterCode, span: Span) -> Result<Option<Position>, CatalogueError> {
        self.number(&keys::last_formed(register, span))
    }

    /// The last number given in a counted sequence such as the dossiers of `6.3/2026`.
    fn counter(&self, name: &str) -> Result<u64, CatalogueError> {
        Ok(self.number(&keys::counter(name))?.unwrap_or(0))
    }

    /// Where a content lies, in the blob store's own terms.
    fn blob(&self, digest: &Blake3) -> Result<Option<Vec<u8>>, CatalogueError> {
        self.get(&keys::blob(digest))
    }

    /// Where the extracted text of a content lies and what state it is in, in the text store's own terms.
    fn text(&self, digest: &Blake3) -> Result<Option<Vec<u8>>, CatalogueError> {
        self.get(&keys::text(digest))
    }

    fn record(&self, key: &[u8]) -> Result<Option<Record>, CatalogueError> {
        self.get(key)?.map(|bytes| Record::from_bytes(&bytes)).transpose().map_err(|e| CatalogueError::value(key, e))
    }

    fn number(&self, key: &[u8]) -> Result<Option<u64>, CatalogueError> {
        self.get(key)?.map(|bytes| records::number(&bytes)).transpose().map_err(|e| CatalogueError::value(key, e))
    }
}
