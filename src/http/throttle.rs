//! How often may a name be tried? So many failed sign-ins a minute, and then none until the minute is over.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::limits;

const WINDOW: Duration = Duration::from_secs(60);
/// Names remembered at once; beyond it the finished windows are thrown away, and if that is not enough, all of them.
const NAMES_MAX: usize = 10_000;

/// Failed tries of each name in its current minute.
#[derive(Default)]
pub struct Throttle(Mutex<HashMap<String, (Instant, u32)>>);

impl Throttle {
    /// Seconds for which `name` must wait, when it must.
    pub fn wait(&self, name: &str, now: Instant) -> Option<u32> {
        let tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, failed) = tries.get(key(name))?;
        let left = WINDOW.checked_sub(now.duration_since(*since))?;
        (*failed >= limits::SIGN_IN_TRIES_PER_MINUTE).then(|| left.as_secs() as u32 + 1)
    }

    pub fn failed(&self, name: &str, now: Instant) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= NAMES_MAX {
            tries.retain(|_, (since, _)| now.duration_since(*since) < WINDOW);
        }
        if tries.len() >= NAMES_MAX {
            tries.clear();
        }
        let (since, failed) = tries.entry(key(name).to_owned()).or_insert((now, 0));
        if now.duration_since(*since) >= WINDOW {
            (*since, *failed) = (now, 0);
        }
        *failed += 1;
    }

    pub fn succeeded(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key(name));
    }
}

/// No user name is longer, so longer ones need no place of their own.
fn key(name: &str) -> &str {
    name.get(..33).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_tries_then_a_minute() {
        let throttle = Throttle::default();
        let start = Instant::now();
        for _ in 0..limits::SIGN_IN_TRIES_PER_MINUTE {
            assert_eq!(throttle.wait("anna", start), None);
            throttle.failed("anna", start);
        }
        assert_eq!(throttle.wait("anna", start), Some(61));
        assert_eq!(throttle.wait("anna", start + Duration::from_secs(50)), Some(11));
        assert_eq!(throttle.wait("bruno", start), None, "others are not held up");
        assert_eq!(throttle.wait("anna", start + Duration::from_secs(61)), None);
        throttle.failed("anna", start + Duration::from_secs(61));
        assert_eq!(throttle.wait("anna", start + Duration::from_secs(62)), None, "a new minute counts anew");
    }

    #[test]
    fn signing_in_clears_the_count_and_memory_is_bounded() {
        let throttle = Throttle::default();
        let start = Instant::now();
        (0..20).for_each(|_| throttle.failed("anna", start));
        throttle.succeeded("anna");
        assert_eq!(throttle.wait("anna", start), None);
        (0..3 * NAMES_MAX).for_each(|n| throttle.failed(&format!("name-{n}"), start));
        assert!(throttle.0.lock().unwrap().len() <= NAMES_MAX);
    }
}
