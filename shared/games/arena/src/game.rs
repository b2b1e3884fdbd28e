//! The order of a step, and the interface that the engine sees.
//!
//! The parts of a step are in the files named after them. Each has its own state; they share the
//! [`World`].

use std::sync::Arc;

use drumbeat_shared::game::{MapError, Public, Refused, Setup, View};
use drumbeat_shared::typed::{
    self, Context, Game, Id, Identity, PlayerId, Private as _, Saved, Step,
};
use glam::IVec2;
use serde::Serialize;

use super::absent::Absent;
use super::combat::{Combat, bury_dead, settle};
use super::flight::Flight;
use super::house::{Change, House};
use super::map::Map;
use super::messages::{Event, Input};
use super::motion::{fade_beam, move_ship, move_shot};
use super::news::News;
use super::pickups::Pickups;
use super::player::Player;
use super::schema::{FIRE, GRID, RAIL, SHIP, SHOT, Ship, Stats, Thing, VIEW};
use super::settings::Settings;
use super::spawn::{enter, return_ships};
use super::weapons::Weapons;
use super::world::{World, control};

/// A world of the bundled game.
#[derive(Saved, Debug)]
pub struct Arena {
    pub(super) world: World,
    flight: Flight,
    combat: Combat,
    pickups: Pickups,
    house: House,
    news: News,
    absent: Absent,
}

impl typed::Map<Settings> for Map {
    #[cfg(feature = "maps")]
    fn read(text: &str, setup: &Setup<Settings>) -> Result<Self, MapError> {
        let sketch = super::map_file::read(text)?;
        Self::new(&sketch, setup).map_err(|problem| MapError(problem.into()))
    }

    #[cfg(not(feature = "maps"))]
    fn read(_text: &str, _setup: &Setup<Settings>) -> Result<Self, MapError> {
        Err(MapError("this build can't read map files".into()))
    }
}

impl Game for Arena {
    type Map = Map;
    type Thing = Thing;
    type Avatar = Ship;
    type Private = Stats;
    type Input = Input;
    type Event = Event;
    type Command = ();
    type Record = ();
    type Settings = Settings;

    const NAME: &'static str = "arena";
    const VIEW: View = VIEW;
    const PUBLIC: Public = Public::CHAT;

    fn new(map: Arc<Map>, setup: &Setup<Settings>) -> Self {
        let mut world = World::new(map, setup);
        let mut pickups = Pickups::new(&world.map, &mut world.rng);
        pickups.return_due(&mut world);
        let mut arena = Self {
            flight: Flight::new(world.map.size()),
            combat: Combat::new(setup.tick_hz),
            pickups,
            house: House::new(setup),
            news: News::default(),
            absent: Absent::default(),
            world,
        };
        arena.fill_house();
        arena
    }

    fn join(&mut self, player: PlayerId, who: Identity<'_>) -> Result<(), Refused> {
        self.leave(player);
        self.house.people += 1;
        self.enter(player, who.name.into());
        self.fill_house();
        self.greet(player);
        Ok(())
    }

    fn leave(&mut self, player: PlayerId) {
        self.absent.set(player, false);
        settle(&mut self.world, player);
        if self.withdraw(player) {
            self.house.people -= 1;
            self.fill_house();
        }
    }

    fn away(&mut self, player: PlayerId) {
        self.absent.set(player, true);
    }

    fn back(&mut self, player: PlayerId) {
        self.absent.set(player, false);
        self.greet(player);
    }

    /// Shows the spectator the leaderboard, too.
    fn spectate(&mut self) {
        self.absent.send_again();
        self.news.arrivals.spectator();
    }

    fn control(ship: &mut Ship, input: &Input) {
        control(ship, input);
    }

    fn merge(earlier: &Input, later: &Input) -> Input {
        Input { buttons: later.buttons | earlier.buttons & (FIRE | RAIL), ..*later }
    }

    #[inline(always)]
    fn predict(context: Context<'_, Map>, thing: &mut Thing) {
        match thing {
            Thing::Ship(ship) => move_ship(context.map, ship, context.tick.0),
            Thing::Shot(shot) => move_shot(context.map, shot),
            Thing::Beam(beam) => fade_beam(beam),
            Thing::Pickup(_) => {}
        }
    }

    /// Players of the game's own decide between the controls and the moves, and shots meet ships on
    /// their way: nothing is moved before the step.
    fn tick(&mut self, step: &mut Step<'_, Self>) {
        self.world.tick = step.context.tick.0;
        step.phase("controls");
        for (player, controls) in step.controls {
            self.world.take_input(*player, *controls);
        }
        self.step(step);
    }

