//! What bots do in tag, the second bundled game.

use drumbeat_shared::typed::{Angle, EntitySet, IVec2, Member};
use drumbeat_tag::{Keys, Runner, SIDE, Tag, Thing};

use crate::bot::Brain;
use crate::brains::Brains;
use crate::player::Player;

/// Whoever is it is fled from within this distance, grid units.
const FEAR: i32 = SIDE / 5;

/// The brains of tag's swarm.
#[must_use]
pub fn brains() -> Brains<Tag> {
    Brains::default().with("play", "chase, flee, collect coins", |_seed| Tagger)
}

/// Runs after the nearest runner while it is it; otherwise flees, or runs for the nearest coin.
#[derive(Debug)]
pub struct Tagger;

impl Brain for Tagger {
    type Game = Tag;

    fn decide(&mut self, player: &Player<Tag>) -> Option<Keys> {
        let client = player.client()?;
        let me = Runner::read(client.own()?)?;
        let toward = toward(&me, client.visible().map(|seen| Thing::read(&seen.state)));
        Some(Keys { heading: Angle::toward(toward.as_vec2()), runs: true })
    }
}

/// Where to run.
fn toward(me: &Runner, visible: impl Iterator<Item = Thing>) -> IVec2 {
    let (mut runners, mut coins) = (Vec::new(), Vec::new());
    for thing in visible {
        match thing {
            Thing::Runner(runner) if runner.player != me.player => runners.push(runner),
            Thing::Runner(_) => {}
            Thing::Coin(coin) => coins.push(coin.place),
        }
    }
    let middle = IVec2::splat(SIDE / 2);
    let distance = |place: &IVec2| place.distance_squared(me.place);
    let nearest = |places: &mut dyn Iterator<Item = IVec2>| places.min_by_key(distance);
    if me.it {
        let prey = nearest(&mut runners.iter().map(|runner| runner.place));
        return prey.unwrap_or(middle) - me.place;
    }
    let hunter = runners.iter().find(|runner| runner.it).map(|runner| runner.place);
    match hunter.filter(|hunter| distance(hunter) < FEAR * FEAR) {
        // Not into a corner.
        Some(hunter) => 2 * (me.place - hunter) + (middle - me.place) / 2,
        None => nearest(&mut coins.into_iter()).unwrap_or(middle) - me.place,
    }
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::typed::PlayerId;
    use drumbeat_tag::Coin;

    use super::*;

    const AT: IVec2 = IVec2::new(SIDE / 2, SIDE / 2);

    fn runner(player: u16, place: IVec2, it: bool) -> Runner {
        let (heading, runs, player) = (Angle(0), true, PlayerId(player));
        Runner { heading, runs, place, player, it, pause_ticks: 0 }
    }

    #[test]
    fn it_chases_and_the_others_flee_or_collect() {
        let east = |units: i32| AT + IVec2::X * units;
        let near = |it| [Thing::Runner(runner(1, east(100), it)), Thing::Coin(Coin { place: AT })];
        let go = |me_it, visible: [Thing; 2]| toward(&runner(0, AT, me_it), visible.into_iter());
        assert!(go(true, near(false)).x > 0, "chases");
        assert!(go(false, near(true)).x < 0, "flees");
        let coins = [east(900), east(-800)].map(|place| Thing::Coin(Coin { place }));
        assert_eq!(go(false, coins), IVec2::new(-800, 0));
    }
}
