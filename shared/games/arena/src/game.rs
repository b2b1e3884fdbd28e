//! The order of a step, and the interface that the engine sees.
//!
//! The parts of a step are in the files named after them. Each has its own state; they share the
//! [`World`].

use std::sync::Arc;

use glam::IVec2;

use super::combat::{Combat, bury_dead};
use super::flight::Flight;
use super::grid::distance_squared;
use super::house::{Change, House};
use super::leaders::Board;
use super::map::Map;
use super::messages::{Event, Input};
use super::motion::{fade_beam, move_ship, move_shot};
use super::pickups::Pickups;
use super::player::Player;
use super::schema::{
    ALL_BUTTONS, BEAM, Beam, FIRE, GRID, RAIL, SCHEMA, SHIP, SHIP_RADIUS, SHOT, Ship, Shot, Stats,
    Thing, VIEW,
};
use super::spawn::{enter, return_ships};
use super::weapons::Weapons;
use super::world::{World, control};
use drumbeat_shared::entities::Entities;
use drumbeat_shared::game::{
    Context, Controls, Events, Game, Identity, MapError, Refused, Setup, View,
};
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::schema::{Private, Schema, State};
use drumbeat_shared::typed::{EntitySet, Member, Private as _};

/// A world of the bundled game.
///
/// Its ticks are counted from 0; a step starts the next one.
#[derive(Debug)]
pub struct Arena {
    pub(super) world: World,
    flight: Flight,
    combat: Combat,
    pickups: Pickups,
    house: House,
    board: Board,
}

impl Game for Arena {
    type Map = Map;
    type Input = Input;
    type Event = Event;

    const NAME: &'static str = "arena";
    const SCHEMA: Schema = SCHEMA;
    const VIEW: View = VIEW;

    #[cfg(feature = "maps")]
    fn map(text: &str, setup: &Setup) -> Result<Map, MapError> {
        let sketch = super::map_file::read(text)?;
        Map::new(&sketch, setup).map_err(|problem| MapError(problem.into()))
    }

    #[cfg(not(feature = "maps"))]
    fn map(_text: &str, _setup: &Setup) -> Result<Map, MapError> {
        Err(MapError("this build can't read map files".into()))
    }

    fn new(map: Arc<Map>, setup: &Setup) -> Self {
        let mut world = World::new(map, setup);
        let mut pickups = Pickups::new(&world.map, &mut world.rng);
        pickups.return_due(&mut world);
        let mut arena = Self {
            flight: Flight::new(world.map.size()),
            combat: Combat::new(setup.tick_hz),
            pickups,
            house: House::new(setup),
            board: Board::default(),
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
        Ok(())
    }

    fn leave(&mut self, player: PlayerId) {
        if self.withdraw(player) {
            self.house.people -= 1;
            self.fill_house();
        }
    }

    /// Shows the spectator the leaderboard, too.
    fn spectate(&mut self) {
        self.board.send_again();
    }

    fn validate(input: &Input) -> Result<(), &'static str> {
        if input.buttons & !ALL_BUTTONS != 0 {
            return Err("unknown buttons: only thrust (1), boost (2), fire (4) and rail (8) exist");
        }
        Ok(())
    }

    fn step(
        &mut self,
        _context: Context<'_, Map>,
        inputs: &[(PlayerId, Controls<Input>)],
        events: &mut Events<Event>,
    ) {
        let Self { world, flight, combat, pickups, house, board } = self;
        world.tick += 1;
        for (player, controls) in inputs {
            world.take_input(*player, *controls);
        }
        house.play(world, flight, pickups);
        return_ships(world, flight);
        flight.gather(world);
        flight.fly(&world.map);
        flight.push(world);
        combat.fly_shots(world, flight, events);
        combat.fade_beams(&mut world.entities);
        combat.fire(world, flight, events);
        pickups.take(world, flight, events);
        pickups.return_due(world);
        bury_dead(world, flight, events);
        combat.remember(flight);
        flight.keep(world);
        board.rank(world, events);
    }

    fn control(state: &mut State, input: &Input) {
        control(state, input);
    }

    fn merge(earlier: &Input, later: &Input) -> Input {
        Input { buttons: later.buttons | earlier.buttons & (FIRE | RAIL), ..*later }
    }

    fn predict(context: Context<'_, Map>, state: &mut State) {
        let map = context.map;
        match state.kind {
            SHIP => Ship::edit(state, |ship| move_ship(map, ship)),
            SHOT => Shot::edit(state, |shot| move_shot(map, shot)),
            BEAM => Beam::edit(state, fade_beam),
            _ => None,
        };
    }

    fn act(
        context: Context<'_, Map>,
        own: &State,
        private: &mut Private,
        spawn: &mut dyn FnMut(State),
    ) {
        if let Some(ship) = Ship::read(own) {
            let mut stats = Stats::from_fields(private);
            let mut weapons = Weapons::read(&stats);
            weapons.fire(context.map, &ship, context.tick.0, spawn);
            weapons.write(&mut stats);
            *private = stats.to_fields();
        }
    }

    fn spawner(state: &State) -> Option<PlayerId> {
        match Thing::read(state) {
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

    fn touch(a: &State, b: &State) -> bool {
        let reach = 2 * i64::from(SHIP_RADIUS);
        let ships = a.kind == SHIP && b.kind == SHIP;
        ships && distance_squared(Self::position(a), Self::position(b)) < reach * reach
    }

    fn leader(&self) -> Option<PlayerId> {
        self.board.best(&self.world.players)
    }

    fn entities(&self) -> &Entities {
        &self.world.entities
    }

    fn position(state: &State) -> IVec2 {
        Thing::position(state)
    }

    fn owner(state: &State) -> Option<PlayerId> {
        Thing::owner(state)
    }

    fn eye(&self, player: PlayerId) -> Option<IVec2> {
        let World { map, players, .. } = &self.world;
        players.find(player).map(|player| map.look_at(player.eye))
    }

    fn look_at(&self, place: IVec2) -> IVec2 {
        self.world.map.look_at(place)
    }

    fn private(&self, player: PlayerId) -> Private {
        let players = &self.world.players;
        let count = players.count();
        players.find(player).map_or_else(Private::default, |player| player.stats(count).to_fields())
    }

    fn name(&self, player: PlayerId) -> Option<&str> {
        self.world.players.find(player).map(|player| player.name.as_str())
    }
}

impl Arena {
    fn enter(&mut self, id: PlayerId, name: String) {
        enter(&mut self.world, &self.flight, id, Player::new(name));
        self.board.send_again();
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
