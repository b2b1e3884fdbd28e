use std::io::{self, Read, Write};

use proptest::collection::vec;
use proptest::prelude::*;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::*;

const FINAL: u8 = 0x80;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;
const MASK: [u8; 4] = [0x5a, 0x00, 0xc3, 0x77];

/// A masked frame; `first` is its first byte.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..=125 => frame.push(0x80 | length as u8),
        length @ 126..=0xffff => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// Everything that these bytes decode to, and the code of the fault that ends them, if any.
fn decode(chunks: &[&[u8]]) -> (Vec<Incoming>, Option<u16>) {
    decode_as(Accepted::GAME, chunks)
}

fn decode_as(accepted: Accepted, chunks: &[&[u8]]) -> (Vec<Incoming>, Option<u16>) {
    let mut decoder = Decoder::new(accepted, &[]);
    let mut messages = Vec::new();
    for chunk in chunks {
        decoder.buffer().extend_from_slice(chunk);
        loop {
            match decoder.next() {
                Ok(None) => break,
                Ok(Some(close @ Incoming::Close(_))) => {
                    messages.push(close);
                    return (messages, None);
                }
                Ok(Some(message)) => messages.push(message),
                Err(reason) => return (messages, Some(reason.code())),
            }
        }
    }
    (messages, None)
}

fn check(bytes: &[u8], messages: &[Incoming], fault: Option<u16>) {
    let expected = (messages.to_vec(), fault);
    assert_eq!(decode(&[bytes]), expected, "{bytes:02x?}");
    let bytewise: Vec<_> = bytes.chunks(1).collect();
    assert_eq!(decode(&bytewise), expected, "byte by byte: {bytes:02x?}");
}

fn binary(payload: &[u8]) -> Incoming {
    Incoming::Binary(payload.to_vec().into())
}

fn ping(payload: &[u8]) -> Incoming {
    Incoming::Ping(payload.to_vec().into())
}

#[test]
fn messages_come_out_whole_and_in_order() {
    check(&[], &[], None);
    check(&frame(FINAL | BINARY, b"one")[..8], &[], None);
    let two = [frame(FINAL | BINARY, b"one"), frame(FINAL | BINARY, b"")].concat();
    check(&two, &[binary(b"one"), binary(b"")], None);
    let fragments = [
        frame(BINARY, b"a"),
        frame(FINAL | PING, b"p"),
        frame(0, b""),
        frame(FINAL | PONG, &[0; 125]),
        frame(FINAL, b"bc"),
        frame(FINAL | BINARY, b"d"),
    ];
    let expected = [ping(b"p"), Incoming::Pong, binary(b"abc"), binary(b"d")];
    check(&fragments.concat(), &expected, None);
    let longest = vec![7; CLIENT_MESSAGE_BYTES_MAX];
    check(&frame(FINAL | BINARY, &longest), &[binary(&longest)], None);
}

#[test]
fn nothing_counts_behind_a_close() {
    let bytes = [frame(FINAL | PING, b"p"), frame(FINAL | CLOSE, &[]), vec![0xff; 40]].concat();
    check(&bytes, &[ping(b"p"), Incoming::Close(None)], None);
}

#[test]
fn breaches_of_the_protocol_are_told_apart_from_bad_data() {
    let unmasked = [FINAL | PING, 1, b'x'];
    let long = vec![0; CLIENT_MESSAGE_BYTES_MAX + 1];
    let half = vec![0; CLIENT_MESSAGE_BYTES_MAX / 2 + 1];
    let not_minimal = |bytes: usize| {
        let length = &5_u64.to_be_bytes()[8 - bytes..];
        [&[FINAL | BINARY, if bytes == 2 { 0xfe } else { 0xff }], length, b"maskhello"].concat()
    };
    let length_of =
        |length: u64| [&[FINAL | BINARY, 0xff][..], &length.to_be_bytes(), &MASK].concat();
    let cases = [
        (unmasked.to_vec(), 1002),
        (frame(FINAL | BINARY | 0x40, b"x"), 1002),
        (frame(FINAL | PING | 0x20, b"x"), 1002),
        (frame(FINAL | CLOSE | 0x10, b""), 1002),
        (frame(FINAL | 3, b"x"), 1002),
        (frame(FINAL | 15, b"x"), 1002),
        (frame(PING, b"x"), 1002),
        (frame(CLOSE, b""), 1002),
        (frame(FINAL | PING, &[0; 126]), 1002),
        (frame(FINAL | PONG, &[0; 70_000]), 1002),
        (not_minimal(2), 1002),
        (not_minimal(8), 1002),
        (length_of(1 << 63 | 5), 1002),
        (frame(0, b"x"), 1002),
        (frame(FINAL, b"x"), 1002),
        ([frame(BINARY, b"x"), frame(BINARY, b"x")].concat(), 1002),
        ([frame(BINARY, b"x"), frame(FINAL | TEXT, b"x")].concat(), 1002),
        (frame(FINAL | TEXT, b"x"), 1003),
        (frame(TEXT, b"\xff"), 1003),
        (frame(FINAL | BINARY, &long), 1009),
        (length_of(1 << 30), 1009),
        ([frame(BINARY, &half), frame(FINAL, &half)].concat(), 1009),
    ];
    for (bytes, code) in cases {
        check(&bytes, &[], Some(code));
        // What came before the fault counts.
        let before = [frame(FINAL | BINARY, b"good"), bytes].concat();
        check(&before, &[binary(b"good")], Some(code));
    }
}

