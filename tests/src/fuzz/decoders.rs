//! Hostile bytes for everything that decodes messages and frames.

use std::sync::{Arc, OnceLock};

use drumbeat_arena::{Arena, Input, Settings};
use drumbeat_server::net::terminal::request::parse;
use drumbeat_shared::client::{Client, DRAW_STRIDE, Received};
use drumbeat_shared::content::Content as _;
use drumbeat_shared::document::RecordId;
use drumbeat_shared::game::{Game, Identity, Setup, StaticWorld};
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::limits::{RECORD_BYTES_MAX, RECORDS_MAX, VISIBLE_MAX};
use drumbeat_shared::protocol::bits::{BitReader, BitWriter};
use drumbeat_shared::protocol::frame::{Base, Head};
use drumbeat_shared::protocol::messages::{ClientMessage, Encoding, Welcome};
use drumbeat_shared::protocol::{CONTROL, codec};
use drumbeat_shared::records::{fold, hash_record};
use drumbeat_shared::replication::fingerprint::fingerprint;
use drumbeat_shared::replication::positions::{LEAVES_ORDER, RESIDUALS_ORDER, encode_positions};
use drumbeat_shared::replication::whole::encode_whole;
use drumbeat_shared::schema::State;
use drumbeat_shared::schema_hash::schema_hash;

use crate::maps::BELT;
use crate::pad::{Order, Pad};

const PERIOD_US: u64 = 33_333;
const PLAYER: PlayerId = PlayerId(0);

/// Decodes a client message as the server's reader does, then encodes it again.
///
/// # Panics
/// When encoding a decoded message makes it longer, or it then decodes to a different message.
pub fn client_message(bytes: &[u8]) {
    let Ok(message) = codec::decode_client::<ClientMessage<Input, Order>>(bytes) else {
        return;
    };
    match &message {
        ClientMessage::Input { input, .. } => drop(Arena::validate(input)),
        ClientMessage::Command { command, .. } => drop(command.check()),
        _ => {}
    }
    let again = codec::encode(&message);
    assert!(again.len() <= bytes.len(), "{message:?} grew");
    assert_eq!(codec::decode_client(&again), Ok(message));
}

/// Reads a message of a text client as the server does.
///
/// # Panics
/// When an error's example of what to send is wrong, too.
pub fn text_message(bytes: &[u8]) {
    if let Err(wrong) = parse::<Arena>(bytes, &Input::default()) {
        let example = wrong.send.to_string();
        assert!(parse::<Arena>(example.as_bytes(), &Input::default()).is_ok(), "{wrong:?}");
    }
    if let Err(wrong) = parse::<Pad>(bytes, &<Pad as Game>::Input::default()) {
        let example = wrong.send.to_string();
        let again = parse::<Pad>(example.as_bytes(), &<Pad as Game>::Input::default());
        assert!(again.is_ok(), "{wrong:?}");
    }
}

/// Reads the second half of the bytes in the steps that the first half gives, and writes it again.
///
/// # Panics
/// When the reader goes past the end, or reads different values from what was written.
pub fn bit_stream(bytes: &[u8]) {
    let (plan, stream) = bytes.split_at(bytes.len() / 2);
    let mut reader = BitReader::new(stream);
    let mut writer = BitWriter::default();
    let mut read = Vec::new();
    for step in plan {
        let Some(value) = take(&mut reader, *step) else {
            break;
        };
        put(&mut writer, *step, value);
        read.push((*step, value));
    }
    let written = writer.finish().clone();
    let mut reader = BitReader::new(&written);
    for (step, value) in read {
        assert_eq!(take(&mut reader, step), Some(value), "step {step}");
    }
}

fn take(reader: &mut BitReader<'_>, step: u8) -> Option<i64> {
    let order = u32::from(step / 3) % 17;
    match step % 3 {
        0 => reader.take(u32::from(step / 3) % 57).ok().map(|value| value as i64),
        1 => reader.take_golomb(order).ok().map(i64::from),
        _ => reader.take_signed(order).ok().map(i64::from),
    }
}

fn put(writer: &mut BitWriter, step: u8, value: i64) {
    let order = u32::from(step / 3) % 17;
    match step % 3 {
        0 => writer.put(value as u64, u32::from(step / 3) % 57),
        1 => writer.put_golomb(value as u32, order),
        _ => writer.put_signed(value as i32, order),
    }
}

/// Receives a hostile welcome, then honest frames on its map; returns how many were accepted.
///
/// Runs twice: with the bytes as the whole welcome, and with the bytes as the map of an honest one.
///
/// # Panics
/// When an accepted welcome leads to a state outside the schema's ranges.
pub fn welcome(bytes: &[u8]) -> u64 {
    let mut whole = vec![CONTROL];
    whole.extend_from_slice(bytes);
    play_after(&whole) + play_after(&welcome_message(bytes.to_vec()))
}

