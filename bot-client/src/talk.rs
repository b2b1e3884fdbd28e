//! A brain for any game: a few bots talk, the others listen.

use std::marker::PhantomData;

use drumbeat_shared::game::Game;
use drumbeat_shared::rng::Rng;

use crate::bot::Brain;
use crate::player::Player;
use crate::wishes::Wishes;

/// What its bots do, for the help.
pub(crate) const TALK: &str = "20 say a line each second; the server needs --chat-per-10s 20 \
                               --afk-timeout-s 0";
/// Bots that talk: the first of the run.
const SPEAKERS: u32 = 20;
/// Time between two lines of one of them, microseconds.
const PAUSE_US: u32 = 1_000_000;
/// What they say.
const WORDS: [&str; 12] = [
    "tea", "or", "coffee", "before", "the", "second", "round", "begins", "who", "has", "seen", "it",
];

/// Makes a brain that says a line each second if its bot is one of the first 20, and listens
/// otherwise.
#[must_use]
pub fn talk<G: Game>(seed: u64) -> Talker<G> {
    let mut rng = Rng::new(seed);
    // They do not all speak at once.
    let next_us = u64::from(rng.below(PAUSE_US));
    Talker { rng, next_us, game: PhantomData }
}

/// Says a line each second, or listens.
#[derive(Debug)]
pub struct Talker<G> {
    rng: Rng,
    /// When its next line is due, microseconds since the start of the run.
    next_us: u64,
    game: PhantomData<fn() -> G>,
}

impl<G: Game> Brain for Talker<G> {
    type Game = G;

    fn name() -> &'static str {
        "talk"
    }

    fn wishes(&mut self, _player: &Player<G>, wishes: &mut Wishes<G>) {
        if wishes.bot() >= SPEAKERS {
            return;
        }
        if wishes.now_us() >= self.next_us {
            let count = self.rng.between(2, 12);
            let words = (0..count).map(|_| WORDS[self.rng.below(WORDS.len() as u32) as usize]);
            wishes.say(&words.collect::<Vec<_>>().join(" "));
            // After a wait it goes on at its pace, and does not catch up.
            let missed = (wishes.now_us() - self.next_us) / u64::from(PAUSE_US);
            self.next_us += (missed + 1) * u64::from(PAUSE_US);
        }
        wishes.again_at(self.next_us);
    }
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::client::Maps;
    use drumbeat_shared::toy::Toy;

    use super::*;
    use crate::clock::Stamp;

    /// The lines of a bot that is asked 100 times in 10 s.
    fn lines(bot: u32) -> Vec<String> {
        let player = Player::witness("Ada", "", Maps::default());
        let mut talker = talk::<Toy>(7);
        let mut lines = Vec::new();
        for now_us in (0..10_000_000).step_by(100_000) {
            let mut wishes = Wishes::new(bot, now_us, Stamp(9));
            talker.wishes(&player, &mut wishes);
            lines.extend(wishes.lines.into_iter().map(|(_, line)| line));
        }
        lines
    }

    #[test]
    fn the_first_bots_say_a_line_each_second_with_the_time() {
        let said = lines(SPEAKERS - 1);
        assert_eq!(said.len(), 10, "{said:?}");
        assert!(said.iter().all(|line| Stamp::read(line) == Some(Stamp(9))), "{said:?}");
        assert_eq!(said, lines(0), "they follow from the seed");
        assert!(lines(SPEAKERS).is_empty());
    }
}
