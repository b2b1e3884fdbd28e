//! The client of one connection, and the buffers that it shares with JavaScript.

use std::collections::VecDeque;

use drumbeat_shared::client::{Client, Conditions, DRAW_STRIDE, Lab, Received, Switches};
use drumbeat_shared::content::InvalidContent;
use drumbeat_shared::document::RecordId;
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::input::{self, Input, InvalidInput};
use drumbeat_shared::limits::{FIELDS_MAX, SERVER_MESSAGE_BYTES_MAX};
use drumbeat_shared::protocol::codec;
use drumbeat_shared::protocol::messages::{ResumeRequest, Watch};
use drumbeat_shared::schema::Private;
use serde::Deserialize;

use crate::{descriptor, json};

/// Numbers per entity that [`Core::draw`] and [`Core::truth`] write.
pub const STRIDE: usize = DRAW_STRIDE;

/// Result of [`Core::deliver`] when no message was due.
pub const NOTHING: u32 = 0;
/// Result of [`Core::deliver`] for the server's welcome.
pub const WELCOME: u32 = 1;
/// Result of [`Core::deliver`] for a state frame.
pub const FRAME: u32 = 2;
/// Result of [`Core::deliver`] for a refused message.
pub const REFUSED: u32 = 3;

/// What a connection asks for.
#[derive(Debug, Deserialize)]
struct Wanted {
    name: String,
    room: String,
    spectate: bool,
    ticket: Option<String>,
    resume: Option<ResumeRequest>,
}

/// The state behind the exported functions.
///
/// Each method that "writes" stores its bytes in [`Core::output`] and returns their number, 0 for
/// nothing.
#[derive(Debug)]
pub struct Core<G: Game> {
    client: Client<G>,
    lab: Lab,
    /// Messages to send before those that the client makes itself.
    outbox: VecDeque<Vec<u8>>,
    /// Input bytes from JavaScript; as long as the longest message of a server.
    pub input: Box<[u8]>,
    /// Output bytes of the last call.
    pub output: Vec<u8>,
    /// Numbers of the last [`Core::draw`], [`Core::truth`] or [`Core::path`].
    pub picture: Vec<f32>,
}

impl<G: Game> Default for Core<G> {
    fn default() -> Self {
        Self {
            client: Client::new("", ""),
            lab: Lab::new(Conditions::default(), 1),
            outbox: VecDeque::new(),
            input: vec![0; SERVER_MESSAGE_BYTES_MAX].into(),
            output: Vec::new(),
            picture: Vec::new(),
        }
    }
}

impl<G: Game> Core<G> {
    /// Starts a client as the JSON in the input says: `{name, room, spectate, ticket, resume}`, the last
    /// two may be null. [`Core::transmit`] then starts with the hello. Returns [`NOTHING`], or
    /// [`REFUSED`] with the reason in the output.
    pub fn connect(&mut self, len: usize) -> u32 {
        let hello = match serde_json::from_slice::<Wanted>(self.given(0, len)) {
            Ok(hello) => hello,
            Err(error) => return self.refuse(&error),
        };
        let client = match hello.spectate {
            true => Client::spectator(&hello.room),
            false => Client::new(&hello.name, &hello.room).resuming(hello.resume),
        };
        self.client = client.with_ticket(hello.ticket);
        self.outbox.clear();
        let hello = self.client.hello();
        self.outbox.push_back(hello);
        NOTHING
    }

    /// Takes the message from the server in the input; [`Core::deliver`] passes it to the client
    /// once it has crossed the simulated link. Returns [`NOTHING`], or [`REFUSED`] with the reason
    /// in the output.
    pub fn receive(&mut self, len: usize, now_us: f64) -> u32 {
        let bytes = self.given(0, len).to_vec();
        match self.lab.arrive(bytes, micros(now_us)) {
            Ok(()) => NOTHING,
            Err(error) => self.refuse(&error),
        }
    }

    /// Passes the next message that has crossed the link to the client. Returns [`NOTHING`],
    /// [`WELCOME`], [`FRAME`], or [`REFUSED`] with the reason in the output.
    pub fn deliver(&mut self, now_us: f64) -> u32 {
        let Some(bytes) = self.lab.deliver(micros(now_us)) else {
            return NOTHING;
        };
        match self.client.receive(&bytes, micros(now_us)) {
            Ok(Received::Welcome) => WELCOME,
            Ok(Received::Frame) => FRAME,
            Err(error) => self.refuse(&error),
        }
    }

    fn refuse(&mut self, error: &dyn std::error::Error) -> u32 {
        self.write(Some(error.to_string().into_bytes()));
        REFUSED
    }

