//! Who comes into a room and who goes.

use drumbeat_shared::game::Game;
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::limits::CHECKSUM_TICKS;
use drumbeat_shared::protocol::messages::Welcome;
use drumbeat_shared::protocol::{CONTROL, codec, schema_hash};
use drumbeat_shared::schema::initial_private;

use super::Engine;
use crate::engine::checks::Checks;
use crate::engine::client::{Client, Leaving};
use crate::engine::close::{CloseReason, close_frame};
use crate::engine::inbox::Receiver;
use crate::engine::incident::{Incident, Peer, What};
use crate::engine::link::Link;
use crate::engine::outbox::{HEADER_BYTES_MAX, Outbox};
use crate::engine::pace::Pace;
use crate::engine::viewer::{Gaze, Role, Viewer};

/// A connection that wants to come in.
pub struct Join<G: Game> {
    /// The connection's far end, for logs.
    pub peer: Peer,
    /// Its cleaned name.
    pub name: String,
    /// What it wants to be.
    pub role: Role,
    /// The way out to the client.
    pub link: Box<dyn Link>,
    /// Where its reader leaves messages.
    pub inbox: Receiver<G::Input>,
}

impl<G: Game> Join<G> {
    /// Tells a connection that no room takes why, as far as its link takes that at once: it is
    /// the first thing written to it. Returns what the log is to tell of that.
    pub fn turn_away(self, reason: &CloseReason) -> Incident {
        let mut outbox = Outbox::new(self.link);
        outbox.push(&close_frame(reason));
        // Whoever is gone already need not be told.
        drop(outbox.flush());
        let what = What::Left(Some(reason.clone()));
        Incident { peer: self.peer, name: self.name, role: self.role, what }
    }
}

impl<G: Game> std::fmt::Debug for Join<G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Join").field("peer", &self.peer).finish_non_exhaustive()
    }
}

impl<G: Game> Engine<G> {
    /// Lets a connection in. Its welcome goes out at once, its first frame with the next tick.
    ///
    /// # Errors
    /// When the room is full, or the client is gone already.
    pub fn join(&mut self, join: Join<G>, now_us: u64) -> Result<Viewer, CloseReason> {
        let (table, places) = match join.role {
            Role::Player => (&mut self.clients, self.setup.capacity),
            Role::Spectator => (&mut self.spectators, self.spectators_max),
        };
        if table.len() >= usize::from(places) {
            let reason = CloseReason::room_full(join.role);
            self.counts.incidents.push(join.turn_away(&reason));
            return Err(reason);
        }
        let mut outbox = Outbox::new(join.link);
        let entry = table.vacant_entry();
        let number = entry.key() as u16;
        let viewer = match join.role {
            Role::Player => Viewer::Player(PlayerId(number)),
            Role::Spectator => Viewer::Spectator(number),
        };
        let welcome = Welcome {
            schema: schema_hash(&G::SCHEMA),
            player: viewer.player(),
            name: join.name.clone(),
            room: self.room.clone(),
            tick_hz: self.setup.tick_hz,
            map: self.map_bytes.clone(),
        };
        let mut message = vec![0; HEADER_BYTES_MAX];
        message.push(CONTROL);
        message.extend_from_slice(&codec::encode(&welcome));
        // A link that fails here fails again at the first frame, and the client is removed then.
        let _ = outbox.send(&mut message);
        let name = join.name.clone();
        let pace = Pace::new(self.setup.tick_hz, self.clock.advance(now_us));
        let period_us = 1_000_000 / u64::from(self.setup.tick_hz);
        let mut client =
            Client::new(join.name, join.peer, join.inbox, outbox, pace, period_us, self.tick);
        client.private = initial_private(G::SCHEMA.private);
        client.next_event = self.log.end();
        // Clients take turns at the checksum, so that no tick checks them all.
        let checked = self.tick.0.saturating_sub(u32::from(number) % CHECKSUM_TICKS);
        client.checks = Checks::new(Tick(checked));
        self.counts.incidents.push(client.incident(join.role, What::Joined));
        let client = entry.insert(client);
        // Last, so that a client is told why if the rules panic here.
        match viewer {
            Viewer::Player(player) => self.game.join(player, &name),
            Viewer::Spectator(_) => {
                client.gaze = Gaze::new(&self.game);
                self.game.spectate();
            }
        }
        Ok(viewer)
    }

    pub(super) fn remove_gone(&mut self) {
        while let Some((viewer, reason)) = self.gone.pop() {
            let client = match viewer {
                Viewer::Player(player) => {
                    let client = self.clients.try_remove(usize::from(player.0));
                    for (_, spectator) in &mut self.spectators {
                        spectator.gaze.lose(player);
                    }
                    client.inspect(|_| self.game.leave(player))
                }
                Viewer::Spectator(number) => self.spectators.try_remove(usize::from(number)),
            };
            if let Some(client) = client {
                self.leave(client, viewer.role(), reason);
            }
        }
    }

    /// Says farewell. As many may be at that as the room has places; one more just goes.
    fn leave(&mut self, client: Client<G::Input>, role: Role, reason: Option<CloseReason>) {
        self.counts.incidents.push(client.incident(role, What::Left(reason.clone())));
        let Some(reason) = reason else { return };
        let outbox = client.outbox;
        let present_us = self.clock.now_us();
        let mut leaving = Leaving::new(outbox, &reason, present_us);
        let places = usize::from(self.setup.capacity) + usize::from(self.spectators_max);
        if !leaving.done(present_us) && self.leaving.len() < places {
            self.leaving.push(leaving);
        }
    }

    /// Closes every client with this reason and without a word to the rules: the room is over.
    /// Keep calling [`Engine::farewells_done`] until all have taken it.
    pub fn close_all(&mut self, reason: &CloseReason, now_us: u64) {
        self.clock.advance(now_us);
        let players = std::mem::take(&mut self.clients);
        let spectators = std::mem::take(&mut self.spectators);
        for (role, clients) in [(Role::Player, players), (Role::Spectator, spectators)] {
            for (_, client) in clients {
                self.leave(client, role, Some(reason.clone()));
            }
        }
    }

    /// Whether every closed client has taken its farewell, or had the time to.
    pub fn farewells_done(&mut self, now_us: u64) -> bool {
        let present_us = self.clock.advance(now_us);
        self.leaving.retain_mut(|leaving| !leaving.done(present_us));
        self.leaving.is_empty()
    }
}
