//! What registries write each other about an entry: a received mark is held against what came, messages are written,
//! read and matched, and nobody hears of them who only takes part.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tabularium::digest::Sha256;

use crate::exchange::{schema, validate};
use crate::harness::{Client, Town, new_entry};

const SENDER: &str = "<Identificatore><CodiceAmministrazione>c_x111</CodiceAmministrazione><CodiceAOO>A1</CodiceAOO>\
    <CodiceRegistro>PG</CodiceRegistro><NumeroRegistrazione>0000777</NumeroRegistrazione>\
    <DataRegistrazione>2026-01-02</DataRegistrazione></Identificatore>";

fn path(entry: &Value) -> String {
    format!("/api/v1/registers/{}/entries/{}/{}", entry["register"].as_str().unwrap(), entry["year"], entry["number"])
}

fn xml<'c>(client: &Client<'c>) -> Client<'c> {
    client.clone().with("Content-Type", "application/xml")
}

/// A mark of another administration, as programs write it that read no schema: one prefix for all, no seal.
fn foreign_mark(documents: &[(&str, &[u8])]) -> Vec<u8> {
    let mut named = String::new();
    for (n, (name, content)) in documents.iter().enumerate() {
        let element = if n == 0 { "DocumentoPrimario" } else { "Allegato" };
        let fingerprint = STANDARD.encode(Sha256::of(content).as_bytes());
        named += &format!(
            "<{element} nomeFile='{name}' mimeType='text/plain'><Impronta algoritmo='SHA-256'>{fingerprint}</Impronta></{element}>"
        );
    }
    format!(
        "<SegnaturaInformatica xmlns='http://www.agid.gov.it/protocollo/' versione='3.0.0' lang='it'><Intestazione>{SENDER}\
         <Oggetto>Parere</Oggetto><Classifica><Denominazione>Edilizia</Denominazione><CodiceFlat>6.3</CodiceFlat>\
         </Classifica></Intestazione><Descrizione><Mittente><Amministrazione><DenominazioneAmministrazione>ARPA\
         </DenominazioneAmministrazione><CodiceIPAAmministrazione>c_x111</CodiceIPAAmministrazione></Amministrazione>\
         </Mittente><Destinatario><PersonaGiuridica><Denominazione>Comune</Denominazione></PersonaGiuridica>\
         </Destinatario>{named}</Descrizione></SegnaturaInformatica>"
    )
    .into_bytes()
}

/// Registers what came with a mark: the main document, the mark, and an attachment.
fn received(town: &Town, mark: &[u8], attachment: &[u8]) -> Value {
    let registrar = town.as_("registrar");
    let upload = |bytes: &[u8]| registrar.clone().send("POST", "/api/v1/blobs", bytes).created()["blake3"].clone();
    let mut entry = new_entry("Parere sul progetto");
    entry["received"] = json!({"on": "2026-01-02", "channel": "pec", "number": "777/2026", "date": "2026-01-02"});
    entry["document"] = json!({"blake3": upload(b"il parere"), "file_name": "parere.txt"});
    entry["attachments"] = json!([
        {"blake3": upload(mark), "file_name": "Segnatura.xml"},
        {"blake3": upload(attachment), "file_name": "planimetria.txt"},
    ]);
    registrar.clone().with("Idempotency-Key", &town.key()).post("/api/v1/registers/PG/entries", &entry).created()
}

#[test]
fn a_received_mark_is_held_against_what_came() {
    let town = Town::new();
    let registrar = town.as_("registrar");
    let mark =
        foreign_mark(&[("parere.txt", b"il parere"), ("planimetria.txt", b"la pianta"), ("relazione.txt", b"r")]);
    let entry = received(&town, &mark, b"la pianta, ma un'altra");
    let said = registrar.get(&format!("{}/messages", path(&entry))).ok();
    let found = &said["received_mark"];
    assert_eq!(found["file_name"], "Segnatura.xml");
    assert_eq!(found["seal"], json!({"state": "missing"}));
    let states: Vec<&str> =
        found["documents"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["matches", "differs", "missing"]);
    assert_eq!(found["anomalies"], json!(["002_AnomaliaImpronte", "003_DocumentoAllegatiNonLeggibili"]));
    let whole = foreign_mark(&[("parere.txt", b"il parere"), ("planimetria.txt", b"la pianta")]);
    let entry = received(&town, &whole, b"la pianta");
    let said = registrar.get(&format!("{}/messages", path(&entry))).ok();
    assert_eq!(said["received_mark"]["anomalies"], json!([]));
}

