//! What is answered to a message with a mark: confirmed, updated, refused, annulled.

use serde::{Serialize, Serializer};

use super::mark::Identifier;

/// One of the four messages. Their transport is not their business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "message", rename_all = "kebab-case")]
pub enum Message {
    /// ConfermaRicezione: it came, and this is its number here.
    Confirmation { identifier: Identifier, received: Received },
    /// AggiornamentoConferma: what an earlier confirmation said has changed.
    Update { identifier: Identifier, received: Received },
    /// NotificaEccezione: something is wrong with it; the number here, if it has one.
    Exception { identifier: Option<Identifier>, received: Received, reason: Reason },
    /// AnnullamentoProtocollazione: a registration is annulled, by which act.
    Annulment { identifier: Identifier, reason: String, act: String },
}

/// The message that is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Received {
    Registered {
        identifier: Identifier,
        first_registration: Option<Box<Identifier>>,
    },
    /// One without a registration, in words.
    Described(String),
}

/// What is wrong with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Absent where only words are given.
    pub anomaly: Option<Anomaly>,
    pub text: String,
}

impl Reason {
    /// The code, a full stop, and the words, as others write it.
    pub(super) fn written(&self) -> String {
        match (self.anomaly, self.text.is_empty()) {
            (Some(anomaly), true) => anomaly.code().to_owned(),
            (Some(anomaly), false) => format!("{}. {}", anomaly.code(), self.text),
            (None, _) => self.text.clone(),
        }
    }

    /// The code may stand alone or before any words, in any letters.
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim();
        let begins = |anomaly: &&Anomaly| {
            let code = anomaly.code();
            text.get(..code.len()).is_some_and(|start| start.eq_ignore_ascii_case(code))
                && !text[code.len()..].starts_with(|c: char| c.is_alphanumeric())
        };
        match Anomaly::ALL.iter().find(begins) {
            Some(anomaly) => {
                let rest = &text[anomaly.code().len()..];
                let words = rest.strip_prefix(['.', ':', ' ']).unwrap_or(rest);
                Self { anomaly: Some(*anomaly), text: words.trim_start().to_owned() }
            }
            None => Self { anomaly: None, text: text.to_owned() },
        }
    }
}

macro_rules! anomalies {
    ($($variant:ident = $code:literal;)*) => {
        /// Why a message is not taken as it is. The codes are the official ones, with the official mistakes in spelling.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Anomaly {
            $($variant,)*
        }

        impl Anomaly {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }
    };
}

anomalies! {
    Unreceivable = "000_Irricevibile";
    SealNotValid = "001_ValidazioneFirma";
    FingerprintsDiffer = "002_AnomaliaImpronte";
    NotReadable = "003_DocumentoAllegatiNonLeggibili";
    SignatureNotValid = "004_DocumentoAllegatiErroreValidazioneFirma";
    // So it is spelt in the rules, and so other programs look for it.
    TimeStampNotValid = "005_DocumentoAllegatiErroreVaidazioneMarcaTemporale";
    DocumentSealNotValid = "006_DocumentoAllegatiErroreValidazioneSigillo";
    IdentifierNotFound = "007_ErroreIdentificatoreNonTrovato";
}

impl Serialize for Anomaly {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_read_as_it_was_written() {
        for anomaly in Anomaly::ALL {
            for text in ["", "Il file non si apre."] {
                let reason = Reason { anomaly: Some(*anomaly), text: text.to_owned() };
                assert_eq!(Reason::read(&reason.written()), reason);
            }
        }
        let words = Reason { anomaly: None, text: "Destinatario errato".to_owned() };
        assert_eq!(Reason::read(&words.written()), words);
        assert_eq!(Reason::read("003_documentoallegatinonleggibili: p7m rotto").text, "p7m rotto");
        assert_eq!(Reason::read("000_Irricevibile2").anomaly, None);
    }
}
