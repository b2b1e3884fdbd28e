//! Predicted spawns: what the own avatar fires, shown before the server confirms it.
//!
//! The rules say what an avatar's controls spawn (`Game::act`). It is drawn from that moment on, in
//! the avatar's own time, under its own key. When the server shows an entity of the same kind that
//! this player spawned, the two become one; when it does not, the predicted spawn is withdrawn.
//! Over the life of a spawn its time falls back from the own clock to the view time, so that it
//! meets the others where they are seen.

use std::marker::PhantomData;

use super::clock::Now;
use super::drawing::{Drawn, Easing, SNAP_DISTANCE, ahead, distance, off};
use crate::client::receive::replica::Seen;
use crate::game::{Context, Game};
use crate::ids::Tick;
use crate::limits::SPAWNED_MAX;
use crate::schema::State;

/// Keys from here on belong to predicted spawns; those of the server's entities are below.
pub(crate) const FIRST_KEY: u32 = 1 << 23;

/// Distance some ticks later beyond which two spawns are different ones, unless one moves further
/// in a tick, grid units.
const ANOTHER: f32 = 1_024.0;

/// The state of a spawn as of a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spawn {
    pub(crate) tick: Tick,
    pub(crate) state: State,
}

#[derive(Debug)]
struct PredictedSpawn {
    key: u32,
    /// The tick in which it was spawned.
    since: Tick,
    /// Its last known state: all else follows by prediction.
    base: Spawn,
    /// The key of the server's entity, once it has been seen.
    seen: Option<u32>,
    /// The tick in which the server's entity was gone.
    ended: Option<Tick>,
    /// The time of its last picture, ticks.
    drawn_ticks: f64,
    easing: Easing,
}

/// All spawns that are shown before, or instead of, the server's entities.
#[derive(Debug)]
pub(crate) struct Spawned<G> {
    spawns: Vec<PredictedSpawn>,
    wait_ticks: u32,
    next_key: u32,
    /// How many the server has confirmed and nobody has counted yet.
    pub(crate) matched: u64,
    /// How many it has not confirmed.
    pub(crate) withdrawn: u64,
    game: PhantomData<fn() -> G>,
}

/// How long a spawn waits for the server to confirm it, microseconds.
const WAIT_US: u64 = 350_000;

impl<G: Game> Spawned<G> {
    pub(crate) fn new(period_us: u64) -> Self {
        Self {
            spawns: Vec::new(),
            wait_ticks: WAIT_US.div_ceil(period_us.max(1)) as u32,
            next_key: 0,
            matched: 0,
            withdrawn: 0,
            game: PhantomData,
        }
    }

    /// An input has spawned this.
    pub(crate) fn begin(&mut self, spawn: Spawn) {
        if self.spawns.len() < SPAWNED_MAX {
            self.next_key = self.next_key.wrapping_add(1);
            self.spawns.push(PredictedSpawn {
                key: FIRST_KEY | (self.next_key & (FIRST_KEY - 1)),
                since: spawn.tick,
                base: spawn,
                seen: None,
                ended: None,
                drawn_ticks: f64::from(spawn.tick.0),
                easing: Easing::default(),
            });
        }
    }

    /// The inputs after the context's tick were replayed and have spawned these.
    pub(crate) fn replay(&mut self, context: Context<'_, G::Map>, spawns: Vec<Spawn>, now_us: u64) {
        let tick = context.tick;
        let mut spawns: Vec<_> = spawns.into_iter().map(Some).collect();
        let same = |predicted: &PredictedSpawn, spawn: &Spawn| {
            spawn.tick == predicted.since && is_same::<G>(context, &predicted.base, spawn)
        };
        let before = self.spawns.len();
        self.spawns.retain_mut(|predicted| {
            if predicted.seen.is_some() || predicted.since <= tick {
                return true;
            }
            let mut again = spawns.iter_mut();
            let again =
                again.find(|spawn| spawn.as_ref().is_some_and(|spawn| same(predicted, spawn)));
            let again = again.and_then(Option::take);
            if let Some(spawn) = again {
                predicted.correct::<G>(context, spawn, now_us);
            }
            again.is_some()
        });
        self.withdrawn += (before - self.spawns.len()) as u64;
        spawns.into_iter().flatten().for_each(|spawn| self.begin(spawn));
        self.expire(tick);
    }

    /// Withdraws what the server should have confirmed by this tick and has not.
    pub(crate) fn expire(&mut self, tick: Tick) {
        let before = self.spawns.len();
        let wait_ticks = self.wait_ticks;
        self.spawns.retain(|predicted| {
            predicted.seen.is_some() || tick.since(predicted.since) <= wait_ticks
        });
        self.withdrawn += (before - self.spawns.len()) as u64;
    }

