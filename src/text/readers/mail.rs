//! What does a message say, who sent it to whom, and what is attached?

use std::borrow::Cow;
use std::collections::HashSet;

use mail_parser::{Address, Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::{encoded, html};
use crate::text::reading::Reading;
use crate::text::{Reason, Signature, SignedContent, media, plain, signed};

/// Tells those who decode a text once more that it is UTF-8 already.
const UTF8_MARK: &str = "\u{feff}";

/// A page of which more than one word in so many is new is another text than the plain one; names of images are not.
const PAGE_SHARE: usize = 4;

pub(super) fn read(content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    // Some editors save it as they save all texts.
    let decoded = match content {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Cow::Owned(plain::decode(content).into_owned().into_bytes()),
        _ => Cow::Borrowed(content),
    };
    let content = media::message(&decoded);
    let message = MessageParser::default().parse(content).ok_or(Reason::Broken)?;
    header(&message, reading)?;
    for id in &message.text_body {
        match message.part(*id).map(|part| (part, &part.body)) {
            Some((part, PartType::Text(text))) => {
                reading.push(&repaired(text, part, content))?;
                if part.is_encoding_problem && !text.is_empty() {
                    reading.flaw(Reason::Broken);
                }
            }
            Some((_, PartType::Html(text))) => html::page(text, reading)?,
            _ => {}
        }
        reading.push("\n")?;
    }
    what_only_the_page_says(&message, reading)?;
    for id in &message.attachments {
        let Some(part) = message.part(*id) else { continue };
        if is_signature(part) {
            // Each is over all of the text and what is attached to it, and there may be many.
            reading.in_time()?;
            reading.signatures(checked(&message, *id, part, content));
        } else if !is_decoration(&message, *id, part) {
            attachment(part, content, reading)?;
        }
    }
    Ok(())
}

/// A page that stands beside a plain text should say the same. Often the plain one is only a note that a better program
/// is wanted: then the whole page is told. Else only the lines with a word that the plain text lacks: no word is lost,
/// and no text is doubled.
fn what_only_the_page_says(message: &Message<'_>, reading: &mut Reading) -> Result<(), Reason> {
    let of_message = |ids: &[u32]| ids.iter().filter_map(|id| message.part(*id)).map(|part| &part.body).collect();
    let told: Vec<&PartType<'_>> = of_message(&message.text_body);
    let mut known = HashSet::new();
    for body in &told {
        match body {
            PartType::Text(text) => known.extend(words(text)),
            // Then it is told already.
            PartType::Html(_) => return Ok(()),
            _ => {}
        }
    }
    let beside: Vec<&PartType<'_>> = of_message(&message.html_body);
    for body in beside {
        let PartType::Html(html) = body else { continue };
        let mut page = String::new();
        html::told(html, |text| {
            page.push_str(text);
            reading.tick()
        })?;
        let all: HashSet<String> = words(&page).collect();
        let is_another = all.difference(&known).count() * PAGE_SHARE > all.len();
        for line in page.lines() {
            if is_another || words(line).any(|word| !known.contains(&word)) {
                reading.push(line)?;
                reading.push("\n")?;
            }
        }
    }
    Ok(())
}

/// As they are compared: without signs, which each of two texts sets as it likes.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

fn header(message: &Message<'_>, reading: &mut Reading) -> Result<(), Reason> {
    let addresses = |of: Option<&Address<'_>>| of.map(|of| of.iter().map(shown).collect()).unwrap_or_default();
    let (from, to, copy): (Vec<String>, Vec<String>, Vec<String>) =
        (addresses(message.from()), addresses(message.to()), addresses(message.cc()));
    let date = message.date().filter(|date| date.is_valid()).map(|date| date.to_rfc3339());
    let subject = message.subject().unwrap_or_default();
    for from in &from {
        reading.field("message_from", from);
    }
    for to in to.iter().chain(&copy) {
        reading.field("message_to", to);
    }
    reading.field("message_date", date.as_deref().unwrap_or_default());
    reading.field("message_subject", subject);
    reading.field("message_id", message.message_id().unwrap_or_default());
    let lines = [
        ("Da", from.join(", ")),
        ("A", to.join(", ")),
        ("Cc", copy.join(", ")),
        ("Data", date.unwrap_or_default()),
        ("Oggetto", subject.to_owned()),
    ];
    for (label, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        reading.push(&format!("{label}: {value}\n"))?;
    }
    reading.push("\n")
}

fn shown(address: &mail_parser::Addr<'_>) -> String {
    match (address.name(), address.address()) {
        (Some(name), Some(address)) if name != address => format!("{name} <{address}>"),
        (name, address) => address.or(name).unwrap_or_default().to_owned(),
    }
}

/// A text whose sender did not say its encoding is not UTF-8 for that; nor is base64 that breaks off the text.
fn repaired<'m>(text: &'m str, part: &MessagePart<'_>, raw: &'m [u8]) -> Cow<'m, str> {
    if let Some(bytes) = salvaged(part, raw) {
        let label = part.content_type().and_then(|kind| kind.attribute("charset"));
        return plain::decode_labelled(&bytes, label).into_owned().into();
    }
    if part.encoding == Encoding::None && text.contains(char::REPLACEMENT_CHARACTER) {
        return plain::decode(body(part, raw));
    }
    Cow::Borrowed(text)
}

