//! A room's feed in memory: the last items, for those who only watch.
//!
//! ```text
//! tick -> waiting (short lock) -> relay, on the thread of HTTP -> ring -> watchers
//! ```
//! A tick that has something to say appends it and, if nothing waited before, wakes one task. That
//! task frames the items and wakes the watchers, who read from the ring: however many they are, the
//! tick sees none of them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering::AcqRel, Ordering::Release};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{mpsc, watch};

use crate::engine::news::{Item, Spoken};
use drumbeat_push::Framed;

/// Limit of items that are held.
pub const ITEMS_MAX: usize = 1_024;
/// Limit of their bytes, as they are sent.
pub const BYTES_MAX: usize = 256 << 10;

/// The items that the relay has not taken yet. They have no other limit than those of the ring.
#[derive(Debug, Default)]
struct Waiting {
    items: VecDeque<Item>,
    bytes: usize,
    has_ended: bool,
}

/// The last items; what is over a limit gives way, oldest first.
#[derive(Debug, Default)]
struct Ring {
    items: VecDeque<Entry>,
    bytes: usize,
    last: u64,
    has_ended: bool,
}

#[derive(Debug)]
struct Entry {
    number: u64,
    /// The chat line that it repeats, if any.
    line: Option<u32>,
    framed: Framed,
}

/// What a watcher finds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The next item and its number.
    Item(u64, Framed),
    /// Nothing new yet.
    Nothing,
    /// Nothing, and nothing more comes.
    End,
}

impl Found {
    /// The number of the item, if there is one.
    pub(crate) fn number(&self) -> Option<u64> {
        if let Self::Item(number, _) = self { Some(*number) } else { None }
    }
}

impl Waiting {
    fn push(&mut self, item: Item) {
        self.bytes += item.json.len();
        self.items.push_back(item);
        while self.items.len() > ITEMS_MAX || self.bytes > BYTES_MAX {
            let Some(item) = self.items.pop_front() else { break };
            self.bytes -= item.json.len();
        }
    }
}

impl Ring {
    fn push(&mut self, life: &str, Item { number, json, spoken }: Item) {
        let line = match spoken {
            Some(Spoken::Withdrawn(line)) => {
                self.forget(life, line);
                None
            }
            Some(Spoken::Line(line)) => Some(line),
            None => None,
        };
        let framed = Framed::new(&id(life, number), &json);
        self.bytes += framed.byte_count();
        self.last = number;
        self.items.push_back(Entry { number, line, framed });
        while self.items.len() > ITEMS_MAX || self.bytes > BYTES_MAX {
            let Some(entry) = self.items.pop_front() else { break };
            self.bytes -= entry.framed.byte_count();
        }
    }

