//! With whom does the sample town write letters: its address book, read from `papers/addresses.txt`.
//!
//! One line each: key, kind, name, tax code, mail (certified but for persons), address; parted by `|`, `-` for nothing.

const LINES: &str = include_str!("papers/addresses.txt");

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

/// The lines that name somebody, in columns.
fn columns() -> impl Iterator<Item = [&'static str; 6]> {
    let lines = LINES.lines().filter(|line| line.contains('|'));
    lines.filter_map(|line| line.split('|').map(str::trim).collect::<Vec<_>>().try_into().ok())
}

/// The correspondent that papers and dossiers call `key`.
pub fn correspondent(key: &str, role: &'static str) -> Option<Correspondent> {
    let [_, kind, name, tax_code, mail, address] = columns().find(|columns| columns[0] == key)?;
    let said = |text: &'static str| Some(text).filter(|text| *text != "-");
    let person = if kind == "person" { name.split_once(' ') } else { None };
    Some(Correspondent {
        role,
        kind,
        name,
        given_name: person.map(|(given, _)| given),
        family_name: person.map(|(_, family)| family),
        tax_code: said(tax_code),
        email: said(mail).filter(|_| kind == "person"),
        pec: said(mail).filter(|_| kind != "person"),
        address,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::demo::paper::TOWN_TAX_CODE;

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
        assert!(is_vat_number(TOWN_TAX_CODE) && &TOWN_TAX_CODE[7..10] == "000");
        let mut seen = BTreeSet::new();
        for [key, kind, name, code, mail, _] in columns() {
            assert!(
                seen.insert(key) && seen.insert(name) && (code == "-" || seen.insert(code)),
                "{key} is there twice"
            );
            let domain = mail.split_once('@').map(|(_, domain)| domain);
            assert!(mail == "-" || domain.is_some_and(|d| d == "example.it" || d.ends_with(".example.it")), "{mail}");
            match (kind, code) {
                (_, "-") => assert_ne!(kind, "business", "{key}"),
                ("person", code) => {
                    assert_eq!((code.len(), code.chars().last()), (16, Some(check_letter(code))), "{key}");
                    assert_eq!(&code[11..15], "X999", "{key}: born in no real municipality");
                }
                // Characters 8 to 10 name the tax office: 000 is none.
                ("business", code) => assert!(is_vat_number(code) && &code[7..10] == "000", "{key} {code}"),
                (kind, code) => panic!("{key}: {kind} {code}"),
            }
        }
        assert_eq!(columns().count(), LINES.lines().filter(|line| line.contains('|')).count(), "six columns each");
    }
}
