//! What is a word: splitting, elisions, case, accents and Italian stems, the same for texts, queries and snippets.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::tokenizer::{AsciiFoldingFilter, RawTokenizer, TextAnalyzer, Token, TokenStream, Tokenizer};

use super::stems::{Frequency, StemCache};
use crate::limits::{INDEX_STEMS_CACHED, INDEX_WORD_BYTES_MAX, QUERY_STEMS_CACHED};

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

/// True of an Italian word so common that a search should not insist on it.
pub(super) fn is_stop_word(folded: &str) -> bool {
    STOP_WORDS.contains(&folded)
}

/// The tokenizer. Clones share one cache of stems: tantivy clones it for each segment it begins, once a second at
/// full ingest, and a cache that began empty each time would help nobody.
#[derive(Clone)]
pub(super) struct Words {
    stems: Option<Arc<Mutex<StemCache>>>,
    folder: TextAnalyzer,
    /// Whether `e-mail` is `email` too. Of texts it is; who asks for `e-mail` says which of the two he would have.
    compounds: bool,
    /// Whether frequent words side by side are one word more.
    pairs: bool,
}

/// A word of a phrase, or a pair of them, and its place.
pub(super) type Placed = (usize, String);

impl Words {
    /// Words as written but for case and accents: names, file names, titles.
    pub fn exact() -> Self {
        let folder = TextAnalyzer::builder(RawTokenizer::default()).filter(AsciiFoldingFilter).build();
        Self { stems: None, folder, compounds: true, pairs: false }
    }

    /// Words by their Italian stem.
    pub fn stemmed() -> Self {
        Self::remembering(QUERY_STEMS_CACHED)
    }

    /// For what is indexed: words by their stem, and those with the pair of two frequent ones after the second. They
    /// share what they remember.
    pub fn stemmed_and_paired() -> (Self, Self) {
        let stemmed = Self::remembering(INDEX_STEMS_CACHED);
        (stemmed.clone(), Self { pairs: true, ..stemmed })
    }

    fn remembering(stems: usize) -> Self {
        Self { stems: Some(Arc::new(Mutex::new(StemCache::new(stems)))), ..Self::exact() }
    }

    /// What paired texts hold where they hold these words side by side: pairs, and the words that are in none. A pair
    /// has the place of its last word.
    pub fn phrase(&mut self, text: &str) -> Vec<Placed> {
        let modes = (self.compounds, self.pairs);
        (self.compounds, self.pairs) = (false, true);
        let (mut words, mut pairs): (Vec<Placed>, Vec<Placed>) = (Vec::new(), Vec::new());
        let mut stream = self.token_stream(text);
        while stream.advance() {
            let token = stream.token();
            let list = if token.text.contains(PAIR_SIGN) { &mut pairs } else { &mut words };
            list.push((token.position, token.text.clone()));
        }
        (self.compounds, self.pairs) = modes;
        // Those of three words first, and no pair of which others say all.
        let size = |pair: &str| pair.matches(PAIR_SIGN).count() + 1;
        pairs.sort_by_key(|(at, pair)| (Reverse(size(pair)), *at));
        let mut said = BTreeSet::new();
        pairs.retain(|(at, pair)| {
            let own = at + 1 - size(pair)..=*at;
            let new = own.clone().any(|word| !said.contains(&word));
            said.extend(own);
            new
        });
        words.retain(|(at, _)| !said.contains(at));
        words.extend(pairs);
        words.sort_unstable();
        words
    }

    /// All words of what was asked for, compounds by their parts.
    pub fn list(&mut self, text: &str) -> Vec<String> {
        let mut list = Vec::new();
        self.compounds = false;
        let mut stream = self.token_stream(text);
        while stream.advance() {
            list.push(stream.token().text.clone());
        }
        self.compounds = true;
        list
    }

    /// A pattern of `*` and `?` with its letters folded as words are.
    pub fn pattern(&mut self, pattern: &str) -> String {
        let mut folded = String::new();
        for part in pattern.split_inclusive(['*', '?']) {
            let sign = part.chars().next_back().filter(|sign| matches!(sign, '*' | '?'));
            let mut letters: String =
                part.chars().filter(|letter| is_letter(*letter)).flat_map(char::to_lowercase).collect();
            self.fold(&mut letters);
            folded.push_str(&letters);
            folded.extend(sign);
        }
        folded
    }

    /// Brings a folded word to its stem; what holds a digit is a code and stays.
    pub fn stem(&self, word: &mut String) {
        self.stem_of(word);
    }

