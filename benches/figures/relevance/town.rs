//! A synthetic town's post, the same from the same seed: many items alike that differ in person, street, year, amount.
//!
//! Item `n` depends on `n` alone, so that a town of 2,000 items is the beginning of one of 20,000.

use std::collections::HashMap;

use tabularium::index::{Correspondent, Item, ItemKind, Role};

const AFFAIRS: &str = include_str!("affairs.txt");
const LISTS: &str = include_str!("lists.txt");

/// Days from the first item to the last, of eight years to the end of 2026.
const FIRST_YEAR: i16 = 2019;
const DAY: i64 = 86_400_000_000;
/// 2019-01-01 in microseconds.
const BEGIN: i64 = 1_546_300_800_000_000;

struct Affair {
    office: &'static str,
    class: &'static str,
    subjects: Vec<&'static str>,
    sentences: Vec<&'static str>,
}

pub struct Town {
    affairs: Vec<Affair>,
    phrases: Vec<&'static str>,
    lists: HashMap<&'static str, Vec<&'static str>>,
}

/// Numbers that depend on a seed, each on all before it (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % below as u64) as usize
    }

    fn of<T: Copy>(&mut self, some: &[T]) -> T {
        some[self.next(some.len())]
    }
}

impl Town {
    pub fn new() -> Self {
        let (mut affairs, mut phrases): (Vec<Affair>, Vec<&str>) = (Vec::new(), Vec::new());
        for line in AFFAIRS.lines() {
            let (sign, rest) = line.split_once(' ').expect("a sign and what it is of");
            match (sign, affairs.last_mut()) {
                ("#", _) => {
                    let (office, class) = rest.split_once(' ').expect("an office and a class");
                    affairs.push(Affair { office, class, subjects: Vec::new(), sentences: Vec::new() });
                }
                ("o", Some(affair)) => affair.subjects.push(rest),
                ("t", Some(affair)) => affair.sentences.push(rest),
                _ => phrases.push(rest),
            }
        }
        affairs.retain(|affair| !affair.subjects.is_empty());
        let list = |line: &'static str| {
            let (name, values) = line.split_once(": ").expect("a list");
            (name, values.split('|').collect())
        };
        Self { affairs, phrases, lists: LISTS.lines().map(list).collect() }
    }

    pub fn item(&self, n: u64) -> Item {
        let mut dice = Dice(n.wrapping_mul(0x2545_F491_4F6C_DD1D) ^ 20_261_123);
        let day = dice.next(8 * 365) as i64;
        let year = FIRST_YEAR + (day / 365) as i16;
        let affair = &self.affairs[dice.next(self.affairs.len())];
        let mut slots = Slots { town: self, dice, known: HashMap::new(), year };
        let title = slots.filled_any(&affair.subjects);
        let mut text = vec![format!("Oggetto: {title}")];
        text.push(slots.filled_any(&self.phrases));
        for sentence in &affair.sentences {
            if slots.dice.next(4) > 0 {
                text.push(slots.filled(sentence));
            }
            if slots.dice.next(3) == 0 {
                text.push(slots.filled_any(&self.phrases));
            }
        }
        text.push(slots.filled_any(&self.phrases));
        let firm = title.contains(&slots.value("ditta"));
        let name = slots.value(if firm { "ditta" } else { "nome" });
        let tax_code = slots.tax_code(firm);
        let outgoing = slots.dice.next(3) == 0;
        Item {
            register: Some("PG".into()),
            year: Some(year),
            number: Some(n + 1),
            direction: Some(if outgoing { "outgoing" } else { "incoming" }.into()),
            offices: vec![affair.office.into()],
            classification: Some(affair.class.into()),
            code: Some(format!("c_x999/AOO1/PG/{year}/{:07}", n + 1)),
            correspondents: vec![Correspondent {
                role: if outgoing { Role::Recipient } else { Role::Sender },
                name,
                tax_code: Some(tax_code),
            }],
            file_names: vec![format!("{}_{:04}.pdf", affair.office, slots.dice.next(10_000))],
            texts: vec![text.join("\n")],
            text_states: vec!["full".into()],
            title,
            audience: vec!["open".into()],
            ..Item::new(ItemKind::Entry, format!("PG/{year}/{}", n + 1), n + 1, BEGIN + day * DAY)
        }
    }
}

/// The values of one item: a name, once drawn, stays the same throughout.
struct Slots<'a> {
    town: &'a Town,
    dice: Dice,
    known: HashMap<&'a str, String>,
    year: i16,
}

impl<'a> Slots<'a> {
    fn filled_any(&mut self, some: &[&'a str]) -> String {
        let one = self.dice.of(some);
        self.filled(one)
    }

    fn filled(&mut self, template: &'a str) -> String {
        let mut text = String::new();
        for (at, part) in template.split(['{', '}']).enumerate() {
            if at % 2 == 0 { text.push_str(part) } else { text.push_str(&self.value(part)) }
        }
        text
    }

    fn value(&mut self, slot: &'a str) -> String {
        if let Some(value) = self.known.get(slot) {
            return value.clone();
        }
        let value = self.drawn(slot);
        self.known.insert(slot, value.clone());
        value
    }

    fn drawn(&mut self, slot: &str) -> String {
        let listed = |slots: &mut Self, name: &str| slots.dice.of(&slots.town.lists[name]).to_owned();
        match slot {
            "nome" | "nome2" => format!("{} {}", listed(self, "nome1"), listed(self, "cognome")),
            "ditta" => format!("{} {}", listed(self, "insegna"), listed(self, "forma")),
            "via" => format!("{} {}", listed(self, "via"), 1 + self.dice.next(120)),
            "importo" => {
                let euros = 40 + self.dice.next(9_960);
                let cents = self.dice.next(4) * 25;
                if euros < 1000 {
                    format!("{euros},{cents:02}")
                } else {
                    format!("{}.{:03},{cents:02}", euros / 1000, euros % 1000)
                }
            }
            "anno" => self.year.to_string(),
            "data" => format!("{:02}/{:02}/{}", 1 + self.dice.next(28), 1 + self.dice.next(12), self.year),
            "n" => (10 + self.dice.next(4_000)).to_string(),
            "k" => (2 + self.dice.next(8)).to_string(),
            "targa" => {
                let letters: Vec<char> =
                    (0..4).map(|_| self.dice.of(&['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'])).collect();
                format!("{}{}{:03}{}{}", letters[0], letters[1], self.dice.next(1000), letters[2], letters[3])
            }
            listed_name => listed(self, listed_name),
        }
    }

    /// Well-formed enough to be looked for, of a place that does not exist.
    fn tax_code(&mut self, firm: bool) -> String {
        if firm {
            return format!("{:011}", self.dice.next(100_000_000));
        }
        let letters: String =
            (0..6).map(|_| self.dice.of(&['B', 'C', 'D', 'F', 'L', 'M', 'N', 'R', 'S', 'T', 'V'])).collect();
        let (year, day) = (self.dice.next(90) + 10, self.dice.next(28) + 1);
        let (month, last) = (self.dice.of(&['A', 'B', 'C', 'D', 'E', 'H']), self.dice.of(&['A', 'F', 'K', 'Z']));
        format!("{letters}{year}{month}{day:02}X999{last}")
    }
}
