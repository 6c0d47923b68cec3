//! What stands on a sheet, whatever it is written with; and which bytes are its file.

use jiff::civil::Date;

use super::book::Correspondent;
use super::{invoice, mail, markup, office, pdf, slides, tables, zipped};
use crate::clock::ITALIAN_MONTHS;

pub const TOWN: &str = "Comune di Roccaverde";
pub const TOWN_ADDRESS: &str = "piazza della Rocca 1, 99999 Roccaverde";
pub const TOWN_PEC: &str = "protocollo@pec.roccaverde.example.it";
pub const TOWN_EMAIL: &str = "protocollo@roccaverde.example.it";
/// Eleven digits whose tax office is none.
pub const TOWN_TAX_CODE: &str = "90000990003";

/// Files that a program cannot write by itself: made by `fixtures/make_demo.py`, and taken as they are.
macro_rules! kept {
    ($($name:literal)*) => {
        &[$(($name, include_bytes!(concat!("../../fixtures/demo/", $name)))),*]
    };
}

const KEPT: &[(&str, &[u8])] = kept! {
    "bollettino.png" "buca.jpg" "computo-metrico.pdf.p7m" "concessione-1969.pdf" "consiglio-1951.pdf"
    "contrassegno.tif" "convenzione.pdf.p7m" "dichiarazione-libri.jpg" "estratto-mappa.png" "fattura-arcate.xml.p7m"
    "fax-neve.tif" "inventario-2003.xls" "lettera-cancello.pdf" "licenza-1978.tif" "manifesto-castagna.png"
    "offerta-economica.pdf.p7m" "patrocinio-firmato.pdf" "preventivo-interrotto.pdf" "regolamento-sala.doc" "regolare-esecuzione.pdf.p7m"
    "relazione-geologica.pdf.p7m" "retro-bianco.pdf" "scontrini.jpg" "verbale-commissione.pdf"
    "verbale-gara.pdf.p7m.p7m"
};

/// What a file is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Pdf,
    Text,
    Markdown,
    Html,
    Rtf,
    Docx,
    Odt,
    Pptx,
    Xlsx,
    Ods,
    Csv,
    Mail,
    /// FatturaPA: a file named as the exchange names it.
    Invoice,
    Xml,
    Zip,
    /// A file of `fixtures/demo`, whatever it is.
    Kept(&'static [u8]),
}

impl Form {
    /// By the name of the file; `None` for a kind that the town does not write.
    pub fn of_name(name: &str) -> Option<Self> {
        let (stem, extension) = name.rsplit_once('.')?;
        Some(match extension {
            "pdf" => Self::Pdf,
            "txt" => Self::Text,
            "md" => Self::Markdown,
            "html" => Self::Html,
            "rtf" => Self::Rtf,
            "docx" => Self::Docx,
            "odt" => Self::Odt,
            "pptx" => Self::Pptx,
            "xlsx" => Self::Xlsx,
            "ods" => Self::Ods,
            "csv" => Self::Csv,
            "eml" => Self::Mail,
            "xml" if stem.starts_with("IT9") => Self::Invoice,
            "xml" => Self::Xml,
            "zip" => Self::Zip,
            _ => return None,
        })
    }

    pub fn kept(name: &str) -> Option<Self> {
        KEPT.iter().find(|(known, _)| *known == name).map(|(_, bytes)| Self::Kept(bytes))
    }
}

/// A file within another: of a mail, an archive, an invoice.
#[derive(Debug, Clone)]
pub struct Enclosed {
    pub file_name: &'static str,
    pub paper: Paper,
}

#[derive(Debug, Clone)]
pub struct Paper {
    pub form: Form,
    /// Who writes; the town where nobody is named.
    pub author: Option<Correspondent>,
    /// To whom the town writes, for mails.
    pub reader: Option<Correspondent>,
    /// It comes by certified mail: a mail then lies in the provider's envelope.
    pub certified: bool,
    /// The author's own number.
    pub number: Option<&'static str>,
    pub date: Date,
    /// Empty for what is no letter: reports, plans, lists.
    pub addressee: Vec<String>,
    pub subject: String,
    pub paragraphs: Vec<String>,
    pub signature: String,
    pub enclosed: Vec<Enclosed>,
}

