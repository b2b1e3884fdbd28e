//! The static world: its size, its rocks and its rules, the same on both ends.
//!
//! A map file is read into a [`Sketch`]; a room's capacity and seed turn it into a [`Map`].

use glam::{IVec2, Vec2};
use serde::{Deserialize, Serialize};

use super::grid::{Grid, distance_squared};
use super::rounds::Rounds;
use super::rules::{Rules, Tuning};
use super::schema::{GRID, PLACE_MAX, SHIP_RADIUS, VIEW_BEYOND, VIEW_HALF};
use super::settings::Settings;
use drumbeat_shared::game::Setup;
use drumbeat_shared::limits::{PLAYERS_MAX, TICK_HZ_MAX, TICK_HZ_MIN};
use drumbeat_shared::rng::Rng;

/// Mean number of ships in one view of a full room.
pub const SHIPS_PER_VIEW: f32 = 50.0;
/// The smallest world, units, unless a map sets its size.
pub const WORLD_MIN: IVec2 = IVec2::new(2_200, 1_400);
/// Maximum number of rocks of a map.
const ROCKS_MAX: usize = 20_000;
/// Largest radius of a rock, grid units: each covers only a few cells of the grid, so that a map is
/// also small in memory.
const ROCK_RADIUS_MAX: i32 = 200 * GRID;
/// Space left between two rocks, and between a rock and the border, grid units.
const ROCK_GAP: i32 = 5 * SHIP_RADIUS;

/// The content of a map file.
#[derive(Clone, Debug, PartialEq)]
pub struct Sketch {
    /// Name of the map.
    pub name: String,
    /// Width and height of the world, units; `None` for one that grows with the room's capacity.
    pub size: Option<[f32; 2]>,
    /// Rocks per view of 1600 x 900 units.
    pub rocks_per_view: f32,
    /// Smallest and largest radius of a rock, units.
    pub rock_radius: [f32; 2],
    /// Rocks at fixed places: x and y from the centre of the world, and radius, in units.
    pub fixed_rocks: Vec<[f32; 3]>,
    /// Everything else.
    pub rules: Rules,
}

impl Default for Sketch {
    fn default() -> Self {
        Self {
            name: "Belt".into(),
            size: None,
            rocks_per_view: 4.0,
            rock_radius: [28.0, 90.0],
            fixed_rocks: vec![[0.0, 0.0, 130.0]],
            rules: Rules::default(),
        }
    }
}

/// A rock: a circle that ships bounce off and that stops shots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rock {
    /// Centre, grid units.
    pub x: i32,
    /// Centre, grid units.
    pub y: i32,
    /// Grid units.
    pub radius: i32,
}

impl Rock {
    /// The centre, grid units.
    #[must_use]
    pub fn place(&self) -> IVec2 {
        IVec2::new(self.x, self.y)
    }
}

/// The static world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Layout")]
pub struct Map {
    /// Name of the map.
    pub name: String,
    /// Largest x, grid units.
    pub width: i32,
    /// Largest y, grid units.
    pub height: i32,
    /// Steps per second.
    pub tick_hz: u16,
    /// The rocks.
    pub rocks: Vec<Rock>,
    /// The rules.
    pub rules: Rules,
    /// The rounds.
    pub rounds: Rounds,
    /// The id of the first house bot; those of connected players are below it.
    pub house: u16,
    /// Whether a page helps players without a mouse to aim.
    pub aim_assistance: bool,
    /// The rules for one tick.
    #[serde(skip)]
    pub(super) tuning: Tuning,
    /// The rocks that a ship may touch in each cell.
    #[serde(skip)]
    pub(super) rock_grid: Grid,
}

/// What is sent of a [`Map`], in the same order.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Layout {
    name: String,
    width: i32,
    height: i32,
    tick_hz: u16,
    rocks: Vec<Rock>,
    rules: Rules,
    rounds: Rounds,
    house: u16,
    aim_assistance: bool,
}

impl TryFrom<Layout> for Map {
    type Error = &'static str;

