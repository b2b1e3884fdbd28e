//! Who gets a ship, and where it appears: inside the world, at a fair distance from the others, and
//! facing the middle.

use glam::IVec2;

use super::flight::Flight;
use super::grid::distance_squared;
use super::map::{Map, WORLD_MIN};
use super::player::Player;
use super::schema::{GRID, SHIP_RADIUS, VIEW_HALF};
use super::world::World;
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::typed::Angle;

/// Maximum number of places that are tried for one ship.
const CANDIDATES: usize = 32;
/// A place this far from all other ships is taken at once, grid units.
const FAR: i32 = 450 * GRID;
/// Share of the world's width and height along each border in which nobody appears, unless half a
/// view is less.
const EDGE: f32 = 0.15;
/// Largest share of the view around a new ship that may be outside the world.
const OUTSIDE_MAX: f32 = 0.25;
/// Number of ships per view below which a room uses only the middle of its world.
const SPARSE_SHIPS_PER_VIEW: f32 = 12.5;

/// Adds a player with a ship.
pub(super) fn enter(world: &mut World, flight: &mut Flight, id: PlayerId, mut player: Player) {
    let place = free_place(world, flight);
    // Until it steers, it flies and aims where its nose points.
    let Angle(heading) = facing(world.map.centre(), place);
    (player.input.steer, player.input.aim) = (heading, heading);
    world.players.insert(id, player);
    launch(world, flight, id, place);
}

/// Gives ships to those whose time has come.
pub(super) fn return_ships(world: &mut World, flight: &mut Flight) {
    for id in (0..world.players.end()).map(PlayerId) {
        let due = |player: &Player| player.ship.is_none() && player.respawn_tick <= world.tick;
        if world.players.find(id).is_some_and(due) {
            let place = free_place(world, flight);
            launch(world, flight, id, place);
        }
    }
}

/// Gives a player a ship, unless the world holds no more entities.
fn launch(world: &mut World, flight: &mut Flight, id: PlayerId, place: IVec2) {
    let World { map, players, entities, tick, .. } = world;
    let Some(player) = players.find_mut(id) else {
        return;
    };
    player.eye = place;
    let ship = player.fresh_ship(id, place, facing(map.centre(), place), &map.tuning);
    player.ship = entities.insert(ship);
    if player.ship.is_some() {
        player.respawn_tick = 0;
        player.weapons.make_ready(*tick);
        flight.launched(place);
    }
}

fn facing(centre: IVec2, place: IVec2) -> Angle {
    Angle::toward((centre - place).as_vec2())
}

/// A random place that is far enough from all ships, or the furthest of those tried.
fn free_place(world: &mut World, flight: &Flight) -> IVec2 {
    let World { map, rng, players, .. } = world;
    let half = region(map, players.count());
    let mut best: Option<(IVec2, i64)> = None;
    for _ in 0..CANDIDATES {
        let place = random_place(rng, map.centre(), half);
        if !map.is_free(place, SHIP_RADIUS) || outside(map, place) > OUTSIDE_MAX {
            continue;
        }
        // Most places of a crowded world are no better, which a look at a few cells shows.
        let is_no_better = |(_, most): (IVec2, i64)| {
            nearest_ship_squared(flight, place, most.isqrt() as i32 + 1) <= most
        };
        if best.is_some_and(is_no_better) {
            continue;
        }
        let away = nearest_ship_squared(flight, place, FAR);
        if away >= i64::from(FAR) * i64::from(FAR) {
            return place;
        }
        best = Some((place, away));
    }
    best.map_or_else(|| middle(map), |(place, _)| place)
}

/// The square of the distance to the nearest ship; the square of `reach` or more if none is within it.
fn nearest_ship_squared(flight: &Flight, place: IVec2, reach: i32) -> i64 {
    let reach = IVec2::splat(reach);
    let ships = flight.places(place - reach, place + reach);
    let away = ships.map(|other| distance_squared(other, place));
    away.min().unwrap_or(i64::MAX)
}

fn random_place(rng: &mut Rng, centre: IVec2, half: IVec2) -> IVec2 {
    let x = rng.between(-half.x, half.x);
    let y = rng.between(-half.y, half.y);
    centre + IVec2::new(x, y)
}

/// The share of the view around a place that is outside the world. A world that is smaller than a
/// view does not count: all of it is in view, wherever one is.
pub(super) fn outside(map: &Map, place: IVec2) -> f32 {
    let view = VIEW_HALF * GRID;
    let is_smaller = map.size().cmplt(view * 2);
    let beyond = (view - place).max(place + view - map.size()).max(IVec2::ZERO);
    let beyond = IVec2::select(is_smaller, IVec2::ZERO, beyond);
    let inside = 1.0 - beyond.as_vec2() / (view * 2).as_vec2();
    1.0 - inside.x * inside.y
}

/// Half the size of the region around the centre of the world in which `ships` appear: a few
/// players in a world made for thousands must find each other, and nobody begins at a wall.
fn region(map: &Map, ships: usize) -> IVec2 {
    let views = ships as f32 / SPARSE_SHIPS_PER_VIEW;
    let share = (views / map.views()).min(1.0).sqrt();
    let half = (map.size().as_vec2() * (share / 2.0)).as_ivec2();
    let edge = (map.size().as_vec2() * EDGE).as_ivec2().min(VIEW_HALF * GRID);
    half.max(WORLD_MIN * GRID / 2).min(map.size() / 2 - edge)
}

/// The free place nearest to the middle of the world, for want of a better one; the middle itself if
/// rocks cover all of it.
fn middle(map: &Map) -> IVec2 {
    let step = 2 * SHIP_RADIUS;
    let steps = (WORLD_MIN * GRID).min(map.size()) / 2 / step;
    let rows = -steps.y..=steps.y;
    let offsets = rows.flat_map(|y| (-steps.x..=steps.x).map(move |x| IVec2::new(x, y) * step));
    let free = offsets.filter(|offset| map.is_free(map.centre() + offset, 0));
    map.centre()
        + free.min_by_key(|offset| offset.as_i64vec2().length_squared()).unwrap_or_default()
}
