//! A job: long work that says how far it is, and what others read of it.
//!
//! What it says becomes numbered entries, each framed once. The last of them are held, within limits;
//! a reader asks for those behind the last one that it has. Nobody who reads holds the work up.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::framed::Framed;
use crate::push::{Next, Source};

/// Limit of the entries that are held of a job: more than an hour at one a second.
const ENTRIES_MAX: usize = 4_096;
/// Limit of the bytes of a job's entries.
const ENTRY_BYTES_MAX: usize = 1 << 20;
/// Limit of the characters of a line that a job says.
const LINE_CHARS_MAX: usize = 500;
/// Limit of the bytes of a sample.
const SAMPLE_BYTES_MAX: usize = 4 << 10;
/// Limit of the bytes of a result.
const RESULT_BYTES_MAX: usize = 256 << 10;
/// When a browser that lost its connection comes back, milliseconds.
const RETRY_MS: u64 = 2_000;

/// How far a job is in its present stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// The stage.
    pub stage: &'static str,
    /// The part that is done.
    pub done: u64,
    /// The whole.
    pub of: u64,
    /// What is counted, such as `s` or `bots`.
    pub unit: &'static str,
}

/// The half of a job that the work itself holds. If it is dropped without a word, the job has failed.
#[derive(Debug)]
pub struct Job(Arc<Account>);

impl Job {
    /// Begins a job. `about` is whatever a page needs to draw it.
    pub(crate) fn begin(id: String, kind: &'static str, title: String, about: Value) -> Self {
        let changed = watch::Sender::new(());
        let (started, notes) = (Instant::now(), Mutex::default());
        Self(Arc::new(Account { id, kind, title, about, started, changed, notes }))
    }

    pub(crate) fn account(&self) -> Arc<Account> {
        Arc::clone(&self.0)
    }

    /// Says a line. What is too long is cut.
    pub fn line(&self, text: &str) {
        let line: String = text.chars().take(LINE_CHARS_MAX).collect();
        self.0.say(json!({ "line": line }), None);
    }

    /// Says how far the work is, and what it measured there: an object of numbers.
    pub fn sample(&self, progress: Progress, values: &impl Serialize) {
        let values = serde_json::to_value(values).unwrap_or_default();
        let is_small = values.to_string().len() <= SAMPLE_BYTES_MAX;
        let values = if is_small { values } else { Value::Null };
        let entry = json!({ "progress": &progress, "sample": values });
        self.0.say(entry, Some(Change::Progress(progress)));
    }

    /// Says what it found so far, in the form of its result. The next of them takes its place.
    pub fn so_far(&self, result: &impl Serialize) {
        self.0.say(json!({ "so_far": self.bounded(result) }), None);
    }

    /// Ends the job with its result.
    pub fn finish(self, result: &impl Serialize) {
        let result = self.bounded(result);
        self.0.end(State::Done, json!({ "end": State::Done, "result": result }));
    }

    /// A result, or nothing, which a line explains, if it is too long.
    fn bounded(&self, result: &impl Serialize) -> Value {
        let result = serde_json::to_value(result).unwrap_or_default();
        let bytes = result.to_string().len();
        if bytes <= RESULT_BYTES_MAX {
            return result;
        }
        self.line(&format!("the result has {bytes} bytes; the limit is {RESULT_BYTES_MAX}"));
        Value::Null
    }

    /// Ends the job with the reason why it has none.
    pub fn fail(self, reason: &str) {
        let reason: String = reason.chars().take(LINE_CHARS_MAX).collect();
        self.0.end(State::Failed, json!({ "end": State::Failed, "reason": reason }));
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let end = json!({ "end": State::Failed, "reason": "it ended without a result" });
        self.0.end(State::Failed, end);
    }
}

/// What becomes of a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    #[default]
    Running,
    Done,
    Failed,
}

enum Change {
    Progress(Progress),
    State(State),
}

/// What a job has said, for its readers.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) id: String,
    kind: &'static str,
    title: String,
    about: Value,
    started: Instant,
    changed: watch::Sender<()>,
    notes: Mutex<Notes>,
}

#[derive(Debug, Default)]
struct Notes {
    state: State,
    progress: Option<Progress>,
    /// The last entry is number `count`.
    entries: VecDeque<Framed>,
    bytes: usize,
    count: u64,
}

impl Notes {
    /// The number of the oldest entry that is held.
    fn oldest(&self) -> u64 {
        self.count + 1 - self.entries.len() as u64
    }

