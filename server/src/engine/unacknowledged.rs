//! Events in frames that a client has not acknowledged: if its connection is lost, so may they be, and
//! whoever resumes its player is sent them again.

use std::collections::VecDeque;

use drumbeat_shared::ids::Tick;
use drumbeat_shared::limits::MAIL_MAX;

use super::event_log::Mail;

/// Frames with events that are remembered; a client is sent no more than two seconds ahead of what
/// it acknowledges.
const FRAMES_MAX: usize = 256;

/// A frame with events.
#[derive(Debug)]
struct Sent {
    tick: Tick,
    /// The number of its first event of the room's log.
    first_event: u64,
    mail: Vec<Box<[u8]>>,
}

/// The frames with events that a client has not acknowledged, oldest first.
#[derive(Debug, Default)]
pub struct Unacknowledged {
    frames: VecDeque<Sent>,
    mail: usize,
    /// The events of frames that are forgotten, and the tick of the newest of those frames.
    forgotten: (u64, Tick),
}

impl Unacknowledged {
    /// A frame with these events is sent.
    pub fn sent(&mut self, tick: Tick, first_event: u64, mail: Vec<Box<[u8]>>) {
        self.mail += mail.len();
        self.frames.push_back(Sent { tick, first_event, mail });
        while self.frames.len() > FRAMES_MAX || self.mail > 2 * MAIL_MAX {
            let next_event = self.frames.get(1).map_or(first_event, |next| next.first_event);
            let Some(oldest) = self.pop() else { return };
            let events = oldest.mail.len() as u64 + (next_event - oldest.first_event);
            self.forgotten = (self.forgotten.0 + events, oldest.tick);
        }
    }

    /// The client has received all up to this tick.
    pub fn acknowledge(&mut self, seen: Tick) {
        while self.frames.front().is_some_and(|sent| sent.tick <= seen) {
            self.pop();
        }
        if self.forgotten.1 <= seen {
            self.forgotten.0 = 0;
        }
    }

    fn pop(&mut self) -> Option<Sent> {
        let sent = self.frames.pop_front()?;
        self.mail -= sent.mail.len();
        Some(sent)
    }

    /// Puts back what was sent after the tick `seen`: into `mail`, and `next_event` back to the first
    /// such event of the room's log.
    pub fn put_back(mut self, seen: Tick, next_event: &mut u64, mail: &mut Mail) {
        self.acknowledge(seen);
        mail.miss(self.forgotten.0);
        let Some(first) = self.frames.front() else { return };
        *next_event = first.first_event;
        mail.put_back(self.frames.into_iter().flat_map(|sent| sent.mail));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put_back(unacknowledged: Unacknowledged, seen: u32) -> (u64, Vec<u8>) {
        let (mut next_event, mut mail, mut notes) = (100, Mail::default(), Vec::new());
        mail.push(vec![9]);
        unacknowledged.put_back(Tick(seen), &mut next_event, &mut mail);
        mail.take(usize::MAX, &mut notes);
        (next_event, notes)
    }

    fn three() -> Unacknowledged {
        let mut unacknowledged = Unacknowledged::default();
        for (tick, first_event) in [(1, 90), (4, 94), (7, 97)] {
            unacknowledged.sent(Tick(tick), first_event, vec![vec![tick as u8].into()]);
        }
        unacknowledged
    }

    #[test]
    fn what_was_not_received_comes_again_before_what_waits() {
        assert_eq!(put_back(three(), 0), (90, vec![1, 4, 7, 9]));
        assert_eq!(put_back(three(), 1), (94, vec![4, 7, 9]));
        assert_eq!(put_back(three(), 6), (97, vec![7, 9]));
        assert_eq!(put_back(three(), u32::MAX), (100, vec![9]));
        let mut acknowledged = three();
        acknowledged.acknowledge(Tick(4));
        assert_eq!(put_back(acknowledged, 0), (97, vec![7, 9]));
    }

    #[test]
    fn it_is_bounded() {
        let mut unacknowledged = Unacknowledged::default();
        for tick in 0..1_000 {
            unacknowledged.sent(Tick(tick), u64::from(tick), vec![Box::default(); 10]);
        }
        assert!(unacknowledged.mail <= 2 * MAIL_MAX && unacknowledged.frames.len() <= FRAMES_MAX);
        let held = unacknowledged.frames.len() as u64;
        let (mut next_event, mut mail) = (1_000, Mail::default());
        unacknowledged.put_back(Tick(0), &mut next_event, &mut mail);
        let too_many = (10 * held).saturating_sub(MAIL_MAX as u64);
        let expected = (1_000 - held) * 11 + too_many;
        assert_eq!((next_event, mail.take_missed()), (1_000 - held, expected));
    }
}
