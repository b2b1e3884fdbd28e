//! One frame per client: its view, spliced from changes that are already encoded.

use std::io;

use drumbeat_shared::game::Game;
use drumbeat_shared::ids::{EntityId, Tick};
use drumbeat_shared::limits::{NOTE_BYTES_PER_FRAME_MAX, RECORD_NOTES_BYTES_PER_FRAME_MAX};
use drumbeat_shared::protocol::bits::BitWriter;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::codec;
use drumbeat_shared::protocol::frame::{Base, Head};
use drumbeat_shared::protocol::messages::{Encoding, Note};
use drumbeat_shared::records::{Reading, Records};
use drumbeat_shared::replication::checksum::Checksum;
use drumbeat_shared::replication::lanes::{Lanes, Span, known, turn};
use drumbeat_shared::replication::positions::{LEAVES_ORDER, MOVES_ORDER, encode_positions};
use drumbeat_shared::replication::whole::{encode_private, encode_whole};
use drumbeat_shared::schema::initial_private;

use super::baseline::Baseline;
use super::changes::Changes;
use super::client::Client;
use super::close::CloseReason;
use super::counts::Counts;
use super::input_queue::Punctuality;
use super::outbox::HEADER_BYTES_MAX;
use super::pace::Verdict;
use super::scene::Scene;
use super::view::{LaneChange, ViewChange, enter_rect};
use super::viewer::{PlayerView, Viewer};

/// One thread's part in the fan-out: what it found, and buffers reused from client to client.
#[derive(Debug, Default)]
pub struct FanOut {
    /// What was counted, until the room takes it.
    pub counts: Counts,
    /// The oldest tick whose snapshot a client may need in the next tick, until the room takes it.
    pub oldest_needed: Option<Tick>,
    /// The clients to remove and why, until the room takes them; `None` for a broken link.
    pub gone: Vec<(Viewer, Option<CloseReason>)>,
    /// Whether a client wants plain changes, until the room takes it.
    pub serves_plain: bool,
    frame: BitWriter,
    notes: Vec<u8>,
    change: ViewChange,
    /// Positions of the entities that deviate from their prediction.
    positions: Vec<u32>,
    /// The changes of a view whose client was skipped; the keys are positions.
    skipped: Changes,
}

impl FanOut {
    /// Sends one client its frame of this tick, or skips it.
    pub fn serve<G: Game>(
        &mut self,
        scene: &Scene<'_, G>,
        viewer: Viewer,
        client: &mut Client<G::Input, G::Command>,
    ) {
        // For a skipped client too: the player that a spectator follows may leave meanwhile.
        let view = scene.view(viewer, &mut client.camera);
        let is_new = client.baseline.tick.is_none();
        self.serves_plain |= client.baseline.encoding == Encoding::Plain;
        self.send_or_skip(scene, viewer, &view, client);
        let sees = |player| scene.game.eye(player).is_some();
        if is_new && client.baseline.tick.is_some() && !viewer.player().is_none_or(sees) {
            self.counts.blind_players += 1;
        }
        let next = scene.snapshot.tick.next();
        let Some(needed) = client.baseline.oldest_needed(next) else { return };
        self.oldest_needed = Some(self.oldest_needed.map_or(needed, |oldest| oldest.min(needed)));
    }

    fn send_or_skip<G: Game>(
        &mut self,
        scene: &Scene<'_, G>,
        viewer: Viewer,
        view: &PlayerView,
        client: &mut Client<G::Input, G::Command>,
    ) {
        let Ok(taken) = client.outbox.flush() else {
            return self.gone.push((viewer, None));
        };
        self.counts.bytes_out += client.outbox.take_handed();
        if client.outbox.take_frame_progress() {
            client.pace.took(scene.present_us);
        }
        let is_idle = scene.is_idle(view, client);
        let (tick, handed) = (scene.snapshot.tick, client.baseline.tick);
        match client.pace.verdict(tick, handed, taken, scene.present_us) {
            Verdict::Skip(reason) => return self.counts.skip(reason),
            Verdict::Close => return self.gone.push((viewer, Some(CloseCode::TooSlow.into()))),
            // No failure, so it counts as no skip.
            Verdict::Send if is_idle => return,
            Verdict::Send => {}
        }
        match self.send(scene, view, client) {
            Ok(()) => {
                client.pace.sent(client.baseline.tick.replace(tick), scene.present_us);
                self.counts.frames_out += 1;
                self.counts.bytes_out += client.outbox.take_handed();
            }
            Err(_) => self.gone.push((viewer, None)),
        }
    }

