//! What a text client asks for, and what it is answered.

use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::messages::ClientMessage;

use super::{Asked, Talk};
use crate::clock::now_us;
use crate::engine::close::CloseReason;
use crate::engine::message::Message;
use crate::engine::viewer::Role;
use crate::net::frames::Incoming;
use crate::net::reader::Stopped;
use crate::net::socket::Ended;
use crate::net::terminal::request::{Request, Wrong, example, parse};
use crate::net::terminal::speech::{LEFT, binary, complaint};
use crate::net::terminal::view::Sent;

impl<G: Game> Talk<'_, G> {
    /// Answers what the client sent.
    pub(super) fn answer(&mut self, incoming: &Incoming) -> Result<(), Stopped> {
        let now_us = now_us();
        self.silent_looks = 0;
        self.reader().allow(now_us)?;
        let asked = match incoming {
            Incoming::Text(text) => parse::<G>(text, &self.held),
            Incoming::Binary(_) => Err(binary::<G>()),
            _ => return Ok(()),
        };
        self.edge.metrics.edge.frames_in.increment(1);
        let done = match asked {
            Ok(request) => self.take_request(request),
            Err(wrong) => {
                self.reader().note_invalid();
                Ok(Err(wrong))
            }
        };
        match done? {
            Ok(()) => Ok(()),
            Err(wrong) => self.say(&complaint(&wrong)),
        }
    }

    /// Does what is asked for. The inner error is what is wrong with it.
    fn take_request(
        &mut self,
        request: Request<G::Input, G::Command>,
    ) -> Result<Result<(), Wrong>, Stopped> {
        let wrong = |error: &str, verb| {
            Ok(Err(Wrong { error: error.to_owned(), send: example::<G>(verb) }))
        };
        let or_mistake = |done: Result<(), Stopped>, verb| match done {
            Err(Stopped::Ended(Ended::Closing(reason))) if is_mistake(&reason) => {
                wrong(reason.text(), verb)
            }
            done => done.map(Ok),
        };
        if self.role == Role::Spectator && is_for_players(&request) {
            return wrong("a spectator only looks on; connect again to join as a player", "watch");
        }
        match request {
            Request::Join(..) => {
                wrong("you have joined; open another connection to join again", "state")
            }
            Request::Leave => Err(Ended::Closing(CloseReason::left(Some(LEFT))).into()),
            Request::State => {
                self.wants_state = true;
                Ok(Ok(()))
            }
            Request::Every(pace) => {
                (self.pace, self.next_us) = (pace, pace.every_us.map_or(u64::MAX, |_| 1));
                self.sent = Sent::default();
                Ok(Ok(()))
            }
            Request::Document => {
                self.follows.document = true;
                self.reader().push(Message::Document).map(Ok)
            }
            Request::Players => {
                self.follows.players = true;
                self.client.read_players();
                self.transmit().map(Ok)
            }
            Request::Map if self.map != Asked::No => {
                wrong("the map has been asked for, and it stays the same", "state")
            }
            Request::Map => {
                self.map = Asked::Yes;
                Ok(Ok(()))
            }
            Request::Input(input) => {
                Ok(self.hold(input).inspect_err(|_| self.reader().note_invalid()))
            }
            Request::Command(command) => match self.client.command(*command) {
                Ok(_) => or_mistake(self.transmit(), "command"),
                Err(what) => {
                    self.reader().note_invalid();
                    wrong(&what.0, "command")
                }
            },
            Request::Send(verb, message) => {
                let done = self.deliver(*message);
                or_mistake(done, if verb == "watch" { "state" } else { verb })
            }
        }
    }

    fn hold(&mut self, input: G::Input) -> Result<(), Wrong> {
        G::validate(&input)
            .map_err(|what| Wrong { error: what.0.into_owned(), send: example::<G>("input") })?;
        self.held = input;
        self.client.hold(input, now_us());
        self.asked = Some(self.client.last_input());
        Ok(())
    }
}

/// Whether only players may ask for this.
fn is_for_players<I, C>(request: &Request<I, C>) -> bool {
    match request {
        Request::Input(_) | Request::Command(_) => true,
        Request::Send(_, message) => {
            !matches!(**message, ClientMessage::Watch(_) | ClientMessage::Ticket { .. })
        }
        _ => false,
    }
}

/// Whether a person may try again.
fn is_mistake(reason: &CloseReason) -> bool {
    matches!(reason.kind(), CloseCode::Malformed | CloseCode::OutOfPlace)
}
