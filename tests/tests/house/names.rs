//! The names in a file: those of Rust tokens, scripts and markup.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Macros whose calls are tables of labels.
pub(crate) const TABLES: [&str; 2] = ["labels", "close_codes"];
/// The macro whose functions are tests.
const PROPERTIES: &str = "proptest";

/// An identifier or a string of Rust tokens.
pub(crate) enum Seen<'a> {
    Identifier(&'a str),
    /// A string in a table of labels.
    InTable(&'a str),
    Text(&'a str),
}

/// What the tokens of a group stand in.
#[derive(Clone, Copy, Default)]
struct Within {
    table: bool,
    properties: bool,
}

/// Calls `see` with each, macros' arguments included. Documentation does not count, nor do the names
/// of tests: those are sentences.
pub(crate) fn walk(tokens: TokenStream, see: &mut impl FnMut(Seen<'_>)) {
    walk_within(Within::default(), tokens, see);
}

fn walk_within(within: Within, tokens: TokenStream, see: &mut impl FnMut(Seen<'_>)) {
    // What the tokens before this one begin: an attribute, a macro's call, a function.
    let (mut hash, mut path, mut call, mut function) = (false, String::new(), None, false);
    let mut is_test = false;
    for token in tokens {
        let (was_hash, was_function) = (std::mem::take(&mut hash), std::mem::take(&mut function));
        let callee = call.take();
        match token {
            TokenTree::Group(group) if was_hash && group.delimiter() == Delimiter::Bracket => {
                let attribute = attribute(group.stream());
                is_test |= attribute.rsplit(':').next() == Some("test");
                if attribute != "doc" {
                    walk(group.stream(), see);
                }
            }
            TokenTree::Group(group) => {
                let is_call_of = |name: &str| callee.as_deref() == Some(name);
                let table = within.table || TABLES.iter().any(|name| is_call_of(name));
                let inner = Within { table, properties: is_call_of(PROPERTIES) };
                walk_within(inner, group.stream(), see);
            }
            TokenTree::Ident(ident) => {
                path = ident.to_string();
                function = path == "fn";
                let is_exempt = was_function && (is_test || within.properties);
                is_test &= !was_function;
                if !is_exempt {
                    see(Seen::Identifier(path.trim_start_matches("r#")));
                }
            }
            TokenTree::Literal(literal) => {
                if let syn::Lit::Str(string) = syn::Lit::new(literal) {
                    let text = &string.value();
                    see(if within.table { Seen::InTable(text) } else { Seen::Text(text) });
                }
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                '#' => hash = true,
                '!' if was_hash => hash = true,
                '!' => call = Some(std::mem::take(&mut path)),
                _ => path.clear(),
            },
        }
    }
}

/// The path of an attribute: `tokio::test` of `tokio::test(start_paused = true)`.
fn attribute(tokens: TokenStream) -> String {
    let is_path = |token: &TokenTree| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    };
    tokens.into_iter().take_while(is_path).map(|token| token.to_string()).collect()
}

/// Whether a text is written as labels, keys, metrics and flags are.
pub(crate) fn is_name(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    text.contains(['_', '-']) && text.contains(char::is_alphabetic) && text.chars().all(is_part)
}

/// The names in the text of a script or a page; `None` for any other file.
pub(crate) fn of_text(file: &str, text: &str) -> Option<Vec<String>> {
    let ending = file.rsplit('/').next()?.rsplit_once('.').map_or("", |(_, ending)| ending);
    let shell =
        text.lines().next().is_some_and(|line| line.starts_with("#!") && line.contains("sh"));
    match ending {
        "js" | "mjs" => Some(of_script(text)),
        "html" => Some(of_page(text)),
        "sh" => Some(of_shell(text)),
        _ if shell => Some(of_shell(text)),
        _ => None,
    }
}

/// The names of JavaScript: identifiers, and strings that are written as names. Roughly: a string
/// that spans lines counts as code.
fn of_script(text: &str) -> Vec<String> {
    let is_comment = |line: &&str| ["//", "*", "/*"].iter().any(|start| line.starts_with(start));
    text.lines().map(str::trim_start).filter(|line| !is_comment(line)).flat_map(of_line).collect()
}

fn of_line(line: &str) -> Vec<String> {
    let mut names = Vec::new();
    // The quotes and braces that are open here: in a brace stands code.
    let mut open: Vec<char> = Vec::new();
    let (mut part, mut before) = (String::new(), ' ');
    for c in line.chars().chain(['\n']) {
        let quote = open.last().copied().filter(|c| *c != '{');
        let opens_code = quote == Some('`') && before == '$' && c == '{';
        let ends = match quote {
            Some(quote) => c == quote && before != '\\' || opens_code || c == '\n',
            None => !(c.is_alphanumeric() || c == '_'),
        };
        if !ends {
            part.push(c);
        } else {
            let part = std::mem::take(&mut part);
            let part = if opens_code { part.trim_end_matches('$') } else { &part };
            let is_counted = !part.is_empty() && (quote.is_none() || is_name(part));
            names.extend(is_counted.then(|| part.to_owned()));
            match c {
                _ if quote == Some(c) => drop(open.pop()),
                '{' => open.push(c),
                '}' => drop(open.pop()),
                '/' if quote.is_none() && before == '/' => break,
                '\'' | '"' | '`' if quote.is_none() => open.push(c),
                _ => {}
            }
        }
        before = c;
    }
    names
}

/// The words of a text that are written as names.
fn written_as_names(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.split(move |c| !is_part(c)).filter(|word| is_name(word))
}

/// The names of a shell script: what is set, read or called `()`, and words written as names.
fn of_shell(text: &str) -> Vec<String> {
    let code = text.lines().map(|line| match line.find(" #") {
        _ if line.trim_start().starts_with('#') => "",
        comment => &line[..comment.unwrap_or(line.len())],
    });
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut names = Vec::new();
    for line in code {
        names.extend(written_as_names(line).map(str::to_owned));
        for (at, word) in words_of(line, is_part) {
            let (before, after) = (&line[..at], &line[at + word.len()..]);
            let is_read = before.ends_with('$') || before.ends_with("${");
            let is_set = ["=", "+=", "()"].iter().any(|sign| after.starts_with(sign));
            let is_declared = before.ends_with("for ") || before.ends_with("local ");
            names.extend((is_read || is_set || is_declared).then(|| word.to_owned()));
        }
    }
    names
}

/// The words of a line and where they begin.
fn words_of(line: &str, is_part: impl Fn(char) -> bool) -> impl Iterator<Item = (usize, &str)> {
    let words = line.split(move |c| !is_part(c)).filter(|word| !word.is_empty());
    words.map(move |word| (word.as_ptr() as usize - line.as_ptr() as usize, word))
}

/// The names of a page or a template: ids, classes, what a template puts in, and words written as
/// names.
fn of_page(text: &str) -> Vec<String> {
    let values = |start: &'static str, end: &'static str| {
        text.split(start).skip(1).map(move |rest| rest.split(end).next().unwrap_or(rest))
    };
    let attributes =
        ["id=\"", "class=\"", "for=\"", "name=\""].into_iter().flat_map(|name| values(name, "\""));
    let put_in = values("{{", "}}").chain(values("{%", "%}"));
    let words = attributes
        .chain(put_in)
        .flat_map(|value| value.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')));
    let words = words.filter(|word| !word.is_empty()).chain(written_as_names(text));
    words.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_rust(text: &str) -> Vec<String> {
        let mut names = Vec::new();
        walk(text.parse().unwrap(), &mut |seen| {
            names.push(match seen {
                Seen::Identifier(name) | Seen::InTable(name) | Seen::Text(name) => name.to_owned(),
            });
        });
        names.retain(|name| !["fn", "let", "mod", "for", "in"].contains(&name.as_str()));
        names
    }

    #[test]
    fn rust_has_names_outside_its_documentation_and_the_names_of_tests() {
        let check = |text: &str, names: &[&str]| assert_eq!(of_rust(text), names, "{text}");
        check("/// told\nfn gaze() { m!(lone, \"way\") }", &["gaze", "m", "lone", "way"]);
        check("let doc = told;", &["doc", "told"]);
        check("#![doc = \"told\"] let a = b;", &["a", "b"]);
        check("let a = [doc, told];", &["a", "doc", "told"]);
        check("#[test] fn who_is_told() { gaze(); }", &["test", "gaze"]);
        check("#[tokio::test(x = 1)] async fn told() {}", &["tokio", "test", "x", "async"]);
        check("#[test] fn a() { fn told() {} }", &["test", "told"]);
        check("#[cfg(test)] fn told() {}", &["cfg", "test", "told"]);
        check("proptest! { fn told(way in 0..2) { gaze() } }", &["proptest", "way", "gaze"]);
    }

    #[test]
    fn strings_of_a_table_are_known() {
        let mut found = Vec::new();
        let text = "labels! { enum A { B = \"unseen\", } } f(\"unseen\");";
        walk(text.parse().unwrap(), &mut |seen| match seen {
            Seen::InTable(text) => found.push((true, text.to_owned())),
            Seen::Text(text) => found.push((false, text.to_owned())),
            Seen::Identifier(_) => {}
        });
        assert_eq!(found, [true, false].map(|is_in_table| (is_in_table, "unseen".to_owned())));
    }

    #[test]
    fn scripts_have_names_in_code_and_in_strings_that_are_written_so() {
        let check = |line: &str, names: &[&str]| assert_eq!(of_script(line), names, "{line}");
        check("/** the usual way */", &[]);
        check("const lone = 'told'; // kept", &["const", "lone"]);
        check("let a = `gaze` + doors;", &["let", "a", "doors"]);
        check("f('no_way', \"it is_told\", '--usual-way')", &["f", "no_way", "--usual-way"]);
        check("`the ${way} ${f('told', { a: `${gaze}` })} road`", &["way", "f", "a", "gaze"]);
    }

    #[test]
    fn shell_scripts_and_pages_have_names() {
        let shell =
            "# told_all\nlone=1 # way_s\nf() { echo \"$way is told\" --no-road ${gaze} kept; }";
        assert_eq!(of_shell(shell), ["lone", "--no-road", "f", "way", "gaze"]);
        let page = "<p id=\"way\" class=\"a lone\">told {{ it.gaze }} usual_way</p>";
        assert_eq!(of_page(page), ["way", "a", "lone", "it", "gaze", "usual_way"]);
        assert!(of_text("tests/run", "#!/bin/bash\n").is_some() && of_text("a.md", "").is_none());
    }
}
