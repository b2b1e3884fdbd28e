//! The world and the order of its step.
//!
//! [`Game`] is implemented here; the parts of a step that are more than a line are in the files
//! named after them.

use std::sync::Arc;

use glam::IVec2;

use super::entity::{Beam, Ship, Shot};
use super::flight::Flyer;
use super::grid::Grid;
use super::house::House;
use super::leaders::Board;
use super::map::Map;
use super::motion::{fade_beam, move_ship, move_shot};
use super::past::Past;
use super::pickups::Spot;
use super::player::{Player, Players};
use super::schema::{
    ALL_BUTTONS, BEAM, FIRE, GRID, PICKUP, RAIL, SCHEMA, SHIP, SHIP_RADIUS, SHOT, VIEW,
};
use super::weapons::Weapons;
use super::{Event, Input, distance_squared};
use crate::entities::Entities;
use crate::game::{Controls, Events, Game, MapError, Setup, View};
use crate::ids::{EntityId, PlayerId, Tick};
use crate::rng::Rng;
use crate::schema::{Private, Schema, State};

/// A world of the bundled game.
///
/// Its ticks are counted from 0; a step makes the next one.
#[derive(Debug)]
pub struct Arena {
    pub(super) map: Arc<Map>,
    pub(super) tick: u32,
    pub(super) rng: Rng,
    pub(super) entities: Entities,
    pub(super) players: Players,
    pub(super) house: House,
    /// The ships of the present step, in the order of the players.
    pub(super) ships: Vec<Flyer>,
    /// The ships by place; the numbers are indices of `ships`.
    pub(super) ship_grid: Grid,
    /// Shots in flight, oldest first.
    pub(super) shots: Vec<EntityId>,
    /// Beams that are seen, oldest first.
    pub(super) beams: Vec<EntityId>,
    /// What the ships of the present step have fired.
    pub(super) fired: Vec<State>,
    /// The longest way of a ship in the present step, along one axis, grid units.
    pub(super) farthest: i32,
    pub(super) past: Past,
    pub(super) spots: Vec<Spot>,
    pub(super) board: Board,
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
        let mut rng = Rng::new(setup.seed);
        let mut arena = Self {
            tick: 0,
            entities: Entities::default(),
            players: Players::default(),
            house: House::new(setup),
            ships: Vec::new(),
            ship_grid: Grid::new(map.size()),
            shots: Vec::new(),
            beams: Vec::new(),
            fired: Vec::new(),
            farthest: 0,
            past: Past::new(setup.tick_hz),
            spots: super::pickups::place_spots(&map, &mut rng),
            board: Board::default(),
            map,
            rng,
        };
        arena.return_pickups();
        arena.fill_house();
        arena
    }

    fn join(&mut self, player: PlayerId, name: &str) {
        self.leave(player);
        self.house.people += 1;
        self.enter(player, Player::new(name.into()));
        self.fill_house();
    }

    fn leave(&mut self, player: PlayerId) {
        if self.withdraw(player) {
            self.house.people -= 1;
            self.fill_house();
        }
    }

    /// It is shown the leaderboard, too.
    fn spectate(&mut self) {
        self.board.due = true;
    }

    fn validate(input: &Input) -> Result<(), &'static str> {
        if input.buttons & !ALL_BUTTONS != 0 {
            return Err("unknown buttons: only thrust (1), boost (2), fire (4) and rail (8) exist");
        }
        Ok(())
    }

    fn step(&mut self, inputs: &[(PlayerId, Controls<Input>)], events: &mut Events<Event>) {
        self.tick += 1;
        for (player, controls) in inputs {
            self.take_input(*player, *controls);
        }
        self.play_house();
        self.return_ships();
        self.gather_ships();
        self.fly_ships();
        self.push_ships();
        self.fly_shots(events);
        self.fade_beams();
        self.fire(events);
        self.take_pickups(events);
        self.return_pickups();
        self.bury_dead(events);
        self.keep_ships();
        self.rank(events);
    }

    fn control(state: &mut State, input: &Input) {
        if state.kind == SHIP {
            state.fields[0] = i32::from(input.steer);
            state.fields[1] = i32::from(input.buttons & ALL_BUTTONS);
            state.fields[2] = i32::from(input.aim);
        }
    }

    fn merge(earlier: &Input, later: &Input) -> Input {
        Input { buttons: later.buttons | earlier.buttons & (FIRE | RAIL), ..*later }
    }

    fn predict(map: &Map, state: &mut State) {
        match state.kind {
            SHIP => {
                if let Some(mut ship) = Ship::read(state) {
                    move_ship(map, &mut ship);
                    *state = ship.write();
                }
            }
            SHOT => {
                if let Some(mut shot) = Shot::read(state) {
                    move_shot(map, &mut shot);
                    *state = shot.write();
                }
            }
            BEAM => {
                if let Some(mut beam) = Beam::read(state) {
                    fade_beam(&mut beam);
                    *state = beam.write();
                }
            }
            _ => {}
        }
    }

    fn act(
        map: &Map,
        own: &State,
        private: &mut Private,
        tick: Tick,
        spawn: &mut dyn FnMut(State),
    ) {
        if let Some(ship) = Ship::read(own) {
            let mut weapons = Weapons::read(private);
            weapons.fire(map, &ship, tick.0, spawn);
            weapons.write(private);
        }
    }

    fn spawner(state: &State) -> Option<PlayerId> {
        match state.kind {
            SHOT | BEAM => Some(PlayerId(state.fields[5] as u16)),
            _ => None,
        }
    }

    fn reach_per_tick(map: &Map, kind: u8) -> Option<f32> {
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
        self.best()
    }

    fn entities(&self) -> &Entities {
        &self.entities
    }

    fn position(state: &State) -> IVec2 {
        let fields = &state.fields;
        match state.kind {
            SHIP => IVec2::new(fields[6], fields[7]),
            SHOT => IVec2::new(fields[2], fields[3]),
            PICKUP | BEAM => IVec2::new(fields[0], fields[1]),
            _ => IVec2::ZERO,
        }
    }

    fn owner(state: &State) -> Option<PlayerId> {
        (state.kind == SHIP).then(|| PlayerId(state.fields[11] as u16))
    }

    fn eye(&self, player: PlayerId) -> Option<IVec2> {
        self.players.find(player).map(|player| self.map.look_at(player.eye))
    }

    fn look_at(&self, place: IVec2) -> IVec2 {
        self.map.look_at(place)
    }

    fn private(&self, player: PlayerId) -> Private {
        let players = self.players.count();
        let player = self.players.find(player);
        player.map_or_else(Private::default, |player| player.private(players))
    }

    fn name(&self, player: PlayerId) -> Option<&str> {
        self.players.find(player).map(|player| player.name.as_str())
    }
}

impl Arena {
    /// The static world.
    #[must_use]
    pub fn static_map(&self) -> &Arc<Map> {
        &self.map
    }

    /// Steps done since the world was made.
    #[must_use]
    pub fn tick(&self) -> u32 {
        self.tick
    }

    pub(super) fn take_input(&mut self, player: PlayerId, controls: Controls<Input>) {
        let Controls { input, rewind } = controls;
        let Some(player) = self.players.find_mut(player) else {
            return;
        };
        (player.input, player.rewind) = (input, rewind);
        if let Some(state) = player.ship.and_then(|ship| self.entities.find_mut(ship)) {
            Self::control(state, &input);
        }
    }
}
