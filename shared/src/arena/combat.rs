//! Fire, hits and deaths.

use glam::{IVec2, Vec2};

use super::Event;
use super::entity::{Shot, on_grid};
use super::flight::Flyer;
use super::motion::move_shot;
use super::schema::{FIRE, GRID, SHIP_RADIUS};
use super::world::Arena;
use crate::game::{Audience, Events};
use crate::ids::{EntityId, PlayerId};
use crate::limits::{ENTITIES_MAX, PLAYERS_MAX};

/// Shots of one player in flight, at most.
const SHOTS_PER_PLAYER_MAX: u32 = 12;
/// Shots in flight, at most: the table keeps room for the ships of all players and for pickups.
const SHOTS_MAX: usize = ENTITIES_MAX - PLAYERS_MAX as usize - super::pickups::SPOTS_MAX;
/// Points for a hit.
const HIT_SCORE: i32 = 5;
/// Points for a kill.
const KILL_SCORE: i32 = 100;

/// What a shot meets.
enum Obstacle {
    Rock,
    /// Index of the ship.
    Ship(usize),
}

impl Arena {
    /// Lets every ship fire that holds the button and has its gun ready.
    pub(super) fn fire(&mut self) {
        let tuning = &self.map.tuning;
        for flyer in &self.ships {
            let ship = &flyer.ship;
            let Some(player) = self.players.find_mut(ship.player) else {
                continue;
            };
            if player.reload > 0.0 {
                player.reload -= 1.0;
            }
            let ready = player.reload <= 0.0 && player.shots < SHOTS_PER_PLAYER_MAX;
            let wants = ship.holds(FIRE) && ship.shield == 0 && flyer.is_alive();
            if !wants || !ready || self.shots.len() >= SHOTS_MAX {
                continue;
            }
            let along = tuning.along(ship.aim);
            let muzzle = along * (SHIP_RADIUS + GRID) as f32;
            let place = ship.place + muzzle.round().as_ivec2();
            let shot = Shot {
                velocity: on_grid(along * tuning.shot_speed),
                place: place.clamp(IVec2::ZERO, self.map.size()),
                life: tuning.shot_life,
                player: ship.player,
            };
            let Some(entity) = self.entities.insert(shot.write()) else {
                return;
            };
            self.shots.push(entity);
            player.shots += 1;
            let overdrive = self.tick < player.overdrive_until;
            player.reload += tuning.shot_pause * if overdrive { 0.5 } else { 1.0 };
        }
    }

    /// Moves all shots; removes those that hit something or have come to their end.
    pub(super) fn fly_shots(&mut self, events: &mut Events<Event>) {
        let farthest = self.ships.iter().map(|flyer| {
            let way = (flyer.ship.place - flyer.before).abs();
            way.max_element()
        });
        let reach = SHIP_RADIUS + farthest.max().unwrap_or(0);
        let mut shots = std::mem::take(&mut self.shots);
        shots.retain(|entity| self.fly_shot(*entity, reach, events));
        self.shots = shots;
    }

    /// Whether the shot flies on.
    fn fly_shot(&mut self, entity: EntityId, reach: i32, events: &mut Events<Event>) -> bool {
        let Some(mut shot) = self.entities.find(entity).and_then(Shot::read) else {
            return false;
        };
        let before = shot.place;
        move_shot(&self.map, &mut shot);
        let met = self.first_obstacle(before, &shot, reach);
        let size = self.map.size();
        let inside = shot.place.cmpgt(IVec2::ZERO).all() && shot.place.cmplt(size).all();
        if met.is_none() && inside && shot.life > 0 {
            if let Some(state) = self.entities.find_mut(entity) {
                *state = shot.write();
            }
            return true;
        }
        if let Some((time, Obstacle::Ship(number))) = met {
            let way = (shot.place - before).as_vec2() * time;
            self.hit(number, shot.player, before + way.round().as_ivec2(), events);
        }
        self.entities.remove(entity);
        if let Some(player) = self.players.find_mut(shot.player) {
            player.shots -= 1;
        }
        false
    }

