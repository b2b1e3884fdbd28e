//! The laws of documents and commands, each broken by a game with one planted fault.

use std::collections::HashMap;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use drumbeat_kit::{Room, laws};
use drumbeat_shared::typed::{
    Command, Document, Game, Identity, Nothing, PlayerId, Record, Refused, Saved, Setup, Spoken,
    Step, Verdict,
};

const NONE: u8 = 0;
const COUNTS_IN_RECORDS: u8 = 1;
const HASH_ORDER: u8 = 2;
const BREAKS_A_LIMIT: u8 = 3;
const ANSWERS_DIFFER: u8 = 4;
const VERDICTS_DIFFER: u8 = 5;
const ANNOUNCES_DIFFERENTLY: u8 = 6;

static COUNTER: AtomicU32 = AtomicU32::new(0);

#[derive(Command, Clone, Debug, PartialEq)]
struct Put {
    #[max(20)]
    text: String,
}

#[derive(Record, Clone, Debug, PartialEq)]
struct Line {
    number: u32,
    #[max(20)]
    text: String,
}

/// A list of lines with a fault.
#[derive(Saved, Debug)]
struct Slate<const FAULT: u8> {
    lines: Document<Line>,
    #[scratch]
    order: HashMap<u32, ()>,
    number: u32,
}

impl<const FAULT: u8> Game for Slate<FAULT> {
    type Map = ();
    type Thing = Nothing;
    type Avatar = Nothing;
    type Private = ();
    type Input = ();
    type Event = ();
    type Command = Put;
    type Record = Line;
    type Settings = ();

    const NAME: &'static str = "slate";

    fn new(_map: Arc<()>, _setup: &Setup) -> Self {
        let order = (0..50).map(|number| (number, ())).collect();
        Self { lines: Document::default(), order, number: COUNTER.fetch_add(1, Relaxed) }
    }

    fn join(&mut self, _player: PlayerId, _who: Identity<'_>) -> Result<(), Refused> {
        Ok(())
    }

    fn leave(&mut self, _player: PlayerId) {}

    fn command(
        &mut self,
        _player: PlayerId,
        Put { text }: &Put,
        step: &mut Step<'_, Self>,
    ) -> Result<(), Refused> {
        let number = match FAULT {
            COUNTS_IN_RECORDS => self.number,
            HASH_ORDER => self.order.keys().next().copied().unwrap_or_default(),
            _ => 0,
        };
        let text = if FAULT == BREAKS_A_LIMIT { "x".repeat(21) } else { text.clone() };
        self.lines.append(Line { number, text });
        match FAULT {
            ANSWERS_DIFFER => return Err(Refused(self.number.to_string().into())),
            ANNOUNCES_DIFFERENTLY => step.announce(self.number.to_string()),
            _ => {}
        }
        Ok(())
    }

    fn say(&mut self, _player: PlayerId, _line: Spoken<'_>, _step: &mut Step<'_, Self>) -> Verdict {
        match FAULT {
            VERDICTS_DIFFER => Verdict::Instead(self.number.to_string()),
            _ => Verdict::Say,
        }
    }

    fn document(&self) -> Option<&Document<Line>> {
        Some(&self.lines)
    }

    fn step(&mut self, _step: &mut Step<'_, Self>) {}
}

mod sound {
    drumbeat_kit::laws!(super::Slate<{ super::NONE }>);
}

fn broken(law: fn(&str)) -> String {
    let panic = catch_unwind(|| law("")).expect_err("the law holds");
    panic.downcast_ref::<String>().expect("a text").clone()
}

#[test]
fn a_document_that_is_no_pure_function_is_found() {
    for law in [laws::purity::<Slate<COUNTS_IN_RECORDS>>, laws::purity::<Slate<HASH_ORDER>>] {
        let text = broken(law);
        assert!(text.contains("a record of the document is 1: Line { number: "), "{text}");
        assert!(text.contains("not a pure function"), "{text}");
    }
}

#[test]
fn answers_verdicts_and_announcements_that_differ_are_found() {
    let text = broken(laws::purity::<Slate<ANSWERS_DIFFER>>);
    assert!(text.contains("the answer to a command of player"), "{text}");
    let text = broken(laws::purity::<Slate<VERDICTS_DIFFER>>);
    assert!(text.contains("the verdict on a chat line of player"), "{text}");
    let text = broken(laws::purity::<Slate<ANNOUNCES_DIFFERENTLY>>);
    assert!(text.contains("what the rules do to the chat is [Announce("), "{text}");
}

#[test]
fn a_record_that_breaks_its_own_limit_is_named() {
    let text = broken(laws::commands::<Slate<BREAKS_A_LIMIT>>);
    assert!(text.contains("Line.text has a length of 21, more than 20"), "{text}");
}

#[test]
fn a_room_passes_commands_and_lines_to_the_rules() {
    let mut room = Room::<Slate<NONE>>::new();
    let ann = room.join("Ann");
    assert_eq!(room.command(ann, &Put { text: "hello".into() }), Ok(()));
    assert_eq!(room.say(ann, "hi"), Verdict::Say);
    assert_eq!(room.step(), []);
    assert_eq!(Game::document(room.game()).unwrap().len(), 1);
    assert_eq!(room.take_chat_edits(), []);
}
