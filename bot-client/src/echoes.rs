//! What came of the wishes of all bots, as one of them sees it: lines and records with a stamp, and
//! refusals.

use std::collections::HashMap;

use drumbeat_shared::client::{Client, Notice};
use drumbeat_shared::document::RecordId;
use drumbeat_shared::game::Game;

use crate::clock::Stamp;
use crate::figures::{Timings, Wished};

/// Of so many records a bot reads one; all of them are verified.
const READ_ONE_IN: u32 = 4;

/// What one bot has received and not yet shown.
#[derive(Debug, Default)]
pub(crate) struct Echoes {
    lines: Vec<Stamp>,
    records: Vec<Stamp>,
    refused: Vec<String>,
    /// Whether the bot has been warned that its ticket ends.
    ticket_ends: bool,
    /// The last stamp of each record that this bot reads.
    last: HashMap<RecordId, Stamp>,
    /// Which of the records it reads.
    share: u32,
}

impl Echoes {
    /// Those of the bot with this number.
    pub(crate) fn new(bot: u32) -> Self {
        Self { share: bot % READ_ONE_IN, ..Self::default() }
    }

    /// Takes what the newest frame brought; `stamps` finds the stamps in a record. `was_whole` says
    /// whether the client had the whole document before: what comes is not new otherwise.
    pub(crate) fn take<G: Game>(
        &mut self,
        client: &mut Client<G>,
        was_whole: bool,
        stamps: impl Fn(&G::Record) -> Vec<Stamp>,
    ) {
        self.hear(client);
        while let Some(id) = client.changed_record() {
            if id.0 % READ_ONE_IN != self.share {
                continue;
            }
            match client.record(id) {
                Some(record) => self.read(id, &stamps(&record), was_whole),
                None => drop(self.last.remove(&id)),
            }
        }
    }

    fn hear<G: Game>(&mut self, client: &mut Client<G>) {
        let me = client.welcome().and_then(|welcome| welcome.player);
        while let Some(notice) = client.notice() {
            match notice {
                Notice::Chat { player, text, earlier: false, .. } if player != me => {
                    self.lines.extend(Stamp::read(&text));
                }
                Notice::Whisper { from, text, .. } if Some(from) != me => {
                    self.lines.extend(Stamp::read(&text));
                }
                Notice::Refused { reason, .. } => self.refused.push(reason),
                Notice::TicketEnds { .. } => self.ticket_ends = true,
                _ => {}
            }
        }
    }

    /// Takes the stamps in a record that were not in it before.
    fn read(&mut self, id: RecordId, stamps: &[Stamp], is_new: bool) {
        let last = self.last.get(&id).copied();
        let fresh = |stamp: &&Stamp| last.is_none_or(|last| stamp.is_after(last));
        if is_new {
            self.records.extend(stamps.iter().filter(fresh));
        }
        if let Some(newest) = stamps.last() {
            self.last.insert(id, *newest);
        }
    }

    /// Whether the bot has been warned, since this was last asked, that its ticket ends.
    pub(crate) fn take_ticket_end(&mut self) -> bool {
        std::mem::take(&mut self.ticket_ends)
    }

    /// Whether there is nothing to show.
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.records.is_empty() && self.refused.is_empty()
    }

    /// Counts what was received; it is on the screen now.
    pub(crate) fn shown(&mut self, now: Stamp, wished: &mut Wished) {
        let count = |stamps: &mut Vec<Stamp>, delay: &mut Timings| {
            stamps
                .drain(..)
                .filter_map(|sent| sent.until_us(now))
                .for_each(|us| delay.record_us(us));
        };
        count(&mut self.lines, &mut wished.line_delay);
        count(&mut self.records, &mut wished.record_delay);
        self.refused.drain(..).for_each(|reason| wished.refused.count(reason));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was counted, in tenths of a millisecond.
    fn shown(echoes: &mut Echoes, now: u32) -> Option<(f64, f64)> {
        let mut wished = Wished::default();
        echoes.shown(Stamp(now), &mut wished);
        let found = wished.record_delay.percentiles()?;
        Some(((found.p50 * 10.0).round(), (found.max * 10.0).round()))
    }

    #[test]
    fn each_stamp_of_a_record_counts_once() {
        let (mut echoes, id) = (Echoes::new(0), RecordId(4));
        echoes.read(id, &[Stamp(100), Stamp(200)], true);
        assert_eq!(shown(&mut echoes, 300), Some((100.0, 200.0)));
        echoes.read(id, &[Stamp(100), Stamp(200)], true);
        assert_eq!(shown(&mut echoes, 400), None);
        echoes.read(id, &[Stamp(100), Stamp(200), Stamp(390)], true);
        assert_eq!(shown(&mut echoes, 400), Some((10.0, 10.0)));
    }

    #[test]
    fn what_was_there_before_the_bot_does_not_count() {
        let (mut echoes, id) = (Echoes::new(0), RecordId(4));
        echoes.read(id, &[Stamp(100), Stamp(200)], false);
        assert_eq!(shown(&mut echoes, 300), None);
        echoes.read(id, &[Stamp(100), Stamp(200), Stamp(290)], true);
        assert_eq!(shown(&mut echoes, 300), Some((10.0, 10.0)));
    }
}
