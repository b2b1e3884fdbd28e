//! A player's commands that wait for the rules.
//!
//! None is dropped: those over the rate wait for a later tick, and the client, which is sent how far
//! the rules have come, sends no more than `COMMANDS_WAITING_MAX` ahead of them.

use std::collections::VecDeque;

use drumbeat_shared::limits::COMMANDS_WAITING_MAX;
use drumbeat_shared::protocol::close::CloseCode;

use super::close::CloseReason;

/// The commands of one player, in the order in which they came.
#[derive(Debug)]
pub struct CommandQueue<C> {
    waiting: VecDeque<Box<C>>,
    /// The number of the last command that the rules took.
    taken: u32,
    /// The number that the client knows to be taken.
    known: u32,
    /// What the rules may take: each tick adds the commands per second, each command costs the ticks
    /// per second.
    credit: u32,
}

impl<C> CommandQueue<C> {
    /// An empty queue; a second's worth of commands may come at once.
    #[must_use]
    pub fn new(tick_hz: u16, per_s: u16) -> Self {
        Self { waiting: VecDeque::new(), taken: 0, known: 0, credit: Self::burst(tick_hz, per_s) }
    }

    fn burst(tick_hz: u16, per_s: u16) -> u32 {
        u32::from(tick_hz) * u32::from(per_s.max(1))
    }

    /// Adds the command of this number.
    ///
    /// # Errors
    /// When it is not the next one, or the client does not wait.
    pub fn push(&mut self, number: u32, command: Box<C>) -> Result<(), CloseReason> {
        let next = self.taken.wrapping_add(self.waiting.len() as u32 + 1);
        if number != next {
            let what = format!("command {number} where {next} was due: number them from 1");
            return Err(CloseReason::detailed(CloseCode::OutOfPlace, &what));
        }
        if self.waiting.len() == COMMANDS_WAITING_MAX {
            let what =
                format!("over {COMMANDS_WAITING_MAX} commands wait: send more when some are taken");
            return Err(CloseReason::detailed(CloseCode::Flooding, &what));
        }
        self.waiting.push_back(command);
        Ok(())
    }

    /// A tick begins.
    pub fn tick(&mut self, tick_hz: u16, per_s: u16) {
        let credit = self.credit + u32::from(per_s.max(1));
        self.credit = credit.min(Self::burst(tick_hz, per_s));
    }

    /// The next command that the rules take in this tick, and its number.
    pub fn next(&mut self, tick_hz: u16) -> Option<(u32, Box<C>)> {
        let credit = self.credit.checked_sub(u32::from(tick_hz))?;
        let command = self.waiting.pop_front()?;
        self.credit = credit;
        self.taken = self.taken.wrapping_add(1);
        Some((self.taken, command))
    }

    /// The number of the last command that has come.
    #[must_use]
    pub fn received(&self) -> u32 {
        self.taken.wrapping_add(self.waiting.len() as u32)
    }

    /// What the client was sent about the commands taken may be lost: it is sent again.
    pub fn forget_known(&mut self) {
        self.known = 0;
    }

    /// The number of the last command taken, if the client does not know it and has got all answers;
    /// it knows it afterwards.
    pub fn news(&mut self, is_answered: bool) -> Option<u32> {
        let news = (is_answered && !self.is_known()).then_some(self.taken);
        self.known = news.unwrap_or(self.known);
        news
    }

    /// Whether the client knows all that is taken.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.known == self.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(queue: &mut CommandQueue<u32>, number: u32) -> Result<(), &'static str> {
        queue.push(number, Box::new(number)).map_err(|reason| reason.label())
    }

    fn taken(queue: &mut CommandQueue<u32>) -> Vec<u32> {
        std::iter::from_fn(|| queue.next(20)).map(|(number, _)| number).collect()
    }

    #[test]
    fn commands_over_the_rate_wait_and_come_in_order() {
        let mut queue = CommandQueue::new(20, 4);
        for number in 1..=8 {
            push(&mut queue, number).unwrap();
        }
        queue.tick(20, 4);
        assert_eq!(taken(&mut queue), [1, 2, 3, 4], "a second's worth at once");
        assert_eq!(queue.news(false), None, "answers are on their way");
        assert_eq!((queue.news(true), queue.news(true)), (Some(4), None));
        let mut later = Vec::new();
        for _ in 0..20 {
            queue.tick(20, 4);
            later.extend(taken(&mut queue));
        }
        assert_eq!(later, [5, 6, 7, 8], "four in a second");
    }

    #[test]
    fn numbers_count_and_a_client_waits() {
        let mut queue = CommandQueue::new(20, 4);
        assert_eq!(push(&mut queue, 2), Err("out_of_place"));
        for number in 1..=COMMANDS_WAITING_MAX as u32 {
            push(&mut queue, number).unwrap();
        }
        assert_eq!(push(&mut queue, COMMANDS_WAITING_MAX as u32), Err("out_of_place"));
        assert_eq!(push(&mut queue, COMMANDS_WAITING_MAX as u32 + 1), Err("flooding"));
    }
}
