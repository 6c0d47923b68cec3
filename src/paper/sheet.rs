//! How is a PDF/A begun, drawn on and ended? The library that writes it stands behind this file and `faces.rs`.

use jiff::civil::DateTime;
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{self, Metadata};
use krilla::outline::Outline;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Node, SpanTag, TagTree};
use krilla::{Document, SerializeSettings};

use super::PaperError;
use super::faces::{Faces, Run, Style};

/// The language of all papers.
const LANGUAGE: &str = "it-IT";

/// Points to a millimetre.
pub(super) const MM: f32 = 72.0 / 25.4;

/// A4, upright.
pub(super) const A4: (f32, f32) = (210.0 * MM, 297.0 * MM);

/// What a document says of itself.
pub(super) struct Title<'a> {
    pub title: String,
    pub subject: String,
    pub author: &'a str,
    /// By the clock in Rome, with the hours that it is ahead.
    pub written: (DateTime, i8),
    /// Tells this document from every other, and is the same whenever it is written.
    pub id: String,
}

/// A document with its pages so far.
pub(super) struct Paper {
    document: Document,
    pub faces: Faces,
}

impl Paper {
    pub fn new(title: Title<'_>) -> Result<Self, PaperError> {
        let configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A2_A)
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .map_err(|error| PaperError(format!("{error:?}")))?;
        let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
        let (at, ahead) = title.written;
        let date = metadata::DateTime::new(at.year().unsigned_abs())
            .month(at.month().unsigned_abs())
            .day(at.day().unsigned_abs())
            .hour(at.hour().unsigned_abs())
            .minute(at.minute().unsigned_abs())
            .second(at.second().unsigned_abs())
            .utc_offset_hour(ahead)
            .utc_offset_minute(0);
        document.set_metadata(
            Metadata::new()
                .title(title.title)
                .description(title.subject)
                .authors(vec![title.author.to_owned()])
                .language(LANGUAGE.to_owned())
                .creator("Tabularium".to_owned())
                .creation_date(date)
                .document_id(title.id),
        );
        Ok(Self { document, faces: Faces::new()? })
    }

    /// One that is not read by itself, but laid over another.
    pub fn without_structure() -> Result<Self, PaperError> {
        let settings = SerializeSettings { enable_tagging: false, xmp_metadata: false, ..SerializeSettings::default() };
        Ok(Self { document: Document::new_with(settings), faces: Faces::new()? })
    }

    /// Draws one page of this width and height.
    pub fn page(&mut self, (width, height): (f32, f32), draw: impl FnOnce(&mut Pen<'_, '_>)) -> Result<(), PaperError> {
        let settings =
            PageSettings::from_wh(width, height).ok_or_else(|| PaperError("a page without size".to_owned()))?;
        let mut page = self.document.start_page_with(settings);
        let mut surface = page.surface();
        draw(&mut Pen { surface: &mut surface, faces: &self.faces });
        surface.finish();
        page.finish();
        Ok(())
    }

    pub fn finish(mut self, tags: TagTree, outline: Outline) -> Result<Vec<u8>, PaperError> {
        self.document.set_tag_tree(tags);
        self.document.set_outline(outline);
        self.document.finish().map_err(|error| PaperError(format!("{error:?}")))
    }
}

/// One line of text, on its base line.
pub(super) struct Line<'t> {
    pub at: (f32, f32),
    pub style: Style,
    pub text: &'t str,
}

/// What draws on one page. Places count from the upper left corner, in points; text stands on its base line.
pub(super) struct Pen<'p, 's> {
    surface: &'p mut Surface<'s>,
    pub faces: &'p Faces,
}

impl Pen<'_, '_> {
    /// Lines that are part of what the document says; their marks go to `into`.
    pub fn say(&mut self, into: &mut Vec<Node>, size: f32, lines: &[Line<'_>]) {
        let mut placed = Vec::new();
        for line in lines {
            let mut x = line.at.0;
            for run in self.faces.set(line.text, line.style) {
                let width = run.width * size;
                placed.push((run, (x, line.at.1)));
                x += width;
            }
        }
        for of_one_kind in placed.chunk_by(|(one, _), (another, _)| one.actual.is_none() && another.actual.is_none()) {
            let actual = of_one_kind.first().and_then(|(run, _)| run.actual.as_deref());
            let mark = self.surface.start_tagged(ContentTag::Span(SpanTag::empty().with_actual_text(actual)));
            for (run, at) in of_one_kind {
                self.glyphs(run, *at, size);
            }
            self.surface.end_tagged();
            into.push(Node::Leaf(mark));
        }
    }

    /// Text that stands on every page, or says again what was said.
    pub fn repeat(&mut self, kind: ArtifactType, at: (f32, f32), size: f32, style: Style, line: &str) {
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        let mut x = at.0;
        for run in self.faces.set(line, style) {
            self.glyphs(&run, (x, at.1), size);
            x += run.width * size;
        }
        self.surface.end_tagged();
    }

    /// Filled rectangles that are only there for the eye: left, top, width, height.
    pub fn decorate(&mut self, gray: u8, boxes: &[(f32, f32, f32, f32)]) {
        if boxes.is_empty() {
            return;
        }
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        self.fill(gray, boxes);
        self.surface.end_tagged();
    }

    /// Filled rectangles that are a picture.
    pub fn picture(&mut self, boxes: &[(f32, f32, f32, f32)]) -> Node {
        let mark = self.surface.start_tagged(ContentTag::Other);
        self.fill(0, boxes);
        self.surface.end_tagged();
        Node::Leaf(mark)
    }

    fn fill(&mut self, gray: u8, boxes: &[(f32, f32, f32, f32)]) {
        let mut path = PathBuilder::new();
        for (left, top, width, height) in boxes {
            if let Some(rect) = Rect::from_xywh(*left, *top, *width, *height) {
                path.push_rect(rect);
            }
        }
        if let Some(path) = path.finish() {
            self.surface.set_fill(Some(Fill { paint: rgb::Color::new(gray, gray, gray).into(), ..Fill::default() }));
            self.surface.draw_path(&path);
            self.surface.set_fill(None);
        }
    }

    fn glyphs(&mut self, run: &Run, (x, y): (f32, f32), size: f32) {
        let font = self.faces.font(run);
        self.surface.draw_glyphs(Point::from_xy(x, y), &run.glyphs, font, &run.text, size, false);
    }
}
