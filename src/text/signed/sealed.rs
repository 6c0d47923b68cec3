//! Has the key of this certificate signed these bytes, as signatures of XML have it? And whose is the certificate?

use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

use super::certificate::Certificate;
use super::check::{Key, Kind};
use crate::text::SignedContent;
use crate::text::ber;

/// Whose seal it is, by the certificate alone: whether anybody should trust that is not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealSigner {
    pub name: Option<String>,
    pub serial_number: Option<String>,
    pub issuer: Option<String>,
    /// Intact where the key has signed the bytes.
    pub signature: SignedContent,
}

/// `certificate` is DER; `method` is what stands after the `#` in the name of the method (RFC 9231). `None` when the
/// certificate cannot be read.
pub fn sealed_by(certificate: &[u8], method: &str, message: &[u8], signed: &[u8]) -> Option<SealSigner> {
    let (element, _) = ber::first(certificate)?;
    let certificate = Certificate::parse(&element)?;
    let algorithm = |kind: Kind| -> Option<&'static dyn VerificationAlgorithm> {
        Some(match (kind, method) {
            (Kind::Rsa, "rsa-sha256") => &signature::RSA_PKCS1_2048_8192_SHA256,
            (Kind::Rsa, "rsa-sha384") => &signature::RSA_PKCS1_2048_8192_SHA384,
            (Kind::Rsa, "rsa-sha512") => &signature::RSA_PKCS1_2048_8192_SHA512,
            (Kind::Rsa, "sha256-rsa-MGF1") => &signature::RSA_PSS_2048_8192_SHA256,
            (Kind::Rsa, "sha384-rsa-MGF1") => &signature::RSA_PSS_2048_8192_SHA384,
            (Kind::Rsa, "sha512-rsa-MGF1") => &signature::RSA_PSS_2048_8192_SHA512,
            (Kind::P256, "ecdsa-sha256") => &signature::ECDSA_P256_SHA256_FIXED,
            (Kind::P384, "ecdsa-sha384") => &signature::ECDSA_P384_SHA384_FIXED,
            _ => return None,
        })
    };
    let key = Key::of(&certificate).and_then(|key| Some((algorithm(key.kind)?, key.bytes)));
    let signature = match key {
        None => SignedContent::Unchecked,
        Some((algorithm, key)) => match UnparsedPublicKey::new(algorithm, key).verify(message, signed) {
            Ok(()) => SignedContent::Intact,
            Err(_) => SignedContent::Altered,
        },
    };
    Some(SealSigner {
        name: certificate.subject_name(),
        serial_number: certificate.subject_serial_number(),
        issuer: certificate.issuer_name(),
        signature,
    })
}
