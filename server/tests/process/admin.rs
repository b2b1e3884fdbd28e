//! The admin listener of the program.

use std::net::TcpListener;

use crate::harness::{Server, drumbeat, eventually};

/// What a program says that does not start, and its exit code.
fn refused(args: &[&str]) -> (Option<i32>, String) {
    let output = drumbeat(args).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn what_is_logged_changes_while_it_runs() {
    let server = Server::start(drumbeat(&["--log", "info", "--house-bots", "0"]));
    let (code, said) = server.post_admin("/api/log", r#"{"filter":"nonsense"}"#);
    assert!(code == 400 && said.contains("must be a level"), "{said}");
    let _first = server.join("one").unwrap();
    server.says("joined");
    assert!(!server.log().contains("DEBUG"), "{}", server.log());
    let (code, said) = server.post_admin("/api/log", r#"{"filter":"debug"}"#);
    assert_eq!((code, said.as_str()), (200, r#"{"before":"info","filter":"debug"}"#));
    assert!(server.get_admin("/api/server").1.contains(r#""log":"debug""#));
    let _second = server.join("two").unwrap();
    server.says("a client has a seat");
    // The account of it is in the log.
    server.says("an act of those who run the server");
}

#[test]
fn what_it_needs_and_lacks_is_said_before_anything_is_served() {
    let (code, said) = refused(&["--admin", "0.0.0.0:0"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("--admin-token-file FILE") && said.contains("--admin off"), "{said}");
    let (code, said) = refused(&["--bans", "/nowhere/bans.json"]);
    assert!(code == Some(2) && said.contains("--bans"), "{said}");
    let (code, said) = refused(&["--admin", "yes"]);
    assert!(code == Some(2) && said.contains("or off"), "{said}");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, said) = refused(&["--admin", &address]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&address) && said.contains("choose another with --admin"), "{said}");
}

#[test]
fn the_end_of_the_server_is_in_order_with_a_request_under_way() {
    let mut server = Server::start(drumbeat(&[]));
    let (code, _) = server.post_admin("/api/drain", "{}");
    assert_eq!(code, 200);
    eventually("it drains", || (server.get("/readyz").0 == 503).then_some(()));
    server.signal(rustix::process::Signal::TERM);
    assert_eq!(server.ended().code(), Some(0));
}
