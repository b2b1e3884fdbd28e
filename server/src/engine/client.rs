//! What a room keeps of one connected client.

use drumbeat_shared::ids::{EntityId, PlayerId, Tick};
use drumbeat_shared::replication::lanes::Lanes;
use drumbeat_shared::schema::Private;

use super::checks::{Checks, Claim};
use super::close::CloseReason;
use super::counts::{Counts, Keyframe};
use super::event_log::Mail;
use super::inbox::{Message, Receiver};
use super::incident::{Incident, Peer, What};
use super::input_queue::InputQueue;
use super::outbox::Outbox;
use super::pace::Pace;
use super::presence::Presence;
use super::view::Look;
use super::viewer::{Gaze, Role};

/// Ticks between two keyframes that a client asks for.
const RESYNC_TICKS_MIN: u32 = 32;

/// One connected client.
#[derive(Debug)]
pub struct Client<I> {
    /// The player's name.
    pub name: String,
    /// Its far end, for logs.
    pub peer: Peer,
    /// Where its reader leaves messages.
    pub inbox: Receiver<I>,
    /// What is written to it.
    pub outbox: Outbox,
    /// Whether it keeps up.
    pub pace: Pace,
    /// What it sees, in the lanes and the order that both ends hold.
    pub visible: Lanes<EntityId>,
    /// What it remembers of who enters its view.
    pub look: Look,
    /// The private state it was last told.
    pub private: Private,
    /// The acknowledgement it was last told.
    pub acked: Tick,
    /// Its inputs that wait for their tick.
    pub inputs: InputQueue<I>,
    /// The number of the next event to tell it.
    pub next_event: u64,
    /// Why its next frame has to be a keyframe.
    pub keyframe: Option<Keyframe>,
    /// The last ping: the client's clock, and the server's clock when it came, microseconds.
    pub ping: Option<(u64, u64)>,
    /// Players whose names it wants.
    pub names_wanted: Option<Vec<PlayerId>>,
    /// Events for it alone.
    pub mail: Mail,
    /// Where it looks as a spectator.
    pub gaze: Gaze,
    /// The checksums that it was sent.
    pub checks: Checks,
    /// Whether it is there, as a player.
    pub presence: Presence<I>,
    resync_after: u32,
}

/// What a message asks of the room.
#[derive(Debug)]
pub enum Request {
    /// Says a line to all.
    Chat(String),
    /// It says that its view did not match.
    Mismatch(Claim),
}

impl<I: Copy + PartialEq> Client<I> {
    /// A client that has just joined in `tick` a room whose ticks are so many microseconds apart.
    #[must_use]
    pub fn new(
        name: String,
        peer: Peer,
        inbox: Receiver<I>,
        outbox: Outbox,
        pace: Pace,
        period_us: u64,
        tick: Tick,
    ) -> Self {
        Self {
            name,
            peer,
            inbox,
            outbox,
            pace,
            visible: Lanes::default(),
            look: Look::default(),
            private: Private::default(),
            acked: Tick(0),
            inputs: InputQueue::new(period_us),
            next_event: 0,
            keyframe: Some(Keyframe::Join),
            ping: None,
            names_wanted: None,
            mail: Mail::default(),
            gaze: Gaze::default(),
            checks: Checks::new(tick),
            presence: Presence::new(tick),
            resync_after: 0,
        }
    }

    /// Takes one message, at `present_us` by the clock that waits for the room. What concerns the
    /// room is returned.
    pub fn take(
        &mut self,
        message: Message<I>,
        tick: u32,
        present_us: u64,
        counts: &mut Counts,
    ) -> Option<Request> {
        match message {
            Message::Input(arrival) => {
                self.pace.saw(arrival.seen, present_us);
                self.inputs.push(arrival, Tick(tick + 1), counts);
                None
            }
            Message::Ping { sent_us, seen, received_us } => {
                self.pace.saw(seen, present_us);
                self.ping = Some((sent_us, received_us));
                None
            }
            Message::Names(players) => {
                // A client asks again only when it was answered: what it asked before is obsolete.
                self.names_wanted = Some(players);
                None
            }
            Message::Watch(watch) => {
                self.gaze.watch = watch;
                None
            }
            Message::Chat(text) => {
                self.presence.act(Tick(tick));
                Some(Request::Chat(text))
            }
            Message::Resync(claim) => {
                if tick < self.resync_after {
                    counts.refused_resyncs += 1;
                    return None;
                }
                self.resync_after = tick + RESYNC_TICKS_MIN;
                self.keyframe.get_or_insert(Keyframe::Resync);
                Some(Request::Mismatch(claim))
            }
        }
    }

    /// Counts a claim that its view did not match. Returns what the log is to tell of it.
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
                Some(What::Mismatch { claim, visible: self.visible.len() })
            }
            Err(because) => {
                counts.false_mismatches += 1;
                let tells = self.checks.is_to_tell(tick, tick_hz);
                tells.then_some(What::FalseMismatch { claim, because })
            }
        }
    }

    /// What happened to it, for the log.
    #[must_use]
    pub fn incident(&self, role: Role, what: What) -> Incident {
        Incident { peer: self.peer, name: self.name.clone(), role, what }
    }
}

/// A client that has left the game and is still owed a farewell.
#[derive(Debug)]
pub struct Leaving {
    outbox: Outbox,
    until_us: u64,
}

/// How long a closing client has to take what is left for it, microseconds.
const FAREWELL_US_MAX: u64 = 1_000_000;

impl Leaving {
    /// Puts the close frame behind what is left.
    #[must_use]
    pub fn new(mut outbox: Outbox, reason: &CloseReason, now_us: u64) -> Self {
        outbox.push(&super::close::close_frame(reason));
        Self { outbox, until_us: now_us + FAREWELL_US_MAX }
    }

    /// Hands over what the link takes. `true` once there is nothing more to do.
    pub fn done(&mut self, now_us: u64) -> bool {
        self.outbox.flush().unwrap_or(true) || now_us >= self.until_us
    }
}