    fn step(&mut self, step: &mut Step<'_, Self>) {
        let Self { world, flight, combat, pickups, house, news, absent } = self;
        let events = &mut *step.events;
        absent.send(step.context.tick.0, step.context.tick_hz, events);
        let moment = world.map.rounds.at(world.tick);
        if moment.is_some_and(|moment| moment.begins()) {
            combat.clear(&mut world.entities);
            flight.clear();
            world.start_again();
        }
        events.phase("house");
        house.play(world, flight, pickups);
        return_ships(world, flight);
        events.phase("flight");
        flight.gather(world);
        flight.fly(&world.map, world.tick);
        flight.push(world);
        events.phase("shots");
        combat.fly_shots(world, flight, events);
        combat.fade_beams(&mut world.entities);
        combat.fire(world, flight, events);
        events.phase("pickups");
        if !world.map.rounds.is_truce(world.tick) {
            pickups.take(world, flight, events);
        }
        pickups.return_due(world);
        events.phase("dead");
        bury_dead(world, flight, events);
        combat.remember(flight);
        flight.keep(world);
        events.phase("rank");
        news.send(world, events);
    }

    fn world(&self) -> &typed::World<Thing> {
        &self.world.entities
    }

    fn world_mut(&mut self) -> &mut typed::World<Thing> {
        &mut self.world.entities
    }

    fn avatar(&self, player: PlayerId) -> Option<Id<Ship>> {
        self.world.players.find(player)?.ship
    }

    /// Where its ship was last, while a player has none.
    fn eye(&self, player: PlayerId) -> Option<IVec2> {
        let World { map, players, .. } = &self.world;
        players.find(player).map(|player| map.look_at(player.eye))
    }

    fn look_at(&self, place: IVec2) -> IVec2 {
        self.world.map.look_at(place)
    }

    fn leader(&self) -> Option<PlayerId> {
        self.news.board.best(&self.world.players)
    }

    fn private(&self, player: PlayerId) -> Stats {
        let World { players, .. } = &self.world;
        let stats = players.find(player).map(|player| player.stats(players.count()));
        stats.unwrap_or_else(|| Stats::from_fields(&Default::default()))
    }

    fn publish(&self, event: &Event) -> Option<impl Serialize> {
        event.news()
    }

    fn name(&self, player: PlayerId) -> Option<&str> {
        self.world.players.find(player).map(|player| player.name.as_str())
    }

    fn act(
        context: Context<'_, Map>,
        ship: &Ship,
        stats: &mut Stats,
        spawn: &mut dyn FnMut(Thing),
    ) {
        let mut weapons = Weapons::read(stats);
        weapons.fire(context.map, ship, context.tick.0, spawn);
        weapons.write(stats);
    }

    fn spawner(thing: &Thing) -> Option<PlayerId> {
        match thing {
            Thing::Shot(shot) => Some(shot.player),
            Thing::Beam(beam) => Some(beam.player),
            Thing::Ship(_) | Thing::Pickup(_) => None,
        }
    }

    fn reach_per_tick(context: Context<'_, Map>, kind: u8) -> Option<f32> {
        let map = context.map;
        let units_per_s = match kind {
            SHIP => map.rules.boost_speed,
            SHOT => map.rules.shot_speed,
            _ => return None,
        };
        // A place is rounded along each axis.
        Some(units_per_s * GRID as f32 / f32::from(map.tick_hz) + std::f32::consts::SQRT_2)
    }
}

impl Arena {
    /// Shows what is sent only when it changes to a player who knows nothing.
    fn greet(&mut self, player: PlayerId) {
        self.news.arrivals.player(player);
        self.absent.send_again();
    }

    fn enter(&mut self, id: PlayerId, name: String) {
        enter(&mut self.world, &mut self.flight, id, Player::new(name));
    }

    /// Removes a player with its ship and its shots. Returns whether there was one.
    fn withdraw(&mut self, id: PlayerId) -> bool {
        let entities = &mut self.world.entities;
        let Some(player) = self.world.players.remove(id) else {
            return false;
        };
        if let Some(ship) = player.ship {
            entities.remove(ship);
        }
        if player.shots > 0 {
            self.combat.drop_shots(id, entities);
        }
        true
    }

    /// Adds and removes house bots until the number of people and house bots is right.
    fn fill_house(&mut self) {
        while let Some(change) = self.house.change() {
            match change {
                Change::Enter(id, name) => self.enter(id, name),
                Change::Leave(id) => {
                    self.withdraw(id);
                }
            }
        }
    }
}
