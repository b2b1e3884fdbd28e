//! Fire, hits and deaths.

use glam::IVec2;

use super::flight::{Flight, Flyer};
use super::messages::Event;
use super::motion::{fade_beam, move_shot};
use super::past::Past;
use super::rail::strike;
use super::schema::{Beam, FIRE, HP_MAX, RAIL, SHIP_RADIUS, Shot, Thing};
use super::weapons::time_of_contact;
use super::world::World;
use drumbeat_shared::limits::{ENTITIES_MAX, PLAYERS_MAX};
use drumbeat_shared::typed::{self, Angle, Audience, Events, Id, PlayerId, Saved};

/// Maximum number of shots and beams at a time: the table has room left for the ships of all
/// players and for pickups. The pauses and lives that a map may set allow each player 38 of them.
const FIRED_MAX: usize = ENTITIES_MAX - PLAYERS_MAX as usize - super::pickups::SPOTS_MAX;
/// Points for a hit.
const HIT_SCORE: i32 = 5;
/// Points for a kill.
const KILL_SCORE: i32 = 100;
/// How long after a hit leaving the room counts as a death by it, seconds.
const FLIGHT_S: u32 = 3;

/// What a shot meets.
enum Obstacle {
    Rock,
    /// Index of the ship.
    Ship(usize),
}

/// A hit on a ship.
struct Hit {
    /// Index of the ship.
    number: usize,
    by: PlayerId,
    /// Where, grid units.
    at: IVec2,
    rail: bool,
    /// The direction in which it flew.
    aim: Angle,
}

/// Everything fired, and the past that aims are judged by.
#[derive(Saved, Debug)]
pub(super) struct Combat {
    /// Shots in flight, oldest first.
    shots: Vec<Id<Shot>>,
    /// Visible beams, oldest first.
    beams: Vec<Id<Beam>>,
    /// What the ships have fired in this step.
    #[scratch]
    fired: Vec<Thing>,
    past: Past,
}

impl Combat {
    pub(super) fn new(tick_hz: u16) -> Self {
        let past = Past::new(tick_hz);
        Self { shots: Vec::new(), beams: Vec::new(), fired: Vec::new(), past }
    }

    /// Fires for every ship that holds a button and has the weapon ready. All weapons fire before
    /// any beam hits: nobody is first in a step.
    pub(super) fn fire(
        &mut self,
        world: &mut World,
        flight: &mut Flight,
        events: &mut Events<Event>,
    ) {
        let mut fired = std::mem::take(&mut self.fired);
        for flyer in flight.ships.iter().filter(|flyer| flyer.ship.holds(FIRE | RAIL)) {
            if let Some(player) = world.players.find_mut(flyer.ship.player) {
                let spawn = &mut |thing| fired.push(thing);
                player.weapons.fire(&world.map, &flyer.ship, world.tick, spawn);
            }
        }
        for thing in fired.drain(..) {
            self.bring(thing, world, flight, events);
        }
        self.fired = fired;
    }

    /// Adds what a weapon has fired to the world; drops it silently at the limit.
    fn bring(
        &mut self,
        thing: Thing,
        world: &mut World,
        flight: &mut Flight,
        events: &mut Events<Event>,
    ) {
        if self.shots.len() + self.beams.len() >= FIRED_MAX {
            return;
        }
        match thing {
            Thing::Beam(mut beam) => {
                if let Some((number, at)) = strike(&mut beam, world, flight, &self.past) {
                    let aim = Angle(beam.aim as u8);
                    let hit = Hit { number, by: beam.player, at, rail: true, aim };
                    take_hit(&hit, world, flight, events);
                }
                self.beams.extend(world.entities.insert(beam));
            }
            Thing::Shot(shot) => {
                let Some(id) = world.entities.insert(shot) else { return };
                self.shots.push(id);
                if let Some(player) = world.players.find_mut(shot.player) {
                    player.shots += 1;
                }
            }
            Thing::Ship(_) | Thing::Pickup(_) => {}
        }
    }

