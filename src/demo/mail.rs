//! What does a message look like as it arrives: EML with its attachments, and in the envelope of certified mail.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::civil::Date;

use super::markup::{html_paragraphs, plain_paragraphs};
use super::paper::{Paper, TOWN, TOWN_EMAIL, TOWN_PEC};
use super::zipped::escaped;

/// Who runs the certified mail of the valley.
const PROVIDER: &str = "pec.gestore.example.it";

struct Address {
    name: String,
    mail: String,
}

/// Certified, it is the provider's envelope around the message; the provider's signature is left out, for its key is not
/// ours to invent.
pub fn message(paper: &Paper) -> String {
    let own = own_message(paper);
    if paper.certified { in_envelope(paper, &own) } else { own }
}

fn ends(paper: &Paper) -> (Address, Address) {
    let town = || Address {
        name: TOWN.to_owned(),
        mail: if paper.certified { TOWN_PEC.to_owned() } else { TOWN_EMAIL.to_owned() },
    };
    let other = |who: &super::Correspondent| Address {
        name: who.name.to_owned(),
        mail: who.email.or(who.pec).unwrap_or("senza.indirizzo@posta.example.it").to_owned(),
    };
    let from = paper.author.as_ref().map_or_else(town, other);
    (from, paper.reader.as_ref().map_or_else(town, other))
}

/// A name for what belongs to this message, the same every time.
fn mark(paper: &Paper) -> String {
    let sum = crc32fast::hash(paper.subject.as_bytes());
    format!("{sum:08x}.{}", paper.date)
}

fn own_message(paper: &Paper) -> String {
    let (from, to) = ends(paper);
    let domain = from.mail.split('@').nth(1).unwrap_or("example.it");
    let mut text = format!(
        "From: {} <{}>\r\nTo: {} <{}>\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}@{domain}>\r\nMIME-Version: 1.0\r\n",
        header_text(&from.name),
        from.mail,
        header_text(&to.name),
        to.mail,
        header_text(&paper.subject),
        date_time(paper.date),
        mark(paper),
    );
    let body = body(paper);
    if paper.enclosed.is_empty() {
        return text + &body;
    }
    let boundary = format!("=_misto_{}", mark(paper));
    let _ = write!(text, "Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n{body}\r\n");
    for file in &paper.enclosed {
        let _ = write!(text, "--{boundary}\r\n{}", attached(file.file_name, &file.paper.content()));
    }
    text + &format!("--{boundary}--\r\n")
}

/// The words: of businesses as HTML too, as their programs write them.
fn body(paper: &Paper) -> String {
    let words = format!("{}\r\n\r\n{}\r\n", plain_paragraphs(paper).replace('\n', "\r\n"), paper.signature);
    let plain = format!(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}",
        quoted_printable(&words)
    );
    if paper.author.as_ref().is_none_or(|who| who.kind != "business") {
        return plain;
    }
    let boundary = format!("=_forme_{}", mark(paper));
    let html = format!("<html><body>{}<p>{}</p></body></html>", html_paragraphs(paper), escaped(&paper.signature));
    format!(
        "Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n{plain}\r\n--{boundary}\r\n\
         Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}--{boundary}--\r\n",
        base64_lines(html.as_bytes()),
    )
}

fn attached(name: &str, content: &[u8]) -> String {
    let kind = match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "pdf" => "application/pdf",
        "jpg" => "image/jpeg",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "odt" => "application/vnd.oasis.opendocument.text",
        // As many programs say of what they do not know.
        _ => "application/octet-stream",
    };
    format!(
        "Content-Type: {kind}; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}",
        base64_lines(content),
    )
}

