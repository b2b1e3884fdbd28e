//! Names: those that the glossary of ARCHITECTURE.md replaced do not come back, and a label stands
//! in one table only.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};

use crate::imports::is_test;
use crate::items::sources;
use crate::{assert_none, text, tracked};

/// Words that no name contains, and the glossary's word for each.
const REPLACED: [(&[&str], &str); 12] = [
    (&["surprise", "surprises", "surprised"], "residual, deviates"),
    (&["usual"], "common (a set of fields), default (a value)"),
    (&["gaze"], "spectator camera"),
    (&["photon"], "display"),
    (&["lone", "falls"], "stop-and-wait, strikes"),
    (&["told", "untold"], "sent, reported, published"),
    (&["kept"], "held, stored"),
    (&["way", "ways", "road", "roads"], "path, distance, latency, direction"),
    (&["underway"], "in flight"),
    (&["laps", "desks", "doors"], "phase times, scratch, membership"),
    (&["begun"], "started"),
    (&["unseen", "steered"], "unacknowledged, culled; dilated"),
];

/// Macros whose calls are tables of labels.
const TABLES: [&str; 2] = ["labels", "close_codes"];
/// A name has at most this many words; what has more is a sentence.
const NAME_WORDS_MAX: usize = 4;

/// The words of a name: `tick_ms`, `TickMs` and `tickMs` have the same two.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for c in name.chars() {
        if c == '_' || (c.is_uppercase() && before.is_lowercase()) {
            words.push(String::new());
        }
        if c != '_' {
            words.last_mut().expect("there is one").extend(c.to_lowercase());
        }
        before = c;
    }
    words
}

/// What to write instead of a name that has a replaced word. Names of many words are those of tests:
/// sentences, in which "told" may be good English.
fn instead(name: &str) -> Option<&'static str> {
    let words = words(name);
    if words.len() > NAME_WORDS_MAX {
        return None;
    }
    let is_there = |(replaced, _): &&(&[&str], &str)| {
        words.iter().any(|word| replaced.contains(&word.as_str()))
    };
    REPLACED.iter().find(is_there).map(|(_, new)| *new)
}

/// An identifier or a string of Rust tokens.
enum Seen<'a> {
    Identifier(&'a str),
    Text(&'a str),
}

/// Calls `see` with each, macros' arguments included, documentation not.
fn walk(tokens: TokenStream, see: &mut impl FnMut(Seen<'_>)) {
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => walk(group.stream(), see),
            // `doc = "text"`
            TokenTree::Ident(ident) if ident == "doc" => drop(tokens.by_ref().take(2).count()),
            TokenTree::Ident(ident) => {
                see(Seen::Identifier(ident.to_string().trim_start_matches("r#")));
            }
            TokenTree::Literal(literal) => {
                if let syn::Lit::Str(string) = syn::Lit::new(literal) {
                    see(Seen::Text(&string.value()));
                }
            }
            TokenTree::Punct(_) => {}
        }
    }
}

/// Whether a text is written as labels, keys and metrics are.
fn is_name(text: &str) -> bool {
    text.contains('_')
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Names in the code of a script: what stands outside its comments and strings, roughly: a string
/// that spans lines counts as code.
fn script_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for line in text.lines() {
        let line = line.trim_start();
        if line.starts_with("//") || line.starts_with('*') || line.starts_with("/*") {
            continue;
        }
        let (mut name, mut quote, mut before) = (String::new(), None, ' ');
        for c in line.chars().chain(['\n']) {
            if quote.is_some() {
                if quote == Some(c) && before != '\\' {
                    quote = None;
                }
            } else if "'\"`".contains(c) {
                quote = Some(c);
            } else if before == '/' && c == '/' {
                break;
            } else if c.is_alphanumeric() || c == '_' {
                name.push(c);
                before = c;
                continue;
            }
            names.extend((!name.is_empty()).then(|| std::mem::take(&mut name)));
            before = c;
        }
    }
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
    for (file, syntax) in sources() {
        walk(syntax.into_token_stream(), &mut |seen| match seen {
            Seen::Identifier(name) => check(&file, name),
            Seen::Text(text) if is_name(text) => check(&file, text),
            Seen::Text(_) => {}
        });
    }
    let is_script = |name: &String| name.ends_with(".js") || name.ends_with(".mjs");
    for file in tracked().into_iter().filter(is_script) {
        let text = text(&file).expect("a script is text");
        script_names(&text).iter().for_each(|name| check(&file, name));
    }
    for file in tracked() {
        check(&file, file.rsplit('/').next().unwrap_or(&file).split('.').next().unwrap_or(&file));
    }
    let lines: Vec<String> =
        found.iter().map(|((file, name), new)| format!("{file}: `{name}`: {new}")).collect();
    assert_none(&lines, "the glossary of ARCHITECTURE.md has another word: use that");
}

