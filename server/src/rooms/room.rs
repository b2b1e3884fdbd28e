//! The thread of a room: the one place where the engine meets a clock.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use drumbeat_shared::game::Game;
use drumbeat_shared::ids::PlayerId;
use glam::IVec2;
use tokio::sync::oneshot;

use super::beat::{Beat, Begun};
use super::cpu_wait::CpuWait;
use super::status::{Miss, RoomDetail, RosterRow, Status};
use crate::clock::now_us;
use crate::engine::close::CloseReason;
use crate::engine::counts::{Counts, Keyframe};
use crate::engine::pace::Skip;
use crate::engine::tick::{Engine, Join, Phase};
use crate::telemetry::metrics::RoomMetrics;

/// Time between two looks at the farewells of a closing room.
const FAREWELL_POLL: Duration = Duration::from_millis(5);
/// Missed ticks are logged at most so often, microseconds.
const MISS_LOG_PERIOD_US: u64 = 1_000_000;

/// What the edge asks of a room.
#[derive(Debug)]
pub(super) enum Command<G: Game> {
    /// A connection that has a seat comes in.
    Join(Join<G>),
    /// Tells about the room and its players.
    Describe(oneshot::Sender<RoomDetail>),
}

/// A room and what drives it.
pub(super) struct Room<G: Game> {
    pub(super) engine: Engine<G>,
    pub(super) commands: Receiver<Command<G>>,
    pub(super) status: Arc<Status>,
    pub(super) metrics: RoomMetrics,
    pub(super) idle_us_max: u64,
}

/// What ends a room's loop.
enum End {
    Idle,
    Closed(CloseReason),
}

/// Where the time of a tick went.
#[derive(Clone, Copy, Debug, Default)]
struct Laps {
    begun_us: u64,
    last_us: u64,
    phases_us: [u64; 4],
    /// How much of it the thread waited for a processor, as far as the system says.
    waited_us: u64,
}

impl<G: Game> Room<G> {
    /// Runs the room until it is closed, has been empty for long, or its rules fail.
    pub(super) fn run(mut self) {
        tracing::info!(
            tick_hz = self.status.tick_hz,
            capacity = self.status.capacity,
            "room opened"
        );
        self.metrics.rooms.increment(1.0);
        // After a panic the world is only dropped, and the links only written to.
        let end = catch_unwind(AssertUnwindSafe(|| self.beat()));
        self.status.end();
        let reason = match end {
            Ok(End::Idle) => {
                tracing::info!("room closed: nobody was there");
                CloseReason::RoomClosed
            }
            Ok(End::Closed(reason)) => {
                tracing::info!(reason = %reason.text(), "room closed");
                reason
            }
            Err(panic) => {
                self.metrics.room_panics.increment(1);
                let what = panic_text(panic.as_ref());
                tracing::error!(what, "the rules panicked; the room is closed, the server goes on");
                CloseReason::RoomFailed
            }
        };
        self.farewell(&reason);
        self.metrics.rooms.decrement(1.0);
        self.set_players(0);
    }

    fn beat(&mut self) -> End {
        let mut beat = Beat::new(self.status.tick_hz, now_us());
        let cpu_wait = CpuWait::of_this_thread();
        let mut laps = Laps::default();
        let mut occupied_us = now_us();
        let mut logged_us = 0;
        loop {
            let wait_us = beat.due_us().saturating_sub(now_us());
            if wait_us > 0 {
                std::thread::sleep(Duration::from_micros(wait_us));
            }
            if let Some(reason) = self.status.closing.get() {
                return End::Closed(reason.clone());
            }
            let begun = beat.begin(now_us());
            if begun.missed > 0 {
                self.report_miss(begun, &laps, &mut logged_us);
            }
            let admitted = self.engine.players() + self.admit();
            laps = self.tick(&cpu_wait);
            self.report(begun, &laps);
            self.status.rise(admitted - self.engine.players());
            if self.engine.players() > 0 {
                occupied_us = laps.last_us;
            } else if laps.last_us - occupied_us > self.idle_us_max && self.status.retire() {
                return End::Idle;
            }
        }
    }

    /// Takes what the edge has asked for; returns how many seats that filled.
    fn admit(&mut self) -> usize {
        let mut admitted = 0;
        loop {
            match self.commands.try_recv() {
                Ok(Command::Join(join)) => {
                    admitted += 1;
                    let connection = join.connection;
                    match self.engine.join(join, now_us()) {
                        Ok(player) => tracing::debug!(connection, %player, "player joined"),
                        Err(reason) => {
                            tracing::debug!(connection, reason = %reason.text(), "join refused");
                        }
                    }
                }
                // Who asked may have gone.
                Ok(Command::Describe(reply)) => drop(reply.send(self.describe())),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return admitted,
            }
        }
    }

    fn tick(&mut self, cpu_wait: &CpuWait) -> Laps {
        let waited_before = cpu_wait.waited_us();
        let begun_us = now_us();
        let mut laps = Laps { begun_us, last_us: begun_us, ..Laps::default() };
        self.status.beat_us.store(begun_us, Relaxed);
        let counts = self.engine.tick(begun_us, |phase: Phase| {
            let now_us = now_us();
            laps.phases_us[phase as usize] = now_us - laps.last_us;
            laps.last_us = now_us;
            now_us
        });
        count(&self.metrics, counts);
        if let (Some(before), Some(after)) = (waited_before, cpu_wait.waited_us()) {
            laps.waited_us = after - before;
        }
        laps
    }

