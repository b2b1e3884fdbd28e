//! What all parts of a step share: the map, the time, chance, the entities and the players.

use std::sync::Arc;

use super::heat::Heat;
use super::map::Map;
use super::messages::Input;
use super::player::Players;
use super::schema::{ALL_BUTTONS, Ship, Thing};
use drumbeat_shared::game::{Controls, Setup};
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::typed;
use drumbeat_shared::typed::Saved;

/// A world without the state of the parts of a step.
#[derive(Saved, Debug)]
pub(super) struct World {
    #[given]
    pub(super) map: Arc<Map>,
    /// The tick whose end the current step leads to, or the last one led to.
    pub(super) tick: u32,
    pub(super) rng: Rng,
    pub(super) entities: typed::World<Thing>,
    pub(super) players: Players,
    /// Where ships have lost hit points.
    pub(super) heat: Heat,
    capacity: u16,
}

impl World {
    pub(super) fn new<S>(map: Arc<Map>, setup: &Setup<S>) -> Self {
        Self {
            map,
            tick: 0,
            rng: Rng::new(setup.seed),
            entities: typed::World::default(),
            players: Players::default(),
            heat: Heat::default(),
            capacity: setup.capacity,
        }
    }

    /// Whether this is a connected player, not a house bot.
    pub(super) fn is_connected(&self, player: PlayerId) -> bool {
        player.0 < self.capacity
    }

    /// Takes the ships and the scores of all players: a round begins.
    pub(super) fn start_again(&mut self) {
        let Self { players, entities, .. } = self;
        for player in players.iter_mut() {
            if let Some(ship) = player.ship {
                entities.remove(ship);
            }
            player.start_again();
        }
    }

    pub(super) fn take_input(&mut self, player: PlayerId, controls: Controls<Input>) {
        let Controls { input, rewind } = controls;
        let Some(player) = self.players.find_mut(player) else {
            return;
        };
        (player.input, player.rewind) = (input, rewind);
    }
}

/// Puts a player's controls into its ship.
pub(super) fn control(ship: &mut Ship, input: &Input) {
    (ship.steer, ship.aim) = (i32::from(input.steer), i32::from(input.aim));
    ship.buttons = i32::from(input.buttons & ALL_BUTTONS);
}
