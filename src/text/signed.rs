//! Who signed an envelope of CMS (`.p7m`, `.p7s`, the signatures in a PDF), when, and is the content what they signed?
//!
//! Two things are compared: the content with the digest that was signed, and the signature with the key of the
//! certificate that lies beside it. Whether anybody should trust that certificate is not asked.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::ber::{self, Element};
use super::{Reason, Signature, SignedContent};
use certificate::Certificate;

mod certificate;
mod check;
mod own;
mod sealed;

pub use own::{KeyKind, OwnCertificate};
pub use sealed::{SealSigner, sealed_by};

const SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const ENVELOPED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03";
const SIGNING_TIME: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05";

/// Signers of one envelope that are looked at.
const SIGNERS_MAX: usize = 100;

/// An envelope that was opened.
pub(super) struct Opened<'b> {
    /// What was signed; absent where the signature stands apart from it.
    pub content: Option<Cow<'b, [u8]>>,
    pub signatures: Vec<Signature>,
}

/// The signatures of an envelope; `detached` are the pieces of the content that was signed, where it is not inside.
/// Nothing when it cannot be read at all.
pub(super) fn signatures(cms: &[u8], detached: Option<&[&[u8]]>) -> Vec<Signature> {
    let cms = bytes(cms);
    Envelope::parse(&cms).map(|envelope| envelope.signatures(detached)).unwrap_or_default()
}

/// The content and the signatures of an envelope, which [`bytes`] has made plain.
pub(super) fn open(cms: &[u8]) -> Result<Opened<'_>, Reason> {
    let envelope = Envelope::parse(cms)?;
    let signatures = envelope.signatures(None);
    Ok(Opened { content: envelope.content, signatures })
}

/// A signature of which nothing is checked, by the certificate beside it.
pub(super) fn unchecked(certificate: &[u8]) -> Signature {
    let certificate = ber::first(certificate).and_then(|(element, _)| Certificate::parse(&element));
    Signature {
        signer: certificate.as_ref().and_then(Certificate::subject_name),
        serial_number: certificate.as_ref().and_then(Certificate::subject_serial_number),
        issuer: certificate.as_ref().and_then(Certificate::issuer_name),
        signed_at: None,
        content: SignedContent::Unchecked,
        covers_all: None,
        part: None,
    }
}

/// An envelope as bytes: many come wrapped in base64, with or without the lines that PEM has around it.
pub(super) fn bytes(content: &[u8]) -> Cow<'_, [u8]> {
    let start = content.trim_ascii_start();
    if start.starts_with(b"\x30") && !start.get(1).is_some_and(u8::is_ascii_alphanumeric) {
        return Cow::Borrowed(content);
    }
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let base64 = GeneralPurpose::new(&alphabet::STANDARD, lenient);
    let lines = start.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let body: Vec<u8> = lines
        .filter(|line| !line.starts_with(b"-----"))
        .flat_map(|line| line.iter().copied().filter(|byte| !byte.is_ascii_whitespace()))
        .collect();
    base64.decode(body).map_or(Cow::Borrowed(content), Cow::Owned)
}

struct Envelope<'b> {
    content: Option<Cow<'b, [u8]>>,
    certificates: Vec<Certificate<'b>>,
    signers: Vec<Element<'b>>,
}

impl<'b> Envelope<'b> {
    fn parse(cms: &'b [u8]) -> Result<Self, Reason> {
        let (info, _) = ber::first(cms).ok_or(Reason::Broken)?;
        match info.member(ber::OBJECT).map(|kind| kind.content) {
            Some(SIGNED_DATA) => {}
            Some(ENVELOPED_DATA) => return Err(Reason::Encrypted),
            _ => return Err(Reason::Broken),
        }
        Self::of(&info).ok_or(Reason::Broken)
    }

