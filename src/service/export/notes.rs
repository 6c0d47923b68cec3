//! What is said of a search, in the language of a file.

use super::Language;
use crate::index::Note;

/// Notes by their codes in Italian, without the particulars that the English texts name.
const ITALIAN: [(&str, &str); 13] = [
    ("unknown-field", "un campo della ricerca non esiste: è stato cercato come parola"),
    ("bad-value", "un valore della ricerca non è ammesso: è stato cercato come parola o non considerato"),
    ("query-bounded", "ricerca troppo lunga o troppo lenta: i risultati possono essere incompleti"),
    ("prefix-too-short", "prima di * e ? servono almeno due lettere: la parola è stata cercata senza"),
    ("nothing-to-search", "la ricerca non contiene parole da cercare"),
    ("read-as", "una parte della ricerca è stata letta come numero, data, codice, intervallo o parola"),
    ("query-rewritten", "nessun risultato con le parole scritte: sono incluse grafie simili"),
    (
        "words-missing",
        "nessun risultato contiene tutte le parole: sono elencati quelli che ne contengono la maggior parte",
    ),
    ("did-you-mean", "forse si cercava"),
    ("synonyms", "sono stati cercati anche i sinonimi"),
    ("texts-missing", "di alcuni documenti il testo non si legge, o non ancora: si trovano solo con le altre parole"),
    ("facet-cut", "i valori elencati sono solo i più frequenti"),
    ("histogram-coarsened", "gli intervalli di tempo sono stati allungati"),
];

/// A note as a file says it.
pub(super) fn said(language: Language, note: Note) -> String {
    let italian = ITALIAN.iter().find(|(code, _)| *code == note.code && language == Language::Italian);
    match (italian, note.query) {
        (Some((_, said)), Some(query)) => format!("{said}: {query}"),
        (Some((_, said)), None) => (*said).to_owned(),
        (None, _) => note.text,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_note_has_its_words_in_italian() {
        let source = include_str!("../../index/mod.rs");
        let list = source.split("Stable, for programs:").nth(1).and_then(|rest| rest.split("pub code").next()).unwrap();
        let codes: BTreeSet<&str> = list.split('`').skip(1).step_by(2).collect();
        assert_eq!(ITALIAN.iter().map(|(code, _)| *code).collect::<BTreeSet<_>>(), codes);
    }
}
