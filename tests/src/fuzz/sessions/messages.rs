//! Messages as clients send them, at any time and about anything.

use drumbeat_shared::document::RecordId;
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::protocol::codec::encode;
use drumbeat_shared::protocol::messages::{ClientMessage, Watch};

use super::script::Script;
use crate::pad::Order;

/// A message that decodes.
pub(super) fn any(script: &mut Script<'_>) -> Vec<u8> {
    let (kind, number) = (script.byte() % 12, u32::from(script.byte()));
    let (tick, player) = (Tick(number), PlayerId(number as u16 % 8));
    let text = || "hello".to_owned();
    let message: ClientMessage<(), Order> = match kind {
        0 => ClientMessage::Input { tick, seen: tick, view_delay: i16::MIN, input: () },
        1 => ClientMessage::Ping { sent_us: u64::MAX, seen: tick },
        2 => ClientMessage::Chat { text: "\u{202e}\n/withdraw 0".into() },
        3 => ClientMessage::Names { players: vec![player; number as usize] },
        4 => ClientMessage::Resync { tick, expected: number, actual: 0 },
        5 => ClientMessage::Watch(Watch::Player(player)),
        6 => ClientMessage::Command { number, command: order(script) },
        7 => ClientMessage::Whisper { to: player, text: text() },
        8 => ClientMessage::Report { line: number },
        9 => ClientMessage::Reread { document: number as u8, expected: 0, actual: number },
        10 => ClientMessage::Players,
        _ => ClientMessage::Ticket { ticket: text() },
    };
    encode(&message)
}

fn order(script: &mut Script<'_>) -> Order {
    let line = RecordId(u32::from(script.byte()));
    match script.byte() % 6 {
        0 => Order::Write { text: "a line".into() },
        1 => Order::WriteHere { text: "\0".into() },
        2 => Order::Extend { line, text: "and on".into() },
        3 => Order::Remove { line },
        4 => Order::Join { group: line.0 as u16 },
        _ => Order::Clear,
    }
}
