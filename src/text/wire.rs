//! What do the server and an extraction process say to each other, and in what form?
//!
//! A frame is a length (four bytes, little endian) and that many bytes of JSON; a question and an answer are followed
//! by as many raw bytes as their `size` says. The server believes nothing it is told: every length has a bound.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::tools::{Pass, Readers};
use super::{Engines, Facts, TextState};

/// A header is a few short fields and bounded facts; more is a child that has lost its mind.
const HEADER_MAX: u32 = 1024 * 1024;

/// The first frame a child receives.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Setup {
    /// Bytes of address space; the child never takes more than its own bound, whatever this says.
    pub address_space: u64,
    pub engines: Engines,
    pub pass: Pass,
}

/// A question: followed by `size` bytes of content.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ask {
    pub media_type: String,
    pub size: u64,
    pub text_max: usize,
    /// After this time the child should give what it has; some time later it is killed.
    pub milliseconds: u64,
    pub readers: Readers,
}

/// An answer: followed by `size` bytes of UTF-8.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Answer {
    #[serde(flatten)]
    pub state: TextState,
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub facts: Facts,
    pub size: usize,
    /// The child cannot take another question.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub spent: bool,
}

pub(super) fn write_header(to: &mut impl Write, header: &impl Serialize) -> io::Result<()> {
    let json = serde_json::to_vec(header)?;
    let length = u32::try_from(json.len()).ok().filter(|length| *length <= HEADER_MAX);
    let length = length.ok_or_else(|| invalid("a header that is too long"))?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&json)
}

/// The next header; `None` when the other side has closed the pipe between two frames.
pub(super) fn read_header<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    // A pipe that ends is the ordinary way to be dismissed; one that ends within a length is not.
    match from.read(&mut length[..1])? {
        0 => return Ok(None),
        _ => from.read_exact(&mut length[1..])?,
    }
    let length = u32::from_le_bytes(length);
    if length > HEADER_MAX {
        return Err(invalid("a header that is too long"));
    }
    let mut json = vec![0; length as usize];
    from.read_exact(&mut json)?;
    Ok(Some(serde_json::from_slice(&json)?))
}

pub(super) fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Reason;

    #[test]
    fn headers_come_back_and_lengths_are_bounded() {
        let mut pipe = Vec::new();
        let full = || Answer { state: TextState::Full, facts: Facts::default(), size: 3, spent: false };
        let answer =
            Answer { state: TextState::None(Reason::Encrypted), facts: Facts::default(), size: 0, spent: true };
        write_header(&mut pipe, &answer).unwrap();
        write_header(&mut pipe, &full()).unwrap();
        let mut from = pipe.as_slice();
        assert_eq!(read_header::<Answer>(&mut from).unwrap(), Some(answer));
        assert_eq!(read_header::<Answer>(&mut from).unwrap(), Some(full()));
        assert_eq!(read_header::<Answer>(&mut from).unwrap(), None);

        for hostile in
            [&b"yyyyyyyyyyyyyyy"[..], b"\xff\xff\xff\xff", b"\x02\x00", b"\x02\x00\x00\x00{", b"\x02\x00\x00\x00{]"]
        {
            let mut from = hostile;
            assert!(read_header::<Answer>(&mut from).is_err(), "{hostile:?}");
        }
        assert!(write_header(&mut Vec::new(), &"x".repeat(HEADER_MAX as usize)).is_err());
    }
}