fn play_after(welcome: &[u8]) -> u64 {
    let mut player = Player::new(Encoding::Predicted);
    if player.client.receive(welcome, 0) != Ok(Received::Welcome) {
        return 0;
    }
    let quiet = quiet_delta();
    let mut game = std::iter::once(keyframe(Tick(1_000))).chain(std::iter::repeat_n(quiet, 20));
    while game.next().is_some_and(|frame| player.frame(&frame)) {}
    player.taken
}

/// Receives hostile frames in the middle of a game; returns how many were accepted, by a client with
/// predicted changes and by one with plain ones.
///
/// Each frame follows its length in two bytes.
///
/// # Panics
/// When an accepted frame leads to a state outside the schema's ranges, or to a picture with
/// numbers that cannot be drawn.
pub fn frames(bytes: &[u8]) -> [u64; 2] {
    [Encoding::Predicted, Encoding::Plain].map(|encoding| frames_of(encoding, bytes))
}

fn frames_of(encoding: Encoding, bytes: &[u8]) -> u64 {
    let mut player = Player::new(encoding);
    assert_eq!(player.client.receive(&welcome_message(map()), 0), Ok(Received::Welcome));
    assert!(player.frame(&keyframe(Tick(1_000))), "the first keyframe is an honest one");
    let mut rest = bytes;
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_le_bytes(*length));
        let (frame, after) = after.split_at(length.min(after.len()));
        if !player.frame(frame) {
            break;
        }
        rest = after;
    }
    player.taken - 1
}

/// Receives hostile notes, each frame's after their length in two bytes, in the middle of a session
/// with a document; returns how many frames were accepted.
///
/// # Panics
/// When the copy of the document goes past a limit, or its checksum is not that of what it holds.
pub fn notes(bytes: &[u8]) -> u64 {
    let mut client = Client::<Pad>::new("Ada", "");
    let world = StaticWorld { map: Arc::new(()), tick_hz: 20 };
    let mut message = vec![CONTROL];
    message.extend(codec::encode(&Welcome {
        schema: schema_hash::<Pad>(),
        player: Some(PLAYER),
        name: "Ada".into(),
        room: "main".into(),
        tick_hz: world.tick_hz,
        chat_per_10s: 5,
        predictions: fingerprint::<Pad>(&world),
        map: codec::encode(&()),
        resume: None,
        resumed: None,
        schema_text: None,
    }));
    assert_eq!(client.receive(&message, 0), Ok(Received::Welcome));
    client.read_players();
    let (mut taken, mut rest) = (0, bytes);
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_le_bytes(*length));
        let (notes, after) = after.split_at(length.min(after.len()));
        rest = after;
        let frame = frame_of_notes(Tick(1_000 + taken as u32), notes);
        if client.receive(&frame, (taken + 1) * PERIOD_US) != Ok(Received::Frame) {
            break;
        }
        taken += 1;
        check_document(&mut client);
        while client.notice().is_some() {}
        while let Some(message) = client.transmit((taken + 1) * PERIOD_US) {
            client_message(&message);
        }
    }
    taken
}

/// A keyframe without entities and with these notes.
fn frame_of_notes(tick: Tick, notes: &[u8]) -> Vec<u8> {
    let mut bits = BitWriter::default();
    let base = Base::Keyframe { tick, ack: Tick(0) };
    Head { notes: true, ..head(base) }.encode(&mut bits);
    bits.put_golomb(0, 0);
    bits.put_bytes(notes);
    bits.finish().clone()
}

fn check_document(client: &mut Client<Pad>) {
    let sum = |sum: u64, (id, record): (RecordId, &[u8])| {
        assert!(record.len() <= RECORD_BYTES_MAX);
        sum.wrapping_add(hash_record(id.0, record))
    };
    let hash = client.records().fold(0, sum);
    assert_eq!(client.document_checksums()[1], fold(hash));
    if let Some(players) = client.players() {
        // Each has a record, and one record lists one player.
        assert!(players.count() <= RECORDS_MAX);
    }
    while let Some(id) = client.changed_record() {
        let _ = client.record(id);
    }
}

/// The bundled map, encoded as in a welcome.
#[must_use]
pub fn map() -> Vec<u8> {
    codec::encode(&*honest().map)
}

/// A welcome as a server sends it, [`CONTROL`] included, with this map.
#[must_use]
pub fn welcome_message(map: Vec<u8>) -> Vec<u8> {
    let tick_hz = setup().tick_hz;
    // Bytes that are no map are refused before their predictions matter.
    let predictions = codec::decode_server(&map)
        .map_or(0, |map| fingerprint::<Arena>(&StaticWorld { map: Arc::new(map), tick_hz }));
    let mut message = vec![CONTROL];
    message.extend(codec::encode(&Welcome {
        schema: schema_hash::<Arena>(),
        player: Some(PLAYER),
        name: "Ada".into(),
        room: "main".into(),
        tick_hz,
        chat_per_10s: 5,
        predictions,
        map,
        resume: None,
        resumed: None,
        schema_text: None,
    }));
    message
}

