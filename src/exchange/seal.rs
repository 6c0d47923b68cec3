//! What does a seal sign, and how does it stand in the mark? XAdES baseline-B (ETSI EN 319 132-1), enveloped.
//!
//! Two things are signed by their digests: the mark without the seal, and what the seal says of itself (when, with
//! which certificate). Both are written in canonical form, see `canonical`; so is `SignedInfo`, whose bytes the key
//! signs. Within the mark these parts stand without the namespaces that an element around them has declared; alone, as
//! they are digested, each declares what it uses. That is the whole difference between the two ways of writing them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::canonical::{Attribute, Canonical};
use super::write::Unsealed;
use crate::digest::Sha256;

pub(super) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
pub(super) const PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";

/// How the key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    RsaSha256,
    EcdsaSha256,
    EcdsaSha384,
}

impl Algorithm {
    const fn uri(self) -> &'static str {
        match self {
            Self::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::EcdsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            Self::EcdsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
        }
    }
}

/// The certificate that the seal names and carries.
#[derive(Debug, Clone, Copy)]
pub struct SealCertificate<'a> {
    /// DER.
    pub certificate: &'a [u8],
    pub algorithm: Algorithm,
    /// Words for people who open the mark, before the certificate.
    pub key_name: Option<&'a str>,
}

/// A mark that waits for the signature over [`Prepared::to_sign`].
#[derive(Debug)]
pub struct Prepared<'a> {
    mark: &'a Unsealed,
    certificate: SealCertificate<'a>,
    signed_at: String,
    mark_digest: String,
    properties_digest: String,
    signed_info: String,
}

impl<'a> Prepared<'a> {
    pub fn new(mark: &'a Unsealed, certificate: SealCertificate<'a>, now: Timestamp) -> Self {
        let digest = |text: &str| STANDARD.encode(Sha256::of(text.as_bytes()).as_bytes());
        let mut prepared = Self {
            mark,
            certificate,
            signed_at: format!("{now:.0}"),
            mark_digest: digest(mark.canonical()),
            properties_digest: String::new(),
            signed_info: String::new(),
        };
        let mut properties = Canonical::default();
        prepared.properties(&mut properties, true);
        prepared.properties_digest = digest(properties.as_str());
        let mut signed_info = Canonical::default();
        prepared.signed_info(&mut signed_info, true);
        prepared.signed_info = signed_info.finish();
        prepared
    }

    /// The bytes that the key signs.
    pub fn to_sign(&self) -> &[u8] {
        self.signed_info.as_bytes()
    }

    /// The sealed mark. An ECDSA signature is the two numbers, one after the other, not their DER.
    pub fn seal(&self, signature: &[u8]) -> String {
        let mut xml = Canonical::default();
        xml.element("ds:Signature", &[("xmlns:ds", DSIG), ("Id", "sigillo")], |xml| {
            self.signed_info(xml, false);
            xml.text("ds:SignatureValue", &[], &STANDARD.encode(signature));
            xml.element("ds:KeyInfo", &[], |xml| {
                xml.optional("ds:KeyName", self.certificate.key_name);
                xml.element("ds:X509Data", &[], |xml| {
                    xml.text("ds:X509Certificate", &[], &STANDARD.encode(self.certificate.certificate));
                });
            });
            xml.element("ds:Object", &[], |xml| {
                let attributes = [("xmlns:xades", XADES), ("Target", "#sigillo")];
                xml.element("xades:QualifyingProperties", &attributes, |xml| self.properties(xml, false));
            });
        });
        self.mark.with(xml.as_str())
    }

    fn signed_info(&self, xml: &mut Canonical, alone: bool) {
        let declared: &[Attribute<'_>] = if alone { &[("xmlns:ds", DSIG)] } else { &[] };
        xml.element("ds:SignedInfo", declared, |xml| {
            xml.text("ds:CanonicalizationMethod", &[("Algorithm", EXCLUSIVE)], "");
            xml.text("ds:SignatureMethod", &[("Algorithm", self.certificate.algorithm.uri())], "");
            let attributes = [("Id", "sigillo-segnatura"), ("URI", "")];
            reference(xml, &attributes, &[ENVELOPED, EXCLUSIVE], &self.mark_digest);
            let attributes = [("Type", PROPERTIES), ("URI", "#sigillo-dati")];
            reference(xml, &attributes, &[EXCLUSIVE], &self.properties_digest);
        });
    }

    /// What baseline-B asks for: when, with which certificate, and what kind of thing is signed.
    fn properties(&self, xml: &mut Canonical, alone: bool) {
        // Alone, elements of the other namespace declare it one by one: their root does not use it.
        let used: &[Attribute<'_>] = if alone { &[("xmlns:ds", DSIG)] } else { &[] };
        let declared: &[Attribute<'_>] = if alone { &[("xmlns:xades", XADES)] } else { &[] };
        xml.element("xades:SignedProperties", &[declared, &[("Id", "sigillo-dati")]].concat(), |xml| {
            xml.element("xades:SignedSignatureProperties", &[], |xml| {
                xml.text("xades:SigningTime", &[], &self.signed_at);
                xml.element("xades:SigningCertificateV2", &[], |xml| {
                    xml.element("xades:Cert", &[], |xml| {
                        xml.element("xades:CertDigest", &[], |xml| {
                            xml.text("ds:DigestMethod", &[used, &[("Algorithm", SHA256)]].concat(), "");
                            let digest = Sha256::of(self.certificate.certificate);
                            xml.text("ds:DigestValue", used, &STANDARD.encode(digest.as_bytes()));
                        });
                    });
                });
            });
            xml.element("xades:SignedDataObjectProperties", &[], |xml| {
                let about = [("ObjectReference", "#sigillo-segnatura")];
                xml.element("xades:DataObjectFormat", &about, |xml| xml.text("xades:MimeType", &[], "application/xml"));
            });
        });
    }
}

fn reference(xml: &mut Canonical, attributes: &[Attribute<'_>], transforms: &[&str], digest: &str) {
    xml.element("ds:Reference", attributes, |xml| {
        xml.element("ds:Transforms", &[], |xml| {
            transforms.iter().for_each(|uri| xml.text("ds:Transform", &[("Algorithm", uri)], ""));
        });
        xml.text("ds:DigestMethod", &[("Algorithm", SHA256)], "");
        xml.text("ds:DigestValue", &[], digest);
    });
}
