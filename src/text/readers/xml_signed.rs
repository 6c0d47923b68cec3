//! Who signed an XML document, and when, as the signatures within it say (XML Signature, XAdES)?
//!
//! Whether the content is what they signed is not checked: that takes the document in a canonical form, which is a
//! format of its own. That it is signed is no secret for that.

use super::xml::{Tag, Visit, walk};
use crate::text::reading::Reading;
use crate::text::{Reason, Signature, signed};

/// The space of names in which signatures are written, and nothing else.
const SPACE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Signatures of one document.
const SIGNATURES_MAX: usize = 100;

/// Adds the signatures of a document to its facts.
pub(super) fn note(xml: &str, reading: &mut Reading) -> Result<(), Reason> {
    if !xml.contains(SPACE) {
        return Ok(());
    }
    let mut signatures = Signatures::default();
    match walk(xml, &mut signatures, reading) {
        Err(reason @ (Reason::Cut | Reason::Timeout)) => return Err(reason),
        // The walk that reads the text says what is wrong with it.
        _ => reading.signatures(signatures.found),
    }
    Ok(())
}

#[derive(Default)]
struct Signatures {
    found: Vec<Signature>,
    /// Those that are open, from the outside in: one may be signed by another within.
    open: Vec<Open>,
    value: String,
}

#[derive(Default)]
struct Open {
    /// It holds what every signature has, not only the name.
    is_one: bool,
    certificate: String,
    at: Option<String>,
}

impl Visit for Signatures {
    fn open(&mut self, tag: &Tag<'_>, _reading: &mut Reading) -> Result<(), Reason> {
        self.value.clear();
        match tag.name() {
            "Signature" if self.open.len() < SIGNATURES_MAX => self.open.push(Open::default()),
            "SignedInfo" => self.open.last_mut().into_iter().for_each(|open| open.is_one = true),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str, _reading: &mut Reading) -> Result<(), Reason> {
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        match name {
            // The signer's own stands first, those of its issuers follow.
            "X509Certificate" if open.certificate.is_empty() => open.certificate = std::mem::take(&mut self.value),
            "SigningTime" => open.at = Some(self.value.trim().to_owned()).filter(|at| !at.is_empty()),
            "Signature" => {
                let open = self.open.pop().filter(|open| open.is_one && self.found.len() < SIGNATURES_MAX);
                self.found.extend(open.map(|open| Signature {
                    signed_at: open.at,
                    ..signed::unchecked(&signed::bytes(open.certificate.as_bytes()))
                }));
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str, _reading: &mut Reading) -> Result<(), Reason> {
        if !self.open.is_empty() {
            self.value.push_str(text);
        }
        Ok(())
    }
}
