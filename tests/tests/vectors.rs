//! Golden vectors: the protocol's bytes, pinned.
//!
//! `tests/vectors/arena.json` holds client messages, a recorded session of a server and what a
//! client core makes of it. This test and the one of the WebAssembly core
//! (`tests/js/vectors.test.mjs`) read the same file; the section at the end of PROTOCOL.md is made
//! from it and from the schema.
//!
//! After a deliberate change of the protocol, run this with `DRUMBEAT_UPDATE_VECTORS=1` to update
//! the file.

mod frames;
mod layouts;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use drumbeat_arena::schema::ALL_BUTTONS;
use drumbeat_arena::{Arena, Input, Map, Settings};
use drumbeat_kit::sim::Sim;
use drumbeat_shared::document::RecordId;
use drumbeat_shared::game::{Game, Setup};
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::layout::Layout;
use drumbeat_shared::protocol::messages::{ClientMessage, Hello, Line, Listed, Note, Watch};
use drumbeat_shared::protocol::patch::Patch;
use drumbeat_shared::protocol::{CHAT_DOCUMENT, GAME_DOCUMENT, PLAYERS_DOCUMENT, codec};
use drumbeat_shared::records::{fold, hash_record};
use drumbeat_shared::rng::Rng;
use drumbeat_shared::schema::{Entry, Field, FieldSet, Role};
use drumbeat_shared::schema_hash::schema_hash;
use drumbeat_tests::maps::BELT;
use drumbeat_tests::pad::{self, Answer, Order};
use drumbeat_web_arena::verify;
use serde::{Deserialize, Serialize};

const SEED: u64 = 7;
const TICKS: u32 = 200;
const PLAYERS: u16 = 12;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Vectors {
    /// Messages of a client, by name, in hexadecimal.
    client: Vec<(String, String)>,
    /// Messages of a server to one client, in hexadecimal: the welcome, then state frames.
    server: Vec<String>,
    /// What `verify::replay` makes of each server message.
    replayed: Vec<String>,
    /// Seed, ticks, players and result of `verify::simulate`.
    simulated: (u64, u32, u16, String),
    /// Commands and what belongs to them, in a game that has some, by name, in hexadecimal.
    commands: Vec<(String, String)>,
    /// Notes about documents, commands and chat, by name, in hexadecimal.
    notes: Vec<(String, String)>,
}

/// The game of the vectors that Arena has no use for.
type Command = ClientMessage<(), Order>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn updating() -> bool {
    std::env::var_os("DRUMBEAT_UPDATE_VECTORS").is_some()
}

/// Replaces a file at once: other tests may read it meanwhile.
fn put(path: &Path, text: &str) {
    let new = path.with_extension("new");
    std::fs::write(&new, text).expect("can be written");
    std::fs::rename(&new, path).expect("can be replaced");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal"))
        .collect()
}

fn client_messages() -> Vec<(&'static str, ClientMessage<Input>)> {
    let hello = Hello::new(schema_hash::<Arena>(), "Ada", "main");
    let input = Input { steer: 200, aim: 64, buttons: 5 };
    vec![
        ("hello", ClientMessage::Hello(hello)),
        (
            "input",
            ClientMessage::Input { tick: Tick(70_004), seen: Tick(70_000), view_delay: -9, input },
        ),
        ("ping", ClientMessage::Ping { sent_us: 1_500_000, seen: Tick(250) }),
        ("chat", ClientMessage::Chat { text: "good game".into() }),
        ("names", ClientMessage::Names { players: vec![PlayerId(3), PlayerId(300)] }),
        ("resync", ClientMessage::Resync { tick: Tick(16), expected: 1, actual: 0xffff_ffff }),
        ("watch", ClientMessage::Watch(Watch::Place { x: 70_000, y: -1 })),
    ]
}

fn commands() -> Vec<(&'static str, Command)> {
    let order = Order::Extend { line: RecordId(300), text: "and so on".into() };
    vec![
        ("command", ClientMessage::Command { number: 1, command: order }),
        ("whisper", ClientMessage::Whisper { to: PlayerId(3), text: "psst".into() }),
        ("report", ClientMessage::Report { line: 300 }),
        ("ticket", ClientMessage::Ticket { ticket: "a.b.c".into() }),
        ("players", ClientMessage::Players),
        ("reread", ClientMessage::Reread { document: 1, expected: 1, actual: 0xffff_ffff }),
    ]
}

