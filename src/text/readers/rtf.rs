//! What does an RTF say? Groups are counted on a stack of our own; destinations that hold no words are skipped.

use encoding_rs::{Encoding, WINDOWS_1252};

use crate::text::Reason;
use crate::text::reading::Reading;

/// Destinations whose text is not the document's. Those that a `\*` marks are skipped whatever they are called.
const SKIPPED: [&str; 24] = [
    "bkmkend",
    "bkmkstart",
    "colorschememapping",
    "colortbl",
    "datastore",
    "factoidname",
    "filetbl",
    "fldinst",
    "fonttbl",
    "generator",
    "info",
    "latentstyles",
    "listoverridetable",
    "listtable",
    "nonshppict",
    "objdata",
    "pict",
    "revtbl",
    "rsidtbl",
    "sn",
    "stylesheet",
    "sv",
    "themedata",
    "xmlnstbl",
];

/// Read even where they are marked or lie within what is skipped: notes, comments, the text of shapes.
const SHOWN: [&str; 3] = ["annotation", "footnote", "shptxt"];

#[derive(Debug, Clone, Copy)]
struct Group {
    skipped: bool,
    /// In text that was deleted, which the file remembers and the document does not show.
    deleted: bool,
    /// Characters that stand after a `\u` for readers that do not know it.
    fallback: usize,
}

impl Group {
    fn is_silent(&self) -> bool {
        self.skipped || self.deleted
    }
}

pub(super) fn read(content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let mut rtf = Rtf {
        rest: content,
        group: Group { skipped: false, deleted: false, fallback: 1 },
        outer: Vec::new(),
        encoding: WINDOWS_1252,
        bytes: Vec::new(),
        units: Vec::new(),
        to_skip: 0,
        starred: false,
    };
    while let Some((byte, rest)) = rtf.rest.split_first() {
        rtf.rest = rest;
        match byte {
            b'{' => {
                rtf.flush(reading)?;
                rtf.outer.push(rtf.group);
                rtf.to_skip = 0;
            }
            b'}' => {
                rtf.flush(reading)?;
                rtf.to_skip = 0;
                match rtf.outer.pop() {
                    Some(group) => rtf.group = group,
                    // What comes after the end of the document is not part of it.
                    None => return Ok(()),
                }
                if rtf.outer.is_empty() {
                    return Ok(());
                }
            }
            b'\\' => rtf.control(reading)?,
            b'\r' | b'\n' => {}
            byte => rtf.byte(*byte),
        }
        reading.tick()?;
    }
    rtf.flush(reading)?;
    Err(Reason::Broken)
}

struct Rtf<'r> {
    rest: &'r [u8],
    group: Group,
    outer: Vec<Group>,
    encoding: &'static Encoding,
    /// Characters not yet decoded, in the document's own encoding …
    bytes: Vec<u8>,
    /// … or in UTF-16, of which one character may take two.
    units: Vec<u16>,
    to_skip: usize,
    starred: bool,
}

