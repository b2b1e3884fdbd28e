//! One connection's client, and the two buffers through which it talks with JavaScript.

use drumbeat_shared::client::{Client, DRAW_STRIDE, Received};
use drumbeat_shared::game::Game as Rules;
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::limits::SERVER_MESSAGE_BYTES_MAX;
use drumbeat_shared::protocol::codec;
use drumbeat_shared::schema::Private;

use crate::{Game, json};

/// What [`Core::receive`] answers for a refused message.
pub const REFUSED: u32 = 0;
/// What [`Core::receive`] answers for the server's welcome.
pub const WELCOME: u32 = 1;
/// What [`Core::receive`] answers for a state frame.
pub const FRAME: u32 = 2;

/// The state behind the exported functions.
///
/// Each method that "writes" leaves its bytes in [`Core::output`] and answers with their number,
/// 0 for nothing.
#[derive(Debug)]
pub struct Core {
    client: Client<Game>,
    /// Where JavaScript leaves bytes; as long as the longest message of a server.
    pub input: Box<[u8]>,
    /// Where the last call left its bytes.
    pub output: Vec<u8>,
    /// Where the last [`Core::draw`] left its numbers.
    pub picture: Vec<f32>,
    /// Where the last [`Core::private`] left its numbers.
    pub private: Private,
}

impl Default for Core {
    fn default() -> Self {
        Self {
            client: Client::new("", ""),
            input: vec![0; SERVER_MESSAGE_BYTES_MAX].into(),
            output: Vec::new(),
            picture: Vec::new(),
            private: Private::default(),
        }
    }
}

impl Core {
    /// Starts over with the name and the room that stand behind each other in the input, and
    /// writes the first message to send.
    pub fn connect(&mut self, name_len: usize, room_len: usize) -> usize {
        let name = String::from_utf8_lossy(self.given(0, name_len)).into_owned();
        let room = String::from_utf8_lossy(self.given(name_len, room_len)).into_owned();
        self.client = Client::new(&name, &room);
        let hello = self.client.hello();
        self.write(Some(hello))
    }

    /// Takes the server's message in the input. Answers [`WELCOME`], [`FRAME`], or [`REFUSED`]
    /// with the reason in the output.
    pub fn receive(&mut self, len: usize, now_us: f64) -> u32 {
        let end = len.min(self.input.len());
        match self.client.receive(&self.input[..end], micros(now_us)) {
            Ok(Received::Welcome) => WELCOME,
            Ok(Received::Frame) => FRAME,
            Err(error) => {
                self.write(Some(error.to_string().into_bytes()));
                REFUSED
            }
        }
    }

    /// Applies the controls in the input (the game's `Input` as bincode) and writes the message
    /// that sends them; nothing before the first frame or when they are not such controls.
    pub fn control(&mut self, len: usize, now_us: f64) -> usize {
        let message = codec::decode_client::<<Game as Rules>::Input>(self.given(0, len))
            .ok()
            .filter(|input| Game::validate(input).is_ok())
            .and_then(|input| self.client.input(input, micros(now_us)));
        self.write(message)
    }

    /// Writes the next message that the client itself wants sent.
    pub fn transmit(&mut self, now_us: f64) -> usize {
        let message = self.client.transmit(micros(now_us));
        self.write(message)
    }

    /// Writes the message that says the text in the input.
    pub fn chat(&mut self, len: usize) -> usize {
        let text = String::from_utf8_lossy(self.given(0, len)).into_owned();
        let message = self.client.chat(&text);
        self.write(message)
    }

    /// Draws into [`Core::picture`] and answers with the number of entities.
    pub fn draw(&mut self, now_us: f64) -> usize {
        self.picture.clear();
        self.client.draw(micros(now_us), &mut self.picture);
        self.picture.len() / DRAW_STRIDE
    }

    /// The tick of the newest frame, -1 before it.
    #[must_use]
    pub fn tick(&self) -> f64 {
        self.client.tick().map_or(-1.0, |tick| f64::from(tick.0))
    }

    /// Fetches the player's private state into [`Core::private`].
    pub fn private(&mut self) {
        self.private = *self.client.private();
    }

    /// Writes the name of a player; nothing while it is not known.
    pub fn name(&mut self, player: u16) -> usize {
        let name = self.client.name(PlayerId(player)).map(str::to_owned);
        self.write(name.map(String::into_bytes))
    }

    /// Writes the next notice as JSON.
    pub fn notice(&mut self) -> usize {
        let notice = self.client.notice().map(|notice| json::notice(&notice));
        self.write(notice)
    }

    /// Writes the welcome and the map as JSON; nothing before it came.
    pub fn welcome(&mut self) -> usize {
        let welcome = self.client.welcome().zip(self.client.map());
        let text = welcome.map(|(welcome, map)| json::welcome(welcome, map));
        self.write(text)
    }

    /// Writes the counters as JSON.
    pub fn stats(&mut self) -> usize {
        let text = json::stats(self.client.stats());
        self.write(Some(text))
    }

    /// The bytes that JavaScript left at `start`, as far as the input reaches.
    fn given(&self, start: usize, len: usize) -> &[u8] {
        let end = start.saturating_add(len).min(self.input.len());
        &self.input[start.min(end)..end]
    }

    fn write(&mut self, bytes: Option<Vec<u8>>) -> usize {
        self.output = bytes.unwrap_or_default();
        self.output.len()
    }
}

/// JavaScript's numbers are `f64`; a clock that is not a number or negative counts as 0.
fn micros(now_us: f64) -> u64 {
    now_us as u64
}
