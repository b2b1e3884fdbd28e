//! The program that a game's author makes of the server: its names, its texts, its page and map.

use drumbeat_shared::game::Game;
use drumbeat_shared::limits::TICK_HZ_DEFAULT;

use crate::page::Page;

/// The version of the engine.
pub(crate) const ENGINE_VERSION: &str = env!("CARGO_PKG_VERSION");
/// The name of the engine's own program.
const ENGINE_NAME: &str = "drumbeat";

/// A game's server as a program. [`Program::run`] is its `main`; [`main`](crate::main) is enough
/// for a game that needs nothing but a page.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use drumbeat_server::{Program, page};
/// use drumbeat_shared::toy::Toy as Game;
///
/// fn main() -> ExitCode {
///     Program::new("tag", page!("src"))
///         .about("Tag: whoever is it runs after the others.")
///         .map("park", "40")
///         .run::<Game>()
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) name: &'static str,
    pub(crate) version: Option<&'static str>,
    pub(crate) about: String,
    pub(crate) more: &'static str,
    pub(crate) page: Page,
    pub(crate) map: Option<(&'static str, &'static str)>,
    pub(crate) swarm: Option<&'static str>,
    /// Ticks per second if `--tick-hz` says nothing else: the game's own rate.
    pub(crate) tick_hz: u16,
    /// The games among which `--game` chooses; empty for a program with one.
    pub(crate) games: Vec<&'static str>,
    /// The one of them that is served.
    pub(crate) game: Option<&'static str>,
}

impl Program {
    /// A program of this name. The name is the command's in its help and messages; in capitals it
    /// begins every environment variable: `TAG_LISTEN`.
    #[must_use]
    pub fn new(name: &'static str, page: Page) -> Self {
        let about = format!(
            "{name}, a multiplayer game. Without arguments it serves the game at \
             http://127.0.0.1:7777"
        );
        let version = page.version;
        Self {
            name,
            version,
            about,
            more: "",
            page,
            map: None,
            swarm: None,
            tick_hz: TICK_HZ_DEFAULT,
            games: Vec::new(),
            game: None,
        }
    }

    /// The version, `env!("CARGO_PKG_VERSION")`; an embedded page brings that of its crate along.
    #[must_use]
    pub fn version(self, version: &'static str) -> Self {
        Self { version: Some(version), ..self }
    }

    /// What the program is: the first lines of `--help`.
    #[must_use]
    pub fn about(self, about: &str) -> Self {
        Self { about: about.to_owned(), ..self }
    }

    /// Where to read more: the last line of `--help`.
    #[must_use]
    pub fn more(self, more: &'static str) -> Self {
        Self { more, ..self }
    }

    /// The map to play on if `--map` names no other: its name in messages, and its text, as
    /// [`Game::map`] reads it. Without one, that text is empty.
    #[must_use]
    pub fn map(self, name: &'static str, text: &'static str) -> Self {
        Self { map: Some((name, text)), ..self }
    }

    /// The package, and the program, of this game's swarm: the server says how to start it.
    #[must_use]
    pub fn swarm(self, package: &'static str) -> Self {
        Self { swarm: Some(package), ..self }
    }

    /// What begins the name of each environment variable.
    pub(crate) fn prefix(&self) -> String {
        let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        self.name.chars().map(word).chain(['_']).collect()
    }

    /// Who this is: program, version and game.
    pub(crate) fn title<G: Game>(&self) -> String {
        let version = self.version.map_or(String::new(), |version| format!(" {version}"));
        if self.name == ENGINE_NAME {
            return format!("Drumbeat{version}: {}", G::NAME);
        }
        format!("{}{version} on Drumbeat {ENGINE_VERSION}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::toy::Toy;

    use super::*;

    #[test]
    fn names_follow_the_program() {
        let check = |name, prefix: &str, title: &str| {
            let program = Program::new(name, Page::none()).version("1.2.3");
            assert_eq!(program.prefix(), prefix);
            assert_eq!(program.title::<Toy>(), title.replace("{engine}", ENGINE_VERSION));
        };
        check("drumbeat", "DRUMBEAT_", "Drumbeat 1.2.3: toy");
        check("tag", "TAG_", "tag 1.2.3 on Drumbeat {engine}");
        check("tag-2 eu", "TAG_2_EU_", "tag-2 eu 1.2.3 on Drumbeat {engine}");
        let title = Program::new("tag", Page::none()).title::<Toy>();
        assert_eq!(title, format!("tag on Drumbeat {ENGINE_VERSION}"));
    }
}
