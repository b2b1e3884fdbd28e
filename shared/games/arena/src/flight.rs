//! The ships of a step: read from the entity table, moved, pushed apart, written back.

use glam::{IVec2, Vec2};

use super::grid::{Grid, Places};
use super::map::Map;
use super::motion::{Chance, move_ship};
use super::schema::{PUSH_STEP, SHIP_RADIUS, Ship, VELOCITY, VELOCITY_MAX};
use super::world::{World, control};
use drumbeat_shared::typed::{Id, PlayerId, Rng, Saved};

/// Share of the speed at which two ships meet with which they fly apart.
const PUSH: f32 = 0.4;
/// How many times their overlap two ships move apart in a second, at least.
const SEPARATION_PER_S: f32 = 5.0;

/// A ship during a step.
#[derive(Saved, Clone, Copy, Debug)]
pub(super) struct Flyer {
    pub(super) id: Id<Ship>,
    pub(super) ship: Ship,
    /// Where it was before the step.
    pub(super) before: IVec2,
    /// The player who hit it last in this step, and whether with the rail.
    pub(super) hit_by: Option<(PlayerId, bool)>,
}

impl Flyer {
    pub(super) fn new(id: Id<Ship>, ship: Ship) -> Self {
        Self { id, before: ship.place, ship, hit_by: None }
    }

    pub(super) fn is_alive(&self) -> bool {
        self.ship.hp > 0
    }
}

/// The ships of the current step; between two steps, those of the last one.
#[derive(Saved, Debug)]
pub(super) struct Flight {
    /// In the order of the players.
    pub(super) ships: Vec<Flyer>,
    /// The ships by place, as indices of `ships`.
    grid: Grid,
    /// The largest distance that a ship moved in the step, along one axis, grid units.
    pub(super) farthest: i32,
    /// Where ships have appeared since the ships were gathered.
    new: Places,
}

impl Flight {
    /// Creates a flight without ships in a world of this size.
    pub(super) fn new(size: IVec2) -> Self {
        Self { ships: Vec::new(), grid: Grid::new(size), farthest: 0, new: Places::new(size) }
    }

    /// The indices of the ships in and around a rectangle.
    pub(super) fn near(&self, low: IVec2, high: IVec2) -> impl Iterator<Item = usize> {
        self.grid.near(low, high)
    }

    /// A ship appears here before the next step gathers it.
    pub(super) fn launched(&mut self, place: IVec2) {
        self.new.add(place);
    }

    /// The places of the ships in and around a rectangle, and of those that are not yet gathered.
    pub(super) fn places(&self, low: IVec2, high: IVec2) -> impl Iterator<Item = IVec2> {
        let gathered = self.near(low, high).map(|ship| self.ships[ship].ship.place);
        gathered.chain(self.new.near(low, high))
    }

    /// Forgets all ships: they are gone.
    pub(super) fn clear(&mut self) {
        self.ships.clear();
        self.new.clear();
        self.grid.rebuild(std::iter::empty());
    }

    /// Reads the ships from the entity table, in the order of the players, under whose controls they
    /// are from here on.
    pub(super) fn gather(&mut self, world: &World) {
        self.ships.clear();
        self.new.clear();
        for (_, player) in world.players.iter() {
            let Some(id) = player.ship else { continue };
            if let Some(mut ship) = world.entities.get(id) {
                control(&mut ship, &player.input);
                self.ships.push(Flyer::new(id, ship));
            }
        }
    }

    /// The ship of a player, if it has one in this step.
    pub(super) fn of(&self, player: PlayerId) -> Option<&Flyer> {
        let found = self.ships.binary_search_by_key(&player, |flyer| flyer.ship.player);
        found.ok().map(|number| &self.ships[number])
    }

    /// Moves all ships.
    pub(super) fn fly(&mut self, map: &Map, tick: u32) {
        for flyer in &mut self.ships {
            move_ship(map, &mut flyer.ship, tick);
        }
        let distances = self.ships.iter().map(|flyer| (flyer.ship.place - flyer.before).abs());
        self.farthest = distances.map(IVec2::max_element).max().unwrap_or(0);
        let places = self.ships.iter().map(|flyer| flyer.ship.place);
        self.grid.rebuild(places.map(|place| (place, place)));
    }

    /// Pushes overlapping ships apart, each pair once.
    pub(super) fn push(&mut self, world: &mut World) {
        let Self { ships, grid, .. } = self;
        let reach = IVec2::splat(2 * SHIP_RADIUS);
        let separation = SEPARATION_PER_S / f32::from(world.map.tick_hz) * VELOCITY as f32;
        for first in 0..ships.len() {
            let place = ships[first].ship.place;
            for second in grid.near(place - reach, place + reach) {
                if first < second
                    && let Ok([a, b]) = ships.get_disjoint_mut([first, second])
                {
                    push(&mut a.ship, &mut b.ship, separation, &mut world.rng);
                }
            }
        }
    }

    /// Writes the ships back to the table, whose content clients receive.
    pub(super) fn keep(&mut self, world: &mut World) {
        for flyer in &mut self.ships {
            let Some(player) = world.players.find_mut(flyer.ship.player) else {
                continue;
            };
            flyer.ship.streak = player.streak;
            if let Some((by, _)) = flyer.hit_by {
                player.hunter = Some((by, world.tick));
            }
            if world.entities.put(flyer.id, flyer.ship) {
                player.eye = flyer.ship.place;
            }
        }
    }
}

/// Drives two overlapping ships apart.
///
/// Velocities change and places follow from them. A push is a few steps of a coarse grid, so that
/// it costs a client few bits. The step is random: the mean is right, and every overlap ends,
/// however small. `separation` is the ships' speed apart for each grid unit of overlap, velocity
/// steps.
fn push(a: &mut Ship, b: &mut Ship, separation: f32, rng: &mut Rng) {
    let between = (b.place - a.place).as_vec2();
    let overlap = 2.0 * SHIP_RADIUS as f32 - between.length();
    if overlap <= 0.0 {
        return;
    }
    let normal = between.normalize_or(Vec2::X);
    let apart = (b.velocity - a.velocity).as_vec2().dot(normal);
    let wanted = (-apart * PUSH).max(overlap * separation);
    if wanted <= apart {
        return;
    }
    let change = normal * (0.5 * (wanted - apart) / PUSH_STEP as f32);
    let change = Chance(rng.bits()).round_vector(change) * PUSH_STEP;
    let limit = IVec2::splat(VELOCITY_MAX);
    a.velocity = (a.velocity - change).clamp(-limit, limit);
    b.velocity = (b.velocity + change).clamp(-limit, limit);
}
