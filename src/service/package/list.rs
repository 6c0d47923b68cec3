//! `index.html` of a package: a plain list of the documents with links, for people. No script, nothing from elsewhere.

use super::{DossierView, ItemView};

/// The list in the making.
#[derive(Default)]
pub struct List {
    body: String,
    /// First and last of the items withheld in a row, for which there is no line yet.
    withheld: Option<(u32, u32)>,
}

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"it\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
const STYLE: &str = "<style>body{font-family:sans-serif;max-width:60em;margin:2em auto;padding:0 1em;line-height:1.5}\
    small{color:#555}</style>\n</head>\n<body>\n";

impl List {
    pub fn dossier(&mut self, view: &DossierView) {
        self.end_items();
        self.body.push_str(&format!("<h2>{} – {}</h2>\n<ul>\n", escaped(&view.code), escaped(&view.title)));
    }

    pub fn item(&mut self, item: &ItemView) {
        self.end_withheld();
        let text = match (&item.entry, &item.document) {
            (Some(entry), _) => {
                let details = entry.details.as_ref();
                let subject = details.and_then(|details| details.subject.as_deref()).unwrap_or("(riservato)");
                let annulled = if details.is_some_and(|d| d.annulled.is_some()) { " – ANNULLATO" } else { "" };
                let number = format!("{} {}/{}", entry.register, entry.number, entry.year);
                format!("<strong>{}</strong>{annulled} {}", escaped(&number), escaped(subject))
            }
            (None, Some(document)) => escaped(&document.title),
            (None, None) => String::new(),
        };
        self.body.push_str(&format!("<li>{}. {text}</li>\n", item.item));
    }

    pub fn file(&mut self, path: &str, name: &str, size: u64) {
        let link = format!("data/{}", linked(path));
        self.body.push_str(&format!("<li><a href=\"{link}\">{}</a> <small>{size} byte</small></li>\n", escaped(name)));
    }

    /// An item that the dossier holds and this reader may not see; those in a row have one line.
    pub fn withheld(&mut self, number: u32) {
        let first = match self.withheld {
            Some((first, last)) if last + 1 == number => first,
            _ => {
                self.end_withheld();
                number
            }
        };
        self.withheld = Some((first, number));
    }

    /// What was taken out of the dossier.
    pub fn removed(&mut self, removed: &[ItemView]) {
        self.end_withheld();
        for item in removed {
            let reason =
                item.removed.iter().flatten().next().map(|removed| removed.reason.as_str()).unwrap_or_default();
            self.body.push_str(&format!(
                "<li>{}. tolto dal fascicolo / taken out: {}</li>\n",
                item.item,
                escaped(reason)
            ));
        }
    }

    pub fn finish(mut self, top: &DossierView) -> String {
        self.end_items();
        let title = format!("{} – {}", escaped(&top.code), escaped(&top.title));
        format!("{HEAD}<title>{title}</title>\n{STYLE}<h1>Fascicolo {title}</h1>\n{}</body>\n</html>\n", self.body)
    }

    fn end_withheld(&mut self) {
        let Some((first, last)) = self.withheld.take() else { return };
        let (number, said) = if first == last {
            (
                format!("{first}."),
                "non mostrato; si può chiedere all'ufficio di vederlo / not shown; ask the office to see it",
            )
        } else {
            (
                format!("{first}.–{last}."),
                "non mostrati; si può chiedere all'ufficio di vederli / not shown; ask the office to see them",
            )
        };
        self.body.push_str(&format!("<li>{number} {said}</li>\n"));
    }

    fn end_items(&mut self) {
        if !self.body.is_empty() {
            self.body.push_str("</ul>\n");
        }
    }
}

/// Text in HTML, also between quotes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A path as a URL spells it.
fn linked(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_withheld_in_a_row_has_one_line() {
        let mut list = List::default();
        for number in [2, 3, 4, 6] {
            list.withheld(number);
        }
        list.item(&ItemView { item: 7, ..ItemView::default() });
        list.withheld(9);
        list.removed(&[]);
        let starts: Vec<_> =
            list.body.lines().map(|line| line.trim_start_matches("<li>").split(' ').next().unwrap()).collect();
        assert_eq!(starts, ["2.–4.", "6.", "7.", "9."], "{}", list.body);
        assert!(list.body.contains("<li>6. non mostrato; "), "{}", list.body);
    }

    #[test]
    fn nothing_in_a_name_becomes_markup_or_another_address() {
        let mut list = List::default();
        list.file("a b/è\"><script>.pdf", "è\"><script>alert('1')</script>", 7);
        assert!(list.body.contains("href=\"data/a%20b/%C3%A8%22%3E%3Cscript%3E.pdf\""), "{}", list.body);
        assert!(!list.body.contains("<script"), "{}", list.body);
        assert!(list.body.contains("&#39;1&#39;"), "{}", list.body);
    }
}
