//! What a room holds for each connected client, and for a connection that asks to join.

use std::fmt::Debug;

use drumbeat_shared::game::Game;
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::limits::{CHECKSUM_TICKS, REFUSAL_BYTES_MAX};
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::messages::Note;
use drumbeat_shared::protocol::{codec, names};
use drumbeat_shared::schema::initial_private;

use super::baseline::Baseline;
use super::chat_rate::{ReadTime, TOO_SOON};
use super::checks::{Checks, Claim, DocumentClaim};
use super::close::CloseReason;
use super::command_queue::CommandQueue;
use super::conduct::Conduct;
use super::counts::{Counts, Keyframe};
use super::event_log::Mail;
use super::hand_over::{Given, HandOver};
use super::holder::{TicketEnd, Ticketed};
use super::idle::Idle;
use super::inbox::{Receiver, inbox};
use super::incident::{Incident, Peer, What};
use super::input_queue::{Arrival, InputQueue};
use super::join::Join;
use super::link::NoLink;
use super::message::Message;
use super::outbox::Outbox;
use super::pace::Pace;
use super::picture_age::{Picture, PictureAge};
use super::presence::AfkLimit;
use super::readings::Readings;
use super::resume::Away;
use super::unacknowledged::Unacknowledged;
use super::viewer::{Role, SpectatorCamera};
use super::wish::Wish;
use crate::bans::Visitor;

/// Minimum of ticks between two keyframes that a client asks for.
const RESYNC_TICKS_MIN: u32 = 32;

/// The room as a joining client finds it.
#[derive(Clone, Copy, Debug)]
pub struct Joined {
    /// The last completed tick.
    pub tick: Tick,
    /// Ticks a second.
    pub tick_hz: u16,
    /// The room's clock, which stands still while the room is away, microseconds.
    pub present_us: u64,
    /// The number of the next event.
    pub next_event: u64,
    /// Limit of a player's chat lines in 10 seconds.
    pub chat_per_10s: u32,
    /// Where it starts to read the documents.
    pub readings: Readings,
}

/// One connected client.
#[derive(Debug)]
pub struct Client<I, C> {
    /// The player's name.
    pub name: String,
    /// Its far end, for logs.
    pub peer: Peer,
    /// Where its reader puts messages.
    pub inbox: Receiver<I, C>,
    /// What is written to it.
    pub outbox: Outbox,
    /// Whether it keeps up.
    pub pace: Pace,
    /// How old its pictures may be.
    pub picture_age: PictureAge,
    /// What it holds.
    pub baseline: Baseline,
    /// Its inputs that wait for their tick.
    pub inputs: InputQueue<I>,
    /// The number of the next event to send it.
    pub next_event: u64,
    /// The last ping: the client's clock, and the server's clock when it arrived, microseconds.
    pub ping: Option<(u64, u64)>,
    /// Players whose names it wants.
    pub names_wanted: Option<Vec<PlayerId>>,
    /// Events for only this client.
    pub mail: Mail,
    /// Events that may be lost with its connection.
    pub unacknowledged: Unacknowledged,
    /// Where it looks as a spectator.
    pub camera: SpectatorCamera,
    /// The checksums that it was sent.
    pub checks: Checks,
    /// Its commands that wait for the rules.
    pub commands: CommandQueue<C>,
    /// How far it has read the documents.
    pub readings: Readings,
    /// When something last changed for it.
    pub idle: Idle,
    /// The ticket that it plays by.
    pub ticket: Ticketed,
    /// How the person behind it has behaved.
    pub conduct: Conduct<I>,
    /// The tick after which it joined, whether on this connection or an earlier one.
    pub since: Tick,
    /// Since when it has no connection, if its place is kept.
    pub away: Option<Away>,
    /// Whether its player has acknowledged a frame, on this connection or an earlier one.
    pub has_played: bool,
    /// Whether the token before the one of its welcome is still good.
    may_lack_token: bool,
    resync_after: u32,
    seat: Option<Box<dyn Debug + Send>>,
}

/// What a message asks the room to do.
#[derive(Debug)]
pub enum Request<I, C> {
    /// Ask the rules.
    Wish(Wish<C>),
    /// Look into a claim that its copy of a document did not match.
    DocumentMismatch(DocumentClaim),
    /// Close the connection.
    Close(CloseReason),
    /// Let it go with its connection.
    Leave(HandOver<I>),
    /// Look into a claim that its view did not match.
    Mismatch(Claim),
}

