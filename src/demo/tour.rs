//! What is worth searching for in the sample town: queries that show what the search can do, and what they must find.

#[derive(Debug, Clone, Copy)]
pub struct Search {
    /// As typed.
    pub query: &'static str,
    /// What it shows.
    pub shows: &'static str,
    /// The beginning of the subject of an entry, or of the title of a document, that is among the first hits.
    pub finds: &'static str,
    /// It takes letters recognised in an image.
    pub image: bool,
}

const fn search(query: &'static str, shows: &'static str, finds: &'static str) -> Search {
    Search { query, shows, finds, image: false }
}

const fn in_image(query: &'static str, shows: &'static str, finds: &'static str) -> Search {
    Search { query, shows, finds, image: true }
}

pub const TOUR: &[Search] = &[
    in_image("fienile", "a word inside a scan of 1978", "Trasmissione della licenza edilizia"),
    in_image("salgemma prefettura", "and inside a fax", "Avviso di condizioni meteorologiche"),
    search("gommista", "the file attached to a mail", "Buca profonda in via Cava"),
    search("pannolini viola", "a file in a ZIP", "Calendario della raccolta"),
    search("form:tartaruga", "what was filled in in a form", "Domanda di adozione del cane"),
    search("signer:pianalto", "who signed, by the certificate", "Convenzione con Borgonero"),
    search("signer:decretis castagna", "and in a PDF", "Patrocinio e contributo"),
    search("signed:altered", "what was changed after it was signed", "Certificato di regolare esecuzione"),
    search("invoice_number:31/PA", "an e-invoice in its signed envelope", "Fattura 31/PA"),
    search("supplier:energia", "an e-invoice by who sent it", "Bolletta di conguaglio"),
    search("marciapede fontana", "a slip, forgiven and said", "Computo metrico"),
    search("multa marrocchi", "a synonym: the paper says sanzione", "Verbale 1187"),
    search("perizia* platani -opposizione", "words that begin so, and without another", "Platani del viale"),
    search("text:encrypted", "what could not be read, and why", "Accertamento di invalidità"),
];

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::demo::town;

    #[test]
    fn what_the_tour_promises_to_find_is_there() {
        let town = town(date(2026, 11, 23));
        for search in TOUR {
            let such = |subject: &str| subject.starts_with(search.finds);
            assert!(town.registrations.iter().any(|entry| such(entry.subject)), "{}", search.query);
        }
    }
}
