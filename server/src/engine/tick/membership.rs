//! Clients joining and leaving a room.

use std::sync::Arc;

use drumbeat_shared::game::{Game, Identity, Refused};
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::messages::{ResumeOffer, Welcome};
use drumbeat_shared::protocol::{CONTROL, codec};
use drumbeat_shared::records::Reading;
use drumbeat_shared::schema_hash::schema_hash;

use super::Engine;
use crate::engine::client::{Client, Joined, Request};
use crate::engine::close::CloseReason;
use crate::engine::holder::Holder;
use crate::engine::incident::What;
use crate::engine::join::Join;
use crate::engine::leaving::Leaving;
use crate::engine::news::Plain;
use crate::engine::outbox::{HEADER_BYTES_MAX, Outbox};
use crate::engine::readings::Readings;
use crate::engine::resume::Resume;
use crate::engine::viewer::{Role, SpectatorCamera, Viewer};

/// What a player is sent whose name may not be used.
const NAME_IN_USE: &str = "this name, or one that looks like it, is in use here; choose another";

impl<G: Game> Engine<G> {
    /// Lets a connection in, as the player whom it resumes or as a new client. Its welcome goes out at
    /// once, its first frame with the next tick.
    ///
    /// # Errors
    /// When the room is full, the name may not be used, or the rules refuse the player.
    pub fn join(&mut self, join: Join<G>, now_us: u64) -> Result<Viewer, CloseReason> {
        let (role, resume) = (join.role, join.resume.clone());
        let schema_text = join.schema_text.clone();
        let claim = resume.claim.filter(|_| role == Role::Player);
        let player = claim.and_then(|claim| self.resumable.find(&claim));
        let viewer = match player.filter(|player| self.lets_resume(*player, &join, now_us)) {
            Some(player) => self.resume(player, join, now_us),
            None => self.admit(join, now_us)?,
        };
        self.welcome(viewer, &resume, schema_text);
        Ok(viewer)
    }

    /// Whether the ticket of a connection, or none, lets it go on as this player.
    fn lets_resume(&self, player: PlayerId, join: &Join<G>, now_us: u64) -> bool {
        let client = self.roster.get(Viewer::Player(player));
        client.is_some_and(|client| client.ticket.lets_resume(join.holder.as_deref(), now_us))
    }

    /// The room as a joining client finds it at `now_us`.
    fn joined(&mut self, join: &Join<G>, now_us: u64) -> Joined {
        Joined {
            tick: self.tick,
            tick_hz: self.world.tick_hz,
            present_us: self.clock.advance(now_us),
            next_event: self.log.end(),
            chat_per_10s: self.chat_per_10s,
            readings: Readings {
                // Nobody needs the checksum of a chat in which nobody has said anything.
                chat: match self.chat.records().edits() {
                    0 => self.chat.records().start_at_end(0),
                    _ => self.chat.records().start(0),
                },
                game: join.reads_document.then(|| {
                    let document = self.rules.game().document();
                    document.map_or_else(Reading::default, |document| document.records().start(0))
                }),
                players: None,
            },
        }
    }

