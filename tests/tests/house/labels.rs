//! Labels: each stands once in one table, no other code of server, protocol and swarm writes it
//! out, and the `reason` of a log line comes from a table. A label of one word is also a word of
//! English: elsewhere such a string is not taken for it.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

use crate::assert_none;
use crate::imports::is_test;
use crate::items::sources;
use crate::names::{Seen, TABLES, is_name, walk};

/// Finds the labels that tables list, all other strings of the code, and the reasons that log lines
/// write out; those of tests do not count.
#[derive(Default)]
struct Strings {
    labels: Vec<String>,
    others: BTreeSet<String>,
    reasons: Vec<String>,
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace)
}

/// Calls `see` with each string of one word that is the value of a field `reason`.
fn reasons(tokens: TokenStream, see: &mut impl FnMut(String)) {
    let mut before = [String::new(), String::new()];
    for token in tokens {
        let shown = token.to_string();
        match token {
            TokenTree::Group(group) => reasons(group.stream(), see),
            TokenTree::Literal(literal) if before == ["reason", "="] => {
                if let syn::Lit::Str(string) = syn::Lit::new(literal)
                    && is_word(&string.value())
                {
                    see(string.value());
                }
            }
            _ => {}
        }
        before = [std::mem::take(&mut before[1]), shown];
    }
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
        walk(call.tokens.clone(), &mut |seen| match seen {
            Seen::Text(text) if !is_table => {
                self.others.insert(text.to_owned());
            }
            Seen::Text(text) | Seen::InTable(text) if is_word(text) => {
                self.labels.push(text.to_owned());
            }
            _ => {}
        });
        reasons(call.tokens.clone(), &mut |reason| self.reasons.push(reason));
    }

    fn visit_lit_str(&mut self, string: &'ast syn::LitStr) {
        self.others.insert(string.value());
    }
}

/// What some files do with labels that they must not.
fn breaches(files: &[(String, syn::File)]) -> Vec<String> {
    let found: Vec<(&str, Strings)> = files
        .iter()
        .map(|(name, file)| {
            let mut strings = Strings::default();
            strings.visit_file(file);
            (name.as_str(), strings)
        })
        .collect();
    let mut tables: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, strings) in &found {
        for label in &strings.labels {
            tables.entry(label).or_default().push(name);
        }
    }
    let twice = tables.iter().filter(|(_, files)| files.len() > 1);
    let mut lines: Vec<_> = twice
        .map(|(label, files)| format!("{}: {label:?} stands twice", files.join(", ")))
        .collect();
    for (name, strings) in &found {
        let names = strings.others.iter().filter(|text| is_name(text));
        let written = names.filter(|text| tables.contains_key(text.as_str()));
        lines.extend(written.map(|label| format!("{name}: {label:?}")));
        let reasons = strings.reasons.iter();
        lines.extend(reasons.map(|reason| format!("{name}: reason = {reason:?}")));
    }
    lines
}

#[test]
fn a_label_stands_in_one_table() {
    let is_held = |name: &str| {
        let is_test = name.ends_with("/tests.rs") || name.contains("/tests/");
        let held = ["server/src/", "shared/src/protocol/", "bot-client/"];
        held.iter().any(|folder| name.starts_with(folder)) && !is_test
    };
    let files: Vec<_> = sources().into_iter().filter(|(name, _)| is_held(name)).collect();
    assert_none(&breaches(&files), "a label stands in one table: take it from there");
}

#[test]
fn a_label_that_is_written_out_is_found() {
    let table = "labels! { pub enum Skip { /** \"too_late\" */ Late = \"too_late\", } }";
    let check = |text: &str, count: usize| {
        let files = [table, text].map(|text| ("x.rs".to_owned(), syn::parse_file(text).unwrap()));
        assert_eq!(breaches(&files).len(), count, "{text}");
    };
    check("fn f() { g(\"too_late\"); }", 1);
    check("fn f() { error!(text = \"too_late\"); }", 1);
    check("fn f() { error!(reason = \"late\", \"it is late\"); }", 1);
    check("fn f() { error!(reason, text = \"late\", \"it is late\"); }", 0);
    check("fn f() { g(Skip::Late.label()); }", 0);
    check("#[cfg(test)] mod tests { fn f() { g(\"too_late\"); } }", 0);
    check("labels! { pub enum Close { Late = \"too_late\", } }", 1);
    check("close_codes! { Late = 4000, \"late\", \"you are late\"; }", 0);
    check("close_codes! { Late = 4000, \"late\", \"\"; Slow = 4001, \"late\", \"\"; }", 1);
}
