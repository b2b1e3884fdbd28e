//! What those who run the server do to rooms, and in them.

use std::time::Duration;

use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::names::is_room_name;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::asks::Asked;
use super::draining::Draining;
use super::lobby::Lobby;
use crate::engine::close::CloseReason;
use crate::engine::moderation::{Act, Concerned};

/// Limit of locked rooms.
const LOCKED_MAX: usize = 1_024;
/// How long a room may take to begin its next tick.
const ACT_LIMIT: Duration = Duration::from_secs(5);

/// Why something was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// No room has this name.
    #[error("there is no room of that name; GET /api/rooms lists them")]
    NoRoom,
    /// No room can have this name.
    #[error("{}", CloseCode::BadRoomName.text())]
    BadName,
    /// The room ended before it could be done.
    #[error("the room ends")]
    Ends,
    /// The room has more to do than it takes.
    #[error("the room does not take more acts at once; try again")]
    Busy,
    /// The room does not begin its next tick.
    #[error("the room does not answer, and does it once it goes on; see GET /healthz")]
    Silent,
    /// The server is about to end.
    #[error("the server is shutting down, and lets nobody new in any more")]
    Ending,
    /// As many rooms are locked as may be.
    #[error("{LOCKED_MAX} rooms are locked, and no more can be; unlock some")]
    TooManyLocked,
}

impl<G: Game> Lobby<G> {
    /// Does something in a room before its next tick. Returns whom it concerned.
    ///
    /// # Errors
    /// When there is no such room, or it does not get to it.
    pub async fn act(&self, room: &str, act: Act) -> Result<Vec<Concerned>, ActError> {
        let answer = self.ask(room, act)?;
        answered(answer, Instant::now() + ACT_LIMIT).await
    }

    /// Does something in all rooms, each before its next tick. Returns whom it concerned in which, or
    /// why it was not done there.
    pub async fn act_everywhere(
        &self,
        act: &Act,
    ) -> Vec<(String, Result<Vec<Concerned>, ActError>)> {
        let names: Vec<String> = self.lock().open.keys().cloned().collect();
        let asked = names.into_iter().map(|name| {
            let answer = self.ask(&name, act.clone());
            (name, answer)
        });
        let (asked, by) = (asked.collect::<Vec<_>>(), Instant::now() + ACT_LIMIT);
        let mut done = Vec::new();
        for (name, answer) in asked {
            let concerned = match answer {
                Ok(answer) => answered(answer, by).await,
                Err(error) => Err(error),
            };
            // A room that ends sends all its clients away by itself.
            if !matches!(concerned, Err(ActError::NoRoom | ActError::Ends)) {
                done.push((name, concerned));
            }
        }
        done
    }

    fn ask(&self, room: &str, act: Act) -> Result<oneshot::Receiver<Vec<Concerned>>, ActError> {
        use std::sync::mpsc::TrySendError::{Disconnected, Full};
        let rooms = self.lock();
        let handle = rooms.open.get(room).filter(|handle| !handle.seats.has_ended());
        let (answer, answered) = oneshot::channel();
        match handle.ok_or(ActError::NoRoom)?.acts.try_send(Asked { act, answer }) {
            Ok(()) => Ok(answered),
            Err(Full(_)) => Err(ActError::Busy),
            Err(Disconnected(_)) => Err(ActError::Ends),
        }
    }

    /// Ends a room, whose clients are shown the reason. Whoever asks for it again opens a new one.
    ///
    /// # Errors
    /// When there is no such room.
    pub fn close(&self, room: &str, reason: CloseReason) -> Result<(), ActError> {
        let closed = self.lock().close(room, reason);
        if closed { Ok(()) } else { Err(ActError::NoRoom) }
    }

    /// Lets no new players into the rooms of this name, now and later, or lets them in again. Returns
    /// whether that is a change.
    ///
    /// # Errors
    /// When no room can have this name, or too many are locked.
    pub fn set_locked(&self, room: &str, locked: bool) -> Result<bool, ActError> {
        if !is_room_name(room) {
            return Err(ActError::BadName);
        }
        let rooms = &mut self.lock().locked;
        if !locked {
            return Ok(rooms.remove(room));
        }
        if rooms.len() >= LOCKED_MAX && !rooms.contains(room) {
            return Err(ActError::TooManyLocked);
        }
        Ok(rooms.insert(room.to_owned()))
    }

    /// The rooms that let no new players in, open or not.
    #[must_use]
    pub fn locked(&self) -> Vec<String> {
        self.lock().locked.iter().cloned().collect()
    }

    /// Lets nobody new into any room while those inside play on, or lets them in again. Returns
    /// whether that is a change.
    ///
    /// # Errors
    /// When they are to be let in again but the server is about to end.
    pub fn set_draining(&self, draining: bool) -> Result<bool, ActError> {
        let current = &mut self.lock().draining;
        let wanted = if draining { Draining::OnDemand } else { Draining::No };
        match *current {
            Draining::Ending if draining => Ok(false),
            Draining::Ending => Err(ActError::Ending),
            _ => Ok(std::mem::replace(current, wanted) != wanted),
        }
    }

    /// Lets nobody new into any room any more: the server is about to end.
    pub fn end_soon(&self) {
        self.lock().draining = Draining::Ending;
    }

    /// Whether nobody new is let into any room, and why.
    #[must_use]
    pub fn draining(&self) -> Draining {
        self.lock().draining
    }
}

async fn answered(
    answer: oneshot::Receiver<Vec<Concerned>>,
    by: Instant,
) -> Result<Vec<Concerned>, ActError> {
    match timeout_at(by, answer).await {
        Ok(Ok(concerned)) => Ok(concerned),
        Ok(Err(_)) => Err(ActError::Ends),
        Err(_) => Err(ActError::Silent),
    }
}
