//! Tag with coins: a small game for Drumbeat, to read and to start from.
//!
//! One runner is "it" and passes that on by touch; being it costs points, coins bring some. The
//! engine applies the controls and runs [`Tag::predict`] on everything; [`Tag::step`] is the rest.

use std::collections::BTreeMap;
use std::sync::Arc;

use drumbeat_shared::typed::{
    Angle, Audience, Context, Entity, Event, Game, IVec2, Id, Identity, Input, PlayerId, Private,
    Refused, Rng, Saved, Setup, Step, View, World, entities,
};

/// Grid steps per unit of the world.
pub const GRID: i32 = 16;
/// Side of the square field, grid units.
pub const SIDE: i32 = 1_600 * GRID;
/// Radius of a runner, grid units.
pub const RUNNER_RADIUS: i32 = 20 * GRID;
/// Radius of a coin, grid units.
pub const COIN_RADIUS: i32 = 10 * GRID;
/// Speed of a runner, units per second; whoever is it is a little faster.
const SPEED: f32 = 220.0;
/// Seconds in which whoever was tagged can tag nobody.
const PAUSE_S: u16 = 2;
const COINS: usize = 24;

/// A player in the field.
#[derive(Entity, Clone, Copy, Debug, Default, PartialEq)]
pub struct Runner {
    /// Where it runs to.
    #[decision]
    pub heading: Angle,
    /// Whether it runs.
    #[decision]
    pub runs: bool,
    /// Grid units.
    #[position(max = SIDE)]
    #[unit(GRID)]
    pub place: IVec2,
    /// Whose runner it is.
    #[owner]
    pub player: PlayerId,
    /// Whether it is it.
    pub it: bool,
    /// Ticks until it can tag.
    pub pause_ticks: u16,
}

/// A coin that lies in the field.
#[derive(Entity, Clone, Copy, Debug, PartialEq)]
pub struct Coin {
    /// Grid units.
    #[position(max = SIDE)]
    #[unit(GRID)]
    pub place: IVec2,
}

entities! {
    /// Everything in the field.
    pub enum Thing {
        Runner,
        Coin,
    }
}

/// What only its player is sent.
#[derive(Private, Clone, Copy, Debug, Default, PartialEq)]
pub struct Purse {
    /// Coins, less those lost while being it.
    pub points: u16,
}

/// The controls of a player.
#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
pub struct Keys {
    /// Where to.
    pub heading: Angle,
    /// Whether to run.
    pub runs: bool,
}

/// Something that happened.
#[derive(Event, Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// Somebody is it now.
    Tagged {
        /// Who was it.
        by: PlayerId,
        /// Who is it.
        whom: PlayerId,
    },
}

/// A field.
#[derive(Saved, Debug)]
pub struct Tag {
    world: World<Thing>,
    /// Who has joined.
    players: BTreeMap<PlayerId, (Id<Runner>, Purse)>,
    rng: Rng,
}

impl Game for Tag {
    type Map = ();
    type Thing = Thing;
    type Avatar = Runner;
    type Private = Purse;
    type Input = Keys;
    type Event = Event;
    type Command = ();
    type Record = ();
    type Settings = ();

    const NAME: &'static str = "tag";
    /// The whole field, though a page shows less of it: it points to who is it.
    const VIEW: View = View { half: IVec2::splat(SIDE), margin: 0 };

    fn new(_map: Arc<()>, setup: &Setup) -> Self {
        Self { world: World::default(), players: BTreeMap::new(), rng: Rng::new(setup.seed) }
    }

    fn join(&mut self, player: PlayerId, _who: Identity<'_>) -> Result<(), Refused> {
        let (place, it) = (self.somewhere(), self.players.is_empty());
        let runner = Runner { place, player, it, ..Runner::default() };
        let full = Refused("the field is full; try again later".into());
        let id = self.world.insert(runner).ok_or(full)?;
        self.players.insert(player, (id, Purse::default()));
        Ok(())
    }

    fn leave(&mut self, player: PlayerId) {
        let Some((id, _)) = self.players.remove(&player) else { return };
        if self.world.remove(id).is_some_and(|runner| runner.it) {
            let heir = self.players.values().next();
            heir.and_then(|(id, _)| self.world.edit(*id, |runner| runner.it = true));
        }
    }

    fn control(runner: &mut Runner, keys: &Keys) {
        (runner.heading, runner.runs) = (keys.heading, keys.runs);
    }

    fn predict(context: Context<'_, ()>, thing: &mut Thing) {
        let Thing::Runner(runner) = thing else { return };
        runner.pause_ticks = runner.pause_ticks.saturating_sub(1);
        if runner.runs {
            let speed = if runner.it { 1.15 * SPEED } else { SPEED };
            let reach = speed * GRID as f32 / f32::from(context.tick_hz);
            let to = runner.place + (runner.heading.to_vec2() * reach).round().as_ivec2();
            runner.place = to.clamp(IVec2::ZERO, IVec2::splat(SIDE));
        }
    }

    fn rests(thing: &Thing) -> bool {
        matches!(thing, Thing::Coin(_))
    }

