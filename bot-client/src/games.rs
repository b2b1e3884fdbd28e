//! Several games in one swarm, which plays one of them.

use std::process::ExitCode;

use drumbeat_process::flag_value;
use drumbeat_shared::game::Game;

use crate::brains::Brains;
use crate::command::play;
use crate::program;

/// The games of a swarm that has several: `--game` chooses the one that its bots play.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use drumbeat_bots::{Games, random};
/// use drumbeat_shared::toy::Toy as Tag;
/// # use drumbeat_shared::toy::Toy as Race;
///
/// fn main() -> ExitCode {
///     Games::new::<Tag>(random).with::<Race>(random).run()
/// }
/// ```
pub struct Games(Vec<Offer>);

struct Offer {
    name: &'static str,
    play: Play,
}

/// Runs the swarm of a game, one of those with these names.
type Play = Box<dyn FnOnce(&[&'static str]) -> ExitCode>;

impl Games {
    /// A swarm of this game, which it plays unless another is chosen. `brains` is as for
    /// [`crate::main`].
    #[must_use]
    pub fn new<G: Game>(brains: impl Into<Brains<G>>) -> Self {
        Self(Vec::new()).with(brains)
    }

    /// Adds a game, which `--game` calls [`Game::NAME`].
    #[must_use]
    pub fn with<G: Game>(mut self, brains: impl Into<Brains<G>>) -> Self {
        let brains = brains.into();
        let play = Box::new(move |games: &[&'static str]| play(&brains, games));
        self.0.push(Offer { name: G::NAME, play });
        self
    }

    /// Does what [`crate::main`] does, for the game that the command line names.
    pub fn run(mut self) -> ExitCode {
        if let Err(code) = program::begin() {
            return code;
        }
        let games: Vec<_> = self.0.iter().map(|offer| offer.name).collect();
        let chosen = flag_value(std::env::args_os(), "game");
        // For a game that there is not, the first one says so when it reads its arguments.
        let at = games.iter().position(|game| Some(*game) == chosen.as_deref()).unwrap_or(0);
        (self.0.swap_remove(at).play)(&games)
    }
}
