//! What bots do with their ships in Arena, the bundled game.

use drumbeat_arena::brain::{Brain as Fighter, Skill};
use drumbeat_arena::schema::THRUST;
use drumbeat_arena::{Arena, Input, Ship, Thing};
use drumbeat_shared::rng::Rng;
use drumbeat_shared::typed::{EntitySet as _, Member as _};

use crate::bot::Brain;
use crate::brains::Brains;
use crate::player::Player;

/// Average number of new headings per second of a drifting ship.
const TURNS_PER_S: u32 = 2;

/// What a bot does with its ship.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrainKind {
    /// Thrusts always, takes a new heading twice a second on average, never fires.
    Drift,
    /// Plays to win.
    Fight,
    /// Takes a new heading every tick.
    Frantic,
    /// Sends no input, ever: only says what it has received. A server lets it go after a minute
    /// unless it was started with --afk-timeout-s 0.
    Listen,
}

/// The brains of Arena's swarm.
#[must_use]
pub fn brains() -> Brains<Arena> {
    let pilot = |kind| move |seed| Pilot::new(kind, seed);
    Brains::default()
        .with("fight", "play to win", pilot(BrainKind::Fight))
        .with("drift", "a new heading twice a second", pilot(BrainKind::Drift))
        .with("frantic", "one every tick", pilot(BrainKind::Frantic))
}

/// A brain of any kind.
#[derive(Debug)]
pub enum Pilot {
    /// Takes random headings.
    Wanderer(Wanderer),
    /// Plays to win, with the brain of Arena's house bots.
    Fighter(Fighter),
    /// Leaves the ship alone.
    Idler,
}

impl Pilot {
    /// Creates a brain; `seed` and what it sees determine its every choice.
    #[must_use]
    pub fn new(kind: BrainKind, seed: u64) -> Self {
        match kind {
            BrainKind::Drift => Self::Wanderer(Wanderer::new(Some(TURNS_PER_S), seed)),
            BrainKind::Frantic => Self::Wanderer(Wanderer::new(None, seed)),
            BrainKind::Fight => Self::Fighter(fighter(seed)),
            BrainKind::Listen => Self::Idler,
        }
    }
}

impl Brain for Pilot {
    type Game = Arena;

    fn decide(&mut self, player: &Player<Arena>) -> Option<Input> {
        match self {
            Self::Wanderer(wanderer) => {
                let tick_hz = player.tick_hz().unwrap_or(1);
                Some(wanderer.decide(u32::from(tick_hz)))
            }
            Self::Fighter(fighter) => Some(fight(fighter, player).unwrap_or_default()),
            Self::Idler => None,
        }
    }

    fn needs_view(&self) -> bool {
        matches!(self, Self::Fighter(_))
    }
}

/// `None` if the player's own ship is not in view.
fn fight(fighter: &mut Fighter, player: &Player<Arena>) -> Option<Input> {
    let client = player.client()?;
    let (map, own) = client.map().zip(client.own())?;
    let visible = client.visible().map(|seen| Thing::read(&seen.state));
    Some(fighter.decide(map, &Ship::read(own)?, visible))
}

/// A fighter of one of three skills: a room of equals would be an unusual load.
fn fighter(seed: u64) -> Fighter {
    let mut rng = Rng::new(seed);
    let skills = [Skill::ROOKIE, Skill::REGULAR, Skill::ACE];
    let skill = skills[rng.below(skills.len() as u32) as usize];
    Fighter::new(rng.bits(), skill)
}

/// Always thrusts, takes a new heading now and then, never fires.
#[derive(Debug)]
pub struct Wanderer {
    /// Average turns per second; `None` for a turn every tick.
    turns_per_s: Option<u32>,
    rng: Rng,
    heading: u8,
}

impl Wanderer {
    fn new(turns_per_s: Option<u32>, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let heading = rng.bits() as u8;
        Self { turns_per_s, rng, heading }
    }

    fn decide(&mut self, tick_hz: u32) -> Input {
        let turn = match self.turns_per_s {
            Some(turns_per_s) => self.rng.below(tick_hz) < turns_per_s,
            None => true,
        };
        if turn {
            // Never the same heading again.
            let change = self.rng.between(1, 255) as u8;
            self.heading = self.heading.wrapping_add(change);
        }
        // The ship never fires, so its aim does not matter.
        Input { steer: self.heading, aim: 0, buttons: THRUST }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Number of turns in `ticks` ticks.
    fn turns(wanderer: &mut Wanderer, tick_hz: u32, ticks: u32) -> u32 {
        let mut last = wanderer.heading;
        let mut turned = || {
            let input = wanderer.decide(tick_hz);
            assert_eq!(input.buttons, THRUST);
            std::mem::replace(&mut last, input.steer) != input.steer
        };
        (0..ticks).map(|_| u32::from(turned())).sum()
    }

    #[test]
    fn drifting_ships_turn_twice_a_second_on_average() {
        for (seed, tick_hz) in [(1, 10), (2, 20), (3, 30), (4, 128)] {
            let mut drift = Wanderer::new(Some(TURNS_PER_S), seed);
            let found = turns(&mut drift, tick_hz, 1_000 * tick_hz);
            // 2,000 turns are expected; the range is ten standard deviations to either side.
            assert!((1_560..2_440).contains(&found), "seed {seed}, {tick_hz} Hz: {found}");
        }
    }

    #[test]
    fn frantic_ships_turn_every_tick() {
        assert_eq!(turns(&mut Wanderer::new(None, 1), 20, 1_000), 1_000);
    }

    #[test]
    fn headings_follow_from_the_seed() {
        let headings = |seed| {
            let mut wanderer = Wanderer::new(None, seed);
            [(); 32].map(|()| wanderer.decide(20).steer)
        };
        assert_eq!(headings(5), headings(5));
        assert_ne!(headings(5), headings(6));
    }
}