    fn send<G: Game>(
        &mut self,
        scene: &Scene<'_, G>,
        view: &PlayerView,
        client: &mut Client<G::Input, G::Command>,
    ) -> io::Result<()> {
        let base = match client.baseline.against(scene.snapshot.tick, scene.history) {
            Ok(base) => Some(base.tick),
            Err(keyframe) => {
                self.counts.keyframe(keyframe);
                client.baseline.clear(initial_private(G::SCHEMA.private));
                None
            }
        };
        let Baseline { search, visible, .. } = &mut client.baseline;
        self.change.update::<G>(scene.snapshot, base, view, (search, visible));
        self.counts.culled_entities += self.change.culled as u64;
        self.collect_notes(scene, view, client);

        self.frame.restart(HEADER_BYTES_MAX);
        self.write_head::<G>(scene, view, client, base);
        let baseline = &mut client.baseline;
        if view.private != baseline.private {
            encode_private(G::SCHEMA.private, &baseline.private, &view.private, &mut self.frame);
            baseline.private = view.private;
        }
        baseline.ack = client.inputs.applied;
        self.write_entities::<G>(scene, view, baseline);
        self.change.settle(scene.snapshot.tick, &mut baseline.visible);
        self.frame.put_bytes(&self.notes);
        client.outbox.send(self.frame.finish())
    }

    fn write_head<G: Game>(
        &mut self,
        scene: &Scene<'_, G>,
        view: &PlayerView,
        client: &mut Client<G::Input, G::Command>,
        base: Option<Tick>,
    ) {
        let (tick, applied) = (scene.snapshot.tick, client.inputs.applied);
        let base = match base {
            Some(base) => {
                Base::Delta { age: tick.since(base), acked: applied.since(client.baseline.ack) }
            }
            None => Base::Keyframe { tick, ack: applied },
        };
        let visible = &client.baseline.visible;
        let checksum = client.checks.is_due(tick).then(|| self.checksum(scene, view, visible));
        if let Some(checksum) = checksum {
            client.checks.sent(tick, checksum);
        }
        let head = Head {
            base,
            private: view.private != client.baseline.private,
            notes: !self.notes.is_empty(),
            checksum,
        };
        head.encode(&mut self.frame);
    }

    /// Covers the private state, then the entities lane by lane, then those that enter.
    fn checksum<G: Game>(
        &self,
        scene: &Scene<'_, G>,
        view: &PlayerView,
        visible: &Lanes<EntityId>,
    ) -> u32 {
        let mut checksum = Checksum::new(&view.private);
        for lane in visible.lanes() {
            let known = scene.history.find(known(lane, scene.snapshot.tick)).unwrap_or(scene.now);
            for id in visible.lane(lane) {
                checksum.add(known.hash(id.slot));
            }
        }
        for id in &self.change.enters {
            checksum.add(scene.now.hash(id.slot));
        }
        checksum.finish()
    }

    /// Writes for each lane that the frame covers which entities leave it and how the others
    /// changed, then which entities move to another lane, then which enter. A keyframe has only the
    /// last.
    fn write_entities<G: Game>(
        &mut self,
        scene: &Scene<'_, G>,
        view: &PlayerView,
        baseline: &Baseline,
    ) {
        let visible = &baseline.visible;
        let mut sent = 0;
        for lane in visible.lanes() {
            let LaneChange { span, before, leaves } = &self.change.lanes[lane];
            if let Some(span) = *span {
                encode_positions(leaves, *before, LEAVES_ORDER, &mut self.frame);
                self.write_changes(scene, baseline, lane, span);
                sent += visible.lane(lane).len();
            }
        }
        self.counts.waiting_entities += (visible.len() - sent) as u64;
        let ViewChange { may_move, demoted, promoted, .. } = &self.change;
        if *may_move {
            let due = visible.lane(turn(scene.snapshot.tick));
            encode_positions(demoted, visible.fresh().len(), MOVES_ORDER, &mut self.frame);
            encode_positions(promoted, due.len(), MOVES_ORDER, &mut self.frame);
        }
        self.write_enters(scene, view, visible.fresh());
    }

    /// Positions are encoded relative to the own avatar, or else to the first entity that enters.
    fn write_enters<G: Game>(
        &mut self,
        scene: &Scene<'_, G>,
        view: &PlayerView,
        fresh: &[EntityId],
    ) {
        let enters = &self.change.enters;
        self.frame.put_golomb(enters.len() as u32, 0);
        if enters.is_empty() {
            return;
        }
        let own = fresh.iter().find(|id| Some(id.slot) == view.avatar);
        let mut anchor = own.and_then(|id| scene.now.find(*id)).map(G::position);
        for id in enters {
            if let Some(state) = scene.now.find(*id) {
                encode_whole::<G>(state, &mut anchor, &mut self.frame);
            }
        }
    }

