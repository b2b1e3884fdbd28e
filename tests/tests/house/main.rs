//! The house checks: what the documents promise about the code, and the rules that no compiler
//! knows. Each failure names the file, the line and what to do.

mod houses;
mod imports;
mod items;
mod labels;
mod names;
mod words;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The documents whose paths must exist.
const DOCUMENTS: [&str; 11] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "README.md",
    "PROTOCOL.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/admin.md",
    "docs/decisions.md",
    "docs/hostile.md",
    "docs/limits.md",
    "docs/tickets.md",
];

/// Lines of one Rust file, at most.
const LINES_MAX: usize = 400;

/// Text that must not stand in certain files.
struct Rule {
    /// What must not be there, one text per case.
    forbidden: &'static [&'static str],
    /// Path prefixes and ending of the files the rule holds for; empty for all.
    within: &'static [&'static str],
    ending: &'static str,
    /// Files that may.
    except: &'static [&'static str],
    /// Whether a comment may.
    comments_may: bool,
    /// The reason and the way out.
    advice: &'static str,
}

// The texts are split so that this file does not contain them.
const RULES: [Rule; 8] = [
    Rule {
        forbidden: &[concat!("bincode", "::")],
        within: &[],
        ending: ".rs",
        except: &["shared/src/protocol/codec.rs"],
        comments_may: false,
        advice: "bincode stays behind the size limits of shared/src/protocol/codec.rs: call that",
    },
    Rule {
        forbidden: &[
            concat!("unbounded", "_channel"),
            concat!("flume::", "unbounded"),
            concat!("mpsc::channel", "()"),
            concat!("mpsc::channel", "::<"),
            concat!("mpsc::", "channel;"),
        ],
        within: &[],
        ending: ".rs",
        except: &[],
        comments_may: false,
        advice: "every queue has a limit: take a bounded channel and say what happens when it is full",
    },
    Rule {
        forbidden: &[
            concat!("async", " fn"),
            concat!("async", " move"),
            concat!("async", " {"),
            concat!(".aw", "ait"),
            concat!("Instant", "::now"),
            concat!("System", "Time"),
        ],
        within: &["shared/src/", "shared/games/", "server/src/engine/"],
        ending: ".rs",
        except: &[],
        comments_may: true,
        advice: "this code neither waits nor reads a clock: take bytes and time as arguments",
    },
    Rule {
        forbidden: &[concat!("std", "err("), concat!("std", "out(")],
        within: &["server/src/"],
        ending: ".rs",
        except: &["server/src/telemetry/logging.rs", "server/src/command/mod.rs"],
        comments_may: true,
        advice: "a stream may stall for good: log, or say it through server/src/telemetry/logging.rs",
    },
    Rule {
        forbidden: &[concat!("Are", "na"), concat!("are", "na::")],
        within: &["server/src/", "bot-client/src/", "assets/web/src/"],
        ending: ".rs",
        except: &["server/src/main.rs", "bot-client/src/main.rs", "bot-client/src/arena.rs"],
        comments_may: true,
        advice: "server, swarm and browser core are generic over `Game`: only their programs name one",
    },
    Rule {
        forbidden: &[
            concat!("<st", "yle"),
            concat!(" st", "yle="),
            concat!("<scr", "ipt>"),
            concat!("<scr", "ipt type=\"module\">"),
            concat!(" on", "click="),
            concat!(" on", "load="),
            concat!(" on", "input="),
            concat!(" on", "submit="),
            concat!("java", "script:"),
        ],
        within: &["assets/", "shared/games/", "server/"],
        ending: ".html",
        except: &[],
        comments_may: false,
        advice: "the policy of every page (server/src/net/page_headers.rs) forbids scripts and styles \
            within it: put them into files",
    },
    Rule {
        forbidden: &[
            concat!("crates", ".io"),
            concat!("npmjs", "."),
            concat!("deb.debian", ".org"),
            concat!("yarnpkg", ".com"),
        ],
        within: &[],
        ending: "",
        except: &["Cargo.lock", "tests/fuzz/Cargo.lock"],
        comments_may: false,
        advice: "packages come by name from whatever registry the machine is set up with",
    },
    Rule {
        forbidden: &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")],
        within: &[],
        ending: "",
        // It looks for such paths in the compiled core.
        except: &["tests/js/core.test.mjs"],
        comments_may: false,
        advice: "a path of one machine means nothing on another: write it relative to the repository",
    },
];

