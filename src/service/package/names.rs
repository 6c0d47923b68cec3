//! How are files called in a package? So that a person finds them, and no name does harm where it is unpacked.

/// A file name has at most so many bytes on every common file system.
const NAME_MAX: usize = 255;
/// Of a title in a folder's name, so that paths of sub-dossiers stay short.
const TITLE_MAX: usize = 60;
/// Of what follows the last dot; longer is not an extension.
const EXTENSION_MAX: usize = 20;

/// `001 - PG 2026-0000042 - istanza.pdf`. The prefix makes it unique in its folder.
pub fn file(prefix: &str, name: &str) -> String {
    let name = harmless(name);
    let room = NAME_MAX.saturating_sub(prefix.len() + 3);
    format!("{prefix} - {}", shortened(&name, room))
}

/// `sottofascicolo 2 - Integrazioni`. `number` is unique among its siblings.
pub fn folder(number: &str, title: &str) -> String {
    let title = cut(&harmless(title), TITLE_MAX).trim_end_matches(['.', ' ']).to_owned();
    format!("sottofascicolo {} - {title}", harmless(number))
}

/// One path component out of any text: what separates paths, means something to a shell, a file system or a
/// manifest (`%`, line ends), or turns the writing direction, becomes `_` or goes.
pub fn harmless(text: &str) -> String {
    let turns =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let separates =
        |c: char| matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '%' | '\u{2028}' | '\u{2029}');
    let clean: String =
        text.chars().filter(|c| !turns(*c)).map(|c| if separates(c) || c.is_control() { '_' } else { c }).collect();
    // Some systems drop dots and blanks at the end, which would make two names one.
    let clean = clean.trim().trim_end_matches(['.', ' ']);
    if clean.is_empty() { "_".to_owned() } else { clean.to_owned() }
}

/// At most `room` bytes, keeping the extension, by which people and programs know the kind.
fn shortened(name: &str, room: usize) -> String {
    if name.len() <= room {
        return name.to_owned();
    }
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= EXTENSION_MAX => {
            format!("{}.{extension}", cut(stem, room.saturating_sub(extension.len() + 1)))
        }
        _ => cut(name, room).to_owned(),
    }
}

/// The longest beginning of at most `room` bytes that ends between two characters.
fn cut(text: &str, room: usize) -> &str {
    let mut end = room.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_people_know_stay_as_they_are() {
        assert_eq!(file("001 - PG 2026-0000042", "istanza.pdf"), "001 - PG 2026-0000042 - istanza.pdf");
        assert_eq!(file("002", "perché no?.p7m"), "002 - perché no_.p7m");
        assert_eq!(folder("1", "Integrazioni."), "sottofascicolo 1 - Integrazioni");
        assert_eq!(file("003", "\u{202e}fdp.exe"), "003 - fdp.exe");
        assert_eq!(file("004", "..\\..\\x"), "004 - .._.._x");
        assert_eq!(file("005", "100%\nvero"), "005 - 100__vero");
    }

    proptest! {
        #[test]
        fn no_text_makes_a_harmful_name(text in "\\PC{0,400}|.{0,400}", number in 1u32..2_000_000) {
            let prefix = format!("{number:03} - PG 2026-0000042");
            for name in [file(&prefix, &text), folder(&number.to_string(), &text)] {
                prop_assert!(name.len() <= NAME_MAX, "{}", name.len());
                prop_assert!(!name.chars().any(|c| c.is_control() || "/\\:*?\"<>|%".contains(c)), "{name:?}");
                prop_assert!(name != "." && name != ".." && !name.is_empty());
            }
        }

        #[test]
        fn the_extension_survives_the_cut(stem in "[a-zà-ù]{250,300}") {
            let name = file("001", &format!("{stem}.pdf"));
            prop_assert!(name.len() <= NAME_MAX && name.len() > NAME_MAX - 3 && name.ends_with(".pdf"));
        }
    }
}