    /// Moves all shots; removes those that hit something or have reached their end.
    pub(super) fn fly_shots(
        &mut self,
        world: &mut World,
        flight: &mut Flight,
        events: &mut Events<Event>,
    ) {
        self.shots.retain(|id| fly_shot(*id, world, flight, events));
    }

    /// Fades all beams; removes those that are gone.
    pub(super) fn fade_beams(&mut self, entities: &mut typed::World<Thing>) {
        self.beams.retain(|id| {
            let fade = |beam: &mut Beam| {
                fade_beam(beam);
                beam.life > 0
            };
            let is_visible = entities.edit(*id, fade).unwrap_or(false);
            if !is_visible {
                entities.remove(*id);
            }
            is_visible
        });
    }

    /// Stores where the ships are at the end of the step: later aims are judged by it.
    pub(super) fn remember(&mut self, flight: &Flight) {
        self.past.keep(&flight.ships, flight.farthest);
    }

    /// Removes all shots and beams.
    pub(super) fn clear(&mut self, entities: &mut typed::World<Thing>) {
        for shot in self.shots.drain(..) {
            entities.remove(shot);
        }
        for beam in self.beams.drain(..) {
            entities.remove(beam);
        }
    }

    /// Removes all shots of a player.
    pub(super) fn drop_shots(&mut self, player: PlayerId, entities: &mut typed::World<Thing>) {
        self.shots.retain(|id| {
            let dropped = entities.get(*id).is_none_or(|shot| shot.player == player);
            if dropped {
                entities.remove(*id);
            }
            !dropped
        });
    }
}

/// Moves a shot. Returns whether it flies on.
fn fly_shot(
    id: Id<Shot>,
    world: &mut World,
    flight: &mut Flight,
    events: &mut Events<Event>,
) -> bool {
    let Some(mut shot) = world.entities.get(id) else {
        return false;
    };
    let before = shot.place;
    move_shot(&world.map, &mut shot);
    let met = first_obstacle(before, &shot, world, flight);
    let size = world.map.size();
    let inside = shot.place.cmpgt(IVec2::ZERO).all() && shot.place.cmplt(size).all();
    if met.is_none() && inside && shot.life > 0 {
        return world.entities.put(id, shot);
    }
    if let Some((time, Obstacle::Ship(number))) = met {
        let path = (shot.place - before).as_vec2() * time;
        let at = before + path.round().as_ivec2();
        let aim = Angle::toward(shot.velocity.as_vec2());
        let hit = Hit { number, by: shot.player, at, rail: false, aim };
        take_hit(&hit, world, flight, events);
    }
    world.entities.remove(id);
    if let Some(player) = world.players.find_mut(shot.player) {
        player.shots -= 1;
    }
    false
}

/// What a shot meets first on its path of one tick, and when (0 to 1). Ships move in the meantime.
fn first_obstacle(
    before: IVec2,
    shot: &Shot,
    world: &World,
    flight: &Flight,
) -> Option<(f32, Obstacle)> {
    let low = before.min(shot.place);
    let high = before.max(shot.place);
    let mut first: Option<(f32, Obstacle)> = None;
    let mut meet = |time: Option<f32>, obstacle: Obstacle| {
        if let Some(time) = time
            && first.as_ref().is_none_or(|(earliest, _)| time < *earliest)
        {
            first = Some((time, obstacle));
        }
    };
    for rock in world.map.rocks_near(low, high) {
        let from = (before - rock.place()).as_vec2();
        let to = (shot.place - rock.place()).as_vec2();
        meet(time_of_contact(from, to, rock.radius as f32), Obstacle::Rock);
    }
    let reach = IVec2::splat(SHIP_RADIUS + flight.farthest);
    for number in flight.near(low - reach, high + reach) {
        let flyer = &flight.ships[number];
        if flyer.ship.player == shot.player || !flyer.is_alive() {
            continue;
        }
        let from = (before - flyer.before).as_vec2();
        let to = (shot.place - flyer.ship.place).as_vec2();
        let time = time_of_contact(from, to, SHIP_RADIUS as f32);
        meet(time, Obstacle::Ship(number));
    }
    first
}

