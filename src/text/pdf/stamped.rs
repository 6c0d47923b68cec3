//! How is something laid over the first page of a PDF? What is added stands after the file's own bytes, so that nothing
//! of them changes: also not what a signature in it vouches for.

use std::collections::btree_map::Entry;
use std::panic::{AssertUnwindSafe, catch_unwind};

use lopdf::content::Content;
use lopdf::{Dictionary, Document, IncrementalDocument, Object, ObjectId, Stream, dictionary};
use serde::{Deserialize, Serialize};

use super::repair;

/// From the edges of the page, in points: printers do not reach them.
const MARGIN: f32 = 18.0;

/// Nodes between a page and the root of all pages.
const DEPTH_MAX: usize = 32;

/// Objects of an overlay: it is ours, and small.
const OBJECTS_MAX: u32 = 1_000;

/// Why nothing was laid over a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unstamped {
    /// It asks for a password, or was made so that nothing may be changed without one.
    Encrypted,
    Broken,
}

/// The document with the one page of `overlay` in the upper right corner of its first page.
pub(in crate::text) fn stamped(content: Vec<u8>, overlay: &[u8]) -> Result<Vec<u8>, Unstamped> {
    let guarded = |work: &mut dyn FnMut() -> Result<Vec<u8>, Unstamped>| {
        // After a panic nothing is used of what it left.
        catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Unstamped::Broken))
    };
    match guarded(&mut || stamp(content.clone(), overlay)) {
        // A wrong table of objects is mended, as for those who read the file.
        Err(Unstamped::Broken) => match repair::mended(&content) {
            Some(mended) => guarded(&mut || stamp(mended.clone(), overlay)),
            None => Err(Unstamped::Broken),
        },
        outcome => outcome,
    }
}

fn stamp(content: Vec<u8>, overlay: &[u8]) -> Result<Vec<u8>, Unstamped> {
    let broken = |_: lopdf::Error| Unstamped::Broken;
    let document = Document::load_mem(&content).map_err(|error| match error {
        lopdf::Error::Decryption(_) | lopdf::Error::InvalidPassword | lopdf::Error::UnsupportedSecurityHandler(_) => {
            Unstamped::Encrypted
        }
        _ => Unstamped::Broken,
    })?;
    if document.is_encrypted() || document.was_encrypted() {
        return Err(Unstamped::Encrypted);
    }
    let page = document.page_iter().next().ok_or(Unstamped::Broken)?;
    let place = Place::of(&document, page)?;
    let leftover = left_open(&document, page);
    let mut changed = IncrementalDocument::create_from(content, document);
    let (form, size) = import(&mut changed.new_document, overlay).ok_or(Unstamped::Broken)?;
    add(&mut changed, page, form, &place.operators(size, leftover)).map_err(broken)?;
    // Of the older table of objects, where that is a stream: the new one is packed in its own way.
    for key in [b"DecodeParms".as_slice(), b"Filter", b"Index", b"Length", b"Type", b"W", b"XRefStm"] {
        changed.new_document.trailer.remove(key);
    }
    let mut written = Vec::new();
    changed.save_to(&mut written).map_err(|_| Unstamped::Broken)?;
    // Whoever opens it shall find on its first page what was added.
    let again = Document::load_mem(&written).map_err(broken)?;
    let first = again.page_iter().next().ok_or(Unstamped::Broken)?;
    if first != page || again.page_iter().count() != changed.get_prev_documents().page_iter().count() {
        return Err(Unstamped::Broken);
    }
    again.get_object(form).and_then(Object::as_stream).map_err(broken)?;
    Ok(written)
}

/// The part of a page that is shown, and how it is turned.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    left: f32,
    bottom: f32,
    right: f32,
    top: f32,
    /// Clockwise, in quarters.
    turned: u8,
    /// Points to a unit of the page.
    unit: f32,
}

impl Place {
    fn of(document: &Document, page: ObjectId) -> Result<Self, Unstamped> {
        let media = inherited(document, page, b"MediaBox").and_then(|found| rectangle(document, found));
        let [left, bottom, right, top] = media.unwrap_or([0.0, 0.0, 612.0, 792.0]);
        let crop = inherited(document, page, b"CropBox").and_then(|found| rectangle(document, found));
        let crop = crop.unwrap_or([left, bottom, right, top]);
        let shown = [left.max(crop[0]), bottom.max(crop[1]), right.min(crop[2]), top.min(crop[3])];
        // A page that is cropped to nothing is shown whole.
        let [left, bottom, right, top] =
            if shown[0] < shown[2] && shown[1] < shown[3] { shown } else { [left, bottom, right, top] };
        if !(left < right && bottom < top) {
            return Err(Unstamped::Broken);
        }
        let turned = inherited(document, page, b"Rotate").and_then(|found| found.as_i64().ok()).unwrap_or(0);
        let unit = document.get_dictionary(page).ok().and_then(|page| page.get(b"UserUnit").ok());
        let unit = unit.and_then(|unit| unit.as_float().ok()).filter(|unit| (0.01..=100_000.0).contains(unit));
        let turned = u8::try_from(turned.rem_euclid(360) / 90).unwrap_or(0);
        Ok(Self { left, bottom, right, top, turned, unit: unit.unwrap_or(1.0) })
    }

