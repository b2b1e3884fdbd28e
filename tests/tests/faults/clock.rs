//! Steps of the wall clock, forth and back. Ticks, time-outs and places go by another clock, and so does a
//! session, however its ticket came in. What has a date goes by the wall clock when it is looked at: bans,
//! and tickets at the door.

use std::fs;
use std::path::Path;
use std::process::Command;

use drumbeat_server::clock::unix_s;
use drumbeat_server::tickets::{Algorithm, Signer};
use drumbeat_shared::protocol::messages::Hello;
use drumbeat_tests::left_out;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::harness::{
    CHECKED_TICKS, ROOM, Server, Swarm, TempFile, bots, eventually, hello, program, survives,
};

/// By how much the server's clock and that of whoever makes tickets may differ, seconds.
const LEEWAY_S: u64 = 5;

/// A wall clock of one process, which can be set.
struct Clock {
    library: String,
    offset: TempFile,
}

impl Clock {
    /// `None` where the package `faketime` is missing.
    fn new() -> Option<Self> {
        let machine = std::env::consts::ARCH;
        let library = format!("/usr/lib/{machine}-linux-gnu/faketime/libfaketimeMT.so.1");
        if !Path::new(&library).exists() {
            return None;
        }
        let clock = Self { library, offset: TempFile::new("clock") };
        clock.set("+0");
        Some(clock)
    }

    /// Sets it to this many seconds from the machine's.
    fn set(&self, offset: &str) {
        fs::write(&self.offset.0, format!("{offset}\n")).unwrap();
    }

    /// The server's program with this clock.
    fn program(&self) -> Command {
        let mut command = program();
        command.env("LD_PRELOAD", &self.library).env("FAKETIME_TIMESTAMP_FILE", &self.offset.0);
        for variable in ["FAKETIME_NO_CACHE", "FAKETIME_DONT_FAKE_MONOTONIC", "DONT_FAKE_MONOTONIC"]
        {
            command.env(variable, "1");
        }
        command
    }
}

#[test]
fn a_clock_that_steps_moves_what_has_a_date_and_nothing_else() {
    let Some(clock) = Clock::new() else {
        return left_out("the package faketime is missing");
    };
    survives(Server::spawn(clock.program(), &[], None), |server, _| {
        let ban = r#"{"kind": "subnet", "value": "192.0.2.0/24", "for": "30min"}"#;
        assert_eq!(server.post_admin("/api/bans", ban).0, 200);
        let bans = || server.metric("drumbeat_bans ");
        assert_eq!(bans(), 1.0);
        for (offset, held) in [("+3600", 0.0), ("-3600", 1.0), ("+0", 1.0)] {
            clock.set(offset);
            server.ticks(CHECKED_TICKS);
            assert_eq!(server.metric("drumbeat_players "), f64::from(bots()), "{offset}");
            assert_eq!(server.get("/healthz").0, 200, "{offset}");
            assert_eq!(bans(), held, "{offset}");
        }
    });
}

/// What signs tickets, and the file with its key.
struct Office {
    signer: Signer,
    keys: TempFile,
}

impl Office {
    fn new() -> Self {
        let signer = Signer::generate(Algorithm::Es256).unwrap();
        let keys = TempFile::new("keys.pem");
        fs::write(&keys.0, signer.public_text().unwrap().unwrap()).unwrap();
        Self { signer, keys }
    }

    /// A hello with a ticket that the server takes for so many seconds by the machine's clock: once, if it
    /// has an id.
    fn hello(&self, subject: &str, for_s: i64, id: Option<&str>) -> Hello {
        let expires_s = (unix_s() - LEEWAY_S).saturating_add_signed(for_s);
        let mut claims = json!({"sub": subject, "exp": expires_s});
        if let Some(id) = id {
            claims["jti"] = id.into();
        }
        Hello { ticket: Some(self.signer.ticket(&claims).unwrap()), ..hello(ROOM) }
    }
}

/// A session lasts as long as its ticket had left when it came in: a step forward ends none early, and a step
/// back prolongs none. At the door a ticket is good or not by the wall clock, and one that has been used stays
/// used.
#[test]
fn a_clock_that_steps_ends_no_ticketed_session_early_or_late() {
    let Some(clock) = Clock::new() else {
        return left_out("the package faketime is missing");
    };
    let office = Office::new();
    let keys = office.keys.0.to_str().unwrap();
    let args = ["--tickets", "optional", "--ticket-keys", keys, "--idle-timeout-s", "300"];
    let server = Server::spawn(clock.program(), &args, None);
    let swarm = Swarm::start(&server);
    let began = server.begin_to_count();
    let (long, once) = (office.hello("ada", 1_800, None), office.hello("eve", 1_800, Some("7")));
    let ada = server.join_by(&long).unwrap();
    server.join_by(&once).unwrap();
    let players = || server.metric("drumbeat_players ") - f64::from(bots());

    clock.set("+3600");
    server.ticks(CHECKED_TICKS);
    // Eve has left. Of Ada's ticket half an hour is left since it came in.
    eventually("Ada plays on", || (players() == 1.0).then_some(()));
    let expired = "the ticket has expired; get a new one";
    for refused in [&long, &once] {
        assert_eq!(server.join_by(refused).err().unwrap(), expired);
    }
    // The server forgets the tickets that have been used and have expired.
    server.join_by(&office.hello("max", 7_200, Some("8"))).unwrap();

    clock.set("+0");
    drop(server.join_by(&office.hello("max", 1_800, None)).unwrap());
    assert_eq!(server.join_by(&once).err().unwrap(), expired, "nor is it unused now");

    // By this clock the ticket lasts for an hour longer than it did at the door.
    let short = |for_s| server.join_by(&office.hello("max", for_s, None)).ok();
    // On a slow machine the shorter ones end before they are at the door.
    let mut short = [4, 8, 16, 32].into_iter().find_map(short).unwrap();
    clock.set("-3600");
    let end = loop {
        if let Message::Close(end) = short.read().unwrap() {
            break end.unwrap();
        }
    };
    assert_eq!(u16::from(end.code), 4011, "{end}");
    // At the door, one goes by this clock.
    drop(server.join_by(&office.hello("max", -1_800, None)).unwrap());
    drop(ada);
    server.has_run_or_said_each_tick_since(&began);
    swarm.all_was_well();
    server.ends_without_remains();
}
