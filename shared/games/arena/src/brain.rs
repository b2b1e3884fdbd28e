//! A brain that plays to win: it flies the ships of the house bots and of the swarm's fighters.
//!
//! It knows only what a player sees: its own ship, what is in view, the map.

use glam::{IVec2, Vec2};

use super::map::Map;
use super::messages::Input;
use super::schema::{BOOST, FIRE, GRID, RAIL, Ship, Sort, THRUST, Thing};
use super::sight::{Enemy, Sight, avoid, intercept, offset, rock_between};
use drumbeat_shared::typed::{Angle, PlayerId, Rng, Saved};

/// How good a brain is.
#[derive(Saved, Clone, Copy, Debug, PartialEq)]
pub struct Skill {
    /// Largest error of its aim, radians.
    pub aim_error: f32,
    /// Time between two decisions, seconds.
    pub reaction_s: f32,
    /// How long it fires, seconds.
    pub burst_s: f32,
    /// How long it then holds its fire, seconds.
    pub pause_s: f32,
    /// Approximate time between two shots of its rail, seconds; `None` if it does not use it.
    pub rail_rest_s: Option<f32>,
}

impl Skill {
    /// A newcomer wins against it.
    pub const ROOKIE: Self =
        Self { aim_error: 0.30, reaction_s: 0.35, burst_s: 0.7, pause_s: 1.2, rail_rest_s: None };
    /// A fair opponent.
    pub const REGULAR: Self = Self {
        aim_error: 0.15,
        reaction_s: 0.22,
        burst_s: 1.2,
        pause_s: 0.6,
        rail_rest_s: Some(5.0),
    };
    /// Hard to beat.
    pub const ACE: Self = Self {
        aim_error: 0.03,
        reaction_s: 0.1,
        burst_s: 60.0,
        pause_s: 0.0,
        rail_rest_s: Some(2.0),
    };
}

/// Distance that it keeps to its target, units.
const KEEP_AWAY: f32 = 280.0;
/// Distance beyond which it flies straight after its target, units.
const FOLLOW: f32 = 430.0;
/// Hit points below which it wants a repair.
const WOUNDED_HP: i32 = 45;
/// Hit points below which it flees.
const FLEE_HP: i32 = 25;

/// One brain flies one ship.
#[derive(Saved, Clone, Debug)]
pub struct Brain {
    rng: Rng,
    skill: Skill,
    input: Input,
    target: Option<PlayerId>,
    /// The direction in which it circles its target: 1 or -1.
    side: f32,
    /// Where it goes when it sees nobody, grid units.
    goal: Option<IVec2>,
    /// Ticks until the next decision.
    rest: u32,
    /// Ticks until it changes between firing and holding fire.
    burst: u32,
    firing: bool,
    /// Ticks until it considers its rail again.
    rail_rest: u32,
}

impl Brain {
    /// Creates a brain; brains of different seeds differ in their choices.
    #[must_use]
    pub fn new(seed: u64, skill: Skill) -> Self {
        let mut rng = Rng::new(seed);
        Self {
            side: if rng.one_in(2) { 1.0 } else { -1.0 },
            rest: rng.below(8),
            rng,
            skill,
            input: Input::default(),
            target: None,
            goal: None,
            burst: 0,
            firing: false,
            rail_rest: 0,
        }
    }

    /// The controls of the next tick; call it once a tick. `ship` is the own one, `visible` what is
    /// in view (which may include the own ship).
    pub fn decide(
        &mut self,
        map: &Map,
        ship: &Ship,
        visible: impl Iterator<Item = Thing>,
    ) -> Input {
        if self.rest > 0 {
            self.rest -= 1;
            return self.input;
        }
        self.rest = ticks(map, self.skill.reaction_s).max(1) - 1;
        self.keep_rhythm(map);
        let sight = Sight::look(map, ship, self.target, visible);
        let enemy = sight.enemy.map(|(_, enemy)| enemy);
        self.target = enemy.map(|enemy| enemy.player);

        let (wish, boost) = self.wish(map, ship, enemy.as_ref(), &sight);
        let path = avoid(map, ship, wish);
        self.input.buttons = THRUST;
        if boost {
            self.input.buttons |= BOOST;
        }
        self.input.steer = Angle::toward(path).0;
        if let Some(enemy) = enemy {
            self.engage(map, ship, &enemy);
        }
        self.input
    }

