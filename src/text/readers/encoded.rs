//! Is this text or encoded bytes? Signatures, certificates and images stand as base64 among words that people look for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Shorter runs may be codes that somebody types: digests, IBANs, identifiers of messages.
const RUN_MIN: usize = 120;

/// The lines of encoded bytes are filled, all but the last one.
const LINE_MIN: usize = 60;

/// Nothing but base64, in lines without a gap.
pub(super) fn is_encoded(text: &str) -> bool {
    let text = text.trim();
    if text.len() < RUN_MIN || !text.bytes().all(|byte| is_base64(byte) || byte.is_ascii_whitespace()) {
        return false;
    }
    let mut lines = text.split_ascii_whitespace().rev();
    lines.next();
    lines.all(|line| line.len() >= LINE_MIN)
}

/// The first line is full of base64: so begins what was encoded, damaged or not.
pub(super) fn begins_encoded(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    line.len() >= LINE_MIN && line.iter().all(|byte| is_base64(*byte))
}

/// What base64 says, with lines or without, up to where it is damaged or ends.
pub(super) fn decoded_prefix(bytes: &[u8]) -> Vec<u8> {
    let letters = bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
    let mut letters: Vec<u8> = letters.take_while(|byte| is_base64(*byte) && *byte != b'=').collect();
    letters.truncate(letters.len() / 4 * 4);
    STANDARD.decode(&letters).unwrap_or_default()
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_damaged_base64_the_beginning_is_had() {
        for (packed, said) in
            [("Q2l0dMOg", "Città"), ("Q2l0\r\ndMO", "Cit"), ("Q2l0d*** dMOg", "Cit"), ("Q2k=", ""), ("-___", "")]
        {
            assert_eq!(decoded_prefix(packed.as_bytes()), said.as_bytes(), "{packed}");
        }
        assert!(begins_encoded(&[b'Q'; LINE_MIN]) && !begins_encoded(&[b'Q'; LINE_MIN - 1]));
        assert!(!begins_encoded(&b"parole ".repeat(20)));
    }

    #[test]
    fn encoded_bytes_are_told_from_words() {
        let line = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2";
        assert!(is_encoded(&format!("\n {line}\r\n {line}\n QUJD=\n")));
        assert!(is_encoded(&line.repeat(3)));
        assert!(!is_encoded(line), "a digest may be looked for");
        assert!(!is_encoded(&"parole di una lettera ".repeat(20)));
        assert!(!is_encoded(&format!("{line} {line} e poi parole {line}")));
    }
}
