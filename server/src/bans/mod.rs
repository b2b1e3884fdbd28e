//! Who is kept out of the server, by whom, why and until when.

mod ban;
mod file;
mod target;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock};

pub use ban::Ban;
pub use file::BansError;
pub use target::{Kind, Target, Visitor};

use crate::stamp::Stamp;

/// Limit of bans. Each connection that comes to play is compared with all.
pub const BANS_MAX: usize = 4_096;

/// A ban that is to be made.
#[derive(Clone, Debug)]
pub struct NewBan {
    /// Whom it keeps out.
    pub target: Target,
    /// What the banned are shown.
    pub reason: String,
    /// Who decides it.
    pub by: String,
    /// When it ends; never without this.
    pub until: Option<Stamp>,
}

/// There are as many bans as there may be.
#[derive(Debug, thiserror::Error)]
#[error("there are {BANS_MAX} bans, and no more are possible: lift some, or ban a subnet instead")]
pub struct TooMany;

/// What became of a change.
#[derive(Debug)]
pub struct Changed {
    /// The ban that is made or lifted.
    pub ban: Ban,
    /// Whether the file holds the change; without a file, the server forgets it when it ends.
    pub stored: std::io::Result<bool>,
}

/// All bans.
#[derive(Debug)]
pub struct Bans {
    file: Option<PathBuf>,
    /// Read for each connection that comes to play, so never held while the file is written.
    bans: RwLock<Vec<Ban>>,
    /// Held while a change is made and written; the number of the next ban.
    next_id: Mutex<u64>,
}

impl Bans {
    /// Loads the bans of a file, which need not exist, and makes sure that it can be written;
    /// without one there are none, and new ones are stored nowhere.
    ///
    /// # Errors
    /// When the file cannot be read or written, or is damaged.
    pub fn load(file: Option<&Path>, now: Stamp) -> Result<Self, BansError> {
        let bans = file.map(file::read).transpose()?.unwrap_or_default();
        let next_id = bans.iter().map(|ban| ban.id).max().unwrap_or(0) + 1;
        let bans: Vec<Ban> = bans.into_iter().filter(|ban| ban.holds(now)).collect();
        if let Some(path) = file {
            let unwritable = |error| BansError::Unwritable { path: path.to_owned(), error };
            file::write(path, &bans).map_err(unwritable)?;
        }
        let file = file.map(Path::to_owned);
        Ok(Self { file, bans: RwLock::new(bans), next_id: Mutex::new(next_id) })
    }

    /// The ban of this subject, wherever it comes from.
    #[must_use]
    pub fn of_subject(&self, subject: &str, now: Stamp) -> Option<Ban> {
        self.first(|target| target.is_subject(subject), now)
    }

    /// The ban that keeps this visitor out.
    #[must_use]
    pub fn find(&self, visitor: Visitor<'_>, now: Stamp) -> Option<Ban> {
        self.first(|target| target.covers(visitor), now)
    }

    fn first(&self, covers: impl Fn(&Target) -> bool, now: Stamp) -> Option<Ban> {
        let bans = self.bans.read().unwrap_or_else(PoisonError::into_inner);
        bans.iter().find(|ban| covers(&ban.target) && ban.holds(now)).cloned()
    }

    /// The bans that hold, in the order in which they were made.
    #[must_use]
    pub fn list(&self, now: Stamp) -> Vec<Ban> {
        let bans = self.bans.read().unwrap_or_else(PoisonError::into_inner);
        bans.iter().filter(|ban| ban.holds(now)).cloned().collect()
    }

    /// Makes a ban. It takes the place of an earlier one of the same target.
    ///
    /// # Errors
    /// When there are too many.
    pub fn add(&self, new: NewBan, now: Stamp) -> Result<Changed, TooMany> {
        let mut next_id = self.next_id.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bans = self.list(now);
        bans.retain(|ban| ban.target != new.target);
        if bans.len() >= BANS_MAX {
            return Err(TooMany);
        }
        let NewBan { target, reason, by, until } = new;
        let ban = Ban { id: *next_id, target, reason, by, since: now, until };
        *next_id += 1;
        bans.push(ban.clone());
        Ok(Changed { ban, stored: self.replace(&bans) })
    }

    /// Lifts the ban of this number; `None` if there is none.
    pub fn lift(&self, id: u64, now: Stamp) -> Option<Changed> {
        let _changing = self.next_id.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bans = self.list(now);
        let at = bans.iter().position(|ban| ban.id == id)?;
        let ban = bans.remove(at);
        Some(Changed { ban, stored: self.replace(&bans) })
    }

    /// Puts these in place of all. They hold even if the file can't be written.
    fn replace(&self, bans: &[Ban]) -> std::io::Result<bool> {
        *self.bans.write().unwrap_or_else(PoisonError::into_inner) = bans.to_vec();
        let Some(path) = &self.file else { return Ok(false) };
        file::write(path, bans).map(|()| true)
    }
}

#[cfg(test)]
mod tests;
