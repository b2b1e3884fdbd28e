//! A world to try rules in, step by step.

use std::collections::BTreeMap;
use std::sync::Arc;

use clap::Args;
use drumbeat_server::config::defaults;
use drumbeat_server::engine::laws::check_entities;
use drumbeat_server::engine::room_setup::RoomSetup;
use drumbeat_shared::content::Content;
use drumbeat_shared::game::{
    ChatEdit, Context, Controls, Events, Game, Identity, Refused, Setup, Spoken, StaticWorld,
    Verdict,
};
use drumbeat_shared::ids::{PlayerId, Tick};

/// A world, its players and the controls that they hold: no clients and no network.
///
/// After every step it is checked that each entity is what the schema says, and that predictions
/// keep to their laws.
///
/// ```
/// # use drumbeat_shared::toy::{Steer, Toy as MyGame};
/// use drumbeat_kit::Room;
///
/// # let map = "0";
/// let mut room = Room::<MyGame>::on(map).seed(3);
/// let ann = room.join("Ann");
/// room.hold(ann, Steer(2, 0));
/// let events = room.step();
/// assert!(events.is_empty());
/// ```
#[derive(Debug)]
pub struct Room<G: Game> {
    setup: RoomSetup<G::Settings>,
    world: StaticWorld<G::Map>,
    game: G,
    tick: Tick,
    /// The connected players, and what those hold who were told.
    players: BTreeMap<PlayerId, Option<G::Input>>,
    /// The events since the last step.
    events: Vec<G::Event>,
    /// What the rules have done to the chat.
    chat: Vec<ChatEdit>,
}

impl<G: Game<Settings: Args>> Room<G> {
    /// A world of a game that needs no map.
    ///
    /// # Panics
    /// When it does need one.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it panics for a game that needs a map")]
    pub fn new() -> Self {
        Self::on("")
    }

    /// A world on the map of this text: of seed 1, for up to 8 players, at the game's own rate,
    /// with the settings that the game has if nobody sets any.
    ///
    /// # Panics
    /// When the map is invalid.
    #[must_use]
    pub fn on(map: &str) -> Self {
        let setup = Setup { seed: 1, capacity: 8, tick_hz: G::TICK_HZ, settings: defaults() };
        Self::of(RoomSetup::new(map, setup))
    }
}

impl<G: Game> Room<G> {
    /// A world of this setup.
    ///
    /// # Panics
    /// When the map is invalid.
    #[must_use]
    pub fn of(setup: RoomSetup<G::Settings>) -> Self {
        let (map, _) = setup.map::<G>().unwrap_or_else(|error| panic!("the map: {error}"));
        let world = StaticWorld { map: Arc::new(map), tick_hz: setup.game.tick_hz };
        let game = G::new(Arc::clone(&world.map), &setup.game);
        let players = BTreeMap::new();
        Self { setup, world, game, tick: Tick(0), players, events: Vec::new(), chat: Vec::new() }
    }

