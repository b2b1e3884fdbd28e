//! What decodes messages and frames.

use drumbeat_arena::{Arena, Input, Map};
use drumbeat_shared::document::RecordId;
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::protocol::codec;
use drumbeat_shared::protocol::messages::{self, ClientMessage, Hello, Note, Watch};
use drumbeat_shared::protocol::patch::Patch;
use drumbeat_shared::records::{fold, hash_record};
use drumbeat_shared::schema_hash::schema_hash;
use drumbeat_tests::fuzz::decoders::{
    bit_stream, client_message, frames, keyframe, map, notes, quiet_delta, text_message, welcome,
    welcome_message,
};
use drumbeat_tests::pad::{Answer, Line, Order};
use proptest::prelude::*;

use super::{any_bytes, spoilt};

pub(super) fn honest_text_messages() -> Vec<Vec<u8>> {
    [
        r#"{"join": "main", "name": "Ada", "resume": "000102030405060708090a0b0c0d0e0f", "seen": 900, "every": 0.5, "changes": true}"#,
        r#"{"join": "", "spectate": true, "ticket": "a.b.c"}"#,
        r#"{"input": {"steer": 64, "buttons": 1}}"#,
        r#"{"command": {"Write": {"text": "hello"}}}"#,
        r#"{"chat": "hello"}"#,
        r#"{"whisper": "hello", "to": 300}"#,
        r#"{"report": 7}"#,
        r#"{"watch": {"x": 1, "y": -1}}"#,
        r#"{"every": null}"#,
        r#"{"state": true}"#,
        r#"{"document": true}"#,
        r#"{"players": true}"#,
        r#"{"map": true}"#,
        r#"{"leave": true}"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

pub(super) fn honest_client_messages() -> Vec<Vec<u8>> {
    let messages: [ClientMessage<Input, Order>; 12] = [
        ClientMessage::Hello(Hello {
            spectate: true,
            ..Hello::new(schema_hash::<Arena>(), "Ada", "main")
        }),
        ClientMessage::Input {
            tick: Tick(902),
            seen: Tick(900),
            view_delay: 20,
            input: Input::default(),
        },
        ClientMessage::Ping { sent_us: 1 << 40, seen: Tick(900) },
        ClientMessage::Chat { text: "hello".into() },
        ClientMessage::Names { players: vec![PlayerId(1), PlayerId(300)] },
        ClientMessage::Resync { tick: Tick(900), expected: 1, actual: u32::MAX },
        ClientMessage::Watch(Watch::Player(PlayerId(300))),
        ClientMessage::Command {
            number: 300,
            command: Order::Extend { line: RecordId(7), text: "hello".into() },
        },
        ClientMessage::Whisper { to: PlayerId(300), text: "hello".into() },
        ClientMessage::Report { line: 300 },
        ClientMessage::Players,
        ClientMessage::Reread { document: 1, expected: 1, actual: u32::MAX },
    ];
    messages.iter().map(codec::encode).collect()
}

/// Frames as the fuzz body expects them: each after its length.
pub(super) fn with_lengths(frames: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for frame in frames {
        bytes.extend_from_slice(&(frame.len() as u16).to_le_bytes());
        bytes.extend_from_slice(frame);
    }
    bytes
}

/// A frame with a valid head: a delta of age 1, followed by any bytes.
fn delta() -> impl Strategy<Value = Vec<u8>> {
    any_bytes(60).prop_map(|mut bytes| {
        // Bits 0 to 2 mean state frame, not the usual head, delta; bits 6 and 7 mean age 1 and no
        // input applied.
        let flags = bytes.first().copied().unwrap_or(0);
        bytes.insert(0, (flags & 0b0011_1000) | 0b1100_0000);
        bytes
    })
}

proptest! {
    #[test]
    fn any_client_message_is_a_value_or_an_error(bytes in any_bytes(200)) {
        client_message(&bytes);
    }

    #[test]
    fn any_text_message_is_a_value_or_an_error(bytes in any_bytes(200)) {
        text_message(&bytes);
    }

    #[test]
    fn a_spoilt_text_message_is_a_value_or_an_error(bytes in spoilt(honest_text_messages())) {
        text_message(&bytes);
    }

    #[test]
    fn a_spoilt_client_message_is_a_value_or_an_error(bytes in spoilt(honest_client_messages())) {
        client_message(&bytes);
    }

    #[test]
    fn any_bit_stream_is_read_to_its_end_at_most(bytes in any_bytes(400)) {
        bit_stream(&bytes);
    }

    #[test]
    fn any_welcome_is_taken_or_refused(bytes in any_bytes(200)) {
        welcome(&bytes);
    }

    #[test]
    fn a_spoilt_welcome_is_taken_or_refused(
        bytes in spoilt(vec![map(), welcome_message(map())[1..].to_vec()])
    ) {
        welcome(&bytes);
    }

    #[test]
    fn any_frames_are_taken_or_refused(any in prop::collection::vec(any_bytes(60), 0..8)) {
        frames(&with_lengths(&any));
    }

    #[test]
    fn deltas_of_any_content_are_taken_or_refused(deltas in prop::collection::vec(delta(), 1..8)) {
        frames(&with_lengths(&deltas));
    }

    #[test]
    fn any_notes_are_taken_or_refused(any in prop::collection::vec(any_bytes(60), 0..8)) {
        notes(&with_lengths(&any));
    }

    #[test]
    fn spoilt_notes_are_taken_or_refused(
        notes in prop::collection::vec(spoilt(honest_notes()), 1..12)
    ) {
        drumbeat_tests::fuzz::decoders::notes(&with_lengths(&notes));
    }

    #[test]
    fn a_spoilt_keyframe_is_taken_or_refused(bytes in spoilt(vec![keyframe(Tick(2_000))])) {
        frames(&with_lengths(&[bytes]));
    }
}

/// Notes about a document, as honest ones follow each other.
pub(super) fn honest_notes() -> Vec<Vec<u8>> {
    let line =
        |text: &str| codec::encode(&Line { by: PlayerId(1), extended: 0, text: text.into() });
    let said = codec::encode(&messages::Line {
        player: Some(PlayerId(1)),
        name: "Ada".into(),
        text: Some("hello".into()),
        tick: Tick(900),
    });
    let (short, long) = (line("a"), line("a long line"));
    let listed = codec::encode(&messages::Listed { player: PlayerId(1), name: "Ada".into() });
    let (id, document) = (3, 1);
    let notes: [Note<Answer>; 13] = [
        Note::Record { document, id, record: short.clone() },
        Note::Patch { document, id, patch: Patch::between(&short, &long) },
        Note::Whole { document, checksum: fold(hash_record(id, &long)) },
        Note::Record { document: 0, id, record: said },
        Note::Record { document: 2, id, record: listed.clone() },
        Note::Whole { document: 2, checksum: fold(hash_record(id, &listed)) },
        Note::Removed { document: 2, id },
        Note::Removed { document, id },
        Note::Cleared { document },
        Note::Taken { number: 1 },
        Note::Refused { number: Some(1), reason: "no".into() },
        Note::TicketEnds { in_s: 60 },
        Note::Event(Answer::Written(3)),
    ];
    notes.iter().map(codec::encode).collect()
}

#[test]
fn honest_notes_are_taken() {
    assert_eq!(notes(&with_lengths(&honest_notes())), 13);
    let patch = honest_notes()[1].clone();
    assert_eq!(notes(&with_lengths(&[patch])), 0, "a patch of nothing");
}

#[test]
fn honest_messages_are_taken() {
    for message in honest_client_messages() {
        assert!(codec::decode_client::<ClientMessage<Input, Order>>(&message).is_ok());
    }
    assert_eq!(welcome(&welcome_message(map())[1..]), 21);
    assert_eq!(welcome(&map()), 21);
    // Ticks do not go back, and do not reach the last number.
    for tick in [0, 1_000, 1_001, u32::MAX] {
        assert_eq!(frames(&with_lengths(&[quiet_delta(), keyframe(Tick(tick))])), [1; 2], "{tick}");
    }
    let honest = with_lengths(&[quiet_delta(), keyframe(Tick(1_002)), quiet_delta()]);
    assert_eq!(frames(&honest), [3; 2]);
}

/// The map has a few hundred kilobytes, and each of its rocks covers a quarter of a world of the
/// largest size: sorting them into the grid would take gigabytes.
#[test]
fn a_map_that_would_grow_is_refused() {
    let Map { name, tick_hz, rules, rounds, house, aim_assistance, .. } =
        codec::decode_server(&map()).expect("the bundled map");
    let side = i32::pow(2, 19) - 1;
    let map_of = |radius: i32| {
        let rocks = vec![(side / 2, side / 2, radius); 20_000];
        codec::encode(&(&name, side, side, tick_hz, rocks, &rules, rounds, house, aim_assistance))
    };
    assert!(codec::decode_server::<Map>(&map_of(3_200)).is_ok());
    assert!(codec::decode_server::<Map>(&map_of(side / 4)).is_err());
}
