//! How the game feels, in figures: what a person at the screen would notice of the netcode.

use serde::Serialize;

use super::histogram::Histogram;
use crate::client::play::drawing::{Correction, Drawn, distance};
use crate::game::Game;
use crate::ids::Tick;

/// A ship that should have moved at least so far (grid units) since the last picture is watched.
const MOVING: f32 = 2.0;
/// It did not move if it went less than this share of that way.
const STOOD: f32 = 0.02;
/// What a ship may move beyond its speed (grid units): coordinates are whole numbers.
const ROUNDING: f32 = 8.0;
/// A gap between frames that is another stall, microseconds.
const STALL_US: u64 = 100_000;
/// A picture that comes so long after the one before is the first of another life, microseconds.
const PAUSE_US: u64 = 250_000;
/// How many times the way of its top speed a ship may go.
const JUMP: f32 = 2.0;

/// Counters of what was drawn, since they were last taken.
#[derive(Clone, Debug, Default)]
pub struct Feel {
    /// Pictures drawn with others in view. One that comes long after the one before begins anew: the
    /// page was hidden, or its machine halted.
    pub pictures: u64,
    /// Pictures for which the newest frame was too old to draw the others from.
    pub starved: u64,
    /// Pictures in which an entity that should have moved did not.
    pub janky: u64,
    /// Entities that moved more than twice the way of their top speed from one picture to the next.
    pub jumps: u64,
    /// The largest way of an entity, in shares of that of its top speed.
    pub jump_max: f32,
    /// Sizes of the corrections of the own avatar while it touched nobody, grid units.
    pub corrections: Histogram,
    /// Corrections while it touched somebody, or just had.
    pub touching: u64,
    /// Corrections too large to be eased.
    pub snaps: u64,
    /// How far the others were drawn behind the frames that arrive on the fastest way, microseconds.
    pub behind_us: Histogram,
    /// From a change of the controls until a picture shows what it does, one picture's time for the
    /// screen included: an estimate, microseconds.
    pub input_to_photon_us: Histogram,
    /// From the first frame after a buffer that ran dry, or after the last gap of more than 100 ms
    /// until then, to a picture drawn from frames again, hundredths of the time between two ticks.
    pub recovery_ticks_100: Histogram,
    /// Inputs made.
    pub inputs: u64,
    /// Inputs that came too late for their tick or far too early, as the server says.
    pub late_inputs: u64,
    /// Spawned things that the server has confirmed.
    pub matched: u64,
    /// Spawned things that it has not.
    pub withdrawn: u64,
    /// Time between the first frame and the last, microseconds.
    pub played_us: u64,
}

/// [`Feel`] as people read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct FeelFigures {
    /// Corrections of the own avatar per second, those while touching somebody left out.
    pub corrections_per_s: f64,
    /// The middle of their sizes, grid units.
    pub correction_p50: u32,
    /// What 99 in 100 of them do not exceed, grid units.
    pub correction_p99: u32,
    /// Corrections while touching somebody, per second.
    pub touching_per_s: f64,
    /// Corrections too large to be eased.
    pub snaps: u64,
    /// Share of the pictures with too old a newest frame.
    pub starved_share: f64,
    /// Share of the pictures in which an entity that should have moved did not.
    pub jank_share: f64,
    /// Entities that jumped.
    pub jumps: u64,
    /// The largest way from one picture to the next, in shares of that of the top speed.
    pub jump_max: f32,
    /// How far the others were drawn behind the frames that arrive: the middle, ms.
    pub behind_ms_p50: f64,
    /// What 99 in 100 of these times do not exceed, ms.
    pub behind_ms_p99: f64,
    /// Middle of the times from a change of the controls to the screen, ms.
    pub input_to_photon_ms_p50: f64,
    /// Time to recover from a buffer that ran dry that 99 in 100 do not exceed, ticks.
    pub recovery_ticks_p99: f64,
    /// Share of the inputs that came too late for their tick, or far too early.
    pub late_input_share: f64,
    /// Spawned things that the server has confirmed.
    pub matched: u64,
    /// Spawned things that it has not.
    pub withdrawn: u64,
}

impl Feel {
    /// Adds all of `other`.
    pub fn absorb(&mut self, other: &Self) {
        let Self {
            pictures,
            starved,
            janky,
            jumps,
            jump_max,
            corrections,
            touching,
            snaps,
            behind_us,
            input_to_photon_us,
            recovery_ticks_100,
            inputs,
            late_inputs,
            matched,
            withdrawn,
            played_us,
        } = other;
        self.pictures += pictures;
        self.starved += starved;
        self.janky += janky;
        self.jumps += jumps;
        self.jump_max = self.jump_max.max(*jump_max);
        self.corrections.absorb(corrections);
        self.touching += touching;
        self.snaps += snaps;
        self.behind_us.absorb(behind_us);
        self.input_to_photon_us.absorb(input_to_photon_us);
        self.recovery_ticks_100.absorb(recovery_ticks_100);
        self.inputs += inputs;
        self.late_inputs += late_inputs;
        self.matched += matched;
        self.withdrawn += withdrawn;
        self.played_us += played_us;
    }