/// A keyframe of this tick as a server sends it: the first 64 entities of a running world.
#[must_use]
pub fn keyframe(tick: Tick) -> Vec<u8> {
    let mut bits = BitWriter::default();
    head(Base::Keyframe { tick, ack: Tick(0) }).encode(&mut bits);
    bits.put_golomb(honest().states.len() as u32, 0);
    let mut anchor = None;
    for state in &honest().states {
        encode_whole::<Arena>(state, &mut anchor, &mut bits);
    }
    bits.finish().clone()
}

/// The frame after [`keyframe`] if every entity does what both ends predict.
#[must_use]
pub fn quiet_delta() -> Vec<u8> {
    let mut bits = BitWriter::default();
    head(Base::Delta { age: 1, acked: 0 }).encode(&mut bits);
    let visible = honest().states.len();
    encode_positions(&[], visible, LEAVES_ORDER, &mut bits);
    encode_positions(&[], visible, RESIDUALS_ORDER, &mut bits);
    bits.put_golomb(0, 0);
    bits.finish().clone()
}

fn head(base: Base) -> Head {
    Head { base, private: false, notes: false, checksum: None }
}

/// An honest world that all bodies start from.
struct Honest {
    map: Arc<<Arena as Game>::Map>,
    states: Vec<State>,
}

fn setup() -> Setup<Settings> {
    Setup {
        seed: 7,
        capacity: 100,
        tick_hz: 30,
        settings: Settings { house_bots: 12, ..Settings::default() },
    }
}

fn honest() -> &'static Honest {
    static HONEST: OnceLock<Honest> = OnceLock::new();
    HONEST.get_or_init(|| {
        let map = Arc::new(Arena::map(BELT, &setup()).expect("the bundled map is valid"));
        let mut world = Arena::new(Arc::clone(&map), &setup());
        world.join(PLAYER, Identity::guest("Ada")).expect("Arena refuses nobody");
        let ground = StaticWorld { map: Arc::clone(&map), tick_hz: setup().tick_hz };
        for tick in 1..=100 {
            world.step(ground.at(Tick(tick)), &[], &mut drumbeat_shared::game::Events::default());
        }
        let states = world.entities().iter().map(|(_, state)| *state).take(64).collect();
        Honest { map, states }
    })
}

/// A client, and the checks after each of its frames.
struct Player {
    client: Client<Arena>,
    drawn: Vec<f32>,
    taken: u64,
}

impl Player {
    fn new(encoding: Encoding) -> Self {
        let client = Client::new("Ada", "").with_encoding(encoding);
        Self { client, drawn: Vec::new(), taken: 0 }
    }

    /// Receives a frame, then acts as a page or a bot does; returns whether it was accepted.
    fn frame(&mut self, bytes: &[u8]) -> bool {
        let now_us = (self.taken + 1) * PERIOD_US;
        if self.client.receive(bytes, now_us) != Ok(Received::Frame) {
            // A page may draw once more before it closes.
            self.client.draw(now_us, &mut self.drawn);
            return false;
        }
        self.taken += 1;
        self.check_states();
        let input = Input::default();
        assert!(self.client.input(input, now_us).is_some());
        self.client.draw(now_us + PERIOD_US / 2, &mut self.drawn);
        assert_eq!(self.drawn.len() % DRAW_STRIDE, 0);
        assert!(self.drawn.iter().all(|number| number.is_finite()));
        let owners: Vec<PlayerId> =
            self.client.visible().filter_map(|seen| Arena::owner(&seen.state)).collect();
        for owner in owners {
            let _ = self.client.name(owner);
        }
        while self.client.notice().is_some() {}
        while let Some(message) = self.client.transmit(now_us) {
            client_message(&message);
        }
        true
    }

    fn check_states(&self) {
        assert!(self.client.visible().count() <= VISIBLE_MAX);
        let seen = self.client.visible().map(|seen| &seen.state);
        seen.chain(self.client.predicted()).for_each(check_ranges);
        for (field, value) in Arena::SCHEMA.private.iter().zip(self.client.private()) {
            assert!((field.min..=field.max).contains(value), "{} = {value}", field.name);
        }
    }
}

/// Checks that each field is within its range.
pub(super) fn check_ranges(state: &State) {
    let fields = Arena::SCHEMA.fields(state.kind);
    assert!(!fields.is_empty(), "no kind {}", state.kind);
    for (field, value) in fields.iter().zip(state.fields) {
        let range = field.min..=field.max;
        assert!(range.contains(&value), "{} = {value} of {state:?}", field.name);
    }
}