impl<I: Copy + PartialEq, C> Client<I, C> {
    /// Creates a client that has just joined, under this number.
    #[must_use]
    pub fn new<G: Game<Input = I, Command = C>>(
        join: Join<G>,
        joined: &Joined,
        number: u32,
    ) -> Self {
        let Joined { tick, tick_hz, present_us, next_event, chat_per_10s, readings } = *joined;
        // Clients take turns at the checksum, so that no tick checks them all.
        let checked = Tick(tick.0.saturating_sub(number % CHECKSUM_TICKS));
        let conduct = join.conduct.map(|conduct| conduct.moved(Tick(0), tick));
        Self {
            name: join.name,
            peer: join.peer,
            inbox: join.inbox,
            outbox: Outbox::new(join.link),
            pace: Pace::new(tick_hz, present_us),
            picture_age: PictureAge::new(tick_hz),
            baseline: Baseline::new(initial_private(G::SCHEMA.private), join.encoding),
            inputs: InputQueue::new(1_000_000 / u64::from(tick_hz)),
            next_event,
            ping: None,
            names_wanted: None,
            mail: Mail::default(),
            unacknowledged: Unacknowledged::default(),
            camera: SpectatorCamera::default(),
            checks: Checks::new(checked),
            commands: CommandQueue::new(tick_hz, G::COMMANDS_PER_S),
            readings,
            idle: Idle::default(),
            ticket: Ticketed::new(join.holder),
            conduct: conduct.unwrap_or_else(|| Conduct::new(tick, chat_per_10s)),
            since: tick,
            away: None,
            has_played: false,
            may_lack_token: false,
            resync_after: 0,
            seat: join.seat,
        }
    }