    fn try_from(layout: Layout) -> Result<Self, Self::Error> {
        let Layout { name, width, height, tick_hz, rocks, rules, rounds, house, aim_assistance } =
            layout;
        let side = 1..=PLACE_MAX;
        if !side.contains(&width) || !side.contains(&height) {
            return Err("the world's size is out of range");
        }
        if !(TICK_HZ_MIN..=TICK_HZ_MAX).contains(&tick_hz) {
            return Err("the tick rate is out of range");
        }
        let sound = |rock: &Rock| {
            (0..=width).contains(&rock.x)
                && (0..=height).contains(&rock.y)
                && (1..=ROCK_RADIUS_MAX).contains(&rock.radius)
        };
        if rocks.len() > ROCKS_MAX || !rocks.iter().all(sound) {
            return Err("a rock is out of range");
        }
        if !rules.is_sound() {
            return Err("a rule is out of range");
        }
        if !rounds.is_sound() {
            return Err("the rounds are out of range");
        }
        let mut rock_grid = Grid::new(IVec2::new(width, height));
        rock_grid.rebuild(rocks.iter().map(|rock| {
            let reach = IVec2::splat(rock.radius + SHIP_RADIUS);
            (rock.place() - reach, rock.place() + reach)
        }));
        Ok(Self {
            tuning: Tuning::new(&rules, tick_hz),
            rock_grid,
            name,
            width,
            height,
            tick_hz,
            rocks,
            rules,
            rounds,
            house,
            aim_assistance,
        })
    }
}

impl Map {
    /// Creates the world of a sketch for a room. Unless the sketch sets its size, the world grows
    /// with the room's capacity, so that a full room has [`SHIPS_PER_VIEW`] ships in a view.
    ///
    /// # Errors
    /// When the room's tick rate, or anything in the sketch, is out of range.
    pub fn new(sketch: &Sketch, setup: &Setup<Settings>) -> Result<Self, &'static str> {
        let size = match sketch.size {
            Some(units) => (Vec2::from(units) * GRID as f32).round().as_ivec2(),
            None => world_size(setup.capacity),
        };
        Self::try_from(Layout {
            name: sketch.name.clone(),
            width: size.x,
            height: size.y,
            tick_hz: setup.tick_hz,
            rocks: place_rocks(sketch, size, &mut Rng::new(setup.seed ^ 0x0bac_0ca5)),
            rules: sketch.rules,
            rounds: Rounds::new(&setup.settings, setup.tick_hz),
            house: setup.capacity,
            aim_assistance: setup.settings.aim_assistance,
        })
    }

    /// The far corner of the world, grid units.
    #[must_use]
    pub fn size(&self) -> IVec2 {
        IVec2::new(self.width, self.height)
    }

    /// The middle of the world, grid units.
    #[must_use]
    pub fn centre(&self) -> IVec2 {
        self.size() / 2
    }

    /// Where a player at `place` looks from, grid units. Near the border the view stays in the
    /// world, except for [`VIEW_BEYOND`].
    pub(super) fn look_at(&self, place: IVec2) -> IVec2 {
        let reach = (VIEW_HALF - VIEW_BEYOND) * GRID;
        // In a world smaller than a view all players look from one place.
        place.clamp(reach, (self.size() - reach).max(reach))
    }

    /// How many views of 1600 x 900 units the world holds.
    #[must_use]
    pub fn views(&self) -> f32 {
        views(self.size())
    }

    /// The rocks in and around a rectangle. A rock may appear several times.
    pub(super) fn rocks_near(&self, low: IVec2, high: IVec2) -> impl Iterator<Item = &Rock> {
        let rocks = self.rock_grid.near(low, high);
        rocks.map(|number| &self.rocks[number])
    }

    /// The rocks that a ship at this place may touch, and possibly more.
    pub(super) fn rocks_at(&self, place: IVec2) -> impl Iterator<Item = &Rock> {
        self.rock_grid.at(place).map(|number| &self.rocks[number])
    }

    /// Whether a ship at this place would be inside the world and `gap` away from all rocks.
    pub(super) fn is_free(&self, place: IVec2, gap: i32) -> bool {
        let reach = SHIP_RADIUS + gap;
        let low = IVec2::splat(reach);
        let inside = place.cmpge(low).all() && place.cmple(self.size() - low).all();
        inside
            && self
                .rocks_near(place - low, place + low)
                .all(|rock| apart(rock.place(), place, rock.radius + reach))
    }
}

fn views(size: IVec2) -> f32 {
    let units = (size / GRID).as_vec2();
    let view = (VIEW_HALF * 2).as_vec2();
    units.x * units.y / (view.x * view.y)
}

fn world_size(capacity: u16) -> IVec2 {
    let full = f32::from(capacity.min(PLAYERS_MAX)) / SHIPS_PER_VIEW;
    let units = (VIEW_HALF * 2).as_vec2() * full.sqrt();
    units.round().as_ivec2().max(WORLD_MIN) * GRID
}

/// Whether two places are at least `distance` apart.
fn apart(a: IVec2, b: IVec2, distance: i32) -> bool {
    distance_squared(a, b) >= i64::from(distance) * i64::from(distance)
}

