//! Clients joining and leaving a room.

use drumbeat_shared::game::{Game, Identity, Refused};
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::messages::Welcome;
use drumbeat_shared::protocol::{CONTROL, codec, schema_hash};
use drumbeat_shared::records::Reading;

use super::Engine;
use crate::engine::client::{Client, Join, Joined, Leaving};
use crate::engine::close::CloseReason;
use crate::engine::incident::What;
use crate::engine::outbox::HEADER_BYTES_MAX;
use crate::engine::viewer::{Role, SpectatorCamera, Viewer};

impl<G: Game> Engine<G> {
    /// Lets a connection in. Its welcome goes out at once, its first frame with the next tick.
    ///
    /// # Errors
    /// When the room is full, or the rules refuse the player.
    pub fn join(&mut self, join: Join<G>, now_us: u64) -> Result<Viewer, CloseReason> {
        let role = join.role;
        if !self.roster.has_free_seat(role) {
            let reason = CloseReason::room_full(role);
            self.counts.incidents.push(join.reject(&reason));
            return Err(reason);
        }
        let joined = Joined {
            tick: self.tick,
            tick_hz: self.world.tick_hz,
            present_us: self.clock.advance(now_us),
            next_event: self.log.end(),
            // Nobody needs the checksum of a chat in which nobody has said anything.
            chat: match self.chat.records().edits() {
                0 => self.chat.records().start_at_end(0),
                _ => self.chat.records().start(0),
            },
            document: self
                .game
                .document()
                .map_or_else(Reading::default, |document| document.records().start(0)),
        };
        let (viewer, client) = self.roster.join(join, &joined);
        // Before the welcome. The client is in the room, so that it gets a close reason if the rules
        // panic here.
        match viewer {
            Viewer::Player(player) => {
                let who = Identity { name: &client.name };
                let joined = self.game.join(player, who);
                if let Some(twin) = &mut self.twin {
                    twin.join(player, who, &joined);
                }
                if let Err(Refused(text)) = joined {
                    let reason = CloseReason::new(CloseCode::Refused, text);
                    if let Some(client) = self.roster.remove(viewer) {
                        self.leave(client, role, Some(reason.clone()));
                    }
                    return Err(reason);
                }
                self.names.insert(player, client.name.clone());
            }
            Viewer::Spectator(_) => {
                client.camera = SpectatorCamera::new(&self.game);
                self.game.spectate();
                if let Some(twin) = &mut self.twin {
                    twin.spectate();
                }
            }
        }
        let welcome = Welcome {
            schema: schema_hash(&G::SCHEMA),
            player: viewer.player(),
            name: client.name.clone(),
            room: self.room.clone(),
            tick_hz: self.world.tick_hz,
            predictions: self.predictions,
            map: self.map_bytes.clone(),
        };
        let mut message = vec![0; HEADER_BYTES_MAX];
        message.push(CONTROL);
        message.extend_from_slice(&codec::encode(&welcome));
        // A link that fails here fails again at the first frame, which removes the client.
        let _ = client.outbox.send(&mut message);
        self.counts.incidents.push(client.incident(role, What::Joined));
        Ok(viewer)
    }

    pub(super) fn remove_gone(&mut self) {
        while let Some((viewer, reason)) = self.gone.pop() {
            let Some(client) = self.roster.remove(viewer) else { continue };
            if let Viewer::Player(player) = viewer {
                self.names.remove(&player);
                self.roster.spectators_mut().for_each(|spectator| spectator.camera.lose(player));
                self.game.leave(player);
                if let Some(twin) = &mut self.twin {
                    twin.leave(player);
                }
            }
            self.leave(client, viewer.role(), reason);
        }
    }

    /// Logs that a client leaves and sends it the reason, if there is one. As many clients may be
    /// taking their close frame as the room has seats; beyond that, one whose link does not take
    /// it at once is dropped.
    fn leave(
        &mut self,
        client: Client<G::Input, G::Command>,
        role: Role,
        reason: Option<CloseReason>,
    ) {
        self.counts.incidents.push(client.incident(role, What::Left(reason.clone())));
        let Some(reason) = reason else { return };
        let outbox = client.outbox;
        let present_us = self.clock.now_us();
        let mut leaving = Leaving::new(outbox, &reason, present_us);
        if !leaving.done(present_us) && self.leaving.len() < self.roster.seats_max() {
            self.leaving.push(leaving);
        }
    }

    /// Closes every client with this reason without telling the rules: the room has ended. Call
    /// [`Engine::farewells_done`] until it returns `true`.
    pub fn close_all(&mut self, reason: &CloseReason, now_us: u64) {
        self.clock.advance(now_us);
        for (viewer, client) in self.roster.remove_all() {
            self.leave(client, viewer.role(), Some(reason.clone()));
        }
    }

    /// Whether every closed client has taken its close frame or run out of time.
    pub fn farewells_done(&mut self, now_us: u64) -> bool {
        let present_us = self.clock.advance(now_us);
        self.leaving.retain_mut(|leaving| !leaving.done(present_us));
        self.leaving.is_empty()
    }
}
