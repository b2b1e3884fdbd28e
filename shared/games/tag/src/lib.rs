//! Tag with coins: a small game for Drumbeat, to read and to start from.
//!
//! One runner is "it" and passes that on by touch; being it costs points, coins bring some. The
//! engine applies the controls and runs [`Tag::predict`] on everything; [`Tag::step`] is the rest.

use std::sync::Arc;

use drumbeat_shared::typed::{
    Angle, Audience, Context, Entity, Event, Game, IVec2, Id, Identity, Input, PlayerId, Private,
    Refused, Rng, Setup, Step, View, World, entities,
};

/// Grid steps per unit of the world.
pub const GRID: i32 = 16;
/// Side of the square field, grid units.
pub const SIDE: i32 = 1_600 * GRID;
/// Radius of a runner, grid units.
pub const RUNNER_RADIUS: i32 = 20 * GRID;
/// Radius of a coin, grid units.
pub const COIN_RADIUS: i32 = 10 * GRID;
/// Speed of a runner, units per second; whoever is it is faster.
const SPEED: f32 = 220.0;
const SPEED_OF_IT: f32 = 250.0;
/// Seconds in which whoever was tagged can tag nobody.
const PAUSE_S: u16 = 2;
const COINS: usize = 24;

/// A player in the field.
#[derive(Entity, Clone, Copy, Debug, PartialEq)]
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
    #[typical(false)]
    pub it: bool,
    /// Ticks until it can tag.
    #[typical(0)]
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
    #[derive(Debug)]
    pub enum Thing {
        Runner,
        Coin,
    }
}

/// What only its player is sent.
#[derive(Private, Clone, Copy, Debug, Default, PartialEq)]
pub struct Purse {
    /// Coins, less those lost while being it.
    #[range(0, 1_000_000)]
    pub points: i32,
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

/// Who has joined.
#[derive(Clone, Debug)]
struct Player {
    runner: Id<Runner>,
    name: String,
    purse: Purse,
}

/// A field.
#[derive(Debug)]
pub struct Tag {
    world: World<Thing>,
    players: Vec<Option<Player>>,
    rng: Rng,
}

impl Game for Tag {
    type Map = ();
    type Thing = Thing;
    type Avatar = Runner;
    type Private = Purse;
    type Input = Keys;
    type Event = Event;
    type Settings = ();

    const NAME: &'static str = "tag";
    /// The whole field, though a page shows less of it: it points to who is it.
    const VIEW: View = View { half: IVec2::splat(SIDE), margin: 0 };

    fn new(_map: Arc<()>, setup: &Setup) -> Self {
        let players = vec![None; usize::from(setup.capacity)];
        Self { world: World::default(), players, rng: Rng::new(setup.seed) }
    }

    fn join(&mut self, player: PlayerId, who: Identity<'_>) -> Result<(), Refused> {
        let it = self.world.iter::<Runner>().all(|(_, runner)| !runner.it);
        let place = self.somewhere();
        let (heading, runs) = (Angle::default(), false);
        let runner = Runner { heading, runs, place, player, it, pause_ticks: 0 };
        let full = || Refused("the field is full; try again later".into());
        let runner = self.world.insert(runner).ok_or_else(full)?;
        let joined = Player { runner, name: who.name.into(), purse: Purse::default() };
        self.players[usize::from(player.0)] = Some(joined);
        Ok(())
    }

    fn leave(&mut self, player: PlayerId) {
        let Some(gone) = self.players[usize::from(player.0)].take() else { return };
        if self.world.remove(gone.runner).is_some_and(|runner| runner.it) {
            let heir = self.players.iter().flatten().next();
            heir.and_then(|heir| self.world.edit(heir.runner, |runner| runner.it = true));
        }
    }

    fn control(runner: &mut Runner, keys: &Keys) {
        (runner.heading, runner.runs) = (keys.heading, keys.runs);
    }

    fn predict(context: Context<'_, ()>, thing: &mut Thing) {
        let Thing::Runner(runner) = thing else { return };
        runner.pause_ticks = runner.pause_ticks.saturating_sub(1);
        if runner.runs {
            let speed = if runner.it { SPEED_OF_IT } else { SPEED };
            let reach = speed * GRID as f32 / f32::from(context.tick_hz);
            let to = runner.place + (runner.heading.to_vec2() * reach).round().as_ivec2();
            runner.place = to.clamp(IVec2::ZERO, IVec2::splat(SIDE));
        }
    }

    fn step(&mut self, step: &mut Step<'_, Self>) {
        self.tag(step);
        for Player { runner, purse, .. } in self.players.iter_mut().flatten() {
            let Some(runner) = self.world.get(*runner) else { continue };
            let reach = RUNNER_RADIUS + COIN_RADIUS;
            let coins: Vec<_> = self.world.near::<Coin>(runner.place, reach).collect();
            for (coin, _) in coins {
                self.world.remove(coin);
                purse.points = (purse.points + 1).min(1_000_000);
            }
            if runner.it && step.context.tick.0.is_multiple_of(u32::from(step.context.tick_hz)) {
                purse.points = (purse.points - 1).max(0);
            }
        }
        while self.world.iter::<Coin>().count() < COINS {
            let place = self.somewhere();
            if self.world.insert(Coin { place }).is_none() {
                break;
            }
        }
    }

    fn world(&self) -> &World<Thing> {
        &self.world
    }

    fn world_mut(&mut self) -> &mut World<Thing> {
        &mut self.world
    }

    fn avatar(&self, player: PlayerId) -> Option<Id<Runner>> {
        Some(self.player(player)?.runner)
    }

    fn private(&self, player: PlayerId) -> Purse {
        self.player(player).map_or_else(Purse::default, |player| player.purse)
    }

    fn name(&self, player: PlayerId) -> Option<&str> {
        Some(&self.player(player)?.name)
    }
}

impl Tag {
    fn player(&self, id: PlayerId) -> Option<&Player> {
        self.players.get(usize::from(id.0))?.as_ref()
    }

    fn somewhere(&mut self) -> IVec2 {
        IVec2::new(self.rng.between(0, SIDE), self.rng.between(0, SIDE))
    }

    /// Whoever is it tags the nearest runner in reach.
    fn tag(&mut self, step: &mut Step<'_, Self>) {
        let mut runners = self.world.iter::<Runner>();
        let Some((it, tagger)) = runners.find(|(_, runner)| runner.it) else { return };
        if tagger.pause_ticks > 0 {
            return;
        }
        drop(runners);
        let distance = |runner: &Runner| runner.place.distance_squared(tagger.place);
        let near = self.world.near::<Runner>(tagger.place, 2 * RUNNER_RADIUS);
        let others = near.filter(|(id, _)| *id != it);
        let Some((next, tagged)) = others.min_by_key(|(_, runner)| distance(runner)) else {
            return;
        };
        self.world.edit(it, |runner| runner.it = false);
        self.world.edit(next, |runner| {
            (runner.it, runner.pause_ticks) = (true, PAUSE_S * step.context.tick_hz);
        });
        let event = Event::Tagged { by: tagger.player, whom: tagged.player };
        step.send(Audience::Near(tagged.place), event);
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
