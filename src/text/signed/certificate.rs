//! What does a certificate say of its owner, and which key is in it?

use crate::text::ber::{self, Element};

const COMMON_NAME: &[u8] = b"\x55\x04\x03";
const SERIAL_NUMBER: &[u8] = b"\x55\x04\x05";

/// The extension that holds the identifier of the key, up to the length of its value.
const KEY_IDENTIFIER: &[u8] = b"\x06\x03\x55\x1d\x0e\x04";

/// `[0]`, not constructed: how a signer names a key instead of a certificate.
const BY_KEY: u8 = 0x80;

pub(super) struct Certificate<'b> {
    number: &'b [u8],
    issuer: Element<'b>,
    subject: Element<'b>,
    /// `SubjectPublicKeyInfo`.
    pub key: Element<'b>,
    whole: &'b [u8],
}

impl<'b> Certificate<'b> {
    pub fn parse(certificate: &Element<'b>) -> Option<Self> {
        let inner = certificate.member(ber::SEQUENCE).filter(|_| certificate.tag == ber::SEQUENCE)?;
        // The version stands first, or nothing does.
        let mut members = inner.members().skip_while(|member| member.tag != ber::INTEGER);
        let number = members.next()?.content;
        let (_algorithm, issuer, _validity) = (members.next()?, members.next()?, members.next()?);
        let (subject, key) = (members.next()?, members.next()?);
        Some(Self { number, issuer, subject, key, whole: certificate.whole })
    }

    /// Whether a signer's identifier means this one.
    pub fn is_named_by(&self, identifier: &Element<'_>) -> bool {
        match identifier.tag {
            BY_KEY => {
                let Ok(length) = u8::try_from(identifier.content.len()) else { return false };
                let value = [&[length.wrapping_add(2), ber::OCTET_STRING, length], identifier.content].concat();
                let extension = [KEY_IDENTIFIER, &value].concat();
                self.whole.windows(extension.len()).any(|window| window == extension)
            }
            _ => {
                let mut named = identifier.members();
                named.next().is_some_and(|issuer| issuer.whole == self.issuer.whole)
                    && named.next().is_some_and(|number| number.content == self.number)
            }
        }
    }

    pub fn subject_name(&self) -> Option<String> {
        attribute(&self.subject, COMMON_NAME)
    }

    pub fn subject_serial_number(&self) -> Option<String> {
        attribute(&self.subject, SERIAL_NUMBER)
    }

    pub fn issuer_name(&self) -> Option<String> {
        attribute(&self.issuer, COMMON_NAME)
    }
}

/// An attribute of a name, which is a sequence of sets of pairs.
fn attribute(name: &Element<'_>, kind: &[u8]) -> Option<String> {
    let pairs = name.members().flat_map(|set| set.members());
    let value = pairs.filter_map(|pair| {
        let mut members = pair.members();
        let found = members.next().is_some_and(|object| object.content == kind);
        members.next().filter(|_| found)
    });
    let text = text(&value.last()?);
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn text(element: &Element<'_>) -> String {
    match element.tag {
        ber::BMP_STRING => {
            let (units, _) = element.content.as_chunks::<2>();
            let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        ber::UTF8_STRING => String::from_utf8_lossy(element.content).into_owned(),
        // Printable and IA5 are ASCII; what calls itself Teletex is Latin-1 in practice.
        _ => crate::text::plain::decode(element.content).into_owned(),
    }
}
