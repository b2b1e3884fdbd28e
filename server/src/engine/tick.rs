//! The tick of a room.

mod inboxes;
mod membership;
mod moderate;
mod wishes;

use std::collections::BTreeMap;
use std::sync::Arc;

use drumbeat_shared::document::Document;
use drumbeat_shared::game::{Audience, Controls, Events, Game, MapError, StaticWorld};
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::limits::{EVENT_LOG_MAX, MAIL_MAX, NOTE_BYTES_MAX};
use drumbeat_shared::protocol::codec;
use drumbeat_shared::protocol::messages::Note;
use drumbeat_shared::replication::fingerprint::fingerprint;
use glam::IVec2;

use super::chat::Chat;
use super::client::Client;
use super::close::CloseReason;
use super::counts::Counts;
use super::event_log::EventLog;
use super::fan_out::FanOut;
use super::hand_over::HandOver;
use super::history::{History, Past};
use super::laws::Twin;
use super::leaving::Leaving;
use super::message::Message;
use super::news::{Item, News};
use super::phase::Phase;
use super::players::Players;
use super::presence::AfkLimit;
use super::resume::Resumable;
use super::room_clock::RoomClock;
use super::room_setup::RoomSetup;
use super::roster::Roster;
use super::rules::Rules;
use super::scene::Scene;
use super::shards::Shards;
use super::snapshot::{Snapshot, Wanted};
use super::viewer::{Role, Viewer, eye_of};
use super::wish::Wish;
use crate::names::NamesInUse;

/// One room: a world, its clients, and everything between them.
#[derive(Debug)]
pub struct Engine<G: Game> {
    room: String,
    world: StaticWorld<G::Map>,
    /// The fingerprint of its predictions.
    predictions: u64,
    map_bytes: Vec<u8>,
    rules: Rules<G>,
    tick: Tick,
    clock: RoomClock,
    roster: Roster<G::Input, G::Command>,
    /// Beside the roster, whose clients are served by several threads at once.
    players: Players,
    names_in_use: NamesInUse,
    /// When somebody last left each seat.
    left: BTreeMap<PlayerId, Tick>,
    /// The players that a connection can resume.
    resumable: Resumable,
    /// For how long a place is kept, seconds.
    resume_s: u16,
    chat_per_10s: u32,
    /// The players whose place is kept.
    away: usize,
    /// How long players may be idle; `None` for no limit.
    afk_limit: Option<AfkLimit>,
    leaving: Vec<Leaving>,
    snapshot: Snapshot,
    history: History,
    /// What the clients of the last tick have use for.
    wanted: Wanted,
    log: EventLog,
    /// What everybody may know of it.
    news: News,
    shards: Shards,
    /// One per participating thread.
    fan_outs: Vec<FanOut>,
    counts: Counts,
    messages: Vec<Message<G::Input, G::Command>>,
    pongs: Vec<u8>,
    inputs: Vec<(PlayerId, Controls<G::Input>)>,
    wishes: Vec<(PlayerId, Wish<G::Command>)>,
    chat: Chat,
    events: Events<G::Event>,
    gone: Vec<(Viewer, Option<CloseReason>)>,
    /// Clients that go and take their connection with them.
    handed_over: Vec<(Viewer, HandOver<G::Input>)>,
}