/// What can be had of a part whose base64 is damaged or ends before the part does: the bytes up to that place.
fn salvaged(part: &MessagePart<'_>, raw: &[u8]) -> Option<Vec<u8>> {
    let declared = part.content_transfer_encoding().is_some_and(|way| way.eq_ignore_ascii_case("base64"));
    if !part.is_encoding_problem || !declared {
        return None;
    }
    let packed = body(part, raw).trim_ascii_start();
    // Some programs declare what they do not do: then the text stands there as it is.
    encoded::begins_encoded(packed).then(|| encoded::decoded_prefix(packed))
}

/// The bytes of a part as they stand in the message.
fn body<'m>(part: &MessagePart<'_>, raw: &'m [u8]) -> &'m [u8] {
    raw.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default()
}

fn attachment(part: &MessagePart<'_>, raw: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let name = part.attachment_name().unwrap_or_default();
    if let Some(bytes) = salvaged(part, raw) {
        return reading.damaged_part(name, bytes);
    }
    match &part.body {
        PartType::Text(text) if part.is_encoding_problem && !text.is_empty() => {
            reading.damaged_part(name, body(part, raw).to_vec())
        }
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => reading.part(name, &bytes[..]),
        // Its own encoding is told within, so it must not be decoded before.
        PartType::Text(_) | PartType::Html(_) if part.encoding == Encoding::None => reading.part(name, body(part, raw)),
        PartType::Text(text) | PartType::Html(text) => reading.part(name, format!("{UTF8_MARK}{text}").into_bytes()),
        PartType::Message(message) => {
            let bytes = if part.encoding == Encoding::None { body(part, raw) } else { &message.raw_message[..] };
            let subject = message.subject().map(|subject| format!("{subject}.eml"));
            let name = if name.is_empty() { subject.unwrap_or_default() } else { name.to_owned() };
            reading.message(&name, bytes)
        }
        PartType::Multipart(_) => Ok(()),
    }
}

/// An image that the page shows: logos of every sender's signature, which nobody looks for.
fn is_decoration(message: &Message<'_>, id: u32, part: &MessagePart<'_>) -> bool {
    let is_image = part.content_type().is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("image"));
    let related = || {
        message.parts.iter().any(|parent| {
            parent.is_content_type("multipart", "related")
                && parent.sub_parts().is_some_and(|parts| parts.contains(&id))
        })
    };
    is_image && part.content_id().is_some() && related()
}

fn is_signature(part: &MessagePart<'_>) -> bool {
    ["pkcs7-signature", "x-pkcs7-signature"].iter().any(|kind| part.is_content_type("application", kind))
}

/// The signatures over the part that stands beside their own, each byte of it as it was sent.
fn checked(message: &Message<'_>, id: u32, part: &MessagePart<'_>, raw: &[u8]) -> Vec<Signature> {
    let parents = message.parts.iter().filter(|parent| parent.is_content_type("multipart", "signed"));
    let beside = parents.filter_map(|parent| parent.sub_parts()).find(|parts| parts.contains(&id));
    let content = beside.and_then(|parts| parts.iter().find(|other| **other != id)).and_then(|other| {
        let other = message.part(*other)?;
        raw.get(other.offset_header as usize..other.offset_end as usize)
    });
    let cms = part.contents();
    let Some(content) = content else { return signed::signatures(cms, None) };
    // Stores and programs change how lines end, and the line end before a boundary belongs to the boundary.
    let lines = with_full_line_ends(content);
    let trimmed = lines.strip_suffix(b"\r\n").unwrap_or(&lines);
    let ways: [&[&[u8]]; 4] = [&[content], &[&lines], &[trimmed], &[&lines, b"\r\n"]];
    let mut best = Vec::new();
    for way in ways {
        let found = signed::signatures(cms, Some(way));
        let intact = !found.is_empty() && found.iter().all(|signature| signature.content == SignedContent::Intact);
        if intact || best.is_empty() {
            best = found;
        }
        if intact {
            break;
        }
    }
    best
}

