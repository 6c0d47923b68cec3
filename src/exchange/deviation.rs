//! Where does a mark that was read break the rules of its own generation? Each place with a published code.

use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum DeviationCode {
            $($(#[$doc])* $variant,)*
        }

        impl DeviationCode {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

codes! {
    /// The namespace is not the one of this generation.
    NamespaceUnexpected = "namespace-unexpected";
    /// `versione` is missing or another than the generation's.
    VersionUnexpected = "version-unexpected";
    /// An attribute of 2021 without the namespace that it needs.
    AttributeUnqualified = "attribute-unqualified";
    /// What must be there is not.
    Missing = "missing";
    /// What may be there once is there several times: the first counts.
    Repeated = "repeated";
    /// There is no seal, which 2021 asks for.
    SealMissing = "seal-missing";
    /// The registration number has fewer than seven digits, or is no number.
    NumberMalformed = "number-malformed";
    /// A register code that is longer than 16 characters, or has others than it may.
    RegisterMalformed = "register-malformed";
    /// A day that does not exist, or is written in another way.
    DateMalformed = "date-malformed";
    /// A time of day that does not exist, or is written in another way.
    TimeMalformed = "time-malformed";
    /// Neither true nor false, neither yes nor no.
    FlagMalformed = "flag-malformed";
    /// The fingerprint is in hexadecimal digits, not in base64.
    FingerprintHex = "fingerprint-hex";
    /// The fingerprint is in base64, but of the hexadecimal digits, not of the bytes.
    FingerprintBase64OfHex = "fingerprint-base64-of-hex";
    /// The fingerprint cannot be read, or has another length than its algorithm gives.
    FingerprintMalformed = "fingerprint-malformed";
    /// The fingerprint is of an algorithm that the rules do not allow.
    AlgorithmUnexpected = "algorithm-unexpected";
    /// A postcode of five digits, as all of them in Italy are: the schema of 2021 asks for six.
    PostcodeFiveDigits = "postcode-five-digits";
    /// A tax code or VAT number that is none.
    TaxCodeMalformed = "tax-code-malformed";
}

impl Serialize for DeviationCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A rule that is broken, and where: the names of the elements from the root down, `@` before an attribute's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Deviation {
    pub code: DeviationCode,
    pub place: String,
}

/// Deviations in the order in which they are met, each place once however many elements of one name break the rule.
#[derive(Debug, Default)]
pub(super) struct Deviations(Vec<Deviation>);

impl Deviations {
    pub fn note(&mut self, code: DeviationCode, place: impl Into<String>) {
        let deviation = Deviation { code, place: place.into() };
        if !self.0.contains(&deviation) {
            self.0.push(deviation);
        }
    }

    pub fn finish(self) -> Vec<Deviation> {
        self.0
    }
}