impl Rtf<'_> {
    fn byte(&mut self, byte: u8) {
        if self.to_skip > 0 {
            self.to_skip -= 1;
        } else if !self.group.is_silent() {
            self.bytes.push(byte);
        }
    }

    /// What follows a backslash.
    fn control(&mut self, reading: &mut Reading) -> Result<(), Reason> {
        let Some((first, rest)) = self.rest.split_first() else { return Ok(()) };
        if first.is_ascii_alphabetic() {
            return self.word(reading);
        }
        self.rest = rest;
        match first {
            b'\'' => {
                let digits = self.rest.get(..2).and_then(|digits| str::from_utf8(digits).ok());
                if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                    self.rest = &self.rest[2..];
                    self.units_done(reading)?;
                    self.byte(byte);
                }
                Ok(())
            }
            b'*' => {
                self.starred = true;
                Ok(())
            }
            b'\\' | b'{' | b'}' => {
                self.byte(*first);
                Ok(())
            }
            b'~' => self.text("\u{a0}", reading),
            b'_' => self.text("-", reading),
            b'\r' | b'\n' => self.text("\n", reading),
            _ => Ok(()),
        }
    }

    fn word(&mut self, reading: &mut Reading) -> Result<(), Reason> {
        let letters = self.rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, rest) = self.rest.split_at(letters);
        let minus = usize::from(rest.first() == Some(&b'-'));
        let digits = rest[minus..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let signed = if digits > 0 { &rest[..minus + digits] } else { b"" };
        let number = str::from_utf8(signed).ok().and_then(|digits| digits.parse::<i64>().ok());
        let rest = &rest[signed.len()..];
        self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let starred = std::mem::take(&mut self.starred);
        let word = str::from_utf8(word).unwrap_or_default();
        match (word, number) {
            ("u", Some(unit)) => {
                self.bytes_done(reading)?;
                if !self.group.is_silent() {
                    // Written as a signed number of sixteen bits.
                    self.units.push(unit as u16);
                }
                self.to_skip = self.group.fallback;
                return Ok(());
            }
            ("bin", Some(length)) => {
                let length = usize::try_from(length).unwrap_or(0).min(self.rest.len());
                self.rest = &self.rest[length..];
                return Ok(());
            }
            ("deleted", number) => {
                self.flush(reading)?;
                self.group.deleted = number != Some(0);
            }
            ("plain", _) => {
                self.flush(reading)?;
                self.group.deleted = false;
            }
            ("uc", Some(count)) => self.group.fallback = usize::try_from(count.clamp(0, 16)).unwrap_or(1),
            ("ansicpg", Some(page)) => {
                self.encoding = Encoding::for_label(format!("windows-{page}").as_bytes()).unwrap_or(WINDOWS_1252);
            }
            ("mac", _) => self.encoding = encoding_rs::MACINTOSH,
            _ if SHOWN.contains(&word) => self.group.skipped = false,
            _ if starred || SKIPPED.contains(&word) => {
                self.flush(reading)?;
                self.group.skipped = true;
            }
            _ => {
                if let Some(text) = shown(word) {
                    return self.text(text, reading);
                }
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &str, reading: &mut Reading) -> Result<(), Reason> {
        if self.to_skip > 0 {
            self.to_skip -= 1;
            return Ok(());
        }
        self.flush(reading)?;
        // Ends of lines part words also where what stands around them was deleted.
        if self.group.skipped { Ok(()) } else { reading.push(text) }
    }

    fn flush(&mut self, reading: &mut Reading) -> Result<(), Reason> {
        self.units_done(reading)?;
        self.bytes_done(reading)
    }

    fn units_done(&mut self, reading: &mut Reading) -> Result<(), Reason> {
        if self.units.is_empty() {
            return Ok(());
        }
        let text = String::from_utf16_lossy(&self.units);
        self.units.clear();
        reading.push(&text)
    }

    fn bytes_done(&mut self, reading: &mut Reading) -> Result<(), Reason> {
        self.units_done(reading)?;
        if self.bytes.is_empty() {
            return Ok(());
        }
        let (text, _) = self.encoding.decode_without_bom_handling(&self.bytes);
        reading.push(&text)?;
        self.bytes.clear();
        Ok(())
    }
}

/// What a control word stands for in the text.
fn shown(word: &str) -> Option<&'static str> {
    Some(match word {
        "par" | "line" | "sect" | "page" | "row" | "nestrow" => "\n",
        "tab" | "cell" | "nestcell" => "\t",
        "emdash" => "—",
        "endash" => "–",
        "lquote" => "‘",
        "rquote" => "’",
        "ldblquote" => "“",
        "rdblquote" => "”",
        "bullet" => "•",
        "emspace" | "enspace" | "qmspace" => " ",
        _ => return None,
    })
}
