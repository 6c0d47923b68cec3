//! Catching up at start: what the journal has and the catalogue has not, and where the contents of those lines lie.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::core::recorded;
use super::credentials::Credentials;
use super::refusal::Refusal;
use super::status_note::StatusNote;
use super::writer::Writer;
use crate::blob::{Location, PackTail};
use crate::catalogue::{Applied, Catalogue, Look, Write, writes_of};
use crate::digest::Blake3;
use crate::ids::Position;
use crate::journal::Frontier;
use crate::model::directory::Directory;
use crate::model::event::{Event, FORMAT, Recorded};

/// Events between two notes of how far a long replay has come.
const REMEMBER_EVERY: Position = 5_000;

/// Contents found in the packs after the place the catalogue remembers.
pub struct Found {
    pub members: Vec<(Blake3, Location)>,
    /// Where the catalogue thought the packs ended.
    pub remembered: Option<PackTail>,
}

impl Writer {
    /// Applies every event the catalogue lacks, cuts from the open pack what no line needs, and takes commands from
    /// then on.
    ///
    /// # Errors
    /// When an acknowledged line needs a content that is not there whole, or cannot be read: nothing is written then.
    pub(super) fn replay(&mut self, found: Found) -> Result<(), Refusal> {
        let core = Arc::clone(&self.core);
        core.set_directory(Arc::new(load_directory(&core)?));
        let from = core.applied();
        let size = core.journal.size();
        if from == 0 && size > 0 {
            self.find_texts()?;
        }
        let places: HashMap<Blake3, Location> = found.members.into_iter().collect();
        let open_pack = self.blobs.tail().pack;
        let mut end = match found.remembered {
            Some(tail) if tail.pack == open_pack => tail.offset,
            _ => 0,
        };
        let mut directory = Arc::unwrap_or_clone(core.directory());
        let mut failure = None;
        if size - from > REMEMBER_EVERY {
            let behind = size - from;
            let text = format!("the catalogue is behind by {behind} events and is being brought up to date");
            core.note(StatusNote::new("catalogue-behind", behind, text));
        }
        core.journal.scan(from, size, &mut |line| {
            let outcome = recorded(&line).and_then(|event| {
                check_format(&event)?;
                let (writes, needed) = self.replayed(&event, &places)?;
                for location in &needed {
                    end = end.max(location.end_in(open_pack).unwrap_or(0));
                }
                if !self.write(writes) {
                    return Err(Refusal::Stopped("it was closed while it was starting".to_owned()));
                }
                if Directory::concerns(&event.event) {
                    directory.apply(&event);
                    core.set_directory(Arc::new(directory.clone()));
                }
                let done = event.position + 1;
                core.set_applied(done);
                if done % REMEMBER_EVERY == 0 {
                    // What a full disk may lose is held in memory until then.
                    self.sync_catalogue();
                    tracing::info!(done, of = size, "bringing the catalogue up to date");
                }
                Ok(())
            });
            match outcome {
                Ok(()) => ControlFlow::Continue(()),
                Err(refusal) => {
                    failure = Some(refusal);
                    ControlFlow::Break(())
                }
            }
        })?;
        if let Some(refusal) = failure {
            return Err(refusal);
        }
        let before = self.blobs.tail();
        self.blobs.cut_open_pack(end).map_err(Refusal::failed)?;
        if before != self.blobs.tail() {
            tracing::info!(from = before.offset, to = end, pack = open_pack, "cut contents that nothing refers to");
        }
        let whole = PackTail { pack: 0, offset: 0, members: 0 };
        self.blobs.rewrite_tail(found.remembered.unwrap_or(whole)).map_err(Refusal::failed)?;
        if size > 0 {
            self.last_time = core.line(size - 1)?.time;
        }
        self.remember();
        self.sync_catalogue();
        say_what_credentials_lack(&core)?;
        core.set_ready();
        Ok(())
    }

    /// Where the texts lie that were kept before the catalogue was lost: they need not be read again.
    fn find_texts(&mut self) -> Result<(), Refusal> {
        let core = Arc::clone(&self.core);
        let (mut found, mut closed) = (0, false);
        let scanned = core.derived.scan(&mut |blake3, place| {
            closed = !self.write(vec![Catalogue::text_write(&blake3, place.to_bytes().to_vec())]);
            found += 1;
            if found % REMEMBER_EVERY == 0 {
                self.sync_catalogue();
            }
            if closed { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match scanned {
            Ok(()) if closed => Err(Refusal::Stopped("it was closed while it was starting".to_owned())),
            Ok(()) => Ok(()),
            // What is not found is read again.
            Err(error) => {
                tracing::warn!(%error, "kept texts not found again");
                Ok(())
            }
        }
    }

    /// What an event writes, with the places of its contents.
    fn replayed(
        &self,
        event: &Recorded,
        places: &HashMap<Blake3, Location>,
    ) -> Result<(Vec<Write>, Vec<Location>), Refusal> {
        let catalogue = &self.core.catalogue;
        let mut writes = writes_of(catalogue, event)?;
        let mut needed = Vec::new();
        for document in event.event.documents() {
            let known = catalogue.blob(&document.blake3)?.as_deref().and_then(Location::from_bytes);
            let location = match places.get(&document.blake3).copied().or(known) {
                Some(location) => location,
                None => self.core.blobs.locate_large(&document.blake3)?.ok_or_else(|| {
                    let what =
                        format!("entry {} needs content {}, which is not there whole", event.position, document.blake3);
                    Refusal::Stopped(what)
                })?,
            };
            needed.push(location);
            if Some(location) != known {
                writes.push(Catalogue::blob_write(&document.blake3, location.to_bytes()));
            }
        }
        Ok((writes, needed))
    }
}

/// A lost or damaged credentials file is no reason not to start, but nobody could sign in.
fn say_what_credentials_lack(core: &super::core::Core) -> Result<(), Refusal> {
    if !core.directory().tokens.is_empty()
        && let Some(damage) = Credentials::damage(&core.disk, &core.root)?
    {
        let text = format!(
            "credentials.json: {damage}; put back a copy, or make a token with `tabularium token create` and set new \
             passwords"
        );
        core.note(StatusNote::new("credentials-damaged", damage, text));
    }
    Ok(())
}

/// The directory as the catalogue's events make it.
fn load_directory(core: &super::core::Core) -> Result<Directory, Refusal> {
    let mut directory = Directory::default();
    for position in core.catalogue.directory_positions()? {
        // The catalogue may have kept keys that are ahead of its position: those events are replayed anyway.
        if position < core.journal.size() {
            directory.apply(&core.recorded(position)?);
        }
    }
    Ok(directory)
}

/// Refuses a folder that a newer program has written.
fn check_format(event: &Recorded) -> Result<(), Refusal> {
    match &event.event {
        Event::ArchiveCreated(facts) if facts.public.format > FORMAT => Err(Refusal::Stopped(format!(
            "the data folder is of format {}, this program reads up to {FORMAT}; install a newer tabularium",
            facts.public.format
        ))),
        _ => Ok(()),
    }
}

/// What the catalogue remembers of the tree at its position.
pub(super) fn frontier_of(applied: &Applied) -> Option<Frontier> {
    Frontier::from_bytes(&applied.frontier).filter(|frontier| frontier.size() == applied.position)
}