    fn step(&mut self, step: &mut Step<'_, Self>) {
        self.tag(step);
        for (id, purse) in self.players.values_mut() {
            let Some(runner) = self.world.get(*id) else { continue };
            let near = self.world.near::<Coin>(runner.place, RUNNER_RADIUS + COIN_RADIUS);
            for (coin, _) in near.collect::<Vec<_>>() {
                self.world.remove(coin);
                purse.points = purse.points.saturating_add(1);
            }
            if runner.it && step.context.tick.0.is_multiple_of(u32::from(step.context.tick_hz)) {
                purse.points = purse.points.saturating_sub(1);
            }
        }
        for _ in self.world.iter::<Coin>().count()..COINS {
            let place = self.somewhere();
            self.world.insert(Coin { place });
        }
    }

    fn world(&self) -> &World<Thing> {
        &self.world
    }

    fn world_mut(&mut self) -> &mut World<Thing> {
        &mut self.world
    }

    fn avatar(&self, player: PlayerId) -> Option<Id<Runner>> {
        self.players.get(&player).map(|(id, _)| *id)
    }

    fn private(&self, player: PlayerId) -> Purse {
        self.players.get(&player).map_or_else(Purse::default, |(_, purse)| *purse)
    }
}

impl Tag {
    fn somewhere(&mut self) -> IVec2 {
        IVec2::new(self.rng.between(0, SIDE), self.rng.between(0, SIDE))
    }

    /// Whoever is it tags the nearest runner in reach.
    fn tag(&mut self, step: &mut Step<'_, Self>) {
        let tagger = self.world.iter::<Runner>().find(|(_, runner)| runner.it);
        let Some((it, tagger)) = tagger.filter(|(_, it)| it.pause_ticks == 0) else { return };
        let near = self.world.near::<Runner>(tagger.place, 2 * RUNNER_RADIUS);
        let others = near.filter(|(id, _)| *id != it);
        let nearest = others.min_by_key(|(_, other)| other.place.distance_squared(tagger.place));
        let Some((next, tagged)) = nearest else { return };
        let pause_ticks = PAUSE_S * step.context.tick_hz;
        self.world.edit(it, |runner| runner.it = false);
        self.world.edit(next, |runner| (runner.it, runner.pause_ticks) = (true, pause_ticks));
        step.send(Audience::Room, Event::Tagged { by: tagger.player, whom: tagged.player });
    }
}

/// The core of the page.
#[cfg(target_family = "wasm")]
mod web {
    drumbeat_web::export!(crate::Tag);
}

#[cfg(test)]
mod tests {
    use drumbeat_kit::Room;

    use super::*;

    /// A field with two players, `apart` grid units from each other; A is it.
    fn field(apart: i32) -> (Room<Tag>, PlayerId, PlayerId) {
        let mut room = Room::<Tag>::new();
        let [a, b] = ["A", "B"].map(|name| room.join(name));
        for (player, x) in [(a, 0), (b, apart)] {
            let id = room.game().avatar(player).unwrap();
            let place = IVec2::new(1_000 + x, 1_000);
            room.game_mut().world.edit(id, |runner| runner.place = place);
        }
        (room, a, b)
    }

    fn runner(room: &Room<Tag>, player: PlayerId) -> Runner {
        room.game().world.get(room.game().avatar(player).unwrap()).unwrap()
    }

    #[test]
    fn who_is_touched_is_it_and_cannot_tag_back_at_once() {
        let (mut room, a, b) = field(2 * RUNNER_RADIUS - 1);
        assert_eq!(room.step(), [Event::Tagged { by: a, whom: b }]);
        assert_eq!([a, b].map(|player| runner(&room, player).it), [false, true]);
        assert_eq!(room.steps(59), []);
        assert_eq!(room.step(), [Event::Tagged { by: b, whom: a }]);
    }

    #[test]
    fn nobody_is_tagged_from_afar_and_runners_run_as_they_are_steered() {
        let (mut room, _, b) = field(2 * RUNNER_RADIUS + 1);
        room.hold(b, Keys { heading: Angle(0), runs: true });
        assert_eq!(room.step(), []);
        let before = runner(&room, b).place.x;
        room.steps(30);
        let moved = (runner(&room, b).place.x - before) as f32 / GRID as f32;
        assert!((moved - SPEED).abs() < SPEED / 100.0, "{moved} units in a second");
    }

    #[test]
    fn somebody_is_it_as_long_as_anybody_plays() {
        let (mut room, a, b) = field(SIDE / 2);
        room.leave(a);
        assert!(runner(&room, b).it);
        assert_eq!([a, b].map(|player| Game::eye(room.game(), player).is_some()), [false, true]);
        let again = room.join("C");
        assert!(!runner(&room, again).it);
    }

    #[test]
    fn coins_bring_points_and_come_back() {
        let (mut room, _, b) = field(SIDE / 2);
        room.step();
        let coins = |room: &Room<Tag>| room.game().world.iter::<Coin>().count();
        assert_eq!(coins(&room), COINS);
        let (place, before) = (runner(&room, b).place, Game::private(room.game(), b).points);
        let (coin, _) = room.game().world.iter::<Coin>().next().unwrap();
        room.game_mut().world.edit(coin, |coin| coin.place = place);
        room.step();
        assert!(Game::private(room.game(), b).points > before);
        assert_eq!(coins(&room), COINS);
    }
}
