//! What does an electronic invoice say: number, date, total, between whom, for what? FatturaPA, ordinary and simplified.
//!
//! Every value is told under the name that the format itself gives it, which is Italian; what people look for by name
//! becomes a field. The prefixes of namespaces, which every program chooses anew, play no part.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::xml::{Tag, Visit};
use crate::text::Reason;
use crate::text::reading::Reading;

/// The root elements of the ordinary and of the simplified invoice.
pub(super) const ROOTS: [&str; 2] = ["FatturaElettronica", "FatturaElettronicaSemplificata"];

/// Deeper than any invoice is.
const DEPTH_MAX: usize = 32;

/// Values that are codes, and what they mean.
const CODES: &[(&str, &str, &str)] = &[
    ("TipoDocumento", "TD01", "fattura"),
    ("TipoDocumento", "TD02", "acconto su fattura"),
    ("TipoDocumento", "TD03", "acconto su parcella"),
    ("TipoDocumento", "TD04", "nota di credito"),
    ("TipoDocumento", "TD05", "nota di debito"),
    ("TipoDocumento", "TD06", "parcella"),
    ("TipoDocumento", "TD07", "fattura semplificata"),
    ("TipoDocumento", "TD08", "nota di credito semplificata"),
    ("TipoDocumento", "TD16", "integrazione per inversione contabile interna"),
    ("TipoDocumento", "TD17", "integrazione o autofattura per servizi dall'estero"),
    ("TipoDocumento", "TD18", "integrazione per acquisto di beni intracomunitari"),
    ("TipoDocumento", "TD20", "autofattura"),
    ("TipoDocumento", "TD24", "fattura differita"),
    ("TipoDocumento", "TD25", "fattura differita"),
    ("ModalitaPagamento", "MP01", "contanti"),
    ("ModalitaPagamento", "MP02", "assegno"),
    ("ModalitaPagamento", "MP05", "bonifico"),
    ("ModalitaPagamento", "MP08", "carta di pagamento"),
    ("ModalitaPagamento", "MP12", "RIBA"),
    ("ModalitaPagamento", "MP23", "PagoPA"),
    ("RegimeFiscale", "RF01", "ordinario"),
    ("RegimeFiscale", "RF19", "forfettario"),
    ("EsigibilitaIVA", "I", "immediata"),
    ("EsigibilitaIVA", "D", "differita"),
    ("EsigibilitaIVA", "S", "scissione dei pagamenti"),
];

/// One walk through an invoice, which may have several bodies.
#[derive(Default)]
pub(super) struct Invoice {
    path: Vec<String>,
    value: String,
    /// The element now open has had others inside.
    has_members: bool,
    country: String,
    given_name: String,
    attachment: Attachment,
}

#[derive(Default)]
struct Attachment {
    name: String,
    format: String,
    bytes: Option<Vec<u8>>,
}

impl Invoice {
    fn within(&self, element: &str) -> bool {
        self.path.iter().any(|open| open == element)
    }

    fn directly_in(&self, element: &str) -> bool {
        self.path.last().is_some_and(|open| open == element)
    }

    /// A value that nothing stands within.
    fn leaf(&mut self, name: &str, reading: &mut Reading) -> Result<(), Reason> {
        let value = std::mem::take(&mut self.value);
        let value = value.trim();
        if value.is_empty() {
            return Ok(());
        }
        if self.within("Allegati") {
            match name {
                "NomeAttachment" => value.clone_into(&mut self.attachment.name),
                "FormatoAttachment" => value.clone_into(&mut self.attachment.format),
                "Attachment" => {
                    let packed: Vec<u8> = value.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
                    self.attachment.bytes = STANDARD.decode(packed).ok();
                    if self.attachment.bytes.is_none() {
                        reading.flaw(Reason::Broken);
                    }
                    return Ok(());
                }
                _ => {}
            }
        }
        let meaning = CODES.iter().find(|(element, code, _)| *element == name && *code == value);
        let meaning = meaning.map(|(_, _, words)| format!(" ({words})")).unwrap_or_default();
        reading.push(&format!("{}: {value}{meaning}\n", label(name)))?;
        self.field(name, value, reading);
        Ok(())
    }

