//! A connection that asks to join.

use std::fmt::{self, Debug};
use std::sync::Arc;

use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::messages::Encoding;

use super::close::{CloseReason, close_frame};
use super::conduct::Conduct;
use super::holder::Holder;
use super::inbox::Receiver;
use super::incident::{Incident, Peer, What};
use super::link::Link;
use super::outbox::Outbox;
use super::resume::Resume;
use super::viewer::Role;

/// A connection that asks to join.
pub struct Join<G: Game> {
    /// The connection's far end, for logs.
    pub peer: Peer,
    /// Its cleaned name.
    pub name: String,
    /// The role it asks for.
    pub role: Role,
    /// The link to the client.
    pub link: Box<dyn Link>,
    /// Where its reader puts messages.
    pub inbox: Receiver<G::Input, G::Command>,
    /// Its reserved seat, if any; dropped when the client leaves.
    pub seat: Option<Box<dyn Debug + Send>>,
    /// What it brings for resuming.
    pub resume: Resume,
    /// Whose ticket it brings; `None` for a guest.
    pub holder: Option<Box<Holder>>,
    /// How it wants changes encoded.
    pub encoding: Encoding,
    /// The schema that its welcome carries.
    pub schema_text: Option<Arc<str>>,
    /// Whether it reads the game's document from its join on, and not when it asks.
    pub reads_document: bool,
    /// What is remembered of it from its room before on the same connection, as of tick 0.
    pub conduct: Option<Box<Conduct<G::Input>>>,
}

impl<G: Game> Join<G> {
    /// A guest's connection without a seat of its own, which joins as a new client.
    #[must_use]
    pub fn new(
        peer: Peer,
        name: &str,
        role: Role,
        link: Box<dyn Link>,
        inbox: Receiver<G::Input, G::Command>,
    ) -> Self {
        let (name, resume) = (name.to_owned(), Resume::default());
        Self {
            peer,
            name,
            role,
            link,
            inbox,
            seat: None,
            resume,
            holder: None,
            encoding: Encoding::Predicted,
            schema_text: None,
            reads_document: true,
            conduct: None,
        }
    }

    /// Sends the reason to a connection that no room takes. The close frame is the first thing
    /// written to its link; what the link does not take at once is lost. Returns the incident for
    /// the log.
    pub fn reject(self, reason: &CloseReason) -> Incident {
        let mut outbox = Outbox::new(self.link);
        outbox.push(&close_frame(&reason.to(self.peer.connection)));
        // A client that is already gone needs no reason.
        drop(outbox.flush());
        let what = What::Left(Some(reason.clone()));
        Incident { peer: self.peer, name: self.name, role: self.role, what }
    }
}

impl<G: Game> Debug for Join<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Join").field("peer", &self.peer).finish_non_exhaustive()
    }
}
