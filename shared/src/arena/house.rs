//! The game's own players: they keep a quiet room lively and make place as people join.

use glam::IVec2;

use super::brain::{Brain, Skill};
use super::game::Arena;
use super::player::Player;
use super::schema::VIEW;
use crate::game::{Controls, Setup};
use crate::ids::PlayerId;
use crate::limits::PLAYERS_MAX;

const NAMES: [&str; 32] = [
    "Vega", "Rook", "Juno", "Pike", "Nova", "Otto", "Mira", "Flint", "Lyra", "Bolt", "Iris",
    "Tarn", "Echo", "Moss", "Zephyr", "Quill", "Ember", "Sable", "Comet", "Wren", "Atlas", "Fable",
    "Onyx", "Pixel", "Rune", "Drift", "Halo", "Jinx", "Karst", "Lumen", "Nyx", "Orbit",
];

/// How many of the house play.
#[derive(Clone, Copy, Debug)]
pub(super) struct House {
    /// The id of the first player of the house: the room's capacity.
    first: u16,
    /// Players of the house at present; they have the ids from `first` on.
    count: u16,
    /// Players, people included, that the house fills the room up to.
    target: u16,
    /// Connected players.
    pub(super) people: u16,
    seed: u64,
}

impl House {
    pub(super) fn new(setup: &Setup) -> Self {
        Self {
            first: setup.capacity,
            count: 0,
            target: setup.house_bots.min(PLAYERS_MAX.saturating_sub(setup.capacity)),
            people: 0,
            seed: setup.seed,
        }
    }

    /// Whether this is a player of the house.
    pub(super) fn owns(&self, player: PlayerId) -> bool {
        player.0 >= self.first
    }

    fn player(&self, number: u16) -> Player {
        let index = usize::from(number);
        let round = index / NAMES.len();
        let name = NAMES[index % NAMES.len()];
        let mut player = Player::new(match round {
            0 => format!("{name} (bot)"),
            round => format!("{name} {} (bot)", round + 1),
        });
        // Beginners first: they stay longest as people join.
        let skill = if number % 4 == 3 { Skill::REGULAR } else { Skill::ROOKIE };
        player.brain = Some(Box::new(Brain::new(self.seed ^ u64::from(number), skill)));
        player
    }
}

impl Arena {
    /// Adds and withdraws players of the house until people and house are as many as wanted.
    pub(super) fn fill_house(&mut self) {
        let wanted = self.house.target.saturating_sub(self.house.people);
        while self.house.count < wanted {
            let number = self.house.count;
            self.house.count += 1;
            let player = self.house.player(number);
            self.enter(PlayerId(self.house.first + number), player);
        }
        while self.house.count > wanted {
            self.house.count -= 1;
            self.withdraw(PlayerId(self.house.first + self.house.count));
        }
    }

    /// Lets the players of the house decide on their controls.
    pub(super) fn play_house(&mut self) {
        for number in 0..self.house.count {
            let id = PlayerId(self.house.first + number);
            let Some(player) = self.players.find_mut(id) else {
                continue;
            };
            let Some(ship) = player.ship else { continue };
            let Some(mut brain) = player.brain.take() else {
                continue;
            };
            let eye = player.eye;
            let input = self.entities.find(ship).map(|me| {
                let (low, high) = view(eye);
                let ships = self.ship_grid.near(low, high);
                let ships = ships.map(|other| self.ships[other].entity);
                let visible = ships.chain(self.pickups_near(low, high));
                let visible = visible.filter(|other| *other != ship);
                brain.decide(&self.map, me, visible.filter_map(|id| self.entities.find(id)))
            });
            if let Some(player) = self.players.find_mut(id) {
                player.brain = Some(brain);
            }
            if let Some(input) = input {
                // It sees the world itself, not a picture of it.
                self.take_input(id, Controls { input, rewind: 0 });
            }
        }
    }
}

fn view(eye: IVec2) -> (IVec2, IVec2) {
    (eye - VIEW.half, eye + VIEW.half)
}
