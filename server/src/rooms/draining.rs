//! Whether a server lets new players in.

use drumbeat_shared::protocol::close::CloseCode;

use crate::engine::close::CloseReason;

/// Whether nobody new is let into any room while those inside play on, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Draining {
    /// New players are welcome.
    #[default]
    No,
    /// Those who run the server have asked for it, and may end it.
    OnDemand,
    /// The server is about to end.
    Ending,
}

impl Draining {
    /// Why nobody new is let in.
    #[must_use]
    pub fn refusal(self) -> Option<CloseReason> {
        let text = match self {
            Self::No => return None,
            Self::OnDemand => "this server lets nobody new in for now; try again later",
            Self::Ending => {
                "the server is shutting down and lets nobody new in; try again in a moment"
            }
        };
        Some(CloseReason::new(CloseCode::Full, text))
    }
}
