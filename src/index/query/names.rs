//! What are the fields called, in English and Italian, and which of their values have a second name.

use super::{Node, Scope, Whole};
use crate::index::ItemKind;
use crate::text::media::{Nickname, nickname};

pub(super) fn scope_named(name: &str) -> Option<Scope> {
    Some(match name {
        "subject" | "title" | "oggetto" | "titolo" => Scope::Subject,
        "sender" | "mittente" => Scope::Sender,
        "recipient" | "destinatario" => Scope::Recipient,
        "name" | "correspondent" | "nome" | "corrispondente" => Scope::Name,
        "file" | "allegato" => Scope::File,
        _ => return None,
    })
}

pub(super) fn whole_named(name: &str) -> Option<Whole> {
    Some(match name {
        "kind" | "tipo" => Whole::Kind,
        "register" | "registro" => Whole::Register,
        "direction" | "verso" => Whole::Direction,
        "office" | "ufficio" => Whole::Office,
        "user" | "utente" => Whole::User,
        "class" | "classification" | "classifica" | "titolario" => Whole::Classification,
        "dossier" | "fascicolo" => Whole::Dossier,
        "state" | "stato" => Whole::State,
        "tax_code" | "codice_fiscale" | "cf" | "piva" | "partita_iva" => Whole::TaxCode,
        "code" | "codice" => Whole::Code,
        "digest" | "impronta" => Whole::Digest,
        "language" | "lingua" => Whole::Language,
        "format" | "formato" => Whole::Format,
        "signed" | "firmato" => Whole::Signed,
        _ => return None,
    })
}

/// Values that documents name themselves: of invoices, of the header of a message, of signatures and forms.
pub(super) fn fact_named(name: &str) -> Option<&'static str> {
    Some(match name {
        "invoice_number" | "fattura" | "numero_fattura" => "invoice_number",
        "invoice_date" | "data_fattura" => "invoice_date",
        "invoice_total" | "importo" | "totale" | "totale_fattura" => "invoice_total",
        "supplier" | "fornitore" => "supplier",
        "supplier_tax_code" | "piva_fornitore" => "supplier_tax_code",
        "customer" | "cliente" => "customer",
        "customer_tax_code" | "piva_cliente" => "customer_tax_code",
        "message_from" | "from" | "da" => "message_from",
        "message_to" | "to" | "a" => "message_to",
        "message_date" | "data_messaggio" => "message_date",
        "message_subject" | "oggetto_messaggio" => "message_subject",
        "message_id" => "message_id",
        "signer" | "firmatario" => "signer",
        "declares" | "dichiara" => "declares",
        "form" | "modulo" => "form",
        "imported" | "importato" | "importata" => "imported",
        "emergency" | "emergenza" => "emergency",
        _ => return None,
    })
}

/// The index's own word for a value.
pub(super) fn value_named(field: Whole, value: &str) -> String {
    let lower = value.to_lowercase();
    let known = match (field, lower.as_str()) {
        (Whole::Kind, "registrazione" | "protocollo") => "entry",
        (Whole::Kind, "documento") => "document",
        (Whole::Kind, "fascicolo") => "dossier",
        (Whole::Kind, "pratica") => "case",
        (Whole::Direction, "entrata" | "arrivo" | "in") => "incoming",
        (Whole::Direction, "uscita" | "partenza" | "out") => "outgoing",
        (Whole::Direction, "interno" | "interna") => "internal",
        (Whole::State, "aperto") => "open",
        (Whole::State, "chiuso") => "closed",
        (Whole::State, "annullato" | "annullata") => "annulled",
        (Whole::Signed, "si" | "sì") => "yes",
        (Whole::Signed, "alterato" | "alterata") => "altered",
        (Whole::Language, "italiano" | "italiana") => "it",
        (Whole::Language, "inglese") => "en",
        (Whole::Language, "tedesco") => "de",
        (Whole::Language, "francese") => "fr",
        _ => "",
    };
    // The country before the number of a tax payer, and spaces within, are for the eye.
    if field == Whole::TaxCode {
        let joined: String = lower.split_whitespace().collect();
        let number =
            joined.strip_prefix("it").filter(|rest| rest.len() == 11 && rest.bytes().all(|b| b.is_ascii_digit()));
        return number.unwrap_or(&joined).to_owned();
    }
    // `6.` is typed on the way to `6.3`.
    let value = if field == Whole::Classification { value.trim_end_matches('.') } else { value };
    if known.is_empty() { value.to_owned() } else { known.to_owned() }
}

/// `text:none`, `testo:assente`, and why it is so: `text:encrypted`.
pub(super) fn text_state(value: &str) -> Option<Node> {
    let lower = value.to_lowercase();
    let known = match lower.as_str() {
        "none" | "assente" | "nessuno" => "none",
        "partial" | "parziale" => "partial",
        "full" | "completo" => "full",
        "pending" | "attesa" => "pending",
        "cifrato" => "encrypted",
        reason if crate::text::Reason::ALL.iter().any(|known| known.code() == reason) => reason,
        _ => return None,
    };
    Some(Node::Whole { field: Whole::TextState, value: known.to_owned(), prefix: false })
}

/// `format:pdf`, as people call it: by PRONOM's numbers, and by file names for formats that have none or not always;
/// `format:PDF/A-2b`, as files declare it.
pub(super) fn format_named(value: &str) -> Option<Node> {
    if value.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("pdf/a")) {
        return Some(Node::Fact { name: "declares".to_owned(), value: value.to_owned(), prefix: false });
    }
    let Nickname { numbers, endings } = nickname(value)?;
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Some(Node::Format { numbers: owned(&numbers), endings: owned(endings) })
}

/// `is:riservato`, `is:annulled`.
pub(super) fn quality(value: &str) -> Option<Node> {
    let lower = value.to_lowercase();
    if matches!(lower.as_str(), "confidential" | "riservato" | "riservata") {
        return Some(Node::Confidential);
    }
    let value = value_named(Whole::State, &lower);
    is_value(Whole::State, &value).then_some(Node::Whole { field: Whole::State, value, prefix: false })
}

/// Whether a field can have this value, where its values are few and known.
pub(super) fn is_value(field: Whole, value: &str) -> bool {
    let known: &[&str] = match field {
        Whole::Kind => &ItemKind::ALL.map(ItemKind::as_str),
        Whole::Direction => &["incoming", "outgoing", "internal"],
        Whole::State => &["open", "closed", "annulled"],
        Whole::Signed => &["yes", "altered", "no"],
        _ => return true,
    };
    known.contains(&value.to_lowercase().as_str())
}

/// Whether a field has this name.
pub(super) fn is_field(name: &str) -> bool {
    const OTHERS: [&str; 11] =
        ["number", "numero", "pages", "pagine", "year", "anno", "date", "data", "text", "testo", "is"];
    scope_named(name).is_some() || whole_named(name).is_some() || fact_named(name).is_some() || OTHERS.contains(&name)
}
