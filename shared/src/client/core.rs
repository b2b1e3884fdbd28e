//! One client's end of the game: takes what arrives and sends what is due.

mod requests;

use super::commands::Commands;
use super::measure::feel::Feel;
use super::measure::measured::Measured;
use super::measure::stats::Stats;
use super::picture::{self, Live};
use super::pings::Pings;
use super::play::switches::Switches;
use super::receive::incoming::{ClientError, Received, check_length, open_welcome, refused};
use super::receive::maps::Maps;
use super::receive::notes::Notes;
use super::receive::notice::Notice;
use super::receive::replica::Seen;
use super::session::Session;
use crate::game::Game;
use crate::ids::{PlayerId, Tick};
use crate::limits::FIELDS_MAX;
use crate::protocol::messages::{ClientMessage, Encoding, Hello, ResumeRequest, Watch, Welcome};
use crate::protocol::{CONTROL, codec};
use crate::replication::fingerprint::fingerprint;
use crate::schema::{Private, State};
use crate::schema_hash::schema_hash;

/// One client's end of the game.
#[derive(Debug)]
pub struct Client<G: Game> {
    hello: Hello,
    maps: Maps<G>,
    session: Option<Session<G>>,
    switches: Switches,
    pings: Pings,
    resync: Option<ClientMessage<G::Input, G::Command>>,
    commands: Commands<G::Command>,
    /// What a spectator wants to see, until it is sent.
    watch: Option<Watch>,
    notes: Notes<G::Event>,
    measured: Measured,
}

impl<G: Game> Client<G> {
    /// A player's client that asks for this name and this room (empty: any).
    #[must_use]
    pub fn new(name: &str, room: &str) -> Self {
        const { G::SCHEMA.validate() };
        Self {
            hello: Hello::new(schema_hash::<G>(), name, room),
            maps: Maps::default(),
            session: None,
            switches: Switches::default(),
            pings: Pings::default(),
            resync: None,
            commands: Commands::default(),
            watch: None,
            notes: Notes::default(),
            measured: Measured::default(),
        }
    }

    /// A spectator's client that asks for this room (empty: any).
    #[must_use]
    pub fn spectator(room: &str) -> Self {
        let player = Self::new("", room);
        Self { hello: Hello { spectate: true, ..player.hello }, ..player }
    }

    /// Whether this is a spectator's client.
    #[must_use]
    pub fn spectates(&self) -> bool {
        self.hello.spectate
    }

    /// The client of the same player on a new connection, once this one is lost: it resumes the player if
    /// the server lets it, and sends again what commands the server has not received.
    #[must_use]
    pub fn reconnect(&self) -> Self {
        let mut hello = self.hello.clone();
        if let Some(Session { welcome, .. }) = &self.session {
            hello.room.clone_from(&welcome.room);
            let seen = self.tick().unwrap_or_default();
            hello.resume = welcome.resume.map(|offer| ResumeRequest { token: offer.token, seen });
        }
        let (maps, switches) = (self.maps.clone(), self.switches);
        Self { hello, maps, switches, commands: self.commands.clone(), ..Self::new("", "") }
    }

    /// The same client, whose changes come in this encoding.
    #[must_use]
    pub fn with_encoding(self, encoding: Encoding) -> Self {
        Self { hello: Hello { encoding: encoding.number(), ..self.hello }, ..self }
    }

    /// The same client, which asks for this player.
    #[must_use]
    pub fn resuming(mut self, request: Option<ResumeRequest>) -> Self {
        self.hello.resume = request;
        self
    }

    /// The same client, which brings this ticket.
    #[must_use]
    pub fn with_ticket(self, ticket: Option<String>) -> Self {
        Self { hello: Hello { ticket, ..self.hello }, ..self }
    }

    /// The same client, which shares the maps that other clients have opened.
    #[must_use]
    pub fn with_maps(self, maps: Maps<G>) -> Self {
        Self { maps, ..self }
    }

    /// The first message to send once the socket is open.
    pub fn hello(&mut self) -> Vec<u8> {
        self.outgoing(&ClientMessage::Hello(self.hello.clone()))
    }

    /// Takes a binary message from the server.
    ///
    /// # Errors
    /// When it is not a valid message: close the connection.
    pub fn receive(&mut self, bytes: &[u8], now_us: u64) -> Result<Received, ClientError> {
        check_length(bytes)?;
        self.measured.stats.bytes_in += bytes.len() as u64;
        match bytes[0] {
            CONTROL => self.welcomed(&bytes[1..]).map(|()| Received::Welcome),
            _ => self.framed(bytes, now_us).map(|()| Received::Frame),
        }
    }