/// Takes the damage of a shot, or of the rail, from the ship that it hit.
fn take_hit(hit: &Hit, world: &mut World, flight: &mut Flight, events: &mut Events<Event>) {
    let Hit { number, by, at, rail, aim } = *hit;
    let rules = &world.map.rules;
    let points = if rail { rules.rail_damage } else { rules.shot_damage };
    let flyer = &mut flight.ships[number];
    let to = flyer.ship.player;
    let mut damage = 0;
    if flyer.ship.shield == 0 && !world.map.rounds.is_truce(world.tick) {
        damage = i32::from(points).min(flyer.ship.hp);
        flyer.ship.hp -= damage;
        flyer.hit_by = Some((by, rail));
        world.heat.add(at, world.map.size(), damage);
        if let Some(player) = world.players.find_mut(by) {
            player.add_score(HIT_SCORE);
        }
    }
    for player in [by, to].into_iter().filter(|id| world.is_connected(*id)) {
        let (IVec2 { x, y }, damage) = (at, damage as u8);
        let event = Event::Hit { x, y, damage, by, to, rail, aim: aim.0 };
        events.push(Audience::Player(player), event);
    }
}

/// Gives the kill of a player who leaves the room to whoever hit its ship just before: leaving is no
/// escape.
pub(super) fn settle(world: &mut World, leaver: PlayerId) {
    let window = FLIGHT_S * u32::from(world.map.tick_hz);
    let hunter = world.players.find(leaver).and_then(|player| player.ship.and(player.hunter));
    let Some((by, _)) = hunter.filter(|(by, tick)| *by != leaver && world.tick - tick <= window)
    else {
        return;
    };
    if let Some(hunter) = world.players.find_mut(by) {
        hunter.count_kill();
        hunter.add_score(KILL_SCORE);
    }
}

/// Removes the ships without hit points, and credits each kill to the player who hit last.
pub(super) fn bury_dead(world: &mut World, flight: &Flight, events: &mut Events<Event>) {
    for flyer in &flight.ships {
        let Flyer { id, ship, hit_by, .. } = *flyer;
        if ship.hp > 0 {
            continue;
        }
        world.entities.remove(id);
        let killer = hit_by.map(|(killer, _)| killer);
        let alive = killer.and_then(|id| flight.of(id)).filter(|flyer| flyer.is_alive());
        let (mut streak, mut from) = (0, ship.place);
        let mut killer_name = String::new();
        if let Some(killer) = killer.and_then(|id| world.players.find_mut(id)) {
            killer.count_kill();
            killer.add_score(KILL_SCORE);
            streak = killer.streak as u8;
            killer_name.clone_from(&killer.name);
            from = alive.map_or(killer.eye, |flyer| flyer.ship.place);
        }
        let Some(victim) = world.players.find_mut(ship.player) else {
            continue;
        };
        victim.count_death(killer);
        victim.ship = None;
        victim.eye = ship.place;
        victim.respawn_tick = world.tick + world.map.tuning.respawn;
        let event = Event::Kill {
            killer,
            killer_name,
            victim: ship.player,
            victim_name: victim.name.clone(),
            x: ship.place.x,
            y: ship.place.y,
            streak,
            rail: hit_by.is_some_and(|(_, rail)| rail),
            hull: alive.map_or(0, |flyer| (flyer.ship.hp * 100 / HP_MAX) as u8),
            from_x: from.x,
            from_y: from.y,
        };
        events.push(Audience::Near(ship.place), event);
    }
}
