//! What a front end draws: the picture and, for people who examine the netcode, what lies behind
//! it.

use serde::Serialize;

use super::measure::feel::Feel;
use super::measure::measured::Measured;
use super::measure::pictures::Picture;
use super::play::clock::Now;
use super::play::drawing::{Drawn, fields_as_drawn};
use super::play::spawned::FIRST_KEY;
use super::play::switches::Switches;
use super::receive::replica::Seen;
use super::session::Session;
use crate::game::Game;
use crate::limits::FIELDS_MAX;
use crate::schema::State;

/// What [`super::Client::draw`] writes of an entity before its fields: its key, its kind, and 1 if
/// it is the own avatar.
pub const DRAW_HEAD: [&str; 3] = ["key", "kind", "own"];
/// Numbers per entity that [`super::Client::draw`] writes.
pub const DRAW_STRIDE: usize = DRAW_HEAD.len() + FIELDS_MAX;

/// The state of the clocks at the last picture. Pages see the fields' names without units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Live {
    /// The newest frame, ticks.
    pub newest: f64,
    /// View time: the time at which the others are drawn, ticks.
    #[serde(rename = "view")]
    pub view_time: f64,
    /// The time at which the own avatar is drawn, ticks.
    pub own: f64,
    /// Interpolation delay: how far behind the frames that arrive the others should be drawn, ms.
    #[serde(rename = "delay")]
    pub delay_ms: f64,
    /// How far the newest frame is ahead of the view time, ms; negative when the buffer has run
    /// dry.
    #[serde(rename = "buffer")]
    pub buffer_ms: f64,
    /// How far ahead of the frames that arrive inputs are made, ms.
    #[serde(rename = "lead")]
    pub lead_ms: f64,
    /// Smallest margin of the last inputs, as the server reports it, ms.
    #[serde(rename = "margin")]
    pub margin_ms: f64,
    /// Inputs in flight.
    pub pending: f64,
    /// Corrections so far.
    pub corrections: f64,
    /// Size of the last one, grid units.
    pub correction: f64,
    /// Pictures so far without a frame new enough.
    pub starved: f64,
}

/// The picture of a session at `now_us`, as [`Client::draw`] writes it.
///
/// [`Client::draw`]: super::Client::draw
pub(super) fn draw<G: Game>(
    session: &mut Session<G>,
    switches: Switches,
    now_us: u64,
    feel: &mut Feel,
    out: &mut Vec<f32>,
) {
    let now = Now { us: now_us, own_ticks: session.own_ticks(now_us) };
    let (view_time_us, starved) = session.advance_view_time(switches, now_us);
    let behind_us = session.arrivals.server_us(now_us) - view_time_us;
    let (mut others, mut shows) = (false, None);
    let Session { world, period_us, replica, prediction, timeline, pictures, own_keys, .. } =
        session;
    let context = world.at(replica.newest.tick);
    let (view_time_ticks, own_keys) = (view_time_us / *period_us as f64, *own_keys);
    let mut put = |key: u32, kind, own, fields: &Drawn, speed| {
        pictures.drew(key, kind, fields, speed);
        put_drawn(key, kind, own, fields, out);
    };
    if timeline.starts() {
        // The next frame may be a second away.
        timeline.push::<G>(context, replica.present(context));
    }
    timeline.draw::<G>(context, view_time_us, now_us, |key, kind, fields, speed| {
        let is_own = own_keys.contains(&Some(key));
        let is_drawn = is_own || switches.prediction && prediction.spawned.draws(key);
        if !is_drawn {
            others = true;
            put(key % FIRST_KEY, kind, false, fields, speed);
        }
    });
    if let (Some(key), Some(avatar)) = (own_keys[0], replica.own()) {
        let drawn = prediction.draw(context, now).filter(|_| switches.prediction);
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
        spawned.draw(context, now, view_time_ticks, |key, kind, fields| {
            put(key, kind, false, fields, 0.0);
        });
    }
    let picture = Picture { period_us: *period_us, starved, others, behind_us, shows };
    pictures.finish::<G>(context, &picture, now_us, feel);
}

/// The confirmed state, as [`Client::truth`] writes it.
///
/// [`Client::truth`]: super::Client::truth
pub(super) fn truth<G: Game>(session: &Session<G>, out: &mut Vec<f32>) {
    let own_key = session.replica.own_key();
    for Seen { key, state } in session.replica.visible.iter() {
        let own = Some(*key) == own_key;
        put_drawn(key % FIRST_KEY, state.kind, own, &fields_as_drawn(state), out);
    }
}

/// The places of the own avatar, as [`Client::path`] writes them.
///
/// [`Client::path`]: super::Client::path
pub(super) fn path<G: Game>(session: &Session<G>, out: &mut Vec<f32>) {
    let mut put = |state: &State| {
        let place = G::position(state);
        out.extend([place.x as f32, place.y as f32]);
    };
    if let Some(avatar) = session.replica.own() {
        put(avatar);
        let context = session.world.at(session.replica.newest.tick);
        session.prediction.path(context, avatar, put);
    }
}

/// The state of the clocks at the last picture.
pub(super) fn live<G: Game>(
    session: &mut Session<G>,
    Measured { stats, feel }: &Measured,
    now_us: u64,
) -> Live {
    let period_us = session.period_us as f64;
    Live {
        newest: f64::from(session.replica.newest.tick.0),
        view_time: session.view_time_us.unwrap_or(0.0) / period_us,
        own: session.own_ticks(now_us),
        delay_ms: session.arrivals.buffer_us() / 1e3,
        buffer_ms: session.buffer_us() / 1e3,
        lead_ms: session.lead_us(now_us) / 1e3,
        margin_ms: f64::from(stats.margin_us) / 1e3,
        pending: session.prediction.pending() as f64,
        corrections: stats.corrections as f64,
        correction: f64::from(stats.correction_last),
        starved: feel.starved as f64,
    }
}

fn put_drawn(key: u32, kind: u8, own: bool, fields: &Drawn, out: &mut Vec<f32>) {
    // A float holds 24 bits exactly, and keys are below that. When a key wraps around, the entity
    // that had it first has long left the view.
    out.extend([key as f32, f32::from(kind), f32::from(u8::from(own))]);
    out.extend_from_slice(fields);
}
