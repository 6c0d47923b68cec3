//! How often may a name be tried? So many tries a minute from one address, and then none until the minute is over.
//!
//! The address belongs to it so that nobody can keep somebody else out by trying his name.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::limits;

const WINDOW: Duration = Duration::from_secs(60);
/// Pairs remembered at once; beyond it the finished windows are thrown away, and if that is not enough, all of them.
const PAIRS_MAX: usize = 10_000;

/// A name, and from where it is tried.
type Pair = (String, Option<IpAddr>);

/// Tries of each pair in its current minute.
#[derive(Default)]
pub struct Throttle(Mutex<HashMap<Pair, (Instant, u32)>>);

impl Throttle {
    /// Counts a try before it is made, so that many at once are no more than many in a row. Otherwise the seconds for
    /// which this name must wait here.
    pub fn begin(&self, name: &str, from: Option<IpAddr>, now: Instant) -> Result<(), u32> {
        let mut tries = self.lock();
        if tries.len() >= PAIRS_MAX {
            tries.retain(|_, (since, _)| now.duration_since(*since) < WINDOW);
        }
        if tries.len() >= PAIRS_MAX {
            tries.clear();
        }
        let (since, count) = tries.entry(pair(name, from)).or_insert((now, 0));
        if now.duration_since(*since) >= WINDOW {
            (*since, *count) = (now, 0);
        }
        if *count >= limits::SIGN_IN_TRIES_PER_MINUTE {
            return Err(WINDOW.saturating_sub(now.duration_since(*since)).as_secs() as u32 + 1);
        }
        *count += 1;
        Ok(())
    }

    /// The try was not made after all.
    pub fn give_back(&self, name: &str, from: Option<IpAddr>) {
        let mut tries = self.lock();
        let pair = pair(name, from);
        if let Some((_, count)) = tries.get_mut(&pair) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                tries.remove(&pair);
            }
        }
    }

    pub fn succeeded(&self, name: &str, from: Option<IpAddr>) {
        self.lock().remove(&pair(name, from));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Pair, (Instant, u32)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// No user name is longer than 32 bytes, so longer ones need no place of their own.
fn pair(name: &str, from: Option<IpAddr>) -> Pair {
    (name[..name.floor_char_boundary(33)].to_owned(), from)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1)));
    const THERE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2)));

    #[test]
    fn ten_tries_then_a_minute() {
        let throttle = Throttle::default();
        let start = Instant::now();
        let later = |seconds| start + Duration::from_secs(seconds);
        for _ in 0..limits::SIGN_IN_TRIES_PER_MINUTE {
            assert_eq!(throttle.begin("anna", HERE, start), Ok(()));
        }
        assert_eq!(throttle.begin("anna", HERE, start), Err(61));
        assert_eq!(throttle.begin("anna", HERE, later(50)), Err(11));
        assert_eq!(throttle.begin("bruno", HERE, start), Ok(()), "others are not held up");
        assert_eq!(throttle.begin("anna", THERE, start), Ok(()), "nobody keeps anna out from elsewhere");
        assert_eq!(throttle.begin("anna", HERE, later(60)), Ok(()));
        assert_eq!(throttle.begin("anna", HERE, later(61)), Ok(()), "a new minute counts anew");
    }

    #[test]
    fn what_was_not_tried_does_not_count() {
        let throttle = Throttle::default();
        let start = Instant::now();
        for _ in 0..3 * limits::SIGN_IN_TRIES_PER_MINUTE {
            assert_eq!(throttle.begin("anna", HERE, start), Ok(()));
            throttle.give_back("anna", HERE);
        }
        assert!(throttle.lock().is_empty());
    }

    #[test]
    fn signing_in_clears_the_count_and_memory_is_bounded() {
        let throttle = Throttle::default();
        let start = Instant::now();
        (0..20).for_each(|_| _ = throttle.begin("anna", HERE, start));
        throttle.succeeded("anna", HERE);
        assert_eq!(throttle.begin("anna", HERE, start), Ok(()));
        (0..3 * PAIRS_MAX).for_each(|n| _ = throttle.begin(&format!("name-{n}"), HERE, start));
        assert!(throttle.lock().len() <= PAIRS_MAX);
        assert_eq!(throttle.begin(&"è".repeat(40), None, start), Ok(()));
    }
}
