//! What is remembered of the person behind a client: neither a new connection that resumes its player nor
//! another hello on the same connection makes it forgotten.

use drumbeat_shared::ids::Tick;

use super::chat_rate::ChatRate;
use super::moderation::Mute;
use super::presence::Presence;

/// How the person behind a client has behaved.
#[derive(Debug)]
pub struct Conduct<I> {
    /// Whether it is still there.
    pub presence: Presence<I>,
    /// Why its lines reach nobody, if so.
    pub mute: Option<Box<Mute>>,
    /// How often it has said something.
    pub chat_rate: ChatRate,
}

impl<I: Copy + PartialEq> Conduct<I> {
    /// That of somebody who joins in `tick`, of whom nothing is known.
    #[must_use]
    pub fn new(tick: Tick, chat_per_10s: u32) -> Self {
        Self { presence: Presence::new(tick), mute: None, chat_rate: ChatRate::new(chat_per_10s) }
    }

    /// The same where it is `to` when it is `from` here: each room counts its own ticks.
    #[must_use]
    pub fn moved(mut self, from: Tick, to: Tick) -> Self {
        self.presence.moves(from, to);
        if let Some(mute) = &mut self.mute {
            mute.moves(from, to);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::chat_rate::ReadTime;
    use crate::engine::presence::AfkLimit;

    const HZ: u16 = 20;

    #[test]
    fn another_room_goes_on_where_the_one_before_ended() {
        let mut before = Conduct::<u8>::new(Tick(1_000), 1);
        before.presence.hold(7, Tick(1_000));
        before.mute = Some(Box::new(Mute { until: Some(Tick(1_300)), reason: String::new() }));
        let read = ReadTime { empty_us: 5, read_us: 5 };
        assert_eq!(before.chat_rate.allows(read), Ok(true));
        // It says hello after 100 ticks, into a room that has just begun, and holds the same controls.
        let mut after = before.moved(Tick(1_100), Tick(0)).moved(Tick(0), Tick(3));
        after.presence.hold(7, Tick(4));
        let limit = AfkLimit::new(10, HZ).unwrap();
        assert_eq!(after.presence.idle_too_long(Tick(103), limit), None);
        assert_eq!(after.presence.idle_too_long(Tick(104), limit), Some(10));
        let answer = |tick| after.mute.as_ref().unwrap().answer(Tick(tick), HZ);
        assert_eq!((answer(202).is_some(), answer(203)), (true, None));
        assert_eq!(after.chat_rate.allows(read), Ok(false), "the line before counts");
        after.presence.hold(8, Tick(104));
        assert_eq!(after.presence.idle_too_long(Tick(304), limit), None, "it is there again");
        assert_eq!(after.presence.idle_too_long(Tick(305), limit), Some(10));
    }
}
