//! How many children of a kind may run at once, and who waits for one? So many places, and a bounded queue before them.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The places for children of one kind.
pub(super) struct Places {
    state: Mutex<State>,
    freed: Condvar,
    waiting_max: usize,
    /// How long one waits at most.
    wait: Duration,
}

struct State {
    free: usize,
    waiting: usize,
}

/// The right to start one child; given back however its holder leaves.
pub(super) struct Held<'a>(&'a Places);

impl Places {
    pub fn new(count: usize, waiting_max: usize, wait: Duration) -> Self {
        let state = Mutex::new(State { free: count, waiting: 0 });
        Self { state, freed: Condvar::new(), waiting_max, wait }
    }

    /// Waits for a place; `None` when too many wait already, or it took too long.
    pub fn take(&self) -> Option<Held<'_>> {
        let until = Instant::now() + self.wait;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.free == 0 && state.waiting >= self.waiting_max {
            return None;
        }
        state.waiting += 1;
        while state.free == 0 {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.waiting -= 1;
                return None;
            }
            state = self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.waiting -= 1;
        state.free -= 1;
        Some(Held(self))
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner).free += 1;
        self.0.freed.notify_one();
    }
}
