//! Forms of pages: whose are taken, what is kept of them when a session ended, and what others cannot send for somebody.

use serde_json::json;

use crate::harness::{Answer, Client, PASSWORD, Town, shared};

const FORM: &str = "application/x-www-form-urlencoded";

/// Sends fields as a browser does.
fn send(client: &Client<'_>, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    client.clone().with("Accept", "text/html").with("Content-Type", FORM).send("POST", path, body.as_bytes())
}

/// An address of an entry's page, and one of the forms that lead on from it.
fn annulment_of_new_entry(town: &Town) -> (String, String) {
    let entry = town.register("Istanza di prova", "testo", json!({}));
    let page = format!("/registers/PG/entries/{}/{}", entry["year"], entry["number"]);
    (format!("/api/v1{page}"), format!("{page}/annulment"))
}

const ANNULMENT: [(&str, &str); 3] = [("reason", "Scritto da altri"), ("act.number", "12"), ("act.date", "2026-01-02")];

#[test]
fn what_another_site_sends_is_never_kept_for_whoever_signs_in() {
    let town = shared();
    let (_, form) = annulment_of_new_entry(&town);
    let elsewhere: [&[(&str, &str)]; 6] = [
        &[("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")],
        &[("Sec-Fetch-Site", "cross-site"), ("Origin", "http://town")],
        &[("Sec-Fetch-Site", "same-site"), ("Origin", "https://other.town")],
        &[("Sec-Fetch-Site", "none")],
        &[("Origin", "https://evil.example")],
        &[("Origin", "null")],
    ];
    for headers in elsewhere {
        let sender = headers.iter().fold(town.anonymous(), |client, (name, value)| client.with(name, value));
        let refused = send(&sender, &form, &ANNULMENT).expect(403).text();
        assert!(!refused.contains("Scritto da altri") && !refused.contains("kept"), "{headers:?}: {refused}");
        let parts: Vec<(&str, &str, &[u8])> = ANNULMENT.map(|(name, value)| (name, "", value.as_bytes())).into();
        let refused = sender.with("Accept", "text/html").form(&form, &parts).expect(403).text();
        assert!(!refused.contains("Scritto da altri"), "{headers:?}: {refused}");
    }
    let ours: [&[(&str, &str)]; 3] =
        [&[("Sec-Fetch-Site", "same-origin"), ("Origin", "null")], &[("Origin", "http://town")], &[]];
    for headers in ours {
        let sender = headers.iter().fold(town.anonymous(), |client, (name, value)| client.with(name, value));
        let kept = send(&sender, &form, &ANNULMENT).expect(401).text();
        assert!(kept.contains(r#"name="kept.reason" value="Scritto da altri""#), "{headers:?}: {kept}");
    }
}

/// A browser in which somebody has signed in: the client with its cookie, and the token of its forms.
fn signed_in(town: &Town) -> (Client<'_>, String) {
    let credentials = json!({"name": "registrar", "password": PASSWORD});
    let answer = town.anonymous().post("/api/v1/session", &credentials).expect(201);
    let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let csrf = answer.value()["csrf_token"].as_str().unwrap().to_owned();
    (town.anonymous().with("Cookie", &cookie), csrf)
}

/// What a page has in a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let begin = format!(r#"name="{name}" value=""#);
    let (_, rest) = page.split_once(&begin).unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[test]
fn another_site_changes_nothing_even_with_the_right_token() {
    let town = shared();
    let (entry, form) = annulment_of_new_entry(&town);
    let (browser, csrf) = signed_in(&town);
    let version = hidden(&browser.get(&form).expect(200).text(), "version");
    let proof = [("csrf", csrf.as_str()), ("version", version.as_str())];
    let fields: Vec<_> = ANNULMENT.into_iter().chain(proof).collect();
    let refused = send(&browser.clone().with("Sec-Fetch-Site", "cross-site"), &form, &fields).expect(403).text();
    assert!(refused.contains("Non risulta inviato da una pagina di questo archivio"), "it says what to do: {refused}");
    assert!(town.as_("registrar").get(&entry).ok()["annulled"].is_null());
    send(&browser.with("Sec-Fetch-Site", "same-origin"), &form, &fields).expect(303);
    assert_eq!(town.as_("registrar").get(&entry).ok()["annulled"]["reason"], "Scritto da altri");
}

#[test]
fn a_draft_whose_form_is_sent_twice_is_one_document() {
    let town = shared();
    let (browser, csrf) = signed_in(&town);
    let file = format!("{} bozza.txt", town.upload("registrar", b"Bozza da non avere due volte"));
    let asked = browser.get("/documents/new").expect(303);
    let form = browser.get(asked.header("location").unwrap()).expect(200).text();
    let key = hidden(&form, "key");
    let sent = |key: &str, title: &str| {
        let fields = [("csrf", csrf.as_str()), ("key", key), ("uploaded", file.as_str()), ("title", title)];
        send(&browser, "/documents", &fields).expect(303).header("location").unwrap().to_owned()
    };
    let first = sent(&key, "Bozza");
    assert!(first.starts_with("/documents/"), "{first}");
    assert_eq!(sent(&key, "Bozza"), first, "sent twice");
    assert_ne!(sent(&key, "Altra bozza"), first, "another document");
    assert_ne!(sent("another key", "Bozza"), first, "another form");
}

#[test]
fn before_a_kept_form_is_sent_it_says_what_it_does_and_as_whom() {
    let town = shared();
    let (_, form) = annulment_of_new_entry(&town);
    let number = form.split('/').nth(5).unwrap_or_default();
    let ours = town.anonymous().with("Sec-Fetch-Site", "same-origin");
    let asked = send(&ours, &form, &ANNULMENT).expect(401).text();
    let mut fields = vec![("name", "registrar"), ("password", PASSWORD), ("kept-address", form.as_str())];
    let kept = ANNULMENT.map(|(name, value)| (format!("kept.{name}"), value));
    fields.extend(kept.iter().map(|(name, value)| (name.as_str(), *value)));
    fields.extend([("kept.password", "segreta-davvero"), ("kept.version", "99"), ("kept.of", "subject")]);
    assert_eq!(hidden(&asked, "kept-address"), form);
    let shown = send(&ours, "/sign-in", &fields).expect(200).text();
    let year = form.split('/').nth(4).unwrap_or_default();
    assert!(shown.contains(&format!("Annulla la registrazione PG {number}/{year}")), "{shown}");
    for (label, value) in [
        ("Motivo", "Scritto da altri"),
        ("Atto n.", "12"),
        ("Data dell’atto", "02/01/2026"),
        ("Che cosa si annulla", "Solo l’oggetto"),
        ("Password", "•••"),
    ] {
        assert!(shown.contains(&format!("<dt>{label}</dt><dd>{value}</dd>")), "{label}: {shown}");
    }
    assert!(!shown.contains("<dd>99</dd>") && !shown.contains("<dd>segreta-davvero</dd>"), "{shown}");
    assert!(shown.contains("Invii come registrar"), "{shown}");
    assert!(!shown.contains("autofocus"), "Enter alone sends nothing: {shown}");
}

#[test]
fn a_form_of_an_ended_session_is_shown_again_to_whoever_signed_in_meanwhile() {
    let town = shared();
    let (entry, form) = annulment_of_new_entry(&town);
    let (_, before) = signed_in(&town);
    let (browser, csrf) = signed_in(&town);
    let version = hidden(&browser.get(&form).expect(200).text(), "version");
    let stale: Vec<_> = ANNULMENT.into_iter().chain([("csrf", before.as_str()), ("version", &version)]).collect();
    for (header, value) in [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example"), ("X-None", "")] {
        let refused = send(&browser.clone().with(header, value), &form, &stale).expect(403).text();
        assert!(!refused.contains("Scritto da altri") && !refused.contains(&csrf), "{header}: {refused}");
    }
    let ours = browser.with("Sec-Fetch-Site", "same-origin");
    let shown = send(&ours, &form, &stale).expect(403).text();
    assert!(shown.contains("<dt>Motivo</dt><dd>Scritto da altri</dd>") && shown.contains("Invii come"), "{shown}");
    assert!(!shown.contains(&before), "the old token is not sent on");
    assert!(town.as_("registrar").get(&entry).ok()["annulled"].is_null(), "nothing is done before he says so");
    let (token, version) = (hidden(&shown, "csrf"), hidden(&shown, "version"));
    let again: Vec<_> = ANNULMENT.into_iter().chain([("csrf", token.as_str()), ("version", &version)]).collect();
    send(&ours, &form, &again).expect(303);
    assert_eq!(town.as_("registrar").get(&entry).ok()["annulled"]["reason"], "Scritto da altri");
    let parts: Vec<(&str, &str, &[u8])> = vec![
        ("csrf", "", before.as_bytes()),
        ("version", "", b"1"),
        ("file", "scansione.pdf", b"%PDF-1.4"),
        ("description", "", b"la scansione"),
    ];
    let lost = ours.clone().with("Accept", "text/html").form(&form.replace("annulment", "documents"), &parts);
    let shown = lost.expect(403).text();
    assert!(
        shown.contains("<dt>File</dt><dd>scansione.pdf (da scegliere di nuovo)</dd>") && shown.contains("la scansione"),
        "{shown}"
    );
}