    /// Switches between firing and holding fire, and changes its side now and then.
    fn keep_rhythm(&mut self, map: &Map) {
        let passed = self.rest + 1;
        self.burst = self.burst.saturating_sub(passed);
        self.rail_rest = self.rail_rest.saturating_sub(passed);
        if self.burst == 0 {
            self.firing = !self.firing || self.skill.pause_s == 0.0;
            let seconds = if self.firing { self.skill.burst_s } else { self.skill.pause_s };
            self.burst = ticks(map, seconds * (0.6 + 0.8 * self.rng.unit()));
        }
        let changes_s = (2.5 / self.skill.reaction_s) as u32;
        if self.rng.one_in(changes_s.max(1)) {
            self.side = -self.side;
        }
    }

    /// Where it wants to go, and whether to boost.
    fn wish(
        &mut self,
        map: &Map,
        ship: &Ship,
        enemy: Option<&Enemy>,
        sight: &Sight,
    ) -> (Vec2, bool) {
        let pickup = |sort: Sort, within: f32| {
            sight.pickups[sort as usize].filter(|offset| offset.length() < within)
        };
        let chased = enemy.is_some_and(|enemy| enemy.offset.length() < 500.0);
        if ship.hp < WOUNDED_HP
            && let Some(repair) = pickup(Sort::Repair, 900.0)
        {
            return (repair, chased && ship.energy > 150);
        }
        if let Some(enemy) = enemy.filter(|_| ship.hp < FLEE_HP && chased) {
            let aside = enemy.offset.perp() * (0.5 * self.side);
            return (aside - enemy.offset, ship.energy > 50);
        }
        let bonus = pickup(Sort::Overdrive, 350.0)
            .or_else(|| pickup(Sort::Energy, 350.0).filter(|_| ship.energy < 350))
            .or_else(|| pickup(Sort::Repair, 350.0).filter(|_| ship.hp < 75));
        if let Some(bonus) = bonus {
            return (bonus, false);
        }
        if let Some(enemy) = enemy {
            self.goal = None;
            let away = enemy.offset.length();
            if away > FOLLOW {
                let ahead = enemy.offset + enemy.velocity * 0.4;
                return (ahead, away > 650.0 && ship.energy > 600);
            }
            let towards = enemy.offset / away.max(1.0);
            let closer = ((away - KEEP_AWAY) / 120.0).clamp(-1.5, 1.5);
            return (towards.perp() * self.side + towards * closer, false);
        }
        (self.wander(map, ship), false)
    }

    /// With nobody in sight, flies towards a place nearer to the middle of the world, where the
    /// others are.
    fn wander(&mut self, map: &Map, ship: &Ship) -> Vec2 {
        let reached = |goal: &IVec2| offset(ship.place, *goal).length() < 120.0;
        let goal = match self.goal {
            Some(goal) if !reached(&goal) => goal,
            _ => {
                let home = (map.centre() - ship.place) / 3;
                let reach = 450 * GRID;
                let x = self.rng.between(-reach, reach);
                let y = self.rng.between(-reach, reach);
                let margin = IVec2::splat(100 * GRID);
                let goal = ship.place + home.clamp(-margin * 6, margin * 6) + IVec2::new(x, y);
                goal.clamp(margin, map.size() - margin)
            }
        };
        self.goal = Some(goal);
        offset(ship.place, goal)
    }

    /// Aims ahead of the enemy, or straight at it with the rail, and fires when it makes sense.
    fn engage(&mut self, map: &Map, ship: &Ship, enemy: &Enemy) {
        let rules = &map.rules;
        let open = !enemy.shielded && ship.shield == 0;
        let ahead = intercept(enemy.offset, enemy.velocity, rules.shot_speed);
        let error = self.skill.aim_error * (self.rng.unit() + self.rng.unit() - 1.0);
        let range = rules.shot_speed * rules.shot_life_s * 0.85;
        let mut fires = |along: Vec2, button: u8| {
            let free = open && !rock_between(map, ship.place, along);
            if free {
                self.input.aim = Angle::toward(Vec2::from_angle(error).rotate(along)).0;
                self.input.buttons |= button;
            }
            free
        };
        if let Some(rest_s) = self.skill.rail_rest_s
            && self.rail_rest == 0
            && enemy.offset.length() < rules.rail_range * 0.85
            && fires(enemy.offset, RAIL)
        {
            self.rail_rest = ticks(map, rest_s * (0.6 + 0.8 * self.rng.unit()));
        } else if self.firing && ahead.length() < range {
            fires(ahead, FIRE);
        }
    }
}

fn ticks(map: &Map, seconds: f32) -> u32 {
    (seconds * f32::from(map.tick_hz)).round() as u32
}
