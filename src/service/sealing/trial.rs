//! The seal for trial: a key made at random and a certificate that it signs itself, whose name says what it is worth.

use jiff::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};

use crate::clock;
use crate::text::signed::OwnCertificate;

/// Subject and issuer of the certificate; it stands in the seal in plain letters, too.
pub const NAME: &str = "SIGILLO DI PROVA - SENZA VALORE";

/// How long the certificate says that it is valid.
const DAYS: i64 = 365;

pub struct Trial {
    key: EcdsaKeyPair,
    certificate: OwnCertificate,
}

/// No key or no certificate could be made.
#[derive(Debug, thiserror::Error)]
#[error("no key for trial could be made")]
pub struct TrialError;

impl Trial {
    pub fn new(now: Timestamp) -> Result<Self, TrialError> {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).map_err(|_| TrialError)?;
        let key = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).map_err(|_| TrialError)?;
        let to_sign = to_be_signed(key.public_key().as_ref(), now);
        let signature = key.sign(&random, &to_sign).map_err(|_| TrialError)?;
        let certificate = der(SEQUENCE, &[&to_sign, &ecdsa_with_sha256(), &bits(signature.as_ref())]);
        let certificate = OwnCertificate::read(&certificate).ok_or(TrialError)?;
        Ok(Self { key, certificate })
    }

    pub fn certificate(&self) -> &OwnCertificate {
        &self.certificate
    }

    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, TrialError> {
        let signature = self.key.sign(&SystemRandom::new(), message).map_err(|_| TrialError)?;
        Ok(signature.as_ref().to_vec())
    }
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT: u8 = 0x06;
const UTF8_STRING: u8 = 0x0c;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// `[0]`, which holds the version.
const VERSION: u8 = 0xa0;

/// The part of a certificate (RFC 5280) that its signature is over: version 3, without extensions.
fn to_be_signed(public_key: &[u8], now: Timestamp) -> Vec<u8> {
    let common_name = der(SEQUENCE, &[&der(OBJECT, &[b"\x55\x04\x03"]), &der(UTF8_STRING, &[NAME.as_bytes()])]);
    let name = der(SEQUENCE, &[&der(SET, &[&common_name])]);
    let end = clock::from_microseconds(now.as_microsecond().saturating_add(DAYS * 86_400_000_000));
    let time = |time: Timestamp| der(GENERALIZED_TIME, &[time.strftime("%Y%m%d%H%M%SZ").to_string().as_bytes()]);
    let algorithm =
        [der(OBJECT, &[b"\x2a\x86\x48\xce\x3d\x02\x01"]), der(OBJECT, &[b"\x2a\x86\x48\xce\x3d\x03\x01\x07"])];
    let algorithm = der(SEQUENCE, &[&algorithm[0], &algorithm[1]]);
    der(
        SEQUENCE,
        &[
            &der(VERSION, &[&der(INTEGER, &[&[2]])]),
            &der(INTEGER, &[&[1]]),
            &ecdsa_with_sha256(),
            &name,
            &der(SEQUENCE, &[&time(now), &time(end)]),
            &name,
            &der(SEQUENCE, &[&algorithm, &bits(public_key)]),
        ],
    )
}

fn ecdsa_with_sha256() -> Vec<u8> {
    der(SEQUENCE, &[&der(OBJECT, &[b"\x2a\x86\x48\xce\x3d\x04\x03\x02"])])
}

fn bits(bytes: &[u8]) -> Vec<u8> {
    der(BIT_STRING, &[&[0], bytes])
}

/// One element of DER: its tag, its length, and what is in it.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut element = vec![tag];
    match content.len() {
        short @ 0..0x80 => element.push(short as u8),
        long => {
            let digits = long.to_be_bytes();
            let from = digits.iter().take_while(|digit| **digit == 0).count();
            element.push(0x80 | (digits.len() - from) as u8);
            element.extend_from_slice(&digits[from..]);
        }
    }
    element.extend(content);
    element
}