/// Finds the labels that tables list, and all other strings of the code; those of tests do not
/// count.
#[derive(Default)]
struct Strings {
    labels: BTreeSet<String>,
    others: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Strings {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let name = call.path.segments.last().map(|segment| segment.ident.to_string());
        let is_table = name.is_some_and(|name| TABLES.contains(&name.as_str()));
        let strings = if is_table { &mut self.labels } else { &mut self.others };
        walk(call.tokens.clone(), &mut |seen| {
            if let Seen::Text(text) = seen {
                strings.insert(text.to_owned());
            }
        });
    }

    fn visit_lit_str(&mut self, string: &'ast syn::LitStr) {
        self.others.insert(string.value());
    }
}

/// Labels that some file of the server writes out although a table has them.
fn labels_written_out(files: &[(String, syn::File)]) -> Vec<String> {
    let found: Vec<(&str, Strings)> = files
        .iter()
        .map(|(name, file)| {
            let mut strings = Strings::default();
            strings.visit_file(file);
            (name.as_str(), strings)
        })
        .collect();
    let labels: BTreeSet<&String> = found.iter().flat_map(|(_, strings)| &strings.labels).collect();
    let written = found.iter().flat_map(|(name, strings)| {
        // A label of one word is also a word of English.
        let names = strings.others.iter().filter(|text| is_name(text));
        let twice = names.filter(|text| labels.contains(text));
        twice.map(move |label| format!("{name}: {label:?}"))
    });
    written.collect()
}

#[test]
fn a_label_stands_in_one_table() {
    let is_held = |name: &str| {
        let is_test = name.ends_with("/tests.rs") || name.contains("/tests/");
        (name.starts_with("server/src/") || name.starts_with("shared/src/protocol/")) && !is_test
    };
    let files: Vec<_> = sources().into_iter().filter(|(name, _)| is_held(name)).collect();
    assert_none(&labels_written_out(&files), "a table has this label: take it from there");
}

#[test]
fn a_label_that_is_written_out_is_found() {
    let table = "labels! { pub enum Skip { /** \"too_late\" */ Late = \"too_late\", } }";
    let check = |text: &str, count: usize| {
        let files = [table, text].map(|text| ("x.rs".to_owned(), syn::parse_file(text).unwrap()));
        assert_eq!(labels_written_out(&files).len(), count, "{text}");
    };
    check("fn f() { g(\"too_late\"); }", 1);
    check("fn f() { error!(reason = \"too_late\"); }", 1);
    check("fn f() { g(Skip::Late.label()); }", 0);
    check("#[cfg(test)] mod tests { fn f() { g(\"too_late\"); } }", 0);
}

#[test]
fn a_replaced_word_is_found_in_names() {
    for name in ["untold", "WaysUs", "SURPRISES_ORDER", "DistanceToWay", "usualChanges"] {
        assert!(instead(name).is_some(), "{name}");
    }
    for name in ["always", "unusual", "stolen", "listener", "who_is_late_is_told_so"] {
        assert_eq!(instead(name), None, "{name}");
    }
    let script = "/** the usual way */\nconst lone = 'told'; // kept\nlet a = `gaze` + doors;";
    assert_eq!(script_names(script), ["const", "lone", "let", "a", "doors"]);
    let mut seen = Vec::new();
    let rust = "/// told\nfn gaze() { m!(lone, \"way\") }";
    walk(rust.parse().unwrap(), &mut |found| {
        seen.push(match found {
            Seen::Identifier(name) | Seen::Text(name) => name.to_owned(),
        });
    });
    assert_eq!(seen, ["fn", "gaze", "m", "lone", "way"]);
}
