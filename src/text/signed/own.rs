//! Our own certificate: which key is in it, and has that key signed this?

use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

use super::certificate::Certificate;
use super::check::{Key, Kind};
use crate::text::ber;

/// The key that a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    Rsa,
    P256,
    P384,
}

/// A certificate whose key signs for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnCertificate {
    der: Vec<u8>,
    kind: KeyKind,
    key: Vec<u8>,
    subject: Option<String>,
}

impl OwnCertificate {
    /// Reads DER, or the first certificate of a PEM file. `None` when it is none, or its key is of a kind or size that
    /// nobody should sign with.
    pub fn read(file: &[u8]) -> Option<Self> {
        let der = super::bytes(first_of_pem(file)).into_owned();
        let (element, rest) = ber::first(&der)?;
        let certificate = Certificate::parse(&element).filter(|_| rest.trim_ascii().is_empty())?;
        let key = Key::of(&certificate)?;
        let kind = match key.kind {
            Kind::Rsa => KeyKind::Rsa,
            Kind::P256 => KeyKind::P256,
            Kind::P384 => KeyKind::P384,
        };
        let (key, subject) = (key.bytes.to_vec(), certificate.subject_name());
        Some(Self { der: element.whole.to_vec(), kind, key, subject })
    }

    pub fn der(&self) -> &[u8] {
        &self.der
    }

    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The common name of its owner.
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// A signature over these bytes as XML signatures have it, from what a signer has answered: of elliptic curves the
    /// two numbers one after the other, where OpenSSL answers their DER and a token the numbers. `None` when this
    /// certificate's key has not made it.
    pub fn accept(&self, message: &[u8], answered: &[u8]) -> Option<Vec<u8>> {
        let (algorithm, length): (&dyn VerificationAlgorithm, usize) = match self.kind {
            KeyKind::Rsa => (&signature::RSA_PKCS1_2048_8192_SHA256, 0),
            KeyKind::P256 => (&signature::ECDSA_P256_SHA256_FIXED, 32),
            KeyKind::P384 => (&signature::ECDSA_P384_SHA384_FIXED, 48),
        };
        let verifies =
            |signature: &Vec<u8>| UnparsedPublicKey::new(algorithm, &self.key).verify(message, signature).is_ok();
        let numbers = || numbers(answered, length);
        Some(answered.to_vec()).filter(verifies).or_else(|| numbers().filter(verifies))
    }
}

/// What stands between the first two lines that PEM has around a certificate; all of it where there are none.
fn first_of_pem(file: &[u8]) -> &[u8] {
    const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
    const END: &[u8] = b"-----END CERTIFICATE-----";
    let find = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|window| window == what);
    let Some(begin) = find(file, BEGIN) else { return file };
    let rest = &file[begin + BEGIN.len()..];
    find(rest, END).map_or(rest, |end| &rest[..end])
}

/// Both numbers of a DER signature, each as long as the curve's.
fn numbers(der: &[u8], length: usize) -> Option<Vec<u8>> {
    let (sequence, _) = ber::first(der).filter(|(element, _)| element.tag == ber::SEQUENCE)?;
    let mut fixed = Vec::with_capacity(2 * length);
    for number in sequence.members().filter(|member| member.tag == ber::INTEGER).take(2) {
        let from = number.content.iter().position(|byte| *byte != 0).unwrap_or(number.content.len());
        let digits = &number.content[from..];
        fixed.resize(fixed.len() + length.checked_sub(digits.len())?, 0);
        fixed.extend_from_slice(digits);
    }
    (fixed.len() == 2 * length).then_some(fixed)
}
