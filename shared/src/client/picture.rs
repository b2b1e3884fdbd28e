//! What there is to draw: the picture, and for those who look into the netcode what lies behind
//! it.

use serde::Serialize;

use super::Client;
use super::measure::feel::Picture;
use super::play::drawing::{Drawn, fields_as_drawn};
use super::play::spawned::FIRST_KEY;
use super::play::timeline::EXTRAPOLATION_US;
use super::receive::replica::Seen;
use super::session::Session;
use crate::game::Game;
use crate::limits::FIELDS_MAX;
use crate::schema::State;

/// Numbers per entity that [`Client::draw`] writes.
pub const DRAW_STRIDE: usize = 3 + FIELDS_MAX;

/// Parts of the netcode that can be turned off, to see what they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switches {
    /// The own avatar is drawn ahead of the server.
    pub prediction: bool,
    /// The prediction is corrected by what the server says.
    pub reconciliation: bool,
    /// The others are drawn between two frames instead of as of the newest.
    pub interpolation: bool,
    /// The server judges aims by what was on the screen.
    pub lag_compensation: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self { prediction: true, reconciliation: true, interpolation: true, lag_compensation: true }
    }
}

/// How the clocks stand with the last picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Live {
    /// The newest frame, ticks.
    pub newest: f64,
    /// What the others are drawn as of, ticks.
    pub shown: f64,
    /// What the own avatar is drawn as of, ticks.
    pub own: f64,
    /// How far behind the arriving frames the others are to be drawn, ms.
    pub delay_ms: f64,
    /// How far the newest frame is ahead of what is drawn, ms; negative when it has run dry.
    pub buffer_ms: f64,
    /// How far inputs are made ahead of the arriving frames, ms.
    pub lead_ms: f64,
    /// By how much the latest of the last inputs came before its tick began, ms.
    pub margin_ms: f64,
    /// Inputs on their way.
    pub pending: f64,
    /// Corrections so far.
    pub corrections: f64,
    /// Size of the last one, grid units.
    pub correction: f64,
    /// Pictures without a frame new enough so far.
    pub starved: f64,
}

impl<G: Game> Client<G> {
    /// Turns parts of the netcode on or off.
    pub fn switch(&mut self, switches: Switches) {
        self.switches = switches;
    }

    /// The picture at `now_us`: for each entity in view, [`DRAW_STRIDE`] numbers: key, kind, 1 if
    /// it is the own avatar, then the `FIELDS_MAX` fields, blended as the schema says. The own
    /// avatar and what it fires are predicted, the others are interpolated.
    pub fn draw(&mut self, now_us: u64, out: &mut Vec<f32>) {
        out.clear();
        let switches = self.switches;
        let Some(session) = self.session.as_mut().filter(|session| session.replica.newest.synced)
        else {
            return;
        };
        let own_ticks = session.own_ticks(now_us);
        let (shown_us, starved) = session.advance_shown(switches, now_us);
        let behind_us = session.arrivals.server_us(now_us) - shown_us;
        let (mut others, mut shows) = (false, None);
        let Session { map, period_us, replica, prediction, timeline, watch, own_key, .. } = session;
        let (shown_ticks, own_key) = (shown_us / *period_us as f64, *own_key);
        let mut put = |key: u32, kind, own, fields: &Drawn, speed| {
            watch.drew(key, kind, fields, speed);
            put_drawn(key, kind, own, fields, out);
        };
        timeline.draw::<G>(map, shown_us, now_us, |key, kind, fields, speed| {
            if Some(key) != own_key && !(switches.prediction && prediction.spawned.draws(key)) {
                others = true;
                put(key % FIRST_KEY, kind, false, fields, speed);
            }
        });
        if let (Some(key), Some(avatar)) = (own_key, replica.own()) {
            let drawn = prediction.draw(map, own_ticks, now_us).filter(|_| switches.prediction);
            match drawn {
                Some((kind, fields, speed)) => {
                    shows = Some(prediction.last().next());
                    put(key % FIRST_KEY, kind, true, &fields, speed);
                }
                None => {
                    shows = Some(replica.newest.ack);
                    put(key % FIRST_KEY, avatar.kind, true, &fields_as_drawn(avatar), 0.0);
                }
            }
        }
        if switches.prediction {
            let spawned = &mut prediction.spawned;
            spawned.draw(map, own_ticks, shown_ticks, now_us, |key, kind, fields| {
                put(key, kind, false, fields, 0.0);
            });
        }
        let picture = Picture { period_us: session.period_us, starved, others, behind_us, shows };
        session.watch.finish::<G>(&session.map, &picture, now_us, &mut self.feel);
        self.stats.buffer_us = session.buffer_us().max(0.0) as u32;
    }

