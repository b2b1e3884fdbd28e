//! A brain for any game: random controls that the game accepts, and random commands.

use drumbeat_shared::content::Command;
use drumbeat_shared::game::Game;
use drumbeat_shared::random_command::random_command;
use drumbeat_shared::random_input::random_input;
use drumbeat_shared::rng::Rng;

use crate::bot::Brain;
use crate::player::Player;
use crate::wishes::Wishes;

/// Longest time for which an input is held, seconds.
const HOLD_S_MAX: u32 = 2;
/// Longest time between two commands, microseconds.
const PAUSE_US_MAX: u32 = 1_000_000;

/// Makes a brain that plays any game; `seed` determines its every choice.
#[must_use]
pub fn random<G: Game>(seed: u64) -> Random<G> {
    let wishes = Rng::new(Rng::new(seed).bits());
    Random { rng: Rng::new(seed), input: G::Input::default(), ticks: 0, wishes, wish_us: 0 }
}

/// Holds random controls for a random while each; sends random commands now and then.
#[derive(Debug)]
pub struct Random<G: Game> {
    rng: Rng,
    input: G::Input,
    /// Ticks for which the input is still held.
    ticks: u32,
    /// Of its own, so that the inputs follow from the seed whenever commands are due.
    wishes: Rng,
    /// When the next command is due, microseconds since the start of the run.
    wish_us: u64,
}

impl<G: Game> Random<G> {
    /// The input of the next tick.
    fn next(&mut self, tick_hz: u16) -> G::Input {
        if self.ticks == 0 {
            self.input = random_input::<G>(&mut self.rng);
            self.ticks = 1 + self.rng.below(HOLD_S_MAX * u32::from(tick_hz));
        }
        self.ticks -= 1;
        self.input
    }
}

impl<G: Game> Brain for Random<G> {
    type Game = G;

    fn name() -> &'static str {
        "random"
    }

    fn decide(&mut self, player: &Player<G>) -> Option<G::Input> {
        Some(self.next(player.tick_hz().unwrap_or(1)))
    }

    fn wishes(&mut self, _player: &Player<G>, wishes: &mut Wishes<G>) {
        if !G::Command::TAKEN {
            return;
        }
        if wishes.now_us() >= self.wish_us {
            self.wish_us = wishes.now_us() + u64::from(self.wishes.below(PAUSE_US_MAX));
            random_command::<G>(&mut self.wishes).into_iter().for_each(|it| wishes.command(it));
        }
        wishes.again_at(self.wish_us);
    }

    fn needs_view(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use drumbeat_shared::toy::{Steer, Toy};

    use super::*;

    const TICK_HZ: u16 = 30;

    /// The inputs of `seconds` seconds.
    fn inputs<G: Game>(seed: u64, seconds: usize) -> Vec<G::Input> {
        let mut random = random::<G>(seed);
        (0..seconds * usize::from(TICK_HZ)).map(|_| random.next(TICK_HZ)).collect()
    }

    #[test]
    fn every_input_is_valid_and_held_for_a_while() {
        let inputs = inputs::<Toy>(7, 200);
        assert!(inputs.iter().all(|input| Toy::validate(input).is_ok()));
        let changes = inputs.windows(2).filter(|pair| pair[0] != pair[1]).count();
        // 200 changes are expected, less those to the same input.
        assert!((100..300).contains(&changes), "{changes}");
    }

    #[test]
    fn every_value_of_a_control_is_as_likely_as_the_others() {
        let mut rng = Rng::new(3);
        let mut counts = BTreeMap::<i8, u32>::new();
        for _ in 0..1_900 {
            let Steer(dx, dy) = random_input::<Toy>(&mut rng);
            [dx, dy].iter().for_each(|axis| *counts.entry(*axis).or_default() += 1);
        }
        assert!(counts.keys().copied().eq(-9..=9), "{counts:?}");
        // 200 of each are expected, with a standard deviation of 14.
        assert!(counts.values().all(|count| (130..270).contains(count)), "{counts:?}");
    }

    #[test]
    fn inputs_follow_from_the_seed() {
        assert_eq!(inputs::<Toy>(5, 20), inputs::<Toy>(5, 20));
        assert_ne!(inputs::<Toy>(5, 20), inputs::<Toy>(6, 20));
    }
}
