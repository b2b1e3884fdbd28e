//! How the game feels, in figures: what a person at the screen would notice of the netcode.

use serde::Serialize;

use super::histogram::Histogram;

/// Counters of what was drawn, since they were last taken.
#[derive(Clone, Debug, Default)]
pub struct Feel {
    /// Pictures drawn with others in view. A picture long after the one before starts a new
    /// comparison: the page was hidden, or its machine halted.
    pub pictures: u64,
    /// Pictures for which the newest frame was too old to draw the others from.
    pub starved: u64,
    /// Pictures in which an entity that should have moved did not.
    pub janky: u64,
    /// Entities that moved more than twice as far as their top speed allows from one picture to the
    /// next.
    pub jumps: u64,
    /// The largest movement of an entity between two pictures, as a multiple of what its top speed
    /// allows.
    pub jump_max: f32,
    /// Sizes of the corrections of the own avatar while it touched nobody, grid units.
    pub corrections: Histogram,
    /// Corrections while it touched somebody, or had just done so.
    pub touching: u64,
    /// Corrections too large to be eased.
    pub snaps: u64,
    /// How far the others were drawn behind the frames that arrive with the lowest latency,
    /// microseconds.
    pub behind_us: Histogram,
    /// Estimated time from a change of the controls to the picture that shows its effect,
    /// microseconds; includes one picture's time for the screen.
    pub input_to_display_us: Histogram,
    /// Time of recovery after the buffer ran dry, hundredths of the time between two ticks: from
    /// the first frame after that, or after the last gap of more than 100 ms until then, to the
    /// next picture drawn from frames.
    pub recovery_ticks_100: Histogram,
    /// Inputs made.
    pub inputs: u64,
    /// Inputs that arrived too late for their tick or far too early, as the server reports.
    pub late_inputs: u64,
    /// Predicted spawns that the server has confirmed.
    pub matched: u64,
    /// Predicted spawns that it has not confirmed.
    pub withdrawn: u64,
    /// Time between the first frame and the last, microseconds.
    pub played_us: u64,
}

/// [`Feel`] in the form that people read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct FeelFigures {
    /// Corrections of the own avatar per second, without those while touching somebody.
    pub corrections_per_s: f64,
    /// Median of their sizes, grid units.
    pub correction_p50: u32,
    /// 99th percentile of their sizes, grid units.
    pub correction_p99: u32,
    /// Corrections while touching somebody, per second.
    pub touching_per_s: f64,
    /// Corrections too large to be eased.
    pub snaps: u64,
    /// Share of the pictures for which the newest frame was too old.
    pub starved_share: f64,
    /// Share of the pictures in which an entity that should have moved did not.
    pub jank_share: f64,
    /// Entities that jumped.
    pub jumps: u64,
    /// The largest movement from one picture to the next, as a multiple of what the top speed
    /// allows.
    pub jump_max: f32,
    /// Median of how far the others were drawn behind the frames that arrive, ms.
    pub behind_ms_p50: f64,
    /// 99th percentile of the same, ms.
    pub behind_ms_p99: f64,
    /// Median time from a change of the controls to the screen, ms.
    pub input_to_display_ms_p50: f64,
    /// 99th percentile of the time of recovery after the buffer ran dry, ticks.
    pub recovery_ticks_p99: f64,
    /// Share of the inputs that arrived too late for their tick, or far too early.
    pub late_input_share: f64,
    /// Predicted spawns that the server has confirmed.
    pub matched: u64,
    /// Predicted spawns that it has not confirmed.
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
            input_to_display_us,
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
        self.input_to_display_us.absorb(input_to_display_us);
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
            input_to_display_ms_p50: f64::from(self.input_to_display_us.quantile(0.5)) / 1e3,
            recovery_ticks_p99: f64::from(self.recovery_ticks_100.quantile(0.99)) / 1e2,
            late_input_share: share(self.late_inputs, self.inputs),
            matched: self.matched,
            withdrawn: self.withdrawn,
        }
    }
}
