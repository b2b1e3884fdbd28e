//! Who gets a ship, and where it appears.

use glam::IVec2;

use super::flight::Flight;
use super::grid::distance_squared;
use super::map::{Map, WORLD_MIN};
use super::player::Player;
use super::schema::{GRID, SHIP_RADIUS};
use super::world::World;
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::rng::Rng;

/// Number of places that are compared for one ship.
const CANDIDATES: usize = 8;
/// Distance beyond which ships do not count, grid units.
const AWAY: i32 = 600 * GRID;
/// Number of ships per view below which a room uses only the middle of its world.
const SPARSE_SHIPS_PER_VIEW: f32 = 12.5;

/// Adds a player with a ship.
pub(super) fn enter(world: &mut World, flight: &Flight, id: PlayerId, player: Player) {
    world.players.insert(id, player);
    let last = world.players.count() as u16;
    if let Some(player) = world.players.find_mut(id) {
        player.place = last;
        player.eye = world.map.centre();
    }
    launch(world, flight, id);
}

/// Gives ships to those whose time has come.
pub(super) fn return_ships(world: &mut World, flight: &Flight) {
    for id in (0..world.players.end()).map(PlayerId) {
        let due = |player: &Player| player.ship.is_none() && player.respawn_tick <= world.tick;
        if world.players.find(id).is_some_and(due) {
            launch(world, flight, id);
        }
    }
}

fn launch(world: &mut World, flight: &Flight, id: PlayerId) {
    let place = free_place(world, flight);
    let Some(player) = world.players.find_mut(id) else {
        return;
    };
    let ship = player.fresh_ship(id, place, world.map.tuning.protection);
    player.ship = world.entities.insert(ship);
    if player.ship.is_some() {
        player.eye = place;
        player.respawn_tick = 0;
        player.weapons.make_ready(world.tick);
    }
}

/// The one of a few random places that is furthest from all ships.
fn free_place(world: &mut World, flight: &Flight) -> IVec2 {
    let World { map, rng, players, .. } = world;
    let half = region(map, players.count());
    let mut best = (map.centre(), -1);
    for _ in 0..CANDIDATES {
        let place = random_place(rng, map.centre(), half);
        if !map.is_free(place, SHIP_RADIUS) {
            continue;
        }
        let away = nearest_ship_squared(flight, place);
        if away > best.1 {
            best = (place, away);
        }
    }
    best.0
}

fn nearest_ship_squared(flight: &Flight, place: IVec2) -> i64 {
    let reach = IVec2::splat(AWAY);
    let ships = flight.near(place - reach, place + reach);
    let away = ships.map(|ship| distance_squared(flight.ships[ship].ship.place, place));
    away.min().unwrap_or(i64::MAX)
}

fn random_place(rng: &mut Rng, centre: IVec2, half: IVec2) -> IVec2 {
    let x = rng.between(-half.x, half.x);
    let y = rng.between(-half.y, half.y);
    centre + IVec2::new(x, y)
}

/// Half the size of the region around the centre of the world in which `ships` appear: a few
/// players in a world made for thousands must find each other.
fn region(map: &Map, ships: usize) -> IVec2 {
    let views = ships as f32 / SPARSE_SHIPS_PER_VIEW;
    let share = (views / map.views()).min(1.0).sqrt();
    let half = (map.size().as_vec2() * (share / 2.0)).as_ivec2();
    half.max(WORLD_MIN * GRID / 2).min(map.size() / 2 - SHIP_RADIUS)
}
