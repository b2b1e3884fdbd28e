//! The player table: who plays, and what the rules store of each player beyond the ship.

use glam::IVec2;

use super::messages::Input;
use super::rules::Tuning;
use super::schema::{ENERGY_MAX, FIRE, HP_MAX, RAIL, STREAK_MAX, Ship, Stats};
use super::weapons::Weapons;
use drumbeat_shared::typed::{Angle, Id, PlayerId, Saved};

/// One player, connected or a house bot.
#[derive(Saved, Clone, Debug)]
pub(super) struct Player {
    pub(super) name: String,
    /// The controls, also while the player is dead.
    pub(super) input: Input,
    /// How far the player's view time is behind the world, parts of a tick.
    pub(super) rewind: u16,
    /// The ship's entity, while alive.
    pub(super) ship: Option<Id<Ship>>,
    /// Where the ship is, or was last.
    pub(super) eye: IVec2,
    pub(super) weapons: Weapons,
    /// Shots in flight.
    pub(super) shots: u32,
    pub(super) score: i32,
    pub(super) kills: u16,
    pub(super) deaths: u16,
    /// Kills since the last death.
    pub(super) streak: i32,
    /// Its rank from 1, as of the last ranking.
    pub(super) place: u16,
    /// The tick at which the ship returns; 0 while alive.
    pub(super) respawn_tick: u32,
    /// The player who killed this one last.
    pub(super) killer: Option<PlayerId>,
    /// Who hit the ship last, and in which tick.
    pub(super) hunter: Option<(PlayerId, u32)>,
}

impl Player {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            input: Input::default(),
            rewind: 0,
            ship: None,
            eye: IVec2::ZERO,
            weapons: Weapons::default(),
            shots: 0,
            score: 0,
            kills: 0,
            deaths: 0,
            streak: 0,
            place: 0,
            respawn_tick: 0,
            killer: None,
            hunter: None,
        }
    }

    /// A whole ship at rest under protection, with its nose in this direction.
    pub(super) fn fresh_ship(
        &self,
        player: PlayerId,
        place: IVec2,
        heading: Angle,
        tuning: &Tuning,
    ) -> Ship {
        let is_held = self.input.buttons & (FIRE | RAIL) != 0;
        Ship {
            steer: i32::from(self.input.steer),
            buttons: i32::from(self.input.buttons),
            aim: i32::from(self.input.aim),
            hp: HP_MAX,
            velocity: IVec2::ZERO,
            place,
            heading: i32::from(heading.0),
            energy: ENERGY_MAX,
            shield: tuning.protection + if is_held { tuning.lock } else { 0 },
            player,
            streak: self.streak,
            overdrive: 0,
        }
    }

    pub(super) fn add_score(&mut self, points: i32) {
        self.score = self.score.saturating_add(points);
    }

    pub(super) fn count_kill(&mut self) {
        self.kills = self.kills.saturating_add(1);
        self.streak = (self.streak + 1).min(STREAK_MAX);
    }

    pub(super) fn count_death(&mut self, killer: Option<PlayerId>) {
        self.deaths = self.deaths.saturating_add(1);
        self.streak = 0;
        self.killer = killer;
        self.hunter = None;
    }

    /// Begins a round with nothing, and without a ship, which is due.
    pub(super) fn start_again(&mut self) {
        (self.score, self.kills, self.deaths, self.streak) = (0, 0, 0, 0);
        (self.ship, self.shots, self.respawn_tick, self.killer) = (None, 0, 0, None);
        self.hunter = None;
    }

    /// Its private state, in a world of so many players.
    pub(super) fn stats(&self, players: usize) -> Stats {
        let mut stats = Stats {
            score: self.score,
            kills: self.kills,
            deaths: self.deaths,
            streak: self.streak,
            place: self.place,
            players: players as u16,
            respawn_tick: self.respawn_tick.min(i32::MAX as u32) as i32,
            killer: self.killer,
            gun_ready: 0,
            rail_ready: 0,
        };
        self.weapons.write(&mut stats);
        stats
    }
}

/// All players by id.
#[derive(Saved, Clone, Debug, Default)]
pub(super) struct Players {
    table: Vec<Option<Player>>,
    count: usize,
}

impl Players {
    /// Adds a player, in place of one with the same id.
    pub(super) fn insert(&mut self, id: PlayerId, player: Player) {
        let index = usize::from(id.0);
        if self.table.len() <= index {
            self.table.resize(index + 1, None);
        }
        if self.table[index].replace(player).is_none() {
            self.count += 1;
        }
    }

    pub(super) fn remove(&mut self, id: PlayerId) -> Option<Player> {
        let player = self.table.get_mut(usize::from(id.0))?.take()?;
        self.count -= 1;
        Some(player)
    }

    pub(super) fn find(&self, id: PlayerId) -> Option<&Player> {
        self.table.get(usize::from(id.0))?.as_ref()
    }

    pub(super) fn find_mut(&mut self, id: PlayerId) -> Option<&mut Player> {
        self.table.get_mut(usize::from(id.0))?.as_mut()
    }

    /// Every player in the order of the ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = (PlayerId, &Player)> {
        let players = self.table.iter().enumerate();
        players.filter_map(|(index, player)| Some((PlayerId(index as u16), player.as_ref()?)))
    }

    /// Every player in the order of the ids.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Player> {
        self.table.iter_mut().flatten()
    }

    /// At least one more than the highest id in use.
    pub(super) fn end(&self) -> u16 {
        self.table.len() as u16
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }
}
