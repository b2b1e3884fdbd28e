//! The brains that a game offers its swarm, by name.

use std::marker::PhantomData;
use std::sync::Arc;

use drumbeat_shared::game::Game;

use crate::bot::{Brain, MakeBrain};
use crate::clock::Stamp;
use crate::options::{Choice, Options};
use crate::player::Player;
use crate::random::random;
use crate::talk::{TALK, talk};
use crate::wishes::Wishes;

/// A brain of any kind.
pub type AnyBrain<G> = Box<dyn Brain<Game = G>>;

impl<G: Game> Brain for AnyBrain<G> {
    type Game = G;

    fn decide(&mut self, player: &Player<G>) -> Option<G::Input> {
        (**self).decide(player)
    }

    fn wishes(&mut self, player: &Player<G>, wishes: &mut Wishes<G>) {
        (**self).wishes(player, wishes);
    }

    fn stamps(&self, record: &G::Record) -> Vec<Stamp> {
        (**self).stamps(record)
    }

    fn needs_view(&self) -> bool {
        (**self).needs_view()
    }
}

/// One brain of a list.
struct Offer<G: Game> {
    choice: Choice,
    make: MakeBrain<AnyBrain<G>>,
}

/// The brains among which `--brain` chooses; the first is the default. Every game has `random`,
/// `talk` and `listen`; its own stand before them.
pub struct Brains<G: Game> {
    offers: Vec<Offer<G>>,
    /// Number of the game's own.
    own: usize,
}

impl<G: Game> Default for Brains<G> {
    fn default() -> Self {
        let random = offer("random", "random controls and commands", random);
        let talk = offer("talk", TALK, talk);
        let text = "send no input; needs --afk-timeout-s 0, too";
        let listen = offer("listen", text, |_| Listener(PhantomData));
        Self { offers: vec![random, talk, listen], own: 0 }
    }
}

/// A function that makes a brain from a seed is the game's own one, called [`Brain::name`].
impl<G: Game, B: Brain<Game = G>, F: Fn(u64) -> B + Send + Sync + 'static> From<F> for Brains<G> {
    fn from(make: F) -> Self {
        Self::default().with(B::name(), "the game's own", make)
    }
}

impl<G: Game> Brains<G> {
    /// Adds a brain of the game's own, made from a seed. `text` says what its bots do, for the
    /// help. It replaces one of the same name.
    #[must_use]
    pub fn with<B: Brain<Game = G>>(
        mut self,
        name: &'static str,
        text: &'static str,
        make: impl Fn(u64) -> B + Send + Sync + 'static,
    ) -> Self {
        if let Some(at) = self.offers.iter().position(|offer| offer.choice.name == name) {
            self.offers.remove(at);
            self.own -= usize::from(at < self.own);
        }
        self.offers.insert(self.own, offer(name, text, make));
        self.own += 1;
        self
    }

    /// The names, and what the bots do.
    #[must_use]
    pub fn choices(&self) -> Vec<Choice> {
        self.offers.iter().map(|offer| offer.choice).collect()
    }

    /// The brain that a run asks for.
    ///
    /// # Errors
    /// When there is no such brain, or when it needs a view that some bots do not have.
    pub fn choose(
        &self,
        options: &Options,
    ) -> Result<impl Fn(u64) -> AnyBrain<G> + Send + Sync + 'static, String> {
        let wanted = options.brain.as_deref();
        let found =
            self.offers.iter().find(|offer| wanted.is_none_or(|name| name == offer.choice.name));
        let Some(Offer { choice, make }) = found else {
            return Err(format!("there is no --brain {}", wanted.unwrap_or_default()));
        };
        if needs_view(make) && options.witness_count() < options.bots {
            let others = self.offers.iter().filter(|offer| !needs_view(&offer.make));
            let others: Vec<_> = others.map(|offer| offer.choice.name).collect();
            return Err(format!(
                "--brain {} needs a full view, which only witnesses have; leave --witnesses out, \
                 or choose another --brain: {}",
                choice.name,
                others.join(", ")
            ));
        }
        let make = Arc::clone(make);
        Ok(move |seed| make(seed))
    }
}

fn offer<G: Game, B: Brain<Game = G>>(
    name: &'static str,
    text: &'static str,
    make: impl Fn(u64) -> B + Send + Sync + 'static,
) -> Offer<G> {
    let make = move |seed| -> AnyBrain<G> { Box::new(make(seed)) };
    Offer { choice: Choice { name, text }, make: Arc::new(make) }
}

fn needs_view<G: Game>(make: &MakeBrain<AnyBrain<G>>) -> bool {
    make(0).needs_view()
}

/// Sends no input and wishes nothing.
struct Listener<G>(PhantomData<fn() -> G>);

impl<G: Game> Brain for Listener<G> {
    type Game = G;

    fn needs_view(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::toy::{Steer, Toy};

    use super::*;

    struct Still;

    impl Brain for Still {
        type Game = Toy;

        fn decide(&mut self, _player: &Player<Toy>) -> Option<Steer> {
            Some(Steer::default())
        }
    }

    fn names(brains: impl Into<Brains<Toy>>) -> Vec<&'static str> {
        brains.into().choices().iter().map(|choice| choice.name).collect()
    }

    /// Whether the brain has been found, or what is wrong.
    fn choose(brains: &Brains<Toy>, args: &str) -> Result<(), String> {
        let args = format!("toy-bots {args}");
        let command = Options::command_for("toy-bots", &brains.choices());
        let options = Options::parse_by(command, args.split_whitespace());
        brains.choose(&options.map_err(|error| error.to_string())?).map(drop)
    }

    #[test]
    fn a_game_offers_its_own_brains_and_those_of_every_game() {
        assert_eq!(names(Brains::default()), ["random", "talk", "listen"]);
        assert_eq!(names(random), ["random", "talk", "listen"]);
        assert_eq!(names(|_| Still), ["own", "random", "talk", "listen"]);
        let named = Brains::default().with("still", "", |_| Still).with("stiller", "", |_| Still);
        assert_eq!(names(named), ["still", "stiller", "random", "talk", "listen"]);
        let twice = Brains::from(|_| Still).with("a", "", |_| Still).with("own", "", |_| Still);
        assert_eq!(names(twice), ["a", "own", "random", "talk", "listen"]);
    }

    #[test]
    fn the_first_brain_is_the_default_and_an_unknown_one_is_refused() {
        let brains = Brains::from(|_| Still);
        assert_eq!(choose(&brains, "--bots 3"), Ok(()));
        assert_eq!(choose(&brains, "--bots 3 --brain random"), Ok(()));
        let error = choose(&brains, "--brain fight").unwrap_err();
        assert!(error.contains("must be one of own, random, talk, listen"), "{error}");
    }

    #[test]
    fn a_brain_that_needs_a_view_is_not_given_to_light_bots() {
        let brains = Brains::from(|_| Still);
        let error = choose(&brains, "--bots 3 --witnesses 2").unwrap_err();
        assert!(error.contains("--brain own needs a full view"), "{error}");
        assert!(error.ends_with("another --brain: random, listen"), "{error}");
        assert_eq!(choose(&brains, "--bots 3 --witnesses 0 --brain listen"), Ok(()));
    }
}