    fn welcomed(&mut self, bytes: &[u8]) -> Result<(), ClientError> {
        if self.session.is_some() {
            return Err(ClientError("a second welcome".into()));
        }
        let mut welcome = open_welcome(bytes, self.hello.schema)?;
        let map = self.maps.open(std::mem::take(&mut welcome.map)).map_err(refused)?;
        let encoding = self.hello.encoding().unwrap_or_default();
        let session = Session::<G>::new(welcome, map, encoding);
        if fingerprint::<G>(&session.world) != session.welcome.predictions {
            let text = "this client predicts by other rules than the server's: reload the page, or \
                        build the client from the server's rules";
            return Err(ClientError(text.into()));
        }
        self.commands.welcomed(session.welcome.resumed);
        self.session = Some(session);
        Ok(())
    }

    fn framed(&mut self, bytes: &[u8], now_us: u64) -> Result<(), ClientError> {
        let Some(session) = &mut self.session else {
            return Err(ClientError("a frame before the welcome".into()));
        };
        let applied = session.apply(bytes).map_err(refused)?;
        let replica = &session.replica;
        self.measured.stats.framed(&applied, bytes.len(), replica);
        if let Some((expected, actual)) = applied.checksum
            && expected != actual
        {
            let tick = replica.newest.tick;
            self.resync = Some(ClientMessage::Resync { tick, expected, actual });
        }
        for player in &replica.departed {
            self.notes.forget(*player);
        }
        session.on_frame(applied.first_new, self.switches, now_us, &mut self.measured);
        self.notes.since.get_or_insert(session.replica.newest.tick);
        if let Some(pong) = self.notes.take(applied.notes, now_us).map_err(refused)? {
            self.measured.pong(&pong);
            session.pong(&pong, now_us);
        }
        if let Some(number) = self.notes.taken {
            self.commands.taken(number);
        }
        let stats = &mut self.measured.stats;
        stats.document_checksums += std::mem::take(&mut self.notes.checksums);
        stats.document_bytes_in += std::mem::take(&mut self.notes.document_bytes);
        stats.record_changes += std::mem::take(&mut self.notes.record_changes);
        Ok(())
    }

    /// Sets the held controls, which have changed at `since_us` if they are new. The own avatar is
    /// drawn with them, and [`Client::transmit`] sends them whenever an input is due. Does nothing
    /// for a spectator.
    pub fn hold(&mut self, input: G::Input, since_us: u64) {
        let plays = !self.spectates();
        if let Some(session) = self.session.as_mut().filter(|_| plays) {
            session.hold(input, since_us);
        }
    }

    /// The message that sends these controls now, once per frame: for a client that follows frames
    /// instead of a screen. `None` before the first frame and for a spectator.
    pub fn input(&mut self, input: G::Input, now_us: u64) -> Option<Vec<u8>> {
        let plays = !self.spectates();
        let session = self.session.as_mut();
        let session = session.filter(|session| plays && session.replica.newest.synced)?;
        session.prediction.hold(input);
        let message = session.input_by_frame(self.switches, now_us);
        Some(self.outgoing_input(&message))
    }

    fn outgoing_input(&mut self, message: &ClientMessage<G::Input, G::Command>) -> Vec<u8> {
        self.measured.feel.inputs += 1;
        self.outgoing(message)
    }

    /// Looks at something else; [`Client::transmit`] sends the request. Does nothing for a player.
    pub fn watch(&mut self, watch: Watch) {
        self.watch = self.spectates().then_some(watch);
    }

    /// The next message that is due: held controls, a resync, a ping, a command, a spectator's wish,
    /// a request for names or for the list of players. Call it after every frame, with every picture, and at [`Client::poll_timeout`],
    /// until it returns `None`.
    pub fn transmit(&mut self, now_us: u64) -> Option<Vec<u8>> {
        let seen = self.tick()?;
        let session = self.session.as_mut()?;
        if let Some(message) = session.input_when_due(self.switches, now_us) {
            return Some(self.outgoing_input(&message));
        }
        let message = if let Some(resync) = self.resync.take() {
            resync
        } else if self.pings.is_due(now_us) {
            ClientMessage::Ping { sent_us: now_us, seen }
        } else if let Some((document, expected, actual)) = self.notes.mismatches.pop() {
            self.measured.stats.document_mismatches += 1;
            ClientMessage::Reread { document, expected, actual }
        } else if let Some((number, command)) = self.commands.next() {
            ClientMessage::Command { number, command }
        } else if let Some(watch) = self.watch.take() {
            ClientMessage::Watch(watch)
        } else {
            self.notes.request(now_us)?
        };
        Some(self.outgoing(&message))
    }