impl<G: Game> Engine<G> {
    /// Creates a room with a new world; `shards` makes its frames.
    ///
    /// # Errors
    /// When the map is invalid.
    pub fn new(
        room: String,
        setup: &RoomSetup<G::Settings>,
        shards: Shards,
    ) -> Result<Self, MapError> {
        const { G::SCHEMA.validate() };
        let (map, map_bytes) = setup.map::<G>()?;
        let twin = setup.check_rules.then(|| Twin::new(setup, &map_bytes)).transpose()?;
        let world = StaticWorld { map: Arc::new(map), tick_hz: setup.game.tick_hz };
        Ok(Self {
            rules: Rules::new(G::new(Arc::clone(&world.map), &setup.game), twin),
            clock: RoomClock::new(setup.game.tick_hz),
            roster: Roster::new(setup.game.capacity, setup.spectators_max),
            players: Players::default(),
            names_in_use: NamesInUse::new(setup.names),
            left: BTreeMap::new(),
            resumable: Resumable::default(),
            resume_s: setup.resume_s,
            chat_per_10s: setup.chat_per_10s,
            away: 0,
            afk_limit: AfkLimit::new(setup.afk_timeout_s, setup.game.tick_hz),
            room,
            predictions: fingerprint::<G>(&world),
            world,
            map_bytes,
            tick: Tick(0),
            leaving: Vec::new(),
            snapshot: Snapshot::default(),
            history: History::default(),
            wanted: Wanted::default(),
            log: EventLog::default(),
            news: News::default(),
            shards,
            fan_outs: Vec::new(),
            counts: Counts::default(),
            messages: Vec::new(),
            pongs: Vec::new(),
            inputs: Vec::new(),
            wishes: Vec::new(),
            chat: Chat::default(),
            events: Events::default(),
            gone: Vec::new(),
            handed_over: Vec::new(),
        })
    }

    /// Runs one tick:
    ///
    /// 1. drain the inboxes;
    /// 2. pass to the rules what players ask, remove the clients that left, step the rules;
    /// 3. take the snapshot and encode the changes;
    /// 4. send every client its frame.
    ///
    /// `lap` is called at the end of each phase and returns the time, in microseconds.
    pub fn tick(&mut self, now_us: u64, mut lap: impl FnMut(Phase) -> u64) {
        self.clock.advance(now_us);
        self.drain_inboxes(now_us);
        let now_us = lap(Phase::Input);
        self.step();
        lap(Phase::Step);
        self.publish();
        let encoded_us = lap(Phase::Encode);
        self.serve(encoded_us.max(now_us));
        lap(Phase::FanOut);
    }

