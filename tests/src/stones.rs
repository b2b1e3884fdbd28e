//! A field of stones, of which few roll: a game whose entities mostly rest.

use std::sync::Arc;

use drumbeat_shared::typed::{
    Angle, Context, Entity, Frames, Game, IVec2, Id, Identity, Input, PlayerId, Refused, Rng,
    Saved, Setup, Step, View, World, entities,
};

/// Longest side of a field, grid units.
pub const SIDE_MAX: i32 = 1 << 20;
/// Ticks that a stone rolls at most.
const ROLL_TICKS: u8 = 100;
/// Grid units that what moves moves in a tick.
const SPEED: f32 = 40.0;

/// A player's walker.
#[derive(Entity, Clone, Copy, Debug, Default)]
pub struct Walker {
    /// Where to.
    #[decision]
    pub heading: Angle,
    /// Whether it walks.
    #[decision]
    pub walks: bool,
    /// Grid units.
    #[position(max = SIDE_MAX)]
    pub place: IVec2,
    /// Whose it is.
    #[owner]
    pub player: PlayerId,
}

/// A stone that rolls until it rests.
#[derive(Entity, Clone, Copy, Debug, Default)]
pub struct Stone {
    /// Where to.
    #[decision]
    pub heading: Angle,
    /// Grid units.
    #[position(max = SIDE_MAX)]
    pub place: IVec2,
    /// Ticks for which it still rolls.
    pub rolls: u8,
}

entities! {
    /// Everything in the field.
    pub enum Thing {
        Walker,
        Stone,
    }
}

/// A player's controls.
#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
pub struct Keys {
    /// Where to.
    pub heading: Angle,
    /// Whether to walk.
    pub walks: bool,
}

/// What kind of field it is.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Stones that rest.
    pub resting: u32,
    /// Stones that roll all the time.
    pub rolling: u32,
    /// Side of the field, grid units.
    pub side: i32,
    /// Side of the part in its middle where players and the stones that roll all the time are, grid
    /// units.
    pub middle: i32,
    /// Of so many ticks, about one wakes, moves, removes or adds some stone; 0 for none.
    pub events: u32,
}

/// A field whose players get a frame in every tick.
pub type Field = Stones<false>;
/// A field whose players get a frame when something changes in sight.
pub type QuietField = Stones<true>;

/// A field.
#[derive(Saved, Debug)]
pub struct Stones<const QUIET: bool> {
    world: World<Thing>,
    #[given]
    settings: Settings,
    rolling: Vec<Id<Stone>>,
    resting: Vec<Id<Stone>>,
    walkers: Vec<Option<Id<Walker>>>,
    rng: Rng,
}

impl<const QUIET: bool> Game for Stones<QUIET> {
    type Map = ();
    type Thing = Thing;
    type Avatar = Walker;
    type Private = ();
    type Input = Keys;
    type Event = ();
    type Command = ();
    type Record = ();
    type Settings = Settings;

    const NAME: &'static str = "stones";
    const VIEW: View = View { half: IVec2::new(6_000, 4_000), margin: 200 };
    const FRAMES: Frames = if QUIET { Frames::OnChange } else { Frames::EveryTick };

    fn new(_map: Arc<()>, setup: &Setup<Settings>) -> Self {
        let mut field = Self {
            world: World::default(),
            settings: setup.settings,
            rolling: Vec::new(),
            resting: Vec::new(),
            walkers: vec![None; usize::from(setup.capacity)],
            rng: Rng::new(setup.seed),
        };
        for number in 0..setup.settings.resting + setup.settings.rolling {
            let stone = Stone { place: field.somewhere(), ..Stone::default() };
            let Some(id) = field.world.insert(stone) else { break };
            let rolls = number < setup.settings.rolling;
            if rolls {
                field.rolling.push(id);
            } else {
                field.resting.push(id);
            };
        }
        field
    }

    fn join(&mut self, player: PlayerId, _who: Identity<'_>) -> Result<(), Refused> {
        let Settings { side, middle, .. } = self.settings;
        // So far from the edges that each sees about as many stones.
        let place = within(&mut self.rng, middle / 2) + IVec2::splat((side - middle / 2) / 2);
        let walker = Walker { place, player, ..Walker::default() };
        self.walkers[usize::from(player.0)] = self.world.insert(walker);
        Ok(())
    }

    fn leave(&mut self, player: PlayerId) {
        self.walkers[usize::from(player.0)].take().map(|id| self.world.remove(id));
    }

    fn control(walker: &mut Walker, keys: &Keys) {
        (walker.heading, walker.walks) = (keys.heading, keys.walks);
    }

    fn predict(_context: Context<'_, ()>, thing: &mut Thing) {
        match thing {
            Thing::Walker(walker) if walker.walks => go(&mut walker.place, walker.heading),
            Thing::Stone(stone) if stone.rolls > 0 => {
                stone.rolls -= 1;
                go(&mut stone.place, stone.heading);
            }
            _ => {}
        }
    }

    fn rests(thing: &Thing) -> bool {
        match thing {
            Thing::Walker(walker) => !walker.walks,
            Thing::Stone(stone) => stone.rolls == 0,
        }
    }

    fn step(&mut self, _step: &mut Step<'_, Self>) {
        let Self { world, rng, settings, .. } = self;
        for id in &self.rolling {
            if world.get(*id).is_some_and(|stone| stone.rolls == 0) {
                let place = within(rng, settings.middle)
                    + IVec2::splat((settings.side - settings.middle) / 2);
                world.put(*id, Stone { place, heading: heading(rng), rolls: ROLL_TICKS });
            }
        }
        if settings.events > 0 && rng.one_in(settings.events) {
            (0..rng.below(30)).for_each(|_| self.change());
        }
    }

    fn world(&self) -> &World<Thing> {
        &self.world
    }

    fn world_mut(&mut self) -> &mut World<Thing> {
        &mut self.world
    }

    fn avatar(&self, player: PlayerId) -> Option<Id<Walker>> {
        *self.walkers.get(usize::from(player.0))?
    }

    fn private(&self, _player: PlayerId) {}
}

impl<const QUIET: bool> Stones<QUIET> {
    /// Wakes, moves, replaces or doubles one of the stones that rest.
    fn change(&mut self) {
        let place = self.somewhere();
        let Self { world, rng, resting, .. } = self;
        if resting.is_empty() {
            return;
        }
        let at = rng.below(resting.len() as u32) as usize;
        match rng.below(4) {
            0 => {
                world.edit(resting[at], |stone| {
                    (stone.heading, stone.rolls) = (heading(rng), rng.below(20) as u8);
                });
            }
            1 => {
                world.edit(resting[at], |stone| stone.place = place);
            }
            2 => {
                world.remove(resting.swap_remove(at));
            }
            _ => resting.extend(world.insert(Stone { place, ..Stone::default() })),
        }
    }

    fn somewhere(&mut self) -> IVec2 {
        within(&mut self.rng, self.settings.side)
    }
}

fn within(rng: &mut Rng, side: i32) -> IVec2 {
    IVec2::new(rng.between(0, side), rng.between(0, side))
}

fn heading(rng: &mut Rng) -> Angle {
    Angle(rng.bits() as u8)
}

fn go(place: &mut IVec2, heading: Angle) {
    let to = *place + (heading.to_vec2() * SPEED).round().as_ivec2();
    *place = to.clamp(IVec2::ZERO, IVec2::splat(SIDE_MAX));
}
