//! A simulated client: the client core, with a pipe to it and a delayed path back.
//!
//! A light client receives the same messages: it must agree with the whole client.

use std::collections::{BTreeMap, VecDeque};

use drumbeat_server::engine::checks::Claim;
use drumbeat_server::engine::inbox::Sender;
use drumbeat_server::engine::message::Message;
use drumbeat_server::engine::viewer::Role;
use drumbeat_shared::client::{Client, LightClient, Notice, Received, Stats};
use drumbeat_shared::document::RecordId;
use drumbeat_shared::fnv::Fnv;
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::Tick;
use drumbeat_shared::limits::CHECKSUM_TICKS;
use drumbeat_shared::protocol::bits::{BitReader, BitWriter};
use drumbeat_shared::protocol::close::NO_CODE;
use drumbeat_shared::protocol::codec;
use drumbeat_shared::protocol::frame::Head;
use drumbeat_shared::protocol::messages::ClientMessage;
use drumbeat_shared::schema::{Private, State};

use crate::pipe::{Pipe, take_message};
use crate::screens::understand;

/// What a client should know at one tick.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Meant {
    pub(super) visible: Vec<State>,
    pub(super) private: Private,
    pub(super) ack: Tick,
    /// The checksums of the chat and of the game's document, where it should have all of it.
    pub(super) documents: [Option<u32>; 3],
}

/// A simulated client.
#[derive(Debug)]
pub struct SimClient<G: Game> {
    /// The client core under test.
    pub core: Client<G>,
    /// Limit of bytes it reads per tick; 0 while it is stalled.
    pub reads_per_tick: usize,
    /// Whether it sends anything: inputs, and with them what it has seen.
    pub talks: bool,
    /// Whether it sends WebSocket pings, which give the server a pong to write in each tick.
    pub pings: bool,
    /// Whether its requests for names are lost in flight.
    pub loses_names: bool,
    /// Whether the next checksum is falsified in flight: the client must request a keyframe.
    pub falsify: bool,
    /// Every message it received, if the test set this to an empty list.
    pub recorded: Option<Vec<Vec<u8>>>,
    /// The close code and text that it received.
    pub closed: Option<(u16, String)>,
    /// How many of its chat lines were said before it came.
    pub earlier: usize,
    /// Chat lines it received.
    pub chats: Vec<String>,
    /// Chat lines to one player that it received.
    pub whispers: Vec<String>,
    /// Chat lines that were withdrawn.
    pub withdrawn: Vec<RecordId>,
    /// The number of the last command that the rules have taken.
    pub taken: u32,
    /// What was refused, and why.
    pub refused: Vec<(Option<u32>, String)>,
    /// Seconds to the end of its ticket, each time it was warned.
    pub ticket_ends: Vec<u16>,
    /// Events of the game it received.
    pub events: Vec<G::Event>,
    /// Events that the server reported as missed.
    pub missed: u64,
    /// Number of its connection.
    pub connection: u64,
    pub(super) pipe: Pipe,
    pub(super) inbox: Option<Sender<G::Input, G::Command>>,
    pub(super) meant: BTreeMap<Tick, Meant>,
    light: LightClient<G>,
    buffer: Vec<u8>,
    /// Messages in flight to the server, and when they arrive, microseconds.
    in_flight: VecDeque<(u64, Vec<u8>)>,
    /// The tick of the last checksum; before the first, the tick of the join.
    checked: Tick,
    falsified: bool,
}

impl<G: Game> SimClient<G> {
    pub(super) fn new(
        core: Client<G>,
        connection: u64,
        pipe: Pipe,
        inbox: Sender<G::Input, G::Command>,
        joined: Tick,
    ) -> Self {
        Self {
            core,
            reads_per_tick: usize::MAX,
            talks: true,
            pings: false,
            loses_names: false,
            falsify: false,
            recorded: None,
            closed: None,
            earlier: 0,
            chats: Vec::new(),
            whispers: Vec::new(),
            withdrawn: Vec::new(),
            taken: 0,
            refused: Vec::new(),
            ticket_ends: Vec::new(),
            events: Vec::new(),
            missed: 0,
            connection,
            pipe,
            inbox: Some(inbox),
            meant: BTreeMap::new(),
            light: LightClient::new("", ""),
            buffer: Vec::new(),
            in_flight: VecDeque::new(),
            checked: joined,
            falsified: false,
        }
    }

