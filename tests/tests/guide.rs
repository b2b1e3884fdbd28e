//! The guide `docs/your-game.md`, and what README shows of it: each listing is a part of a file that
//! is compiled or run, and each message of its table of mistakes is the real one.

use std::fs;
use std::path::Path;

use drumbeat_shared::typed::{IVec2, World};
use drumbeat_tag::{Coin, Thing};

/// What the listings of each language are parts of.
const SOURCES: &[(&str, &[&str])] = &[
    (
        "rust",
        &[
            "server/dev/template/src/lib.rs",
            "server/dev/template/src/main.rs",
            "server/dev/template/tests/laws.rs",
            "shared/games/tag/src/lib.rs",
            "tests/kit/tests/still.rs",
            "tests/src/pad.rs",
        ],
    ),
    ("js", &["server/dev/template/page/page.js", "tests/browser/new.test.mjs"]),
    // Its lines are run, each as one command.
    ("sh", &["tests/browser/new.test.mjs"]),
];

/// The tests that prove what each mistake makes people read: their own text, or what the compiler
/// says to them.
const PROOFS: &[&str] = &[
    "tests/mistakes/tests/mistakes/fields.stderr",
    "tests/mistakes/tests/mistakes/input_derives.stderr",
    "tests/browser/new.test.mjs",
    "tests/js/controls.test.mjs",
    "tests/js/schema.test.mjs",
    "tests/kit/tests/planted.rs",
    "tests/tests/guide.rs",
    "tests/tests/live_edge/handshake.rs",
];
const MISTAKES: usize = 10;

fn text(path: &str) -> String {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are in a folder");
    fs::read_to_string(top.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A listing of a document.
#[derive(Debug, PartialEq)]
struct Listing {
    language: String,
    /// Without indentation and empty lines.
    lines: Vec<String>,
}

/// The fenced blocks of a document.
fn listings(document: &str) -> Vec<Listing> {
    let mut found: Vec<Listing> = Vec::new();
    let mut is_open = false;
    for line in document.lines().map(str::trim) {
        if let Some(language) = line.strip_prefix("```") {
            is_open = !is_open;
            if is_open {
                found.push(Listing { language: language.to_owned(), lines: Vec::new() });
            }
        } else if is_open && !line.is_empty() {
            found.last_mut().expect("a block is open").lines.push(line.to_owned());
        }
    }
    assert!(!is_open, "a block is not closed");
    found
}

/// Whether these lines stand in the text one after the other, whatever their indentation.
fn has(text: &str, lines: &[String]) -> bool {
    let all: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    all.windows(lines.len()).any(|part| part == lines)
}

/// Whether a test runs this command, perhaps with more arguments.
fn is_run(text: &str, command: &str) -> bool {
    // What the test does by a working folder.
    command.starts_with("cd ")
        || ['\'', '`'].iter().any(|quote| text.contains(&format!("{quote}{command}")))
}

impl Listing {
    /// Whether it is what a file says, or a test does.
    fn is_real(&self) -> bool {
        let sources = SOURCES.iter().find(|(language, _)| *language == self.language);
        let (_, sources) = sources.unwrap_or_else(|| {
            panic!("no source for a listing in `{}`: {:?}", self.language, self.lines)
        });
        let mut texts = sources.iter().map(|path| text(path));
        match self.language.as_str() {
            "sh" => {
                let test = texts.next().expect("a test runs commands");
                self.lines.iter().all(|command| is_run(&test, command))
            }
            "js" => texts.any(|text| {
                has(&text, &self.lines) || (self.lines.len() == 1 && text.contains(&self.lines[0]))
            }),
            _ => texts.any(|text| has(&text, &self.lines)),
        }
    }
}

#[test]
fn every_listing_is_compiled_or_run() {
    let guide = listings(&text("docs/your-game.md"));
    let readme = text("README.md");
    let own_game = readme.split("\n## ").find(|part| part.starts_with("Write another game"));
    let readme = listings(own_game.expect("README has a part about other games"));
    assert!(guide.len() > 10 && !readme.is_empty(), "the listings are not found");
    for listing in guide.iter().chain(&readme) {
        assert!(
            listing.is_real(),
            "this listing is not what the code says; copy it from there:\n{}",
            listing.lines.join("\n")
        );
    }
}

#[test]
fn a_listing_that_differs_is_found() {
    let check = |language: &str, line: &str, expected: bool| {
        let document = format!("text\n```{language}\n{line}\n```\n");
        let [listing] = listings(&document).try_into().expect("one listing");
        assert_eq!(listing.is_real(), expected, "{line}");
    };
    check("rust", "    drumbeat_server::main::<Rules>(page!(\"page\"))", true);
    check("rust", "drumbeat_server::main::<Rules>(page!(\"pages\"))", false);
    check("rust", "fn main() -> ExitCode {\n\n}", false);
    check("sh", "cargo test", true);
    check("sh", "cargo dance", false);
    check("js", "session?.pump(now, controls());", true);
    check("js", "session.pump(later, controls());", false);
}

/// The messages of the table of mistakes.
fn messages(guide: &str) -> Vec<String> {
    let (_, table) = guide.split_once("| mistake | you read |").expect("the guide has the table");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let messages = rows.map(|row| {
        let cell = row.trim_end_matches(['|', ' ']).rsplit(" | ").next().expect("two cells");
        let message = cell.trim_matches('`').trim();
        assert_ne!(message, cell, "a message stands in backticks: {row}");
        message.to_owned()
    });
    messages.collect()
}

/// Whether the text has all parts of a message; `…` stands for what differs from case to case.
fn says(text: &str, message: &str) -> bool {
    message.split('…').all(|part| text.contains(part.trim()))
}

#[test]
fn every_mistake_says_what_the_guide_tells() {
    let messages = messages(&text("docs/your-game.md"));
    assert_eq!(messages.len(), MISTAKES);
    let proofs: Vec<String> = PROOFS.iter().map(|path| text(path)).collect();
    for message in messages {
        let is_proved = proofs.iter().any(|proof| says(proof, &message));
        assert!(is_proved, "no test expects this message, which the guide shows: {message}");
    }
    let other = "score: i32 needs #[limits(min, max)]";
    assert!(!proofs.iter().take(2).any(|proof| says(proof, other)));
}

#[test]
fn a_value_outside_its_range_is_named() {
    let insert = || {
        let mut world = World::<Thing>::default();
        world.insert(Coin { place: IVec2::new(-1, 0) });
    };
    let panic = std::panic::catch_unwind(insert).expect_err("-1 is outside");
    let said = panic.downcast_ref::<String>().expect("a text");
    assert_eq!(said, "coin.x = -1, range 0..=25600 (slot 0)");
}

#[test]
fn every_link_leads_to_a_file() {
    for document in ["docs/your-game.md", "README.md"] {
        let text = text(document);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
            let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
            let is_there = target.contains("://") || top.join(target).exists();
            assert!(is_there, "{document}: the link to {target} leads nowhere");
        }
    }
}
