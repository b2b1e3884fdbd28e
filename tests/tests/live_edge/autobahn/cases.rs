//! Framing, pings, reserved bits, opcodes and fragments (groups 1 to 5), and size and number (9, 10).

use super::super::raw::{CLOSE, FINAL, PING, PONG, frame};
use super::{BINARY, Case, End, PROTOCOL, TEXT, fragments, ping, text};

const HELLO: &[u8] = b"Hello, world!";
/// No text.
const BYTES: &[u8] = &[0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff];
const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;
const BREACH: End = End::Theirs(&[PROTOCOL]);

pub(super) fn small() -> Vec<Case> {
    let groups = [sizes(), pings(), reserved(), opcodes(), unfitting(), mixed()];
    groups.into_iter().flatten().collect()
}

pub(super) fn large() -> Vec<Case> {
    [messages(), in_fragments(), in_pieces(), many()].into_iter().flatten().collect()
}

/// Group 1: whole messages around the limits of the length field.
fn sizes() -> Vec<Case> {
    let mut cases = Vec::new();
    for (group, opcode, byte) in [(1, TEXT, b'*'), (2, BINARY, 0xfe)] {
        let sizes = [0, 125, 126, 127, 128, 65_535, 65_536, 65_536];
        for (number, size) in (1..).zip(sizes) {
            let payload = vec![byte; size];
            let chop = if number == 8 { 997 } else { usize::MAX };
            let case = Case::new(format!("1.{group}.{number}"), End::Ours);
            let sent = [frame(opcode | FINAL, &payload)];
            cases.push(case.send_chopped(&sent, chop, &[(opcode, &payload)]));
        }
    }
    cases
}

/// Group 2.
fn pings() -> Vec<Case> {
    let one = |id, payload: &[u8], chop| {
        Case::new(id, End::Ours).send_chopped(&[ping(payload)], chop, &[(PONG, payload)])
    };
    let pong = |payload| frame(PONG | FINAL, payload);
    let unasked: &[u8] = b"unsolicited pong payload";
    let names: Vec<_> = (0..10).map(|number| format!("payload-{number}")).collect();
    let ten: Vec<_> = names.iter().map(|name| ping(name.as_bytes())).collect();
    let answers: Vec<_> = names.iter().map(|name| (PONG, name.as_bytes())).collect();
    vec![
        one("2.1", b"", usize::MAX),
        one("2.2", HELLO, usize::MAX),
        one("2.3", BYTES, usize::MAX),
        one("2.4", &[0xfe; 125], usize::MAX),
        Case::new("2.5", BREACH).send(&[ping(&[0xfe; 126])], &[]),
        one("2.6", &[0xfe; 125], 1),
        Case::new("2.7", End::Ours).send(&[pong(b"")], &[]),
        Case::new("2.8", End::Ours).send(&[pong(unasked)], &[]),
        Case::new("2.9", End::Ours).send(&[pong(unasked), ping(b"ping")], &[(PONG, b"ping")]),
        Case::new("2.10", End::Ours).send(&ten, &answers),
        Case::new("2.11", End::Ours).send_chopped(&ten, 1, &answers),
    ]
}

/// A good text, then what breaks the protocol, then a ping that gets no answer.
fn behind_text(id: &str, bad: Vec<u8>, chop: usize) -> Case {
    Case::new(id, BREACH).send_chopped(&[text(HELLO), bad, ping(b"")], chop, &[(TEXT, HELLO)])
}

/// Group 3: reserved bits.
fn reserved() -> Vec<Case> {
    let bits = |first: u8, bits: u8, payload| frame(first | FINAL | bits << 4, payload);
    let alone = |id, bad| Case::new(id, BREACH).send(&[bad], &[]);
    vec![
        alone("3.1", bits(TEXT, 1, HELLO)),
        behind_text("3.2", bits(TEXT, 2, HELLO), usize::MAX),
        behind_text("3.3", bits(TEXT, 3, HELLO), usize::MAX),
        behind_text("3.4", bits(TEXT, 4, HELLO), 1),
        alone("3.5", bits(BINARY, 5, BYTES)),
        alone("3.6", bits(BINARY, 6, HELLO)),
        alone("3.7", bits(CLOSE, 7, b"")),
    ]
}

/// Group 4: opcodes that nobody has defined.
fn opcodes() -> Vec<Case> {
    let mut cases = Vec::new();
    for (group, first) in [(1, 3), (2, 11)] {
        for number in 1..=5 {
            let id = format!("4.{group}.{number}");
            let payload = if matches!(number, 1 | 3) { b"" } else { HELLO };
            let bad = frame((first + number - 1) | FINAL, payload);
            cases.push(match number {
                1 | 2 => Case::new(id, BREACH).send(&[bad], &[]),
                5 => behind_text(&id, bad, 1),
                _ => behind_text(&id, bad, usize::MAX),
            });
        }
    }
    cases
}