fn in_envelope(paper: &Paper, own: &str) -> String {
    let (from, to) = ends(paper);
    let (mark, date) = (mark(paper), date_time(paper.date));
    let boundary = format!("=_busta_{mark}");
    let day = paper.date;
    let words = format!(
        "Messaggio di posta certificata\r\n\r\nIl giorno {:02}/{:02}/{} alle ore 09:41:07 (+0100) il messaggio\r\n\"{}\" è stato inviato da \"{}\"\r\n\
         indirizzato a:\r\n{}\r\nIl messaggio originale è incluso in allegato.\r\nIdentificativo messaggio: {mark}@{PROVIDER}\r\n",
        day.day(),
        day.month(),
        day.year(),
        paper.subject,
        from.mail,
        to.mail,
    );
    format!(
        "X-Trasporto: posta-certificata\r\nFrom: \"Per conto di: {}\" <posta-certificata@{PROVIDER}>\r\nReply-To: {}\r\nTo: {}\r\n\
         Subject: {}\r\nDate: {date}\r\nMessage-ID: <{mark}@{PROVIDER}>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n--{boundary}\r\n\
         Content-Type: application/xml; name=\"daticert.xml\"\r\nContent-Disposition: inline; filename=\"daticert.xml\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}--{boundary}\r\n\
         Content-Type: message/rfc822; name=\"postacert.eml\"\r\nContent-Disposition: inline; filename=\"postacert.eml\"\r\n\r\n{own}\r\n--{boundary}--\r\n",
        from.mail,
        from.mail,
        to.mail,
        header_text(&format!("POSTA CERTIFICATA: {}", paper.subject)),
        quoted_printable(&words),
        base64_lines(certificate(paper, &from, &to).as_bytes()),
    )
}

/// `daticert.xml`, as the rules of certified mail lay it down.
fn certificate(paper: &Paper, from: &Address, to: &Address) -> String {
    let day = paper.date;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<postacert tipo=\"posta-certificata\" errore=\"nessuno\">\n<intestazione>\n\
         <mittente>{}</mittente>\n<destinatari tipo=\"certificato\">{}</destinatari>\n<risposte>{}</risposte>\n<oggetto>{}</oggetto>\n\
         </intestazione>\n<dati>\n<gestore-emittente>Gestore di prova Valdorata</gestore-emittente>\n<data zona=\"+0100\"><giorno>{:02}/{:02}/{}</giorno>\
         <ora>09:41:07</ora></data>\n<identificativo>{}@{PROVIDER}</identificativo>\n</dati>\n</postacert>\n",
        from.mail,
        to.mail,
        from.mail,
        escaped(&paper.subject),
        day.day(),
        day.month(),
        day.year(),
        mark(paper),
    )
}

/// RFC 2047 where there are letters beyond ASCII, in pieces short enough for one line each.
fn header_text(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut pieces = vec![String::new()];
    for c in text.chars() {
        if pieces.last().is_some_and(|piece| piece.len() + c.len_utf8() > 39) {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    let coded: Vec<String> = pieces.iter().map(|piece| format!("=?UTF-8?B?{}?=", BASE64.encode(piece))).collect();
    coded.join("\r\n ")
}

/// `Mon, 23 Nov 2026 09:41:05 +0100`
fn date_time(date: Date) -> String {
    let zoned = date.at(9, 41, 5, 0);
    format!("{} +0100", zoned.strftime("%a, %d %b %Y %H:%M:%S"))
}

fn base64_lines(bytes: &[u8]) -> String {
    let coded = BASE64.encode(bytes);
    let mut text = String::with_capacity(coded.len() + coded.len() / 38 + 2);
    let mut rest = coded.as_str();
    while !rest.is_empty() {
        let (line, next) = rest.split_at(rest.len().min(76));
        text.push_str(line);
        text.push_str("\r\n");
        rest = next;
    }
    text
}

fn quoted_printable(text: &str) -> String {
    let mut result = String::with_capacity(text.len() * 5 / 4);
    for line in text.split("\r\n") {
        let mut column = 0;
        for (place, byte) in line.bytes().enumerate() {
            let last = place + 1 == line.len();
            let plain = (b'!'..=b'~').contains(&byte) && byte != b'=' || byte == b' ' && !last;
            let coded = if plain { char::from(byte).to_string() } else { format!("={byte:02X}") };
            if column + coded.len() > 75 {
                result.push_str("=\r\n");
                column = 0;
            }
            column += coded.len();
            result.push_str(&coded);
        }
        result.push_str("\r\n");
    }
    result
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn headers_and_bodies_keep_their_letters_and_their_lines() {
        assert_eq!(header_text("Richiesta"), "Richiesta");
        let long = header_text("Perché la viabilità è così e non può essere diversa in città");
        assert!(long.lines().count() > 1 && long.lines().all(|line| line.len() <= 76), "{long}");
        let coded = quoted_printable("città = più bella \r\nfine");
        assert_eq!(coded, "citt=C3=A0 =3D pi=C3=B9 bella=20\r\nfine\r\n");
        assert!(quoted_printable(&"è".repeat(200)).lines().all(|line| line.len() <= 76));
        assert_eq!(date_time(date(2026, 11, 3)), "Tue, 03 Nov 2026 09:41:05 +0100");
    }
}
