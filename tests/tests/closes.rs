//! The close codes in the files that list them by hand.

use std::path::{Path, PathBuf};

use drumbeat_shared::protocol::close::CloseCode;

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
         DRUMBEAT_UPDATE_VECTORS=1 cargo test --package drumbeat-tests --test closes"
    );
}

#[test]
fn the_document_has_a_row_for_each() {
    let document = text("PROTOCOL.md");
    for close in CloseCode::ALL {
        let code = match close {
            CloseCode::Left => "the client's".to_owned(),
            _ => close.code().to_string(),
        };
        let label = format!("`{}`", close.label());
        let cells =
            |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
        let found = document.lines().map(cells).any(|cells| {
            cells.get(1) == Some(&code)
                && cells.get(2).is_some_and(|labels| labels.contains(&label))
        });
        assert!(found, "PROTOCOL.md has no row for {code} {label}");
    }
}
