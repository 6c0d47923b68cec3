//! `tabularium emergency serve`: the emergency register as a small page on this machine, for who types no commands.
//!
//! It listens on the loopback address alone, answers to no other name (so that no site can point its own at it), and a
//! form carries a word that only its page knows.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use askama::Template;
use clap::Args;

use super::{Failure, Outcome, read, write};
use crate::clock::{self, Clock};
use crate::model::earlier::correspondent;
use crate::model::emergency::{Book, EmergencyEntry, Registered, number_text};
use crate::model::register::{Channel, CorrespondentRole, Direction, Received};
use crate::service::Refusal;

/// Keep an emergency register with a small page on this machine
#[derive(Debug, Args)]
pub struct Serve {
    /// A file that `tabularium emergency open` has begun
    file: PathBuf,
    /// The port on this machine; nobody else can reach it
    #[arg(long, default_value_t = 8081)]
    port: u16,
}

struct Desk {
    file: PathBuf,
    /// What a form must carry.
    word: String,
}

#[derive(Template)]
#[template(path = "emergency.html")]
struct BookPage<'a> {
    book: &'a Book,
    word: &'a str,
    typed: &'a HashMap<String, String>,
    wrong: Vec<String>,
    /// The number just given.
    given: Option<String>,
}

impl BookPage<'_> {
    fn typed(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }

    fn when(&self, at: &jiff::Timestamp) -> String {
        clock::in_rome(*at).strftime("%d/%m/%Y %H:%M").to_string()
    }

    fn until(&self) -> String {
        self.when(&self.book.until())
    }

    fn number(&self, one: &Registered) -> String {
        number_text(one.entry.number)
    }

    fn direction(&self, one: &Registered) -> &'static str {
        one.entry.direction.italian()
    }

    fn names(&self, one: &Registered) -> String {
        one.entry.correspondents.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn newest(&self) -> impl Iterator<Item = &Registered> {
        self.book.entries.iter().rev()
    }

    fn chosen(&self, value: &str) -> bool {
        self.typed("direction") == value
    }
}

impl Serve {
    pub fn run(self) -> Result<Outcome, Failure> {
        // A file that cannot be read is told before anybody opens the page.
        write_nothing(&self.file)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let word: [u8; 16] = rand::random();
        let desk = web::Data::new(Desk { file: self.file, word: hex::encode(word) });
        actix_web::rt::System::new().block_on(async move {
            let app = move || {
                App::new()
                    .app_data(desk.clone())
                    .route("/", web::get().to(show))
                    .route("/", web::post().to(register))
                    .route("/style.css", web::get().to(style))
            };
            let server = HttpServer::new(app).workers(1).bind(address);
            let server = server.map_err(|source| Failure::Listen { address, source })?;
            for address in server.addrs() {
                eprintln!("listening on http://{address}");
            }
            server.run().await.map_err(Failure::Start)
        })?;
        Ok(Outcome::Yes)
    }
}

fn write_nothing(file: &std::path::Path) -> Result<(), Failure> {
    Book::read(&read(file)?).map(drop).map_err(|altered| super::refuse(file, altered.to_string()))
}

/// Whether the request is for us: a browser that was led here under another name says that name.
fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let from = text(header::HeaderName::from_static("sec-fetch-site")).unwrap_or("none");
    matches!(name, "127.0.0.1" | "localhost") && matches!(from, "none" | "same-origin")
}

async fn style() -> HttpResponse {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").body(crate::http::style())
}

async fn show(request: HttpRequest, desk: web::Data<Desk>) -> HttpResponse {
    if !is_ours(request.headers()) {
        return HttpResponse::Forbidden().finish();
    }
    answer(&desk, &HashMap::new(), Vec::new(), None)
}

