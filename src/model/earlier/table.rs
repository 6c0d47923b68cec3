//! An earlier register as a table: which columns there are, and how a row becomes a line.

use super::lines::{Finding, Line};
use super::moments::short;
use super::{EarlierAnnulled, EarlierDossier, EarlierEntry, EarlierFile, EarlierReceived};
use crate::model::field::normal_tax_code;
use crate::model::register::{Channel, Correspondent, CorrespondentKind, CorrespondentRole, Direction};

/// Every column with the other names it may have. Without regard to case; blanks and hyphens are underscores.
pub const COLUMNS: &[(&str, &[&str])] = &[
    ("year", &["anno"]),
    ("number", &["numero", "protocollo", "numero_protocollo"]),
    ("registered_on", &["data", "data_registrazione", "data_protocollo", "registrato_il"]),
    ("registered_at", &["ora", "ora_registrazione"]),
    ("direction", &["verso", "tipo", "flusso"]),
    ("subject", &["oggetto"]),
    ("senders", &["sender", "mittente", "mittenti"]),
    ("recipients", &["recipient", "destinatario", "destinatari"]),
    ("copies", &["per_conoscenza"]),
    ("received_on", &["data_arrivo", "ricevuto_il"]),
    ("channel", &["mezzo", "canale"]),
    ("sender_number", &["protocollo_mittente", "numero_mittente"]),
    ("sender_date", &["data_mittente", "data_documento"]),
    ("classification", &["classifica", "titolario", "classificazione"]),
    ("assigned", &["assegnatario", "assegnato_a", "ufficio"]),
    ("confidential", &["riservato"]),
    ("document", &["documento", "file"]),
    ("attachments", &["allegati"]),
    ("location", &["collocazione"]),
    ("dossier", &["fascicolo"]),
    ("dossier_title", &["titolo_fascicolo"]),
    ("author", &["operatore", "autore"]),
    ("annulled_on", &["annullato_il", "data_annullamento"]),
    ("annulled_by", &["annullato_da"]),
    ("annulled_reason", &["motivo_annullamento"]),
    ("act_number", &["provvedimento", "numero_provvedimento"]),
    ("act_date", &["data_provvedimento"]),
    ("id", &["identificativo"]),
    ("notes", &["note"]),
];

/// Columns without which there is no entry.
const REQUIRED: [&str; 5] = ["year", "number", "registered_on", "direction", "subject"];
/// A column whose name begins so is left out on purpose.
const LEFT_OUT: &str = "x_";
/// Parts several values of one cell.
const SEVERAL: char = '|';
/// How many lines with broken characters are named.
const BROKEN_MAX: usize = 100;

/// Reads a table of UTF-8. What is wrong with a row is said, and the others are read.
pub(super) fn read(bytes: &[u8], findings: &mut Vec<Finding>) -> Vec<Line> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if !is_text(bytes, findings) {
        return Vec::new();
    }
    let head = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(head))
        .flexible(true)
        .has_headers(true)
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let columns = match reader.headers() {
        Ok(headers) => columns(headers, findings),
        Err(error) => {
            findings.push(Finding::error(1, "", error.to_string()));
            None
        }
    };
    let Some(columns) = columns else { return Vec::new() };
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                findings.push(Finding::error(line, "", error.to_string()));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(str::is_empty) {
            continue;
        }
        if record.len() != columns.len() {
            let text = format!(
                "it has {} cells, the heading {}: is a text with separators in it without quotation marks?",
                record.len(),
                columns.len()
            );
            findings.push(Finding::error(line, "", text));
            continue;
        }
        let row = Row { line, columns: &columns, record: &record };
        lines.extend(row.entry(findings).map(|entry| Line { line, entry }));
    }
    lines
}

/// Whether it is UTF-8; each line that is not is named.
fn is_text(bytes: &[u8], findings: &mut Vec<Finding>) -> bool {
    let lines = bytes.split(|byte| *byte == b'\n').zip(1..);
    let broken: Vec<u64> = lines.filter(|(line, _)| std::str::from_utf8(line).is_err()).map(|(_, n)| n).collect();
    for line in broken.iter().take(BROKEN_MAX) {
        let text = "it is not UTF-8: if the whole file is Windows-1252, say so (--encoding windows-1252)";
        findings.push(Finding::error(*line, "", text));
    }
    if broken.len() > BROKEN_MAX {
        findings.push(Finding::error(0, "", format!("{} more lines are not UTF-8", broken.len() - BROKEN_MAX)));
    }
    broken.is_empty()
}

