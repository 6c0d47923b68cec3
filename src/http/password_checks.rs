//! Who checks passwords? A few threads of their own, with a short queue before them.
//!
//! Each check takes 19 MiB and some 20 ms of a core by design: some hundred at once would take all of both.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::oneshot;

use crate::limits;

type Check = Box<dyn FnOnce() + Send>;

/// The threads and their queue; they end when it is dropped.
pub struct PasswordChecks(SyncSender<Check>);

/// Why a check gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    #[error("too many passwords wait to be checked")]
    QueueFull,
    #[error("the check ended without an answer")]
    Ended,
}

impl PasswordChecks {
    pub fn start() -> io::Result<Self> {
        let (sender, receiver) = sync_channel(limits::SIGN_INS_WAITING);
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..limits::SIGN_INS_AT_ONCE {
            let receiver = Arc::clone(&receiver);
            thread::Builder::new().name("passwords".to_owned()).spawn(move || work(&receiver))?;
        }
        Ok(Self(sender))
    }

    /// Runs `check` when its turn comes; at once refused when too many wait. What nobody waits for any more is left out.
    pub async fn run<T: Send + 'static>(&self, check: impl FnOnce() -> T + Send + 'static) -> Result<T, CheckError> {
        let (tell, told) = oneshot::channel();
        let check = move || {
            if !tell.is_closed() {
                // Who went away meanwhile is told nothing.
                let _ = tell.send(check());
            }
        };
        self.0.try_send(Box::new(check)).map_err(|error| match error {
            TrySendError::Full(_) => CheckError::QueueFull,
            TrySendError::Disconnected(_) => CheckError::Ended,
        })?;
        told.await.map_err(|_| CheckError::Ended)
    }
}

fn work(queue: &Mutex<Receiver<Check>>) {
    loop {
        // Taken out before it runs: the others take theirs meanwhile.
        let check = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(check) = check else { return };
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).is_err() {
            tracing::error!("a password check panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures_util::future::join_all;

    use super::*;

    fn wait<T>(future: impl Future<Output = T>) -> T {
        actix_web::rt::System::new().block_on(future)
    }

    #[test]
    fn few_run_some_wait_and_the_rest_is_told_so() {
        let checks = PasswordChecks::start().unwrap();
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let tries = (0..300).map(|n| {
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            checks.run(move || {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                thread::sleep(Duration::from_millis(5));
                running.fetch_sub(1, Ordering::SeqCst);
                n
            })
        });
        let answers = wait(join_all(tries));
        let refused = answers.iter().filter(|answer| **answer == Err(CheckError::QueueFull)).count();
        let places = limits::SIGN_INS_WAITING + limits::SIGN_INS_AT_ONCE;
        assert!((1..=300 - limits::SIGN_INS_WAITING).contains(&refused) && refused >= 300 - 2 * places, "{refused}");
        assert!(answers.iter().enumerate().all(|(n, answer)| answer.is_err() || *answer == Ok(n)));
        assert!(most.load(Ordering::SeqCst) <= limits::SIGN_INS_AT_ONCE, "{most:?} at once");
    }

    #[test]
    fn a_check_that_panics_takes_no_thread_along() {
        let checks = PasswordChecks::start().unwrap();
        for _ in 0..2 * limits::SIGN_INS_AT_ONCE {
            assert_eq!(wait(checks.run(|| assert_eq!(1 + 1, 3, "on purpose"))), Err(CheckError::Ended));
        }
        assert_eq!(wait(checks.run(|| 7)), Ok(7));
    }
}
