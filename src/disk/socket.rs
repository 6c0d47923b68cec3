//! How does another process of the same owner reach the one that holds a folder: a socket that nobody else can open.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use super::{Disk, DiskError, Operation, PRIVATE_MODE, remove_tree};

/// Of the 108 bytes that a socket's address has; a longer path is reached through its folder's descriptor.
const ADDRESS_BYTES: usize = 100;

/// Listens on `folder/name`. The socket is made in a folder of its own that only the owner may enter, and takes its
/// place ready and private (0600): there is no moment at which somebody else could open it, and what a killed process
/// left under that name is replaced. Only the holder of the folder's lock may call this.
pub fn listen(folder: &Path, name: &str) -> Result<UnixListener, DiskError> {
    let nest = folder.join(format!("{name}.new"));
    remove_tree(&nest)?;
    let made = std::fs::DirBuilder::new().mode(0o700).create(&nest);
    made.map_err(DiskError::at(&nest, Operation::CreateFolder))?;
    let inside = nest.join(name);
    let bound = reachable(&inside, |address| UnixListener::bind(address));
    let listener = bound.map_err(DiskError::at(&inside, Operation::Create))?;
    let private = std::fs::Permissions::from_mode(PRIVATE_MODE);
    std::fs::set_permissions(&inside, private).map_err(DiskError::at(&inside, Operation::SetMode))?;
    Disk::real().rename(&inside, &folder.join(name))?;
    remove_tree(&nest)?;
    Ok(listener)
}

/// Speaks to whoever listens on `folder/name`.
pub fn connect(folder: &Path, name: &str) -> Result<UnixStream, DiskError> {
    let path = folder.join(name);
    reachable(&path, |address| UnixStream::connect(address)).map_err(DiskError::at(&path, Operation::Open))
}

/// Does something with the address of a socket, however long its path is.
fn reachable<T>(path: &Path, act: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    if path.as_os_str().len() < ADDRESS_BYTES {
        return act(path);
    }
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return act(path) };
    // Open until the act is done: the address goes through it.
    let folder = File::open(folder)?;
    act(&PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd())).join(name))
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use super::*;

    fn talks(folder: &Path) {
        let listener = listen(folder, "control.sock").unwrap();
        let mut client = connect(folder, "control.sock").unwrap();
        let (mut server, _) = listener.accept().unwrap();
        client.write_all(b"hello").unwrap();
        drop(client);
        let mut text = String::new();
        server.read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello");
    }

    #[test]
    fn a_socket_is_private_and_takes_the_place_of_a_stale_one() {
        let folder = tempfile::tempdir().unwrap();
        talks(folder.path());
        // The first listener is gone; its name is still there. A process that another test starts at this very moment
        // has a copy of the listener until it runs its own program.
        let refused = (0..500).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(10));
            connect(folder.path(), "control.sock").is_err()
        });
        assert!(refused, "nobody listens");
        talks(folder.path());
        let mode = std::fs::metadata(folder.path().join("control.sock")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(Disk::real().list(folder.path()).unwrap().len(), 1, "the nest is gone");
    }

    #[test]
    fn paths_up_to_and_beyond_what_an_address_holds_are_reached() {
        let base = tempfile::tempdir().unwrap();
        // Around the 108 bytes of sockaddr_un, and as long as a path may be.
        for length in [95, 99, 100, 101, 107, 108, 109, 250, 3_000] {
            let mut folder = base.path().join(length.to_string());
            std::fs::create_dir(&folder).unwrap();
            while folder.as_os_str().len() + "/control.sock".len() < length {
                let missing = length - folder.as_os_str().len() - "/control.sock".len();
                folder.push("x".repeat(missing.saturating_sub(1).clamp(1, 200)));
                std::fs::create_dir(&folder).unwrap();
            }
            talks(&folder);
        }
    }
}