    fn of(info: &Element<'b>) -> Option<Self> {
        let data = info.member(ber::context(0))?.member(ber::SEQUENCE)?;
        let inside = data.member(ber::SEQUENCE)?;
        let content = match inside.member(ber::context(0)) {
            // PKCS #7 of old allows any element in place of the octet string.
            Some(wrapper) => wrapper.members().next().map(|element| element.octets().unwrap_or(element.content.into())),
            None => None,
        };
        let certificates = data.member(ber::context(0)).into_iter().flat_map(|set| set.members());
        let certificates = certificates.filter_map(|element| Certificate::parse(&element)).collect();
        // The algorithms of the digests are a set, too, and stand first.
        let signers = data.members().filter(|member| member.tag == ber::SET).nth(1)?;
        let signers = signers.members().filter(|signer| signer.tag == ber::SEQUENCE).take(SIGNERS_MAX).collect();
        Some(Self { content, certificates, signers })
    }

    fn signatures(&self, detached: Option<&[&[u8]]>) -> Vec<Signature> {
        let inside = self.content.as_deref().map(|content| [content]);
        let content = inside.as_ref().map(|one| one.as_slice()).or(detached);
        self.signers.iter().filter_map(|signer| Some(self.signature(&Signer::parse(signer)?, content))).collect()
    }

    fn signature(&self, signer: &Signer<'b>, content: Option<&[&[u8]]>) -> Signature {
        let certificate = self.certificates.iter().find(|certificate| certificate.is_named_by(&signer.identifier));
        Signature {
            signer: certificate.and_then(Certificate::subject_name),
            serial_number: certificate.and_then(Certificate::subject_serial_number),
            issuer: certificate.and_then(Certificate::issuer_name),
            signed_at: signer.attribute(SIGNING_TIME).as_ref().and_then(time),
            content: content.map_or(SignedContent::Unchecked, |pieces| check::content(signer, certificate, pieces)),
            covers_all: None,
            part: None,
        }
    }
}

/// What one signer has left.
struct Signer<'b> {
    /// Issuer and number of a certificate, or the identifier of its key.
    identifier: Element<'b>,
    digest_algorithm: &'b [u8],
    attributes: Option<Element<'b>>,
    /// Its name, and parameters where it has any.
    signature_algorithm: Element<'b>,
    signature: Cow<'b, [u8]>,
}

impl<'b> Signer<'b> {
    fn parse(signer: &Element<'b>) -> Option<Self> {
        let mut members = signer.members().skip(1).peekable();
        let identifier = members.next()?;
        let digest_algorithm = members.next()?.member(ber::OBJECT)?.content;
        let attributes = members.next_if(|member| member.tag == ber::context(0));
        let signature_algorithm = members.next()?;
        let signature = members.next()?.octets()?;
        Some(Self { identifier, digest_algorithm, attributes, signature_algorithm, signature })
    }

    /// The first value of a signed attribute.
    fn attribute(&self, kind: &[u8]) -> Option<Element<'b>> {
        let mut attributes = self.attributes.iter().flat_map(|attributes| attributes.members());
        let attribute = attributes.find(|attribute| {
            attribute.members().next().is_some_and(|object| object.tag == ber::OBJECT && object.content == kind)
        })?;
        attribute.member(ber::SET)?.members().next()
    }
}

/// A time in UTC as RFC 3339 writes it.
fn time(element: &Element<'_>) -> Option<String> {
    let digits = str::from_utf8(element.content).ok()?.strip_suffix('Z')?;
    let digits = digits.split(['.', ',']).next()?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = match (element.tag, digits.len()) {
        // Two digits of a year: those below 50 are of this century.
        (ber::UTC_TIME, 12) if digits < "50" => format!("20{digits}"),
        (ber::UTC_TIME, 12) => format!("19{digits}"),
        (ber::GENERALIZED_TIME, 14) => digits.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| &digits[from..to];
    let (date, hour) = ([part(0, 4), part(4, 6), part(6, 8)].join("-"), [part(8, 10), part(10, 12), part(12, 14)]);
    Some(format!("{date}T{}Z", hour.join(":")))
}

#[cfg(test)]
mod tests;
