//! In which language is a text written?

use whatlang::{Detector, Lang};

/// So much of a text is looked at, in bytes: some fifteen lines.
const SAMPLE: usize = 1024;

/// Small words of Italian that none of the other languages has. Where one word of so many is such a one, and there are
/// a few of them, nothing else needs to be asked: comparing with all languages takes a tenth of the processor time of
/// filing texts of 2 KiB, and nearly all of them are Italian.
const ITALIAN: [&str; 18] = [
    "di", "della", "dei", "delle", "degli", "dello", "nel", "nella", "alla", "agli", "alle", "dal", "dalla", "sulla",
    "gli", "che", "è", "sono",
];
const ONE_WORD_OF: usize = 14;
const ITALIAN_MIN: usize = 5;

/// Shorter texts, in letters, are guessed wrong too often.
const LETTERS_MIN: usize = 40;

/// Languages of the country, its minorities and its mail: with fewer to choose from, fewer guesses are wrong.
const LANGUAGES: [(Lang, &str); 14] = [
    (Lang::Ita, "it"),
    (Lang::Deu, "de"),
    (Lang::Fra, "fr"),
    (Lang::Slv, "sl"),
    (Lang::Cat, "ca"),
    (Lang::Eng, "en"),
    (Lang::Spa, "es"),
    (Lang::Por, "pt"),
    (Lang::Ron, "ro"),
    (Lang::Nld, "nl"),
    (Lang::Pol, "pl"),
    (Lang::Hrv, "hr"),
    (Lang::Ukr, "uk"),
    (Lang::Rus, "ru"),
];

/// ISO 639-1; nothing where it is not sure.
pub(super) fn of(text: &str) -> Option<String> {
    // The middle of a long text: it begins with letterheads and ends with names.
    let from = text.ceil_char_boundary((text.len() / 2).saturating_sub(SAMPLE / 2));
    let sample = &text[from..];
    let sample = &sample[..sample.floor_char_boundary(SAMPLE)];
    if is_plainly_italian(sample) {
        return Some("it".to_owned());
    }
    if sample.chars().filter(|c| c.is_alphabetic()).count() < LETTERS_MIN {
        return None;
    }
    let found = Detector::with_allowlist(LANGUAGES.map(|(language, _)| language).to_vec()).detect(sample)?;
    let code = LANGUAGES.iter().find(|(language, _)| *language == found.lang()).filter(|_| found.is_reliable());
    code.map(|(_, code)| (*code).to_owned())
}

fn is_plainly_italian(sample: &str) -> bool {
    let (mut words, mut italian) = (0, 0);
    for word in sample.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()) {
        words += 1;
        italian += usize::from(ITALIAN.iter().any(|small| small.eq_ignore_ascii_case(word)));
    }
    italian >= ITALIAN_MIN && italian * ONE_WORD_OF >= words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_of_a_town_at_the_border() {
        for (text, expected) in [
            ("Il sottoscritto chiede il rilascio del permesso di costruire per la casa di via dei Tigli", Some("it")),
            ("Wir bitten Sie, die Unterlagen für die Anmeldung der Wohnung bis Ende des Monats zu senden", Some("de")),
            ("Please find attached the documents that you have asked for in your letter of last week", Some("en")),
            ("Ada Rossi 42", None),
            ("12/03/2026 1.250,00 45 12 998 1.250,00 45 12 998 1.250,00 45 12 998 1.250,00 45 12 998", None),
            ("", None),
        ] {
            assert_eq!(of(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn only_italian_is_plainly_italian() {
        let italian = "Il sottoscritto chiede il rilascio del permesso di costruire per la casa di via dei Tigli, \
            che è nel centro della frazione, e allega gli elaborati dello studio e la ricevuta dei diritti.";
        assert!(is_plainly_italian(italian));
        let german = "Die Gemeinde teilt mit, dass der Antrag angenommen wurde und die Akte offen ist. ";
        for other in [
            "",
            "di che",
            "Il a été décidé que la commune de Lyon et celle de Turin sont jumelées depuis dix ans, et il le sera dit.",
            "El ayuntamiento comunica que la solicitud con número de registro será resuelta por la comisión dal.",
            "L'ajuntament comunica que la sol·licitud per a la casa del carrer dels Til·lers és del seu interès.",
            "Der Antrag auf die Genehmigung des Hauses in der Via dei Tigli liegt bei. Wir bitten, dass die di Ada.",
            // A quotation of a language is not the language.
            &format!("{italian} {}", german.repeat(12)),
        ] {
            assert!(!is_plainly_italian(other), "{other}");
        }
    }
}
