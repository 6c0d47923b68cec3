//! The fingerprint of a document as a mark states it, and the ways in which others write it.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use serde::Serialize;

use super::deviation::DeviationCode;
use crate::digest::Sha256;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A digest and what made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fingerprint {
    /// `SHA-256`.
    pub algorithm: String,
    #[serde(serialize_with = "as_hex")]
    pub digest: Vec<u8>,
}

fn as_hex<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex::encode(bytes))
}

impl From<Sha256> for Fingerprint {
    fn from(digest: Sha256) -> Self {
        Self { algorithm: "SHA-256".to_owned(), digest: digest.as_bytes().to_vec() }
    }
}

impl Fingerprint {
    /// Base64 of the bytes, as the schema asks.
    pub(super) fn base64(&self) -> String {
        STANDARD.encode(&self.digest)
    }

    /// Reads a fingerprint however it is written, and says how it should not have been.
    pub(super) fn read(text: &str, algorithm: &str) -> (Option<Self>, Vec<DeviationCode>) {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (name, length, allowed) = known(algorithm);
        let mut deviations = Vec::new();
        if !allowed {
            deviations.push(DeviationCode::AlgorithmUnexpected);
        }
        let fits = |bytes: &Vec<u8>| length.map_or(!bytes.is_empty(), |length| bytes.len() == length);
        let decoded = LENIENT.decode(&text).ok();
        let digest = if let Some(bytes) = decoded.clone().filter(fits) {
            Some(bytes)
        } else if let Some(bytes) = hex::decode(&text).ok().filter(fits) {
            deviations.push(DeviationCode::FingerprintHex);
            Some(bytes)
        } else if let Some(bytes) = decoded.and_then(|digits| hex::decode(digits).ok()).filter(fits) {
            deviations.push(DeviationCode::FingerprintBase64OfHex);
            Some(bytes)
        } else {
            deviations.push(DeviationCode::FingerprintMalformed);
            None
        };
        (digest.map(|digest| Self { algorithm: name, digest }), deviations)
    }
}

/// The one spelling of an algorithm's name, the bytes it gives, and whether table 1 of Allegato 6 allows it.
fn known(name: &str) -> (String, Option<usize>, bool) {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    let (name, length) = match plain.as_str() {
        "SHA1" => return ("SHA-1".to_owned(), Some(20), false),
        "SHA224" => ("SHA-224", 28),
        "SHA256" => ("SHA-256", 32),
        "SHA384" => ("SHA-384", 48),
        "SHA512" => ("SHA-512", 64),
        _ => return (name.to_owned(), None, false),
    };
    (name.to_owned(), Some(length), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_and_twice_encoded_ones_are_read_and_flagged() {
        let digest = Sha256::of(b"istanza");
        let expected = Some(Fingerprint::from(digest));
        let written = expected.as_ref().unwrap().base64();
        let digits = digest.to_string();
        for (text, deviation) in [
            (written.clone(), None),
            (format!(" {}\n {} ", &written[..20], &written[20..]), None),
            (written.trim_end_matches('=').to_owned(), None),
            (digits.clone(), Some(DeviationCode::FingerprintHex)),
            (digits.to_uppercase(), Some(DeviationCode::FingerprintHex)),
            (STANDARD.encode(&digits), Some(DeviationCode::FingerprintBase64OfHex)),
        ] {
            assert_eq!(Fingerprint::read(&text, "SHA-256"), (expected.clone(), Vec::from_iter(deviation)), "{text}");
        }
    }

    #[test]
    fn what_is_no_fingerprint_is_none() {
        for text in ["", "…", "abc", &"0".repeat(63), &"A".repeat(44)[..40]] {
            assert_eq!(Fingerprint::read(text, "SHA-256"), (None, vec![DeviationCode::FingerprintMalformed]), "{text}");
        }
        let (found, deviations) = Fingerprint::read(&STANDARD.encode([7; 20]), "sha1");
        assert_eq!(found.unwrap().algorithm, "SHA-1");
        assert_eq!(deviations, [DeviationCode::AlgorithmUnexpected]);
        // 64 hexadecimal digits are base64 of 48 bytes, too: for SHA-384 they are taken for what they should be.
        let (found, deviations) = Fingerprint::read(&"0".repeat(64), "SHA-384");
        assert_eq!((found.unwrap().digest.len(), deviations.len()), (48, 0));
    }
}
