//! How far something has come: a bar where a person watches, a line now and then where a file does.

use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

pub struct Progress {
    what: &'static str,
    bar: Option<ProgressBar>,
    said: Instant,
}

/// Between two lines in a log.
const SAY_EVERY: Duration = Duration::from_secs(10);

impl Progress {
    pub fn new(what: &'static str) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let template = "{msg} [{bar:40}] {human_pos}/{human_len}, {eta} left";
            let style = ProgressStyle::with_template(template).expect("the template is right: a test makes one");
            ProgressBar::no_length().with_style(style.progress_chars("=> ")).with_message(what)
        });
        Self { what, bar, said: Instant::now() }
    }

    pub fn set(&mut self, done: u64, of: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(of);
            bar.set_position(done);
        } else if self.said.elapsed() > SAY_EVERY {
            self.said = Instant::now();
            eprintln!("{}: {done} of {of}", self.what);
        }
    }

    /// A line of its own, above the bar.
    pub fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            None => eprintln!("{line}"),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_can_be_drawn() {
        assert!(ProgressStyle::with_template("{msg} [{bar:40}] {human_pos}/{human_len}, {eta} left").is_ok());
        let mut progress = Progress::new("counting");
        progress.set(1, 2);
        progress.say("half");
    }
}
