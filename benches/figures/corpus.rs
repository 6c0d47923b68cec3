//! An invented town's post, from a seed: words by rank as in a real language, so that common words are really common.

use tabularium::digest::Blake3;
use tabularium::index::{Correspondent, Item, ItemKind, Role};
use tabularium::model::register::NewEntry;

/// Words of the language. Word of rank r is met once in about 12 r words, as Zipf found.
const WORDS: usize = 60_000;
/// The words that every sentence has; a search for one of them alone is nobody's search.
const FUNCTION_WORDS: [&str; 48] = [
    "di", "e", "il", "la", "che", "in", "del", "per", "un", "della", "a", "dei", "con", "al", "una", "le", "alla",
    "delle", "nel", "si", "da", "dal", "non", "i", "sono", "dell", "gli", "lo", "come", "anche", "nella", "ai", "o",
    "su", "ha", "dalla", "alle", "sul", "tra", "se", "degli", "loro", "questo", "essere", "presso", "ad", "ed", "cui",
];
/// The commonest words with a meaning, in the order of their rank.
const CONTENT_WORDS: [&str; 96] = [
    "comune",
    "richiesta",
    "ufficio",
    "documento",
    "legge",
    "lavori",
    "servizio",
    "permesso",
    "domanda",
    "via",
    "edificio",
    "progetto",
    "strada",
    "pratica",
    "autorizzazione",
    "contratto",
    "pagamento",
    "area",
    "terreno",
    "delibera",
    "verbale",
    "cantiere",
    "immobile",
    "territorio",
    "regolamento",
    "tributi",
    "scuola",
    "ambiente",
    "rifiuti",
    "acquedotto",
    "illuminazione",
    "segnaletica",
    "sopralluogo",
    "fabbricato",
    "particella",
    "catasto",
    "cittadino",
    "residenza",
    "certificato",
    "anagrafe",
    "matrimonio",
    "cimitero",
    "concessione",
    "occupazione",
    "suolo",
    "mercato",
    "licenza",
    "commercio",
    "impresa",
    "fattura",
    "fornitura",
    "gara",
    "appalto",
    "offerta",
    "incarico",
    "professionista",
    "relazione",
    "planimetria",
    "allegato",
    "comunicazione",
    "ordinanza",
    "viabilità",
    "parcheggio",
    "marciapiede",
    "fognatura",
    "allacciamento",
    "contatore",
    "rimborso",
    "ricorso",
    "sanzione",
    "verifica",
    "controllo",
    "sicurezza",
    "collaudo",
    "agibilità",
    "abitazione",
    "alloggio",
    "contributo",
    "bando",
    "graduatoria",
    "mensa",
    "trasporto",
    "alunni",
    "biblioteca",
    "patrocinio",
    "manifestazione",
    "associazione",
    "palestra",
    "impianto",
    "manutenzione",
    "verde",
    "potatura",
    "animali",
    "elezioni",
    "seggio",
    "tessera",
];
/// What clerks write in one breath: the phrases that are looked for.
pub const PHRASES: [&str; 16] = [
    "permesso di costruire",
    "occupazione del suolo pubblico",
    "certificato di residenza",
    "segnalazione certificata di inizio attività",
    "verbale di sopralluogo",
    "ufficio tecnico",
    "giunta comunale",
    "lavori di manutenzione",
    "carta di identità",
    "impianto di illuminazione",
    "servizio di trasporto",
    "delibera del consiglio",
    "codice della strada",
    "diritti di segreteria",
    "piano regolatore",
    "conferenza di servizi",
];
const SYLLABLES: [&str; 40] = [
    "ca", "re", "to", "mi", "sa", "lo", "ne", "ri", "va", "do", "pe", "fi", "gu", "zo", "la", "te", "ba", "co", "di",
    "mu", "no", "pi", "ra", "se", "tu", "vi", "za", "gra", "stro", "pla", "fre", "chi", "glia", "sce", "bri", "tra",
    "spo", "ghe", "quo", "nza",
];
const ENDINGS: [&str; 10] = ["o", "a", "e", "i", "zione", "mento", "tore", "bile", "anza", "ità"];
/// Offices by how much post they get; the first gets the most.
pub const OFFICES: [&str; 20] = [
    "protocollo",
    "edilizia",
    "anagrafe",
    "tributi",
    "polizia",
    "scuola",
    "sociale",
    "lavori",
    "ambiente",
    "commercio",
    "segreteria",
    "ragioneria",
    "personale",
    "elettorale",
    "cultura",
    "sport",
    "patrimonio",
    "legale",
    "cimiteri",
    "informatica",
];
const CLASSES: [&str; 24] = [
    "1.1", "1.6", "2.3", "3.5", "4.1", "4.4", "4.8", "5.1", "6.1", "6.3", "6.4", "6.5", "6.8", "6.9", "7.1", "7.3",
    "7.12", "8.1", "8.4", "9.1", "9.4", "10.1", "11.1", "11.2",
];
/// Microseconds from one entry to the next, so that a million of them are some ten years; the first is of January 2016.
const STEP: i64 = 300_000_000;
const FIRST: i64 = 1_452_000_000_000_000;