    /// Calls `on_phase` with the name of each part that a step of the rules reaches.
    pub fn watch_phases(&mut self, on_phase: Box<dyn FnMut(&'static str) + Send>) {
        self.events = Events::watched(on_phase);
    }

    /// Takes the counters collected since the last call.
    pub fn take_counts(&mut self) -> Counts {
        self.counts.lost_news += self.news.take_lost();
        std::mem::take(&mut self.counts)
    }

    /// Takes what strangers may read of what happened since the last call.
    pub fn take_news(&mut self) -> Vec<Item> {
        self.news.take()
    }

    /// Restores the world that checks the laws from a checkpoint of the room's, if they are checked.
    ///
    /// # Panics
    /// When it can't be restored, or is not what was saved.
    pub fn restore_twin(&mut self) {
        self.rules.restore_twin(self.tick);
    }

    fn step(&mut self) {
        self.tick = self.tick.next();
        // Before their players leave: what was sent last counts, too.
        self.ask_rules();
        self.remove_gone();
        let refused_before = self.rules.game().entities().refused();
        let players = self.roster.iter().filter_map(|(viewer, _)| viewer.player());
        let context = self.world.at(self.tick);
        self.rules.step(context, &self.inputs, players, &mut self.events);
        let refused = self.rules.game().entities().refused().saturating_sub(refused_before);
        self.counts.refused_entities += refused;
        self.send_events();
        self.edit_chat();
    }

    /// Puts the step's events where those whom they concern get them.
    fn send_events(&mut self) {
        let before = self.log.end();
        let mut mailed = BTreeMap::<PlayerId, usize>::new();
        for (audience, event) in self.events.drain() {
            if !matches!(audience, Audience::Player(_))
                && let Some(news) = self.rules.game().publish(&event)
            {
                self.news.publish(self.tick, &news);
            }
            let note = codec::encode(&Note::Event(&event));
            if note.len() > NOTE_BYTES_MAX {
                self.counts.oversized_event(&event, note.len());
                continue;
            }
            match audience {
                Audience::Room => self.log.push(None, note),
                Audience::Near(position) => self.log.push(Some(position), note),
                Audience::Player(player) => {
                    if let Some(client) = self.roster.get_mut(Viewer::Player(player)) {
                        client.mail.push(note);
                        *mailed.entry(player).or_default() += 1;
                    }
                }
            }
        }
        let sent = (self.log.end() - before) as usize;
        let over_mail = mailed.values().map(|sent| sent.saturating_sub(MAIL_MAX));
        let excess = sent.saturating_sub(EVENT_LOG_MAX) + over_mail.sum::<usize>();
        self.counts.excess_events += excess as u64;
    }

    fn publish(&mut self) {
        let context = self.world.at(self.tick);
        self.snapshot.advance(self.rules.game_mut(), context, &mut self.history, self.wanted);
    }

    fn serve(&mut self, now_us: u64) {
        let Some(now) = self.history.newest() else { return };
        let scene = Scene {
            context: self.world.at(self.tick),
            game: self.rules.game(),
            players: &self.players,
            snapshot: &self.snapshot,
            now,
            history: &self.history,
            log: &self.log,
            chat: self.chat.records(),
            document: self.rules.game().document().map(Document::records),
            now_us,
            present_us: self.clock.now_us(),
        };
        let present = self.roster.iter_mut().filter(|(_, client)| client.away.is_none());
        let mut clients: Vec<_> = present.collect();
        self.shards.share(&mut clients, &mut self.fan_outs, |(viewer, client), fan_out| {
            fan_out.serve(&scene, *viewer, client);
        });
        self.wanted = Wanted::default();
        let mut oldest_needed = self.tick;
        for fan_out in &mut self.fan_outs {
            oldest_needed =
                fan_out.oldest_needed.take().map_or(oldest_needed, |tick| tick.min(oldest_needed));
            self.wanted.turns |= fan_out.counts.waiting_entities > 0;
            self.wanted.plain |= std::mem::take(&mut fan_out.serves_plain);
            self.counts.absorb(std::mem::take(&mut fan_out.counts));
            self.gone.append(&mut fan_out.gone);
        }
        self.history.forget_before(oldest_needed);
        // In a fixed order, whichever thread noticed them.
        self.gone.sort_unstable_by_key(|(viewer, _)| *viewer);
        self.remove_gone();
        let present_us = self.clock.now_us();
        self.leaving.retain_mut(|leaving| !leaving.done(present_us));
    }

    /// The last completed tick.
    #[must_use]
    pub fn now(&self) -> Tick {
        self.tick
    }

    /// Ticks a second.
    #[must_use]
    pub fn tick_hz(&self) -> u16 {
        self.world.tick_hz
    }

    /// The world.
    #[must_use]
    pub fn game(&self) -> &G {
        self.rules.game()
    }

    /// The static world.
    #[must_use]
    pub fn map(&self) -> &G::Map {
        &self.world.map
    }

    /// The room's chat.
    #[must_use]
    pub fn chat(&self) -> &Chat {
        &self.chat
    }

    /// The connected players.
    #[must_use]
    pub fn players(&self) -> &Players {
        &self.players
    }

    /// The entities as of the last tick; `None` before the first.
    #[must_use]
    pub fn entities(&self) -> Option<Past<'_>> {
        self.history.newest()
    }

    /// Every connected client: the players, then the spectators.
    pub fn viewers(&self) -> impl Iterator<Item = (Viewer, &Client<G::Input, G::Command>)> {
        self.roster.iter()
    }

    /// Where a client looks from as of the last tick, grid units.
    #[must_use]
    pub fn eye(&self, viewer: Viewer) -> Option<IVec2> {
        let client = self.roster.get(viewer)?;
        match viewer {
            Viewer::Player(player) => Some(eye_of(self.rules.game(), player)),
            Viewer::Spectator(_) => Some(client.camera.eye()),
        }
    }

    /// The group whose records of the document a client looks at as of the last tick.
    #[must_use]
    pub fn group(&self, viewer: Viewer) -> u16 {
        match (viewer, self.roster.get(viewer)) {
            (Viewer::Player(player), _) => self.rules.game().group(player),
            (Viewer::Spectator(_), Some(client)) => client.camera.group(self.rules.game()),
            (Viewer::Spectator(_), None) => 0,
        }
    }

    /// How many players have lost their connection and have their place kept.
    #[must_use]
    pub fn away(&self) -> usize {
        self.away
    }

    /// How many of this role are in the room.
    #[must_use]
    pub fn count(&self, role: Role) -> usize {
        self.roster.count(role)
    }
}