    /// Holds the controls in the input (the game's `Input` as bincode) from now on. Returns false if
    /// they are invalid, and writes why.
    pub fn hold(&mut self, len: usize, now_us: f64) -> bool {
        let input = codec::decode_client(self.given(0, len)).map_err(|error| {
            let default = codec::encode(&G::Input::default()).len();
            let text = format!("{len} bytes are no input of {}", G::NAME);
            InvalidInput(format!("{text}, whose default takes {default}: {error}").into())
        });
        self.hold_input(input, now_us)
    }

    /// Holds an input made of the values in the input: one 32-bit integer, little-endian, for each of
    /// the descriptor's controls. Returns false if they are invalid, and writes why.
    pub fn hold_values(&mut self, count: usize, now_us: f64) -> bool {
        let mut values = [0; FIELDS_MAX];
        let (given, _) = self.given(0, count.saturating_mul(4)).as_chunks();
        for (value, bytes) in values.iter_mut().zip(given) {
            *value = i32::from_le_bytes(*bytes);
        }
        let controls = G::Input::CONTROLS;
        let input = match count == controls.len() {
            true => input::check(controls, &values).map(|()| G::Input::from_fields(&values)),
            false => {
                let expected = controls.len();
                let text = format!("{count} values for the {expected} controls of {}", G::NAME);
                Err(InvalidInput(text.into()))
            }
        };
        self.hold_input(input, now_us)
    }

    fn hold_input(&mut self, input: Result<G::Input, InvalidInput>, now_us: f64) -> bool {
        let checked = input.and_then(|input| G::validate(&input).map(|()| input));
        let held = checked.map(|input| self.client.hold(input, micros(now_us)));
        let error = held.as_ref().err().map(|error| error.to_string().into_bytes());
        self.write(error);
        held.is_ok()
    }

    /// Writes the next message to send, if one is due: inputs, pings and requests.
    pub fn transmit(&mut self, now_us: f64) -> usize {
        let now_us = micros(now_us);
        while let Some(bytes) = self.outbox.pop_front().or_else(|| self.client.transmit(now_us)) {
            // If a far too narrow link overflows, the dropped messages are no longer of use.
            let _ = self.lab.send(bytes, now_us);
        }
        let message = self.lab.depart(now_us);
        self.write(message)
    }

    /// Queues the text in the input as chat. Returns whether there is anything to send.
    pub fn chat(&mut self, len: usize) -> bool {
        let text = String::from_utf8_lossy(self.given(0, len)).into_owned();
        let message = self.client.chat(&text);
        let said = message.is_some();
        self.outbox.extend(message);
        said
    }

    /// Queues the text in the input as chat to one player only, as [`Core::chat`].
    pub fn whisper(&mut self, to: u16, len: usize) -> bool {
        let text = String::from_utf8_lossy(self.given(0, len)).into_owned();
        let message = self.client.whisper(PlayerId(to), &text);
        let said = message.is_some();
        self.outbox.extend(message);
        said
    }

    /// Reports a chat line.
    pub fn report(&mut self, line: u32) {
        let message = self.client.report(RecordId(line));
        self.outbox.extend(message);
    }

    /// Sends the ticket in the input in place of the one before.
    pub fn renew(&mut self, len: usize) {
        let ticket = String::from_utf8_lossy(self.given(0, len)).into_owned();
        let message = self.client.renew(&ticket);
        self.outbox.push_back(message);
    }

    /// Sends the command in the input, as JSON. Returns its number, or 0 if it can't be sent, and
    /// writes why.
    pub fn command(&mut self, len: usize) -> u32 {
        let command = serde_json::from_slice::<G::Command>(self.given(0, len));
        let command = command
            .map_err(|error| InvalidContent(format!("this is no command of {}: {error}", G::NAME)));
        let sent = command.and_then(|command| self.client.command(command));
        let error = sent.as_ref().err().map(|error| error.to_string().into_bytes());
        self.write(error);
        sent.unwrap_or(0)
    }

    /// The next record of the game's document that came, changed or went; 0 for none.
    pub fn changed_record(&mut self) -> u32 {
        self.client.changed_record().map_or(0, |RecordId(id)| id)
    }

    /// Writes a record as JSON, or nothing if it is not there.
    pub fn record(&mut self, id: u32) -> usize {
        let record = self.client.record(RecordId(id)).map(|record| json::encode(&record));
        self.write(record)
    }

    /// Whether all of the game's document has arrived once.
    #[must_use]
    pub fn has_document(&self) -> bool {
        self.client.has_document()
    }

    /// Lets a spectator watch the leader.
    pub fn watch_leader(&mut self) {
        self.client.watch(Watch::Leader);
    }

