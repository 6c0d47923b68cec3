//! Is this the text of a page, or rubbish? An honest measure, so that the better of two readings can win.
//!
//! What readers of PDF do wrong looks alike everywhere: characters without a meaning, letters torn apart, words glued
//! together, letters exchanged for others. None of it needs a dictionary to be seen.

/// No word of a living language is longer; what is has lost its spaces.
const WORD_MAX: usize = 30;

/// Codes, addresses, numbers: no longer than this.
const CODE_MAX: usize = 60;

/// So many letters standing alone one after the other are one word torn apart.
const TORN: usize = 4;

/// Letters from which the share of vowels says something …
const VOWELS_FROM: usize = 100;

/// … and the shares, in percent, between which every European language lies: Czech 30, Italian 47, Finnish 50.
const VOWELS: std::ops::RangeInclusive<usize> = 24..=60;

/// Words so frequent that each page of prose has them: Italian, with some of the neighbours'; and what stands on forms and
/// receipts. None of one letter: torn words leave many of those.
const FREQUENT: [&str; 41] = [
    "di", "il", "la", "che", "per", "del", "della", "in", "con", "si", "al", "dei", "le", "da", "un", "una", "non",
    "alla", "nel", "delle", "sono", "ai", "lo", "gli", "su", "the", "of", "and", "to", "de", "et", "der", "die", "und",
    "en", "for", "via", "data", "comune", "totale", "euro",
];

/// Letters of a page that lies on its side, or stands on its head, look like words, and some of two letters are frequent
/// ones by chance …
const TELLING_FROM: usize = 3;

/// … but not one in so many characters is a longer one: in prose and on receipts one in forty is, measured.
const TELLING_WITHIN: usize = 150;

/// Characters that may be a name or a number alone.
const NAME_MAX: usize = 20;

/// What a text is worth, in characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Worth {
    /// In words and codes that could be some.
    pub good: usize,
    /// In what cannot.
    pub odd: usize,
    /// Frequent words, counted.
    pub frequent: usize,
    /// Those of them that rubbish does not hold by chance.
    telling: usize,
    /// In short runs of signs that are neither letters nor digits.
    signs: usize,
}

impl Worth {
    pub(super) fn of(text: &str) -> Self {
        let mut worth = Self::default();
        let (mut letters, mut vowels) = (0, 0);
        let mut last_line = "";
        for line in text.split(['\n', '\r', '\u{c}']).map(str::trim).filter(|line| !line.is_empty()) {
            // Bold print is sometimes made by printing twice: that is not twice the text.
            if std::mem::replace(&mut last_line, line) == line {
                continue;
            }
            worth.add_line(line);
        }
        for c in text.chars().filter(|c| c.is_alphabetic() && is_latin(*c)) {
            letters += 1;
            vowels += usize::from(is_vowel(c));
        }
        // Signs that mean nothing, more of them than of words: a table of meanings is missing.
        if worth.signs > worth.good {
            worth.odd += worth.signs;
        }
        if letters >= VOWELS_FROM && !VOWELS.contains(&(vowels * 100 / letters)) {
            worth.odd += std::mem::take(&mut worth.good);
        }
        worth
    }

    fn add_line(&mut self, line: &str) {
        let mut alone = 0;
        let mut last = "";
        for token in line.split_whitespace() {
            if std::mem::replace(&mut last, token) == token {
                continue;
            }
            let word = token.trim_matches(|c: char| !c.is_alphanumeric() && !is_rubbish(c));
            let size = word.chars().count();
            if size == 0 && token.chars().count() < TORN {
                self.signs += token.chars().count();
            }
            let single = size == 1 && word.chars().all(char::is_alphabetic);
            alone = if single { alone + 1 } else { 0 };
            match alone {
                // The ones before looked like words until now.
                TORN => {
                    self.good = self.good.saturating_sub(TORN - 1);
                    self.odd += TORN;
                }
                n if n > TORN => self.odd += 1,
                _ if is_plausible(word, size) => self.good += size,
                _ => self.odd += size,
            }
            if FREQUENT.contains(&word.to_lowercase().as_str()) {
                self.frequent += 1;
                self.telling += usize::from(size >= TELLING_FROM);
            }
        }
    }

    /// More rubbish than a page with some formulas or a logo has.
    pub(super) fn is_doubtful(self) -> bool {
        self.odd > 20 && self.odd * 3 > self.good
    }

    /// Of letters in an image: so many, and hardly a word that every text has. They were taken for others.
    pub(super) fn is_misread(self) -> bool {
        self.is_doubtful() || self.telling < (self.good + self.odd) / TELLING_WITHIN
    }

    /// Perhaps misread, and too short to tell.
    pub(super) fn may_be_misread(self) -> bool {
        self.is_misread() || (self.telling == 0 && self.good + self.odd > NAME_MAX)
    }

    /// Whether this is clearly the better reading of the same page.
    pub(super) fn beats(self, other: Self) -> bool {
        let (mine, theirs) = (self.value(), other.value());
        if mine > theirs + theirs / 20 + 10 {
            return true;
        }
        // As many letters, but more of them in the shape of words: the other has torn or glued.
        mine + mine / 20 + 10 > theirs && self.frequent > other.frequent + other.frequent / 5 + 2
    }

    fn value(self) -> usize {
        self.good.saturating_sub(self.odd)
    }
}

fn is_plausible(word: &str, size: usize) -> bool {
    if word.chars().any(is_rubbish) {
        return false;
    }
    if word.chars().any(|c| c.is_ascii_digit()) {
        return size <= CODE_MAX;
    }
    if size > WORD_MAX {
        // Addresses of mail and pages are long, and no words.
        return size <= CODE_MAX && word.contains(['@', '/', '.', '_']);
    }
    let letters = word.chars().filter(|c| c.is_alphabetic());
    let latin = letters.clone().filter(|c| is_latin(*c)).count();
    let (all, upper) = (letters.clone().count(), letters.filter(|c| c.is_uppercase()).count());
    if latin != 0 && latin != all {
        return false;
    }
    if latin > 3 && upper != latin && !word.chars().any(is_vowel) {
        return false;
    }
    bumps(word) <= 1
}

