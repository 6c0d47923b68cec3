//! Is a content the one that was signed, and did the key in the certificate sign it?

use std::borrow::Cow;

use ring::digest;
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

use super::Signer;
use super::certificate::Certificate;
use crate::text::SignedContent;
use crate::text::ber::{self, Element};

const MESSAGE_DIGEST: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04";

const SHA_1: &[u8] = b"\x2b\x0e\x03\x02\x1a";
const SHA_256: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x01";
const SHA_384: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x02";
const SHA_512: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x03";

const RSA_PSS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";
const RSA_KEY: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const EC_KEY: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
const P256: &[u8] = b"\x2a\x86\x48\xce\x3d\x03\x01\x07";
const P384: &[u8] = b"\x2b\x81\x04\x00\x22";

/// Bytes of a modulus that the checks below take on: 2,048 to 8,192 bits.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=1024;

/// SHA-1 is compared all the same: what differs was altered, what agrees proves nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

/// The outcome of both comparisons.
pub(super) fn content(signer: &Signer<'_>, certificate: Option<&Certificate<'_>>, pieces: &[&[u8]]) -> SignedContent {
    let Some(hash) = hash_of(signer.digest_algorithm) else { return SignedContent::Unchecked };
    let signed: Cow<'_, [u8]> = match &signer.attributes {
        Some(attributes) => {
            let Some(expected) = signer.attribute(MESSAGE_DIGEST).and_then(|digest| digest.octets()) else {
                return SignedContent::Unchecked;
            };
            if digest_of(hash, pieces).as_ref() != &*expected {
                return SignedContent::Altered;
            }
            // What is signed is the set in its own right, and in DER: another form would have to be guessed.
            if !attributes.definite {
                return SignedContent::Unchecked;
            }
            let mut set = attributes.whole.to_vec();
            set[0] = ber::SET;
            set.into()
        }
        None => pieces.concat().into(),
    };
    let key = certificate.and_then(Key::of);
    let Some((key, algorithm)) = key.and_then(|key| Some((key.bytes, key.algorithm(signer, hash)?))) else {
        return SignedContent::Unchecked;
    };
    match UnparsedPublicKey::new(algorithm, key).verify(&signed, &signer.signature) {
        Ok(()) => SignedContent::Intact,
        Err(_) => SignedContent::Altered,
    }
}

fn hash_of(object: &[u8]) -> Option<Hash> {
    Some(match object {
        SHA_1 => Hash::Sha1,
        SHA_256 => Hash::Sha256,
        SHA_384 => Hash::Sha384,
        SHA_512 => Hash::Sha512,
        _ => return None,
    })
}

fn digest_of(hash: Hash, pieces: &[&[u8]]) -> digest::Digest {
    let mut context = digest::Context::new(match hash {
        Hash::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha256 => &digest::SHA256,
        Hash::Sha384 => &digest::SHA384,
        Hash::Sha512 => &digest::SHA512,
    });
    pieces.iter().for_each(|piece| context.update(piece));
    context.finish()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rsa,
    P256,
    P384,
}

pub(super) struct Key<'b> {
    pub kind: Kind,
    pub bytes: &'b [u8],
}

impl<'b> Key<'b> {
    /// `None` when it is of a kind or size that nothing here checks.
    pub fn of(certificate: &Certificate<'b>) -> Option<Self> {
        let mut algorithm = certificate.key.member(ber::SEQUENCE)?.members();
        let object = algorithm.next()?.content;
        let parameter = algorithm.next().map_or(&b""[..], |parameter| parameter.content);
        // A byte that counts unused bits stands before the bits; keys are whole bytes.
        let bytes = certificate.key.member(ber::BIT_STRING)?.content.strip_prefix(&[0])?;
        let kind = match (object, parameter) {
            (RSA_KEY | RSA_PSS, _) => {
                let (key, _) = ber::first(bytes)?;
                let modulus = key.member(ber::INTEGER)?.content;
                let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
                MODULUS.contains(&modulus.len()).then_some(Kind::Rsa)?
            }
            (EC_KEY, P256) => Kind::P256,
            (EC_KEY, P384) => Kind::P384,
            _ => return None,
        };
        Some(Self { kind, bytes })
    }

    fn algorithm(&self, signer: &Signer<'_>, digest: Hash) -> Option<&'static dyn VerificationAlgorithm> {
        let named = signer.signature_algorithm.member(ber::OBJECT)?.content;
        if named == RSA_PSS {
            return match (self.kind, pss_hash(&signer.signature_algorithm)?) {
                (Kind::Rsa, Hash::Sha256) => Some(&signature::RSA_PSS_2048_8192_SHA256),
                (Kind::Rsa, Hash::Sha384) => Some(&signature::RSA_PSS_2048_8192_SHA384),
                (Kind::Rsa, Hash::Sha512) => Some(&signature::RSA_PSS_2048_8192_SHA512),
                _ => None,
            };
        }
        Some(match (self.kind, named_hash(named).unwrap_or(digest)) {
            (Kind::Rsa, Hash::Sha256) => &signature::RSA_PKCS1_2048_8192_SHA256,
            (Kind::Rsa, Hash::Sha384) => &signature::RSA_PKCS1_2048_8192_SHA384,
            (Kind::Rsa, Hash::Sha512) => &signature::RSA_PKCS1_2048_8192_SHA512,
            (Kind::P256, Hash::Sha256) => &signature::ECDSA_P256_SHA256_ASN1,
            (Kind::P256, Hash::Sha384) => &signature::ECDSA_P256_SHA384_ASN1,
            (Kind::P384, Hash::Sha256) => &signature::ECDSA_P384_SHA256_ASN1,
            (Kind::P384, Hash::Sha384) => &signature::ECDSA_P384_SHA384_ASN1,
            (_, Hash::Sha1 | Hash::Sha512) => return None,
        })
    }
}

/// The digest that the parameters of PSS name; `None` when the salt is not as long, which nothing here checks.
fn pss_hash(algorithm: &Element<'_>) -> Option<Hash> {
    let parameters = algorithm.member(ber::SEQUENCE)?;
    let hash = hash_of(parameters.member(ber::context(0))?.member(ber::SEQUENCE)?.member(ber::OBJECT)?.content)?;
    let salt = match hash {
        Hash::Sha1 => return None,
        Hash::Sha256 => 32,
        Hash::Sha384 => 48,
        Hash::Sha512 => 64,
    };
    let said = parameters.member(ber::context(2))?.member(ber::INTEGER)?;
    (said.content == [salt]).then_some(hash)
}

/// Some algorithms of signatures name the digest themselves; the others mean the signer's.
fn named_hash(object: &[u8]) -> Option<Hash> {
    Some(match object {
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05" | b"\x2a\x86\x48\xce\x3d\x04\x01" => Hash::Sha1,
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b" | b"\x2a\x86\x48\xce\x3d\x04\x03\x02" => Hash::Sha256,
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c" | b"\x2a\x86\x48\xce\x3d\x04\x03\x03" => Hash::Sha384,
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d" | b"\x2a\x86\x48\xce\x3d\x04\x03\x04" => Hash::Sha512,
        _ => return None,
    })
}
