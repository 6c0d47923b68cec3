//! How is each format read? One file for each family; all push into the same [`Reading`].

mod encoded;
mod html;
mod invoice;
mod json;
mod mail;
mod office;
mod ole;
mod opendocument;
mod packed;
mod rtf;
mod sheets;
mod xml;

use super::plain::decode;
use super::reading::Reading;
use super::{Format, Reason};

/// Reads a content of a format that is read here: all but PDF and images.
pub(super) fn read(format: Format, content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    match format {
        Format::Gzip => packed::gzip(content, reading),
        Format::Html => html::read(content, reading),
        Format::Json => json::read(content, reading),
        Format::Letter => office::letter(content, reading),
        Format::Mail => mail::read(content, reading),
        Format::Ole => container(content),
        Format::OpenDocument => opendocument::read(content, reading),
        Format::Image | Format::Pdf => Err(Reason::FormatNotRead),
        Format::Plain => reading.push(&decode(content)),
        Format::Rtf => rtf::read(content, reading),
        Format::Sheets => sheets::xlsx(content, reading),
        Format::Signed => packed::envelope(content, reading),
        Format::Slides => office::slides(content, reading),
        Format::Svg => xml::walk(&xml::decode(content), &mut xml::Drawing::default(), reading),
        Format::Tar => packed::tar(content, reading),
        Format::Xls => sheets::xls(content, reading),
        Format::Xml => markup(content, reading),
        Format::Zip => packed::zip(content, reading),
    }
}

fn markup(content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let text = xml::decode(content);
    match xml::root(&text) {
        Some(root) if invoice::ROOTS.contains(&&*root) => xml::walk(&text, &mut invoice::Invoice::default(), reading),
        Some(root) if root == "html" => html::page(&text, reading),
        Some(root) if root == "svg" => xml::walk(&text, &mut xml::Drawing::default(), reading),
        _ => xml::walk(&text, &mut xml::Everything, reading),
    }
}

/// Of the old container only spreadsheets are read; the new formats lie in it when they are encrypted.
fn container(content: &[u8]) -> Result<(), Reason> {
    let encrypted = super::media::ole_streams(content).any(|name| name == "EncryptedPackage");
    Err(if encrypted { Reason::Encrypted } else { Reason::FormatNotRead })
}