    /// The entry behind number `seen`, or the oldest if that one is gone, with its number.
    fn after(&self, seen: u64) -> Option<(u64, &Framed)> {
        let number = (seen + 1).max(self.oldest());
        let at = usize::try_from(number - self.oldest()).ok()?;
        Some((number, self.entries.get(at)?))
    }
}

impl Account {
    /// No code panics while it holds the lock.
    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an entry, unless the job is over.
    fn say(&self, mut entry: Value, change: Option<Change>) {
        let at_s = (self.started.elapsed().as_secs_f64() * 1e3).round() / 1e3;
        let mut notes = self.notes();
        if notes.state != State::Running {
            return;
        }
        notes.count += 1;
        (entry["n"], entry["at_s"]) = (notes.count.into(), at_s.into());
        let framed = Framed::new(&format!("id: {}\n", notes.count), entry.to_string().as_bytes());
        notes.bytes += framed.byte_count();
        notes.entries.push_back(framed);
        while notes.entries.len() > ENTRIES_MAX || notes.bytes > ENTRY_BYTES_MAX {
            notes.bytes -= notes.entries.pop_front().map_or(0, |oldest| oldest.byte_count());
        }
        match change {
            Some(Change::Progress(progress)) => notes.progress = Some(progress),
            Some(Change::State(state)) => notes.state = state,
            None => {}
        }
        drop(notes);
        self.changed.send_replace(());
    }

    fn end(&self, state: State, entry: Value) {
        self.say(entry, Some(Change::State(state)));
    }

    pub(crate) fn is_over(&self) -> bool {
        self.notes().state != State::Running
    }

    /// Whether there will be nothing behind this number.
    pub(crate) fn ends_at(&self, seen: u64) -> bool {
        let notes = self.notes();
        notes.state != State::Running && notes.count == seen
    }

    pub(crate) fn follow(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// What the job is and how far it is.
    pub(crate) fn head(&self) -> Value {
        let Self { id, kind, title, about, .. } = self;
        let notes = self.notes();
        let Notes { state, progress, count, .. } = &*notes;
        json!({ "id": id, "kind": kind, "title": title, "about": about, "state": state,
                "progress": progress, "last": count })
    }

    /// The same, the entries behind number `seen`, and how many of them are no longer held.
    pub(crate) fn json_since(&self, seen: u64) -> Vec<u8> {
        let head = self.head();
        let notes = self.notes();
        let seen = seen.min(notes.count);
        let missed = notes.oldest().saturating_sub(seen + 1);
        let skipped = (seen + 1).saturating_sub(notes.oldest()) as usize;
        let entries: Vec<Framed> = notes.entries.iter().skip(skipped).cloned().collect();
        drop(notes);
        let mut text = head.to_string().into_bytes();
        text.pop();
        text.extend_from_slice(format!(",\"missed\":{missed},\"entries\":[").as_bytes());
        for (at, entry) in entries.iter().enumerate() {
            text.extend_from_slice(if at > 0 { b"," } else { b"" });
            text.extend_from_slice(&entry.json());
        }
        text.extend_from_slice(b"]}\n");
        text
    }
}

/// Says what a job says: first what it is, then every entry, until its end.
pub(crate) struct Reader {
    account: Arc<Account>,
    has_head: bool,
    seen: u64,
}

impl Reader {
    /// Reads on behind number `seen`; one that the job has not reached is none of its own.
    pub(crate) fn new(account: Arc<Account>, seen: u64) -> Self {
        let seen = if seen > account.notes().count { 0 } else { seen };
        Self { account, has_head: false, seen }
    }
}

impl Source for Reader {
    fn next(&mut self) -> Next {
        if !std::mem::replace(&mut self.has_head, true) {
            let head = json!({ "job": self.account.head() }).to_string();
            return Next::Say(Framed::new(&format!("retry: {RETRY_MS}\n"), head.as_bytes()));
        }
        let notes = self.account.notes();
        let Some((number, framed)) = notes.after(self.seen) else {
            return if notes.state == State::Running { Next::Wait } else { Next::End };
        };
        let missed = number - 1 - self.seen;
        if missed > 0 {
            self.seen = number - 1;
            return Next::Say(Framed::new("", json!({ "missed": missed }).to_string().as_bytes()));
        }
        self.seen = number;
        Next::Say(framed.clone())
    }
}

#[cfg(test)]
mod tests;