/// Cheap numbers that are the same on every machine (SplitMix64).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Of these, the first ones more often.
    fn mostly_first<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let at = (self.share().powi(2) * of.len() as f64) as usize;
        of[at.min(of.len() - 1)]
    }
}

/// The language of the town.
pub struct Corpus {
    words: Vec<String>,
    /// How much of a text the words up to each rank make up.
    shares: Vec<f64>,
}

/// One entry with its document.
pub struct Paper {
    pub number: u64,
    pub date: i64,
    pub direction: &'static str,
    pub subject: String,
    pub sender: String,
    pub tax_code: String,
    pub office: &'static str,
    pub second_office: Option<&'static str>,
    pub classification: &'static str,
    pub confidential: bool,
    pub text: String,
}

impl Corpus {
    pub fn new() -> Self {
        let mut words: Vec<String> = FUNCTION_WORDS.iter().chain(&CONTENT_WORDS).map(ToString::to_string).collect();
        let mut known: std::collections::HashSet<String> = words.iter().cloned().collect();
        let mut random = Random::new(42);
        while words.len() < WORDS {
            let mut word = String::new();
            for _ in 0..2 + random.below(3) {
                word.push_str(SYLLABLES[random.below(SYLLABLES.len())]);
            }
            word.push_str(ENDINGS[random.below(ENDINGS.len())]);
            if known.insert(word.clone()) {
                words.push(word);
            }
        }
        let mut sum = 0.0;
        let shares: Vec<f64> = (1..=WORDS)
            .map(|rank| {
                sum += 1.0 / rank as f64;
                sum
            })
            .collect();
        Self { words, shares: shares.into_iter().map(|share| share / sum).collect() }
    }

    /// The word of a rank among those with a meaning: 0 is the commonest.
    pub fn content_word(&self, rank: usize) -> &str {
        &self.words[FUNCTION_WORDS.len() + rank]
    }

    fn word(&self, random: &mut Random) -> &str {
        let share = random.share();
        &self.words[self.shares.partition_point(|at| *at < share).min(WORDS - 1)]
    }

    fn meaning(&self, random: &mut Random) -> &str {
        loop {
            let word = self.word(random);
            if !FUNCTION_WORDS.contains(&word) {
                return word;
            }
        }
    }

    /// Prose of about so many bytes, with some of the phrases of the trade and a code that no other text has.
    pub fn text(&self, n: u64, length: usize) -> String {
        let mut random = Random::new(n ^ 0xABCD_0000_0000);
        let mut text = format!("Prot. pratica {}.\n", code_of(n));
        while text.len() < length {
            for _ in 0..6 + random.below(12) {
                text.push_str(self.word(&mut random));
                text.push(' ');
            }
            match random.below(8) {
                0 => text.push_str(PHRASES[random.below(PHRASES.len())]),
                1 => text.push_str(&format!("n. {}/{}", 1 + random.below(9_000), 2010 + random.below(16))),
                _ => text.push_str(self.word(&mut random)),
            }
            text.push_str(".\n");
        }
        text
    }

