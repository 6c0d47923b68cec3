//! Can an OLE file be handed to a reader that follows its chains of sectors without counting?
//!
//! A chain that comes back to itself is read until there is no more memory: a single changed byte can make one.

use crate::text::Reason;

/// Where in the header things stand.
const SECTOR_SHIFT: usize = 30;
const MINI_FAT: usize = 60;
const TABLE_CHAIN: usize = 68;
const TABLE_IN_HEADER: std::ops::Range<usize> = 76..512;

/// No sector from here on: ends of chains, free sectors, sectors of tables.
const SPECIAL: u32 = 0xffff_fffa;

/// Refuses a file whose tables cannot be found, or hold a chain without an end.
pub(super) fn check_chains(content: &[u8]) -> Result<(), Reason> {
    let file = File::open(content).ok_or(Reason::Broken)?;
    let fat = file.fat().ok_or(Reason::Broken)?;
    let first = number(content, MINI_FAT).ok_or(Reason::Broken)?;
    if has_loop(&fat) {
        return Err(Reason::Broken);
    }
    let mut mini = Vec::new();
    let mut at = first;
    while at < SPECIAL {
        mini.extend(file.numbers(at).ok_or(Reason::Broken)?);
        at = *fat.get(at as usize).ok_or(Reason::Broken)?;
    }
    if has_loop(&mini) { Err(Reason::Broken) } else { Ok(()) }
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
        while at < SPECIAL {
            let mut more: Vec<u32> = self.numbers(at)?.collect();
            at = more.pop()?;
            tables.extend(more);
            // More tables than there are sectors: the chain has no end.
            if tables.len() > self.content.len() / 4 {
                return None;
            }
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

    /// The numbers in a sector; the header takes the place of one.
    fn numbers(&self, sector: u32) -> Option<impl Iterator<Item = u32> + 'c> {
        let from = (sector as usize).checked_add(1)?.checked_mul(self.sector)?;
        // The last sector of some files is not written in full.
        let rest = self.content.get(from..)?;
        Some(numbers(&rest[..rest.len().min(self.sector)]))
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
    fn chains_that_come_back_are_seen() {
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
        assert_eq!(check_chains(&whole), Ok(()));
        assert_eq!(check_chains(&whole[..600]), Err(Reason::Broken));
    }
}