async fn register(request: HttpRequest, desk: web::Data<Desk>, body: web::Bytes) -> HttpResponse {
    let fields: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    if !is_ours(request.headers()) || fields.get("word") != Some(&desk.word) {
        return HttpResponse::Forbidden().finish();
    }
    let now = Clock::System.now();
    let taken = entry_of(&fields, clock::date_in_rome(now));
    let entry = match taken {
        Ok(entry) => entry,
        Err(wrong) => return answer(&desk, &fields, vec![wrong], None),
    };
    // Two forms at the same time: the second waits for nothing and is told to try again.
    let registered = write(&desk.file, |book| {
        let number = book.next_number();
        Ok((book.register(entry, now)?, number))
    });
    match registered {
        Ok((_, number)) => answer(&desk, &HashMap::new(), Vec::new(), Some(number_text(number))),
        Err(Failure::Refused(Refusal::Invalid(errors))) => {
            let wrong = errors.iter().map(|error| said(&error.field).to_owned()).collect();
            answer(&desk, &fields, wrong, None)
        }
        Err(failure) => answer(&desk, &fields, vec![failure.explain()], None),
    }
}

/// What to do about a field.
fn said(field: &str) -> &'static str {
    match field.split(['.', '[']).next().unwrap_or_default() {
        "subject" => "Scrivi l’oggetto, su una riga.",
        "correspondents" => "Indica almeno un mittente o un destinatario, con un codice fiscale valido se lo scrivi.",
        "received" => "Controlla il giorno di arrivo.",
        "operator" => "Scrivi chi registra.",
        "location" => "Scrivi dove si trova la carta, su una riga.",
        _ => "Un dato non va bene: controlla.",
    }
}

fn entry_of(fields: &HashMap<String, String>, today: jiff::civil::Date) -> Result<EmergencyEntry, String> {
    let text = |name: &str| fields.get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let direction = match fields.get("direction").map(String::as_str) {
        Some("incoming") => Direction::Incoming,
        Some("outgoing") => Direction::Outgoing,
        Some("internal") => Direction::Internal,
        _ => return Err("Scegli se il documento arriva, parte o è interno.".to_owned()),
    };
    let received = match (direction, text("received_on")) {
        (Direction::Incoming, None) => Some(today),
        (Direction::Incoming, Some(day)) => Some(day.parse().map_err(|_| said("received").to_owned())?),
        _ => None,
    };
    let channel =
        if fields.get("channel").is_some_and(|word| word == "post") { Channel::Post } else { Channel::Counter };
    let received = received.map(|on| Received { on, channel, number: None, date: None, deferred_reason: None });
    let classification = text("classification").map(|code| code.parse());
    let classification = classification.transpose().map_err(|_| "La classifica è un codice come 6.3.".to_owned())?;
    let of_role = |name: &str, role| {
        let all = text(name).unwrap_or_default();
        let all = all.split('|').map(str::trim).filter(|one| !one.is_empty());
        all.map(|one| correspondent(one, role)).collect::<Vec<_>>()
    };
    let mut correspondents = of_role("sender", CorrespondentRole::Sender);
    correspondents.extend(of_role("recipient", CorrespondentRole::Recipient));
    Ok(EmergencyEntry {
        number: 0,
        direction,
        subject: text("subject").unwrap_or_default(),
        correspondents,
        received,
        classification,
        operator: text("operator").unwrap_or_default(),
        location: text("location"),
    })
}

fn answer(desk: &Desk, typed: &HashMap<String, String>, wrong: Vec<String>, given: Option<String>) -> HttpResponse {
    let book = read(&desk.file)
        .and_then(|bytes| Book::read(&bytes).map_err(|altered| super::refuse(&desk.file, altered.to_string())));
    let page = match &book {
        Ok(book) => BookPage { book, word: &desk.word, typed, wrong, given }.render(),
        Err(failure) => return HttpResponse::InternalServerError().body(failure.explain()),
    };
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    response.insert_header((
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'"),
    ));
    match page {
        Ok(page) => response.content_type("text/html; charset=utf-8").body(page),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_this_machine_is_answered() {
        let ours = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(header::HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            is_ours(&headers)
        };
        assert!(
            ours(&[("host", "127.0.0.1:8081")]) && ours(&[("host", "localhost:1"), ("sec-fetch-site", "same-origin")])
        );
        assert!(!ours(&[("host", "evil.example:8081")]) && !ours(&[]));
        assert!(!ours(&[("host", "localhost"), ("sec-fetch-site", "cross-site")]));
    }
}
