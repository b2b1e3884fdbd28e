//! The thread of a room: the only place where the engine meets a clock.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use drumbeat_shared::game::Game;
use drumbeat_shared::limits::TICK_MAX;
use drumbeat_shared::protocol::close::CloseCode;
use tokio::sync::watch;

use super::advice::{self, Mismatches};
use super::asks::{Asked, Asks};
use super::beat::{Beat, TickStart};
use super::feed::Feed;
use super::incidents;
use super::late_inputs::LateInputs;
use super::phase_times::PhaseTimes;
use super::recent::Recent;
use super::roster::Published;
use super::seats::Seats;
use super::status::Status;
use super::watch::Watch;
use crate::busy::Busy;
use crate::clock::now_us;
use crate::engine::close::CloseReason;
use crate::engine::counts::{Counts, Keyframe, Rejection};
use crate::engine::join::Join;
use crate::engine::pace::Skip;
use crate::engine::room_setup::RoomSetup;
use crate::engine::shards::Shards;
use crate::engine::tick::Engine;
use crate::engine::viewer::Role;
use crate::telemetry::logging::panic_text;
use crate::telemetry::metrics::RoomMetrics;
use crate::telemetry::notices::{Line, Notices};
use crate::telemetry::reasons::RoomEnd;

/// Time between two checks whether a closing room's clients have taken their close frames.
const FAREWELL_POLL: Duration = Duration::from_millis(5);
/// Limit of clients let in per tick; the others wait for the next.
const JOINS_PER_TICK_MAX: usize = 128;
/// The same per second where ticks are so rare that this is more.
const JOINS_PER_S_MAX: usize = 1_280;
/// Limit of acts of those who run the server, per tick.
const ACTS_PER_TICK_MAX: usize = 16;

/// What a room is opened with.
pub(super) struct Opening<G: Game> {
    pub(super) setup: RoomSetup<G::Settings>,
    /// Connections that have a seat and join.
    pub(super) joins: Receiver<Join<G>>,
    /// What those who run the server do in it.
    pub(super) acts: Receiver<Asked>,
    /// Where it publishes itself and its players when it is asked.
    pub(super) publish: watch::Sender<Option<Arc<Published>>>,
    /// Where strangers read what it makes public.
    pub(super) feed: Arc<Feed>,
    pub(super) seats: Arc<Seats>,
    pub(super) asks: Arc<Asks>,
    pub(super) status: Arc<Status>,
    pub(super) metrics: RoomMetrics,
    pub(super) shards: Shards,
    pub(super) notices: Notices,
}

/// A room and what drives it.
struct Room<G: Game> {
    engine: Engine<G>,
    joins: Receiver<Join<G>>,
    acts: Receiver<Asked>,
    publish: watch::Sender<Option<Arc<Published>>>,
    feed: Arc<Feed>,
    seats: Arc<Seats>,
    asks: Arc<Asks>,
    status: Arc<Status>,
    metrics: RoomMetrics,
    idle_us_max: u64,
    mismatches: Mismatches,
    notices: Notices,
}

/// Makes the room's world and runs it to its end, all on the calling thread.
pub(super) fn run<G: Game>(opening: Opening<G>) {
    let Opening {
        setup,
        joins,
        acts,
        publish,
        feed,
        seats,
        asks,
        status,
        metrics,
        shards,
        notices,
    } = opening;
    let (name, idle_us_max) = (status.name.clone(), setup.idle.as_micros() as u64);
    status.progress.open(now_us());
    let made = catch_unwind(AssertUnwindSafe(|| Engine::<G>::new(name, &setup, shards)));
    status.progress.stop();
    let text = match made {
        Ok(Ok(mut engine)) => {
            let watched = Arc::clone(&status);
            engine.watch_phases(Box::new(move |phase| watched.progress.reach(phase, now_us())));
            let mismatches = Mismatches::default();
            let room = Room {
                engine,
                joins,
                acts,
                publish,
                feed,
                seats,
                asks,
                status,
                metrics,
                idle_us_max,
                mismatches,
                notices,
            };
            return room.run();
        }
        Ok(Err(error)) => error.to_string(),
        Err(panic) => panic_text(panic.as_ref()).to_owned(),
    };
    // Whoever asks for the room again causes this line again.
    if let Some(Line { held_back, .. }) = notices.note("room_not_opened") {
        tracing::error!(text, held_back, "cannot open the room");
    }
    seats.end();
    feed.end();
    reject(&joins, &CloseCode::RoomFailed.into(), &metrics, &notices);
}

/// Makes the system wake this thread on time. Otherwise Linux delays it by up to 50 microseconds,
/// to wake others with it.
fn wake_on_time() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1)) {
        tracing::debug!(%error, "ticks may start 50 microseconds late");
    }
}

/// What ends a room's loop.
enum End {
    Idle,
    Closed(CloseReason),
}

