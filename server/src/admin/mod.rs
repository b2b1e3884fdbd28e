//! The admin listener: what strangers must not learn, and what only those who run a server may do.
//!
//! ```text
//! listener -> guard (page? host? token?) -> router -> looks (read) or acts (do, audit)
//! ```
//! It has a thread of its own: whoever floods the server keeps nobody out of here, and a slow disk
//! under the files written here keeps nobody else waiting. What is done in a room goes through the
//! room's own mailbox.

mod acts;
mod answer;
mod asked;
mod audit;
mod ban_acts;
mod guard;
mod listener;
mod looks;
mod requests;
mod room_acts;
mod router;
mod state;
mod tokens;

pub(crate) use listener::serve;
pub(crate) use state::Admin;
pub use state::AdminError;
pub use tokens::TokensError;
