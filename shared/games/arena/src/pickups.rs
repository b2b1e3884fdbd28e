//! Pickups: where they lie, what they give, when they return.

use glam::IVec2;

use super::flight::Flight;
use super::grid::distance_squared;
use super::map::Map;
use super::messages::Event;
use super::schema::{ENERGY_MAX, GRID, HP_MAX, PICKUP_RADIUS, Pickup, SHIP_RADIUS, Ship, Sort};
use super::world::World;
use drumbeat_shared::typed::{Audience, Events, Id, Rng, Saved};

/// Maximum number of pickups of a world.
pub(super) const SPOTS_MAX: usize = 8_192;
/// Points for a pickup.
const PICKUP_SCORE: i32 = 10;
/// Hit points that a repair restores.
const REPAIR_HP: i32 = HP_MAX / 2;
/// Places that are tried for one pickup.
const TRIES: usize = 8;
/// Space around a pickup, grid units.
const GAP: i32 = 20 * GRID;

/// A place where a pickup lies or will return.
#[derive(Saved, Debug)]
struct Spot {
    pickup: Pickup,
    id: Option<Id<Pickup>>,
    /// The tick at which it returns.
    back_tick: u32,
}

/// All pickups of a world.
#[derive(Saved, Debug)]
pub(super) struct Pickups(Vec<Spot>);

impl Pickups {
    /// Spreads the pickups of a map over it; none is ready yet.
    pub(super) fn new(map: &Map, rng: &mut Rng) -> Self {
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
                    id: None,
                    back_tick: 0,
                }));
            }
        }
        Self(spots)
    }

    /// Gives each pickup that a ship touches to the nearest ship that can use it.
    pub(super) fn take(
        &mut self,
        world: &mut World,
        flight: &mut Flight,
        events: &mut Events<Event>,
    ) {
        for spot in &mut self.0 {
            let Some(id) = spot.id else { continue };
            let Some(number) = nearest_taker(flight, &spot.pickup) else {
                continue;
            };
            world.entities.remove(id);
            spot.id = None;
            spot.back_tick = world.tick + world.map.tuning.pickup_return;
            give(&spot.pickup, &mut flight.ships[number].ship, world, events);
        }
    }

    /// Puts back the pickups whose time has come.
    pub(super) fn return_due(&mut self, world: &mut World) {
        for spot in &mut self.0 {
            if spot.id.is_none() && spot.back_tick <= world.tick {
                spot.id = world.entities.insert(spot.pickup);
            }
        }
    }

    /// All pickups that are ready within a rectangle.
    pub(super) fn near(&self, low: IVec2, high: IVec2) -> impl Iterator<Item = Id<Pickup>> {
        let inside = move |spot: &&Spot| {
            let place = spot.pickup.place;
            place.cmpge(low).all() && place.cmple(high).all()
        };
        self.0.iter().filter(inside).filter_map(|spot| spot.id)
    }
}

/// The index of the nearest ship that touches a pickup and can use it.
fn nearest_taker(flight: &Flight, pickup: &Pickup) -> Option<usize> {
    let reach = SHIP_RADIUS + PICKUP_RADIUS;
    let low = pickup.place - IVec2::splat(reach);
    let high = pickup.place + IVec2::splat(reach);
    let takers = flight.near(low, high).filter_map(|number| {
        let flyer = &flight.ships[number];
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

fn give(pickup: &Pickup, ship: &mut Ship, world: &mut World, events: &mut Events<Event>) {
    let Some(player) = world.players.find_mut(ship.player) else {
        return;
    };
    player.add_score(PICKUP_SCORE);
    match pickup.sort {
        Sort::Repair => ship.hp = (ship.hp + REPAIR_HP).min(HP_MAX),
        Sort::Energy => ship.energy = ENERGY_MAX,
        Sort::Overdrive => {
            ship.overdrive = world.map.tuning.overdrive;
        }
    }
    if world.is_connected(ship.player) {
        let IVec2 { x, y } = pickup.place;
        let event = Event::Taken { player: ship.player, sort: pickup.sort as u8, x, y };
        events.push(Audience::Player(ship.player), event);
    }
}
