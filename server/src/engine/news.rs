//! What a room makes public: items that are numbered and encoded once, in the tick that they are of.
//!
//! Nobody is served from here. What is collected is handed over at the end of the tick; until then it
//! is bounded, and what finds no space is lost but has its number, so that its lack is seen.

use std::io::{self, Write};

use drumbeat_shared::ids::{PlayerId, Tick};
use serde::Serialize;
use tracing::warn;

/// Limit of an item, bytes of JSON.
const ITEM_BYTES_MAX: usize = 4 << 10;
/// Limit of items that a tick hands over.
const ITEMS_PER_TICK_MAX: usize = 256;

/// One item of a room's feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its number: the first of a room is 1.
    pub number: u64,
    /// One JSON object on one line.
    pub json: Vec<u8>,
    /// What it says of the chat.
    pub spoken: Option<Spoken>,
}

/// What an item says of the chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoken {
    /// It repeats this line.
    Line(u32),
    /// This line is taken back: no earlier item may repeat it any more.
    Withdrawn(u32),
}

/// The items of a tick.
#[derive(Debug, Default)]
pub struct News {
    items: Vec<Item>,
    /// The number of the last item.
    last: u64,
    lost: u64,
    has_warned: bool,
}

/// What the engine itself publishes, if the rules let it.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Plain<'a> {
    /// A player joins.
    Join {
        /// Its number.
        player: PlayerId,
        /// The name that it goes by.
        name: &'a str,
    },
    /// A player leaves.
    Leave {
        /// Its number.
        player: PlayerId,
        /// The name that it went by.
        name: &'a str,
    },
    /// Something is said to the room.
    Chat {
        /// The number of the line.
        line: u32,
        /// Who says it; empty for the game itself.
        name: &'a str,
        /// What is said.
        text: &'a str,
    },
    /// What was said is taken back.
    Withdrawn {
        /// The number of the line.
        line: u32,
    },
}

#[derive(Serialize)]
struct Numbered<'a, T> {
    n: u64,
    tick: u32,
    #[serde(flatten)]
    what: &'a T,
}

/// A buffer that takes no more than an item may have.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > ITEM_BYTES_MAX {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl News {
    /// Adds an item: a struct, or an enum with `#[serde(tag = "kind")]`. One that is too long, is not
    /// an object, or finds no space in this tick is lost and counted.
    pub fn publish(&mut self, tick: Tick, what: &impl Serialize) {
        self.add(tick, what, None);
    }

    /// Adds what the engine itself publishes.
    pub fn publish_plain(&mut self, tick: Tick, what: &Plain<'_>) {
        let spoken = match what {
            Plain::Chat { line, .. } => Some(Spoken::Line(*line)),
            Plain::Withdrawn { line } => Some(Spoken::Withdrawn(*line)),
            Plain::Join { .. } | Plain::Leave { .. } => None,
        };
        self.add(tick, what, spoken);
    }

    fn add(&mut self, tick: Tick, what: &impl Serialize, spoken: Option<Spoken>) {
        self.last += 1;
        if self.items.len() == ITEMS_PER_TICK_MAX {
            self.lost += 1;
            return;
        }
        let mut json = Bounded(Vec::new());
        let numbered = Numbered { n: self.last, tick: tick.0, what };
        match serde_json::to_writer(&mut json, &numbered) {
            Ok(()) => self.items.push(Item { number: self.last, json: json.0, spoken }),
            Err(error) => {
                self.lost += 1;
                if !std::mem::replace(&mut self.has_warned, true) {
                    warn!(%error, "an item of the room's feed is lost: it must be an object of up to {ITEM_BYTES_MAX} bytes");
                }
            }
        }
    }

    /// Takes the items since the last call.
    pub fn take(&mut self) -> Vec<Item> {
        std::mem::take(&mut self.items)
    }

    /// Takes the number of items lost since the last call.
    pub fn take_lost(&mut self) -> u64 {
        std::mem::take(&mut self.lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum What<'a> {
        Kill { victim: &'a str },
    }

    #[test]
    fn items_are_numbered_objects_on_one_line() {
        let mut news = News::default();
        news.publish(Tick(7), &What::Kill { victim: "a\"b\r\n</script>" });
        news.publish(Tick(8), &vec![1, 2]);
        news.publish(Tick(8), &What::Kill { victim: &"x".repeat(ITEM_BYTES_MAX) });
        news.publish(Tick(8), &What::Kill { victim: "b" });
        let items = news.take();
        let numbers: Vec<u64> = items.iter().map(|item| item.number).collect();
        assert_eq!(numbers, [1, 4], "what is lost leaves a gap");
        let json = std::str::from_utf8(&items[0].json).unwrap();
        assert_eq!(json, r#"{"n":1,"tick":7,"kind":"kill","victim":"a\"b\r\n</script>"}"#);
        assert_eq!((news.take_lost(), news.take_lost(), news.take().len()), (2, 0, 0));
    }

    #[test]
    fn a_tick_has_a_limit() {
        let mut news = News::default();
        for _ in 0..ITEMS_PER_TICK_MAX + 3 {
            news.publish(Tick(1), &What::Kill { victim: "" });
        }
        assert_eq!((news.take().len(), news.take_lost()), (ITEMS_PER_TICK_MAX, 3));
    }
}