    /// Who it is, to those who keep somebody out.
    pub fn visitor(&self) -> Visitor<'_> {
        let subject = self.ticket.holder().map(|holder| holder.subject.as_str());
        Visitor { address: self.peer.address.ip, subject }
    }

    /// Loses its connection. Returns what is written to it.
    pub fn lose_connection(&mut self, since: Tick) -> Outbox {
        self.away = Some(Away { since, holds_controls: true });
        self.inbox = inbox().1;
        self.inputs.clear();
        self.ping = None;
        self.names_wanted = None;
        std::mem::replace(&mut self.outbox, Outbox::new(Box::new(NoLink)))
    }

    /// Takes over, as a client that has just joined, the player of `before`, which has received all up
    /// to the tick `seen`.
    pub fn resume(&mut self, before: Self, seen: Tick) {
        self.name = before.name;
        self.next_event = before.next_event;
        self.mail = before.mail;
        before.unacknowledged.put_back(seen, &mut self.next_event, &mut self.mail);
        self.ticket.resume(before.ticket);
        self.conduct = before.conduct;
        self.commands = before.commands;
        self.commands.forget_known();
        self.since = before.since;
        self.has_played = before.has_played;
        self.may_lack_token = true;
        self.seat = before.seat;
    }

    /// Goes in `tick` and gives its connection back, after its seat: whoever gets the one may want the other.
    pub fn hand_over(self, role: Role, tick: Tick, promise: HandOver<I>) {
        let Self { outbox, mut conduct, since, seat, .. } = self;
        drop(seat);
        if role == Role::Spectator {
            // Whoever looks on need not do anything.
            conduct.presence.pause(tick.since(since));
        }
        promise.give(Given { outbox, conduct: Box::new(conduct.moved(tick, Tick(0))) });
    }

    /// Forgets what the client has acknowledged. Returns whether this is the first sign that it has
    /// the token of its welcome, so that the one before need not be good any longer.
    pub fn note_acknowledged(&mut self) -> bool {
        let Some(seen) = self.pace.acknowledged() else { return false };
        self.unacknowledged.acknowledge(seen);
        self.has_played = true;
        std::mem::take(&mut self.may_lack_token)
    }

    /// Sends it why its command of this number, or anything else of it, is refused.
    pub fn refuse(&mut self, number: Option<u32>, reason: &str) {
        let reason = names::fit(reason, REFUSAL_BYTES_MAX).to_owned();
        self.mail.push(codec::encode(&Note::<()>::Refused { number, reason }));
    }

    /// Takes one message at `present_us` by the room's clock. Returns what concerns the room.
    pub fn take(
        &mut self,
        message: Message<I, C>,
        tick: u32,
        present_us: u64,
        counts: &mut Counts,
    ) -> Option<Request<I, C>> {
        match message {
            Message::Input(arrival) => {
                self.saw(arrival.seen, present_us);
                self.take_input(arrival, Tick(tick + 1), counts);
                None
            }
            Message::Ping { sent_us, seen, received_us } => {
                self.saw(seen, present_us);
                self.ping = Some((sent_us, received_us));
                None
            }
            Message::Names(players) => {
                // A client asks again only after an answer, so an earlier request is obsolete.
                self.names_wanted = Some(players);
                None
            }
            Message::Players => {
                self.readings.read_players();
                None
            }
            Message::Document => {
                self.readings.read_document();
                None
            }
            Message::Watch(watch) => {
                self.camera.watch = watch;
                None
            }
            Message::Chat { text, to, read } => {
                self.conduct.presence.act(Tick(tick));
                self.in_time(read, Wish::Say { text, to }, counts)
            }
            Message::Report { line, read } => self.in_time(read, Wish::Report(line), counts),
            Message::Renewal(holder) => {
                if !self.ticket.renew(holder) {
                    self.refuse(None, "the ticket is not for who plays here; join again with it");
                }
                None
            }
            Message::RenewalRefused(reason) => {
                self.refuse(None, reason);
                None
            }
            Message::Command { number, command } => {
                self.conduct.presence.act(Tick(tick));
                self.commands.push(number, command).err().map(Request::Close)
            }
            Message::Leave(hand_over) => Some(Request::Leave(hand_over)),
            Message::Reread(claim) => {
                let is_true = self.readings.reread(claim);
                if is_true {
                    counts.mismatches += 1;
                } else {
                    counts.false_mismatches += 1;
                }
                is_true.then_some(Request::DocumentMismatch(claim))
            }
            Message::Resync(claim) => {
                if tick < self.resync_after {
                    counts.refused_resyncs += 1;
                    return None;
                }
                self.resync_after = tick + RESYNC_TICKS_MIN;
                self.baseline.ask(Keyframe::Resync);
                Some(Request::Mismatch(claim))
            }
        }
    }

    /// What it says or reports, unless that comes too soon after other lines.
    fn in_time(
        &mut self,
        read: ReadTime,
        wish: Wish<C>,
        counts: &mut Counts,
    ) -> Option<Request<I, C>> {
        let allowed = self.conduct.chat_rate.allows(read);
        counts.hasty_lines += u64::from(allowed != Ok(true));
        match allowed {
            Ok(true) => Some(Request::Wish(wish)),
            Ok(false) => {
                self.refuse(None, TOO_SOON);
                None
            }
            Err(reason) => Some(Request::Close(reason)),
        }
    }

    /// Puts an input in the queue, with a picture that it can have had; `coming` is the next tick.
    fn take_input(&mut self, arrival: Arrival<I>, coming: Tick, counts: &mut Counts) {
        let Arrival { seen, view_delay, .. } = arrival;
        let (picture, is_cut) = self.picture_age.judge(Picture { seen, view_delay }, coming);
        counts.cut_rewinds += u64::from(is_cut);
        let Picture { seen, view_delay } = picture;
        self.inputs.push(Arrival { seen, view_delay, ..arrival }, coming, counts);
    }

    /// Notes that it has received the frame of the tick `seen`.
    fn saw(&mut self, seen: Tick, present_us: u64) {
        self.pace.saw(seen, self.baseline.tick, present_us);
        self.picture_age.saw(seen, self.baseline.tick);
    }

    /// Why its player is sent away in `tick`: it has been idle for longer than the limit, or its ticket
    /// has ended, of which it is warned before.
    pub fn overstays(
        &mut self,
        tick: Tick,
        limit: Option<AfkLimit>,
        now_us: u64,
    ) -> Option<CloseReason> {
        if self.away.is_some() {
            return None;
        }
        // Who has no controls to change is not away: the game is one to read.
        let limit = limit.filter(|_| size_of::<I>() > 0);
        let idle = |limit| self.conduct.presence.idle_too_long(tick, limit);
        if let Some(seconds) = limit.and_then(idle) {
            let what = format!("no new controls for {seconds} s; join again to play");
            return Some(CloseReason::detailed(CloseCode::Afk, &what));
        }
        match self.ticket.end(now_us)? {
            TicketEnd::Soon(in_s) => {
                self.mail.push(codec::encode(&Note::<()>::TicketEnds { in_s }));
                None
            }
            TicketEnd::Now => Some(CloseCode::TicketEnded.into()),
        }
    }

    /// Counts a claim that its view did not match. Returns what to log.
    pub fn judge(
        &mut self,
        claim: Claim,
        tick: Tick,
        tick_hz: u16,
        counts: &mut Counts,
    ) -> Option<What> {
        match self.checks.judge(&claim) {
            Ok(()) => {
                counts.mismatches += 1;
                Some(What::Mismatch { claim, visible: self.baseline.visible.len() })
            }
            Err(because) => {
                counts.false_mismatches += 1;
                let should_log = self.checks.should_log(tick, tick_hz);
                should_log.then_some(What::FalseMismatch { claim, because })
            }
        }
    }

    /// An incident of this client, for the log.
    #[must_use]
    pub fn incident(&self, role: Role, what: What) -> Incident {
        Incident { peer: self.peer, name: self.name.clone(), role, what }
    }
}
