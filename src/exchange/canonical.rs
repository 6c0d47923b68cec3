//! How is XML written so that its bytes are its own canonical form (Exclusive XML Canonicalization 1.0)?
//!
//! A signature is over the canonical form, so whoever writes anything else needs a canonicaliser to sign it. What is
//! written here needs none: no declaration, no empty tags, no white space between elements, each namespace declared
//! where it is first used and nowhere else, attributes in their order, characters escaped as the canonical form escapes
//! them. A part that is signed alone is written a second time, as the root that it then is. The tests hold it against
//! `xmllint --exc-c14n`.

/// Writes elements; closing them is the caller's closures' nature.
#[derive(Debug, Default)]
pub(crate) struct Canonical(String);

/// An attribute; `xmlns:…` declares a namespace.
pub(crate) type Attribute<'a> = (&'a str, &'a str);

impl Canonical {
    /// An element. Attributes must come in canonical order: declarations first, then by name.
    pub fn element(&mut self, name: &str, attributes: &[Attribute<'_>], inside: impl FnOnce(&mut Self)) {
        self.open(name, attributes);
        inside(self);
        self.close(name);
    }

    /// An element that holds nothing but text.
    pub fn text(&mut self, name: &str, attributes: &[Attribute<'_>], text: &str) {
        self.element(name, attributes, |xml| escape(&mut xml.0, text, false));
    }

    /// An element that holds nothing but text, where there is one.
    pub fn optional(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, &[], text);
        }
    }

    pub fn open(&mut self, name: &str, attributes: &[Attribute<'_>]) {
        debug_assert!(attributes.is_sorted_by_key(|(name, _)| (!name.starts_with("xmlns"), *name)), "{attributes:?}");
        self.0.push('<');
        self.0.push_str(name);
        for (name, value) in attributes {
            self.0.push(' ');
            self.0.push_str(name);
            self.0.push_str("=\"");
            escape(&mut self.0, value, true);
            self.0.push('"');
        }
        self.0.push('>');
    }

    pub fn close(&mut self, name: &str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn finish(self) -> String {
        self.0
    }
}

/// As the canonical form escapes text and values. What XML cannot hold at all becomes a replacement character: a name
/// with a stray control character must not cost the mark.
fn escape(out: &mut String, text: &str, value: bool) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' if !value => out.push_str("&gt;"),
            '"' if value => out.push_str("&quot;"),
            '\t' if value => out.push_str("&#x9;"),
            '\n' if value => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            c => out.push(in_xml(c)),
        }
    }
}

/// The character itself, or what stands for one that XML cannot hold.
pub(super) fn in_xml(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => c,
        '\0'..' ' | '\u{fffe}' | '\u{ffff}' => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_as_the_standard_escapes_it() {
        let mut xml = Canonical::default();
        xml.text("a", &[("xmlns:p", "urn:p"), ("p:x", "<&>\"'\t\n\r\u{1}è")], "<&>\"'\t\n\r\u{b}\u{ffff}😀");
        let expected = "<a xmlns:p=\"urn:p\" p:x=\"&lt;&amp;>&quot;'&#x9;&#xA;&#xD;\u{fffd}è\">\
                        &lt;&amp;&gt;\"'\t\n&#xD;\u{fffd}\u{fffd}😀</a>";
        assert_eq!(xml.finish(), expected);
        let mut empty = Canonical::default();
        empty.element("a", &[], |_| {});
        assert_eq!(empty.finish(), "<a></a>", "no empty tags");
    }
}