    pub fn paper(&self, n: u64) -> Paper {
        let mut random = Random::new(n);
        let object = if random.below(3) == 0 {
            PHRASES[random.below(PHRASES.len())].to_owned()
        } else {
            format!("{} {} {}", self.meaning(&mut random), self.word(&mut random), self.meaning(&mut random))
        };
        let opening = random.mostly_first(&["Richiesta", "Comunicazione", "Domanda", "Trasmissione", "Sollecito"]);
        let street = &self.words[200 + random.below(2_000)];
        let subject = format!("{opening} {object} in via {street} {}", 1 + random.below(120));
        let name = |word: &str| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        };
        let given = name(&self.words[1_000 + random.below(300)]);
        let family = name(&self.words[2_000 + random.below(8_000)]);
        let second = random.below(6) == 0;
        Paper {
            number: n + 1,
            date: FIRST + n as i64 * STEP,
            direction: random.mostly_first(&["incoming", "incoming", "outgoing", "internal"]),
            subject,
            sender: format!("{given} {family}"),
            tax_code: format!("VRDDAA{:02}A{:02}X999X", random.below(90) + 10, random.below(28) + 1),
            office: random.mostly_first(&OFFICES),
            second_office: second.then(|| random.mostly_first(&OFFICES)),
            classification: random.mostly_first(&CLASSES),
            confidential: random.below(33) == 0,
            text: self.text(n, 2048),
        }
    }
}

/// Whether a word only joins others.
pub fn is_function_word(word: &str) -> bool {
    FUNCTION_WORDS.contains(&word)
}

/// A code that one text alone holds.
pub fn code_of(n: u64) -> String {
    format!("k{:x}q{n}", Random::new(n).next() % 4096)
}

impl Paper {
    fn offices(&self) -> Vec<&'static str> {
        let second = self.second_office.filter(|office| *office != self.office);
        [self.office].into_iter().chain(second).collect()
    }

    /// As the service registers it.
    pub fn entry(&self, blake3: Blake3) -> NewEntry {
        let (role, received) = match self.direction {
            "incoming" => ("sender", serde_json::json!({"on": "2016-01-01", "channel": "pec"})),
            _ => ("recipient", serde_json::Value::Null),
        };
        let assignments: Vec<_> =
            self.offices().iter().map(|office| serde_json::json!({"office": office, "mode": "responsible"})).collect();
        let mut entry = serde_json::json!({
            "direction": self.direction,
            "subject": self.subject,
            "correspondents": [{"role": role, "kind": "person", "name": self.sender, "tax_code": self.tax_code}],
            "classification": self.classification,
            "assignments": assignments,
            "confidential": self.confidential,
            "document": {"blake3": blake3, "file_name": format!("documento-{}.txt", self.number)},
        });
        if !received.is_null() {
            entry["received"] = received;
        }
        serde_json::from_value(entry).expect("an entry")
    }

    /// As the service gives it to the index.
    pub fn item(&self) -> Item {
        let year = jiff_year(self.date);
        let mut item = Item::new(ItemKind::Entry, format!("PG/{year}/{}", self.number), self.number, self.date);
        item.register = Some("PG".into());
        item.year = Some(year);
        item.number = Some(self.number);
        item.direction = Some(self.direction.into());
        item.offices = self.offices().iter().map(ToString::to_string).collect();
        item.classification = Some(self.classification.into());
        item.title.clone_from(&self.subject);
        item.code = Some(format!("c_x999/AOO1/PG/{year}/{:07}", self.number));
        let role = if self.direction == "incoming" { Role::Sender } else { Role::Recipient };
        item.correspondents =
            vec![Correspondent { role, name: self.sender.clone(), tax_code: Some(self.tax_code.clone()) }];
        item.file_names = vec![format!("documento-{}.txt", self.number)];
        item.digests = vec![Blake3::of(&self.number.to_le_bytes())];
        item.texts = vec![self.text.clone()];
        item.text_states = vec!["full".into()];
        item.confidential = self.confidential;
        item.audience = self.offices().iter().map(|office| format!("office:{office}")).collect();
        item.audience.push("own:1".into());
        if !self.confidential {
            item.audience.push("open".into());
        }
        item
    }
}

fn jiff_year(date: i64) -> i16 {
    tabularium::clock::year_in_rome(tabularium::clock::from_microseconds(date))
}