#[test]
fn messages_are_written_to_the_schema_kept_and_shown() {
    let town = Town::new();
    let registrar = town.as_("registrar");
    let mark = foreign_mark(&[("parere.txt", b"il parere"), ("planimetria.txt", b"la pianta")]);
    let with_mark = path(&received(&town, &mark, b"la pianta"));
    let without = path(&town.register("Istanza senza segnatura", "testo", json!({})));
    let mut written = Vec::new();
    for entry in [&with_mark, &without] {
        for message in [
            json!({"message": "confirmation"}),
            json!({"message": "update"}),
            json!({"message": "exception", "anomaly": "002_AnomaliaImpronte", "text": "la <planimetria> & altro"}),
            json!({"message": "exception", "text": "illeggibile"}),
        ] {
            let answer = registrar.post(&format!("{entry}/messages"), &message).expect(201);
            assert_eq!(answer.header("content-type"), Some("application/xml"));
            written.push(answer.text());
        }
    }
    assert!(written[0].contains("0000777"), "the sender's registration is named: {}", written[0]);
    assert!(written[4].contains("Istanza senza segnatura"), "a message without one is described: {}", written[4]);
    let annulment = json!({"reason": "Doppia", "act": {"number": "12", "date": "2026-01-02"}});
    registrar.post(&format!("{without}/messages"), &json!({"message": "annulment"})).expect(404);
    registrar.post(&format!("{without}/annulment"), &annulment).ok();
    written.push(registrar.post(&format!("{without}/messages"), &json!({"message": "annulment"})).expect(201).text());
    assert!(written[8].contains("<pec:Provvedimento>12 del 2026-01-02</pec:Provvedimento>"), "{}", written[8]);
    if let Some(schema) = schema("pec_message.xsd") {
        validate(&schema, &written).unwrap();
    }
    let said = registrar.get(&format!("{without}/messages")).ok();
    let items = said["items"].as_array().unwrap();
    assert_eq!(items.len(), 5);
    assert_eq!((&items[2]["anomaly"], &items[2]["way"]), (&json!("002_AnomaliaImpronte"), &json!("written")));
    let kept = registrar.get(&format!("{without}/messages/{}", items[0]["position"])).expect(200);
    assert_eq!(kept.text(), written[4]);
    registrar.get(&format!("{with_mark}/messages/{}", items[0]["position"])).expect(404);
    // Each is in the history, and was no change that another's work trips over unseen.
    let history = registrar.get(&format!("{without}/history")).ok();
    let kinds = history["items"].as_array().unwrap().iter().filter(|one| one["kind"] == "entry-message-kept").count();
    assert_eq!(kinds, 5);
    for wrong in [
        json!({"message": "exception"}),
        json!({"message": "exception", "anomaly": "9_Altro"}),
        json!({"message": "confirmation", "text": "perché"}),
        json!({"message": "saluto"}),
    ] {
        registrar.post(&format!("{with_mark}/messages"), &wrong).expect(422);
    }
    let mut outgoing = new_entry("Risposta");
    outgoing["direction"] = json!("outgoing");
    outgoing["received"] = Value::Null;
    outgoing["document"] = json!({"blake3": town.upload("registrar", b"risposta"), "file_name": "risposta.txt"});
    let client = registrar.clone().with("Idempotency-Key", &town.key());
    let outgoing = path(&client.post("/api/v1/registers/PG/entries", &outgoing).created());
    registrar.post(&format!("{outgoing}/messages"), &json!({"message": "confirmation"})).expect(404);
}