fn notes() -> Vec<(&'static str, Note<Answer>)> {
    let text = "It was a dark night";
    let line = |text: &str, extended| {
        codec::encode(&pad::Line { by: PlayerId(3), extended, text: text.into() })
    };
    let (before, after) = (line(text, 0), line(&format!("{text} and stormy"), 1));
    let said = codec::encode(&Line {
        player: Some(PlayerId(3)),
        name: "Ada".into(),
        text: Some("hello".into()),
        tick: Tick(900),
    });
    let listed = codec::encode(&Listed { player: PlayerId(3), name: "Ada".into() });
    let [from_name, to_name] = ["Ada", "Bo"].map(str::to_owned);
    let (from, to, text) = (PlayerId(3), PlayerId(4), "psst".to_owned());
    let (id, document) = (7, GAME_DOCUMENT);
    let patch = Patch::between(&before, &after);
    let checksum = fold(hash_record(id, &after));
    vec![
        ("record", Note::Record { document, id, record: before }),
        ("patch", Note::Patch { document, id, patch }),
        ("whole", Note::Whole { document, checksum }),
        ("a line of chat", Note::Record { document: CHAT_DOCUMENT, id, record: said }),
        ("a player", Note::Record { document: PLAYERS_DOCUMENT, id, record: listed }),
        ("removed", Note::Removed { document, id }),
        ("cleared", Note::Cleared { document }),
        ("event", Note::Event(Answer::Written(7))),
        ("taken", Note::Taken { number: 1 }),
        ("refused", Note::Refused { number: Some(1), reason: "that line is gone".into() }),
        ("ticket_ends", Note::TicketEnds { in_s: 60 }),
        ("whisper", Note::Whisper { from, from_name, to, to_name, text }),
    ]
}

fn named<T: Serialize>(messages: &[(&str, T)]) -> Vec<(String, String)> {
    let rows = messages.iter().map(|(name, message)| (*name, hex(&codec::encode(message))));
    rows.map(|(name, bytes)| (name.to_owned(), bytes)).collect()
}

/// Records a seeded session with neighbours, chat, and a client that falls silent and returns.
fn record() -> Vec<Vec<u8>> {
    let setup = Setup {
        seed: SEED,
        capacity: 8,
        tick_hz: 30,
        settings: Settings { house_bots: 6, ..Settings::default() },
    };
    let mut sim = Sim::<Arena>::new(BELT, setup);
    sim.delay_ticks_max = 0;
    let steer = |rng: &mut Rng| {
        let [steer, aim, buttons, ..] = rng.bits().to_le_bytes();
        Input { steer, aim, buttons: buttons & ALL_BUTTONS }
    };
    let index = sim.join(1 << 16).expect("a place");
    sim.clients[index].recorded = Some(Vec::new());
    for _ in 0..3 {
        sim.join(1 << 16).expect("a place");
    }
    for tick in 0..190 {
        if tick == 40 {
            sim.say(index, "hello, world", None).expect("a new inbox");
        }
        sim.clients[index].talks = !(60..165).contains(&tick);
        sim.tick(steer);
    }
    sim.clients[index].recorded.take().expect("it was recording")
}

fn current() -> Vectors {
    let server = record();
    let replayed = verify::replay(server.iter().map(Vec::as_slice));
    Vectors {
        client: named(&client_messages()),
        commands: named(&commands()),
        notes: named(&notes()),
        server: server.iter().map(|message| hex(message)).collect(),
        replayed: replayed.iter().map(|hash| format!("{hash:016x}")).collect(),
        simulated: {
            let hash = verify::simulate(SEED, TICKS, PLAYERS);
            (SEED, TICKS, PLAYERS, format!("{hash:016x}"))
        },
    }
}

fn path() -> PathBuf {
    root().join("tests/vectors/arena.json")
}

/// The pinned vectors; in an update those of the current code, for the file is about to be written.
fn pinned() -> Vectors {
    if updating() {
        return current();
    }
    let text = std::fs::read_to_string(path()).expect("tests/vectors/arena.json is there");
    serde_json::from_str(&text).expect("tests/vectors/arena.json is of this form")
}

const UPDATE: &str = "the protocol's bytes have changed; if that is meant, change the version or \
                      the schema, and run the tests once with DRUMBEAT_UPDATE_VECTORS=1";

#[test]
fn messages_and_frames_are_as_pinned() {
    let (pinned, current) = (pinned(), current());
    // No other test writes or, in an update, reads this file: they may run at the same time.
    if updating() {
        let text = serde_json::to_string_pretty(&current).expect("plain data");
        put(&path(), &(text + "\n"));
    }
    assert_eq!(current.client, pinned.client, "{UPDATE}");
    assert_eq!(current.commands, pinned.commands, "{UPDATE}");
    assert_eq!(current.notes, pinned.notes, "{UPDATE}");
    assert_eq!(current.server.len(), pinned.server.len(), "{UPDATE}");
    for (index, (now, then)) in current.server.iter().zip(&pinned.server).enumerate() {
        assert_eq!(now, then, "server message {index}: {UPDATE}");
    }
    assert_eq!(current.simulated, pinned.simulated, "the rules have changed: {UPDATE}");
}

