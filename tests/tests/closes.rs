//! The close codes in the files that list them by hand.

use std::path::Path;

use drumbeat_shared::protocol::close::CloseCode;

fn text(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A test of the page's modules compares the page with the same file.
#[test]
fn the_list_for_the_page_is_the_table() {
    let rows: Vec<_> = CloseCode::ALL.iter().map(|close| (close.code(), close.label())).collect();
    let listed: serde_json::Value =
        serde_json::from_str(&text("tests/vectors/closes.json")).expect("JSON");
    assert_eq!(
        listed,
        serde_json::json!(rows),
        "bring tests/vectors/closes.json and assets/js/net/closing.js up to it"
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
