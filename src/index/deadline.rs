//! Until when may a search go on?

use std::time::{Duration, Instant};

/// The moment at which a search ends with what it has. Whoever stops for it says nothing: it stays over, and the pass
/// that comes after looks at it again and says so.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline(Option<Instant>);

impl Deadline {
    pub const NEVER: Self = Self(None);

    pub fn after(patience: Duration) -> Self {
        Self(Some(Instant::now() + patience))
    }

    pub fn is_over(self) -> bool {
        self.0.is_some_and(|end| Instant::now() >= end)
    }
}