impl<G: Game> Room<G> {
    /// Runs the room until it is closed, has been empty for long, or its rules panic.
    fn run(mut self) {
        // Visitors also decide how often rooms open and close.
        if let Some(Line { held_back, .. }) = self.notices.note("room_opened") {
            let Status { tick_hz, capacity, .. } = &*self.status;
            tracing::info!(tick_hz, capacity, held_back, "room opened");
        }
        self.metrics.rooms.increment(1.0);
        // After a panic the world is only dropped, and the links are only written to.
        let end = catch_unwind(AssertUnwindSafe(|| self.beat()));
        self.status.progress.stop();
        self.seats.end();
        let reason = match end {
            Ok(End::Idle) => {
                self.log_closed(RoomEnd::Empty.label(), "it was empty");
                CloseCode::RoomClosed.into()
            }
            Ok(End::Closed(reason)) => {
                self.log_closed(reason.label(), reason.text());
                reason
            }
            Err(panic) => {
                self.metrics.room_panics.increment(1);
                let text = panic_text(panic.as_ref());
                let reason = CloseReason::from(CloseCode::RoomFailed);
                let (label, tick) = (reason.label(), self.engine.now().0);
                tracing::error!(reason = label, text, tick, "room closed: its rules panicked");
                reason
            }
        };
        self.farewell(&reason);
        self.metrics.rooms.decrement(1.0);
        self.publish_counts([0, 0], 0);
    }

    fn log_closed(&self, reason: &str, text: &str) {
        if let Some(Line { held_back, .. }) = self.notices.note("room_ended") {
            tracing::info!(reason, text, held_back, "room closed");
        }
    }

    fn beat(&mut self) -> End {
        wake_on_time();
        let mut beat = Beat::new(self.status.tick_hz, now_us());
        let mut watch = Watch::new(self.status.tick_hz);
        let mut lateness = LateInputs::new();
        let mut times = PhaseTimes::default();
        let mut occupied_us = now_us();
        let mut recent = Recent::new(now_us());
        loop {
            let wait_us = beat.due_us().saturating_sub(now_us());
            if wait_us > 0 {
                std::thread::sleep(Duration::from_micros(wait_us));
            }
            if let Some(reason) = self.asks.closing() {
                return End::Closed(reason.clone());
            }
            if self.engine.now().0 >= TICK_MAX {
                tracing::warn!(tick = TICK_MAX, "the room has reached its last tick; open another");
                return End::Closed(CloseCode::RoomClosed.into());
            }
            let now_us = now_us();
            let start = beat.begin(now_us);
            if let Some(miss) = watch.begin(start, self.engine.now().next().0, &times, now_us) {
                self.status.note_miss(miss);
            }
            let counts;
            (times, counts) = self.tick(now_us);
            self.report(start, &times);
            if let Some(figures) = recent.note(start, &times, &counts) {
                self.status.publish(figures);
                lateness.judge(&figures, &self.metrics.read_lateness, times.last_us);
            }
            if self.engine.count(Role::Player) + self.engine.count(Role::Spectator) > 0 {
                occupied_us = times.last_us;
            } else if times.last_us - occupied_us > self.idle_us_max && self.seats.retire() {
                return End::Idle;
            }
        }
    }

    fn tick(&mut self, start_us: u64) -> (PhaseTimes, Counts) {
        let _busy = Busy::begin();
        self.status.beat_us.store(start_us, Relaxed);
        let progress = &self.status.progress;
        progress.begin(self.engine.now().next().0, start_us);
        let mut times = PhaseTimes::begin(start_us);
        if admit(&self.joins, &mut self.engine, self.status.tick_hz, start_us) {
            moderate(&self.acts, &mut self.engine, start_us);
        }
        // Before the frames: whoever has one is counted.
        self.publish_clients();
        self.engine.tick(start_us, |phase| {
            let now_us = now_us();
            progress.end(phase, now_us);
            times.lap(phase, now_us);
            now_us
        });
        times.game = progress.slowest();
        // After the frames are out: whoever asks or only watches can wait.
        self.feed.hand_over(self.engine.take_news());
        if self.asks.take_describe() {
            self.publish.send_replace(Some(Arc::new(Published::of(&self.engine))));
        }
        (times, self.count())
    }

    fn report(&self, start: TickStart, times: &PhaseTimes) {
        let seconds = |us: u64| us as f64 / 1e6;
        let tick_us = times.took_us();
        self.metrics.ticks.increment(1);
        self.metrics.missed_ticks.increment(start.missed);
        self.metrics.skipped_ticks.increment(start.skipped_ticks);
        self.metrics.tick.record(seconds(tick_us));
        self.metrics.lateness.record(seconds(start.lateness_us));
        for (histogram, us) in self.metrics.phases.iter().zip(times.phases_us) {
            histogram.record(seconds(us));
        }
        let status = &self.status;
        status.tick.store(self.engine.now().0, Relaxed);
        status.missed_ticks.fetch_add(start.missed, Relaxed);
        status.skipped_ticks.fetch_add(start.skipped_ticks, Relaxed);
        status.entities.store(self.engine.game().entities().len(), Relaxed);
        self.publish_clients();
    }

    fn publish_clients(&self) {
        let clients = [Role::Player, Role::Spectator].map(|role| self.engine.count(role));
        self.publish_counts(clients, self.engine.away());
    }

