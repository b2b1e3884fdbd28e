//! A bot's end of the game: a complete client, or one without a view.

use drumbeat_shared::client::{Client, ClientError, LightClient, Maps, Received, Stats};
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::protocol::messages::Encoding;

/// One player's end of the game.
#[derive(Debug)]
pub enum Player<G: Game> {
    /// Decodes every frame and verifies its view, like the client that people play with.
    Witness(Box<Client<G>>),
    /// Reads only the head of each frame.
    Light(Box<LightClient<G>>),
}

impl<G: Game> Player<G> {
    /// Creates a player with a view. It asks for this name and this room (empty: any room).
    #[must_use]
    pub fn witness(name: &str, room: &str, maps: Maps<G>) -> Self {
        Self::Witness(Box::new(Client::new(name, room).with_maps(maps)))
    }

    /// Creates a player without a view, with the same arguments.
    #[must_use]
    pub fn light(name: &str, room: &str) -> Self {
        Self::Light(Box::new(LightClient::new(name, room)))
    }

    /// The same player, who brings this ticket.
    #[must_use]
    pub fn with_ticket(self, ticket: Option<String>) -> Self {
        match self {
            Self::Witness(client) => Self::Witness(Box::new(client.with_ticket(ticket))),
            Self::Light(light) => Self::Light(Box::new(light.with_ticket(ticket))),
        }
    }

    /// The same player, whose changes come in this encoding.
    #[must_use]
    pub fn with_encoding(self, encoding: Encoding) -> Self {
        match self {
            Self::Witness(client) => Self::Witness(Box::new(client.with_encoding(encoding))),
            Self::Light(light) => Self::Light(Box::new(light.with_encoding(encoding))),
        }
    }

    /// The same player for a new connection: see [`Client::reconnect`].
    #[must_use]
    pub fn reconnect(&self) -> Self {
        match self {
            Self::Witness(client) => Self::Witness(Box::new(client.reconnect())),
            Self::Light(light) => Self::Light(Box::new(light.reconnect())),
        }
    }

    /// The player's id; `None` before the server's welcome.
    #[must_use]
    pub fn id(&self) -> Option<PlayerId> {
        match self {
            Self::Witness(client) => client.welcome().and_then(|welcome| welcome.player),
            Self::Light(light) => light.player(),
        }
    }

    /// Whether the server has given the player its place back.
    #[must_use]
    pub fn has_resumed(&self) -> bool {
        match self {
            Self::Witness(client) => {
                client.welcome().is_some_and(|welcome| welcome.resumed.is_some())
            }
            Self::Light(light) => light.has_resumed(),
        }
    }

    /// The complete client; `None` for a light client.
    #[must_use]
    pub fn client(&self) -> Option<&Client<G>> {
        match self {
            Self::Witness(client) => Some(client),
            Self::Light(_) => None,
        }
    }

    /// The complete client, mutable for what only it can do: drawing, holding controls, wishing.
    pub(crate) fn client_mut(&mut self) -> Option<&mut Client<G>> {
        match self {
            Self::Witness(client) => Some(client),
            Self::Light(_) => None,
        }
    }

    /// Tick rate of the server in Hz; `None` before its welcome.
    #[must_use]
    pub fn tick_hz(&self) -> Option<u16> {
        match self {
            Self::Witness(client) => client.welcome().map(|welcome| welcome.tick_hz),
            Self::Light(light) => light.tick_hz(),
        }
    }

    /// The room; `None` before the server's welcome, and for a light client.
    #[must_use]
    pub fn room(&self) -> Option<&str> {
        self.client()?.welcome().map(|welcome| welcome.room.as_str())
    }

    /// The tick of the newest frame.
    #[must_use]
    pub fn tick(&self) -> Option<Tick> {
        match self {
            Self::Witness(client) => client.tick(),
            Self::Light(light) => light.tick(),
        }
    }

    /// The tick of the last input made.
    #[must_use]
    pub fn last_input(&self) -> Tick {
        match self {
            Self::Witness(client) => client.last_input(),
            Self::Light(light) => light.last_input(),
        }
    }

    /// The tick of the last input that the server has applied.
    #[must_use]
    pub fn ack(&self) -> Tick {
        match self {
            Self::Witness(client) => client.ack(),
            Self::Light(light) => light.ack(),
        }
    }

    /// The counters.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        match self {
            Self::Witness(client) => client.stats(),
            Self::Light(light) => light.stats(),
        }
    }

    pub(crate) fn hello(&mut self) -> Vec<u8> {
        match self {
            Self::Witness(client) => client.hello(),
            Self::Light(light) => light.hello(),
        }
    }

    /// Takes a message.
    pub(crate) fn receive(&mut self, bytes: &[u8], now_us: u64) -> Result<Received, ClientError> {
        match self {
            Self::Witness(client) => client.receive(bytes, now_us),
            Self::Light(light) => light.receive(bytes),
        }
    }

    pub(crate) fn input(&mut self, input: G::Input, now_us: u64) -> Option<Vec<u8>> {
        match self {
            Self::Witness(client) => client.input(input, now_us),
            Self::Light(light) => light.input(input),
        }
    }

    pub(crate) fn transmit(&mut self, now_us: u64) -> Option<Vec<u8>> {
        match self {
            Self::Witness(client) => client.transmit(now_us),
            Self::Light(light) => light.transmit(now_us),
        }
    }
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::protocol::codec::decode_client;
    use drumbeat_shared::protocol::messages::ClientMessage;
    use drumbeat_shared::toy::{Steer, Toy};

    use super::*;

    #[test]
    fn both_kinds_ask_for_the_encoding_again_when_they_come_back() {
        for player in [Player::<Toy>::witness("a", "", Maps::default()), Player::light("b", "")] {
            let player = player.with_encoding(Encoding::Plain);
            for mut player in [player.reconnect(), player] {
                let Ok(ClientMessage::<Steer>::Hello(hello)) = decode_client(&player.hello())
                else {
                    panic!("it begins with a hello");
                };
                assert_eq!(hello.encoding(), Some(Encoding::Plain));
            }
        }
    }
}