    /// What a shot meets first on its way of one tick, and when (0 to 1). Ships move meanwhile.
    fn first_obstacle(&self, before: IVec2, shot: &Shot, reach: i32) -> Option<(f32, Obstacle)> {
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
        for rock in self.map.rocks_near(low, high) {
            let from = (before - rock.place()).as_vec2();
            let to = (shot.place - rock.place()).as_vec2();
            meet(time_of_contact(from, to, rock.radius as f32), Obstacle::Rock);
        }
        let reach = IVec2::splat(reach);
        for number in self.ship_grid.near(low - reach, high + reach) {
            let flyer = &self.ships[number];
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

    fn hit(&mut self, number: usize, by: PlayerId, at: IVec2, events: &mut Events<Event>) {
        let flyer = &mut self.ships[number];
        let to = flyer.ship.player;
        let mut damage = 0;
        if flyer.ship.shield == 0 {
            damage = i32::from(self.map.rules.shot_damage).min(flyer.ship.hp);
            flyer.ship.hp -= damage;
            flyer.hit_by = Some(by);
            if let Some(player) = self.players.find_mut(by) {
                player.add_score(HIT_SCORE);
            }
        }
        let told = [by, to].into_iter().filter(|id| !self.house.owns(*id));
        for player in told {
            let event = Event::Hit { x: at.x, y: at.y, damage: damage as u8, by, to };
            events.push(Audience::Player(player), event);
        }
    }

    /// Removes the ships that have no hit points left, and gives the kills to who fired last.
    pub(super) fn bury_dead(&mut self, events: &mut Events<Event>) {
        for number in 0..self.ships.len() {
            let Flyer { entity, ship, hit_by, .. } = self.ships[number];
            if ship.hp > 0 {
                continue;
            }
            self.entities.remove(entity);
            let mut streak = 0;
            let mut killer_name = String::new();
            if let Some(killer) = hit_by.and_then(|id| self.players.find_mut(id)) {
                killer.count_kill();
                killer.add_score(KILL_SCORE);
                streak = killer.streak as u8;
                killer_name.clone_from(&killer.name);
            }
            let Some(victim) = self.players.find_mut(ship.player) else {
                continue;
            };
            victim.count_death(hit_by);
            victim.ship = None;
            victim.eye = ship.place;
            victim.respawn_tick = self.tick + self.map.tuning.respawn;
            let event = Event::Kill {
                killer: hit_by,
                killer_name,
                victim: ship.player,
                victim_name: victim.name.clone(),
                x: ship.place.x,
                y: ship.place.y,
                streak,
            };
            events.push(Audience::Near(ship.place), event);
        }
    }

    /// Removes all shots of a player.
    pub(super) fn drop_shots(&mut self, player: PlayerId) {
        let entities = &mut self.entities;
        self.shots.retain(|entity| {
            let shot = entities.find(*entity).and_then(Shot::read);
            let dropped = shot.is_none_or(|shot| shot.player == player);
            if dropped {
                entities.remove(*entity);
            }
            !dropped
        });
    }
}

/// When a point that moves straight from `from` to `to` within one tick first touches the circle
/// around 0: a share of the tick, 0 if it starts inside.
fn time_of_contact(from: Vec2, to: Vec2, radius: f32) -> Option<f32> {
    let gap = from.length_squared() - radius * radius;
    if gap <= 0.0 {
        return Some(0.0);
    }
    let way = to - from;
    let (approach, length) = (from.dot(way), way.length_squared());
    let inner = approach * approach - length * gap;
    if approach >= 0.0 || inner < 0.0 {
        return None;
    }
    let time = (-approach - inner.sqrt()) / length;
    (time <= 1.0).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contact_is_found_however_fast_the_point_is() {
        let radius = 10.0;
        let check = |from: (f32, f32), to: (f32, f32), expected: Option<f32>| {
            let time = time_of_contact(from.into(), to.into(), radius);
            match (time, expected) {
                (Some(time), Some(expected)) => {
                    assert!((time - expected).abs() < 1e-3, "{from:?} {to:?}: {time}");
                }
                (time, expected) => assert_eq!(time, expected, "{from:?} {to:?}"),
            }
        };
        check((-50.0, 0.0), (50.0, 0.0), Some(0.4));
        check((-5_000.0, 0.0), (5_000.0, 0.0), Some(0.499));
        check((-50.0, 9.9), (50.0, 9.9), Some(0.4859));
        check((-50.0, 10.1), (50.0, 10.1), None);
        check((-50.0, 0.0), (-10.5, 0.0), None);
        check((-50.0, 0.0), (-9.5, 0.0), Some(0.9877));
        check((3.0, 3.0), (50.0, 0.0), Some(0.0));
        check((20.0, 0.0), (50.0, 0.0), None);
        check((20.0, 0.0), (20.0, 0.0), None);
    }
}
