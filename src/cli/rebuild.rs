//! `tabularium rebuild`: drops the projections and makes them again from the truths.

use std::time::Duration;

use clap::Args;

use super::archive::{open, options_without_reading};
use super::failure::Failure;
use super::progress::Progress;
use super::{Data, Outcome, print};
use crate::config::Config;
use crate::disk::{Disk, FolderLock, remove_tree};
use crate::service::{Archive, OpenError};

/// Drop the catalogue and the search index, and make them again from the journal and the contents
///
/// Nothing is lost by it: both are projections. Extracted texts are kept unless told otherwise; what a newer program or a
/// new engine could read better is read again without this. Needs the folder for itself: with a running
/// server it says who holds the folder and exits with 3.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  tabularium rebuild --data /srv/archive")]
pub struct Rebuild {
    #[command(flatten)]
    data: Data,
    /// Drop the extracted texts too: from the next start every document is read again
    #[arg(long)]
    texts: bool,
}

impl Rebuild {
    pub fn run(self, config: &Config) -> Result<Outcome, Failure> {
        let folder = self.data.folder;
        if !Disk::real().exists(&folder.join("journal"))? {
            return Err(OpenError::NoArchive(folder).into());
        }
        let lock = FolderLock::take(&folder).map_err(OpenError::from)?;
        for projection in ["catalogue", "index"] {
            remove_tree(&folder.join(projection))?;
        }
        if self.texts {
            remove_tree(&folder.join("derived"))?;
        }
        drop(lock);
        let archive = open(options_without_reading(&folder, config))?;
        let watched = watch(&archive);
        archive.close();
        let events = watched?;
        print(&format!("rebuilt the catalogue and the index from {events} events"))?;
        Ok(Outcome::Yes)
    }
}

/// Shows how far it has come until both projections have everything.
fn watch(archive: &Archive) -> Result<u64, Failure> {
    let mut progress = Progress::new("catalogue");
    loop {
        let status = archive.status();
        progress.set(status.catalogue_position, status.journal_position);
        if status.healthy {
            break;
        }
        if status.rebuild.is_none() {
            // Either it is ready this moment, or this says why it never will be.
            archive.wait_ready()?;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(progress);
    let mut progress = Progress::new("index");
    loop {
        let status = archive.status();
        progress.set(status.index_position, status.journal_position);
        if status.index_position >= status.journal_position {
            return Ok(status.journal_position);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
