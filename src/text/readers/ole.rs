//! Can an OLE file be handed to a reader that follows its chains of sectors without counting, and what will it see?
//!
//! A chain that comes back to itself is read until there is no more memory: a single changed byte can make one.

use crate::text::Reason;

/// Where in the header things stand.
const SECTOR_SHIFT: usize = 30;
const DIRECTORY: usize = 48;
const MINI_FAT: usize = 60;
const TABLE_CHAIN: usize = 68;
const TABLE_IN_HEADER: std::ops::Range<usize> = 76..512;

/// Streams below this size lie in small sectors.
const MINI_BELOW: u64 = 4096;
const MINI_SECTOR: usize = 64;

/// No sector from here on: ends of chains, free sectors, sectors of tables.
const SPECIAL: u32 = 0xffff_fffa;

/// The first stream of one of these names, as the reader would put it together; nothing when there is none. Refuses a
/// file whose tables cannot be found, or hold a chain without an end.
pub(super) fn stream(content: &[u8], names: &[&str]) -> Result<Option<Vec<u8>>, Reason> {
    let file = File::open(content).ok_or(Reason::Broken)?;
    let fat = file.fat().ok_or(Reason::Broken)?;
    if has_loop(&fat) {
        return Err(Reason::Broken);
    }
    let chain = |header: usize| number(content, header).and_then(|first| file.chain(first, &fat)).ok_or(Reason::Broken);
    let mini_fat: Vec<u32> = numbers(&chain(MINI_FAT)?).collect();
    if has_loop(&mini_fat) {
        return Err(Reason::Broken);
    }
    let directory = chain(DIRECTORY)?;
    let entries: Vec<Entry> = directory.as_chunks().0.iter().map(Entry::of).collect();
    let Some(entry) = names.iter().find_map(|name| entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name)))
    else {
        return Ok(None);
    };
    let mut stream = if entry.size < MINI_BELOW {
        let root = entries.first().and_then(|root| file.chain(root.start, &fat)).ok_or(Reason::Broken)?;
        mini_chain(&root, entry.start, &mini_fat)
    } else {
        file.chain(entry.start, &fat).ok_or(Reason::Broken)?
    };
    stream.truncate(usize::try_from(entry.size).unwrap_or(usize::MAX));
    Ok(Some(stream))
}

/// A name in the directory, and where its stream lies.
struct Entry {
    name: String,
    start: u32,
    size: u64,
}

impl Entry {
    fn of(bytes: &[u8; 128]) -> Self {
        let units = bytes[..64].as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
        let name: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
        let [start, size] = [116, 120].map(|at| number(bytes, at).unwrap_or(0));
        Self { name: String::from_utf16_lossy(&name), start, size: size.into() }
    }
}

/// Small streams lie in one large one, in sectors of their own.
fn mini_chain(root: &[u8], first: u32, fat: &[u32]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut at = first;
    while let Some(sector) = root.get(at as usize * MINI_SECTOR..) {
        bytes.extend_from_slice(&sector[..sector.len().min(MINI_SECTOR)]);
        let Some(next) = fat.get(at as usize) else { break };
        at = *next;
    }
    bytes
}

struct File<'c> {
    content: &'c [u8],
    sector: usize,
}

impl<'c> File<'c> {
    fn open(content: &'c [u8]) -> Option<Self> {
        let sector = match content.get(SECTOR_SHIFT)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        Some(Self { content, sector })
    }

    /// The sectors that the table of tables lists, in the header first and then in a chain of its own.
    fn fat(&self) -> Option<Vec<u32>> {
        let mut tables: Vec<u32> = numbers(self.content.get(TABLE_IN_HEADER)?).collect();
        let mut at = number(self.content, TABLE_CHAIN)?;
        // A chain longer than there are sectors has no end; the last sector may be too short to hold but the next.
        let mut left = self.content.len() / self.sector;
        while at < SPECIAL {
            left = left.checked_sub(1)?;
            let mut more: Vec<u32> = self.numbers(at)?.collect();
            at = more.pop()?;
            tables.extend(more);
        }
        let mut fat = Vec::new();
        for table in tables.into_iter().filter(|table| *table < SPECIAL) {
            fat.extend(self.numbers(table)?);
            if fat.len() > self.content.len() {
                return None;
            }
        }
        Some(fat)
    }

    /// The header takes the place of a sector.
    fn bytes(&self, sector: u32) -> Option<&'c [u8]> {
        let from = (sector as usize).checked_add(1)?.checked_mul(self.sector)?;
        // The last sector of some files is not written in full.
        let rest = self.content.get(from..)?;
        Some(&rest[..rest.len().min(self.sector)])
    }

    fn numbers(&self, sector: u32) -> Option<impl Iterator<Item = u32> + 'c> {
        self.bytes(sector).map(numbers)
    }

    /// The sectors that follow each other in a table without loops.
    fn chain(&self, first: u32, fat: &[u32]) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut at = first;
        while at < SPECIAL {
            bytes.extend_from_slice(self.bytes(at)?);
            at = *fat.get(at as usize)?;
        }
        Some(bytes)
    }
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + use<'_> {
    bytes.as_chunks::<4>().0.iter().map(|four| u32::from_le_bytes(*four))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    numbers(bytes.get(at..at + 4)?).next()
}

/// Whether following the table from anywhere leads back to where one was.
fn has_loop(table: &[u32]) -> bool {
    // The walk in which a place was first met.
    let mut met = vec![0_u32; table.len()];
    for start in 0..table.len() {
        let walk = u32::try_from(start).map_or(u32::MAX, |start| start + 1);
        let mut at = start;
        while let Some(seen) = met.get_mut(at) {
            match *seen {
                0 => *seen = walk,
                seen if seen == walk => return true,
                _ => break,
            }
            at = table[at] as usize;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_that_come_back_are_seen_and_others_followed() {
        const END: u32 = 0xffff_fffe;
        for (table, expected) in [
            (&[1, 2, END][..], false),
            (&[2, 2, END], false),
            (&[1, 0], true),
            (&[1, 2, 1], true),
            (&[0], true),
            (&[9], false),
            (&[], false),
        ] {
            assert_eq!(has_loop(table), expected, "{table:?}");
        }
        let name = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/documents/spese.xls");
        let whole = std::fs::read(name).unwrap();
        let stream = |content: &[u8], name| stream(content, &[name]);
        let workbook = stream(&whole, "workbook").unwrap().unwrap();
        assert!(workbook.starts_with(b"\x09\x08\x10\x00\x00\x06"), "{:x?}", &workbook[..16]);
        assert_eq!(stream(&whole, "WordDocument"), Ok(None));
        assert_eq!(stream(&whole[..600], "Workbook"), Err(Reason::Broken));
    }
}
