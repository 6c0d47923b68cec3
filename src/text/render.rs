//! What does the first page of a PDF look like? Drawn by poppler's `pdftoppm` in a child process under limits.
//!
//! The child gets nothing but three pipes and its arguments: no environment, no path, no file of ours. Its limits are
//! set from outside while it waits for its first byte of a stranger's document. One that hangs is killed with its
//! process group, one that answers what is no small PNG has not answered. Whatever it does costs one thumbnail.

use std::io::{self, Read, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process_group, prlimit, setpriority_process};

use super::places::{Held, Places};
use crate::limits;

/// Reads its standard input and writes the picture to its standard output.
const ARGUMENTS: [&str; 8] = ["-png", "-f", "1", "-l", "1", "-scale-to", "320", "-"];

/// Pixels on the longer side, as [`ARGUMENTS`] ask for.
const SIDE_MAX: u32 = 320;

/// Three pipes, and the fonts of a page with some room.
const OPEN_FILES: u64 = 64;

/// The one thing it may write is the system's font cache, when that is out of date.
const FILE_MAX: u64 = 4 * limits::MIB;

/// Gives way to everything that somebody waits for.
const NICENESS: i32 = 10;

const PIECE: usize = 64 * 1024;

/// The bounds of one drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderLimits {
    /// From its start to the last byte of the picture.
    pub time: Duration,
    /// Bytes of address space.
    pub address_space: u64,
    /// Larger documents are not handed over.
    pub input_max: u64,
    /// Bytes of a picture.
    pub output_max: u64,
    /// How long one waits for a place.
    pub wait: Duration,
}

impl Default for RenderLimits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(limits::RENDER_SECONDS),
            address_space: limits::RENDER_ADDRESS_SPACE,
            input_max: limits::RENDER_INPUT_MAX,
            output_max: limits::THUMBNAIL_MAX,
            wait: Duration::from_secs(limits::RENDER_SECONDS),
        }
    }
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("the document is larger than drawing takes on")]
    TooLarge,
    #[error("drawing the first page took longer than is allowed")]
    Timeout,
    #[error("the first page cannot be drawn: the file is damaged, asks for a password, or takes too much memory")]
    NoPicture,
    #[error("the drawing process could not be started")]
    Start(#[source] io::Error),
    #[error("the content could not be read")]
    Content(#[source] io::Error),
}

/// Draws first pages, so many at once and no more.
pub struct Renderer {
    program: PathBuf,
    limits: RenderLimits,
    places: Places,
}

impl Renderer {
    pub fn new(program: PathBuf, limits: RenderLimits) -> Self {
        let places = Places::new(limits::RENDER_PROCESSES, limits::RENDER_WAITING_MAX, limits.wait);
        Self { program, limits, places }
    }

    /// Waits for a place; `None` when too many wait already, or it took too long.
    pub fn place(&self) -> Option<Place<'_>> {
        self.places.take().map(|held| Place { renderer: self, _held: held })
    }

    fn start(&self) -> io::Result<Running> {
        let mut command = Command::new(&self.program);
        command.args(ARGUMENTS).env_clear().current_dir("/").process_group(0);
        // What it complains of may quote the document.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let child = Running(command.spawn()?);
        let pid = child.pid()?;
        let seconds = self.limits.time.as_secs() + 1;
        let bounds = [
            (Resource::Core, 0),
            (Resource::Fsize, FILE_MAX),
            (Resource::Nofile, OPEN_FILES),
            // Should this process die, the child ends all the same.
            (Resource::Cpu, seconds),
            (Resource::As, self.limits.address_space),
        ];
        for (resource, most) in bounds {
            // It has inherited our own limits: they are lowered and never raised.
            let most = Some(getrlimit(resource).maximum.map_or(most, |now| now.min(most)));
            prlimit(Some(pid), resource, Rlimit { current: most, maximum: most })?;
        }
        setpriority_process(Some(pid), NICENESS)?;
        Ok(child)
    }
}

/// The right to draw one page.
pub struct Place<'a> {
    renderer: &'a Renderer,
    _held: Held<'a>,
}

impl Place<'_> {
    /// The first page of a PDF of `size` bytes as a PNG, at most 320 pixels wide and high.
    pub fn first_page(self, size: u64, content: &mut dyn Read) -> Result<Vec<u8>, RenderError> {
        let limits = &self.renderer.limits;
        if size > limits.input_max {
            return Err(RenderError::TooLarge);
        }
        // Dropped, and so reaped, only after the watch below has ended: until then its number means nobody else.
        let mut child = self.renderer.start().map_err(RenderError::Start)?;
        let pid = child.pid().map_err(RenderError::Start)?;
        std::thread::scope(|scope| {
            let (done, told) = channel::<()>();
            let watch = std::thread::Builder::new().name("render-watch".to_owned());
            let watch =
                watch.spawn_scoped(scope, move || watch_over(pid, limits.time, &told)).map_err(RenderError::Start)?;
            let drawn = child.converse(content, limits.output_max);
            drop(done);
            match drawn {
                // A watch that panicked has killed nobody.
                _ if watch.join().unwrap_or(false) => Err(RenderError::Timeout),
                drawn => drawn,
            }
        })
    }
}