    /// Takes the text of a chat line out of what is held.
    fn forget(&mut self, life: &str, line: u32) {
        let found = self.items.iter_mut().find(|entry| entry.line == Some(line));
        let Some(Entry { number, line: of, framed }) = found else { return };
        self.bytes -= framed.byte_count();
        let json = format!(r#"{{"n":{number},"kind":"withdrawn","line":{line}}}"#);
        *framed = Framed::new(&id(life, *number), json.as_bytes());
        *of = None;
        self.bytes += framed.byte_count();
    }

    fn after(&self, seen: u64) -> Found {
        let at = self.items.partition_point(|entry| entry.number <= seen);
        match self.items.get(at) {
            Some(entry) => Found::Item(entry.number, entry.framed.clone()),
            None if self.has_ended => Found::End,
            None => Found::Nothing,
        }
    }
}

/// The line of an event from whose number a browser that comes back asks.
fn id(life: &str, number: u64) -> String {
    format!("id: {life}.{number}\n")
}

/// What wakes the relay: the feeds in which something waits, each once.
pub type Wakes = mpsc::Sender<Arc<Feed>>;

/// The feed of one room.
#[derive(Debug)]
pub struct Feed {
    /// Tells the numbers of this room from those of another of its name.
    life: String,
    waiting: Mutex<Waiting>,
    is_queued: AtomicBool,
    ring: Mutex<Ring>,
    last: watch::Sender<u64>,
    wakes: Wakes,
}

/// Ignores poisoning: what is locked is valid after each statement.
fn lock<T>(locked: &Mutex<T>) -> MutexGuard<'_, T> {
    locked.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Feed {
    /// A feed without items.
    #[must_use]
    pub fn new(life: String, wakes: Wakes) -> Arc<Self> {
        Arc::new(Self {
            life,
            waiting: Mutex::default(),
            is_queued: AtomicBool::new(false),
            ring: Mutex::default(),
            last: watch::Sender::new(0),
            wakes,
        })
    }

    /// Takes over the items of a tick. It waits for nobody but the relay, and that only for as long
    /// as it moves a pointer.
    pub fn hand_over(self: &Arc<Self>, items: Vec<Item>) {
        if items.is_empty() {
            return;
        }
        let mut waiting = lock(&self.waiting);
        items.into_iter().for_each(|item| waiting.push(item));
        drop(waiting);
        self.wake();
    }

    /// Says that nothing more comes.
    pub fn end(self: &Arc<Self>) {
        lock(&self.waiting).has_ended = true;
        self.wake();
    }

    fn wake(self: &Arc<Self>) {
        let is_queued = self.is_queued.swap(true, AcqRel);
        // There is space for all. If not, the next item tries again; without a relay nobody watches.
        if !is_queued && self.wakes.try_send(Arc::clone(self)).is_err() {
            self.is_queued.store(false, Release);
        }
    }

    /// Shows the watchers what waits. Only the relay calls this.
    fn relay(&self) {
        // First: what comes from now on wakes again.
        self.is_queued.store(false, Release);
        let mut waiting = lock(&self.waiting);
        let items = std::mem::take(&mut waiting.items);
        waiting.bytes = 0;
        let has_ended = waiting.has_ended;
        drop(waiting);
        let mut ring = lock(&self.ring);
        items.into_iter().for_each(|item| ring.push(&self.life, item));
        // With the items before it, so that nobody leaves without them.
        ring.has_ended = has_ended;
        let last = ring.last;
        drop(ring);
        self.last.send_replace(last);
    }

    /// What tells the numbers of this room from those of another of its name.
    #[must_use]
    pub fn life(&self) -> &str {
        &self.life
    }

    /// What is behind number `seen`. An item more than one behind means that those between are gone.
    pub(crate) fn after(&self, seen: u64) -> Found {
        lock(&self.ring).after(seen)
    }

    /// The number of the last item.
    #[must_use]
    pub fn last(&self) -> u64 {
        lock(&self.ring).last
    }

    /// Follows the number of the last item.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }
}

/// Wakes the watchers of each feed in which something waits, for as long as there are rooms.
pub async fn relay(mut woken: mpsc::Receiver<Arc<Feed>>) {
    while let Some(feed) = woken.recv().await {
        feed.relay();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(number: u64, bytes: usize, spoken: Option<Spoken>) -> Item {
        Item { number, json: vec![b'x'; bytes], spoken }
    }

    fn feed() -> (Arc<Feed>, mpsc::Receiver<Arc<Feed>>) {
        let (wakes, woken) = mpsc::channel(1);
        (Feed::new("a.1".into(), wakes), woken)
    }

    #[test]
    fn one_wake_waits_however_many_ticks_speak() {
        let (feed, mut woken) = feed();
        feed.hand_over(Vec::new());
        assert!(woken.try_recv().is_err(), "a tick without news wakes nobody");
        for number in 1..=5 {
            feed.hand_over(vec![item(number, 1, None)]);
        }
        woken.try_recv().unwrap().relay();
        assert!(woken.try_recv().is_err());
        assert_eq!((feed.last(), feed.after(2).number()), (5, Some(3)));
        assert_eq!(feed.after(5), Found::Nothing);
    }

    #[test]
    fn the_end_comes_behind_the_last_item() {
        let (feed, mut woken) = feed();
        feed.hand_over(vec![item(1, 1, None)]);
        feed.end();
        assert_eq!(feed.after(0), Found::Nothing, "as long as the item is not there either");
        woken.try_recv().unwrap().relay();
        assert!(woken.try_recv().is_err());
        assert_eq!((feed.after(0).number(), feed.after(1)), (Some(1), Found::End));
    }

    #[test]
    fn both_limits_hold_before_and_behind_the_relay() {
        let (feed, mut woken) = feed();
        let items = ITEMS_MAX as u64 + 10;
        feed.hand_over((1..=items).map(|number| item(number, 1, None)).collect());
        assert_eq!(lock(&feed.waiting).items.len(), ITEMS_MAX);
        woken.try_recv().unwrap().relay();
        assert_eq!(feed.after(0).number(), Some(11), "the gap shows");
        feed.hand_over((1..=80).map(|more| item(items + more, 4_000, None)).collect());
        assert!(lock(&feed.waiting).bytes <= BYTES_MAX);
        woken.try_recv().unwrap().relay();
        let ring = lock(&feed.ring);
        let bytes: usize = ring.items.iter().map(|entry| entry.framed.byte_count()).sum();
        assert_eq!(bytes, ring.bytes);
        assert!((BYTES_MAX - 5_000..=BYTES_MAX).contains(&bytes), "{bytes}");
    }

    #[test]
    fn a_line_that_is_taken_back_is_not_read_any_more() {
        let (feed, mut woken) = feed();
        feed.hand_over(vec![item(1, 9, Some(Spoken::Line(4))), item(2, 9, None)]);
        woken.try_recv().unwrap().relay();
        feed.hand_over(vec![item(3, 9, Some(Spoken::Withdrawn(4)))]);
        woken.try_recv().unwrap().relay();
        let Found::Item(1, framed) = feed.after(0) else { panic!("{:?}", feed.after(0)) };
        assert_eq!(framed.json(), r#"{"n":1,"kind":"withdrawn","line":4}"#);
        assert_eq!((feed.after(1).number(), feed.after(2).number()), (Some(2), Some(3)));
    }
}