/// Capitals within a word: `McDonald` has one, `ilComuneDiForlì` has lost its spaces.
fn bumps(word: &str) -> usize {
    let mut last_lower = false;
    let mut bumps = 0;
    for c in word.chars() {
        bumps += usize::from(last_lower && c.is_uppercase());
        last_lower = c.is_lowercase();
    }
    bumps
}

/// Latin letters, with and without accents.
fn is_latin(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | 'ª' | 'º' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{fb00}'..='\u{fb06}')
}

fn is_vowel(c: char) -> bool {
    matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | '\u{c0}'..='\u{c6}' | '\u{c8}'..='\u{cf}'
        | '\u{d2}'..='\u{d6}' | '\u{d8}'..='\u{dd}' | '\u{e0}'..='\u{e6}' | '\u{e8}'..='\u{ef}' | '\u{f2}'..='\u{f6}'
        | '\u{f8}'..='\u{fd}')
}

/// Characters that no text has: replacement and control characters, private use, non-characters.
fn is_rubbish(c: char) -> bool {
    c.is_control() || matches!(c, '\u{fffd}' | '\u{fffe}' | '\u{ffff}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROSE: &str = "Il Comune di Roccaverde comunica che la richiesta di occupazione del suolo pubblico, presentata\n\
        dalla società Alfa S.r.l. con protocollo n. 123/2026, è stata accolta per il periodo indicato nella domanda.";

    #[test]
    fn prose_tables_and_codes_are_worth_their_letters() {
        for text in [
            PROSE,
            "N. 12 del 03/02/2026 IBAN IT60X0542811101000000123456 € 1.250,00",
            "SRL SPA CNR ANCI MEPA",
            "ufficio.protocollo@comune.roccaverde.example.it",
            "Ἀθῆναι Москва القاهرة",
            "l'ufficio dell'Ùva socio-economico",
        ] {
            let worth = Worth::of(text);
            assert!(worth.odd == 0 && worth.good > 10 && !worth.is_doubtful(), "{text}: {worth:?}");
        }
        assert_eq!(Worth::of("  \n ----- \n"), Worth::default());
    }

    #[test]
    fn rubbish_of_every_kind_is_seen_and_loses() {
        let prose = Worth::of(PROSE);
        let each = |f: fn(char) -> String| PROSE.chars().map(f).collect::<String>();
        for (what, bad) in [
            ("torn", each(|c| if c.is_alphabetic() { format!("{c} ") } else { c.to_string() })),
            ("glued", each(|c| if c == ' ' { String::new() } else { c.to_string() })),
            ("private use", each(|c| char::from_u32(0xf000 + c as u32).unwrap().to_string())),
            ("replaced", each(|c| if "aeio".contains(c) { "\u{fffd}".to_owned() } else { c.to_string() })),
            (
                "shifted",
                each(|c| if c.is_ascii_lowercase() { char::from(c as u8 - 29).to_string() } else { c.to_string() }),
            ),
            ("signs", each(|c| format!("{} ", ['#', '$', '!', '&', '%'][c as usize % 5]))),
            ("lost", String::new()),
        ] {
            let worth = Worth::of(&bad);
            assert!(prose.beats(worth), "{what}: {worth:?} {bad}");
            assert!(!worth.beats(prose), "{what}: {worth:?}");
            assert!(bad.is_empty() || what == "shifted" || worth.is_doubtful(), "{what}: {worth:?} {bad}");
        }
        let twice = format!("{}\n{}", PROSE.lines().next().unwrap(), PROSE);
        assert!(!Worth::of(&twice).beats(prose), "printed twice");
    }

    #[test]
    fn letters_taken_for_others_make_strange_words() {
        // As a recogniser reads a page that stands on its head.
        let turned = "ISIOOPUOY OULI1]]9Z 011e791B9S ajes0| e.mald ip opide] eun 1A1E90]]03 IP uered 19p ajelA \
            QUOTZEIS pusodsip QUOIZEIANGE aJU9ANISSOS LEIS euesou]d 0SN23u 'eapury UELIEO] IP 9UOIZE4 OUUEIES aJJLIE] ejeAouutI";
        let receipt = "FERRAMENTA CHIODI Corso Umberto 12 CATENA ZINCATA 9,80 LUCCHETTO 50MM 12,40 CHIAVE 2,50 \
            TOTALE EURO 24,70 CONTANTI 04-11-2025 10:22 CARTOLERIA Via Roma 3 RISMA A4 TONER NERO";
        for (text, misread, perhaps) in [
            (turned, true, true),
            (receipt, false, false),
            (PROSE, false, false),
            ("Please find the list of applicants and return it to us", false, false),
            ("OUVEIES 3YD aJJLIE EIUessas", false, true),
            ("AB123CD", false, false),
            ("", false, false),
        ] {
            let worth = Worth::of(text);
            assert_eq!((worth.is_misread(), worth.may_be_misread()), (misread, perhaps), "{text}: {worth:?}");
        }
    }

    #[test]
    fn words_torn_in_two_lose_to_whole_ones() {
        let whole = Worth::of(&PROSE.repeat(3));
        let torn = PROSE.repeat(3).replace("il", "i l").replace("del ", "d el ").replace("di", "d i");
        assert!(whole.beats(Worth::of(&torn)) && !Worth::of(&torn).beats(whole));
        assert!(!whole.beats(whole));
    }
}
