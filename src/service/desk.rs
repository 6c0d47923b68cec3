//! `desk/<user>.json`: what a user keeps at hand. Nothing else needs it, it may be lost, and then that is said.
//!
//! It is no truth and never in the journal: who looks for what is nobody else's business, and must be erasable.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::recent_searches::RecentSearch;
use super::refusal::Refusal;
use super::saved_searches::SavedSearch;
use super::things::Kept;
use crate::disk::{Disk, DiskError};
use crate::ids::UserId;
use crate::limits;

/// How often what may wait is written: a search shall not cost an fsync.
const WRITTEN_EVERY: Duration = Duration::from_secs(30);

/// The file's contents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Papers {
    /// In the order in which they were saved.
    pub saved: Vec<SavedSearch>,
    /// The newest first.
    pub recent: VecDeque<RecentSearch>,
    /// The newest first.
    pub starred: VecDeque<Kept>,
    /// The one opened last first.
    pub opened: VecDeque<Kept>,
}

/// A user's papers in memory.
#[derive(Default)]
struct Held {
    papers: Papers,
    /// Changed since they were written.
    waiting: bool,
    /// What was kept before could not be read.
    lost: bool,
}

pub struct Desk {
    disk: Disk,
    folder: PathBuf,
    held: Mutex<HashMap<UserId, Arc<Mutex<Held>>>>,
    written: Mutex<Instant>,
}

impl Desk {
    /// Nothing is read or made yet: a desk that cannot be had keeps no archive from opening.
    pub fn new(disk: Disk, root: &Path) -> Self {
        let folder = root.join("desk");
        Self { disk, folder, held: Mutex::default(), written: Mutex::new(Instant::now()) }
    }

    /// Looks at a user's papers.
    pub(super) fn read<T>(&self, user: UserId, look: impl FnOnce(&Papers) -> T) -> Result<T, Refusal> {
        let held = self.of(user)?;
        let held = held.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(look(&held.papers))
    }

    /// Whether the papers of a user were found unreadable since the program started.
    pub(super) fn was_lost(&self, user: UserId) -> Result<bool, Refusal> {
        Ok(self.of(user)?.lock().unwrap_or_else(PoisonError::into_inner).lost)
    }

    /// Changes a user's papers; on return they are on disk. What is refused changes nothing.
    pub(super) fn change<T>(
        &self,
        user: UserId,
        change: impl FnOnce(&mut Papers) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let held = self.of(user)?;
        let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
        let mut papers = held.papers.clone();
        let changed = change(&mut papers)?;
        self.write(user, &papers)?;
        held.papers = papers;
        held.waiting = false;
        Ok(changed)
    }

