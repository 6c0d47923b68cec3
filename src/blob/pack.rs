//! What is a pack, byte by byte? An append-only ZIP whose every header byte follows from names, sizes and checksums.
//!
//! Members are STORED; dates are 1980-01-01, flags 0, version 20, no extra field. So a header can be rendered again and
//! compared, and no flipped bit hides. Pure functions: who writes and syncs the bytes is up to the caller, and the
//! packs of derived texts use the same ones with other names.

/// Bytes of a local header before the name.
pub const LOCAL_HEADER: usize = 30;
/// Bytes of a directory record before the name.
pub const CENTRAL_RECORD: usize = 46;
/// Bytes of the record that ends a sealed pack.
pub const END_RECORD: usize = 22;
/// What every local header begins with.
pub const LOCAL_SIGNATURE: [u8; 4] = *b"PK\x03\x04";
/// What every directory record begins with.
pub const CENTRAL_SIGNATURE: [u8; 4] = *b"PK\x01\x02";
/// What the end record begins with.
pub const END_SIGNATURE: [u8; 4] = *b"PK\x05\x06";

/// Members that the end record can count.
pub const MEMBERS_MAX: usize = 65_535;
/// Where directory and members must end: offsets have 32 bits.
pub const SIZE_MAX: u64 = u32::MAX as u64;

/// 1980-01-01 as MS-DOS spells it.
const DATE: u16 = 0x0021;
/// ZIP 2.0.
const VERSION: u16 = 20;

/// Bytes that are not what this format would have written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    #[error("the bytes end inside the record")]
    Short,
    #[error("not a header of this format")]
    NotCanonical,
    #[error("the directory does not fill the place that the end record gives")]
    Directory,
}

/// One member: its name (ASCII), CRC-32, size, and where its local header begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub name: Box<str>,
    pub crc: u32,
    pub size: u32,
    pub offset: u64,
}

impl Member {
    /// Where its content begins.
    pub fn content(&self) -> u64 {
        self.offset + (LOCAL_HEADER + self.name.len()) as u64
    }

    /// Where its content ends and the next member begins.
    pub fn end(&self) -> u64 {
        self.content() + u64::from(self.size)
    }
}

/// The end record: how many members, and where the directory lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    pub members: u16,
    pub directory_size: u32,
    pub directory_offset: u32,
}

/// CRC-32 as ZIP counts it.
pub fn crc32(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

/// Appends a local header; the content's bytes follow it.
pub fn put_local_header(out: &mut Vec<u8>, name: &str, crc: u32, size: u32) {
    debug_assert!(name.is_ascii() && !name.is_empty() && name.len() <= usize::from(u16::MAX));
    out.extend_from_slice(&LOCAL_SIGNATURE);
    put_shared(out, name, crc, size);
    out.extend_from_slice(name.as_bytes());
}

/// Appends the record of a member in the directory.
pub fn put_central_record(out: &mut Vec<u8>, member: &Member) {
    debug_assert!(member.offset <= SIZE_MAX);
    out.extend_from_slice(&CENTRAL_SIGNATURE);
    out.extend_from_slice(&VERSION.to_le_bytes());
    put_shared(out, &member.name, member.crc, member.size);
    // Comment length, disk number, internal attributes (two bytes each), external attributes (four).
    out.extend_from_slice(&[0; 10]);
    out.extend_from_slice(&(member.offset as u32).to_le_bytes());
    out.extend_from_slice(member.name.as_bytes());
}

/// Appends the end record.
pub fn put_end(out: &mut Vec<u8>, end: &End) {
    out.extend_from_slice(&END_SIGNATURE);
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&end.members.to_le_bytes());
    out.extend_from_slice(&end.members.to_le_bytes());
    out.extend_from_slice(&end.directory_size.to_le_bytes());
    out.extend_from_slice(&end.directory_offset.to_le_bytes());
    out.extend_from_slice(&[0; 2]);
}

/// What seals a pack: directory and end record, to be written at `offset`, where the last member ends.
///
/// The caller keeps packs within [`MEMBERS_MAX`] and [`SIZE_MAX`].
pub fn directory(members: &[Member], offset: u64) -> Vec<u8> {
    debug_assert!(members.len() <= MEMBERS_MAX && offset <= SIZE_MAX);
    let mut out = Vec::with_capacity(members.iter().map(|m| CENTRAL_RECORD + m.name.len()).sum::<usize>() + END_RECORD);
    for member in members {
        put_central_record(&mut out, member);
    }
    let end = End { members: members.len() as u16, directory_size: out.len() as u32, directory_offset: offset as u32 };
    put_end(&mut out, &end);
    out
}

/// The fields that local header and directory record have in common, from the version needed to the extra field.
fn put_shared(out: &mut Vec<u8>, name: &str, crc: u32, size: u32) {
    out.extend_from_slice(&VERSION.to_le_bytes());
    // Flags and method (STORED), then the time of day.
    out.extend_from_slice(&[0; 6]);
    out.extend_from_slice(&DATE.to_le_bytes());
    out.extend_from_slice(&crc.to_le_bytes());
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(&(name.len() as u16).to_le_bytes());
    out.extend_from_slice(&[0; 2]);
}

