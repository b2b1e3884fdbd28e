//! A room's feed in memory: the last items, for those who only watch.
//!
//! ```text
//! tick -> waiting (short lock) -> relay, on the thread of HTTP -> ring -> watchers
//! ```
//! A tick that has something to say appends it and, if nothing waited before, wakes one task. That
//! task wakes the watchers, who read from the ring: however many they are, the tick sees none of them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering::AcqRel, Ordering::Acquire, Ordering::Release};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{mpsc, watch};

use crate::engine::news::Item;

/// Limit of items that are held.
pub const ITEMS_MAX: usize = 1_024;
/// Limit of their bytes.
pub const BYTES_MAX: usize = 256 << 10;

/// The last items; what is over a limit gives way, oldest first.
#[derive(Debug, Default)]
struct Ring {
    items: VecDeque<(u64, Option<u32>, Bytes)>,
    bytes: usize,
    last: u64,
}

impl Ring {
    fn push(&mut self, Item { number, json, line }: Item) {
        self.bytes += json.len();
        self.last = number;
        self.items.push_back((number, line, json.into()));
        while self.items.len() > ITEMS_MAX || self.bytes > BYTES_MAX {
            let Some((_, _, json)) = self.items.pop_front() else { break };
            self.bytes -= json.len();
        }
    }

    /// The first item behind number `seen`.
    fn after(&self, seen: u64) -> Option<(u64, Bytes)> {
        let at = self.items.partition_point(|(number, ..)| *number <= seen);
        self.items.get(at).map(|(number, _, json)| (*number, json.clone()))
    }

    /// Takes back the text of a chat line.
    fn withdraw(&mut self, line: u32) {
        let found = self.items.iter_mut().find(|(_, of, _)| *of == Some(line));
        let Some((number, of, json)) = found else { return };
        self.bytes -= json.len();
        *json = format!(r#"{{"n":{number},"kind":"withdrawn","line":{line}}}"#).into();
        *of = None;
        self.bytes += json.len();
    }
}

/// What wakes the relay: the feeds in which something waits, each once.
pub type Wakes = mpsc::UnboundedSender<Arc<Feed>>;

/// The feed of one room.
#[derive(Debug)]
pub struct Feed {
    /// Tells the numbers of this room from those of another of its name.
    life: String,
    waiting: Mutex<Ring>,
    is_queued: AtomicBool,
    has_ended: AtomicBool,
    ring: Mutex<Ring>,
    last: watch::Sender<u64>,
    /// One wake per feed at most waits, so that the channel needs no bound of its own.
    wakes: Wakes,
}

/// Ignores poisoning: a ring is valid after each statement.
fn lock(ring: &Mutex<Ring>) -> MutexGuard<'_, Ring> {
    ring.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Feed {
    /// A feed without items.
    #[must_use]
    pub fn new(life: String, wakes: Wakes) -> Arc<Self> {
        Arc::new(Self {
            life,
            waiting: Mutex::default(),
            is_queued: AtomicBool::new(false),
            has_ended: AtomicBool::new(false),
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
        self.has_ended.store(true, Release);
        self.wake();
    }

    fn wake(self: &Arc<Self>) {
        if !self.is_queued.swap(true, AcqRel) {
            // Without a relay nobody watches either.
            let _ = self.wakes.send(Arc::clone(self));
        }
    }

    /// Shows the watchers what waits. Only the relay calls this.
    fn relay(&self) {
        // First: what comes from now on wakes again.
        self.is_queued.store(false, Release);
        let waiting = std::mem::take(&mut *lock(&self.waiting));
        let mut ring = lock(&self.ring);
        for (number, line, json) in waiting.items {
            ring.push(Item { number, json: json.into(), line });
        }
        let last = ring.last;
        drop(ring);
        self.last.send_replace(last);
    }

    /// Takes back the text of a chat line from what is held.
    pub fn withdraw(&self, line: u32) {
        lock(&self.waiting).withdraw(line);
        lock(&self.ring).withdraw(line);
    }

    /// What tells the numbers of this room from those of another of its name.
    #[must_use]
    pub fn life(&self) -> &str {
        &self.life
    }

    /// The first item behind number `seen`. More than one behind means that those between are gone.
    #[must_use]
    pub fn after(&self, seen: u64) -> Option<(u64, Bytes)> {
        lock(&self.ring).after(seen)
    }

    /// The number of the last item.
    #[must_use]
    pub fn last(&self) -> u64 {
        lock(&self.ring).last
    }

    /// Whether nothing more comes.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.has_ended.load(Acquire)
    }

    /// Follows the number of the last item.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }
}

/// Wakes the watchers of each feed in which something waits, for as long as there are rooms.
pub async fn relay(mut woken: mpsc::UnboundedReceiver<Arc<Feed>>) {
    while let Some(feed) = woken.recv().await {
        feed.relay();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(number: u64, bytes: usize, line: Option<u32>) -> Item {
        Item { number, json: vec![b'x'; bytes], line }
    }

    fn feed() -> (Arc<Feed>, mpsc::UnboundedReceiver<Arc<Feed>>) {
        let (wakes, woken) = mpsc::unbounded_channel();
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
        assert_eq!((feed.last(), feed.after(2).unwrap().0, feed.after(5)), (5, 3, None));
        feed.end();
        assert!(woken.try_recv().is_ok() && feed.has_ended());
    }

    #[test]
    fn both_limits_hold_before_and_behind_the_relay() {
        let (feed, mut woken) = feed();
        let items = ITEMS_MAX as u64 + 10;
        feed.hand_over((1..=items).map(|number| item(number, 1, None)).collect());
        woken.try_recv().unwrap().relay();
        assert_eq!(feed.after(0).unwrap().0, 11, "the gap shows");
        feed.hand_over(vec![item(items + 1, BYTES_MAX, None)]);
        woken.try_recv().unwrap().relay();
        assert_eq!(feed.after(0).unwrap().0, items + 1);
        assert_eq!(lock(&feed.ring).bytes, BYTES_MAX);
    }

    #[test]
    fn a_line_that_is_taken_back_is_not_read_any_more() {
        let (feed, mut woken) = feed();
        feed.hand_over(vec![item(1, 9, Some(4)), item(2, 9, None)]);
        woken.try_recv().unwrap().relay();
        feed.withdraw(4);
        assert_eq!(feed.after(0).unwrap().1, r#"{"n":1,"kind":"withdrawn","line":4}"#);
        assert_eq!(feed.after(1).unwrap().0, 2);
    }
}
