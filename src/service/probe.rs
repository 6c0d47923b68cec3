//! By what must an item be found? A number, a word of its subject, a correspondent, a word of its text; asked of the
//! index, within this one item.

use crate::index::{Filters, Index, Item, ItemKind, Note, Request, SearchError, View};

/// Letters of a word that tells items apart: shorter ones are fillers, longer ones often no words.
const TELLING_LETTERS: std::ops::RangeInclusive<usize> = 5..=20;

/// Bytes of a text in which such a word is looked for.
const TEXT_LOOKED_AT: usize = 16 * 1024;

/// One question to which the item must be an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What it is found by, for people.
    pub by: &'static str,
    pub query: String,
}

/// What an item of this number, subject and correspondents, with these texts, must be found by.
pub fn probes<'a>(
    number: Option<(&str, i16, u64)>,
    subject: &str,
    names: impl Iterator<Item = &'a str>,
    texts: impl Iterator<Item = &'a str>,
) -> Vec<Probe> {
    let mut probes = Vec::new();
    let mut add = |by, query: Option<String>| probes.extend(query.map(|query| Probe { by, query }));
    add("its number", number.map(|(register, year, number)| format!("{register}/{year}/{number}")));
    add("a word of its subject", telling_word(subject).map(|word| format!("subject:\"{word}\"")));
    let name = names.filter_map(telling_word).next();
    add("a correspondent", name.map(|word| format!("name:\"{word}\"")));
    // Quoted: just this word is meant, not one like it.
    for word in texts.filter_map(telling_word) {
        add("a word of its text", Some(format!("\"{word}\"")));
    }
    probes
}

/// Those of an item as the index should have it.
pub fn probes_of(item: &Item, texts: &[String]) -> Vec<Probe> {
    let number = match (&item.register, item.year, item.number) {
        (Some(register), Some(year), Some(number)) => Some((register.as_str(), year, number)),
        _ => None,
    };
    let names = item.correspondents.iter().map(|correspondent| correspondent.name.as_str());
    probes(number, &item.title, names, texts.iter().map(String::as_str))
}

/// Whether a reader of this view finds the item by these words; by none, whether the index has it for him at all.
pub fn finds(index: &Index, kind: ItemKind, id: &str, query: &str, view: &View) -> Result<bool, SearchError> {
    let filters = Filters { item: Some((kind, id.to_owned())), ..Filters::default() };
    let found = index.search(&Request { text: query.to_owned(), filters, ..Request::default() }, view)?;
    // Found by a similar word, or without this one, is not found by it.
    let otherwise = |note: &Note| matches!(note.code, "query-rewritten" | "words-missing");
    Ok(found.total > 0 && !found.notes.iter().any(otherwise))
}

/// The longest plain word that stands free, whose spelling no analysis of words changes much.
fn telling_word(text: &str) -> Option<&str> {
    let end = (0..=text.len().min(TEXT_LOOKED_AT)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let free = text[..end].split_whitespace().filter(|word| {
        TELLING_LETTERS.contains(&word.len()) && word.bytes().all(|letter| letter.is_ascii_alphabetic())
    });
    // The first of the longest: the same each time.
    free.rev().max_by_key(|word| word.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telling_words_stand_free_and_are_plain() {
        for (text, word) in [
            ("Richiesta di occupazione del suolo", Some("occupazione")),
            ("verde giallo,rosso azzurro", Some("azzurro")),
            ("l'istanza perché no 12345 a-b", None),
            ("prima terza", Some("prima")),
            ("supercalifragilistichespiralidoso breve", Some("breve")),
        ] {
            assert_eq!(telling_word(text), word, "{text}");
        }
        let long = format!("{}parola", "è ".repeat(TEXT_LOOKED_AT));
        assert_eq!(telling_word(&long), None, "beyond what is looked at");
    }

    #[test]
    fn an_item_is_asked_for_by_all_it_has() {
        let by = |probes: Vec<Probe>| probes.into_iter().map(|probe| probe.query).collect::<Vec<_>>();
        let texts = ["testo della domanda", "1 2 3"];
        let all = probes(
            Some(("PG", 2026, 7)),
            "Domanda di nulla osta",
            ["Ada Bo", "Mario Verdi"].into_iter(),
            texts.into_iter(),
        );
        assert_eq!(by(all), ["PG/2026/7", "subject:\"Domanda\"", "name:\"Mario\"", "\"domanda\""]);
        assert_eq!(by(probes(None, "", [].into_iter(), [].into_iter())), [""; 0]);
    }
}
