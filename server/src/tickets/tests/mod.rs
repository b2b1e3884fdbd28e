//! Tickets that must be taken, and attacks that must not get through.

mod attacks;
mod claims;
mod key_files;
mod lives;

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Map, Value, json};

use super::*;

/// The time of the tests, in seconds since 1970.
const NOW_S: u64 = 1_800_000_000;

/// A key of this algorithm, the same within a process.
fn signer(algorithm: Algorithm) -> &'static Signer {
    static SIGNERS: [OnceLock<Signer>; 4] = [const { OnceLock::new() }; 4];
    SIGNERS[algorithm as usize].get_or_init(|| Signer::generate(algorithm).unwrap())
}

/// What the server's file holds for that key.
fn key_text(signer: &Signer) -> String {
    signer.public_text().unwrap().unwrap_or_else(|| signer.private_text().unwrap())
}

/// A file that is removed at the end.
struct TestFile(PathBuf);

impl TestFile {
    fn new(text: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("drumbeat-tickets-{}-{number}", std::process::id());
        let file = Self(std::env::temp_dir().join(name));
        file.write(text);
        file
    }

    fn write(&self, text: &str) {
        fs::write(&self.0, text).unwrap();
    }
}

impl Drop for TestFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// A policy that requires tickets by the keys of a file.
fn policy(file: &TestFile) -> Policy {
    Policy { mode: Mode::Required, keys: Some(file.0.clone()), ..Policy::default() }
}

/// What requires tickets by these keys.
fn requiring(keys: &str) -> Tickets {
    Tickets::open(policy(&TestFile::new(keys))).unwrap()
}

/// Claims that are taken, with these added or replaced, or left out where they are null.
fn claims_with(changed: Value) -> Value {
    let mut claims = Map::new();
    claims.insert("sub".into(), "ada".into());
    claims.insert("exp".into(), (NOW_S + 60).into());
    let Value::Object(changed) = changed else { panic!("claims are an object") };
    claims.extend(changed);
    claims.retain(|_, value| !value.is_null());
    claims.into()
}

/// A ticket with such claims, by the key of this algorithm.
fn ticket_with(algorithm: Algorithm, changed: Value) -> String {
    signer(algorithm).ticket(&claims_with(changed)).unwrap()
}

/// What a ticket says of somebody who then comes in by it.
fn come_in(
    tickets: &Tickets,
    ticket: Option<&str>,
    room: &str,
    now_s: u64,
) -> Result<Option<Ticket>, Refused> {
    let ticket = tickets.read(ticket, room, now_s)?;
    if let Some(read) = &ticket
        && let Some(taken) = tickets.take(read, now_s)?
    {
        taken.keep();
    }
    Ok(ticket)
}

fn check(tickets: &Tickets, ticket: &str) -> Result<Ticket, Refused> {
    come_in(tickets, Some(ticket), "main", NOW_S)
        .map(|ticket| ticket.expect("tickets are looked at"))
}

#[test]
fn a_ticket_of_each_algorithm_is_taken() {
    for algorithm in Algorithm::ALL {
        let signer = signer(algorithm);
        assert_eq!(signer.algorithm(), algorithm);
        let tickets = requiring(&key_text(signer));
        let taken = check(&tickets, &ticket_with(algorithm, json!({}))).unwrap();
        let plain = Ticket {
            subject: "ada".into(),
            name: None,
            rooms: Vec::new(),
            role: Role::Player,
            expires_s: NOW_S + 65,
            claims: "{}".into(),
            once: None,
        };
        assert_eq!(taken, plain, "{algorithm:?}");
        // The key that its file holds is the same.
        let read = Signer::read(&signer.private_text().unwrap()).unwrap();
        assert_eq!(read.algorithm(), algorithm);
        assert_eq!(key_text(&read), key_text(signer));
    }
}

#[test]
fn the_mode_says_who_needs_one() {
    let file = TestFile::new(&key_text(signer(Algorithm::EdDsa)));
    let open = |mode| Tickets::open(Policy { mode, ..policy(&file) }).unwrap();
    let (good, bad) = (ticket_with(Algorithm::EdDsa, json!({})), "x.y.z");
    let result = |mode, ticket| {
        let tickets = open(mode);
        come_in(&tickets, ticket, "main", NOW_S).map(|ticket| ticket.map(|ticket| ticket.subject))
    };
    for ticket in [None, Some(bad), Some(&*good)] {
        assert_eq!(result(Mode::Off, ticket), Ok(None));
    }
    let ada = Ok(Some("ada".to_owned()));
    assert_eq!(result(Mode::Optional, None), Ok(None));
    assert_eq!(result(Mode::Optional, Some(bad)), Err(Refused::Malformed));
    assert_eq!(result(Mode::Optional, Some(&good)), ada);
    assert_eq!(result(Mode::Required, None), Err(Refused::Missing));
    assert_eq!(result(Mode::Required, Some("")), Err(Refused::Malformed));
    assert_eq!(result(Mode::Required, Some(&good)), ada);
}

#[test]
fn without_keys_there_is_nothing_to_check_with() {
    let open = |mode, keys| Tickets::open(Policy { mode, keys, ..Policy::default() });
    assert!(open(Mode::Off, None).is_ok());
    for mode in [Mode::Optional, Mode::Required] {
        assert!(open(mode, None).unwrap_err().contains("--ticket-keys"));
        let error = open(mode, Some("/nowhere/keys.pem".into())).unwrap_err();
        assert!(error.contains("/nowhere/keys.pem: cannot open the file"), "{error}");
    }
}
