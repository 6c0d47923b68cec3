//! What is a word: splitting, elisions, case, accents and Italian stems, the same for texts, queries and snippets.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, RawTokenizer, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer,
};

use crate::limits::{INDEX_STEMS_CACHED, INDEX_WORD_BYTES_MAX};

/// Articles, prepositions and pronouns that lose their vowel before another: `dell'istanza` is found as `istanza`.
const ELISIONS: [&str; 18] = [
    "l", "un", "d", "dell", "all", "dall", "nell", "sull", "coll", "c", "n", "s", "m", "t", "v", "gl", "quell", "quest",
];

/// Words that say nothing alone: beside others, an item need not hold them.
const STOP_WORDS: [&str; 58] = [
    "a", "ad", "ai", "agli", "al", "alla", "alle", "allo", "che", "con", "da", "dai", "dagli", "dal", "dalla", "dalle",
    "dallo", "de", "degli", "dei", "del", "della", "delle", "dello", "di", "e", "ed", "fra", "gli", "i", "il", "in",
    "la", "le", "lo", "ne", "nei", "negli", "nel", "nella", "nelle", "nello", "o", "od", "per", "su", "sui", "sugli",
    "sul", "sulla", "sulle", "sullo", "tra", "un", "una", "uno", "the", "of",
];

/// Endings the stemmer takes off. A start that people type may stop within any of them.
const ENDINGS: [&str; 46] = [
    "azione", "azioni", "atore", "atori", "atrice", "uzione", "uzioni", "amente", "mente", "ita", "ivo", "iva", "ivi",
    "ive", "oso", "osa", "osi", "ose", "abile", "abili", "ibile", "ibili", "ista", "iste", "isti", "anza", "anze",
    "enza", "enze", "ico", "ica", "ici", "ice", "iche", "ichi", "ismo", "ismi", "amento", "amenti", "imento", "imenti",
    "are", "ere", "ire", "ando", "endo",
];

/// A stem shorter than this stands for too many words to answer for a start.
const START_STEM_LETTERS_MIN: usize = 3;

/// True of an Italian word so common that a search should not insist on it.
pub(super) fn is_stop_word(folded: &str) -> bool {
    STOP_WORDS.contains(&folded)
}

/// Folded word to stem. The stemmer costs 43 % of indexing, and a town uses few words often.
struct StemCache {
    stems: HashMap<Box<str>, Box<str>>,
    stemmer: TextAnalyzer,
}

impl StemCache {
    fn new() -> Self {
        let stemmer = TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(Language::Italian)).build();
        Self { stems: HashMap::new(), stemmer }
    }

    fn stem(&mut self, word: &mut String) {
        if let Some(stem) = self.stems.get(word.as_str()) {
            word.clear();
            word.push_str(stem);
            return;
        }
        let mut stem = word.clone();
        let mut stream = self.stemmer.token_stream(word);
        if stream.advance() && !stream.token().text.is_empty() {
            stem.clone_from(&stream.token().text);
        }
        drop(stream);
        // Starting over is crude, but the frequent words are back at once, and the bound holds.
        if self.stems.len() >= INDEX_STEMS_CACHED {
            self.stems.clear();
        }
        self.stems.insert(word.as_str().into(), stem.as_str().into());
        *word = stem;
    }
}

/// The tokenizer. Clones share one cache of stems: tantivy clones it for each segment it begins, once a second at
/// full ingest, and a cache that began empty each time would help nobody.
#[derive(Clone)]
pub(super) struct Words {
    stems: Option<Arc<Mutex<StemCache>>>,
    folder: TextAnalyzer,
}

impl Words {
    /// Words as written but for case and accents: names, file names, titles.
    pub fn exact() -> Self {
        let folder = TextAnalyzer::builder(RawTokenizer::default()).filter(AsciiFoldingFilter).build();
        Self { stems: None, folder }
    }

    /// Words by their Italian stem.
    pub fn stemmed() -> Self {
        Self { stems: Some(Arc::new(Mutex::new(StemCache::new()))), ..Self::exact() }
    }

    /// All words of a short text.
    pub fn list(&mut self, text: &str) -> Vec<String> {
        let mut list = Vec::new();
        let mut stream = self.token_stream(text);
        while stream.advance() {
            list.push(stream.token().text.clone());
        }
        list
    }

    /// Brings a folded word to its stem; what holds a digit is a code and stays.
    pub fn stem(&self, word: &mut String) {
        if let Some(stems) = &self.stems
            && word.len() > 2
            && word.bytes().all(|byte| byte.is_ascii_alphabetic())
        {
            stems.lock().unwrap_or_else(PoisonError::into_inner).stem(word);
        }
    }

    /// The stems, shorter than itself, of words that may begin so: `autorizz` for `autorizzaz`.
    pub fn stems_of_start(&self, start: &str) -> BTreeSet<String> {
        let mut stems = BTreeSet::new();
        let tails = ENDINGS.iter().flat_map(|ending| (0..ending.len()).map(move |at| &ending[at..]));
        for tail in tails.chain([""]) {
            let mut word = format!("{start}{tail}");
            self.stem(&mut word);
            // Shorter ones are other words: they only begin alike.
            if word.len() < start.len() && word.len() >= START_STEM_LETTERS_MIN && start.starts_with(&word) {
                stems.insert(word);
            }
        }
        stems
    }

    fn fold(&mut self, word: &mut String) {
        let mut stream = self.folder.token_stream(word);
        if stream.advance() {
            let folded = stream.token().text.to_lowercase();
            drop(stream);
            *word = folded;
        }
    }
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        WordStream { text, at: 0, token: Token::default(), words: self }
    }
}