/// What parts the cells: whichever of the three the heading has most of.
fn delimiter(head: &[u8]) -> u8 {
    let count = |sign: u8| head.iter().filter(|byte| **byte == sign).count();
    [b',', b'\t', b';'].into_iter().max_by_key(|sign| count(*sign)).unwrap_or(b';')
}

/// The name of each column, empty for one that is left out; `None` when a row could not be understood.
fn columns(headers: &csv::StringRecord, findings: &mut Vec<Finding>) -> Option<Vec<&'static str>> {
    let mut columns: Vec<&'static str> = Vec::new();
    let before = findings.len();
    for header in headers {
        let plain = header.trim().to_lowercase().replace([' ', '-', '.'], "_");
        let known = COLUMNS.iter().find(|(name, others)| *name == plain || others.contains(&plain.as_str()));
        match known {
            _ if plain.starts_with(LEFT_OUT) => columns.push(""),
            Some((name, _)) if columns.contains(name) => {
                findings.push(Finding::error(1, *name, format!("two columns say it: {} is the second", short(header))));
                columns.push("");
            }
            Some((name, _)) => columns.push(name),
            None => {
                let text = format!("no such column: to leave it out, call it {LEFT_OUT}{plain}");
                findings.push(Finding::error(1, header, text));
                columns.push("");
            }
        }
    }
    for missing in REQUIRED.iter().filter(|name| !columns.contains(name)) {
        findings.push(Finding::error(1, *missing, "no column says it"));
    }
    (findings.len() == before).then_some(columns)
}

struct Row<'a> {
    line: u64,
    columns: &'a [&'static str],
    record: &'a csv::StringRecord,
}