/// Reads the local header at the start of `bytes`, which lies at `offset` of the pack.
///
/// # Errors
/// When one byte differs from what [`put_local_header`] writes.
pub fn parse_local_header(bytes: &[u8], offset: u64) -> Result<Member, FormatError> {
    let fixed = bytes.get(..LOCAL_HEADER).ok_or(FormatError::Short)?;
    let name_length = usize::from(u16_at(fixed, 26));
    if !fixed.starts_with(&LOCAL_SIGNATURE) || name_length == 0 {
        return Err(FormatError::NotCanonical);
    }
    let whole = bytes.get(..LOCAL_HEADER + name_length).ok_or(FormatError::Short)?;
    let member =
        Member { name: ascii(&whole[LOCAL_HEADER..])?, crc: u32_at(fixed, 14), size: u32_at(fixed, 18), offset };
    let mut canonical = Vec::with_capacity(whole.len());
    put_local_header(&mut canonical, &member.name, member.crc, member.size);
    if canonical == whole { Ok(member) } else { Err(FormatError::NotCanonical) }
}

/// Reads the end record, the last [`END_RECORD`] bytes of a sealed pack of `pack_size` bytes.
pub fn parse_end(bytes: &[u8], pack_size: u64) -> Result<End, FormatError> {
    let bytes: &[u8; END_RECORD] = bytes.try_into().map_err(|_| FormatError::Short)?;
    let end = End { members: u16_at(bytes, 8), directory_size: u32_at(bytes, 12), directory_offset: u32_at(bytes, 16) };
    let mut canonical = Vec::with_capacity(END_RECORD);
    put_end(&mut canonical, &end);
    if canonical != bytes {
        return Err(FormatError::NotCanonical);
    }
    let fills = u64::from(end.directory_offset) + u64::from(end.directory_size) + END_RECORD as u64 == pack_size;
    if fills { Ok(end) } else { Err(FormatError::Directory) }
}

/// Reads the directory that an end record announces.
pub fn parse_directory(mut bytes: &[u8], end: &End) -> Result<Vec<Member>, FormatError> {
    let mut members = Vec::with_capacity(usize::from(end.members));
    while !bytes.is_empty() {
        let fixed = bytes.get(..CENTRAL_RECORD).ok_or(FormatError::Short)?;
        let length = CENTRAL_RECORD + usize::from(u16_at(fixed, 28));
        let whole = bytes.get(..length).ok_or(FormatError::Short)?;
        let member = Member {
            name: ascii(&whole[CENTRAL_RECORD..])?,
            crc: u32_at(fixed, 16),
            size: u32_at(fixed, 20),
            offset: u64::from(u32_at(fixed, 42)),
        };
        let mut canonical = Vec::with_capacity(length);
        put_central_record(&mut canonical, &member);
        if canonical != whole {
            return Err(FormatError::NotCanonical);
        }
        members.push(member);
        bytes = &bytes[length..];
    }
    if members.len() == usize::from(end.members) { Ok(members) } else { Err(FormatError::Directory) }
}

fn ascii(bytes: &[u8]) -> Result<Box<str>, FormatError> {
    match std::str::from_utf8(bytes) {
        Ok(name) if name.is_ascii() => Ok(name.into()),
        _ => Err(FormatError::NotCanonical),
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pack_of(contents: &[(String, Vec<u8>)]) -> (Vec<u8>, Vec<Member>) {
        let (mut bytes, mut members) = (Vec::new(), Vec::new());
        for (name, content) in contents {
            let (crc, size, offset) = (crc32(content), content.len() as u32, bytes.len() as u64);
            put_local_header(&mut bytes, name, crc, size);
            bytes.extend_from_slice(content);
            members.push(Member { name: name.as_str().into(), crc, size, offset });
        }
        bytes.extend_from_slice(&directory(&members, bytes.len() as u64));
        (bytes, members)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(contents in prop::collection::vec(("[ -~]{1,80}", prop::collection::vec(any::<u8>(), 0..300)), 0..20)) {
            let (bytes, members) = pack_of(&contents);
            let end = parse_end(&bytes[bytes.len() - END_RECORD..], bytes.len() as u64).unwrap();
            let (from, to) = (end.directory_offset as usize, bytes.len() - END_RECORD);
            prop_assert_eq!(&parse_directory(&bytes[from..to], &end).unwrap(), &members);
            for (member, (_, content)) in members.iter().zip(&contents) {
                prop_assert_eq!(&parse_local_header(&bytes[member.offset as usize..], member.offset).unwrap(), member);
                prop_assert_eq!(&bytes[member.content() as usize..member.end() as usize], content.as_slice());
            }
        }
    }

    /// Only name, CRC and sizes may differ between two headers: a flip elsewhere is refused, and one there changes them.
    #[test]
    fn no_bit_of_a_header_is_free() {
        let mut header = Vec::new();
        put_local_header(&mut header, "name", 7, 9);
        let written = parse_local_header(&header, 0).unwrap();
        for bit in 0..header.len() * 8 {
            let mut flipped = header.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(parse_local_header(&flipped, 0), Ok(written.clone()), "bit {bit}");
        }
    }

    #[test]
    fn another_reader_opens_it() {
        let contents: Vec<_> = (0..3).map(|n| (format!("member-{n}"), vec![n as u8; n * 100])).collect();
        let (bytes, _) = pack_of(&contents);
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        assert_eq!(archive.len(), 3);
        for (name, content) in contents {
            let mut read = Vec::new();
            std::io::Read::read_to_end(&mut archive.by_name(&name).unwrap(), &mut read).unwrap();
            assert_eq!(read, content);
        }
    }
}