    fn stem_of(&self, word: &mut String) -> Frequency {
        match &self.stems {
            Some(stems) if word.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                stems.lock().unwrap_or_else(PoisonError::into_inner).stem(word)
            }
            _ => Frequency::Rare,
        }
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
        let (before, pairs) = (Before::default(), Vec::new());
        WordStream { text, at: 0, compound: None, before, pairs, token: Token::default(), words: self }
    }
}

/// Between the words of a pair; no word holds it.
const PAIR_SIGN: char = ' ';

/// The word before, as far as pairs go.
#[derive(Default)]
struct Before {
    stem: String,
    /// It is a filler after a common word: the pair of the two.
    opening: Option<String>,
    position: usize,
    frequency: Frequency,
}

/// The words of one text, in order.
pub(super) struct WordStream<'a> {
    text: &'a str,
    at: usize,
    /// A compound whose first part was just taken, and whether it still has to be given as one word.
    compound: Option<(Range<usize>, bool)>,
    before: Before,
    /// Pairs that still have to be given.
    pairs: Vec<String>,
    token: Token,
    words: &'a mut Words,
}

/// Accents written apart (as PDF text often has them) and soft hyphens belong to the word and say nothing.
fn is_silent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36F}' | '\u{AD}')
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '\u{2019}' | '\u{2018}' | '\u{2BC}' | '\u{B4}' | '`' | '\u{2032}')
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() && !is_apostrophe(letter)
}

fn is_hyphen(letter: char) -> bool {
    matches!(letter, '-' | '\u{2010}' | '\u{2011}')
}

/// The length of the run of letters and digits that a text begins with.
fn run_length(text: &str) -> usize {
    text.find(|letter| !is_letter(letter) && !is_silent(letter)).unwrap_or(text.len())
}

fn is_number(run: &str) -> bool {
    run.bytes().all(|byte| byte.is_ascii_digit())
}

/// Bytes of the groups of thousands that follow a number: 8 for `.250.000` after `1`.
fn thousands(before: &str, number: &str, rest: &str) -> usize {
    let mut around = before.chars().rev();
    let inside = around.next().is_some_and(|sign| sign == '.' || sign == ',')
        && around.next().is_some_and(|digit| digit.is_ascii_digit());
    if inside || number.len() > 3 {
        return 0;
    }
    let bytes = rest.as_bytes();
    let mut length = 0;
    while bytes.get(length) == Some(&b'.')
        && bytes.get(length + 1..length + 4).is_some_and(|group| group.iter().all(u8::is_ascii_digit))
    {
        length += 4;
    }
    // `10.250.5` and `1.2503` are no such numbers.
    let goes_on = rest[length..].chars().next().is_some_and(is_letter)
        || bytes.get(length) == Some(&b'.') && bytes.get(length + 1).is_some_and(u8::is_ascii_digit);
    if goes_on { 0 } else { length }
}

/// Bytes of decimals that say nothing: `,00` or `.00` after a number.
fn no_cents(rest: &str) -> usize {
    let nothing = rest.starts_with(",00") || rest.starts_with(".00");
    let mut after = rest.get(3..).unwrap_or_default().chars();
    let goes_on = match after.next() {
        Some('.' | ',') => after.next().is_some_and(|next| next.is_ascii_digit()),
        Some(next) => is_letter(next),
        None => false,
    };
    if nothing && !goes_on { 3 } else { 0 }
}

/// Bytes from the end of a word's first half, broken at the end of a line, to its other half.
fn line_break(run: &str, rest: &str) -> Option<usize> {
    if !run.chars().next_back().is_some_and(|letter| letter.is_lowercase() || is_silent(letter)) {
        return None;
    }
    let after = rest.strip_prefix(is_hyphen).or_else(|| run.ends_with('\u{AD}').then_some(rest))?;
    let next = after.trim_start_matches([' ', '\t', '\r']).strip_prefix('\n')?.trim_start_matches([' ', '\t']);
    next.starts_with(char::is_lowercase).then(|| rest.len() - next.len())
}