    /// Changes a user's papers; they are written within half a minute.
    pub(super) fn change_later(&self, user: UserId, change: impl FnOnce(&mut Papers)) -> Result<(), Refusal> {
        let held = self.of(user)?;
        let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut held.papers);
        held.waiting = true;
        Ok(())
    }

    /// Writes what waits, when it is time.
    pub(super) fn keep(&self) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.elapsed() >= WRITTEN_EVERY {
            *written = Instant::now();
            self.write_waiting();
        }
    }

    /// Writes what waits. What cannot be written waits on, and stops nobody's work.
    pub(super) fn write_waiting(&self) {
        let all: Vec<_> = self.lock().iter().map(|(user, held)| (*user, Arc::clone(held))).collect();
        for (user, held) in all {
            let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
            if !held.waiting {
                continue;
            }
            match self.write(user, &held.papers) {
                Ok(()) => held.waiting = false,
                Err(refusal) => tracing::warn!(%user, cause = refusal.causes(), "a user's desk not written"),
            }
        }
        let mut all = self.lock();
        if all.len() > limits::DESKS_HELD {
            // Whoever uses one at this moment holds it too.
            let idle = |held: &Arc<Mutex<Held>>| {
                Arc::strong_count(held) == 1 && held.try_lock().is_ok_and(|held| !held.waiting && !held.lost)
            };
            all.retain(|_, held| !idle(held));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<UserId, Arc<Mutex<Held>>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, user: UserId) -> Result<Arc<Mutex<Held>>, Refusal> {
        let mut all = self.lock();
        if let Some(held) = all.get(&user) {
            return Ok(Arc::clone(held));
        }
        let held = Arc::new(Mutex::new(self.load(user)?));
        all.insert(user, Arc::clone(&held));
        Ok(held)
    }

    /// What cannot be read is set aside, and the user begins anew. A disk that fails is another matter: then nothing
    /// is known, and nothing is written over.
    fn load(&self, user: UserId) -> Result<Held, Refusal> {
        let path = self.path(user);
        if !self.disk.exists(&path)? {
            return Ok(Held::default());
        }
        let error = match serde_json::from_slice(&self.disk.read(&path)?) {
            Ok(papers) => return Ok(Held { papers, ..Held::default() }),
            Err(error) => error,
        };
        let aside = path.with_extension("json.damaged");
        tracing::error!(%error, file = %aside.display(), "a user's desk unreadable: set aside");
        self.disk.rename(&path, &aside)?;
        Ok(Held { lost: true, ..Held::default() })
    }

    fn write(&self, user: UserId, papers: &Papers) -> Result<(), Refusal> {
        let bytes = serde_json::to_vec_pretty(papers)?;
        let replaced = self.disk.replace_private(&self.path(user), &bytes);
        match replaced {
            Err(error) if error.is_not_found() => self.make_folder_and_write(user, &bytes)?,
            other => other?,
        }
        Ok(())
    }

    fn make_folder_and_write(&self, user: UserId, bytes: &[u8]) -> Result<(), DiskError> {
        self.disk.create_dir(&self.folder)?;
        self.disk.replace_private(&self.path(user), bytes)
    }

    fn path(&self, user: UserId) -> PathBuf {
        self.folder.join(format!("{user}.json"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::Faulty;
    use crate::service::Conditions;

    const ANNA: UserId = UserId(7);

    fn desk(faulty: &Faulty) -> Desk {
        let disk = faulty.disk();
        disk.create_dir(Path::new("/data")).unwrap();
        Desk::new(disk, Path::new("/data"))
    }

    fn look_for(word: &str) -> impl FnOnce(&mut Papers) {
        let conditions = Conditions { q: word.to_owned(), ..Conditions::default() };
        move |papers| papers.recent.push_front(RecentSearch::of(conditions, "2026-11-23T09:00:00.000000Z".to_owned()))
    }

    fn recent(desk: &Desk) -> Vec<String> {
        desk.read(ANNA, |papers| papers.recent.iter().map(|recent| recent.query.q.clone()).collect()).unwrap()
    }

    #[test]
    fn papers_are_there_again_once_written() {
        let faulty = Faulty::new();
        let first = desk(&faulty);
        first.change_later(ANNA, look_for("suolo")).unwrap();
        assert_eq!(recent(&desk(&faulty)), Vec::<String>::new(), "a search waits to be written");
        first.write_waiting();
        assert_eq!(recent(&desk(&faulty)), ["suolo"]);
        assert!(!desk(&faulty).was_lost(ANNA).unwrap());
    }

    #[test]
    fn a_damaged_file_is_set_aside_and_said() {
        let faulty = Faulty::new();
        let before = desk(&faulty);
        before.change_later(ANNA, look_for("suolo")).unwrap();
        before.write_waiting();
        let path = Path::new("/data/desk/u7.json");
        faulty.disk().open_write(path).unwrap().write_at(0, b"}").unwrap();
        let after = desk(&faulty);
        assert!(after.was_lost(ANNA).unwrap());
        assert_eq!(recent(&after), Vec::<String>::new());
        assert!(faulty.disk().exists(Path::new("/data/desk/u7.json.damaged")).unwrap(), "set aside, not deleted");
        let look = |papers: &mut Papers| {
            look_for("tributi")(papers);
            Ok(())
        };
        after.change(ANNA, look).unwrap();
        assert_eq!(recent(&desk(&faulty)), ["tributi"]);
    }

    #[test]
    fn a_change_that_is_refused_or_not_written_is_none() {
        let faulty = Faulty::new();
        let desk = desk(&faulty);
        let refused = desk.change(ANNA, |papers| {
            look_for("suolo")(papers);
            Err::<(), _>(Refusal::Changed)
        });
        assert!(matches!(refused, Err(Refusal::Changed)));
        assert_eq!(recent(&desk), Vec::<String>::new());
    }
}
