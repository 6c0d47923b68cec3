//! Which glyphs show a text, and how wide are they?
//!
//! Latin text is set glyph by glyph, which is quick; what joins or combines is shaped, and what runs from right to left
//! is turned. A sign that no font here has is written as its number, `[U+4E2D]`, and carried along as what it is, so
//! that whoever searches or listens finds it: nothing is left out in silence.

use std::borrow::Cow;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::ttf_parser;
use rustybuzz::{Direction, UnicodeBuffer};
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use super::PaperError;

/// Titillium Web, as on the pages, and DejaVu Sans for what it has not: Greek, Cyrillic, Hebrew, Arabic, signs.
const FILES: [&[u8]; 3] = [
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/web/dist/paper/plain.ttf")),
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/web/dist/paper/strong.ttf")),
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/web/dist/paper/wide.ttf")),
];

/// The place of the font that has most signs in [`FILES`].
const WIDE: usize = 2;

/// Signs below this are looked up in a table: Latin with all its accents.
const NEAR: usize = 0x250;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Strong,
}

/// Signs of one font, as they stand side by side from left to right.
#[derive(Debug)]
pub(super) struct Run {
    face: usize,
    /// What the glyphs' ranges refer to.
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
    /// In parts of the size of the letters, like all widths here.
    pub width: f32,
    /// What the text stands for, where it is only the numbers of the signs.
    pub actual: Option<String>,
}

/// A glyph that stands for one sign, and its width.
type Near = (u16, f32);

struct Face {
    font: Font,
    shaper: rustybuzz::Face<'static>,
    near: Vec<Option<Near>>,
}

/// The fonts, ready to set text.
pub(super) struct Faces(Vec<Face>);

/// How a cluster, a sign with what combines with it, is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shown {
    Sign(usize, Near),
    Shaped { face: usize, from_right: bool },
    Numbers,
}

impl Faces {
    pub fn new() -> Result<Self, PaperError> {
        let broken = || PaperError("a font is broken".to_owned());
        let face = |bytes: &'static [u8]| {
            let font = Font::new(bytes.into(), 0)?;
            let shaper = rustybuzz::Face::from_slice(bytes, 0)?;
            let mut face = Face { font, shaper, near: Vec::new() };
            face.near = (0..NEAR as u32).map(|n| char::from_u32(n).and_then(|c| face.look_up(c))).collect();
            Some(face)
        };
        FILES.into_iter().map(|bytes| face(bytes).ok_or_else(broken)).collect::<Result<_, _>>().map(Self)
    }

    pub fn font(&self, run: &Run) -> Font {
        self.0[run.face].font.clone()
    }

    /// The whole width of a line.
    pub fn width(&self, text: &str, style: Style) -> f32 {
        clusters(text).map(|cluster| self.cluster_width(cluster, style)).sum()
    }

    /// Breaks a clean text into lines no wider than `most`: after spaces, which stay for those who listen, and within a
    /// word that is wider by itself.
    pub fn lines<'t>(&self, text: &'t str, style: Style, most: f32) -> Vec<&'t str> {
        let (mut lines, mut start, mut width) = (Vec::new(), 0, 0.0);
        // The last space of the line, and how wide the line is with it.
        let mut space: Option<(usize, f32)> = None;
        let mut place = 0;
        for cluster in clusters(text) {
            let own = self.cluster_width(cluster, style);
            if cluster == " " {
                space = Some((place, width + own));
            } else {
                while width + own > most && place > start {
                    let (next, with) = space.take().map_or((place, width), |(at, with)| (at + 1, with));
                    lines.push(&text[start..next]);
                    (start, width) = (next, width - with);
                }
            }
            width += own;
            place += cluster.len();
        }
        lines.push(&text[start..]);
        lines
    }

    /// The glyphs of one line.
    pub fn set(&self, line: &str, style: Style) -> Vec<Run> {
        let mut runs: Vec<(Shown, String)> = Vec::new();
        let mut rest = clusters(line).peekable();
        while let Some(cluster) = rest.next() {
            let mut shown = self.shown(cluster, style);
            // A space between two words that run from the right is part of what is turned.
            if let (" ", Some((before @ Shown::Shaped { from_right: true, .. }, _)), Some(after)) =
                (cluster, runs.last(), rest.peek())
                && self.shown(after, style) == *before
            {
                shown = *before;
            }
            match runs.last_mut() {
                Some((before, text)) if before.joins(shown) => text.push_str(cluster),
                _ => runs.push((shown, cluster.to_owned())),
            }
        }
        runs.into_iter().map(|(shown, text)| self.run(shown, text, style)).collect()
    }

    fn run(&self, shown: Shown, text: String, style: Style) -> Run {
        let run = |face, text, glyphs: Vec<KrillaGlyph>, actual| {
            let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
            Run { face, text, glyphs, width, actual }
        };
        match shown {
            Shown::Sign(face, _) => {
                let glyphs = self.0[face].one_by_one(&text);
                run(face, text, glyphs, None)
            }
            Shown::Shaped { face, from_right } => {
                let glyphs = self.0[face].shape(&text, from_right);
                run(face, text, glyphs, None)
            }
            Shown::Numbers => {
                let numbers: String = text.chars().map(number).collect();
                let face = style as usize;
                let glyphs = self.0[face].one_by_one(&numbers);
                run(face, numbers, glyphs, text.chars().all(may_stand).then_some(text))
            }
        }
    }

    fn cluster_width(&self, cluster: &str, style: Style) -> f32 {
        match self.shown(cluster, style) {
            Shown::Sign(_, (_, width)) => width,
            shown => self.run(shown, cluster.to_owned(), style).width,
        }
    }

    fn shown(&self, cluster: &str, style: Style) -> Shown {
        let mut signs = cluster.chars();
        let (Some(first), second) = (signs.next(), signs.next()) else { return Shown::Numbers };
        if !cluster.chars().all(may_stand) {
            return Shown::Numbers;
        }
        let own = style as usize;
        if second.is_none() && !is_from_right(first) {
            let found = [own, WIDE].into_iter().find_map(|face| Some((face, self.0[face].find(first)?)));
            return found.map_or(Shown::Numbers, |(face, near)| Shown::Sign(face, near));
        }
        let face = [own, WIDE].into_iter().find(|face| cluster.chars().all(|c| self.0[*face].find(c).is_some()));
        face.map_or(Shown::Numbers, |face| Shown::Shaped { face, from_right: is_from_right(first) })
    }
}

