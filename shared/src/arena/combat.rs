//! Fire, hits and deaths.

use glam::IVec2;

use super::Event;
use super::entity::{Beam, Shot};
use super::flight::Flyer;
use super::game::Arena;
use super::motion::move_shot;
use super::schema::{FIRE, RAIL, SHIP_RADIUS};
use super::weapons::time_of_contact;
use crate::game::{Audience, Events};
use crate::ids::{EntityId, PlayerId};
use crate::limits::{ENTITIES_MAX, PLAYERS_MAX};
use crate::schema::State;

/// Shots and beams at a time, at most: the table keeps room for the ships of all players and for
/// pickups. The pauses and lives that a map may set allow each player 38 of them.
const FIRED_MAX: usize = ENTITIES_MAX - PLAYERS_MAX as usize - super::pickups::SPOTS_MAX;
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
    /// Lets every ship fire that holds a button and has the weapon ready. All fire before any beam
    /// hits: nobody is the first in a step.
    pub(super) fn fire(&mut self, events: &mut Events<Event>) {
        let mut fired = std::mem::take(&mut self.fired);
        for flyer in self.ships.iter().filter(|flyer| flyer.ship.holds(FIRE | RAIL)) {
            if let Some(player) = self.players.find_mut(flyer.ship.player) {
                let spawn = &mut |state| fired.push(state);
                player.weapons.fire(&self.map, &flyer.ship, self.tick, spawn);
            }
        }
        for state in fired.drain(..) {
            self.bring(state, events);
        }
        self.fired = fired;
    }

    /// Brings what a weapon has fired into the world; without a word it is lost when there is no
    /// place for more.
    fn bring(&mut self, state: State, events: &mut Events<Event>) {
        if self.shots.len() + self.beams.len() >= FIRED_MAX {
            return;
        }
        if let Some(mut beam) = Beam::read(&state) {
            self.strike(&mut beam, events);
            self.beams.extend(self.entities.insert(beam.write()));
        } else if let Some(shot) = Shot::read(&state)
            && let Some(entity) = self.entities.insert(state)
        {
            self.shots.push(entity);
            if let Some(player) = self.players.find_mut(shot.player) {
                player.shots += 1;
            }
        }
    }

    /// Moves all shots; removes those that hit something or have come to their end.
    pub(super) fn fly_shots(&mut self, events: &mut Events<Event>) {
        let reach = SHIP_RADIUS + self.farthest;
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
            let at = before + way.round().as_ivec2();
            self.hit(number, shot.player, at, false, events);
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

    /// Takes what a shot, or the rail, takes from a ship that it hit.
    pub(super) fn hit(
        &mut self,
        number: usize,
        by: PlayerId,
        at: IVec2,
        rail: bool,
        events: &mut Events<Event>,
    ) {
        let rules = &self.map.rules;
        let points = if rail { rules.rail_damage } else { rules.shot_damage };
        let flyer = &mut self.ships[number];
        let to = flyer.ship.player;
        let mut damage = 0;
        if flyer.ship.shield == 0 {
            damage = i32::from(points).min(flyer.ship.hp);
            flyer.ship.hp -= damage;
            flyer.hit_by = Some(by);
            if let Some(player) = self.players.find_mut(by) {
                player.add_score(HIT_SCORE);
            }
        }
        let told = [by, to].into_iter().filter(|id| !self.house.owns(*id));
        for player in told {
            let event = Event::Hit { x: at.x, y: at.y, damage: damage as u8, by, to, rail };
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
