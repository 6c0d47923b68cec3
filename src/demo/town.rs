//! Who lives and works in the sample town: the administration, its offices, people, correspondents and dossiers.

use jiff::civil::Date;

use super::papers::{self, Registration};

/// The whole sample: what to create, in the order of the fields.
#[derive(Debug, Clone)]
pub struct Town {
    pub name: &'static str,
    /// As the index of public administrations would have it; cadastral code X999 belongs to no municipality.
    pub organization: &'static str,
    pub area: &'static str,
    pub pec: &'static str,
    /// Parents come before their children.
    pub offices: Vec<Office>,
    pub people: Vec<Person>,
    pub dossiers: Vec<Dossier>,
    /// Oldest first, as the register would have received them.
    pub registrations: Vec<Registration>,
}

#[derive(Debug, Clone)]
pub struct Office {
    pub code: &'static str,
    pub name: &'static str,
    pub parent: Option<&'static str>,
}

/// Who signs in. The password is for the caller to choose.
#[derive(Debug, Clone)]
pub struct Person {
    pub user: &'static str,
    pub name: &'static str,
    /// Names of API.md's table: administrator, registrar, officer, manager, archivist, auditor, citizen, service.
    pub roles: &'static [&'static str],
    pub offices: &'static [&'static str],
    /// Citizens only: what ties them to their entries and dossiers.
    pub tax_code: Option<&'static str>,
    /// Services only: what their token may do.
    pub scopes: &'static [&'static str],
}

