//! What a person at a terminal sees of the program, and what nobody behind him does.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use super::program::{Place, program};

#[test]
fn a_password_is_not_shown_while_it_is_typed() {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
    let keyboard = openpt(flags).unwrap();
    grantpt(&keyboard).unwrap();
    unlockpt(&keyboard).unwrap();
    let terminal = ioctl_tiocgptpeer(&keyboard, flags).unwrap();
    let shows = || tcgetattr(terminal.as_fd()).unwrap().local_modes.contains(LocalModes::ECHO);
    assert!(shows());

    let place = Place::settled();
    let mut child = program()
        .args(["user", "add", "marta", "--role", "auditor", "--data", &place.data()])
        .stdin(Stdio::from(terminal.try_clone().unwrap()))
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut errors = child.stderr.take().unwrap();
    let mut question = [0; "password: ".len()];
    errors.read_exact(&mut question).unwrap();
    assert_eq!(&question, b"password: ");
    assert!(!shows());

    let mut keyboard = File::from(keyboard);
    keyboard.write_all(b"quercia-antica-7\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let mut more = String::new();
    errors.read_to_string(&mut more).unwrap();
    assert_eq!(output.stdout, b"added user marta\n", "{more}");
    assert!(shows(), "the terminal is as it was");
    let mut seen = [0; 64];
    let length = keyboard.read(&mut seen).unwrap();
    assert_eq!(&seen[..length], b"\r\n", "the end of the line alone");
}