impl Shown {
    fn joins(self, other: Self) -> bool {
        match (self, other) {
            (Self::Sign(one, _), Self::Sign(another, _)) => one == another,
            (one, another) => one == another,
        }
    }
}

impl Face {
    fn find(&self, c: char) -> Option<Near> {
        match self.near.get(c as usize) {
            Some(near) => *near,
            None => self.look_up(c),
        }
    }

    fn look_up(&self, c: char) -> Option<Near> {
        let glyph = self.shaper.glyph_index(c).filter(|glyph| glyph.0 != 0)?;
        let width = f32::from(self.shaper.glyph_hor_advance(glyph)?);
        Some((glyph.0, width / f32::from(ttf_parser::Face::units_per_em(&self.shaper))))
    }

    fn one_by_one(&self, text: &str) -> Vec<KrillaGlyph> {
        let glyph = |(place, c): (usize, char)| {
            let (glyph, width) = self.find(c)?;
            let range = place..place + c.len_utf8();
            Some(KrillaGlyph::new(GlyphId::new(u32::from(glyph)), width, 0.0, 0.0, 0.0, range, None))
        };
        text.char_indices().filter_map(glyph).collect()
    }

    fn shape(&self, text: &str, from_right: bool) -> Vec<KrillaGlyph> {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(if from_right { Direction::RightToLeft } else { Direction::LeftToRight });
        let shaped = rustybuzz::shape(&self.shaper, &[], buffer);
        let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        let end = |start: usize| starts.iter().copied().find(|other| *other > start).unwrap_or(text.len());
        let em = f32::from(ttf_parser::Face::units_per_em(&self.shaper));
        let scaled = |value: i32| value as f32 / em;
        let each = shaped.glyph_infos().iter().zip(shaped.glyph_positions());
        let glyph = |(info, at): (&rustybuzz::GlyphInfo, &rustybuzz::GlyphPosition)| {
            let start = info.cluster as usize;
            let id = GlyphId::new(info.glyph_id);
            let (x, y) = (scaled(at.x_offset), scaled(at.y_offset));
            KrillaGlyph::new(id, scaled(at.x_advance), x, y, scaled(at.y_advance), start..end(start), None)
        };
        each.map(glyph).collect()
    }
}

/// A text as it can be set: composed, in one line, with single spaces.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    let is_space = |c: char| c.is_whitespace() || c.is_control();
    let is_clean = is_nfc_quick(text.chars()) == IsNormalized::Yes
        && !text.contains(|c: char| c != ' ' && is_space(c) || is_idle(c))
        && !text.contains("  ")
        && text.trim_matches(' ').len() == text.len();
    if is_clean {
        return Cow::Borrowed(text);
    }
    let text: String = text.chars().filter(|c| !is_idle(*c)).nfc().collect();
    let words: Vec<&str> = text.split(is_space).filter(|word| !word.is_empty()).collect();
    Cow::Owned(words.join(" "))
}

