//! Frames of a server with what a client holds after each, as PROTOCOL.md shows them.

use std::fmt::Write as _;

use drumbeat_arena::{Arena, Input, Settings};
use drumbeat_kit::sim::Sim;
use drumbeat_shared::client::{Client, Received};
use drumbeat_shared::game::{Game, Setup};
use drumbeat_shared::protocol::bits::BitReader;
use drumbeat_shared::protocol::frame::{Base, Head};
use drumbeat_shared::protocol::messages::Encoding;
use drumbeat_shared::schema::{Field, State};
use drumbeat_tests::maps::BELT;

use super::hex;

/// Ticks at which the player's connection takes nothing.
const BLOCKED: std::ops::Range<u32> = 2..5;

/// What a server sends a player who is alone: the welcome, a keyframe, two deltas, and one over three
/// ticks.
fn record(encoding: Encoding) -> Vec<Vec<u8>> {
    let setup = Setup {
        seed: 7,
        capacity: 1,
        tick_hz: 30,
        settings: Settings { house_bots: 0, ..Settings::default() },
    };
    let mut sim = Sim::<Arena>::new(BELT, setup);
    sim.delay_ticks_max = 0;
    sim.encodings = vec![encoding];
    let player = sim.join(1 << 16).expect("a place");
    sim.clients[player].recorded = Some(Vec::new());
    for tick in 0..=BLOCKED.end {
        sim.clients[player].hold(if BLOCKED.contains(&tick) { 0 } else { 1 << 16 });
        sim.tick(|_| Input { steer: 200, aim: 64, buttons: 1 });
    }
    sim.clients[player].recorded.take().expect("it was recording")
}

fn named(fields: &[Field], values: &[i32]) -> String {
    let each = fields.iter().zip(values).map(|(field, value)| format!("{} {value}", field.name));
    each.collect::<Vec<_>>().join(", ")
}

/// What a client holds: its private state, then the entities in their order.
fn held(client: &Client<Arena>) -> (String, Vec<State>) {
    let private = named(Arena::SCHEMA.private, client.private());
    (private, client.visible().map(|seen| seen.state).collect())
}

/// Frames with the states after each. Entities that stay as they were are not repeated.
fn listed(messages: &[Vec<u8>], encoding: Encoding, after: usize) -> String {
    let mut client = Client::<Arena>::new("", "").with_encoding(encoding);
    assert_eq!(client.receive(&messages[0], 0), Ok(Received::Welcome));
    let (mut text, mut shown) = (String::new(), (String::new(), Vec::new()));
    for (number, frame) in messages.iter().enumerate().skip(1) {
        let head = Head::decode(&mut BitReader::new(frame)).expect("a state frame");
        assert_eq!(client.receive(frame, number as u64), Ok(Received::Frame));
        let now = held(&client);
        if number > after {
            let kind = match head.base {
                Base::Keyframe { .. } => "keyframe".to_owned(),
                Base::Delta { age, .. } => format!("{encoding:?} delta of age {age}"),
            };
            let tick = client.tick().expect("a frame has come").0;
            let _ = writeln!(text, "{} of tick {tick}\n  {}", kind.to_lowercase(), hex(frame));
            let _ = writeln!(text, "  acknowledged {}", client.ack().0);
            if let Some(checksum) = head.checksum {
                let _ = writeln!(text, "  checksum {checksum:08x}");
            }
            if head.notes {
                text.push_str("  notes at the end\n");
            }
            if now.0 != shown.0 {
                let _ = writeln!(text, "  private: {}", now.0);
            }
            for (at, state) in
                now.1.iter().enumerate().filter(|(at, state)| shown.1.get(*at) != Some(*state))
            {
                let name = Arena::SCHEMA.kind_name(state.kind);
                let fields = named(Arena::SCHEMA.fields(state.kind), &state.fields);
                let _ = writeln!(text, "  entity {at}: {name}: {fields}");
            }
        }
        shown = now;
    }
    assert_eq!(client.stats().mismatches, 0);
    assert!(client.stats().ticks_skipped > 0, "no tick was skipped");
    text
}

/// The section of PROTOCOL.md.
pub(super) fn section() -> String {
    let [predicted, plain] = [Encoding::Predicted, Encoding::Plain].map(record);
    assert_eq!(predicted[1], plain[1], "a keyframe is the same in both encodings");
    assert_ne!(predicted[2], plain[2], "a delta is not");
    let frames = listed(&predicted, Encoding::Predicted, 0);
    let others = listed(&plain, Encoding::Plain, 1);
    let after = |text: &str| -> Vec<String> {
        text.lines().filter(|line| line.starts_with("  entity")).map(str::to_owned).collect()
    };
    assert!(after(&frames).ends_with(&after(&others)), "both encodings lead to the same views");
    format!("{frames}{others}")
}
