//! The rules of the game: everybody runs about and collects gems.

use std::collections::BTreeMap;
use std::sync::Arc;

use drumbeat_shared::typed::{Angle, Context, Entity, Game, IVec2, Id, Identity, Input, PlayerId, Refused, Rng, Setup, Step, View, World, entities, Saved};

/// Grid steps per unit of the world: places are whole steps.
const GRID: i32 = 16;
/// Side of the square field, in grid steps.
const SIDE: i32 = 1_000 * GRID;
/// How near a runner must come to a gem to take it.
const REACH: i32 = 30 * GRID;
/// Units per second.
const SPEED: f32 = 240.0;
const GEMS: usize = 12;

#[derive(Entity, Clone, Copy, Debug, Default, PartialEq)]
pub struct Runner {
    #[decision]
    pub heading: Angle,
    #[decision]
    pub runs: bool,
    #[position(max = SIDE)]
    #[unit(GRID)]
    pub place: IVec2,
    #[owner]
    pub player: PlayerId,
    pub gems: u16,
}

#[derive(Entity, Clone, Copy, Debug, PartialEq)]
pub struct Gem {
    #[position(max = SIDE)]
    #[unit(GRID)]
    pub place: IVec2,
}

entities! {
    pub enum Thing {
        Runner,
        Gem,
    }
}

/// What a player holds down.
#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
pub struct Keys {
    pub heading: Angle,
    pub runs: bool,
}

/// A world.
#[derive(Saved, Debug)]
pub struct Rules {
    world: World<Thing>,
    /// Who has joined.
    players: BTreeMap<PlayerId, Id<Runner>>,
    rng: Rng,
}

impl Game for Rules {
    type Map = ();
    type Thing = Thing;
    type Avatar = Runner;
    type Private = ();
    type Input = Keys;
    type Event = ();
    type Command = ();
    type Record = ();
    type Settings = ();

    const NAME: &'static str = env!("CARGO_PKG_NAME");
    /// Everybody sees the whole field.
    const VIEW: View = View { half: IVec2::splat(SIDE), margin: 0 };

    fn new(_map: Arc<()>, setup: &Setup) -> Self {
        Self { world: World::default(), players: BTreeMap::new(), rng: Rng::new(setup.seed) }
    }

    fn join(&mut self, player: PlayerId, _who: Identity<'_>) -> Result<(), Refused> {
        let place = self.somewhere();
        let runner = self.world.insert(Runner { place, player, ..Runner::default() });
        let runner = runner.ok_or(Refused("the field is full".into()))?;
        self.players.insert(player, runner);
        Ok(())
    }

    fn leave(&mut self, player: PlayerId) {
        let gone = self.players.remove(&player);
        gone.and_then(|runner| self.world.remove(runner));
    }

    /// What an input does to an avatar.
    fn control(runner: &mut Runner, keys: &Keys) {
        (runner.heading, runner.runs) = (keys.heading, keys.runs);
    }

    /// How one thing moves in one tick, on the server and ahead of it in each player's browser.
    fn predict(context: Context<'_, ()>, thing: &mut Thing) {
        let Thing::Runner(runner) = thing else { return };
        if runner.runs {
            let reach = SPEED * GRID as f32 / f32::from(context.tick_hz);
            let to = runner.place + (runner.heading.to_vec2() * reach).round().as_ivec2();
            runner.place = to.clamp(IVec2::ZERO, IVec2::splat(SIDE));
        }
    }

    /// The rest of a tick, on the server alone.
    fn step(&mut self, _step: &mut Step<'_, Self>) {
        for id in self.players.values() {
            let Some(runner) = self.world.get(*id) else { continue };
            let near: Vec<_> = self.world.near::<Gem>(runner.place, REACH).collect();
            for (gem, _) in near {
                self.world.remove(gem);
                self.world.edit(*id, |runner| runner.gems = runner.gems.saturating_add(1));
            }
        }
        for _ in self.world.iter::<Gem>().count()..GEMS {
            let place = self.somewhere();
            self.world.insert(Gem { place });
        }
    }

    fn world(&self) -> &World<Thing> {
        &self.world
    }

    fn world_mut(&mut self) -> &mut World<Thing> {
        &mut self.world
    }

    fn avatar(&self, player: PlayerId) -> Option<Id<Runner>> {
        self.players.get(&player).copied()
    }

    fn private(&self, _player: PlayerId) {}
}

impl Rules {
    fn somewhere(&mut self) -> IVec2 {
        IVec2::new(self.rng.between(0, SIDE), self.rng.between(0, SIDE))
    }
}

/// The core of the page, built by `./build-web`.
#[cfg(target_family = "wasm")]
mod web {
    drumbeat_web::export!(crate::Rules);
}
