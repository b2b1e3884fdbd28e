//! Inputs and events: the same bytes as with serde's own derives, and controls by name.

use serde::{Deserialize, Serialize};

use super::super::*;
use super::Mood;
use crate::input::{self, Control, Input as _};
use crate::limits::FIELDS_MAX;
use crate::protocol::codec;

/// One control of every type.
#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
struct Keys {
    heading: Angle,
    runs: bool,
    mood: Mood,
    #[range(1, 4)]
    weapon: u8,
    #[range(-9, 9)]
    lean: i8,
    energy: u16,
    height: i16,
    since: u32,
    #[range(-70_000, 70_000)]
    depth: i32,
    #[range(-160, 1_600)]
    #[unit(16)]
    aim: IVec2,
    #[names(rival)]
    whom: Option<PlayerId>,
}

/// The same struct as its author would write it with serde.
#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Plain {
    heading: u8,
    runs: bool,
    mood: PlainMood,
    weapon: u8,
    lean: i8,
    energy: u16,
    height: i16,
    since: u32,
    depth: i32,
    aim: (i32, i32),
    whom: Option<u16>,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
enum PlainMood {
    Calm,
    Angry,
    Sad,
}

const KEYS: Keys = Keys {
    heading: Angle(200),
    runs: true,
    mood: Mood::Sad,
    weapon: 4,
    lean: -9,
    energy: 300,
    height: -300,
    since: 70_000,
    depth: -70_000,
    aim: IVec2::new(-160, 1_600),
    whom: Some(PlayerId(999)),
};

#[test]
fn an_input_has_the_bytes_of_serdes_own_derive() {
    let plain = Plain {
        heading: 200,
        runs: true,
        mood: PlainMood::Sad,
        weapon: 4,
        lean: -9,
        energy: 300,
        height: -300,
        since: 70_000,
        depth: -70_000,
        aim: (-160, 1_600),
        whom: Some(999),
    };
    let bytes = codec::encode(&KEYS);
    assert_eq!(bytes, codec::encode(&plain));
    assert_eq!(codec::decode_client(&bytes), Ok(KEYS));
}

#[test]
fn every_control_is_described() {
    let described =
        |Control { name, min, max, turns, steps_per_unit, values }: &Control| -> String {
            format!("{name} {min}..={max} {turns} {steps_per_unit} {}", values.join("|"))
        };
    let controls: Vec<String> = Keys::CONTROLS.iter().map(described).collect();
    let expected = [
        "heading 0..=255 true 1 ",
        "runs 0..=1 false 1 false|true",
        "mood 0..=2 false 1 Calm|Angry|Sad",
        "weapon 1..=4 false 1 ",
        "lean -9..=9 false 1 ",
        "energy 0..=65535 false 1 ",
        "height -32768..=32767 false 1 ",
        "since 0..=2147483647 false 1 ",
        "depth -70000..=70000 false 1 ",
        "aim_x -160..=1600 false 16 ",
        "aim_y -160..=1600 false 16 ",
        "rival 0..=65536 false 1 ",
    ];
    assert_eq!(controls, expected);
    assert_eq!(KEYS.to_fields()[9..], [-160, 1_600, 1_000, 0, 0]);
    assert_eq!(Keys::from_fields(&KEYS.to_fields()), KEYS);
}

#[test]
fn a_control_out_of_its_range_is_refused_by_name() {
    assert_eq!(KEYS.validate(), Ok(()));
    let refused = |keys: Keys| keys.validate().unwrap_err().to_string();
    assert_eq!(refused(Keys { weapon: 5, ..KEYS }), "weapon = 5, outside 1..=4");
    assert_eq!(refused(Keys { lean: -10, ..KEYS }), "lean = -10, outside -9..=9");
    let aim = IVec2::new(0, 1_601);
    assert_eq!(refused(Keys { aim, ..KEYS }), "aim_y = 1601, outside -160..=1600");
    assert!(refused(Keys { since: u32::MAX, ..KEYS }).starts_with("since = "));
    assert_eq!(refused(Keys::default()), "weapon = 0, outside 1..=4");
}

#[test]
fn a_default_out_of_its_range_comes_with_advice() {
    assert_eq!(
        input::check_default::<Keys>().unwrap_err().to_string(),
        "the default of Keys: weapon = 0, outside 1..=4: implement Default by hand or widen the \
         range"
    );
    assert_eq!(input::check_default::<()>(), Ok(()));
}

#[test]
fn no_input_is_an_input() {
    fn controls<I: input::Input>() -> (usize, bool, [i32; FIELDS_MAX]) {
        let input = I::from_fields(&[7; FIELDS_MAX]);
        (I::CONTROLS.len(), input.validate().is_ok(), input.to_fields())
    }
    assert_eq!(controls::<()>(), (0, true, [0; FIELDS_MAX]));
}

/// Every shape of an event, with parts of its own.
#[derive(Event, Clone, Debug, PartialEq)]
enum Event {
    Started,
    Hit(PlayerId, u8),
    Tagged { by: PlayerId, whom: Option<PlayerId>, at: IVec2 },
    Leaders(Vec<Leader>),
    Mood(Mood),
}

#[derive(Event, Clone, Debug, PartialEq)]
struct Leader {
    name: String,
    score: i32,
}

#[derive(Serialize)]
enum PlainEvent {
    Started,
    Hit(u16, u8),
    Tagged { by: u16, whom: Option<u16>, at: (i32, i32) },
    Leaders(Vec<(&'static str, i32)>),
    Mood(PlainMood),
}

#[derive(Event, Clone, Copy, Debug, PartialEq)]
struct Nothing;

#[derive(Event, Clone, Copy, Debug, PartialEq)]
struct Pair(u8, Nothing);

#[test]
fn an_event_has_the_bytes_of_serdes_own_derive() {
    fn is_event<E: crate::game::Event>() {}
    is_event::<Event>();
    is_event::<()>();
    let at = IVec2::new(-4, 70_000);
    let leader = |name: &str, score| Leader { name: name.into(), score };
    let cases = [
        (Event::Started, PlainEvent::Started),
        (Event::Hit(PlayerId(300), 9), PlainEvent::Hit(300, 9)),
        (
            Event::Tagged { by: PlayerId(1), whom: None, at },
            PlainEvent::Tagged { by: 1, whom: None, at: (-4, 70_000) },
        ),
        (
            Event::Leaders(vec![leader("Ada", 7), leader("Zoë", -7)]),
            PlainEvent::Leaders(vec![("Ada", 7), ("Zoë", -7)]),
        ),
        (Event::Mood(Mood::Angry), PlainEvent::Mood(PlainMood::Angry)),
    ];
    for (event, plain) in cases {
        let bytes = codec::encode(&event);
        assert_eq!(bytes, codec::encode(&plain), "{event:?}");
        assert_eq!(codec::decode_server(&bytes), Ok(event));
    }
    assert_eq!(codec::encode(&Pair(7, Nothing)), [7]);
    assert_eq!(codec::decode_server(&[7]), Ok(Pair(7, Nothing)));
    assert_eq!(codec::encode(&PlainMood::Calm), codec::encode(&Mood::Calm));
}
