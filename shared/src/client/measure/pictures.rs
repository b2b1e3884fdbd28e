//! Pictures, each compared with the one before: what a person would notice.

use super::feel::Feel;
use crate::client::play::drawing::{Drawn, distance};
use crate::game::{Context, Game};
use crate::ids::Tick;

/// Least expected movement since the last picture for which a ship is checked for jank, grid units.
const MOVING: f32 = 2.0;
/// A ship that moved less than this share of the expected distance did not move.
const STOOD: f32 = 0.02;
/// How much further than its speed allows a ship may move, grid units: coordinates are whole
/// numbers.
const ROUNDING: f32 = 8.0;
/// A longer gap between frames is another stall, microseconds.
const STALL_US: u64 = 100_000;
/// Time between two pictures after which the comparison starts over, microseconds.
const PAUSE_US: u64 = 250_000;
/// A ship that moves further than this many times what its top speed allows has jumped.
const JUMP: f32 = 2.0;

/// The picture that is being drawn, and the one before, with which it is compared.
#[derive(Debug, Default)]
pub(crate) struct Pictures {
    parts: Vec<Part>,
    before: Vec<Part>,
    at_us: Option<u64>,
    /// Mean time between two pictures, microseconds.
    screen_us: f64,
    starved: bool,
    recovering_since_us: Option<u64>,
    /// The tick of the input with a change of the controls that no picture has shown yet, and the
    /// time of the change.
    changed: Option<(Tick, u64)>,
}

/// The properties of a picture as a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Picture {
    /// Time between two ticks, microseconds.
    pub(crate) period_us: u64,
    /// Whether the newest frame was too old to draw the others from.
    pub(crate) starved: bool,
    /// Whether others are in it.
    pub(crate) others: bool,
    /// How far they are behind the frames that arrive, microseconds.
    pub(crate) behind_us: f64,
    /// The tick up to which it shows the effects of the player's inputs; `None` without an avatar.
    pub(crate) shows: Option<Tick>,
}

#[derive(Clone, Copy, Debug)]
struct Part {
    key: u32,
    kind: u8,
    fields: Drawn,
    /// Distance that it should move in a tick, grid units.
    speed: f32,
}

impl Pictures {
    /// The controls have changed; the input for `tick` holds them.
    pub(crate) fn changed(&mut self, tick: Tick, now_us: u64) {
        self.changed.get_or_insert((tick, now_us));
    }

    /// A frame came, `gap_us` after the one before.
    pub(crate) fn framed(&mut self, gap_us: u64, now_us: u64) {
        if self.starved && gap_us > STALL_US {
            self.recovering_since_us = None;
        }
        if self.starved {
            self.recovering_since_us.get_or_insert(now_us);
        }
    }

    /// Adds a drawn entity. Entities come in any order, each once.
    pub(crate) fn drew(&mut self, key: u32, kind: u8, fields: &Drawn, speed: f32) {
        self.parts.push(Part { key, kind, fields: *fields, speed });
    }

    /// Ends the picture: counts it and compares it with the one before.
    pub(crate) fn finish<G: Game>(
        &mut self,
        context: Context<'_, G::Map>,
        picture: &Picture,
        now_us: u64,
        feel: &mut Feel,
    ) {
        let Picture { period_us, starved, others, behind_us, shows } = *picture;
        let before_us = self.at_us.replace(now_us);
        let passed_us = before_us.map_or(0, |before_us| now_us.saturating_sub(before_us));
        if passed_us > PAUSE_US {
            (self.changed, self.recovering_since_us) = (None, None);
        } else if passed_us > 0 {
            feel.pictures += u64::from(others);
            feel.starved += u64::from(starved && others);
            feel.behind_us.record(behind_us as u32);
            self.screen_us += (passed_us as f64 - self.screen_us) / 8.0;
            self.compare::<G>(context, passed_us as f32 / period_us.max(1) as f32, feel);
        }
        self.starved = starved;
        if !starved && let Some(since_us) = self.recovering_since_us.take() {
            let ticks_100 = now_us.saturating_sub(since_us) * 100 / period_us.max(1);
            feel.recovery_ticks_100.record(u32::try_from(ticks_100).unwrap_or(u32::MAX));
        }
        if shows.is_none() {
            self.changed = None;
        }
        if let Some((_, changed_us)) = self.changed.take_if(|(tick, _)| shows >= Some(*tick)) {
            let shown_us = now_us.saturating_sub(changed_us) + self.screen_us as u64;
            feel.input_to_display_us.record(u32::try_from(shown_us).unwrap_or(u32::MAX));
        }
        std::mem::swap(&mut self.parts, &mut self.before);
        self.parts.clear();
    }

    /// Compares each entity with the picture before, `ticks` ago.
    fn compare<G: Game>(&mut self, context: Context<'_, G::Map>, ticks: f32, feel: &mut Feel) {
        self.parts.sort_unstable_by_key(|part| part.key);
        let mut before = self.before.iter().peekable();
        let mut stood = false;
        for part in &self.parts {
            while before.next_if(|old| old.key < part.key).is_some() {}
            let Some(old) = before.next_if(|old| old.key == part.key) else {
                continue;
            };
            let Some(reach) = G::reach_per_tick(context, part.kind) else {
                continue;
            };
            let moved = distance::<G>(part.kind, &old.fields, &part.fields);
            let expected = part.speed.min(old.speed) * ticks;
            stood |= expected >= MOVING && moved < expected * STOOD;
            let speed = (moved - ROUNDING).max(0.0) / (reach * ticks);
            feel.jump_max = feel.jump_max.max(speed);
            feel.jumps += u64::from(speed > JUMP);
        }
        feel.janky += u64::from(stood);
    }
}