    /// When the next ping or repeated request is due, microseconds: call [`Client::transmit`] by
    /// then even if no frame arrives and nothing is drawn. `None` before the first frame.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        self.tick()?;
        let again_us = self.notes.ask_again_us().unwrap_or(u64::MAX);
        Some(self.pings.next_us().min(again_us))
    }

    fn outgoing(&mut self, message: &ClientMessage<G::Input, G::Command>) -> Vec<u8> {
        let bytes = codec::encode(message);
        self.measured.stats.bytes_out += bytes.len() as u64;
        bytes
    }

    /// The server's answer to the hello; its map has moved to [`Client::map`].
    #[must_use]
    pub fn welcome(&self) -> Option<&Welcome> {
        self.session.as_ref().map(|session| &session.welcome)
    }

    /// The static world.
    #[must_use]
    pub fn map(&self) -> Option<&G::Map> {
        self.session.as_ref().map(|session| &*session.world.map)
    }

    /// The tick of the newest frame.
    #[must_use]
    pub fn tick(&self) -> Option<Tick> {
        let newest = self.session.as_ref()?.replica.newest;
        newest.synced.then_some(newest.tick)
    }

    /// The entities in view, as of the newest frame.
    pub fn visible(&self) -> impl Iterator<Item = &Seen> {
        self.session.iter().flat_map(|session| session.replica.visible.iter())
    }

    /// The own avatar as of the newest frame.
    #[must_use]
    pub fn own(&self) -> Option<&State> {
        self.session.as_ref()?.replica.own()
    }

    /// The own avatar with all inputs applied.
    #[must_use]
    pub fn predicted(&self) -> Option<&State> {
        self.session.as_ref()?.prediction.now()
    }

    /// The player's private state; all zeros before the welcome.
    #[must_use]
    pub fn private(&self) -> &Private {
        const NONE: &Private = &[0; FIELDS_MAX];
        self.session.as_ref().map_or(NONE, |session| &session.replica.private)
    }

    /// The tick of the last input, or of the newest frame if that is later.
    #[must_use]
    pub fn last_input(&self) -> Tick {
        self.session.as_ref().map_or(Tick(0), |session| session.prediction.last())
    }

    /// The tick of the last input that the server has applied.
    #[must_use]
    pub fn ack(&self) -> Tick {
        self.session.as_ref().map_or(Tick(0), |session| session.replica.newest.ack)
    }

    /// The next notice for the person.
    pub fn notice(&mut self) -> Option<Notice<G::Event>> {
        self.notes.next()
    }

    /// The name of a player whose avatar is in view; asks the server for an unknown name.
    pub fn name(&mut self, player: PlayerId) -> Option<&str> {
        let in_view = |seen: &Seen| G::owner(&seen.state) == Some(player);
        if !self.notes.is_answered(player) && self.visible().any(in_view) {
            self.notes.want(player);
        }
        self.notes.name(player)
    }

    /// Turns parts of the netcode on or off.
    pub fn switch(&mut self, switches: Switches) {
        self.switches = switches;
    }

    /// Writes the picture at `now_us`. Each entity in view takes [`super::DRAW_STRIDE`] numbers:
    /// those of [`super::DRAW_HEAD`], then the `FIELDS_MAX` fields, blended as the schema says. The
    /// own avatar and what it fires are predicted, the others are interpolated.
    pub fn draw(&mut self, now_us: u64, out: &mut Vec<f32>) {
        out.clear();
        let Self { session, switches, measured, .. } = self;
        if let Some(session) = session.as_mut().filter(|session| session.replica.newest.synced) {
            picture::draw(session, *switches, now_us, &mut measured.feel, out);
        }
    }

    /// Writes the confirmed state as of the newest frame in the form of [`Client::draw`], neither
    /// predicted nor interpolated.
    pub fn truth(&self, out: &mut Vec<f32>) {
        out.clear();
        if let Some(session) = &self.session {
            picture::truth(session, out);
        }
    }

    /// Writes the places (x and y, grid units) of the own avatar: as of the newest frame, then
    /// after each input in flight.
    pub fn path(&self, out: &mut Vec<f32>) {
        out.clear();
        if let Some(session) = &self.session {
            picture::path(session, out);
        }
    }

    /// The state of the clocks at the last picture.
    #[must_use]
    pub fn live(&mut self, now_us: u64) -> Live {
        let Self { session, measured, .. } = self;
        let session = session.as_mut().filter(|session| session.replica.newest.synced);
        session.map_or_else(Live::default, |session| picture::live(session, measured, now_us))
    }

    /// The counters.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        &self.measured.stats
    }

    /// Mean deviation of the frames' arrivals from even intervals, microseconds (RFC 3550, A.8).
    #[must_use]
    pub fn jitter_us(&self) -> u32 {
        self.session.as_ref().map_or(0, |session| session.arrivals.jitter_us())
    }

    /// How far the newest frame is ahead of the last picture, microseconds; 0 when it is behind.
    #[must_use]
    pub fn buffer_us(&self) -> u32 {
        self.session.as_ref().map_or(0, |session| session.buffer_us().max(0.0) as u32)
    }

    /// Inputs for ticks after that of the newest frame.
    #[must_use]
    pub fn pending_inputs(&self) -> usize {
        self.session.as_ref().map_or(0, |session| session.prediction.pending())
    }

    /// How the game feels: measured since the last `take_feel`.
    #[must_use]
    pub fn feel(&self) -> &Feel {
        &self.measured.feel
    }

    /// Returns these measurements and resets them.
    pub fn take_feel(&mut self) -> Feel {
        std::mem::take(&mut self.measured.feel)
    }
}