/// The repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests stand in the repository")
}

fn git(arguments: &[&str]) -> std::process::Output {
    Command::new("git")
        // A clone may belong to another user than the one who tests it.
        .args(["-c", "safe.directory=*"])
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("git is installed: the house checks ask it which files are tracked")
}

/// Every tracked file that still exists, relative to the repository.
fn tracked() -> Vec<String> {
    let output = git(&["ls-files", "-z"]);
    assert!(output.status.success(), "git ls-files failed: not a clone of the repository?");
    let names = String::from_utf8(output.stdout).expect("file names are UTF-8");
    names
        .split_terminator('\0')
        .filter(|name| root().join(name).is_file())
        .map(str::to_owned)
        .collect()
}

/// The text of a tracked file; `None` if it is not text.
fn text(name: &str) -> Option<String> {
    let bytes = std::fs::read(root().join(name)).expect("a tracked file is readable");
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

fn assert_none(found: &[String], advice: &str) {
    assert!(found.is_empty(), "\n{}\n=> {advice}\n", found.join("\n"));
}

impl Rule {
    fn holds_for(&self, name: &str) -> bool {
        name.ends_with(self.ending)
            && !self.except.contains(&name)
            && (self.within.is_empty() || self.within.iter().any(|prefix| name.starts_with(prefix)))
    }

    fn breaches(&self, name: &str, text: &str) -> Vec<String> {
        text.lines()
            .enumerate()
            .filter(|(_, line)| !(self.comments_may && line.trim_start().starts_with("//")))
            .filter(|(_, line)| self.forbidden.iter().any(|forbidden| line.contains(forbidden)))
            .map(|(index, line)| format!("{name}:{}: {}", index + 1, line.trim()))
            .collect()
    }
}

#[test]
fn the_rules_of_the_house_hold() {
    let files: Vec<(String, String)> =
        tracked().into_iter().filter_map(|name| text(&name).map(|text| (name, text))).collect();
    for rule in &RULES {
        let held: Vec<_> = files.iter().filter(|(name, _)| rule.holds_for(name)).collect();
        assert!(!held.is_empty(), "a rule holds for no file: {:?}", rule.within);
        let found: Vec<String> =
            held.iter().flat_map(|(name, text)| rule.breaches(name, text)).collect();
        assert_none(&found, rule.advice);
    }
}

#[test]
fn a_breach_of_each_rule_is_found() {
    for rule in &RULES {
        for forbidden in rule.forbidden {
            let line = format!("let a = b; {forbidden} c");
            assert_eq!(rule.breaches("x.rs", &line).len(), 1, "{forbidden}");
        }
        let folder = rule.within.first().unwrap_or(&"server/src/");
        let name = format!("{folder}new{}", rule.ending);
        assert!(rule.holds_for(&name), "{name}: {}", rule.advice);
        for name in rule.except {
            assert!(!rule.holds_for(name), "{name}: {}", rule.advice);
        }
    }
}

#[test]
fn files_read_in_one_sitting() {
    let found: Vec<String> = tracked()
        .iter()
        .filter(|name| name.ends_with(".rs"))
        .filter_map(|name| {
            let lines = text(name)?.lines().count();
            (lines > LINES_MAX).then(|| format!("{name}: {lines} lines"))
        })
        .collect();
    assert_none(
        &found,
        "a file of more than 400 lines holds a second concept: find it, and give it its own file",
    );
}

/// Without this, a new file of tests would never run: Cargo does not look for them (`autotests`).
#[test]
fn every_file_of_tests_is_part_of_a_program() {
    let manifest = text("tests/Cargo.toml").expect("it is text");
    let whole = text("tests/tests/main.rs").expect("it is text");
    let is_listed = |name: &str| {
        whole.contains(&format!("\nmod {name};\n"))
            || manifest.contains(&format!("[[test]]\nname = \"{name}\"\n"))
    };
    let names = tracked().into_iter().filter_map(|file| {
        let (name, rest) = file.strip_prefix("tests/tests/")?.split_once(['.', '/'])?;
        let is_top = matches!(rest, "rs" | "main.rs" | "mod.rs") && name != "main";
        is_top.then(|| name.to_owned())
    });
    let found: Vec<_> = names.filter(|name| !is_listed(name)).collect();
    assert_none(&found, "list it in tests/tests/main.rs, or as a [[test]] in tests/Cargo.toml");
}

#[test]
fn every_path_that_a_document_names_exists() {
    let files = tracked();
    let mut found = Vec::new();
    for document in DOCUMENTS {
        let Some(markdown) = files.iter().any(|name| name == document).then(|| text(document))
        else {
            found.push(format!("{document}: the document itself is missing, or not tracked"));
            continue;
        };
        for (line, path) in paths(&markdown.expect("a document is text")) {
            let (file, function) = path.split_once("::").unwrap_or((&path, ""));
            let is_there = root().join(file).exists() || is_ignored(file);
            let has =
                |file: &str| text(file).is_some_and(|t| t.contains(&format!("fn {function}(")));
            if !is_there || !(function.is_empty() || has(file)) {
                found.push(format!("{document}:{line}: `{path}` does not exist"));
            }
        }
    }
    assert_none(
        &found,
        "documents describe the software as it is: mend the path, from the top of the repository",
    );
}

/// Whether git ignores the path: what a build or a test writes need not be there.
fn is_ignored(path: &str) -> bool {
    git(&["check-ignore", "-q", path]).status.success()
}

/// The paths in backticks outside fenced blocks, with their line numbers.
fn paths(markdown: &str) -> Vec<(usize, String)> {
    let mut fenced = false;
    let mut found = Vec::new();
    for (index, line) in markdown.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let spans = line.split('`').skip(1).step_by(2).flat_map(|span| span.split(' '));
            found.extend(
                spans.filter(|span| is_path(span)).map(|span| (index + 1, span.to_owned())),
            );
        }
    }
    found
}