    /// Reads what has arrived, and compares each view with the intended one. Returns how many it
    /// compared.
    pub(super) fn read(&mut self, now_us: u64, wire_hash: &mut Fnv) -> u64 {
        self.pipe.read(self.reads_per_tick, &mut self.buffer);
        let mut verified = 0;
        while let Some((opcode, payload)) = take_message(&mut self.buffer) {
            wire_hash.write(&payload);
            if let Some(recorded) = &mut self.recorded {
                recorded.push(payload.clone());
            }
            match opcode {
                2 => verified += u64::from(self.receive(payload, now_us)),
                8 => {
                    let code =
                        payload.first_chunk().map_or(NO_CODE, |code| u16::from_be_bytes(*code));
                    let text = payload.get(2..).unwrap_or_default().to_vec();
                    self.closed = Some((code, String::from_utf8(text).unwrap()));
                }
                10 => {}
                other => panic!("an unexpected WebSocket opcode {other}"),
            }
        }
        verified
    }

    /// Receives a message. Returns whether it gave a view that was compared.
    fn receive(&mut self, mut payload: Vec<u8>, now_us: u64) -> bool {
        if self.falsify && falsify_checksum(&mut payload) {
            (self.falsify, self.falsified) = (false, true);
        }
        let checksums = self.core.stats().checksums;
        let received = self.core.receive(&payload, now_us).expect("the server sent nonsense");
        assert_eq!(self.light.receive(&payload), Ok(received));
        self.compare_light();
        while let Some(notice) = self.core.notice() {
            match notice {
                Notice::Chat { text, earlier, .. } => {
                    self.earlier += usize::from(earlier);
                    self.chats.push(text);
                }
                Notice::Missed { events } => self.missed += u64::from(events),
                Notice::Event(event) => self.events.push(event),
                Notice::Whisper { text, .. } => self.whispers.push(text),
                Notice::Withdrawn { line } => self.withdrawn.push(line),
                Notice::Taken { number } => self.taken = number,
                Notice::Refused { number, reason } => self.refused.push((number, reason)),
                Notice::TicketEnds { in_s } => self.ticket_ends.push(in_s),
            }
        }
        if received != Received::Frame {
            return false;
        }
        let tick = self.core.tick().unwrap();
        if self.core.stats().checksums > checksums {
            self.checked = tick;
        }
        let unchecked = tick.since(self.checked);
        assert!(unchecked < CHECKSUM_TICKS, "no checksum in {unchecked} ticks at tick {tick}");
        let Some(meant) = self.meant.remove(&tick) else {
            // Such frames were in flight when the test made the client leave.
            assert!(self.inbox.is_none(), "a frame of tick {tick} that was never sent");
            return false;
        };
        let visible = self.core.visible().map(|seen| seen.state).collect();
        let private = *self.core.private();
        let ack = self.core.ack();
        let mut documents = self.core.document_checksums().map(Some);
        for (document, meant) in documents.iter_mut().zip(meant.documents) {
            *document = document.filter(|_| meant.is_some());
        }
        let found = Meant { visible, private, ack, documents };
        assert_eq!(found, meant, "the view at tick {tick}");
        self.meant = self.meant.split_off(&tick);
        true
    }

    /// Checks that the light client agrees with the whole client.
    fn compare_light(&self) {
        let (core, light) = (&self.core, &self.light);
        assert_eq!((light.tick(), light.ack()), (core.tick(), core.ack()));
        let figures = |stats: &Stats| {
            let Stats { frames, keyframes, bytes_in, delta_bytes_in, ticks_skipped, .. } = *stats;
            (frames, keyframes, bytes_in, delta_bytes_in, ticks_skipped)
        };
        assert_eq!(figures(light.stats()), figures(core.stats()));
    }