/// A paragraph by what it begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block<'a> {
    /// `# `
    Heading(&'a str),
    /// `- `
    Item(&'a str),
    /// `| a | b`
    Row(Vec<&'a str>),
    /// `? label = value`
    Field(&'a str, &'a str),
    Text(&'a str),
}

impl<'a> Block<'a> {
    pub fn of(paragraph: &'a str) -> Self {
        if let Some(text) = paragraph.strip_prefix("# ") {
            Self::Heading(text)
        } else if let Some(text) = paragraph.strip_prefix("- ") {
            Self::Item(text)
        } else if let Some(cells) = paragraph.strip_prefix("| ") {
            Self::Row(cells.split('|').map(str::trim).collect())
        } else if let Some((label, value)) = paragraph.strip_prefix("? ").and_then(|field| field.split_once(" = ")) {
            Self::Field(label, value)
        } else {
            Self::Text(paragraph)
        }
    }
}

impl Paper {
    /// The bytes of the file: the same every time.
    pub fn content(&self) -> Vec<u8> {
        match self.form {
            Form::Pdf => pdf::render(self),
            Form::Text => markup::plain(self).into_bytes(),
            Form::Markdown => markup::markdown(self).into_bytes(),
            Form::Html => markup::html(self).into_bytes(),
            Form::Rtf => markup::rtf(self).into_bytes(),
            Form::Xml => markup::xml(self).into_bytes(),
            Form::Docx => office::docx(self),
            Form::Odt => office::odt(self),
            Form::Pptx => slides::pptx(self),
            Form::Xlsx => tables::xlsx(self),
            Form::Ods => tables::ods(self),
            Form::Csv => tables::csv(self).into_bytes(),
            Form::Mail => mail::message(self).into_bytes(),
            Form::Invoice => invoice::invoice(self).into_bytes(),
            Form::Zip => zipped::archive(self),
            Form::Kept(bytes) => bytes.to_vec(),
        }
    }

    pub fn blocks(&self) -> impl Iterator<Item = Block<'_>> {
        self.paragraphs.iter().map(|paragraph| Block::of(paragraph))
    }

    /// Who writes: name first. The town's own has its letterhead.
    pub fn head(&self) -> Vec<String> {
        let Some(who) = &self.author else { return vec![TOWN.to_owned(), TOWN_ADDRESS.to_owned()] };
        let mut head = vec![who.name.to_owned(), who.address.to_owned()];
        head.extend(who.tax_code.map(|code| match who.kind {
            "person" => format!("codice fiscale {code}"),
            _ => format!("partita IVA {code}"),
        }));
        head
    }

    pub fn place_and_date(&self) -> String {
        let address = self.author.as_ref().map_or(TOWN_ADDRESS, |who| who.address);
        let place = address.rsplit_once(' ').map_or("", |(_, place)| place);
        format!("{place}, {}", italian(self.date))
    }

    /// The subject as it stands on the sheet: a letter says that it is one.
    pub fn title(&self) -> String {
        if self.addressee.is_empty() { self.subject.clone() } else { format!("Oggetto: {}", self.subject) }
    }
}

/// `3 ottobre 2026`; the first of the month is written `1°`.
pub fn italian(date: Date) -> String {
    let day = if date.day() == 1 { "1°".to_owned() } else { date.day().to_string() };
    let month = ITALIAN_MONTHS.iter().zip(1..).find(|(_, number)| *number == date.month()).map_or("", |(name, _)| name);
    format!("{day} {month} {}", date.year())
}

/// An amount as Italians write it, `1.250,00`, in hundredths; `None` for what is none.
pub fn hundredths(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once(',')?;
    let digits = whole.replace('.', "");
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if part.len() != 2 || !all_digits(&digits) || !all_digits(part) {
        return None;
    }
    format!("{digits}{part}").parse().ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn paragraphs_say_what_they_are() {
        assert_eq!(Block::of("# Uno"), Block::Heading("Uno"));
        assert_eq!(Block::of("| a | b c |"), Block::Row(vec!["a", "b c", ""]));
        assert_eq!(Block::of("? Nome = Ada"), Block::Field("Nome", "Ada"));
        assert_eq!(Block::of("? che cosa"), Block::Text("? che cosa"));
    }

    #[test]
    fn amounts_and_dates_are_read_and_written_as_italians_do() {
        assert_eq!(hundredths("1.250,05"), Some(125_005));
        for no in ["12", "a,00", ",00", "1,5", "3.4"] {
            assert_eq!(hundredths(no), None, "{no}");
        }
        assert_eq!(italian(date(2025, 5, 1)), "1° maggio 2025");
    }
}