    /// The figures.
    #[must_use]
    pub fn figures(&self) -> FeelFigures {
        let share = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
        let per_s = |count: u64| count as f64 * 1e6 / self.played_us.max(1) as f64;
        FeelFigures {
            corrections_per_s: per_s(self.corrections.total()),
            correction_p50: self.corrections.quantile(0.5),
            correction_p99: self.corrections.quantile(0.99),
            touching_per_s: per_s(self.touching),
            snaps: self.snaps,
            starved_share: share(self.starved, self.pictures),
            jank_share: share(self.janky, self.pictures),
            jumps: self.jumps,
            jump_max: self.jump_max,
            behind_ms_p50: f64::from(self.behind_us.quantile(0.5)) / 1e3,
            behind_ms_p99: f64::from(self.behind_us.quantile(0.99)) / 1e3,
            input_to_photon_ms_p50: f64::from(self.input_to_photon_us.quantile(0.5)) / 1e3,
            recovery_ticks_p99: f64::from(self.recovery_ticks_100.quantile(0.99)) / 1e2,
            late_input_share: share(self.late_inputs, self.inputs),
            matched: self.matched,
            withdrawn: self.withdrawn,
        }
    }

    pub(crate) fn corrected(&mut self, correction: Correction, touching: bool) {
        self.snaps += u64::from(correction.snapped);
        if touching {
            self.touching += 1;
        } else {
            self.corrections.record(correction.size);
        }
    }
}

/// What a picture is compared with: the one before.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    parts: Vec<Part>,
    before: Vec<Part>,
    at_us: Option<u64>,
    /// Mean time between two pictures, microseconds.
    screen_us: f64,
    starved: bool,
    recovering_since_us: Option<u64>,
    /// The input that holds a change of the controls which no picture has shown, and when it was.
    changed: Option<(Tick, u64)>,
}

/// What there is to say of a picture as a whole.
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
    /// The tick up to which it shows what the player's inputs do; `None` without an avatar.
    pub(crate) shows: Option<Tick>,
}

#[derive(Clone, Copy, Debug)]
struct Part {
    key: u32,
    kind: u8,
    fields: Drawn,
    /// Distance that it should go in a tick, grid units.
    speed: f32,
}

impl Watch {
    /// The controls have changed; the input for `tick` holds them.
    pub(crate) fn changed(&mut self, tick: Tick, now_us: u64) {
        self.changed.get_or_insert((tick, now_us));
    }

    /// A frame came, so long after the one before.
    pub(crate) fn framed(&mut self, gap_us: u64, now_us: u64) {
        if self.starved && gap_us > STALL_US {
            self.recovering_since_us = None;
        }
        if self.starved {
            self.recovering_since_us.get_or_insert(now_us);
        }
    }

    /// An entity is drawn: entities come in any order, each once.
    pub(crate) fn drew(&mut self, key: u32, kind: u8, fields: &Drawn, speed: f32) {
        self.parts.push(Part { key, kind, fields: *fields, speed });
    }

    /// The picture is done.
    pub(crate) fn finish<G: Game>(
        &mut self,
        map: &G::Map,
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
            self.compare::<G>(map, passed_us as f32 / period_us.max(1) as f32, feel);
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
            feel.input_to_photon_us.record(u32::try_from(shown_us).unwrap_or(u32::MAX));
        }
        std::mem::swap(&mut self.parts, &mut self.before);
        self.parts.clear();
    }

    /// Compares each entity with the picture before, `ticks` ago.
    fn compare<G: Game>(&mut self, map: &G::Map, ticks: f32, feel: &mut Feel) {
        self.parts.sort_unstable_by_key(|part| part.key);
        let mut before = self.before.iter().peekable();
        let mut stood = false;
        for part in &self.parts {
            while before.next_if(|old| old.key < part.key).is_some() {}
            let Some(old) = before.next_if(|old| old.key == part.key) else {
                continue;
            };
            let Some(reach) = G::reach_per_tick(map, part.kind) else {
                continue;
            };
            let way = distance::<G>(part.kind, &old.fields, &part.fields);
            let expected = part.speed.min(old.speed) * ticks;
            stood |= expected >= MOVING && way < expected * STOOD;
            let speed = (way - ROUNDING).max(0.0) / (reach * ticks);
            feel.jump_max = feel.jump_max.max(speed);
            feel.jumps += u64::from(speed > JUMP);
        }
        feel.janky += u64::from(stood);
    }
}