    fn publish_counts(&self, [players, spectators]: [usize; 2], away: usize) {
        let before = self.status.away.swap(away, Relaxed);
        self.metrics.places.away.increment(away as f64 - before as f64);
        let before = self.status.players.swap(players, Relaxed);
        self.metrics.players.increment(players as f64 - before as f64);
        let before = self.status.spectators.swap(spectators, Relaxed);
        self.metrics.spectators.increment(spectators as f64 - before as f64);
    }

    fn farewell(&mut self, reason: &CloseReason) {
        self.engine.close_all(reason, now_us());
        self.feed.end();
        while !self.engine.farewells_done(now_us()) {
            std::thread::sleep(FAREWELL_POLL);
        }
        self.count();
        reject(&self.joins, reason, &self.metrics, &self.notices);
    }

    /// Passes on what has happened to the metrics and the log.
    fn count(&mut self) -> Counts {
        let counts = self.engine.take_counts();
        count(&self.metrics, &counts);
        let clients = self.engine.count(Role::Player) + self.engine.count(Role::Spectator);
        let advice = self.mismatches.note(self.engine.now(), clients, &counts.incidents);
        for incident in &counts.incidents {
            incidents::log(&self.notices, incident, advice);
        }
        advice::log(&self.notices, self.engine.now().0, &counts);
        counts
    }
}

/// Lets in the connections that have a seat. Returns whether none waits any more.
fn admit<G: Game>(
    joins: &Receiver<Join<G>>,
    engine: &mut Engine<G>,
    tick_hz: u16,
    now_us: u64,
) -> bool {
    let joins_max = JOINS_PER_TICK_MAX.max(JOINS_PER_S_MAX / usize::from(tick_hz));
    let mut joined = 0;
    for join in joins.try_iter().take(joins_max) {
        joined += 1;
        // The refusal has sent the reason.
        let _ = engine.join(join, now_us);
    }
    joined < joins_max
}

/// Does what those who run the server ask for. Whoever came before that is in the room by now: a ban
/// passes over nobody.
fn moderate<G: Game>(acts: &Receiver<Asked>, engine: &mut Engine<G>, now_us: u64) {
    for Asked { act, answer } in acts.try_iter().take(ACTS_PER_TICK_MAX) {
        // Whoever asked may not wait any more.
        let _ = answer.send(engine.moderate(&act, now_us));
    }
}

/// Sends those who have a seat in an ended room the reason why they do not get in.
fn reject<G: Game>(
    joins: &Receiver<Join<G>>,
    reason: &CloseReason,
    metrics: &RoomMetrics,
    notices: &Notices,
) {
    for join in joins.try_iter() {
        metrics.closes.count(reason.kind());
        incidents::log(notices, &join.reject(reason), None);
    }
}

fn count(metrics: &RoomMetrics, counts: &Counts) {
    metrics.frames_out.increment(counts.frames_out);
    metrics.bytes_out.increment(counts.bytes_out);
    metrics.view_mismatches.increment(counts.mismatches);
    metrics.false_mismatches.increment(counts.false_mismatches);
    metrics.missed_events.increment(counts.missed_events);
    for (skip, n) in Skip::ALL.iter().zip(counts.skips) {
        metrics.skipped_frames.add(*skip, n);
    }
    for (keyframe, n) in Keyframe::ALL.iter().zip(counts.keyframes) {
        metrics.keyframes.add(*keyframe, n);
    }
    metrics.rejected_messages.add(Rejection::Stale, counts.stale_inputs);
    metrics.rejected_messages.add(Rejection::Early, counts.early_inputs);
    metrics.rejected_messages.add(Rejection::Rules, counts.refused_wishes);
    metrics.rejected_messages.add(Rejection::ChatRate, counts.hasty_lines);
    metrics.rejected_messages.add(Rejection::Muted, counts.muted_lines);
    metrics.rejected_messages.add(Rejection::ResyncRate, counts.refused_resyncs);
    metrics.rejected_messages.add(Rejection::PassedOver, counts.passed_over_inputs);
    metrics.chat.lines.increment(counts.chat_lines);
    metrics.chat.whispers.increment(counts.whispers);
    metrics.chat.reports.increment(counts.reports);
    metrics.places.resumed.increment(counts.resumes);
    metrics.places.expired.increment(counts.expired());
    metrics.oversized_events.increment(counts.oversized_events);
    metrics.lost_news.increment(counts.lost_news);
    metrics.entities.culled.increment(counts.culled_entities);
    metrics.late_inputs.increment(counts.late_inputs);
    metrics.cut_rewinds.increment(counts.cut_rewinds);
    for sample in &counts.samples {
        metrics.input_wait.record(f64::from(sample.wait_us) / 1e6);
        metrics.seen_age.record(f64::from(sample.seen_age_us) / 1e6);
    }
    metrics.entities.waiting.increment(counts.waiting_entities);
    metrics.entities.refused.increment(counts.refused_entities);
    counts.closes().for_each(|close| metrics.closes.count(close));
    counts.refused_tickets.iter().for_each(|why| metrics.places.refused_tickets.count(*why));
}
