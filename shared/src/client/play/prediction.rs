//! The own avatar, ahead of the server by the inputs that the server has not applied yet.
//!
//! Every input is meant for a tick, and the game's own rules apply it at once. When a frame brings
//! the confirmed state of its tick, the inputs for later ticks are replayed on top of it. The
//! difference from what was shown is a correction; drawing eases it over `SMOOTHING_US`.
//!
//! Between two inputs the drawing shows the effect of the controls held at that moment: a change is
//! visible in the next picture, not at the next tick.

use std::collections::VecDeque;

use super::clock::Now;
use super::drawing::{
    Correction, Drawn, Easing, SMOOTHING_US_MAX, SNAP_DISTANCE, blend, distance_between, off,
};
use super::spawned::{Spawn, Spawned};
use super::switches::Switches;
use crate::game::{Context, Game};
use crate::ids::Tick;
use crate::limits::PENDING_INPUTS_MAX;
use crate::schema::{Blend, Field, Private, State, initial_private};

/// Largest share of its top speed at which the avatar is drawn to ease a correction: with the fifth
/// by which the own clock may run faster, it stays below twice that speed.
const TAKING_BACK: f32 = 0.7;

/// The own avatar and the inputs in flight.
#[derive(Debug)]
pub(crate) struct Prediction<G: Game> {
    period_us: f32,
    /// The inputs for the ticks after the newest frame's, in order.
    pending: VecDeque<(Tick, G::Input)>,
    /// The tick of the last input, or of the newest frame if that is later.
    last: Tick,
    /// The controls that were set last.
    newest: G::Input,
    /// The same, merged with what was held since the last input: the next input sends it.
    held: G::Input,
    /// Whether no controls were set since the last input.
    sent: bool,
    /// The avatar, and its player's private state, after the last input.
    ahead: Option<State>,
    private: Private,
    easing: Easing,
    /// What the avatar has spawned, as far as it is not simply drawn with the others.
    pub(crate) spawned: Spawned<G>,
}

/// The own player's state in a frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Truth<'a> {
    pub(crate) tick: Tick,
    pub(crate) avatar: Option<&'a State>,
    /// Whether the avatar has entered the view with this frame.
    pub(crate) is_new: bool,
    pub(crate) private: &'a Private,
}

impl<G: Game> Prediction<G> {
    pub(crate) fn new(period_us: u64) -> Self {
        Self {
            period_us: period_us as f32,
            pending: VecDeque::new(),
            last: Tick(0),
            newest: G::Input::default(),
            held: G::Input::default(),
            sent: true,
            ahead: None,
            private: initial_private(G::SCHEMA.private),
            easing: Easing::default(),
            spawned: Spawned::new(period_us),
        }
    }

    /// How many inputs are for ticks after the newest frame's.
    pub(crate) fn pending(&self) -> usize {
        self.pending.len()
    }

    /// The tick of the last input, or of the newest frame if that is later.
    pub(crate) fn last(&self) -> Tick {
        self.last
    }

    /// The avatar with all inputs applied.
    pub(crate) fn now(&self) -> Option<&State> {
        self.ahead.as_ref()
    }

    /// Sets the controls held at this moment. Returns whether they have changed.
    pub(crate) fn hold(&mut self, input: G::Input) -> bool {
        let changed = self.newest != input;
        self.newest = input;
        self.held = if self.sent { input } else { G::merge(&self.held, &input) };
        self.sent = false;
        changed
    }

    /// Drops what was pressed while no input could be made.
    pub(crate) fn forget_presses(&mut self) {
        (self.held, self.sent) = (self.newest, true);
    }

    /// The own clock has gone back to this tick: inputs for later ones are made again.
    pub(crate) fn go_back(&mut self, to: Tick) {
        self.pending.retain(|(tick, _)| *tick <= to);
        self.last = to;
    }

    /// Applies the held controls as the input for the context's tick, which is after the last.
    pub(crate) fn input(&mut self, context: Context<'_, G::Map>) -> G::Input {
        let tick = context.tick;
        if self.pending.len() == PENDING_INPUTS_MAX {
            self.pending.pop_front();
        }
        let from = self.last.max(Tick(tick.0.saturating_sub(PENDING_INPUTS_MAX as u32)));
        self.pending.push_back((tick, self.held));
        self.last = tick;
        let Self { ahead, private, spawned, held, .. } = self;
        if let Some(ahead) = ahead {
            for at in (from.0 + 1..=tick.0).map(Tick) {
                let input = (at == tick).then_some(&*held);
                step::<G>(context.at(at), (ahead, private), input, |spawn| spawned.begin(spawn));
            }
        }
        let input = *held;
        (self.held, self.sent) = (self.newest, true);
        input
    }

