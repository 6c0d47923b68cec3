//! How is the one image of a scanned page taken out of a PDF, when nothing here can draw the page?

use pdf_extract::{Document, Object, ObjectId};

use crate::limits;

type Image<'a> = pdf_extract::xobject::PdfImage<'a>;

/// The images that a page's own resources name; those in forms are not looked for.
pub(super) fn images(document: &Document, page: ObjectId) -> Vec<Image<'_>> {
    document.get_page_images(page).unwrap_or_default()
}

pub(super) fn points(image: &Image<'_>) -> i64 {
    image.width.saturating_mul(image.height)
}

/// A file that a recogniser of letters reads: the page's largest image as JPEG, TIFF or PNM.
pub(super) fn of_page(document: &Document, page: ObjectId) -> Option<Vec<u8>> {
    let image = images(document, page).into_iter().max_by_key(points)?;
    let (width, height) = (usize::try_from(image.width).ok()?, usize::try_from(image.height).ok()?);
    let fits = width > 0 && height > 0 && width.checked_mul(height)? <= limits::RECOGNISE_POINTS_MAX;
    let filters = image.filters.clone().unwrap_or_default();
    match filters.last().map(String::as_str) {
        _ if !fits => None,
        Some("DCTDecode") if filters.len() == 1 => Some(image.content.to_vec()),
        Some("CCITTFaxDecode") if filters.len() == 1 => fax(&image, width, height),
        None | Some("FlateDecode" | "LZWDecode" | "ASCII85Decode") => plain(document, &image, width, height),
        // JBIG2 and JPEG 2000 take a reader of their own.
        _ => None,
    }
}

/// Fax codes in a TIFF around them.
fn fax(image: &Image<'_>, width: usize, height: usize) -> Option<Vec<u8>> {
    let parameters = image.origin_dict.get(b"DecodeParms").ok().and_then(|found| match found {
        Object::Array(each) => each.first().and_then(|first| first.as_dict().ok()),
        other => other.as_dict().ok(),
    });
    let number = |key: &[u8], absent: i64| {
        parameters.and_then(|found| found.get(key).ok()).and_then(|found| found.as_i64().ok()).unwrap_or(absent)
    };
    let black_is_one = parameters.and_then(|found| found.get(b"BlackIs1").ok()).and_then(|b| b.as_bool().ok());
    let columns = u32::try_from(number(b"Columns", 1728)).ok()?;
    let (compression, options) = match number(b"K", 0) {
        k if k < 0 => (4, None),
        0 => (3, Some(0)),
        _ => (3, Some(1)),
    };
    let rows = u32::try_from(height).ok()?;
    let size = u32::try_from(image.content.len()).ok()?;
    // In PDF a black point is 0 unless said otherwise; the codes mean the same as in a TIFF whose white is 0.
    let white_is_zero = u32::from(black_is_one.unwrap_or(false));
    let mut tags = vec![
        (256, 4, columns.max(u32::try_from(width).ok()?)),
        (257, 4, rows),
        (258, 3, 1),
        (259, 3, compression),
        (262, 3, white_is_zero),
        (273, 4, 0),
        (277, 3, 1),
        (278, 4, rows),
        (279, 4, size),
    ];
    tags.extend(options.map(|options| (292, 4, options)));
    let count = u16::try_from(tags.len()).ok()?;
    let data = 8 + 2 + 12 * u32::from(count) + 4;
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend(count.to_le_bytes());
    for (tag, kind, value) in tags {
        file.extend(u16::to_le_bytes(tag));
        file.extend(u16::to_le_bytes(kind));
        file.extend(1_u32.to_le_bytes());
        file.extend(if tag == 273 { data } else { value }.to_le_bytes());
    }
    file.extend([0; 4]);
    file.extend_from_slice(image.content);
    Some(file)
}

/// Points as they are, under the header of a PNM.
fn plain(document: &Document, image: &Image<'_>, width: usize, height: usize) -> Option<Vec<u8>> {
    let stream = document.get_object(image.id).and_then(Object::as_stream).ok()?;
    let mut points = stream.decompressed_content().ok()?;
    let color = image.color_space.as_deref();
    let (kind, row) = match (image.bits_per_component.unwrap_or(1), color) {
        (1, Some("DeviceGray" | "CalGray") | None) => ("P4", width.div_ceil(8)),
        (8, Some("DeviceGray" | "CalGray")) => ("P5", width),
        (8, Some("DeviceRGB" | "CalRGB")) => ("P6", width.checked_mul(3)?),
        // How many colours a profile has shows in the number of bytes.
        (8, Some("ICCBased")) if points.len() >= width.checked_mul(height)?.checked_mul(3)? => ("P6", width * 3),
        (8, Some("ICCBased")) => ("P5", width),
        _ => return None,
    };
    let size = row.checked_mul(height)?;
    if points.len() < size {
        return None;
    }
    points.truncate(size);
    if kind == "P4" {
        // A PNM of two colours has 1 for black, a PDF 0.
        points.iter_mut().for_each(|byte| *byte = !*byte);
    }
    let most = if kind == "P4" { "" } else { "255\n" };
    Some([format!("{kind}\n{width} {height}\n{most}").as_bytes(), &points].concat())
}
