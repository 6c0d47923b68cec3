//! What does a piece of BER hold? Elements of it in place, without a schema and without recursion.
//!
//! Signatures are over exact bytes, and real envelopes mix definite and indefinite lengths: so elements are found where
//! they lie, and nothing is encoded again. A length that lies ends the reading of that level.

use std::borrow::Cow;

pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0c;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const BMP_STRING: u8 = 0x1e;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
/// Octet strings come in pieces when the length was not known beforehand.
pub(super) const OCTET_PIECES: u8 = OCTET_STRING | CONSTRUCTED;

const CONSTRUCTED: u8 = 0x20;
const LONG_TAG: u8 = 0x1f;

/// Pieces of octet strings within pieces: signers write one level, the standard allows any.
const PIECES_DEPTH_MAX: usize = 8;

/// `[number]`, constructed: how optional members are told apart.
pub(super) const fn context(number: u8) -> u8 {
    0x80 | CONSTRUCTED | number
}

/// One element where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<'b> {
    /// The first identifier octet: class, constructed or not, and the number where that is below 31.
    pub tag: u8,
    /// Without the header, and without the two zeros at the end of an indefinite length.
    pub content: &'b [u8],
    /// With both.
    pub whole: &'b [u8],
    /// Its length stood in the header.
    pub definite: bool,
}

/// The element at the beginning, and what follows it.
pub(super) fn first(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let header = Header::of(bytes)?;
    let body = &bytes[header.size..];
    let (content, end) = match header.length {
        Some(length) => (length, length),
        None => indefinite(body)?,
    };
    let (whole, rest) = bytes.split_at_checked(header.size.checked_add(end)?)?;
    let element = Element { tag: header.tag, content: body.get(..content)?, whole, definite: header.length.is_some() };
    Some((element, rest))
}

/// The elements that stand one after the other; ends where something is no element.
pub(super) fn elements(mut bytes: &[u8]) -> impl Iterator<Item = Element<'_>> {
    std::iter::from_fn(move || {
        let (element, rest) = first(bytes)?;
        bytes = rest;
        Some(element)
    })
}

impl<'b> Element<'b> {
    pub fn members(&self) -> impl Iterator<Item = Element<'b>> + use<'b> {
        let inside = if self.tag & CONSTRUCTED == 0 { &[] } else { self.content };
        elements(inside)
    }

    /// The one with this tag among its members.
    pub fn member(&self, tag: u8) -> Option<Element<'b>> {
        self.members().find(|member| member.tag == tag)
    }

    /// The bytes of an octet string, in one piece or in many.
    pub fn octets(&self) -> Option<Cow<'b, [u8]>> {
        match self.tag {
            OCTET_STRING => Some(Cow::Borrowed(self.content)),
            OCTET_PIECES => {
                let mut bytes = Vec::new();
                gather(self, &mut bytes, PIECES_DEPTH_MAX)?;
                Some(Cow::Owned(bytes))
            }
            _ => None,
        }
    }
}

fn gather(element: &Element<'_>, bytes: &mut Vec<u8>, depth: usize) -> Option<()> {
    let mut seen = 0;
    for piece in element.members() {
        seen += piece.whole.len();
        match piece.tag {
            OCTET_STRING => bytes.extend_from_slice(piece.content),
            OCTET_PIECES if depth > 0 => gather(&piece, bytes, depth - 1)?,
            _ => return None,
        }
    }
    // A piece whose length lies must not pass for the end.
    (seen == element.content.len()).then_some(())
}

struct Header {
    tag: u8,
    size: usize,
    /// `None` when it is indefinite.
    length: Option<usize>,
}

impl Header {
    fn of(bytes: &[u8]) -> Option<Self> {
        let tag = *bytes.first()?;
        let mut at = 1;
        if tag & LONG_TAG == LONG_TAG {
            // The number goes on in the bytes that have their first bit set, and one more.
            at += bytes[at..].iter().take_while(|byte| **byte & 0x80 != 0).count() + 1;
        }
        let first = *bytes.get(at)?;
        at += 1;
        let length = match first {
            0x80 if tag & CONSTRUCTED != 0 => None,
            0..0x80 => Some(usize::from(first)),
            _ => {
                let digits = bytes.get(at..at + usize::from(first & 0x7f))?;
                at += digits.len();
                let length = digits
                    .iter()
                    .try_fold(0_usize, |length, digit| length.checked_mul(256)?.checked_add(usize::from(*digit)));
                // An empty number is the indefinite form of something that has no members.
                Some(length.filter(|_| !digits.is_empty())?)
            }
        };
        Some(Self { tag, size: at, length })
    }
}

/// Where the content of an indefinite length ends, and where the two zeros after it end.
fn indefinite(body: &[u8]) -> Option<(usize, usize)> {
    let (mut at, mut open) = (0_usize, 1_usize);
    loop {
        let rest = body.get(at..)?;
        if rest.starts_with(&[0, 0]) {
            open -= 1;
            at += 2;
            if open == 0 {
                return Some((at - 2, at));
            }
            continue;
        }
        let header = Header::of(rest)?;
        at += header.size;
        match header.length {
            Some(length) => at = at.checked_add(length).filter(|at| *at <= body.len())?,
            None => open += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_of_every_kind() {
        let long = [&[OCTET_STRING, 0x81, 0x80][..], &[7; 128]].concat();
        let cases: [(&[u8], Option<&[u8]>); 9] = [
            (b"\x04\x02ab", Some(b"ab")),
            (b"\x04\x82\x00\x02ab", Some(b"ab")),
            (&long, Some(&[7; 128])),
            (b"\x24\x80\x04\x01a\x04\x01b\0\0", Some(b"ab")),
            (b"\x24\x80\x24\x80\x04\x01a\0\0\x04\x01b\0\0", Some(b"ab")),
            (b"\x24\x06\x04\x01a\x04\x01b", Some(b"ab")),
            (b"\x04\x03ab", None),
            (b"\x04\x80ab\0\0", None),
            (b"\x24\x80\x04\x01a\x04\x7fb\0\0", None),
        ];
        for (bytes, expected) in cases {
            let octets = first(bytes).and_then(|(element, _)| element.octets());
            assert_eq!(octets.as_deref(), expected, "{bytes:x?}");
        }
        let lying: &[u8] = b"\x24\x06\x04\x01a\x04\x09b";
        assert_eq!(first(lying).and_then(|(element, _)| element.octets()), None, "a piece longer than its whole");
        let huge: &[u8] = b"\x04\x88\xff\xff\xff\xff\xff\xff\xff\xffab";
        assert_eq!(first(huge), None);
        let (element, rest) = first(b"\x3f\x81\x05\x01axyz").unwrap();
        assert_eq!((element.content, rest), (&b"a"[..], &b"xyz"[..]), "a number in two bytes");
    }

    #[test]
    fn a_hundred_thousand_levels_take_no_stack() {
        let deep: Vec<u8> = [OCTET_PIECES, 0x80].repeat(100_000);
        assert_eq!(first(&deep), None, "never closed");
        let closed = [deep, vec![0; 200_000]].concat();
        let (element, rest) = first(&closed).unwrap();
        assert!(rest.is_empty() && element.octets().is_none(), "deeper than anybody writes");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_and_all_it_gives_lies_within(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for element in elements(&bytes) {
                prop_assert!(element.whole.len() <= bytes.len() && element.content.len() < element.whole.len());
                element.octets();
                element.members().for_each(|member| assert!(member.whole.len() <= element.content.len()));
            }
        }
    }
}
