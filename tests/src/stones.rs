//! A field of stones, of which few roll: a game whose entities mostly rest.

use std::sync::Arc;

use drumbeat_shared::typed::{
    Angle, Context, Entity, Game, IVec2, Id, Identity, Input, PlayerId, Refused, Rng, Setup, Step,
    View, World, entities,
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
    /// Of so many ticks, about one wakes, moves, removes or adds some stone; 0 for none.
    pub events: u32,
}

/// A field.
#[derive(Debug)]
pub struct Field {
    world: World<Thing>,
    settings: Settings,
    rolling: Vec<Id<Stone>>,
    resting: Vec<Id<Stone>>,
    walkers: Vec<Option<Id<Walker>>>,
    rng: Rng,
}

impl Game for Field {
    type Map = ();
    type Thing = Thing;
    type Avatar = Walker;
    type Private = ();
    type Input = Keys;
    type Event = ();
    type Settings = Settings;

    const NAME: &'static str = "stones";
    const VIEW: View = View { half: IVec2::new(6_000, 4_000), margin: 200 };

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
                field.rolling.push(id)
            } else {
                field.resting.push(id)
            };
        }
        field
    }

    fn join(&mut self, player: PlayerId, _who: Identity<'_>) -> Result<(), Refused> {
        let walker = Walker { place: self.somewhere(), player, ..Walker::default() };
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
        let side = settings.side;
        for id in &self.rolling {
            if world.get(*id).is_some_and(|stone| stone.rolls == 0) {
                let place = IVec2::new(rng.between(0, side), rng.between(0, side));
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

impl Field {
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
        let side = self.settings.side;
        IVec2::new(self.rng.between(0, side), self.rng.between(0, side))
    }
}

fn heading(rng: &mut Rng) -> Angle {
    Angle(rng.bits() as u8)
}

fn go(place: &mut IVec2, heading: Angle) {
    let to = *place + (heading.to_vec2() * SPEED).round().as_ivec2();
    *place = to.clamp(IVec2::ZERO, IVec2::splat(SIDE_MAX));
}