/// Kills the process group when the time is over before the other end is dropped; says whether it did.
fn watch_over(pid: Pid, time: Duration, told: &Receiver<()>) -> bool {
    let expired = told.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
    if expired && let Err(error) = kill_process_group(pid, Signal::KILL) {
        tracing::warn!(%error, "drawing process could not be killed");
    }
    expired
}

/// A child that is killed and reaped when this is dropped.
struct Running(Child);

impl Running {
    fn pid(&self) -> io::Result<Pid> {
        let pid = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
        pid.ok_or_else(|| io::Error::other("a child without a process id"))
    }

    fn converse(&mut self, content: &mut dyn Read, output_max: u64) -> Result<Vec<u8>, RenderError> {
        let mut piece = vec![0; PIECE];
        // Closed at the end of this block: that is how the child knows that the document is whole.
        if let Some(mut questions) = self.0.stdin.take() {
            loop {
                let got = match content.read(&mut piece) {
                    Ok(0) => break,
                    Ok(got) => got,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => return Err(RenderError::Content(error)),
                };
                // A child may know enough before the end; what it says then is looked at.
                if questions.write_all(&piece[..got]).is_err() {
                    break;
                }
            }
        }
        let mut picture = Vec::new();
        if let Some(answer) = self.0.stdout.take() {
            answer.take(output_max + 1).read_to_end(&mut picture).map_err(|_| RenderError::NoPicture)?;
        }
        if picture.len() as u64 <= output_max && is_small_png(&picture) {
            Ok(picture)
        } else {
            Err(RenderError::NoPicture)
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Not reaped yet, so the number is still its own, and the group is its own. It may have ended by itself.
        if let Ok(Some(_)) = self.0.try_wait() {
            return;
        }
        if let Ok(pid) = self.pid()
            && let Err(error) = kill_process_group(pid, Signal::KILL)
        {
            tracing::warn!(%error, "drawing process could not be killed");
        }
        if let Err(error) = self.0.kill().and_then(|()| self.0.wait()) {
            tracing::warn!(%error, "drawing process could not be reaped");
        }
    }
}

/// A whole PNG with sides from 1 to [`SIDE_MAX`]: nothing else is passed on, whatever the child has become.
fn is_small_png(bytes: &[u8]) -> bool {
    let side = |at: usize| {
        let side = bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_be_bytes);
        side.is_some_and(|side| (1..=SIDE_MAX).contains(&side))
    };
    bytes.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")
        && side(16)
        && side(20)
        && bytes.ends_with(b"\0\0\0\0IEND\xae\x42\x60\x82")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend_from_slice(&width.to_be_bytes());
        bytes.extend_from_slice(&height.to_be_bytes());
        bytes.extend_from_slice(b"\x08\x02\0\0\0crc0\0\0\0\0IEND\xae\x42\x60\x82");
        bytes
    }

    #[test]
    fn only_a_whole_small_png_is_a_picture() {
        assert!(is_small_png(&png(320, 1)) && is_small_png(&png(1, 320)));
        for (width, height) in [(0, 1), (1, 0), (321, 1), (1, 321), (u32::MAX, 1)] {
            assert!(!is_small_png(&png(width, height)), "{width}x{height}");
        }
        let whole = png(320, 320);
        for cut in 0..whole.len() {
            assert!(!is_small_png(&whole[..cut]), "cut at {cut}");
        }
        assert!(!is_small_png(b"<script>alert(1)</script>"));
    }

    #[test]
    fn places_are_few_and_come_back() {
        let limits = RenderLimits { wait: Duration::from_millis(20), ..RenderLimits::default() };
        let renderer = Renderer::new("/nowhere".into(), limits);
        let mut held: Vec<_> = (0..limits::RENDER_PROCESSES).map(|_| renderer.place().unwrap()).collect();
        assert!(renderer.place().is_none(), "all taken");
        held.pop();
        let again = renderer.place().unwrap();
        assert!(renderer.place().is_none());
        // What cannot be started gives its place back, too.
        assert!(matches!(again.first_page(4, &mut &b"%PDF"[..]), Err(RenderError::Start(_))));
        assert!(renderer.place().is_some());
    }
}
