//! Who works in the sample town: the administration, its offices, and the people who sign in.

use jiff::civil::Date;

use super::dossiers::{Dossier, dossiers};
use super::paper::{TOWN, TOWN_PEC};
use super::papers::{self, Registration, WorkingPaper};

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
    /// Documents without a number: drafts, tables of work.
    pub papers: Vec<WorkingPaper>,
}

impl Town {
    /// Documents of entries, and those without a number; a further version is no other document.
    pub fn documents(&self) -> usize {
        let registered: usize = self.registrations.iter().map(|entry| 1 + entry.attachments.len()).sum();
        registered + self.papers.len()
    }
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub office: &'static str,
    /// responsible or information.
    pub mode: &'static str,
}

/// The town as it stands on `today`: dates in letters and in the register are counted back from it.
pub fn town(today: Date) -> Town {
    let (registrations, papers) = papers::all(today);
    Town {
        name: TOWN,
        organization: "c_x999",
        area: "AOO1",
        pec: TOWN_PEC,
        offices: offices(),
        people: people(),
        dossiers: dossiers(),
        registrations,
        papers,
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
        staff("giulio", "Giulio Passatore", &["officer"], &["polizia"]),
        staff("teresa", "Teresa Marchigiani", &["officer"], &["sociale"]),
        staff("norma", "Norma Decretis", &["manager"], &["segreteria"]),
        staff("irene", "Irene Cartolari", &["archivist"], &["protocollo"]),
        staff("vittorio", "Vittorio Riscontri", &["auditor"], &[]),
        citizen("rossana", "Rossana Pellegrotti", "PLLRSN71D52X999N"),
        citizen("tommaso", "Tommaso Querciola", "QRCTMS84H09X999K"),
        citizen("ines", "Ines Bellacqua", "BLLNSI58S63X999M"),
        citizen("wanda", "Wanda Lucarini", "LCRWND63E48X999B"),
        citizen("zamira", "Zamira Dervishaj", "DRVZMR92D57X999M"),
        citizen("silvano", "Silvano Marrocchi", "MRRSVN81B26X999N"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::book::correspondent;

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
            if person.tax_code.is_some() {
                let book = correspondent(person.user, "sender").and_then(|who| who.tax_code);
                assert_eq!(person.tax_code, book, "{} has one tax code", person.user);
            }
        }
    }
}
