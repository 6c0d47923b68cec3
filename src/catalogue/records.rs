//! Values of the catalogue: compact, versioned by their first byte.

use crate::ids::{DossierId, Position};
use crate::model::event::ItemOf;

/// A stored value that cannot be read: the catalogue is to be rebuilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored value is not what this program writes")]
pub struct RecordError;

/// A catalogue of another version is rebuilt when it is opened.
const VERSION: u8 = 2;

/// The events that made an entry, dossier or document, and the dossiers that hold it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Ascending; the first made it.
    pub positions: Vec<Position>,
    /// Dossiers it is filed in, with its item number there.
    pub dossiers: Vec<(DossierId, u32)>,
    /// The last item number given, when this is a dossier.
    pub last_item: u32,
    /// The last event that showed, hid or took out an item, when this is a dossier; 0 without one, since the position 0
    /// is that of `archive-created`.
    pub items_changed: Position,
}

impl Record {
    /// Adds a position unless it is there: applying an event again changes nothing.
    pub fn add(&mut self, position: Position) {
        if !self.positions.contains(&position) {
            self.positions.push(position);
        }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        out.extend((self.positions.len() as u32).to_le_bytes());
        for position in &self.positions {
            out.extend(position.to_le_bytes());
        }
        // Most records are filed nowhere and hold nothing: the rest is left out.
        if !self.dossiers.is_empty() || self.last_item > 0 {
            out.extend(self.last_item.to_le_bytes());
            out.extend(self.items_changed.to_le_bytes());
            for (dossier, item) in &self.dossiers {
                out.extend(dossier.0.as_bytes());
                out.extend(item.to_le_bytes());
            }
        }
        out
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut input = Input::new(bytes)?;
        let count = input.u32()?;
        let mut record = Self::default();
        for _ in 0..count {
            record.positions.push(input.u64()?);
        }
        if !input.0.is_empty() {
            record.last_item = input.u32()?;
            record.items_changed = input.u64()?;
        }
        while !input.0.is_empty() {
            let dossier = DossierId(uuid::Uuid::from_bytes(input.take()?));
            record.dossiers.push((dossier, input.u32()?));
        }
        Ok(record)
    }
}

/// One thing in a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRecord {
    pub of: ItemOf,
    pub added: Position,
    /// The parties of the dossier see it.
    pub shown: bool,
    /// The event that took it out.
    pub removed: Option<Position>,
}

impl ItemRecord {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![VERSION, u8::from(self.shown)];
        out.extend(self.added.to_le_bytes());
        out.extend(self.removed.unwrap_or(Position::MAX).to_le_bytes());
        match &self.of {
            ItemOf::Entry(id) => {
                out.push(b'e');
                out.extend(id.to_string().as_bytes());
            }
            ItemOf::Document(id) => {
                out.push(b'v');
                out.extend(id.to_string().as_bytes());
            }
        }
        out
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut input = Input::new(bytes)?;
        let [shown] = input.take()?;
        let added = input.u64()?;
        let removed = Some(input.u64()?).filter(|&position| position != Position::MAX);
        let [kind] = input.take()?;
        let name = std::str::from_utf8(input.0).map_err(|_| RecordError)?;
        let of = match kind {
            b'e' => ItemOf::Entry(name.parse().map_err(|_| RecordError)?),
            b'v' => ItemOf::Document(name.parse().map_err(|_| RecordError)?),
            _ => return Err(RecordError),
        };
        Ok(Self { of, added, shown: shown != 0, removed })
    }
}

/// How far the catalogue has come, and what is needed to go on from there without reading what lies before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Events applied, which is the position of the next one.
    pub position: Position,
    /// How far the packs went, in the blob store's own terms.
    pub tail: [u8; 16],
    /// The Merkle frontier at `position`, in the journal's own terms.
    pub frontier: Vec<u8>,
}

impl Applied {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        out.extend(self.position.to_le_bytes());
        out.extend(self.tail);
        out.extend(&self.frontier);
        out
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut input = Input::new(bytes)?;
        Ok(Self { position: input.u64()?, tail: input.take()?, frontier: input.0.to_vec() })
    }
}

/// A bare number.
pub fn number(bytes: &[u8]) -> Result<u64, RecordError> {
    bytes.try_into().map(u64::from_le_bytes).map_err(|_| RecordError)
}

struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, RecordError> {
        match bytes.split_first() {
            Some((&VERSION, rest)) => Ok(Self(rest)),
            _ => Err(RecordError),
        }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], RecordError> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(RecordError)?;
        self.0 = rest;
        Ok(*head)
    }

    fn u32(&mut self) -> Result<u32, RecordError> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, RecordError> {
        self.take().map(u64::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn records_come_back_as_they_were(
            positions in prop::collection::vec(any::<u64>(), 0..5),
            dossiers in prop::collection::vec((any::<u128>(), any::<u32>()), 0..3),
            last_item in 1..u32::MAX,
            items_changed in any::<Position>(),
        ) {
            let dossiers = dossiers.into_iter().map(|(id, n)| (DossierId(uuid::Uuid::from_u128(id)), n)).collect();
            let record = Record { positions, dossiers, last_item, items_changed };
            prop_assert_eq!(Record::from_bytes(&record.to_bytes()), Ok(record));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = Record::from_bytes(&bytes);
            let _ = ItemRecord::from_bytes(&bytes);
            let _ = Applied::from_bytes(&bytes);
        }
    }

    #[test]
    fn what_another_version_wrote_is_not_read() {
        let mut applied = Applied::default().to_bytes();
        assert!(Applied::from_bytes(&applied).is_ok());
        applied[0] = VERSION - 1;
        assert_eq!(Applied::from_bytes(&applied), Err(RecordError), "so the catalogue is rebuilt");
    }

    #[test]
    fn items_come_back_as_they_were() {
        for removed in [None, Some(9)] {
            let of = ItemOf::Entry("PG/2026/42".parse().unwrap());
            let item = ItemRecord { of, added: 7, shown: true, removed };
            assert_eq!(ItemRecord::from_bytes(&item.to_bytes()), Ok(item));
        }
    }
}