    /// Starts again from the server's state and replays the inputs for later ticks.
    pub(crate) fn reconcile(
        &mut self,
        context: Context<'_, G::Map>,
        truth: &Truth<'_>,
        switches: Switches,
        now: Now,
    ) -> Option<Correction> {
        while self.pending.front().is_some_and(|(tick, _)| *tick <= truth.tick) {
            self.pending.pop_front();
        }
        let shown = self.blended(context, now.own_ticks);
        let farthest = Tick(truth.tick.0.saturating_add(PENDING_INPUTS_MAX as u32));
        self.last = self.last.clamp(truth.tick, farthest);
        if !switches.reconciliation && self.ahead.is_some() && truth.avatar.is_some() {
            self.spawned.expire(truth.tick);
            return None;
        }
        self.private = *truth.private;
        let Some(avatar) = truth.avatar else {
            self.ahead = None;
            self.spawned.replay(context, Vec::new(), now.us);
            return None;
        };
        let mut ahead = *avatar;
        let mut spawns = Vec::new();
        let mut pending = self.pending.iter().peekable();
        for tick in (truth.tick.0 + 1..=self.last.0).map(Tick) {
            let input = pending.next_if(|(at, _)| *at == tick).map(|(_, input)| input);
            let spawn = |spawn| spawns.push(spawn);
            step::<G>(context.at(tick), (&mut ahead, &mut self.private), input, spawn);
        }
        self.spawned.replay(context, spawns, now.us);
        let old = self.ahead.replace(ahead)?;
        let fields = G::SCHEMA.fields(ahead.kind);
        let size = difference(fields, &old, &ahead);
        if truth.is_new && size > SNAP_DISTANCE as u32 {
            // A new avatar: a birth is no error.
            self.easing = Easing::default();
            return None;
        }
        let off = off(fields, &shown?, &self.blended(context, now.own_ticks)?);
        let speed =
            G::reach_per_tick(context, ahead.kind).unwrap_or(0.0) * TAKING_BACK / self.period_us;
        let snapped = self.easing.revise(&off, SNAP_DISTANCE.max(speed * SMOOTHING_US_MAX), now.us);
        if speed > 0.0 {
            self.easing.stretch(speed);
        }
        (size > 0).then_some(Correction { size, snapped })
    }

    /// Kind and fields of the avatar to draw, and how far it moves in a tick.
    pub(crate) fn draw(&self, context: Context<'_, G::Map>, now: Now) -> Option<(u8, Drawn, f32)> {
        let ahead = self.ahead.as_ref()?;
        let mut fields = self.blended(context, now.own_ticks)?;
        self.easing.apply(&mut fields, now.us);
        Some((ahead.kind, fields, distance_between::<G>(ahead, &self.next(context, ahead))))
    }

    /// Passes to `put` the avatar after each input in flight.
    pub(crate) fn path(
        &self,
        context: Context<'_, G::Map>,
        avatar: &State,
        mut put: impl FnMut(&State),
    ) {
        let mut now = *avatar;
        for (tick, input) in &self.pending {
            G::control(&mut now, input);
            G::predict(context.at(*tick), &mut now);
            put(&now);
        }
    }

    /// The fields after the last input, moved on by the controls held at this moment.
    fn blended(&self, context: Context<'_, G::Map>, own_ticks: f64) -> Option<Drawn> {
        let now = self.ahead.as_ref()?;
        let share = (own_ticks - f64::from(self.last.0)).clamp(0.0, 1.0) as f32;
        Some(blend(G::SCHEMA.fields(now.kind), now, &self.next(context, now), share))
    }

    fn next(&self, context: Context<'_, G::Map>, now: &State) -> State {
        let mut next = *now;
        G::control(&mut next, &self.held);
        G::predict(context.at(self.last.next()), &mut next);
        next
    }
}

/// Moves the avatar and its player's private state on to the end of the context's tick; without an input it keeps its
/// controls.
fn step<G: Game>(
    context: Context<'_, G::Map>,
    (state, private): (&mut State, &mut Private),
    input: Option<&G::Input>,
    mut spawn: impl FnMut(Spawn),
) {
    if let Some(input) = input {
        G::control(state, input);
    }
    G::predict(context, state);
    let tick = context.tick;
    G::act(context, state, private, &mut |state| spawn(Spawn { tick, state }));
}

/// The largest difference of a linearly blended field.
fn difference(fields: &[Field], a: &State, b: &State) -> u32 {
    let pairs = fields.iter().zip(a.fields.iter().zip(&b.fields));
    let places = pairs.filter(|(field, _)| field.blend == Blend::Linear);
    places.map(|(_, (a, b))| a.abs_diff(*b)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests;