#[test]
fn pinned_bytes_decode_to_the_pinned_views() {
    let pinned = pinned();
    for ((name, message), (pinned_name, bytes)) in client_messages().iter().zip(&pinned.client) {
        assert_eq!(name, pinned_name);
        assert_eq!(codec::decode_client(&unhex(bytes)).as_ref(), Ok(message), "{name}");
    }
    for ((name, message), (_, bytes)) in commands().iter().zip(&pinned.commands) {
        assert_eq!(codec::decode_client(&unhex(bytes)).as_ref(), Ok(message), "{name}");
    }
    for ((name, note), (_, bytes)) in notes().into_iter().zip(&pinned.notes) {
        let bytes = unhex(bytes);
        assert_eq!(codec::decode_note(&bytes), Ok((note, bytes.len())), "{name}");
    }
    let server: Vec<Vec<u8>> = pinned.server.iter().map(|message| unhex(message)).collect();
    let replayed = verify::replay(server.iter().map(Vec::as_slice));
    let replayed: Vec<String> = replayed.iter().map(|hash| format!("{hash:016x}")).collect();
    assert_eq!(replayed, pinned.replayed);
    let keyframes = server.iter().skip(1).filter(|frame| frame[0] & 0b110 == 0b100).count();
    assert!(keyframes > 1, "the session shows no second keyframe");
}

fn field_rows(fields: &[Field], text: &mut String) {
    text.push_str(
        "| # | field | role | values | bits | k | step | k over several ticks | on entry |\n",
    );
    text.push_str("|---|---|---|---|---|---|---|---|---|\n");
    for (index, field) in fields.iter().enumerate() {
        let role = if field.role == Role::Decision { "decision" } else { "outcome" };
        let Field { name, min, max, residual_bits: k, residual_step: step, .. } = field;
        let (bits, (_, delayed)) = (field.bits(), field.residual_code(2, true));
        let entry = match field.entry {
            Entry::Plain => "plain".to_owned(),
            Entry::Default(value) => format!("default {value}"),
            Entry::Small(order) => format!("{}{order}", if field.min < 0 { "S" } else { "G" }),
            Entry::NearX(order) => format!("S{order} from the anchor's x"),
            Entry::NearY(order) => format!("S{order} from the anchor's y"),
        };
        let _ = writeln!(
            text,
            "| {index} | `{name}` | {role} | {min} to {max} | {bits} | {k} | {step} | {delayed} | {entry} |"
        );
    }
    text.push('\n');
}

/// The section of PROTOCOL.md about the bundled game, made from the code.
fn appendix() -> String {
    let schema = Arena::SCHEMA;
    let mut text = format!("Schema hash: `{:016x}`.\n\n", schema_hash::<Arena>());
    for (index, kind) in schema.kinds.iter().enumerate() {
        let _ =
            writeln!(text, "Kind {index}, `{}` (kind: {} bits):\n", kind.name, schema.kind_bits());
        field_rows(kind.fields, &mut text);
        for (title, sets) in [
            ("Common sets", kind.common_sets),
            ("Common sets over several ticks", kind.delayed_sets),
        ] {
            if sets.is_empty() {
                continue;
            }
            let names = |set: &FieldSet| -> String {
                let fields = kind.fields.iter().enumerate();
                let named = fields.filter(|(index, _)| set >> index & 1 == 1);
                named.map(|(_, field)| field.name).collect::<Vec<_>>().join(" + ")
            };
            let sets: Vec<String> = sets.iter().map(names).collect();
            let _ = writeln!(text, "{title}: {}.\n", sets.join(", "));
        }
    }
    text.push_str("Private state:\n\n");
    field_rows(schema.private, &mut text);
    text.push_str("Events and map:\n\n```text\n");
    let layout = |of: Option<Layout>| serde_json::to_value(of).expect("plain data");
    let [event, map] = [Layout::of::<<Arena as Game>::Event>(), Layout::of::<Map>()].map(layout);
    text += &layouts::lines("event", &event);
    text += &layouts::lines("map", &map);
    text.push_str("```\n\nClient messages:\n\n```text\n");
    for ((name, message), (_, bytes)) in client_messages().iter().zip(pinned().client) {
        let _ = writeln!(text, "{name}: {message:?}\n  {bytes}");
    }
    text.push_str(
        "```\n\nState frames of a server to a player who is alone. Entities are numbered from 0 in the order of \
         the view;\nthose that a frame leaves as they were are not repeated. The keyframe is the same for \
         both encodings, and the\nlast delta follows two ticks that were skipped.\n\n```text\n",
    );
    text.push_str(&frames::section());
    text.push_str(
        "```\n\nCommands and notes of a game with a document (`tests/src/pad.rs`):\n\n```text\n",
    );
    for ((name, message), (_, bytes)) in commands().iter().zip(pinned().commands) {
        let _ = writeln!(text, "{name}: {message:?}\n  {bytes}");
    }
    for ((name, note), (_, bytes)) in notes().iter().zip(pinned().notes) {
        let _ = writeln!(text, "{name}: {note:?}\n  {bytes}");
    }
    text + "```\n"
}

#[test]
fn the_document_shows_what_the_code_does() {
    const START: &str = "<!-- from the code: see tests/tests/vectors.rs -->\n";
    let path = root().join("PROTOCOL.md");
    let document = std::fs::read_to_string(&path).expect("PROTOCOL.md is there");
    let (head, shown) = document.split_once(START).expect("PROTOCOL.md has the section");
    if updating() {
        put(&path, &format!("{head}{START}\n{}", appendix()));
        return;
    }
    assert_eq!(shown.trim_start(), appendix(), "PROTOCOL.md is out of date: {UPDATE}");
}
