//! What a client holds: the frame that its next one builds on.
//!
//! A delta builds on the last frame that the transport took. If there is none, if it is older than
//! the history, or if the client asks for it, the next frame is a keyframe and builds on nothing.

use drumbeat_shared::ids::{EntityId, Tick};
use drumbeat_shared::limits::{HISTORY_TICKS, TURNS};
use drumbeat_shared::protocol::messages::Encoding;
use drumbeat_shared::replication::lanes::Lanes;
use drumbeat_shared::schema::Private;

use super::counts::Keyframe;
use super::history::{History, Past};
use super::view::Search;

/// What one client holds.
#[derive(Debug)]
pub struct Baseline {
    /// The tick of the last frame sent.
    pub tick: Option<Tick>,
    /// The entities in view, in the lanes and the order that both ends hold.
    pub visible: Lanes<EntityId>,
    /// The last search for entities that enter the view.
    pub search: Search,
    /// The player's private state.
    pub private: Private,
    /// The newest input that the client knows to be acknowledged.
    pub ack: Tick,
    /// How its changes are encoded.
    pub encoding: Encoding,
    /// Why the next frame must be a keyframe, whatever the client holds.
    keyframe: Option<Keyframe>,
}

impl Baseline {
    /// Creates the baseline of a client that has joined and holds nothing.
    #[must_use]
    pub fn new(private: Private, encoding: Encoding) -> Self {
        Self {
            tick: None,
            visible: Lanes::default(),
            search: Search::default(),
            private,
            ack: Tick(0),
            encoding,
            keyframe: Some(Keyframe::Join),
        }
    }

    /// Makes the next frame a keyframe.
    pub fn ask(&mut self, keyframe: Keyframe) {
        self.keyframe.get_or_insert(keyframe);
    }

    /// Whether the next frame must be a keyframe.
    #[must_use]
    pub fn asks_for_keyframe(&self) -> bool {
        self.keyframe.is_some()
    }

    /// The entities that the frame of tick `now` builds on.
    ///
    /// # Errors
    /// Why there is none: the frame must be a keyframe. Call [`Baseline::clear`] then.
    pub fn against<'a>(&mut self, now: Tick, history: &'a History) -> Result<Past<'a>, Keyframe> {
        if let Some(keyframe) = self.keyframe.take() {
            return Err(keyframe);
        }
        self.recent(now).and_then(|tick| history.find(tick)).ok_or(Keyframe::TooOld)
    }

    /// The tick that the frame of tick `now` may build on.
    fn recent(&self, now: Tick) -> Option<Tick> {
        self.tick.filter(|tick| (now.since(*tick) as usize) < HISTORY_TICKS)
    }

    /// The oldest tick whose entities the frame of tick `next` may need. The frame builds on those
    /// of the client's tick and, in a crowd, on those of the lanes' last turns before it.
    #[must_use]
    pub fn oldest_needed(&self, next: Tick) -> Option<Tick> {
        let turns = if self.visible.waiting() > 0 { TURNS as u32 } else { 0 };
        self.recent(next).map(|tick| Tick(tick.0.saturating_sub(turns)))
    }

    /// Empties the view and resets the private state to the initial one, `private`.
    pub fn clear(&mut self, private: Private) {
        self.visible.clear();
        self.private = private;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_builds_on_the_last_one_that_is_not_too_old() {
        let mut history = History::default();
        (1..=40).for_each(|tick| history.begin(Tick(tick)));
        let mut baseline = Baseline::new(Private::default(), Encoding::Predicted);
        let against = |baseline: &mut Baseline, tick| {
            baseline.tick = Some(Tick(tick));
            baseline.against(Tick(40), &history).map(|past| past.tick)
        };
        assert_eq!(against(&mut baseline, 39).unwrap_err(), Keyframe::Join, "once");
        assert_eq!(against(&mut baseline, 39).unwrap(), Tick(39));
        baseline.ask(Keyframe::Resync);
        assert_eq!(against(&mut baseline, 39).unwrap_err(), Keyframe::Resync);
        assert_eq!(against(&mut baseline, 9).unwrap(), Tick(9));
        assert_eq!(against(&mut baseline, 8).unwrap_err(), Keyframe::TooOld);
        baseline.tick = None;
        assert_eq!(baseline.against(Tick(40), &history).unwrap_err(), Keyframe::TooOld);
    }
}