    /// Lets a spectator watch a player.
    pub fn watch_player(&mut self, player: u16) {
        self.client.watch(Watch::Player(PlayerId(player)));
    }

    /// Lets a spectator watch a place, in grid units.
    pub fn watch_place(&mut self, x: i32, y: i32) {
        self.client.watch(Watch::Place { x, y });
    }

    /// Applies the link conditions in the input and writes them as JSON. Returns false if they are
    /// invalid, and writes the error instead.
    pub fn set_link(&mut self, len: usize) -> bool {
        let text = String::from_utf8_lossy(self.given(0, len)).into_owned();
        let conditions = text.parse::<Conditions>();
        let written = match &conditions {
            Ok(conditions) => {
                self.lab.set(*conditions);
                json::link(conditions)
            }
            Err(error) => error.to_string().into_bytes(),
        };
        self.write(Some(written));
        conditions.is_ok()
    }

    /// Turns parts of the netcode on or off: bits 0 to 3 are those of [`Switches`], in order.
    pub fn set_switches(&mut self, bits: u32) {
        let on = |bit: u32| bits & (1 << bit) != 0;
        self.client.switch(Switches {
            prediction: on(0),
            reconciliation: on(1),
            interpolation: on(2),
            lag_compensation: on(3),
        });
    }

    /// Draws into [`Core::picture`] and returns the number of entities.
    pub fn draw(&mut self, now_us: f64) -> usize {
        self.client.draw(micros(now_us), &mut self.picture);
        self.picture.len() / STRIDE
    }

    /// Draws the latest confirmed state, neither predicted nor interpolated, into
    /// [`Core::picture`].
    pub fn truth(&mut self) -> usize {
        self.client.truth(&mut self.picture);
        self.picture.len() / STRIDE
    }

    /// Writes the positions of the own avatar into [`Core::picture`]: the confirmed one, then the
    /// one after each input in flight. Returns their number.
    pub fn path(&mut self) -> usize {
        self.client.path(&mut self.picture);
        self.picture.len() / 2
    }

    /// Writes the state of the clocks as JSON.
    pub fn live(&mut self, now_us: f64) -> usize {
        let live = json::live(&self.client.live(micros(now_us)));
        self.write(Some(live))
    }

    /// The tick of the newest frame; -1 before the first.
    #[must_use]
    pub fn tick(&self) -> f64 {
        self.client.tick().map_or(-1.0, |tick| f64::from(tick.0))
    }

    /// The player's private state.
    #[must_use]
    pub fn private(&self) -> &Private {
        self.client.private()
    }

    /// Writes the name of a player, or nothing if it is not known yet.
    pub fn name(&mut self, player: u16) -> usize {
        let name = self.client.name(PlayerId(player)).map(str::to_owned);
        self.write(name.map(String::into_bytes))
    }

    /// Asks for the list of players, which then follows who comes and goes.
    pub fn read_players(&mut self) {
        self.client.read_players();
    }

    /// Writes the list of players as JSON, `[[player, name], …]`, if it is there and has changed since the
    /// last call; else nothing.
    pub fn players(&mut self) -> usize {
        let list = self.client.players().map(|players| json::encode(&players.collect::<Vec<_>>()));
        self.write(list)
    }

    /// Writes the next notice as JSON.
    pub fn notice(&mut self) -> usize {
        let notice = self.client.notice().map(|notice| json::notice(&notice));
        self.write(notice)
    }

    /// Writes the welcome and the map as JSON; nothing before the welcome.
    pub fn welcome(&mut self) -> usize {
        let welcome = self.client.welcome().zip(self.client.map());
        let text = welcome.map(|(welcome, map)| json::welcome(welcome, map));
        self.write(text)
    }

    /// Writes the descriptor of the schema as JSON.
    pub fn schema(&mut self) -> usize {
        self.write(Some(descriptor::describe::<G>()))
    }

    /// Writes the counters and the feel figures as JSON.
    pub fn stats(&mut self) -> usize {
        let text = json::stats(&self.client);
        self.write(Some(text))
    }

    /// Resets the feel figures.
    pub fn reset_feel(&mut self) {
        self.client.take_feel();
    }

    /// The bytes that JavaScript stored at `start`, cut at the end of the input.
    fn given(&self, start: usize, len: usize) -> &[u8] {
        let end = start.saturating_add(len).min(self.input.len());
        &self.input[start.min(end)..end]
    }

    fn write(&mut self, bytes: Option<Vec<u8>>) -> usize {
        self.output = bytes.unwrap_or_default();
        self.output.len()
    }
}

/// JavaScript's numbers are `f64`; a NaN or negative clock counts as 0.
fn micros(now_us: f64) -> u64 {
    now_us as u64
}
