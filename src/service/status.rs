//! How the archive is: what `/status` and `/metrics` say.

use std::fmt::Write as _;

use serde::Serialize;

use super::Archive;
use super::search::BEHIND_SAID;
use crate::ids::Position;
use crate::limits;

/// `GET /status`.
#[derive(Debug, Clone, Serialize)]
pub struct StatusView {
    pub healthy: bool,
    /// What is wrong or late, in words; empty when all is well.
    pub notes: Vec<String>,
    pub version: &'static str,
    pub format: u32,
    pub journal_position: Position,
    pub catalogue_position: Position,
    pub index_position: Position,
    /// Contents whose text waits to be extracted.
    pub texts_waiting: usize,
    /// Present while a projection is being rebuilt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rebuild: Option<Progress>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    pub done: Position,
    pub of: Position,
}

impl Archive {
    pub fn status(&self) -> StatusView {
        let core = self.core();
        let journal = core.journal.size();
        let (catalogue, index) = (core.applied(), core.index.position());
        let mut notes = Vec::new();
        let stopped = core.stopped();
        if let Some(reason) = &stopped {
            notes.push(format!("nothing is written until a restart: {reason}"));
        }
        let room = core.disk.free_space(&core.root).map_or(true, |free| free >= limits::FREE_SPACE_MIN);
        let full = core.full() || !room;
        if full {
            let keep = limits::FREE_SPACE_MIN / limits::MIB;
            notes.push(format!(
                "the disk is full (the last {keep} MiB are kept back): nothing is written until there is room"
            ));
        }
        let replaying = catalogue < journal && !core.ready();
        if replaying {
            notes.push("the catalogue is being rebuilt".to_owned());
        }
        let late = index + BEHIND_SAID < journal;
        if late {
            notes.push(format!("the index is {} events behind and is being brought up to date", journal - index));
        }
        notes.extend(core.notes());
        let rebuild = if replaying {
            Some(Progress { done: catalogue, of: journal })
        } else if late {
            Some(Progress { done: index, of: journal })
        } else {
            None
        };
        StatusView {
            healthy: stopped.is_none() && !full && core.ready(),
            notes,
            version: env!("CARGO_PKG_VERSION"),
            format: crate::model::event::FORMAT,
            journal_position: journal,
            catalogue_position: catalogue,
            index_position: index,
            texts_waiting: self.texts_waiting(),
            rebuild,
        }
    }

    /// Prometheus text format.
    pub fn metrics(&self) -> String {
        let core = self.core();
        let status = self.status();
        let mut out = String::new();
        let mut gauge = |name: &str, help: &str, value: u64| {
            // Writing to a String does not fail.
            let _ = writeln!(
                out,
                "# HELP tabularium_{name} {help}\n# TYPE tabularium_{name} gauge\ntabularium_{name} {value}"
            );
        };
        gauge("healthy", "1 when the archive takes writes.", u64::from(status.healthy));
        gauge("journal_position", "Events in the journal.", status.journal_position);
        gauge("catalogue_position", "Events applied to the catalogue.", status.catalogue_position);
        gauge("index_position", "Events visible to searches.", status.index_position);
        gauge("texts_waiting", "Contents whose text waits to be extracted.", status.texts_waiting as u64);
        gauge("index_items", "Items in the index.", core.index.count());
        gauge("staged_bytes", "Uploads held in memory.", core.blobs.staged_memory());
        if let Ok(bytes) = core.disk.free_space(&core.root) {
            gauge("disk_free_bytes", "Free space of the data folder.", bytes);
        }
        if let Ok(bytes) = core.catalogue.size() {
            gauge("catalogue_bytes", "Size of the catalogue on disk.", bytes);
        }
        if let Ok(stats) = core.index.stats() {
            gauge("index_bytes", "Size of the index on disk.", stats.bytes);
            gauge("index_segments", "Segments of the index.", stats.segments as u64);
        }
        out
    }
}
