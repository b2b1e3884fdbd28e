//! Words: those that the glossary of ARCHITECTURE.md replaced do not come back, in no identifier of
//! Rust or a script, no label, metric, key or flag, no id of a page and no file's name. Names of
//! tests are sentences and may have them.

use std::collections::BTreeMap;

use quote::ToTokens;

use crate::items::sources;
use crate::names::{Seen, is_name, of_text, walk};
use crate::{assert_none, text, tracked};

/// Words that no name contains, and the glossary's word for each.
const REPLACED: [(&[&str], &str); 13] = [
    (&["surprise", "surprises", "surprised"], "residual, deviates"),
    (&["usual"], "common (a set of fields), default (a value)"),
    (&["gaze"], "spectator camera"),
    (&["photon"], "display"),
    (&["lone", "falls"], "stop-and-wait, strikes"),
    (&["told", "untold"], "sent, reported, published"),
    (&["tell", "tells"], "send, log, publish, queue"),
    (&["kept"], "held, stored"),
    (&["way", "ways", "road", "roads"], "path, distance, latency, direction"),
    (&["underway"], "in flight"),
    (&["laps", "desks", "doors"], "phase times, scratch, membership"),
    (&["begun"], "started"),
    (&["unseen", "steered"], "unacknowledged, culled; dilated"),
];

/// The folder of these checks.
const OWN: &str = "tests/tests/house/";

/// The words of a name: `tick_ms`, `--tick-ms`, `TickMs` and `tickMs` have the same two.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for c in name.chars() {
        let is_between = c == '_' || c == '-';
        if is_between || (c.is_uppercase() && before.is_lowercase()) {
            words.push(String::new());
        }
        if !is_between {
            words.last_mut().expect("there is one").extend(c.to_lowercase());
        }
        before = c;
    }
    words
}

/// What to write instead of a name that has a replaced word.
fn instead(name: &str) -> Option<&'static str> {
    let words = words(name);
    let is_there = |(replaced, _): &&(&[&str], &str)| {
        words.iter().any(|word| replaced.contains(&word.as_str()))
    };
    REPLACED.iter().find(is_there).map(|(_, new)| *new)
}

/// The names of some Rust tokens.
fn names_of(tokens: proc_macro2::TokenStream) -> Vec<String> {
    let mut names = Vec::new();
    walk(tokens, &mut |seen| match seen {
        Seen::Identifier(name) => names.push(name.to_owned()),
        Seen::InTable(text) if !text.contains(char::is_whitespace) => names.push(text.to_owned()),
        Seen::Text(text) if is_name(text) => names.push(text.to_owned()),
        Seen::InTable(_) | Seen::Text(_) => {}
    });
    names
}

#[test]
fn no_name_has_a_word_that_the_glossary_replaced() {
    let mut found = BTreeMap::new();
    let mut check = |file: &str, name: &str| {
        if let Some(new) = instead(name) {
            found.insert((file.to_owned(), name.to_owned()), new);
        }
    };
    // These checks plant such names.
    for (file, syntax) in sources().into_iter().filter(|(file, _)| !file.starts_with(OWN)) {
        names_of(syntax.into_token_stream()).iter().for_each(|name| check(&file, name));
    }
    for file in tracked() {
        check(&file, file.rsplit('/').next().unwrap_or(&file).split('.').next().unwrap_or(&file));
        let names = text(&file).and_then(|text| of_text(&file, &text)).unwrap_or_default();
        names.iter().for_each(|name| check(&file, name));
    }
    let lines: Vec<String> =
        found.iter().map(|((file, name), new)| format!("{file}: `{name}`: {new}")).collect();
    assert_none(&lines, "the glossary of ARCHITECTURE.md has another word: use that");
}

#[test]
fn a_replaced_word_is_found_in_names() {
    for name in [
        "untold",
        "WaysUs",
        "SURPRISES_ORDER",
        "DistanceToWay",
        "usualChanges",
        "--usual-way",
        "input_to_photon_ms_p50",
        "drumbeat_untold_entities_in_total",
    ] {
        assert!(instead(name).is_some(), "{name}");
    }
    for name in ["always", "unusual", "stolen", "listener"] {
        assert_eq!(instead(name), None, "{name}");
    }
    let check = |rust: &str, count: usize| {
        let names = names_of(rust.parse().unwrap());
        assert_eq!(names.iter().filter(|name| instead(name).is_some()).count(), count, "{rust}");
    };
    check("labels! { pub enum Skip { Unacknowledged = \"unseen\", } }", 1);
    check("close_codes! { Left = 1005, \"left\", \"the usual way\"; }", 0);
    check("f(\"unseen\", \"the usual way\")", 0);
    check("f(\"drumbeat_untold_entities_in_total\", \"no-way\")", 2);
    check("fn what_a_helper_of_tests_is_told() {}", 1);
    check("#[test] fn who_is_late_is_told_so() {}", 0);
}