impl Row<'_> {
    fn text(&self, name: &str) -> Option<String> {
        let at = self.columns.iter().position(|column| *column == name)?;
        self.record.get(at).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn several(&self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.split(SEVERAL).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// A cell that must be one of some words.
    fn word<T>(
        &self,
        name: &str,
        findings: &mut Vec<Finding>,
        read: impl Fn(&str) -> Option<T>,
        words: &str,
    ) -> Option<T> {
        let text = self.text(name)?;
        let value = read(&text.to_lowercase());
        if value.is_none() {
            findings.push(Finding::error(self.line, name, format!("{} is none of {words}", short(&text))));
        }
        value
    }

    fn number<T: std::str::FromStr>(&self, name: &str, findings: &mut Vec<Finding>) -> Option<T> {
        let text = self.text(name);
        let number = text.as_deref().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let number = number.and_then(|text| text.parse().ok());
        if number.is_none() {
            let text = text.map_or_else(|| "missing".to_owned(), |text| format!("{} is no whole number", short(&text)));
            findings.push(Finding::error(self.line, name, text));
        }
        number
    }

    fn required(&self, name: &str, findings: &mut Vec<Finding>) -> Option<String> {
        let text = self.text(name);
        if text.is_none() {
            findings.push(Finding::error(self.line, name, "missing"));
        }
        text
    }

    /// `None` when a cell cannot be understood, which is said.
    fn entry(&self, findings: &mut Vec<Finding>) -> Option<EarlierEntry> {
        let before = findings.len();
        let (year, number) = (self.number("year", findings), self.number("number", findings));
        let direction = self.word("direction", findings, direction, "incoming, outgoing, internal");
        if self.text("direction").is_none() {
            findings.push(Finding::error(self.line, "direction", "missing"));
        }
        let confidential = self.word("confidential", findings, yes_or_no, "sì, no").unwrap_or(false);
        let channel = self.word("channel", findings, channel, CHANNELS);
        let day = self.required("registered_on", findings);
        let subject = self.required("subject", findings);
        let annulled = self.annulled(findings);
        if findings[before..].iter().any(|finding| finding.severity == super::Severity::Error) {
            return None;
        }
        let registered = match (day?, self.text("registered_at")) {
            (day, Some(time)) => format!("{day} {time}"),
            (day, None) => day,
        };
        let [on, number_there, date] = ["received_on", "sender_number", "sender_date"].map(|name| self.text(name));
        let received = EarlierReceived { on, channel, number: number_there, date };
        let code = self.text("dossier");
        let of_role = |name: &str, role| self.several(name).into_iter().map(move |text| correspondent(&text, role));
        let senders = of_role("senders", CorrespondentRole::Sender);
        let recipients = of_role("recipients", CorrespondentRole::Recipient);
        Some(EarlierEntry {
            year: year?,
            number: number?,
            registered,
            direction: direction?,
            subject: subject?,
            correspondents: senders.chain(recipients).chain(of_role("copies", CorrespondentRole::Copy)).collect(),
            received: Some(received).filter(|received| *received != EarlierReceived::default()),
            classification: self.text("classification"),
            assigned: self.text("assigned"),
            confidential,
            document: self.text("document").map(|path| EarlierFile::at(&path)),
            attachments: self.several("attachments").iter().map(|path| EarlierFile::at(path)).collect(),
            location: self.text("location"),
            dossier: code.map(|code| EarlierDossier { code, title: self.text("dossier_title") }),
            author: self.text("author"),
            annulled,
            id: self.text("id"),
            notes: self.text("notes"),
        })
    }

    fn annulled(&self, findings: &mut Vec<Finding>) -> Option<EarlierAnnulled> {
        let [by, reason, act_number, act_date] =
            ["annulled_by", "annulled_reason", "act_number", "act_date"].map(|name| self.text(name));
        let Some(on) = self.text("annulled_on") else {
            if [&by, &reason, &act_number, &act_date].iter().any(|text| text.is_some()) {
                let text = "missing: something is said of an annulment, and not when it was";
                findings.push(Finding::error(self.line, "annulled_on", text));
            }
            return None;
        };
        Some(EarlierAnnulled { on, by, reason, act_number, act_date })
    }
}

const CHANNELS: &str = "counter, post, email, pec, portal, interoperability, internal";

fn direction(word: &str) -> Option<Direction> {
    Some(match word {
        "incoming" | "arrivo" | "entrata" | "ingresso" | "a" | "e" | "in" => Direction::Incoming,
        "outgoing" | "partenza" | "uscita" | "p" | "u" | "out" => Direction::Outgoing,
        "internal" | "interno" | "interna" | "i" => Direction::Internal,
        _ => return None,
    })
}

fn yes_or_no(word: &str) -> Option<bool> {
    Some(match word {
        "yes" | "true" | "sì" | "si" | "s" | "1" => true,
        "no" | "false" | "n" | "0" => false,
        _ => return None,
    })
}

fn channel(word: &str) -> Option<Channel> {
    Some(match word {
        "counter" | "sportello" | "a mano" | "mano" => Channel::Counter,
        "post" | "posta" | "raccomandata" | "lettera" => Channel::Post,
        "email" | "e-mail" | "posta elettronica" => Channel::Email,
        "pec" => Channel::Pec,
        "portal" | "portale" | "sportello online" => Channel::Portal,
        "interoperability" | "interoperabilità" | "cooperazione" => Channel::Interoperability,
        "internal" | "interno" => Channel::Internal,
        _ => return None,
    })
}

/// `Rossi Mario [RSSMRA80A01C722X]`: the name, and in brackets the tax code or the address of a mailbox.
pub fn correspondent(text: &str, role: CorrespondentRole) -> Correspondent {
    let bracketed = text.strip_suffix(']').and_then(|text| text.rsplit_once('['));
    let (name, inside) = bracketed.map_or((text, None), |(name, inside)| (name.trim(), Some(inside.trim())));
    let email = inside.filter(|inside| inside.contains('@')).map(str::to_owned);
    let tax_code = inside.filter(|inside| !inside.contains('@') && !inside.is_empty()).map(str::to_owned);
    Correspondent {
        role,
        kind: kind(name, tax_code.as_deref()),
        name: name.to_owned(),
        given_name: None,
        family_name: None,
        tax_code,
        email,
        pec: None,
        address: None,
        ipa: None,
    }
}

/// A table does not say what somebody is: the tax code does, or the name.
fn kind(name: &str, tax_code: Option<&str>) -> CorrespondentKind {
    const ADMINISTRATIONS: [&str; 12] = [
        "comune",
        "provincia",
        "regione",
        "ministero",
        "prefettura",
        "questura",
        "tribunale",
        "agenzia",
        "unione",
        "asl",
        "inps",
        "inail",
    ];
    const BUSINESSES: [&str; 8] = ["srl", "spa", "snc", "sas", "srls", "scarl", "ditta", "impresa"];
    let words: Vec<String> = name.to_lowercase().replace('.', "").split_whitespace().map(str::to_owned).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if words.first().is_some_and(|word| ADMINISTRATIONS.contains(&word.as_str())) {
        CorrespondentKind::Administration
    } else if has(&BUSINESSES) || tax_code.and_then(normal_tax_code).is_some_and(|code| code.len() == 11) {
        CorrespondentKind::Business
    } else {
        CorrespondentKind::Person
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> (Vec<EarlierEntry>, Vec<String>) {
        let mut findings = Vec::new();
        let lines = read(text.as_bytes(), &mut findings);
        (lines.into_iter().map(|line| line.entry).collect(), findings.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn italian_headings_semicolons_and_several_in_a_cell() {
        let (rows, findings) = rows(
            "Anno;Numero;Data;Ora;Verso;Oggetto;Mittente;Allegati;x_interno\n\
             2019;7;04/03/2019;10:15;Arrivo;\"Istanza; urgente\";Verdi Ada [VRDDAA70A41H501X] | Gamma S.r.l.;a.pdf|b/c.pdf;9\n",
        );
        assert_eq!(findings, [""; 0]);
        let row = &rows[0];
        assert_eq!((row.year, row.number, row.registered.as_str()), (2019, 7, "04/03/2019 10:15"));
        assert_eq!((row.direction, row.subject.as_str()), (Direction::Incoming, "Istanza; urgente"));
        let who: Vec<_> =
            row.correspondents.iter().map(|one| (one.name.as_str(), one.kind, one.tax_code.as_deref())).collect();
        let expected = [
            ("Verdi Ada", CorrespondentKind::Person, Some("VRDDAA70A41H501X")),
            ("Gamma S.r.l.", CorrespondentKind::Business, None),
        ];
        assert_eq!(who, expected);
        assert_eq!(row.attachments, [EarlierFile::at("a.pdf"), EarlierFile::at("b/c.pdf")]);
    }

    #[test]
    fn what_is_wrong_with_a_row_is_said_and_the_others_are_read() {
        let (rows, findings) = rows(
            "year,number,registered_on,direction,subject,annulled_reason\n\
             2019,1,2019-01-02,incoming,Uno,\n\
             2019,due,2019-01-02,sideways,Due,\n\
             2019,3,2019-01-02,incoming,Tre,Errore\n\
             2019,4,2019-01-02,incoming,Quattro, troppo, qui\n\
             ,,,,,\n\
             2019,5,2019-01-02,outgoing,Cinque,\n",
        );
        assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 5]);
        assert_eq!(findings.len(), 4, "{findings:#?}");
        assert!(findings[0].starts_with("line 3, number: error"), "{findings:#?}");
        assert!(findings[2].starts_with("line 4, annulled_on: error: missing"), "{findings:#?}");
        assert!(findings[3].starts_with("line 5: error: it has 7 cells"), "{findings:#?}");
    }

    #[test]
    fn a_heading_says_what_is_read_or_nothing_is() {
        let (rows, findings) = rows("anno,numero,data,verso,colore,numero protocollo\n2019,1,2019-01-02,a,rosso,1\n");
        assert!(rows.is_empty());
        assert_eq!(findings.len(), 3, "{findings:#?}");
        assert!(findings.iter().any(|text| text.contains("x_colore")), "{findings:#?}");
        assert!(findings.iter().any(|text| text.starts_with("line 1, subject: error")), "{findings:#?}");
    }
}