fn with_full_line_ends(content: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(content.len() + content.len() / 32);
    for line in content.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.strip_suffix(b"\n").map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        lines.extend_from_slice(bare.unwrap_or(line));
        if bare.is_some() {
            lines.extend_from_slice(b"\r\n");
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use crate::text::media::media_type;
    use crate::text::{Bounds, Extraction, Reason, TextState, read_here};

    /// As a child does it, which is not told a name.
    fn read(content: &str) -> Extraction {
        read_bytes(content.as_bytes())
    }

    fn read_bytes(content: &[u8]) -> Extraction {
        let bounds = Bounds { text_max: 64 * 1024, deadline: Instant::now() + Duration::from_secs(20) };
        read_here(content.to_vec(), media_type(content, ""), &bounds)
    }

    fn in_two_ways(plain: &str, html: &str) -> String {
        let message = format!(
            "From: a@example.it\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=X\r\n\r\n\
             --X\r\nContent-Type: text/plain\r\n\r\n{plain}\r\n--X\r\nContent-Type: text/html\r\n\r\n{html}\r\n--X--\r\n"
        );
        let extraction = read(&message);
        assert_eq!(extraction.state, TextState::Full);
        extraction.text.replace("Da: a@example.it\n\n", "")
    }

    #[test]
    fn what_only_the_page_of_a_message_says_is_read_and_nothing_twice() {
        let stub = in_two_ways("Serve un programma migliore.", "<p>Si comunica la revoca</p><p>del programma</p>");
        assert_eq!(stub, "Serve un programma migliore.\n\nSi comunica la revoca\n\ndel programma");
        let same = in_two_ways("La seduta\r\n*è* convocata.", "<p>La <b>seduta</b> è convocata</p>");
        assert_eq!(same, "La seduta\n*è* convocata.");
        let plain = "Si convoca la seduta del consiglio per lunedì alle ore nove in municipio. Saluti";
        let one_more = in_two_ways(plain, &format!("<p>{plain}</p><p>Saluti rinviata</p>"));
        assert_eq!(one_more, format!("{plain}\nSaluti rinviata"));
    }

    #[test]
    fn what_a_store_has_put_before_a_message_does_not_hide_it() {
        let message = "From: a@example.it\r\nTo: b@example.it\r\nSubject: =?utf-8?q?citt=C3=A0?=\r\n\r\n\
                       From oggi la sala \u{e8} chiusa.\r\n";
        let plain = read(message);
        assert!(plain.text.starts_with("Da: a@example.it\n") && plain.text.ends_with("From oggi la sala è chiusa."));
        let mailbox = "From a@example.it Mon Jan 12 09:00:00 2026\r\n";
        for before in ["\r\n\r\n", "\n \n", "\u{feff}", "\u{feff}\r\n", mailbox, &format!("\n{mailbox}")] {
            assert_eq!(read(&format!("{before}{message}")), plain, "{before:?}");
        }
        let wide: Vec<u8> = format!("\u{feff}{message}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read_bytes(&wide), plain);
        // One that has no header says what it says.
        let forwarded = "MIME-Version: 1.0\r\nFrom: a@example.it\r\nContent-Type: multipart/mixed; boundary=X\r\n\r\n\
                         --X\r\nContent-Type: message/rfc822\r\n\r\n\r\nSi avvisa che: domani.\r\n--X--\r\n";
        assert!(read(forwarded).text.ends_with("Si avvisa che: domani."), "{}", read(forwarded).text);
    }

    #[test]
    fn base64_that_breaks_off_is_no_text_and_what_is_lost_is_told() {
        // "Delibera di giunta numero sette. ", without a line end of its own.
        let packed = "RGVsaWJlcmEgZGkgZ2l1bnRhIG51bWVybyBzZXR0ZS4g".repeat(8);
        let lines = packed.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap());
        let packed = lines.collect::<Vec<_>>().join("\r\n");
        let head = "From: a@example.it\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=X\r\n\r\n--X\r\n\
                    Content-Type: text/plain\r\n\r\nIn allegato.\r\n--X\r\n\
                    Content-Transfer-Encoding: base64\r\n";
        let attached = |kind: &str, packed: &str, end: &str| {
            read(&format!("{head}Content-Type: {kind}; name=atto.txt\r\n\r\n{packed}{end}"))
        };
        let (whole, broken) = (TextState::Full, TextState::Partial(Reason::Broken));
        for (packed, end, state) in [
            (&*packed, "\r\n--X--\r\n", whole),
            (&packed, "", broken),
            (&packed[..packed.len() - 3], "", broken),
            (&packed, "\r\n*** tagliato ***\r\n--X--\r\n", broken),
        ] {
            for kind in ["application/octet-stream", "text/plain"] {
                let extraction = attached(kind, packed, end);
                let text = &extraction.text;
                assert_eq!(extraction.state, state, "{kind} {end:?}: {text}");
                assert!(text.contains("In allegato.") && text.contains("giunta numero sette. Delibera"), "{text}");
                assert!(!text.contains("RGVs"), "{text}");
                assert!(extraction.facts.parts.iter().all(|part| part.state == state), "{:?}", extraction.facts.parts);
            }
        }
        let lied = "From: a@example.it\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\nNiente affatto, è testo.\r\n";
        assert!(read(lied).text.contains("Niente affatto"), "{:?}", read(lied));
    }

    #[test]
    fn a_message_without_the_marks_of_programs_has_its_header_decoded() {
        let message = "From: a@example.it\r\nTo: b@example.it\r\nDate: Mon, 12 Jan 2026 09:00:00 +0100\r\n\
                       Subject: =?utf-8?q?spezz?=\r\n =?utf-8?q?ata_citt=C3=A0?=\r\n\r\ncorpo\r\n";
        let read = read(message);
        assert!(read.text.contains("Oggetto: spezzata città\n"), "{}", read.text);
        assert!(read.facts.fields.iter().any(|field| field.name == "message_from"), "{:?}", read.facts);
    }
}
