//! Group 6: texts that are UTF-8, and texts that are not. From 6.5 on the sequences are those of Markus
//! Kuhn's decoder capability and stress test.

use super::super::raw::{FINAL, frame};
use super::{Case, End, NOT_UTF8, TEXT, fragments, text};

/// A word of letters that take two and three bytes.
const WORD: &[u8] = b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";
const MIXED: &[u8] = "Hello-µ@ßöäüàá-UTF-8!!".as_bytes();
/// Begins a character beyond the last one, U+10FFFF, from the second byte on.
const BEYOND: &[u8] = b"\xf4\x90\x80\x80";
const REST: &[u8] = b"edited";
const NOT_TEXT: End = End::Theirs(&[NOT_UTF8]);

pub(super) fn cases() -> Vec<Case> {
    let mut cases = [empty(), in_fragments(), at_once()].into_iter().flatten().collect::<Vec<_>>();
    for (group, sequences) in (5..).zip(sequences()) {
        for (number, (is_text, bytes)) in (1..).zip(sequences) {
            cases.push(whole(format!("6.{group}.{number}"), is_text, &bytes));
        }
    }
    cases
}

/// One text in one frame.
fn whole(id: String, is_text: bool, bytes: &[u8]) -> Case {
    let answer: &[_] = if is_text { &[(TEXT, bytes)] } else { &[] };
    Case::new(id, if is_text { End::Ours } else { NOT_TEXT }).send(&[text(bytes)], answer)
}

/// 6.1: empty frames.
fn empty() -> Vec<Case> {
    let around = |middle: &[u8]| [frame(TEXT, b""), frame(0, middle), frame(FINAL, b"")];
    let middle: &[u8] = b"middle frame payload";
    vec![
        whole("6.1.1".into(), true, b""),
        Case::new("6.1.2", End::Ours).send(&around(b""), &[(TEXT, b"")]),
        Case::new("6.1.3", End::Ours).send(&around(middle), &[(TEXT, middle)]),
    ]
}

/// 6.2 and 6.3: texts whose characters are cut by the ends of fragments.
fn in_fragments() -> Vec<Case> {
    let two = [frame(TEXT, &MIXED[..12]), frame(FINAL, &MIXED[12..])];
    let broken = [WORD, b"\xed\xa0\x80", REST].concat();
    let echoed =
        |id, payload, sent: &[Vec<u8>]| Case::new(id, End::Ours).send(sent, &[(TEXT, payload)]);
    vec![
        whole("6.2.1".into(), true, MIXED),
        echoed("6.2.2", MIXED, &two),
        echoed("6.2.3", MIXED, &fragments(TEXT, MIXED, 1)),
        echoed("6.2.4", WORD, &fragments(TEXT, WORD, 1)),
        whole("6.3.1".into(), false, &broken),
        Case::new("6.3.2", NOT_TEXT).send(&fragments(TEXT, &broken, 1), &[]),
    ]
}

/// 6.4: a text is refused with the fragment that breaks it, and not only at its end. Within one frame
/// the server waits for all of it: the suite calls that not strict.
fn at_once() -> Vec<Case> {
    let part = |id, sent: &[Vec<u8>]| Case::new(id, NOT_TEXT).send(sent, &[]);
    let all = [text(&[WORD, BEYOND, REST].concat())];
    vec![
        part("6.4.1", &[frame(TEXT, WORD), frame(0, BEYOND)]),
        part("6.4.2", &[frame(TEXT, &[WORD, &BEYOND[..1]].concat()), frame(0, &BEYOND[1..2])]),
        part("6.4.3", &all),
        part("6.4.4", &all),
    ]
}

type Sequences = Vec<(bool, Vec<u8>)>;

fn each<const N: usize>(is_text: bool, bytes: [&[u8]; N]) -> Sequences {
    bytes.into_iter().map(|bytes| (is_text, bytes.to_vec())).collect()
}