    /// Writes the changes of a lane's entities. A client that got the last frame gets what is
    /// already encoded; a skipped client gets the changes since the tick it holds.
    fn write_changes<G: Game>(
        &mut self,
        scene: &Scene<'_, G>,
        baseline: &Baseline,
        lane: usize,
        span: Span,
    ) {
        let (encoding, ids) = (baseline.encoding, baseline.visible.lane(lane));
        let Self { frame, positions, skipped, .. } = self;
        if let Some((changes, shift)) = scene.snapshot.changes(encoding, lane, span) {
            changes.splice(ids.len(), |position| ids[position].slot >> shift, positions, frame);
            return;
        }
        let (from, to) = (scene.history.find(span.from), scene.history.find(span.to));
        let context = scene.context.at(span.from);
        skipped.restart(ids.len());
        for (position, id) in (0..).zip(ids) {
            let [from, to] = [from, to].map(|past| past.and_then(|past| past.find(*id)));
            let states = from.zip(to);
            match encoding {
                Encoding::Predicted => skipped.put::<G>(position, context, states, span.age()),
                Encoding::Plain => skipped.put_plain::<G>(position, states),
            }
        }
        skipped.splice(ids.len(), |position| position as u32, positions, frame);
    }

    /// Collects the answers first, then as many events as fit; the others wait for the next frame.
    fn collect_notes<G: Game>(
        &mut self,
        scene: &Scene<'_, G>,
        view: &PlayerView,
        client: &mut Client<G::Input, G::Command>,
    ) {
        self.notes.clear();
        if let Some((sent_us, received_us)) = client.ping.take() {
            let held_us = scene.now_us.saturating_sub(received_us);
            let held_us = u32::try_from(held_us).unwrap_or(u32::MAX);
            let Punctuality { margin_us, late } = client.inputs.punctuality();
            self.note::<G>(&Note::Pong { sent_us, held_us, margin_us, late });
        }
        if let Some(wanted) = client.names_wanted.take() {
            let known = wanted
                .into_iter()
                .filter_map(|player| Some((player, scene.name(player)?.to_owned())));
            let names = Note::Names(known.collect());
            self.note::<G>(&names);
        }
        let missed = scene.log.missed(&mut client.next_event) + client.mail.take_missed();
        if missed > 0 {
            self.counts.missed_events += missed;
            let events = u32::try_from(missed).unwrap_or(u32::MAX);
            self.note::<G>(&Note::Missed { events });
        }
        let free = NOTE_BYTES_PER_FRAME_MAX - self.notes.len();
        let (before, first_event) = (self.notes.len(), client.next_event);
        let mail = client.mail.take(free, &mut self.notes);
        let rect = enter_rect(G::VIEW, view.eye);
        while let Some(note) = scene.log.read(client.next_event, rect) {
            if let Some(note) = note {
                if self.notes.len() + note.len() > NOTE_BYTES_PER_FRAME_MAX {
                    break;
                }
                self.notes.extend_from_slice(note);
            }
            client.next_event += 1;
        }
        if self.notes.len() > before {
            client.unacknowledged.sent(scene.snapshot.tick, first_event, mail);
        }
        self.collect_documents(scene, view, client);
    }

    /// Collects how far the rules have come with the client's commands, then what changed in the
    /// documents.
    fn collect_documents<G: Game>(
        &mut self,
        scene: &Scene<'_, G>,
        view: &PlayerView,
        client: &mut Client<G::Input, G::Command>,
    ) {
        // Behind all answers: whoever learns that a command is taken knows what the rules said.
        let is_answered = client.mail.is_empty() && client.next_event == scene.log.end();
        if let Some(number) = client.commands.news(is_answered) {
            self.note::<G>(&Note::Taken { number });
        }
        let check = client.checks.is_due(scene.snapshot.tick);
        let mut read = |records: &Records, reading: &mut Reading, group| {
            if !records.is_silent(reading, group, check) {
                let into = (RECORD_NOTES_BYTES_PER_FRAME_MAX, &mut self.notes);
                records.read(reading, group, check, into);
            }
        };
        read(scene.chat, &mut client.readings.chat, 0);
        if let Some((document, reading)) = scene.document.zip(client.readings.game.as_mut()) {
            read(document, reading, view.group);
        }
        if let Some(reading) = &mut client.readings.players {
            read(scene.players.records(), reading, 0);
        }
    }

    fn note<G: Game>(&mut self, note: &Note<G::Event>) {
        self.notes.extend_from_slice(&codec::encode(note));
    }
}
