//! Sessions in any order: who connects, says hello with what, sends what, leaves how, and comes back as
//! whom.

mod acts;
mod connection;
mod messages;
mod script;

use std::collections::BTreeSet;

use drumbeat_server::clock::unix_s;
use drumbeat_shared::client::Client;
use drumbeat_shared::protocol::close::come_back_ms;
use drumbeat_shared::protocol::messages::{ResumeRequest, ResumeToken};
use serde_json::json;

use super::live::{Live, on_a_server};
use crate::pad::Pad;
use connection::{Connection, Hello, State, Who};
use script::Script;

/// Steps of a case; what follows is left out.
const STEPS_MAX: usize = 48;
/// Paths to connect to.
const PATHS: [&str; 4] = ["/ws", "/ws/main", "/ws/attic", "/ws/no%20room"];
/// Rooms to ask for.
const ROOMS: [&str; 4] = ["main", "", "attic", "no room"];
/// Whose tickets there are.
const SUBJECTS: [&str; 2] = ["ada", "eve"];

/// What came of a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Connections that were welcomed.
    pub welcomed: usize,
    /// Those of them that resumed a player.
    pub resumed: usize,
    /// Connections that the server refused or closed before its end.
    pub closed: usize,
}

/// Plays the steps that the bytes give, on three connections at a time, and ends the server under whoever
/// is left.
///
/// # Panics
/// When a hello gets no answer, when a client that follows the protocol gets something else than the
/// protocol, when somebody comes back as another, when two connections play one player, when a connection
/// stays behind, or when the server does not end.
pub fn sessions(bytes: &[u8]) -> Outcome {
    on_a_server(async |server| Case::new(server, bytes).play().await)
}

struct Case<'a> {
    server: Live,
    script: Script<'a>,
    connections: [Option<Connection>; 3],
    /// Those of before.
    past: Vec<Connection>,
}

impl<'a> Case<'a> {
    fn new(server: Live, bytes: &'a [u8]) -> Self {
        Self {
            server,
            script: Script::new(bytes),
            connections: [None, None, None],
            past: Vec::new(),
        }
    }

    async fn play(mut self) -> Outcome {
        for _ in 0..STEPS_MAX {
            if self.script.is_empty() {
                break;
            }
            self.step().await;
        }
        self.end().await
    }

    async fn step(&mut self) {
        let step = usize::from(self.script.byte());
        let at = step % 3;
        let script = &mut self.script;
        let Some(connection) = &mut self.connections[at] else {
            let path = script.one(PATHS);
            self.connections[at] = Some(Connection::open(self.server.public(), path).await);
            return;
        };
        match step / 3 % 12 {
            0 | 1 => {
                let hello = self.hello();
                let connection = self.connections[at].as_mut().expect("it is open");
                connection.greet(hello).await;
            }
            2 => connection.send_honest().await,
            3 => connection.read().await,
            4 | 5 => connection.send(messages::any(script)).await,
            6 => {
                let length = usize::from(script.byte());
                connection.send(script.take(length).to_vec()).await;
            }
            7 => {
                let (first, length) = (script.byte(), usize::from(script.byte()));
                connection.send_frame(first, script.take(length)).await;
            }
            8 => {
                let length = usize::from(script.byte());
                connection.send_raw(script.take(length)).await;
            }
            9 => {
                let code = script.one([1000, 1001, 1002, 1005, 3000, 4009, 999]);
                connection.close(code).await;
            }
            10 => {
                let resets = script.byte().is_multiple_of(2);
                let connection = self.connections[at].take().expect("it is open");
                self.past.push(connection.lose(resets));
            }
            _ => acts::act(&self.server, script).await,
        }
    }

    /// A hello as a client says it, perhaps that of a player who comes back.
    fn hello(&mut self) -> Hello {
        let script = &mut self.script;
        let kind = script.byte();
        let room = script.one(ROOMS);
        let everybody = self.past.iter().chain(self.connections.iter().flatten());
        let welcomed: Vec<_> = everybody.filter(|connection| connection.was_welcomed()).collect();
        let mut before = Who::default();
        let client = match kind % 4 {
            0 => Client::<Pad>::new("somebody", room),
            1 => Client::spectator(room),
            2 if !welcomed.is_empty() => {
                let chosen = welcomed[usize::from(script.byte()) % welcomed.len()];
                before = chosen.who().clone();
                chosen.client().reconnect()
            }
            _ => {
                let token = ResumeToken([script.byte(); 16]);
                let request = ResumeRequest { token, seen: drumbeat_shared::ids::Tick(0) };
                Client::new("somebody", room).resuming(Some(request))
            }
        };
        let (client, subject) = match kind / 4 % 4 {
            0 => (client.with_ticket(None), None),
            1 => (client.with_ticket(Some("no.ticket.this".into())), None),
            2 => {
                let subject = script.one(SUBJECTS);
                (client.with_ticket(Some(self.ticket(subject, None))), Some(subject))
            }
            _ => {
                let (subject, id) = (script.one(SUBJECTS), script.byte() % 2);
                (client.with_ticket(Some(self.ticket(subject, Some(id)))), Some(subject))
            }
        };
        Hello { client, subject, before }
    }

    /// A ticket; with a number it can be used once.
    fn ticket(&self, subject: &str, once: Option<u8>) -> String {
        let mut claims = json!({"sub": subject, "exp": unix_s() + 60});
        if let Some(id) = once {
            claims["jti"] = json!(format!("{subject} {id}"));
        }
        self.server.signer.ticket(&claims).expect("a secret signs everything")
    }

    /// Ends the server, and looks at who is left.
    async fn end(self) -> Outcome {
        let Self { server, connections, past, .. } = self;
        let is_empty = connections.iter().all(Option::is_none);
        if is_empty {
            server.empty().await;
        }
        let ended = server.end();
        let ends = async {
            let mut all = past;
            for connection in connections.into_iter().flatten() {
                all.push(connection.read_to_end().await);
            }
            all
        };
        let ((), all) = tokio::join!(ended, ends);
        let mut seats = BTreeSet::new();
        let mut outcome = Outcome::default();
        for connection in &all {
            outcome.welcomed += usize::from(connection.was_welcomed());
            outcome.resumed += usize::from(connection.has_resumed());
            let State::Closed(_, text) = connection.state() else { continue };
            if come_back_ms(text).is_none() {
                outcome.closed += 1;
            } else if let Some(seat) = &connection.who().seat {
                assert!(seats.insert(seat.clone()), "two connections play as {seat:?}");
            }
        }
        outcome
    }
}