/// From 6.5 on: whether it is text, and its bytes.
fn sequences() -> Vec<Sequences> {
    // All beginnings of a word, which are text where no character is cut.
    let ends = [2, 5, 7, 9, 11];
    let beginnings = (1..=WORD.len()).map(|end| (ends.contains(&end), WORD[..end].to_vec()));
    let missing: [&[u8]; 10] = [
        b"\xc0",
        b"\xe0\x80",
        b"\xf0\x80\x80",
        b"\xf8\x80\x80\x80",
        b"\xfc\x80\x80\x80\x80",
        b"\xdf",
        b"\xef\xbf",
        b"\xf7\xbf\xbf",
        b"\xfb\xbf\xbf\xbf",
        b"\xfd\xbf\xbf\xbf\xbf",
    ];
    let beyond = [
        each(true, [b"\xed\x9f\xbf", b"\xee\x80\x80", b"\xef\xbf\xbd"]),
        each(true, [b"\xf4\x8f\xbf\xbf"]),
        each(false, [b"\xf4\x90\x80\x80"]),
    ];
    let mut all = vec![
        each(
            true,
            [
                b"hello\x24world",
                b"hello\xc2\xa2world",
                b"hello\xe2\x82\xacworld",
                b"hello\xf0\xa4\xad\xa2world",
                WORD,
            ],
        ),
        beginnings.collect(),
        // The first and the last of a length.
        each(true, [b"\x00", b"\xc2\x80", b"\xe0\xa0\x80", b"\xf0\x90\x80\x80"]),
        each(false, [b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80"]),
        each(true, [b"\x7f", b"\xdf\xbf", b"\xef\xbf\xbf", b"\xf4\x8f\xbf\xbf"]),
        each(false, [b"\xf7\xbf\xbf\xbf", b"\xfb\xbf\xbf\xbf\xbf", b"\xfd\xbf\xbf\xbf\xbf\xbf"]),
        beyond.concat(),
        stray(),
        starts(),
        each(false, missing),
        vec![(false, missing.concat())],
        each(false, [b"\xfe", b"\xff", b"\xfe\xfe\xff\xff"]),
    ];
    all.extend(overlong());
    all.extend([
        surrogates(),
        pairs(),
        noncharacters(),
        (0xfff9..=0xffff).map(|code| (true, utf8(code))).collect(),
    ]);
    all
}

/// Characters that are written in more bytes than they need: a slash, the last that fewer bytes can hold,
/// and the null character.
fn overlong() -> [Sequences; 3] {
    [
        each(
            false,
            [
                b"\xc0\xaf",
                b"\xe0\x80\xaf",
                b"\xf0\x80\x80\xaf",
                b"\xf8\x80\x80\x80\xaf",
                b"\xfc\x80\x80\x80\x80\xaf",
            ],
        ),
        each(
            false,
            [
                b"\xc1\xbf",
                b"\xe0\x9f\xbf",
                b"\xf0\x8f\xbf\xbf",
                b"\xf8\x87\xbf\xbf\xbf",
                b"\xfc\x83\xbf\xbf\xbf\xbf",
            ],
        ),
        each(
            false,
            [
                b"\xc0\x80",
                b"\xe0\x80\x80",
                b"\xf0\x80\x80\x80",
                b"\xf8\x80\x80\x80\x80",
                b"\xfc\x80\x80\x80\x80\x80",
            ],
        ),
    ]
}

fn utf8(code: u32) -> Vec<u8> {
    char::from_u32(code).unwrap().to_string().into_bytes()
}

/// Bytes that go on with a character that has not begun.
fn stray() -> Sequences {
    let mut sequences = each(false, [b"\x80", b"\xbf"]);
    sequences.extend(
        (2..=6).map(|count| (false, [0x80, 0xbf].into_iter().cycle().take(count).collect())),
    );
    sequences.push((false, (0x80..0xbf).collect()));
    sequences
}

/// First bytes of characters, each before a space.
fn starts() -> Sequences {
    let ranges = [0xc0..0xdf, 0xe0..0xef, 0xf0..0xf7, 0xf8..0xfb, 0xfc..0xfd];
    ranges.into_iter().map(|range| (false, range.flat_map(|byte| [byte, b' ']).collect())).collect()
}

/// Halves of UTF-16's pairs.
fn surrogates() -> Sequences {
    let second_bytes = [
        [0xa0, 0x80],
        [0xad, 0xbf],
        [0xae, 0x80],
        [0xaf, 0xbf],
        [0xb0, 0x80],
        [0xbe, 0x80],
        [0xbf, 0xbf],
    ];
    second_bytes.into_iter().map(|[second, third]| (false, vec![0xed, second, third])).collect()
}

fn pairs() -> Sequences {
    let highs = [[0xa0, 0x80], [0xad, 0xbf], [0xae, 0x80], [0xaf, 0xbf]];
    let lows = [[0xb0, 0x80], [0xbf, 0xbf]];
    let pair = |[a, b]: [u8; 2], [c, d]: [u8; 2]| vec![0xed, a, b, 0xed, c, d];
    highs.into_iter().flat_map(|high| lows.map(|low| (false, pair(high, low)))).collect()
}

/// The last two of each plane, which are text though they are no characters.
fn noncharacters() -> Sequences {
    let of = |plane: u32| [0xfffe, 0xffff].map(|last| (true, utf8(plane << 16 | last)));
    (0..=16).flat_map(of).collect()
}
