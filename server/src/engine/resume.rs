//! Which player a connection may take up again.
//!
//! A welcome brings a token, of which the room holds only the hash. The next welcome brings another;
//! the one before stays good until the client shows that it has got the new one, since a welcome can
//! be lost with its connection.

use std::collections::BTreeMap;

use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::protocol::messages::ResumeToken;

use super::close::CloseReason;
use crate::tickets::Refused;

/// The SHA-256 of a token.
pub type ResumeKey = [u8; 32];

/// What a connection that joins brings for resuming.
#[derive(Clone, Debug, Default)]
pub struct Resume {
    /// The key of the token in its hello.
    pub claim: Option<ResumeKey>,
    /// The last tick that it has received as that player.
    pub seen: Tick,
    /// The token of its welcome and the key of that; `None` where no place is kept.
    pub next: Option<(ResumeToken, ResumeKey)>,
    /// Why it is refused unless it resumes: it has no seat, or no ticket of its own; `None` if it may
    /// join as a new player.
    pub else_refused: Option<Unresumed>,
}

/// Why a connection is refused that resumes nobody.
#[derive(Clone, Debug)]
pub struct Unresumed {
    /// What it is closed with.
    pub reason: CloseReason,
    /// What is wrong with its ticket, if that is why.
    pub ticket: Option<Refused>,
}

/// A player's keys: that of the last welcome, and the one before as long as it is good.
#[derive(Debug)]
struct Keys {
    newest: ResumeKey,
    before: Option<ResumeKey>,
}

/// The players of a room that can be resumed.
#[derive(Debug, Default)]
pub struct Resumable {
    players: BTreeMap<ResumeKey, PlayerId>,
    keys: BTreeMap<PlayerId, Keys>,
}

impl Resumable {
    /// The player whom this key resumes.
    #[must_use]
    pub fn find(&self, key: &ResumeKey) -> Option<PlayerId> {
        self.players.get(key).copied()
    }

    /// Whether a player can be resumed.
    #[must_use]
    pub fn has(&self, player: PlayerId) -> bool {
        self.keys.contains_key(&player)
    }

    /// A player's next welcome brings the token of this key. `claim` is the one that it came with.
    pub fn renew(&mut self, player: PlayerId, newest: ResumeKey, claim: Option<ResumeKey>) {
        self.forget(player);
        self.players.extend([Some(newest), claim].into_iter().flatten().map(|key| (key, player)));
        self.keys.insert(player, Keys { newest, before: claim });
    }

    /// The client of a player has its newest token.
    pub fn confirm(&mut self, player: PlayerId) {
        let before = self.keys.get_mut(&player).and_then(|keys| keys.before.take());
        if let Some(before) = before {
            self.players.remove(&before);
        }
    }

    /// A player can't be resumed any more.
    pub fn forget(&mut self, player: PlayerId) {
        let Some(Keys { newest, before }) = self.keys.remove(&player) else { return };
        self.players.remove(&newest);
        before.map(|before| self.players.remove(&before));
    }
}

/// A player without a connection, whose place is kept.
#[derive(Clone, Copy, Debug)]
pub struct Away {
    /// The tick in which it lost its connection.
    pub since: Tick,
    /// Whether it still holds the controls of before.
    pub holds_controls: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: PlayerId = PlayerId(4);

    #[test]
    fn a_key_is_good_until_the_next_has_arrived() {
        let mut resumable = Resumable::default();
        let find = |resumable: &Resumable| [1, 2, 3].map(|key| resumable.find(&[key; 32]));
        resumable.renew(ADA, [1; 32], None);
        resumable.confirm(ADA);
        assert_eq!(find(&resumable), [Some(ADA), None, None]);
        resumable.renew(ADA, [2; 32], Some([1; 32]));
        assert_eq!(find(&resumable), [Some(ADA), Some(ADA), None]);
        // The welcome with 2 was lost: the client comes with 1 again.
        resumable.renew(ADA, [3; 32], Some([1; 32]));
        assert_eq!(find(&resumable), [Some(ADA), None, Some(ADA)]);
        resumable.confirm(ADA);
        assert_eq!(find(&resumable), [None, None, Some(ADA)]);
        assert!(resumable.has(ADA));
        resumable.forget(ADA);
        assert_eq!(find(&resumable), [None; 3]);
        assert!(!resumable.has(ADA) && resumable.players.is_empty());
    }
}