    /// The same room, new, with this seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.setup.game.seed = seed;
        Self::of(self.setup)
    }

    /// The same room, new, for up to this many players.
    #[must_use]
    pub fn capacity(mut self, players: u16) -> Self {
        self.setup.game.capacity = players;
        Self::of(self.setup)
    }

    /// The same room, new, at this rate, ticks a second.
    #[must_use]
    pub fn tick_hz(mut self, tick_hz: u16) -> Self {
        self.setup.game.tick_hz = tick_hz;
        Self::of(self.setup)
    }

    /// Lets a player of this name join.
    ///
    /// # Panics
    /// When the room is full or the rules refuse the player; see [`Room::try_join`].
    pub fn join(&mut self, name: &str) -> PlayerId {
        self.try_join(name).unwrap_or_else(|refused| panic!("{name} may not join: {refused}"))
    }

    /// Lets a player of this name join, if the rules do.
    ///
    /// # Errors
    /// Why the rules refuse the player.
    ///
    /// # Panics
    /// When the room is full.
    pub fn try_join(&mut self, name: &str) -> Result<PlayerId, Refused> {
        let capacity = self.setup.game.capacity;
        let mut free = (0..capacity).map(PlayerId).filter(|id| !self.players.contains_key(id));
        let player = free.next().unwrap_or_else(|| panic!("all {capacity} seats are taken"));
        self.game.join(player, Identity::guest(name))?;
        self.players.insert(player, None);
        Ok(player)
    }

    /// Lets a player leave.
    pub fn leave(&mut self, player: PlayerId) {
        if self.players.remove(&player).is_some() {
            self.game.leave(player);
        }
    }

    /// Lets a player hold these controls from the next step on.
    ///
    /// # Panics
    /// When there is no such player, or the game does not accept the input.
    pub fn hold(&mut self, player: PlayerId, input: G::Input) {
        if let Err(wrong) = G::validate(&input) {
            panic!("{input:?} is no valid input: {wrong}");
        }
        let held = self.players.get_mut(&player);
        *held.unwrap_or_else(|| panic!("player {player} is not in the room")) = Some(input);
    }

    /// Passes a command of a player to the rules, as before the next step. Its events are among
    /// those of that step.
    ///
    /// # Errors
    /// Why the rules refuse it.
    ///
    /// # Panics
    /// When there is no such player, or the command breaks one of its limits.
    pub fn command(&mut self, player: PlayerId, command: &G::Command) -> Result<(), Refused> {
        if let Err(wrong) = command.check() {
            panic!("{command:?} is no valid command: {wrong}");
        }
        assert!(self.players.contains_key(&player), "player {player} is not in the room");
        let (context, mut events) = (self.world.at(self.tick.next()), Events::default());
        let answer = self.game.command(context, player, command, &mut events);
        self.note(events);
        answer
    }

    /// Lets the rules judge a chat line of a player to the room, as before the next step.
    pub fn say(&mut self, player: PlayerId, text: &str) -> Verdict {
        let (context, mut events) = (self.world.at(self.tick.next()), Events::default());
        let verdict = self.game.say(context, player, Spoken { text, to: None }, &mut events);
        self.note(events);
        verdict
    }

    fn note(&mut self, mut events: Events<G::Event>) {
        self.events.extend(events.drain().map(|(_, event)| event));
        self.chat.extend(events.drain_chat());
    }

    /// What the rules have done to the chat since the last call.
    pub fn take_chat_edits(&mut self) -> Vec<ChatEdit> {
        std::mem::take(&mut self.chat)
    }

    /// Runs one tick and returns its events.
    ///
    /// # Panics
    /// When an entity is not what the schema says, or a prediction breaks a law.
    pub fn step(&mut self) -> Vec<G::Event> {
        self.tick = self.tick.next();
        let held = self.players.iter().filter_map(|(player, input)| Some((*player, (*input)?)));
        let controls = held.map(|(player, input)| (player, Controls { input, rewind: 0 }));
        let controls: Vec<_> = controls.collect();
        let mut events = Events::default();
        self.game.step(self.world.at(self.tick), &controls, &mut events);
        self.note(events);
        if let Err(broken) = check_entities(&self.game, self.context()) {
            panic!("{broken}");
        }
        std::mem::take(&mut self.events)
    }

    /// Runs this many ticks and returns their events.
    ///
    /// # Panics
    /// As [`Room::step`].
    pub fn steps(&mut self, ticks: u32) -> Vec<G::Event> {
        (0..ticks).flat_map(|_| self.step()).collect()
    }

    /// The game.
    #[must_use]
    pub fn game(&self) -> &G {
        &self.game
    }

    /// The game, to bring about a situation.
    pub fn game_mut(&mut self) -> &mut G {
        &mut self.game
    }

    /// The static world, in the tick that has just ended.
    #[must_use]
    pub fn context(&self) -> Context<'_, G::Map> {
        self.world.at(self.tick)
    }

    /// The connected players.
    pub fn players(&self) -> impl Iterator<Item = PlayerId> {
        self.players.keys().copied()
    }
}