/// Group 5, what may not be in fragments, or is no part of any message.
fn unfitting() -> Vec<Case> {
    let two = |first| [frame(first, b"fragment1"), frame(FINAL, b"fragment2")];
    let stray = |first| [frame(first, b"non-continuation payload"), text(HELLO)];
    let mut cases = vec![
        Case::new("5.1", BREACH).send(&two(PING), &[]),
        Case::new("5.2", BREACH).send(&two(PONG), &[]),
    ];
    for (number, first, chop) in [
        (9, FINAL, usize::MAX),
        (10, FINAL, usize::MAX),
        (11, FINAL, 1),
        (12, 0, usize::MAX),
        (13, 0, usize::MAX),
        (14, 0, 1),
    ] {
        let case = Case::new(format!("5.{number}"), BREACH);
        cases.push(case.send_chopped(&stray(first), chop, &[]));
    }
    let part = |first, name: &[u8]| frame(first, name);
    let both = [part(TEXT, b"fragment1"), part(FINAL, b"fragment2")];
    let unfinished = [part(0, b"fragment3"), part(TEXT | FINAL, b"fragment4")];
    let whole: &[u8] = b"fragment1fragment2";
    let again = |first| {
        [part(first, b"fragment1"), part(TEXT, b"fragment2"), part(FINAL, b"fragment3")].concat()
    };
    cases.extend([
        Case::new("5.15", BREACH).send(&[both.concat(), unfinished.concat()], &[(TEXT, whole)]),
        Case::new("5.16", BREACH).send(&[again(0), again(0)], &[]),
        Case::new("5.17", BREACH).send(&[again(FINAL), again(FINAL)], &[]),
        Case::new("5.18", BREACH)
            .send(&[part(TEXT, b"fragment1"), part(TEXT | FINAL, b"fragment2")], &[]),
    ]);
    cases
}

/// Group 5, messages in fragments, with pings between them.
fn mixed() -> Vec<Case> {
    let mut cases = Vec::new();
    let whole: &[u8] = b"fragment1fragment2";
    let (first, last) = (frame(TEXT, b"fragment1"), frame(FINAL, b"fragment2"));
    for (number, chop) in [(3, usize::MAX), (4, usize::MAX), (5, 1)] {
        let sent = [first.clone(), last.clone()];
        let case = Case::new(format!("5.{number}"), End::Ours);
        cases.push(case.send_chopped(&sent, chop, &[(TEXT, whole)]));
    }
    for (number, chop) in [(6, usize::MAX), (7, usize::MAX), (8, 1)] {
        let sent = [first.clone(), ping(b"ping payload"), last.clone()];
        let answers: [(u8, &[u8]); 2] = [(PONG, b"ping payload"), (TEXT, whole)];
        let case = Case::new(format!("5.{number}"), End::Ours);
        cases.push(case.send_chopped(&sent, chop, &answers));
    }
    for id in ["5.19", "5.20"] {
        let part = |first, number: u8| frame(first, format!("fragment{number}").as_bytes());
        let all: &[u8] = b"fragment1fragment2fragment3fragment4fragment5";
        // The first pong comes before the rest of the message is sent.
        cases.push(
            Case::new(id, End::Ours)
                .send(&[part(TEXT, 1), part(0, 2), ping(b"pongme 1!")], &[(PONG, b"pongme 1!")])
                .send(
                    &[part(0, 3), part(0, 4), ping(b"pongme 2!"), part(FINAL, 5)],
                    &[(PONG, b"pongme 2!"), (TEXT, all)],
                ),
        );
    }
    cases
}

/// Groups 9.1 and 9.2: large messages.
fn messages() -> Vec<Case> {
    let mut cases = Vec::new();
    for (group, opcode, byte) in [(1, TEXT, b'*'), (2, BINARY, 0xfe)] {
        let sizes = [64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB];
        for (number, size) in (1..).zip(sizes) {
            let payload = vec![byte; size];
            let case = Case::new(format!("9.{group}.{number}"), End::Ours);
            cases.push(case.send(&[frame(opcode | FINAL, &payload)], &[(opcode, &payload)]));
        }
    }
    cases
}

/// Groups 9.3, 9.4 and 10.1: large messages in fragments.
fn in_fragments() -> Vec<Case> {
    let mut cases = Vec::new();
    for (group, opcode, byte) in [(3, TEXT, b'*'), (4, BINARY, 0xfe)] {
        let payload = vec![byte; 4 * MIB];
        for number in 1..=9 {
            // From 64 bytes to all.
            let sent = fragments(opcode, &payload, 64 << (2 * (number - 1)));
            let case = Case::new(format!("9.{group}.{number}"), End::Ours);
            cases.push(case.send(&sent, &[(opcode, &payload)]));
        }
    }
    let payload = [b'*'; 64 * KIB];
    let sent = fragments(TEXT, &payload, 1_300);
    cases.push(Case::new("10.1.1", End::Ours).send(&sent, &[(TEXT, &payload)]));
    cases
}

/// Groups 9.5 and 9.6: a large message in small writes.
fn in_pieces() -> Vec<Case> {
    let mut cases = Vec::new();
    for (group, opcode, byte) in [(5, TEXT, b'*'), (6, BINARY, 0xfe)] {
        let payload = vec![byte; MIB];
        for number in 1..=6 {
            let case = Case::new(format!("9.{group}.{number}"), End::Ours);
            let sent = [frame(opcode | FINAL, &payload)];
            cases.push(case.send_chopped(&sent, 32 << number, &[(opcode, &payload)]));
        }
    }
    cases
}

/// Groups 9.7 and 9.8: a thousand messages, each when the one before has come back.
fn many() -> Vec<Case> {
    let mut cases = Vec::new();
    for (group, opcode, byte) in [(7, TEXT, b'*'), (8, BINARY, 0xfe)] {
        for (number, size) in (1..).zip([0, 16, 64, 256, 1_024, 4_096]) {
            let payload = vec![byte; size];
            let mut case = Case::new(format!("9.{group}.{number}"), End::Ours);
            for _ in 0..1_000 {
                case = case.send(&[frame(opcode | FINAL, &payload)], &[(opcode, &payload)]);
            }
            cases.push(case);
        }
    }
    cases
}