#[test]
fn a_close_has_a_code_that_may_be_sent_and_a_reason_that_is_text() {
    let close = |payload: &[u8]| frame(FINAL | CLOSE, payload);
    check(&close(b""), &[Incoming::Close(None)], None);
    check(&close(b"\x03"), &[], Some(1002));
    check(&close(b"\x03\xe8\xce\xba\xff"), &[], Some(1007));
    check(&close("\u{3}è bye".as_bytes()), &[], Some(1002));
    let code = |code: u16| close(&[&code.to_be_bytes(), &b"bye"[..]].concat());
    for good in [1000, 1001, 1003, 1007, 1011, 1012, 1014, 3000, 3999, 4000, 4999] {
        check(&code(good), &[Incoming::Close(Some(good))], None);
    }
    for bad in [0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, u16::MAX] {
        check(&code(bad), &[], Some(1002));
    }
}

#[test]
fn a_text_is_whole_characters_and_a_wrong_one_ends_with_its_fragment() {
    let accepted = Accepted { text: true, bytes_max: 1 << 20 };
    let check = |frames: &[Vec<u8>], messages: &[Incoming], fault| {
        let bytes = frames.concat();
        let expected = (messages.to_vec(), fault);
        assert_eq!(decode_as(accepted, &[&bytes]), expected, "{bytes:02x?}");
        let bytewise: Vec<_> = bytes.chunks(1).collect();
        assert_eq!(decode_as(accepted, &bytewise), expected, "byte by byte: {bytes:02x?}");
    };
    let text = |payload: &[u8]| Incoming::Text(payload.to_vec().into());
    check(&[frame(FINAL | TEXT, b"")], &[text(b"")], None);
    let word = "κόσμε".as_bytes();
    let longest = vec![b'*'; accepted.bytes_max];
    check(
        &[frame(FINAL | TEXT, word), frame(FINAL | BINARY, word)],
        &[text(word), binary(word)],
        None,
    );
    check(&[frame(FINAL | TEXT, &longest)], &[text(&longest)], None);
    for cut in 0..word.len() {
        let parts = [frame(TEXT, &word[..cut]), frame(0, b""), frame(FINAL, &word[cut..])];
        check(&parts, &[text(word)], None);
    }
    // Neither a character that is cut off at the end, nor one that does not exist.
    check(&[frame(FINAL | TEXT, &word[..1])], &[], Some(1007));
    check(&[frame(TEXT, word), frame(FINAL, b"\xce")], &[], Some(1007));
    check(&[frame(FINAL | TEXT, b"\xed\xa0\x80")], &[], Some(1007));
    // Nothing is waited for that cannot mend it.
    check(&[frame(TEXT, b"\xf4"), frame(0, b"\x90")], &[], Some(1007));
    check(&[frame(FINAL | TEXT, &[longest, vec![b'*']].concat())], &[], Some(1009));
    let half = vec![b'*'; accepted.bytes_max / 2 + 1];
    check(&[frame(TEXT, &half), frame(FINAL, &half)], &[], Some(1009));
}

/// A stream that has been read to its end, and swallows what is written.
struct Swallow;

impl Read for Swallow {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }
}

impl Write for Swallow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the library's own reader decodes, and whether it finds a fault.
fn by_the_library(bytes: &[u8]) -> (Vec<Incoming>, bool) {
    let config = WebSocketConfig::default()
        .max_message_size(Some(CLIENT_MESSAGE_BYTES_MAX))
        .max_frame_size(Some(CLIENT_MESSAGE_BYTES_MAX));
    let mut library =
        WebSocketContext::from_partially_read(bytes.to_vec(), Role::Server, Some(config));
    let mut messages = Vec::new();
    loop {
        messages.push(match library.read(&mut Swallow) {
            Ok(Message::Binary(payload)) => Incoming::Binary(payload),
            Ok(Message::Ping(payload)) => Incoming::Ping(payload),
            Ok(Message::Pong(_)) => Incoming::Pong,
            Ok(Message::Close(close)) => {
                // This is how the library reports a code that must not be sent.
                if close.as_ref().is_some_and(|close| close.reason == "Protocol violation") {
                    return (messages, true);
                }
                messages.push(Incoming::Close(close.map(|close| close.code.into())));
                return (messages, false);
            }
            Ok(Message::Text(_) | Message::Frame(_)) => return (messages, true),
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                return (messages, false);
            }
            Err(_) => return (messages, true),
        });
    }
}

fn frames() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![
        6 => prop_oneof![Just(FINAL | BINARY), Just(BINARY), Just(0), Just(FINAL)],
        3 => prop_oneof![Just(FINAL | PING), Just(FINAL | PONG), Just(FINAL | CLOSE)],
        1 => any::<u8>().prop_filter("text is refused at once", |first| first & 0xf != TEXT),
    ];
    let payload =
        prop_oneof![vec(any::<u8>(), 0..4), vec(any::<u8>(), 120..130), vec(any::<u8>(), 500..600)];
    vec((first, payload).prop_map(|(first, payload)| frame(first, &payload)), 0..12)
        .prop_map(|frames| frames.concat())
}

proptest! {
    /// Whatever the bytes are and however they are split, they decode as in the library.
    #[test]
    fn bytes_mean_what_the_library_makes_of_them(bytes in frames(), cut in 1_usize..300) {
        let (messages, fault) = decode(&bytes.chunks(cut).collect::<Vec<_>>());
        prop_assert_eq!((messages, fault.is_some()), by_the_library(&bytes));
    }

    #[test]
    fn no_bytes_make_it_fail(bytes in vec(any::<u8>(), 0..2_000), cut in 1_usize..300) {
        decode(&bytes.chunks(cut).collect::<Vec<_>>());
    }
}
