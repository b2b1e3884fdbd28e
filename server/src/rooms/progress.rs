//! How far a room's tick has come: which parts of the game's step took how long, and, read by
//! others while a tick runs, where it is.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::engine::phase::Phase;

/// Limit of phases of a game whose times are stored; further ones count with the last.
const GAME_PHASES_MAX: usize = 64;

/// Shared between a room's thread, its rules and whoever watches them. A lock is held for a few
/// instructions, a few times a tick.
#[derive(Debug, Default)]
pub(super) struct Progress(Mutex<Place>);

#[derive(Debug, Default)]
struct Place {
    running: Option<Running>,
    game: GamePhases,
}

/// A tick that runs, or the opening of the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Running {
    /// 0 while the room opens.
    pub(super) tick: u32,
    /// When it began, microseconds.
    pub(super) since_us: u64,
    /// When it was last reported, microseconds.
    pub(super) reported_us: Option<u64>,
    /// The phase of the engine that it is in; `None` while the room opens.
    pub(super) phase: Option<Phase>,
    /// The phase of the game that its step is in, if the game names phases.
    pub(super) game_phase: Option<&'static str>,
}

/// The phases of one step, and how long each took, microseconds.
#[derive(Debug, Default)]
struct GamePhases {
    current: Option<(&'static str, u64)>,
    times: Vec<(&'static str, u64)>,
}

impl GamePhases {
    fn end(&mut self, now_us: u64) {
        let Some((name, since_us)) = self.current.take() else { return };
        let took_us = now_us.saturating_sub(since_us);
        let full = self.times.len() >= GAME_PHASES_MAX;
        match self.times.iter().position(|(other, _)| *other == name) {
            Some(index) => self.times[index].1 += took_us,
            None if full => self.times[GAME_PHASES_MAX - 1].1 += took_us,
            None => self.times.push((name, took_us)),
        }
    }
}

impl Progress {
    fn lock(&self) -> MutexGuard<'_, Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The room opens: its world is being made.
    pub(super) fn open(&self, now_us: u64) {
        self.run(0, None, now_us);
    }

    /// A tick begins.
    pub(super) fn begin(&self, tick: u32, now_us: u64) {
        self.run(tick, Some(Phase::ALL[0]), now_us);
    }

    fn run(&self, tick: u32, phase: Option<Phase>, since_us: u64) {
        let mut place = self.lock();
        let (reported_us, game_phase) = (None, None);
        place.running = Some(Running { tick, since_us, reported_us, phase, game_phase });
        place.game.times.clear();
    }

    /// The game's step reaches a phase.
    pub(super) fn reach(&self, game_phase: &'static str, now_us: u64) {
        let mut place = self.lock();
        place.game.end(now_us);
        place.game.current = Some((game_phase, now_us));
        if let Some(running) = &mut place.running {
            running.game_phase = Some(game_phase);
        }
    }

    /// A phase of the engine ends; the tick ends with the last.
    pub(super) fn end(&self, phase: Phase, now_us: u64) {
        let mut place = self.lock();
        place.game.end(now_us);
        let next = Phase::ALL.get(phase as usize + 1);
        place.running = place.running.zip(next).map(|(running, next)| Running {
            phase: Some(*next),
            game_phase: None,
            ..running
        });
    }

    /// Nothing runs any more: the room has opened, or ended.
    pub(super) fn stop(&self) {
        self.lock().running = None;
    }

    /// The game's slowest phase in the last step, and its time, microseconds.
    pub(super) fn slowest(&self) -> Option<(&'static str, u64)> {
        self.lock().game.times.iter().copied().max_by_key(|(_, us)| *us)
    }

    /// What runs, if `is_due` says that it is to be reported at `now_us`, which is then noted.
    pub(super) fn report(
        &self,
        now_us: u64,
        is_due: impl FnOnce(&Running) -> bool,
    ) -> Option<Running> {
        let mut place = self.lock();
        let running = place.running.as_mut().filter(|running| is_due(running))?;
        running.reported_us = Some(now_us);
        Some(*running)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_each_phase_is_summed_and_where_a_tick_is_can_be_asked() {
        let progress = Progress::default();
        let running = |progress: &Progress| progress.lock().running;
        let phase = |progress: &Progress| running(progress).map(|at| (at.phase, at.game_phase));
        assert_eq!((running(&progress), progress.slowest()), (None, None));
        progress.open(500);
        assert_eq!(phase(&progress), Some((None, None)));
        progress.stop();
        assert_eq!(running(&progress), None);
        progress.begin(7, 1_000);
        assert_eq!(phase(&progress), Some((Some(Phase::Input), None)));
        progress.end(Phase::Input, 1_100);
        for (name, now_us) in [("move", 1_100), ("shots", 1_200), ("move", 1_500), ("rank", 1_550)]
        {
            progress.reach(name, now_us);
            assert_eq!(phase(&progress), Some((Some(Phase::Step), Some(name))));
        }
        assert_eq!(running(&progress).map(|at| (at.tick, at.since_us)), Some((7, 1_000)));
        progress.end(Phase::Step, 1_600);
        assert_eq!(phase(&progress), Some((Some(Phase::Encode), None)));
        progress.end(Phase::Encode, 2_000);
        progress.end(Phase::FanOut, 2_100);
        assert_eq!((running(&progress), progress.slowest()), (None, Some(("shots", 300))));
        progress.begin(8, 3_000);
        assert_eq!(progress.slowest(), None);
        progress.stop();
        assert_eq!(running(&progress), None);
    }

    #[test]
    fn phases_are_bounded() {
        let progress = Progress::default();
        progress.begin(1, 0);
        for number in 0..2 * GAME_PHASES_MAX {
            let name: &'static str = number.to_string().leak();
            progress.reach(name, number as u64);
        }
        progress.end(Phase::Step, 1_000);
        assert_eq!(progress.lock().game.times.len(), GAME_PHASES_MAX);
    }
}