/// Says something about the signs beside it to a program that sets them otherwise than we do, and shows nothing.
fn is_idle(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

/// Each sign with those that combine with it.
fn clusters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut signs = rest.char_indices();
        signs.next()?;
        let end = signs.find(|(_, c)| (*c as usize) < NEAR || !is_combining_mark(*c));
        let (cluster, after) = rest.split_at(end.map_or(rest.len(), |(place, _)| place));
        rest = after;
        Some(cluster)
    })
}

/// What may stand in a text as itself: no codes of private use, nothing that is no sign at all (PDF/A forbids both), and
/// nothing that turns what stands beside it without being seen.
fn may_stand(c: char) -> bool {
    let private = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..);
    let none = matches!(c, '\u{fdd0}'..='\u{fdef}') || c as u32 & 0xfffe == 0xfffe || c.is_control();
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}');
    !(private || none || turns)
}

/// Hebrew, Arabic and their kin, but not their digits.
fn is_from_right(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{65f}' | '\u{66a}'..='\u{6ef}' | '\u{6fa}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}')
}

fn number(c: char) -> String {
    format!("[U+{:04X}]", c as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faces() -> Faces {
        Faces::new().unwrap()
    }

    #[test]
    fn texts_are_cleaned_and_nothing_is_lost() {
        for (text, cleaned) in [
            ("Istanza n. 1", "Istanza n. 1"),
            ("  due \t spazi\r\ne\u{a0}righe ", "due spazi e righe"),
            ("e\u{300}", "è"),
            ("so\u{ad}cio\u{200b}", "socio"),
            ("", ""),
        ] {
            assert_eq!(clean(text), cleaned, "{text:?}");
        }
        assert!(matches!(clean("Ștefan è qui"), Cow::Borrowed(_)), "what is clean is not copied");
    }

    #[test]
    fn lines_are_no_wider_than_they_may_and_hold_all() {
        let faces = faces();
        let long = "x".repeat(40);
        for text in ["Richiesta di accesso agli atti della pratica edilizia", &long, "a b", "王小明王小明王小明", ""]
        {
            for most in [3.0, 8.0, 100.0] {
                let lines = faces.lines(text, Style::Plain, most);
                assert_eq!(lines.concat(), text);
                for line in &lines {
                    let width = faces.width(line.trim_end(), Style::Plain);
                    assert!(width <= most || line.chars().count() == 1, "{line:?} is {width} wide, more than {most}");
                }
            }
        }
        assert_eq!(faces.lines("uno due", Style::Plain, 2.5), ["uno ", "due"]);
    }

    #[test]
    fn every_sign_is_shown_by_a_font_or_by_its_number() {
        let faces = faces();
        let set = |text: &str| {
            let runs = faces.set(text, Style::Strong);
            assert!(runs.iter().flat_map(|run| &run.glyphs).all(|glyph| glyph.glyph_id.to_u32() != 0), "{text:?}");
            runs.into_iter().map(|run| (run.face, run.text, run.actual)).collect::<Vec<_>>()
        };
        let plain = |face: usize, text: &str| (face, text.to_owned(), None);
        assert_eq!(set("Già è così"), [plain(1, "Già è così")]);
        assert_eq!(set("via Шевченко 3"), [plain(1, "via "), plain(WIDE, "Шевченко"), plain(1, " 3")]);
        let numbers = (1, "[U+738B][U+660E]".to_owned(), Some("王明".to_owned()));
        assert_eq!(set("a 王明"), [plain(1, "a "), numbers]);
        assert_eq!(set("a\u{202e}b"), [plain(1, "a"), plain(1, "[U+202E]"), plain(1, "b")]);
        // Two words that run from the right are turned together, with their space; digits are not.
        assert_eq!(set("محمد علي 12"), [plain(WIDE, "محمد علي"), plain(1, " 12")]);
        let turned = faces.set("محمد", Style::Plain);
        let starts: Vec<usize> = turned[0].glyphs.iter().map(|glyph| glyph.text_range.start).collect();
        assert!(starts.is_sorted_by(|one, another| one > another), "the first letter stands last: {starts:?}");
        // An accent that no letter is composed with stands above its letter.
        let above = faces.set("x\u{301}", Style::Plain);
        assert_eq!(above.len(), 1);
    }
}
