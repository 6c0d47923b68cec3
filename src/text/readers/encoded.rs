//! Is this text or encoded bytes? Signatures, certificates and images stand as base64 among words that people look for.

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

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

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
