//! What may a reader in an extraction process use beside itself, and what has it to tell the pool afterwards?

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::Engines;
use super::pdf::Pdfium;

/// The pass in which a content is read. Recognising letters takes seconds a page, and others do not wait for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pass {
    /// Everything but letters in images: what is found there is said to wait for them.
    First,
    /// With letters in images, by whoever has the time.
    Recognising,
}

/// Which readers of PDF are asked. After one has taken its process along, the others are asked alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Readers {
    All,
    OnlySecond,
    OnlyBuiltIn,
}

impl Readers {
    pub const EACH: [Self; 3] = [Self::All, Self::OnlySecond, Self::OnlyBuiltIn];
}

/// The engines of one extraction process, and how the document in hand is to be read.
pub(super) struct Tools {
    pub engines: Engines,
    pub pdfium: Option<Pdfium>,
    pub pass: Pass,
    readers: AtomicU8,
    spent: AtomicBool,
    awaits: AtomicBool,
}

/// What the readers of one document have left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Left {
    /// A thread that cannot be stopped runs on: the process must go.
    pub spent: bool,
    /// Somewhere in it are images whose letters the second pass could recognise.
    pub awaits: bool,
}

impl Tools {
    /// Whatever of the engines can be loaded here.
    pub(super) fn new(engines: Engines, pass: Pass) -> Self {
        let pdfium = engines.pdfium.as_ref().and_then(|engine| Pdfium::load(&engine.path).ok());
        Self { engines, pdfium, pass, readers: AtomicU8::new(0), spent: false.into(), awaits: false.into() }
    }

    /// Only what is built in.
    pub(super) fn none() -> Self {
        Self::new(Engines::default(), Pass::First)
    }

    pub(super) fn begin(&self, readers: Readers) {
        self.readers.store(readers as u8, Ordering::Relaxed);
        self.spent.store(false, Ordering::Relaxed);
        self.awaits.store(false, Ordering::Relaxed);
    }

    pub(super) fn left(&self) -> Left {
        Left { spent: self.spent.load(Ordering::Relaxed), awaits: self.awaits.load(Ordering::Relaxed) }
    }

    pub(super) fn readers(&self) -> Readers {
        let readers = self.readers.load(Ordering::Relaxed);
        Readers::EACH.into_iter().find(|each| *each as u8 == readers).unwrap_or(Readers::All)
    }

    pub(super) fn note_spent(&self) {
        self.spent.store(true, Ordering::Relaxed);
    }

    /// What can be done about letters in an image, as far as `deadline` allows.
    pub(super) fn recognition(&self, deadline: Instant) -> Recognition {
        match self.pass {
            _ if self.engines.tesseract.is_none() => Recognition::Never,
            Pass::First => {
                self.awaits.store(true, Ordering::Relaxed);
                Recognition::Later
            }
            Pass::Recognising if Instant::now() >= deadline => Recognition::Never,
            Pass::Recognising => Recognition::Now,
        }
    }
}

/// See [`Tools::recognition`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recognition {
    Now,
    Later,
    Never,
}