/// The words of one text, in order.
pub(super) struct WordStream<'a> {
    text: &'a str,
    at: usize,
    token: Token,
    words: &'a mut Words,
}

/// Accents written apart (as PDF text often has them) and soft hyphens belong to the word and say nothing.
fn is_silent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36F}' | '\u{AD}')
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '\u{2019}' | '\u{2BC}' | '`')
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() && !is_apostrophe(letter)
}

impl WordStream<'_> {
    /// The next run of letters and digits, as bytes of the text.
    fn next_run(&mut self) -> Option<(usize, usize)> {
        let start = self.at + self.text[self.at..].find(is_letter)?;
        let rest = &self.text[start..];
        let end = rest.find(|letter| !is_letter(letter) && !is_silent(letter)).map_or(self.text.len(), |n| start + n);
        self.at = end;
        Some((start, end))
    }

    /// Whether the word just taken stands, shortened, before another: `dell'` of `dell'istanza`.
    fn is_elided(&self, word: &str) -> bool {
        let mut after = self.text[self.at..].chars();
        after.next().is_some_and(is_apostrophe) && after.next().is_some_and(is_letter) && ELISIONS.contains(&word)
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        while let Some((start, end)) = self.next_run() {
            let run = &self.text[start..end];
            let mut word = std::mem::take(&mut self.token.text);
            word.clear();
            if run.is_ascii() {
                word.extend(run.bytes().map(|byte| byte.to_ascii_lowercase() as char));
            } else {
                word.extend(run.chars().filter(|letter| !is_silent(*letter)).flat_map(char::to_lowercase));
                self.words.fold(&mut word);
            }
            if word.is_empty() || self.is_elided(&word) {
                self.token.text = word;
                continue;
            }
            self.token.position = self.token.position.wrapping_add(1);
            // Such runs are encoded bytes, not words; they keep their place so that phrases do not close over them.
            if word.len() > INDEX_WORD_BYTES_MAX {
                self.token.text = word;
                continue;
            }
            self.words.stem(&mut word);
            self.token.text = word;
            self.token.offset_from = start;
            self.token.offset_to = end;
            return true;
        }
        false
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_lose_case_accents_and_elisions() {
        let mut exact = Words::exact();
        for (text, words) in [
            ("dell'istanza L\u{2019}Attività", vec!["istanza", "attivita"]),
            ("ATTIVITA' citta\u{300}", vec!["attivita", "citta"]),
            ("D'Angelo, Sant'Angelo", vec!["angelo", "sant", "angelo"]),
            ("6.3/2026/12 RSSMRA80A01C722X", vec!["6", "3", "2026", "12", "rssmra80a01c722x"]),
            ("l'", vec!["l"]),
            ("…!", vec![]),
        ] {
            assert_eq!(exact.list(text), words, "{text}");
        }
    }

    #[test]
    fn forms_of_a_word_share_a_stem_and_codes_have_none() {
        let mut stemmed = Words::stemmed();
        assert_eq!(stemmed.list("richiesta"), stemmed.list("RICHIESTE"));
        assert_eq!(stemmed.list("autorizzazione"), stemmed.list("autorizzazioni"));
        assert_eq!(stemmed.list("RSSMRA80A01C722X"), ["rssmra80a01c722x"]);
    }

    #[test]
    fn a_start_longer_than_the_stem_leads_to_it() {
        let words = Words::stemmed();
        for (start, whole) in
            [("autorizzaz", "autorizzazione"), ("urbanistic", "urbanistica"), ("pagament", "pagamento")]
        {
            let mut stem = String::from(whole);
            words.stem(&mut stem);
            let stems = words.stems_of_start(start);
            assert!(stem.starts_with(start) || stems.contains(&stem), "{start}: {stem} not in {stems:?}");
            assert!(stems.len() < 4 && !stems.contains("autor"), "{stems:?}");
        }
        assert!(words.stems_of_start("rssmra80").is_empty());
    }

    #[test]
    fn the_cache_is_bounded_and_changes_no_stem() {
        let mut cache = StemCache::new();
        let mut first = String::from("richieste");
        cache.stem(&mut first);
        for n in 0..INDEX_STEMS_CACHED + 10 {
            cache.stem(&mut format!("parola{n}"));
        }
        assert!(cache.stems.len() <= INDEX_STEMS_CACHED);
        let mut again = String::from("richieste");
        cache.stem(&mut again);
        assert_eq!(first, again);
    }

    #[test]
    fn an_endless_word_is_skipped_and_keeps_its_place() {
        let text = format!("prima {} dopo", "x".repeat(INDEX_WORD_BYTES_MAX + 1));
        let mut words = Words::exact();
        let mut stream = words.token_stream(&text);
        assert!(stream.advance());
        assert_eq!((stream.token().text.as_str(), stream.token().position), ("prima", 0));
        assert!(stream.advance());
        assert_eq!((stream.token().text.as_str(), stream.token().position), ("dopo", 2));
        assert!(!stream.advance());
    }

    proptest! {
        #[test]
        fn offsets_lie_on_characters_and_never_go_back(text in any::<String>()) {
            let mut words = Words::stemmed();
            let mut stream = words.token_stream(&text);
            let mut before = 0;
            while stream.advance() {
                let token = stream.token();
                prop_assert!(token.offset_from >= before && token.offset_to > token.offset_from);
                prop_assert!(text.get(token.offset_from..token.offset_to).is_some());
                prop_assert!(!token.text.is_empty());
                before = token.offset_to;
            }
        }
    }
}
