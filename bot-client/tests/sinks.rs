//! The swarm's command when nobody reads its standard error.

#![cfg(unix)]

use std::io::Write;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Time limit of a run after which the test fails; no measure of speed.
const LIMIT: Duration = Duration::from_secs(60);

/// Standard errors that nobody reads: one whose reader has closed, one whose reader sleeps.
fn deaf() -> [(UnixStream, Option<UnixStream>); 2] {
    let (closed, reader) = UnixStream::pair().unwrap();
    drop(reader);
    let (stalled, reader) = UnixStream::pair().unwrap();
    stalled.set_nonblocking(true).unwrap();
    for bytes in [&[b'\n'; 4_096][..], b"\n"] {
        while (&stalled).write(bytes).is_ok() {}
    }
    stalled.set_nonblocking(false).unwrap();
    [(closed, None), (stalled, Some(reader))]
}

/// The exit code of a run against `port`.
fn run(port: u16, errors: UnixStream) -> Option<i32> {
    let url = format!("ws://127.0.0.1:{port}");
    let mut swarm = Command::new(env!("CARGO_BIN_EXE_drumbeat-bots"))
        .args(["--bots", "2", "--seconds", "1", "--url", &url])
        .stdout(Stdio::null())
        .stderr(OwnedFd::from(errors))
        .spawn()
        .unwrap();
    let started = Instant::now();
    while started.elapsed() < LIMIT {
        if let Some(status) = swarm.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    swarm.kill().unwrap();
    swarm.wait().unwrap();
    panic!("the run does not end");
}

#[test]
fn a_run_is_done_whether_or_not_anybody_watches() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || listener.incoming().for_each(drop));
    for (errors, _reader) in deaf() {
        assert_eq!(run(port, errors), Some(1), "the bots could not join");
    }
}

#[test]
fn an_error_that_nobody_takes_is_still_the_end() {
    for (errors, _reader) in deaf() {
        // Nobody listens at port 9, once that of the discard service.
        assert_eq!(run(9, errors), Some(2), "there is no server");
    }
}
