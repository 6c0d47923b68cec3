//! Envelopes that openssl made (`fixtures/make_signed.sh`), and what becomes of them when bytes change.

use super::*;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/signed").join(name)).unwrap()
}

fn opened(name: &str) -> (Option<Vec<u8>>, Vec<Signature>) {
    let file = fixture(name);
    let plain = bytes(&file);
    let opened = open(&plain).unwrap_or_else(|reason| panic!("{name}: {reason}"));
    (opened.content.map(Cow::into_owned), opened.signatures)
}

#[test]
fn content_and_signer_of_every_kind_of_envelope() {
    let contract = fixture("contratto.txt");
    for (name, signer, expected) in [
        ("rsa.p7m", "Teresa Bianchi", SignedContent::Intact),
        ("ber.p7m", "Teresa Bianchi", SignedContent::Intact),
        ("base64.p7m", "Teresa Bianchi", SignedContent::Intact),
        ("pem.p7m", "Teresa Bianchi", SignedContent::Intact),
        ("pss.p7m", "Teresa Bianchi", SignedContent::Intact),
        ("sha512.p7m", "Teresa Bianchi", SignedContent::Intact),
        ("key-identifier.p7m", "Teresa Bianchi", SignedContent::Intact),
        ("without-attributes.p7m", "Teresa Bianchi", SignedContent::Intact),
        ("p256.p7m", "Niccolò Dell'Ùva", SignedContent::Intact),
        ("p384.p7m", "Ada Rossi", SignedContent::Intact),
        ("pss-long-salt.p7m", "Teresa Bianchi", SignedContent::Unchecked),
        ("sha1.p7m", "Teresa Bianchi", SignedContent::Unchecked),
        ("altered-signature.p7m", "Teresa Bianchi", SignedContent::Altered),
    ] {
        let (content, signatures) = opened(name);
        assert_eq!(content.as_deref(), Some(&*contract), "{name}");
        let [signature] = &signatures[..] else { panic!("{name}: {signatures:?}") };
        assert_eq!((signature.signer.as_deref(), signature.content), (Some(signer), expected), "{name}");
        assert!(signature.serial_number.as_ref().unwrap().starts_with("TINIT-"), "{name}");
        assert_eq!(signature.issuer.as_deref(), Some("Autorità di Prova A"), "{name}");
        let when = signature.signed_at.as_deref();
        assert_eq!(when.is_none(), name.starts_with("without"), "{name}: {when:?}");
        assert!(when.is_none_or(|when| when.parse::<jiff::Timestamp>().is_ok()), "{name}: {when:?}");
    }
}

#[test]
fn what_is_altered_missing_or_apart_is_said() {
    let of = |name: &str| opened(name).1.into_iter().map(|signature| signature.content).collect::<Vec<_>>();
    assert_eq!(of("altered-content.p7m"), [SignedContent::Altered]);
    assert_eq!(of("two.p7m"), [SignedContent::Intact; 2]);
    let (_, unknown) = opened("without-certificate.p7m");
    assert_eq!((&unknown[0].signer, unknown[0].content), (&None, SignedContent::Unchecked));
    let (content, signatures) = opened("detached.p7s");
    assert_eq!((content, signatures[0].content), (None, SignedContent::Unchecked));
    let (detached, contract) = (fixture("detached.p7s"), fixture("contratto.txt"));
    let (one, other) = contract.split_at(10);
    assert_eq!(signatures_with(&detached, &[one, other]), [SignedContent::Intact]);
    assert_eq!(signatures_with(&detached, &[one]), [SignedContent::Altered]);
    assert!(matches!(open(&fixture("encrypted.p7m")), Err(Reason::Encrypted)));
    assert!(matches!(open(b"\x30\x03\x02\x01\x01"), Err(Reason::Broken)));
}

fn signatures_with(cms: &[u8], pieces: &[&[u8]]) -> Vec<SignedContent> {
    signatures(cms, Some(pieces)).into_iter().map(|signature| signature.content).collect()
}

/// No bit of content, signature, digest or key can flip and the signature still pass for intact.
#[test]
fn no_flipped_bit_goes_unseen() {
    let whole = fixture("p256.p7m");
    let contract = fixture("contratto.txt");
    let mut seen = 0;
    for place in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[place] ^= 1 << (place % 8);
        let Ok(opened) = open(&flipped) else { continue };
        let intact = opened.signatures.iter().any(|signature| signature.content == SignedContent::Intact);
        seen += usize::from(!intact);
        assert!(!intact || opened.content.as_deref() == Some(&*contract), "bit in byte {place}");
    }
    assert!(seen > contract.len(), "only {seen} flips were told");
}

#[test]
fn times_are_read_as_claimed_or_not_at_all() {
    let at = |tag: u8, text: &str| {
        let bytes = [&[tag, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
        time(&ber::first(&bytes).unwrap().0)
    };
    for (tag, text, expected) in [
        (ber::UTC_TIME, "260203101112Z", Some("2026-02-03T10:11:12Z")),
        (ber::UTC_TIME, "990203101112Z", Some("1999-02-03T10:11:12Z")),
        (ber::GENERALIZED_TIME, "20260203101112Z", Some("2026-02-03T10:11:12Z")),
        (ber::GENERALIZED_TIME, "20260203101112.5Z", Some("2026-02-03T10:11:12Z")),
        (ber::UTC_TIME, "2602031011Z", None),
        (ber::UTC_TIME, "260203101112+0100", None),
        (ber::UTC_TIME, "26020310111èZ", None),
        (ber::UTC_TIME, "", None),
    ] {
        assert_eq!(at(tag, text).as_deref(), expected, "{text}");
    }
}