impl WordStream<'_> {
    /// The next run of letters and digits, as bytes of the text. What a number or a broken word goes on with belongs to
    /// it, signs and all.
    fn next_run(&mut self) -> Option<Range<usize>> {
        let start = self.at + self.text[self.at..].find(is_letter)?;
        let mut end = start + run_length(&self.text[start..]);
        if is_number(&self.text[start..end]) {
            end += thousands(&self.text[..start], &self.text[start..end], &self.text[end..]);
            self.at = end + no_cents(&self.text[end..]);
            return Some(start..end);
        }
        while let Some(gap) = line_break(&self.text[start..end], &self.text[end..]) {
            end += gap + run_length(&self.text[end + gap..]);
        }
        self.at = end;
        Some(start..end)
    }

    /// Whether the word just taken stands, shortened, before another: `dell'` of `dell'istanza`.
    fn is_elided(&self, word: &str) -> bool {
        let mut after = self.text[self.at..].chars();
        after.next().is_some_and(is_apostrophe) && after.next().is_some_and(is_letter) && ELISIONS.contains(&word)
    }

    /// Sees to it that a compound that begins with this run is given as one word, after its first part.
    fn begin_compound(&mut self, run: &Range<usize>) {
        let plain =
            |range: Range<usize>| self.text[range].chars().all(|letter| letter.is_alphabetic() || is_silent(letter));
        if self.compound.as_ref().is_some_and(|(whole, _)| run.start < whole.end) || !plain(run.clone()) {
            return;
        }
        let mut end = run.end;
        while let Some(hyphen) = self.text[end..].chars().next().filter(|sign| is_hyphen(*sign)) {
            let next = end + hyphen.len_utf8();
            let length = run_length(&self.text[next..]);
            if length == 0 || !plain(next..next + length) || next + length - run.start > INDEX_WORD_BYTES_MAX {
                break;
            }
            end = next + length;
        }
        self.compound = (end > run.end).then_some((run.start..end, true));
    }

    /// Makes the token of a run; false for one that is no word.
    fn take(&mut self, run: Range<usize>, moves: bool) -> bool {
        let text = &self.text[run.clone()];
        let mut word = std::mem::take(&mut self.token.text);
        word.clear();
        if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            word.extend(text.bytes().map(|byte| byte.to_ascii_lowercase() as char));
        } else {
            word.extend(
                text.chars().filter(|letter| is_letter(*letter) && !is_silent(*letter)).flat_map(char::to_lowercase),
            );
            self.words.fold(&mut word);
        }
        plain_number(&mut word);
        if word.is_empty() || moves && self.is_elided(&word) {
            self.token.text = word;
            return false;
        }
        if moves {
            self.token.position = self.token.position.wrapping_add(1);
        }
        // Such runs are encoded bytes, not words; they keep their place so that phrases do not close over them.
        let fits = word.len() <= INDEX_WORD_BYTES_MAX;
        if fits {
            let frequency = self.words.stem_of(&mut word);
            self.token.offset_from = run.start;
            self.token.offset_to = run.end;
            if moves && self.words.pairs {
                self.pair_up(&word, frequency);
            }
        }
        self.token.text = word;
        fits
    }
}

impl WordStream<'_> {
    /// Sees to it that a word is given once more with the one before it, where both are frequent, and with the two before
    /// it where a filler joins two common words.
    fn pair_up(&mut self, stem: &str, frequency: Frequency) {
        let before = &mut self.before;
        let beside = before.position.wrapping_add(1) == self.token.position;
        let opening = before.opening.take().filter(|_| beside && frequency == Frequency::Common);
        self.pairs.extend(opening.map(|opening| format!("{opening}{PAIR_SIGN}{stem}")));
        if beside && before.frequency.pairs_with(frequency) {
            let pair = format!("{}{PAIR_SIGN}{stem}", before.stem);
            before.opening = (frequency == Frequency::Filler).then(|| pair.clone());
            self.pairs.push(pair);
        }
        before.frequency = frequency;
        if frequency != Frequency::Rare {
            before.position = self.token.position;
            before.stem.clear();
            before.stem.push_str(stem);
        }
    }
}

