//! The close codes in the files that list them by hand.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use drumbeat_shared::protocol::close::{COME_BACK_MS_MAX, CloseCode, come_back_ms, with_come_back};

/// The codes, for the tests of the page.
const LIST: &str = "tests/vectors/closes.json";

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn text(path: &str) -> String {
    std::fs::read_to_string(file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A test of the page's modules compares the page with the same file.
#[test]
fn the_list_for_the_page_is_the_table() {
    let rows: Vec<_> = CloseCode::ALL
        .iter()
        .map(|close| format!("  [{}, \"{}\"]", close.code(), close.label()))
        .collect();
    let list = format!("[\n{}\n]\n", rows.join(",\n"));
    if std::env::var_os("DRUMBEAT_UPDATE_VECTORS").is_some() {
        std::fs::write(file(LIST), &list).expect("can be written");
    }
    assert_eq!(
        text(LIST),
        list,
        "{LIST} is out of date: renew it with \
         DRUMBEAT_UPDATE_VECTORS=1 cargo test --package drumbeat-tests --test whole closes"
    );
}

/// The same test reads it for the page.
#[test]
fn when_to_come_back_is_read_as_the_protocol_says() {
    let examples: Vec<(String, Option<u32>)> =
        serde_json::from_str(&text("tests/vectors/come_back.json")).unwrap();
    for (reason, wait_ms) in examples {
        assert_eq!(come_back_ms(&reason), wait_ms, "{reason}");
    }
    assert_eq!(come_back_ms(&with_come_back("away", 1_400)), Some(1_400));
    assert_eq!(come_back_ms(&with_come_back("away", u32::MAX)), Some(COME_BACK_MS_MAX));
}

/// The codes and labels in the rows of the table under a heading.
fn rows(document: &str, heading: &str) -> Vec<(String, String)> {
    let lines = document.lines().skip_while(|line| *line != heading).skip(1);
    let section = lines.take_while(|line| !line.starts_with('#'));
    let mut rows = Vec::new();
    for line in section.filter(|line| line.starts_with('|')).skip(2) {
        let mut cells = line.split('|').skip(1).map(str::trim);
        let (code, labels) = (cells.next().unwrap_or(""), cells.next().unwrap_or(""));
        let labels = labels.split('`').skip(1).step_by(2);
        rows.extend(labels.map(|label| (code.to_owned(), label.to_owned())));
    }
    rows
}

#[test]
fn the_document_has_a_row_for_each_and_no_other() {
    let code = |close: &CloseCode| match close {
        CloseCode::Left => "the client's".to_owned(),
        _ => close.code().to_string(),
    };
    let expected: BTreeSet<_> =
        CloseCode::ALL.iter().map(|close| (code(close), close.label().to_owned())).collect();
    let found = rows(&text("PROTOCOL.md"), "## How connections end");
    assert_eq!(found.iter().cloned().collect::<BTreeSet<_>>(), expected);
    assert_eq!(found.len(), expected.len(), "a label stands twice: {found:?}");
}
