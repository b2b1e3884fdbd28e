//! Group 7: how a connection closes.

use super::super::raw::{CLOSE, FINAL, frame};
use super::{Case, End, NORMAL, NOT_UTF8, PROTOCOL, TEXT, close, ping, text};

/// Bytes that are not UTF-8 in the middle.
const BROKEN: &[u8] = b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80\x65\x64\x69\x74";

pub(super) fn cases() -> Vec<Case> {
    let hello: &[u8] = b"Hello World!";
    let back = || End::Back(NORMAL);
    let bye = || close(NORMAL, b"");
    let long = vec![b'*'; 256 << 10];
    let mut cases = vec![
        Case::new("7.1.1", End::Ours).send(&[text(hello)], &[(TEXT, hello)]),
        // Nothing that comes behind a close is answered.
        Case::new("7.1.2", back()).send(&[bye(), frame(CLOSE | FINAL, b"")], &[]),
        Case::new("7.1.3", back()).send(&[bye(), ping(b"")], &[]),
        Case::new("7.1.4", back()).send(&[bye(), text(hello)], &[]),
        Case::new("7.1.5", back())
            .send(&[frame(TEXT, b"fragment1"), bye(), frame(FINAL, b"fragment2")], &[]),
        Case::new("7.1.6", back())
            .send(&[text(&long), text(hello), bye(), ping(b"")], &[(TEXT, &long), (TEXT, hello)]),
        Case::new("7.3.1", End::Empty).send(&[frame(CLOSE | FINAL, b"")], &[]),
        Case::new("7.3.2", End::Theirs(&[PROTOCOL])).send(&[frame(CLOSE | FINAL, b"a")], &[]),
        Case::new("7.3.3", back()).send(&[bye()], &[]),
        Case::new("7.3.4", back()).send(&[close(NORMAL, hello)], &[]),
        Case::new("7.3.5", back()).send(&[close(NORMAL, &[b'*'; 123])], &[]),
        Case::new("7.3.6", End::Theirs(&[PROTOCOL])).send(&[close(NORMAL, &[b'*'; 124])], &[]),
        Case::new("7.5.1", End::Theirs(&[PROTOCOL, NOT_UTF8])).send(&[close(NORMAL, BROKEN)], &[]),
    ];
    let good = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
    for (number, code) in (1..).zip(good) {
        let case = Case::new(format!("7.7.{number}"), End::Back(code));
        cases.push(case.send(&[close(code, b"")], &[]));
    }
    let bad = (1..).zip([0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999]);
    let bad = bad.map(|(number, code)| (format!("7.9.{number}"), code));
    let beyond = [("7.13.1".to_owned(), 5000), ("7.13.2".to_owned(), 65_535)];
    for (id, code) in bad.chain(beyond) {
        cases.push(Case::new(id, End::Theirs(&[PROTOCOL])).send(&[close(code, b"")], &[]));
    }
    cases
}
