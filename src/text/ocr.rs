//! Which letters are in an image? Asked of tesseract, a page at a time, in the second pass.

use std::time::{Duration, Instant};

use super::media::{JPEG, PNG, TIFF, puid_of_version};
use super::pdf::RECOGNISED;
use super::program::{ProgramError, run_alone};
use super::tools::{Recognition, Tools};
use super::worth::Worth;
use super::{Extraction, Facts, Format, ReadBy, Reason, media, plain};
use crate::limits;

/// Text that one page may have.
const PAGE_TEXT_MAX: u64 = 512 * 1024;

/// The answer of the recogniser about one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Recognised {
    Text(String),
    /// It is no image that can be read, or takes too much memory.
    Failed,
    Timeout,
}

/// What has the recogniser find out first how the page lies. By itself it wants to be surer of that than a few lines of
/// text can make it; where the words make no sense as they lie, any hint is good.
const TURNED: [&str; 4] = ["--psm", "1", "-c", "min_orientation_margin=1"];

/// Reads the letters of one image, however the page lies in it; `page` counts from 0 in a file that has several.
pub(super) fn recognise(tools: &Tools, image: &[u8], page: Option<usize>, deadline: Instant) -> Recognised {
    let until = deadline.min(Instant::now() + Duration::from_secs(limits::RECOGNISE_PAGE_SECONDS));
    let upright = ask(tools, image, page, &[], until);
    let Recognised::Text(text) = &upright else { return upright };
    let worth = Worth::of(text);
    if !worth.may_be_misread() {
        return upright;
    }
    match ask(tools, image, page, &TURNED, until) {
        // Where words do not decide, the shapes of the letters have.
        Recognised::Text(turned) if !worth.beats(Worth::of(&turned)) => Recognised::Text(turned),
        _ => upright,
    }
}

fn ask(tools: &Tools, image: &[u8], page: Option<usize>, how: &[&str], until: Instant) -> Recognised {
    let Some(tesseract) = &tools.engines.tesseract else { return Recognised::Failed };
    let number = page.map(|page| format!("tessedit_page_number={page}"));
    let mut arguments = vec!["stdin", "stdout", "-l", tools.engines.language.as_str()];
    arguments.extend(how);
    if let Some(number) = &number {
        arguments.extend(["-c", number]);
    }
    match run_alone(&tesseract.path, &arguments, image, PAGE_TEXT_MAX, until) {
        Ok(answered) if answered.success => Recognised::Text(String::from_utf8_lossy(&answered.output).into_owned()),
        Ok(_) | Err(ProgramError::Start(_) | ProgramError::TooMuch) => Recognised::Failed,
        Err(ProgramError::Timeout) => Recognised::Timeout,
    }
}

/// An image of a kind that is recognised, and large enough for the page of a letter.
pub(super) fn may_be_scan(content: &[u8]) -> bool {
    let is_image = Format::of(media::of_whole(content, "")) == Some(Format::Image);
    is_image && points(content).is_none_or(|points| points >= limits::RECOGNISE_POINTS_MIN)
}

/// The text of an image file: TIFF with any number of pages, JPEG, PNG and what else the recogniser opens.
pub(super) fn extract(content: &[u8], text_max: usize, deadline: Instant, tools: &Tools) -> Extraction {
    if points(content).is_some_and(|points| points < limits::RECOGNISE_POINTS_MIN) {
        let facts = Facts { puid: puid(content).map(str::to_owned), ..Facts::default() };
        return Extraction { facts, ..Extraction::none(Reason::Empty) };
    }
    let pages = tiff_pages(content);
    let facts = Facts {
        pages: pages.map(|pages| u32::try_from(pages).unwrap_or(u32::MAX)),
        puid: puid(content).map(str::to_owned),
        ..Facts::default()
    };
    let read = match tools.recognition(deadline) {
        Recognition::Now => read_pages(content, pages, text_max, deadline, tools),
        Recognition::Later | Recognition::Never => Extraction::none(Reason::NoTextLayer),
    };
    Extraction { facts: Facts { read_by: read.facts.read_by.clone(), ..facts }, ..read }
}

fn read_pages(content: &[u8], pages: Option<usize>, text_max: usize, deadline: Instant, tools: &Tools) -> Extraction {
    let count = pages.unwrap_or(1);
    let mut texts: Vec<String> = Vec::new();
    let mut flaw = None;
    for page in 0..count.min(limits::RECOGNISE_PAGES_MAX) {
        match recognise(tools, content, pages.map(|_| page), deadline) {
            Recognised::Text(text) => {
                let worth = Worth::of(&text);
                if worth.is_misread() {
                    flaw = flaw.or(Some(Reason::Doubtful));
                }
                texts.push(text.replace('\u{c}', "\n"));
            }
            Recognised::Failed => {
                flaw = Some(Reason::Broken);
                texts.push(String::new());
            }
            Recognised::Timeout => {
                flaw = Some(Reason::Timeout);
                break;
            }
        }
    }
    if count > limits::RECOGNISE_PAGES_MAX {
        flaw = flaw.filter(|flaw| *flaw != Reason::Doubtful).or(Some(Reason::PagesLeftOut));
    }
    let read_pages = texts.iter().enumerate().filter(|(_, text)| !text.trim().is_empty());
    let by: Vec<_> = read_pages.map(|(page, _)| (page + 1, RECOGNISED)).collect();
    let mut read = plain::finish(&texts.join("\u{c}"), text_max, flaw, Reason::NoText);
    read.facts.read_by = ReadBy::of_pages(&by);
    read
}