#[test]
fn an_answer_names_what_it_answers() {
    let town = Town::new();
    let registrar = town.as_("registrar");
    let mark = foreign_mark(&[("parere.txt", b"il parere"), ("planimetria.txt", b"la pianta")]);
    let letter = received(&town, &mark, b"la pianta");
    let mut answer = new_entry("Risposta al parere");
    answer["direction"] = json!("outgoing");
    answer["received"] = Value::Null;
    answer["document"] = json!({"blake3": town.upload("registrar", b"risposta"), "file_name": "risposta.txt"});
    answer["assignments"] = json!([{"office": "edilizia", "mode": "responsible"}]);
    answer["links"] = json!([{"relation": "answers",
        "entry": {"register": "PG", "year": letter["year"], "number": letter["number"]}}]);
    let client = registrar.clone().with("Idempotency-Key", &town.key());
    let answer = path(&client.post("/api/v1/registers/PG/entries", &answer).created());
    let sealed = registrar.get(&format!("{answer}/mark.xml")).expect(200).text();
    let references = &sealed[sealed.find("<prot:Riferimenti>").expect("what it answers")..];
    assert!(references.contains("0000777") && references.contains("<prot:Oggetto>Parere</prot:Oggetto>"), "{sealed}");
    if let Some(schema) = schema("segnatura_protocollo.xsd") {
        validate(&schema, std::slice::from_ref(&sealed)).unwrap();
    }
    // Who works on the answer alone hears nothing of the letter.
    town.as_("officer").get(&answer).expect(200);
    town.as_("officer").get(&format!("{answer}/mark.xml")).expect(404);
    // A mark that answers us says which of ours.
    let reading = xml(&registrar).send("POST", "/api/v1/marks", sealed.as_bytes()).ok();
    assert_eq!(reading["mark"]["references"][0]["identifier"]["number"], "0000777");
}

#[test]
fn a_received_message_finds_its_entry() {
    let town = Town::new();
    let registrar = town.as_("registrar");
    let ours = town.register("Richiesta di parere", "testo", json!({}));
    let other = town.register("Altra cosa", "testo 2", json!({}));
    let confirmation = registrar.get(&format!("{}/mark.xml", path(&ours))).expect(200).text();
    let from = confirmation.find("<prot:Identificatore>").unwrap();
    let to = confirmation.find("</prot:Identificatore>").unwrap();
    let own = &confirmation[from + "<prot:Identificatore>".len()..to];
    let received = |kind: &str, about: &str| {
        format!(
            "<pec:{kind} xmlns:pec='http://www.agid.gov.it/protocollo/pec/' xmlns:prot='http://www.agid.gov.it/protocollo/' \
             pec:versione='3.0.0' pec:lang='it'><pec:Identificatore><prot:CodiceAmministrazione>c_x111\
             </prot:CodiceAmministrazione><prot:CodiceAOO>A1</prot:CodiceAOO><prot:CodiceRegistro>PG\
             </prot:CodiceRegistro><prot:NumeroRegistrazione>0000777</prot:NumeroRegistrazione>\
             <prot:DataRegistrazione>2026-01-02</prot:DataRegistrazione></pec:Identificatore>{about}</pec:{kind}>"
        )
    };
    let about =
        format!("<pec:MessaggioRicevuto><pec:Identificatore>{own}</pec:Identificatore></pec:MessaggioRicevuto>");
    let confirmation = received("ConfermaRicezione", &about);
    let reading = xml(&registrar).send("POST", "/api/v1/marks", confirmation.as_bytes()).ok();
    let reference = json!([{"register": "PG", "year": ours["year"], "number": ours["number"]}]);
    assert_eq!(reading["entries"], reference, "{reading}");
    let elsewhere =
        xml(&registrar).send("POST", &format!("{}/messages/received", path(&other)), confirmation.as_bytes());
    assert!(elsewhere.expect(422).text().contains(&format!("is about PG {}/", ours["number"])));
    let address = format!("{}/messages/received", path(&ours));
    for _ in 0..2 {
        let kept = xml(&registrar).send("POST", &address, confirmation.as_bytes()).created();
        assert_eq!(kept["items"].as_array().unwrap().len(), 1, "mail comes twice, and is kept once");
        assert_eq!(kept["items"][0]["identifier"], "c_x111/A1/PG/0000777/2026-01-02");
    }
    // An annulment names the sender's registration alone: it is found by the number that it has there.
    let mark = foreign_mark(&[("parere.txt", b"il parere"), ("planimetria.txt", b"la pianta")]);
    let theirs = self::received(&town, &mark, b"la pianta");
    town.settle_index();
    let annulment = received(
        "AnnullamentoProtocollazione",
        "<pec:Motivo>Errore</pec:Motivo><pec:Provvedimento>3</pec:Provvedimento>",
    );
    let reading = xml(&registrar).send("POST", "/api/v1/marks", annulment.as_bytes()).ok();
    let reference = json!([{"register": "PG", "year": theirs["year"], "number": theirs["number"]}]);
    assert_eq!(reading["entries"], reference, "{reading}");
    let other_day = annulment.replace("2026-01-02", "2025-01-02");
    let reading = xml(&registrar).send("POST", "/api/v1/marks", other_day.as_bytes()).ok();
    assert_eq!(reading["entries"], json!([]), "the same number of another year is another letter");
    xml(&registrar).send("POST", &format!("{}/messages/received", path(&theirs)), annulment.as_bytes()).created();
    // Nobody is told of an entry that he may not read.
    let stranger = xml(&town.as_("citizen")).send("POST", "/api/v1/marks", confirmation.as_bytes());
    stranger.expect(403);
    let officer = xml(&town.as_("officer")).send("POST", "/api/v1/marks", annulment.as_bytes()).ok();
    assert_eq!(officer["entries"], json!([]));
    let no_message = xml(&registrar).send("POST", &address, &mark).expect(422);
    assert!(no_message.text().contains("no message"), "{}", no_message.text());
}

