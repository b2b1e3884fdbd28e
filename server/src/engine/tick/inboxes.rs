//! What the clients have sent.

use drumbeat_shared::content::Command as _;
use drumbeat_shared::game::{Controls, Game};

use super::Engine;
use crate::engine::client::Request;
use crate::engine::incident::What;
use crate::engine::viewer::Viewer;
use crate::engine::wish::Wish;

/// Unsent bytes in a client's outbox up to which its pongs go out behind them; beyond that the
/// pongs stay in its inbox.
const PONGS_BEHIND_BYTES_MAX: usize = 1_024;

/// Samples the timing of one input in this many; clients take turns.
const SAMPLED: u32 = 8;

impl<G: Game> Engine<G> {
    /// Takes what has arrived: the inputs and wishes of the coming tick, and who goes.
    pub(super) fn drain_inboxes(&mut self, now_us: u64) {
        let (present_us, late) = (self.clock.now_us(), self.clock.take_late());
        self.inputs.clear();
        let coming = self.tick.next();
        let tick_hz = self.world.tick_hz;
        let place_ticks = u32::from(self.resume_s) * u32::from(tick_hz);
        for (viewer, client) in self.roster.iter_mut() {
            if let Some((away, player)) = client.away.as_mut().zip(viewer.player()) {
                let lets_go = std::mem::take(&mut away.holds_controls);
                self.inputs.extend(lets_go.then(|| (player, Controls::default())));
                let is_over = coming.since(away.since) > place_ticks;
                self.gone.extend(is_over.then_some((viewer, None)));
            }
            self.messages.clear();
            self.pongs.clear();
            let mut leaves = None;
            // The pongs of a client that reads nothing wait in its inbox.
            let room = client.outbox.pending_bytes() <= PONGS_BEHIND_BYTES_MAX;
            let pongs = room.then_some(&mut self.pongs);
            let mut ended = client.inbox.drain(&mut self.messages, pongs);
            client.outbox.push(&self.pongs);
            for message in self.messages.drain(..) {
                match client.take(message, self.tick.0, present_us, &mut self.counts) {
                    Some(Request::Wish(wish)) => {
                        self.wishes.extend(viewer.player().map(|player| (player, wish)));
                    }
                    Some(Request::DocumentMismatch(claim)) => {
                        let what = What::DocumentMismatch(claim);
                        self.counts.incidents.push(client.incident(viewer.role(), what));
                    }
                    Some(Request::Close(reason)) => ended = Some(Some(reason)),
                    Some(Request::Leave(hand_over)) => leaves = Some(hand_over),
                    Some(Request::Mismatch(claim)) => {
                        let what = client.judge(claim, coming, tick_hz, &mut self.counts);
                        let incident = what.map(|what| client.incident(viewer.role(), what));
                        self.counts.incidents.extend(incident);
                    }
                    None => {}
                }
            }
            if client.note_acknowledged()
                && let Some(player) = viewer.player()
            {
                self.resumable.confirm(player);
            }
            if late {
                client.inputs.stalled(now_us);
            }
            if let Some(arrival) = client.inputs.next(coming, now_us, &mut self.counts)
                && let Some(player) = viewer.player()
            {
                client.conduct.presence.hold(arrival.input, coming);
                let is_sample = (u32::from(player.0) + coming.0).is_multiple_of(SAMPLED);
                self.counts.input(is_sample.then(|| arrival.sample(coming, now_us, tick_hz)));
                let rewind = arrival.rewind(coming, tick_hz);
                self.inputs.push((player, Controls { input: arrival.input, rewind }));
            }
            if let Some(player) = viewer.player().filter(|_| G::Command::TAKEN) {
                client.commands.tick(tick_hz, G::COMMANDS_PER_S);
                while let Some((number, command)) = client.commands.next(tick_hz) {
                    self.wishes.push((player, Wish::Command { number, command }));
                }
            }
            let limit = self.afk_limit.filter(|_| viewer.player().is_some());
            let ended = ended.or_else(|| client.overstays(coming, limit, now_us).map(Some));
            // Nobody evades a close by another hello.
            if let Some(reason) = ended.filter(|_| client.away.is_none()) {
                self.gone.push((viewer, reason));
            } else if let Some(hand_over) = leaves {
                self.handed_over.push((viewer, hand_over));
            }
        }
        self.drop_inputs_of_who_goes();
    }

    fn drop_inputs_of_who_goes(&mut self) {
        // In the order of the roster: thousands may leave at once.
        let (gone, handed_over) = (&self.gone, &self.handed_over);
        let goes = |player| {
            let viewer = Viewer::Player(player);
            gone.binary_search_by_key(&viewer, |(viewer, _)| *viewer).is_ok()
                || handed_over.binary_search_by_key(&viewer, |(viewer, _)| *viewer).is_ok()
        };
        self.inputs.retain(|(player, _)| !goes(*player));
    }
}