    /// What draws the overlay of this size in the upper right corner as the page is shown.
    fn operators(&self, (width, height): (f32, f32), leftover: usize) -> String {
        let (across, up) = (self.right - self.left, self.top - self.bottom);
        let (across, up) = if self.turned.is_multiple_of(2) { (across, up) } else { (up, across) };
        // Smaller where the page is: a receipt, a label.
        let room = (across * self.unit - 2.0 * MARGIN).max(across * self.unit / 2.0);
        let scale = (room / width).min(up * self.unit / 2.0 / height).min(1.0) / self.unit;
        let margin = MARGIN / self.unit;
        let x = (across - margin - width * scale).max(0.0);
        let y = (up - margin - height * scale).max(0.0);
        let turn = match self.turned {
            0 => format!("1 0 0 1 {} {}", self.left, self.bottom),
            1 => format!("0 1 -1 0 {} {}", self.right, self.bottom),
            2 => format!("-1 0 0 -1 {} {}", self.right, self.top),
            _ => format!("0 -1 1 0 {} {}", self.left, self.top),
        };
        let restored = "Q\n".repeat(leftover + 1);
        format!("\n{restored}q\n/Artifact BMC\n{turn} cm\n{scale} 0 0 {scale} {x} {y} cm\n/{NAME} Do\nEMC\nQ\n")
    }
}

/// What the overlay is called among the page's resources.
const NAME: &str = "TabulariumStamp";

/// States that the page's drawing saves and never restores; 0 when it cannot be read.
fn left_open(document: &Document, page: ObjectId) -> usize {
    let drawn = document.get_page_content(page).ok().and_then(|content| Content::decode(&content).ok());
    let Some(drawn) = drawn else { return 0 };
    let mut open = 0_usize;
    for operation in drawn.operations {
        match operation.operator.as_str() {
            "q" => open += 1,
            "Q" => open = open.saturating_sub(1),
            _ => {}
        }
    }
    open
}

/// A value of the page, or of what it lies in.
fn inherited<'d>(document: &'d Document, page: ObjectId, key: &[u8]) -> Option<&'d Object> {
    let mut node = document.get_dictionary(page).ok()?;
    for _ in 0..DEPTH_MAX {
        if let Ok(found) = node.get_deref(key, document) {
            return Some(found);
        }
        node = node.get_deref(b"Parent", document).ok()?.as_dict().ok()?;
    }
    None
}

fn rectangle(document: &Document, found: &Object) -> Option<[f32; 4]> {
    let each = found.as_array().ok()?.iter().map(|side| document.dereference(side).ok()?.1.as_float().ok());
    let sides: Vec<f32> = each.collect::<Option<_>>()?;
    let [a, b, c, d] = *sides.as_slice() else { return None };
    let sides = [a.min(c), b.min(d), a.max(c), b.max(d)];
    sides.iter().all(|side| side.is_finite()).then_some(sides)
}

/// Brings the overlay's page over as a form, with all that it refers to; the form and its size.
fn import(into: &mut Document, overlay: &[u8]) -> Option<(ObjectId, (f32, f32))> {
    let mut overlay = Document::load_mem(overlay).ok()?;
    let first = into.max_id.checked_add(1)?;
    overlay.renumber_objects_with(first);
    let page = overlay.page_iter().next()?;
    let Place { right, top, .. } = Place::of(&overlay, page).ok()?;
    let drawing = overlay.get_page_content(page).ok()?;
    let resources = inherited(&overlay, page, b"Resources")?.clone();
    let mut wanted = references(&resources);
    while let Some(id) = wanted.pop() {
        if let Entry::Vacant(free) = into.objects.entry(id) {
            let object = free.insert(overlay.get_object(id).ok()?.clone());
            wanted.extend(references(object));
        }
    }
    let last = overlay.max_id.max(first);
    if last - first > OBJECTS_MAX {
        return None;
    }
    into.max_id = last;
    let form = dictionary! {
        "Type" => "XObject",
        "Subtype" => "Form",
        "BBox" => vec![0.into(), 0.into(), right.into(), top.into()],
        "Resources" => resources,
    };
    let mut form = Stream::new(form, drawing);
    // Uncompressed it works as well.
    let _packed = form.compress();
    Some((into.add_object(form), (right, top)))
}

fn references(object: &Object) -> Vec<ObjectId> {
    match object {
        Object::Reference(id) => vec![*id],
        Object::Array(each) => each.iter().flat_map(references).collect(),
        Object::Dictionary(each) => each.iter().flat_map(|(_, value)| references(value)).collect(),
        Object::Stream(stream) => stream.dict.iter().flat_map(|(_, value)| references(value)).collect(),
        _ => Vec::new(),
    }
}

/// Gives the page the form and what draws it.
fn add(changed: &mut IncrementalDocument, page: ObjectId, form: ObjectId, operators: &str) -> lopdf::Result<()> {
    let document = changed.get_prev_documents();
    let mut resources = inherited(document, page, b"Resources")
        .and_then(|found| found.as_dict().ok())
        .cloned()
        .unwrap_or_else(Dictionary::new);
    let forms = resources.get_deref(b"XObject", document).and_then(Object::as_dict).cloned();
    let mut forms = forms.unwrap_or_else(|_| Dictionary::new());
    forms.set(NAME, Object::Reference(form));
    resources.set("XObject", forms);
    let mut node = document.get_dictionary(page)?.clone();
    let mut contents = vec![changed.new_document.add_object(Stream::new(Dictionary::new(), b"q\n".to_vec())).into()];
    match node.get(b"Contents") {
        Ok(Object::Array(each)) => contents.extend(each.iter().cloned()),
        Ok(Object::Reference(id)) => match changed.get_prev_documents().dereference(&Object::Reference(*id)) {
            Ok((_, Object::Array(each))) => contents.extend(each.iter().cloned()),
            _ => contents.push(Object::Reference(*id)),
        },
        _ => {}
    }
    let drawn = Stream::new(Dictionary::new(), operators.as_bytes().to_vec());
    contents.push(changed.new_document.add_object(drawn).into());
    node.set("Contents", contents);
    node.set("Resources", resources);
    changed.new_document.set_object(page, node);
    Ok(())
}