    /// Checks that the light client sends the same controls and acknowledges the same frame.
    fn compare_inputs(&mut self, input: &[u8], wanted: G::Input) {
        let sent = |bytes: &[u8]| match codec::decode_client(bytes).unwrap() {
            ClientMessage::Input::<G::Input> { seen, input, .. } => (seen, input),
            other => panic!("no input but {other:?}"),
        };
        let light = self.light.input(wanted).expect("the core has seen a frame");
        assert_eq!(sent(&light), sent(input));
    }

    /// Sends everything that is due; it arrives after `delay_us`, in order.
    pub(super) fn talk(&mut self, wanted: G::Input, now_us: u64, delay_us: u64) {
        let last_us = self.in_flight.back().map_or(0, |(arrives_us, _)| *arrives_us);
        let arrives_us = last_us.max(now_us + delay_us);
        let input = self.core.input(wanted, now_us);
        if let Some(input) = &input {
            assert!(!self.core.spectates(), "a spectator sends no inputs");
            self.compare_inputs(input, wanted);
        }
        let due_us = self.core.poll_timeout();
        let spoken: Vec<_> = std::iter::from_fn(|| self.core.transmit(now_us)).collect();
        assert!(
            !spoken.iter().any(|bytes| is_ping::<G>(bytes)) || due_us <= Some(now_us),
            "a ping before its time"
        );
        assert!(self.core.poll_timeout().is_none_or(|at_us| at_us > now_us), "not all was said");
        let ping = self.light.transmit(now_us);
        assert!(self.core.poll_timeout() <= self.light.poll_timeout(), "a ping is overslept");
        assert!(ping.is_none_or(|ping| spoken.contains(&ping)), "a ping of the light's own");
        self.in_flight.extend(input.into_iter().chain(spoken).map(|bytes| (arrives_us, bytes)));
    }

    /// Puts what has arrived by now in the inbox, as a reader would.
    pub(super) fn deliver(&mut self, now_us: u64) {
        if let Some(inbox) = self.inbox.as_ref().filter(|_| self.pings) {
            inbox.pong(&[]);
        }
        let arrived = self.in_flight.partition_point(|(arrives_us, _)| *arrives_us <= now_us);
        let role = if self.core.spectates() { Role::Spectator } else { Role::Player };
        for (_, bytes) in self.in_flight.drain(..arrived) {
            let mut message = understand::<G>(&bytes, role, now_us);
            if let Message::Resync(Claim { tick, expected, actual }) = &mut message {
                let falsified = std::mem::take(&mut self.falsified);
                assert!(falsified, "checksum {actual:x}, not {expected:x} at tick {tick}");
                // The view is right and the checksum was falsified. Swapped, the claim looks to the
                // server like a wrong view.
                std::mem::swap(expected, actual);
            }
            if self.loses_names && matches!(message, Message::Names(_)) {
                continue;
            }
            // A full inbox drops a message, as it does in a flood.
            let _ = self.inbox.as_ref().map(|inbox| inbox.push(message));
        }
    }

    /// Lets its pipe hold `capacity` bytes from now on; what is in it stays.
    pub fn hold(&self, capacity: usize) {
        self.pipe.hold(capacity);
    }

    /// Whether the server has closed the stream.
    #[must_use]
    pub fn stream_closed(&self) -> bool {
        self.pipe.is_closed()
    }
}

fn is_ping<G: Game>(bytes: &[u8]) -> bool {
    matches!(codec::decode_client(bytes), Ok(ClientMessage::Ping::<G::Input> { .. }))
}

/// Alters the checksum of a state frame; `false` if it has none.
fn falsify_checksum(payload: &mut Vec<u8>) -> bool {
    let mut bits = BitReader::new(payload);
    let Ok(mut head) = Head::decode(&mut bits) else {
        return false;
    };
    let Some(checksum) = &mut head.checksum else {
        return false;
    };
    *checksum ^= 1;
    let mut altered = BitWriter::default();
    head.encode(&mut altered);
    while let Ok(bit) = bits.take_bool() {
        altered.put_bool(bit);
    }
    *payload = altered.finish().clone();
    true
}