    fn report(&self, begun: Begun, laps: &Laps) {
        let seconds = |us: u64| us as f64 / 1e6;
        let tick_us = laps.last_us - laps.begun_us;
        self.metrics.ticks.increment(1);
        self.metrics.missed_ticks.increment(begun.missed);
        self.metrics.tick.record(seconds(tick_us));
        self.metrics.lateness.record(seconds(begun.lateness_us));
        for (histogram, us) in self.metrics.phases.iter().zip(laps.phases_us) {
            histogram.record(seconds(us));
        }
        let status = &self.status;
        status.note_tick(tick_us, begun.lateness_us);
        status.tick.store(self.engine.now().0, Relaxed);
        status.missed_ticks.fetch_add(begun.missed, Relaxed);
        status.entities.store(self.engine.game().entities().len(), Relaxed);
        self.set_players(self.engine.players());
    }

    fn set_players(&self, players: usize) {
        let before = self.status.players.swap(players, Relaxed);
        self.metrics.players.increment(players as f64 - before as f64);
    }

    /// Says when and why the room did not keep up.
    fn report_miss(&self, begun: Begun, before: &Laps, logged_us: &mut u64) {
        let tick = self.engine.now().next().0;
        let (late_ms, left_out) = (begun.lateness_us / 1_000, begun.left_out);
        let because = cause(before, 1_000_000 / u64::from(self.status.tick_hz));
        if now_us() - *logged_us > MISS_LOG_PERIOD_US {
            *logged_us = now_us();
            tracing::warn!(tick, late_ms, left_out, because, "missed a tick");
        }
        self.status.note_miss(Miss { tick, late_ms, left_out, because });
    }

    fn describe(&self) -> RoomDetail {
        let game = self.engine.game();
        let avatars: BTreeMap<PlayerId, IVec2> = game
            .entities()
            .iter()
            .filter_map(|(_, state)| Some((G::owner(state)?, G::position(state))))
            .collect();
        let roster = self.engine.clients().map(|(player, client)| {
            let at = avatars.get(&player).copied().unwrap_or_else(|| game.eye(player));
            let name = client.name.clone();
            RosterRow { id: player.0, name, x: at.x, y: at.y, visible: client.visible.len() }
        });
        RoomDetail { info: self.status.info(), roster: roster.collect() }
    }

    fn farewell(&mut self, reason: &CloseReason) {
        let mut closed = self.engine.players();
        // Those who have a seat but did not get in yet are told the same.
        while let Ok(command) = self.commands.try_recv() {
            if let Command::Join(join) = command {
                self.engine.turn_away(join, reason, now_us());
                closed += 1;
            }
        }
        self.metrics.closes.add(reason.label(), closed as u64);
        self.engine.close_all(reason, now_us());
        while !self.engine.farewells_done(now_us()) {
            std::thread::sleep(FAREWELL_POLL);
        }
    }
}

/// Why a tick started late, judged by the one before.
fn cause(before: &Laps, period_us: u64) -> String {
    const SLOW: [&str; 4] = [
        "draining inputs: too many messages",
        "the game's rules",
        "encoding changes: too many entities",
        "sending frames: too many clients or too much in view",
    ];
    let took_us = before.last_us - before.begun_us;
    let (took_ms, period_ms, waited_ms) =
        (took_us / 1_000, period_us / 1_000, before.waited_us / 1_000);
    if took_us <= period_us {
        return format!(
            "the machine was busy: the tick before took only {took_ms} ms of {period_ms}"
        );
    }
    if took_us - before.waited_us.min(took_us) <= period_us {
        return format!(
            "the machine was busy: the tick before took {took_ms} ms of {period_ms}, and waited \
             for a processor for {waited_ms} of them"
        );
    }
    let slowest = (0..4).max_by_key(|&phase| before.phases_us[phase]).unwrap_or(0);
    format!(
        "the tick before took {took_ms} ms of {period_ms}, {} of them for {}",
        before.phases_us[slowest] / 1_000,
        SLOW[slowest]
    )
}

fn count(metrics: &RoomMetrics, counts: &Counts) {
    metrics.frames_out.increment(counts.frames_out);
    metrics.bytes_out.increment(counts.bytes_out);
    metrics.view_mismatches.increment(counts.mismatches);
    metrics.missed_events.increment(counts.missed_events);
    for (skip, n) in Skip::ALL.iter().zip(counts.skips) {
        metrics.skipped_frames.add(skip.label(), n);
    }
    for (keyframe, n) in Keyframe::ALL.iter().zip(counts.keyframes) {
        metrics.keyframes.add(keyframe.label(), n);
    }
    metrics.rejected_inputs.add("stale", counts.stale_inputs);
    metrics.rejected_inputs.add("passed_over", counts.passed_over_inputs);
    for label in &counts.closes {
        metrics.closes.add(label, 1);
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_of_a_missed_tick_is_named() {
        let check = |phases_us: [u64; 4], waited_us: u64, expected: &str| {
            let last_us = phases_us.iter().sum();
            let text = cause(&Laps { begun_us: 0, last_us, phases_us, waited_us }, 50_000);
            assert!(text.contains(expected), "{text}");
        };
        check([100, 60_000, 100, 100], 0, "the game's rules");
        check([100, 100, 100, 80_000], 0, "sending frames");
        check([100, 100, 70_000, 100], 0, "encoding changes");
        check([100, 100, 70_000, 100], 60_000, "waited for a processor for 60");
        check([100, 100, 100, 100], 0, "the machine was busy");
    }
}
