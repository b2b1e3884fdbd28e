//! Random commands of any game, for bots without a brain and for tests.

use crate::content::Command;
use crate::game::Game;
use crate::guess::guess;
use crate::rng::Rng;

/// Random commands tried until one keeps its own limits.
const TRIES_MAX: u32 = 1_000;

/// A random command that keeps all of its limits, of whatever size is allowed; `None` for a game
/// without commands, or if none is found. What the rules make of it is theirs.
#[must_use]
pub fn random_command<G: Game>(rng: &mut Rng) -> Option<G::Command> {
    any_command(rng)
}

fn any_command<C: Command>(rng: &mut Rng) -> Option<C> {
    if !C::TAKEN {
        return None;
    }
    let valid = |_| guess::<C>(rng).filter(|command| command.check().is_ok());
    (0..TRIES_MAX).find_map(valid)
}

#[cfg(test)]
mod tests {
    use crate::typed::{Command, Content};

    use super::*;
    use crate::toy::Toy;

    #[derive(Command, Clone, Debug, PartialEq)]
    enum Wish {
        Undo,
        Draw {
            #[range(0, 7)]
            colour: u8,
            #[max(60)]
            points: Vec<Point>,
        },
        Note {
            #[max(40)]
            text: String,
        },
    }

    #[derive(Content, Clone, Debug, PartialEq)]
    struct Point {
        #[range(-1_000, 1_000)]
        x: i16,
        y: i8,
    }

    #[test]
    fn every_kind_of_command_is_found_and_keeps_its_limits() {
        let mut rng = Rng::new(1);
        let all: Vec<Wish> = (0..2_000).filter_map(|_| any_command(&mut rng)).collect();
        assert_eq!(all.len(), 2_000);
        assert!(all.iter().all(|wish| wish.check().is_ok()));
        assert!(all.contains(&Wish::Undo));
        let draws = |wish: &Wish| matches!(wish, Wish::Draw { points, .. } if points.len() > 30);
        assert!(all.iter().any(draws), "none with many points");
        let notes = |wish: &Wish| matches!(wish, Wish::Note { text } if text.len() > 20);
        assert!(all.iter().any(notes), "none with a long text");
        let far = |wish: &Wish| {
            matches!(wish, Wish::Draw { points, .. }
            if points.iter().any(|point| point.x < -200))
        };
        assert!(all.iter().any(far), "none far away");
    }

    #[test]
    fn the_seed_decides() {
        let [first, second] = [(); 2].map(|()| {
            let mut rng = Rng::new(7);
            (0..50).map(|_| any_command(&mut rng)).collect::<Vec<Option<Wish>>>()
        });
        assert_eq!(first, second);
    }

    #[test]
    fn a_game_without_commands_has_none() {
        assert_eq!(random_command::<Toy>(&mut Rng::new(1)), None);
    }
}
