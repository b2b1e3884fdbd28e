//! Logs that nobody takes.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use super::harness::{CHECKED_TICKS, Server, eventually, program, survives};

/// Puts bytes into the stream until it takes no more, whoever holds it besides.
fn fill(mut stream: &UnixStream) {
    stream.set_nonblocking(true).unwrap();
    // Single bytes fit where many do not.
    for bytes in [&[b'\n'; 4_096][..], b"\n"] {
        while stream.write(bytes).is_ok() {}
    }
    assert_eq!(stream.write(b"\n").unwrap_err().kind(), ErrorKind::WouldBlock);
    stream.set_nonblocking(false).unwrap();
}

/// What nobody has read of it yet.
fn unread(mut stream: &UnixStream) -> String {
    stream.set_nonblocking(true).unwrap();
    let mut unread = Vec::new();
    let end = stream.read_to_end(&mut unread).unwrap_err();
    assert_eq!(end.kind(), ErrorKind::WouldBlock);
    String::from_utf8_lossy(&unread).into_owned()
}

/// Opens rooms, each of which has lines to say.
fn cause_lines(server: &Server, what: &str) {
    for number in 0..8 {
        server.join(&format!("{what}-{number}")).unwrap();
    }
}

/// Standard error, while bots play. Nobody reads standard output either: its reader goes once the server
/// has said where it listens.
#[test]
fn a_log_whose_reader_stalls_and_goes_touches_nobody() {
    let (log, reader) = UnixStream::pair().unwrap();
    let ours = log.try_clone().unwrap();
    let server = Server::spawn(program(), &["--rooms-max", "64"], Some(OwnedFd::from(log)));
    survives(server, |server, _| {
        let lost = || server.metric("drumbeat_log_lines_lost_total ");
        fill(&ours);
        cause_lines(server, "stalled");
        server.ticks(CHECKED_TICKS);
        assert_eq!(lost(), 0.0, "they wait");
        let said = unread(&reader);
        assert!(said.contains(" INFO ") && !said.contains("panicked"), "{said}");
        drop(reader);
        cause_lines(server, "gone");
        eventually("lines are lost", || (lost() > 0.0).then_some(()));
    });
}