fn place_rocks(sketch: &Sketch, size: IVec2, rng: &mut Rng) -> Vec<Rock> {
    let grid = |units: f32| (units * GRID as f32).round() as i32;
    let centre = size / 2;
    let fixed = sketch.fixed_rocks.iter().map(|[x, y, radius]| Rock {
        x: centre.x + grid(*x),
        y: centre.y + grid(*y),
        radius: grid(*radius),
    });
    let mut rocks: Vec<Rock> = fixed.collect();
    let wanted = (sketch.rocks_per_view * views(size)) as usize;
    let [small, large] = sketch.rock_radius;
    // A try that finds its place taken is not repeated: a crowded map gets fewer rocks.
    for _ in 0..wanted.min(ROCKS_MAX - rocks.len()) {
        let radius = grid(small + (large - small) * rng.unit() * rng.unit());
        let margin = radius + ROCK_GAP;
        let rock = Rock {
            x: rng.between(margin, size.x - margin),
            y: rng.between(margin, size.y - margin),
            radius,
        };
        let free = |other: &Rock| apart(other.place(), rock.place(), other.radius + margin);
        if rocks.iter().all(free) {
            rocks.push(rock);
        }
    }
    rocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use drumbeat_shared::protocol::codec;

    fn setup(capacity: u16) -> Setup<Settings> {
        Setup { seed: 9, capacity, tick_hz: 20, settings: Settings::default() }
    }

    #[test]
    fn a_full_room_has_fifty_ships_in_a_view_whatever_its_capacity() {
        for capacity in [120, 500, 2_000, 5_000, 20_000, u16::MAX] {
            let map = Map::new(&Sketch::default(), &setup(capacity)).unwrap();
            let ships_per_view = f32::from(capacity.min(PLAYERS_MAX)) / map.views();
            assert!((ships_per_view - 50.0).abs() < 0.5, "{capacity}: {ships_per_view}");
            assert!(map.width <= PLACE_MAX);
        }
        let small = Map::new(&Sketch::default(), &setup(1)).unwrap();
        assert_eq!(small.size(), WORLD_MIN * GRID);
    }

    #[test]
    fn a_map_may_give_the_size_of_its_world() {
        let sketch = Sketch { size: Some([1_500.0, 800.0]), ..Sketch::default() };
        let map = Map::new(&sketch, &setup(1_000)).unwrap();
        assert_eq!(map.size(), IVec2::new(1_500, 800) * GRID);
        // The whole world is in every view, wherever a player is.
        for place in [IVec2::ZERO, map.centre(), map.size()] {
            let eye = map.look_at(place);
            assert!((eye - VIEW_HALF * GRID).cmple(IVec2::ZERO).all());
            assert!((eye + VIEW_HALF * GRID).cmpge(map.size()).all());
        }
    }

    #[test]
    fn rocks_grow_with_the_world_and_leave_room_for_ships() {
        for capacity in [10, 1_000, 4_000] {
            let map = Map::new(&Sketch::default(), &setup(capacity)).unwrap();
            let per_view = map.rocks.len() as f32 / map.views();
            assert!((2.5..=4.5).contains(&per_view), "{capacity}: {per_view}");
            for (index, a) in map.rocks.iter().enumerate() {
                for b in &map.rocks[..index] {
                    let gap = a.radius + b.radius + 4 * SHIP_RADIUS;
                    assert!(apart(a.place(), b.place(), gap), "{a:?} {b:?}");
                }
            }
        }
    }

    #[test]
    fn a_map_survives_the_wire_and_a_bad_one_is_an_error() {
        let travel = |map: &Map| codec::decode_server::<Map>(&codec::encode(map));
        let map = Map::new(&Sketch::default(), &setup(300)).unwrap();
        assert_eq!(travel(&map).unwrap(), map);

        let refuses = |change: fn(&mut Map)| {
            let mut bad = map.clone();
            change(&mut bad);
            assert!(travel(&bad).is_err(), "{:?}", bad.size());
        };
        refuses(|map| map.width = 0);
        refuses(|map| map.height = PLACE_MAX + 1);
        refuses(|map| map.tick_hz = 0);
        refuses(|map| map.rocks[0].x = -1);
        refuses(|map| map.rocks[0].radius = 0);
        refuses(|map| map.rules.boost_s = 0.0);
        refuses(|map| map.rules.drag = f32::NAN);
        refuses(|map| map.rounds.play_ticks = u32::MAX);
        refuses(|map| map.rounds.podium_ticks = 0);
    }

    #[test]
    fn the_largest_map_fits_on_the_wire() {
        let sketch =
            Sketch { rocks_per_view: 20.0, rock_radius: [10.0, 10.0], ..Sketch::default() };
        let map = Map::new(&sketch, &setup(PLAYERS_MAX)).unwrap();
        let bytes = codec::encode(&map);
        assert!(bytes.len() < drumbeat_shared::limits::MAP_BYTES_MAX, "{}", bytes.len());
    }
}
