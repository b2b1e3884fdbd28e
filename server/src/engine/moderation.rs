//! What those who run a server do to the clients of a room.

use drumbeat_shared::ids::Tick;

use super::close::CloseReason;
use super::viewer::Viewer;
use crate::address::Address;
use crate::bans::Target;

/// Something done in a room, between two of its ticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Sends one client away. It may come back, but not to its place.
    Kick {
        /// Who goes.
        whom: Whom,
        /// What it is shown.
        reason: CloseReason,
    },
    /// Sends away all whom a ban covers.
    Expel {
        /// Who goes.
        target: Target,
        /// What they are shown.
        reason: CloseReason,
    },
    /// Keeps what a player writes from the others, as long as it is here.
    Mute {
        /// Who.
        whom: Whom,
        /// For how long, seconds; without this for as long as it is here.
        for_s: Option<u32>,
        /// What it is shown instead.
        reason: String,
    },
    /// Ends that.
    Unmute(Whom),
    /// Does nothing to a client but find it.
    Find(Whom),
    /// Says a line as the game itself does.
    Say(String),
}

/// The client that is meant. Numbers are given out again, so a name may be asked for as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whom {
    /// Its number.
    pub viewer: Viewer,
    /// Its name; without this any.
    pub name: Option<String>,
}

/// A client whom an act concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concerned {
    /// Who it is.
    pub viewer: Viewer,
    /// Its name.
    pub name: String,
    /// The subject of its ticket; `None` for a guest.
    pub subject: Option<String>,
    /// Where it comes from.
    pub address: Address,
}

/// Why a player's lines reach nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mute {
    /// The tick in which it ends, if it does before the player goes.
    pub until: Option<Tick>,
    /// What the player is shown.
    pub reason: String,
}

impl Mute {
    /// What the player is shown in answer to a line at `tick`; `None` once it may write again.
    #[must_use]
    pub fn answer(&self, tick: Tick, tick_hz: u16) -> Option<String> {
        let left = match self.until {
            Some(until) if until <= tick => return None,
            Some(until) => {
                let left_s = until.since(tick).div_ceil(u32::from(tick_hz));
                format!(" for another {left_s} s")
            }
            None => String::new(),
        };
        let why = if self.reason.is_empty() { String::new() } else { format!(": {}", self.reason) };
        Some(format!("you are muted{left}{why}"))
    }

    /// Goes on where it is `to` when it is `from` here.
    pub fn moves(&mut self, from: Tick, to: Tick) {
        let moved = |until: Tick| Tick(to.0.saturating_add(until.since(from)));
        self.until = self.until.map(moved);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mute_says_how_long_it_lasts_and_ends() {
        let answer = |until: Option<u32>, reason: &str, tick| {
            Mute { until: until.map(Tick), reason: reason.into() }.answer(Tick(tick), 20)
        };
        assert_eq!(answer(None, "spam", 7).unwrap(), "you are muted: spam");
        assert_eq!(answer(None, "", 7).unwrap(), "you are muted");
        assert_eq!(answer(Some(100), "", 61).unwrap(), "you are muted for another 2 s");
        assert_eq!(answer(Some(100), "x", 99).unwrap(), "you are muted for another 1 s: x");
        assert_eq!(answer(Some(100), "x", 100), None);
    }
}
