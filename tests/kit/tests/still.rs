//! The laws hold for games in which nothing moves: without entities, with entities that everybody
//! sees, and with groups; and these beat at every rate.

use std::collections::BTreeMap;
use std::sync::Arc;

use drumbeat_kit::Room;
use drumbeat_kit::seeds::{setup, with_seeds};
use drumbeat_kit::sim::Sim;
use drumbeat_kit::sim::chaos::chaos;
use drumbeat_shared::game;
use drumbeat_shared::limits::{TICK_HZ_MAX, TICK_HZ_MIN};
use drumbeat_shared::protocol::messages::Watch;
use drumbeat_shared::random_input::random_input;
use drumbeat_shared::typed::{
    Audience, Entity, Event, Game, Id, Identity, Input, Nothing, PlayerId, Refused, Rng, Saved,
    Setup, Step, World, entities,
};

/// A room to talk in.
#[derive(Saved)]
struct Parlour;

impl Game for Parlour {
    type Map = ();
    type Thing = Nothing;
    type Avatar = Nothing;
    type Private = ();
    type Input = ();
    type Event = ();
    type Command = ();
    type Record = ();
    type Settings = ();

    const NAME: &'static str = "parlour";
    const TICK_HZ: u16 = 1;

    fn new(_map: Arc<()>, _setup: &Setup) -> Self {
        Self
    }

    fn join(&mut self, _player: PlayerId, _who: Identity<'_>) -> Result<(), Refused> {
        Ok(())
    }

    fn leave(&mut self, _player: PlayerId) {}

    fn step(&mut self, _step: &mut Step<'_, Self>) {}
}

/// What each player votes for; everybody sees every vote.
#[derive(Saved)]
struct Poll {
    world: World<Ballots>,
    votes: BTreeMap<PlayerId, Id<Vote>>,
}

/// A player's vote.
#[derive(Entity, Clone, Copy)]
struct Vote {
    #[owner]
    player: PlayerId,
    #[decision]
    choice: u8,
}

entities! {
    /// All votes.
    enum Ballots {
        Vote,
    }
}

/// The finger that a player holds up.
#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
struct Finger {
    choice: u8,
}

impl Game for Poll {
    type Map = ();
    type Thing = Ballots;
    type Avatar = Vote;
    type Private = ();
    type Input = Finger;
    type Event = ();
    type Command = ();
    type Record = ();
    type Settings = ();

    const NAME: &'static str = "poll";

    fn new(_map: Arc<()>, _setup: &Setup) -> Self {
        Self { world: World::default(), votes: BTreeMap::new() }
    }

    fn join(&mut self, player: PlayerId, _who: Identity<'_>) -> Result<(), Refused> {
        let full = Refused("there are enough votes".into());
        let vote = self.world.insert(Vote { player, choice: 0 }).ok_or(full)?;
        self.votes.insert(player, vote);
        Ok(())
    }

    fn leave(&mut self, player: PlayerId) {
        self.votes.remove(&player).map(|vote| self.world.remove(vote));
    }

    fn control(vote: &mut Vote, finger: &Finger) {
        vote.choice = finger.choice;
    }

    fn step(&mut self, _step: &mut Step<'_, Self>) {}

    fn world(&self) -> &World<Ballots> {
        &self.world
    }

    fn world_mut(&mut self) -> &mut World<Ballots> {
        &mut self.world
    }

    fn avatar(&self, player: PlayerId) -> Option<Id<Vote>> {
        self.votes.get(&player).copied()
    }
}

/// Tables, at which cards lie and change; a player sees those of its table, and changes tables.
#[derive(Saved)]
struct Tables {
    world: World<Deck>,
    seats: BTreeMap<PlayerId, u16>,
    rng: Rng,
}

/// A card on a table.
#[derive(Entity, Clone, Copy, Debug, PartialEq)]
struct Card {
    value: u8,
    #[group]
    table: u16,
}

entities! {
    /// All cards.
    enum Deck {
        Card,
    }
}

/// A card was turned.
#[derive(Event, Clone, Debug, PartialEq)]
struct Turned {
    table: u16,
}

/// Some that are next to each other in each direction, and the last.
const TABLES: [u16; 6] = [0, 1, 255, 256, 257, u16::MAX];

impl Game for Tables {
    type Map = ();
    type Thing = Deck;
    type Avatar = Nothing;
    type Private = ();
    type Input = Finger;
    type Event = Turned;
    type Command = ();
    type Record = ();
    type Settings = ();

    const NAME: &'static str = "tables";

    fn new(_map: Arc<()>, setup: &Setup) -> Self {
        let mut world = World::default();
        for (value, table) in (0..60).zip(TABLES.into_iter().cycle()) {
            world.insert(Card { value, table });
        }
        Self { world, seats: BTreeMap::new(), rng: Rng::new(setup.seed) }
    }