/// Pages of a TIFF, counted along its chain; `None` for what is none.
fn tiff_pages(content: &[u8]) -> Option<usize> {
    let four = |at: usize| content.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
    let two = |at: usize| content.get(at..at + 2).and_then(|bytes| bytes.try_into().ok());
    let little = match content.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let word = |bytes| if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) };
    let short = |bytes| if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) };
    let mut at = usize::try_from(word(four(4)?)).ok()?;
    let mut pages = 0;
    // A chain may lead back into itself; nobody scans so many pages into one file.
    while at != 0 && pages < limits::PAGES_COUNTED_MAX {
        let Some(entries) = two(at) else { break };
        pages += 1;
        let next = at + 2 + 12 * usize::from(short(entries));
        at = four(next).map_or(0, |next| usize::try_from(word(next)).unwrap_or(0));
    }
    Some(pages.max(1))
}

/// Width times height of a PNG or JPEG, as its header says.
fn points(content: &[u8]) -> Option<u64> {
    let number = |at: usize, size: usize| {
        let bytes = content.get(at..at + size)?;
        Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    };
    if content.starts_with(b"\x89PNG\r\n\x1a\n") {
        return number(16, 4)?.checked_mul(number(20, 4)?);
    }
    if !content.starts_with(b"\xff\xd8") {
        return None;
    }
    let mut at = 2;
    // From segment to segment, each with its length, until the one that begins a frame.
    loop {
        match content.get(at..at + 2)? {
            [0xff, 0xc4 | 0xc8 | 0xcc] => {}
            [0xff, 0xc0..=0xcf] => return number(at + 5, 2)?.checked_mul(number(at + 7, 2)?),
            [0xff, 0x01 | 0xd0..=0xd9 | 0xff] => return None,
            [0xff, _] => {}
            _ => return None,
        }
        at += 2 + usize::try_from(number(at + 2, 2)?).ok()?;
    }
}

/// PRONOM's number of an image's format, where its first bytes leave no doubt.
fn puid(content: &[u8]) -> Option<&'static str> {
    let has = |chunk: &[u8]| content[..content.len().min(4096)].windows(4).any(|window| window == chunk);
    match content {
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => puid_of_version(TIFF, "6"),
        [0xff, 0xd8, 0xff, 0xe0, _, _, b'J', b'F', b'I', b'F', 0, 1, minor, ..] => {
            puid_of_version(JPEG, &format!("1.{minor:02}"))
        }
        // Later versions differ by the chunks they have.
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => {
            let newer = has(b"sRGB") || has(b"iCCP") || has(b"sPLT");
            puid_of_version(
                PNG,
                if has(b"iTXt") {
                    "1.2"
                } else if newer {
                    "1.1"
                } else {
                    "1.0"
                },
            )
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_a_tiff_are_counted_and_circles_end() {
        let chain = |nexts: &[u32]| {
            let mut file = b"II*\0\x08\0\0\0".to_vec();
            for next in nexts {
                file.extend([0, 0]);
                file.extend(next.to_le_bytes());
            }
            tiff_pages(&file)
        };
        assert_eq!(chain(&[14, 20, 0]), Some(3));
        assert_eq!(chain(&[0]), Some(1));
        assert_eq!(chain(&[8]), Some(limits::PAGES_COUNTED_MAX), "a circle");
        assert_eq!(chain(&[9999]), Some(1), "beyond the end");
        assert_eq!(tiff_pages(b"MM\0*\0\0\0\x08\0\0\0\0\0\0"), Some(1));
        for none in [&b"II*"[..], b"II*\0\x08", b"\x89PNG\r\n\x1a\n", b""] {
            assert_eq!(tiff_pages(none), None, "{none:?}");
        }
    }

    #[test]
    fn the_points_of_an_image_stand_in_its_header() {
        assert_eq!(points(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x01\0"), Some(512 * 256));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04JF\xff\xc4\0\x02\xff\xc2\0\x11\x08\x01\0\x02\0\x03";
        assert_eq!(points(jpeg), Some(512 * 256));
        for none in [&b"\xff\xd8\xff\xe0\0\0"[..], b"\xff\xd8\xff\xd9", b"\x89PNG\r\n\x1a\n", b"II*\0", b""] {
            assert_eq!(points(none), None, "{none:?}");
        }
    }

    #[test]
    fn formats_of_images_have_their_numbers() {
        assert_eq!(puid(b"MM\0*\0\0\0\x08"), Some("fmt/353"));
        assert_eq!(puid(b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0"), Some("fmt/43"));
        assert_eq!(puid(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Some("fmt/11"));
        assert_eq!(puid(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR....sRGB"), Some("fmt/12"));
        assert_eq!(puid(b"\xff\xd8\xff\xe1"), None, "which version of Exif is not looked up");
    }
}
