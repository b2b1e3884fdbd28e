//! What the welcome starts: the replica, the clocks, and what is drawn of them.

use std::sync::Arc;

use super::measure::measured::Measured;
use super::measure::pictures::Pictures;
use super::play::arrivals::Arrivals;
use super::play::clock::{DilatedClock, Lead, Now};
use super::play::prediction::{Prediction, Truth};
use super::play::switches::Switches;
use super::play::timeline::{EXTRAPOLATION_US, Timeline};
use super::receive::notes::Pong;
use super::receive::replica::{Applied, Replica, Seen, is_new};
use crate::game::{Frames, Game, StaticWorld, idle_ticks_max};
use crate::ids::Tick;
use crate::limits::VIEW_TIME_STEPS;
use crate::protocol::bits::BitError;
use crate::protocol::messages::{ClientMessage, Encoding, Welcome};

/// Maximum number of inputs that are due at once; after a longer absence a client does not catch
/// up.
const DUE_MAX: f64 = 4.0;
/// Usual deviation of frames from their intervals, in multiples of the mean deviation.
const OFF_BEAT: f64 = 2.0;
/// Largest share by which the own clock, and the view clock, run faster or slower.
const OWN_DILATION: f64 = 0.2;
const VIEW_TIME_DILATION: f64 = 0.1;
/// Beyond this the clocks are lost, and jump, microseconds.
const LOST_US: f64 = 500_000.0;

/// One connection to a room.
#[derive(Debug)]
pub(super) struct Session<G: Game> {
    pub(super) welcome: Welcome,
    pub(super) world: StaticWorld<G::Map>,
    pub(super) period_us: u64,
    pub(super) replica: Replica<G>,
    pub(super) prediction: Prediction<G>,
    pub(super) timeline: Timeline,
    pub(super) arrivals: Arrivals,
    lead: Lead,
    view_clock: DilatedClock,
    /// Server time of the last picture, microseconds.
    pub(super) view_time_us: Option<f64>,
    pub(super) pictures: Pictures,
    own: DilatedClock,
    /// Whether inputs are made by the own clock: from the first held controls on.
    holds: bool,
    /// The keys of the own avatar and of the one before, also once they are gone: the frames that
    /// the others are drawn from still hold them.
    pub(super) own_keys: [Option<u32>; 2],
    /// Whether the own avatar touched somebody in the newest frame.
    touched: bool,
}

impl<G: Game> Session<G> {
    pub(super) fn new(welcome: Welcome, map: Arc<G::Map>, encoding: Encoding) -> Self {
        let period_us = welcome.period_us();
        Self {
            world: StaticWorld { map, tick_hz: welcome.tick_hz },
            welcome,
            period_us,
            replica: Replica::new(encoding),
            prediction: Prediction::new(period_us),
            timeline: Timeline::new(period_us),
            arrivals: Arrivals::new(period_us).with(G::FRAMES),
            lead: Lead::default(),
            view_clock: DilatedClock::new(VIEW_TIME_DILATION, LOST_US),
            view_time_us: None,
            pictures: Pictures::default(),
            own: DilatedClock::new(OWN_DILATION, LOST_US),
            holds: false,
            own_keys: [None; 2],
            touched: false,
        }
    }