    /// A frame of the context's tick has come. `visible` is what is in view of the own player's spawns, and whether each
    /// has just entered.
    pub(crate) fn see<'a>(
        &mut self,
        context: Context<'_, G::Map>,
        visible: impl Iterator<Item = (&'a Seen, bool)>,
        now_us: u64,
    ) {
        if self.spawns.is_empty() {
            return;
        }
        let tick = context.tick;
        let mut alive = Vec::new();
        for (seen, has_entered) in visible {
            alive.push(seen.key);
            if !has_entered {
                continue;
            }
            // A spawn may never have come into view: the nearest one that waits is the match.
            let confirmed = Spawn { tick, state: seen.state };
            let away =
                |predicted: &PredictedSpawn| apart::<G>(context, &predicted.base, &confirmed);
            let waits = |predicted: &&mut PredictedSpawn| {
                predicted.seen.is_none() && is_same::<G>(context, &predicted.base, &confirmed)
            };
            let waiting = self.spawns.iter_mut().filter(waits);
            if let Some(predicted) = waiting.min_by(|a, b| away(a).total_cmp(&away(b))) {
                self.matched += 1;
                predicted.seen = Some(seen.key);
                predicted.correct::<G>(context, confirmed, now_us);
            }
        }
        for predicted in &mut self.spawns {
            if predicted.seen.is_some_and(|key| !alive.contains(&key)) {
                predicted.ended.get_or_insert(tick);
            }
        }
    }

    /// Whether [`Spawned::draw`] draws this entity of the server.
    pub(crate) fn draws(&self, key: u32) -> bool {
        self.spawns.iter().any(|predicted| predicted.seen == Some(key))
    }

    /// Draws all spawns at times between the own clock and the view time.
    pub(crate) fn draw(
        &mut self,
        context: Context<'_, G::Map>,
        now: Now,
        view_time_ticks: f64,
        mut put: impl FnMut(u32, u8, &Drawn),
    ) {
        // While the others are drawn from before its end, the server's entity must stay hidden.
        let over = |predicted: &PredictedSpawn| {
            predicted.ended.is_some_and(|end| view_time_ticks >= f64::from(end.0))
        };
        self.spawns.retain(|predicted| !over(predicted));
        for predicted in &mut self.spawns {
            let ticks = predicted.ticks(now.own_ticks, view_time_ticks);
            predicted.drawn_ticks = ticks;
            if predicted.ended.is_some_and(|end| ticks >= f64::from(end.0)) {
                continue;
            }
            let mut fields = predicted.base.at::<G>(context, ticks);
            predicted.easing.apply(&mut fields, now.us);
            put(predicted.key, predicted.base.state.kind, &fields);
        }
    }
}

impl PredictedSpawn {
    /// The time at which it is drawn: the own clock in the tick in which it was spawned, then ever
    /// closer to the view time.
    fn ticks(&self, own_ticks: f64, view_time_ticks: f64) -> f64 {
        /// How many times the distance between the clocks it takes to fall back.
        const SLOWNESS: f64 = 3.0;
        let apart = (own_ticks - view_time_ticks).max(0.0);
        let age = (own_ticks - f64::from(self.since.0)).max(0.0);
        let back = if apart > 0.0 { (age / (SLOWNESS * apart)).min(1.0) } else { 1.0 };
        (own_ticks - apart * back).max(f64::from(self.since.0))
    }

    /// Takes the state that the server or a replay gives; the drawing eases the difference from
    /// what it showed last.
    fn correct<G: Game>(&mut self, context: Context<'_, G::Map>, confirmed: Spawn, now_us: u64) {
        let shown = self.base.at::<G>(context, self.drawn_ticks);
        let corrected = confirmed.at::<G>(context, self.drawn_ticks);
        if shown != corrected {
            let fields = G::SCHEMA.fields(confirmed.state.kind);
            self.easing.revise(&off(fields, &shown, &corrected), SNAP_DISTANCE, now_us);
            self.base = confirmed;
        }
    }
}

impl Spawn {
    /// Its fields at the time `ticks`, by prediction.
    fn at<G: Game>(&self, context: Context<'_, G::Map>, ticks: f64) -> Drawn {
        let later = (ticks - f64::from(self.tick.0)).clamp(0.0, 255.0);
        ahead::<G>(context.at(self.tick), &self.state, later as f32).0
    }
}

/// Whether two spawns may be the same: they are closer than `ANOTHER`, or than one moves in 1.25
/// ticks.
fn is_same<G: Game>(context: Context<'_, G::Map>, a: &Spawn, b: &Spawn) -> bool {
    let reach = G::reach_per_tick(context, a.state.kind).unwrap_or(0.0);
    apart::<G>(context, a, b) < ANOTHER.max(reach * 1.25)
}

/// Distance between two spawns some ticks later, grid units.
fn apart<G: Game>(context: Context<'_, G::Map>, a: &Spawn, b: &Spawn) -> f32 {
    /// Ticks; enough for a different direction to show.
    const LATER: u32 = 8;
    if a.state.kind != b.state.kind {
        return f32::INFINITY;
    }
    let at = f64::from(a.tick.max(b.tick).0 + LATER);
    distance::<G>(a.state.kind, &a.at::<G>(context, at), &b.at::<G>(context, at))
}