/// `0000123` is 123, and the number of a tax payer is the same with its country before it.
fn plain_number(word: &mut String) {
    if word.len() == 13 && word.starts_with("it") && is_number(&word[2..]) {
        word.drain(..2);
    }
    if word.starts_with('0') && is_number(word) {
        let zeros = word.bytes().take(word.len() - 1).take_while(|byte| *byte == b'0').count();
        word.drain(..zeros);
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        if let Some(pair) = self.pairs.pop() {
            self.token.text = pair;
            return true;
        }
        if let Some((whole, open @ true)) = &mut self.compound {
            *open = false;
            let whole = whole.clone();
            if self.take(whole, false) {
                return true;
            }
        }
        while let Some(run) = self.next_run() {
            if self.words.compounds {
                self.begin_compound(&run);
            }
            if self.take(run, true) {
                return true;
            }
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
    fn numbers_are_as_people_mean_them() {
        let mut exact = Words::exact();
        for (text, words) in [
            ("1.250,00 euro", vec!["1250", "euro"]),
            ("EUR 1250.00", vec!["eur", "1250"]),
            ("1.250.000,50", vec!["1250000", "50"]),
            ("n. 0000123", vec!["n", "123"]),
            ("12/03/2026 2026-03-12", vec!["12", "3", "2026", "2026", "3", "12"]),
            ("IT01234567890 IT 01234567890", vec!["1234567890", "it", "1234567890"]),
            ("10.250.5 12.2026 1.2503", vec!["10", "250", "5", "12", "2026", "1", "2503"]),
            ("art. 1.250. Poi", vec!["art", "1250", "poi"]),
            ("euro 15,00.", vec!["euro", "15"]),
            ("0 00 000x", vec!["0", "0", "000x"]),
        ] {
            assert_eq!(exact.list(text), words, "{text}");
        }
    }

    #[test]
    fn broken_words_are_joined_and_compounds_are_one_word_too() {
        let mut exact = Words::exact();
        let texts = |words: &mut Words, text: &str| {
            let mut stream = words.token_stream(text);
            let mut list = Vec::new();
            while stream.advance() {
                list.push((stream.token().text.clone(), stream.token().position));
            }
            list
        };
        for (text, words) in [
            ("autoriz-\nzazione", vec![("autorizzazione", 0)]),
            ("autoriz\u{AD}\n  zazione data", vec![("autorizzazione", 0), ("data", 1)]),
            ("la e-mail", vec![("la", 0), ("e", 1), ("email", 1), ("mail", 2)]),
            ("Rossi-\nBianchi", vec![("rossi", 0), ("bianchi", 1)]),
            ("a-b-c d", vec![("a", 0), ("abc", 0), ("b", 1), ("c", 2), ("d", 3)]),
            ("2026-03 - x", vec![("2026", 0), ("3", 1), ("x", 2)]),
        ] {
            let expect: Vec<(String, usize)> = words.into_iter().map(|(word, at)| (word.to_owned(), at)).collect();
            assert_eq!(texts(&mut exact, text), expect, "{text}");
        }
        assert_eq!(exact.list("e-mail"), ["e", "mail"], "who asks means the parts");
    }

    #[test]
    fn frequent_words_side_by_side_are_one_word_more() {
        let (_, mut paired) = Words::stemmed_and_paired();
        let mut stream = paired.token_stream("Il permesso di costruire dell'ufficio: dehors di via");
        let mut list = Vec::new();
        while stream.advance() {
            list.push((stream.token().position, stream.token().text.clone()));
        }
        let expect = [
            (0, "il"),
            (1, "permess"),
            (1, "il permess"),
            (2, "di"),
            (2, "permess di"),
            (3, "costru"),
            (3, "di costru"),
            (3, "permess di costru"),
            (4, "uffic"),
            (4, "costru uffic"),
            (5, "dehors"),
            (6, "di"),
            (7, "via"),
            (7, "di via"),
        ];
        assert_eq!(list, expect.map(|(at, word)| (at, word.to_owned())));
        let mut phrase = |text: &str| paired.phrase(text);
        let placed =
            |words: &[(usize, &str)]| words.iter().map(|(at, word)| (*at, (*word).to_owned())).collect::<Vec<_>>();
        assert_eq!(phrase("permesso di costruire"), placed(&[(2, "permess di costru")]));
        assert_eq!(phrase("il permesso di costruire"), placed(&[(1, "il permess"), (3, "permess di costru")]));
        assert_eq!(phrase("via di ufficio di via"), placed(&[(2, "via di uffic"), (4, "uffic di via")]));
        assert_eq!(phrase("ufficio permesso di"), placed(&[(1, "uffic permess"), (2, "permess di")]));
        assert_eq!(phrase("dehors di via"), placed(&[(0, "dehors"), (2, "di via")]));
        assert_eq!(phrase("e di via"), placed(&[(0, "e"), (2, "di via")]));
        assert_eq!(phrase("dehors"), placed(&[(0, "dehors")]));
        assert_eq!(phrase(""), placed(&[]));
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
            let (_, mut words) = Words::stemmed_and_paired();
            let mut stream = words.token_stream(&text);
            let mut before = 0;
            while stream.advance() {
                let token = stream.token();
                prop_assert!(token.offset_from >= before && token.offset_to > token.offset_from);
                prop_assert!(text.get(token.offset_from..token.offset_to).is_some());
                prop_assert!(!token.text.is_empty());
                before = token.offset_from;
            }
        }
    }
}
