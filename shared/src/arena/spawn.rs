//! Who enters and leaves the world, and where ships appear.

use glam::IVec2;

use super::distance_squared;
use super::game::Arena;
use super::map::{Map, WORLD_MIN};
use super::player::Player;
use super::schema::{GRID, SHIP_RADIUS};
use crate::ids::PlayerId;
use crate::rng::Rng;

/// Places that are compared for one ship.
const CANDIDATES: usize = 8;
/// Ships further away than this do not count, grid units.
const AWAY: i32 = 600 * GRID;
/// A room with fewer ships than this per view uses only the middle of its world.
const SPARSE_SHIPS_PER_VIEW: f32 = 12.5;

impl Arena {
    /// Adds a player with a ship.
    pub(super) fn enter(&mut self, id: PlayerId, player: Player) {
        self.players.insert(id, player);
        let last = self.players.count() as i32;
        if let Some(player) = self.players.find_mut(id) {
            player.place = last;
            player.eye = self.map.centre();
        }
        self.board.due = true;
        self.launch(id);
    }

    /// Takes a player out, with its ship and its shots; whether there was one.
    pub(super) fn withdraw(&mut self, id: PlayerId) -> bool {
        let Some(player) = self.players.remove(id) else {
            return false;
        };
        if let Some(ship) = player.ship {
            self.entities.remove(ship);
        }
        if player.shots > 0 {
            self.drop_shots(id);
        }
        true
    }

    /// Gives ships to those whose time has come.
    pub(super) fn return_ships(&mut self) {
        for id in (0..self.players.end()).map(PlayerId) {
            let due = |player: &Player| player.ship.is_none() && player.respawn_tick <= self.tick;
            if self.players.find(id).is_some_and(due) {
                self.launch(id);
            }
        }
    }

    fn launch(&mut self, id: PlayerId) {
        let place = self.free_place();
        let Some(player) = self.players.find_mut(id) else {
            return;
        };
        let ship = player.fresh_ship(id, place, self.map.tuning.protection);
        player.ship = self.entities.insert(ship.write());
        if player.ship.is_some() {
            player.eye = place;
            player.respawn_tick = 0;
            player.weapons.make_ready(self.tick);
        }
    }

    /// Of a few random places the one that is furthest from all ships.
    fn free_place(&mut self) -> IVec2 {
        let half = region(&self.map, self.players.count());
        let mut best = (self.map.centre(), -1);
        for _ in 0..CANDIDATES {
            let place = random_place(&mut self.rng, self.map.centre(), half);
            if !self.map.is_free(place, SHIP_RADIUS) {
                continue;
            }
            let away = self.nearest_ship_squared(place);
            if away > best.1 {
                best = (place, away);
            }
        }
        best.0
    }

    fn nearest_ship_squared(&self, place: IVec2) -> i64 {
        let reach = IVec2::splat(AWAY);
        let ships = self.ship_grid.near(place - reach, place + reach);
        let away = ships.map(|ship| distance_squared(self.ships[ship].ship.place, place));
        away.min().unwrap_or(i64::MAX)
    }
}

fn random_place(rng: &mut Rng, centre: IVec2, half: IVec2) -> IVec2 {
    let x = rng.between(-half.x, half.x);
    let y = rng.between(-half.y, half.y);
    centre + IVec2::new(x, y)
}

/// Half the size of the part of the world, around its centre, in which so many ships appear: a
/// few players in a world made for thousands must find each other.
fn region(map: &Map, ships: usize) -> IVec2 {
    let views = ships as f32 / SPARSE_SHIPS_PER_VIEW;
    let share = (views / map.views()).min(1.0).sqrt();
    let half = (map.size().as_vec2() * (share / 2.0)).as_ivec2();
    half.max(WORLD_MIN * GRID / 2).min(map.size() / 2 - SHIP_RADIUS)
}