    /// Lets a new client in.
    fn admit(&mut self, mut join: Join<G>, now_us: u64) -> Result<Viewer, CloseReason> {
        let role = join.role;
        let full = || (!self.roster.has_free_seat(role)).then(|| CloseReason::room_full(role));
        let unresumed = join.resume.else_refused.take();
        self.counts.refused_tickets.extend(unresumed.as_ref().and_then(|why| why.ticket));
        if let Some(reason) = unresumed.map(|why| why.reason).or_else(full) {
            self.counts.incidents.push(join.reject(&reason));
            return Err(reason);
        }
        // A name that was signed is its holder's: guests make way for it.
        let is_signed = join.holder.as_ref().is_some_and(|holder| holder.has_name);
        if role == Role::Player && !is_signed {
            let Some(name) = self.names_in_use.admit(join.name.clone()) else {
                let reason = CloseReason::new(CloseCode::Refused, NAME_IN_USE);
                self.counts.incidents.push(join.reject(&reason));
                return Err(reason);
            };
            join.name = name;
        }
        let joined = self.joined(&join, now_us);
        let (viewer, client) = self.roster.join(join, &joined);
        // Before the welcome. The client is in the room, so that it gets a close reason if the rules
        // panic here.
        match viewer {
            Viewer::Player(player) => {
                let ticket = client.ticket.holder().map(Holder::seen_by_rules);
                let who = Identity { name: &client.name, ticket };
                if let Err(Refused(text)) = self.rules.join(player, who) {
                    let reason = CloseReason::new(CloseCode::Refused, text);
                    if let Some(client) = self.roster.remove(viewer) {
                        self.leave(client, role, Some(reason.clone()));
                    }
                    return Err(reason);
                }
                self.names_in_use.add(&client.name);
                if G::PUBLIC.players {
                    let name = self.rules.game().name(player).unwrap_or(&client.name);
                    self.news.publish_plain(self.tick, &Plain::Join { player, name });
                }
                self.players.add(player, &client.name);
            }
            Viewer::Spectator(_) => {
                client.camera = SpectatorCamera::new(self.rules.game());
                self.rules.spectate();
            }
        }
        client.ticket.settle();
        self.counts.incidents.push(client.incident(role, What::Joined));
        Ok(viewer)
    }

    /// Gives a player who is in the room to another connection. The connection before is closed, if
    /// it still lives.
    fn resume(&mut self, player: PlayerId, join: Join<G>, now_us: u64) -> Viewer {
        let viewer = Viewer::Player(player);
        self.take_last_words(viewer);
        let joined = self.joined(&join, now_us);
        let away = self.roster.get(viewer).and_then(|client| client.away);
        let resumed = self.roster.resume(player, join, &joined);
        // There is a client wherever there is a key.
        let Some((client, outbox)) = resumed else { return viewer };
        client.ticket.settle();
        let away_ticks = away.map(|away| self.tick.since(away.since));
        client.conduct.presence.pause(away_ticks.unwrap_or(0));
        self.counts.incidents.push(client.incident(Role::Player, What::Resumed { away_ticks }));
        self.counts.resumes += 1;
        self.rules.back(player);
        match away {
            Some(_) => self.away -= 1,
            None => self.say_goodbye(outbox, &CloseCode::TakenOver.into()),
        }
        viewer
    }

    /// Takes what a connection that ends has sent and no tick has taken.
    fn take_last_words(&mut self, viewer: Viewer) {
        let Some((player, client)) = viewer.player().zip(self.roster.get_mut(viewer)) else {
            return;
        };
        let mut messages = Vec::new();
        client.inbox.drain(&mut messages, None);
        for message in messages {
            let present_us = self.clock.now_us();
            let request = client.take(message, self.tick.0, present_us, &mut self.counts);
            if let Some(Request::Wish(wish)) = request {
                self.wishes.push((player, wish));
            }
        }
        if client.note_acknowledged() {
            self.resumable.confirm(player);
        }
    }

    fn welcome(&mut self, viewer: Viewer, resume: &Resume, schema_text: Option<Arc<str>>) {
        let Some(client) = self.roster.get_mut(viewer) else { return };
        let player = viewer.player();
        let next = resume.next.filter(|_| player.is_some());
        let resumed = player.filter(|player| resume.claim.is_some() && self.resumable.has(*player));
        let welcome = Welcome {
            schema: schema_hash::<G>(),
            player,
            name: client.name.clone(),
            room: self.room.clone(),
            tick_hz: self.world.tick_hz,
            chat_per_10s: u16::try_from(self.chat_per_10s).unwrap_or(u16::MAX),
            predictions: self.predictions,
            map: self.map_bytes.clone(),
            resume: next.map(|(token, _)| ResumeOffer { token, keep_s: self.resume_s }),
            resumed: resumed.map(|_| client.commands.received()),
            schema_text: schema_text.map(|text| text.as_ref().to_owned()),
        };
        let mut message = vec![0; HEADER_BYTES_MAX];
        message.push(CONTROL);
        message.extend_from_slice(&codec::encode(&welcome));
        // A link that fails here fails again at the first frame, which removes the client.
        let _ = client.outbox.send(&mut message);
        if let Some((player, (_, key))) = player.zip(next) {
            self.resumable.renew(player, key, resumed.and(resume.claim));
        }
    }

