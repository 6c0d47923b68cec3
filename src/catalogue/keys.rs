//! Sortable keys: a letter for the kind, then the id with numbers big-endian, so that ranges come in order.

use crate::digest::{Blake3, Sha256};
use crate::ids::{DocumentId, DossierId, EntryId, Position, RegisterCode};
use crate::model::formed::{Period, Span};

/// How far the catalogue has come; sorts before everything else.
pub const APPLIED: &[u8] = b"!applied";

pub fn entry(id: &EntryId) -> Vec<u8> {
    let mut key = entries_of_year(&id.register, id.year);
    key.extend(id.number.to_be_bytes());
    key
}

/// Prefix of a register's entries.
pub fn entries(register: &RegisterCode) -> Vec<u8> {
    let mut key = vec![b'e'];
    key.extend(register.as_str().as_bytes());
    // No code holds a zero byte, so no register's keys run into another's.
    key.push(0);
    key
}

/// Prefix of a register's entries of one year.
pub fn entries_of_year(register: &RegisterCode, year: i16) -> Vec<u8> {
    let mut key = entries(register);
    key.extend((year as u16).to_be_bytes());
    key
}

/// Where the event stands that holds an entry's mark.
pub fn mark(id: &EntryId) -> Vec<u8> {
    with_bytes(b'm', &entry(id))
}

/// Where the event stands that formed the register of a day or a year.
pub fn formed(register: &RegisterCode, period: Period) -> Vec<u8> {
    let mut key = formed_of(register, period.span());
    key.extend((period.year() as u16).to_be_bytes());
    if let Period::Day(day) = period {
        key.extend([day.month() as u8, day.day() as u8]);
    }
    key
}

/// Prefix of a register's registers of days, or of years, in the order of time.
pub fn formed_of(register: &RegisterCode, span: Span) -> Vec<u8> {
    let mut key = with_bytes(b'f', register.as_str().as_bytes());
    key.push(0);
    key.push(if span == Span::Day { b'd' } else { b'y' });
    key
}

/// Where the event stands that formed the last of them.
pub fn last_formed(register: &RegisterCode, span: Span) -> Vec<u8> {
    with_bytes(b'l', &formed_of(register, span))
}

pub fn blob(digest: &Blake3) -> Vec<u8> {
    with_bytes(BLOBS[0], digest.as_bytes())
}

/// Prefix of all contents.
pub const BLOBS: &[u8] = b"b";

pub fn text(digest: &Blake3) -> Vec<u8> {
    with_bytes(b't', digest.as_bytes())
}

/// 160 bits of the digest: short enough for sled to keep in place without an allocation of its own, and a collision,
/// which nobody will see, would be answered as a key used again.
pub fn idempotency(key: &Sha256) -> Vec<u8> {
    with_bytes(b'k', &key.as_bytes()[..20])
}

pub fn dossier(id: DossierId) -> Vec<u8> {
    with_bytes(b'd', id.0.as_bytes())
}

/// Prefix of a dossier's items.
pub fn items(dossier: DossierId) -> Vec<u8> {
    with_bytes(b'i', dossier.0.as_bytes())
}

pub fn item(dossier: DossierId, item: u32) -> Vec<u8> {
    let mut key = items(dossier);
    key.extend(item.to_be_bytes());
    key
}

/// Prefix of a dossier's sub-dossiers.
pub fn children(parent: DossierId) -> Vec<u8> {
    with_bytes(b's', parent.0.as_bytes())
}

pub fn child(parent: DossierId, child: DossierId) -> Vec<u8> {
    let mut key = children(parent);
    key.extend(child.0.as_bytes());
    key
}

pub fn document(id: DocumentId) -> Vec<u8> {
    let mut key = vec![b'v'];
    key.extend(id.position.to_be_bytes());
    key.extend(id.index.to_be_bytes());
    key
}

pub fn counter(name: &str) -> Vec<u8> {
    with_bytes(b'n', name.as_bytes())
}

/// Prefix of the positions of events that make the directory.
pub const DIRECTORY: &[u8] = b"x";

pub fn directory(position: Position) -> Vec<u8> {
    with_bytes(b'x', &position.to_be_bytes())
}

fn with_bytes(kind: u8, bytes: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + bytes.len());
    key.push(kind);
    key.extend(bytes);
    key
}
