//! The file with the ticket that bots bring. Whoever writes another one there renews it for them.

use std::path::{Path, PathBuf};

use drumbeat_shared::limits::TICKET_BYTES_MAX;

/// Time between two looks for another ticket, once the one before is about to end, microseconds.
const LOOK_AGAIN_US: u64 = 1_000_000;

/// The file, and the ticket that was in it at the start.
#[derive(Clone, Debug)]
pub struct TicketFile {
    path: PathBuf,
    first: String,
}

impl TicketFile {
    /// Opens a file that has a ticket.
    ///
    /// # Errors
    /// When it has none, or cannot be read.
    pub fn open(path: &str) -> Result<Self, String> {
        let first = read(path.as_ref())?;
        Ok(Self { path: path.into(), first })
    }

    /// The ticket that is in the file now; if it has none any more, the one of the start.
    #[must_use]
    pub fn ticket(&self) -> String {
        read(&self.path).unwrap_or_else(|_| self.first.clone())
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
    /// Of a bot that brings what is in this file now.
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
    pub(crate) fn ticket(&mut self, now_us: u64) -> Option<String> {
        self.due_us.filter(|due_us| *due_us <= now_us)?;
        let ticket = self.file.ticket();
        let is_new = ticket != self.brought;
        self.due_us = (!is_new).then_some(now_us + LOOK_AGAIN_US);
        self.brought.clone_from(&ticket);
        is_new.then_some(ticket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_ticket_is_brought_once_it_is_there() {
        let name = format!("drumbeat-bots-ticket-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, " a.b.c\n").unwrap();
        let file = TicketFile::open(path.to_str().unwrap()).unwrap();
        assert_eq!(file.ticket(), "a.b.c");
        let mut renewal = Renewal::new(file.clone());
        assert_eq!(renewal.brought(), "a.b.c");
        assert_eq!(renewal.ticket(5), None, "nobody has asked");
        renewal.warn(5);
        assert_eq!(renewal.ticket(5), None, "it is still the same");
        std::fs::write(&path, "d.e.f").unwrap();
        assert_eq!(renewal.ticket(LOOK_AGAIN_US), None, "not yet");
        assert_eq!(renewal.ticket(LOOK_AGAIN_US + 5).as_deref(), Some("d.e.f"));
        assert_eq!(renewal.ticket(u64::MAX), None, "once");
        for text in [" \n".to_owned(), "x".repeat(TICKET_BYTES_MAX + 1)] {
            std::fs::write(&path, text).unwrap();
            let error = TicketFile::open(path.to_str().unwrap()).unwrap_err();
            assert!(error.contains("has no ticket"), "{error}");
        }
        std::fs::remove_file(&path).unwrap();
        assert_eq!(file.ticket(), "a.b.c", "what it had is better than nothing");
    }
}