#[derive(Debug, Clone)]
pub struct Dossier {
    /// What registrations call it by; not an identifier of the archive.
    pub key: &'static str,
    pub title: &'static str,
    pub classification: &'static str,
    pub office: &'static str,
    /// A user of `people`.
    pub officer: &'static str,
    pub parties: Vec<Correspondent>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correspondent {
    /// sender, recipient or copy; for the parties of a dossier it means nothing.
    pub role: &'static str,
    /// person, business or administration.
    pub kind: &'static str,
    pub name: &'static str,
    pub given_name: Option<&'static str>,
    pub family_name: Option<&'static str>,
    /// Of a person 16 characters, of a business 11 digits.
    pub tax_code: Option<&'static str>,
    pub email: Option<&'static str>,
    pub pec: Option<&'static str>,
    pub address: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub office: &'static str,
    /// responsible or information.
    pub mode: &'static str,
}

/// The town as it stands on `today`: dates in letters and in the register are counted back from it.
pub fn town(today: Date) -> Town {
    Town {
        name: "Comune di Roccaverde",
        organization: "c_x999",
        area: "AOO1",
        pec: "protocollo@pec.comune.roccaverde.example",
        offices: offices(),
        people: people(),
        dossiers: dossiers(),
        registrations: papers::registrations(today),
    }
}

fn offices() -> Vec<Office> {
    [
        ("segreteria", "Segreteria generale", None),
        ("protocollo", "Protocollo e archivio", Some("segreteria")),
        ("demografici", "Servizi demografici", Some("segreteria")),
        ("tecnica", "Area tecnica", None),
        ("edilizia", "Edilizia privata", Some("tecnica")),
        ("lavori-pubblici", "Lavori pubblici e manutenzioni", Some("tecnica")),
        ("finanze", "Ragioneria e tributi", None),
        ("sociale", "Servizi sociali e scuola", None),
        ("polizia", "Polizia locale", None),
        ("commercio", "Attività produttive e suolo pubblico", Some("polizia")),
    ]
    .map(|(code, name, parent)| Office { code, name, parent })
    .into()
}

fn people() -> Vec<Person> {
    let staff = |user, name, roles, offices| Person { user, name, roles, offices, tax_code: None, scopes: &[] };
    let citizen =
        |user, name, code| Person { user, name, roles: &["citizen"], offices: &[], tax_code: Some(code), scopes: &[] };
    vec![
        staff("elena", "Elena Bruscoli", &["administrator"], &[]),
        staff("anna", "Anna Feltrami", &["registrar"], &["protocollo"]),
        staff("luca", "Luca Montorsi", &["registrar", "officer"], &["protocollo", "demografici"]),
        staff("marta", "Marta Ghirlandi", &["officer"], &["edilizia"]),
        staff("paolo", "Paolo Terrasini", &["officer"], &["lavori-pubblici"]),
        staff("franco", "Franco Valdossola", &["manager"], &["tecnica"]),
        staff("chiara", "Chiara Numerati", &["officer"], &["finanze"]),
        staff("sara", "Sara Dolcini", &["officer"], &["sociale"]),
        staff("davide", "Davide Stradella", &["manager"], &["polizia"]),
        staff("irene", "Irene Cartolari", &["archivist"], &["protocollo"]),
        staff("vittorio", "Vittorio Riscontri", &["auditor"], &[]),
        citizen("rossana", "Rossana Pellegrotti", "PLLRSN71D52X999N"),
        citizen("tommaso", "Tommaso Querciola", "QRCTMS84H09X999K"),
        citizen("ines", "Ines Bellacqua", "BLLNSI58S63X999M"),
        Person {
            user: "sportello",
            name: "Sportello on line",
            roles: &["service"],
            offices: &[],
            tax_code: None,
            scopes: &["act-for-citizen"],
        },
    ]
}

fn dossiers() -> Vec<Dossier> {
    [
        (
            "dehors",
            "Occupazione di suolo pubblico, dehors del forno Pellegrotti",
            "8.4",
            "commercio",
            "davide",
            "rossana fornaio",
        ),
        (
            "sottotetto",
            "Recupero del sottotetto in via dei Tigli 14, permesso di costruire",
            "6.3",
            "edilizia",
            "marta",
            "tommaso geometra",
        ),
        ("scuolabus", "Trasporto scolastico, anno scolastico in corso", "7.1", "sociale", "sara", "autolinee istituto"),
        (
            "illuminazione",
            "Illuminazione pubblica: guasti e segnalazioni",
            "6.8",
            "lavori-pubblici",
            "paolo",
            "lucente",
        ),
        (
            "ponte",
            "Consolidamento del ponte vecchio sul torrente Verdina",
            "6.5",
            "lavori-pubblici",
            "franco",
            "struttura regione",
        ),
        ("matrimonio", "Matrimonio Querciola e Sandri", "11.1", "demografici", "luca", "tommaso agata"),
        ("tari", "Tassa sui rifiuti: istanze di riduzione e rimborso", "4.3", "finanze", "chiara", "ines"),
        ("assistenza", "Assistenza domiciliare, signora B.", "7.12", "sociale", "sara", "ines"),
        (
            "frana",
            "Frana di via del Castello: prime misure ed emergenza",
            "6.10",
            "tecnica",
            "franco",
            "prefettura regione",
        ),
        ("mercato", "Fiera di San Martino e mercato settimanale", "8.5", "commercio", "davide", "proloco ambulante"),
        (
            "sinistro",
            "Richiesta di risarcimento per caduta in piazza della Rocca",
            "5.2",
            "segreteria",
            "luca",
            "ulisse compagnia",
        ),
        ("biblioteca", "Biblioteca comunale: acquisti e orari", "7.5", "segreteria", "luca", "libreria"),
    ]
    .map(|(key, title, classification, office, officer, parties)| Dossier {
        key,
        title,
        classification,
        office,
        officer,
        parties: parties
            .split(' ')
            .map(|party| correspondent(party, "sender").expect("a test looks up every party"))
            .collect(),
    })
    .into()
}

/// What papers call somebody by, kind, names, tax code, mail (certified but for persons), address.
type AddressLine = (&'static str, &'static str, &'static str, Option<&'static str>, Option<&'static str>, &'static str);

/// The address book.
const CORRESPONDENTS: &[AddressLine] = &[
    (
        "rossana",
        "person",
        "Rossana Pellegrotti",
        Some("PLLRSN71D52X999N"),
        Some("rossana@posta.example"),
        "via del Forno 3, 99999 Roccaverde",
    ),
    (
        "tommaso",
        "person",
        "Tommaso Querciola",
        Some("QRCTMS84H09X999K"),
        Some("tommaso@posta.example"),
        "via dei Tigli 14, 99999 Roccaverde",
    ),
    ("ines", "person", "Ines Bellacqua", Some("BLLNSI58S63X999M"), None, "vicolo delle Rose 2, 99999 Roccaverde"),
    (
        "agata",
        "person",
        "Agata Sandri",
        Some("SNDGTA86R55X999V"),
        Some("agata@posta.example"),
        "via dei Tigli 14, 99999 Roccaverde",
    ),
    ("ulisse", "person", "Ulisse Tramontini", Some("TRMLSS49C18X999Z"), None, "piazza della Rocca 9, 99999 Roccaverde"),
    (
        "geometra",
        "person",
        "Ottavio Squadrini",
        Some("SQDTTV69L27X999C"),
        Some("studio@squadrini.example"),
        "corso Umberto 40, 99999 Roccaverde",
    ),
    (
        "wanda",
        "person",
        "Wanda Lucarini",
        Some("LCRWND63E48X999B"),
        Some("wanda@posta.example"),
        "via della Fontana 21, 99999 Roccaverde",
    ),
    ("bruno", "person", "Bruno Castagnetti", Some("CSTBRN55M04X999W"), None, "località Castagneto 5, 99999 Roccaverde"),
    (
        "fornaio",
        "business",
        "Forno Pellegrotti di R. Pellegrotti",
        Some("90000110008"),
        Some("forno@pec.example"),
        "via del Forno 3, 99999 Roccaverde",
    ),
    (
        "autolinee",
        "business",
        "Autolinee Valverdina s.r.l.",
        Some("90000120007"),
        Some("valverdina@pec.example"),
        "via della Stazione 1, 99998 Borgonero",
    ),
    (
        "lucente",
        "business",
        "Lucente Impianti s.r.l.",
        Some("90000130006"),
        Some("lucente@pec.example"),
        "zona artigianale 12, 99998 Borgonero",
    ),
    (
        "struttura",
        "business",
        "Studio Arcate ingegneri associati",
        Some("90000140005"),
        Some("arcate@pec.example"),
        "viale dei Ponti 8, 99997 Montalba",
    ),
    (
        "impresa",
        "business",
        "Edil Verdina costruzioni s.p.a.",
        Some("90000150004"),
        Some("edilverdina@pec.example"),
        "via Cava 30, 99998 Borgonero",
    ),
    (
        "ambulante",
        "business",
        "Formaggi Altopiano di G. Malghetti",
        Some("90000160003"),
        Some("altopiano@pec.example"),
        "contrada Malga 7, 99996 Pratosecco",
    ),
    (
        "compagnia",
        "business",
        "La Prudente assicurazioni s.p.a.",
        Some("90000170002"),
        Some("sinistri@pec.example"),
        "largo della Borsa 2, 99997 Montalba",
    ),
    (
        "libreria",
        "business",
        "Libreria Il Segnalibro",
        Some("90000180001"),
        Some("segnalibro@pec.example"),
        "via Roma 17, 99998 Borgonero",
    ),
    (
        "ferramenta",
        "business",
        "Ferramenta Chiodini s.n.c.",
        Some("90000190000"),
        Some("chiodini@pec.example"),
        "corso Umberto 12, 99999 Roccaverde",
    ),
    (
        "proloco",
        "business",
        "Associazione Pro Loco Roccaverde",
        Some("90000200007"),
        Some("proloco@pec.example"),
        "piazza della Rocca 1, 99999 Roccaverde",
    ),
    (
        "regione",
        "administration",
        "Regione Valdorata, Direzione difesa del suolo",
        None,
        Some("suolo@pec.regione.example"),
        "piazza della Regione 1, 99997 Montalba",
    ),
    (
        "prefettura",
        "administration",
        "Prefettura di Montalba",
        None,
        Some("protocollo@pec.prefettura.example"),
        "via del Governo 4, 99997 Montalba",
    ),
    (
        "istituto",
        "administration",
        "Istituto comprensivo Val Verdina",
        None,
        Some("segreteria@pec.istituto.example"),
        "via della Scuola 6, 99999 Roccaverde",
    ),
    (
        "azienda",
        "administration",
        "Azienda sanitaria di Montalba",
        None,
        Some("protocollo@pec.sanita.example"),
        "via dell'Ospedale 10, 99997 Montalba",
    ),
    (
        "borgonero",
        "administration",
        "Comune di Borgonero",
        None,
        Some("protocollo@pec.borgonero.example"),
        "piazza Maggiore 1, 99998 Borgonero",
    ),
    (
        "giunta",
        "administration",
        "Comune di Roccaverde, Giunta comunale",
        None,
        None,
        "piazza della Rocca 1, 99999 Roccaverde",
    ),
    (
        "uffici",
        "administration",
        "Comune di Roccaverde, tutti gli uffici",
        None,
        None,
        "piazza della Rocca 1, 99999 Roccaverde",
    ),
];

/// The correspondent that papers and dossiers call `key`.
pub(super) fn correspondent(key: &str, role: &'static str) -> Option<Correspondent> {
    let &(_, kind, name, tax_code, mail, address) = CORRESPONDENTS.iter().find(|line| line.0 == key)?;
    let person = if kind == "person" { name.split_once(' ') } else { None };
    Some(Correspondent {
        role,
        kind,
        name,
        given_name: person.map(|(given, _)| given),
        family_name: person.map(|(_, family)| family),
        tax_code,
        email: mail.filter(|_| kind == "person"),
        pec: mail.filter(|_| kind != "person"),
        address,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check letter of an Italian tax code, from its first fifteen characters.
    fn check_letter(code: &str) -> char {
        const ODD: [u8; 26] =
            [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
        let value = |byte: u8| if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' };
        let weight = |(place, byte): (usize, u8)| {
            if place.is_multiple_of(2) { ODD[usize::from(value(byte))] } else { value(byte) }
        };
        let sum: u32 = code.bytes().take(15).enumerate().map(|pair| u32::from(weight(pair))).sum();
        char::from(b'A' + u8::try_from(sum % 26).unwrap())
    }

    /// Eleven digits, of which the last makes Luhn's sum end in 0.
    fn is_vat_number(code: &str) -> bool {
        let digit = |(place, byte): (usize, u8)| {
            let digit = u32::from(byte - b'0') * if place % 2 == 1 { 2 } else { 1 };
            digit / 10 + digit % 10
        };
        code.len() == 11 && code.bytes().enumerate().map(digit).sum::<u32>() % 10 == 0
    }

    #[test]
    fn codes_are_well_formed_and_belong_to_nobody() {
        assert_eq!(check_letter("RSSMRA85T10A562S"), 'S');
        assert!(is_vat_number("00743110157") && !is_vat_number("00743110158"));
        for &(key, kind, _, code, _, _) in CORRESPONDENTS {
            match (kind, code) {
                ("person", Some(code)) => {
                    assert_eq!((code.len(), code.chars().last()), (16, Some(check_letter(code))), "{key}");
                    assert_eq!(&code[11..15], "X999", "{key}: born in no real municipality");
                }
                // Characters 8 to 10 name the tax office: 000 is none.
                ("business", Some(code)) => assert!(is_vat_number(code) && &code[7..10] == "000", "{key} {code}"),
                (kind, code) => assert_eq!((kind, code), ("administration", None), "{key}"),
            }
        }
    }

    #[test]
    fn people_and_offices_hang_together() {
        let town = town(jiff::civil::date(2026, 11, 23));
        for (index, office) in town.offices.iter().enumerate() {
            let before = &town.offices[..index];
            assert!(office.parent.is_none_or(|parent| before.iter().any(|o| o.code == parent)), "{}", office.code);
        }
        let known = ["administrator", "registrar", "officer", "manager", "archivist", "auditor", "citizen", "service"];
        for role in known {
            assert!(town.people.iter().any(|person| person.roles.contains(&role)), "nobody is {role}");
        }
        for person in &town.people {
            assert!(person.roles.iter().all(|role| known.contains(role)), "{}", person.user);
            assert!(person.offices.iter().all(|code| town.offices.iter().any(|o| o.code == *code)), "{}", person.user);
            let book = CORRESPONDENTS.iter().find(|line| line.0 == person.user).and_then(|line| line.3);
            assert_eq!(person.tax_code, book, "{} has one tax code", person.user);
        }
    }
}
