//! How does a form in a PDF hold what was filled in: text fields with their looks, as browsers and offices leave them.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::win_ansi;

const SIZE: f32 = 10.0;

#[derive(Debug, Clone)]
pub struct Field {
    /// From 0.
    pub page: usize,
    /// Left, bottom, right, top.
    pub place: [f32; 4],
    pub label: String,
    pub value: String,
}

/// What makes the widgets one form.
pub fn form(widgets: Vec<Object>, font: ObjectId) -> Dictionary {
    dictionary! {
        "Fields" => widgets,
        "DR" => dictionary! { "Font" => dictionary! { "Helv" => font } },
        "DA" => Object::string_literal("/Helv 10 Tf 0 g"),
    }
}

/// The field and its only place on a page, one object.
pub fn widget(file: &mut Document, field: &Field, font: ObjectId) -> ObjectId {
    let [left, bottom, right, top] = field.place;
    let (width, height) = (right - left, top - bottom);
    let mut content = format!(
        "q 0.6 w 0.5 G 0.3 0.3 {:.1} {:.1} re S Q /Tx BMC q BT /Helv {SIZE} Tf 3 5 Td (",
        width - 0.6,
        height - 0.6
    )
    .into_bytes();
    for byte in win_ansi(&field.value) {
        if matches!(byte, b'(' | b')' | b'\\') {
            content.push(b'\\');
        }
        content.push(byte);
    }
    content.extend_from_slice(b") Tj ET Q EMC");
    let looks = dictionary! {
        "Type" => "XObject",
        "Subtype" => "Form",
        "BBox" => vec![0.into(), 0.into(), width.into(), height.into()],
        "Resources" => dictionary! { "Font" => dictionary! { "Helv" => font } },
    };
    let looks = file.add_object(Stream::new(looks, content));
    file.add_object(dictionary! {
        "Type" => "Annot",
        "Subtype" => "Widget",
        "FT" => "Tx",
        "T" => lopdf::text_string(&field.label),
        "V" => lopdf::text_string(&field.value),
        "DA" => Object::string_literal("/Helv 10 Tf 0 g"),
        "F" => 4,
        "Rect" => field.place.iter().map(|number| (*number).into()).collect::<Vec<Object>>(),
        "AP" => dictionary! { "N" => looks },
    })
}