#[test]
fn a_seal_is_checked_against_what_stands_there() {
    let town = Town::new();
    let registrar = town.as_("registrar");
    let entry = path(&town.register("Istanza da sigillare", "testo", json!({})));
    let sealed = registrar.get(&format!("{entry}/mark.xml")).expect(200).text();
    let check = |mark: &str| xml(&registrar).send("POST", "/api/v1/marks", mark.as_bytes()).ok()["seal"].clone();
    let seal = check(&sealed);
    assert_eq!(seal["state"], "intact", "{seal}");
    assert!(seal["signer"].as_str().unwrap().contains("SIGILLO DI PROVA"), "{seal}");
    assert!(seal["signed_at"].is_string(), "{seal}");
    let altered = sealed.replace("Istanza da sigillare", "Istanza già sigillata");
    assert_eq!(check(&altered)["state"], "altered");
    // Written otherwise, it says the same: attributes turned round, single quotes, a comment.
    let other =
        sealed.replacen("prot:lang=\"it\" prot:versione=\"3.0.0\"", "prot:versione='3.0.0'   prot:lang='it'", 1);
    assert_ne!(other, sealed);
    let other = other.replacen("<prot:Oggetto>", "<!-- visto --><prot:Oggetto>", 1);
    assert_eq!(check(&other)["state"], "intact");
    // A part that is only signed, beside another that is shown: the whole must be signed.
    let value = sealed.find("<ds:SignatureValue>").unwrap() + "<ds:SignatureValue>".len();
    let mut broken = sealed.clone();
    let turned = if broken.as_bytes()[value] == b'A' { "B" } else { "A" };
    broken.replace_range(value..=value, turned);
    assert_eq!(check(&broken)["state"], "altered");
    let partly = sealed.replacen("URI=\"\"", "URI=\"#altrove\"", 1);
    assert_eq!(check(&partly)["state"], "unchecked");
    let moved = sealed.replacen(
        "</ds:Signature>",
        "</ds:Signature><ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>",
        1,
    );
    assert_eq!(check(&moved)["state"], "unchecked");
}