    /// The truth as of the newest frame, as [`Client::draw`] writes it: what the server has said,
    /// neither predicted nor interpolated.
    pub fn truth(&self, out: &mut Vec<f32>) {
        out.clear();
        let Some(session) = &self.session else { return };
        let own_key = session.replica.own_key();
        for Seen { key, state } in session.replica.visible.iter() {
            let own = Some(*key) == own_key;
            put_drawn(key % FIRST_KEY, state.kind, own, &fields_as_drawn(state), out);
        }
    }

    /// The places (x and y, grid units) of the own avatar: as of the newest frame, then after each
    /// input on its way.
    pub fn path(&self, out: &mut Vec<f32>) {
        out.clear();
        let Some(session) = &self.session else { return };
        let mut put = |state: &State| {
            let place = G::position(state);
            out.extend([place.x as f32, place.y as f32]);
        };
        if let Some(avatar) = session.replica.own() {
            put(avatar);
            session.prediction.path(&session.map, avatar, put);
        }
    }

    /// How the clocks stand with the last picture.
    #[must_use]
    pub fn live(&mut self, now_us: u64) -> Live {
        let Some(session) = self.session.as_mut().filter(|session| session.replica.newest.synced)
        else {
            return Live::default();
        };
        let ticks = |us: f64| us / session.period_us as f64;
        let shown = ticks(session.shown_us.unwrap_or(0.0));
        Live {
            newest: f64::from(session.replica.newest.tick.0),
            shown,
            own: session.own_ticks(now_us),
            delay_ms: session.arrivals.buffer_us() / 1e3,
            buffer_ms: session.buffer_us() / 1e3,
            lead_ms: session.lead_us(now_us) / 1e3,
            margin_ms: f64::from(self.stats.margin_us) / 1e3,
            pending: session.prediction.pending() as f64,
            corrections: self.stats.corrections as f64,
            correction: f64::from(self.stats.correction_last),
            starved: self.feel.starved as f64,
        }
    }
}

impl<G: Game> Session<G> {
    /// Moves the clock of the others on. Returns what to draw them as of, and whether the newest
    /// frame is older than that.
    fn advance_shown(&mut self, switches: Switches, now_us: u64) -> (f64, bool) {
        let wanted_us = self.arrivals.server_us(now_us) - self.arrivals.buffer_us();
        let steered_us = self.shown.advance(wanted_us, now_us);
        let newest_us = self.newest_us();
        let shown_us = if switches.interpolation { steered_us } else { newest_us };
        // The picture itself holds where the clock runs on.
        self.shown_us = Some(shown_us.min(newest_us + EXTRAPOLATION_US));
        (shown_us, shown_us > newest_us)
    }

    fn newest_us(&self) -> f64 {
        f64::from(self.replica.newest.tick.0) * self.period_us as f64
    }

    /// How far the newest frame is ahead of the last picture, microseconds.
    fn buffer_us(&self) -> f64 {
        self.shown_us.map_or(0.0, |shown_us| self.newest_us() - shown_us)
    }
}

fn put_drawn(key: u32, kind: u8, own: bool, fields: &Drawn, out: &mut Vec<f32>) {
    // 24 bits are exact in a float: keys are below that. One that wraps is long out of view.
    out.extend([key as f32, f32::from(kind), f32::from(u8::from(own))]);
    out.extend_from_slice(fields);
}