    pub(super) fn remove_gone(&mut self) {
        while let Some((viewer, reason)) = self.gone.pop() {
            if self.keeps_place(viewer, reason.as_ref()) {
                self.lose(viewer, reason);
                continue;
            }
            if let Some(client) = self.remove(viewer) {
                self.leave(client, viewer.role(), reason);
            }
        }
        for (viewer, hand_over) in std::mem::take(&mut self.handed_over) {
            let Some(client) = self.remove(viewer) else { continue };
            self.counts.incidents.push(client.incident(viewer.role(), What::Left(None)));
            client.hand_over(viewer.role(), self.tick, hand_over);
        }
    }

    /// Takes a client out of the room and, if it played, out of the game.
    fn remove(&mut self, viewer: Viewer) -> Option<Client<G::Input, G::Command>> {
        let client = self.roster.remove(viewer)?;
        self.away -= usize::from(client.away.is_some());
        if let Viewer::Player(player) = viewer {
            self.resumable.forget(player);
            self.left.insert(player, self.tick);
            if let Some(name) = self.players.remove(player) {
                if G::PUBLIC.players {
                    let name = self.rules.game().name(player).unwrap_or(&name);
                    self.news.publish_plain(self.tick, &Plain::Leave { player, name });
                }
                self.names_in_use.remove(&name);
            }
            self.roster.spectators_mut().for_each(|spectator| spectator.camera.lose(player));
            self.rules.leave(player);
        }
        Some(client)
    }

    /// Whether the place of a client that goes for this reason is kept.
    fn keeps_place(&self, viewer: Viewer, reason: Option<&CloseReason>) -> bool {
        let can_come_back = viewer.player().is_some_and(|player| self.resumable.has(player));
        // Whoever has never acknowledged a frame has nothing to come back to.
        let client = self.roster.get(viewer);
        let plays = client.is_some_and(|client| client.away.is_none() && client.has_played);
        plays && can_come_back && reason.is_none_or(CloseReason::keeps_place)
    }

    /// Keeps the place of a player that has lost its connection.
    fn lose(&mut self, viewer: Viewer, reason: Option<CloseReason>) {
        self.take_last_words(viewer);
        let Some((player, client)) = viewer.player().zip(self.roster.get_mut(viewer)) else {
            return;
        };
        self.away += 1;
        let outbox = client.lose_connection(self.tick);
        self.counts.incidents.push(client.incident(Role::Player, What::Lost(reason.clone())));
        self.rules.away(player);
        if let Some(reason) = reason {
            self.say_goodbye(outbox, &reason);
        }
    }

    /// Logs that a client leaves and sends it the reason, if there is one.
    fn leave(
        &mut self,
        client: Client<G::Input, G::Command>,
        role: Role,
        reason: Option<CloseReason>,
    ) {
        let was_sent_away = reason.as_ref().is_some_and(CloseReason::sends_away);
        let is_expired = client.away.is_some() && !was_sent_away;
        let what = if is_expired { What::Expired } else { What::Left(reason.clone()) };
        self.counts.incidents.push(client.incident(role, what));
        if let Some(reason) = reason {
            self.say_goodbye(client.outbox, &reason.to(client.peer.connection));
        }
    }

    /// Sends a connection the reason why it ends. As many may be taking their close frame as the room
    /// has seats; beyond that, one whose link does not take it at once is dropped.
    fn say_goodbye(&mut self, outbox: Outbox, reason: &CloseReason) {
        let present_us = self.clock.now_us();
        let mut leaving = Leaving::new(outbox, reason, present_us);
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
