//! What does an electronic invoice look like: FatturaPA 1.2 with its lines, rates and attachments.
//!
//! In the texts: `? Formato = FPA12`, `? Tipo = TD01`, `? CIG = …`, `? Causale = …`, and a row for each line of the
//! invoice: `| description | quantity | unit price | VAT rate`. Sums are worked out here.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::paper::{Block, Paper, TOWN, TOWN_TAX_CODE, hundredths};
use super::zipped::escaped;

/// An address in the parts that the format asks for: street, postal code, town.
fn seat(address: &str) -> String {
    let (street, place) = address.split_once(", ").unwrap_or((address, "99999 Roccaverde"));
    let (code, town) = place.split_once(' ').unwrap_or(("99999", place));
    format!(
        "<Sede><Indirizzo>{}</Indirizzo><CAP>{code}</CAP><Comune>{}</Comune><Nazione>IT</Nazione></Sede>",
        escaped(street),
        escaped(town),
    )
}

/// `12.50`
fn amount(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", hundredths.abs() / 100, hundredths.abs() % 100)
}

#[derive(Default)]
struct Sums {
    lines: String,
    /// What is taxed at each rate, in hundredths.
    taxable: BTreeMap<i64, i64>,
}

fn sums(paper: &Paper) -> Sums {
    let mut sums = Sums::default();
    let rows = paper.blocks().filter_map(|block| match block {
        Block::Row(cells) => Some(cells),
        _ => None,
    });
    for (n, cells) in (1..).zip(rows) {
        let [what, quantity, price, rate] = cells.as_slice() else { continue };
        let quantity = hundredths(quantity).unwrap_or(100);
        let (price, rate) = (hundredths(price).unwrap_or(0), rate.parse::<i64>().unwrap_or(22));
        let total = (quantity * price + 50) / 100;
        *sums.taxable.entry(rate).or_insert(0) += total;
        let exempt = if rate == 0 { "<Natura>N4</Natura>" } else { "" };
        let _ = writeln!(
            sums.lines,
            "      <DettaglioLinee><NumeroLinea>{n}</NumeroLinea><Descrizione>{}</Descrizione><Quantita>{}</Quantita>\
             <PrezzoUnitario>{}</PrezzoUnitario><PrezzoTotale>{}</PrezzoTotale><AliquotaIVA>{rate}.00</AliquotaIVA>{exempt}</DettaglioLinee>",
            escaped(what),
            amount(quantity),
            amount(price),
            amount(total),
        );
    }
    sums
}

fn tax(rate: i64, taxable: i64) -> i64 {
    (taxable * rate + 50) / 100
}

pub fn invoice(paper: &Paper) -> String {
    let field = |name: &str| {
        paper.blocks().find_map(|block| match block {
            Block::Field(label, value) if label == name => Some(value.to_owned()),
            _ => None,
        })
    };
    let sums = sums(paper);
    let total: i64 = sums.taxable.iter().map(|(rate, taxable)| taxable + tax(*rate, *taxable)).sum();
    let format = field("Formato").unwrap_or_else(|| "FPA12".to_owned());
    let kind = field("Tipo").unwrap_or_else(|| "TD01".to_owned());
    let number = paper.number.unwrap_or("1");
    let reason = field("Causale").unwrap_or_else(|| paper.subject.clone());
    let order = field("CIG").map_or_else(String::new, |code| {
        format!("\n      <DatiOrdineAcquisto><IdDocumento>{}</IdDocumento><CodiceCIG>{code}</CodiceCIG></DatiOrdineAcquisto>", escaped(number))
    });
    let mut summary = String::new();
    for (rate, taxable) in &sums.taxable {
        // A town pays the tax itself, and not to the supplier: split payment.
        let (due, exempt) = if *rate == 0 {
            ("", "<Natura>N4</Natura>")
        } else if format == "FPA12" {
            ("<EsigibilitaIVA>S</EsigibilitaIVA>", "")
        } else {
            ("<EsigibilitaIVA>I</EsigibilitaIVA>", "")
        };
        let reference = if *rate == 0 { "<RiferimentoNormativo>esente, art. 10</RiferimentoNormativo>" } else { "" };
        let _ = writeln!(
            summary,
            "      <DatiRiepilogo><AliquotaIVA>{rate}.00</AliquotaIVA>{exempt}<ImponibileImporto>{}</ImponibileImporto><Imposta>{}</Imposta>{due}{reference}</DatiRiepilogo>",
            amount(*taxable),
            amount(tax(*rate, *taxable)),
        );
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<p:FatturaElettronica versione=\"{format}\" \
         xmlns:p=\"http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2\">\n{}  <FatturaElettronicaBody>\n    <DatiGenerali>\n      \
         <DatiGeneraliDocumento><TipoDocumento>{kind}</TipoDocumento><Divisa>EUR</Divisa><Data>{}</Data><Numero>{}</Numero>\
         <ImportoTotaleDocumento>{}</ImportoTotaleDocumento><Causale>{}</Causale></DatiGeneraliDocumento>{order}\n    </DatiGenerali>\n    \
         <DatiBeniServizi>\n{}{summary}    </DatiBeniServizi>\n{}  </FatturaElettronicaBody>\n</p:FatturaElettronica>\n",
        parties(paper, &format),
        paper.date,
        escaped(number),
        amount(total),
        escaped(&reason),
        sums.lines,
        attachments(paper),
    )
}

fn parties(paper: &Paper, format: &str) -> String {
    let (name, code, address) =
        paper.author.as_ref().map_or((TOWN, TOWN_TAX_CODE, super::paper::TOWN_ADDRESS), |who| {
            (who.name, who.tax_code.unwrap_or(TOWN_TAX_CODE), who.address)
        });
    // Between businesses the code of the receiving office has one digit more.
    let office = if format == "FPR12" { "X999RV0" } else { "X999RV" };
    format!(
        "  <FatturaElettronicaHeader>\n    <DatiTrasmissione><IdTrasmittente><IdPaese>IT</IdPaese><IdCodice>{code}</IdCodice></IdTrasmittente>\
         <ProgressivoInvio>{:05}</ProgressivoInvio><FormatoTrasmissione>{format}</FormatoTrasmissione><CodiceDestinatario>{office}</CodiceDestinatario></DatiTrasmissione>\n    \
         <CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>{code}</IdCodice></IdFiscaleIVA><Anagrafica><Denominazione>{}</Denominazione></Anagrafica>\
         <RegimeFiscale>RF01</RegimeFiscale></DatiAnagrafici>{}</CedentePrestatore>\n    \
         <CessionarioCommittente><DatiAnagrafici><CodiceFiscale>{TOWN_TAX_CODE}</CodiceFiscale><Anagrafica><Denominazione>{TOWN}</Denominazione></Anagrafica></DatiAnagrafici>{}</CessionarioCommittente>\n  \
         </FatturaElettronicaHeader>\n",
        crc32fast::hash(paper.subject.as_bytes()) % 100_000,
        escaped(name),
        seat(address),
        seat(super::paper::TOWN_ADDRESS),
    )
}

fn attachments(paper: &Paper) -> String {
    let mut text = String::new();
    for file in &paper.enclosed {
        let kind = file.file_name.rsplit_once('.').map_or("", |(_, extension)| extension).to_uppercase();
        let _ = writeln!(
            text,
            "    <Allegati><NomeAttachment>{}</NomeAttachment><FormatoAttachment>{kind}</FormatoAttachment><Attachment>{}</Attachment></Allegati>",
            escaped(file.file_name),
            BASE64.encode(file.paper.content()),
        );
    }
    text
}
