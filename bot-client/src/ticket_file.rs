//! The file with the ticket that bots bring. Whoever writes another one there renews it for them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use drumbeat_shared::limits::TICKET_BYTES_MAX;

/// Time between two looks at the file.
const LOOK: Duration = Duration::from_millis(250);
/// Time between two looks of a bot whether there is another ticket, once its own is about to end,
/// microseconds.
const LOOK_AGAIN_US: u64 = 1_000_000;

/// The last ticket that was found whole in the file. All bots share it, and one thread that reads.
#[derive(Clone, Debug)]
pub struct TicketFile(Arc<Mutex<String>>);

impl TicketFile {
    /// Opens a file that has a ticket, and looks into it from then on.
    ///
    /// # Errors
    /// When it has none, or cannot be read, or there is no thread to read it.
    pub fn open(path: &str) -> Result<Self, String> {
        let first = read(path.as_ref())?;
        let looks = Looks { path: path.into(), before: first.clone() };
        let file = Self(Arc::new(Mutex::new(first)));
        let ticket = Arc::downgrade(&file.0);
        thread::Builder::new()
            .name("ticket-file".to_owned())
            .spawn(move || follow(&ticket, looks))
            .map_err(|error| format!("no thread can be started to read the ticket: {error}"))?;
        Ok(file)
    }

    /// The last ticket that was in the file.
    #[must_use]
    pub fn ticket(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Takes what the file has, as long as somebody wants it.
fn follow(ticket: &Weak<Mutex<String>>, mut looks: Looks) {
    while let Some(ticket) = ticket.upgrade() {
        if let Some(found) = looks.look() {
            *ticket.lock().unwrap_or_else(PoisonError::into_inner) = found;
        }
        drop(ticket);
        thread::sleep(LOOK);
    }
}

/// What was in the file at the last look.
#[derive(Debug)]
struct Looks {
    path: PathBuf,
    before: String,
}

impl Looks {
    /// The ticket in the file, if it is the same as at the look before: whoever writes another may be
    /// half done.
    fn look(&mut self) -> Option<String> {
        let now = read(&self.path).unwrap_or_default();
        let is_whole = !now.is_empty() && now == self.before;
        self.before.clone_from(&now);
        is_whole.then_some(now)
    }
}

fn read(path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("the ticket can't be read: {error}"))?;
    let ticket = text.trim();
    if ticket.is_empty() || ticket.len() > TICKET_BYTES_MAX {
        return Err(format!("the file has no ticket, which has up to {TICKET_BYTES_MAX} bytes"));
    }
    Ok(ticket.to_owned())
}

/// Brings one bot's ticket anew before it ends.
#[derive(Debug)]
pub(crate) struct Renewal {
    file: TicketFile,
    brought: String,
    due_us: Option<u64>,
}

impl Renewal {
    /// Of a bot that brings the ticket that this file has now.
    pub(crate) fn new(file: TicketFile) -> Self {
        Self { brought: file.ticket(), file, due_us: None }
    }

    /// The ticket that it has brought last.
    pub(crate) fn brought(&self) -> &str {
        &self.brought
    }

    /// The bot was warned, at `now_us` by its clock, that its ticket ends.
    pub(crate) fn warn(&mut self, now_us: u64) {
        self.due_us = Some(now_us);
    }

    /// The ticket to bring at `now_us`, if it is time and the file has another one than before.
    ///
    /// It looks on after that: a server does not say that it has taken one, and if it has not, there may
    /// be a better one later.
    pub(crate) fn ticket(&mut self, now_us: u64) -> Option<String> {
        self.due_us.filter(|due_us| *due_us <= now_us)?;
        self.due_us = Some(now_us + LOOK_AGAIN_US);
        let ticket = self.file.ticket();
        if ticket == self.brought {
            return None;
        }
        self.brought.clone_from(&ticket);
        Some(ticket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that is removed after the test.
    struct TempFile(PathBuf);

    impl TempFile {
        fn new(name: &str, text: &str) -> Self {
            let name = format!("drumbeat-bots-{name}-{}", std::process::id());
            let path = std::env::temp_dir().join(name);
            std::fs::write(&path, text).unwrap();
            Self(path)
        }
    }

    impl Drop for TempFile {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    #[test]
    fn only_a_file_with_a_ticket_is_opened() {
        let file = TempFile::new("opened", " a.b.c\n");
        let open = || TicketFile::open(file.0.to_str().unwrap());
        assert_eq!(open().unwrap().ticket(), "a.b.c");
        for text in [" \n".to_owned(), "x".repeat(TICKET_BYTES_MAX + 1)] {
            std::fs::write(&file.0, text).unwrap();
            let error = open().unwrap_err();
            assert!(error.contains("has no ticket"), "{error}");
        }
    }

    #[test]
    fn what_is_half_written_is_no_ticket() {
        let file = TempFile::new("half", "");
        let mut looks = Looks { path: file.0.clone(), before: "a.b.c".to_owned() };
        for (text, expected) in [
            ("", None),
            ("", None),
            ("d.e", None),
            ("d.e.f", None),
            ("d.e.f\n", Some("d.e.f")),
            ("d.e.f\n", Some("d.e.f")),
            ("", None),
            ("d.e.f\n", None),
        ] {
            std::fs::write(&file.0, text).unwrap();
            assert_eq!(looks.look().as_deref(), expected, "{text:?}");
        }
        std::fs::remove_file(&file.0).unwrap();
        assert_eq!([looks.look(), looks.look()], [None, None]);
    }

    #[test]
    fn another_ticket_is_brought_once_it_is_there() {
        let file = TicketFile(Arc::new(Mutex::new("a.b.c".to_owned())));
        let write = |ticket: &str| *file.0.lock().unwrap() = ticket.to_owned();
        let mut renewal = Renewal::new(file.clone());
        assert_eq!(renewal.brought(), "a.b.c");
        assert_eq!(renewal.ticket(5), None, "nobody has asked");
        renewal.warn(5);
        assert_eq!(renewal.ticket(5), None, "it is still the same");
        write("d.e.f");
        assert_eq!(renewal.ticket(LOOK_AGAIN_US), None, "not yet");
        assert_eq!(renewal.ticket(LOOK_AGAIN_US + 5).as_deref(), Some("d.e.f"));
        assert_eq!(renewal.ticket(2 * LOOK_AGAIN_US + 5), None, "once");
        // The server may have refused that one, so the next is brought without another warning.
        write("g.h.i");
        assert_eq!(renewal.ticket(3 * LOOK_AGAIN_US + 5).as_deref(), Some("g.h.i"));
    }

    #[test]
    fn another_ticket_in_the_file_comes_to_all_who_share_it() {
        let written = TempFile::new("followed", "a.b.c");
        let file = TicketFile::open(written.0.to_str().unwrap()).unwrap();
        let other = file.clone();
        std::fs::write(&written.0, "d.e.f").unwrap();
        while [file.ticket(), other.ticket()] != ["d.e.f"; 2] {
            thread::sleep(LOOK);
        }
    }
}
