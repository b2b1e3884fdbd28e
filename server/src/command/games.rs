//! Several games in one program, which serves one of them.

use std::process::ExitCode;

use clap::Args;
use drumbeat_shared::game::Game;

use crate::config::chosen_game;
use crate::program::Program;

/// The games of a program that has several: `--game` chooses the one that it serves. Each has its
/// own page, map, texts and settings.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use drumbeat_server::{Games, Program, page};
/// use drumbeat_shared::toy::Toy as Tag;
/// # use drumbeat_shared::toy::Toy as Race;
///
/// fn main() -> ExitCode {
///     let program = || Program::new("playground", page!("tests/page"));
///     Games::new::<Tag>(program()).with::<Race>(program().map("oval", "1")).run()
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Games(Vec<Offer>);

#[derive(Clone, Debug)]
struct Offer {
    name: &'static str,
    program: Program,
    run: fn(&Program) -> ExitCode,
}

impl Games {
    /// A program with this game, which it serves unless another is chosen. Its name is that of the
    /// whole program.
    #[must_use]
    pub fn new<G: Game<Settings: Args>>(program: Program) -> Self {
        Self(Vec::new()).with::<G>(program)
    }

    /// Adds a game, which `--game` calls [`Game::NAME`].
    #[must_use]
    pub fn with<G: Game<Settings: Args>>(mut self, program: Program) -> Self {
        self.0.push(Offer { name: G::NAME, program, run: Program::run::<G> });
        self
    }

    /// Does what [`Program::run`] does, for the game that the command line, the environment or the
    /// configuration file names.
    #[must_use]
    pub fn run(self) -> ExitCode {
        let games: Vec<_> = self.0.iter().map(|offer| offer.name).collect();
        let first = &self.0[0];
        let args: Vec<_> = std::env::args_os().collect();
        let chosen = chosen_game(&first.program.prefix(), &args, |name| std::env::var_os(name));
        // For a game that there is not, the first one says so when it reads its settings.
        let offer = self.0.iter().find(|offer| Some(offer.name) == chosen.as_deref());
        let Offer { name, program, run } = offer.unwrap_or(first);
        // A program of one game is that game's, and has no flag to choose it.
        let game = (games.len() > 1).then_some(*name);
        run(&Program { name: first.program.name, games, game, ..program.clone() })
    }
}
