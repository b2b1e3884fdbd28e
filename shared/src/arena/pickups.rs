//! Pickups: where they lie, what they give, when they are back.

use glam::IVec2;

use super::entity::{Pickup, Sort};
use super::game::Arena;
use super::map::Map;
use super::schema::{ENERGY_MAX, GRID, HP_MAX, PICKUP_RADIUS, SHIP_RADIUS};
use super::{Event, distance_squared};
use crate::game::{Audience, Events};
use crate::ids::EntityId;
use crate::rng::Rng;

/// Pickups of a world, at most.
pub(super) const SPOTS_MAX: usize = 8_192;
/// Points for a pickup.
const PICKUP_SCORE: i32 = 10;
/// Hit points of a repair.
const REPAIR_HP: i32 = HP_MAX / 2;
/// Places that are tried for one pickup.
const TRIES: usize = 8;
/// Room around a pickup, grid units.
const GAP: i32 = 20 * GRID;

/// A place where a pickup lies or will be back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pickup: Pickup,
    entity: Option<EntityId>,
    /// The tick at which it is back.
    back_tick: u32,
}

/// Spreads the pickups of a map over it.
pub(super) fn place_spots(map: &Map, rng: &mut Rng) -> Vec<Spot> {
    let mut spots = Vec::new();
    for sort in [Sort::Repair, Sort::Energy, Sort::Overdrive] {
        let per_view = map.rules.pickups_per_view[sort as usize];
        let wanted = (per_view * map.views()).round() as usize;
        for _ in 0..wanted.min(SPOTS_MAX - spots.len()) {
            let places = (0..TRIES).map(|_| {
                let x = rng.between(0, map.width);
                IVec2::new(x, rng.between(0, map.height))
            });
            let free = places.into_iter().find(|place| map.is_free(*place, GAP));
            spots.extend(free.map(|place| Spot {
                pickup: Pickup { place, sort },
                entity: None,
                back_tick: 0,
            }));
        }
    }
    spots
}

impl Arena {
    /// Gives each pickup that a ship touches to the nearest ship that can use it.
    pub(super) fn take_pickups(&mut self, events: &mut Events<Event>) {
        for index in 0..self.spots.len() {
            let Spot { pickup, entity, .. } = self.spots[index];
            let (Some(entity), Some(number)) = (entity, self.nearest_taker(&pickup)) else {
                continue;
            };
            self.entities.remove(entity);
            let spot = &mut self.spots[index];
            spot.entity = None;
            spot.back_tick = self.tick + self.map.tuning.pickup_return;
            self.give(number, &pickup, events);
        }
    }

    /// Puts pickups back whose time has come.
    pub(super) fn return_pickups(&mut self) {
        for spot in &mut self.spots {
            if spot.entity.is_none() && spot.back_tick <= self.tick {
                spot.entity = self.entities.insert(spot.pickup.write());
            }
        }
    }

    fn nearest_taker(&self, pickup: &Pickup) -> Option<usize> {
        let reach = SHIP_RADIUS + PICKUP_RADIUS;
        let low = pickup.place - IVec2::splat(reach);
        let high = pickup.place + IVec2::splat(reach);
        let takers = self.ship_grid.near(low, high).filter_map(|number| {
            let flyer = &self.ships[number];
            let away = distance_squared(flyer.ship.place, pickup.place);
            let of_use = match pickup.sort {
                Sort::Repair => flyer.ship.hp < HP_MAX,
                Sort::Energy => flyer.ship.energy < ENERGY_MAX,
                Sort::Overdrive => true,
            };
            let near = away < i64::from(reach) * i64::from(reach);
            (near && of_use && flyer.is_alive()).then_some((away, number))
        });
        takers.min().map(|(_, number)| number)
    }

    fn give(&mut self, number: usize, pickup: &Pickup, events: &mut Events<Event>) {
        let ship = &mut self.ships[number].ship;
        let Some(player) = self.players.find_mut(ship.player) else {
            return;
        };
        player.add_score(PICKUP_SCORE);
        match pickup.sort {
            Sort::Repair => ship.hp = (ship.hp + REPAIR_HP).min(HP_MAX),
            Sort::Energy => ship.energy = ENERGY_MAX,
            Sort::Overdrive => {
                player.weapons.overdrive_until = self.tick + self.map.tuning.overdrive;
            }
        }
        if !self.house.owns(ship.player) {
            let event = Event::Taken {
                player: ship.player,
                sort: pickup.sort as u8,
                x: pickup.place.x,
                y: pickup.place.y,
            };
            events.push(Audience::Player(ship.player), event);
        }
    }

    /// The states of all pickups that lie ready within a rectangle.
    pub(super) fn pickups_near(&self, low: IVec2, high: IVec2) -> impl Iterator<Item = EntityId> {
        let inside = move |spot: &&Spot| {
            let place = spot.pickup.place;
            place.cmpge(low).all() && place.cmple(high).all()
        };
        self.spots.iter().filter(inside).filter_map(|spot| spot.entity)
    }
}