/// Whether a span is meant as a path of the repository: it stands in one of its folders, or has
/// an ending that the repository's files have.
fn is_path(span: &str) -> bool {
    const ENDINGS: [&str; 10] =
        ["rs", "js", "mjs", "md", "toml", "html", "css", "wasm", "png", "json"];
    const FOLDERS: [&str; 8] =
        ["server", "shared", "bot-client", "assets", "tests", "docs", ".ci", ".cargo"];
    // Perhaps with one of its functions.
    let span = span.split_once("::").map_or(span, |(file, _)| file);
    let plain = span.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
    if !plain || span.starts_with('/') || span.contains("..") {
        return false;
    }
    let path = PathBuf::from(span);
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("");
    match span.split_once('/') {
        Some((folder, _)) => FOLDERS.contains(&folder) || ENDINGS.contains(&ending),
        None => ["md", "toml"].contains(&ending),
    }
}

#[test]
fn paths_are_told_from_other_words() {
    let check = |markdown: &str, expected: &[&str]| {
        let found: Vec<String> = paths(markdown).into_iter().map(|(_, path)| path).collect();
        assert_eq!(found, expected, "{markdown}");
    };
    check("see `server/src/main.rs` and `tests/run`", &["server/src/main.rs", "tests/run"]);
    check("`shared/src/protocol/` or `deny.toml`", &["shared/src/protocol/", "deny.toml"]);
    check("`node tests/browser/gone.mjs --help`", &["tests/browser/gone.mjs"]);
    check("`tests/tests/laws.rs::a_law`, `Engine::join`", &["tests/tests/laws.rs::a_law"]);
    check("`protocol/codec.rs`", &["protocol/codec.rs"]);
    check("`/healthz` `text/plain` `cargo run` `bytes/s` `main.rs` `a::b`", &[]);
    check("```\n`server/gone.rs`\n```\n`server/here.rs`", &["server/here.rs"]);
}