    fn join(&mut self, player: PlayerId, _who: Identity<'_>) -> Result<(), Refused> {
        self.seats.insert(player, TABLES[usize::from(player.0) % TABLES.len()]);
        Ok(())
    }

    fn leave(&mut self, player: PlayerId) {
        self.seats.remove(&player);
    }

    fn step(&mut self, step: &mut Step<'_, Self>) {
        // Without a finger up, one stays.
        for (player, controls) in step.controls.iter().filter(|(_, held)| held.input.choice > 0) {
            let table = TABLES[usize::from(controls.input.choice) % TABLES.len()];
            self.seats.insert(*player, table);
        }
        let rng = &mut self.rng;
        let mut turned = Vec::new();
        self.world.edit_each::<Card>(|_, card| {
            if rng.one_in(60) {
                card.value = rng.below(60) as u8;
                turned.push(card.table);
            }
        });
        for table in turned {
            step.send(Audience::group(table), Turned { table });
        }
    }

    fn world(&self) -> &World<Deck> {
        &self.world
    }

    fn world_mut(&mut self) -> &mut World<Deck> {
        &mut self.world
    }

    fn group(&self, player: PlayerId) -> u16 {
        self.seats.get(&player).copied().unwrap_or_default()
    }
}

mod without_entities {
    drumbeat_kit::laws!(super::Parlour);
}

mod without_positions {
    drumbeat_kit::laws!(super::Poll);
}

mod with_groups {
    drumbeat_kit::laws!(super::Tables);
}

#[test]
fn a_room_beats_at_the_rate_that_its_game_names() {
    assert_eq!(Room::<Parlour>::new().context().tick_hz, 1);
    assert_eq!(Room::<Poll>::new().context().tick_hz, 30);
}

#[test]
fn players_see_and_hear_of_their_group_alone() {
    let mut sim = Sim::<Tables>::new("", setup(1));
    for _ in TABLES {
        sim.join(1 << 16).expect("there is a seat");
    }
    for _ in 0..200 {
        sim.tick(|_| Finger::default());
    }
    for (client, table) in sim.clients.iter().zip(TABLES) {
        let tables = client.core.visible().map(|seen| seen.state.fields[1] as u16);
        assert_eq!(tables.collect::<Vec<_>>(), [table; 10]);
        assert!(client.events.len() > 10 && client.missed == 0, "{}", client.events.len());
        assert!(client.events.iter().all(|event| event.table == table));
    }
}

#[test]
fn a_spectator_sees_the_group_of_whom_it_follows() {
    let mut sim = Sim::<Tables>::new("", setup(1));
    let [.., watcher] = [sim.join(1 << 16), sim.join(1 << 16), sim.spectate(1 << 16)]
        .map(|index| index.expect("there is a seat"));
    let mut shows = |watch: Watch, table: i32| {
        sim.clients[watcher].core.watch(watch);
        for _ in 0..12 {
            sim.tick(|_| Finger::default());
        }
        let visible: Vec<_> = sim.clients[watcher].core.visible().collect();
        assert_eq!(visible.len(), 10, "{watch:?}");
        assert!(visible.iter().all(|seen| seen.state.fields[1] == table), "{watch:?}");
    };
    shows(Watch::Leader, 0);
    shows(Watch::Player(PlayerId(1)), 1);
    shows(Watch::Place { x: 4_096, y: 0 }, 0);
}

#[test]
fn every_rate_replicates_exactly() {
    fn check<G: game::Game<Settings = ()>>(tick_hz: u16) {
        with_seeds(2, |seed| {
            let mut sim = Sim::<G>::new("", Setup { tick_hz, ..setup(seed) });
            let verified = chaos(&mut sim, 500, random_input::<G>);
            assert!(verified > 500, "only {verified} views were compared at {tick_hz} Hz");
        });
    }
    for tick_hz in [TICK_HZ_MIN, 2, TICK_HZ_MAX] {
        check::<Parlour>(tick_hz);
        check::<Poll>(tick_hz);
        check::<Tables>(tick_hz);
    }
}

#[test]
fn what_does_not_move_is_shown_with_the_frame_that_brings_it() {
    let mut sim = Sim::<Tables>::new("", Setup { tick_hz: 1, ..setup(1) });
    let index = sim.join(1 << 16).expect("there is a seat");
    let (mut drawn, mut truth) = (Vec::new(), Vec::new());
    for _ in 0..30 {
        sim.tick(|_| Finger::default());
        let core = &mut sim.clients[index].core;
        core.draw(sim.now_us, &mut drawn);
        core.truth(&mut truth);
        assert!(!drawn.is_empty() && drawn == truth, "{drawn:?}, not {truth:?}");
    }
}