    pub(super) fn apply<'a>(&mut self, bytes: &'a [u8]) -> Result<Applied<'a>, BitError> {
        let context = self.world.at(self.replica.newest.tick);
        self.replica.apply(context, self.welcome.player, bytes)
    }

    /// Updates clocks, timeline and prediction after a frame. Entities with keys from `first_new`
    /// on have entered with it.
    pub(super) fn on_frame(
        &mut self,
        first_new: u32,
        switches: Switches,
        now_us: u64,
        measured: &mut Measured,
    ) {
        let tick = self.replica.newest.tick;
        let gap_us = self.arrivals.push(tick, now_us);
        self.pictures.framed(gap_us, now_us);
        self.lead.frame(tick, self.replica.newest.ack, &self.arrivals, now_us);
        measured.feel.played_us += gap_us;
        let context = self.world.at(tick);
        if self.timeline.push::<G>(context, self.replica.present(context)) {
            // Nothing to blend between: the view goes on one tick behind the newest frame.
            self.view_clock.set(self.newest_us() - self.period_us as f64, now_us);
        }
        let now = Now { us: now_us, own_ticks: self.own_ticks(now_us) };
        let Self { world, replica, prediction, timeline, .. } = self;
        let context = world.at(tick);
        let avatar = replica.own();
        let own_key = replica.own_key();
        let touches = avatar.is_some_and(|own| {
            let mut others = replica.visible.iter().filter(|seen| Some(seen.key) != own_key);
            others.any(|seen| G::touch(own, &seen.state))
        });
        let has_entered = |key| is_new(key, first_new);
        let is_new = own_key.is_some_and(has_entered);
        let truth = Truth { tick, avatar, is_new, private: &replica.private };
        if let Some(correction) = prediction.reconcile(context, &truth, switches, now) {
            let before = || own_key.is_some_and(|key| timeline.was_touching::<G>(context, key));
            measured.corrected(correction, touches || self.touched || before());
        }
        self.touched = touches;
        if own_key.is_some() && own_key != self.own_keys[0] {
            self.own_keys = [own_key, self.own_keys[0]];
        }
        if self.welcome.player.is_some() {
            let own = |seen: &&Seen| G::spawner(&seen.state) == self.welcome.player;
            let spawned = replica.visible.iter().filter(own);
            let spawned = spawned.map(|seen| (seen, has_entered(seen.key)));
            prediction.spawned.see(context, spawned, now_us);
        }
        measured.feel.matched += std::mem::take(&mut prediction.spawned.matched);
        measured.feel.withdrawn += std::mem::take(&mut prediction.spawned.withdrawn);
    }

    /// A pong came with the newest frame.
    pub(super) fn pong(&mut self, pong: &Pong, now_us: u64) {
        self.lead.report(pong, self.replica.newest.ack, &self.arrivals, now_us);
    }

    /// Moves the view clock on. Returns the view time, and whether the newest frame is older than
    /// that, though another should have come.
    pub(super) fn advance_view_time(&mut self, switches: Switches, now_us: u64) -> (f64, bool) {
        let wanted_us = self.arrivals.server_us(now_us) - self.arrivals.buffer_us();
        let dilated_us = self.view_clock.advance(wanted_us, now_us);
        let newest_us = self.newest_us();
        let between = switches.interpolation && G::SCHEMA.blends();
        let view_time_us = if between { dilated_us } else { newest_us };
        // The picture itself holds here while the clock runs on.
        self.view_time_us = Some(view_time_us.min(newest_us + EXTRAPOLATION_US));
        let idle_us = match G::FRAMES {
            Frames::EveryTick => 0.0,
            // Nothing may have happened for so long.
            Frames::OnChange => {
                f64::from(idle_ticks_max(self.world.tick_hz)) * self.period_us as f64
            }
        };
        (view_time_us, view_time_us > newest_us + idle_us)
    }

    fn newest_us(&self) -> f64 {
        f64::from(self.replica.newest.tick.0) * self.period_us as f64
    }

    /// How far the newest frame is ahead of the last picture, microseconds.
    pub(super) fn buffer_us(&self) -> f64 {
        self.view_time_us.map_or(0.0, |view_time_us| self.newest_us() - view_time_us)
    }

    /// The own clock: ticks since the server's first. The input for a tick is due when the clock
    /// reaches it.
    pub(super) fn own_ticks(&mut self, now_us: u64) -> f64 {
        let lead_us = self.lead.wanted_us(self.period_us as f64);
        let wanted_us = self.arrivals.server_us(now_us) + lead_us;
        self.own.advance(wanted_us, now_us) / self.period_us as f64
    }

    /// How far the own clock is ahead of the frames that arrive with the lowest latency,
    /// microseconds.
    pub(super) fn lead_us(&mut self, now_us: u64) -> f64 {
        self.own_ticks(now_us) * self.period_us as f64 - self.arrivals.server_us(now_us)
    }

    pub(super) fn hold(&mut self, input: G::Input, now_us: u64) {
        self.holds = true;
        if self.prediction.hold(input) {
            self.pictures.changed(self.prediction.last().next(), now_us);
        }
    }

    /// The next input if the own clock has reached its tick.
    pub(super) fn input_when_due(
        &mut self,
        switches: Switches,
        now_us: u64,
    ) -> Option<ClientMessage<G::Input, G::Command>> {
        if !self.holds || self.arrivals.is_quiet(now_us) {
            self.prediction.forget_presses();
            return None;
        }
        self.lead.asked(now_us);
        let own_ticks = self.own_ticks_and_inputs(switches, now_us);
        let mut next = self.prediction.last().next();
        if own_ticks - f64::from(next.0) > DUE_MAX {
            self.prediction.forget_presses();
            next = Tick(own_ticks as u32);
        }
        (own_ticks >= f64::from(next.0)).then(|| self.make_input(next, switches, now_us))
    }

    /// The next input of a client that makes one for each frame.
    ///
    /// Its tick is the one after the last input's. If the input cannot arrive in time for that
    /// tick, or that tick is later than the first one in time by more than the frames' usual
    /// deviation, the input is for the first tick in time instead: after a late frame a tick is
    /// left out, and after an early frame the input replaces the last one.
    pub(super) fn input_by_frame(
        &mut self,
        switches: Switches,
        now_us: u64,
    ) -> ClientMessage<G::Input, G::Command> {
        let own_ticks = self.own_ticks(now_us);
        let next = self.prediction.last().next();
        let early = OFF_BEAT * f64::from(self.arrivals.jitter_us()) / self.period_us as f64;
        let in_turn = own_ticks..own_ticks + 1.0 + early.min(1.0);
        let tick = if in_turn.contains(&f64::from(next.0)) {
            next
        } else {
            Tick(own_ticks.ceil() as u32).max(self.replica.newest.tick.next())
        };
        if tick < next {
            self.go_back(Tick(tick.0 - 1), switches, now_us);
        }
        self.make_input(tick, switches, now_us)
    }

    /// The own clock. If it has gone back by more than `DUE_MAX` ticks, inputs are made again from
    /// there.
    fn own_ticks_and_inputs(&mut self, switches: Switches, now_us: u64) -> f64 {
        let own_ticks = self.own_ticks(now_us);
        if f64::from(self.prediction.last().0) - own_ticks > DUE_MAX {
            self.go_back(Tick(own_ticks as u32), switches, now_us);
        }
        own_ticks
    }

    /// Takes back the inputs for ticks after `tick`, so that they are made again.
    fn go_back(&mut self, tick: Tick, switches: Switches, now_us: u64) {
        let Self { world, replica, prediction, .. } = self;
        let newest = replica.newest.tick;
        let context = world.at(newest);
        prediction.go_back(newest.max(tick));
        let avatar = replica.own();
        let truth = Truth { tick: newest, avatar, is_new: false, private: &replica.private };
        let now = Now { us: now_us, own_ticks: f64::from(prediction.last().0) };
        // This is no correction: the server has found nothing wrong.
        let _ = prediction.reconcile(context, &truth, switches, now);
    }

    fn make_input(
        &mut self,
        tick: Tick,
        switches: Switches,
        now_us: u64,
    ) -> ClientMessage<G::Input, G::Command> {
        self.lead.made(tick, now_us);
        let input = self.prediction.input(self.world.at(tick));
        let seen = self.replica.newest.tick;
        let view_delay = match self.view_time_us {
            // So far ahead that the server rewinds nothing.
            _ if !switches.lag_compensation => i16::MIN,
            Some(view_time_us) => {
                let behind = f64::from(seen.0) - view_time_us / self.period_us as f64;
                (behind * f64::from(VIEW_TIME_STEPS)).round() as i16
            }
            None => 0,
        };
        ClientMessage::Input { tick, seen, view_delay, input }
    }
}
