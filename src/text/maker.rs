//! What made a kept text, and could a better one be had now?

use serde::{Deserialize, Serialize};

use super::{EXTRACTOR_VERSION, Facts, Reason, TextState, media};

/// Tries to read a document whose reader crashed or took too long: what is kept after so many stays.
const TRIES_MAX: u32 = 2;

/// Kept beside a text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Maker {
    /// [`EXTRACTOR_VERSION`] then; 0 for a text that does not say.
    pub version: u32,
    /// The engines that were there, as `Engines::fingerprint` names them.
    pub engines: String,
    /// What the bytes were taken for.
    pub media_type: String,
    /// Microseconds UTC.
    pub at: i64,
    /// How often it was read in vain by a reader that crashed or ran out of time or memory.
    pub tries: u32,
    /// It took the place of another: the index may have been told only of that one.
    pub again: bool,
}

impl Maker {
    /// Whether these engines could read more than this one, which made a text of such a state, has read.
    pub fn is_outdone_by(&self, engines: &str, state: TextState, facts: &Facts) -> bool {
        if self.version != EXTRACTOR_VERSION {
            // Texts of a program newer than this one are as good as ours will ever be.
            return self.version < EXTRACTOR_VERSION;
        }
        let new =
            engines.split_whitespace().filter(|engine| !self.engines.split_whitespace().any(|had| had == *engine));
        new.into_iter().any(|engine| {
            helps(engine, &self.media_type, state)
                || facts.parts.iter().any(|part| helps(engine, &part.media_type, part.state))
        })
    }

    /// Whether the document deserves another try although nothing is better than it was: what befell its reader may
    /// have been the moment's fault.
    pub fn may_try_again(&self, state: TextState) -> bool {
        state.reason().is_some_and(Reason::may_be_bad_luck) && self.tries < TRIES_MAX
    }
}

/// Whether an engine, by its name and version, reads documents of this type, or what is missing of this one.
fn helps(engine: &str, media_type: &str, state: TextState) -> bool {
    let name = engine.split('-').next().unwrap_or(engine);
    match media_type {
        media::PDF => match name {
            // Losses of text do not always look like losses, so a second reader may help also where all seemed well.
            "pdfium" | "pdftotext" => true,
            // Letters are recognised on pages that have no others.
            "tesseract" | "pdftoppm" => state != TextState::Full,
            _ => false,
        },
        image if image.starts_with("image/") => name == "tesseract",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Part;

    fn maker(media_type: &str, engines: &str) -> Maker {
        let (engines, media_type) = (engines.to_owned(), media_type.to_owned());
        Maker { version: EXTRACTOR_VERSION, engines, media_type, ..Maker::default() }
    }

    #[test]
    fn a_text_is_outdone_by_what_could_have_read_more_of_it() {
        let scan = TextState::None(Reason::NoTextLayer);
        let none = Facts::default();
        for (media_type, had, now, state, outdone) in [
            (media::PDF, "", "pdfium", TextState::Full, true),
            (media::PDF, "pdfium", "pdfium", TextState::Full, false),
            (media::PDF, "pdfium-1", "pdfium-2", TextState::Full, true),
            (media::PDF, "pdfium pdftotext-22", "pdftotext-22", TextState::Full, false),
            (media::PDF, "pdfium", "pdfium tesseract-5-ita", TextState::Full, false),
            (media::PDF, "pdfium", "pdfium tesseract-5-ita", scan, true),
            ("image/tiff", "", "tesseract-5-ita", scan, true),
            ("image/tiff", "", "pdfium", scan, false),
            (media::PLAIN, "", "pdfium tesseract-5-ita", TextState::Full, false),
        ] {
            let case = format!("{media_type}: {had:?} to {now:?}, {state:?}");
            assert_eq!(maker(media_type, had).is_outdone_by(now, state, &none), outdone, "{case}");
        }
        let part = Part { path: "scan.pdf".into(), media_type: media::PDF.into(), state: scan };
        let parts = Facts { parts: vec![part], ..Facts::default() };
        let mail = maker("message/rfc822", "");
        assert!(mail.is_outdone_by("tesseract-5-ita", TextState::Full, &parts));
        assert!(!mail.is_outdone_by("tesseract-5-ita", TextState::Full, &none));
    }

    #[test]
    fn an_older_program_is_outdone_and_a_newer_one_is_not() {
        let of = |version| Maker { version, ..maker(media::PLAIN, "") };
        let outdone = |version| of(version).is_outdone_by("", TextState::Full, &Facts::default());
        assert!(outdone(EXTRACTOR_VERSION - 1) && !outdone(EXTRACTOR_VERSION) && !outdone(EXTRACTOR_VERSION + 1));
    }

    #[test]
    fn bad_luck_is_tried_again_once() {
        let tried = |tries| Maker { tries, ..maker(media::PDF, "") };
        let crashed = TextState::None(Reason::Crashed);
        assert!(tried(1).may_try_again(crashed));
        assert!(!tried(2).may_try_again(crashed));
        assert!(!tried(0).may_try_again(TextState::None(Reason::Encrypted)));
        assert!(!tried(0).may_try_again(TextState::Full));
    }
}