    fn field(&mut self, name: &str, value: &str, reading: &mut Reading) {
        if self.directly_in("DatiGeneraliDocumento") {
            match name {
                "Numero" => reading.field("invoice_number", value),
                "Data" => reading.field("invoice_date", value),
                "ImportoTotaleDocumento" => reading.field("invoice_total", value),
                _ => {}
            }
        }
        // Who stands in for one of the two is neither of them.
        if self.within("RappresentanteFiscale") {
            return;
        }
        let (party, code) = match () {
            () if self.within("CedentePrestatore") => ("supplier", "supplier_tax_code"),
            () if self.within("CessionarioCommittente") => ("customer", "customer_tax_code"),
            () => return,
        };
        match name {
            "Denominazione" => reading.field(party, value),
            "Nome" => value.clone_into(&mut self.given_name),
            "Cognome" => reading.field(party, &format!("{} {value}", std::mem::take(&mut self.given_name))),
            "IdPaese" => value.clone_into(&mut self.country),
            "CodiceFiscale" => reading.field(code, value),
            "IdCodice" => {
                let country = std::mem::take(&mut self.country);
                let country = if country == "IT" { "" } else { &country };
                reading.field(code, &format!("{country}{value}"));
            }
            _ => {}
        }
    }

    fn attached(&mut self, reading: &mut Reading) -> Result<(), Reason> {
        let Attachment { name, format, bytes } = std::mem::take(&mut self.attachment);
        let Some(bytes) = bytes else { return Ok(()) };
        let has_ending = name.rsplit_once('.').is_some();
        let name = if has_ending || format.is_empty() { name } else { format!("{name}.{}", format.to_lowercase()) };
        reading.part(&name, bytes)
    }
}

impl Visit for Invoice {
    fn open(&mut self, tag: &Tag<'_>, reading: &mut Reading) -> Result<(), Reason> {
        if self.path.len() >= DEPTH_MAX {
            return Err(Reason::NestedTooDeeply);
        }
        let name = tag.name();
        if SECTIONS.contains(&name) {
            reading.push(&format!("\n{}\n", label(name)))?;
        }
        self.path.push(name.to_owned());
        self.value.clear();
        self.has_members = false;
        Ok(())
    }

    fn close(&mut self, name: &str, reading: &mut Reading) -> Result<(), Reason> {
        self.path.pop();
        if !self.has_members {
            self.leaf(name, reading)?;
        }
        self.has_members = true;
        if name == "Allegati" { self.attached(reading) } else { Ok(()) }
    }

    fn text(&mut self, text: &str, _reading: &mut Reading) -> Result<(), Reason> {
        self.value.push_str(text);
        Ok(())
    }
}

/// Elements that begin a section of their own.
const SECTIONS: [&str; 11] = [
    "CedentePrestatore",
    "CessionarioCommittente",
    "DatiBeniServizi",
    "DatiContratto",
    "DatiConvenzione",
    "DatiGeneraliDocumento",
    "DatiOrdineAcquisto",
    "DatiPagamento",
    "DatiRiepilogo",
    "DettaglioLinee",
    "TerzoIntermediarioOSoggettoEmittente",
];

/// `ImportoTotaleDocumento` is "Importo totale documento"; a word all in capitals stays so.
fn label(name: &str) -> String {
    let mut label = String::with_capacity(name.len() + 8);
    let mut previous = ' ';
    let mut characters = name.chars().peekable();
    while let Some(c) = characters.next() {
        let ends_capitals = previous.is_uppercase() && characters.peek().is_some_and(|next| next.is_lowercase());
        let begins = c.is_uppercase() && (previous.is_lowercase() || ends_capitals);
        if begins {
            label.push(' ');
        }
        let alone = !characters.peek().is_some_and(|next| next.is_uppercase()) && !previous.is_uppercase();
        if begins && alone {
            label.extend(c.to_lowercase())
        } else {
            label.push(c)
        }
        previous = c;
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_the_names_of_the_format_in_words() {
        for (name, expected) in [
            ("ImportoTotaleDocumento", "Importo totale documento"),
            ("CodiceCIG", "Codice CIG"),
            ("IBAN", "IBAN"),
            ("AliquotaIVA", "Aliquota IVA"),
            ("IdFiscaleIVA", "Id fiscale IVA"),
            ("Numero", "Numero"),
        ] {
            assert_eq!(label(name), expected);
        }
    }
}
