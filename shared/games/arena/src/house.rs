//! House bots, the game's own players: they keep a quiet room lively and leave as people join.

use std::cmp::Ordering;

use glam::IVec2;

use super::brain::{Brain, Skill};
use super::flight::Flight;
use super::pickups::Pickups;
use super::schema::{Thing, VIEW};
use super::settings::Settings;
use super::world::World;
use drumbeat_shared::game::{Controls, Setup};
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::limits::PLAYERS_MAX;
use drumbeat_shared::typed::Saved;

const NAMES: [&str; 32] = [
    "Vega", "Rook", "Juno", "Pike", "Nova", "Otto", "Mira", "Flint", "Lyra", "Bolt", "Iris",
    "Tarn", "Echo", "Moss", "Zephyr", "Quill", "Ember", "Sable", "Comet", "Wren", "Atlas", "Fable",
    "Onyx", "Pixel", "Rune", "Drift", "Halo", "Jinx", "Karst", "Lumen", "Nyx", "Orbit",
];

/// The house bots.
#[derive(Saved, Debug)]
pub(super) struct House {
    /// The id of the first house bot: the room's capacity.
    first: u16,
    /// The brains of the current house bots, whose ids start at `first`.
    brains: Vec<Brain>,
    /// Number of players, people included, up to which house bots fill the room.
    target: u16,
    /// Connected players.
    pub(super) people: u16,
    seed: u64,
}

/// The next house bot to enter or to leave.
#[derive(Debug)]
pub(super) enum Change {
    /// A house bot of this name enters.
    Enter(PlayerId, String),
    /// A house bot leaves.
    Leave(PlayerId),
}

impl House {
    pub(super) fn new(setup: &Setup<Settings>) -> Self {
        Self {
            first: setup.capacity,
            brains: Vec::new(),
            target: setup.settings.house_bots.min(PLAYERS_MAX.saturating_sub(setup.capacity)),
            people: 0,
            seed: setup.seed,
        }
    }

    /// The next change towards the right number of people and house bots; `None` when it is
    /// reached.
    pub(super) fn change(&mut self) -> Option<Change> {
        let count = self.brains.len() as u16;
        match count.cmp(&self.target.saturating_sub(self.people)) {
            Ordering::Less => {
                self.brains.push(self.brain(count));
                Some(Change::Enter(PlayerId(self.first + count), name(count)))
            }
            Ordering::Equal => None,
            Ordering::Greater => {
                self.brains.pop();
                Some(Change::Leave(PlayerId(self.first + count - 1)))
            }
        }
    }

    fn brain(&self, number: u16) -> Brain {
        // Beginners first: the first ones stay longest as people join.
        let skill = if number % 4 == 3 { Skill::REGULAR } else { Skill::ROOKIE };
        Brain::new(self.seed ^ u64::from(number), skill)
    }

    /// Lets the house bots decide on their controls.
    pub(super) fn play(&mut self, world: &mut World, flight: &Flight, pickups: &Pickups) {
        for (brain, id) in self.brains.iter_mut().zip((self.first..).map(PlayerId)) {
            let Some(player) = world.players.find(id) else {
                continue;
            };
            let Some(ship) = player.ship else { continue };
            let Some(me) = world.entities.get(ship) else {
                continue;
            };
            let (low, high) = view(player.eye);
            let ships = flight.near(low, high).map(|other| flight.ships[other].id);
            let ships = ships.filter_map(|id| world.entities.get(id).map(Thing::Ship));
            let pickups = pickups.near(low, high);
            let pickups = pickups.filter_map(|id| world.entities.get(id).map(Thing::Pickup));
            let input = brain.decide(&world.map, &me, ships.chain(pickups));
            // It sees the world itself, not a delayed picture, so nothing is rewound.
            world.take_input(id, Controls { input, rewind: 0 });
        }
    }
}

/// The name of a house bot.
fn name(number: u16) -> String {
    let index = usize::from(number);
    let round = index / NAMES.len();
    let name = NAMES[index % NAMES.len()];
    match round {
        0 => format!("{name} (bot)"),
        round => format!("{name} {} (bot)", round + 1),
    }
}

fn view(eye: IVec2) -> (IVec2, IVec2) {
    (eye - VIEW.half, eye + VIEW.half)
}
